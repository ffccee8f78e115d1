package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// stepLimit is how long one step of the story may take before it has failed;
// photographing takes a hundred pictures.
const (
	stepLimit  = 90 * time.Second
	photoLimit = 5 * time.Minute
)

// The steps that take pictures of the console.
const (
	photographing = "photograph the console"
	noticing      = "notice a board that is gone"
)

// story runs everything unattended and says what came of it.
func (w *world) story(ctx context.Context) (sum summary) {
	began := time.Now()
	defer func() {
		for _, s := range w.screens {
			sum.Screens = append(sum.Screens, s.sum)
		}
		sum.Watch = w.watch
		sum.Seconds = time.Since(began).Seconds()
	}()
	var notice string
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"enrol the screens", w.enrol},
		{"hire the staff", w.hire},
		{"count what is published", func(ctx context.Context) error { return w.count(ctx, &sum) }},
		{"publish through five hands", func(ctx context.Context) (err error) { notice, err = w.publish(ctx); return err }},
		{"a resident looks something up", w.visit},
		{"go on without the controller", w.offline},
		{"bring the ledgers in", func(ctx context.Context) (err error) { sum.LedgerRows, err = w.reunite(ctx); return err }},
		{"work at the desks", func(ctx context.Context) (err error) { w.desks, err = w.work(ctx); return err }},
		{"bring a signed program", w.bring},
		{"tend the screens from afar", w.tend},
		{noticing, w.incident},
		{"and that it is back", w.mend},
		{"back everything up", w.backUp},
		{"set up a second factor", w.secure},
		{photographing, func(ctx context.Context) (err error) {
			sum.Pages, err = w.photographConsole(ctx, notice)
			return err
		}},
		{"take the announcement down", func(ctx context.Context) error { return w.takeDown(ctx, notice) }},
		{"raise and lift an exercise", w.exercise},
		{"weigh the screens", w.weigh},
		{"count the warnings", w.reckon},
	}
	for _, step := range steps {
		start := time.Now()
		most := stepLimit
		if step.name == photographing || step.name == noticing {
			most = photoLimit
		}
		limit, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("it took longer than %v", most))
		err := step.run(limit)
		cancel()
		if err != nil {
			sum.Reason = step.name + ": " + err.Error()
			return sum
		}
		fmt.Fprintf(w.say, "%-32s %5.1f s\n", step.name, time.Since(start).Seconds())
	}
	// The book waits for nobody: it takes as long as it takes.
	if err := w.photographTouchscreen(ctx, &sum); err != nil {
		sum.Reason = err.Error()
		return sum
	}
	sum.OK = true
	return sum
}

func (w *world) count(ctx context.Context, sum *summary) error {
	var st struct {
		Notices map[string]int `json:"notices"`
		Trouble string         `json:"trouble"`
	}
	if err := w.office.call(ctx, "GET", "/status", nil, &st); err != nil {
		return err
	}
	for _, n := range st.Notices {
		sum.Notices += n
	}
	sum.Guides, sum.FundNotices = st.Notices["guide"], st.Notices["fund"]
	if sum.Guides == 0 || sum.FundNotices == 0 {
		return fmt.Errorf("the sample county has %d guides and %d fund notices", sum.Guides, sum.FundNotices)
	}
	return w.settleAndShoot(ctx, "loop")
}

// each runs do for every screen at once and returns the first error.
func (w *world) each(do func(*screen) error) error {
	errs := make([]error, len(w.screens))
	var wg sync.WaitGroup
	for i, s := range w.screens {
		wg.Go(func() { errs[i] = do(s) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// settleAndShoot lets a fade end before the picture is taken.
func (w *world) settleAndShoot(ctx context.Context, step string) error {
	if err := w.settle(ctx); err != nil {
		return err
	}
	return w.shootAll(ctx, step)
}

func (w *world) settle(ctx context.Context) error {
	if w.shots == "" {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(700 * time.Millisecond):
		return nil
	}
}

// offline stops the controller and restarts every screen without it.
func (w *world) offline(ctx context.Context) error {
	if err := w.control.stop(); err != nil {
		return err
	}
	if err := w.settleAndShoot(ctx, "controller-stopped"); err != nil {
		return err
	}
	for _, s := range w.screens {
		if err := s.process.stop(); err != nil {
			return err
		}
		if err := w.startScreen(s); err != nil {
			return err
		}
		line, err := s.process.wait(ctx, "its first frame", func(l logLine) bool {
			return l.Page == "loop" && l.Notice != ""
		})
		if err != nil {
			return err
		}
		s.sum.OfflineFirstFrameMS = line.at.Sub(s.process.began).Milliseconds()
	}
	return w.settleAndShoot(ctx, "offline")
}

// reunite starts the controller again and waits until it has every row that the
// screens recorded alone. It returns how many rows there are.
func (w *world) reunite(ctx context.Context) (int64, error) {
	if err := w.startController(ctx); err != nil {
		return 0, err
	}
	for _, s := range w.screens {
		_, err := w.office.until(ctx, s.id, "its ledger is in", func(st state) bool {
			return st.Online && st.Report != nil && st.Report.LedgerHead > 0 && st.Ledger >= st.Report.LedgerHead
		})
		if err != nil {
			return 0, err
		}
	}
	var count struct {
		Rows int64 `json:"rows"`
	}
	err := w.office.call(ctx, "GET", "/ledger", nil, &count)
	return count.Rows, err
}

// weigh waits for a health report of every screen that has drawn for a while.
func (w *world) weigh(ctx context.Context) error {
	for _, s := range w.screens {
		st, err := w.office.until(ctx, s.id, "it has reported its health", func(st state) bool {
			return st.Report != nil && st.Report.Vitals.RSS > 0 && st.Report.Vitals.Running >= 3
		})
		if err != nil {
			return err
		}
		s.sum.RSSBytes = st.Report.Vitals.RSS
	}
	return nil
}

func (w *world) exercise(ctx context.Context) error {
	now := time.Now()
	var p published
	err := w.office.call(ctx, "POST", "/alerts", map[string]any{
		"site": "qinghe", "title": "暴雨橙色预警（演练）", "issuer": "青禾县应急管理局", "hotline": "0000-12345", "minutes": 30,
		"alert": map[string]any{
			"type": "暴雨", "colour": "orange", "area": "青禾县全域", "action": "停止户外作业，低洼地带人员转移",
			"measures": "各镇已开放避险安置点，供水供电抢修队伍在岗。", "start": now.UTC().Format(time.RFC3339), "exercise": true,
		},
	}, &p)
	if err != nil {
		return err
	}
	err = w.each(func(s *screen) error {
		_, err := w.office.until(ctx, s.id, "it shows the alert", func(st state) bool { return st.showing() == p.Notice })
		s.sum.AlertToShownMS = time.Since(now).Milliseconds()
		return err
	})
	if err != nil {
		return err
	}
	if err := w.settleAndShoot(ctx, "exercise"); err != nil {
		return err
	}
	var lifted published
	if err := w.office.call(ctx, "POST", "/alerts/"+p.Notice+"/lift", nil, &lifted); err != nil {
		return err
	}
	err = w.each(func(s *screen) error {
		_, err := w.office.until(ctx, s.id, "the alert is lifted", func(st state) bool { return st.Reported[lifted.Channel] >= lifted.Revision })
		return err
	})
	if err != nil {
		return err
	}
	return w.settleAndShoot(ctx, "lifted")
}

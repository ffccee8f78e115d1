package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/controller/api"
	"mingbai/playlist"
)

// soaking is a soak under way.
type soaking struct {
	o   loadOptions
	s   *swarm.Swarm
	api *swarm.API
	see *watcher
	out io.Writer

	began   time.Time
	notices []playlist.NoticeID // published, the oldest first
	samples []figures

	mu    sync.Mutex // guards what follows
	done  done
	wrong map[string]int // failures by kind
}

// done is what was done to the controller.
type done struct {
	Published int `json:"published"`
	Revised   int `json:"revised"`
	Down      int `json:"taken_down"`
	Alerts    int `json:"alerts"`
	Cut       int `json:"cut"` // connections
	Late      int `json:"late"`
}

func (d done) String() string {
	return fmt.Sprintf("%d notices published and %d revised, %d taken down, %d alerts raised and lifted, %d connections cut; %d times a screen was late", d.Published, d.Revised, d.Down, d.Alerts, d.Cut, d.Late)
}

// The rhythm of a soak, beside publishing.
const (
	alertEvery  = time.Minute
	alertLasts  = 20 * time.Second
	cutEvery    = 30 * time.Second
	cutPart     = .05
	powerEvery  = 10 * time.Minute // all are cut off
	keepNotices = 20
	lateAfter   = 30 * time.Second // an acknowledgement of a screen that behaves
)

func (k *soaking) warmUp() time.Duration { return min(k.o.For/3, 30*time.Minute) }

func (k *soaking) sampleEvery() time.Duration {
	return min(max(k.o.For/600, time.Second), 30*time.Second)
}

// downEvery is rarer in a long soak: what was taken down is named in every edition
// for ever, and must not be what grows.
func (k *soaking) downEvery() time.Duration { return max(time.Minute, k.o.For/100) }

func (k *soaking) fail(what string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.wrong == nil {
		k.wrong = map[string]int{}
	}
	k.wrong[what]++
}

func (k *soaking) failures() (list []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for what, n := range k.wrong {
		list = append(list, fmt.Sprintf("%d × %s", n, what))
	}
	return list
}

func (k *soaking) count(change func(*done)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.done)
}

// live keeps the mixture going and takes samples until the time is over.
func (k *soaking) live(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, k.o.For)
	defer cancel()
	k.began = time.Now()
	var wg sync.WaitGroup
	every := func(d time.Duration, do func(context.Context) error) {
		wg.Go(func() {
			t := time.NewTicker(d)
			defer t.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-t.C:
					if err := do(ctx); err != nil && ctx.Err() == nil {
						k.fail(err.Error())
					}
				}
			}
		})
	}
	every(k.o.Publish, k.publish)
	every(alertEvery, k.alert)
	every(cutEvery, func(context.Context) error { return k.cut(cutPart) })
	every(powerEvery, func(context.Context) error { return k.cut(1) })
	every(k.sampleEvery(), k.sample())
	every(time.Minute, func(context.Context) error {
		st := k.s.Stats()
		_, err := fmt.Fprintf(k.out, "%d connected, %d reports, ping p99 %s\n", st.Connected, st.Reports, short(st.Ping.P99))
		return err
	})
	wg.Wait()
	return nil
}

func (k *soaking) cut(part float64) error {
	n := k.s.Storm(part)
	k.count(func(d *done) { d.Cut += n })
	return nil
}

// sample returns the taker of samples, which passes over the warm-up.
func (k *soaking) sample() func(context.Context) error {
	warm := time.Now().Add(k.warmUp())
	return func(ctx context.Context) error {
		f, err := k.see.look(ctx)
		if err == nil && f.At.After(warm) {
			k.samples = append(k.samples, f)
		}
		return err
	}
}

// publish publishes or revises a notice, or takes one down, and waits until the
// screens that behave show it.
func (k *soaking) publish(ctx context.Context) error {
	n := k.done.Published + k.done.Revised
	notice := swarm.Announcement(swarm.County, fmt.Sprintf("浸泡测试通知（第 %d 条）", n+1), k.o.Text)
	k.mu.Lock()
	due := k.done.Down < int(time.Since(k.began)/k.downEvery())
	k.mu.Unlock()
	switch {
	case due && len(k.notices) > 0:
		id := k.notices[0]
		k.notices = k.notices[1:]
		k.count(func(d *done) { d.Down++ })
		return k.arrives(ctx, playlist.ChannelID{Site: swarm.County}, func(p *api.Published) error {
			return k.api.Do(ctx, http.MethodPost, "/notices/"+string(id)+"/takedown", api.Reason{Reason: "浸泡测试"}, p)
		})
	case len(k.notices) < keepNotices:
		k.count(func(d *done) { d.Published++ })
		return k.arrives(ctx, playlist.ChannelID{Site: swarm.County}, func(p *api.Published) error {
			err := k.api.Do(ctx, http.MethodPost, "/notices", api.Submission{Notice: notice}, p)
			if err == nil {
				k.notices = append(k.notices, p.Notice)
			}
			return err
		})
	}
	k.count(func(d *done) { d.Revised++ })
	id := k.notices[n%len(k.notices)]
	return k.arrives(ctx, playlist.ChannelID{Site: swarm.County}, func(p *api.Published) error {
		return k.api.Do(ctx, http.MethodPut, "/notices/"+string(id), api.Submission{Notice: notice}, p)
	})
}

// alert raises an alert and lifts it.
func (k *soaking) alert(ctx context.Context) error {
	k.count(func(d *done) { d.Alerts++ })
	ch := playlist.ChannelID{Site: swarm.County, Alert: true}
	var id playlist.NoticeID
	err := k.arrives(ctx, ch, func(p *api.Published) error {
		err := k.api.Do(ctx, http.MethodPost, "/alerts", exercise(), p)
		id = p.Notice
		return err
	})
	if err != nil || !waitFor(ctx, alertLasts) {
		return err
	}
	return k.arrives(ctx, ch, func(p *api.Published) error {
		return k.api.Do(ctx, http.MethodPost, "/alerts/"+string(id)+"/lift", nil, p)
	})
}

// arrives does something that makes a new revision and waits until the screens that
// behave have it.
func (k *soaking) arrives(ctx context.Context, ch playlist.ChannelID, do func(*api.Published) error) error {
	head, err := headOf(ctx, k.api, ch)
	if err != nil {
		return err
	}
	w := k.s.Watch(ch, head+1)
	defer w.Stop()
	w.Only(k.o.good)
	if err := do(&api.Published{}); err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, lateAfter)
	defer cancel()
	// Who was cut off a moment ago comes back and has it within the time.
	goods := k.o.goods()
	if err := w.Wait(within, goods); err == nil || ctx.Err() != nil {
		return nil
	}
	missing := goods - len(w.Times())
	k.count(func(d *done) { d.Late += missing })
	if missing > goods/100 {
		return fmt.Errorf("%d of %d screens that behave did not have a change after %s", missing, goods, lateAfter)
	}
	return nil
}

// exercise is an alert that says so.
func exercise() api.AlertSubmission {
	return api.AlertSubmission{
		Site: swarm.County, Title: "暴雨蓝色预警（演练）", Issuer: "县应急管理局", Minutes: 30,
		Alert: playlist.Alert{Type: "暴雨", Colour: "blue", Area: "全县", Action: "注意防范", Start: time.Now(), Exercise: true},
	}
}

// waitFor waits and reports whether ctx goes on.
func waitFor(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

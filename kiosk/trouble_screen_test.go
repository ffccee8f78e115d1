package kiosk

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/link"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/wire"
)

// troubled is a screen behind a bad line.
type troubled struct {
	*Device
	name   string
	line   *badLine
	id     playlist.ScreenID
	stop   func()        // and wait
	right  time.Duration // after the lines were healed
	sights *sights
}

func (s *troubled) switchOn(t *testing.T, c *controller.Controller, site playlist.SiteID, patient bool) {
	cfg := configs.DefaultScreen(playlist.LED)
	cfg.Controller, cfg.Data, cfg.Name, cfg.Report = s.line.url(), t.TempDir(), "gate", time.Second
	opt := Options{
		Backoff: link.Backoff{Min: 50 * time.Millisecond, Max: 2 * time.Second},
		Ping:    500 * time.Millisecond, Silence: 4 * time.Second, Timeout: 4 * time.Second,
	}
	if patient {
		opt.Silence, opt.Timeout = 10*time.Second, 10*time.Second
	}
	var err error
	if s.Device, err = NewWith(cfg, playlist.LED, slog.New(slog.DiscardHandler), opt); err != nil {
		t.Error(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	s.sights = &sights{device: s.Device, newest: map[playlist.NoticeID]int{}, gone: map[playlist.NoticeID]bool{}}
	go func() { done <- s.Device.Run(ctx, s.sights, headless.New(image.Pt(8, 4))) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	})
	t.Cleanup(s.stop)
	s.until(t, "it shows a code", func() bool { return s.Status().Code != "" })
	row, err := c.Fleet.Confirm(t.Context(), "test", s.Status().Code, fleet.Enrolment{Site: site, Name: s.name})
	if err != nil {
		t.Error(err)
		return
	}
	s.id = row.ID
}

func (s *troubled) until(t *testing.T, what string, good func() bool) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-limit.C:
			t.Errorf("%s: waited %v until %s", s.name, patience, what)
			return
		case <-tick.C:
		}
	}
}

// has reports whether the screen shows the newest of all and the office knows it.
func (s *troubled) has(t *testing.T, c *controller.Controller) bool {
	st, err := c.Fleet.StateOf(t.Context(), s.id)
	if err != nil {
		t.Error(err)
		return true
	}
	_, have := s.cache.Have()
	return st.Online && len(st.Desired) > 0 && maps.Equal(have, st.Desired) && maps.Equal(st.Reported, st.Desired)
}

// judge holds what the screen showed and wrote down against the office. It ends
// the screen.
func (s *troubled) judge(t *testing.T, c *controller.Controller, wrong playlist.NoticeID, corrected publish.Receipt) {
	t.Helper()
	st := s.Status()
	if n, _, _, ok := st.Library.Notice(wrong, st.Moment); ok {
		t.Errorf("%s: it has %q, which was taken down", s.name, n.Title)
	}
	if n, _, _, ok := st.Library.Notice(corrected.Notice, st.Moment); !ok || n.Version != corrected.Version {
		t.Errorf("%s: of the corrected notice it has %+v", s.name, n)
	}
	if len(st.Library.Alerts(st.Moment)) != 1 {
		t.Errorf("%s: it has %d warnings", s.name, len(st.Library.Alerts(st.Moment)))
	}
	s.until(t, "its record is in", func() bool {
		row, err := c.Store.Screen(t.Context(), s.id)
		return err == nil && row.LedgerSeq > 0 && row.LedgerSeq+3 >= s.ledger.Head()
	})
	s.stop()
	s.sights.judge(t, s.name)
	if err := c.Store.View(t.Context(), func(r store.Reader) error { return s.recorded(t.Context(), r) }); err != nil {
		t.Errorf("%s: %v", s.name, err)
	}
}

// recorded holds the rows against each other and against the sums that the office
// has of them: each was counted once.
func (s *troubled) recorded(ctx context.Context, r store.Reader) error {
	rows, err := r.LedgerRows(ctx, s.id, 1, 0, 100_000)
	if err != nil {
		return err
	}
	if len(rows) < 5 {
		return fmt.Errorf("there are %d rows", len(rows))
	}
	var chain assets.Ref
	sum := map[playlist.NoticeID]time.Duration{}
	for i, row := range rows {
		if row.Seq != uint64(i+1) || row.Chain != wire.Link(chain, row.Row) {
			return fmt.Errorf("row %d has number %d or does not go on where the one before ended", i+1, row.Seq)
		}
		chain = row.Chain
		sum[row.Notice] += row.Until.Sub(row.From)
	}
	for notice, shown := range sum {
		var said time.Duration
		days, err := r.DisplayOf(ctx, notice)
		if err != nil {
			return err
		}
		for _, d := range days {
			if d.Screen == s.id {
				said += d.Shown
			}
		}
		if (said - shown).Abs() > time.Duration(len(rows))*time.Millisecond {
			return fmt.Errorf("%s is said to have been up for %v, its rows say %v", notice, said, shown)
		}
	}
	return nil
}

// sights shows one notice after the other and watches that nothing comes back.
type sights struct {
	device *Device
	turn   int
	show   wire.Showing

	mu     sync.Mutex                // guards what follows
	newest map[playlist.NoticeID]int // versions that were offered
	gone   map[playlist.NoticeID]bool
	back   []string
}

func (p *sights) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	st := p.device.Status()
	p.show = wire.Showing{Page: "fallback"}
	if st.Library != nil {
		list := append(st.Library.List(playlist.Query{}, st.Moment), st.Library.Alerts(st.Moment)...)
		p.offered(list)
		if len(list) > 0 {
			p.turn++
			n := list[p.turn/10%len(list)]
			_, ch, rev, _ := st.Library.Notice(n.ID, st.Moment)
			p.show = wire.Showing{Page: "loop", Notice: n.ID, Version: n.Version, Channel: ch, Revision: rev}
		}
	}
	return &scene.Frame{Size: image.Pt(8, 4), Ground: color.RGBA{uint8(p.turn), 0, 0, 255}}, now.Add(50 * time.Millisecond)
}

func (p *sights) Presented(*scene.Frame, time.Time) { p.device.Showed(p.show) }

// offered notes what a person could see.
func (p *sights) offered(list []*playlist.Notice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range list {
		switch {
		case p.gone[n.ID]:
			p.back = append(p.back, fmt.Sprintf("%s came back", n.ID))
		case n.Version < p.newest[n.ID]:
			p.back = append(p.back, fmt.Sprintf("%s went back to version %d", n.ID, n.Version))
		}
		p.newest[n.ID] = n.Version
	}
	for id := range p.newest {
		if !slices.ContainsFunc(list, func(n *playlist.Notice) bool { return n.ID == id }) {
			p.gone[id] = true
		}
	}
}

func (p *sights) judge(t *testing.T, name string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.back) > 0 {
		t.Errorf("%s: %d times something came back that was gone: %s", name, len(p.back), p.back[0])
	}
}

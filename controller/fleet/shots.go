package fleet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The pace of the photographer.
const (
	shotEvery  = time.Second // between two screens, so that a county's lines carry one picture at a time
	lookEvery  = time.Minute // between two looks for screens that are due
	sweepEvery = 10 * time.Minute
)

// Photographer asks every screen that is online for a screenshot once in each turn
// of Config.ShotEvery and removes old pictures. A screen that is dark waits until
// it is lit. What happens by schedule is no deed of anybody: it is not in the log of
// changes. Its methods serve one goroutine.
type Photographer struct {
	*Fleet
	asked  map[playlist.ScreenID]time.Time // when each was asked by schedule
	queue  []playlist.ScreenID             // that are due
	looked time.Time
	swept  time.Time
}

// Photographer begins at an instant; screens have a minute to come back to a
// controller that was just started.
func (f *Fleet) Photographer(now time.Time) *Photographer {
	return &Photographer{Fleet: f, asked: map[playlist.ScreenID]time.Time{}, looked: now}
}

// Run works until ctx ends.
func (p *Photographer) Run(ctx context.Context) {
	if p.cfg.Shots == nil {
		return
	}
	tick := time.NewTicker(shotEvery)
	defer tick.Stop()
	for {
		if err := p.Step(ctx, p.cfg.Now()); err != nil && ctx.Err() == nil {
			p.cfg.Log.Error("Screenshots by schedule failed; it is tried again.", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Step does what is due now: it asks one screen at the most.
func (p *Photographer) Step(ctx context.Context, now time.Time) error {
	if now.Sub(p.swept) >= sweepEvery {
		p.swept = now
		if err := p.SweepShots(ctx); err != nil {
			return err
		}
	}
	if p.cfg.ShotEvery <= 0 {
		return nil
	}
	if len(p.queue) == 0 && now.Sub(p.looked) >= lookEvery {
		p.looked = now
		var err error
		if p.queue, err = p.due(ctx, shotTurn(now.In(p.cfg.Zone), p.cfg.ShotEvery, p.cfg.ShotAt)); err != nil {
			return err
		}
	}
	for len(p.queue) > 0 {
		if p.shedder.sheds(ShedPictures, &p.shedder.screenshots) {
			return nil // they are asked when there is room again
		}
		id := p.queue[0]
		p.queue = p.queue[1:]
		if p.lit(id) && !p.spent(id) {
			p.asked[id] = now
			return p.photograph(ctx, id, now)
		}
	}
	return nil
}

// shotTurn is when the present turn began: at ShotAt of the day, and every so
// often after it.
func shotTurn(now time.Time, every, at time.Duration) time.Time {
	y, m, d := now.Date()
	begin := time.Date(y, m, d, 0, 0, 0, 0, now.Location()).Add(at)
	if begin.After(now) {
		begin = time.Date(y, m, d-1, 0, 0, 0, 0, now.Location()).Add(at)
	}
	return begin.Add(now.Sub(begin).Truncate(every))
}

// due are the screens of which nobody has had a picture since a turn began.
func (p *Photographer) due(ctx context.Context, begin time.Time) ([]playlist.ScreenID, error) {
	last, err := p.cfg.Store.LastShots(ctx)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var due []playlist.ScreenID
	for id, l := range p.live {
		if l.online && last[id].Before(begin) && p.asked[id].Before(begin) {
			due = append(due, id)
		}
	}
	for id := range p.asked {
		if p.live[id] == nil {
			delete(p.asked, id) // it was removed
		}
	}
	slices.Sort(due)
	return due, nil
}

// lit reports whether a screen is online and shows something.
func (p *Photographer) lit(id playlist.ScreenID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.live[id]
	return l != nil && l.online && (l.health == nil || l.health.Report.Showing.Page != wire.Dark)
}

func (p *Photographer) photograph(ctx context.Context, id playlist.ScreenID, now time.Time) error {
	c := store.Command{ID: "c-" + strings.ToLower(rand.Text()[:16]), Screen: id, Kind: wire.CommandScreenshot, Actor: store.Scheduler, Created: now}
	if err := p.cfg.Store.Update(ctx, func(t *store.Tx) error { return t.AddCommand(ctx, c) }); err != nil {
		return fmt.Errorf("photograph screen %s: %w", id, err)
	}
	err := p.hub.Command(id, wire.Command{ID: c.ID, Kind: c.Kind})
	if errors.Is(err, hub.ErrNotConnected) || errors.Is(err, hub.ErrQueueFull) {
		delete(p.asked, id) // it is asked when it is there
		return nil
	}
	return err
}

// SweepShots removes the pictures that no command names any more. The folder holds
// nothing else, so that no device can have content removed by sending its bytes.
func (f *Fleet) SweepShots(ctx context.Context) error {
	f.shooting.Lock()
	defer f.shooting.Unlock()
	kept, err := f.cfg.Store.Shots(ctx)
	if err != nil {
		return err
	}
	if _, err := f.cfg.Shots.Sweep(func(ref assets.Ref) bool { return kept[ref] }); err != nil {
		return fmt.Errorf("remove old screenshots: %w", err)
	}
	return nil
}

// LatestShot returns the newest screenshot of a screen, or store.ErrNotFound; also
// for one whose picture is not here, for backups leave pictures out.
func (f *Fleet) LatestShot(ctx context.Context, id playlist.ScreenID) (store.Command, error) {
	shot, err := f.cfg.Store.LatestShot(ctx, id)
	if err == nil && (f.cfg.Shots == nil || !f.cfg.Shots.Has(shot.Shot)) {
		err = fmt.Errorf("screenshot of %s: %w", id, store.ErrNotFound)
	}
	return shot, err
}

// ShotFile opens the picture of a screenshot with its size in bytes.
func (f *Fleet) ShotFile(ref assets.Ref) (io.ReadSeekCloser, int64, error) {
	return f.cfg.Shots.File(ref)
}

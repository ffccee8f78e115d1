package fleet

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// The lines of sites.
const (
	carryEvery = 5 * time.Minute  // traffic to disk: what a crash loses
	linesAge   = 30 * time.Second // how old what is known of sites and screens may be
	month      = "2006-01"        // of time.Format

	// What goes although the volume is used up: the text of notices, which is some
	// kilobytes each, so that an edition without new pictures is complete.
	smallFile = 64 << 10

	// Of the volume of a month, in per cent, at which people are told.
	LineLow, LineUsed = 80, 100

	// pausedAsk is when a device may ask again for what waits for the next month:
	// links wait for ten minutes at the most.
	pausedAsk = 10 * time.Minute
)

// lines knows what the lines of sites carry and have carried this month. A site
// without a limit costs its counts and nothing else.
type lines struct {
	limited atomic.Bool // some site has a limit
	knowing sync.Mutex  // held while what is set is read: what was read earlier must not be taken later

	mu      sync.Mutex // guards what follows
	read    bool       // the month's traffic of before was read
	at      time.Time  // as of when sites and screens are known
	month   string
	site    map[playlist.ScreenID]playlist.SiteID
	of      map[playlist.SiteID]*budget // only sites with a limit
	used    map[playlist.SiteID]int64   // bytes of the month
	pending map[trafficKey]store.Traffic
	waiting map[playlist.ScreenID]time.Time // who was told to wait for a file last when
}

type trafficKey struct {
	month  string
	site   playlist.SiteID
	screen playlist.ScreenID
}

// budget is the line of one site.
type budget struct {
	line   store.Line
	passed bool          // everything goes this month
	rate   *rate.Limiter // nil without one
	mu     sync.Mutex    // guards turns
	turns  map[playlist.ScreenID]chan struct{}
}

// most is the volume of a month in bytes, 0 without one.
func (b *budget) most() int64 { return b.line.Month * 1_000_000 }

func newBudget(l store.Line) *budget {
	b := &budget{line: l, turns: map[playlist.ScreenID]chan struct{}{}}
	if l.Rate > 0 {
		perSecond := l.Rate * 1000 / 8
		b.rate = rate.NewLimiter(rate.Limit(perSecond), max(b.piece(), perSecond/2))
	}
	return b
}

// piece is how many bytes go at once: a quarter of a second's, so that nobody
// waits for long even where ten share a thin line.
func (b *budget) piece() int { return min(max(b.line.Rate*1000/8/4, 512), 16<<10) }

// pace waits until n bytes may go to a screen. Each screen has one turn at a time,
// however much it asks for at once: the line is shared by screens, not by requests.
func (b *budget) pace(ctx context.Context, screen playlist.ScreenID, n int) error {
	b.mu.Lock()
	turn := b.turns[screen]
	if turn == nil {
		turn = make(chan struct{}, 1)
		b.turns[screen] = turn
	}
	b.mu.Unlock()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-turn }()
	return b.rate.WaitN(ctx, n)
}

// carried notes bytes from and to a screen.
func (f *Fleet) carried(id playlist.ScreenID, add store.Traffic) {
	l := &f.lines
	l.mu.Lock()
	defer l.mu.Unlock()
	site, ok := l.site[id]
	if !ok {
		return // it was removed
	}
	k := trafficKey{l.month, site, id}
	v := l.pending[k]
	v.Site, v.Screen = site, id
	v.Received, v.Sent, v.Files = v.Received+add.Received, v.Sent+add.Sent, v.Files+add.Files
	l.pending[k] = v
	l.used[site] += add.All()
}

// located notes where a screen is that has just come, which may be a new one.
func (f *Fleet) located(id playlist.ScreenID, site playlist.SiteID) {
	f.lines.mu.Lock()
	defer f.lines.mu.Unlock()
	f.lines.site[id] = site
}

// Metered notes bytes over a screen's connection; hub.Options.Metered.
func (f *Fleet) Metered(id playlist.ScreenID, received, sent int64) {
	f.carried(id, store.Traffic{Received: received, Sent: sent})
}

// knowLines reads what is set and where screens are, unless it is known.
func (f *Fleet) knowLines(ctx context.Context, age time.Duration) error {
	now := f.cfg.Now()
	this := now.In(f.cfg.Zone).Format(month)
	l := &f.lines
	l.knowing.Lock()
	defer l.knowing.Unlock()
	l.mu.Lock()
	known := l.month == this && l.read && now.Sub(l.at) < age
	first := l.month != this || !l.read
	l.mu.Unlock()
	if known {
		return nil
	}
	rows, err := f.cfg.Store.Roster(ctx)
	if err != nil {
		return fmt.Errorf("read the lines of sites: %w", err)
	}
	var set []store.SiteLine
	var passes []playlist.SiteID
	var before []store.Traffic
	var tree *store.Tree
	err = f.cfg.Store.View(ctx, func(r store.Reader) (err error) {
		if tree, err = r.Tree(ctx); err != nil {
			return err
		}
		if set, err = r.Lines(ctx); err != nil {
			return err
		}
		if passes, err = r.LinePasses(ctx, this); err != nil || !first {
			return err
		}
		before, err = r.Traffic(ctx, this)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the lines of sites: %w", err)
	}
	own := map[playlist.SiteID]store.Line{}
	for _, s := range set {
		own[s.Site] = s.Line
	}
	var fed []playlist.ScreenID
	defer func() { f.starve(false, fed...) }()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.month != this || !l.read {
		l.used = map[playlist.SiteID]int64{}
		for _, t := range before {
			l.used[t.Site] += t.All()
		}
		for k, t := range l.pending { // of before the first reading
			if k.month == this {
				l.used[k.site] += t.All()
			}
		}
	}
	was := l.of
	l.at, l.month, l.read = now, this, true
	l.site, l.of = make(map[playlist.ScreenID]playlist.SiteID, len(rows)), map[playlist.SiteID]*budget{}
	for _, row := range rows {
		l.site[row.ID] = row.Site
	}
	if len(own) > 0 {
		for _, s := range tree.Sites() {
			line, is := nearest(own, tree.PathIDs(s.ID))
			if !is || line == (store.Line{}) {
				continue
			}
			if b := was[s.ID]; b != nil && b.line == line {
				l.of[s.ID] = b // those who wait in it go on
				b.passed = false
				continue
			}
			l.of[s.ID] = newBudget(line)
		}
	}
	for _, site := range passes {
		if b := l.of[site]; b != nil {
			b.passed = true
		}
	}
	l.limited.Store(len(l.of) > 0)
	fed = l.fed(now)
	return nil
}

func nearest(own map[playlist.SiteID]store.Line, path []playlist.SiteID) (store.Line, bool) {
	for _, id := range path {
		if line, ok := own[id]; ok {
			return line, true
		}
	}
	return store.Line{}, false
}

// carrying keeps what is known of lines fresh and brings traffic to disk.
func (f *Fleet) carrying(ctx context.Context) {
	know, carry := time.NewTicker(linesAge), time.NewTicker(carryEvery)
	defer know.Stop()
	defer carry.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			if err := f.FlushTraffic(last); err != nil {
				f.cfg.Log.Error("The last traffic was not written.", "error", err)
			}
			cancel()
			return
		case <-know.C:
			if err := f.knowLines(ctx, 0); err != nil && ctx.Err() == nil {
				f.cfg.Log.Error("The lines of sites could not be read; it is tried again.", "error", err)
			}
		case <-carry.C:
			if err := f.FlushTraffic(ctx); err != nil && ctx.Err() == nil {
				f.cfg.Log.Error("Traffic was not written; it is tried again.", "error", err)
			}
		}
	}
}

// FlushTraffic writes what was carried since it was written last.
func (f *Fleet) FlushTraffic(ctx context.Context) error {
	l := &f.lines
	l.mu.Lock()
	batch := l.pending
	l.pending = map[trafficKey]store.Traffic{}
	l.mu.Unlock()
	for len(batch) > 0 {
		var some []trafficKey
		err := f.cfg.Store.Update(ctx, func(t *store.Tx) error {
			some = some[:0]
			for k, v := range batch {
				if len(some) == writeTogether { // others wait to write
					break
				}
				some = append(some, k)
				if err := t.AddTraffic(ctx, k.month, v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			for k, v := range batch {
				w := l.pending[k]
				v.Received, v.Sent, v.Files = v.Received+w.Received, v.Sent+w.Sent, v.Files+w.Files
				l.pending[k] = v
			}
			return fmt.Errorf("write traffic: %w", err)
		}
		for _, k := range some {
			delete(batch, k)
		}
	}
	return nil
}

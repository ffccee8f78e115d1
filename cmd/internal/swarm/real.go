package swarm

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"mingbai/assets/durable"
	"mingbai/kiosk/cache"
	"mingbai/kiosk/ledger"
	"mingbai/kiosk/link"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// realDevice runs what a device runs but for its display: link, cache and ledger,
// with files in a folder of its own. Every signature is verified.
type realDevice struct {
	swarm *Swarm
	i     int
	like  *device // says how the machine is

	cache  *cache.Cache
	ledger *ledger.Ledger
	link   *link.Link

	mu      sync.Mutex // guards what follows
	welcome bool
	every   time.Duration
	sent    uint64 // rows on their way, or taken
	flight  bool
}

func newReal(s *Swarm, i int) *realDevice {
	return &realDevice{swarm: s, i: i, like: newDevice(s, i)}
}

// houseEvery is how often a device looks after its ledger, as kiosk does.
const houseEvery = 5 * time.Second

// run lives until ctx ends or the screen was removed.
func (d *realDevice) run(ctx context.Context) (err error) {
	log := d.swarm.cfg.Log.With("device", d.i)
	dir := filepath.Join(d.swarm.cfg.Dir, hostOf(d.i))
	if d.cache, err = cache.Open(durable.OS, filepath.Join(dir, "cache"), log); err != nil {
		return fmt.Errorf("real device %d: %w", d.i, err)
	}
	if d.ledger, err = ledger.Open(durable.OS, filepath.Join(dir, "ledger"), log); err != nil {
		return fmt.Errorf("real device %d: %w", d.i, err)
	}
	defer func() { err = errors.Join(err, d.ledger.Close()) }()
	d.link, err = link.New(link.Options{
		URL: d.swarm.cfg.URL, CA: d.swarm.cfg.CA, Key: Key(d.swarm.cfg.Seed, d.i), Store: d.cache.Blobs(), Hello: d.hello,
		Handler: link.Handler{
			Enrolled: func(e wire.Enrolled) error { return d.cache.Enrol(cache.Identity{Screen: e.Screen, Root: e.Root}) },
			Welcome:  d.welcomed, Push: d.push, Taken: d.taken, Lost: d.lost,
			Command: func(c wire.Command) {
				d.swarm.counts.commands.Add(1)
				d.link.Result(wire.Result{ID: c.ID, Error: "a simulated screen does nothing"})
			},
		},
		Timeout: d.swarm.cfg.Timeout, Silence: d.swarm.cfg.Silence, Backoff: d.swarm.cfg.Backoff, Log: log,
	})
	if err != nil {
		return fmt.Errorf("real device %d: %w", d.i, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var house sync.WaitGroup
	house.Go(func() { d.keepHouse(ctx) })
	if gone := d.link.Run(ctx); gone != nil {
		d.swarm.counts.note("removed")
	}
	cancel()
	house.Wait()
	d.lost(nil)
	return nil
}

func (d *realDevice) hello() wire.Hello {
	kind, panel := shapeOf(d.i)
	h := wire.Hello{Program: program, System: system, Kind: kind, Panel: panel, Host: hostOf(d.i), Patches: true}
	if id, ok := d.cache.Identity(); ok {
		h.Screen = id.Screen
		h.Settings, h.Have = d.cache.Have()
	}
	return h
}

func (d *realDevice) welcomed(w wire.Welcome) {
	if err := d.ledger.Acknowledge(w.Ledger); err != nil {
		d.swarm.cfg.Log.Error("Acknowledged rows could not be removed.", "device", d.i, "error", err)
	}
	d.mu.Lock()
	first := !d.welcome
	d.welcome, d.every, d.sent, d.flight = true, time.Duration(w.Report)*time.Second, w.Ledger, false
	d.mu.Unlock()
	if first {
		d.swarm.counts.connects.Add(1)
		d.swarm.welcomed(1)
	}
}

func (d *realDevice) lost(err error) {
	d.mu.Lock()
	was := d.welcome
	d.welcome = false
	d.mu.Unlock()
	if was {
		d.swarm.welcomed(-1)
	}
	if err != nil {
		d.swarm.counts.note("real: lost")
	}
}

// push admits settings or an edition and fetches what it still needs.
func (d *realDevice) push(ctx context.Context, p wire.Push, blobs [][]byte) {
	before := d.cache.Current()
	if err := d.cache.Offer(p, blobs); err != nil {
		d.refused(p, err)
		return
	}
	if p.Patch != nil {
		d.swarm.counts.patched.Add(1)
	}
	if d.cache.Current() != before {
		d.adopted()
	}
	if missing := d.cache.Missing(p.Channel); !p.Channel.IsZero() && len(missing) > 0 {
		began := time.Now()
		if err := d.link.Fetch(ctx, missing); err != nil {
			d.swarm.counts.note("blob: not fetched")
			return
		}
		for _, b := range missing {
			d.swarm.counts.blobs.Add(1)
			d.swarm.counts.blobBytes.Add(b.Size)
		}
		d.swarm.counts.blob.add(time.Since(began))
	}
	if _, err := d.cache.Commit(); err != nil {
		d.refused(p, err)
		return
	}
	d.adopted()
}

func (d *realDevice) refused(p wire.Push, err error) {
	r := wire.Refused{Channel: p.Channel, Revision: p.Revision, Reason: wire.ReasonStorage, Detail: err.Error()}
	if refusal, ok := errors.AsType[*wire.Refusal](err); ok {
		r.Reason, r.Detail = refusal.Reason, refusal.Detail
	}
	d.swarm.counts.note("refused: " + string(r.Reason))
	d.link.Refused(r)
}

// adopted says what the cache has switched to.
func (d *realDevice) adopted() {
	settings, have := d.cache.Have()
	d.link.Adopted(wire.Adopted{Settings: settings, Have: have})
	d.swarm.counts.acks.Add(1)
	for ch, rev := range have {
		d.swarm.acknowledged(d.i, ch, rev)
	}
}

func (d *realDevice) taken(seq uint64) {
	if err := d.ledger.Acknowledge(seq); err != nil {
		d.swarm.cfg.Log.Error("Acknowledged rows could not be removed.", "device", d.i, "error", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if seq > d.sent {
		d.swarm.counts.taken.Add(int64(seq - d.sent))
	}
	d.flight, d.sent = false, max(d.sent, seq)
}

// keepHouse reports, and keeps rows of what would be on the display and sends
// them, until ctx ends.
func (d *realDevice) keepHouse(ctx context.Context) {
	look, house := time.NewTicker(time.Second), time.NewTicker(houseEvery)
	defer look.Stop()
	defer house.Stop()
	var reported time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-look.C:
			if d.swarm.cfg.Ledger > 0 {
				d.ledger.Presented(now, d.visible(now)...)
			}
		case now := <-house.C:
			d.mu.Lock()
			every, here := d.every, d.welcome
			d.mu.Unlock()
			if d.swarm.cfg.Report > 0 {
				every = d.swarm.cfg.Report
			}
			if here && now.Sub(reported) >= every {
				reported = now
				r := d.like.health(now)
				r.LedgerHead = d.ledger.Head()
				d.link.Report(r)
				d.swarm.counts.reports.Add(1)
			}
			if err := d.ledger.Flush(); err != nil {
				d.swarm.cfg.Log.Error("A ledger cannot be written.", "device", d.i, "error", err)
			}
			d.drain()
		}
	}
}

// visible is what a loop of the notices of the generation would show now.
func (d *realDevice) visible(now time.Time) []ledger.What {
	g := d.cache.Current()
	if g == nil {
		return nil
	}
	var all []ledger.What
	for ch, rev := range g.Have {
		if ch.Alert {
			continue
		}
		all = append(all, ledger.What{Notice: playlist.NoticeID(string(ch.Site) + "-n1"), Version: 1, Channel: ch, Revision: rev, Page: "loop"})
	}
	if len(all) == 0 {
		return nil
	}
	k := int(now.Unix()/10) % len(all)
	return all[k : k+1]
}

// drain sends the rows that were not sent yet.
func (d *realDevice) drain() {
	d.mu.Lock()
	after, busy := d.sent, d.flight || !d.welcome
	d.mu.Unlock()
	if busy {
		return
	}
	rows, err := d.ledger.Batch(after, maxWaiting)
	if err != nil {
		d.swarm.cfg.Log.Error("A ledger cannot be read.", "device", d.i, "error", err)
	}
	if len(rows) == 0 || !d.link.Ledger(rows) {
		return
	}
	d.swarm.counts.rows.Add(int64(len(rows)))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.flight = true
}

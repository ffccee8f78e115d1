package fleet

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

const (
	minutesKept = 64
	slotSeconds = int64(store.SampleStep / time.Second)
	// flushAfter is how far into five minutes those before are written: by then the
	// screens have sent their last report of them.
	flushAfter    = 60
	writeTogether = 1000
)

// sampler makes samples of the reports of all screens: of every minute in memory,
// of every five minutes in the store. What a crash loses is at most five minutes.
type sampler struct {
	every time.Duration // between reports
	wake  chan struct{} // of capacity 1

	mu      sync.Mutex // guards what follows
	screens map[playlist.ScreenID]*track
	full    []sampledHour // hours that are over and not written
	flushed int64         // the five minutes in which the last flush was asked for
}

// track is what is known of one screen.
type track struct {
	last    time.Time // of the newest report
	minutes [minutesKept]minute
	minute  tally
	slot    tally // five minutes
	hour    int64
	body    store.SampleHour // of hour
	dirty   bool             // body is not written
}

// minute is a finished minute; number 0 is none.
type minute struct {
	number int64
	sample packed
}

// packed is a sample of one value for each figure, a third of its size.
type packed struct{ online, cpu, memory, disk, temperature, rtt, lost, frame float32 }

const unknown = -1000 // no figure is so low

// tally is a sample that is being made.
type tally struct {
	number  int64 // of the minute or the five minutes
	reports int
	covered time.Duration
	sum     store.Sample
}

type sampledHour struct {
	screen playlist.ScreenID
	hour   time.Time
	body   store.SampleHour
}

func newSampler(ctx context.Context, s *store.Store, every time.Duration, now time.Time) (*sampler, error) {
	p := &sampler{every: every, wake: make(chan struct{}, 1), screens: map[playlist.ScreenID]*track{}}
	hour := now.Unix() / 3600
	have, err := s.SampleHours(ctx, time.Unix(hour*3600, 0)) // the program started anew within it
	for id, body := range have {
		p.screens[id] = &track{hour: hour, body: body}
	}
	return p, err
}

// add takes a report. It does not touch the disk.
func (p *sampler) add(id playlist.ScreenID, at time.Time, v *wire.Vitals) {
	figures := store.FiguresOf(v)
	second := at.Unix()
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.screens[id]
	if t == nil {
		t = &track{}
		p.screens[id] = t
	}
	covered := min(max(at.Sub(t.last), 0), p.every+p.every/2)
	t.last = at
	if t.minute.number != second/60 {
		t.closeMinute()
		t.minute = tally{number: second / 60}
	}
	if t.slot.number != second/slotSeconds {
		p.closeSlot(id, t)
		t.slot = tally{number: second / slotSeconds}
	}
	t.minute.add(figures, covered)
	t.slot.add(figures, covered)
	if slot := second / slotSeconds; slot > p.flushed && second%slotSeconds >= flushAfter {
		p.flushed = slot
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

func (y *tally) add(s store.Sample, covered time.Duration) {
	y.sum.Join(s, y.reports)
	y.reports++
	y.covered += covered
}

// whole returns the sample that a tally of a step makes.
func (y *tally) whole(step time.Duration) store.Sample {
	s := y.sum
	s.At, s.Step = time.Unix(y.number*int64(step/time.Second), 0).UTC(), int(step/time.Second)
	s.Online = min(1, float64(y.covered)/float64(step))
	return s
}

func (t *track) closeMinute() {
	if t.minute.reports > 0 {
		t.minutes[t.minute.number%minutesKept] = minute{t.minute.number, pack(t.minute.whole(time.Minute))}
		t.minute = tally{}
	}
}

// closeSlot puts the five minutes into their hour. The caller holds mu.
func (p *sampler) closeSlot(id playlist.ScreenID, t *track) {
	if t.slot.reports == 0 {
		return
	}
	hour := t.slot.number * slotSeconds / 3600
	if hour != t.hour {
		if t.dirty {
			p.full = append(p.full, t.take(id))
		}
		t.hour, t.body = hour, store.SampleHour{}
	}
	t.body.Set(int(t.slot.number*slotSeconds%3600/slotSeconds), t.slot.whole(store.SampleStep))
	t.slot, t.dirty = tally{}, true
}

func (t *track) take(id playlist.ScreenID) sampledHour {
	t.dirty = false
	return sampledHour{id, time.Unix(t.hour*3600, 0).UTC(), t.body}
}

// unwritten returns what is to be written, in the order of the table. Five minutes
// that go on are left out unless the end has come.
func (p *sampler) unwritten(end bool) []sampledHour {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.full
	p.full = nil
	for id, t := range p.screens {
		if end || t.slot.number < p.flushed {
			p.closeSlot(id, t)
		}
		if t.dirty {
			out = append(out, t.take(id))
		}
	}
	slices.SortStableFunc(out, func(a, b sampledHour) int {
		if c := a.hour.Compare(b.hour); c != 0 {
			return c
		}
		return compare(a.screen, b.screen)
	})
	return out
}

// write stores hours; what fails is kept for the next time.
func (p *sampler) write(ctx context.Context, s *store.Store, hours []sampledHour) error {
	for len(hours) > 0 {
		n := min(len(hours), writeTogether) // others wait to write
		err := s.Update(ctx, func(t *store.Tx) error {
			for _, h := range hours[:n] {
				if err := t.PutSampleHour(ctx, h.screen, h.hour, h.body); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			p.mu.Lock()
			p.full = append(hours, p.full...) // what came meanwhile is newer and is written after
			p.mu.Unlock()
			return fmt.Errorf("write samples: %w", err)
		}
		hours = hours[n:]
	}
	return nil
}

// sampling writes samples until the end.
func (f *Fleet) sampling(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			if err := f.samples.write(last, f.cfg.Store, f.samples.unwritten(true)); err != nil {
				f.cfg.Log.Error("the last samples were not written", "error", err)
			}
			cancel()
			return
		case <-f.samples.wake:
			if err := f.samples.write(ctx, f.cfg.Store, f.samples.unwritten(false)); err != nil && ctx.Err() == nil {
				f.cfg.Log.Error("samples were not written; it is tried again", "error", err)
			}
		}
	}
}

func pack(s store.Sample) packed {
	v := func(f store.Figure) float32 {
		if !f.Known {
			return unknown
		}
		return float32(f.Mean)
	}
	return packed{float32(s.Online), v(s.CPU), v(s.Memory), v(s.Disk), v(s.Temperature), v(s.RTT), v(s.Lost), v(s.Frame)}
}

func (m minute) whole() store.Sample {
	v := func(x float32) store.Figure {
		if x == unknown {
			return store.Figure{}
		}
		return store.Figure{Min: float64(x), Mean: float64(x), Max: float64(x), Known: true}
	}
	p := m.sample
	return store.Sample{
		At: time.Unix(m.number*60, 0).UTC(), Step: 60, Online: float64(p.online),
		CPU: v(p.cpu), Memory: v(p.memory), Disk: v(p.disk), Temperature: v(p.temperature), RTT: v(p.rtt), Lost: v(p.lost), Frame: v(p.frame),
	}
}

// Hour returns the samples of the last hour of a screen, one a minute, oldest
// first, from memory: after a start of the controller it fills again. A minute in
// which nothing was said has no sample.
func (f *Fleet) Hour(id playlist.ScreenID) []store.Sample {
	from := f.cfg.Now().Unix()/60 - 59
	p := f.samples
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.screens[id]
	if t == nil {
		return nil
	}
	var out []store.Sample
	for n := from; n < from+60; n++ {
		if m := t.minutes[n%minutesKept]; m.number == n {
			out = append(out, m.whole())
		} else if t.minute.number == n && t.minute.reports > 0 {
			out = append(out, t.minute.whole(time.Minute))
		}
	}
	return out
}

// Samples returns how a screen was since an instant, oldest first: of the last
// hour one a minute as far as the controller remembers it, of two days one in five
// minutes, of sixty days one an hour. Steps are not mixed, but for the first: what
// the controller does not remember of an hour is told in steps of five minutes.
func (f *Fleet) Samples(ctx context.Context, id playlist.ScreenID, since time.Time) ([]store.Sample, error) {
	now := f.cfg.Now()
	switch age := now.Sub(since); {
	case age > store.SamplesFine:
		return f.cfg.Store.HourSamples(ctx, id, since, now)
	case age > time.Hour:
		return f.fine(ctx, id, since, now)
	}
	minutes := f.Hour(id)
	until := now
	if len(minutes) > 0 {
		until = minutes[0].At
	}
	out, err := f.fine(ctx, id, since, until)
	return append(out, minutes...), err
}

// fine is FineSamples with what is not written yet.
func (f *Fleet) fine(ctx context.Context, id playlist.ScreenID, since, until time.Time) ([]store.Sample, error) {
	out, err := f.cfg.Store.FineSamples(ctx, id, since, until)
	if err != nil {
		return nil, err
	}
	p := f.samples
	p.mu.Lock()
	defer p.mu.Unlock()
	add := func(s store.Sample) {
		if n := len(out); n > 0 && s.At.Equal(out[n-1].At) {
			out[n-1] = s // what is stored of it was written at the end of the last run
			return
		} else if n > 0 && s.At.Before(out[n-1].At) {
			return
		}
		if !s.At.Before(since) && s.At.Before(until) {
			out = append(out, s)
		}
	}
	if t := p.screens[id]; t != nil {
		for _, s := range t.body.Samples(time.Unix(t.hour*3600, 0).UTC()) {
			add(s)
		}
		if t.slot.reports > 0 {
			add(t.slot.whole(store.SampleStep))
		}
	}
	return out, nil
}

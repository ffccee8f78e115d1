package kiosk

import (
	"cmp"
	"context"
	"image"
	"sync"
	"time"

	"mingbai/kiosk/vitals/sight"
	"mingbai/playlist/scene"
	"mingbai/playlist/wire"
)

const (
	// lookEvery is how often the pixels are read back at most, and lookAtLeast how
	// seldom, where reading takes long: it shall cost half a per cent.
	lookEvery, lookAtLeast = 10 * time.Second, time.Minute
	lookShare              = 200
	// lookAgain is the pause before what seemed wrong is looked at once more.
	lookAgain = 2 * time.Second
	// doubts is how many looks in a row must find a picture wrong before it counts
	// as wrong, and sure after how many it is looked at in the usual rhythm again.
	doubts, sure = 2, 5
	// slowLook is a reading that would be seen as a jerk of what moves.
	slowLook = 20 * time.Millisecond
	// wrongShare is how many per cent of the pixels must differ to look again.
	wrongShare = 1
	// lookTime is how long a reading may take.
	lookTime = 5 * time.Second
	// trailing is how long frames are waited for that were on their way to the
	// display while it was read.
	trailing = 300 * time.Millisecond
	// keptFrames is how many frames are remembered during a look. Those of a film
	// are large.
	keptFrames = 8
)

// eye is what the device sees of its own display.
type eye struct {
	mu      sync.Mutex // guards what follows
	looking bool
	frames  []*scene.Frame // on the display; while looking, those before it as well, oldest first
	moved   time.Time      // when the last of them came
	came    chan struct{}  // closed when a frame comes while looking
	told    wire.Picture
	sum     uint64
	bad     int // looks in a row that found something wrong
}

// saw notes a frame that reached the display.
func (e *eye) saw(f *scene.Frame, at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case !e.looking:
		e.frames = append(e.frames[:0], f)
	case len(e.frames) >= keptFrames:
		copy(e.frames, e.frames[1:])
		e.frames[len(e.frames)-1] = f
	default:
		e.frames = append(e.frames, f)
	}
	e.moved = at
	if e.came != nil {
		close(e.came)
		e.came = nil
	}
}

// picture is what is told of the last look.
func (e *eye) picture() wire.Picture {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.told
}

// readings counts the looks that found a picture wrong, to three beyond doubt:
// each of them is news.
func (e *eye) readings() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return min(max(e.bad-doubts+1, 0), 3)
}

// begin starts a look and returns the frame on the display, nil before the first.
func (e *eye) begin() *scene.Frame {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.frames) == 0 {
		return nil
	}
	e.looking = true
	return e.frames[len(e.frames)-1]
}

// end forgets the frames of a look but the newest.
func (e *eye) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.looking = false
	if n := len(e.frames); n > 1 {
		newest := e.frames[n-1]
		clear(e.frames)
		e.frames = append(e.frames[:0], newest)
	}
}

// seen returns the frames since the look began, the newest first, and a channel
// that is closed when another one comes.
func (e *eye) seen() ([]*scene.Frame, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.came == nil {
		e.came = make(chan struct{})
	}
	list := make([]*scene.Frame, 0, len(e.frames))
	for i := len(e.frames) - 1; i >= 0; i-- {
		list = append(list, e.frames[i])
	}
	return list, e.came
}

// resting reports whether nothing has moved on the display for a while.
func (e *eye) resting(now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return now.Sub(e.moved) > time.Second
}

// keepLooking reads the display back until ctx ends.
func (d *Device) keepLooking(ctx context.Context) {
	e := &d.senses.eye
	wait, cost, looked := lookAgain/d.hurry, time.Duration(0), time.Now()
	t := time.NewTimer(wait)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if cost > slowLook && !e.resting(now) && now.Sub(looked) < lookAtLeast/d.hurry {
				t.Reset(lookAgain / d.hurry) // what moves must not jerk
				continue
			}
			looked = now
		}
		cost = d.look(ctx)
		wait = min(max(lookEvery, lookShare*cost), lookAtLeast) / d.hurry
		e.mu.Lock()
		if e.bad > 0 && e.bad < sure || e.told.At.IsZero() {
			wait = lookAgain / d.hurry
		}
		e.mu.Unlock()
		t.Reset(wait)
	}
}

// look reads the display back once and judges it. It returns how long reading
// took.
func (d *Device) look(ctx context.Context) time.Duration {
	e := &d.senses.eye
	if e.begin() == nil {
		return 0
	}
	defer e.end()
	began := time.Now()
	short, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	picture, err := d.screen.Screenshot(short)
	cost := time.Since(began)
	if ctx.Err() != nil {
		return cost
	}
	p := wire.Picture{At: d.wall()}
	if err != nil {
		e.mu.Lock()
		p.Changed, p.Error = e.told.Changed, err.Error()
		e.told, e.bad = p, 0
		e.mu.Unlock()
		return 0 // the wait says nothing of the cost
	}
	f := e.judge(ctx, picture)
	e.mu.Lock()
	defer e.mu.Unlock()
	p.Luma, p.Changed = f.Luma, e.told.Changed
	if f.Sum != e.sum || p.Changed.IsZero() {
		e.sum, p.Changed = f.Sum, p.At
	}
	if f.Black() || f.Differs >= wrongShare {
		e.bad++
	} else {
		e.bad = 0
	}
	if e.bad >= doubts {
		p.Black = f.Black()
	}
	if e.bad == 0 || e.bad >= doubts {
		p.Differs = f.Differs
	}
	e.told = p
	return cost
}

// judge compares a picture with the frames that can be in it: what was on the
// display when it was read, what came while it was, and what was on its way.
func (e *eye) judge(ctx context.Context, picture *image.RGBA) sight.Finding {
	var best sight.Finding
	judged := map[*scene.Frame]bool{}
	late := time.NewTimer(trailing)
	defer late.Stop()
	for {
		list, came := e.seen()
		for _, f := range list {
			if judged[f] {
				continue
			}
			judged[f] = true
			found := sight.Judge(picture, f)
			if len(judged) == 1 || cmp.Or(cmp.Compare(found.Differs, best.Differs), cmp.Compare(found.Meant, best.Meant)) < 0 {
				best = found
			}
			if best.Differs < wrongShare && !best.Black() {
				return best
			}
		}
		select {
		case <-came:
		case <-late.C:
			return best
		case <-ctx.Done():
			return best
		}
	}
}

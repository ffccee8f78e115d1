package shm

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

const (
	beatEvery = time.Second // between heartbeats
	// readWithin is how long the server may take to read a frame before it
	// counts as lost.
	readWithin = 30 * time.Second
)

// Run opens the window and presents p until ctx ends, which is not an error.
// Any goroutine may call it, once.
func (d *Display) Run(ctx context.Context, p player.Program) error {
	defer close(d.done)
	w, err := open(ctx, d.opts)
	if err != nil {
		return err
	}
	restore := func() {}
	if d.opts.Fullscreen {
		if restore, err = w.saver(); err != nil {
			_ = w.c.Close()
			return fmt.Errorf("keeping the screen saver away: %w", err)
		}
	}
	r := &reader{d: d, w: w, read: make(chan struct{}, 1), fail: make(chan error, 1), blank: make(chan blank, 1), size: w.size}
	var reading sync.WaitGroup
	reading.Go(r.run)
	l := loop{
		d: d, w: w, r: r, program: p,
		stage: stage{opts: d.opts, c: w.c, shm: w.shm},
		every: time.Second / time.Duration(d.opts.FPSCap),
	}
	l.rhythm.every = l.every
	err = l.run(ctx)
	restore()
	_ = w.c.Close() // frees everything on the server; the reader ends
	reading.Wait()
	l.stage.release()
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("presenting on the display: %w", err)
	}
	return nil
}

// loop asks the program for frames and presents them. One goroutine runs it.
type loop struct {
	d       *Display
	w       *window
	r       *reader
	program player.Program
	stage   stage
	every   time.Duration // between frames

	shown    bool
	judged   image.Point  // size of the window that was complained about, if need be
	standing *scene.Frame // on the display
	next     time.Time    // when the program is due by itself
	exact    bool         // next is an instant of the program's own, not "at once"
	slot     time.Time    // when the last frame was due
	sent     time.Time    // when the last one was handed over
	rhythm   rhythm
	followed bool      // the last frame was handed over as the display began a picture
	beat     time.Time // of the last heartbeat
}

func (l *loop) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	asked := true // the program must be stepped
	for {
		if ctx.Err() != nil {
			return nil
		}
		now := time.Now()
		if l.d.opts.Watchdog != nil && now.Sub(l.beat) >= beatEvery {
			l.beat = now
			l.d.opts.Watchdog()
		}
		if err := l.turn(ctx, now, asked); err != nil {
			return err
		}
		var err error
		if asked, err = l.wait(ctx, timer); err != nil {
			return err
		}
	}
}

// turn presents what is new.
func (l *loop) turn(ctx context.Context, now time.Time, asked bool) error {
	size, exposed := l.r.news()
	if size.X <= 0 || size.Y <= 0 {
		return nil
	}
	if err := l.stage.resize(size); err != nil {
		return err
	}
	l.complain(size)
	if exposed {
		l.stage.all()
	}
	input := l.mount().Events(l.d.input.Take())
	due := !l.next.IsZero() && !l.next.After(now)
	var frame *scene.Frame
	if l.d.takeWoken() || asked || due || len(input) > 0 || l.standing == nil {
		l.slot = l.pace(now)
		frame, l.next = l.program.Step(now, input)
		l.exact = l.next.After(now)
	}
	show := frame
	if show == nil {
		show = l.standing
	}
	if show != nil && (l.stage.frame == nil || !show.Equal(l.stage.frame)) {
		l.stage.paint(show)
	}
	if err := l.send(ctx); err != nil {
		return err
	}
	if frame != nil {
		l.standing = frame
		l.program.Presented(frame, time.Now())
	}
	if shots := l.d.takeShots(); len(shots) > 0 {
		m := l.stage.picture()
		for _, s := range shots {
			s <- m
		}
	}
	return nil
}

// complain tells the log when a part of the frame does not fit on the display,
// which is what a wrong turn looks like.
func (l *loop) complain(window image.Point) {
	o := l.d.opts
	need := o.Turn.Size(image.Pt(o.Width, o.Height)).Mul(o.Scale)
	if window == l.judged || o.Scale == 0 {
		return
	}
	l.judged = window
	if need.X > window.X || need.Y > window.Y {
		l.d.log.Warn("The panel does not fit on the display; check its size and window.rotate.",
			"panel", need.String(), "display", window.String(), "rotate", int(o.Turn))
	}
}

// pace says when the frame that starts now was due: timers come a little late,
// and an even pace counts from when they should have come. What a program wants
// at an exact instant was due then.
func (l *loop) pace(now time.Time) time.Time {
	if l.exact && !l.next.After(now) && now.Sub(l.next) < l.every {
		return l.next
	}
	if slot := l.slot.Add(l.every); !slot.After(now) && now.Sub(slot) < l.every/2 {
		return slot
	}
	return now
}

// mount is how a frame that fills the panel lies in the window.
func (l *loop) mount() mount.Mount {
	return mount.Mount{
		Frame: image.Pt(l.d.opts.Width, l.d.opts.Height), Window: l.stage.memory.size,
		Turn: l.d.opts.Turn, Scale: l.d.opts.Scale,
	}
}

// send hands over what was painted and waits until the server has read it, so
// that it never reads what the next frame is being painted into.
func (l *loop) send(ctx context.Context) error {
	if l.stage.unsent.Empty() || l.stage.frame == nil {
		return nil
	}
	var err error
	if l.followed, err = l.follow(ctx); err != nil {
		return err
	}
	l.sent = time.Now()
	if !l.shown {
		// The first frame lies ready before there is a window to see.
		l.shown = true
		if err := l.w.show(); err != nil {
			return err
		}
	}
	if err := l.w.put(l.stage.memory, l.stage.unsent); err != nil {
		return err
	}
	l.stage.unsent = image.Rectangle{}
	late := time.NewTimer(readWithin)
	defer late.Stop()
	select {
	case <-l.r.read:
		return nil
	case err := <-l.r.fail:
		return err
	case <-late.C:
		return errors.New("the X server does not take frames any more")
	case <-ctx.Done():
		return nil
	}
}

// wait passes the time until there is something to do, and reports whether the
// program has to be asked because its time has come.
func (l *loop) wait(ctx context.Context, timer *time.Timer) (due bool, err error) {
	until := time.Now().Add(beatEvery)
	if l.d.opts.Watchdog != nil {
		until = l.beat.Add(beatEvery)
	} else if l.next.IsZero() {
		until = until.Add(time.Hour)
	}
	if !l.next.IsZero() {
		// A program in motion asks for "now"; the pace is ours. An instant that is
		// hardly sooner is kept: the last frame may have come late.
		next := l.next
		if first := l.earliest(); next.Before(first.Add(-blankSlack)) {
			next = first
		}
		if next.Before(until) {
			until, due = next, true
		}
	}
	timer.Reset(max(0, time.Until(until)))
	select {
	case <-timer.C:
		return due, nil
	case <-l.d.wake:
	case err := <-l.r.fail:
		return false, err
	case <-ctx.Done():
		return false, nil
	}
	// Input and news in the middle of motion wait for the next frame's turn:
	// frames beyond the cap would not be seen.
	if pause := time.Until(l.earliest()); pause > 0 {
		timer.Reset(pause)
		select {
		case <-timer.C:
		case err := <-l.r.fail:
			return false, err
		case <-ctx.Done():
		}
	}
	return false, nil
}

// earliest is when the next frame may be asked for: when the display paces, as
// soon as the last one stands, so that there is time to paint it.
func (l *loop) earliest() time.Time {
	if l.followed {
		return l.sent
	}
	return l.slot.Add(l.every)
}

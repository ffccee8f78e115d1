package shm

import (
	"context"
	"encoding/binary"
	"time"

	"mingbai/kiosk/display/x11"
)

// What moves is handed over just after the display has begun a new picture, so
// that it is not changed under the eye: the extension Present tells when that
// is. Servers without it, and displays that are switched off, are paced by the
// clock alone.
const (
	presentQueryVersion = 0
	presentNotifyMSC    = 2
	presentSelectInput  = 3

	// blankWithin is how long the beginning of a picture is waited for.
	blankWithin = 40 * time.Millisecond
	// blankMisses in a row give up on it for blankPause. So do blankLate of
	// blankMany frames that came a picture too late: the machine is too busy, and
	// waiting would make the next one later still.
	blankMisses = 3
	blankMany   = 32
	blankLate   = 6
	blankPause  = 10 * time.Second
	// motion is how long after a frame the next one still belongs to a movement;
	// what comes later is answered at once instead.
	motion = 100 * time.Millisecond
	// blankSlack is how much faster than the cap a display may be and still be
	// followed picture by picture: 75 Hz are, 120 Hz are every other one.
	blankSlack = 3400 * time.Microsecond
	fastest    = 100 // frames a second beyond which no display is followed
)

// blank is the beginning of one of the display's pictures.
type blank struct {
	number uint64        // counts them
	at     time.Duration // by the server's clock
}

// findPresent finds the extension and asks for its answers.
func (w *window) findPresent() error {
	e, err := w.c.Extension("Present")
	if err != nil {
		return err
	}
	if _, err := w.c.Ask(e.Major, presentQueryVersion, x11.Words(1, 0)); err != nil {
		return err
	}
	const completed = 2
	if err := w.c.Send(e.Major, presentSelectInput, x11.Words(w.c.NewID(), w.id, completed)); err != nil {
		return err
	}
	w.present = e
	return nil
}

// askBlank asks to be told of the first picture whose number is target or higher
// and that has not begun yet.
func (w *window) askBlank(target uint64) error {
	b := x11.Words(w.id, 0, 0)
	for _, v := range []uint64{target, 1, 0} { // every picture will do
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return w.c.Send(w.present.Major, presentNotifyMSC, b)
}

// parseBlank reads the server's answer; ok is false for anything else.
func parseBlank(m []byte, major uint8) (b blank, ok bool) {
	const completeNotify, notifyMSC = 1, 1
	if len(m) < 40 || m[0]&0x7f != x11.Generic || m[1] != major || half(m[8:]) != completeNotify || m[10] != notifyMSC {
		return b, false
	}
	us := binary.LittleEndian.Uint64(m[24:])
	return blank{number: binary.LittleEndian.Uint64(m[32:]), at: time.Duration(us) * time.Microsecond}, true
}

// rhythm follows the display's pictures. One goroutine uses it.
type rhythm struct {
	every  time.Duration // between frames at least, by the cap
	last   blank
	first  blank         // of those that length is measured over
	length time.Duration // of a picture; 0 until known
	late   int           // frames since first that missed their picture
	misses int
	paused time.Time // until then
}

// target is the number of the picture to wait for.
func (r *rhythm) target() uint64 {
	step := uint64(1)
	if least := r.every - blankSlack; r.length > 0 && least > r.length {
		step = uint64((least + r.length - 1) / r.length)
	}
	return r.last.number + step
}

// took notes a picture that has begun. Servers tell of it a little early or
// late, so the length is taken from many.
func (r *rhythm) took(b blank, now time.Time) {
	r.misses = 0
	steady := b.number >= r.last.number && b.number-r.last.number < 10
	if steady && b.number > r.target() {
		r.late++
	}
	r.last = b
	if !steady {
		r.first, r.late = b, 0 // after a rest
		return
	}
	n := b.number - r.first.number
	if n < blankMany {
		return
	}
	if length := (b.at - r.first.at) / time.Duration(n); length > 3*time.Millisecond && length < blankWithin {
		r.length = length
	}
	if r.late >= blankLate {
		r.paused = now.Add(blankPause)
	}
	r.first, r.late = b, 0
}

func (r *rhythm) missed(now time.Time) {
	if r.misses++; r.misses >= blankMisses {
		r.misses, r.paused = 0, now.Add(blankPause)
	}
}

// follow waits for the display to begin a picture, if something moves. It
// reports whether it has.
func (l *loop) follow(ctx context.Context) (bool, error) {
	now := time.Now()
	if l.w.present.Major == 0 || l.d.opts.FPSCap > fastest || now.Sub(l.sent) > motion || now.Before(l.rhythm.paused) {
		return false, nil
	}
	select {
	case <-l.r.blank: // one that came too late
	default:
	}
	if err := l.w.askBlank(l.rhythm.target()); err != nil {
		return false, err
	}
	late := time.NewTimer(blankWithin)
	defer late.Stop()
	select {
	case b := <-l.r.blank:
		l.rhythm.took(b, time.Now())
		return true, nil
	case err := <-l.r.fail:
		return false, err
	case <-late.C:
		l.rhythm.missed(time.Now())
	case <-ctx.Done():
	}
	return false, nil
}

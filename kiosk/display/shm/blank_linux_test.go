package shm

import (
	"encoding/binary"
	"testing"
	"time"

	"mingbai/kiosk/display/x11"
)

// completed builds the server's answer of the extension Present.
func completed(major, kind uint8, us, number uint64) []byte {
	b := make([]byte, 40)
	b[0], b[1] = x11.Generic, major
	binary.LittleEndian.PutUint32(b[4:], 2)
	binary.LittleEndian.PutUint16(b[8:], 1)
	b[10] = kind
	binary.LittleEndian.PutUint64(b[24:], us)
	binary.LittleEndian.PutUint64(b[32:], number)
	return b
}

func TestParseBlank(t *testing.T) {
	m := completed(148, 1, 5_000_001, 300)
	if b, ok := parseBlank(m, 148); !ok || b.number != 300 || b.at != 5_000_001*time.Microsecond {
		t.Errorf("the picture is %+v (%v)", b, ok)
	}
	for name, m := range map[string][]byte{
		"of another extension": completed(147, 1, 1, 1), "of a pixmap": completed(148, 0, 1, 1),
		"short": m[:39], "empty": nil, "no generic event": append([]byte{12}, m[1:]...),
	} {
		if _, ok := parseBlank(m, 148); ok {
			t.Errorf("an event %s was taken for a picture", name)
		}
	}
}

// play lets a display of the given picture length run for n frames, each of
// which needs work after the last, and returns the mean time between frames.
func play(r *rhythm, length, work time.Duration, n int) time.Duration {
	start := time.Unix(1000, 0)
	var at time.Duration
	var began time.Duration
	for i := range n {
		if i == n/2 {
			began = at
		}
		target := r.target()
		next := uint64((at+work)/length) + 1 // the first that has not begun yet
		b := blank{number: max(next, target)}
		if r.last.number == 0 {
			b.number = next
		}
		b.at = time.Duration(b.number) * length
		at = b.at
		r.took(b, start.Add(at))
	}
	return (at - began) / time.Duration(n-n/2)
}

func TestRhythm(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name         string
		length, work time.Duration
		want         time.Duration
		paused       bool
	}{
		{"60 Hz", time.Second / 60, 5 * ms, time.Second / 60, false},
		{"75 Hz", time.Second / 75, 5 * ms, time.Second / 75, false},
		{"144 Hz", time.Second / 144, 3 * ms, time.Second / 72, false},
		{"30 Hz", time.Second / 30, 5 * ms, time.Second / 30, false},
		{"a machine too slow", time.Second / 60, 20 * ms, time.Second / 30, true},
	} {
		r := rhythm{every: time.Second / 60}
		got := play(&r, c.length, c.work, 400)
		if d := got - c.want; d > ms || d < -ms {
			t.Errorf("%s: a frame every %v, want %v", c.name, got, c.want)
		}
		if r.paused.IsZero() == c.paused {
			t.Errorf("%s: given up %v, want %v", c.name, !r.paused.IsZero(), c.paused)
		}
	}
	var r rhythm
	now := time.Unix(1, 0)
	for range blankMisses {
		if now.Before(r.paused) {
			t.Error("gave up early")
		}
		r.missed(now)
	}
	if !now.Before(r.paused) {
		t.Error("a display that is off is waited for on and on")
	}
}

func FuzzParseBlank(f *testing.F) {
	f.Add(completed(148, 1, 5_000_001, 300), uint8(148))
	f.Add([]byte{}, uint8(0))
	f.Fuzz(func(t *testing.T, m []byte, major uint8) {
		b, ok := parseBlank(m, major)
		if !ok && b != (blank{}) {
			t.Errorf("what is no picture is %+v", b)
		}
		r := rhythm{every: time.Second / 60}
		r.took(b, time.Unix(1, 0))
		if r.target() == b.number && ok {
			t.Errorf("after picture %d the same is waited for", b.number)
		}
	})
}

// Package speech is a notice as it is read aloud: which lines, in which words,
// and the recording of them as it travels in an edition.
//
// It promises that a recording says for every line when it is spoken, so that a
// page can mark it, that any ordinary player plays the blob, and that a decoder
// refuses what it cannot bound. It leaves to others who speaks (the controller's
// voice) and who plays (kiosk/voice).
package speech

import (
	"errors"
	"time"
)

// Bounds of a recording.
const (
	MaxBytes    = 8 << 20          // of the blob
	MaxDuration = 10 * time.Minute // of what it says
	MaxMarks    = 1000
	maxMarkText = 2000 // bytes
)

// Line is one line of a script.
type Line struct {
	Text string // a piece of what stands on the page, so that it can be found and marked there; empty when nothing is
	Say  string // as it is spoken: numbers, units and dates in words
}

// Mark says when a line is spoken.
type Mark struct {
	Text     string        `json:"text"`
	From, To time.Duration `json:"-"`
}

// Recording is speech: 16-bit mono samples and the lines in them.
type Recording struct {
	Rate  int // samples a second
	PCM   []int16
	Marks []Mark // in the order of time
}

// Duration is how long the recording takes to play.
func (r *Recording) Duration() time.Duration {
	if r.Rate <= 0 {
		return 0
	}
	return time.Duration(len(r.PCM)) * time.Second / time.Duration(r.Rate)
}

// At returns which mark is spoken at an instant of the recording: the last one
// that has begun, so that a line stays marked through the pause after it. It is
// false before the first, and where there are no marks.
func (r *Recording) At(t time.Duration) (mark int, ok bool) {
	for i, m := range r.Marks {
		if m.From > t {
			return i - 1, i > 0
		}
	}
	return len(r.Marks) - 1, len(r.Marks) > 0
}

// ErrFormat is what Decode returns, wrapped, for bytes that are no recording.
var ErrFormat = errors.New("not a recording")

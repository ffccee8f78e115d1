// Package speech is a notice as it is read aloud: which lines, in which words,
// and the recording of them as it travels in an edition.
//
// It promises that a recording says for every line when it is spoken, so that a
// page can mark it, and that a decoder refuses what it cannot bound. It leaves
// to others who speaks (the controller's voice) and who plays (kiosk/voice).
package speech

import (
	"errors"
	"time"

	"mingbai/playlist"
)

// Line is one line of a script.
type Line struct {
	Text string // as it stands on the page, so that it can be found and marked there
	Say  string // as it is spoken: numbers, units and dates in words
}

// Script returns what is read aloud of a notice, in order: the title, then what
// people came for, then the text; tables are summed up, never recited.
func Script(n *playlist.Notice) []Line { return nil }

// Mark says when a line is spoken.
type Mark struct {
	Text     string        `json:"text"`
	From, To time.Duration `json:"-"`
}

// Recording is speech: 16-bit mono samples and the lines in them.
type Recording struct {
	Rate  int // samples a second
	PCM   []int16
	Marks []Mark
}

// ErrFormat is what Decode returns, wrapped, for bytes that are no recording.
var ErrFormat = errors.New("not a recording")

// Encode packs a recording into a blob.
func Encode(r *Recording) ([]byte, error) { return nil, ErrFormat }

// Decode reads what Encode wrote.
func Decode(data []byte) (*Recording, error) { return nil, ErrFormat }

package playlist

import (
	"mingbai/playlist/schedule"
)

// MaxNotice is the largest notice in bytes of JSON.
const MaxNotice = 4 << 20

// MaxEdition is the largest edition in bytes of JSON.
const MaxEdition = 32 << 20

// Encode writes the notice as JSON; the same notice always gives the same bytes.
func (n *Notice) Encode() ([]byte, error) { return nil, nil }

// DecodeNotice reads what Encode writes. Unknown fields, trailing bytes and more
// than MaxNotice bytes are errors.
func DecodeNotice(data []byte) (*Notice, error) { return nil, nil }

// Caution says how an unsure clock counts for this notice.
func (n *Notice) Caution() schedule.Caution { return schedule.Ordinary }

// Blobs returns the blobs that drawing the notice needs, each once, by Ref.
func (n *Notice) Blobs() []Blob { return nil }

// PlainText returns every text of the notice that a screen may draw, one to a
// line, for search and for the check for missing glyphs.
func (n *Notice) PlainText() string { return "" }

// Encode writes the edition as JSON; the same edition always gives the same
// bytes. They are the payload of its envelope.
func (e Edition) Encode() ([]byte, error) { return nil, nil }

// DecodeEdition reads what Encode writes. Unknown fields, trailing bytes and
// more than MaxEdition bytes are errors; Check looks at the content.
func DecodeEdition(data []byte) (*Edition, error) { return nil, nil }

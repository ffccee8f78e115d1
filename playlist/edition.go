package playlist

import (
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

// Playlist is an ordered list for screens that nobody is touching. Fixed items
// come first, then what Latest selects.
type Playlist struct {
	ID     string  `json:"id" toml:"id"`
	Name   string  `json:"name" toml:"name"`
	Items  []Item  `json:"items,omitempty" toml:"items"`
	Latest *Select `json:"latest,omitempty" toml:"latest"`
}

// Item is one notice of a playlist.
type Item struct {
	Notice NoticeID `json:"notice" toml:"notice"`
	Dwell  int      `json:"dwell,omitempty" toml:"dwell"` // seconds; 0 lets the text decide (DOMAIN V03). On an LED board, at least so many and whole rounds of its pages
}

// Select picks the newest notices of the playlist's own channel.
type Select struct {
	Kinds   []Kind     `json:"kinds,omitempty" toml:"kinds"`
	Columns []ColumnID `json:"columns,omitempty" toml:"columns"` // with their sub-columns
	Count   int        `json:"count" toml:"count"`               // at most, 1 to 50
}

// Edition is one signed, immutable revision of a channel. Its JSON bytes are the
// payload of a signed envelope.
type Edition struct {
	Channel   ChannelID            `json:"channel"`
	Revision  Revision             `json:"revision"`
	Created   time.Time            `json:"created"`           // controller's time; also a floor for clocks
	Notices   []Entry              `json:"notices"`           // ordered by ID
	Columns   []Column             `json:"columns,omitempty"` // the catalogue, on the root channel
	Playlists []Playlist           `json:"playlists,omitempty"`
	Rules     []schedule.Rule      `json:"rules,omitempty"`
	Days      []schedule.Exception `json:"days,omitempty"`      // holidays and make-up working days, on the root channel
	Takedowns []Takedown           `json:"takedowns,omitempty"` // permanent, ordered by notice
	// Glyphs holds the characters of this edition that the embedded faces lack
	// (playlist/scene/typeset/rare); a generation is complete only with it.
	Glyphs *Blob `json:"glyphs,omitempty"`
}

// Entry lists one notice of an edition with all blobs that it needs.
type Entry struct {
	ID        NoticeID   `json:"id"`
	Version   int        `json:"version"`
	Ref       assets.Ref `json:"ref"` // the notice's JSON bytes
	Size      int64      `json:"size"`
	NotBefore time.Time  `json:"not_before,omitzero"`
	NotAfter  time.Time  `json:"not_after,omitzero"`
	// Since is when this version came into the channel: Created of the first
	// edition that lists it. From it screens that know nothing of each other tell
	// alike what is new, and begin with it at the same instant.
	Since time.Time `json:"since,omitzero"`
	Blobs []Blob    `json:"blobs,omitempty"` // pictures
	// Speech is the notice read aloud (playlist/speech). It is an extra: a
	// generation is complete without it, and a screen fetches it when nothing
	// else is due.
	Speech *Blob `json:"speech,omitempty"`
}

// Blob is a content address with its length in bytes.
type Blob struct {
	Ref  assets.Ref `json:"ref"`
	Size int64      `json:"size"`
}

// Takedown withdraws every version of a notice up to Version, for ever.
type Takedown struct {
	Notice  NoticeID  `json:"notice"`
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`
}

// Needs calls yield with every blob without which the edition must not be shown,
// some of them more than once: notices, pictures and rare characters.
func (e *Edition) Needs(yield func(Blob) bool) {
	if e.Glyphs != nil && !yield(*e.Glyphs) {
		return
	}
	for _, n := range e.Notices {
		if !yield(Blob{n.Ref, n.Size}) {
			return
		}
		for _, b := range n.Blobs {
			if !yield(b) {
				return
			}
		}
	}
}

// Extras calls yield with every blob that the edition is complete without.
func (e *Edition) Extras(yield func(Blob) bool) {
	for _, n := range e.Notices {
		if n.Speech != nil && !yield(*n.Speech) {
			return
		}
	}
}

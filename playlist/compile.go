package playlist

import (
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

// CompileInput is all that a channel publishes.
type CompileInput struct {
	Channel   ChannelID
	Revision  Revision // of the new edition, one more than the last
	Created   time.Time
	Notices   []*Notice
	Columns   []Column
	Playlists []Playlist
	Rules     []schedule.Rule
	Days      []schedule.Exception
	Takedowns []Takedown
}

// Compile makes an edition and returns with it the blobs of its notices, by Ref.
// The same input in any order gives the same edition.
func Compile(in CompileInput) (Edition, map[assets.Ref][]byte, error) {
	return Edition{}, nil, nil
}

// Check returns why a device must not admit the edition, or nil. It trusts
// nothing.
func (e *Edition) Check() error { return nil }

// Follows returns why e must not replace prev, or nil: the revision must be
// greater, no take-down and no notice may be missing, no version go back. A
// notice may be missing when it was taken down or had expired when e was made.
// prev may be nil.
func (e *Edition) Follows(prev *Edition) error { return nil }

// Matches returns why the notice is not the one that the entry of e lists, or
// may not be on e's channel, or nil.
func (e *Edition) Matches(entry Entry, n *Notice) error { return nil }

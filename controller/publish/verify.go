package publish

import (
	"context"
	"errors"
	"fmt"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Verified is what Verify found.
type Verified struct {
	Channels int // whose newest edition was opened
	Notices  int // in them
	Faults   []Fault
}

// Fault is one thing on the screens for which the approvals do not answer.
type Fault struct {
	Channel playlist.ChannelID
	Notice  playlist.NoticeID // empty: the edition itself
	Version int
	Err     error
}

func (f Fault) Error() string {
	if f.Notice == "" {
		return fmt.Sprintf("channel %s: %v", f.Channel, f.Err)
	}
	return fmt.Sprintf("channel %s, notice %s version %d: %v", f.Channel, f.Notice, f.Version, f.Err)
}

func (f Fault) Unwrap() error { return f.Err }

// ErrOther: screens are sent other bytes than those that people signed.
var ErrOther = errors.New("screens are sent other bytes than those that were approved")

// Verify judges everything that screens are sent now by what people signed. It
// opens the newest edition of every channel and asks of every notice in it, which
// the edition names by the hash of its bytes, whether the approvals over exactly
// this hash are genuine, by persons for whom the root with this public key vouches,
// and enough for the policy that the drafter signed. It writes nothing and needs no
// secret: whoever has a copy of the database and the root's public key can run it,
// on a machine that this controller cannot reach (DOMAIN 3.8, SEC-30). An error
// means that it could not be done; what is wrong is in Faults.
//
// It does not show that no approval was made with a person's key while that key lay
// on the controller, nor what a screen really drew.
func Verify(ctx context.Context, r store.Reader, root []byte) (Verified, error) {
	var out Verified
	by := trust{root}
	channels, err := r.Channels(ctx)
	if err != nil {
		return out, err
	}
	for _, c := range channels {
		if c.Revision == 0 {
			continue
		}
		fault := func(n playlist.Entry, err error) { out.Faults = append(out.Faults, Fault{c.ID, n.ID, n.Version, err}) }
		row, err := r.Edition(ctx, c.ID, c.Revision)
		if isNotFound(err) {
			fault(playlist.Entry{}, err)
			continue
		}
		if err != nil {
			return out, err
		}
		e, err := wire.OpenEdition(row.Envelope, playlist.ChannelGrant{Channel: c.ID, Keys: [][]byte{c.Key}})
		if err != nil {
			fault(playlist.Entry{}, err)
			continue
		}
		out.Channels++
		for _, n := range e.Notices {
			out.Notices++
			v, err := r.NoticeVersion(ctx, n.ID, n.Version)
			switch {
			case isNotFound(err):
				fault(n, fmt.Errorf("nobody wrote it: %w", ErrForged))
				continue
			case err != nil:
				return out, err
			case v.Ref != n.Ref:
				fault(n, ErrOther)
				continue
			}
			if err := by.judge(ctx, r, v); err != nil {
				if ctx.Err() != nil {
					return out, err
				}
				fault(n, err)
			}
		}
	}
	return out, nil
}

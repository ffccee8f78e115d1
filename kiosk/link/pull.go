package link

import (
	"context"
	"errors"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// pull fetches what a push says where to find, and goes on where the last attempt was
// cut off, also after a restart of this device. It reports whether the push is to be
// handed on. What is not to be had, or not to be stored here, comes with the push when
// the controller is told so.
func (l *Link) pull(ctx context.Context, p *wire.Push) bool {
	patch := *p.Patch
	at := *patch.At
	if at.Size < 1 || at.Size > wire.MaxPayload {
		l.cannotPull(*p, "its size makes no sense")
		return false
	}
	err := l.Fetch(ctx, []playlist.Blob{at})
	if err == nil {
		patch.Data, err = l.opt.Store.Read(at.Ref, at.Size)
	}
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		l.cannotPull(*p, err.Error())
		return false
	}
	patch.At = nil
	p.Patch = &patch
	return true
}

func (l *Link) cannotPull(p wire.Push, why string) {
	l.log.Warn("what a push left to be fetched is not to be had", "channel", p.Channel, "revision", p.Revision, "reason", why)
	l.Refused(wire.Refused{Channel: p.Channel, Revision: p.Revision, Reason: wire.ReasonNoBase, Detail: why})
}

// urgency is the key of what a context says about what is fetched with it.
type urgency struct{}

func urgent(ctx context.Context) bool { is, _ := ctx.Value(urgency{}).(bool); return is }

// errSlow ends a piece that takes too long.
var errSlow = errors.New("the line has become thin")

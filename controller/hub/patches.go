package hub

import (
	"compress/flate"
	"context"
	"encoding/base64"
	"fmt"
	"sync"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

const (
	patchFrom = 2 << 10 // bytes of a payload from which a patch is thought of
	maxBases  = 8       // for which one push has patches; who has others gets the whole
	baseTime  = 500 * time.Millisecond
)

// patches are the pushes that make the edition of a Prepared out of earlier ones,
// each made when the first device asks that has the earlier one, for all of them.
type patches struct {
	push  wire.Push // the whole
	blobs [][]byte
	base  func(context.Context, playlist.Revision) ([]byte, error)

	deflated func() int // bytes of the whole payload as it travels

	mu   sync.Mutex // guards made
	made map[playlist.Revision]func() *Prepared
}

func newPatches(c Content) *patches {
	if c.Base == nil || c.Push.Channel.IsZero() || len(c.Push.Envelope.Payload) < patchFrom {
		return nil
	}
	payload := c.Push.Envelope.Payload
	return &patches{
		push: c.Push, blobs: c.Blobs, base: c.Base,
		deflated: sync.OnceValue(func() int { return deflated(payload) }),
		made:     map[playlist.Revision]func() *Prepared{},
	}
}

// weight is the bytes that a Prepared holds, about.
func (p *Prepared) weight() int {
	n := p.size
	if p.patches != nil {
		n += len(p.patches.push.Envelope.Payload)
		for _, b := range p.patches.blobs {
			n += len(b)
		}
	}
	return n
}

// since returns what a device is sent that can take a patch and has the edition
// from, 0 for none or for a device that cannot: the patch if there is one and it is
// worth it, else the whole.
func (p *Prepared) since(ctx context.Context, from playlist.Revision) *Prepared {
	if p.patches == nil || from == 0 || from >= p.revision {
		return p
	}
	if q := p.patches.from(ctx, from); q != nil {
		return q
	}
	return p
}

// from returns the push with the patch; nil when the whole has to go.
func (p *patches) from(ctx context.Context, from playlist.Revision) *Prepared {
	p.mu.Lock()
	patch := p.made[from]
	if patch == nil && len(p.made) < maxBases {
		patch = sync.OnceValue(func() *Prepared {
			q, err := p.prepare(ctx, from)
			if err != nil || q == nil {
				return nil // the base is not there any more, or the store is busy: the whole is as good
			}
			return q
		})
		p.made[from] = patch
	}
	p.mu.Unlock()
	if patch == nil {
		return nil
	}
	return patch()
}

// prepare makes the push with a patch; nil when it is not worth it.
func (p *patches) prepare(ctx context.Context, from playlist.Revision) (*Prepared, error) {
	ctx, cancel := context.WithTimeout(ctx, baseTime)
	defer cancel()
	base, err := p.base(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("get revision %s of %s: %w", from, p.push.Channel, err)
	}
	patch, err := wire.MakePatch(base, p.push.Envelope.Payload)
	if err != nil {
		return nil, err
	}
	if !p.worth(base64.StdEncoding.EncodedLen(len(patch.Data))) {
		return nil, nil
	}
	patch.From = from
	push := p.push
	push.Envelope.Payload, push.Patch = nil, patch
	return Prepare(push, p.blobs...)
}

// worth reports whether n bytes are less than 60 % of the whole as it travels. What
// deflate cannot do need not be tried: text with a hash in every line does not get
// to a sixteenth.
func (p *patches) worth(n int) bool {
	if n <= len(p.push.Envelope.Payload)/16 {
		return true
	}
	return n*10 < p.deflated()*6
}

// deflated is how many bytes a payload has in a message as it travels.
func deflated(payload []byte) int {
	var n count
	w, err := flate.NewWriter(&n, flate.BestSpeed)
	if err != nil {
		return 0
	}
	enc := base64.NewEncoder(base64.StdEncoding, w)
	enc.Write(payload) // a count takes everything
	enc.Close()
	w.Close()
	return int(n)
}

type count int

func (c *count) Write(p []byte) (int, error) { *c += count(len(p)); return len(p), nil }

// whole sends an edition again, whole, that the device could not make of a patch,
// and no patches of its channel any more on this connection; or what it could not
// fetch, with nothing left to be fetched. Nothing was refused
// that anybody has to know of. A device that says so without having been sent a
// patch gets nothing for it.
func (s *session) whole(ctx context.Context, r wire.Refused) error {
	s.mu.Lock()
	w := s.out.channel(r.Channel)
	again := w != nil && (w.patched || w.pulled) && w.sent == r.Revision
	switch {
	case w == nil:
	case w.pulled && (!w.patched || w.plain):
		w.whole = true
	default:
		w.plain = true
	}
	if again {
		w.patched, w.pulled = false, false
		again = w.next == nil // else a newer one waits, and goes whole
	}
	s.mu.Unlock()
	if !again {
		return nil
	}
	p, err := s.hub.catchup.get(ctx, s.hub.backend, r.Channel, r.Revision-1, r.Revision)
	if err != nil {
		return fmt.Errorf("get the edition of %s whole: %w", r.Channel, err)
	}
	if p == nil {
		return nil
	}
	ok := s.post(func(o *outbox) bool {
		w := o.channel(r.Channel)
		if w == nil || w.sent > r.Revision && p.revision <= w.sent || w.next != nil && p.revision <= w.next.revision {
			return false // something as new went meanwhile, whole
		}
		w.next, w.urgent = p, w.urgent || p.urgent
		return true
	})
	if ok && (p.urgent || p.channel.Alert) {
		s.hub.crew.hasten(s)
	}
	return nil
}

// channel returns what is wanted of a channel; nil when it is none of the screen's.
func (o *outbox) channel(ch playlist.ChannelID) *want {
	for i := range o.channels {
		if o.channels[i].id == ch {
			return &o.channels[i]
		}
	}
	return nil
}

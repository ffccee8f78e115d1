package hub

import (
	"compress/flate"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// What was written to a connection nothing overtakes, an alert neither, and how thin
// a line is shows only when it is full. So a device that can fetch is sent at once
// what goes through the thinnest line within two seconds, and of larger pushes where
// they lie: it fetches them in pieces, at its own pace, and goes on where it was cut
// off (GET /device/v1/blobs/{ref}).
const (
	quickly  = 16 << 10 // bytes
	thinnest = 8 << 10  // bytes a second: 64 kbit/s
	// slimBytes is how much of what a push has in it is left in it, and goes anyway.
	slimBytes = 2 << 10
)

// slim is a push without what a device can fetch by itself.
type slim struct {
	push *Prepared  // nil: it is best sent as it is
	data []byte     // what the device fetches besides blobs of the edition; nil for nothing
	ref  assets.Ref // of data
}

// travels is how many bytes a message has on the line.
func travels(b []byte) int {
	if len(b) < compressFrom {
		return len(b)
	}
	var n count
	w, err := flate.NewWriter(&n, flate.BestSpeed)
	if err != nil {
		return len(b)
	}
	w.Write(b) // a count takes everything
	w.Close()
	return int(n)
}

// makeSlim takes the payload, or the patch, and the larger blobs out of a message.
func makeSlim(b []byte) slim {
	m, err := wire.Decode(b)
	var push wire.Push
	if err == nil {
		err = m.Into(&push)
	}
	var blobs [][]byte
	if err == nil {
		blobs, err = m.Blobs(push.Attached)
	}
	if err != nil || push.Channel.IsZero() {
		return slim{} // settings have to come whole
	}
	var out slim
	if push.Patch == nil && len(push.Envelope.Payload) > slimBytes {
		if push.Patch, err = wire.Pack(push.Envelope.Payload); err != nil {
			return slim{}
		}
		push.Envelope.Payload = nil
	}
	if p := push.Patch; p != nil && len(p.Data) > slimBytes {
		out.data, out.ref = p.Data, assets.RefOf(p.Data)
		p.At, p.Data = &playlist.Blob{Ref: out.ref, Size: int64(len(out.data))}, nil
	}
	left, kept := slimBytes, blobs[:0:0]
	for _, data := range blobs {
		if left -= len(data); left >= 0 {
			kept = append(kept, data)
		}
	}
	if out.data == nil && len(kept) == len(blobs) {
		return slim{}
	}
	push.Attached = nil
	if out.push, err = Prepare(push, kept...); err != nil {
		return slim{}
	}
	return out
}

// fitting returns what of a push goes to the session's device now: all of it, if the
// device cannot fetch or the line is free for it. pulls says which. Only the writer
// calls it.
func (s *session) fitting(p *Prepared, pulls bool) *Prepared {
	if !pulls || p.channel.IsZero() {
		return p
	}
	now := int64(time.Since(s.hub.began))
	cost := func(n int) time.Duration { return time.Duration(n) * time.Second / thinnest }
	was := s.inline
	n := p.travels()
	if s.inline.Take(now, cost(n), cost(quickly)) <= 0 {
		return p
	}
	out := p.slim()
	if out.push == nil {
		return p
	}
	s.inline = was
	s.inline.Take(now, cost(out.push.travels()), cost(quickly))
	if out.data != nil {
		s.hub.parcels.keep(out.ref, out.data, time.Now())
		s.mu.Lock()
		if w := s.out.channel(p.channel); w != nil && w.sent == p.revision {
			w.pulled = true
		}
		s.mu.Unlock()
	}
	return out.push
}

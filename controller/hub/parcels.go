package hub

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"mingbai/assets"
)

const (
	parcelBytes = 64 << 20         // at most kept
	parcelTime  = 10 * time.Minute // that nobody asked for it
)

// parcels are what pushes have left out and no store has, for who fetches it. What is
// forgotten is sent with the push to who asks for it too late.
type parcels struct {
	mu    sync.Mutex // guards what follows
	kept  map[assets.Ref]*kept
	bytes int
}

type kept struct {
	data []byte
	used time.Time
}

// keep holds data for who fetches it. Those that were asked for longest ago make room.
func (ps *parcels) keep(ref assets.Ref, data []byte, now time.Time) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p := ps.kept[ref]; p != nil {
		p.used = now
		return
	}
	if ps.kept == nil {
		ps.kept = map[assets.Ref]*kept{}
	}
	ps.kept[ref] = &kept{data, now}
	ps.bytes += len(data)
	for ps.bytes > parcelBytes && len(ps.kept) > 1 {
		var oldest assets.Ref
		for r, p := range ps.kept {
			if o := ps.kept[oldest]; r != ref && (o == nil || p.used.Before(o.used)) {
				oldest = r
			}
		}
		ps.drop(oldest)
	}
}

// drop forgets one. The caller holds mu.
func (ps *parcels) drop(ref assets.Ref) {
	ps.bytes -= len(ps.kept[ref].data)
	delete(ps.kept, ref)
}

func (ps *parcels) get(ref assets.Ref, now time.Time) ([]byte, bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.kept[ref]
	if p == nil {
		return nil, false
	}
	p.used = now
	return p.data, true
}

// forget drops what nobody has asked for in a while.
func (ps *parcels) forget(now time.Time) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for ref, p := range ps.kept {
		if now.Sub(p.used) > parcelTime {
			ps.drop(ref)
		}
	}
}

// Blobs is the function Blobs that has also what this hub's pushes have left out. That
// is the edition itself, which a volume that is used up does not hold back: on is told
// that it has no bytes.
func (h *Hub) Blobs(store *assets.Store, allowed func(token string) bool, on func(token string, ref assets.Ref, size int64) Terms) http.Handler {
	return blobs(func(ref assets.Ref) (io.ReadSeekCloser, int64, int64, error) {
		if data, ok := h.parcels.get(ref, time.Now()); ok {
			return reading{bytes.NewReader(data)}, int64(len(data)), 0, nil
		}
		f, size, err := store.File(ref)
		if err != nil {
			return nil, 0, 0, fmt.Errorf("open blob: %w", err)
		}
		return f, size, size, nil
	}, allowed, on)
}

type reading struct{ *bytes.Reader }

func (reading) Close() error { return nil }

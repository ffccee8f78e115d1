package cache

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// Verified is what Verify found.
type Verified struct {
	Blobs   int          // that the generation on screen needs
	Bytes   int64        // of them
	Damaged []assets.Ref // those that are missing or have other bytes; Missing lists them from now on
}

// Verify reads every blob of the generation on screen from disk and compares it
// with its address, at most rate bytes a second, until ctx ends. What is damaged
// is removed, so that it can be fetched again.
func (c *Cache) Verify(ctx context.Context, rate int64) (Verified, error) {
	var v Verified
	began := time.Now()
	for _, b := range c.needed() {
		err := c.blobs.Check(b.Ref, func(n int) error {
			v.Bytes += int64(n)
			return pace(ctx, began, v.Bytes, rate)
		})
		if ctx.Err() != nil {
			return v, ctx.Err()
		}
		v.Blobs++
		if c.spoiltBlob(b.Ref, err) {
			v.Damaged = append(v.Damaged, b.Ref)
		} else if err != nil {
			return v, fmt.Errorf("verify the cache: %w", err)
		}
	}
	return v, ctx.Err()
}

// needed lists the blobs that the editions on screen need, each once, in the
// order of their addresses.
func (c *Cache) needed() []playlist.Blob {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []playlist.Blob
	for _, e := range c.editions {
		e.doc.Needs(func(b playlist.Blob) bool { list = append(list, b); return true })
	}
	slices.SortFunc(list, func(a, b playlist.Blob) int { return a.Ref.Compare(b.Ref) })
	return slices.CompactFunc(list, func(a, b playlist.Blob) bool { return a.Ref == b.Ref })
}

// pace waits until n bytes since began are no more than rate allows.
func pace(ctx context.Context, began time.Time, n, rate int64) error {
	ahead := time.Duration(float64(n)/float64(rate)*float64(time.Second)) - time.Since(began)
	if ahead <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(ahead)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
	return ctx.Err()
}

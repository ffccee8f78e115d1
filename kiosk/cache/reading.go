package cache

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"mingbai/assets"
	"mingbai/playlist"
)

// reading is what the blob of an entry gave.
type reading struct {
	notice *playlist.Notice
	lost   bool // err says that there are no bytes, not what is wrong with them
	err    error
}

// readTogether is how many notices one goroutine reads before it asks for more.
const readTogether = 16

// readAll reads the notices of entries that are not decoded yet, on all cores: it
// is most of what a start has to do before anything can be shown. The results are in
// the order of the entries.
func (c *Cache) readAll(entries []playlist.Entry) []reading {
	out := make([]reading, len(entries))
	var todo []int
	for i, entry := range entries {
		if out[i].notice = c.notices[entry.Ref]; out[i].notice == nil {
			todo = append(todo, i)
		}
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(todo)+readTogether-1)/readTogether) {
		wait.Go(func() {
			for {
				to := int(next.Add(readTogether))
				if to-readTogether >= len(todo) {
					return
				}
				for _, i := range todo[to-readTogether : min(to, len(todo))] {
					out[i] = c.readNotice(entries[i])
				}
			}
		})
	}
	wait.Wait()
	return out
}

func (c *Cache) readNotice(entry playlist.Entry) reading {
	data, err := c.blobs.Read(entry.Ref, entry.Size)
	if err != nil {
		return reading{lost: true, err: err}
	}
	n, err := playlist.DecodeListed(data)
	return reading{notice: n, err: err}
}

// notice returns the notice of an entry that was read; what rotted is asked for
// again.
func (c *Cache) notice(e *playlist.Edition, entry playlist.Entry, r reading) (*playlist.Notice, error) {
	if n, ok := c.notices[entry.Ref]; ok {
		return n, nil
	}
	if r.lost {
		if errors.Is(r.err, assets.ErrCorrupt) {
			c.inspected.damaged++
		}
		c.lost[entry.Ref] = entry.Size
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := e.Matches(entry, r.notice); err != nil {
		return nil, err
	}
	return r.notice, nil
}

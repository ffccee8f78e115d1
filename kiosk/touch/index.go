package touch

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"mingbai/playlist"
	"mingbai/playlist/search"
)

// indexer makes the search index of the newest library, one at a time, beside
// the frames.
type indexer struct {
	built atomic.Pointer[search.Index]

	mu   sync.Mutex        // guards all below
	want *playlist.Library // the newest that has no index yet
	busy bool
	stop context.CancelFunc // of the index that is being made
}

// close gives up the index that is being made.
func (x *indexer) close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.want = nil; x.stop != nil {
		x.stop()
	}
}

// indexLibrary asks for the index of lib; what was asked for before and has not
// begun is forgotten.
func (p *Program) indexLibrary(lib *playlist.Library) {
	x := &p.index
	x.mu.Lock()
	defer x.mu.Unlock()
	x.want = lib
	if x.busy {
		return
	}
	x.busy = true
	var ctx context.Context
	ctx, x.stop = context.WithCancel(context.Background())
	stop := x.stop
	p.jobs.run(func() {
		defer stop()
		for {
			x.mu.Lock()
			lib := x.want
			x.want = nil
			x.busy = lib != nil
			x.mu.Unlock()
			if lib == nil {
				return
			}
			// Most of what there was is there still, and is taken over.
			made, err := search.Rebuild(ctx, x.built.Load(), lib)
			if err != nil {
				return // the program is closing
			}
			x.built.Store(made)
			p.src.Wake()
			// Making it leaves several times its size behind, and nothing here will
			// need as much until the next edition.
			debug.FreeOSMemory()
		}
	})
}

// searchable returns the index of the library in use; nil while it is made.
func (p *Program) searchable() *search.Index {
	if x := p.index.built.Load(); x != nil && p.lib != nil && x.Library() == p.lib {
		return x
	}
	return nil
}

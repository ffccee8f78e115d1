package touch

import (
	"sync"
	"sync/atomic"

	"mingbai/playlist"
	"mingbai/playlist/search"
)

// indexer makes the search index of the newest library, one at a time, beside
// the frames.
type indexer struct {
	built atomic.Pointer[search.Index]

	mu   sync.Mutex        // guards both below
	want *playlist.Library // the newest that has no index yet
	busy bool
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
	p.jobs.run(func() {
		for {
			x.mu.Lock()
			lib := x.want
			x.want = nil
			x.busy = lib != nil
			x.mu.Unlock()
			if lib == nil {
				return
			}
			x.built.Store(search.Build(lib))
			p.src.Wake()
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

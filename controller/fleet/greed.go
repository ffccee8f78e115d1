package fleet

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// The measure of blobs for one device. A device that was set up anew asks for each
// once, at the speed of its line; one that keeps what it gets never asks again.
const (
	fewAsks   = 2000 // requests at once, beside
	asksEach  = 3    // so many for each blob that there is: resumed ones, and a new start
	askEvery  = time.Second / 2
	haulBurst = 4 << 30 // bytes at once: twenty generations with their pictures
	haulRate  = 1 << 20 // bytes a second in the long run
	tooGreedy = time.Minute
	countRefs = 10 * time.Minute
)

// greed is what devices took of blobs. Those that have not asked for long cost
// nothing.
type greed struct {
	mu      sync.Mutex // guards what follows
	of      map[playlist.ScreenID]*appetite
	swept   time.Time
	began   time.Time
	refs    int // blobs that there are, as of counted
	counted time.Time
}

type appetite struct{ asks, hauled hub.Bucket }

// ask counts a request. It is false when it is over the measure.
func (g *greed) ask(id playlist.ScreenID, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of == nil {
		g.of, g.began, g.swept = map[playlist.ScreenID]*appetite{}, now, now
	}
	at := int64(now.Sub(g.began))
	if now.Sub(g.swept) > time.Minute {
		g.swept = now
		for id, a := range g.of {
			if int64(a.asks) <= at && int64(a.hauled) <= at {
				delete(g.of, id)
			}
		}
	}
	a := g.of[id]
	if a == nil {
		a = &appetite{}
		g.of[id] = a
	}
	was := a.asks
	if a.asks.Take(at, askEvery, askEvery*time.Duration(fewAsks+asksEach*g.refs)) > 0 || a.hauled.Take(at, 0, time.Second*haulBurst/haulRate) > 0 {
		a.asks = was
		return false
	}
	return true
}

// hauled counts bytes that went.
func (g *greed) hauled(id playlist.ScreenID, n int64, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := g.of[id]; a != nil {
		a.hauled.Take(int64(now.Sub(g.began)), time.Duration(n)*time.Second/haulRate, 0)
	}
}

// stale reports whether it should be asked how many blobs there are.
func (g *greed) stale(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.counted) < countRefs && !g.counted.IsZero() {
		return false
	}
	g.counted = now
	return true
}

func (f *Fleet) countRefs(ctx context.Context) {
	n, err := f.cfg.Store.CountRefs(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.cfg.Log.Error("The blobs could not be counted; it is tried again.", "error", err)
		}
		return
	}
	f.greed.mu.Lock()
	defer f.greed.mu.Unlock()
	f.greed.refs = n
}

// BlobTerms says on what terms the holder of a token, which BlobAllowed accepted,
// gets a blob of a size in bytes.
func (f *Fleet) BlobTerms(token string, ref assets.Ref, size int64) hub.Terms {
	name, _, _ := strings.Cut(token, ".")
	id, now := playlist.ScreenID(name), f.cfg.Now()
	if f.greed.stale(now) {
		f.later(f.countRefs)
	}
	if !f.greed.ask(id, now) {
		f.Misdeed(id, Greedy, now)
		return hub.Terms{Status: http.StatusTooManyRequests, Wait: tooGreedy, Why: "this screen has got these files already"}
	}
	terms := hub.Terms{Count: func(n int64) {
		f.greed.hauled(id, n, f.cfg.Now())
		f.carried(id, store.Traffic{Files: n})
	}}
	f.allot(&terms, id, ref, size, now)
	return terms
}

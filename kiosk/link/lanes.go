package link

import (
	"bytes"
	"context"
	"sync"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// lanes hand editions on, each channel on its own, the latest only.
type lanes struct {
	ctx    context.Context // of Run
	handle func(context.Context, wire.Push, [][]byte)
	pull   func(context.Context, *wire.Push) bool // fetches what a push says where to find
	wg     sync.WaitGroup

	mu sync.Mutex // guards what follows
	of map[playlist.ChannelID]*lane
}

// lane is a channel with a push under way. What comes next is one push, or several
// of which each but the first is a patch of the one before: then they are all handed
// on, those before the last with a ctx that has ended.
type lane struct {
	now    arrival
	cancel context.CancelFunc
	giveUp context.CancelFunc // of what is pulled for now
	next   []arrival
}

// maxPatches is how many patches of one another may wait; with more than these the
// last is handed on alone, and the whole has to come.
const maxPatches = 32

type arrival struct {
	push  wire.Push
	blobs [][]byte
}

func (l *lanes) start(ctx context.Context, handle func(context.Context, wire.Push, [][]byte), pull func(context.Context, *wire.Push) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx, l.handle, l.pull, l.of = ctx, handle, pull, map[playlist.ChannelID]*lane{}
}

func (l *lanes) wait() { l.wg.Wait() }

// put hands a push on. What is under way for its channel is cancelled, unless
// it is the same push, sent again on a new connection. The order of arrival
// decides, not the revision, which nobody has verified yet.
func (l *lanes) put(p wire.Push, blobs [][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := arrival{p, blobs}
	if ln := l.of[p.Channel]; ln != nil {
		if ln.now.same(a) && len(ln.next) == 0 {
			return
		}
		if n := len(ln.next); n == 0 || n == maxPatches || p.Patch == nil || ln.next[n-1].push.Revision != p.Patch.From {
			ln.next = nil
		}
		ln.next = append(ln.next, a)
		ln.cancel()
		if first := ln.next[0].push; first.Patch == nil || first.Patch.From != ln.now.push.Revision {
			ln.giveUp() // else the next begins with it, and giving up would never end
		}
		return
	}
	ln := &lane{now: a}
	l.of[p.Channel] = ln
	ctx, pulling := ln.begin(l.ctx)
	l.wg.Add(1)
	go l.serve(ctx, pulling, ln)
}

func (a arrival) same(b arrival) bool {
	return a.push.Revision == b.push.Revision && bytes.Equal(a.push.Envelope.Payload, b.push.Envelope.Payload) && a.push.Patch.Same(b.push.Patch)
}

func (ln *lane) begin(parent context.Context) (ctx, pulling context.Context) {
	parent = context.WithValue(parent, urgency{}, ln.now.push.Channel.Alert)
	ctx, ln.cancel = context.WithCancel(parent)
	pulling, ln.giveUp = context.WithCancel(parent)
	return ctx, pulling
}

// serve handles a channel's pushes until none is left.
func (l *lanes) serve(ctx, pulling context.Context, ln *lane) {
	defer l.wg.Done()
	for ctx != nil {
		// put compares with what came; only this goroutine changes it.
		if p := ln.now.push; p.Patch == nil || p.Patch.At == nil || l.pull(pulling, &p) {
			l.handle(ctx, p, ln.now.blobs)
		}
		ctx, pulling = l.after(ln)
	}
}

// after moves a lane on to what came meanwhile; nil ends it.
func (l *lanes) after(ln *lane) (ctx, pulling context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln.cancel()
	ln.giveUp()
	if len(ln.next) == 0 || l.ctx.Err() != nil {
		delete(l.of, ln.now.push.Channel)
		return nil, nil
	}
	ln.now, ln.next = ln.next[0], ln.next[1:]
	ctx, pulling = ln.begin(l.ctx)
	if len(ln.next) > 0 {
		ln.cancel() // nothing is fetched for what is old already
	}
	return ctx, pulling
}

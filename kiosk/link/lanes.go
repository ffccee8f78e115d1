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
	wg     sync.WaitGroup

	mu sync.Mutex // guards what follows
	of map[playlist.ChannelID]*lane
}

// lane is a channel with a push under way.
type lane struct {
	now    arrival
	cancel context.CancelFunc
	next   *arrival
}

type arrival struct {
	push  wire.Push
	blobs [][]byte
}

func (l *lanes) start(ctx context.Context, handle func(context.Context, wire.Push, [][]byte)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx, l.handle, l.of = ctx, handle, map[playlist.ChannelID]*lane{}
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
		if ln.now.same(a) {
			ln.next = nil
			return
		}
		ln.next = &a
		ln.cancel()
		return
	}
	ln := &lane{now: a}
	l.of[p.Channel] = ln
	ctx := ln.begin(l.ctx)
	l.wg.Add(1)
	go l.serve(ctx, ln)
}

func (a arrival) same(b arrival) bool {
	return a.push.Revision == b.push.Revision && bytes.Equal(a.push.Envelope.Payload, b.push.Envelope.Payload)
}

func (ln *lane) begin(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	ln.cancel = cancel
	return ctx
}

// serve handles a channel's pushes until none is left.
func (l *lanes) serve(ctx context.Context, ln *lane) {
	defer l.wg.Done()
	for ctx != nil {
		l.handle(ctx, ln.now.push, ln.now.blobs)
		ctx = l.after(ln)
	}
}

// after moves a lane on to what came meanwhile; nil ends it.
func (l *lanes) after(ln *lane) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln.cancel()
	if ln.next == nil || l.ctx.Err() != nil {
		delete(l.of, ln.now.push.Channel)
		return nil
	}
	ln.now, ln.next = *ln.next, nil
	return ln.begin(l.ctx)
}

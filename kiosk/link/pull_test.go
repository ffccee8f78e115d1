package link_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/kiosk/link"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// pulling is a device that fetches what is large.
func pulling(opt *link.Options, r *screenRig) {
	hello := opt.Hello
	opt.Hello = func() wire.Hello { h := hello(); h.Patches = true; return h }
}

// A large edition is fetched, goes on where the line was cut, and an alert comes
// meanwhile.
func TestPullGoesOn(t *testing.T) {
	o := newOffice(t, hub.Options{})
	p := newLine(t, strings.TrimPrefix(o.server.URL, "http://"))
	p.limit, p.slice = 100_000, 4000 // who begins anew on each connection never ends
	r := start(t, p.url(), pulling)
	poll(t, "welcomed", r.Connected)
	const size = 400_000
	o.publish(t, liuxi, 1, size, noise(50_000, 9))
	o.publish(t, liuxiNow, 1, 100)
	r.until(t, "both are there", func() bool { return r.have[liuxi] == 1 && r.have[liuxiNow] == 1 })
	r.with(func() {
		i := slices.IndexFunc(r.pushes, func(p wire.Push) bool { return p.Channel == liuxi })
		got := r.pushes[i]
		whole, err := got.Patch.Apply(nil)
		if err != nil || got.Patch.At != nil || assets.RefOf(whole) != assets.RefOf(noise(size, 1)) {
			t.Errorf("what was handed on makes %d bytes: %v", len(whole), err)
		}
	})
}

// What is not to be had is asked for whole, and nothing is refused.
func TestPullOfNothing(t *testing.T) {
	o := newOffice(t, hub.Options{})
	o.lose = true
	r := start(t, o.server.URL, pulling)
	poll(t, "welcomed", r.Connected)
	o.publish(t, liuxi, 1, 100_000)
	r.until(t, "the whole is there", func() bool { return r.have[liuxi] == 1 })
	r.with(func() {
		if len(r.pushes) != 1 || r.pushes[0].Patch != nil || len(r.pushes[0].Envelope.Payload) != 100_000 {
			t.Errorf("%d pushes came", len(r.pushes))
		}
	})
	o.until(t, "nothing is refused", func() bool { return len(o.refused) == 0 })
}

// An edition that is being fetched is not given up for the next, which begins with
// it; and one that takes its place ends it.
func TestPullIsChained(t *testing.T) {
	o := newOffice(t, hub.Options{})
	hold, held := make(chan struct{}), make(chan struct{}, 100)
	o.hold = func(r *http.Request) {
		held <- struct{}{}
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}
	r := start(t, o.server.URL, pulling)
	var asked []bool // whether the ctx of a push had ended
	r.with(func() {
		r.handle = func(ctx context.Context, p wire.Push, _ [][]byte) {
			r.with(func() {
				r.pushes, asked = append(r.pushes, p), append(asked, ctx.Err() != nil)
				r.have[p.Channel] = p.Revision
			})
		}
	})
	poll(t, "welcomed", r.Connected)
	o.publish(t, liuxi, 1, 100_000)
	<-held
	first := noise(100_000, 1)
	for rev := playlist.Revision(2); rev < 5; rev++ {
		next := append(slices.Clone(first), byte(rev))
		o.mu.Lock()
		base := first
		c := hub.Content{
			Push: wire.Push{Channel: liuxi, Revision: rev, Envelope: wire.Envelope{Type: wire.EditionType, Payload: next}},
			Base: func(context.Context, playlist.Revision) ([]byte, error) { return base, nil },
		}
		o.latest[liuxi] = c
		o.mu.Unlock()
		p, err := c.Prepare()
		if err != nil {
			t.Fatal(err)
		}
		o.Announce(p)
		o.Offer(screen, wire.Offer{Again: uint64(rev)}) // it comes after the push, which was written by then
		r.until(t, "the push is out", func() bool { return r.offer.Again == uint64(rev) })
		first = next
	}
	close(hold)
	r.until(t, "all are there", func() bool { return r.have[liuxi] == 4 })
	r.with(func() {
		if len(r.pushes) != 4 || !slices.Equal(asked, []bool{true, true, true, false}) {
			t.Fatalf("%d pushes were handed on, whose time was over: %v", len(r.pushes), asked)
		}
		var base []byte
		for _, p := range r.pushes {
			whole, err := p.Patch.Apply(base)
			if err != nil {
				t.Fatalf("revision %s does not follow: %v", p.Revision, err)
			}
			base = whole
		}
		if !slices.Equal(base, first) {
			t.Error("they make something else")
		}
	})
}

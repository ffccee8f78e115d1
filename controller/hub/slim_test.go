package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// pulls dials as a device that fetches what is large.
func (e *editions) pulls(t *testing.T, n int, have map[playlist.ChannelID]playlist.Revision) *device {
	t.Helper()
	d := &device{t: t, key: keyOf(n)}
	d.hello = wire.Hello{Version: wire.Version, Key: []byte(pubOf(n)), Kind: playlist.Touch, Have: have, Patches: true, Pulls: true}
	d.dial(e.place, websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, EnableCompression: true})
	d.answer()
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	return d
}

// long makes a revision of a channel whose payload no line makes small.
func (e *editions) long(t *testing.T, ch playlist.ChannelID, rev playlist.Revision, blobs ...[]byte) Content {
	t.Helper()
	c := Content{
		Push:  wire.Push{Channel: ch, Revision: rev, Envelope: wire.Envelope{Type: wire.EditionType, Payload: noise(60_000, uint64(rev)), Signatures: []wire.Signature{{Key: "k", Sig: noise(64, 1)}}}},
		Blobs: blobs,
		Base: func(context.Context, playlist.Revision) ([]byte, error) {
			return nil, errors.New("that edition is not kept")
		},
	}
	e.county.with(func() { e.county.latest[ch] = c })
	p, err := c.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	e.Announce(p)
	return c
}

// fetched gets what a push has left out, in two halves.
func (e *editions) fetched(t *testing.T, p wire.Push) []byte {
	t.Helper()
	if p.Patch == nil || p.Patch.At == nil || len(p.Patch.Data) > 0 || len(p.Envelope.Payload) > 0 {
		t.Fatalf("revision %s came with %d bytes and the patch %+v; something should be left to be fetched", p.Revision, len(p.Envelope.Payload), p.Patch)
	}
	store, err := assets.Open(durable.OS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var told []int64
	h := e.Blobs(store, func(token string) bool { return token == "good" }, func(_ string, _ assets.Ref, size int64) Terms {
		told = append(told, size)
		return Terms{}
	})
	half := p.Patch.At.Size / 2
	var all []byte
	for _, r := range [][2]int64{{0, half}, {half, p.Patch.At.Size}} {
		req := httptest.NewRequest(http.MethodGet, "/device/v1/blobs/"+p.Patch.At.Ref.String(), nil)
		req.Header.Set("Authorization", "Bearer good")
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", r[0], r[1]-1))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		part, err := io.ReadAll(w.Result().Body)
		if err != nil || w.Code != http.StatusPartialContent {
			t.Fatalf("status %d, %v", w.Code, err)
		}
		all = append(all, part...)
	}
	if assets.RefOf(all) != p.Patch.At.Ref || told[0] != 0 {
		t.Fatalf("%d other bytes came; their size was told as %v", len(all), told)
	}
	patch := *p.Patch
	patch.Data = all
	whole, err := patch.Apply(nil)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// TestLargeEditionIsFetched tells a device that can fetch where a large edition lies;
// the small ones, and those to devices that cannot, come as ever.
func TestLargeEditionIsFetched(t *testing.T) {
	checkLeaks(t)
	e := openEditions(t)
	for n := range 3 {
		e.county.know(n, liuxi, liuxiNow)
	}
	old, mid, d := e.call(t, 0, nil), e.takes(t, 1, nil), e.pulls(t, 2, nil)
	old.expect(wire.TypeWelcome, &wire.Welcome{})
	small, big := noise(900, 1), noise(30_000, 2)
	c := e.long(t, liuxi, 1, small, big)
	for _, x := range []*device{old, mid} {
		if p := x.expectPush(liuxi, 1); p.Patch != nil || len(p.Attached) != 2 || !bytes.Equal(p.Envelope.Payload, c.Push.Envelope.Payload) {
			t.Errorf("a device that cannot fetch got %d blobs and the patch %+v", len(p.Attached), p.Patch)
		}
	}
	p := d.expectPush(liuxi, 1)
	if whole := e.fetched(t, p); !bytes.Equal(whole, c.Push.Envelope.Payload) {
		t.Error("what was fetched is another edition")
	}
	if len(p.Attached) != 1 || p.Attached[0].Ref != assets.RefOf(small) || len(p.Envelope.Signatures) != 1 {
		t.Errorf("it came with %+v and %d signatures", p.Attached, len(p.Envelope.Signatures))
	}
	e.publish(t, liuxiNow, 1) // small
	if p := d.expectPush(liuxiNow, 1); p.Patch != nil || !bytes.Equal(p.Envelope.Payload, lines(liuxiNow, 1)) {
		t.Errorf("a small edition came with the patch %+v", p.Patch)
	}
}

// TestWhatCannotBeFetched comes with the push when the device says so, and so does
// everything after it on that connection.
func TestWhatCannotBeFetched(t *testing.T) {
	e := openEditions(t)
	e.county.know(1, liuxi)
	d := e.pulls(t, 1, nil)
	e.long(t, liuxi, 1)
	if p := d.expectPush(liuxi, 1); p.Patch == nil || p.Patch.At == nil {
		t.Fatalf("it came with the patch %+v", p.Patch)
	}
	d.say(wire.TypeRefused, wire.Refused{Channel: liuxi, Revision: 1, Reason: wire.ReasonNoBase})
	for rev := playlist.Revision(1); rev < 3; rev++ {
		if rev > 1 {
			e.long(t, liuxi, rev)
		}
		if p := d.expectPush(liuxi, rev); p.Patch != nil || !bytes.Equal(p.Envelope.Payload, noise(60_000, uint64(rev))) {
			t.Fatalf("revision %s came with %d bytes and the patch %+v, want the whole", rev, len(p.Envelope.Payload), p.Patch)
		}
	}
	e.county.with(func() {
		if len(e.county.refused) > 0 {
			t.Errorf("refused: %+v", e.county.refused)
		}
	})
}

// TestTakeDownBeginsWithWhatIsOnScreen does not wait for what a device is fetching.
func TestTakeDownBeginsWithWhatIsOnScreen(t *testing.T) {
	o := outbox{patches: true, pulls: true, channels: []want{{id: liuxi, sent: 5, has: 4, pulled: true}}}
	for rev, urgent := range []bool{false, true} {
		o.channels[0].pulled = true
		p := prepare(t, push(liuxi, playlist.Revision(6+rev), 10))
		p.urgent = urgent
		o.put(p)
		from := o.channels[0].sent
		if urgent {
			from = 4
		}
		if next, ok := o.next(); !ok || next.from != from || !next.pull {
			t.Errorf("urgent %t: a patch from %s is sent, want from %s", urgent, next.from, from)
		}
	}
}

// TestParcelsAreBounded forgets those that were asked for longest ago.
func TestParcelsAreBounded(t *testing.T) {
	var ps parcels
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	ref := func(i int) assets.Ref { return assets.RefOf([]byte{byte(i)}) }
	for i := range 6 {
		ps.keep(ref(i), make([]byte, parcelBytes/4), now.Add(time.Duration(i)*time.Second))
		ps.get(ref(0), now.Add(time.Duration(i)*time.Second+time.Millisecond))
	}
	for i, want := range []bool{true, false, false, true, true, true} {
		if _, ok := ps.get(ref(i), now.Add(time.Minute)); ok != want {
			t.Errorf("parcel %d is there: %t", i, ok)
		}
	}
	ps.forget(now.Add(2 * parcelTime))
	if len(ps.kept) > 0 || ps.bytes != 0 {
		t.Errorf("%d are left with %d bytes", len(ps.kept), ps.bytes)
	}
}

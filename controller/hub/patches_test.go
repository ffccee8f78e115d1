package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// lines is a payload like an edition: a revision, and lines with hashes, one more in
// every revision.
func lines(ch playlist.ChannelID, rev playlist.Revision) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s revision %s\n", ch, rev)
	for i := range 100 + int(rev) {
		fmt.Fprintf(&b, "notice %d %x\n", i, sha256.Sum256(fmt.Append(nil, i)))
	}
	return b.Bytes()
}

// editions is a county that keeps what it published from the revision since on.
type editions struct {
	*place
	since playlist.Revision
	bases atomic.Int64 // asked for
}

// edition makes a revision the newest of a channel.
func (e *editions) edition(ch playlist.ChannelID, rev playlist.Revision) Content {
	c := Content{
		Push: wire.Push{Channel: ch, Revision: rev, Envelope: wire.Envelope{Type: wire.EditionType, Payload: lines(ch, rev), Signatures: []wire.Signature{{Key: "k", Sig: noise(64, uint64(rev))}}}},
		Base: func(_ context.Context, rev playlist.Revision) ([]byte, error) {
			e.bases.Add(1)
			if rev < e.since {
				return nil, errors.New("that edition is not kept")
			}
			return lines(ch, rev), nil
		},
	}
	e.county.with(func() { e.county.latest[ch] = c })
	return c
}

// publish announces a revision.
func (e *editions) publish(t *testing.T, ch playlist.ChannelID, rev playlist.Revision) {
	t.Helper()
	p, err := e.edition(ch, rev).Prepare()
	if err != nil {
		t.Fatal(err)
	}
	e.Announce(p)
}

func openEditions(t *testing.T) *editions {
	return &editions{place: open(t, newCounty(), Options{})}
}

// takes dials as a device that can take patches, and waits for its welcome.
func (e *editions) takes(t *testing.T, n int, have map[playlist.ChannelID]playlist.Revision) *device {
	t.Helper()
	d := &device{t: t, key: keyOf(n)}
	d.hello = wire.Hello{Version: wire.Version, Key: []byte(pubOf(n)), Kind: playlist.Touch, Have: maps.Clone(have), Patches: true}
	d.dial(e.place, websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, EnableCompression: true})
	d.answer()
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	return d
}

// expectPatch hears a patch of a revision and checks what it makes.
func (d *device) expectPatch(ch playlist.ChannelID, from, rev playlist.Revision) {
	d.t.Helper()
	p := d.expectPush(ch, rev)
	if p.Patch == nil || p.Patch.From != from || len(p.Envelope.Payload) > 0 || len(p.Envelope.Signatures) != 1 {
		d.t.Fatalf("heard revision %s with %d bytes and the patch %+v, want a patch from %s", rev, len(p.Envelope.Payload), p.Patch, from)
	}
	if got, err := p.Patch.Apply(lines(ch, from)); err != nil || !bytes.Equal(got, lines(ch, rev)) {
		d.t.Fatalf("the patch makes %d bytes: %v", len(got), err)
	}
}

func (d *device) expectWhole(ch playlist.ChannelID, rev playlist.Revision) {
	d.t.Helper()
	if p := d.expectPush(ch, rev); p.Patch != nil || !bytes.Equal(p.Envelope.Payload, lines(ch, rev)) {
		d.t.Fatalf("heard revision %s with %d bytes and the patch %+v, want the whole", rev, len(p.Envelope.Payload), p.Patch)
	}
}

// TestPatchesToThoseWhoTakeThem gives every device what it can use: a patch out of
// what it has, made once for all; the whole to those that know no patches, have
// nothing, or have what nobody keeps.
func TestPatchesToThoseWhoTakeThem(t *testing.T) {
	checkLeaks(t)
	e := openEditions(t)
	e.since = 2
	for n := range 7 {
		e.county.know(n, liuxi)
	}
	e.edition(liuxi, 5)
	at := func(rev playlist.Revision) map[playlist.ChannelID]playlist.Revision {
		return map[playlist.ChannelID]playlist.Revision{liuxi: rev}
	}
	old := e.call(t, 0, at(4))
	old.expect(wire.TypeWelcome, &wire.Welcome{})
	old.expectWhole(liuxi, 5)
	one := e.takes(t, 1, at(4))
	one.expectPatch(liuxi, 4, 5)
	three := e.takes(t, 2, at(2))
	three.expectPatch(liuxi, 2, 5)
	lost := e.takes(t, 3, at(1))
	lost.expectWhole(liuxi, 5)
	fresh := e.takes(t, 4, nil)
	fresh.expectWhole(liuxi, 5)
	e.takes(t, 5, at(4)).expectPatch(liuxi, 4, 5)
	ahead := e.takes(t, 6, at(6))
	if n := e.bases.Load(); n != 3 {
		t.Errorf("bases were asked for %d times, want 3", n)
	}

	e.publish(t, liuxi, 6)
	old.expectWhole(liuxi, 6)
	for _, d := range []*device{one, three, lost, fresh} {
		d.expectPatch(liuxi, 5, 6)
	}
	e.publish(t, liuxi, 7)
	old.expectWhole(liuxi, 7)
	for _, d := range []*device{one, three, lost, fresh, ahead} {
		d.expectPatch(liuxi, 6, 7)
	}
	if n := e.bases.Load(); n != 5 {
		t.Errorf("bases were asked for %d times, want 5", n)
	}
}

// TestPatchOfWhatWasSentLast holds that a patch begins with what the device was sent
// last, however many editions took the place of one another while it waited.
func TestPatchOfWhatWasSentLast(t *testing.T) {
	e := openEditions(t)
	o := outbox{patches: true, channels: []want{{id: liuxi, sent: 2}, {id: liuxiNow}}}
	put := func(ch playlist.ChannelID, rev playlist.Revision) {
		t.Helper()
		p, err := e.edition(ch, rev).Prepare()
		if err != nil || !o.put(p) {
			t.Fatalf("revision %s was not taken: %v", rev, err)
		}
	}
	next := func(ch playlist.ChannelID, from, rev playlist.Revision) {
		t.Helper()
		p, ok := o.next()
		if !ok || p.push.channel != ch || p.push.revision != rev || p.from != from {
			t.Fatalf("next is %+v, want revision %s of %s for who has %s", p, rev, ch, from)
		}
		q := p.push.since(t.Context(), p.from)
		if (q != p.push) != (from > 0) {
			t.Fatalf("revision %s goes whole: %t", rev, q == p.push)
		}
	}
	put(liuxi, 3)
	put(liuxi, 4)
	put(liuxi, 6)
	put(liuxiNow, 1)
	next(liuxiNow, 0, 1) // alerts overtake, as ever
	next(liuxi, 2, 6)
	put(liuxiNow, 2)
	put(liuxi, 7)
	next(liuxiNow, 1, 2)
	next(liuxi, 6, 7)
	o.channel(liuxi).plain = true
	put(liuxi, 8)
	next(liuxi, 0, 8)
	o.patches = false
	put(liuxiNow, 3)
	next(liuxiNow, 0, 3)
}

// TestPatchThatDoesNotFit gives the whole to a device that cannot use a patch, and
// no patches of that channel again; nobody is told that something was refused.
func TestPatchThatDoesNotFit(t *testing.T) {
	e := openEditions(t)
	e.county.know(1, liuxi, shiqiao)
	e.edition(liuxi, 5)
	e.edition(shiqiao, 5)
	d := e.takes(t, 1, map[playlist.ChannelID]playlist.Revision{liuxi: 4, shiqiao: 5})
	d.expectPatch(liuxi, 4, 5)
	noBase := func(rev playlist.Revision) {
		d.say(wire.TypeRefused, wire.Refused{Channel: liuxi, Revision: rev, Reason: wire.ReasonNoBase})
	}
	noBase(5)
	d.expectWhole(liuxi, 5)
	noBase(5) // it had the whole: there is nothing else to send
	noBase(4)
	e.publish(t, shiqiao, 6)
	d.expectPatch(shiqiao, 5, 6)
	d.say(wire.TypeRefused, wire.Refused{Channel: shiqiao, Revision: 5, Reason: wire.ReasonDamaged})
	e.county.until(t, "a refusal that counts", func() bool { return len(e.county.refused) == 1 })
	e.publish(t, liuxi, 6)
	d.expectWhole(liuxi, 6)
	if e.county.refused[0].Reason != wire.ReasonDamaged {
		t.Errorf("refused: %+v", e.county.refused)
	}
}

// TestPatchThatDoesNotFitTwice is a device that loses an edition with the next one on
// its way as a patch of it already: the whole of the newest comes.
func TestPatchThatDoesNotFitTwice(t *testing.T) {
	e := openEditions(t)
	e.county.know(1, liuxi)
	e.edition(liuxi, 4)
	d := e.takes(t, 1, map[playlist.ChannelID]playlist.Revision{liuxi: 4})
	e.publish(t, liuxi, 5)
	d.expectPatch(liuxi, 4, 5)
	e.publish(t, liuxi, 6)
	d.expectPatch(liuxi, 5, 6)
	for _, rev := range []playlist.Revision{5, 6} {
		d.say(wire.TypeRefused, wire.Refused{Channel: liuxi, Revision: rev, Reason: wire.ReasonNoBase})
	}
	d.expectWhole(liuxi, 6)
	e.publish(t, liuxi, 7)
	d.expectWhole(liuxi, 7)
}

// TestPatchThatIsNotWorthIt sends the whole when it is small, or has nothing in
// common with what the device has.
func TestPatchThatIsNotWorthIt(t *testing.T) {
	base := func(_ context.Context, rev playlist.Revision) ([]byte, error) { return noise(9000, uint64(rev)), nil }
	for name, payload := range map[string][]byte{"small": noise(9000, 1)[:patchFrom-1], "another": noise(9000, 2)} {
		c := Content{Push: wire.Push{Channel: liuxi, Revision: 2, Envelope: wire.Envelope{Payload: payload}}, Base: base}
		p, err := c.Prepare()
		if err != nil {
			t.Fatal(err)
		}
		if p.since(t.Context(), 1) != p {
			t.Errorf("%s: a patch is sent", name)
		}
	}
	// What rides along rides along with the patch, too.
	blob := []byte("a picture")
	c := Content{
		Push: wire.Push{Channel: liuxi, Revision: 9, Envelope: wire.Envelope{Payload: lines(liuxi, 9)}}, Blobs: [][]byte{blob},
		Base: func(_ context.Context, rev playlist.Revision) ([]byte, error) { return lines(liuxi, rev), nil },
	}
	p, err := c.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	for rev := range playlist.Revision(maxBases) {
		q := p.since(t.Context(), rev+1)
		if q.size >= p.size/2 || q.size < len(blob) {
			t.Errorf("the patch from %d has %d bytes, the whole %d", rev+1, q.size, p.size)
		}
	}
	if p.weight() <= p.size {
		t.Error("what a push keeps is not counted")
	}
}

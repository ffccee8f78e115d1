package cache

import (
	"errors"
	"path/filepath"
	"testing"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// commits switches to what is staged.
func commits(t *testing.T, c *Cache) {
	t.Helper()
	if changed, err := c.Commit(); err != nil || !changed {
		t.Fatalf("commit: %t, %v", changed, err)
	}
}

// patched is a push as the difference to another.
func patched(t *testing.T, from, p wire.Push) wire.Push {
	t.Helper()
	patch, err := wire.MakePatch(from.Envelope.Payload, p.Envelope.Payload)
	if err != nil {
		t.Fatal(err)
	}
	patch.From = from.Revision
	p.Patch, p.Envelope.Payload = patch, nil
	return p
}

// TestOfferPatch rebuilds editions out of the one on screen and out of one that is
// staged, also after a restart, and stores what was signed.
func TestOfferPatch(t *testing.T) {
	county := newCounty(t)
	c := openCache(t, crashfs.New())
	must(t, c.Enrol(county.identity()))
	must(t, c.Offer(county.settings(1), nil))
	shot := []byte("a picture that comes later")
	one, blobs := county.edition(main, 1, nil, notice(main, "n-1", 1))
	must(t, c.Offer(one, blobs))
	commits(t, c)

	two, blobs := county.edition(main, 2, nil, notice(main, "n-1", 1), notice(main, "n-2", 1, picture(shot)))
	must(t, c.Offer(patched(t, one, two), blobs))
	if len(c.Missing(main)) != 1 {
		t.Fatalf("missing: %v", c.Missing(main))
	}
	three, blobs := county.edition(main, 3, []playlist.Takedown{{Notice: "n-1", Version: 1}}, notice(main, "n-2", 1, picture(shot)))
	must(t, c.Offer(patched(t, two, three), blobs)) // out of the staged one
	if g := c.Current(); g.Notices != 0 {
		t.Errorf("%d notices are on screen, one was taken down", g.Notices)
	}
	again, _ := county.edition(main, 3, []playlist.Takedown{{Notice: "n-1", Version: 1}}, notice(main, "n-2", 1, picture(shot)))
	must(t, c.Offer(patched(t, one, again), nil)) // out of the one on screen, as after a new connection
	if _, err := c.Blobs().PutBytes(shot); err != nil {
		t.Fatal(err)
	}
	commits(t, c)
	if _, have := c.Have(); have[main] != 3 {
		t.Fatalf("have %v", have)
	}
	envelopes, err := c.Envelopes()
	if err != nil || string(envelopes[main].Payload) != string(three.Envelope.Payload) {
		t.Fatalf("what is given back is not what was signed: %v", err)
	}
}

// TestOfferPatchThatDoesNotFit says no_base and changes nothing: without the base,
// with another one of that revision, with a damaged patch or signature. The whole is
// taken then.
func TestOfferPatchThatDoesNotFit(t *testing.T) {
	county := newCounty(t)
	c := openCache(t, crashfs.New())
	must(t, c.Enrol(county.identity()))
	must(t, c.Offer(county.settings(1), nil))
	one, blobs := county.edition(main, 1, nil, notice(main, "n-1", 1))
	must(t, c.Offer(one, blobs))
	commits(t, c)
	other, _ := county.edition(main, 1, nil, notice(main, "n-2", 1))
	two, blobs := county.edition(main, 2, nil, notice(main, "n-1", 1), notice(main, "n-2", 1))
	three, _ := county.edition(main, 3, nil, notice(main, "n-1", 1))
	before := c.Current()
	for name, p := range map[string]wire.Push{
		"no such base":            patched(t, two, three),
		"a base of another story": patched(t, other, two),
		"a damaged patch":         func() wire.Push { p := patched(t, one, two); p.Patch.Data[len(p.Patch.Data)/2] ^= 1; return p }(),
		"half a patch":            func() wire.Push { p := patched(t, one, two); p.Patch.Data = p.Patch.Data[:9]; return p }(),
		"another signature": func() wire.Push {
			p := patched(t, one, two)
			p.Envelope.Signatures = three.Envelope.Signatures
			return p
		}(),
		"another channel": func() wire.Push { p := patched(t, one, two); p.Channel = own; return p }(),
	} {
		err := c.Offer(p, nil)
		if r, ok := errors.AsType[*wire.Refusal](err); !ok || r.Reason != wire.ReasonNoBase {
			t.Errorf("%s: %v", name, err)
		}
	}
	forged := patched(t, one, two)
	forged.Envelope.Signatures = wire.Sign(wire.EditionType, two.Envelope.Payload, keyOf(77)).Signatures
	if r, ok := errors.AsType[*wire.Refusal](c.Offer(forged, nil)); !ok || r.Reason != wire.ReasonWrongKey {
		t.Errorf("signed by a stranger: %v", r)
	}
	if c.Current() != before {
		t.Error("something changed")
	}
	must(t, c.Offer(two, blobs))
	commits(t, c)
	if _, have := c.Have(); have[main] != 2 {
		t.Fatalf("have %v", have)
	}
}

// TestOfferPatchOfARottenBase asks for the whole when the edition that a patch begins
// with has rotted on the disk, shows what it showed meanwhile, and takes the whole.
func TestOfferPatchOfARottenBase(t *testing.T) {
	county := newCounty(t)
	c := openCache(t, crashfs.New())
	must(t, c.Enrol(county.identity()))
	must(t, c.Offer(county.settings(1), nil))
	one, blobs := county.edition(main, 1, nil, notice(main, "n-1", 1))
	must(t, c.Offer(one, blobs))
	commits(t, c)
	before := c.Current()
	at := c.editions[main].ref.String()
	at = at[len(at)-64:]
	must(t, durable.WriteFile(c.fs, filepath.Join(c.dir, "blobs", at[:2], at[2:]), []byte(`{"payload":"rotten"}`)))
	two, blobs := county.edition(main, 2, nil, notice(main, "n-1", 1), notice(main, "n-2", 1))
	if r, ok := errors.AsType[*wire.Refusal](c.Offer(patched(t, one, two), blobs)); !ok || r.Reason != wire.ReasonNoBase {
		t.Fatalf("a patch of a rotten base: %v", r)
	}
	if c.Current() != before || c.staged[main] != nil {
		t.Error("something changed")
	}
	must(t, c.Offer(two, blobs))
	commits(t, c)
	if _, have := c.Have(); have[main] != 2 {
		t.Fatalf("have %v", have)
	}
}

// TestOfferPatchAndDie kills the program between a chain of patches and their adoption:
// the edition before is on screen afterwards, patches of what was lost are not taken,
// and one from nothing is.
func TestOfferPatchAndDie(t *testing.T) {
	county := newCounty(t)
	disk := crashfs.New()
	c := openCache(t, disk)
	must(t, c.Enrol(county.identity()))
	must(t, c.Offer(county.settings(1), nil))
	former, blobs := county.edition(main, 1, nil, notice(main, "n-1", 1))
	must(t, c.Offer(former, blobs))
	commits(t, c)
	for rev := playlist.Revision(2); rev < 6; rev++ {
		next, blobs := county.edition(main, rev, nil, notice(main, "n-1", 1), notice(main, "n-2", int(rev)))
		must(t, c.Offer(patched(t, former, next), blobs))
		former = next
	}
	c = openCache(t, disk)
	if _, have := c.Have(); have[main] != 1 || c.Current() == nil || c.Current().Notices != 1 {
		t.Fatalf("after the new start: %v", have)
	}
	last, blobs := county.edition(main, 6, nil, notice(main, "n-1", 1), notice(main, "n-2", 6))
	if r, ok := errors.AsType[*wire.Refusal](c.Offer(patched(t, former, last), blobs)); !ok || r.Reason != wire.ReasonNoBase {
		t.Fatalf("a patch of what was lost: %v", r)
	}
	patch, err := wire.Pack(last.Envelope.Payload)
	if err != nil {
		t.Fatal(err)
	}
	last.Patch, last.Envelope.Payload = patch, nil
	must(t, c.Offer(last, blobs))
	commits(t, c)
	if _, have := c.Have(); have[main] != 6 || c.Current().Notices != 2 {
		t.Fatalf("have %v", have)
	}
}

package cache

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"testing"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// first is a device with revision 1 of both channels.
func first(t testing.TB, county *county, fsys durable.FS) *Cache {
	t.Helper()
	c := openCache(t, fsys)
	if err := c.Enrol(county.identity()); err != nil {
		t.Fatal(err)
	}
	must(t, c.Offer(county.settings(1), nil))
	for _, ch := range []playlist.ChannelID{main, own} {
		push, blobs := county.edition(ch, 1, nil, notice(ch, playlist.NoticeID(ch.Site)+"-a", 1), notice(ch, playlist.NoticeID(ch.Site)+"-b", 1))
		must(t, c.Offer(push, blobs))
	}
	if ok, err := c.Commit(); !ok || err != nil {
		t.Fatalf("commit of revision 1: %v, %v", ok, err)
	}
	must(t, c.SaveTimes(Times{Floor: day, AsOf: day}))
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var one = map[playlist.NoticeID]int{"qinghe-a": 1, "qinghe-b": 1, "liuxi-a": 1, "liuxi-b": 1}

func TestGenerationIsAllOrNothing(t *testing.T) {
	county, fsys := newCounty(t), crashfs.New()
	c := first(t, county, fsys)
	if !maps.Equal(shown(c), one) {
		t.Fatalf("shown %v, want %v", shown(c), one)
	}
	png := bytes.Repeat([]byte("picture "), 4096)
	push, blobs := county.edition(main, 2, nil, notice(main, "qinghe-a", 2, picture(png)), notice(main, "qinghe-b", 1))
	must(t, c.Offer(push, blobs))
	if ok, err := c.Commit(); ok || err != nil {
		t.Fatalf("a generation without its picture was committed: %v, %v", ok, err)
	}
	if !maps.Equal(shown(c), one) {
		t.Errorf("half a revision is shown: %v", shown(c))
	}
	missing := c.Missing(main)
	if len(missing) != 1 || missing[0].Ref != assets.RefOf(png) || missing[0].Size != int64(len(png)) {
		t.Fatalf("missing %v, want the picture", missing)
	}
	must(t, c.Blobs().Add(missing[0].Ref, missing[0].Size, bytes.NewReader(png)))
	if ok, err := c.Commit(); !ok || err != nil {
		t.Fatalf("commit: %v, %v", ok, err)
	}
	if got := shown(c); got["qinghe-a"] != 2 {
		t.Errorf("shown %v, want version 2 of qinghe-a", got)
	}
	// And so after a restart.
	if got := shown(openCache(t, fsys.Clone())); got["qinghe-a"] != 2 || len(got) != 4 {
		t.Errorf("after a restart %v", got)
	}
}

func TestTakedownCountsAtOnceAndForEver(t *testing.T) {
	county, fsys := newCounty(t), crashfs.New()
	c := first(t, county, fsys)
	down := []playlist.Takedown{{Notice: "liuxi-b", Version: 1, At: day}}
	// The revision also brings a picture that is not here yet.
	push, blobs := county.edition(own, 2, down, notice(own, "liuxi-a", 2, picture([]byte("not here yet"))))
	must(t, c.Offer(push, blobs))
	if got := shown(c); got["liuxi-b"] != 0 || got["liuxi-a"] != 1 {
		t.Errorf("shown %v, want liuxi-b gone at once and the rest as it was", got)
	}
	restarted := openCache(t, fsys.Clone())
	if got := shown(restarted); got["liuxi-b"] != 0 {
		t.Errorf("a notice that was taken down is back after a restart: %v", got)
	}
	// A later revision that forgets the take-down is refused.
	push, blobs = county.edition(own, 3, nil, notice(own, "liuxi-a", 3), notice(own, "liuxi-b", 1))
	wantRefusal(t, c, push, blobs, wire.ReasonOlder)
	// So is the revision before, sent again.
	push, blobs = county.edition(own, 1, nil, notice(own, "liuxi-a", 1), notice(own, "liuxi-b", 1))
	wantRefusal(t, restarted, push, blobs, wire.ReasonOlder)
}

// TestTakedownWaitsForNoBlob lets the disk fail at every step of taking a revision
// that withdraws a notice and brings others with it: the notice is gone from the
// screen all the same.
func TestTakedownWaitsForNoBlob(t *testing.T) {
	county, base := newCounty(t), crashfs.New()
	first(t, county, base)
	down := []playlist.Takedown{{Notice: "qinghe-b", Version: 1, At: day}}
	push, blobs := county.edition(main, 2, down, notice(main, "qinghe-a", 2), notice(main, "qinghe-c", 1))
	failed := 0
	op := func(fsys *crashfs.FS) error {
		c, err := Open(fsys, "cache", quiet)
		if err != nil || c.Current() == nil {
			return nil // before anything was offered
		}
		err = c.Offer(push, blobs)
		if err != nil {
			failed++
		}
		if got := shown(c); c.Current() != nil && got["qinghe-b"] != 0 {
			return fmt.Errorf("offered with %v, and %v is shown", err, got)
		}
		return nil
	}
	check := func(_ crashfs.Trial, _ *crashfs.FS, wrong error) error { return wrong }
	if err := crashfs.Exhaust(base, []crashfs.Fault{crashfs.ENOSPC}, 1, op, check); err != nil {
		t.Error(err)
	}
	if failed == 0 {
		t.Error("the disk never failed")
	}
}

func wantRefusal(t *testing.T, c *Cache, push wire.Push, blobs [][]byte, want wire.Reason) {
	t.Helper()
	before, had := shown(c), c.Current()
	err := c.Offer(push, blobs)
	refusal, ok := errors.AsType[*wire.Refusal](err)
	if !ok || refusal.Reason != want {
		t.Errorf("offer: %v, want a refusal as %s", err, want)
	}
	if _, err := c.Commit(); err != nil {
		t.Error(err)
	}
	if c.Current() != had || !maps.Equal(shown(c), before) {
		t.Errorf("a refused push changed what is shown: %v", shown(c))
	}
}

// TestRefusals holds SEC-01, 05, 06, 07, 08, 14, 15, 16 at the device's door.
func TestRefusals(t *testing.T) {
	county := newCounty(t)
	c := first(t, county, crashfs.New())
	good := func() (wire.Push, [][]byte) {
		return county.edition(main, 2, nil, notice(main, "qinghe-a", 2), notice(main, "qinghe-b", 1))
	}
	for _, test := range []struct {
		name string
		want wire.Reason
		bend func(*wire.Push, *[][]byte)
	}{
		{"unsigned", wire.ReasonUnsigned, func(p *wire.Push, _ *[][]byte) { p.Envelope.Signatures = nil }},
		{"wrong key", wire.ReasonWrongKey, func(p *wire.Push, _ *[][]byte) {
			p.Envelope = wire.Sign(wire.EditionType, p.Envelope.Payload, keyOf(99))
		}},
		{"village key on the county's channel", wire.ReasonWrongKey, func(p *wire.Push, _ *[][]byte) {
			p.Envelope = wire.Sign(wire.EditionType, p.Envelope.Payload, county.keys[own])
		}},
		{"claims another channel", wire.ReasonWrongKey, func(p *wire.Push, _ *[][]byte) { p.Channel = own }},
		{"another village", wire.ReasonChannel, func(p *wire.Push, _ *[][]byte) { p.Channel = playlist.ChannelID{Site: "shiqiao"} }},
		{"signed as settings", wire.ReasonDamaged, func(p *wire.Push, _ *[][]byte) {
			p.Envelope = wire.Sign(wire.SettingsType, p.Envelope.Payload, county.keys[main])
		}},
		{"one bit of the payload", wire.ReasonDamaged, func(p *wire.Push, _ *[][]byte) { p.Envelope.Payload[40] ^= 1 }},
		{"truncated payload", wire.ReasonDamaged, func(p *wire.Push, _ *[][]byte) {
			p.Envelope.Payload = p.Envelope.Payload[:len(p.Envelope.Payload)/2]
		}},
		{"short signature", wire.ReasonDamaged, func(p *wire.Push, _ *[][]byte) {
			p.Envelope.Signatures[0].Sig = p.Envelope.Signatures[0].Sig[:63]
		}},
		{"oversized", wire.ReasonOversized, func(p *wire.Push, _ *[][]byte) {
			p.Envelope = wire.Sign(wire.EditionType, make([]byte, maxEnvelope+1), county.keys[main])
		}},
		{"signed rubbish", wire.ReasonDamaged, func(p *wire.Push, _ *[][]byte) {
			p.Envelope = wire.Sign(wire.EditionType, []byte(`{"channel":"qinghe","revision":2,"notices":`), county.keys[main])
		}},
		{"a blob that nobody asked for", wire.ReasonDamaged, func(_ *wire.Push, b *[][]byte) { *b = append(*b, []byte("smuggled")) }},
		{"a blob that was changed", wire.ReasonDamaged, func(_ *wire.Push, b *[][]byte) { (*b)[0][0] ^= 1 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			push, blobs := good()
			test.bend(&push, &blobs)
			wantRefusal(t, c, push, blobs, test.want)
		})
	}
	t.Run("a notice vanishes without a take-down", func(t *testing.T) {
		push, blobs := county.edition(main, 2, nil, notice(main, "qinghe-a", 1))
		wantRefusal(t, c, push, blobs, wire.ReasonOlder)
	})
	t.Run("older settings", func(t *testing.T) {
		must(t, c.Offer(county.settings(5), nil))
		wantRefusal(t, c, county.settings(4), nil, wire.ReasonOlder)
	})
	push, blobs := good()
	must(t, c.Offer(push, blobs))
	if ok, err := c.Commit(); !ok || err != nil {
		t.Errorf("the good push after all that: %v, %v", ok, err)
	}
}

// update is what a device does with revision 2, and how far it got.
type update struct{ offered, committed bool }

// TestEveryFailureLeavesAWholeGeneration fails every call of the file system in
// every way, cuts the power after each, and then asks for the whole invariant
// (DOMAIN R03, R04, I1–I3).
func TestEveryFailureLeavesAWholeGeneration(t *testing.T) {
	county, base := newCounty(t), crashfs.New()
	first(t, county, base)
	png := bytes.Repeat([]byte("picture "), 200)
	down := []playlist.Takedown{{Notice: "qinghe-b", Version: 1, At: day}}
	push, blobs := county.edition(main, 2, down, notice(main, "qinghe-a", 2, picture(png)), notice(main, "qinghe-c", 1))
	two := map[playlist.NoticeID]int{"qinghe-a": 2, "qinghe-c": 1, "liuxi-a": 1, "liuxi-b": 1}
	oneWithout := map[playlist.NoticeID]int{"qinghe-a": 1, "liuxi-a": 1, "liuxi-b": 1}

	apply := func(c *Cache) (did update) {
		if c.Offer(push, blobs) != nil {
			return did
		}
		did.offered = true
		for _, b := range c.Missing(main) {
			if c.Blobs().Add(b.Ref, b.Size, bytes.NewReader(png)) != nil {
				return did
			}
		}
		ok, err := c.Commit()
		did.committed = ok && err == nil
		return did
	}
	op := func(fsys *crashfs.FS) update {
		c, err := Open(fsys, "cache", quiet)
		if err != nil {
			return update{}
		}
		return apply(c)
	}
	check := func(trial crashfs.Trial, fsys *crashfs.FS, did update) error {
		c, err := Open(fsys, "cache", quiet)
		if err != nil {
			return fmt.Errorf("the cache does not open: %w", err)
		}
		got := shown(c)
		switch {
		case did.committed && !maps.Equal(got, two):
			return fmt.Errorf("committed, but %v is shown", got)
		case did.offered && got["qinghe-b"] != 0:
			return fmt.Errorf("a take-down that was accepted is forgotten: %v", got)
		case !maps.Equal(got, one) && !maps.Equal(got, oneWithout) && !maps.Equal(got, two):
			return fmt.Errorf("a mixture is shown: %v", got)
		}
		for id := range got {
			if err := whole(c, id); err != nil {
				return err
			}
		}
		// When the disk works again, the device gets there.
		if did := apply(c); !did.offered {
			return errors.New("the push is refused after the disk works again")
		}
		if got := shown(c); !maps.Equal(got, two) {
			return fmt.Errorf("after trying again %v is shown", got)
		}
		return nil
	}
	for _, fault := range crashfs.Faults {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			if err := crashfs.Exhaust(base, []crashfs.Fault{fault}, 3, op, check); err != nil {
				t.Error(err)
			}
		})
	}
}

// whole reads every byte that a shown notice needs.
func whole(c *Cache, id playlist.NoticeID) error {
	n, _, _, ok := c.Current().Library.Notice(id, noon)
	if !ok {
		return fmt.Errorf("notice %s is listed but not there", id)
	}
	for _, b := range n.Blobs() {
		if _, err := c.Read(b.Ref, b.Size); err != nil {
			return fmt.Errorf("picture of %s: %w", id, err)
		}
	}
	return nil
}

// TestRotIsFoundAndMended flips bits all over the cache (DOMAIN R05).
func TestRotIsFoundAndMended(t *testing.T) {
	county, base := newCounty(t), crashfs.New()
	first(t, county, base)
	files := 0
	walk(t, base, "cache", func(name string, size int64) {
		files++
		for _, bit := range []int64{0, size * 4, size*8 - 1} {
			fsys := base.Clone()
			fsys.Flip(name, bit)
			c := openCache(t, fsys)
			for id, version := range shown(c) {
				if one[id] != version {
					t.Fatalf("%s, bit %d: %s@%d is shown", name, bit, id, version)
				}
			}
			// The controller sends what the hello says is not here.
			if _, ok := c.Identity(); !ok {
				must(t, c.Enrol(county.identity()))
			}
			settings, have := c.Have()
			if settings == 0 {
				must(t, c.Offer(county.settings(1), nil))
			}
			for _, ch := range []playlist.ChannelID{main, own} {
				if have[ch] == 0 {
					push, blobs := county.edition(ch, 1, nil, notice(ch, playlist.NoticeID(ch.Site)+"-a", 1), notice(ch, playlist.NoticeID(ch.Site)+"-b", 1))
					must(t, c.Offer(push, blobs))
				}
			}
			for _, b := range c.Missing(playlist.ChannelID{}) {
				for _, ch := range []playlist.ChannelID{main, own} {
					_, blobs := county.edition(ch, 1, nil, notice(ch, playlist.NoticeID(ch.Site)+"-a", 1), notice(ch, playlist.NoticeID(ch.Site)+"-b", 1))
					for _, data := range blobs {
						if assets.RefOf(data) == b.Ref {
							must(t, c.Blobs().Add(b.Ref, b.Size, bytes.NewReader(data)))
						}
					}
				}
			}
			if _, err := c.Commit(); err != nil {
				t.Fatal(err)
			}
			if got := shown(c); !maps.Equal(got, one) {
				t.Errorf("%s, bit %d: after mending %v is shown", name, bit, got)
			}
		}
	})
	if files < 8 {
		t.Errorf("only %d files were damaged", files)
	}
}

func walk(t *testing.T, fsys *crashfs.FS, dir string, each func(string, int64)) {
	t.Helper()
	entries, err := fsys.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			walk(t, fsys, name, each)
			continue
		}
		info, err := fsys.Stat(name)
		must(t, err)
		if info.Size() > 0 {
			each(name, info.Size())
		}
	}
}

func TestNewIdentityForgetsTheOld(t *testing.T) {
	county, fsys := newCounty(t), crashfs.New()
	c := first(t, county, fsys)
	other := county.identity()
	other.Screen = "s-hall-2"
	must(t, c.Enrol(other))
	if len(shown(c)) != 0 || len(shown(openCache(t, fsys.Clone()))) != 0 {
		t.Error("a screen that was given away still shows what it had")
	}
	wantRefusal(t, c, county.settings(9), nil, wire.ReasonChannel)
}

func TestWithdrawnChannelGoes(t *testing.T) {
	county := newCounty(t)
	c := first(t, county, crashfs.New())
	s := c.Current().Settings
	s.Revision = 2
	s.Channels = s.Channels[1:] // the village's own is withdrawn
	payload, err := json.Marshal(s)
	must(t, err)
	must(t, c.Offer(wire.Push{Revision: 2, Envelope: wire.Sign(wire.SettingsType, payload, county.root)}, nil))
	want := map[playlist.NoticeID]int{"qinghe-a": 1, "qinghe-b": 1}
	if got := shown(c); !maps.Equal(got, want) {
		t.Errorf("shown %v, want %v", got, want)
	}
}

func TestSweepKeepsWhatIsNeeded(t *testing.T) {
	county := newCounty(t)
	c := first(t, county, crashfs.New())
	for rev := playlist.Revision(2); rev <= 6; rev++ {
		push, blobs := county.edition(main, rev, nil, notice(main, "qinghe-a", int(rev)), notice(main, "qinghe-b", 1))
		must(t, c.Offer(push, blobs))
		if ok, err := c.Commit(); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	removed, err := c.Sweep()
	must(t, err)
	if removed == 0 {
		t.Error("nothing was swept after five revisions")
	}
	if got := shown(c); got["qinghe-a"] != 6 || len(got) != 4 {
		t.Errorf("shown %v", got)
	}
	for id := range shown(c) {
		must(t, whole(c, id))
	}
}

func TestTimesNeverGoBack(t *testing.T) {
	fsys := crashfs.New()
	c := openCache(t, fsys)
	must(t, c.SaveTimes(Times{Floor: day, AsOf: day}))
	must(t, c.SaveTimes(Times{Floor: day.AddDate(-50, 0, 0), AsOf: day.AddDate(0, 0, -1)}))
	if got := openCache(t, fsys.Clone()).Times(); !got.Floor.Equal(day) || !got.AsOf.Equal(day) {
		t.Errorf("times went back to %v", got)
	}
}

// FuzzFiles puts any bytes into the small files, sealed and not: the cache opens,
// and nothing is shown that was not signed.
func FuzzFiles(f *testing.F) {
	county, base := newCounty(f), crashfs.New()
	first(f, county, base)
	names := []string{fileIdentity, fileRatchet, fileGeneration, filePrevious, fileTimes}
	for i, name := range names {
		data, err := durable.ReadFile(base, "cache/"+name)
		must(f, err)
		body, err := unseal(data)
		must(f, err)
		f.Add(i, true, body)
		f.Add(i, false, data[:len(data)/2])
	}
	f.Add(2, true, []byte(`{"channels":{"!":{}}}`))
	f.Fuzz(func(t *testing.T, i int, sealed bool, data []byte) {
		if sealed {
			data = seal(data)
		}
		fsys := base.Clone()
		must(t, durable.WriteFile(fsys, "cache/"+names[(i%len(names)+len(names))%len(names)], data))
		for id, version := range shown(openCache(t, fsys)) {
			if one[id] != version {
				t.Errorf("%s@%d is shown", id, version)
			}
		}
	})
}

package cache

import (
	"bytes"
	"testing"

	"mingbai/assets"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// sign compiles and signs an edition after change has had its way with it.
func (c *county) sign(ch playlist.ChannelID, rev playlist.Revision, change func(*playlist.Edition), notices ...*playlist.Notice) (wire.Push, [][]byte) {
	push, attached := c.edition(ch, rev, nil, notices...)
	e, err := playlist.DecodeEdition(push.Envelope.Payload)
	if err != nil {
		c.t.Fatal(err)
	}
	change(e)
	payload, err := e.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	push.Envelope = wire.Sign(wire.EditionType, payload, c.keys[ch])
	return push, attached
}

func blobOf(data []byte) *playlist.Blob {
	return &playlist.Blob{Ref: assets.RefOf(data), Size: int64(len(data))}
}

// TestSpeechIsAnExtra: a generation is whole without its recordings; they are
// asked for afterwards, within their share of the disk, kept by a sweep and gone
// with the last edition that names them.
func TestSpeechIsAnExtra(t *testing.T) {
	county, fsys := newCounty(t), crashfs.New()
	c := first(t, county, fsys)
	long, short := bytes.Repeat([]byte("speech "), 1000), []byte("a word")
	push, blobs := county.sign(main, 2, func(e *playlist.Edition) {
		e.Notices[0].Speech, e.Notices[1].Speech = blobOf(long), blobOf(short)
	}, notice(main, "qinghe-a", 2), notice(main, "qinghe-b", 1))
	must(t, c.Offer(push, blobs))
	if ok, err := c.Commit(); !ok || err != nil {
		t.Fatalf("a generation must not wait for recordings: %v, %v", ok, err)
	}
	if got := c.Extras(1 << 20); len(got) != 2 {
		t.Fatalf("extras %v, want both recordings", got)
	}
	if got := c.Extras(10); len(got) > 1 {
		t.Errorf("extras %v take more than their share", got)
	}
	must(t, c.Blobs().Add(assets.RefOf(short), int64(len(short)), bytes.NewReader(short)))
	if got := c.Extras(1 << 20); len(got) != 1 || got[0] != *blobOf(long) {
		t.Errorf("extras %v, want the one that is not here", got)
	}
	if _, err := c.Sweep(); err != nil || !c.Blobs().Has(assets.RefOf(short)) {
		t.Errorf("the sweep took a recording that is in use (%v)", err)
	}
	for rev := playlist.Revision(3); rev <= 4; rev++ { // the edition before is kept as well
		push, blobs = county.edition(main, rev, nil, notice(main, "qinghe-a", 2), notice(main, "qinghe-b", 1))
		must(t, c.Offer(push, blobs))
		if ok, err := c.Commit(); !ok || err != nil {
			t.Fatalf("commit: %v, %v", ok, err)
		}
	}
	if _, err := c.Sweep(); err != nil || c.Blobs().Has(assets.RefOf(short)) {
		t.Errorf("the sweep left a recording that nobody names (%v)", err)
	}
}

// TestRareGlyphsAreNeeded: an edition is not shown before its characters are
// here, because a name with a hole in it is wrong.
func TestRareGlyphsAreNeeded(t *testing.T) {
	county, fsys := newCounty(t), crashfs.New()
	c := first(t, county, fsys)
	font := []byte("the characters of a name")
	push, blobs := county.sign(main, 2, func(e *playlist.Edition) { e.Glyphs = blobOf(font) },
		notice(main, "qinghe-a", 2), notice(main, "qinghe-b", 1))
	must(t, c.Offer(push, blobs))
	if ok, err := c.Commit(); ok || err != nil {
		t.Fatalf("a generation without its characters was committed: %v, %v", ok, err)
	}
	if got := c.Missing(main); len(got) != 1 || got[0] != *blobOf(font) {
		t.Fatalf("missing %v, want the characters", got)
	}
	must(t, c.Blobs().Add(assets.RefOf(font), int64(len(font)), bytes.NewReader(font)))
	if ok, err := c.Commit(); !ok || err != nil {
		t.Fatalf("commit: %v, %v", ok, err)
	}
	if got := c.Current().Library.Glyphs(); len(got) != 1 || got[0] != *blobOf(font) {
		t.Errorf("the library names %v", got)
	}
	if _, err := c.Sweep(); err != nil || !c.Blobs().Has(assets.RefOf(font)) {
		t.Errorf("the sweep took the characters (%v)", err)
	}
}

package outline

import (
	"bytes"
	"runtime"
	"slices"
	"testing"

	"github.com/go-text/typesetting/font"

	"mingbai/assets/fonts"
)

// TestSame: the outlines that are read in place are those that the module reads from
// its own copy, in kind, order and place.
func TestSame(t *testing.T) {
	for name, file := range map[string][]byte{"sans": fonts.Sans(), "serif": fonts.Serif(), "rare": fonts.Rare(true)} {
		f, err := Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		if f.cff == nil {
			t.Fatalf("%s: the outlines are not read in place", name)
		}
		whole, err := font.ParseTTF(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		glyphs := len(f.cff.Charstrings)
		if glyphs < 100 {
			t.Fatalf("%s has %d glyphs", name, glyphs)
		}
		inked := 0
		for gid := font.GID(0); int(gid) < glyphs; gid += 37 {
			got, ok := f.Segments(gid)
			want, has := whole.GlyphDataOutline(gid)
			if ok != has || !slices.Equal(got, want.Segments) {
				t.Fatalf("%s: glyph %d has other outlines in place", name, gid)
			}
			if len(got) > 0 {
				inked++
			}
			top, ok := f.Top(gid)
			if box, has := whole.GlyphExtents(gid); ok != has || top != box.YBearing {
				t.Errorf("%s: glyph %d reaches to %v, not %v", name, gid, top, box.YBearing)
			}
			if a, b := f.Font.HorizontalAdvance(gid), whole.HorizontalAdvance(gid); a != b {
				t.Errorf("%s: glyph %d is %v wide, not %v", name, gid, a, b)
			}
		}
		if inked == 0 {
			t.Errorf("%s has no ink", name)
		}
		for _, gid := range []font.GID{font.GID(glyphs), 1<<16 + 1} {
			if _, ok := f.Segments(gid); ok {
				t.Errorf("%s: glyph %d of %d has outlines", name, gid, glyphs)
			}
			if _, ok := f.Top(gid); ok {
				t.Errorf("%s: glyph %d of %d has a top", name, gid, glyphs)
			}
		}
	}
}

// TestLean: a face takes a small part of its file from the heap.
func TestLean(t *testing.T) {
	file := fonts.Bold()
	live := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	f, err := Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	if took := int64(live() - before); took > int64(len(file))/3 {
		t.Errorf("a face of %d bytes keeps %d bytes on the heap", len(file), took)
	}
	runtime.KeepAlive(f)
}

// FuzzOutlinesOf: whatever the directory says, what is found lies in the file.
func FuzzOutlinesOf(f *testing.F) {
	f.Add([]byte("OTTO\x00\x01\x00\x00\x00\x00\x00\x00CFF \x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x00\x02ab"))
	f.Add([]byte("OTTO\x00\x01\x00\x00\x00\x00\x00\x00CFF \x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("OTTO\xff\xff\x00\x00\x00\x00\x00\x00head"))
	f.Fuzz(func(t *testing.T, file []byte) {
		entry, table, ok := outlinesOf(file)
		if !ok {
			return
		}
		if string(file[entry:entry+4]) != "CFF " || !bytes.Contains(file, table) {
			t.Errorf("found %d bytes by the entry at %d", len(table), entry)
		}
		v := view{Reader: bytes.NewReader(file), tag: entry}
		shown := make([]byte, len(file))
		if n, err := v.ReadAt(shown, 0); n != len(file) || string(shown[entry:entry+4]) != "-FF " {
			t.Errorf("read %d of %d bytes, the name %q: %v", n, len(file), shown[entry:entry+4], err)
		}
	})
}

package rare_test

import (
	"bytes"
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/scene/typeset/outline"
	"mingbai/playlist/scene/typeset/rare"
)

// source writes an embedded face to a file, as a machine has fonts.
func source(t testing.TB, face []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "source.otf")
	if err := os.WriteFile(path, face, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestGlyphsLookAlike draws characters from the subset and from their source:
// cubic curves have become quadratic ones, and nobody can see it.
func TestGlyphsLookAlike(t *testing.T) {
	sources, missing := rare.Open([]string{"/nowhere/at-all.ttf", source(t, fonts.Serif())})
	if len(missing) != 1 {
		t.Errorf("missing files %q, want the one that is not there", missing)
	}
	text := []rune("㛃永鬱囍龘明白")
	file, lost, err := sources.Subset(text)
	if err != nil || len(lost) > 0 {
		t.Fatalf("Subset: %v, lost %q", err, string(lost))
	}
	again, _, err := sources.Subset([]rune("白明龘囍鬱永㛃㛃"))
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("the same characters in another order give other bytes (%v)", err)
	}
	want, err := outline.Parse(fonts.Serif())
	if err != nil {
		t.Fatal(err)
	}
	got, err := outline.Parse(file)
	if err != nil {
		t.Fatalf("the subset cannot be read: %v", err)
	}
	for _, r := range text {
		a, ok1 := want.Glyph(r)
		b, ok2 := got.Glyph(r)
		if !ok1 || !ok2 {
			t.Fatalf("%c: in the source %v, in the subset %v", r, ok1, ok2)
		}
		if x, y := want.Advance(a, 100), got.Advance(b, 100); math.Abs(float64(x-y)) > 0.1 {
			t.Errorf("%c: advance %v, want %v", r, y, x)
		}
		one, two := inked(want.Mask(a, 120)), inked(got.Mask(b, 120))
		sum, worst := 0.0, 0.0
		for i := range one {
			d := math.Abs(float64(one[i]) - float64(two[i]))
			sum, worst = sum+d, max(worst, d)
		}
		if mean := sum / float64(len(one)); mean > 0.5 || worst > 80 {
			t.Errorf("%c: the pixels differ by %.2f of 255 on average, at worst by %.0f", r, mean, worst)
		}
	}
}

// inked puts a mask of 120 pixels an em on a field of 160 by 160.
func inked(m *scene.Mask, at image.Point) []uint8 {
	const side, pen, base = 160, 20, 130
	field := make([]uint8, side*side)
	for y := range m.H {
		for x := range m.W {
			if v := m.Pix[y*m.W+x]; v > 0 {
				field[(base+at.Y+y)*side+pen+at.X+x] = v
			}
		}
	}
	return field
}

// TestMissingCharactersAreNamed: what no source has is said, never drawn as a
// box.
func TestMissingCharactersAreNamed(t *testing.T) {
	sources, _ := rare.Open([]string{source(t, fonts.Sans())})
	file, lost, err := sources.Subset([]rune("中\U00030EDD"))
	if err != nil || string(lost) != "\U00030EDD" || len(file) == 0 {
		t.Errorf("Subset: %d bytes, lost %q, %v", len(file), string(lost), err)
	}
	if file, lost, err = sources.Subset([]rune{0x30EDD}); file != nil || len(lost) != 1 || err != nil {
		t.Errorf("nothing to hold: %d bytes, lost %q, %v", len(file), string(lost), err)
	}
	if sources.Has(0x30EDD) || !sources.Has('中') {
		t.Error("Has does not tell what is there")
	}
	if _, _, err := sources.Subset(make([]rune, 0)); err != nil {
		t.Error(err)
	}
}

// TestBrokenSource names the file.
func TestBrokenSource(t *testing.T) {
	sources, _ := rare.Open([]string{source(t, []byte("no font"))})
	if _, _, err := sources.Subset([]rune{'中'}); err == nil {
		t.Error("a file that is no font gives no error")
	}
}

// TestSetterTakesTheSubset: a character that only the subset has is drawn.
func TestSetterTakesTheSubset(t *testing.T) {
	sources, _ := rare.Open([]string{source(t, fonts.Rare(false))})
	const r = '𠅤'
	name := string(r)
	file, lost, err := sources.Subset([]rune(name))
	if err != nil || len(lost) > 0 {
		t.Fatalf("Subset: %v, lost %q", err, string(lost))
	}
	s := typeset.New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	if got := s.Missing(name); len(got) != 1 {
		t.Fatalf("before: missing %q", string(got))
	}
	if err := s.SetRare(file); err != nil {
		t.Fatal(err)
	}
	if got := s.Missing(name); len(got) != 0 {
		t.Errorf("after: missing %q", string(got))
	}
	if err := s.SetRare(); err != nil {
		t.Fatal(err)
	}
	if got := s.Missing(name); len(got) != 1 {
		t.Errorf("without it again: missing %q", string(got))
	}
}

// TestEmbeddedRareNames: the names that people ask about first need no subset.
func TestEmbeddedRareNames(t *testing.T) {
	if got := typeset.Missing("𬭎㛃𬘓𫖯𬱖𫘦𬞟"); len(got) != 0 {
		t.Errorf("missing %q", string(got))
	}
}

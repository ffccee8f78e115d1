package fonts

import (
	"strings"
	"testing"
)

func TestUnifontCoversTheIdeographs(t *testing.T) {
	d, err := Unifont()
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, span := range [][2]rune{{0x20, 0x7E}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0x3001, 0x3011}, {0xFF01, 0xFF5E}} {
		for r := span[0]; r <= span[1]; r++ {
			if _, _, ok := d.Glyph(r); !ok {
				missing++
			}
		}
	}
	// Unifont 15 has every ideograph of GB 18030 level 2; the last few code
	// points of the block were assigned after it.
	if missing > 16 {
		t.Fatalf("%d characters of the basic ranges have no dots", missing)
	}
	rows, width, ok := d.Glyph('一')
	if !ok || width != 16 || len(rows) != 32 {
		t.Fatalf("一 is %d dots wide with %d bytes, found %v", width, len(rows), ok)
	}
	inked := 0
	for y := range DotRows {
		if rows[y*2]|rows[y*2+1] != 0 {
			inked++
		}
	}
	if inked < 1 || inked > 4 {
		t.Errorf("一 has ink in %d rows, want one stroke", inked)
	}
	if _, width, ok := d.Glyph('8'); !ok || width != 8 {
		t.Errorf("8 is %d dots wide, want 8", width)
	}
	for _, r := range []rune{-1, 0, 0x1F, 0x1F600, 0x10FFFF} {
		if _, _, ok := d.Glyph(r); ok {
			t.Errorf("%U has dots", r)
		}
	}
}

func TestFacesAndLicence(t *testing.T) {
	for name, face := range map[string][]byte{"sans": Sans(), "bold": Bold(), "serif": Serif()} {
		if !strings.HasPrefix(string(face[:min(4, len(face))]), "OTTO") {
			t.Errorf("%s is not an OpenType font with CFF outlines", name)
		}
	}
	for _, want := range []string{"SIL OPEN FONT LICENSE Version 1.1", "Adobe", "Unifont"} {
		if !strings.Contains(Licence, want) {
			t.Errorf("the licence does not mention %q", want)
		}
	}
	for _, want := range []string{"Ark Pixel", "Kim Jeong-Hwan", "M+ BITMAP FONTS"} {
		if !strings.Contains(DotsLicence, want) {
			t.Errorf("the licence of the dots does not mention %q", want)
		}
	}
}

func FuzzParseDots(f *testing.F) {
	f.Add([]byte{0x20, 1, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	f.Add([]byte{0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := parseDots(raw)
		if err != nil {
			return
		}
		for r := rune(0); r < 512; r++ {
			if rows, width, ok := d.Glyph(r); ok && len(rows) != width/8*DotRows {
				t.Fatalf("%U has %d bytes for %d dots", r, len(rows), width)
			}
		}
	})
}

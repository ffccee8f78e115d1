package hint

import (
	"math"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene/typeset/outline"
)

// TestKept draws one in seven of the first level of GB 2312, the characters that
// texts are made of, and counts parts and enclosed spaces that were lost or that
// were not there. The bounds hold the drawings to what they are: strokes made
// thicker for the sake of evenness must not close what they enclose.
func TestKept(t *testing.T) {
	face, err := outline.Parse(fonts.Sans())
	if err != nil {
		t.Fatal(err)
	}
	var d Drawer
	for _, c := range []struct {
		size, stem int
		most       float64 // of a hundred characters, how many parts and spaces
	}{{24, 2, 15}, {32, 3, 7}} {
		lost, drawn, wrong := 0, 0, 0
		for i := 0; i < 3755; i += 7 {
			text, err := simplifiedchinese.GBK.NewDecoder().String(string([]byte{0xB0 + byte(i/94), 0xA1 + byte(i%94)}))
			if err != nil {
				t.Fatal(err)
			}
			gid, _ := face.Glyph([]rune(text)[0])
			segments, _ := face.Segments(gid)
			spec := Spec{Scale: float64(c.size) / 1000, Stem: c.stem, Width: c.size, Height: c.size, Baseline: int(math.Round(0.88 * float64(c.size))), Right: 1}
			pix := d.Draw(segments, spec)
			want := d.model(load(segments, spec), spec)
			parts, holes := count(pix, c.size, c.size)
			n := abs(parts-want.parts) + abs(holes-want.holes)
			drawn++
			lost += n
			if n > 0 {
				wrong++
			}
		}
		share := 100 * float64(lost) / float64(drawn)
		t.Logf("%d dots: of %d characters %d differ, by %.1f parts and spaces in a hundred", c.size, drawn, wrong, share)
		if share > c.most {
			t.Errorf("%d dots: %.1f parts and spaces too many or too few in a hundred characters, at most %.1f before", c.size, share, c.most)
		}
	}
}

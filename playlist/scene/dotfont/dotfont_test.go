package dotfont

import (
	"image/color"
	"slices"
	"strconv"
	"testing"

	"mingbai/playlist/scene/golden"
)

func TestGlyphsAreDots(t *testing.T) {
	for _, size := range Sizes() {
		f, err := Face(size)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range "青禾县政务服务中心请到号窗口，。：（）《》0123456789AWgjy@年" {
			m, adv, ok := f.Glyph(r)
			if !ok || m == nil {
				t.Errorf("%d dots: %c is missing", size, r)
				continue
			}
			if m.H != size || m.W < adv || len(m.Pix) != m.W*m.H {
				t.Errorf("%d dots: %c is %d×%d and moves the pen by %d", size, r, m.W, m.H, adv)
			}
			for _, v := range m.Pix {
				if v != 0 && v != 255 {
					t.Fatalf("%d dots: %c has a dot of %d", size, r, v)
				}
			}
			if again, _, _ := f.Glyph(r); again != m {
				t.Errorf("%d dots: %c is drawn again", size, r)
			}
			if r > 0x2000 && adv != size {
				t.Errorf("%d dots: full-width %c moves the pen by %d", size, r, adv)
			}
		}
		_, want, _ := f.Glyph('0')
		for r := '1'; r <= '9'; r++ {
			if _, adv, _ := f.Glyph(r); adv != want {
				t.Errorf("%d dots: %c is %d wide, 0 is %d", size, r, adv, want)
			}
		}
		if m, adv, ok := f.Glyph(' '); m != nil || adv == 0 || !ok {
			t.Errorf("%d dots: a space has mask %v, advance %d", size, m, adv)
		}
		if m, adv, ok := f.Glyph('\u3000'); m != nil || adv != size || !ok {
			t.Errorf("%d dots: a full-width space has mask %v, advance %d", size, m, adv)
		}
		if f.Has('\U0001F600') || f.Has(-1) || f.Has(0) {
			t.Errorf("%d dots: claims glyphs that it lacks", size)
		}
	}
	if _, err := Face(13); err == nil {
		t.Error("there is a face of 13 dots")
	}
}

func TestMeasureAndMissing(t *testing.T) {
	f, err := Face(16)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Measure("3号窗口"); got != 8+3*16 {
		t.Errorf("3号窗口 measures %d", got)
	}
	if got := f.Missing("请到\U0001F600窗\n口\U0001F600"); len(got) != 1 || got[0] != 0x1F600 {
		t.Errorf("missing %U", got)
	}
}

// zoom keeps the golden pictures small.
func zoom(size int) int {
	if size <= 32 {
		return 3
	}
	return 1
}

// TestRareNames draws names beyond the basic plane: coarse, but there.
func TestRareNames(t *testing.T) {
	for _, size := range Sizes() {
		f, err := Face(size)
		if err != nil {
			t.Fatal(err)
		}
		const names = "张𬭎、李㛃、王𬘓"
		if got := f.Missing(names); len(got) > 0 {
			t.Errorf("%d dots: missing %q", size, string(got))
		}
		img, err := f.Picture(names, zoom(size), color.RGBA{255, 90, 40, 255})
		if err != nil {
			t.Fatal(err)
		}
		golden.Image(t, "rare-"+strconv.Itoa(size), img, 0)
	}
}

func TestGoldenFaces(t *testing.T) {
	for _, size := range Sizes() {
		f, err := Face(size)
		if err != nil {
			t.Fatal(err)
		}
		img, err := f.Picture("青禾县政务服务，请到3号窗口。A0123 Wgjy 09:30（1,286.40）《通知》℃￥5%：；鑫龘懿赢酱鬱囊谌韬骞", zoom(size), color.RGBA{255, 90, 40, 255})
		if err != nil {
			t.Fatal(err)
		}
		golden.Image(t, "face-"+strconv.Itoa(size), img, 0)
	}
}

func TestSizes(t *testing.T) {
	all := Sizes()
	if !slices.IsSorted(all) || all[0] != 12 || all[len(all)-1] != 256 {
		t.Errorf("the sizes are %d", all)
	}
	for limit, want := range map[int]int{0: 12, 12: 12, 15: 12, 16: 16, 39: 32, 127: 96, 128: 128, 159: 128, 192: 192, 540: 256} {
		if got := Largest(limit); got != want {
			t.Errorf("the largest size within %d dots is %d, want %d", limit, got, want)
		}
	}
}

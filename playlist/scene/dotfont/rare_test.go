package dotfont

import (
	"image/color"
	"path/filepath"
	"strconv"
	"testing"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/typeset/rare"
)

// lend makes the file of characters that only the office's fonts have.
func lend(t *testing.T, runes ...rune) []byte {
	t.Helper()
	sources, _ := rare.Open([]string{filepath.Join("..", "typeset", "rare", "testdata", "hanazono.ttf")})
	file, lost, err := sources.Subset(runes)
	if err != nil || len(lost) > 0 {
		t.Fatal(err, string(lost))
	}
	return file
}

// TestBroughtCharacters draws a character of an edition at every size, as long as
// one of its owners lends it.
func TestBroughtCharacters(t *testing.T) {
	const r = '\U0002A6C7'
	file := lend(t, r)
	one, two := new(int), new(int)
	each := func(want bool) {
		t.Helper()
		for _, size := range Sizes() {
			f, err := Face(size)
			if err != nil {
				t.Fatal(err)
			}
			m, adv, ok := f.Glyph(r)
			if ok != want || f.Has(r) != want || want && (m == nil || m.H != size || adv != size) {
				t.Errorf("%d dots: there %v, want %v; %d wide", size, ok, want, adv)
			}
			if got := f.Measure("a" + string(r)); got != f.Measure("a〓") {
				t.Errorf("%d dots: the character takes %d dots, a mark in its place %d", size, got, f.Measure("a〓"))
			}
			if again, _, _ := f.Glyph(r); again != m {
				t.Errorf("%d dots: drawn twice", size)
			}
		}
	}
	each(false)
	for _, owner := range []any{one, two, one} {
		if err := SetRare(owner, file); err != nil {
			t.Fatal(err)
		}
		each(true)
	}
	for _, size := range []int{12, 16, 24, 32, 64} {
		f, err := Face(size)
		if err != nil {
			t.Fatal(err)
		}
		img, err := f.Picture("村民"+string(r)+"某", zoom(size), color.RGBA{255, 90, 40, 255})
		if err != nil {
			t.Fatal(err)
		}
		golden.Image(t, "brought-"+strconv.Itoa(size), img, 0)
	}
	f, err := Face(24)
	if err != nil {
		t.Fatal(err)
	}
	own, _, _ := f.Glyph('明')
	if err := SetRare(one); err != nil {
		t.Fatal(err)
	}
	each(true) // two still lends it
	if err := SetRare(two, []byte("no font"), fonts.Rare(false)); err == nil {
		t.Error("a file that is no font gives no error")
	}
	each(false)
	if err := SetRare(two); err != nil {
		t.Fatal(err)
	}
	if now, _, _ := f.Glyph('明'); now != own {
		t.Error("a character of the face itself was forgotten")
	}
}

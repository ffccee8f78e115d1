package book_test

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"mingbai/cmd/internal/book"
)

// TestWrite draws the short book and opens what lies there.
func TestWrite(t *testing.T) {
	if raceOn {
		t.Log("The book is written without -race; its pages are drawn with it by TestEveryPageHolds.")
		return
	}
	dir := t.TempDir()
	modes := book.Modes()[:2]
	n, err := book.Write(t.Context(), dir, modes, func(m book.Mode) (*book.Place, error) { return book.Open("liuxi", m.Panel, day) }, false)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(files) != n || n < len(modes)*30 {
		t.Fatalf("%d pictures are said, %d lie there (%v)", n, len(files), err)
	}
	for _, name := range []string{"upright-normal-home-1.png", "wide-normal-search-pinyin-1.png"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := png.DecodeConfig(f)
		if err != nil || cfg.Width*cfg.Height != 1080*1920 {
			t.Errorf("%s: %dx%d, %v", name, cfg.Width, cfg.Height, err)
		}
		f.Close()
	}
}

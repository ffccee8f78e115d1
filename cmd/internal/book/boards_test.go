package book_test

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"mingbai/cmd/internal/book"
)

// TestBoards writes the contact sheets and opens what lies there.
func TestBoards(t *testing.T) {
	if raceOn {
		t.Log("The sheets are drawn without -race, on one goroutine.")
		return
	}
	dir := t.TempDir()
	place, err := book.Open("liuxi", book.Upright, day)
	if err != nil {
		t.Fatal(err)
	}
	names, err := book.Boards(t.Context(), dir, place)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 3 {
		t.Fatalf("%d sheets, want one for every kind of dots", len(names))
	}
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		img, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		wide, high := 0, 0
		for _, size := range book.BoardSizes {
			wide += size.X * 2
			high = max(high, size.Y)
		}
		kinds, err := place.BoardKinds()
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() < wide || b.Dy() < len(kinds)*2*2*high {
			t.Errorf("%s is %v, less than the boards that it shows", name, b.Size())
		}
	}
}

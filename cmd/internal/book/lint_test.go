package book_test

import (
	"testing"
	"time"

	"mingbai/cmd/internal/book"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
)

// day is when the book's test stands before the screen: a Friday at half past
// nine in the sample's year.
var day = time.Date(2026, time.November, 20, 9, 30, 0, 0, time.FixedZone("CST", 8*60*60))

// TestEveryPageHolds is the layout lint over every page of the sample county in
// every mode of the book, from top to foot: at a village's own screen.
func TestEveryPageHolds(t *testing.T) {
	for _, mode := range book.Modes() {
		if raceOn && mode.Name != "upright-normal" {
			continue // the same code on one goroutine; the others are walked without -race
		}
		t.Run(mode.Name, func(t *testing.T) {
			t.Parallel()
			place, err := book.Open("liuxi", mode.Panel, day)
			if err != nil {
				t.Fatal(err)
			}
			b := page.New(typeset.Default(), place.Library.Settings(), place.Pictures)
			pages := place.Pages()
			if len(pages) < 150 {
				t.Fatalf("the book has only %d pages", len(pages))
			}
			for _, pg := range pages {
				if raceOn && pg.All {
					continue
				}
				err := place.Draw(b, pg, mode, func(turn int, f *scene.Frame, info page.Info) error {
					for _, problem := range page.Audit(f, info, mode.Panel) {
						t.Errorf("%s, screen %d: %s", pg.Name, turn+1, problem)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

package page_test

import (
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/specimen"
)

// tolerance of golden pictures: none, the CPU painter is exact.
const tolerance = 0

func TestGolden(t *testing.T) {
	panels := []playlist.Panel{specimen.Portrait, specimen.Landscape}
	if raceOn {
		panels = panels[:1]
	}
	all, err := specimen.Kept(panels...)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		if raceOn && i%4 != 0 {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			golden.Frame(t, s.Name, s.Frame, tolerance)
		})
	}
}

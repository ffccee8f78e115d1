package page_test

import (
	"testing"

	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/specimen"
)

// tolerance of golden pictures: none, the CPU painter is exact.
const tolerance = 0

func TestGolden(t *testing.T) {
	all, err := specimen.Golden()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.LED {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			golden.Frame(t, s.Name, s.Frame, tolerance)
		})
	}
}

package led_test

import (
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/specimen"
)

func TestGolden(t *testing.T) {
	for _, panel := range []playlist.Panel{specimen.Board, specimen.Strip} {
		for _, s := range specimen.LED(panel) {
			golden.Frame(t, s.Name, s.Frame, 0)
		}
	}
}

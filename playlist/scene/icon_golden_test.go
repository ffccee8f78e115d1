package scene_test

import (
	"image"
	"testing"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/golden"
)

func TestGoldenIcons(t *testing.T) {
	names := scene.Icons()
	c := scene.NewCanvas(8*72+16, 6*72*2+32, scene.Paper)
	for i, n := range names {
		at := image.Pt(16+i%8*72, 16+i/8*72)
		c.Icon(n, at, 48, scene.Ink)
		c.Icon(n, at.Add(image.Pt(0, 6*72)), 32, scene.Government)
	}
	c.Round(image.Rect(400, 382, 460, 432), 12, scene.Money)
	c.Outline(image.Rect(470, 382, 530, 432), 12, 3, scene.Ink)
	c.Disc(image.Pt(540, 382), 44, scene.Village)
	golden.Frame(t, "icons", c.Frame(), 2)
}

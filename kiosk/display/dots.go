package display

import (
	"image"

	"github.com/hajimehoshi/ebiten/v2"
)

// dotsSource draws each pixel of the source as a round lamp on a dark board.
// A lamp that is off stays faintly visible, as on a real board in daylight.
const dotsSource = `//kage:unit pixels
package main

var Pitch float

func Fragment(dst vec4, src vec2, color vec4) vec4 {
	// Not dst: the window's own rows count from the bottom in OpenGL.
	p := src - imageSrc0Origin()
	lamp := floor(p)
	from := p - lamp - 0.5
	lit := imageSrc0UnsafeAt(lamp + 0.5 + imageSrc0Origin()).rgb
	edge := 0.75 / Pitch
	cover := 1 - smoothstep(0.42-edge, 0.42+edge, length(from))
	board := vec3(0.035, 0.037, 0.042)
	off := vec3(0.075, 0.078, 0.085)
	return vec4(mix(board, max(lit, off), cover), 1)
}
`

// paintDots draws the lamps image as a board of round dots at the window's
// upper left corner.
func (s *stage) paintDots(screen ebiten.FinalScreen, size image.Point) {
	if s.dots == nil {
		sh, err := ebiten.NewShader([]byte(dotsSource))
		if err != nil {
			panic("display: the dots shader does not compile: " + err.Error())
		}
		s.dots = sh
	}
	pitch := s.opts.Scale
	v := s.corners(size, float64(pitch), image.Point{})
	screen.DrawTrianglesShader(v, []uint16{0, 1, 2, 1, 3, 2}, s.dots, &ebiten.DrawTrianglesShaderOptions{
		Uniforms: map[string]any{"Pitch": float32(pitch)},
		Images:   [4]*ebiten.Image{s.lamps},
	})
}

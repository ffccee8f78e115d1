package led

import (
	"image/color"
	"math"
	"slices"

	"mingbai/playlist/scene"
)

// gamma is the power by which sending cards and pixel controllers turn the values
// of a picture into light, as they come from the works and as configs.Output has
// it: so many per cent of the values would be far less light.
const gamma = 2.2

// Dim returns the frame at so many per cent of its light: the colours of its
// operations are scaled by the root that gamma undoes, so that every painter and
// every output takes it exactly, dot for dot, and it costs no painting. The frame
// itself is not changed; at 100 it is returned as it is, at 0 it is black.
//
// Colours are scaled as a whole and rounded, so that their hue stays within what
// eight bits can say, and a dot that is lit stays lit down to the lowest level.
// A card that is set to a gamma of 1 gives more light than asked for. A frame
// with pictures is covered with black instead.
func Dim(f *scene.Frame, percent float64) *scene.Frame {
	switch {
	case percent >= 100:
		return f
	case !(percent > 0):
		return &scene.Frame{Size: f.Size, Ground: black}
	}
	by := math.Pow(percent/100, 1/gamma)
	out := &scene.Frame{Size: f.Size, Regions: f.Regions}
	if slices.ContainsFunc(f.Ops, func(o scene.Op) bool { return o.Kind == scene.OpImage }) {
		out.Ground = f.Ground
		over := scene.NewCanvas(f.Size.X, f.Size.Y, f.Ground)
		over.Fill(over.Bounds(), color.RGBA{A: uint8(math.Round(255 * (1 - by)))})
		out.Ops = append(slices.Clone(f.Ops), over.Frame().Ops...)
		return out
	}
	out.Ground = dimmed(f.Ground, by)
	out.Ops = slices.Clone(f.Ops)
	var last, as color.RGBA // most of a board is of one colour
	for i := range out.Ops {
		c := &out.Ops[i].Color
		if *c != last {
			last, as = *c, dimmed(*c, by)
		}
		*c = as
	}
	return out
}

// dimmed scales a premultiplied colour. Its brightest channel decides: it is at
// least 1, and the others keep their proportion to it.
func dimmed(c color.RGBA, by float64) color.RGBA {
	most := max(c.R, c.G, c.B)
	if most == 0 {
		return c
	}
	to := max(math.Round(float64(most)*by), 1)
	scale := func(v uint8) uint8 { return uint8(math.Round(float64(v) * to / float64(most))) }
	return color.RGBA{scale(c.R), scale(c.G), scale(c.B), c.A}
}

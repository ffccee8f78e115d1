package pixel

import (
	"math"
	"strings"

	"mingbai/configs"
)

// tables turn the picture's red, green and blue into what lamps get.
type tables [3][256]uint8

// tablesOf computes v' = 255 · (v/255)^gamma · balance · brightness, rounded.
func tablesOf(o configs.Output) *tables {
	t := new(tables)
	for c := range t {
		factor := 255 * o.Balance[c] * o.Brightness
		for v := range t[c] {
			t[c][v] = uint8(math.Round(factor * math.Pow(float64(v)/255, o.Gamma[c])))
		}
	}
	return t
}

// order is where the channels of a dot come from: 0, 1 and 2 are red, green and
// blue, white is the lamp beside them, alone is the only lamp of a dot.
type order []uint8

const (
	white = 3
	alone = 4
)

func orderOf(colours string) order {
	o := make(order, len(colours))
	for i, c := range colours {
		o[i] = uint8(strings.IndexRune("rgbw", c))
	}
	if colours == "w" {
		o[0] = alone
	}
	return o
}

// encode writes the channels of the dots of rs into dst, which has room for them
// all.
func (o order) encode(dst, pix []uint8, rs []run, t *tables) {
	if len(o) == 3 {
		o.encode3(dst, pix, rs, t)
		return
	}
	for _, r := range rs {
		at := r.from
		for range r.dots {
			o.dot(dst[:len(o)], pix[at:at+3:at+3], t)
			dst = dst[len(o):]
			at += r.step
		}
	}
}

// encode3 is encode for three colours, the usual case.
func (o order) encode3(dst, pix []uint8, rs []run, t *tables) {
	a, b, c := int(o[0]), int(o[1]), int(o[2])
	ta, tb, tc := &t[a], &t[b], &t[c]
	for _, r := range rs {
		at := r.from
		out := dst[:3*r.dots]
		dst = dst[3*r.dots:]
		for len(out) >= 3 {
			p := pix[at : at+4 : at+4]
			out[0], out[1], out[2] = ta[p[a]], tb[p[b]], tc[p[c]]
			out = out[3:]
			at += r.step
		}
	}
}

// dot writes the channels of one dot.
func (o order) dot(dst, p []uint8, t *tables) {
	rgb := [3]uint8{t[0][p[0]], t[1][p[1]], t[2][p[2]]}
	var w uint8
	switch len(o) {
	case 1: // a board of one colour shows the brightest
		if o[0] == alone {
			dst[0] = max(rgb[0], rgb[1], rgb[2])
			return
		}
	case 4: // the white lamp takes what the three have in common
		w = min(rgb[0], rgb[1], rgb[2])
	}
	for i, from := range o {
		if from == white {
			dst[i] = w
		} else {
			dst[i] = rgb[from] - w
		}
	}
}

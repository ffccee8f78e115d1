package shm

import (
	"encoding/binary"
	"image"
	"math"
)

// A board of lamps as kiosk/display draws it: each pixel of the frame a round
// lamp on a dark board, faintly visible when it is off.
const (
	boardRed, boardGreen, boardBlue = 9, 9, 11
	offRed, offGreen, offBlue       = 19, 20, 22
	board                           = uint32(0xff)<<24 | boardRed<<16 | boardGreen<<8 | boardBlue
)

// lampCover is how much a lamp covers of each of the pitch×pitch pixels that it
// has, from 0 to 256: a disc of 0.42 pitches with a soft edge.
func lampCover(pitch int) []uint32 {
	cover := make([]uint32, pitch*pitch)
	edge := 0.75 / float64(pitch)
	for y := range pitch {
		for x := range pitch {
			dx, dy := (float64(x)+0.5)/float64(pitch)-0.5, (float64(y)+0.5)/float64(pitch)-0.5
			t := (math.Hypot(dx, dy) - 0.42 + edge) / (2 * edge)
			t = math.Max(0, math.Min(1, t))
			cover[y*pitch+x] = uint32(256*(1-t*t*(3-2*t)) + 0.5)
		}
	}
	return cover
}

// lamp is what a pixel of the frame looks like in the middle of its lamp.
func lamp(v uint32) uint32 {
	r, g, b := max(v>>16&255, offRed), max(v>>8&255, offGreen), max(v&255, offBlue)
	return 0xff<<24 | r<<16 | g<<8 | b
}

// mix puts colour v over the board, covering it by c of 256.
func mix(v, c uint32) uint32 {
	const even = 0x00ff00ff
	low := ((v&even)*c + (board&even)*(256-c)) >> 8 & even
	high := ((v>>8&even)*c + (board>>8&even)*(256-c)) & (even << 8)
	return low | high
}

// squares brings an area of the canvas over, each pixel scale×scale of the
// window: squares, or lamps.
func (s *stage) squares(r image.Rectangle, at image.Point) {
	k := s.opts.Scale
	whole := image.Rectangle{Max: s.memory.size}
	stride := s.memory.size.X * 4
	cell := make([]uint32, k*k)
	last, made := uint32(0), false
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			v := s.pixel(x, y)
			if !made || v != last {
				last, made = v, true
				s.drawCell(cell, v)
			}
			turned := s.mount.Turn.Rect(image.Rect(x, y, x+1, y+1), s.mount.Frame).Min.Mul(k).Add(at)
			to := image.Rect(turned.X, turned.Y, turned.X+k, turned.Y+k).Intersect(whole)
			for line := to.Min.Y; line < to.Max.Y; line++ {
				row := s.memory.pix[line*stride+to.Min.X*4 : line*stride+to.Max.X*4]
				for i, v := range cell[(line-turned.Y)*k:][:to.Dx()] {
					binary.LittleEndian.PutUint32(row[i*4:], v)
				}
			}
		}
	}
	s.note(scaled(s.mount.Turn.Rect(r, s.mount.Frame), k).Add(at))
}

// drawCell fills a cell with what a pixel of the frame becomes in the window.
func (s *stage) drawCell(cell []uint32, v uint32) {
	if !s.opts.Dots {
		for i := range cell {
			cell[i] = v
		}
		return
	}
	v = lamp(v)
	for i, c := range s.cover {
		cell[i] = mix(v, c)
	}
}

func scaled(r image.Rectangle, k int) image.Rectangle {
	return image.Rectangle{r.Min.Mul(k), r.Max.Mul(k)}
}

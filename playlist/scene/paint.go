package scene

import (
	"encoding/binary"
	"image"
	"image/color"
)

// Paint draws f into dst, whose upper left pixel takes the frame's. Pixels of
// dst beyond the frame are left alone.
//
// Blending is source-over on premultiplied eight-bit channels, every product
// divided by 255 with rounding to nearest.
func Paint(dst *image.RGBA, f *Frame) {
	On(dst).Paint(f, image.Rectangle{Max: f.Size})
}

// paint draws the part of f that lies in region, which lies in both.
func (s surface) paint(f *Frame, region image.Rectangle) {
	s.copyColor(region, f.Ground)
	for i := range f.Ops {
		op := &f.Ops[i]
		r := op.bounds().Intersect(region)
		if r.Empty() {
			continue
		}
		switch op.Kind {
		case OpFill:
			s.fill(r, op.Color)
		case OpMask:
			s.mask(r, op)
		case OpNine:
			s.nine(r, op)
		case OpImage:
			s.image(r, op)
		}
	}
}

// bounds returns the pixels that op can touch.
func (op *Op) bounds() image.Rectangle {
	r := op.Dst
	switch {
	case op.Kind == OpMask && op.Mask != nil:
		r.Max = r.Min.Add(image.Pt(op.Mask.W, op.Mask.H))
	case op.Kind == OpImage && op.Image != nil:
		r.Max = r.Min.Add(image.Pt(op.Image.W, op.Image.H))
	case op.Kind == OpMask, op.Kind == OpImage, op.Kind == OpNine && op.Mask == nil:
		return image.Rectangle{}
	}
	if op.Clip != (image.Rectangle{}) {
		r = r.Intersect(op.Clip)
	}
	return r
}

// surface is the memory of an image.RGBA with its first pixel at 0, 0.
type surface struct {
	pix    []uint8
	stride int
	bgr    bool // blue first
}

// row returns the bytes of the pixels x0 to x1 of line y.
func (s surface) row(x0, x1, y int) []uint8 {
	at := y*s.stride + x0*4
	return s.pix[at : at+(x1-x0)*4 : at+(x1-x0)*4]
}

// The four channels of a pixel are blended at once in the four 16-bit lanes of
// a uint64: byte b of the pixel goes to lanes in the order 0, 2, 1, 3. No lane
// can carry into its neighbour, because 255·255+128 plus its own high byte
// stays below 65536.
const (
	laneLow  = 0x00FF00FF00FF00FF
	laneHalf = 0x0080008000800080
)

func spread(p uint32) uint64 {
	return uint64(p&0x00FF00FF) | uint64(p&0xFF00FF00)<<24
}

func gather(l uint64) uint32 { return uint32(l) | uint32(l>>24) }

// by255 divides every lane by 255, rounded to nearest.
func by255(l uint64) uint64 {
	l += laneHalf
	return (l + (l >> 8 & laneLow)) >> 8 & laneLow
}

func (s surface) pixel(c color.RGBA) uint32 {
	// A channel above its alpha is not a premultiplied colour; cutting it
	// keeps the lanes apart.
	if s.bgr {
		c.R, c.B = c.B, c.R
	}
	return uint32(min(c.R, c.A)) | uint32(min(c.G, c.A))<<8 | uint32(min(c.B, c.A))<<16 | uint32(c.A)<<24
}

func (s surface) copyColor(r image.Rectangle, c color.RGBA) {
	first := s.row(r.Min.X, r.Max.X, r.Min.Y)
	binary.LittleEndian.PutUint32(first, s.pixel(c))
	for done := 4; done < len(first); done *= 2 {
		copy(first[done:], first[:done])
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(s.row(r.Min.X, r.Max.X, y), first)
	}
}

func (s surface) fill(r image.Rectangle, c color.RGBA) {
	switch c.A {
	case 0:
		return
	case 255:
		s.copyColor(r, c)
		return
	}
	src, keep := spread(s.pixel(c)), uint64(255-c.A)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := s.row(r.Min.X, r.Max.X, y)
		for ; len(row) >= 4; row = row[4:] {
			d := spread(binary.LittleEndian.Uint32(row))
			binary.LittleEndian.PutUint32(row, gather(src+by255(d*keep)))
		}
	}
}

// blendRow blends c over row through cov, one byte a pixel.
func blendRow(row, cov []uint8, c uint32) {
	src := spread(c)
	opaque := c>>24 == 255
	for i, m := range cov {
		if m == 0 {
			continue
		}
		p := row[i*4 : i*4+4 : i*4+4]
		if m == 255 && opaque {
			binary.LittleEndian.PutUint32(p, c)
			continue
		}
		d := spread(binary.LittleEndian.Uint32(p))
		if opaque {
			d = by255(src*uint64(m) + d*uint64(255-m))
		} else {
			v := by255(src * uint64(m))
			d = v + by255(d*(255-v>>48))
		}
		binary.LittleEndian.PutUint32(p, gather(d))
	}
}

// blendRun is blendRow through one coverage m for all pixels.
func blendRun(row []uint8, m uint8, c uint32) {
	add, keep := spread(c)*uint64(m), uint64(255-m)
	if c>>24 != 255 {
		add = by255(add)
		keep = 255 - add>>48
		for ; len(row) >= 4; row = row[4:] {
			d := spread(binary.LittleEndian.Uint32(row))
			binary.LittleEndian.PutUint32(row, gather(add+by255(d*keep)))
		}
		return
	}
	for ; len(row) >= 4; row = row[4:] {
		d := spread(binary.LittleEndian.Uint32(row))
		binary.LittleEndian.PutUint32(row, gather(by255(add+d*keep)))
	}
}

func (s surface) mask(r image.Rectangle, op *Op) {
	m, c := op.Mask, s.pixel(op.Color)
	x0, x1 := r.Min.X-op.Dst.Min.X, r.Max.X-op.Dst.Min.X
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at := (y - op.Dst.Min.Y) * m.W
		blendRow(s.row(r.Min.X, r.Max.X, y), m.Pix[at+x0:at+x1], c)
	}
}

// nineIndex tells which of the n mask pixels covers pixel i of d, with the
// first and last inset pixels kept 1:1. Where d is too short for both corners
// they meet in the middle.
func nineIndex(i, d, n, inset int) int {
	switch {
	case i < inset && i < (d+1)/2:
		return i
	case i >= d-inset:
		return n - (d - i)
	}
	return inset
}

func (s surface) nine(r image.Rectangle, op *Op) {
	m, c := op.Mask, s.pixel(op.Color)
	if m.W <= 0 || m.H <= 0 {
		return
	}
	inset := m.inset()
	w, h := op.Dst.Dx(), op.Dst.Dy()
	cov := make([]uint8, r.Dx())
	last := -1
	for y := r.Min.Y; y < r.Max.Y; y++ {
		my := nineIndex(y-op.Dst.Min.Y, h, m.H, inset)
		if my != last {
			last = my
			line := m.Pix[my*m.W : (my+1)*m.W]
			for i := range cov {
				cov[i] = line[nineIndex(r.Min.X-op.Dst.Min.X+i, w, m.W, inset)]
			}
		}
		s.span(r.Min.X, y, cov, c)
	}
}

// span blends a line of a nine-patch. Most of it is one long run of equal
// coverage, which is filled at once.
func (s surface) span(x, y int, cov []uint8, c uint32) {
	for len(cov) > 0 {
		n := 1
		for n < len(cov) && cov[n] == cov[0] {
			n++
		}
		switch {
		case cov[0] == 0:
		case cov[0] == 255 && c>>24 == 255 && n > 8:
			row := s.row(x, x+n, y)
			binary.LittleEndian.PutUint32(row, c)
			for done := 4; done < len(row); done *= 2 {
				copy(row[done:], row[:done])
			}
		case n > 8:
			blendRun(s.row(x, x+n, y), cov[0], c)
		default:
			blendRow(s.row(x, x+n, y), cov[:n], c)
		}
		x, cov = x+n, cov[n:]
	}
}

func (s surface) image(r image.Rectangle, op *Op) {
	b := op.Image
	x0, x1 := r.Min.X-op.Dst.Min.X, r.Max.X-op.Dst.Min.X
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at := (y - op.Dst.Min.Y) * b.W
		row, src := s.row(r.Min.X, r.Max.X, y), b.Pix[(at+x0)*4:(at+x1)*4]
		if s.bgr {
			overSwapped(row, src)
		} else {
			overRow(row, src)
		}
	}
}

// overRow draws premultiplied src over dst. Opaque stretches are copied whole.
func overRow(dst, src []uint8) {
	for i := 0; i < len(src); {
		j := i
		for j < len(src) && src[j+3] == 255 {
			j += 4
		}
		copy(dst[i:j], src[i:j])
		for i = j; i < len(src) && src[i+3] != 255; i += 4 {
			p := binary.LittleEndian.Uint32(src[i:])
			if p == 0 {
				continue
			}
			d := spread(binary.LittleEndian.Uint32(dst[i:]))
			binary.LittleEndian.PutUint32(dst[i:], gather(spread(p)+by255(d*uint64(255-p>>24))))
		}
	}
}

// overSwapped is overRow onto pixels that begin with blue.
func overSwapped(dst, src []uint8) {
	for i := 0; i+4 <= len(src) && i+4 <= len(dst); i += 4 {
		p := binary.LittleEndian.Uint32(src[i:])
		p = p&0xFF00FF00 | p>>16&0xFF | p&0xFF<<16
		if a := p >> 24; a != 255 {
			if p == 0 {
				continue
			}
			d := spread(binary.LittleEndian.Uint32(dst[i:]))
			p = gather(spread(p) + by255(d*uint64(255-a)))
		}
		binary.LittleEndian.PutUint32(dst[i:], p)
	}
}

package rendition

import "image"

// fullRange maps luma (0) and chroma (1) from the narrow range of video, which
// WebP uses (RFC 6386, section 9.2: ITU-R BT.601), to the full range of JPEG.
// Package webp leaves that to its caller; without it black is grey.
var fullRange = func() (t [2][256]uint8) {
	for v := range 256 {
		t[0][v] = clamp(divideSigned((v-16)*255, 219))
		t[1][v] = clamp(divideSigned((v-128)*255, 224) + 128)
	}
	return t
}()

func divideSigned(a, b int) int {
	if a < 0 {
		return -divide(-a, b)
	}
	return divide(a, b)
}

func clamp(v int) uint8 { return uint8(max(0, min(255, v))) }

// mapped returns a plane with every sample replaced; the decoded plane may
// still be needed for another size.
func mapped(g *image.Gray, table *[256]uint8) *image.Gray {
	out := image.NewGray(g.Rect)
	for y := range g.Rect.Dy() {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			out.Pix[y*out.Stride+x] = table[v]
		}
	}
	return out
}

// widen brings a WebP with transparency to full range.
func widen(m *image.NYCbCrA) *image.NYCbCrA {
	w := *m
	w.Y, w.Cb, w.Cr = tabled(m.Y, 0), tabled(m.Cb, 1), tabled(m.Cr, 1)
	return &w
}

func tabled(pix []uint8, table int) []uint8 {
	out := make([]uint8, len(pix))
	for i, v := range pix {
		out[i] = fullRange[table][v]
	}
	return out
}

// oriented turns a stored picture of w by h pixels of n bytes upright and
// returns its bytes, without padding, and its size. EXIF orientation names the
// side of the scene at the stored first row and first column (EXIF 2.32,
// table 6):
//
//	1 top left      2 top right     3 bottom right  4 bottom left
//	5 left top      6 right top     7 right bottom  8 left bottom
func oriented(pix []uint8, stride, w, h, n, orientation int) ([]uint8, image.Point) {
	size := image.Pt(w, h)
	if orientation >= 5 {
		size = image.Pt(h, w)
	}
	out := make([]uint8, 0, size.X*size.Y*n)
	for y := range size.Y {
		// Where the pixel 0, y comes from, and the step for each x.
		var from, step int
		switch orientation {
		case 2:
			from, step = y*stride+(w-1)*n, -n
		case 3:
			from, step = (h-1-y)*stride+(w-1)*n, -n
		case 4:
			from, step = (h-1-y)*stride, n
		case 5:
			from, step = y*n, stride
		case 6:
			from, step = (h-1)*stride+y*n, -stride
		case 7:
			from, step = (h-1)*stride+(w-1-y)*n, -stride
		case 8:
			from, step = (w-1-y)*n, stride
		default:
			from, step = y*stride, n
		}
		for range size.X {
			out = append(out, pix[from:from+n]...)
			from += step
		}
	}
	return out, size
}

package page

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"mingbai/assets"
	"mingbai/playlist/scene"
)

// tileSide is the side in pixels of the squares of which an enlarged picture is
// put together. Moving it draws only those that come into sight.
const tileSide = 128

// maxTileBytes bounds the squares that a Book keeps.
const maxTileBytes = 32 << 20

// tileKey is one square of a picture scaled to w×h pixels.
type tileKey struct {
	ref  assets.Ref
	w, h int
	x, y int // in squares from the upper left
}

// tiles are the squares that were drawn, the oldest first in order.
type tiles struct {
	made  map[tileKey]*scene.Bitmap
	order []tileKey
	bytes int
}

func (t *tiles) keep(k tileKey, b *scene.Bitmap) {
	if t.made == nil {
		t.made = make(map[tileKey]*scene.Bitmap)
	}
	size := len(b.Pix)
	for t.bytes+size > maxTileBytes && len(t.order) > 0 {
		old := t.order[0]
		t.order = t.order[1:]
		t.bytes -= len(t.made[old].Pix)
		delete(t.made, old)
	}
	t.made[k] = b
	t.order = append(t.order, k)
	t.bytes += size
}

// seenTile is a square with the upper left pixel at which it stands.
type seenTile struct {
	bitmap *scene.Bitmap
	at     image.Point // in the scaled picture
}

// window returns the squares that cover view, a rectangle of the picture scaled
// to size. known is false, and nothing is drawn, when rough is set and none of
// the squares was drawn before: then a rough picture of the moment is better.
func (b *Book) window(ref assets.Ref, src image.Image, size image.Point, view image.Rectangle, rough bool) (out []seenTile, known bool) {
	view = view.Intersect(image.Rectangle{Max: size})
	if view.Empty() {
		return nil, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var missing []int
	for y := view.Min.Y / tileSide; y*tileSide < view.Max.Y; y++ {
		for x := view.Min.X / tileSide; x*tileSide < view.Max.X; x++ {
			have := b.tiles.made[tileKey{ref, size.X, size.Y, x, y}]
			if have == nil {
				missing = append(missing, len(out))
			}
			out = append(out, seenTile{have, image.Pt(x*tileSide, y*tileSide)})
		}
	}
	if rough && len(missing) == len(out) {
		return nil, false
	}
	// The squares are independent of each other.
	var wait sync.WaitGroup
	for _, i := range missing {
		wait.Go(func() {
			at := out[i].at
			r := image.Rectangle{Min: at, Max: at.Add(image.Pt(tileSide, tileSide))}.Intersect(image.Rectangle{Max: size})
			out[i].bitmap = resample(src, size, r)
		})
	}
	wait.Wait()
	for _, i := range missing {
		at := out[i].at
		b.tiles.keep(tileKey{ref, size.X, size.Y, at.X / tileSide, at.Y / tileSide}, out[i].bitmap)
	}
	return out, true
}

// tap are the shares of a run of source pixels in one pixel of the result, in
// 1/4096, in fours: that is what the loops below are unrolled for.
type tap struct {
	first   int
	weights [][4]int32
}

// taps are the weights for the pixels from to to of n that n0 source pixels
// become: of a Catmull-Rom kernel (B=0, C=1/2; Keys 1981) where the picture is
// made larger, of a triangle over the pixels that fall together where it is made
// smaller. Renditions are at most twice as large as needed, so that four source
// pixels do either way and a page is drawn within a few frames. A source of less than four pixels is read beyond its
// end, with weight 0.
func taps(n0, n, from, to int) []tap {
	scale := float64(n0) / float64(n)
	kernel, wide, support := catmullRom, 1.0, 2.0
	if scale > 1 {
		kernel, wide, support = triangle, scale, scale
	}
	out := make([]tap, 0, to-from)
	w := make([]float64, 0, int(2*support)+2)
	for i := from; i < to; i++ {
		mid := (float64(i)+0.5)*scale - 0.5
		lo, hi := max(int(math.Ceil(mid-support)), 0), min(int(math.Floor(mid+support)), n0-1)
		w = w[:0]
		sum := 0.0
		for j := lo; j <= hi; j++ {
			v := kernel(math.Abs(float64(j)-mid) / wide)
			w = append(w, v)
			sum += v
		}
		fours := (len(w) + 3) / 4
		t := tap{first: max(min(lo, n0-4*fours), 0), weights: make([][4]int32, fours)}
		for j, v := range w {
			at := lo + j - t.first
			t.weights[at/4][at%4] = int32(math.Round(v / sum * 4096))
		}
		out = append(out, t)
	}
	return out
}

func triangle(t float64) float64 { return max(1-t, 0) }

func catmullRom(t float64) float64 {
	switch {
	case t < 1:
		return (1.5*t-2.5)*t*t + 1
	case t < 2:
		return ((-0.5*t+2.5)*t-4)*t + 2
	}
	return 0
}

// resample returns the part r of src scaled to size, on white where src is not
// opaque: scanned pages are.
func resample(src image.Image, size image.Point, r image.Rectangle) *scene.Bitmap {
	b := src.Bounds()
	across, down := taps(b.Dx(), size.X, r.Min.X, r.Max.X), taps(b.Dy(), size.Y, r.Min.Y, r.Max.Y)
	need := reach(across, down)
	part := onWhite(src, need.Add(b.Min))
	w, h := r.Dx(), r.Dy()
	// First across, into rows of 12 bits a channel, then down.
	rows := make([]int32, need.Dy()*w*3)
	for y := range need.Dy() {
		line := part.Pix[y*part.Stride:][:need.Dx()*4]
		out := rows[y*w*3:][:w*3]
		for _, t := range across {
			var sr, sg, sb int32
			p := line[(t.first-need.Min.X)*4:]
			for _, k := range t.weights {
				q := p[:16:16]
				sr += k[0]*int32(q[0]) + k[1]*int32(q[4]) + k[2]*int32(q[8]) + k[3]*int32(q[12])
				sg += k[0]*int32(q[1]) + k[1]*int32(q[5]) + k[2]*int32(q[9]) + k[3]*int32(q[13])
				sb += k[0]*int32(q[2]) + k[1]*int32(q[6]) + k[2]*int32(q[10]) + k[3]*int32(q[14])
				p = p[16:]
			}
			out[0], out[1], out[2] = sr>>8, sg>>8, sb>>8
			out = out[3:]
		}
	}
	out := &scene.Bitmap{W: w, H: h, Pix: make([]uint8, w*h*4)}
	sum := make([]int32, w*3)
	for y, t := range down {
		for n, k := range t.weights {
			at := func(j int) []int32 { return rows[(t.first-need.Min.Y+4*n+j)*w*3:][:w*3] }
			blend(sum, at(0), at(1), at(2), at(3), k, n == 0)
		}
		pix := out.Pix[y*w*4:][: w*4 : w*4]
		in := sum
		for len(pix) >= 4 && len(in) >= 3 {
			pix[0], pix[1], pix[2], pix[3] = level(in[0]), level(in[1]), level(in[2]), 255
			pix, in = pix[4:], in[3:]
		}
	}
	return out
}

// scaled returns the whole of a picture scaled to size. One that lets the page
// shine through keeps doing so.
func scaled(src image.Image, size image.Point) *scene.Bitmap {
	if o, ok := src.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		return scene.Picture(src, size.X, size.Y)
	}
	out := &scene.Bitmap{W: size.X, H: size.Y, Pix: make([]uint8, size.X*size.Y*4)}
	var wait sync.WaitGroup
	for y := 0; y < size.Y; y += tileSide {
		wait.Go(func() {
			strip := resample(src, size, image.Rect(0, y, size.X, min(y+tileSide, size.Y)))
			copy(out.Pix[y*size.X*4:], strip.Pix)
		})
	}
	wait.Wait()
	return out
}

// reach is what the taps read of the source.
func reach(across, down []tap) image.Rectangle {
	r := image.Rectangle{Min: image.Pt(across[0].first, down[0].first)}
	for _, t := range across {
		r.Max.X = max(r.Max.X, t.first+4*len(t.weights))
	}
	for _, t := range down {
		r.Max.Y = max(r.Max.Y, t.first+4*len(t.weights))
	}
	return r
}

// blend adds four weighted rows to sum, or sets it when they are the first.
func blend(sum, a, b, c, d []int32, k [4]int32, first bool) {
	n := len(sum)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	if first {
		for i := range sum {
			sum[i] = k[0]*a[i] + k[1]*b[i] + k[2]*c[i] + k[3]*d[i]
		}
		return
	}
	for i := range sum {
		sum[i] += k[0]*a[i] + k[1]*b[i] + k[2]*c[i] + k[3]*d[i]
	}
}

// level turns a sum of two passes, 255 being 255<<16, into a channel.
func level(v int32) uint8 { return uint8(min(max((v+1<<15)>>16, 0), 255)) }

// onWhite returns a part of a picture on white, its upper left at 0, 0; of a
// picture that is opaque as it is, without copying it.
func onWhite(src image.Image, r image.Rectangle) *image.RGBA {
	p, ok := src.(*image.RGBA)
	if !ok || !r.In(p.Rect) {
		return opaque(src, r)
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := p.Pix[p.PixOffset(r.Min.X, y):][:r.Dx()*4]
		for i := 3; i < len(line); i += 4 {
			if line[i] != 255 {
				return opaque(src, r)
			}
		}
	}
	return &image.RGBA{Pix: p.Pix[p.PixOffset(r.Min.X, r.Min.Y):], Stride: p.Stride, Rect: image.Rectangle{Max: r.Size()}}
}

// opaque copies a part of a picture onto white.
func opaque(src image.Image, r image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: r.Size()})
	if p, ok := src.(*image.Paletted); ok {
		// The standard library takes palettes pixel by pixel.
		cols := make([]color.RGBA, len(p.Palette))
		for i, c := range p.Palette {
			cols[i] = over(c)
		}
		have := r.Intersect(p.Rect)
		for y := have.Min.Y; y < have.Max.Y; y++ {
			line := p.Pix[p.PixOffset(r.Min.X, y):][:have.Dx()]
			to := out.Pix[(y-r.Min.Y)*out.Stride:]
			for x, i := range line {
				if int(i) < len(cols) {
					c := cols[i]
					to[x*4], to[x*4+1], to[x*4+2], to[x*4+3] = c.R, c.G, c.B, 255
				}
			}
		}
		return out
	}
	switch src.(type) {
	case *image.YCbCr, *image.Gray:
		draw.Draw(out, out.Rect, src, r.Min, draw.Src)
	default:
		draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(out, out.Rect, src, r.Min, draw.Over)
	}
	return out
}

// over is a colour upon white.
func over(c color.Color) color.RGBA {
	r, g, b, a := c.RGBA()
	rest := 0xFFFF - a
	return color.RGBA{uint8((r + rest) >> 8), uint8((g + rest) >> 8), uint8((b + rest) >> 8), 255}
}

// rough returns the part r of src scaled to size with the nearest pixels: for
// the moments in which two fingers change the size.
func rough(src image.Image, size image.Point, r image.Rectangle) *scene.Bitmap {
	b := src.Bounds()
	out := &scene.Bitmap{W: r.Dx(), H: r.Dy(), Pix: make([]uint8, r.Dx()*r.Dy()*4)}
	need := image.Rect(r.Min.X*b.Dx()/size.X, r.Min.Y*b.Dy()/size.Y, (r.Max.X-1)*b.Dx()/size.X+1, (r.Max.Y-1)*b.Dy()/size.Y+1)
	part := onWhite(src, need.Add(b.Min))
	from := make([]int, r.Dx())
	for x := range from {
		from[x] = ((r.Min.X+x)*b.Dx()/size.X - need.Min.X) * 4
	}
	for y := range out.H {
		line := part.Pix[((r.Min.Y+y)*b.Dy()/size.Y-need.Min.Y)*part.Stride:]
		to := out.Pix[y*out.W*4:][:out.W*4]
		for x, at := range from {
			copy(to[x*4:x*4+4], line[at:at+4])
		}
	}
	return out
}

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
const tileSide = 256

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

// tap is the share of one source pixel in a pixel of the result, in 1/4096.
type tap struct {
	first   int
	weights []int32
}

// taps are the weights of a Catmull-Rom kernel (B=0, C=1/2; Keys 1981), widened
// where the picture is made smaller, for the pixels from to to of n that n0
// source pixels become.
func taps(n0, n, from, to int) []tap {
	scale := float64(n0) / float64(n)
	wide := math.Max(scale, 1)
	support := 2 * wide
	out := make([]tap, 0, to-from)
	for i := from; i < to; i++ {
		mid := (float64(i)+0.5)*scale - 0.5
		lo, hi := int(math.Ceil(mid-support)), int(math.Floor(mid+support))
		lo, hi = max(lo, 0), min(hi, n0-1)
		w := make([]float64, hi-lo+1)
		sum := 0.0
		for j := range w {
			w[j] = catmullRom(math.Abs(float64(lo+j)-mid) / wide)
			sum += w[j]
		}
		t := tap{first: lo, weights: make([]int32, len(w))}
		for j := range w {
			t.weights[j] = int32(math.Round(w[j] / sum * 4096))
		}
		out = append(out, t)
	}
	return out
}

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
	need := image.Rect(across[0].first, down[0].first, 0, 0)
	for _, t := range across {
		need.Max.X = max(need.Max.X, t.first+len(t.weights))
	}
	for _, t := range down {
		need.Max.Y = max(need.Max.Y, t.first+len(t.weights))
	}
	part := opaque(src, need.Add(b.Min))
	w, h := r.Dx(), r.Dy()
	// First across, into rows of 12 bits a channel, then down.
	rows := make([]int32, need.Dy()*w*3)
	for y := range need.Dy() {
		line := part.Pix[y*part.Stride:]
		out := rows[y*w*3:]
		for x, t := range across {
			var sr, sg, sb int32
			at := (t.first - need.Min.X) * 4
			for _, k := range t.weights {
				p := line[at : at+3 : at+3]
				sr, sg, sb = sr+k*int32(p[0]), sg+k*int32(p[1]), sb+k*int32(p[2])
				at += 4
			}
			out[x*3], out[x*3+1], out[x*3+2] = sr>>8, sg>>8, sb>>8
		}
	}
	out := &scene.Bitmap{W: w, H: h, Pix: make([]uint8, w*h*4)}
	sum := make([]int32, w*3)
	for y, t := range down {
		clear(sum)
		for j, k := range t.weights {
			line := rows[(t.first-need.Min.Y+j)*w*3:][:w*3]
			for i, v := range line {
				sum[i] += k * v
			}
		}
		pix := out.Pix[y*w*4:][: w*4 : w*4]
		for x := range w {
			pix[x*4], pix[x*4+1], pix[x*4+2], pix[x*4+3] = level(sum[x*3]), level(sum[x*3+1]), level(sum[x*3+2]), 255
		}
	}
	return out
}

// level turns a sum of two passes, 255 being 255<<16, into a channel.
func level(v int32) uint8 { return uint8(min(max((v+1<<15)>>16, 0), 255)) }

// opaque copies a part of a picture onto white.
func opaque(src image.Image, r image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: r.Size()})
	if p, ok := src.(*image.Paletted); ok {
		// The standard library takes palettes pixel by pixel.
		cols := make([]color.RGBA, len(p.Palette))
		for i, c := range p.Palette {
			cols[i] = over(c)
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			line := p.Pix[p.PixOffset(r.Min.X, y):][:r.Dx()]
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
	part := opaque(src, need.Add(b.Min))
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

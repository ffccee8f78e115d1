package rendition

import (
	"image"
	"math"
)

// Of a photograph of twelve megapixels, making the planes smaller took twice as long
// as decoding them. A plane that is to become less than half as large is therefore
// first halved as often as that goes, each sample the mean of four, as decoders do
// that leave out the finest frequencies; the rest is Lanczos with two lobes, along
// the rows and then along the columns, in whole numbers, so that every machine makes
// the same bytes.

// reduced makes a plane smaller. What is left for Lanczos is a quarter at the least,
// because halving alone lets fine patterns through as coarse ones.
func reduced(g *image.Gray, size image.Point) *image.Gray {
	wide, high := float64(g.Rect.Dx()), float64(g.Rect.Dy()) // in samples of g, of which the last may be half a one
	for wide >= 2.5*float64(size.X) && high >= 2.5*float64(size.Y) {
		g, wide, high = halved(g), wide/2, high/2
	}
	if g.Rect.Size() == size {
		return g
	}
	return columns(rows(g, size.X, wide), size.Y, high)
}

// halved returns a plane of half the size. What is left over on the right and below
// counts twice.
func halved(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, (w+1)/2, (h+1)/2))
	for y := range out.Rect.Dy() {
		top := g.Pix[2*y*g.Stride:][:w]
		low := g.Pix[min(2*y+1, h-1)*g.Stride:][:w]
		row := out.Pix[y*out.Stride:][:out.Rect.Dx()]
		for x := range w / 2 {
			a, b := top[2*x:2*x+2:2*x+2], low[2*x:2*x+2:2*x+2]
			row[x] = uint8((uint(a[0]) + uint(a[1]) + uint(b[0]) + uint(b[1]) + 2) / 4)
		}
		if w%2 == 1 {
			row[w/2] = uint8((uint(top[w-1]) + uint(low[w-1]) + 1) / 2)
		}
	}
	return out
}

// unit is 1 in the weights of taps.
const unit = 1 << 14

// taps are the weights by which samples become one. All outputs have as many.
type taps struct {
	from    []int   // the first sample of each
	weights []int32 // so many for each output; they sum up to unit
	each    int
}

// lanczos returns the taps that make n samples of m, of which the picture covers
// extent; n is not more.
func lanczos(m, n int, extent float64) taps {
	const lobes = 2
	ratio := max(1, extent/float64(n))
	t := taps{from: make([]int, n), each: min(m, 2*int(math.Ceil(lobes*ratio)))}
	t.weights = make([]int32, n*t.each)
	value := make([]float64, t.each)
	for i := range n {
		middle := (float64(i)+0.5)*ratio - 0.5
		from := min(max(0, int(math.Floor(middle))-t.each/2+1), m-t.each)
		t.from[i] = from
		sum := 0.0
		for k := range value {
			x := math.Abs(float64(from+k)-middle) / ratio
			value[k] = 0
			switch {
			case x < 1e-9:
				value[k] = 1
			case x < lobes:
				value[k] = lobes * math.Sin(math.Pi*x) * math.Sin(math.Pi*x/lobes) / (math.Pi * math.Pi * x * x)
			}
			sum += value[k]
		}
		w := t.weights[i*t.each:][:t.each]
		left := int32(unit)
		for k, v := range value {
			w[k] = int32(math.Round(v / sum * unit))
			left -= w[k]
		}
		w[t.each/2] += left // what rounding lost
	}
	return t
}

// rows makes every row n samples wide.
func rows(g *image.Gray, n int, extent float64) *image.Gray {
	if g.Rect.Dx() == n {
		return g
	}
	t := lanczos(g.Rect.Dx(), n, extent)
	out := image.NewGray(image.Rect(0, 0, n, g.Rect.Dy()))
	for y := range g.Rect.Dy() {
		src, dst := g.Pix[y*g.Stride:][:g.Rect.Dx()], out.Pix[y*out.Stride:][:n]
		for x := range dst {
			w := t.weights[x*t.each:][:t.each]
			s := src[t.from[x]:][:len(w)]
			sum := int32(unit / 2)
			for len(s) >= 4 && len(w) >= 4 {
				sum += int32(s[0])*w[0] + int32(s[1])*w[1] + int32(s[2])*w[2] + int32(s[3])*w[3]
				s, w = s[4:], w[4:]
			}
			for k, v := range s {
				sum += int32(v) * w[k]
			}
			dst[x] = sample(sum)
		}
	}
	return out
}

// columns makes the plane n rows high.
func columns(g *image.Gray, n int, extent float64) *image.Gray {
	if g.Rect.Dy() == n {
		return g
	}
	w := g.Rect.Dx()
	t := lanczos(g.Rect.Dy(), n, extent)
	out := image.NewGray(image.Rect(0, 0, w, n))
	sums := make([]int32, w)
	for y := range n {
		for x := range sums {
			sums[x] = unit / 2
		}
		weights, from := t.weights[y*t.each:][:t.each], t.from[y]
		line := func(k int) []uint8 { return g.Pix[(from+k)*g.Stride:][:len(sums)] }
		k := 0
		for ; k+4 <= len(weights); k += 4 { // sums is gone through less often
			a, b, c, d := line(k), line(k+1), line(k+2), line(k+3)
			wa, wb, wc, wd := weights[k], weights[k+1], weights[k+2], weights[k+3]
			for x := range sums {
				sums[x] += int32(a[x])*wa + int32(b[x])*wb + int32(c[x])*wc + int32(d[x])*wd
			}
		}
		for ; k < len(weights); k++ {
			weight := weights[k]
			for x, v := range line(k) {
				sums[x] += int32(v) * weight
			}
		}
		dst := out.Pix[y*out.Stride:][:len(sums)]
		for x, sum := range sums {
			dst[x] = sample(sum)
		}
	}
	return out
}

// sample is a weighted sum as a sample. Lanczos overshoots; it is held.
func sample(sum int32) uint8 {
	v := sum / unit
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}

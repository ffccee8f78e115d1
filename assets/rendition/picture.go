package rendition

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/nfnt/resize"
)

// jpegQuality is a compromise looked at on a 1080p panel: text in photographs
// has no visible fringes, and a full screen takes about 400 KB.
const jpegQuality = 85

// picture is a decoded picture in one of two forms. A photograph that came as
// luma and chroma planes stays planes: half the samples of RGB, and no
// conversion on the way.
type picture struct {
	planes []*image.Gray // Y, or Y, Cb, Cr; chroma may be smaller; nil if pixels
	narrow bool          // planes have the narrow range of video (WebP)
	pixels image.Image   // *image.RGBA, *image.NRGBA or *image.Gray at 0, 0
	asPNG  bool
}

func newPicture(img image.Image, h header) picture {
	switch m := img.(type) {
	case *image.YCbCr:
		return picture{planes: planesOf(m), narrow: h.kind.media == typeWebP}
	case *image.Gray:
		if h.kind.media == typeJPEG {
			return picture{planes: []*image.Gray{grayAt0(m.Pix, m.Stride, m.Rect.Size())}}
		}
	case *image.NYCbCrA:
		img = widen(m)
	}
	px, opaque := pixelsOf(img, image.Pt(h.width, h.height))
	return picture{pixels: px, asPNG: !opaque || h.kind.media != typeJPEG && flat(px)}
}

func grayAt0(pix []uint8, stride int, size image.Point) *image.Gray {
	return &image.Gray{Pix: pix, Stride: stride, Rect: image.Rectangle{Max: size}}
}

func planesOf(m *image.YCbCr) []*image.Gray {
	// The decoders' pictures start at 0, 0; a chroma plane has one sample for
	// each that its subsampling leaves, rounded up.
	size := m.Rect.Size()
	c := image.Pt(m.COffset(m.Rect.Max.X-1, m.Rect.Min.Y)+1, m.COffset(m.Rect.Min.X, m.Rect.Max.Y-1)/max(m.CStride, 1)+1)
	return []*image.Gray{
		grayAt0(m.Y, m.YStride, size),
		grayAt0(m.Cb, m.CStride, c),
		grayAt0(m.Cr, m.CStride, c),
	}
}

// pixelsOf converts to one of the types that resizing has a fast path for. A
// frame of a GIF may cover a part of its screen only: the rest is transparent.
func pixelsOf(img image.Image, size image.Point) (px image.Image, opaque bool) {
	whole := image.Rectangle{Max: size}
	o, ok := img.(interface{ Opaque() bool })
	opaque = ok && o.Opaque() && img.Bounds() == whole
	if g, ok := img.(*image.Gray); ok && g.Rect == whole {
		return g, true
	}
	if n, ok := img.(*image.NRGBA); ok && n.Rect == whole {
		blank(n)
		return n, opaque
	}
	var dst draw.Image = image.NewNRGBA(whole)
	if opaque {
		dst = image.NewRGBA(whole)
	}
	draw.Draw(dst, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return dst, opaque
}

// blank clears the colours under full transparency: what an editor "erased"
// must not be readable in what is published.
func blank(m *image.NRGBA) {
	for i := 0; i+3 < len(m.Pix); i += 4 {
		if m.Pix[i+3] == 0 {
			clear(m.Pix[i : i+3])
		}
	}
}

// flat tells drawings, tables and screenshots from photographs: in a drawing
// at least half of the pixels are exactly like their left neighbour, in a
// photograph noise makes that rare.
func flat(img image.Image) bool {
	pix, stride, n := []uint8(nil), 0, 4
	switch m := img.(type) {
	case *image.RGBA:
		pix, stride = m.Pix, m.Stride
	case *image.NRGBA:
		pix, stride = m.Pix, m.Stride
	case *image.Gray:
		pix, stride, n = m.Pix, m.Stride, 1
	default:
		return false
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	same := 0
	for y := range h {
		row := pix[y*stride : y*stride+w*n]
		for x := n; x < len(row); x += n {
			if string(row[x:x+n]) == string(row[x-n:x]) {
				same++
			}
		}
	}
	return 2*same >= (w-1)*h
}

// cut makes one rendition of size (upright) pixels.
func (p picture) cut(size image.Point, orientation int) (Rendition, error) {
	stored := size
	if orientation >= 5 {
		stored = image.Pt(size.Y, size.X)
	}
	var img image.Image
	if p.planes != nil {
		img = p.cutPlanes(stored, orientation)
	} else {
		img = p.cutPixels(stored, orientation)
	}
	r := Rendition{Width: size.X, Height: size.Y, Type: typeJPEG}
	var buf bytes.Buffer
	var err error
	if p.asPNG {
		r.Type = typePNG
		enc := png.Encoder{CompressionLevel: png.DefaultCompression}
		err = enc.Encode(&buf, paletted(img))
	} else {
		err = jpeg.Encode(&buf, img, &jpeg.Options{Quality: jpegQuality})
	}
	r.Data = buf.Bytes()
	return r, err
}

func scale(img image.Image, size image.Point) image.Image {
	return resize.Resize(uint(size.X), uint(size.Y), img, resize.Lanczos3)
}

func (p picture) cutPlanes(size image.Point, orientation int) image.Image {
	plane := func(i int, size image.Point) *image.Gray {
		g := p.planes[i]
		if d := g.Rect.Size(); d.X >= size.X && d.Y >= size.Y {
			g = reduced(g, size)
		} else { // chroma of a size of its own
			g = scale(g, size).(*image.Gray)
		}
		if p.narrow {
			g = mapped(g, &fullRange[min(i, 1)])
		}
		if orientation > 1 {
			pix, size := oriented(g.Pix, g.Stride, g.Rect.Dx(), g.Rect.Dy(), 1, orientation)
			g = grayAt0(pix, size.X, size)
		}
		return g
	}
	y := plane(0, size)
	if len(p.planes) == 1 {
		return y
	}
	half := image.Pt((size.X+1)/2, (size.Y+1)/2)
	cb, cr := plane(1, half), plane(2, half)
	return &image.YCbCr{
		Y: y.Pix, Cb: cb.Pix, Cr: cr.Pix,
		YStride: y.Stride, CStride: cb.Stride,
		SubsampleRatio: image.YCbCrSubsampleRatio420,
		Rect:           y.Rect,
	}
}

// cutPixels turns colour JPEGs without chroma planes (RGB and CMYK, from print
// shops); of the others none has an orientation.
func (p picture) cutPixels(size image.Point, orientation int) image.Image {
	img := scale(p.pixels, size)
	m, ok := img.(*image.RGBA)
	switch {
	case !ok: // gray, or not scaled
		return img
	case p.asPNG:
		return straight(m)
	case orientation > 1:
		pix, size := oriented(m.Pix, m.Stride, m.Rect.Dx(), m.Rect.Dy(), 4, orientation)
		return &image.RGBA{Pix: pix, Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}
	}
	return m
}

// straight divides the alpha out of premultiplied pixels. Lanczos overshoots,
// so a colour can be larger than its alpha; it is held at full.
func straight(m *image.RGBA) *image.NRGBA {
	out := &image.NRGBA{Pix: bytes.Clone(m.Pix), Stride: m.Stride, Rect: m.Rect}
	for i := 0; i+3 < len(out.Pix); i += 4 {
		px := out.Pix[i : i+4 : i+4]
		switch a := int(px[3]); a {
		case 255:
		case 0:
			px[0], px[1], px[2] = 0, 0, 0
		default:
			for c := range 3 {
				px[c] = uint8(min(255, (int(px[c])*255+a/2)/a))
			}
		}
	}
	return out
}

// paletted returns a picture of at most 256 colours as indices, a quarter of
// the size; others come back as they are.
func paletted(img image.Image) image.Image {
	m, ok := img.(*image.NRGBA)
	if !ok {
		return img
	}
	out := image.NewPaletted(m.Rect, nil)
	index := map[[4]uint8]uint8{}
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride : y*m.Stride+4*m.Rect.Dx()]
		for x := range m.Rect.Dx() {
			px := [4]uint8(row[4*x:])
			i, ok := index[px]
			if !ok {
				if len(out.Palette) == 256 {
					return img
				}
				i = uint8(len(out.Palette))
				index[px] = i
				out.Palette = append(out.Palette, color.NRGBA{px[0], px[1], px[2], px[3]})
			}
			out.Pix[y*out.Stride+x] = i
		}
	}
	return out
}

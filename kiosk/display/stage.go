package display

import (
	"image"
	"image/color"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/display/mount"
	"mingbai/playlist/scene"
)

var opaque = color.RGBA{A: 255}

// stage lays frames into the window: 1:1, enlarged to squares or dots, or fitted.
type stage struct {
	opts   Options
	window image.Point // in pixels
	lamps  *ebiten.Image
	dots   *ebiten.Shader
}

// resize notes the window's size and reports whether it is new.
func (s *stage) resize(window image.Point) bool {
	changed := s.window != window
	s.window = window
	return changed
}

// whole is the size of a frame that fills the panel.
func (s *stage) whole() image.Point { return image.Pt(s.opts.Width, s.opts.Height) }

// mount is how frames of the given size lie in the window.
func (s *stage) mount(size image.Point) mount.Mount {
	return mount.Mount{Frame: size, Window: s.window, Turn: s.opts.Turn, Scale: s.opts.Scale}
}

// paint puts f on the window.
func (s *stage) paint(screen ebiten.FinalScreen, p *painter, f *scene.Frame) {
	factor, at := s.mount(f.Size).Layout()
	if factor == 1 && !s.opts.Dots {
		p.paint(screen, f, placing(s.opts.Turn, f.Size, at))
		return
	}
	if s.lamps == nil || s.lamps.Bounds().Size() != f.Size {
		if s.lamps != nil {
			s.lamps.Deallocate()
		}
		s.lamps = ebiten.NewImageWithOptions(image.Rectangle{Max: f.Size}, &ebiten.NewImageOptions{Unmanaged: true})
	}
	p.paint(s.lamps, f, place{})
	if s.opts.Dots {
		s.paintDots(screen, f.Size)
		return
	}
	s.enlarge(screen, f.Size, factor, at)
}

// corners puts the corners of an upright area of the given size, upper left,
// upper right, lower left and lower right, where they are in the window.
func (s *stage) corners(size image.Point, factor float64, at image.Point) []ebiten.Vertex {
	v := make([]ebiten.Vertex, 4)
	p := placing(s.opts.Turn, size, image.Point{})
	for i, c := range [4]image.Point{{}, {X: size.X}, {Y: size.Y}, size} {
		x, y := p.at(float32(c.X), float32(c.Y))
		v[i] = ebiten.Vertex{
			DstX: float32(at.X) + round(x*float32(factor)), DstY: float32(at.Y) + round(y*float32(factor)),
			SrcX: float32(c.X), SrcY: float32(c.Y), ColorR: 1, ColorG: 1, ColorB: 1, ColorA: 1,
		}
	}
	return v
}

func round(v float32) float32 { return float32(int(v + 0.5)) }

// enlarge draws the lamps image on the window, in squares or smoothly.
func (s *stage) enlarge(screen ebiten.FinalScreen, size image.Point, factor float64, at image.Point) {
	o := &ebiten.DrawTrianglesOptions{Blend: ebiten.BlendCopy, ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha}
	v := s.corners(size, factor, at)
	if s.opts.Scale == 0 {
		// Smoothing reads half a pixel around, which must not lie outside.
		o.Filter = ebiten.FilterLinear
		for i := range v {
			v[i].SrcX = max(0.5, min(v[i].SrcX, float32(size.X)-0.5))
			v[i].SrcY = max(0.5, min(v[i].SrcY, float32(size.Y)-0.5))
		}
	}
	screen.DrawTriangles(v, []uint16{0, 1, 2, 1, 3, 2}, s.lamps, o)
}

// read returns the window's pixels within the frame's area, upright.
func (s *stage) read(screen ebiten.FinalScreen, f *scene.Frame) *image.RGBA {
	used := s.mount(f.Size).Area()
	whole := image.NewRGBA(image.Rectangle{Max: screen.Bounds().Size()})
	if r, ok := screen.(interface{ ReadPixels([]byte) }); ok {
		r.ReadPixels(whole.Pix)
	}
	cut := image.NewRGBA(image.Rectangle{Max: used.Size()})
	for y := range used.Dy() {
		row := used.Min.Y + y
		if screenUpsideDown {
			row = whole.Rect.Dy() - 1 - row
		}
		from := whole.PixOffset(used.Min.X, row)
		copy(cut.Pix[y*cut.Stride:][:cut.Stride], whole.Pix[from:])
	}
	return s.opts.Turn.Raise(cut)
}

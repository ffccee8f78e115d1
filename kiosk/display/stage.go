package display

import (
	"image"
	"image/color"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/player"
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

// layout returns how much frames of the given size are enlarged and where
// their upper left corner lies in the window.
func (s *stage) layout(size image.Point) (factor float64, at image.Point) {
	if s.opts.Scale > 0 {
		return float64(s.opts.Scale), image.Point{}
	}
	if s.window == size || size.X <= 0 || size.Y <= 0 {
		return 1, image.Point{}
	}
	factor = min(float64(s.window.X)/float64(size.X), float64(s.window.Y)/float64(size.Y))
	w, h := float64(size.X)*factor, float64(size.Y)*factor
	return factor, image.Pt(int(float64(s.window.X)-w)/2, int(float64(s.window.Y)-h)/2)
}

// framePoint turns a position in the window into a pixel of the frame.
func (s *stage) framePoint(x, y float64) image.Point {
	size := image.Pt(s.opts.Width, s.opts.Height)
	factor, at := s.layout(size)
	p := image.Pt(floor((x-float64(at.X))/factor), floor((y-float64(at.Y))/factor))
	// A finger on the rim of the panel means the last pixel.
	return image.Pt(max(0, min(p.X, size.X-1)), max(0, min(p.Y, size.Y-1)))
}

func floor(v float64) int {
	i := int(v)
	if float64(i) > v {
		i--
	}
	return i
}

func (s *stage) toFrame(in []windowEvent) []player.Event {
	out := make([]player.Event, 0, len(in))
	for _, e := range in {
		out = append(out, player.Event{Kind: e.kind, ID: e.id, At: s.framePoint(e.x, e.y), Time: e.time})
	}
	return out
}

// paint puts f on the window.
func (s *stage) paint(screen ebiten.FinalScreen, p *painter, f *scene.Frame) {
	factor, at := s.layout(f.Size)
	if factor == 1 {
		p.paint(screen, f, at)
		return
	}
	if s.lamps == nil || s.lamps.Bounds().Size() != f.Size {
		if s.lamps != nil {
			s.lamps.Deallocate()
		}
		s.lamps = ebiten.NewImageWithOptions(image.Rectangle{Max: f.Size}, &ebiten.NewImageOptions{Unmanaged: true})
	}
	p.paint(s.lamps, f, image.Point{})
	if s.opts.Dots {
		s.paintDots(screen, f.Size)
		return
	}
	s.enlarge(screen, f.Size, factor, at)
}

// enlarge draws the lamps image on the window, in squares or smoothly.
func (s *stage) enlarge(screen ebiten.FinalScreen, size image.Point, factor float64, at image.Point) {
	o := &ebiten.DrawTrianglesOptions{Blend: ebiten.BlendCopy, ColorScaleMode: ebiten.ColorScaleModePremultipliedAlpha}
	var inset float32
	if s.opts.Scale == 0 {
		// Smoothing reads half a pixel around, which must not lie outside.
		o.Filter, inset = ebiten.FilterLinear, 0.5
	}
	x0, y0 := float32(at.X), float32(at.Y)
	x1, y1 := x0+float32(int(float64(size.X)*factor+0.5)), y0+float32(int(float64(size.Y)*factor+0.5))
	sx, sy := float32(size.X)-inset, float32(size.Y)-inset
	v := []ebiten.Vertex{
		{DstX: x0, DstY: y0, SrcX: inset, SrcY: inset},
		{DstX: x1, DstY: y0, SrcX: sx, SrcY: inset},
		{DstX: x0, DstY: y1, SrcX: inset, SrcY: sy},
		{DstX: x1, DstY: y1, SrcX: sx, SrcY: sy},
	}
	for i := range v {
		v[i].ColorR, v[i].ColorG, v[i].ColorB, v[i].ColorA = 1, 1, 1, 1
	}
	screen.DrawTriangles(v, []uint16{0, 1, 2, 1, 3, 2}, s.lamps, o)
}

// read returns the window's pixels within the frame's area.
func (s *stage) read(screen ebiten.FinalScreen, f *scene.Frame) *image.RGBA {
	factor, at := s.layout(f.Size)
	used := image.Rect(0, 0, int(float64(f.Size.X)*factor+0.5), int(float64(f.Size.Y)*factor+0.5)).
		Add(at).Intersect(image.Rectangle{Max: s.window})
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
	return cut
}

// Package mount says how a frame lies in a window: turned as the panel hangs on
// the wall, 1:1, enlarged or fitted. Both presenters and their input use it, so
// that picture and touch turn together.
package mount

import (
	"fmt"
	"image"

	"mingbai/kiosk/display/hands"
	"mingbai/kiosk/player"
)

// Turn is by how many degrees the picture is turned clockwise on the output: 0,
// 90, 180 or 270.
type Turn int

// Valid returns an error for a turn that no panel hangs at.
func (t Turn) Valid() error {
	switch t {
	case 0, 90, 180, 270:
		return nil
	}
	return fmt.Errorf("a picture cannot be turned by %d degrees; 0, 90, 180 and 270 are possible", int(t))
}

// Sideways reports whether width and height change places.
func (t Turn) Sideways() bool { return t == 90 || t == 270 }

// Size returns the size that something of size s has when it is turned.
func (t Turn) Size(s image.Point) image.Point {
	if t.Sideways() {
		return image.Pt(s.Y, s.X)
	}
	return s
}

// Rect returns where r of an upright area of size s lies when that is turned.
func (t Turn) Rect(r image.Rectangle, s image.Point) image.Rectangle {
	switch t {
	case 90:
		return image.Rect(s.Y-r.Max.Y, r.Min.X, s.Y-r.Min.Y, r.Max.X)
	case 180:
		return image.Rect(s.X-r.Max.X, s.Y-r.Max.Y, s.X-r.Min.X, s.Y-r.Min.Y)
	case 270:
		return image.Rect(r.Min.Y, s.X-r.Max.X, r.Max.Y, s.X-r.Min.X)
	}
	return r
}

// Vector returns where a step of d points when it is turned.
func (t Turn) Vector(d image.Point) image.Point {
	switch t {
	case 90:
		return image.Pt(-d.Y, d.X)
	case 180:
		return image.Pt(-d.X, -d.Y)
	case 270:
		return image.Pt(d.Y, -d.X)
	}
	return d
}

// Upright is the way back: where the place x, y of a turned area is in the
// upright one of size s. Places are between pixels, not on them.
func (t Turn) Upright(x, y float64, s image.Point) (float64, float64) {
	switch t {
	case 90:
		return y, float64(s.Y) - x
	case 180:
		return float64(s.X) - x, float64(s.Y) - y
	case 270:
		return float64(s.X) - y, x
	}
	return x, y
}

// Mount is how frames of one size lie in a window.
type Mount struct {
	Frame  image.Point // size of a frame in its own pixels, upright
	Window image.Point // size of the window in pixels
	Turn   Turn
	// Scale is how many pixels of the window a pixel of the frame is wide, from
	// the window's upper left corner on. With 0 the frame is shown 1:1 where the
	// window has its size, and else fitted into it and centred.
	Scale int
}

// Layout returns how much frames are enlarged and where the upper left corner
// of the turned frame lies in the window.
func (m Mount) Layout() (factor float64, at image.Point) {
	size := m.Turn.Size(m.Frame)
	if m.Scale > 0 {
		return float64(m.Scale), image.Point{}
	}
	if m.Window == size || size.X <= 0 || size.Y <= 0 {
		return 1, image.Point{}
	}
	factor = min(float64(m.Window.X)/float64(size.X), float64(m.Window.Y)/float64(size.Y))
	w, h := float64(size.X)*factor, float64(size.Y)*factor
	return factor, image.Pt(int(float64(m.Window.X)-w)/2, int(float64(m.Window.Y)-h)/2)
}

// Area returns the pixels of the window that the frame covers.
func (m Mount) Area() image.Rectangle {
	factor, at := m.Layout()
	size := m.Turn.Size(m.Frame)
	return image.Rect(0, 0, int(float64(size.X)*factor+0.5), int(float64(size.Y)*factor+0.5)).
		Add(at).Intersect(image.Rectangle{Max: m.Window})
}

// FramePoint turns a place in the window into a pixel of the frame.
func (m Mount) FramePoint(x, y float64) image.Point {
	factor, at := m.Layout()
	x, y = (x-float64(at.X))/factor, (y-float64(at.Y))/factor
	// A finger on the rim of the panel means the last pixel.
	size := m.Turn.Size(m.Frame)
	x, y = within(x, size.X), within(y, size.Y)
	x, y = m.Turn.Upright(x, y, m.Frame)
	return image.Pt(min(int(x), m.Frame.X-1), min(int(y), m.Frame.Y-1))
}

// within keeps v in the middle of the n pixels that it may lie on, so that
// turning does not push it over an edge.
func within(v float64, n int) float64 {
	i := max(0, min(floor(v), n-1))
	return float64(i) + 0.5
}

func floor(v float64) int {
	i := int(v)
	if float64(i) > v {
		i--
	}
	return i
}

// Events brings input of the window onto the frame.
func (m Mount) Events(in []hands.Event) []player.Event {
	out := make([]player.Event, 0, len(in))
	for _, e := range in {
		out = append(out, player.Event{Kind: e.Kind, ID: e.ID, At: m.FramePoint(e.X, e.Y), Time: e.Time, Key: e.Key, Turn: e.Turn})
	}
	return out
}

// Raise turns a picture of the turned frame upright again. A picture that hangs
// upright is returned as it is.
func (t Turn) Raise(m *image.RGBA) *image.RGBA {
	if t == 0 {
		return m
	}
	turned := m.Rect.Size()
	size := t.Size(turned) // of the upright picture
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			at := t.Rect(image.Rect(x, y, x+1, y+1), size).Min.Add(m.Rect.Min)
			from := m.PixOffset(at.X, at.Y)
			copy(out.Pix[out.PixOffset(x, y):][:4], m.Pix[from:from+4])
		}
	}
	return out
}

// Package scene is the product's renderer. It turns content, an instant and a
// view state into a Frame: a short list of draw operations in whole pixels.
//
// It promises that the same input gives the same operations, that two painters
// (the CPU painter here and the ebiten painter of the device) draw them alike,
// and that a Frame that Equals the last one need not be painted at all.
// It knows nothing of windows, networks or files, and never imports ebiten.
package scene

import (
	"image"
	"image/color"
	"slices"
	"time"
)

// OpKind says what an Op does.
type OpKind uint8

// The operations that every painter knows.
const (
	// OpFill blends Color over Dst.
	OpFill OpKind = iota + 1
	// OpMask blends Color through Mask, drawn 1:1 at Dst.Min.
	OpMask
	// OpNine blends Color through Mask stretched as a nine-patch to Dst.
	// Corners of Mask.Inset pixels keep their size; the middle is a stretched
	// single row and column, so the mask is uniform there.
	OpNine
	// OpImage draws Image 1:1 at Dst.Min (source over, premultiplied).
	OpImage
)

// Op is one draw operation in whole pixels of the frame. It is comparable: two
// equal Ops paint the same pixels.
type Op struct {
	Kind  OpKind
	Dst   image.Rectangle
	Clip  image.Rectangle // painting outside is dropped; the zero rectangle clips nothing
	Color color.RGBA      // premultiplied
	Mask  *Mask
	Image *Bitmap
}

// Mask is an immutable coverage bitmap: a glyph, an icon, a rounded corner.
// Masks are shared and compared by pointer; whoever makes them caches them.
type Mask struct {
	W, H  int
	Pix   []uint8 // W*H, one byte a pixel, 255 covers
	Inset int     // corner size for OpNine; 0 otherwise
}

// Bitmap is an immutable premultiplied RGBA picture, compared by pointer.
// It is already scaled to the pixels it will cover.
type Bitmap struct {
	W, H int
	Pix  []uint8 // W*H*4
}

// Region is a place that answers a touch. Action is meaningful only to the
// program that laid the page out.
type Region struct {
	Area   image.Rectangle
	Action string
	Label  string // what it says, for tests, reading aloud and the console
}

// Frame is everything that one instant of a screen shows.
type Frame struct {
	Size    image.Point
	Ground  color.RGBA // opaque; painted before the first Op
	Ops     []Op
	Regions []Region
}

// Equal reports whether painting f and g gives the same pixels.
func (f *Frame) Equal(g *Frame) bool {
	if f == nil || g == nil {
		return f == g
	}
	return f.Size == g.Size && f.Ground == g.Ground && slices.Equal(f.Ops, g.Ops)
}

// At returns the topmost region under p.
func (f *Frame) At(p image.Point) (Region, bool) {
	for i := len(f.Regions) - 1; i >= 0; i-- {
		if p.In(f.Regions[i].Area) {
			return f.Regions[i], true
		}
	}
	return Region{}, false
}

// Still is a Next value that says that nothing will move by itself.
var Still time.Time

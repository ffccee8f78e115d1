package display

import (
	"image"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/playlist/scene"
)

// pictureBudget is how many bytes of pictures stay on the graphics card
// between frames. A frame that needs more gets it.
const pictureBudget = 48 << 20

// tileSide is the largest texture that every graphics card in the field takes.
const tileSide = 2048

// pictures keeps scene bitmaps on the graphics card, least recently used first out.
type pictures struct {
	budget int
	held   map[*scene.Bitmap]*picture
	bytes  int
	frame  uint64
}

type picture struct {
	tiles []tile
	w, h  int
	used  uint64
}

// tile is one texture of a picture and its place in it.
type tile struct {
	tex  *ebiten.Image
	area image.Rectangle
}

func newPictures(budget int) *pictures {
	return &pictures{budget: budget, held: map[*scene.Bitmap]*picture{}}
}

func (ps *pictures) begin() { ps.frame++ }

// locate returns b's textures, uploading it first if need be.
func (ps *pictures) locate(b *scene.Bitmap) *picture {
	if p, ok := ps.held[b]; ok {
		p.used = ps.frame
		return p
	}
	p := ps.makeRoom(b.W, b.H)
	if p == nil {
		p = newPicture(b.W, b.H)
		ps.bytes += b.W * b.H * 4
	}
	p.used = ps.frame
	p.write(b)
	ps.held[b] = p
	return p
}

// makeRoom forgets old pictures until w×h pixels fit. One of just that size is
// handed back for its textures to be written over: a film is a row of them.
func (ps *pictures) makeRoom(w, h int) *picture {
	for ps.bytes+w*h*4 > ps.budget {
		var oldest *scene.Bitmap
		for b, p := range ps.held {
			if p.used < ps.frame && (oldest == nil || p.used < ps.held[oldest].used) {
				oldest = b
			}
		}
		if oldest == nil {
			return nil
		}
		p := ps.held[oldest]
		delete(ps.held, oldest)
		if p.w == w && p.h == h {
			return p
		}
		for _, t := range p.tiles {
			t.tex.Deallocate()
		}
		ps.bytes -= p.w * p.h * 4
	}
	return nil
}

func newPicture(w, h int) *picture {
	p := &picture{w: w, h: h}
	whole := image.Rect(0, 0, w, h)
	for y := 0; y < h; y += tileSide {
		for x := 0; x < w; x += tileSide {
			area := image.Rect(x, y, x+tileSide, y+tileSide).Intersect(whole)
			p.tiles = append(p.tiles, tile{
				tex: ebiten.NewImageWithOptions(image.Rect(0, 0, area.Dx(), area.Dy()),
					&ebiten.NewImageOptions{Unmanaged: true}),
				area: area,
			})
		}
	}
	return p
}

func (p *picture) write(b *scene.Bitmap) {
	if len(p.tiles) == 1 {
		p.tiles[0].tex.WritePixels(b.Pix)
		return
	}
	for _, t := range p.tiles {
		buf := make([]byte, 0, t.area.Dx()*t.area.Dy()*4)
		for y := t.area.Min.Y; y < t.area.Max.Y; y++ {
			buf = append(buf, b.Pix[(y*b.W+t.area.Min.X)*4:(y*b.W+t.area.Max.X)*4]...)
		}
		t.tex.WritePixels(buf)
	}
}

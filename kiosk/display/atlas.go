package display

import (
	"image"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/playlist/scene"
)

// The atlas keeps coverage masks on the graphics card as white premultiplied
// alpha, so that one texture serves every colour. It forgets by whole pages:
// finding single holes for single glyphs costs more than painting a page of
// them again.
const (
	pageSide  = 1024 // pixels; a power of two, since ebiten rounds textures up to one
	minPages  = 4    // kept between frames: 16 MiB of texture
	maxPages  = 16   // the same of the largest panel
	whiteSide = 4    // the opaque corner of every page that fills are drawn from
	whiteAt   = whiteSide / 2
	cellGap   = 1 // pixels between masks
)

// pagesFor is how many pages are kept for frames of w×h pixels. A page of text needs
// less than half of its pixels in glyphs; twice them is that page, the one that it
// slides away and some that went before.
func pagesFor(w, h int) int {
	return max(minPages, min(2*w*h/(pageSide*pageSide), maxPages))
}

type atlas struct {
	limit int // pages kept between frames
	pages []*page
	cells map[*scene.Mask]cell
	frame uint64 // counts paintings; what a page was last used in
	buf   []byte // scratch for uploads

	evictions int // pages forgotten since the start, for tests and logs
}

// page is one texture filled shelf by shelf from the top.
type page struct {
	tex     *ebiten.Image
	w, h    int
	shelves []shelf
	floor   int // first row below the last shelf
	used    uint64
	pending []placed // not uploaded yet
}

type shelf struct {
	y, h int
	x    int // first free column
}

type cell struct {
	page *page
	at   image.Point
}

type placed struct {
	mask  *scene.Mask
	at    image.Point
	shelf int
}

func newAtlas(limit int) *atlas {
	return &atlas{limit: limit, cells: map[*scene.Mask]cell{}}
}

// begin starts a painting. Pages beyond the limit exist only when one frame
// needed them all at once or when a few common glyphs are scattered over many
// pages; both are cured by starting over.
func (a *atlas) begin() {
	a.frame++
	if len(a.pages) <= a.limit {
		return
	}
	for _, p := range a.pages[1:] {
		p.tex.Deallocate()
		a.evictions++
	}
	first := a.pages[0]
	a.pages = a.pages[:1]
	clear(a.cells)
	if first.w != pageSide || first.h != pageSide {
		first.tex.Deallocate()
		a.pages = nil
		return
	}
	first.reset()
	a.evictions++
}

func (p *page) reset() {
	p.shelves = append(p.shelves[:0], shelf{y: 0, h: whiteSide, x: whiteSide + cellGap})
	p.floor = whiteSide + cellGap
	p.pending = p.pending[:0]
}

// locate returns where m lies, placing it first if need be.
func (a *atlas) locate(m *scene.Mask) cell {
	c, ok := a.cells[m]
	if !ok {
		c = a.place(m)
		a.cells[m] = c
	}
	c.page.used = a.frame
	return c
}

// white returns a page to draw fills from.
func (a *atlas) white() *page {
	if len(a.pages) == 0 {
		a.newPage(pageSide, pageSide)
	}
	p := a.pages[len(a.pages)-1]
	p.used = a.frame
	return p
}

func (a *atlas) place(m *scene.Mask) cell {
	if m.W+cellGap > pageSide || m.H+cellGap+whiteSide+cellGap > pageSide {
		// Too large to share: a page of its own.
		p := a.newPage(m.W, m.H+whiteSide+cellGap)
		return p.put(m, p.addShelf(m.H))
	}
	for i := len(a.pages) - 1; i >= 0; i-- {
		if s := a.pages[i].shelfFor(m); s >= 0 {
			return a.pages[i].put(m, s)
		}
	}
	p := a.freePage()
	s := p.shelfFor(m)
	if s < 0 {
		s = p.addShelf(m.H)
	}
	return p.put(m, s)
}

// freePage returns an empty page: a new one while there is room, else the one
// not used for longest, unless this very frame needs them all.
func (a *atlas) freePage() *page {
	if len(a.pages) < a.limit {
		return a.newPage(pageSide, pageSide)
	}
	oldest := -1
	for i, p := range a.pages {
		if p.used < a.frame && (oldest < 0 || p.used < a.pages[oldest].used) {
			oldest = i
		}
	}
	if oldest < 0 {
		return a.newPage(pageSide, pageSide)
	}
	p := a.pages[oldest]
	for m, c := range a.cells {
		if c.page == p {
			delete(a.cells, m)
		}
	}
	a.evictions++
	a.pages = append(a.pages[:oldest], a.pages[oldest+1:]...)
	if p.w != pageSide || p.h != pageSide {
		p.tex.Deallocate()
		return a.newPage(pageSide, pageSide)
	}
	p.reset()
	a.pages = append(a.pages, p)
	return p
}

func (a *atlas) newPage(w, h int) *page {
	w = max(w, whiteSide)
	p := &page{
		tex: ebiten.NewImageWithOptions(image.Rect(0, 0, w, h), &ebiten.NewImageOptions{Unmanaged: true}),
		w:   w, h: h,
		used: a.frame,
	}
	white := make([]byte, whiteSide*whiteSide*4)
	for i := range white {
		white[i] = 255
	}
	p.tex.SubImage(image.Rect(0, 0, whiteSide, whiteSide)).(*ebiten.Image).WritePixels(white)
	p.reset()
	a.pages = append(a.pages, p)
	return p
}

// shelfFor returns the shelf with room for m that wastes least, opening a new
// one if every other would waste more than a third of its height; -1 if the
// page is full.
func (p *page) shelfFor(m *scene.Mask) int {
	best := -1
	for i, s := range p.shelves {
		if s.h < m.H || p.w-s.x < m.W {
			continue
		}
		if best < 0 || s.h < p.shelves[best].h {
			best = i
		}
	}
	if best >= 0 && p.shelves[best].h*2 <= m.H*3 {
		return best
	}
	// Rows in steps of four let glyphs of nearly one height share a shelf.
	for _, h := range [2]int{(m.H + 3) &^ 3, m.H} {
		if m.W <= p.w && p.floor+h <= p.h {
			return p.addShelf(h)
		}
	}
	return best
}

func (p *page) addShelf(h int) int {
	p.shelves = append(p.shelves, shelf{y: p.floor, h: h})
	p.floor += h + cellGap
	return len(p.shelves) - 1
}

func (p *page) put(m *scene.Mask, s int) cell {
	sh := &p.shelves[s]
	at := image.Pt(sh.x, sh.y)
	sh.x += m.W + cellGap
	p.pending = append(p.pending, placed{mask: m, at: at, shelf: s})
	return cell{page: p, at: at}
}

// upload sends what was placed since the last upload to the graphics card.
func (a *atlas) upload() {
	for _, p := range a.pages {
		a.uploadPage(p)
	}
}

// uploadPage sends neighbours on one shelf together: masks placed since the
// last upload on one shelf are contiguous, and one call for a line of glyphs
// is much cheaper than one call each.
func (a *atlas) uploadPage(p *page) {
	if len(p.pending) == 0 {
		return
	}
	for s := range p.shelves {
		var area image.Rectangle
		for _, c := range p.pending {
			if c.shelf == s {
				area = area.Union(image.Rect(0, 0, c.mask.W, c.mask.H).Add(c.at))
			}
		}
		if area.Empty() {
			continue
		}
		n := area.Dx() * area.Dy() * 4
		if cap(a.buf) < n {
			a.buf = make([]byte, n)
		}
		buf := a.buf[:n]
		clear(buf)
		for _, c := range p.pending {
			if c.shelf != s {
				continue
			}
			for y := range c.mask.H {
				row := buf[((c.at.Y-area.Min.Y+y)*area.Dx()+c.at.X-area.Min.X)*4:]
				for x, v := range c.mask.Pix[y*c.mask.W : (y+1)*c.mask.W] {
					row[x*4], row[x*4+1], row[x*4+2], row[x*4+3] = v, v, v, v
				}
			}
		}
		p.tex.SubImage(area).(*ebiten.Image).WritePixels(buf)
	}
	p.pending = p.pending[:0]
}

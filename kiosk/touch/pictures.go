package touch

import (
	"bytes"
	"image"
	_ "image/jpeg" // renditions are JPEG or PNG
	_ "image/png"
	"math"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/playlist/scene/page"
)

// fineAfter is how long a picture's size has to rest to be drawn finely.
const fineAfter = 100 * time.Millisecond

// pinch is two fingers on a picture. The point of the picture that was between
// them stays between them.
type pinch struct {
	on    bool
	a, b  int     // places in hands.fingers
	apart float64 // pixels between them at the beginning
	zoom  int     // then
	u, v  float64 // which point of the picture was between them, 0 to 1
}

// pinching begins a pinch when f is the second finger on a picture.
func (p *Program) pinching(f *finger) bool {
	h := &p.hands
	area := p.drawn.info.Picture
	if !p.onPicture() || h.pinch.on || !f.start.In(area) {
		return false
	}
	first := -1
	second := -1
	for i := range h.fingers {
		g := &h.fingers[i]
		switch {
		case g == f:
			second = i
		case g.down && !g.stuck && g.start.In(area):
			first = i
		}
	}
	if first < 0 {
		return false
	}
	a, b := &h.fingers[first], f
	for _, g := range []*finger{a, b} {
		g.press, g.moved = press{}, true
	}
	h.lead, h.glide = 0, glide{}
	mid := middle(a.last, b.last)
	zoom := zoomOf(*p.session.top())
	at, size := p.lies(zoom)
	h.pinch = pinch{
		on: true, a: first, b: second, apart: max(apart(a.last, b.last), 1), zoom: zoom,
		u: (mid.x - at.x) / max(size.x, 1), v: (mid.y - at.y) / max(size.y, 1),
	}
	return true
}

// pinched follows the two fingers and reports whether f is one of them.
func (p *Program) pinched(f *finger) bool {
	h := &p.hands
	if !h.pinch.on {
		return false
	}
	a, b := &h.fingers[h.pinch.a], &h.fingers[h.pinch.b]
	if f != a && f != b {
		return false
	}
	if !p.onPicture() {
		h.pinch = pinch{}
		return true
	}
	zoom := float64(h.pinch.zoom) * apart(a.last, b.last) / h.pinch.apart
	p.zoomTo(int(math.Round(min(zoom, page.MaxZoom))), middle(a.last, b.last), h.pinch.u, h.pinch.v)
	return true
}

// fineDue is when a picture is drawn finely; zero is never.
func (p *Program) fineDue(now time.Time) time.Time {
	if p.hands.fine.After(now) {
		return p.hands.fine
	}
	return time.Time{}
}

// endPinch lets the finger that stays move the picture.
func (p *Program) endPinch() {
	h := &p.hands
	for _, i := range []int{h.pinch.a, h.pinch.b} {
		if f := &h.fingers[i]; f.down && !f.stuck {
			h.leader(f)
			h.axis = freely
			h.track = track{}
		}
	}
	h.pinch = pinch{}
}

// onPicture reports whether the page is a picture that can be enlarged.
func (p *Program) onPicture() bool {
	return p.session.active && p.drawn.alert == "" && p.session.top().Kind == page.PicturePage &&
		p.drawn.key.view.Kind == page.PicturePage && !p.drawn.info.Picture.Empty()
}

func zoomOf(v page.View) int { return max(v.Zoom, page.MinZoom) }

func middle(a, b image.Point) vec {
	return vec{float64(a.X+b.X) / 2, float64(a.Y+b.Y) / 2}
}

// lies is where the picture's corner is and how large it is: in the middle as
// long as it fits.
func (p *Program) lies(zoom int) (at, size vec) {
	area, v := p.drawn.info.Picture, p.session.top()
	size = toVec(p.drawn.info.Fit.Mul(zoom).Div(100))
	at = vec{float64(area.Min.X - v.PanX), float64(area.Min.Y - v.PanY)}
	if w := float64(area.Dx()); size.x <= w {
		at.x = float64(area.Min.X) + (w-size.x)/2
	}
	if h := float64(area.Dy()); size.y <= h {
		at.y = float64(area.Min.Y) + (h-size.y)/2
	}
	return at, size
}

// zoomTo enlarges so that the point u, v of the picture lies at mid.
func (p *Program) zoomTo(zoom int, mid vec, u, v float64) {
	top, area := p.session.top(), p.drawn.info.Picture
	top.Zoom = min(max(zoom, page.MinZoom), page.MaxZoom)
	_, size := p.lies(top.Zoom)
	p.hands.fine = p.now.Add(fineAfter)
	top.PanX = panned(float64(area.Min.X)-(mid.x-u*size.x), size.x-float64(area.Dx()))
	top.PanY = panned(float64(area.Min.Y)-(mid.y-v*size.y), size.y-float64(area.Dy()))
	p.drawn.info.MaxPanX = max(0, int(size.x)-area.Dx())
	p.drawn.info.MaxPanY = max(0, int(size.y)-area.Dy())
}

func panned(x, most float64) int { return int(math.Round(max(0, min(x, most)))) }

// zoomStep is a touch on one of the zoom buttons: about the middle.
func (p *Program) zoomStep(how string) {
	if !p.onPicture() {
		return
	}
	zoom := zoomOf(*p.session.top())
	at, size := p.lies(zoom)
	area := p.drawn.info.Picture
	mid := middle(area.Min, area.Max)
	u, v := (mid.x-at.x)/max(size.x, 1), (mid.y-at.y)/max(size.y, 1)
	p.zoomTo(page.NextZoom(zoom, how), mid, u, v)
}

// pan moves the enlarged picture and reports whether it could.
func (p *Program) pan(d image.Point) bool {
	if !p.onPicture() {
		return false
	}
	top, info := p.session.top(), &p.drawn.info
	was := image.Pt(top.PanX, top.PanY)
	top.PanX = max(0, min(top.PanX+d.X, info.MaxPanX))
	top.PanY = max(0, min(top.PanY+d.Y, info.MaxPanY))
	return d == image.Point{} || was != image.Pt(top.PanX, top.PanY)
}

// swiped goes to the next picture when a finger has swiped over one that is not
// enlarged.
func (p *Program) swiped(f *finger) bool {
	if !p.onPicture() || p.session.top().Zoom > page.MinZoom {
		return false
	}
	d := f.last.Sub(f.start)
	if abs(d.X) < p.drawn.info.Picture.Dx()/6 || abs(d.X) < 2*abs(d.Y) {
		return true // nothing to pan either
	}
	p.nextPicture(d.X > 0)
	return true
}

// nextPicture turns to another picture of the notice, the first after the last.
func (p *Program) nextPicture(back bool) {
	if p.drawn.alert != "" {
		return
	}
	top, n := p.session.top(), p.drawn.info.Pictures
	if n < 2 {
		return
	}
	step := 1
	if back {
		step = n - 1
	}
	top.Picture = (top.Picture + step) % n
	top.Zoom, top.PanX, top.PanY = 0, 0, 0
	p.hands.fine = p.now.Add(fineAfter)
	p.hands.stop()
}

// maxPicture bounds the bytes of one rendition.
const maxPicture = 16 << 20

// album keeps the pictures that were decoded last: while one is enlarged and
// moved it is asked for with every frame.
type album struct {
	mu   sync.Mutex // guards both below
	refs [2]assets.Ref
	pics [2]image.Image
}

func (a *album) find(ref assets.Ref) image.Image {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, r := range a.refs {
		if r == ref {
			return a.pics[i]
		}
	}
	return nil
}

func (a *album) keep(ref assets.Ref, img image.Image) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refs[1], a.pics[1] = a.refs[0], a.pics[0]
	a.refs[0], a.pics[0] = ref, img
}

func (a *album) empty() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refs, a.pics = [2]assets.Ref{}, [2]image.Image{}
}

// picture decodes a rendition; the cache hashes it on the way.
func (p *Program) picture(ref assets.Ref) (image.Image, error) {
	if img := p.album.find(ref); img != nil {
		return img, nil
	}
	data, err := p.src.Blob(ref, maxPicture)
	if err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	p.album.keep(ref, img)
	return img, nil
}

package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// How far a picture can be enlarged, in per cent of the size that fits, and the
// steps of the buttons.
const (
	MinZoom = 100
	MaxZoom = 400
)

// ZoomSteps are the sizes that the buttons lead to.
var ZoomSteps = []int{100, 150, 200, 300, 400}

// NextZoom is the size after zoom in the direction of a DoZoom action: "in",
// "out" or "fit".
func NextZoom(zoom int, arg string) int {
	zoom = max(zoom, MinZoom) // 0 is the size that fits
	switch arg {
	case "in":
		for _, z := range ZoomSteps {
			if z > zoom {
				return z
			}
		}
		return MaxZoom
	case "out":
		for i := len(ZoomSteps) - 1; i >= 0; i-- {
			if ZoomSteps[i] < zoom {
				return ZoomSteps[i]
			}
		}
	}
	return MinZoom
}

// picturePage shows one picture of a notice as large as the panel allows and,
// enlarged, a part of it. false when there is no such picture.
func (x *ctx) picturePage() bool {
	n, _, _, ok := x.lib.Notice(x.v.Notice, x.moment)
	if !ok || x.v.Picture < 0 || x.v.Picture >= len(n.Pictures) {
		return false
	}
	pic := n.Pictures[x.v.Picture]
	x.info.Pictures = len(n.Pictures)
	y0, y1 := x.header(), x.bar()
	x.info.Page = image.Rect(0, x.m.header, x.m.w, y1)
	s := x.fixed()
	s.chrome = false
	var area image.Rectangle
	if x.m.landscape() {
		area = x.zoomSide(s, n, pic, y0, y1)
	} else {
		area = x.zoomUnder(s, n, pic, y0, y1)
	}
	x.info.Viewport, x.info.ContentHeight = image.Rect(0, y0, x.m.w, y1), y1-y0
	x.info.Picture = area
	x.enlarged(pic, area)
	return true
}

// zoomTitle names the notice and says what the picture is.
func (x *ctx) zoomTitle(s *sheet, n *playlist.Notice, pic playlist.Picture) {
	strong, _ := x.accent(x.field(n))
	s.gap(26)
	p := s.setter.Clamp(x.title(n), x.smallBold(strong), s.width(), 2)
	s.place(p)
	count := ""
	if len(n.Pictures) > 1 {
		count = sprintf(x.w.picture, x.v.Picture+1, len(n.Pictures))
	}
	if line := joinDots(pic.Caption, count); line != "" {
		s.place(s.setter.Clamp(line, x.small(x.pal.Ink), s.width(), 2))
	}
	s.gap(20)
}

// zoomKeys are the buttons of the page, those that can do nothing left out.
func (x *ctx) zoomKeys(n *playlist.Notice) []zoomKey {
	w := x.w.read
	zoom := x.zoom()
	var out []zoomKey
	if len(n.Pictures) > 1 {
		out = append(out, zoomKey{scene.IconLeft, w.prev, Action{DoPicture, "prev"}, true})
	}
	out = append(out,
		zoomKey{scene.IconMinus, w.zoomOut, Action{DoZoom, "out"}, zoom > MinZoom},
		zoomKey{scene.IconWhole, w.zoomFit, Action{DoZoom, "fit"}, zoom > MinZoom},
		zoomKey{scene.IconPlus, w.zoomIn, Action{DoZoom, "in"}, zoom < MaxZoom})
	if len(n.Pictures) > 1 {
		out = append(out, zoomKey{scene.IconRight, w.next, Action{DoPicture, "next"}, true})
	}
	return out
}

// zoomKey is one of them.
type zoomKey struct {
	icon   scene.IconName
	label  string
	action Action
	can    bool
}

func (x *ctx) zoom() int {
	if x.v.Zoom == 0 {
		return MinZoom
	}
	return min(max(x.v.Zoom, MinZoom), MaxZoom)
}

// zoomUnder puts the buttons in a row under the picture; it returns the
// picture's place.
func (x *ctx) zoomUnder(s *sheet, n *playlist.Notice, pic playlist.Picture, y0, y1 int) image.Rectangle {
	s.y = y0
	x.zoomTitle(s, n, pic)
	top := s.y
	keys := x.zoomKeys(n)
	high := max(x.m.u(118), x.m.touch())
	gap := max(x.m.u(20), x.m.gap())
	row := y1 - high - x.m.u(22)
	wide := (s.width() - gap*(len(keys)-1)) / len(keys)
	for i, k := range keys {
		x0 := s.x0 + i*(wide+gap)
		x.zoomKey(s, image.Rect(x0, row, x0+wide, row+high), k)
	}
	return image.Rect(0, top, x.m.w, row-x.m.u(22))
}

// zoomSide puts them in a column beside it.
func (x *ctx) zoomSide(s *sheet, n *playlist.Notice, pic playlist.Picture, y0, y1 int) image.Rectangle {
	split := s.x0 + s.width()*26/100
	whole := *s
	s.x1 = split
	s.y = y0
	x.zoomTitle(s, n, pic)
	keys := x.zoomKeys(n)
	gap := max(x.m.u(16), x.m.gap())
	room := y1 - x.m.u(24) - s.y
	// Size in one row, turning over in the other.
	var rows [][]zoomKey
	if len(keys) == 5 {
		rows = [][]zoomKey{{keys[1], keys[2], keys[3]}, {keys[0], keys[4]}}
	} else {
		rows = [][]zoomKey{keys}
	}
	high := min(max(x.m.u(118), x.m.touch()), (room-gap*(len(rows)-1))/len(rows))
	for i, row := range rows {
		y := y1 - x.m.u(24) - (len(rows)-i)*high - (len(rows)-1-i)*gap
		wide := (s.width() - gap*(len(row)-1)) / len(row)
		for j, k := range row {
			x0 := s.x0 + j*(wide+gap)
			x.zoomKey(s, image.Rect(x0, y, x0+wide, y+high), k)
		}
	}
	*s = whole
	return image.Rect(split+x.m.u(48), y0, x.m.w, y1)
}

// zoomKey draws one button: a sign over its word.
func (x *ctx) zoomKey(s *sheet, r image.Rectangle, k zoomKey) {
	col, action := x.pal.Ink, k.action.String()
	if !k.can {
		col, action = x.pal.Secondary, ""
	}
	was := s.chrome
	s.chrome = true
	defer func() { s.chrome = was }()
	if k.can {
		s.card(r, action)
	}
	size := x.m.u(44)
	p := x.setter.Fit(k.label, x.plain(typeset.Sans, sizeSmall, col), r.Dx()-x.m.u(8), 1, x.m.u(sizeSmall*3/4))
	y := r.Min.Y + (r.Dy()-size-p.Height)/2
	s.icon(k.icon, r.Min.X+(r.Dx()-size)/2, y, size, col)
	s.put(p, r.Min.X+(r.Dx()-p.Width)/2, y+size, r)
	s.touchable(r, action, k.label, false)
}

// enlarged draws the picture in its place.
func (x *ctx) enlarged(pic playlist.Picture, area image.Rectangle) {
	frame := area.Inset(-x.m.u(2))
	frame.Min.X, frame.Max.X = area.Min.X, area.Max.X
	x.c.Fill(area, scene.Mix(x.pal.Paper, x.pal.Ink, 22))
	if len(pic.Renditions) == 0 {
		return
	}
	inner := area.Inset(x.m.u(16))
	whole := pic.Renditions[0]
	fit := scene.Contain(image.Pt(whole.Width, whole.Height), inner.Size())
	size := image.Pt(fit.X*x.zoom()/100, fit.Y*x.zoom()/100)
	// The smallest rendition that is not blurred at this size.
	best := whole
	for _, r := range pic.Renditions[1:] {
		if r.Width >= size.X && r.Width < best.Width {
			best = r
		}
	}
	x.info.Fit = fit
	x.info.MaxPanX, x.info.MaxPanY = max(size.X-area.Dx(), 0), max(size.Y-area.Dy(), 0)
	at := area.Min.Sub(image.Pt(min(max(x.v.PanX, 0), x.info.MaxPanX), min(max(x.v.PanY, 0), x.info.MaxPanY)))
	if size.X < area.Dx() {
		at.X = area.Min.X + (area.Dx()-size.X)/2
	}
	if size.Y < area.Dy() {
		at.Y = area.Min.Y + (area.Dy()-size.Y)/2
	}
	var src image.Image
	if x.pictures != nil {
		if img, err := x.pictures(best.Ref); err == nil {
			src = img
		}
	}
	if src == nil || src.Bounds().Empty() {
		// Who fetches it tells of its failures; the page is drawn again when it
		// is there.
		s := x.fixed()
		p := s.setter.Fit(x.w.read.noPicture, x.body(x.pal.Ink), area.Dx()-x.m.u(64), 2, x.m.u(sizeSmall))
		s.put(p, area.Min.X+(area.Dx()-p.Width)/2, area.Min.Y+(area.Dy()-p.Height)/2, area)
		return
	}
	view := area.Sub(at).Intersect(image.Rectangle{Max: size})
	x.c.Clip(area, func() {
		pieces, known := x.window(best.Ref, src, size, view, x.v.Moving)
		if !known {
			x.c.Image(rough(src, size, view), at.Add(view.Min))
		}
		for _, t := range pieces {
			x.c.Image(t.bitmap, at.Add(t.at))
		}
		x.c.Outline(image.Rectangle{Min: at, Max: at.Add(size)}.Inset(-1), 0, max(x.m.u(1), 1), x.pal.Hairline)
	})
}

package page

import (
	"image"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// thumbnails show the pictures of a role under a heading, each small and ready
// to be opened: sample forms of a guide, the approved document of a fund notice.
// On paper there is nothing to open.
func (s *sheet) thumbnails(n *playlist.Notice, role playlist.PictureRole, title string) {
	if ofRole(n, role) < 0 || s.paper {
		return
	}
	s.heading(title)
	gap := s.m.u(28)
	across := max(min(3, s.width()/s.m.u(260)), 1)
	wide := min((s.width()-gap*(across-1))/across, s.m.u(300))
	var row []int
	for i, p := range n.Pictures {
		if p.Role == role && len(p.Renditions) > 0 {
			row = append(row, i)
		}
		if len(row) == across || i == len(n.Pictures)-1 && len(row) > 0 {
			s.thumbnailRow(n, row, wide, gap)
			row = nil
		}
	}
}

func (s *sheet) thumbnailRow(n *playlist.Notice, row []int, wide, gap int) {
	pad := s.m.u(14)
	s.keep(func() {
		s.gap(20)
		// All cards of a row are as high as the highest.
		high := 0
		captions := make([]*typeset.Para, len(row))
		for i, at := range row {
			captions[i] = s.short(n.Pictures[at].Caption, s.small(s.pal.Ink), wide-2*pad)
			high = max(high, captions[i].Height)
		}
		// The heading, the cards and their captions stand on one page.
		heading := s.m.u(100) + s.serif(sizeLead, s.pal.Ink).Leading
		tall := max(min(wide*5/4, s.m.page()-heading-high-2*pad), s.m.touch())
		for i, at := range row {
			p := n.Pictures[at]
			r := image.Rect(s.x0+i*(wide+gap), s.y, s.x0+i*(wide+gap)+wide, s.y+tall+high+2*pad)
			action := enlarge(at)
			s.card(r, action)
			box := image.Rect(r.Min.X+pad, r.Min.Y+pad, r.Max.X-pad, r.Min.Y+tall)
			s.thumbnail(p, box)
			icon := s.m.u(44)
			s.icon(scene.IconPlus, box.Max.X-icon-s.m.u(6), box.Max.Y-icon-s.m.u(6), icon, s.pal.Government)
			s.put(captions[i], box.Min.X+(box.Dx()-captions[i].Width)/2, r.Min.Y+tall+pad/2, r)
			label := p.Caption
			if label == "" {
				label = s.w.read.zoomIn
			}
			s.touchable(r, action, label, false)
		}
		s.y += tall + high + 2*pad
	})
}

// thumbnail draws a picture as large as box allows, in its middle.
func (s *sheet) thumbnail(p playlist.Picture, box image.Rectangle) {
	if s.dry || !box.Add(s.shift).Overlaps(s.clip) {
		return
	}
	b := s.bitmap(p, box.Size())
	if b == nil {
		s.fill(box, s.pal.Hairline)
		return
	}
	at := image.Pt(box.Min.X+(box.Dx()-b.W)/2, box.Min.Y+(box.Dy()-b.H)/2)
	s.c.Image(b, at)
	s.c.Outline(image.Rectangle{Min: at, Max: at.Add(image.Pt(b.W, b.H))}, 0, s.weight(2), s.pal.Hairline)
}

// otherPeriods leads to the same fund's notices of other years, quarters and
// months (DOMAIN U13).
func (s *sheet) otherPeriods(n *playlist.Notice) {
	if s.paper {
		return
	}
	var same []*playlist.Notice
	for _, o := range s.lib.List(playlist.Query{Column: n.Column, Kinds: []playlist.Kind{playlist.KindFund}}, s.moment) {
		if o.ID != n.ID && o.Issuer == n.Issuer && o.Fund != nil && withoutPeriod(o.Title) == withoutPeriod(n.Title) && len(same) < maxPeriods {
			same = append(same, o)
		}
	}
	if len(same) == 0 {
		return
	}
	s.heading(s.w.read.otherTimes)
	rows := s.rows // of the tables; these are not counted with them
	for _, o := range same {
		s.entryRow(o)
	}
	s.rows = rows
}

// maxPeriods bounds the list of a fund's other periods: a year by months.
const maxPeriods = 12

// withoutPeriod is a title without what differs from one period to the next.
func withoutPeriod(title string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("0123456789０１２３４５６７８９年月季度第一二三四五六七八九十上下半期批次（）() ", r) {
			return -1
		}
		return r
	}, title)
}

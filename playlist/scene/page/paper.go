package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// A sheet of paper: A4 at 150 dots an inch.
const (
	SheetWide = 1240
	SheetHigh = 1754
	sheetDPI  = 150

	// MaxSheets is how many sheets a notice takes at most; what is longer says
	// where the rest is.
	MaxSheets = 6
)

// paperMetrics set a sheet in letters of 12 points with margins of 20 mm.
func paperMetrics() metrics {
	m := metrics{w: SheetWide, h: SheetHigh, side: SheetWide, scale: 0.74, large: 1, perMM: sheetDPI / 25.4}
	m.margin = int(20 * m.perMM)
	m.header, m.bar = int(16*m.perMM), int(22*m.perMM)
	return m
}

// paperPalette is black on white; what tints a screen would only cost toner.
func paperPalette() scene.Palette {
	p := scene.HighContrast()
	grey := scene.Mix(scene.White, scene.Black, 96)
	p.Hairline, p.MoneyEdge, p.Secondary = grey, grey, scene.Mix(scene.White, scene.Black, 200)
	p.Government, p.Party, p.Village, p.Money, p.Danger = scene.Black, scene.Black, scene.Black, scene.Black, scene.Black
	light := scene.Mix(scene.White, scene.Black, 16)
	p.GovernmentTint, p.PartyTint, p.VillageTint = light, light, light
	p.Hair = 2
	return p
}

// Sheets sets a notice for the printer, in Chinese: A4 at 150 dots an inch,
// black on white, at most MaxSheets. It returns nil for a notice that is not
// printed: a warning, or one that lib does not show at m.
func (b *Book) Sheets(n *playlist.Notice, lib *playlist.Library, m schedule.Moment) []*scene.Frame {
	if n == nil || lib == nil || n.Alert != nil || !n.Allows(m) {
		return nil
	}
	x := &ctx{
		Book: b, v: View{Kind: NoticePage, Notice: n.ID}, lib: lib, moment: m,
		w: wordsFor("zh"), m: paperMetrics(), pal: paperPalette(), info: &Info{}, paper: true,
	}
	x.now = m.Now.In(b.zone(lib))
	con, ok := x.notice(n)
	if !ok {
		return nil
	}
	lay := func(s *sheet) {
		con.head(s)
		con.body(s)
		s.onlineBlock(n)
	}
	room := x.m.h - x.m.header - x.m.bar
	dry := &sheet{ctx: x, x0: x.m.margin, x1: x.m.w - x.m.margin, dry: true}
	lay(dry)
	more := x.set(x.w.read.sheetLong, x.smallBold(x.pal.Ink), dry.width())
	type span struct{ top, end int }
	var spans []span
	long := false
	for top := 0; ; {
		limit := top + room
		last := len(spans) == MaxSheets-1
		if last && dry.y > limit {
			long, limit = true, limit-more.Height-x.m.u(24)
		}
		ends := dry.bottom(top, limit)
		spans = append(spans, span{top, min(ends.end, dry.y)})
		next := ends.next - dry.stuck(ends.next)
		if dry.y <= limit || last {
			break
		}
		if next <= top {
			next = limit // something as high as a sheet is cut where the sheet ends
		}
		top = next
	}
	var out []*scene.Frame
	for i, sp := range spans {
		x.c = scene.NewCanvas(x.m.w, x.m.h, scene.White)
		s := &sheet{ctx: x, x0: dry.x0, x1: dry.x1, scroll: sp.top}
		s.clip = image.Rect(0, x.m.header, x.m.w, x.m.header+sp.end-sp.top)
		s.shift = image.Pt(0, x.m.header-sp.top)
		x.c.Clip(s.clip, func() { x.c.Offset(0, s.shift.Y, func() { lay(s) }) })
		x.sheetFoot(n, i, len(spans))
		if long && i == len(spans)-1 {
			f := x.fixed()
			f.put(more, f.x0, x.m.h-x.m.bar-more.Height, image.Rect(f.x0, 0, f.x1, x.m.h))
		}
		out = append(out, x.c.Frame())
	}
	return out
}

// onlineBlock ends the text with the code of its public address, 30 mm wide.
func (s *sheet) onlineBlock(n *playlist.Notice) {
	web := s.webAddress(n)
	if web == "" {
		return
	}
	box := int(30 * s.m.perMM)
	d, ok := s.qr(web, box, box)
	if !ok {
		return
	}
	s.gap(32)
	s.keep(func() {
		y := s.y
		side := s.code(d, image.Pt(s.x0, y))
		x0 := s.x0 + side + s.m.u(32)
		p := s.text(x0, s.x1, y+s.m.u(20), s.w.read.sheetWeb, s.smallBold(s.pal.Ink))
		s.text(x0, s.x1, y+s.m.u(26)+p.Height, n.Web, s.small(s.pal.Ink))
		s.y = y + side
	})
}

// sheetFoot says on every sheet where it comes from, when it was printed, whom
// to call and which of how many it is; from the second on its head says what the
// text is.
func (x *ctx) sheetFoot(n *playlist.Notice, i, of int) {
	s := x.fixed()
	st := x.style(typeset.Sans, x.m.u(24), 1.4, x.pal.Secondary)
	y := x.m.h - x.m.bar + x.m.u(24)
	s.line(s.x0, s.x1, y, x.pal.Hair, x.pal.Hairline)
	y += x.m.u(16)
	page := s.set2(sprintf(x.w.read.sheetOf, i+1, of), st)
	s.put(page, s.x1-page.Width, y, image.Rect(s.x0, y, s.x1, y+page.Height))
	hotline := n.Hotline
	if hotline == "" {
		hotline = x.settings.Hotline
	}
	if hotline != "" {
		hotline = sprintf(x.w.hotline, hotline)
	}
	room := s.width() - page.Width - x.m.u(32)
	left := s.setter.Clamp(joinDots(x.siteName(), sprintf(x.w.read.printedAt, x.w.fullDay(dateOf(x.now))+" "+x.now.Format("15:04")), hotline), st, room, 1)
	s.put(left, s.x0, y, image.Rect(s.x0, y, s.x0+room, y+left.Height))
	if i > 0 {
		head := s.setter.Clamp(x.title(n), st, s.width(), 1)
		y := x.m.header - head.Height - x.m.u(20)
		s.put(head, s.x0, y, image.Rect(s.x0, y, s.x1, y+head.Height))
	}
}

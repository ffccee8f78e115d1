package page

import (
	"fmt"
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// content is a page that scrolls: its head says what it is and answers first,
// its body goes into detail. Upright they follow one another; on a wide panel
// the head is the left column and the body the right.
type content struct {
	head, body func(*sheet)
	// top, when set, draws something below the header that stays while the rest
	// scrolls, and returns where the rest begins.
	top func(y int) int
	// keys, when set, draws what stands still besides, such as a keypad, and
	// returns what is left: the page that scrolls, which may be narrower, and its
	// first and last line. No page is left when the keys take all of it.
	keys func(y0, y1 int) (rest *ctx, top, foot int)
	// share is how much of a wide panel the head takes, in hundredths.
	share  int
	counts string // how the rows below the page's end are counted, if they are
	// fill pages choose what they show by the height that there is (sheet.high)
	// and scroll only when even the least does not fit.
	fill bool
	acts []act // what can be done with what the page shows
}

// reading draws the pages that a person reads; false when what was asked for is
// not there.
func (x *ctx) reading() bool {
	con, ok := x.content()
	if !ok {
		return false
	}
	y0, y1 := x.header(), x.bar()
	x.info.Page = image.Rect(0, x.m.header, x.m.w, y1)
	if con.top != nil {
		y0 = con.top(y0)
	}
	if len(con.acts) > 0 {
		y1 = x.withActs(&con, y1)
	}
	x.m.taken = x.m.h - x.m.header - x.m.bar - (y1 - y0)
	if con.keys != nil {
		rest, top, foot := con.keys(y0, y1)
		if rest == nil {
			x.info.Viewport = image.Rect(0, y0, x.m.w, y0)
		} else {
			rest.scrolling(con, top, foot)
		}
	} else if !con.fill || !x.filled(con, y0, y1) {
		x.scrolling(con, y0, y1)
	}
	x.watermark(y0, y1)
	return true
}

func (x *ctx) content() (content, bool) {
	switch x.v.Kind {
	case Home:
		return x.home(), true
	case ColumnPage:
		return x.column()
	case Postings:
		return x.postings(), true
	case Latest:
		return x.latest(), true
	case SearchPage:
		return x.search(), true
	case OpinionPage:
		return x.form()
	case ThanksPage:
		return x.thanks(), true
	}
	n, _, _, ok := x.lib.Notice(x.v.Notice, x.moment)
	if !ok {
		return content{}, false
	}
	con, ok := x.notice(n)
	if body := con.body; ok {
		con.body = func(s *sheet) { body(s); s.rateStrip(n) }
	}
	return con, ok
}

// notice is the page of a notice of each kind.
func (x *ctx) notice(n *playlist.Notice) (content, bool) {
	switch {
	case n.Kind == playlist.KindGuide && n.Guide != nil:
		return x.guide(n), true
	case n.Kind == playlist.KindFund && n.Fund != nil:
		return x.fund(n), true
	case n.Kind == playlist.KindMedia && n.Media != nil:
		return x.media(n), true
	case n.Kind == playlist.KindAlert && n.Alert != nil:
		return x.alert(n), true
	case n.Kind == playlist.KindRoster && n.Roster != nil:
		return x.roster(n), true
	case n.Announcement != nil:
		return x.announcement(n), true
	}
	return content{}, false
}

// withActs finds the place of the row of actions and returns where the page ends
// above it: in one column the row stays in sight above the bar or, where there
// is no height for that, ends the page's head; in two it stands under the head.
func (x *ctx) withActs(con *content, y1 int) int {
	all := con.acts
	switch {
	case x.m.landscape():
		return y1
	case x.m.actsStay():
		con.acts = nil
		y1 -= x.m.actsHigh()
		x.actsUnder(&sheet{x0: x.m.margin, x1: x.m.w - x.m.margin}, all, y1)
		return y1
	}
	con.acts = nil
	head := con.head
	con.head = func(s *sheet) { head(s); s.actsIn(all) }
	return y1
}

// actsUnder draws the row of actions in a column, its paper beginning at y.
func (x *ctx) actsUnder(col *sheet, all []act, y int) {
	s := x.fixed()
	s.x0, s.x1 = col.x0, col.x1
	if x.m.low() {
		s.actRow(all, y+s.m.u(14))
		return
	}
	s.line(s.x0, s.x1, y, s.pal.Hair, s.pal.Hairline)
	s.actRow(all, y+s.m.u(20))
}

// columns returns the one or two sheets of a page, empty.
func (x *ctx) columns(share int, dry bool) (left, right *sheet) {
	left = &sheet{ctx: x, x0: x.m.margin, x1: x.m.w - x.m.margin, dry: dry}
	if !x.m.landscape() {
		return left, left
	}
	gutter := x.m.u(72)
	if share == 0 {
		share = 38
	}
	inner := left.width() - gutter
	right = &sheet{ctx: x, x0: left.x0 + inner*share/100 + gutter, x1: left.x1, dry: dry}
	left.x1 = left.x0 + inner*share/100
	return left, right
}

// lay runs a page's functions over its columns.
func (c content) lay(left, right *sheet) {
	c.head(left)
	c.body(right)
}

// foot is the space that ends a scrolled page.
const foot = 48

// scrolling draws a page between y0 and y1 as far as View.Scroll has moved it.
func (x *ctx) scrolling(con content, y0, y1 int) {
	left, right := x.columns(con.share, true)
	x.spoken.seek = x.v.Spoken != ""
	con.lay(left, right)
	x.spoken.seek = false
	x.info.Spoken = x.spoken.area
	total := max(left.y, right.y) + x.m.u(foot)
	view := image.Rect(0, y0, x.m.w, y1)
	if total > view.Dy() {
		view.Max.Y -= x.m.strip
	}
	// On a wide panel the sign that the page goes on stands under the column
	// that goes on; the head has the whole height.
	headView := view
	if right != left {
		headView.Max.Y = y1
		if len(con.acts) > 0 {
			headView.Max.Y -= x.m.actsHigh()
			x.actsUnder(left, con.acts, headView.Max.Y)
		}
		total = max(right.y+x.m.u(foot), left.y+x.m.u(foot)-headView.Dy()+view.Dy())
	}
	x.info.Viewport, x.info.ContentHeight = view, total
	// The last page begins where a row does, even if it ends with more paper.
	x.info.MaxScroll = right.snap(max(total-view.Dy(), 0))
	scroll := min(max(x.v.Scroll, 0), x.info.MaxScroll)
	x.info.Scroll = scroll
	x.info.Own = min(x.info.Own, x.info.MaxScroll)

	down := right
	ends := down.bottom(scroll, scroll+view.Dy())
	limit := scroll + view.Dy()
	if !x.v.Moving {
		limit = ends.end
	}
	x.info.Down = ends.next - down.stuck(ends.next)
	if x.info.Down <= scroll {
		x.info.Down = scroll + view.Dy()/2 // whatever is that high, there is a way past it
	}
	x.info.Down = min(x.info.Down, x.info.MaxScroll)
	x.info.Up = max(scroll-view.Dy(), 0)
	for _, b := range down.breaks {
		if x.info.Up > 0 && b.next >= x.info.Up && b.next < scroll {
			x.info.Up = b.next
			break
		}
	}
	x.info.Characters = left.chars
	if right != left {
		x.info.Characters += right.chars
	}

	left2, right2 := x.columns(con.share, false)
	draw := func(s *sheet, view image.Rectangle, scroll, limit int, lay func(*sheet)) {
		clip := view
		clip.Max.Y = min(view.Min.Y+limit-scroll, view.Max.Y)
		s.clip, s.shift = clip, image.Pt(0, y0-scroll)
		s.scroll = scroll
		x.c.Clip(clip, func() { x.c.Offset(0, y0-scroll, func() { lay(s) }) })
	}
	if right2 == left2 {
		draw(left2, view, scroll, limit, func(s *sheet) { con.head(s); con.body(s) })
	} else {
		// The head stays where it is as long as all of it can be seen.
		held := min(scroll, left.snap(max(left.y-headView.Dy(), 0)))
		if !x.v.Moving {
			held = left.reached(held)
		}
		end := held + headView.Dy()
		if !x.v.Moving {
			end = left.bottom(held, end).end
		}
		draw(left2, headView, held, end, con.head)
		draw(right2, view, scroll, limit, con.body)
	}
	if view.Max.Y < y1 {
		rest := 0
		for _, y := range down.rows {
			if y >= limit {
				rest++
			}
		}
		x.moreStrip(right2.x0, view.Max.Y, scroll > 0, scroll < x.info.MaxScroll, con.counts, rest)
	}
}

// filled draws a page that is laid out to fit between y0 and y1; false when text
// is so large that it does not.
func (x *ctx) filled(con content, y0, y1 int) bool {
	high := y1 - y0
	left, right := x.columns(con.share, true)
	left.high, right.high = high, high
	con.lay(left, right)
	if max(left.y, right.y) > high-x.m.u(16) {
		return false
	}
	view := image.Rect(0, y0, x.m.w, y1)
	x.info.Viewport, x.info.ContentHeight = view, high
	x.info.Characters = left.chars
	left, right = x.columns(con.share, false)
	for _, s := range []*sheet{left, right} {
		s.clip, s.shift, s.high = view, image.Pt(0, y0), high
	}
	x.c.Clip(view, func() { x.c.Offset(0, y0, func() { con.lay(left, right) }) })
	return true
}

// watermark puts 演练 over a page while an exercise runs.
func (x *ctx) watermark(y0, y1 int) {
	exercise := false
	for _, n := range x.lib.Alerts(x.moment) {
		exercise = exercise || n.Alert != nil && n.Alert.Exercise
	}
	if !exercise {
		return
	}
	col := scene.Alpha(x.pal.Ink, 14)
	st := typeset.Style{Role: typeset.Bold, Size: x.m.u(300), Leading: x.m.u(340), Color: col}
	p := x.setter.Line("演练", st)
	x.c.Clip(image.Rect(0, y0, x.m.w, y1), func() {
		step := p.Height + x.m.u(120)
		for i, y := 0, y0+x.m.u(60); y < y1; i, y = i+1, y+step {
			left := x.m.margin
			if i%2 == 1 {
				left = x.m.w - x.m.margin - p.Width
			}
			p.Draw(x.c, image.Pt(left, y))
		}
	})
}

// reached returns the last height up to top at which a page may begin.
func (s *sheet) reached(top int) int {
	at := 0
	for _, b := range s.breaks {
		if b.next <= top {
			at = b.next
		}
	}
	return at
}

// snap returns the first height from top on at which a page may begin.
func (s *sheet) snap(top int) int {
	if top == 0 {
		return 0
	}
	for _, b := range s.breaks {
		if b.next-s.stuck(b.next) >= top {
			return b.next - s.stuck(b.next)
		}
	}
	return top
}

// spare is a dry sheet of the same width, to find out how high something is.
func (s *sheet) spare() *sheet {
	return &sheet{ctx: s.ctx, x0: s.x0, x1: s.x1, y: s.y, dry: true, high: s.high}
}

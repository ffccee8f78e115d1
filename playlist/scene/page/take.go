package page

import (
	"image"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
)

// takeSheet is the sheet above the bar from which a notice is taken away: a code
// that carries the text itself, a code of its public address where it has one,
// and printing where there is a printer. It returns its upper edge; foot is its
// lower one.
func (x *ctx) takeSheet(foot int) int {
	if x.v.Kind != NoticePage {
		return foot
	}
	n, _, _, ok := x.lib.Notice(x.v.Notice, x.moment)
	if !ok || n.Kind == playlist.KindAlert {
		return foot
	}
	t := &taking{sheet: x.fixed(), n: n, web: x.webAddress(n)}
	// The codes are as large as the words leave room for.
	room := foot - x.m.header
	high := room + 1
	for t.terse = 0; t.terse < 3 && high > room; t.terse++ {
		for t.box = t.most(); t.box >= t.least() && high > room; t.box -= max(x.m.u(12), 1) {
			t.dry, t.y = true, 0
			t.draw()
			high = t.y
			t.chosen = t.box
		}
	}
	t.terse, t.box = t.terse-1, t.chosen
	t.sheet = x.raised(high)
	top := t.y
	t.draw()
	return top
}

// taking is the sheet while it is laid out.
type taking struct {
	*sheet
	n   *playlist.Notice
	web string
	box int // side of the larger code with its quiet zone, at most

	chosen int
	terse  int // 0 says all, 1 in smaller letters, 2 only what a code is for
}

// mostModules bounds the larger code, quiet zone included: 773 bytes, some 250
// characters. Larger ones are slow to read with a phone in an unsteady hand.
const mostModules = 113

// moduleMM is the least width of a module of the larger code.
const moduleMM = 0.5

// least is the smallest side of a code: 50 mm (DOMAIN U12).
func (t *taking) least() int { return int(50*t.m.perMM + 0.999) }

func (t *taking) most() int {
	if t.m.low() {
		return min(t.m.u(620), t.width()*45/100)
	}
	return min(t.m.u(640), t.width()*2/3)
}

// wide says whether the two codes stand side by side.
func (t *taking) wide() bool { return t.m.low() }

// draw lays the sheet out from s.y on.
func (t *taking) draw() {
	w := t.w.read
	t.gap(32)
	size := max(t.m.touch(), t.m.u(84))
	title := t.set2(w.takeTitle, t.plain(typeset.Serif, sizeLead, t.pal.Ink))
	t.put(title, t.x0, t.y+(size-title.Height)/2, image.Rect(t.x0, t.y, t.x1, t.y+size))
	closes := image.Rect(t.x1-size, t.y, t.x1, t.y+size)
	icon := t.m.u(44)
	t.choice(closes, string(DoClose), w.close, false)
	t.icon(scene.IconClose, closes.Min.X+(size-icon)/2, closes.Min.Y+(size-icon)/2, icon, t.pal.Ink)
	t.y += size
	t.gap(18)
	t.hair()
	t.gap(28)
	if t.wide() {
		t.side()
	} else {
		t.upright()
	}
	if t.status.Printer {
		t.gap(28)
		high := t.m.actHigh()
		t.act(image.Rect(t.x0, t.y, t.x1, t.y+high), act{label: w.print, action: string(DoPrint)}, t.m.u(sizeBody))
		t.y += high
	}
	t.gap(32)
}

// text is the code that carries the notice's text in a square of at most box
// pixels.
func (t *taking) textCode(box int) (drawnCode, bool, bool) {
	across := min(mostModules, int(float64(box)/max(moduleMM*t.m.perMM, 2)))
	text, whole := t.carried(t.n, room(across))
	d, ok := t.qr(text, box, t.least())
	return d, whole, ok
}

// block draws one code with its words beside it, and returns its foot.
func (t *taking) block(x0, x1, y, box int, d drawnCode, title, hint string, beside bool) int {
	side := t.code(d, image.Pt(x0, y))
	if !t.dry {
		t.c.Outline(image.Rect(x0, y, x0+side, y+side), 0, t.weight(t.pal.Hair), t.pal.Hairline)
	}
	left, top := x0+side+t.m.u(36), y
	if !beside {
		left, top = x0, y+side+t.m.u(18)
	}
	grow := t.m.title
	if t.terse > 0 {
		grow = t.m.u
	}
	p := t.text(left, x1, top, title, t.style(typeset.Bold, grow(sizeBody), 1.4, t.pal.Ink))
	top += p.Height + t.m.u(6)
	st := t.style(typeset.Sans, grow(sizeSmall), 1.45, t.pal.Ink)
	st.Gap = t.m.u(16)
	p = t.text(left, x1, top, hint, st)
	return max(y+side, top+p.Height)
}

// upright stands one code under the other.
func (t *taking) upright() {
	if d, whole, ok := t.textCode(t.box); ok {
		t.y = t.block(t.x0, t.x1, t.y, t.box, d, t.w.read.takeText, t.textHint(whole), true)
	}
	if t.web == "" {
		return
	}
	if d, ok := t.qr(t.web, t.box*45/100, t.least()); ok {
		t.gap(28)
		t.y = t.block(t.x0, t.x1, t.y, t.box, d, t.w.read.takeWeb, t.w.read.takeWebHint, true)
	}
}

// side stands the codes side by side.
func (t *taking) side() {
	y, foot := t.y, t.y
	mid := t.x0 + t.width()*56/100
	to := mid - t.m.u(48)
	if t.web == "" {
		to = t.x1
	}
	if d, whole, ok := t.textCode(t.box); ok {
		foot = t.block(t.x0, to, y, t.box, d, t.w.read.takeText, t.textHint(whole), true)
	}
	if t.web != "" {
		if d, ok := t.qr(t.web, t.box/2, t.least()); ok {
			foot = max(foot, t.block(mid, t.x1, y, t.box, d, t.w.read.takeWeb, t.w.read.takeWebHint, true))
		}
	}
	t.y = foot
}

func (t *taking) textHint(whole bool) string {
	if t.terse > 1 {
		return t.w.read.takeTextHint
	}
	out := t.w.read.takeTextHint + "\n" + t.carriedNames(t.n)
	if t.w.en {
		return out + "."
	}
	if !whole {
		out += "。" + t.w.read.takeShort
	}
	return out
}

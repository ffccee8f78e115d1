package touch

import (
	"image"
	"slices"
	"strconv"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
)

// keyboard does what a key of a real keyboard means on the page. Whoever cannot
// touch walks through everything that a finger reaches with tab and enter.
func (p *Program) keyboard(k player.Key, now time.Time) {
	asked := !p.session.asked.IsZero()
	p.awake(now)
	switch {
	case asked:
		return // any key says that somebody is there
	case k == player.KeyTab, k == player.KeyBackTab:
		p.nextFocus(k == player.KeyBackTab)
	case k == player.KeyEnter && p.focused():
		p.do(p.hands.focus, now)
	case !p.session.active && p.drawn.alert == "":
		p.do(string(page.DoStart), now)
	case k == player.KeyEscape:
		p.escape(now)
	case len(k) == 1:
		p.character(string(k), now)
	default:
		p.command(k, now)
	}
}

// do is a touch on an action that did not come from a finger.
func (p *Program) do(action string, now time.Time) {
	p.act(press{action: action, typing: p.drawn.key.view.Typing}, now)
}

func verb(v page.Verb, arg string) string { return page.Action{Verb: v, Arg: arg}.String() }

// kind is the page that the person is on; empty on a warning.
func (p *Program) kind() page.Kind {
	if !p.session.active || p.drawn.alert != "" {
		return ""
	}
	return p.session.top().Kind
}

// escape goes one step back: the sheet, the keypad, the page.
func (p *Program) escape(now time.Time) {
	switch {
	case p.session.sheet != page.NoSheet:
		p.do(string(page.DoClose), now)
	case p.kind() == page.OpinionPage && typingOf(*p.session.top()).Field != page.NoField:
		p.do(verb(page.DoField, "none"), now)
	default:
		p.do(string(page.DoBack), now)
	}
}

// character types a letter or a digit; on a page where nothing is typed it
// begins a search.
func (p *Program) character(k string, now time.Time) {
	switch p.kind() {
	case "":
		return
	case page.OpinionPage:
		if typingOf(*p.session.top()).Field == page.NoField {
			p.do(verb(page.DoField, string(page.TextField)), now)
		}
	case page.SearchPage:
	default:
		p.do(string(page.DoSearch), now)
	}
	top := p.session.top()
	if pad := typingOf(*top).Pad; !digit(k) && (pad == page.DigitPad || pad == page.StrokePad && !stroke(k)) {
		p.do(verb(page.DoPad, string(page.PinyinPad)), now)
	}
	p.do(verb(page.DoKey, k), now)
}

// command does what a key without a character means.
func (p *Program) command(k player.Key, now time.Time) {
	kind := p.kind()
	writes := kind == page.SearchPage || kind == page.OpinionPage
	composing := kind == page.OpinionPage && typingOf(*p.session.top()).Keys != ""
	switch k {
	case player.KeyBackspace:
		if writes {
			p.do(deleteKey, now)
		} else if kind != "" {
			p.do(string(page.DoBack), now)
		}
	case player.KeyDelete:
		if writes {
			p.do(verb(page.DoKey, "clear"), now)
		}
	case player.KeySpace:
		if composing {
			p.do(verb(page.DoPick, strconv.Itoa(typingOf(*p.session.top()).From)), now)
		} else {
			p.do(verb(page.DoScroll, "down"), now)
		}
	case player.KeyEnter:
		p.enter(composing, now)
	case player.KeyUp:
		p.nudge(-1, now)
	case player.KeyDown:
		p.nudge(1, now)
	case player.KeyPageUp:
		p.do(verb(page.DoScroll, "up"), now)
	case player.KeyPageDown:
		p.do(verb(page.DoScroll, "down"), now)
	case player.KeyFirst:
		p.do(verb(page.DoScroll, "top"), now)
	case player.KeyLeft, player.KeyRight:
		p.sideways(k == player.KeyLeft, now)
	}
}

// enter takes the best: the first candidate, the first hit.
func (p *Program) enter(composing bool, now time.Time) {
	switch {
	case composing:
		p.do(verb(page.DoPick, "0"), now)
	case p.kind() == page.OpinionPage && typingOf(*p.session.top()).Field != page.NoField:
		p.do(verb(page.DoField, "none"), now)
	case p.kind() == page.SearchPage:
		if w := typingOf(*p.session.top()); w.Result != nil && w.Result.Total > 0 {
			p.do(page.ToNotice(w.Result.Groups[0].Hits[0].Notice.ID), now)
		}
	}
}

func (p *Program) sideways(left bool, now time.Time) {
	at := map[bool]string{true: "left", false: "right"}[left]
	switch {
	case p.drawn.info.MaxTableX > 0:
		p.do(verb(page.DoTable, at), now)
	case p.drawn.info.Pictures > 1:
		p.do(verb(page.DoPicture, map[bool]string{true: "prev", false: "next"}[left]), now)
	case p.kind() == page.OpinionPage:
		p.do(verb(page.DoMore, map[bool]string{true: "prev", false: "next"}[left]), now)
	}
}

// nudge moves the page by an eighth of what is seen.
func (p *Program) nudge(by int, now time.Time) {
	from := p.scrolled()
	to := from
	if j := p.hands.jump; !j.began.IsZero() && !j.table {
		to = j.to // the key repeats before the last step has arrived
	}
	p.heard.follow = false
	p.hands.stop()
	to = max(0, min(to+by*p.drawn.info.Viewport.Dy()/8, p.drawn.info.MaxScroll))
	p.hands.jump = jump{from: from, to: to, began: now}
}

// wheel scrolls the page, and changes the size of a picture about the pointer.
func (p *Program) wheel(e player.Event, now time.Time) {
	p.awake(now)
	if !p.onPicture() {
		p.nudge(e.Turn, now)
		return
	}
	area := p.drawn.info.Picture
	mid := toVec(e.At)
	if !e.At.In(area) {
		mid = middle(area.Min, area.Max)
	}
	zoom := zoomOf(*p.session.top())
	at, size := p.lies(zoom)
	p.zoomTo(zoom-zoom*e.Turn/8, mid, (mid.x-at.x)/max(size.x, 1), (mid.y-at.y)/max(size.y, 1))
}

// focused reports whether the page offers what tab has led to.
func (p *Program) focused() bool {
	return p.hands.focus != "" && slices.ContainsFunc(p.offers(), func(r scene.Region) bool { return r.Action == p.hands.focus })
}

// nextFocus leads to the next thing that a finger could touch, from the top of
// the page to its foot; from the last to the first.
func (p *Program) nextFocus(back bool) {
	all := p.offers()
	if len(all) == 0 {
		return
	}
	at := slices.IndexFunc(all, func(r scene.Region) bool { return r.Action == p.hands.focus })
	switch {
	case back && at <= 0:
		at = len(all) - 1
	case back:
		at--
	default:
		at = (at + 1) % len(all)
	}
	p.hands.focus = all[at].Action
}

// offers are the regions of the page that can be touched, each action once.
func (p *Program) offers() []scene.Region {
	var out []scene.Region
	if p.drawn.frame == nil || p.hands.stale {
		return nil
	}
	seen := map[string]bool{}
	for _, r := range p.drawn.frame.Regions {
		mid := r.Area.Min.Add(r.Area.Max).Div(2)
		if top, ok := p.drawn.frame.At(mid); ok && top == r && !seen[r.Action] && mid.In(image.Rectangle{Max: p.drawn.frame.Size}) {
			seen[r.Action] = true
			out = append(out, r)
		}
	}
	return out
}

package touch

import (
	"slices"
	"strings"
	"time"

	"mingbai/playlist/scene/page"
	"mingbai/playlist/schedule"
	"mingbai/playlist/search"
	"mingbai/playlist/wire"
)

// foundBy says of what a search's result was made.
type foundBy struct {
	index  *search.Index
	minute time.Time // windows open and close
}

// searchKey is one key of the search page. The answer comes with it.
func (p *Program) searchKey(w *writing, k string) {
	was := w.Keys
	switch {
	case k == "clear":
		p.foundNothing()
		w.unfinish()
	case k == "delete":
		p.foundNothing()
		if len(was) > 0 {
			w.Keys = was[:len(was)-1]
		}
	case len(was) == maxKeys || !fits(*w, k):
		return
	default:
		w.Keys += k
		p.session.reported = false
		if was == "" {
			p.count(wire.CountSearch)
		}
	}
	p.find(w, p.at)
	p.session.top().Scroll = 0
}

// fits reports whether a key can follow what is typed: a pad of letters may
// have digits beside them, but a search is of one or the other.
func fits(w writing, k string) bool {
	if digit(k) {
		return strings.Trim(w.Keys, "0123456789") == ""
	}
	return w.Pad != page.DigitPad && (w.Pad != page.StrokePad || stroke(k)) && (w.Keys == "" || !digit(w.Keys[:1]))
}

// mode is how a search's keys are meant.
func (w *writing) mode() search.Mode {
	switch {
	case w.Keys != "" && digit(w.Keys[:1]), w.Pad == page.DigitPad:
		return search.Digits
	case w.Pad == page.StrokePad:
		return search.Strokes
	}
	return search.Pinyin
}

// find fills in what the keys find, if the index is there.
func (p *Program) find(w *writing, m schedule.Moment) {
	x := p.searchable()
	p.session.found = foundBy{x, m.Now.Truncate(time.Minute)}
	w.Result = nil
	if x != nil && w.Keys != "" {
		w.Result = x.Find(search.Query{Mode: w.mode(), Keys: w.Keys}, m)
	}
}

// searchAgain keeps the result on the page true: when the index is ready, when
// the content is new, and when a minute has passed. While a new index is made
// what is gone is dropped from the old result.
func (p *Program) searchAgain(m schedule.Moment) {
	top := p.session.top()
	if top.Kind != page.SearchPage || top.Typing == nil || top.Typing.Keys == "" {
		return
	}
	x := p.searchable()
	if (p.session.found == foundBy{x, m.Now.Truncate(time.Minute)}) {
		return
	}
	w := typingOf(*top)
	if x == nil && w.Result != nil {
		w.Result = p.stillThere(w.Result, m)
		p.session.found = foundBy{x, m.Now.Truncate(time.Minute)}
	} else {
		p.find(&w, m)
	}
	p.setTyping(w)
}

// stillThere is a result without what may not be shown any more.
func (p *Program) stillThere(r *search.Result, m schedule.Moment) *search.Result {
	kept := *r
	kept.Groups, kept.Total = nil, 0
	for _, g := range r.Groups {
		g.Hits = slices.DeleteFunc(slices.Clone(g.Hits), func(h search.Hit) bool {
			n, _, _, ok := p.lib.Notice(h.Notice.ID, m)
			return !ok || n.Version != h.Notice.Version
		})
		if g.Total = len(g.Hits); g.Total > 0 {
			kept.Groups, kept.Total = append(kept.Groups, g), kept.Total+g.Total
		}
	}
	return &kept
}

// foundNothing counts a search that is given up or changed because it found
// nothing, once for what was typed in the end. Digits could be somebody's number
// and are not passed on.
func (p *Program) foundNothing() {
	top := p.session.top()
	if top.Kind != page.SearchPage || top.Typing == nil || p.session.reported {
		return
	}
	w := typingOf(*top)
	if w.Result == nil || w.Result.Total > 0 || len(w.Keys) < 2 {
		return
	}
	p.session.reported = true
	p.count(wire.CountEmpty)
	switch w.mode() {
	case search.Digits:
	case search.Strokes:
		p.src.EmptySearch(asStrokes.Replace(w.Keys))
	default:
		p.src.EmptySearch(w.Keys)
	}
}

// asStrokes writes the keys of the stroke pad so that an office can read them.
var asStrokes = strings.NewReplacer("h", "一", "s", "丨", "p", "丿", "n", "丶", "z", "乛")

package touch

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/hanzi"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/schedule"
	"mingbai/playlist/search"
	"mingbai/playlist/wire"
)

const (
	maxKeys       = 40 // of a search, and of what is not text yet
	maxCandidates = 100
)

// foundBy says of what a search's result was made.
type foundBy struct {
	index  *search.Index
	minute time.Time // windows open and close
}

// typed does what types; t is the touch that asked for it.
func (p *Program) typed(a page.Action, t press) bool {
	switch a.Verb {
	case page.DoPad, page.DoKey, page.DoPick, page.DoMore, page.DoField, page.DoTopic:
	default:
		return false
	}
	top := p.session.top()
	if top.Kind != page.SearchPage && top.Kind != page.OpinionPage {
		return true
	}
	typing := typingOf(*top)
	switch a.Verb {
	case page.DoPad:
		p.foundNothing()
		typing.Pad = page.Pad(a.Arg)
		typing.unfinish()
		if top.Kind == page.OpinionPage {
			p.compose(&typing)
		}
		p.hands.release()
		p.hands.stale = true // the keys lie elsewhere now
	case page.DoKey:
		if top.Kind == page.SearchPage {
			p.searchKey(&typing, a.Arg)
		} else {
			p.formKey(&typing, a.Arg)
		}
	case page.DoPick:
		p.pick(&typing, a.Arg, t)
	case page.DoMore:
		p.more(&typing, a.Arg == "prev")
	case page.DoField:
		p.into(&typing, a.Arg)
		p.hands.stale = true
	case page.DoTopic:
		n, _ := strconv.Atoi(a.Arg) // ParseAction has read it
		if n < min(len(page.Topics("", top.Notice != "")), wire.MaxVoiceTopics) {
			typing.Topics ^= 1 << n
			typing.Problem = ""
		}
	}
	p.setTyping(typing)
	return true
}

// writing is a copy of what was typed, to be changed.
type writing struct{ page.Typing }

func typingOf(v page.View) writing {
	if v.Typing != nil {
		return writing{*v.Typing}
	}
	return writing{page.Typing{Pad: page.PinyinPad}}
}

// setTyping puts what was typed on the page on top, as a new value.
func (p *Program) setTyping(w writing) {
	top := p.session.top()
	top.Typing = &w.Typing
	p.session.wrote = true
	if top.Kind != page.OpinionPage {
		return
	}
	if p.session.drafts == nil {
		p.session.drafts = map[playlist.NoticeID]*page.Typing{}
	}
	p.session.drafts[top.Notice] = top.Typing
}

// forgive takes back why a form could not be submitted.
func (p *Program) forgive() {
	if top := p.session.top(); top.Typing != nil && top.Typing.Problem != "" {
		w := typingOf(*top)
		w.Problem = ""
		p.setTyping(w)
	}
}

// openForm opens the opinion box, or an objection to a notice. What was begun
// there in this session is still there.
func (p *Program) openForm(about playlist.NoticeID) {
	v := page.View{Kind: page.OpinionPage, Notice: about, Typing: p.session.drafts[about]}
	if w := typingOf(v); v.Typing != nil && w.Keys == "" {
		w.Field = page.NoField // a form opens without its keys
		v.Typing = &w.Typing
	}
	p.open(v)
}

// unfinish drops the keys that are not text yet.
func (w *writing) unfinish() {
	w.Keys, w.Candidates, w.From, w.Result = "", nil, 0, nil
}

// into sends the keys to another field, on the pad that it is filled with, or
// puts the keypad away. Whoever leaves a field means what the keys stand for:
// the best of the candidates are taken.
func (p *Program) into(w *writing, arg string) {
	f := page.Field(arg)
	if arg == "none" {
		f = page.NoField
	}
	if w.Field == f {
		return
	}
	for meant := w.candidates(); len(meant) > 0 && meant[0].Used > 0 && p.take(w, meant[0]); {
		meant = w.candidates()
	}
	w.unfinish()
	w.Field = f
	switch f {
	case page.TextField:
		w.Pad = page.PinyinPad
	case page.ContactField:
		w.Pad = page.DigitPad
	}
	p.compose(w)
}

// more shows other candidates, those that follow the ones that fit, or those
// from which one came.
func (p *Program) more(w *writing, back bool) {
	s := &p.session
	switch n := len(s.candidates); {
	case back && n > 0:
		w.From, s.candidates = s.candidates[n-1], s.candidates[:n-1]
	case back:
		w.From = 0
	default:
		if next := w.From + max(p.drawn.info.Candidates, 1); next < len(w.Candidates) {
			s.candidates = append(s.candidates, w.From)
			w.From = next
		}
	}
}

func digit(k string) bool  { return len(k) == 1 && k[0] >= '0' && k[0] <= '9' }
func stroke(k string) bool { return len(k) == 1 && strings.Contains(hanzi.Strokes, k) }

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

// formKey is one key of a form.
func (p *Program) formKey(w *writing, k string) {
	if w.Field == page.NoField {
		return
	}
	w.Problem = ""
	switch {
	case k == "clear" && w.Keys != "":
		w.unfinish()
	case k == "clear":
		*w.field() = ""
	case k == "delete" && w.Keys != "":
		w.Keys = w.Keys[:len(w.Keys)-1]
		p.compose(w)
	case k == "delete":
		text := w.field()
		_, size := utf8.DecodeLastRuneInString(*text)
		*text = (*text)[:len(*text)-size]
	case digit(k) || w.Field == page.ContactField:
		p.write(w, k)
	case w.Pad == page.StrokePad && !stroke(k) || len(w.Keys) == maxKeys:
	default:
		w.Keys += k
		p.compose(w)
	}
	if w.Keys == "" {
		p.compose(w)
	}
}

// field is the text that the keys go to.
func (w *writing) field() *string {
	if w.Field == page.ContactField {
		return &w.Contact
	}
	return &w.Text
}

// write adds to the field what fits into a voice; false when there is no room.
func (p *Program) write(w *writing, more string) bool {
	text, most := w.field(), wire.MaxVoiceText
	if w.Field == page.ContactField {
		most = wire.MaxVoiceContact
	}
	if utf8.RuneCountInString(*text)+utf8.RuneCountInString(more) > most {
		w.Problem = p.words().full
		return false
	}
	*text += more
	return true
}

// marks are offered where no key waits to become text: no pad has keys for them.
var marks = []hanzi.Candidate{{Text: "，"}, {Text: "。"}, {Text: "、"}, {Text: "？"}, {Text: "！"}, {Text: "："}}

// candidates are what the keys may mean.
func (w *writing) candidates() []hanzi.Candidate {
	switch {
	case w.Keys == "" && w.Text != "" && w.Field == page.TextField:
		return marks
	case w.Keys == "":
		return nil
	case w.Pad == page.StrokePad:
		return hanzi.FromStrokes(w.Keys, maxCandidates)
	}
	return hanzi.FromPinyin(w.Keys, maxCandidates)
}

func (p *Program) compose(w *writing) {
	p.session.candidates = nil
	w.Candidates, w.From = nil, 0
	for _, c := range w.candidates() {
		w.Candidates = append(w.Candidates, c.Text)
	}
}

// pick makes text of the candidate that was under the finger when it came down.
func (p *Program) pick(w *writing, arg string, t press) {
	n, _ := strconv.Atoi(arg) // ParseAction has read it
	if t.typing == nil || p.session.top().Kind != page.OpinionPage {
		return
	}
	seen := writing{*t.typing}
	if meant := seen.candidates(); n < len(meant) && strings.HasPrefix(w.Keys, seen.Keys[:meant[n].Used]) {
		p.take(w, meant[n])
	}
}

// take makes text of a candidate of the keys; false when there is no room, and
// then the keys stay too.
func (p *Program) take(w *writing, c hanzi.Candidate) bool {
	if !p.write(w, c.Text) {
		return false
	}
	w.Keys = w.Keys[c.Used:]
	p.compose(w)
	return true
}

package touch

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/hanzi"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

const (
	maxKeys       = 40 // of a search, and of what is not text yet
	maxCandidates = 100
)

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

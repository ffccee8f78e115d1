package touch

import (
	"crypto/rand"
	"errors"
	"reflect"
	"strings"
	"time"

	"mingbai/kiosk/mailbox"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

// leastContact is how many digits a telephone number has at least, those of a
// village's own exchange included.
const leastContact = 5

// submit stores what was typed in a form. 已提交 appears when it is on disk
// (DOMAIN I9); until then and after a failure everything typed stays.
func (p *Program) submit() {
	s := &p.session
	top := s.top()
	if top.Kind != page.OpinionPage || s.saying {
		return
	}
	w := typingOf(*top)
	if w.Problem = p.missing(w); w.Problem != "" {
		p.setTyping(w)
		return
	}
	v := wire.Voice{Kind: wire.Opinion, Text: strings.TrimSpace(w.Text), Contact: w.Contact}
	if top.Notice != "" {
		v.Kind = wire.Objection
		v.Notice = top.Notice
		p.about(&v)
	}
	for i, topic := range page.Topics("", top.Notice != "") {
		if w.Topics&(1<<i) != 0 {
			v.Topics = append(v.Topics, topic)
		}
	}
	// A disk that failed may have kept it all the same: the same words again are
	// the same voice, and count once (DOMAIN I9).
	v.ID = s.tried.ID
	if v.ID == "" || !reflect.DeepEqual(v, s.tried) {
		v.ID = rand.Text()
	}
	s.tried = v
	s.saying = true
	form := top.Notice
	p.begin(func() func(time.Time) {
		number, err := p.src.Say(v)
		return func(time.Time) { p.said(form, number, err) }
	})
}

// missing says what a form lacks; empty when nothing.
func (p *Program) missing(w writing) string {
	digits := 0
	for _, r := range w.Contact {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	switch {
	case w.Keys != "":
		return p.words().unpicked
	case w.Topics == 0 && strings.TrimSpace(w.Text) == "":
		return p.words().nothingSaid
	case w.Contact != "" && digits < leastContact:
		return p.words().contactShort
	}
	return ""
}

// about fills in what a voice is about.
func (p *Program) about(v *wire.Voice) {
	if p.lib == nil {
		return
	}
	if n, _, _, ok := p.lib.Notice(v.Notice, p.at); ok {
		v.Version, v.Title = n.Version, n.Title
	}
}

// said goes on when a form is stored, or could not be.
func (p *Program) said(form playlist.NoticeID, number string, err error) {
	s := &p.session
	s.saying = false
	if err == nil {
		delete(s.drafts, form)
		s.tried = wire.Voice{}
	}
	for i := range s.pages {
		v := &s.pages[i]
		if v.Kind != page.OpinionPage || v.Notice != form {
			continue
		}
		if err != nil {
			w := typingOf(*v)
			w.Problem = p.words().notStored
			if errors.Is(err, mailbox.ErrTooMany) {
				w.Problem = p.words().tooMany
			}
			v.Typing = &w.Typing
			s.drafts[form] = v.Typing
			continue
		}
		*v = page.View{Kind: page.ThanksPage, Notice: form, Typing: &page.Typing{Number: number}}
		if i == len(s.pages)-1 {
			p.turned(forward)
			p.countPage(*v)
		}
	}
}

// scores are the arguments of page.DoRate: 满意 to 不满意.
var scores = map[string]int{"1": 1, "2": 2, "3": 3}

// rate stores one tap of satisfaction, once for a notice and person.
func (p *Program) rate(arg string, now time.Time) {
	s := &p.session
	about := s.top().Notice
	if p.drawn.alert != "" || s.saying {
		return
	}
	if s.rated[about] != 0 {
		p.say(p.words().ratedAlready, now)
		return
	}
	v := wire.Voice{Kind: wire.Rating, Notice: about, Score: scores[arg]}
	p.about(&v)
	s.saying = true
	p.begin(func() func(time.Time) {
		_, err := p.src.Say(v)
		return func(now time.Time) {
			s := &p.session
			s.saying = false
			switch {
			case errors.Is(err, mailbox.ErrTooMany):
				p.say(p.words().tooManyRatings, now)
			case err != nil:
				p.say(p.words().ratingNotStored, now)
			default:
				if s.rated == nil {
					s.rated = map[playlist.NoticeID]int{}
				}
				s.rated[about] = v.Score
				p.say(p.words().thanks, now)
			}
		}
	})
}

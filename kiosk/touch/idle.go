package touch

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

// limit is how long nobody may touch before the question comes. What is read
// gives more time the longer it is (DOMAIN U07); on all other pages what somebody
// typed must not stand there for the next person.
func (p *Program) limit() time.Duration {
	if p.drawn.key.view.Kind != page.NoticePage {
		return p.opt.Idle
	}
	return max(p.opt.Idle, 30*time.Second+time.Duration(p.drawn.info.Characters)*time.Second/4)
}

// awake notes a touch; it also answers the idle question.
func (p *Program) awake(now time.Time) {
	if p.session.active {
		p.session.touched, p.session.asked = now, time.Time{}
	}
}

// idle asks whether somebody is there, and ends the session when nobody answers.
func (p *Program) idle(now time.Time) {
	s := &p.session
	switch {
	case !s.active:
	case s.asked.IsZero():
		if now.Sub(s.touched) >= p.limit() {
			s.asked = now
		}
	case now.Sub(s.asked) >= answerIn:
		p.count(wire.CountIdle)
		p.end()
	}
}

// idleDue is when idle has something to do next.
func (p *Program) idleDue(now time.Time) time.Time {
	s := &p.session
	switch {
	case !s.active:
		return time.Time{}
	case s.asked.IsZero():
		return s.touched.Add(p.limit())
	default:
		return now.Add(250 * time.Millisecond) // the seconds count down
	}
}

// putAside lets somebody go on although a warning is in force.
func (p *Program) putAside(alert playlist.NoticeID) {
	if p.session.seen == nil {
		p.session.seen = map[playlist.NoticeID]bool{}
	}
	p.session.seen[alert] = true
}

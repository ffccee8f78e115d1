package touch

import (
	"time"

	"mingbai/playlist"
)

// limit is how long nobody may touch before the question comes: long pages give
// more time (DOMAIN U07).
func (p *Program) limit() time.Duration {
	return max(p.opt.Idle, 30*time.Second+time.Duration(p.drawn.info.Characters)*time.Second/4)
}

// touchedAt notes a touch; it also answers the idle question.
func (p *Program) touchedAt(now time.Time) {
	p.session.touched, p.session.asked = now, time.Time{}
	p.session.clock = now
}

// idle asks whether somebody is there, and ends the session when nobody answers.
func (p *Program) idle(now time.Time) {
	s := &p.session
	s.clock = now
	if !s.active && len(p.seen) == 0 {
		return
	}
	if s.asked.IsZero() {
		if now.Sub(s.touched) >= p.limit() {
			s.asked = now
		}
		return
	}
	if now.Sub(s.asked) >= answerIn {
		p.end()
	}
}

// idleDue is when idle has something to do next.
func (p *Program) idleDue(now time.Time) time.Time {
	s := p.session
	switch {
	case !s.active:
		return time.Time{}
	case s.asked.IsZero():
		return s.touched.Add(p.limit())
	default:
		return now.Add(250 * time.Millisecond) // the seconds count down
	}
}

// end wipes everything that the person did (DOMAIN U08, I10).
func (p *Program) end() {
	p.session = session{}
	p.seen = nil
	p.gesture = gesture{travel: backward}
}

// putAside lets somebody go on although a warning is in force.
func (p *Program) putAside(alert playlist.NoticeID) {
	if p.seen == nil {
		p.seen = map[playlist.NoticeID]bool{}
	}
	p.seen[alert] = true
}

// askedFor is how long the idle question has been up.
func (s session) askedFor() time.Duration { return s.clock.Sub(s.asked) }

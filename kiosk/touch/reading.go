package touch

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

// hearEvery is how often the voice is asked where it is.
const hearEvery = 100 * time.Millisecond

// audible is what is read aloud. The zero value is silence.
type audible struct {
	notice  playlist.NoticeID // what is read, or is being fetched to be read
	loading bool
	marks   []speech.Mark // nil until it is spoken
	mark    int
	next    time.Time // when to ask the voice again
	follow  bool      // the page scrolls along
	shown   int       // the mark that the page has followed last

	known recorded
}

// recorded remembers whether a notice has a recording.
type recorded struct {
	notice  playlist.NoticeID
	version int
	minute  time.Time
	yes     bool
}

// line is what is spoken now of a notice, as it stands on the page.
func (h *audible) line(id playlist.NoticeID) string {
	if id == "" || id != h.notice || h.mark < 0 || h.mark >= len(h.marks) {
		return ""
	}
	return h.marks[h.mark].Text
}

// speaks reports whether a notice can be read aloud here.
func (p *Program) speaks(id playlist.NoticeID, m schedule.Moment) bool {
	if p.opt.Voice == nil || p.lib == nil || !p.opt.Voice.Ready() {
		return false
	}
	n, _, _, ok := p.lib.Notice(id, m)
	if !ok {
		return false
	}
	// A recording may arrive after the notice: asked again from time to time.
	now := recorded{notice: id, version: n.Version, minute: m.Now.Truncate(time.Minute)}
	if k := p.heard.known; k.notice != now.notice || k.version != now.version || k.minute != now.minute {
		now.yes = p.src.HasSpeech(id, n.Version)
		p.heard.known = now
	}
	return p.heard.known.yes
}

// readAloud begins to read what is on the page, or stops.
func (p *Program) readAloud(now time.Time) {
	if p.heard.notice != "" {
		p.silence()
		return
	}
	n, ok := p.notice()
	switch {
	case p.opt.Voice == nil || !p.opt.Voice.Ready():
		p.say(p.words().noSound, now)
		return
	case !ok || !p.speaks(n.ID, p.at):
		p.say(p.words().noSpeech, now)
		return
	}
	p.heard = audible{notice: n.ID, loading: true, follow: true, shown: -1, mark: -1, known: p.heard.known}
	p.count(wire.CountAloud)
	id, version := n.ID, n.Version
	p.begin(func() func(time.Time) {
		r, err := p.src.Speech(id, version)
		return func(now time.Time) { p.speak(id, r, err, now) }
	})
}

// speak begins when the recording is there, unless somebody has gone on.
func (p *Program) speak(id playlist.NoticeID, r *speech.Recording, err error, now time.Time) {
	if p.heard.notice != id || !p.heard.loading {
		return
	}
	if err == nil {
		err = p.opt.Voice.Speak(r)
	}
	if err != nil {
		p.silence()
		p.say(p.words().noSound, now)
		return
	}
	p.heard.loading, p.heard.marks, p.heard.mark, p.heard.next = false, r.Marks, 0, now.Add(hearEvery)
}

// silence stops reading at once.
func (p *Program) silence() {
	if p.heard.notice == "" {
		return
	}
	if p.opt.Voice != nil && !p.heard.loading {
		p.opt.Voice.Stop()
	}
	p.heard = audible{known: p.heard.known}
}

// listen asks the voice where it is. Whoever listens is there, without touching.
func (p *Program) listen(now time.Time) {
	h := &p.heard
	if h.notice == "" || h.loading || now.Before(h.next) {
		return
	}
	mark, speaking := p.opt.Voice.Spoken()
	if !speaking {
		*h = audible{known: h.known}
		return
	}
	h.mark, h.next = max(mark, h.mark), now.Add(hearEvery) // -1 is before the first line
	if p.session.asked.IsZero() {
		p.session.touched = now
	}
}

func (p *Program) heardDue() time.Time {
	if p.heard.notice == "" || p.heard.loading {
		return time.Time{}
	}
	return p.heard.next
}

// follow scrolls to the line that is read when it has left the view, unless the
// person has scrolled; then it waits until the reading comes by.
func (p *Program) follow(now time.Time) {
	h, info := &p.heard, &p.drawn.info
	if h.notice == "" || h.mark < 0 || h.mark == h.shown || info.Spoken.Empty() || p.hands.moving() {
		return
	}
	view := info.Viewport.Dy()
	top, foot := info.Spoken.Min.Y-info.Scroll, info.Spoken.Max.Y-info.Scroll
	h.shown = h.mark
	if top >= 0 && foot <= view {
		h.follow = true
		return
	}
	if !h.follow {
		return
	}
	p.hands.stop()
	p.hands.jump = jump{from: p.scrolled(), to: info.Spoken.Min.Y - view/5, began: now}
}

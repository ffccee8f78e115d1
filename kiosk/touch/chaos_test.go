package touch

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
	"weak"

	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// sound checks what holds whatever anybody does.
func (s *stand) sound() {
	s.t.Helper()
	p := s.prog
	switch {
	case s.frame.Size != image.Pt(panel.Width, panel.Height):
		s.t.Fatalf("a frame of %v", s.frame.Size)
	case len(p.session.pages) > maxDepth:
		s.t.Fatalf("%d pages deep", len(p.session.pages))
	case p.session.active != (len(p.session.pages) > 0):
		s.t.Fatalf("active %v with %d pages", p.session.active, len(p.session.pages))
	case p.hands.live() > maxFingers:
		s.t.Fatalf("%d fingers", p.hands.live())
	}
	info, v := p.drawn.info, s.view()
	if v.Scroll < 0 || v.TableX < 0 || v.PanX < 0 || v.PanY < 0 || v.Zoom < 0 || v.Zoom > page.MaxZoom {
		s.t.Fatalf("%+v", v)
	}
	if p.session.active && p.drawn.alert == "" {
		if top := p.session.top(); top.Scroll > info.MaxScroll {
			s.t.Fatalf("scrolled %d of %d", top.Scroll, info.MaxScroll)
		}
	}
	if w := v.Typing; w != nil && (len(w.Keys) > maxKeys || len(w.Contact) > 40) {
		s.t.Fatalf("%d keys, a contact of %d", len(w.Keys), len(w.Contact))
	}
}

// wild does one thing that somebody or something might do.
func (s *stand) wild(r *rand.Rand) {
	s.now = s.now.Add(time.Duration(r.IntN(120)) * time.Millisecond)
	at := image.Pt(r.IntN(panel.Width), r.IntN(panel.Height))
	if n := len(s.frame.Regions); n > 0 && r.IntN(4) > 0 {
		area := s.frame.Regions[r.IntN(n)].Area
		at = area.Min.Add(area.Max).Div(2)
	}
	id := r.IntN(14)
	switch k := r.IntN(100); {
	case k < 45: // a tap, often the second within one step
		s.step(player.Event{Kind: player.Down, ID: id, At: at, Time: s.now},
			player.Event{Kind: player.Up, ID: id, At: at, Time: s.now.Add(time.Millisecond)})
	case k < 55:
		s.down(id, at)
	case k < 70:
		s.moveTo(id, at)
	case k < 80:
		s.up(id, at)
	case k < 81:
		s.step(player.Event{Kind: player.Cancel, ID: id, At: at})
	case k < 83:
		keys := []player.Key{"a", "d", "0", player.KeyEnter, player.KeyTab, player.KeyBackTab, player.KeyEscape, player.KeyBackspace,
			player.KeySpace, player.KeyDown, player.KeyPageUp, player.KeyRight, player.KeyDelete, "nonsense", ""}
		s.step(player.Event{Kind: player.Press, Key: keys[r.IntN(len(keys))], Time: s.now},
			player.Event{Kind: player.Wheel, At: at, Turn: r.IntN(7) - 3})
	case k < 90:
		s.do(actions[r.IntN(len(actions))])
	case k < 93:
		s.now = s.now.Add(time.Duration(r.IntN(30)) * time.Second)
		s.step()
	case k < 95:
		s.alarm()
	case k < 97:
		s.calm()
	case k < 98:
		s.device.mu.Lock()
		s.device.fails = []error{nil, errors.New("disk")}[r.IntN(2)]
		s.device.mu.Unlock()
	case k < 99:
		s.tongue.on = nil
		s.settle()
	default: // somebody comes and everybody's fingers have gone
		for id := range 14 {
			s.up(id, at)
		}
	}
	s.sound()
}

// actions are all verbs, for what the page on screen may not offer.
var actions = func() []string {
	out := []string{
		"start", "home", "back", "large", "contrast", "lang", "continue", "postings", "latest", "scroll:down", "scroll:up",
		"scroll:top", "table:left", "table:right", "picture:next", "picture:prev", "read", "low", "size:0", "size:2", "close",
		"search", "pad:pinyin", "pad:strokes", "pad:digits", "key:delete", "key:clear", "pick:0", "pick:3", "more:next", "more:prev",
		"field:text", "field:contact", "field:none", "topic:0", "topic:3", "opinion", "submit", "rate:1", "rate:3", "take", "print", "enlarge:0",
		"enlarge:9", "zoom:in", "zoom:out", "zoom:fit", "end", "column:funds", "nonsense", "key:", "",
	}
	for _, id := range []playlist.NoticeID{specimen.GuideID, specimen.LongGuideID, specimen.FundID, specimen.MediaID, specimen.AnnouncementID, "gone"} {
		out = append(out, "notice:"+string(id), "object:"+string(id))
	}
	for _, k := range "abchspnz0159" {
		out = append(out, "key:"+string(k))
	}
	return out
}()

func TestNothingThatAnybodyDoesHarms(t *testing.T) {
	turns := 1500
	if raced {
		turns = 400
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := newStand(t)
			s.device.reads = recording("一", "二")
			r := rand.New(rand.NewPCG(seed, 7))
			for range turns {
				s.wild(r)
			}
			s.calm()
			s.do("end")
			s.settle()
			s.nobody()
		})
	}
}

func TestWhatWasTypedLeavesMemory(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text", "key:1", "key:3", "key:8")
	s.down(1, image.Pt(500, 900)) // a finger that stays
	typed := weak.Make(s.prog.session.top().Typing)
	s.do("submit")
	s.settle()
	s.pass(time.Second)
	s.do("back", "search", "key:a", "key:b")
	searched := weak.Make(s.prog.session.top().Typing)
	s.pass(10 * time.Minute) // nobody answers
	s.want("loop")
	s.nobody()
	if got := s.device.counted("idle"); got != 1 {
		t.Errorf("counted %d sessions that nobody ended", got)
	}
	runtime.GC()
	runtime.GC()
	if typed.Value() != nil || searched.Value() != nil {
		t.Error("what was typed is still in memory")
	}
}

func TestIdleQuestionGivesTimeAlsoToWhoeverTypes(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text", "key:5")
	s.pass(s.prog.limit())
	if s.view().Idle == 0 {
		t.Fatal("no question")
	}
	s.pass(15 * time.Second)
	s.do("continue")
	if got := s.typing(); got.Text != "5" || s.view().Kind != page.OpinionPage {
		t.Errorf("after the answer: %+v", got)
	}
	s.pass(s.prog.limit() + answerIn + time.Second)
	s.nobody()
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte{0, 1, 40, 90, 2, 1, 40, 90, 9})
	f.Add([]byte{0, 0, 50, 97, 2, 0, 50, 97, 0, 3, 50, 30, 1, 3, 50, 90, 2, 3, 50, 99})
	s := newStand(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s.t = t
		for len(data) >= 4 {
			e := player.Event{
				Kind: player.EventKind(data[0] % 8), Key: player.Key(data[3:4]), Turn: int(int8(data[1])), ID: int(data[1] % 20),
				At:   image.Pt(int(data[2])*panel.Width/200-100, int(data[3])*panel.Height/200-100),
				Time: s.now.Add(time.Duration(int8(data[0])) * time.Millisecond),
			}
			if data[0]&0x20 != 0 {
				s.now = s.now.Add(time.Duration(data[1]) * 40 * time.Millisecond)
			}
			s.step(e)
			s.sound()
			data = data[4:]
		}
		s.do("end")
		s.nobody()
	})
}

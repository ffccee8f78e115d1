package touch

import (
	"testing"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// strike presses keys of a keyboard, 200 ms apart.
func (s *stand) strike(keys ...player.Key) {
	s.t.Helper()
	for _, k := range keys {
		s.now = s.now.Add(200 * time.Millisecond)
		s.step(player.Event{Kind: player.Press, Key: k, Time: s.now})
	}
	s.pass(time.Second)
}

func TestKeyboardFindsAndReads(t *testing.T) {
	s := newStand(t)
	s.settle()
	s.strike(player.KeySpace)
	s.want("home")
	s.strike("d", "b") // typing begins a search
	s.want("search")
	if got := s.typing(); got.Keys != "db" || got.Result == nil || got.Result.Total == 0 {
		t.Fatalf("typed %q", got.Keys)
	}
	s.strike(player.KeyEnter)
	s.want("notice:" + string(specimen.GuideID))
	s.do("notice:" + string(specimen.LongGuideID))
	s.pass(time.Second)
	s.strike(player.KeyPageDown, player.KeyDown)
	if s.prog.scrolled() == 0 {
		t.Error("the page does not scroll")
	}
	s.strike(player.KeyFirst)
	if s.prog.scrolled() != 0 {
		t.Error("the page is not at its head")
	}
	s.strike(player.KeyEscape, player.KeyBackspace)
	s.want("search")
	s.strike(player.KeyBackspace, "1") // digits do not follow letters
	if got := s.typing(); got.Keys != "d" {
		t.Errorf("keys %q", got.Keys)
	}
	s.strike(player.KeyDelete, "1", "2", "3")
	if got := s.typing(); got.Keys != "123" {
		t.Errorf("keys %q", got.Keys)
	}
}

func TestKeyboardWritesAnOpinion(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion")
	s.strike("w", "o", "m", "e", "n")
	first := s.typing().Candidates[0]
	s.strike(player.KeySpace, "3", player.KeyEnter) // nothing is left to choose: the keys go
	if got := s.typing(); got.Text != first+"3" || got.Field != page.NoField {
		t.Errorf("text %q, field %q", got.Text, got.Field)
	}
	// Everything that can be touched is reached with tab.
	for range 100 {
		if s.prog.hands.focus == "submit" {
			break
		}
		s.strike(player.KeyTab)
	}
	if s.view().Pressed != "submit" {
		t.Fatalf("tab does not lead to the button; it is at %q", s.view().Pressed)
	}
	s.strike(player.KeyBackTab, player.KeyTab, player.KeyEnter)
	s.settle()
	s.pass(time.Second)
	s.want("thanks")
	s.strike(player.KeyTab)
	s.do("end")
	s.nobody()
}

func TestTabGoesRound(t *testing.T) {
	s := newStand(t)
	s.do("start")
	all := map[string]bool{}
	for range 200 {
		s.strike(player.KeyTab)
		at := s.prog.hands.focus
		if all[at] {
			break
		}
		all[at] = true
	}
	for _, r := range s.frame.Regions {
		if !all[r.Action] {
			t.Errorf("tab never leads to %q", r.Action)
		}
	}
}

func TestWheelScrollsAndEnlarges(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.LongGuideID))
	s.pass(time.Second)
	for range 3 {
		s.now = s.now.Add(30 * time.Millisecond)
		s.step(player.Event{Kind: player.Wheel, Turn: 1, Time: s.now})
	}
	s.pass(time.Second)
	if got, want := s.prog.scrolled(), 3*(s.prog.drawn.info.Viewport.Dy()/8); got != want {
		t.Errorf("three notches scroll by %d, want %d", got, want)
	}
	p := looking(t)
	area := p.prog.drawn.info.Picture
	for range 4 {
		p.step(player.Event{Kind: player.Wheel, Turn: -1, At: area.Min.Add(area.Max).Div(2), Time: p.now})
	}
	if p.view().Zoom < 140 {
		t.Errorf("four notches away enlarge to %d", p.view().Zoom)
	}
}

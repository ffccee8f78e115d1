package touch

import (
	"image"
	"testing"
	"time"

	"mingbai/kiosk/player"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// look lets the program draw as step does, also what is black.
func (s *stand) look(input ...player.Event) {
	s.t.Helper()
	s.device.status.Moment = schedule.Sure(s.now)
	s.frame, s.next = s.prog.Step(s.now, input)
	s.prog.Presented(s.frame, s.now)
}

// rest lets what moves arrive.
func (s *stand) rest() {
	s.t.Helper()
	for range 20 {
		s.now = s.now.Add(50 * time.Millisecond)
		s.look()
	}
}

// finger is one that does something a moment later.
func (s *stand) finger(kind player.EventKind, id int, at image.Point) {
	s.t.Helper()
	s.now = s.now.Add(50 * time.Millisecond)
	s.look(player.Event{Kind: kind, ID: id, At: at, Time: s.now})
}

// start is where the loop's button is.
func (s *stand) start() image.Point {
	s.t.Helper()
	for _, r := range s.frame.Regions {
		if r.Action == "start" {
			return r.Area.Min.Add(r.Area.Size().Div(2))
		}
	}
	s.t.Fatal("the loop has no button")
	return image.Point{}
}

// Whoever touches a dark screen means to light it: the first touch presses nothing,
// however long it stays and wherever it goes; the second is one like any other.
func TestTheFirstTouchOnlyWakes(t *testing.T) {
	s := newStand(t)
	button := s.start()
	s.device.status.Dark = s.now.Add(time.Hour)
	s.look()
	s.want(wire.Dark)
	if s.device.lit != 0 {
		t.Fatalf("the display is at %d%%", s.device.lit)
	}
	s.finger(player.Down, 1, button)
	if s.device.lit == 0 {
		t.Error("a finger does not light the screen at once")
	}
	s.rest()
	s.want("loop")
	s.finger(player.Move, 1, button.Add(image.Pt(0, -300)))
	s.finger(player.Move, 1, button)
	s.finger(player.Up, 1, button)
	s.rest()
	s.want("loop")
	s.finger(player.Down, 1, button)
	s.finger(player.Up, 1, button)
	s.rest()
	if s.want("home"); !s.prog.session.active {
		t.Error("the second touch presses nothing")
	}
	// Nobody is there any more: dark again, and a finger that was cancelled leaves
	// nothing behind.
	for range 600 {
		if s.page() == wire.Dark {
			break
		}
		s.now = s.now.Add(time.Second)
		s.look()
	}
	s.want(wire.Dark)
	s.finger(player.Down, 7, button)
	s.finger(player.Cancel, 7, button)
	s.rest()
	s.finger(player.Down, 7, button)
	s.finger(player.Up, 7, button)
	s.rest()
	s.want("home")
}

// A key and the wheel light a dark screen, too, and do nothing else.
func TestKeysOnlyWake(t *testing.T) {
	for name, e := range map[string]player.Event{
		"a key": {Kind: player.Press, Key: player.KeyEnter}, "the wheel": {Kind: player.Wheel, At: image.Pt(500, 500), Turn: 1},
	} {
		s := newStand(t)
		s.device.status.Dark = s.now.Add(time.Hour)
		s.look()
		s.want(wire.Dark)
		s.now = s.now.Add(time.Second)
		e.Time = s.now
		s.look(e)
		lit := s.device.lit
		s.rest()
		if s.want("loop"); lit == 0 || s.prog.session.active {
			t.Errorf("%s: the display is at %d%%, and somebody is there: %v", name, lit, s.prog.session.active)
		}
	}
}

// An alert that matters lights a dark screen in the frame in which it comes.
func TestAnAlertLightsTheDark(t *testing.T) {
	s := newStand(t)
	s.device.status.Dark = s.now.Add(time.Hour)
	s.look()
	s.want(wire.Dark)
	id := s.alarm()
	if s.want("alert:" + string(id)); s.device.lit == 0 {
		t.Error("the alert is shown on a dark display")
	}
	s.device.status.Library = s.regular
	s.look()
	s.now = s.now.Add(time.Second)
	s.look()
	s.want(wire.Dark)
	if s.device.lit != 0 {
		t.Errorf("after the alert the display is at %d%%", s.device.lit)
	}
}

package shm

import (
	"image"
	"testing"
	"time"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// Real touches through a real X server: two fingers pinch, and taps of 20 ms
// all arrive, on a panel that hangs turned as on one that does not.
func TestTouches(t *testing.T) {
	display, fingers := rig.Xorg(t, image.Pt(640, 480))
	for _, turn := range []mount.Turn{0, 90, 270} {
		size := turn.Size(image.Pt(640, 480))
		f := marked(size, 9)
		p := newProgram(func(time.Time, int, []player.Event) (*scene.Frame, time.Time) { return f, scene.Still })
		t.Run(string(rune('0'+turn/90)), func(t *testing.T) {
			present(t, Options{Display: display, Width: size.X, Height: size.Y, Fullscreen: true, Turn: turn}, p)
			pinch(t, fingers, turn, p, size)
			tapQuickly(t, fingers, p)
		})
	}
}

// on is where a pixel of the frame lies on the screen, in its middle.
func on(turn mount.Turn, at, size image.Point) (x, y float64) {
	r := turn.Rect(image.Rectangle{at, at.Add(image.Pt(1, 1))}, size)
	return float64(r.Min.X) + 0.5, float64(r.Min.Y) + 0.5
}

func pinch(t *testing.T, fingers *rig.Fingers, turn mount.Turn, p *program, size image.Point) {
	t.Helper()
	type step struct {
		finger int
		phase  rig.Phase
		at     image.Point
	}
	steps := []step{{11, rig.Begin, image.Pt(200, 200)}, {12, rig.Begin, image.Pt(260, 240)}}
	for i := 1; i <= 8; i++ {
		steps = append(steps, step{11, rig.Update, image.Pt(200-i*10, 200-i*5)}, step{12, rig.Update, image.Pt(260+i*10, 240+i*5)})
	}
	steps = append(steps, step{12, rig.End, image.Pt(340, 280)}, step{11, rig.End, image.Pt(120, 160)})
	for _, s := range steps {
		x, y := on(turn, s.at, size)
		if err := fingers.Touch(s.finger, s.phase, x, y); err != nil {
			t.Fatal(err)
		}
	}
	p.until(t, "both fingers are up", func() bool { return count(p.events, player.Up) == 2 })
	p.get(func() {
		want := map[int][2]image.Point{1: {image.Pt(200, 200), image.Pt(120, 160)}, 2: {image.Pt(260, 240), image.Pt(340, 280)}}
		for id, ends := range want {
			var own []player.Event
			for _, e := range p.events {
				if e.ID == id {
					own = append(own, e)
				}
			}
			if len(own) < 3 || own[0].Kind != player.Down || own[len(own)-1].Kind != player.Up {
				t.Errorf("finger %d did %+v", id, own)
				continue
			}
			if !near(own[0].At, ends[0]) || !near(own[len(own)-1].At, ends[1]) {
				t.Errorf("turned by %d finger %d went from %v to %v, want %v", turn, id, own[0].At, own[len(own)-1].At, ends)
			}
		}
		p.events = nil
	})
}

// near allows for the touchscreen's own grid.
func near(a, b image.Point) bool {
	d := a.Sub(b)
	return d.X*d.X <= 1 && d.Y*d.Y <= 1
}

func count(events []player.Event, kind player.EventKind) (n int) {
	for _, e := range events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func tapQuickly(t *testing.T, fingers *rig.Fingers, p *program) {
	t.Helper()
	const taps = 15
	for i := range taps {
		if err := fingers.Touch(20+i, rig.Begin, 300, 300); err != nil {
			t.Fatal(err)
		}
		<-time.After(20 * time.Millisecond)
		if err := fingers.Touch(20+i, rig.End, 300, 300); err != nil {
			t.Fatal(err)
		}
	}
	p.until(t, "all taps arrive", func() bool { return count(p.events, player.Up) == taps })
	p.get(func() {
		for i, e := range p.events {
			if want := []player.EventKind{player.Down, player.Up}[i%2]; e.Kind != want || e.ID != 1 {
				t.Errorf("event %d of the taps is %+v", i, e)
			}
		}
		p.events = nil
	})
}

package shm

import (
	"encoding/binary"
	"image"
	"testing"
	"time"

	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// A monitor that changes its size, or is replaced by another one, is filled
// again, and fingers mean what is under them.
func TestMonitorChanges(t *testing.T) {
	display, fingers := rig.Xorg(t, image.Pt(1024, 768))
	size := image.Pt(1024, 768)
	f := marked(size, 40)
	p := newProgram(func(time.Time, int, []player.Event) (*scene.Frame, time.Time) { return f, scene.Still })
	present(t, Options{Display: display, Width: size.X, Height: size.Y, Fullscreen: true}, p)
	eye := rig.NewEye(t, display)
	checkSeen(t, eye, image.Point{}, painted(f))
	for _, now := range []image.Point{{X: 640, Y: 480}, {X: 1024, Y: 768}, {X: 800, Y: 600}} {
		if err := rig.Resize(t.Context(), display, now); err != nil {
			t.Fatal(err)
		}
		// The right lower corner is blue, wherever it is now.
		deadline := time.After(3 * time.Minute)
		tick := time.NewTicker(10 * time.Millisecond)
		for blue := false; !blue; {
			m, err := eye.See(image.Rect(now.X-3, now.Y-3, now.X, now.Y))
			if err == nil {
				c := m.RGBAAt(now.X-2, now.Y-2)
				blue = c.B > 150 && c.R < 60
			}
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("the frame does not fill %v: its corner is %v (%v)", now, m, err)
			}
		}
		tick.Stop()
		p.get(func() { p.events = nil })
		// The touchscreen's axes span what the server shows.
		if err := fingers.Touch(5, rig.Begin, float64(size.X)/2, float64(size.Y)/2); err != nil {
			t.Fatal(err)
		}
		if err := fingers.Touch(5, rig.End, float64(size.X)/2, float64(size.Y)/2); err != nil {
			t.Fatal(err)
		}
		p.until(t, "the tap arrives", func() bool { return len(p.events) == 2 })
		p.get(func() {
			if d := p.events[0].At.Sub(size.Div(2)); d.X*d.X > 9 || d.Y*d.Y > 9 {
				t.Errorf("on %v a tap in the middle means %v", now, p.events[0].At)
			}
		})
	}
}

func TestMonitorsAreChosenByName(t *testing.T) {
	left, right := image.Rect(0, 0, 1080, 1920), image.Rect(1080, 0, 3000, 1080)
	all := []monitor{{name: "HDMI-1", area: left}, {name: "DP-2", area: right, primary: true}}
	for _, c := range []struct {
		name  string
		area  image.Rectangle
		found bool
	}{{"HDMI-1", left, true}, {"DP-2", right, true}, {"", right, true}, {"VGA-9", right, false}} {
		if area, found := choose(all, c.name); area != c.area || found != c.found {
			t.Errorf("the monitor %q is %v (%v), want %v (%v)", c.name, area, found, c.area, c.found)
		}
	}
	if area, found := choose(nil, "HDMI-1"); !area.Empty() || found {
		t.Errorf("of no monitors %v was chosen", area)
	}
}

// monitorReply is what a server says of its monitors.
func monitorReply(outputs int, areas ...image.Rectangle) []byte {
	b := make([]byte, 32)
	binary.LittleEndian.PutUint32(b[12:], uint32(len(areas)))
	for i, a := range areas {
		m := make([]byte, 24+4*outputs)
		binary.LittleEndian.PutUint32(m, uint32(70+i))
		m[4] = byte(i)
		binary.LittleEndian.PutUint16(m[6:], uint16(outputs))
		for k, v := range []int{a.Min.X, a.Min.Y, a.Dx(), a.Dy()} {
			binary.LittleEndian.PutUint16(m[8+2*k:], uint16(v))
		}
		b = append(b, m...)
	}
	return b
}

func TestParseMonitors(t *testing.T) {
	left, right := image.Rect(-1080, 5, 0, 1925), image.Rect(0, 0, 1920, 1080)
	b := monitorReply(2, left, right)
	got := parseMonitors(b)
	if len(got) != 2 || got[0].area != left || got[1].area != right || got[0].primary || !got[1].primary || got[1].atom != 71 {
		t.Errorf("the monitors are %+v", got)
	}
	for n := range b {
		if got := parseMonitors(b[:n]); len(got) > 2 {
			t.Errorf("%d bytes name %d monitors", n, len(got))
		}
	}
}

func FuzzParseMonitors(f *testing.F) {
	f.Add(monitorReply(1, image.Rect(0, 0, 1920, 1080)))
	f.Add(monitorReply(0, image.Rect(0, 0, 1920, 1080), image.Rect(1920, 0, 3000, 1920)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := len(parseMonitors(b)); n*24 > len(b) {
			t.Errorf("%d bytes name %d monitors", len(b), n)
		}
	})
}

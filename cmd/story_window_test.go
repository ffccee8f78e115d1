package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/cmd/internal/machine"
	"mingbai/kiosk/display/shm"
	"mingbai/kiosk/display/xinput"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
)

// windowPanel is the touchscreen of a story that touches one: a floor-standing
// 43-inch panel, in fewer pixels so that painting costs little.
var windowPanel = playlist.Panel{Width: 540, Height: 960, WidthMM: 529, HeightMM: 941, BottomMM: 600}

func panelOf(s *screen) playlist.Panel {
	if s.window != nil {
		return windowPanel
	}
	if s.lamps != nil {
		p := panels["led"]
		p.Width, p.Height, p.WidthMM, p.HeightMM = s.lamps.size.X, s.lamps.size.Y, 10*s.lamps.size.X, 10*s.lamps.size.Y
		return p
	}
	return panels[s.kind]
}

// presenter is a real window on an X display, or a picture in memory.
func presenter(display string, p playlist.Panel, log *slog.Logger) (player.Presenter, error) {
	if display == "" {
		return headless.New(image.Pt(p.Width, p.Height)), nil
	}
	return shm.New(shm.Options{Display: display, Title: "story", Width: p.Width, Height: p.Height, Borderless: true, Scale: 1, Log: log})
}

// glass writes down what answers a touch on the page that is on the display, so
// that a story finds the places as a person does: by what is written there.
type glass struct {
	player.Program
	path string
	last *scene.Frame
	ups  int // fingers that were lifted before the last Step
	seen onGlass
}

// onGlass is what a story knows of the page on the display.
type onGlass struct {
	Frames  int // that have been there
	Ups     int // fingers that were lifted before the page that is there was drawn
	Regions []scene.Region
}

func (g *glass) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	for _, e := range input {
		if e.Kind == player.Up {
			g.ups++
		}
	}
	return g.Program.Step(now, input)
}

func (g *glass) Presented(f *scene.Frame, at time.Time) {
	g.Program.Presented(f, at)
	if f == g.last && g.ups == g.seen.Ups {
		return
	}
	if f != g.last {
		g.seen.Frames++
	}
	g.last, g.seen.Ups, g.seen.Regions = f, g.ups, f.Regions
	data, err := json.Marshal(g.seen)
	if err == nil {
		// Renamed into place, so that nobody reads half of it.
		if err = os.WriteFile(g.path+".new", data, 0o644); err == nil {
			err = os.Rename(g.path+".new", g.path)
		}
	}
	if err != nil {
		panic(err)
	}
}

// window is the X screen of a story's touchscreen, and the hand before it.
type window struct {
	screen *machine.Screen
	conn   interface{ Close() error }
	hand   *xinput.Hand
}

func (w *window) close() {
	if w == nil {
		return
	}
	_ = w.conn.Close() // the screen goes with it
	w.screen.Close()
}

// display is the X display of the screen, empty for one in memory.
func (s *screen) display() string {
	if s.window == nil {
		return ""
	}
	return s.window.screen.Display
}

func (w *world) openWindow(ts *testscript.TestScript, s *screen) {
	x, err := machine.StartScreen(context.Background(), windowPanel.Width, windowPanel.Height)
	if err != nil {
		ts.Fatalf("a story with a window needs Xvfb, which cmd/check installs: %v", err)
	}
	conn, err := xinput.Open(context.Background(), x.Display)
	ts.Check(err)
	hand, err := xinput.NewHand(conn)
	ts.Check(err)
	s.window = &window{x, conn, hand}
}

// regions returns what answers a touch now.
func (w *world) regions(s *screen) []scene.Region { return w.glass(s).Regions }

func (w *world) glass(s *screen) (seen onGlass) {
	data, err := os.ReadFile(w.record(s) + ".glass")
	if err != nil || json.Unmarshal(data, &seen) != nil {
		return onGlass{} // not yet
	}
	return seen
}

// place waits until something answers whose action or label is, or begins with,
// or contains what is looked for, in this order of preference.
func (w *world) place(ts *testscript.TestScript, s *screen, wanted string) scene.Region {
	var found scene.Region
	w.until(ts, s.name+" offers "+wanted, func() (bool, string) {
		if !s.process.running() {
			w.fail(ts, "%s does not run", s.name)
		}
		list := w.regions(s)
		for _, fits := range []func(scene.Region) bool{
			func(r scene.Region) bool { return r.Action == wanted || r.Label == wanted },
			func(r scene.Region) bool { return strings.HasPrefix(r.Label, wanted) },
			func(r scene.Region) bool { return strings.Contains(r.Label, wanted) },
		} {
			if i := slices.IndexFunc(list, fits); i >= 0 {
				found = list[i]
				return true, ""
			}
		}
		var labels []string
		for _, r := range list {
			labels = append(labels, r.Action+" "+r.Label)
		}
		return false, strings.Join(labels, "; ")
	})
	return found
}

// rest waits until a person would see that the page has come to rest: nothing
// new for a quarter of a second, and on the loop for longer, because a second
// touch on 结束 must not begin anew.
func (w *world) rest(ts *testscript.TestScript, s *screen) {
	last, since := -1, time.Now()
	w.until(ts, s.name+" comes to rest", func() (bool, string) {
		if n := w.glass(s).Frames; n != last {
			last, since = n, time.Now()
		}
		quiet := 250 * time.Millisecond
		if slices.ContainsFunc(w.regions(s), func(r scene.Region) bool { return r.Action == "start" }) {
			quiet = 800 * time.Millisecond
		}
		// A machine that draws seldom is quiet for longer between two frames.
		slower := min(4, w.pace.slower(time.Now().Add(-2*time.Second), time.Now()))
		return time.Since(since) >= time.Duration(float64(quiet)*slower), fmt.Sprint(last, " frames")
	})
}

// press is a finger of 40 ms, as the window gets it from the X server.
func (w *world) press(ts *testscript.TestScript, s *screen, at image.Point) {
	ts.Check(s.window.hand.Move(at))
	ts.Check(s.window.hand.Press())
	hold := time.NewTimer(40 * time.Millisecond) // a finger's own time
	<-hold.C
	ts.Check(s.window.hand.Release())
}

// tap NAME WHAT...: a finger touches what has that action or says that, and the
// page answers and comes to rest.
func tap(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 20, "tap NAME WHAT")
	s := w.screen(ts, args[0])
	w.rest(ts, s)
	r := w.place(ts, s, strings.Join(args[1:], " "))
	before := w.glass(s)
	w.press(ts, s, image.Pt((r.Area.Min.X+r.Area.Max.X)/2, (r.Area.Min.Y+r.Area.Max.Y)/2))
	w.until(ts, s.name+" answers the touch", func() (bool, string) {
		if !s.process.running() {
			w.fail(ts, "%s does not run", s.name)
		}
		now := w.glass(s)
		return now.Ups > before.Ups && now.Frames > before.Frames && len(now.Regions) > 0, fmt.Sprint(now.Frames-before.Frames, " frames")
	})
}

// type NAME KEYS: a finger goes from key to key of the pad on the screen, as fast
// as a hand can.
func typeWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "type NAME KEYS")
	s := w.screen(ts, args[0])
	for _, k := range args[1] {
		r := w.place(ts, s, "key:"+string(k))
		w.press(ts, s, image.Pt((r.Area.Min.X+r.Area.Max.X)/2, (r.Area.Min.Y+r.Area.Max.Y)/2))
	}
}

// sees NAME WHAT...: something that can be touched says that; or "! sees".
func sees(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, false, args, 2, 20, "sees NAME WHAT")
	s, wanted := w.screen(ts, args[0]), strings.Join(args[1:], " ")
	if !neg {
		w.place(ts, s, wanted)
		return
	}
	w.until(ts, s.name+" does not offer "+wanted, func() (bool, string) {
		return !slices.ContainsFunc(w.regions(s), func(r scene.Region) bool {
			return r.Action == wanted || strings.Contains(r.Label, wanted)
		}), "it does"
	})
}

// idles NAME PAGE: nobody touches it until it is at that page by itself.
func idles(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "idles NAME PAGE")
	s := w.screen(ts, args[0])
	w.untilWithin(ts, 2*time.Minute+patience, s.name+" comes to "+args[1]+" by itself", func() (bool, string) {
		v, ok := w.now(s)
		return ok && v.Page == args[1], v.String()
	})
}

// fingers NAME: a child hammers the screen for three seconds, twenty times a
// second, wherever it likes.
func fingers(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "fingers NAME")
	s := w.screen(ts, args[0])
	dice := rand.New(rand.NewPCG(3, 20)) // the same child every time
	for range 60 {
		at := image.Pt(dice.IntN(windowPanel.Width), dice.IntN(windowPanel.Height))
		ts.Check(s.window.hand.Move(at))
		ts.Check(s.window.hand.Press())
		ts.Check(s.window.hand.Release())
		tick := time.NewTimer(50 * time.Millisecond)
		<-tick.C
	}
	if !s.process.running() {
		w.fail(ts, "%s has ended", s.name)
	}
}

// said N [KIND [TEXT]]: the office has so many voices of that kind and text, no
// more.
func said(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 3, "said N [KIND [TEXT]]")
	var got struct {
		Items []struct {
			ID     string   `json:"id"`
			Kind   string   `json:"kind"`
			Text   string   `json:"text"`
			Topics []string `json:"topics"`
		} `json:"items"`
	}
	w.until(ts, "the office has "+args[0]+" voices", func() (bool, string) {
		if err := w.call("GET", "/voices", nil, &got); err != nil {
			return false, err.Error()
		}
		n := 0
		for _, v := range got.Items {
			if (len(args) < 2 || v.Kind == args[1]) && (len(args) < 3 || v.Text == args[2]) {
				n++
			}
		}
		return fmt.Sprint(n) == args[0], fmt.Sprintf("it has %+v", got.Items)
	})
}

// counted KEY N: the office has counted at least so much of a thing.
func counted(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "counted KEY N")
	var got struct {
		Totals map[string]uint64 `json:"totals"`
	}
	w.until(ts, "the office has counted "+args[0], func() (bool, string) {
		if err := w.call("GET", "/usage", nil, &got); err != nil {
			return false, err.Error()
		}
		least := uint64(0)
		_, err := fmt.Sscan(args[1], &least)
		return err == nil && got.Totals[args[0]] >= least, fmt.Sprint(got.Totals)
	})
}

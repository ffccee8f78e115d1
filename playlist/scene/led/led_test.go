package led_test

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
)

// panels of many makes: the two of the reference site, a large gate board, a
// small window board, strips of two heights.
var panels = []playlist.Panel{
	specimen.Board, specimen.Strip,
	{Width: 384, Height: 128, Colours: playlist.FullColour},
	{Width: 256, Height: 96, Colours: playlist.DualColour},
	{Width: 256, Height: 64, Colours: playlist.FullColour},
	{Width: 128, Height: 64, Colours: playlist.SingleColour},
	{Width: 128, Height: 32, Colours: playlist.SingleColour},
	{Width: 64, Height: 16, Colours: playlist.SingleColour},
	{Width: 96, Height: 16, Colours: playlist.DualColour},
	{Width: 160, Height: 24, Colours: playlist.SingleColour},
	{Width: 256, Height: 16, Colours: playlist.SingleColour},
	{Width: 640, Height: 48, Colours: playlist.DualColour},
	{Width: 96, Height: 192, Colours: playlist.DualColour},
	{Width: 96, Height: 320, Colours: playlist.FullColour},
	{Width: 1920, Height: 540, Colours: playlist.FullColour},
	{Width: 1920, Height: 64, Colours: playlist.FullColour},
}

func all() []*playlist.Notice {
	out := specimen.Notices()
	for _, s := range specimen.Boards() {
		out = append(out, s.Notice)
	}
	return out
}

// TestFits looks at every page of every notice on every panel: lines lie inside
// the board, no page is empty, every character has dots.
func TestFits(t *testing.T) {
	for _, panel := range panels {
		t.Run(fmt.Sprintf("%dx%d", panel.Width, panel.Height), func(t *testing.T) {
			for _, n := range all() {
				for i, p := range led.Paginate(n, panel, led.Options{Own: []playlist.SiteID{"liuxi"}}) {
					check(t, fmt.Sprintf("%s page %d", n.ID, i+1), p, panel)
				}
			}
			s := specimen.Settings("hall", panel)
			check(t, "idle", led.Idle(s), panel)
			check(t, "pairing", led.Pairing(panel, "482915"), panel)
			check(t, "identify", led.Identify(s), panel)
		})
	}
}

func check(t *testing.T, name string, p led.Page, panel playlist.Panel) {
	t.Helper()
	if len(p.Lines) == 0 {
		t.Errorf("%s is empty", name)
	}
	for _, l := range p.Lines {
		f, err := dotfont.Face(l.Size)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		said := l.Text + l.End
		for _, c := range l.Cells {
			said += c.Text
		}
		if missing := f.Missing(said); len(missing) > 0 && !l.Clock {
			t.Errorf("%s: no dots for %q", name, string(missing))
		}
	}
	if p.Dwell < 6*time.Second || p.Dwell > time.Minute {
		t.Errorf("%s stands for %v", name, p.Dwell)
	}
	if p.Marquee && p.Dwell > 30*time.Second {
		t.Errorf("%s takes %v for one lap", name, p.Dwell)
	}
	f := led.Frame(p, panel, 3*time.Second, specimen.Now(), specimen.Zone)
	if len(f.Ops) == 0 {
		t.Errorf("%s draws nothing", name)
	}
	if !p.Marquee {
		clipped(t, name, f)
	}
}

// clipped complains about dots of a character that are cut off by the edge of
// the board or of the page's room, and about dots of two characters in one
// place.
func clipped(t *testing.T, name string, f *scene.Frame) {
	t.Helper()
	lit := make([]bool, f.Size.X*f.Size.Y)
	for _, op := range f.Ops {
		if op.Kind != scene.OpMask {
			continue
		}
		room := image.Rectangle{Max: f.Size}
		if op.Clip != (image.Rectangle{}) {
			room = room.Intersect(op.Clip)
		}
		for i, v := range op.Mask.Pix {
			if v == 0 {
				continue
			}
			at := op.Dst.Min.Add(image.Pt(i%op.Mask.W, i/op.Mask.W))
			if !at.In(room) {
				t.Errorf("%s: a character at %v is cut off by %v", name, op.Dst, room)
				return
			}
			if lit[at.Y*f.Size.X+at.X] {
				t.Errorf("%s: two characters meet at %v", name, at)
				return
			}
			lit[at.Y*f.Size.X+at.X] = true
		}
	}
}

// A phrase is never left out: what the pages say together is what the notice
// says.
func TestNothingIsCutOff(t *testing.T) {
	n := specimen.Notices()[0]
	for _, panel := range panels {
		got := ""
		for _, p := range led.Paginate(n, panel, led.Options{}) {
			got += p.Text()
		}
		clean := strings.NewReplacer(" ", "", "，", "", "　", "", "。", "", "、", "")
		if !strings.Contains(clean.Replace(got), clean.Replace(n.LED)) {
			t.Errorf("%dx%d says %q instead of %q", panel.Width, panel.Height, got, n.LED)
		}
	}
}

func TestDwell(t *testing.T) {
	for n, want := range map[int]time.Duration{1: 6 * time.Second, 16: 6 * time.Second, 24: 8 * time.Second, 48: 14 * time.Second} {
		if got := led.Dwell(n); got != want {
			t.Errorf("%d characters stand for %v, want %v", n, got, want)
		}
	}
}

// Where all the street can read, there are totals and no rows (V09).
func TestTotalsOnly(t *testing.T) {
	for _, n := range specimen.Notices() {
		if n.Fund == nil {
			continue
		}
		text := ""
		for _, p := range led.Paginate(n, specimen.Board, led.Options{Totals: true}) {
			text += p.Text() + "\n"
		}
		for _, table := range n.Fund.Tables {
			for _, row := range table.Rows {
				if utf8.RuneCountInString(row[0]) > 1 && strings.Contains(text, row[0]) {
					t.Errorf("%s names %s", n.ID, row[0])
				}
			}
		}
	}
}

func TestExerciseOnEveryPage(t *testing.T) {
	for _, panel := range panels {
		for _, p := range led.Paginate(specimen.Exercise(), panel, led.Options{}) {
			if p.Band == nil || !p.Band.Exercise {
				t.Errorf("%dx%d: page %q does not say that it is an exercise", panel.Width, panel.Height, p.Text())
			}
		}
		for _, p := range led.Paginate(specimen.Notices()[0], panel, led.Options{Exercise: true}) {
			if p.Band == nil || !p.Band.Exercise {
				t.Errorf("%dx%d: during an exercise page %q does not say so", panel.Width, panel.Height, p.Text())
			}
		}
	}
}

// A marquee moves by whole dots, sixty a second, and comes round.
func TestMarquee(t *testing.T) {
	strip := playlist.Panel{Width: 320, Height: 16}
	pages := led.Paginate(specimen.Notices()[0], strip, led.Options{})
	if len(pages) != 1 || !pages[0].Marquee {
		t.Fatal("the specimen does not pass along the strip")
	}
	at := func(d time.Duration) int {
		f := led.Frame(pages[0], strip, d, specimen.Now(), specimen.Zone)
		for _, op := range f.Ops {
			return op.Dst.Min.X
		}
		return -1
	}
	first := at(time.Second)
	for i := range 20 {
		d := time.Second + time.Duration(i)*time.Second/60 + time.Millisecond
		if got := at(d); got != first-i {
			t.Fatalf("after %v the text is at %d, want %d", d, got, first-i)
		}
	}
	if lap := pages[0].Dwell; at(lap+time.Second) != first {
		t.Error("the text does not come round after a lap")
	}
}

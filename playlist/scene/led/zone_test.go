package led_test

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
)

// sizes of boards from a window's to a square's.
var sizes = [][2]int{{64, 16}, {96, 16}, {128, 32}, {192, 64}, {256, 64}, {320, 32}, {320, 160}, {384, 128}, {640, 320}, {1920, 540}, {64, 192}, {128, 256}}

func panelOf(size [2]int, colours playlist.LEDColours) playlist.Panel {
	return playlist.Panel{Width: size[0], Height: size[1], Colours: colours}
}

func TestGoldenZones(t *testing.T) {
	for _, c := range []struct {
		size    [2]int
		preset  string
		colours playlist.LEDColours
		with    []*playlist.Notice
	}{
		{[2]int{192, 64}, "clock", playlist.FullColour, nil},
		{[2]int{64, 192}, "clock", playlist.SingleColour, nil},
		{[2]int{320, 32}, "clock", playlist.DualColour, nil},
		{[2]int{256, 64}, "six", playlist.FullColour, nil},
		{[2]int{256, 64}, "six", playlist.SingleColour, []*playlist.Notice{specimen.Banner()}},
		{[2]int{320, 160}, "six", playlist.DualColour, []*playlist.Notice{specimen.Banner()}},
		{[2]int{384, 128}, "six", playlist.FullColour, nil},
		{[2]int{384, 128}, "six", playlist.FullColour, []*playlist.Notice{specimen.Banner()}},
		{[2]int{640, 320}, "six", playlist.FullColour, nil},
	} {
		s, err := specimen.Zones(panelOf(c.size, c.colours), c.preset, c.with...)
		if err != nil {
			t.Fatal(err)
		}
		golden.Frame(t, s.Name, s.Frame, 0)
	}
}

// Boards of every size show their plates, large ones in large characters.
func TestGoldenPlates(t *testing.T) {
	for _, size := range [][2]int{{64, 16}, {128, 32}, {64, 192}, {384, 128}, {640, 320}} {
		s := specimen.Settings("hall", panelOf(size, playlist.FullColour))
		for name, p := range map[string]led.Page{"idle": led.Idle(s), "pairing": led.Pairing(s.Screen.Panel, "482915"), "identify": led.Identify(s)} {
			golden.Frame(t, fmt.Sprintf("hall-%s-%dx%d", name, size[0], size[1]), led.Frame(p, s.Screen.Panel, 0, specimen.Now(), specimen.Zone), 0)
		}
	}
}

// Every way to divide a board that is offered passes the checks of a screen.
func TestPresetsAreValid(t *testing.T) {
	six := 0
	for _, size := range sizes {
		panel := panelOf(size, playlist.FullColour)
		for _, p := range led.Presets(panel) {
			screen := playlist.Screen{ID: "gate", Site: "hall", Kind: playlist.LED, Name: "大门屏", Panel: panel, Zones: p.Zones}
			kinds := map[playlist.ZoneKind]int{}
			for i := range screen.Zones {
				if screen.Zones[i].Kind == playlist.TextZone {
					screen.Zones[i].Column = "weather"
				}
				kinds[screen.Zones[i].Kind]++
			}
			for _, problem := range playlist.ValidateScreen(screen, playlist.ValidateEnv{}) {
				t.Errorf("%s at %dx%d: %s: %s", p.ID, size[0], size[1], problem.Field, problem.MessageEn)
			}
			if p.ID == "six" {
				six++
				if len(p.Zones) != 6 || kinds[playlist.TextZone] != 2 || kinds[playlist.AlertZone] != 1 || kinds[playlist.DateZone] != 1 {
					t.Errorf("six zones at %dx%d are %v", size[0], size[1], kinds)
				}
			}
		}
	}
	if six < 5 {
		t.Errorf("only %d of the sizes have six zones", six)
	}
}

// TestZonesFit draws every board that can be divided, on ordinary days and on
// those with the longest names, with and without an alert: no line is wider or
// higher than its zone, and no zone is empty.
func TestZonesFit(t *testing.T) {
	days := []schedule.Moment{specimen.Now()}
	for _, d := range []string{"2026-12-22", "2026-02-16", "2028-06-30", "2033-12-24", "2026-10-01", "2026-06-19"} {
		at, err := time.ParseInLocation(time.DateOnly, d, specimen.Zone)
		if err != nil {
			t.Fatal(err)
		}
		days = append(days, schedule.Sure(at.Add(12*time.Hour)))
	}
	for _, size := range sizes {
		panel := panelOf(size, playlist.FullColour)
		for _, preset := range led.Presets(panel) {
			if len(preset.Zones) == 0 {
				continue
			}
			s, err := specimen.Zoned(panel, preset.ID)
			if err != nil {
				t.Fatal(err)
			}
			lib, err := specimen.ZonedLibrary(s, specimen.Banner())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range days {
				for _, z := range s.Screen.Zones {
					pages := led.ZonePages(z, s, lib, m)
					if z.Kind == playlist.NoticeZone {
						if pages != nil {
							t.Errorf("%s makes pages of notices", preset.ID)
						}
						continue
					}
					name := fmt.Sprintf("%s at %dx%d on %v: %s", preset.ID, size[0], size[1], m.Now.Format(time.DateOnly), z.Kind)
					checkZone(t, name, pages, z)
				}
			}
		}
	}
}

func checkZone(t *testing.T, name string, pages []led.Page, z playlist.Zone) {
	t.Helper()
	if len(pages) == 0 {
		t.Errorf("%s is empty", name)
	}
	for _, p := range pages {
		if p.Dwell < 6*time.Second {
			t.Errorf("%s: %q stands for %v", name, p.Text(), p.Dwell)
		}
		high := 0
		for _, l := range p.Lines {
			_, err := dotfont.Face(l.Size)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			high += l.Size
			text := l.Text
			if l.Clock {
				text = strings.ReplaceAll(text, "{time}", "00:00")
			}
			if w := led.Measure(text, l.Size); w > z.Width && !p.Marquee {
				t.Errorf("%s: %q takes %d dots of %d", name, text, w, z.Width)
			}
			if l.Size < 16 && z.Height >= 30 && z.Width >= 100 && z.Kind != playlist.AlertZone {
				t.Errorf("%s: %q has %d dots", name, text, l.Size)
			}
		}
		if high > z.Height {
			t.Errorf("%s: %q takes %d dots of %d", name, p.Text(), high, z.Height)
		}
	}
}

// What stands in a zone stays in it, even if it is far too large.
func TestComposeCuts(t *testing.T) {
	panel := playlist.Panel{Width: 100, Height: 40, Colours: playlist.FullColour}
	big := led.Page{Lines: []led.Line{{Text: "国国国国", Size: 32, Tone: led.Figure}}}
	f := led.Compose(panel, []led.Part{
		{Zone: playlist.Zone{Kind: playlist.NoticeZone, X: 10, Y: 8, Width: 30, Height: 20}, Page: big},
		{Zone: playlist.Zone{Kind: playlist.ClockZone, X: 60, Y: 8, Width: 30, Height: 20}, Page: big},
	}, specimen.Now(), specimen.Zone)
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(img, f)
	lit := 0
	for y := range 40 {
		for x := range 100 {
			if img.RGBAAt(x, y) == (color.RGBA{0, 0, 0, 255}) {
				continue
			}
			lit++
			if in := image.Pt(x, y); !in.In(image.Rect(10, 8, 40, 28)) && !in.In(image.Rect(60, 8, 90, 28)) && !in.In(image.Rect(50, 8, 51, 28)) {
				t.Fatalf("a dot is lit at %v", in)
			}
		}
	}
	if lit < 200 {
		t.Errorf("only %d dots are lit", lit)
	}
	if img.RGBAAt(50, 20) == (color.RGBA{0, 0, 0, 255}) {
		t.Error("there is no rule between the zones")
	}
}

// A rule never runs through a zone.
func TestRulesKeepClear(t *testing.T) {
	for _, size := range sizes {
		panel := panelOf(size, playlist.FullColour)
		for _, p := range led.Presets(panel) {
			var parts []led.Part
			for _, z := range p.Zones {
				parts = append(parts, led.Part{Zone: z})
			}
			for _, op := range led.Compose(panel, parts, specimen.Now(), specimen.Zone).Ops {
				for _, z := range p.Zones {
					if op.Dst.Overlaps(image.Rect(z.X, z.Y, z.X+z.Width, z.Y+z.Height)) {
						t.Errorf("%s at %dx%d: a rule %v runs through %s", p.ID, size[0], size[1], op.Dst, z.Kind)
					}
				}
			}
		}
	}
}

func TestDateZone(t *testing.T) {
	s := specimen.Settings("hall", specimen.Board)
	for _, c := range []struct {
		day, want string
		w, h      int
	}{
		{"2026-11-20", "11月20日 星期五 农历十月十二", 130, 36},
		{"2026-11-22", "11月22日 星期日 十月十四 小雪", 130, 36},
		{"2026-12-22", "12月22日 星期二 冬月十四 冬至", 130, 36},
		{"2026-02-16", "2月16日 星期一 腊月廿九 除夕", 130, 36},
		{"2025-07-25", "7月25日 星期五 农历闰六月初一", 130, 36},
		{"2026-12-22", "12月22日 星期二 农历冬月十四 冬至", 400, 60},
	} {
		day, err := time.ParseInLocation(time.DateOnly, c.day, specimen.Zone)
		if err != nil {
			t.Fatal(err)
		}
		pages := led.ZonePages(playlist.Zone{Kind: playlist.DateZone, Width: c.w, Height: c.h}, s, nil, schedule.Sure(day.Add(23*time.Hour)))
		if len(pages) != 1 || pages[0].Text() != c.want {
			t.Errorf("on %s the zone says %q, want %q", c.day, texts(pages), c.want)
		}
	}
}

func texts(pages []led.Page) (out []string) {
	for _, p := range pages {
		out = append(out, p.Text())
	}
	return out
}

// The strip for warnings shows yellow and blue alerts; red ones have the board,
// and without any the strip keeps the number for complaints.
func TestAlertZone(t *testing.T) {
	s, err := specimen.Zoned(playlist.Panel{Width: 384, Height: 128, Colours: playlist.FullColour}, "six")
	if err != nil {
		t.Fatal(err)
	}
	strip := s.Screen.Zones[len(s.Screen.Zones)-1]
	for _, c := range []struct {
		with []*playlist.Notice
		want string
		not  string
	}{
		{nil, "0000-12317", "加固"},
		{[]*playlist.Notice{specimen.Banner()}, "加固棚架", "0000-12317"},
		{[]*playlist.Notice{specimen.Alert()}, "0000-12317", specimen.Alert().Alert.Action},
	} {
		lib, err := specimen.ZonedLibrary(s, c.with...)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(texts(led.ZonePages(strip, s, lib, specimen.Now())), " ")
		if !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("the strip says %q", got)
		}
	}
	if led.TakesOver(specimen.Banner(), s.Screen) || !led.TakesOver(specimen.Alert(), s.Screen) {
		t.Error("a yellow alert takes over the board, or a red one does not")
	}
	s.Screen.Zones = nil
	if !led.TakesOver(specimen.Banner(), s.Screen) || led.TakesOver(specimen.Weather(), s.Screen) {
		t.Error("without a strip a yellow alert does not take over, or a notice does")
	}
}

// A text zone keeps to the windows of its notices, and to the newest.
func TestTextZone(t *testing.T) {
	s, err := specimen.Zoned(playlist.Panel{Width: 384, Height: 128, Colours: playlist.FullColour}, "six")
	if err != nil {
		t.Fatal(err)
	}
	z := playlist.Zone{Kind: playlist.TextZone, Width: 300, Height: 24, Column: specimen.WeatherColumn}
	later := specimen.Weather()
	later.ID, later.LED, later.Issued = "tianqi-later", "明天有雨", schedule.Date{Year: 2026, Month: 11, Day: 21}
	later.NotBefore = specimen.Now().Now.Add(time.Hour)
	lib, err := specimen.ZonedLibrary(s, later)
	if err != nil {
		t.Fatal(err)
	}
	now := specimen.Now()
	if got := texts(led.ZonePages(z, s, lib, now)); len(got) == 0 || !strings.HasPrefix(got[0], "今天多云转晴") {
		t.Errorf("the weather is %q", got)
	}
	if got := texts(led.ZonePages(z, s, lib, schedule.Sure(now.Now.Add(2*time.Hour)))); len(got) != 1 || got[0] != "明天有雨" {
		t.Errorf("after an hour the weather is %q", got)
	}
	// Where all the street reads, a notice with names of people is passed over.
	later.Sensitive, s.Screen.Outdoor = true, true
	if lib, err = specimen.ZonedLibrary(s, later); err != nil {
		t.Fatal(err)
	}
	if got := texts(led.ZonePages(z, s, lib, schedule.Sure(now.Now.Add(2*time.Hour)))); len(got) == 0 || !strings.HasPrefix(got[0], "今天多云转晴") {
		t.Errorf("outdoors the weather is %q", got)
	}
	z.Column = "nothing"
	if got := texts(led.ZonePages(z, s, lib, now)); len(got) != 1 || got[0] != "青禾县政务服务中心" {
		t.Errorf("without a notice the zone says %q", got)
	}
}

// Zones of boards with the same running time are in step, and what does not
// change is not made anew within a second.
func TestZonesParts(t *testing.T) {
	s, err := specimen.Zoned(playlist.Panel{Width: 256, Height: 64, Colours: playlist.FullColour}, "six")
	if err != nil {
		t.Fatal(err)
	}
	lib, err := specimen.ZonedLibrary(s, specimen.Banner())
	if err != nil {
		t.Fatal(err)
	}
	var a, b led.Zones
	on := led.Page{Lines: []led.Line{{Text: "公告", Size: 24}}, Dwell: 8 * time.Second}
	m := specimen.Now()
	running := 20_000 * time.Hour
	for range 200 {
		at := schedule.Sure(m.Now.Add(running - 20_000*time.Hour))
		pa, left := a.Parts(s, lib, at, running, on, 3*time.Second)
		pb, _ := b.Parts(s, lib, at, running, on, 3*time.Second)
		if len(pa) != 6 || left <= 0 || left > time.Second {
			t.Fatalf("there are %d parts, the next after %v", len(pa), left)
		}
		if !led.Compose(s.Screen.Panel, pa, at, specimen.Zone).Equal(led.Compose(s.Screen.Panel, pb, at, specimen.Zone)) {
			t.Fatal("two boards are not in step")
		}
		for _, p := range pa {
			if p.Zone.Kind == playlist.NoticeZone && (p.Page.Text() != "公告" || p.Elapsed != 3*time.Second) {
				t.Fatalf("the notices show %q", p.Page.Text())
			}
			if p.Elapsed > p.Page.Dwell && p.Zone.Kind != playlist.NoticeZone {
				t.Fatalf("%s stays longer than its page", p.Zone.Kind)
			}
		}
		running += left
	}
}

func TestPageAt(t *testing.T) {
	pages := []led.Page{{Dwell: 6 * time.Second, Lines: []led.Line{{Text: "a"}}}, {Dwell: 8 * time.Second, Lines: []led.Line{{Text: "b"}}}}
	for _, c := range []struct {
		running, elapsed, left time.Duration
		want                   string
	}{
		{0, 0, 6 * time.Second, "a"}, {5 * time.Second, 5 * time.Second, time.Second, "a"}, {6 * time.Second, 0, 8 * time.Second, "b"},
		{14 * time.Second, 0, 6 * time.Second, "a"}, {-time.Second, 7 * time.Second, time.Second, "b"},
	} {
		p, elapsed, left := led.PageAt(pages, c.running)
		if p.Text() != c.want || elapsed != c.elapsed || left != c.left {
			t.Errorf("after %v: %q for %v, %v left", c.running, p.Text(), elapsed, left)
		}
	}
}

// FuzzZone sets any text in a zone of any size: pages have time, and what is
// drawn stays in the zone.
func FuzzZone(f *testing.F) {
	f.Add("今天多云转晴，7到16度。", 120, 36)
	f.Add("A very long word: Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", 32, 12)
	f.Add("（（（", 500, 48)
	s := specimen.Settings("hall", specimen.Board)
	f.Fuzz(func(t *testing.T, text string, w, h int) {
		if len(text) > 600 || w < 32 || w > 700 || h < 12 || h > 200 {
			return
		}
		s.Path[0].Name, s.Hotline = text, text
		for _, kind := range []playlist.ZoneKind{playlist.NameZone, playlist.PhoneZone, playlist.DateZone, playlist.ClockZone} {
			z := playlist.Zone{Kind: kind, X: 3, Y: 4, Width: w, Height: h}
			panel := playlist.Panel{Width: w + 8, Height: h + 8}
			for _, p := range led.ZonePages(z, s, nil, specimen.Now()) {
				if p.Dwell <= 0 {
					t.Fatal("a page has no time")
				}
				frame := led.Compose(panel, []led.Part{{Zone: z, Page: p, Elapsed: 2 * time.Second}}, specimen.Now(), specimen.Zone)
				for _, op := range frame.Ops {
					r := op.Dst
					if op.Clip != (image.Rectangle{}) {
						r = r.Intersect(op.Clip)
					}
					if !r.In(image.Rect(3, 4, 3+w, 4+h)) {
						t.Fatalf("%s: %v is outside", kind, r)
					}
				}
			}
		}
	})
}

package led

import (
	"context"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
)

// office makes what screens of one hall are sent, edition after edition.
type office struct {
	t        *testing.T
	settings playlist.Settings
	notices  []*playlist.Notice
	alerts   []*playlist.Notice
	revision playlist.Revision
	last     map[playlist.ChannelID]*playlist.Edition
	spans    []schedule.Span // hours of the rule
}

func newOffice(t *testing.T, panel playlist.Panel, change func(*playlist.Settings)) *office {
	s := specimen.Settings("hall", panel)
	s.Screen.Kind = playlist.LED
	if change != nil {
		change(&s)
	}
	return &office{t: t, settings: s, notices: specimen.Notices(), last: map[playlist.ChannelID]*playlist.Edition{}}
}

// publish makes the library of a screen after an edition of that instant.
func (o *office) publish(at time.Time) *playlist.Library {
	o.t.Helper()
	o.revision++
	bySite := map[playlist.ChannelID][]*playlist.Notice{}
	for _, n := range append(append([]*playlist.Notice{}, o.notices...), o.alerts...) {
		ch := playlist.ChannelID{Site: n.Site, Alert: n.Kind == playlist.KindAlert}
		bySite[ch] = append(bySite[ch], n)
	}
	var loaded []playlist.Loaded
	for _, g := range o.settings.Channels {
		in := playlist.CompileInput{Channel: g.Channel, Revision: o.revision, Created: at, Notices: bySite[g.Channel], Last: o.last[g.Channel]}
		if g.Channel.Site == "qinghe" && !g.Channel.Alert {
			in.Columns = specimen.Columns()
			in.Playlists = []playlist.Playlist{{ID: "daily", Name: "日常", Latest: &playlist.Select{Count: 12}}}
			in.Rules = []schedule.Rule{{ID: "daily", Name: "每天", Playlist: "daily", Level: schedule.Normal, Spans: o.spans}}
		}
		e, _, err := playlist.Compile(in)
		if err != nil {
			o.t.Fatal(err)
		}
		o.last[g.Channel] = &e
		l := playlist.Loaded{Edition: e, Notices: map[playlist.NoticeID]*playlist.Notice{}}
		for _, n := range in.Notices {
			l.Notices[n.ID] = n
		}
		loaded = append(loaded, l)
	}
	lib, err := playlist.NewLibrary(o.settings, loaded, playlist.WithPace(led.Pace(o.settings)))
	if err != nil {
		o.t.Fatal(err)
	}
	return lib
}

// hang makes a board that was sent a library.
func hang(lib *playlist.Library, panel playlist.Panel) (*Program, *device) {
	d := &device{status: kiosk.Status{Library: lib, Enrolled: true, Online: true}}
	return New(d, panel), d
}

// step draws the frame of an instant.
func step(p *Program, d *device, at time.Time) (*scene.Frame, time.Time) {
	d.status.Moment = schedule.Sure(at)
	f, next := p.Step(at, nil)
	p.Presented(f, at)
	return f, next
}

// fresh is a notice of the county that is new.
func fresh(id playlist.NoticeID) *playlist.Notice {
	n := *passing()
	n.ID, n.Site, n.Column = id, "qinghe", specimen.Notices()[0].Column
	n.Issued = schedule.DateOf(specimen.Now().Now)
	n.Title, n.LED = "关于"+string(id)+"的紧急停水通知", ""
	return &n
}

// TestPairShowsTheSame runs two boards of a pair side by side, frame by frame. One
// is started long after the other, and both are sent news at different instants:
// they begin with it in the same frame.
func TestPairShowsTheSame(t *testing.T) {
	for name, panel := range map[string]playlist.Panel{"pages": specimen.Board, "line": gate} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, panel, func(s *playlist.Settings) {
				s.Screen.Pair = "gate"
				s.Screen.Zones = led.Presets(panel)[1].Zones
			})
			start := specimen.Now().Now.Truncate(time.Second)
			was := o.publish(start.Add(-time.Hour))
			news := fresh("shui")
			o.notices = append(o.notices, news)
			now := o.publish(start.Add(90 * time.Second))
			left, a := hang(was, panel)
			right, b := hang(was, panel)
			seen := time.Duration(0)
			for n := from(start); ; n++ {
				at := instant(n)
				passed := at.Sub(start)
				if passed > 4*time.Minute {
					break
				}
				if passed > 90*time.Second+120*time.Millisecond {
					a.status.Library = now
				}
				if passed > 90*time.Second+700*time.Millisecond {
					b.status.Library = now
				}
				f, next := step(left, a, at)
				if !next.After(at) {
					t.Fatalf("after %v the next frame is due in %v", passed, next.Sub(at))
				}
				if passed < 37*time.Second {
					continue // the other one is off
				}
				if g, _ := step(right, b, at); !f.Equal(g) {
					t.Fatalf("after %v one shows %+v, the other %+v", passed, a.last(), b.last())
				}
				if a.last().Notice == news.ID && seen == 0 {
					if seen = passed; seen != 91*time.Second {
						t.Errorf("the news is on after %v, want a second after its edition", seen)
					}
				}
			}
			if seen == 0 {
				t.Error("the news never came on")
			}
		})
	}
}

// TestNewsComesAtOnce: a board that stands alone does not wait.
func TestNewsComesAtOnce(t *testing.T) {
	o := newOffice(t, specimen.Board, nil)
	start := specimen.Now().Now
	p, d := hang(o.publish(start.Add(-time.Hour)), specimen.Board)
	now := start
	run(t, p, d, &now, 50*time.Second, nil)
	o.notices = append(o.notices, fresh("shui"))
	d.status.Library = o.publish(now.Add(-100 * time.Millisecond))
	for _, id := range []playlist.NoticeID{"shui", "dian"} {
		step(p, d, now)
		if d.last().Notice != id || !p.now[0].on.began.After(now.Add(-20*time.Millisecond)) || p.now[0].page != &p.plays.loop.list[0].pages[0] {
			t.Fatalf("%s is on, not the first page of the newest", d.last().Notice)
		}
		now = now.Add(2 * time.Second)
		if id == "shui" {
			o.notices = append(o.notices, fresh("dian"))
			d.status.Library = o.publish(now.Add(-100 * time.Millisecond))
		}
	}
	// What was pushed aside follows.
	run(t, p, d, &now, p.plays.loop.list[0].length, nil)
	step(p, d, now)
	if d.last().Notice != "shui" {
		t.Errorf("%s follows", d.last().Notice)
	}
	// A change of something else leaves the board where it is.
	before, began := d.last().Notice, p.now[0].on.began
	o.notices = o.notices[1:]
	d.status.Library = o.publish(now)
	step(p, d, now.Add(time.Second))
	if d.last().Notice != before || p.now[0].on.began != began {
		t.Errorf("%s, since %v, is on after a notice was taken away, want %s since %v", d.last().Notice, p.now[0].on.began, before, began)
	}
}

func alarm(colour playlist.AlertColour, at time.Time) *playlist.Notice {
	n := *specimen.Alert()
	body := *n.Alert
	body.Colour, body.Start, body.Exercise = colour, at, false
	n.ID, n.Alert, n.NotAfter = "alarm-"+playlist.NoticeID(colour), &body, at.Add(6*time.Hour)
	return &n
}

func text(p *Program) string {
	all := ""
	for _, s := range p.now {
		all += s.page.Text() + "|"
		if b := s.page.Band; b != nil {
			all += b.Type + b.Level + "|"
		}
	}
	return all
}

// TestAlertFromFrameToFrame: a red alert is on in the first frame after it came,
// repeats without a gap, shows for five minutes that it is lifted, and gives the
// board back. A yellow one does so only on boards without a zone for it (L28, V10).
func TestAlertFromFrameToFrame(t *testing.T) {
	alertZone := []playlist.Zone{
		{Kind: playlist.NoticeZone, Width: 192, Height: 44}, {Kind: playlist.AlertZone, Y: 48, Width: 192, Height: 16},
	}
	for _, c := range []struct {
		name   string
		colour playlist.AlertColour
		zones  []playlist.Zone
		over   bool
	}{
		{"red", playlist.Red, nil, true}, {"orange with a zone", playlist.Orange, alertZone, true},
		{"yellow", playlist.Yellow, nil, true}, {"yellow with a zone", playlist.Yellow, alertZone, false},
		{"blue with a zone", playlist.Blue, alertZone, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, specimen.Board, func(s *playlist.Settings) { s.Screen.Zones = c.zones })
			start := specimen.Now().Now
			p, d := hang(o.publish(start.Add(-time.Hour)), specimen.Board)
			now := start
			run(t, p, d, &now, 20*time.Second, nil)

			raised := now
			o.alerts = []*playlist.Notice{alarm(c.colour, raised)}
			d.status.Library = o.publish(raised)
			now = instant(from(now) + 1) // one frame later
			step(p, d, now)
			if is := strings.Contains(text(p), "暴雨"); !is {
				t.Fatalf("one frame after the alert came the board says %s", text(p))
			}
			pages := map[*led.Page]int{}
			run(t, p, d, &now, 4*time.Minute, func(*scene.Frame) {
				if over := d.last().Page == "alert"; over != c.over {
					t.Fatalf("%q is on", d.last().Page)
				}
				for _, s := range p.now {
					if s.page.Band != nil {
						pages[s.page]++
					}
				}
			})
			if len(pages) == 0 {
				t.Error("no page has a band")
			}

			lifted := *o.alerts[0]
			body := *lifted.Alert
			body.Lifted = true
			lifted.Version, lifted.Alert = 2, &body
			o.alerts[0] = &lifted
			d.status.Library = o.publish(now)
			end := now.Add(5 * time.Minute)
			step(p, d, instant(from(now)+1))
			if !strings.Contains(text(p), "解除") {
				t.Fatalf("one frame after the alert was lifted the board says %s", text(p))
			}
			for at := now; at.Before(end.Add(time.Second)); {
				var next time.Time
				_, next = step(p, d, at)
				if is := strings.Contains(text(p), "解除"); is != at.Before(end) {
					t.Fatalf("%v before the five minutes are over the board says %s", end.Sub(at), text(p))
				}
				at = next
			}
			if d.last().Page != "loop" {
				t.Errorf("%q is on at the end", d.last().Page)
			}
		})
	}
}

// TestClockTurnsWithTheMinute: in a zone of its own the clock changes in the first
// frame of the minute, and nothing is drawn before.
func TestClockTurnsWithTheMinute(t *testing.T) {
	panel := specimen.Board
	o := newOffice(t, panel, func(s *playlist.Settings) {
		s.Screen.Zones = []playlist.Zone{{Kind: playlist.NoticeZone, Width: 120, Height: 64}, {Kind: playlist.ClockZone, X: 124, Width: 68, Height: 64}}
	})
	o.notices = o.notices[:1]
	now := specimen.Now().Now.Truncate(time.Minute).Add(17 * time.Second)
	p, d := hang(o.publish(now.Add(-time.Hour)), panel)
	drawn, last := 0, (*scene.Frame)(nil)
	minute := now.Truncate(time.Minute).Add(time.Minute)
	for now.Before(minute.Add(5 * time.Second)) {
		f, next := step(p, d, now)
		if p.now[1].zone.Kind != playlist.ClockZone {
			t.Fatal("there is no clock")
		}
		if !f.Equal(last) {
			drawn++
		}
		if now.Before(minute) && next.After(minute) {
			t.Fatalf("the next frame is due %v after the minute", next.Sub(minute))
		}
		last, now = f, next
	}
	pages := int(48*time.Second/p.plays.loop.list[0].pages[0].Dwell) + 2
	if drawn < 2 || drawn > 2*pages {
		t.Errorf("%d pictures in 48 s", drawn)
	}
}

// TestZonesThatDoNotFit gives notices the whole board and says why.
func TestZonesThatDoNotFit(t *testing.T) {
	for _, zones := range [][]playlist.Zone{
		{{Kind: playlist.NoticeZone, Width: 500, Height: 64}},
		{{Kind: playlist.ClockZone, Width: 50, Height: 64}},
		{{Kind: playlist.NoticeZone, X: -4, Width: 50, Height: 64}},
		{{Kind: playlist.NoticeZone, Width: 50}},
	} {
		o := newOffice(t, specimen.Board, func(s *playlist.Settings) { s.Screen.Zones = zones })
		now := specimen.Now().Now
		p, d := hang(o.publish(now.Add(-time.Hour)), specimen.Board)
		run(t, p, d, &now, 30*time.Second, nil)
		if s := d.last(); s.Page != "loop" || !strings.Contains(s.Why, "分区") || len(p.now) != 1 {
			t.Errorf("with %+v: %+v", zones, s)
		}
	}
}

// brightest is the light of the strongest channel in a frame, 0 to 255, as a
// sending card with a gamma of 2.2 makes it.
func brightest(f *scene.Frame) uint8 {
	b := max(f.Ground.R, f.Ground.G, f.Ground.B)
	for _, op := range f.Ops {
		b = max(b, op.Color.R, op.Color.G, op.Color.B)
	}
	return uint8(math.Round(255 * math.Pow(float64(b)/255, 2.2)))
}

// TestDarkHours: in the hours without light nothing is lit and nothing counts as
// shown; a red alert breaks them, within the night's cap, and a yellow one does
// not.
func TestDarkHours(t *testing.T) {
	o := newOffice(t, specimen.Board, func(s *playlist.Settings) {
		s.Screen.Light = &playlist.Light{Day: 80, Night: 40, Cap: 40, Dark: &schedule.Span{From: 22 * 60, To: 6 * 60}}
	})
	zone, err := time.LoadLocation(playlist.DefaultZone)
	if err != nil {
		t.Fatal(err)
	}
	now := schedule.DateOf(specimen.Now().Now).At(21*60+59, zone)
	dark := now.Add(time.Minute)
	p, d := hang(o.publish(now.Add(-time.Hour)), specimen.Board)
	run(t, p, d, &now, 30*time.Second, nil)
	full, _ := step(p, d, now)
	if b := brightest(full); b == 0 || b > 255*45/100 {
		t.Errorf("in the evening the board is at %d of 255", b)
	}
	last := brightest(full)
	run(t, p, d, &now, 60*time.Second, func(f *scene.Frame) {
		at := d.status.Moment.Now
		if s := d.last(); (s.Page == "dark") != !at.Before(dark) || s.Page == "dark" && s.Notice != "" {
			t.Fatalf("at %v %+v is said to be shown", at, s)
		}
		b := brightest(f)
		if jump := int(last) - int(b); jump > 12 || jump < -12 {
			t.Fatalf("at %v the light jumps from %d to %d", at, last, b)
		}
		last = b
	})
	if last != 0 {
		t.Errorf("half a minute into the dark hours the board is at %d", last)
	}
	quiet := d.status.Library
	o.alerts = []*playlist.Notice{alarm(playlist.Yellow, now)}
	d.status.Library = o.publish(now)
	run(t, p, d, &now, 20*time.Second, nil)
	if f, _ := step(p, d, now); brightest(f) != 0 || d.last().Page != "dark" {
		t.Errorf("a yellow alert lights the board: %+v", d.last())
	}
	o.alerts = []*playlist.Notice{alarm(playlist.Red, now)}
	d.status.Library = o.publish(now)
	now = instant(from(now) + 1)
	f, _ := step(p, d, now)
	if b := brightest(f); b < 80 || b > 255*41/100 || d.last().Page != "alert" {
		t.Errorf("one frame after a red alert the board is at %d, %+v", b, d.last())
	}
	d.status.Library = quiet
	run(t, p, d, &now, 20*time.Second, nil)
	if f, _ := step(p, d, now); brightest(f) != 0 || f.Ground != (color.RGBA{A: 255}) || d.last().Page != "dark" {
		t.Errorf("after the alert: %+v", d.last())
	}
}

// asked is a program that waits for the device to call it.
type asked struct {
	*Program
	d     *device
	began time.Time
	lib   chan *playlist.Library
	shown chan time.Time // when the alert was presented; capacity 1
}

func (a *asked) Step(now time.Time, in []player.Event) (*scene.Frame, time.Time) {
	select {
	case a.d.status.Library = <-a.lib:
	default:
	}
	a.d.status.Moment = schedule.Sure(specimen.Now().Now.Add(now.Sub(a.began)))
	return a.Program.Step(now, in)
}

func (a *asked) Presented(f *scene.Frame, at time.Time) {
	a.Program.Presented(f, at)
	if a.d.last().Page == "alert" {
		select {
		case a.shown <- at:
		default:
		}
	}
}

// TestAlertTakesOverWithinAFrame: from the device's wake to pixels that say so, at
// any time of a still page and of a passing line.
func TestAlertTakesOverWithinAFrame(t *testing.T) {
	for name, panel := range map[string]playlist.Panel{"pages": specimen.Board, "line": gate} {
		for _, after := range []time.Duration{3 * time.Second, 7*time.Second + 3*time.Millisecond, 20*time.Second + 16*time.Millisecond} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					o := newOffice(t, panel, nil)
					start := specimen.Now().Now
					p, d := hang(o.publish(start.Add(-time.Hour)), panel)
					o.alerts = []*playlist.Notice{alarm(playlist.Red, start)}
					a := &asked{Program: p, d: d, began: time.Now(), lib: make(chan *playlist.Library, 1), shown: make(chan time.Time, 1)}
					screen := headless.New(image.Pt(panel.Width, panel.Height))
					ctx, cancel := context.WithCancel(t.Context())
					done := make(chan error, 1)
					go func() { done <- screen.Run(ctx, a) }()
					<-time.After(after)
					came := time.Now()
					a.lib <- o.publish(start.Add(after))
					screen.Wake()
					if late := (<-a.shown).Sub(came); late > time.Second/rate {
						t.Errorf("%v after the start the alert takes %v", after, late)
					}
					cancel()
					if err := <-done; err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// TestAfterHours: when no rule plays anything the last notice stays, on a board
// that was on and on one that was started later, until it may not be shown.
func TestAfterHours(t *testing.T) {
	o := newOffice(t, specimen.Board, nil)
	o.spans = []schedule.Span{{From: 9 * 60, To: 9*60 + 40}}
	start := specimen.Now().Now // 9:30
	lib := o.publish(start.Add(-time.Hour))
	p, d := hang(lib, specimen.Board)
	now := start
	run(t, p, d, &now, 9*time.Minute+59*time.Second, nil)
	was := d.last().Notice
	run(t, p, d, &now, time.Hour, nil)
	if s := d.last(); s.Page != "loop" || s.Notice != was || !strings.Contains(s.Why, "保留上一条") {
		t.Errorf("after hours %+v is on, want %s", s, was)
	}
	for _, later := range []time.Duration{0, 14 * time.Hour} {
		q, e := hang(lib, specimen.Board)
		if step(q, e, now.Add(later)); e.last().Notice != was || e.last().Page != "loop" {
			t.Errorf("a board that was started %v later shows %+v, want %s", later, e.last(), was)
		}
	}
	for i, n := range o.notices {
		if n.ID == was {
			o.notices = append(o.notices[:i:i], o.notices[i+1:]...)
			break
		}
	}
	d.status.Library = o.publish(now)
	if step(p, d, now); d.last().Notice == was {
		t.Errorf("what was taken away is on: %+v", d.last())
	}
}

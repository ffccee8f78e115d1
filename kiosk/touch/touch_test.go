package touch

import (
	"image"
	"strings"
	"testing"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

func TestWalkThereAndBack(t *testing.T) {
	s := newStand(t)
	s.want("loop")
	s.tap("start")
	s.want("home")
	column := ""
	for _, r := range s.frame.Regions {
		if a, ok := page.ParseAction(r.Action); ok && a.Verb == page.DoColumn && column == "" {
			column = r.Action
		}
	}
	s.tap(column)
	s.want("column")
	s.tap("back")
	s.want("home")
	s.tap("postings")
	s.want("postings")
	s.tap("home")
	s.want("home")
	s.tap("end")
	s.want("loop")
}

func TestSessionLeavesNothingBehind(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	s.tap("large")
	s.prog.act(press{action: "contrast"}, s.now)
	s.tap("lang")
	if v := s.prog.drawn.key.view; v.Large != 1 || !v.HighContrast || v.Lang != "en" {
		t.Fatalf("the choices did not count: %+v", v)
	}
	s.pass(10 * time.Minute) // nobody answers
	s.want("loop")
	if v := s.prog.drawn.key.view; v.Large != 0 || v.HighContrast || v.Lang == "en" {
		t.Errorf("the next person finds %+v", v)
	}
	s.nobody()
}

func TestIdleQuestionGivesTwentySecondsAndCanBeAnswered(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	limit := s.prog.limit()
	s.pass(limit)
	if s.prog.drawn.key.view.Idle == 0 {
		t.Fatalf("no question after %v", limit)
	}
	s.pass(17 * time.Second)
	if got := s.prog.drawn.key.view.Idle; got < 2 || got > 3 {
		t.Errorf("%d seconds left after about 18", got)
	}
	for range 10 { // WCAG 2.2.1: at least ten times
		s.tap("continue")
		s.want("home")
		if s.prog.drawn.key.view.Idle != 0 {
			t.Fatal("the question is still up")
		}
		s.pass(limit)
	}
	s.pass(21 * time.Second)
	s.want("loop")
}

func TestWarningTakesOverAndGivesWay(t *testing.T) {
	alert := specimen.Alert()
	quiet := newStand(t)
	s := newStand(t)
	s.tap("start")
	s.tap("postings")
	with, err := specimen.Library(specimen.Settings("liuxi", panel), alert)
	if err != nil {
		t.Fatal(err)
	}
	s.device.status.Library = with
	s.step()
	s.want("alert:" + string(alert.ID))
	s.tap("home") // somebody has read it and goes on
	s.want("home")
	s.pass(5 * time.Minute) // and leaves: it is back
	s.want("alert:" + string(alert.ID))
	s.device.status.Library = quiet.device.status.Library
	s.step()
	s.pass(time.Second)
	s.want("loop")
}

func TestEveryWarningIsReadBeforeOneGoesOn(t *testing.T) {
	first, second := specimen.Alert(), specimen.Alert()
	second.ID = "second-warning"
	s := newStand(t, first, second)
	if len(s.prog.lib.Alerts(s.device.status.Moment)) != 2 {
		t.Fatal("there are not two warnings")
	}
	on := s.page()
	s.tap("home")
	other := s.page()
	if other == on || (other != "alert:"+string(first.ID) && other != "alert:"+string(second.ID)) {
		t.Errorf("after %s comes %s", on, other)
	}
	s.tap("home")
	s.want("home")
	s.pass(5 * time.Second)
	s.want("home")
	s.tap("end")
	if got := s.page(); got != on && got != other {
		t.Errorf("to the next person it shows %s", got)
	}
}

func TestEndTappedTwiceDoesNotBeginAnew(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	at := s.where("end")
	for range 3 {
		s.down(1, at)
		s.now = s.now.Add(60 * time.Millisecond)
		s.up(1, at)
		s.now = s.now.Add(140 * time.Millisecond)
	}
	s.pass(time.Second)
	s.want("loop")
	s.tap("start")
	s.want("home")
}

func TestWarningTakesOverFromAnyPage(t *testing.T) {
	for _, way := range [][]string{
		{"search", "key:d", "key:b"},
		{"opinion", "field:text", "key:w", "key:o"},
		{"object:" + string(specimen.FundID), "topic:1"},
		{"notice:" + string(specimen.MediaID), "enlarge:0", "zoom:in", "zoom:in"},
		{"notice:" + string(specimen.FundID), "scroll:down"},
		{"large", "postings", "take"},
	} {
		s := newStand(t)
		s.settle()
		s.do("start")
		s.do(way...)
		s.pass(time.Second)
		before := s.view()
		at := image.Pt(panel.Width/2, panel.Height*3/4)
		s.down(1, at) // a finger is down when it comes
		id := s.alarm()
		s.want("alert:" + string(id))
		s.up(1, at)
		s.want("alert:" + string(id))
		s.calm()
		s.pass(time.Second)
		after := s.view()
		before.Sheet, before.Toast, after.Typing = page.NoSheet, "", before.Typing
		if s.view().Typing != nil && before.Typing != nil {
			if was, is := *before.Typing, *s.view().Typing; was.Keys != is.Keys || was.Text != is.Text || was.Topics != is.Topics {
				t.Errorf("%v: typed %+v, then %+v", way, was, is)
			}
		}
		if before != after {
			t.Errorf("%v: on %+v before the warning, on %+v after", way, before, after)
		}
	}
}

func TestLargerTextKeepsThePlace(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.LongGuideID), "scroll:down")
	s.pass(time.Second)
	place := func() float64 {
		return float64(s.prog.drawn.info.Scroll) / float64(s.prog.drawn.info.ContentHeight)
	}
	was := place()
	if was == 0 {
		t.Fatal("the page does not scroll")
	}
	for range 3 { // A+, A++, and A again
		s.do("large")
		s.pass(time.Second)
		if is := place(); is < was-0.08 || is > was+0.08 {
			t.Errorf("with text of size %d the page is at %.2f, was at %.2f", s.view().Large, is, was)
		}
	}
}

func TestScrollStaysWithinThePage(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	var long playlist.NoticeID
	for _, n := range s.device.status.Library.List(playlist.Query{Kinds: []playlist.Kind{playlist.KindGuide}}, s.device.status.Moment) {
		long = n.ID
	}
	s.prog.open(page.View{Kind: page.NoticePage, Notice: long})
	s.pass(time.Second)
	if s.prog.drawn.info.MaxScroll == 0 {
		t.Fatalf("the page of %s does not scroll", long)
	}
	at := image.Pt(540, 1200)
	s.step(player.Event{Kind: player.Down, At: at, Time: s.now})
	for range 12 {
		s.now, at.Y = s.now.Add(10*time.Millisecond), at.Y-60
		s.step(player.Event{Kind: player.Move, At: at, Time: s.now})
	}
	moved := s.prog.scrolled()
	if moved < 400 {
		t.Errorf("a finger that moved 720 pixels moved the page by %d", moved)
	}
	s.step(player.Event{Kind: player.Up, At: at, Time: s.now})
	s.pass(5 * time.Second)
	if got, most := s.prog.scrolled(), s.prog.drawn.info.MaxScroll; got <= moved || got > most {
		t.Errorf("the fling ended at %d, from %d of at most %d", got, moved, most)
	}
	s.want("notice:" + string(long)) // no tap by accident
	if s.prog.hands.moving() {
		t.Error("the page still moves after five seconds")
	}
}

func TestTremblingFingerTaps(t *testing.T) {
	s := newStand(t)
	s.tap("start")
	r := s.frame.Regions[0]
	for _, region := range s.frame.Regions {
		if region.Action == "postings" {
			r = region
		}
	}
	at := image.Pt((r.Area.Min.X+r.Area.Max.X)/2, (r.Area.Min.Y+r.Area.Max.Y)/2)
	s.step(player.Event{Kind: player.Down, At: at, Time: s.now})
	s.step(player.Event{Kind: player.Move, At: at.Add(image.Pt(3, 2)), Time: s.now})
	s.step(player.Event{Kind: player.Up, At: at.Add(image.Pt(3, 2)), Time: s.now})
	s.pass(time.Second)
	s.want("postings")
}

func TestNewScreenShowsItsCode(t *testing.T) {
	d := &device{status: kiosk.Status{Moment: specimen.Now(), Online: false, Code: "402916"}}
	s := &stand{t: t, now: specimen.Now().Now, device: d, prog: New(d, Options{Panel: panel, Idle: time.Minute})}
	t.Cleanup(s.prog.Close)
	s.step()
	s.want("pairing")
	d.status.Enrolled, d.status.Code = true, ""
	s.step()
	s.pass(time.Second)
	s.want("fallback") // enrolled, but no content yet
}

// TestEveryWayOnLeadsSomewhere touches whatever home and the top of the catalogue
// offer: nothing there is dead, and there is a way back from everything.
func TestEveryWayOnLeadsSomewhere(t *testing.T) {
	s := newStand(t)
	s.settle()
	for name, way := range map[string][]string{
		"home":          {"start"},
		"all columns":   {"start", "columns"},
		"search":        {"start", "search"},
		"a fund notice": {"start", "notice:" + string(specimen.FundID)},
	} {
		tried := map[string]bool{}
		for again := true; again; {
			again = false
			s.do("end")
			s.do(way...)
			s.pass(time.Second)
			from := s.view()
			for _, r := range s.frame.Regions {
				a, ok := page.ParseAction(r.Action)
				if !ok {
					t.Fatalf("%s offers %q, which says nothing", name, r.Action)
				}
				if tried[r.Action] || !turns(a.Verb) || a.Verb == page.DoHome || a.Verb == page.DoBack {
					continue
				}
				tried[r.Action], again = true, true
				s.tap(r.Action)
				to := s.view()
				if to.Kind == from.Kind && to.Notice == from.Notice && to.Column == from.Column {
					t.Errorf("%s: %q leads nowhere", name, r.Action)
				}
				s.tap("back")
				if to := s.view(); to.Kind != from.Kind || to.Notice != from.Notice || to.Column != from.Column {
					t.Errorf("%s: from %q the way back leads to %s", name, r.Action, to.Kind)
				}
				break
			}
		}
		if len(tried) < 2 {
			t.Errorf("%s offers only %v", name, tried)
		}
	}
	s.do("end", "start", "columns")
	if v := s.view(); v.Kind != page.ColumnPage || v.Column != "" {
		t.Errorf("the top of the catalogue is %+v", v)
	}
}

// TestJourneys are ways that people go, by touch alone.
func TestJourneys(t *testing.T) {
	for name, way := range map[string][]string{
		"低保 by pinyin":       {"start", "search", "key:d", "key:b", "notice:" + string(specimen.GuideID)},
		"低保 by strokes":      {"start", "search", "pad:strokes", "key:p", "key:s", "key:p", "key:z", "key:h", "notice:" + string(specimen.GuideID)},
		"by a wrong key":     {"start", "search", "key:d", "key:q", "key:delete", "key:b", "notice:" + string(specimen.GuideID), "back", "notice:" + string(specimen.GuideID)},
		"the money, in A++":  {"start", "postings", "large", "size:2", "close", "notice:" + string(specimen.FundID)},
		"on paper":           {"start", "postings", "notice:" + string(specimen.FundID), "take", "print"},
		"an opinion":         {"start", "opinion", "topic:1", "field:text", "key:w", "key:o", "pick:0", "field:none", "submit"},
		"an opinion, called": {"start", "opinion", "field:contact", "key:8", "key:8", "key:1", "key:2", "key:3", "field:text", "key:w", "pick:0", "field:none", "submit"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.settle()
			for _, a := range way {
				if !s.find(a) {
					t.Fatalf("%q is not to be found on %s", a, s.page())
				}
				s.tap(a)
			}
			s.settle()
			s.pass(time.Second)
			last, _ := page.ParseAction(way[len(way)-1])
			if last.Verb == page.DoPrint {
				if s.paper.sheets == 0 {
					t.Errorf("nothing is printed; the page says %q", s.view().Toast)
				}
				return
			}
			if last.Verb == page.DoSubmit {
				if s.want("thanks"); len(s.device.voices) != 1 || s.device.voices[0].Text == "" {
					t.Errorf("stored %+v", s.device.voices)
				}
				return
			}
			s.want("notice:" + last.Arg)
		})
	}
}

// find scrolls down until something answers an action.
func (s *stand) find(action string) bool {
	s.t.Helper()
	s.pass(time.Second)
	for range 20 {
		for _, r := range s.frame.Regions {
			if r.Action == action {
				return true
			}
		}
		if s.prog.scrolled() >= s.prog.drawn.info.MaxScroll {
			return false
		}
		s.prog.setScroll(s.prog.drawn.info.Down)
		s.pass(time.Second)
	}
	return false
}

// A duty roster that somebody has open, or that the loop shows, turns at the night
// hour and at midnight without being sent again.
func TestRosterTurnsByItself(t *testing.T) {
	s := newStand(t, specimen.Duty()...)
	says := func(word string) bool {
		for _, text := range s.prog.drawn.info.Texts {
			if strings.Contains(text.Text, word) {
				return true
			}
		}
		return false
	}
	at := func(day, hour, minute int) {
		s.now = time.Date(2026, time.November, day, hour, minute, 0, 0, specimen.Zone)
		s.step() // whoever was there is long gone
		s.pass(5 * time.Minute)
		s.do("start", page.ToNotice(specimen.RosterID))
		s.now = time.Date(2026, time.November, day, hour, minute+9, 59, int(900*time.Millisecond), specimen.Zone)
		s.prog.awake(s.now)
		s.step()
	}
	turned := func() {
		s.now = s.next // by itself
		s.step()
	}
	for _, c := range []struct {
		day, hour, minute                int
		before, notBefore, after, notNow string
	}{
		{20, 17, 50, "白天值班", "陈建平", "今晚值班", "白天值班"},
		{20, 23, 50, "罗斌", "白天值班", "赵雪梅", "刘国栋"},
	} {
		at(c.day, c.hour, c.minute)
		if !says(c.before) || says(c.notBefore) {
			t.Errorf("on the %dth at %02d:%02d: it says %s: %v, %s: %v", c.day, c.hour, c.minute+9, c.before, says(c.before), c.notBefore, says(c.notBefore))
		}
		if turned(); !says(c.after) || says(c.notNow) {
			t.Errorf("a moment later, at %s: it says %s: %v, %s: %v", s.now.Format("15:04:05.0"), c.after, says(c.after), c.notNow, says(c.notNow))
		}
	}
}

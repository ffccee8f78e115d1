package player

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

var zone = func() *time.Location {
	loc, err := time.LoadLocation(playlist.DefaultZone)
	if err != nil {
		panic(err)
	}
	return loc
}()

func clock(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-16 "+s, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func sure(s string) schedule.Moment { return schedule.Sure(clock(s)) }

func notice(id string, version int) *playlist.Notice {
	return &playlist.Notice{
		ID: playlist.NoticeID(id), Version: version, Kind: playlist.KindAnnouncement, Site: "liuxi", Column: "news", Title: "关于停水的通知", Issuer: "柳溪村",
		Issued:       schedule.Date{Year: 2026, Month: 11, Day: 1},
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "明日停水。"}}},
	}
}

func alert(id, from, to string) *playlist.Notice {
	return &playlist.Notice{
		ID: playlist.NoticeID(id), Version: 1, Kind: playlist.KindAlert, Site: "liuxi", Title: "暴雨红色预警", Issuer: "气象台", NotBefore: clock(from), NotAfter: clock(to),
		Alert: &playlist.Alert{Type: "暴雨", Colour: playlist.Red, Area: "全村", Action: "立即转移", Start: clock(from)},
	}
}

// world is what a screen of one village has been sent.
type world struct {
	t         *testing.T
	revision  playlist.Revision
	notices   []*playlist.Notice
	alerts    []*playlist.Notice
	takedowns []playlist.Takedown
	rules     []schedule.Rule
}

func newWorld(t *testing.T, notices ...*playlist.Notice) *world {
	return &world{t: t, notices: notices, rules: []schedule.Rule{{ID: "always", Name: "全天", Playlist: "all", Level: schedule.Normal}}}
}

// library compiles everything anew and decodes it, as a device would.
func (w *world) library() *playlist.Library {
	w.t.Helper()
	w.revision++
	s := playlist.Settings{Revision: 1, Zone: playlist.DefaultZone, Screen: playlist.Screen{ID: "s", Site: "liuxi", Kind: playlist.Touch},
		Path: []playlist.SiteName{{ID: "liuxi", Kind: playlist.Village, Name: "柳溪村"}}}
	var loaded []playlist.Loaded
	for _, in := range []playlist.CompileInput{
		{Channel: playlist.ChannelID{Site: "liuxi"}, Notices: w.notices, Rules: w.rules, Takedowns: w.takedowns,
			Playlists: []playlist.Playlist{{ID: "all", Name: "全部", Latest: &playlist.Select{Count: 50}}}},
		{Channel: playlist.ChannelID{Site: "liuxi", Alert: true}, Notices: w.alerts},
	} {
		in.Revision, in.Created = w.revision, clock("07:00:00")
		e, blobs, err := playlist.Compile(in)
		if err != nil {
			w.t.Fatal(err)
		}
		l := playlist.Loaded{Edition: e, Notices: map[playlist.NoticeID]*playlist.Notice{}}
		for _, entry := range e.Notices {
			if l.Notices[entry.ID], err = playlist.DecodeNotice(blobs[entry.Ref]); err != nil {
				w.t.Fatal(err)
			}
		}
		loaded = append(loaded, l)
		s.Channels = append(s.Channels, playlist.ChannelGrant{Channel: in.Channel})
	}
	l, err := playlist.NewLibrary(s, loaded)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// on says in one word what plays.
func on(s State) string {
	switch s.Mode {
	case Loop:
		return fmt.Sprint(s.Slot.Notice.ID, "/", s.Slot.Notice.Version)
	case Alerting:
		return "!" + string(s.Alert.ID)
	}
	return string(s.Mode)
}

func expect(t *testing.T, p *Player, now, want string) State {
	t.Helper()
	s := p.Step(sure(now))
	if on(s) != want {
		t.Fatalf("at %s: %s (%s), want %s", now, on(s), s.Why, want)
	}
	if !s.Until.IsZero() && !s.Until.After(clock(now)) {
		t.Fatalf("at %s: until %s", now, s.Until)
	}
	if s.Why == "" && s.Mode != Loop {
		t.Errorf("at %s: no reason", now)
	}
	return s
}

func TestLoopGoesRound(t *testing.T) {
	w := newWorld(t, notice("a", 1), notice("b", 1), notice("c", 1))
	p := New(w.library())
	s := expect(t, p, "10:00:00", "a/1")
	if s.Index != 0 || s.Count != 3 || !s.Until.Equal(clock("10:00:06")) || !s.Since.Equal(clock("10:00:00")) || s.Slot.Channel.Site != "liuxi" {
		t.Errorf("state %+v", s)
	}
	if !strings.Contains(s.Why, "每天全天") {
		t.Errorf("why: %s", s.Why)
	}
	expect(t, p, "10:00:05", "a/1")
	expect(t, p, "10:00:06", "b/1")
	if s = expect(t, p, "10:00:12", "c/1"); s.Index != 2 {
		t.Errorf("index %d", s.Index)
	}
	expect(t, p, "10:00:18", "a/1")
	// After a long sleep it goes on, one at a time.
	expect(t, p, "12:00:00", "b/1")
	expect(t, p, "12:00:06", "c/1")
	// Set back, the clock does not freeze the loop.
	expect(t, p, "11:00:00", "c/1")
	expect(t, p, "11:00:06", "a/1")
}

func TestWhatIsNewComesOnAtOnce(t *testing.T) {
	w := newWorld(t, notice("a", 1), notice("b", 1), notice("c", 1))
	p := New(w.library())
	expect(t, p, "10:00:00", "a/1")
	w.notices = append(w.notices, notice("d", 1), notice("e", 1))
	p.SetLibrary(w.library(), sure("10:00:01"))
	expect(t, p, "10:00:01", "d/1")
	expect(t, p, "10:00:06", "d/1")
	expect(t, p, "10:00:07", "e/1")
	expect(t, p, "10:00:13", "b/1") // and on from where it was
	// A new version replaces the old one, at once.
	w.notices[1] = notice("b", 2)
	p.SetLibrary(w.library(), sure("10:00:14"))
	expect(t, p, "10:00:14", "b/2")
	expect(t, p, "10:00:20", "c/1")
	// The same content again moves nothing.
	p.SetLibrary(w.library(), sure("10:00:21"))
	if s := expect(t, p, "10:00:21", "c/1"); !s.Since.Equal(clock("10:00:20")) || s.Slot.Revision != w.revision {
		t.Errorf("state %+v", s)
	}
	expect(t, p, "10:00:26", "d/1")
}

func TestTakeDownIsGoneAtOnce(t *testing.T) {
	w := newWorld(t, notice("a", 1), notice("b", 1))
	p := New(w.library())
	expect(t, p, "10:00:00", "a/1")
	w.notices = w.notices[1:]
	w.takedowns = []playlist.Takedown{{Notice: "a", Version: 1, At: clock("10:00:01")}}
	p.SetLibrary(w.library(), sure("10:00:01"))
	expect(t, p, "10:00:01", "b/1")
	w.notices = nil
	w.takedowns = append(w.takedowns, playlist.Takedown{Notice: "b", Version: 1, At: clock("10:00:02")})
	p.SetLibrary(w.library(), sure("10:00:02"))
	expect(t, p, "10:00:02", "fallback")
	w.notices = []*playlist.Notice{notice("c", 1)}
	p.SetLibrary(w.library(), sure("10:00:03"))
	expect(t, p, "10:00:03", "c/1")
}

func TestAlertTakesOverAndGivesWay(t *testing.T) {
	w := newWorld(t, notice("a", 1), notice("b", 1))
	p := New(w.library())
	expect(t, p, "10:00:00", "a/1")
	w.alerts = []*playlist.Notice{alert("w", "10:00:01", "11:00:00")}
	p.SetLibrary(w.library(), sure("10:00:01"))
	s := expect(t, p, "10:00:01", "!w")
	if len(s.Alerts) != 1 || !s.Since.Equal(clock("10:00:01")) {
		t.Errorf("state %+v", s)
	}
	// What is published meanwhile waits.
	w.notices = append(w.notices, notice("c", 1))
	p.SetLibrary(w.library(), sure("10:30:00"))
	s = expect(t, p, "10:30:00", "!w")
	if !s.Since.Equal(clock("10:00:01")) || !s.Until.Equal(clock("11:00:00")) {
		t.Errorf("since %s until %s", s.Since, s.Until)
	}
	expect(t, p, "10:59:59", "!w")
	expect(t, p, "11:00:00", "c/1") // it expires by itself
	expect(t, p, "11:00:06", "b/1")

	// Two alerts take turns.
	w.alerts = []*playlist.Notice{alert("x", "11:01:00", "11:30:00"), alert("y", "11:01:00", "11:30:00")}
	p.SetLibrary(w.library(), sure("11:01:00"))
	expect(t, p, "11:01:00", "!x")
	expect(t, p, "11:01:12", "!y")
	expect(t, p, "11:01:24", "!x")

	// A further one does not wait for its turn.
	w.alerts = append(w.alerts, alert("blue", "11:01:25", "11:30:00"))
	w.alerts[2].Alert.Colour = playlist.Blue
	p.SetLibrary(w.library(), sure("11:01:25"))
	expect(t, p, "11:01:25", "!blue")
	expect(t, p, "11:01:37", "!x")

	// Lifted: its page stands for five minutes.
	lift := alert("z", "11:02:00", "11:30:00")
	lift.Alert.Lifted, lift.Alert.Reference = true, "x"
	w.alerts = []*playlist.Notice{w.alerts[0], lift}
	p.SetLibrary(w.library(), sure("11:02:00"))
	expect(t, p, "11:02:00", "!z")
	expect(t, p, "11:06:59", "!z")
	expect(t, p, "11:07:00", "b/1")
}

func TestLastGoodThenTheCard(t *testing.T) {
	a := notice("a", 1)
	a.NotAfter = clock("20:00:00")
	w := newWorld(t, a)
	w.rules[0].Spans = []schedule.Span{{From: 8 * 60, To: 18 * 60}}
	p := New(w.library())
	expect(t, p, "07:59:00", "fallback")
	expect(t, p, "08:00:00", "a/1")
	s := expect(t, p, "18:00:00", "a/1") // no rule plays, but something right stays
	if !strings.Contains(s.Why, "不在 08:00-18:00 之内") {
		t.Errorf("why: %s", s.Why)
	}
	expect(t, p, "19:59:59", "a/1")
	if s = expect(t, p, "20:00:00", "fallback"); !s.Since.Equal(clock("20:00:00")) {
		t.Errorf("since %s", s.Since)
	}
	// With no library there is only the card; it never changes by itself.
	p = New(nil)
	if s := p.Step(sure("10:00:00")); s.Mode != Fallback || !s.Until.IsZero() {
		t.Errorf("state %+v", s)
	}
	p.SetLibrary(w.library(), sure("10:00:01"))
	expect(t, p, "10:00:01", "a/1")
}

func TestExpiryAndOpeningAreExact(t *testing.T) {
	a, b := notice("a", 1), notice("b", 1)
	a.NotAfter, b.NotBefore = clock("10:00:03"), clock("10:00:04")
	w := newWorld(t, a, b, notice("c", 1))
	p := New(w.library())
	if s := expect(t, p, "10:00:00", "a/1"); !s.Until.Equal(clock("10:00:03")) {
		t.Errorf("until %s", s.Until)
	}
	expect(t, p, "10:00:03", "c/1")
	expect(t, p, "10:00:04", "b/1") // released at this second, and on at this second
	expect(t, p, "10:00:10", "c/1")
}

func TestIdentify(t *testing.T) {
	w := newWorld(t, notice("a", 1))
	w.alerts = []*playlist.Notice{alert("w", "10:00:00", "11:00:00")}
	p := New(w.library())
	p.Identify(sure("10:00:00"), 10*time.Second)
	if s := expect(t, p, "10:00:09", "identify"); !s.Until.Equal(clock("10:00:10")) {
		t.Errorf("until %s", s.Until)
	}
	expect(t, p, "10:00:10", "!w")
}

// TestClockThatGoesWrongHidesWhatItMust changes the bounds of the moment without
// moving Now: no cached answer may survive that.
func TestClockThatGoesWrongHidesWhatItMust(t *testing.T) {
	a := notice("a", 1)
	a.Sensitive, a.NotAfter = true, clock("20:00:00")
	p := New(newWorld(t, a, notice("b", 1)).library())
	expect(t, p, "10:00:00", "a/1")
	m := sure("10:00:01")
	m.Hi = time.Time{}
	if s := p.Step(m); on(s) != "b/1" {
		t.Errorf("with an unknown upper bound %s is on", on(s))
	}
	m = sure("10:00:08")
	m.Hi = m.Hi.AddDate(1, 0, 0)
	if s := p.Step(m); on(s) != "b/1" {
		t.Errorf("a year ahead %s is on", on(s))
	}
	expect(t, p, "10:00:15", "a/1")
}

// TestNothingForbiddenIsEverOn walks through a day of random windows and
// generations in small steps.
func TestNothingForbiddenIsEverOn(t *testing.T) {
	w := newWorld(t)
	p := New(w.library())
	down := map[playlist.NoticeID]bool{}
	count := 0
	seen := map[string]bool{}
	for now := clock("08:00:00"); now.Before(clock("12:00:00")); now = now.Add(1700 * time.Millisecond) {
		m := schedule.Sure(now)
		if count++; count%97 == 0 {
			n := notice(fmt.Sprint("n", count), 1)
			n.NotBefore = now.Add(time.Duration(count%7-3) * time.Minute)
			n.NotAfter = now.Add(time.Duration(5+count%13) * time.Minute)
			w.notices = append(w.notices, n)
			if len(w.notices) > 5 && count%2 == 0 {
				gone := w.notices[0]
				w.notices, down[gone.ID] = w.notices[1:], true
				w.takedowns = append(w.takedowns, playlist.Takedown{Notice: gone.ID, Version: 1, At: now})
			}
			lib := w.library()
			p.SetLibrary(lib, m)
			if s := p.Step(m); n.Allows(m) && on(s) != string(n.ID)+"/1" {
				t.Fatalf("at %s %s was published and %s is on", now, n.ID, on(s))
			}
		}
		s := p.Step(m)
		if s.Mode == Loop {
			seen[on(s)] = true
			if n := s.Slot.Notice; !n.Allows(m) || down[n.ID] {
				t.Fatalf("at %s %s is on, which may not be shown", now, n.ID)
			}
		}
		if !s.Until.IsZero() && !s.Until.After(now) {
			t.Fatalf("at %s until %s", now, s.Until)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d notices were on", len(seen))
	}
}

package led

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"mingbai/assets/durable/crashfs"
	"mingbai/kiosk/ledger"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// book is a device that writes down what the board says, as kiosk.Device does.
type book struct {
	device
	rows *ledger.Ledger
}

func (b *book) Showed(s wire.Showing, also ...wire.Showing) {
	b.device.Showed(s, also...)
	var visible []ledger.What
	for _, v := range append([]wire.Showing{s}, also...) {
		visible = append(visible, ledger.What{Notice: v.Notice, Version: v.Version, Channel: v.Channel, Revision: v.Revision, Page: v.Page})
	}
	b.rows.Presented(b.status.Moment.Now, visible...)
}

// TestZonesAreOnRecord runs a board of six zones for four minutes before its dark
// hours and one into them: the loop goes on, one weather follows the other, the
// slogan stands, and a yellow alert has its strip for a while.
func TestZonesAreOnRecord(t *testing.T) {
	panel := playlist.Panel{Width: 384, Height: 128, WidthMM: 3072, HeightMM: 1024, Colours: playlist.FullColour}
	s, err := specimen.Zoned(panel, "six")
	if err != nil {
		t.Fatal(err)
	}
	s.Screen.Light = &playlist.Light{Day: 80, Night: 40, Dark: &schedule.Span{From: 22 * 60, To: 6 * 60}}
	dark := schedule.DateOf(specimen.Now().Now).At(22*60, specimen.Zone)
	start := dark.Add(-4 * time.Minute)
	after := func(sec int) time.Time { return start.Add(time.Duration(sec) * time.Second) }
	tomorrow := *specimen.Weather()
	tomorrow.ID, tomorrow.LED, tomorrow.Issued, tomorrow.NotBefore = "tianqi-1121", "明天小雨，降温。", tomorrow.Issued.AddDays(1), after(95)
	banner := *specimen.Banner()
	banner.NotBefore, banner.NotAfter = after(60), after(180)
	lib, err := specimen.ZonedLibrary(s, &tomorrow, &banner)
	if err != nil {
		t.Fatal(err)
	}
	fsys, quiet := crashfs.New(), slog.New(slog.DiscardHandler)
	rows, err := ledger.Open(fsys, "ledger", quiet)
	if err != nil {
		t.Fatal(err)
	}
	b := &book{rows: rows}
	b.status.Library, b.status.Enrolled, b.status.Online = lib, true, true
	p := New(b, panel)

	type lane struct {
		page   string
		notice playlist.NoticeID
	}
	drawn := map[lane]time.Duration{} // by what Step put into the picture
	now := start
	var last []lane
	var at time.Time
	run(t, p, &b.device, &now, 5*time.Minute, func(*scene.Frame) {
		for _, l := range last {
			drawn[l] += b.status.Moment.Now.Sub(at)
		}
		at, last = b.status.Moment.Now, nil
		if b.last().Page == "dark" {
			if len(b.also) > 0 {
				t.Fatalf("at %v the board is dark and says %+v", at, b.also)
			}
			return
		}
		for _, part := range p.now {
			l := lane{"loop", b.last().Notice}
			switch part.zone.Kind {
			case playlist.NoticeZone:
			case playlist.TextZone, playlist.AlertZone:
				if part.page.Notice == nil {
					continue
				}
				if l = (lane{"zone", part.page.Notice.ID}); part.zone.Kind == playlist.AlertZone {
					l.page = "alert"
				}
			default:
				continue
			}
			last = append(last, l)
		}
	})
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	if rows, err = ledger.Open(fsys, "ledger", quiet); err != nil {
		t.Fatal(err)
	}
	all, err := rows.Batch(0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	type times struct{ from, until, sum time.Duration }
	said := map[lane]times{}
	var loop time.Duration
	for _, r := range all {
		l := lane{r.Page, r.Notice}
		v, ok := said[l]
		if !ok {
			v.from = r.From.Sub(start)
		}
		v.until, v.sum = r.Until.Sub(start), v.sum+r.Until.Sub(r.From)
		said[l] = v
		if l.page == "loop" {
			loop += r.Until.Sub(r.From)
		}
		if r.Until.After(dark.Add(50*time.Millisecond)) || r.Channel.IsZero() || r.Revision == 0 || r.Version == 0 {
			t.Errorf("row %+v", r)
		}
	}
	near := func(a, b time.Duration) bool { return (a - b).Abs() <= 100*time.Millisecond }
	sec := time.Second
	for l, want := range map[lane]times{
		{"zone", "biaoyu-2026"}:  {0, 240 * sec, 240 * sec},
		{"zone", "tianqi-1120"}:  {0, 95 * sec, 95 * sec},
		{"zone", "tianqi-1121"}:  {95 * sec, 240 * sec, 145 * sec},
		{"alert", "dafeng-1120"}: {60 * sec, 180 * sec, 120 * sec},
	} {
		if got := said[l]; !near(got.from, want.from) || !near(got.until, want.until) || !near(got.sum, want.sum) {
			t.Errorf("%v was up from %v until %v, %v in all; want %v, %v, %v", l, got.from, got.until, got.sum, want.from, want.until, want.sum)
		}
	}
	if !near(loop, 240*sec) {
		t.Errorf("the loop has rows of %v", loop)
	}
	for l := range said {
		if _, ok := drawn[l]; !ok {
			t.Errorf("%v has rows and was not drawn", l)
		}
	}
	for l, long := range drawn {
		if !near(said[l].sum, long) {
			t.Errorf("%v was drawn for %v and has rows of %v", l, long, said[l].sum)
		}
	}
	if !slices.ContainsFunc(all, func(r wire.Row) bool { return r.Page == "loop" && r.Notice != "" }) || len(said) < 6 {
		t.Errorf("only %v", said)
	}
}

// TestWholeBoardHidesItsZones: an alert that takes the board over hides what the
// zones showed.
func TestWholeBoardHidesItsZones(t *testing.T) {
	panel := playlist.Panel{Width: 384, Height: 128, WidthMM: 3072, HeightMM: 1024, Colours: playlist.FullColour}
	s, err := specimen.Zoned(panel, "six")
	if err != nil {
		t.Fatal(err)
	}
	at := specimen.Now().Now.Truncate(time.Minute)
	red := alarm(playlist.Red, at)
	red.NotBefore, red.NotAfter = at.Add(30*time.Second), at.Add(60*time.Second)
	lib, err := specimen.ZonedLibrary(s, red)
	if err != nil {
		t.Fatal(err)
	}
	p, d := hang(lib, panel)
	run(t, p, d, &at, 90*time.Second, func(*scene.Frame) {
		over := red.Allows(d.status.Moment)
		if (d.last().Page == "alert") != over || (len(d.also) == 0) != over {
			t.Fatalf("at %v %+v and %+v are shown", d.status.Moment.Now, d.last(), d.also)
		}
	})
}

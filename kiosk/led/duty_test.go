package led

import (
	"strings"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
)

// TestRosterTurnsByItself runs a board that was sent a roster once, over the night
// hour and over midnight, alone and as one of a pair that is started between them:
// what is on names who is on duty then, from the very frame on, and the loop takes
// as long as it did.
func TestRosterTurnsByItself(t *testing.T) {
	o := newOffice(t, specimen.Board, func(s *playlist.Settings) { s.Screen.Pair = "gate" })
	o.notices = specimen.Duty()[2:3]
	start := time.Date(2026, time.November, 20, 17, 57, 0, 0, specimen.Zone)
	lib := o.publish(start.Add(-time.Hour))
	slots, _ := lib.Programme(schedule.Sure(start))
	if len(slots) != 1 || slots[0].Notice.Roster == nil {
		t.Fatalf("the loop has %d turns", len(slots))
	}
	p, d := hang(lib, specimen.Board)
	other, e := hang(lib, specimen.Board)
	for _, c := range []struct {
		from, until time.Time
		says, never string
	}{
		{start, start.Add(3*time.Minute - time.Millisecond), "吴强 今日 刘国栋", "今晚 罗斌"},
		{start.Add(3 * time.Minute), start.Add(5 * time.Minute), "罗斌 今晚 刘国栋", "吴强 今日"},
		{start.Add(6 * time.Hour), start.Add(6*time.Hour + 3*time.Minute - time.Millisecond), "罗斌 11月20日", "赵雪梅 11月21日"},
		{start.Add(6*time.Hour + 3*time.Minute), start.Add(6*time.Hour + 5*time.Minute), "赵雪梅 马超 今日 11月21日", "罗斌 刘国栋 11月20日"},
	} {
		now, text := c.from, ""
		run(t, p, d, &now, c.until.Sub(now), func(f *scene.Frame) {
			page := p.now[0].page.Text()
			for _, not := range strings.Fields(c.never) {
				if strings.Contains(page, not) {
					t.Fatalf("at %s it says %q", now.Format("15:04:05.000"), page)
				}
			}
			text += page + "\n"
			if g, _ := step(other, e, now); !g.Equal(f) {
				t.Fatalf("at %s the other board of the pair shows something else", now.Format("15:04:05.000"))
			}
			if total := p.plays.loop.total; total != slots[0].Dwell {
				t.Fatalf("at %s a round takes %s, the office reckons with %s", now.Format("15:04:05.000"), total, slots[0].Dwell)
			}
		})
		for _, want := range strings.Fields(c.says) {
			if !strings.Contains(text, want) {
				t.Errorf("from %s on it never says %s: %s", c.from.Format("15:04"), want, text)
			}
		}
		other, e = hang(lib, specimen.Board) // as after a power cut
	}
}

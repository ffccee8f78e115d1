package playlist

import (
	"testing"
	"time"

	"mingbai/playlist/schedule"
)

// TestNothingPushesSomethingAside shows that a rule of a high level whose
// notices have all ended leaves the screen to the lower ones, and says so.
func TestNothingPushesSomethingAside(t *testing.T) {
	now := at8("2026-11-16 10:00")
	daily, brief := announcement("daily", "village"), announcement("brief", "village")
	brief.Urgent, brief.NotAfter = true, now.Add(time.Hour)
	s := settingsOf(Touch)
	site := s.Path[0].ID
	daily.Site, brief.Site = site, site
	in := CompileInput{
		Channel: ChannelID{Site: site}, Revision: 1, Created: now, Notices: []*Notice{daily, brief},
		Playlists: []Playlist{{ID: "all", Name: "all", Items: []Item{{Notice: "daily"}}}, {ID: "urgent", Name: "urgent", Items: []Item{{Notice: "brief"}}}},
		Rules: []schedule.Rule{
			{ID: "all", Name: "all", Playlist: "all", Level: schedule.Normal},
			{ID: "urgent", Name: "urgent", Playlist: "urgent", Level: schedule.Urgent},
		},
	}
	l := library(t, s, compiled(t, in))
	for _, c := range []struct {
		at    time.Time
		plays NoticeID
		level schedule.Level
		why   schedule.Verdict // of the urgent rule
	}{
		{now, "brief", schedule.Urgent, schedule.Chosen},
		{now.Add(2 * time.Hour), "daily", schedule.Normal, schedule.Nothing},
	} {
		slots, d := l.Programme(schedule.Sure(c.at))
		if len(slots) != 1 || slots[0].Notice.ID != c.plays || d.Level != c.level {
			t.Errorf("at %s level %s plays %v, want %s", c.at, d.Level, slots, c.plays)
		}
		if len(d.Reasons) != 2 || d.Reasons[1].Rule != "urgent" || d.Reasons[1].Verdict != c.why {
			t.Errorf("at %s the reasons are %+v", c.at, d.Reasons)
		}
	}
	if next := l.NextChange(schedule.Sure(now)); !next.Equal(brief.NotAfter) {
		t.Errorf("the next change is at %s, want %s", next, brief.NotAfter)
	}
}

func TestValidateUrgent(t *testing.T) {
	now := at8("2026-11-16 10:00")
	for _, c := range []struct {
		from, until time.Time
		wrong       bool
	}{
		{until: time.Time{}, wrong: true},
		{until: now.Add(7 * 24 * time.Hour)},
		{until: now.Add(7*24*time.Hour + time.Minute), wrong: true},
		{from: now.Add(48 * time.Hour), until: now.Add(9 * 24 * time.Hour)},
	} {
		n := announcement("brief", "village")
		n.Urgent, n.NotBefore, n.NotAfter = true, c.from, c.until
		found := false
		for _, p := range Validate(n, ValidateEnv{Now: now}) {
			found = found || p.Field == "not_after" && p.Code == "urgent"
		}
		if found != c.wrong {
			t.Errorf("from %s until %s: wrong is %v", c.from, c.until, found)
		}
	}
}

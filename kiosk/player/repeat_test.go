package player

import (
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// TestRepetitionsKeepTheirPlace: where shares make a notice come twice in a
// round, the loop goes on behind the turn that was on, also when something
// changes meanwhile that is not in it.
func TestRepetitionsKeepTheirPlace(t *testing.T) {
	s := playlist.Settings{Revision: 1, Zone: playlist.DefaultZone, Screen: playlist.Screen{ID: "s", Site: "liuxi", Kind: playlist.Touch},
		Path: []playlist.SiteName{{ID: "liuxi", Kind: playlist.Village, Name: "柳溪村"}, {ID: "qinghe", Kind: playlist.County, Name: "青禾县"}}}
	rule := schedule.Rule{ID: "always", Name: "全天", Playlist: "all", Level: schedule.Normal, Share: 1}
	lists := []playlist.Playlist{{ID: "all", Name: "全部", Latest: &playlist.Select{Count: 50, Kinds: []playlist.Kind{playlist.KindAnnouncement}}}}
	var county []*playlist.Notice
	for _, id := range []string{"b", "c", "d"} {
		n := notice(id, 1)
		n.Site = "qinghe"
		county = append(county, n)
	}
	unseen := notice("x", 1) // its window closes on the way; nothing plays it
	unseen.Kind, unseen.Announcement, unseen.Media = playlist.KindMedia, nil, &playlist.Media{Text: "图"}
	unseen.NotAfter = clock("10:00:33")
	var loaded []playlist.Loaded
	for _, in := range []playlist.CompileInput{
		{Channel: playlist.ChannelID{Site: "liuxi"}, Notices: []*playlist.Notice{notice("a", 1), unseen}, Rules: []schedule.Rule{rule}, Playlists: lists},
		{Channel: playlist.ChannelID{Site: "qinghe"}, Notices: county, Rules: []schedule.Rule{rule}, Playlists: lists},
	} {
		in.Revision, in.Created = 1, clock("07:00:00")
		e, blobs, err := playlist.Compile(in)
		if err != nil {
			t.Fatal(err)
		}
		l := playlist.Loaded{Edition: e, Notices: map[playlist.NoticeID]*playlist.Notice{}}
		for _, entry := range e.Notices {
			if l.Notices[entry.ID], err = playlist.DecodeNotice(blobs[entry.Ref]); err != nil {
				t.Fatal(err)
			}
		}
		loaded = append(loaded, l)
		s.Channels = append(s.Channels, playlist.ChannelGrant{Channel: in.Channel})
	}
	lib, err := playlist.NewLibrary(s, loaded)
	if err != nil {
		t.Fatal(err)
	}
	p := New(lib)
	got := ""
	for at, end := clock("10:00:00"), clock("10:01:12"); at.Before(end); at = at.Add(6 * time.Second) {
		state := p.Step(schedule.Sure(at))
		got += string(state.Slot.Notice.ID)
		if want := (len(got) - 1) % 6; state.Index != want || state.Count != 6 {
			t.Errorf("turn %d: place %d of %d", len(got), state.Index, state.Count)
		}
	}
	if got != "abacadabacad" {
		t.Errorf("it went %s", got)
	}
}

package controller_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// TestOverloadIsRefused plans more for a board than goes round in three minutes,
// is told what does not fit, takes the advice, and later writes too long a text.
func TestOverloadIsRefused(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	var sites struct{ Items []playlist.Site }
	a.do("GET", "/api/v1/sites", "", &sites)
	site := sites.Items[len(sites.Items)-1]
	var columns struct{ Items []playlist.Column }
	a.do("GET", "/api/v1/columns", "", &columns)
	leaf := columns.Items[len(columns.Items)-1].ID
	board := playlist.Screen{ID: "gate-board", Site: site.ID, Kind: playlist.LED, Name: "大厅门口屏", Tags: []string{"planned"}, Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}}
	a.do("POST", "/api/v1/screens", `{"screen":`+encode(t, board)+`}`, nil)
	board.ID, board.Name = "gate-board-2", "大厅后门屏"
	a.do("POST", "/api/v1/screens", `{"screen":`+encode(t, board)+`}`, nil)

	p := struct {
		Playlists []playlist.Playlist `json:"playlists"`
		Rules     []schedule.Rule     `json:"rules"`
	}{
		Playlists: []playlist.Playlist{{ID: "gate", Name: "门口屏"}},
		Rules: []schedule.Rule{{ID: "gate", Name: "门口屏", Playlist: "gate", Level: schedule.Urgent, Tags: []string{"planned"},
			Spans: []schedule.Span{{From: 8 * 60, To: 18 * 60}}}},
	}
	var ids []playlist.NoticeID
	for i := range 22 {
		n := announcement(site.ID, leaf, fmt.Sprintf("第%d号通知", i+1))
		n.LED = fmt.Sprintf("第%d号通知：今天下午三点在村部二楼会议室开会，请各户来一个人", i+1)
		var pub struct{ Notice playlist.NoticeID }
		a.do("POST", "/api/v1/notices", `{"notice":`+encode(t, n)+`}`, &pub)
		ids = append(ids, pub.Notice)
		p.Playlists[0].Items = append(p.Playlists[0].Items, playlist.Item{Notice: pub.Notice})
	}
	at := "/api/v1/sites/" + string(site.ID) + "/programme"
	a.refused("PUT", at, encode(t, p), 422, "invalid")
	var checked struct {
		OK       bool
		Problems []playlist.Problem
	}
	a.do("POST", at+"/check", encode(t, p), &checked)
	if checked.OK || len(checked.Problems) != 1 {
		t.Fatalf("checked: %+v", checked)
	}
	first := checked.Problems[0]
	t.Log(first.Message)
	t.Log(first.MessageEn)
	for _, want := range []string{"大厅门口屏等 2 块屏", "最多 3 分钟", "请去掉《", "其余 14 条共"} {
		if !strings.Contains(first.Message, want) {
			t.Errorf("%q does not say %q", first.Message, want)
		}
	}
	if first.Code != "overload" || first.Field != "playlists[0].items" || first.Severity != playlist.Wrong {
		t.Errorf("problem %+v", first)
	}

	// Nothing was changed.
	var have struct{ Playlists []playlist.Playlist }
	a.do("GET", at, "", &have)
	for _, l := range have.Playlists {
		if l.ID == "gate" {
			t.Error("what was refused is stored")
		}
	}

	// Fewer notices go.
	for len(p.Playlists[0].Items) > 0 && !checked.OK {
		p.Playlists[0].Items = p.Playlists[0].Items[:len(p.Playlists[0].Items)-1]
		a.do("POST", at+"/check", encode(t, p), &checked)
	}
	if n := len(p.Playlists[0].Items); n < 5 {
		t.Fatalf("only %d notices fit", n)
	}
	a.do("PUT", at, encode(t, p), nil)
	var records struct{ Items []store.Record }
	a.do("GET", "/api/v1/audit?subject="+string(site.ID), "", &records)
	if len(records.Items) == 0 || records.Items[0].Action != "programme.put" || records.Items[0].Detail != "1 个播放单，1 条规则" {
		t.Errorf("the register says %+v", records.Items)
	}
	ten := schedule.DateOf(time.Now().In(shanghai(t))).AddDays(1).At(10*60, shanghai(t))
	var f fleet.Forecast
	a.do("GET", "/api/v1/screens/gate-board/forecast?at="+ten.UTC().Format(time.RFC3339), "", &f)
	if len(f.Slots) != len(p.Playlists[0].Items) || f.Over || f.Seconds > 180 || f.LimitSeconds != 180 {
		t.Errorf("%d slots, over %v, %v s of %v", len(f.Slots), f.Over, f.Seconds, f.LimitSeconds)
	}

	// What leaves others no turn is warned of, and can be done.
	p.Rules[0].Level = schedule.Normal
	a.do("POST", at+"/check", encode(t, p), &checked)
	if !checked.OK {
		t.Errorf("a warning refuses: %+v", checked.Problems)
	}
	for _, o := range checked.Problems {
		if o.Code != "starved" || !strings.Contains(o.Message, "的最新内容排不上") {
			t.Errorf("problem %+v", o)
		}
	}
	p.Rules[0].Level = schedule.Urgent

	// Longer texts must get out, and their writer hears what they do.
	said := ""
	for i := 0; said == "" && i < len(p.Playlists[0].Items); i++ {
		n := announcement(site.ID, leaf, fmt.Sprintf("第%d号通知", i+1))
		n.LED = strings.Repeat("请大家带上户口簿、身份证和银行卡，到村部一楼窗口登记。", 4)
		var revised struct {
			Version  int
			Problems []playlist.Problem
		}
		a.do("PUT", "/api/v1/notices/"+string(ids[i]), `{"notice":`+encode(t, n)+`}`, &revised)
		for _, o := range revised.Problems {
			if o.Code == "overload" {
				said = o.Message
				if o.Severity != playlist.Warning || revised.Version != 2 {
					t.Errorf("revised %+v", revised)
				}
			}
		}
	}
	t.Log(said)
	if !strings.HasPrefix(said, "已发布") {
		t.Errorf("nobody is told: %q", said)
	}
	a.do("GET", "/api/v1/screens/gate-board/forecast?at="+ten.UTC().Format(time.RFC3339), "", &f)
	if !f.Over || f.Seconds <= 180 {
		body, _ := json.Marshal(f)
		t.Errorf("the forecast does not say that it is too long: %s", body)
	}
}

// TestCampaignReplacesAndGivesBack plans a disclosure day over the API and reads
// in the timeline that it replaces the ordinary programme, which rule it beats,
// and that everything is afterwards as it was.
func TestCampaignReplacesAndGivesBack(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	var sites struct{ Items []playlist.Site }
	a.do("GET", "/api/v1/sites", "", &sites)
	site := sites.Items[len(sites.Items)-1]
	var columns struct{ Items []playlist.Column }
	a.do("GET", "/api/v1/columns", "", &columns)
	a.do("POST", "/api/v1/screens", `{"screen":`+encode(t, playlist.Screen{ID: "gate-board", Site: site.ID, Kind: playlist.LED, Name: "大厅门口屏", Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}})+`}`, nil)
	var ids []playlist.NoticeID
	for _, title := range []string{"今日办事提示", "政务公开日活动安排"} {
		var pub struct{ Notice playlist.NoticeID }
		a.do("POST", "/api/v1/notices", `{"notice":`+encode(t, announcement(site.ID, columns.Items[len(columns.Items)-1].ID, title))+`}`, &pub)
		ids = append(ids, pub.Notice)
	}
	day := schedule.DateOf(time.Now().In(shanghai(t))).AddDays(9)
	a.do("PUT", "/api/v1/sites/"+string(site.ID)+"/programme", encode(t, map[string]any{
		"playlists": []playlist.Playlist{{ID: "campaign", Name: "政务公开日", Items: []playlist.Item{{Notice: ids[1]}}}, {ID: "daily", Name: "日常", Items: []playlist.Item{{Notice: ids[0]}}}},
		"rules": []schedule.Rule{
			{ID: "campaign", Name: "政务公开日", Playlist: "campaign", Level: schedule.Campaign, From: day, Until: day, Spans: []schedule.Span{{From: 8 * 60, To: 18 * 60}}},
			{ID: "daily", Name: "日常", Playlist: "daily", Level: schedule.Normal},
		},
	}), nil)
	from := day.AddDays(-1).In(shanghai(t))
	var line fleet.Timeline
	a.do("GET", "/api/v1/screens/gate-board/timeline?days=3&from="+from.UTC().Format(time.RFC3339), "", &line)
	at := func(when time.Time) fleet.Stretch {
		for _, s := range line.Stretches {
			if !when.Before(s.From) && when.Before(s.Until) {
				return s
			}
		}
		t.Fatalf("the timeline has nothing at %s", when)
		return fleet.Stretch{}
	}
	begin, end := day.At(8*60, shanghai(t)), day.At(18*60, shanghai(t))
	during, before, after := at(begin), at(begin.Add(-time.Second)), at(end)
	if !during.From.Equal(begin) || !during.Until.Equal(end) || during.Level != schedule.Campaign || len(during.Notices) != 1 || during.Notices[0].Notice != ids[1] || during.Rules[0].Name != "政务公开日" {
		t.Errorf("on the day: %+v", during)
	}
	if !slices.ContainsFunc(during.Beaten, func(r fleet.ForecastRule) bool { return r.Rule == "daily" && r.Name == "日常" }) {
		t.Errorf("it beats %+v", during.Beaten)
	}
	if !slices.ContainsFunc(before.Notices, func(n fleet.TimedNotice) bool { return n.Notice == ids[0] }) || !slices.Equal(before.Notices, after.Notices) || before.Level != schedule.Normal {
		t.Errorf("before %+v, after %+v", before, after)
	}
	var f fleet.Forecast
	a.do("GET", "/api/v1/screens/gate-board/forecast?at="+begin.UTC().Format(time.RFC3339), "", &f)
	why := f.Reasons[slices.IndexFunc(f.Reasons, func(r schedule.Reason) bool { return r.Rule == "daily" })]
	if why.Verdict != schedule.Beaten || !slices.Equal(why.By, []string{string(site.ID) + "/campaign"}) {
		t.Errorf("why not the daily rule: %+v", why)
	}
}

func shanghai(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

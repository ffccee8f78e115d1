package controller_test

import (
	"context"
	"testing"
	"time"

	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/publish"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// smallCounty is a county, a town and two villages with one column, one
// playlist, one rule and a few notices.
func smallCounty() *intake.County {
	county := &intake.County{
		Name: "青禾县",
		Sites: []playlist.Site{
			{ID: "qinghe", Kind: playlist.County, Name: "青禾县", Hotline: "0000-12345"},
			{ID: "wangchuan", Parent: "qinghe", Kind: playlist.Town, Name: "望川镇"},
			{ID: "liuxi", Parent: "wangchuan", Kind: playlist.Village, Name: "柳溪村"},
			{ID: "shiqiao", Parent: "wangchuan", Kind: playlist.Village, Name: "石桥村"},
		},
		Columns:   []playlist.Column{{ID: "news", Name: "通知公告", Field: playlist.Government, Tile: 1}},
		Holidays:  []schedule.Exception{{Date: schedule.Date{Year: 2026, Month: 10, Day: 1}, Name: "国庆节"}},
		Playlists: []intake.Playlist{{Site: "qinghe", Playlist: playlist.Playlist{ID: "loop", Name: "日常", Latest: &playlist.Select{Count: 10}}}},
		Rules:     []intake.Rule{{Site: "qinghe", Rule: schedule.Rule{ID: "always", Name: "每天", Playlist: "loop", Level: schedule.Normal}}},
	}
	for _, n := range []struct {
		id   playlist.NoticeID
		site playlist.SiteID
	}{{"county-1", "qinghe"}, {"county-2", "qinghe"}, {"town-1", "wangchuan"}, {"village-1", "liuxi"}} {
		notice := announcement(n.site, "news", "关于做好秋冬季防火工作的通知")
		notice.ID, notice.Version = n.id, 1
		county.Drafts = append(county.Drafts, intake.Draft{File: string(n.id), Notice: notice})
	}
	return county
}

// load imports the small county.
func load(t testing.TB, c *controller.Controller) publish.Imported {
	t.Helper()
	sum, err := c.Desk.Import(context.Background(), publish.Who{Actor: "test"}, smallCounty())
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// announcement is a notice that has nothing wrong with it.
func announcement(site playlist.SiteID, column playlist.ColumnID, title string) playlist.Notice {
	return playlist.Notice{
		Kind: playlist.KindAnnouncement, Site: site, Column: column, Title: title, Issuer: "青禾县政务公开办公室",
		Issued:       schedule.DateOf(time.Now()),
		Announcement: &playlist.Announcement{Genre: "公告", Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "自本月二十五日起，一楼大厅三号窗口办理时间调整为上午八时三十分至十一时三十分。"}}},
	}
}

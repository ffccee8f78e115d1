package page_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/golden"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// keptDuty are the pages with tables and rosters of which pictures are kept.
var keptDuty = []string{"table-1080x1920", "table-wide-1080x1920", "table-1920x1080", "roster-1080x1920", "roster-1920x1080", "roster-night-1080x1920", "roster-low-1080x1920", "roster-village-1080x1920", "attract-roster-1080x1920", "attract-roster-1920x1080"}

// Tables in running text and rosters are whole in every look and on every panel.
func TestDutyPages(t *testing.T) {
	small := playlist.Panel{Width: 1280, Height: 800, WidthMM: 217, HeightMM: 136}
	for _, panel := range []playlist.Panel{specimen.Portrait, specimen.Landscape, small, {Width: 800, Height: 1280, WidthMM: 136, HeightMM: 217}} {
		all, err := specimen.DutyPages(typeset.Default(), panel)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if text := said(s.Info); strings.HasPrefix(s.Name, "attract-roster") && !(strings.Contains(text, "0000-6212345") && (panel.Height < 1080 || panel.Width < 1080 || strings.Contains(text, "罗斌"))) {
				t.Errorf("%s does not say who is on duty: %q", s.Name, text)
			}
			for _, p := range page.Audit(s.Frame, s.Info, panel) {
				t.Errorf("%s: %s", s.Name, p)
			}
			for _, name := range keptDuty {
				if name == s.Name {
					golden.Frame(t, s.Name, s.Frame, tolerance)
				}
			}
		}
	}
}

func said(info page.Info) string {
	var all []string
	for _, t := range info.Texts {
		all = append(all, t.Text)
	}
	return strings.Join(all, "\n")
}

// A roster's page, its slide, its sheet of paper and the text of its code name who
// is on duty then and later, and nobody whose day is over.
func TestRosterTurns(t *testing.T) {
	lib, err := specimen.DutyLibrary(specimen.Portrait)
	if err != nil {
		t.Fatal(err)
	}
	b := page.New(typeset.Default(), lib.Settings(), specimen.Pictures)
	at := func(day, hour int) schedule.Moment {
		return schedule.Sure(time.Date(2026, time.November, day, hour, 0, 0, 0, specimen.Zone))
	}
	for _, c := range []struct {
		id        playlist.NoticeID
		at        schedule.Moment
		says, not string
	}{
		{specimen.RosterID, at(20, 9), "11月20日 星期五 带班 刘国栋 白天值班 吴强 今晚值班 罗斌 0000-6212345 往后几天 赵雪梅", "陈建平 已经结束"},
		{specimen.RosterID, at(20, 18), "今晚值班 罗斌 0000-6212345 往后几天", "白天值班 吴强"},
		{specimen.RosterID, at(21, 0), "11月21日 星期六 赵雪梅 白天值班 马超", "吴强 刘国栋"},
		{specimen.RosterID, at(29, 12), "周敏 0000-6212345", "往后几天"},
		{specimen.RosterID, at(30, 0), "值班表排到11月29日，已经结束 0000-6212345", "周敏 往后几天"},
		{specimen.VillageID, at(20, 9), "刘长根 0000-6210377 往后几天", "带班 今晚值班 0000-6210311"},
		{specimen.VillageID, at(18, 9), "今天没有排班 0000-6210311 刘长根", "今晚值班"},
		{specimen.VillageID, at(15, 9), "值班表从11月16日开始 0000-6210311 陈大柱", "已经结束"},
	} {
		_, info := b.Draw(page.View{Kind: page.NoticePage, Notice: c.id, Scroll: 0}, lib, c.at, specimen.Online())
		text := said(info)
		for _, want := range strings.Fields(c.says) {
			if !strings.Contains(text, want) {
				t.Errorf("%s at %s: %q is not in %q", c.id, c.at.Now, want, text)
			}
		}
		for _, not := range strings.Fields(c.not) {
			if strings.Contains(text, not) {
				t.Errorf("%s at %s: %q is in %q", c.id, c.at.Now, not, text)
			}
		}
		_, info = b.Draw(page.View{Kind: page.Attract, Notice: c.id, Slides: 3}, lib, c.at, specimen.Online())
		if slide := said(info); !strings.Contains(slide, "0000-62") {
			t.Errorf("the slide of %s at %s says %q", c.id, c.at.Now, slide)
		}
		n, _, _, ok := lib.Notice(c.id, c.at)
		if !ok || len(b.Sheets(n, lib, c.at)) == 0 {
			t.Errorf("%s at %s is not printed", c.id, c.at.Now)
		}
	}
}

// TestGoldenDutySheets keeps a table and a roster as they are printed.
func TestGoldenDutySheets(t *testing.T) {
	lib, err := specimen.DutyLibrary(specimen.Portrait)
	if err != nil {
		t.Fatal(err)
	}
	b := page.New(typeset.Default(), lib.Settings(), specimen.Pictures)
	for _, id := range []playlist.NoticeID{specimen.TableID, specimen.RosterID} {
		n, _, _, _ := lib.Notice(id, specimen.Now())
		sheets := b.Sheets(n, lib, specimen.Now())
		if len(sheets) != 1 {
			t.Errorf("%s takes %d sheets of paper", id, len(sheets))
			continue
		}
		golden.Frame(t, "sheet-"+string(id), sheets[0], tolerance)
	}
}

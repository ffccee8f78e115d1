package led_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
)

// Nothing is smaller than the farthest reader needs, where the board can hold it
// (V01); nothing but a label is below sixteen dots (V02).
func TestSizesForTheFarthestReader(t *testing.T) {
	for _, c := range []struct{ w, h, least, want int }{
		{192, 64, 0, 12}, {192, 64, 16, 16}, {192, 64, 24, 24}, {192, 64, 40, 40}, {256, 64, 32, 32},
		{64, 16, 16, 16}, {320, 32, 24, 24}, {384, 128, 24, 24}, {384, 128, 48, 48}, {1920, 540, 0, 64}, {1920, 540, 96, 96},
		{64, 16, 40, 16}, {192, 64, 128, 48}, // more than the board can hold: the largest that it can
	} {
		panel := playlist.Panel{Width: c.w, Height: c.h}
		for _, s := range specimen.Boards() {
			if s.Notice.Alert != nil || s.Options.Exercise {
				continue // a band leaves less room
			}
			o := s.Options
			o.Least = c.least
			for i, p := range led.Paginate(s.Notice, panel, o) {
				for _, l := range p.Lines {
					// A number is not torn; it has the largest size that takes it.
					whole := len(p.Lines) == 1 && led.Measure(l.Text, c.want) > c.w
					if l.Size < c.want && !whole {
						t.Errorf("%s on %dx%d for readers of %d dots: page %d has %q in %d, want %d at least", s.Name, c.w, c.h, c.least, i+1, l.Text+l.End, l.Size, c.want)
					}
				}
			}
		}
	}
}

// A large board is not set in small characters: what people came for has a
// seventh of its height at least.
func TestLargeBoardsHaveLargeCharacters(t *testing.T) {
	panel := playlist.Panel{Width: 1920, Height: 540}
	for _, s := range specimen.Boards() {
		for i, p := range led.Paginate(s.Notice, panel, s.Options) {
			most := 0
			for _, l := range p.Lines {
				most = max(most, l.Size)
			}
			if most*7 < panel.Height {
				t.Errorf("%s page %d has %d dots at most: %s", s.Name, i+1, most, p.Text())
			}
		}
	}
}

// A notice takes two pages where that can be done (V04), on boards of the size
// that stands at a road.
func TestFewPages(t *testing.T) {
	most := map[string]int{"announcement-led": 2, "announcement": 3, "announcement-names": 2, "media": 3, "guide": 3, "guide-long": 3, "fund-totals": 4, "alert-red": 3, "alert-lifted": 3}
	for _, size := range [][2]int{{192, 64}, {256, 64}, {384, 128}, {1920, 540}} {
		for _, s := range specimen.Boards() {
			if want, ok := most[s.Name]; ok {
				if got := len(led.Paginate(s.Notice, playlist.Panel{Width: size[0], Height: size[1]}, s.Options)); got > want {
					t.Errorf("%s on %dx%d takes %d pages, want %d", s.Name, size[0], size[1], got, want)
				}
			}
		}
	}
}

// On a board of the street no row of a fund and no word of a list is shown, on
// boards indoors no household.
func TestNobodyIsNamed(t *testing.T) {
	fund := *specimen.Notices()[3]
	body := *fund.Fund
	body.Tables = []playlist.FundTable{{
		Title: "到户名单", By: "household", Columns: []playlist.FundColumn{{Name: "户主", Type: playlist.TextColumn}, {Name: "金额", Unit: "元", Type: playlist.SumColumn, Money: true}},
		Rows: [][]string{{"张小红", "120"}, {"李四", "300"}}, Sites: []playlist.SiteID{"liuxi", "liuxi"},
	}}
	fund.Fund = &body
	list := *specimen.Notices()[0]
	list.Title, list.LED, list.Summary = "关于给予张小红临时救助的公示", "张小红、李四获临时救助", "张小红因病致困。"
	list.Announcement = &playlist.Announcement{Genre: "公示", Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "张小红，身份证号110101199003077213。"}}}
	for _, n := range []*playlist.Notice{&fund, &list} {
		if !n.Exposes() {
			t.Errorf("%s is not of the class", n.Title)
		}
		for _, panel := range panels {
			for _, totals := range []bool{true, false} {
				if n == &list && !totals {
					continue
				}
				text := ""
				for _, p := range led.Paginate(n, panel, led.Options{Totals: totals, Own: []playlist.SiteID{"liuxi"}}) {
					text += strings.ReplaceAll(p.Text(), " ", "")
				}
				for _, name := range []string{"张小红", "李四", "110101"} {
					if strings.Contains(text, name) {
						t.Errorf("%dx%d, totals %v: %q names %s", panel.Width, panel.Height, totals, text, name)
					}
				}
				if n == &list && !strings.Contains(text, "触摸屏") {
					t.Errorf("%dx%d: %q does not say where it can be read", panel.Width, panel.Height, text)
				}
			}
		}
	}
}

// A warning says its level, what to do before where, and who says so, on every
// size; lifted it says that it is over.
func TestWarningSaysAll(t *testing.T) {
	plain := func(pages []led.Page) string {
		text := ""
		for _, p := range pages {
			text += strings.ReplaceAll(p.Text(), " ", "")
		}
		return strings.NewReplacer("，", "", "、", "").Replace(text)
	}
	for _, panel := range panels {
		name := fmt.Sprintf("%dx%d", panel.Width, panel.Height)
		for _, s := range specimen.Boards() {
			if s.Notice.Alert == nil {
				continue
			}
			a := s.Notice.Alert
			pages := led.Paginate(s.Notice, panel, s.Options)
			text := plain(pages)
			wants := []string{a.Action, a.Area, s.Notice.Issuer, "11月20日"}
			if a.Lifted {
				wants = []string{"解除", a.Area, s.Notice.Issuer}
			}
			at := -1
			for _, w := range wants {
				found := strings.Index(text, strings.NewReplacer("，", "", "、", "").Replace(w))
				if found < 0 || found < at && w == a.Area {
					t.Errorf("%s on %s: %q lacks %q in its place", s.Name, name, text, w)
				}
				at = found
			}
			var total time.Duration
			for _, p := range pages {
				total += 2 * led.Dwell(utf8.RuneCountInString(strings.ReplaceAll(p.Text(), " ", "")))
			}
			for i, p := range pages {
				least := 12 * time.Second
				if total > time.Minute {
					least = 6 * time.Second // it must come round
				}
				if p.Band == nil || p.Band.Type != a.Type || p.Dwell < least {
					t.Errorf("%s on %s: a page without its band, or for less than %v", s.Name, name, least)
				}
				if p.Band != nil && p.Band.Apart && (i == 0) != p.Band.Alone {
					t.Errorf("%s on %s: the band is not the first page and that alone", s.Name, name)
				}
				for _, l := range p.Lines {
					if l.Text == "" && l.End == "" {
						t.Errorf("%s on %s: page %d has a line of nothing", s.Name, name, i+1)
					}
				}
			}
		}
	}
}

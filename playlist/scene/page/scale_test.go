package page_test

import (
	"fmt"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

// many returns copies of the guide specimen in one column.
func many(n int) []*playlist.Notice {
	var out []*playlist.Notice
	for _, g := range specimen.Notices() {
		if g.ID != specimen.GuideID {
			continue
		}
		for i := range n {
			c := *g
			c.ID = playlist.NoticeID(fmt.Sprintf("guide-%d", i))
			c.Title = fmt.Sprintf("第 %d 号事项申请", i+1)
			c.Column = "medical"
			out = append(out, &c)
		}
	}
	return out
}

// long is a fund notice with a table of n rows.
func long(n int) *playlist.Notice {
	t := playlist.FundTable{Title: "分户名单", By: "household", Columns: []playlist.FundColumn{
		{Name: "户主", Type: playlist.TextColumn}, {Name: "人数", Type: playlist.SumColumn},
		{Name: "金额", Unit: "元", Type: playlist.SumColumn, Decimals: 2, Money: true},
	}}
	for i := range n {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("张*%d", i), "3", "120.50"})
	}
	return &playlist.Notice{
		ID: "long", Version: 1, Kind: playlist.KindFund, Site: "qinghe", Column: "funds-farm", Title: "分户发放名单", Issuer: "某局",
		Fund: &playlist.Fund{Period: "2026年", Total: playlist.Amount(n) * 12050, Tables: []playlist.FundTable{t}},
	}
}

// Five hundred guides and ten thousand rows are walked through without a fault.
func TestManyRows(t *testing.T) {
	b, lib := book(t, specimen.Portrait, append(many(500), long(10_000))...)
	for _, v := range []page.View{{Kind: page.ColumnPage, Column: "medical"}, {Kind: page.NoticePage, Notice: "long"}} {
		_, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		for _, at := range []int{0, info.MaxScroll / 2, info.MaxScroll} {
			v.Scroll, v.Moving = at, true
			f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
			if len(f.Ops) < 100 || len(f.Ops) > 3000 {
				t.Errorf("%v at %d of %d takes %d operations", v.Kind, at, info.MaxScroll, len(f.Ops))
			}
		}
		v.Moving, v.Scroll = false, info.MaxScroll
		f, last := b.Draw(v, lib, specimen.Now(), specimen.Online())
		for _, problem := range page.Audit(f, last, specimen.Portrait) {
			t.Errorf("%v at its end: %s", v.Kind, problem)
		}
	}
	v := page.View{Kind: page.NoticePage, Notice: "long"}
	_, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
	v.Scroll = info.MaxScroll
	if _, info = b.Draw(v, lib, specimen.Now(), specimen.Online()); !says(info, "合计相符") {
		t.Error("ten thousand rows are not added up")
	}
}

// BenchmarkScroll compares a frame of scrolling through a long list with one
// through a short list: what is not seen should cost next to nothing.
func BenchmarkScroll(b *testing.B) {
	frame := func(b *testing.B, n int) func() {
		s := specimen.Settings("liuxi", specimen.Portrait)
		lib, err := specimen.Library(s, many(n)...)
		if err != nil {
			b.Fatal(err)
		}
		book := page.New(typeset.Default(), s, specimen.Pictures)
		v := page.View{Kind: page.ColumnPage, Column: "medical", Moving: true}
		_, info := book.Draw(v, lib, specimen.Now(), specimen.Online())
		return func() {
			v.Scroll = (v.Scroll + 17) % max(min(info.MaxScroll, 400), 1)
			book.Draw(v, lib, specimen.Now(), specimen.Online())
		}
	}
	floor := frame(b, 20)
	draw := frame(b, 500)
	var short, long time.Duration
	for b.Loop() {
		start := time.Now()
		floor()
		middle := time.Now()
		draw()
		short, long = short+middle.Sub(start), long+time.Since(middle)
	}
	b.ReportMetric(float64(long)/float64(max(short, 1)), "ratio")
}

// BenchmarkScrollTable compares a frame of scrolling through a table of ten
// thousand rows with one through a table of forty, and tells how long the first
// page of it takes, which adds all rows up.
func BenchmarkScrollTable(b *testing.B) {
	frame := func(n int) (draw func(), first time.Duration) {
		s := specimen.Settings("liuxi", specimen.Portrait)
		lib, err := specimen.Library(s, long(n))
		if err != nil {
			b.Fatal(err)
		}
		book := page.New(typeset.Default(), s, specimen.Pictures)
		v := page.View{Kind: page.NoticePage, Notice: "long", Moving: true}
		start := time.Now()
		_, info := book.Draw(v, lib, specimen.Now(), specimen.Online())
		first = time.Since(start)
		return func() {
			v.Scroll = (v.Scroll + 17) % max(info.MaxScroll, 1)
			book.Draw(v, lib, specimen.Now(), specimen.Online())
		}, first
	}
	floor, _ := frame(40)
	draw, first := frame(10_000)
	var short, long time.Duration
	for b.Loop() {
		start := time.Now()
		floor()
		middle := time.Now()
		draw()
		short, long = short+middle.Sub(start), long+time.Since(middle)
	}
	b.ReportMetric(float64(long)/float64(max(short, 1)), "ratio")
	b.ReportMetric(float64(long.Microseconds())/float64(b.N)/1000, "ms/frame")
	b.ReportMetric(float64(first.Microseconds())/1000, "ms-first-time")
}

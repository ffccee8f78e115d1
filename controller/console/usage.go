package console

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// longestRange is how many days one look at the statistics may span.
const longestRange = 3 * 366

type usagePage struct {
	frame
	From, To   string
	Sites      []option
	Screen     playlist.ScreenID // of which alone
	ScreenName string
	Quick      []option // ranges that people ask for; Value is the address
	Problem    string
	CSV        string
	Whole      string // the same without Screen

	Any     bool
	Sums    []figure
	Shares  []figure
	Chart   string // path of sessions by day
	Ticks   []tick // of the chart
	Most    string // sessions of the busiest day, in words
	Notices []readRow
	Empty   []store.EmptySearch
	Heads   []string
	Screens []usageRow
}

type figure struct {
	Label, Value, Note string
}

// tick is a label under the chart, at X of 1000.
type tick struct {
	X     int
	Label string
}

type readRow struct {
	Title, Link string
	Times       int64
	Said        string // Times with its thousands apart
}

type usageRow struct {
	ID             playlist.ScreenID
	Name, SiteName string
	Link           string
	Cells          []string
	sessions       int64
}

// usageColumns are the counts of the table of screens, in its order.
var usageColumns = []string{wire.CountSession, wire.CountSearch, wire.CountEmpty, wire.CountQR, wire.CountPrint, wire.CountAloud, wire.CountLarge, wire.CountEnglish}

// usageFilter reads the address: the first and the last day, a site with all
// below it, a screen. Without days it is the last thirty.
func (v *visit) usageFilter() (f store.UsageFilter, site playlist.SiteID, problem string, err error) {
	if v.person.Site != "" {
		tree, err := v.sites()
		if err != nil {
			return f, "", "", err
		}
		f.Sites = tree.Subtree(v.person.Site)
	}
	if site, err = v.narrow(&f.Sites); err != nil {
		return f, site, "", err
	}
	f.Screen = playlist.ScreenID(v.query("screen"))
	today := schedule.DateOf(v.local(v.Now()))
	f.From, f.To = today.AddDays(-29), today
	read := func(name string, into *schedule.Date) {
		if text := v.query(name); text != "" {
			if d, err := schedule.ParseDate(text); err == nil {
				*into = d
			} else {
				problem = v.t("日期要写成 2026-11-22 的样子。")
			}
		}
	}
	read("from", &f.From)
	read("to", &f.To)
	switch {
	case f.To.Before(f.From):
		problem = v.t("开始的日期在结束之后。")
		f.From = f.To
	case f.To.DaysSince(f.From) > longestRange:
		problem = v.t("一次最多看三年。")
		f.From = f.To.AddDays(-longestRange)
	}
	return f, site, problem, nil
}

func showUsage(v *visit) error {
	f, site, problem, err := v.usageFilter()
	if err != nil {
		return err
	}
	p := usagePage{frame: v.page(v.t("使用统计")), From: f.From.String(), To: f.To.String(), Screen: f.Screen, Problem: problem}
	address := func(path string, from, to schedule.Date, screen playlist.ScreenID) string {
		q := url.Values{"from": {from.String()}, "to": {to.String()}}
		if site != "" {
			q.Set("site", string(site))
		}
		if screen != "" {
			q.Set("screen", string(screen))
		}
		return path + "?" + q.Encode()
	}
	p.CSV, p.Whole = address("/usage.csv", f.From, f.To, f.Screen), address("/usage", f.From, f.To, "")
	if f.Screen != "" {
		p.ScreenName = v.screenName(f.Screen)
	}
	today := schedule.DateOf(v.local(v.Now()))
	for _, r := range []struct {
		label    string
		from, to schedule.Date
	}{
		{v.t("最近 %d 天", 7), today.AddDays(-6), today},
		{v.t("最近 %d 天", 30), today.AddDays(-29), today},
		{v.t("今年"), schedule.Date{Year: today.Year, Month: time.January, Day: 1}, today},
		{v.t("去年"), schedule.Date{Year: today.Year - 1, Month: time.January, Day: 1}, schedule.Date{Year: today.Year - 1, Month: time.December, Day: 31}},
	} {
		p.Quick = append(p.Quick, option{Label: r.label, Value: address("/usage", r.from, r.to, f.Screen), Chosen: r.from == f.From && r.to == f.To})
	}
	own, err := v.own()
	if err != nil {
		return err
	}
	p.Sites = v.siteOptions(own, site)
	if err := v.fillUsage(&p, f, address); err != nil {
		return err
	}
	return v.show("usage", p)
}

// fillUsage puts the counts into words.
func (v *visit) fillUsage(p *usagePage, f store.UsageFilter, address func(string, schedule.Date, schedule.Date, playlist.ScreenID) string) error {
	usage, err := v.Store.Usage(v.ctx, f)
	if err != nil {
		return err
	}
	sums := usage.Totals
	p.Any = len(sums) > 0
	opened := int64(0)
	for key, n := range sums {
		if id, ok := strings.CutPrefix(key, wire.CountNotice); ok {
			opened += n
			p.Notices = append(p.Notices, readRow{Title: id, Times: n})
		}
	}
	sessions := sums[wire.CountSession]
	share := func(key string) string { return percent(sums[key], sessions) }
	p.Sums = []figure{
		{Label: v.t("公开查阅人次"), Value: number(sessions)},
		{Label: v.t("打开内容"), Value: number(opened), Note: v.t("每人次 %s 条", ratio(opened, sessions))},
		{Label: v.t("搜索"), Value: number(sums[wire.CountSearch])},
		{Label: v.t("没找到"), Value: number(sums[wire.CountEmpty]), Note: v.t("占搜索 %s", percent(sums[wire.CountEmpty], sums[wire.CountSearch]))},
		{Label: v.t("扫码带走"), Value: number(sums[wire.CountQR])},
		{Label: v.t("打印（张）"), Value: number(sums[wire.CountPrint])},
	}
	p.Shares = []figure{
		{Label: v.t("放大字"), Value: share(wire.CountLarge)}, {Label: v.t("朗读"), Value: share(wire.CountAloud)},
		{Label: v.t("高对比"), Value: share(wire.CountContrast)}, {Label: v.t("低位"), Value: share(wire.CountLow)},
		{Label: v.t("英文"), Value: share(wire.CountEnglish)}, {Label: v.t("走开了没按结束"), Value: share(wire.CountIdle)},
	}
	slices.SortFunc(p.Notices, func(a, b readRow) int { return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Title, b.Title)) })
	p.Notices = p.Notices[:min(len(p.Notices), 15)]
	for i, n := range p.Notices {
		p.Notices[i].Said = number(n.Times)
		if row, err := v.noticeRow(playlist.NoticeID(n.Title)); err == nil {
			p.Notices[i].Title, p.Notices[i].Link = row.Title, "/notices/"+string(row.ID)
		}
	}
	p.Empty = usage.Empty[:min(len(usage.Empty), 15)]
	v.usageChart(p, f, usage.Days)
	p.Heads = v.usageHeads()
	for _, s := range usage.Screens {
		r := usageRow{ID: s.Screen, sessions: s.Counts[wire.CountSession], Name: v.screenName(s.Screen), SiteName: v.siteName(s.Site), Link: address("/usage", f.From, f.To, s.Screen)}
		for _, key := range usageColumns {
			r.Cells = append(r.Cells, number(s.Counts[key]))
		}
		p.Screens = append(p.Screens, r)
	}
	slices.SortStableFunc(p.Screens, func(a, b usageRow) int { return cmp.Compare(b.sessions, a.sessions) })
	return nil
}

// The chart's box, in its own units.
const (
	chartWidth  = 1000
	chartHeight = 100
)

// usageChart draws the sessions of each day as a bar.
func (v *visit) usageChart(p *usagePage, f store.UsageFilter, days []store.UsageOf) {
	of := map[string]int64{}
	most, busiest := int64(0), ""
	for _, d := range days {
		n := d.Counts[wire.CountSession]
		of[d.Day] = n
		if n > most {
			most, busiest = n, d.Day
		}
	}
	if most == 0 {
		return
	}
	if d, err := schedule.ParseDate(busiest); err == nil {
		p.Most = v.t("最多的一天：%s，%s 人次", v.day(d), number(most))
	}
	total := f.To.DaysSince(f.From) + 1
	width := float64(chartWidth) / float64(total)
	gap := min(width/4, 6)
	var path strings.Builder
	for i := range total {
		d := f.From.AddDays(i)
		x := float64(i) * width
		if n := of[d.String()]; n > 0 {
			height := max(1, float64(n)/float64(most)*chartHeight)
			fmt.Fprintf(&path, "M%.1f %dV%.1fH%.1fV%dZ", x+gap/2, chartHeight, chartHeight-height, x+width-gap/2, chartHeight)
		}
		if i == 0 || i == total-1 {
			p.Ticks = append(p.Ticks, tick{X: int(x + width/2), Label: v.day(d)})
		}
	}
	p.Chart = path.String()
}

// number writes a count with its thousands apart.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func percent(part, whole int64) string {
	if whole == 0 {
		return "—"
	}
	return strconv.FormatInt((part*100+whole/2)/whole, 10) + "%"
}

func ratio(a, b int64) string {
	if b == 0 {
		return "—"
	}
	return strconv.FormatFloat(float64(a)/float64(b), 'f', 1, 64)
}

// usageCSV is the statistics as a table: per screen with the sums, as the annual
// report wants them, then what was read and what was not found.
func usageCSV(v *visit) error {
	f, _, _, err := v.usageFilter()
	if err != nil {
		return err
	}
	usage, err := v.Store.Usage(v.ctx, f)
	if err != nil {
		return err
	}
	sums := usage.Totals
	rows := [][]string{{v.t("使用统计"), f.From.String(), f.To.String()}}
	head := append([]string{v.t("屏幕"), v.t("编号"), v.t("站点")}, v.usageHeads()...)
	rows = append(rows, head)
	line := func(name, id, site string, counts func(string) int64) {
		row := []string{name, id, site}
		for _, key := range usageColumns {
			row = append(row, strconv.FormatInt(counts(key), 10))
		}
		rows = append(rows, row)
	}
	for _, s := range usage.Screens {
		line(v.screenName(s.Screen), string(s.Screen), v.siteName(s.Site), func(key string) int64 { return s.Counts[key] })
	}
	line(v.t("合计"), "", "", func(key string) int64 { return sums[key] })
	rows = append(rows, []string{""}, []string{v.t("看得最多的内容"), v.t("编号"), v.t("次数")})
	var read []readRow
	for key, n := range sums {
		if id, ok := strings.CutPrefix(key, wire.CountNotice); ok {
			read = append(read, readRow{Title: v.noticeTitle(playlist.NoticeID(id), id), Link: id, Times: n})
		}
	}
	slices.SortFunc(read, func(a, b readRow) int { return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Link, b.Link)) })
	for _, r := range read {
		rows = append(rows, []string{r.Title, r.Link, strconv.FormatInt(r.Times, 10)})
	}
	rows = append(rows, []string{""}, []string{v.t("找了没找到"), v.t("出现天数"), v.t("屏幕数")})
	for _, e := range usage.Empty[:min(len(usage.Empty), 1000)] {
		rows = append(rows, []string{e.Typed, strconv.Itoa(e.Days), strconv.Itoa(e.Screens)})
	}
	return v.csv(v.t("使用统计"), rows)
}

// usageHeads names usageColumns.
func (v *visit) usageHeads() []string {
	return []string{v.t("人次"), v.t("搜索"), v.t("没找到"), v.t("扫码带走"), v.t("打印（张）"), v.t("朗读"), v.t("放大字"), v.t("英文")}
}

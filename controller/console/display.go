package console

import (
	"strconv"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/duty"
	"mingbai/playlist/schedule"
)

// display is where a notice was shown, and for how long.
type display struct {
	Notice      playlist.NoticeID
	Proof       fleet.Proof
	Shown       string // total time
	Kept        *keptBar
	Any         bool // there are screens
	Tabs        []option
	Rows        []proofRow
	First, Last int
	Total       int
	Earlier     string
	Later       string
	Export      string
	Certificate string // address; empty while nothing was shown
}

// keptBar is how many days of a posting period were kept.
type keptBar struct {
	Words, Period, State, Tone string
	Width                      int // of a thousand
}

type proofRow struct {
	fleet.ScreenProof
	SiteName, State, Tone string
	Time, FirstAt, LastAt string
	SeenAt                string // where it is not online
	DayCount              int
}

// What the table of screens can be narrowed to.
const (
	allScreens     = ""
	shownScreens   = "shown"
	waitingScreens = "waiting"
	offlineScreens = "offline"
)

func fits(s fleet.ScreenProof, live bool, view string) bool {
	switch view {
	case shownScreens:
		return s.Times > 0
	case waitingScreens:
		return live && !s.Has
	case offlineScreens:
		return !s.Online
	}
	return true
}

func (v *visit) display(row store.Notice, n *playlist.Notice) (*display, error) {
	proof, err := v.Fleet.ProofOf(v.ctx, row.ID)
	if err != nil {
		return nil, err
	}
	path := "/notices/" + string(row.ID)
	d := &display{Notice: row.ID, Proof: proof, Shown: v.span(time.Duration(proof.Seconds) * time.Second), Any: len(proof.Screens) > 0, Export: path + "/screens.xlsx"}
	if proof.Shown > 0 {
		d.Certificate = path + "/certificate.pdf"
	}
	if d.Kept, err = v.keptBar(n, proof); err != nil {
		return nil, err
	}
	view := v.query("screens")
	counts := map[string]int{}
	from := v.count("from", 1<<30)
	at := func(view string, from int) string {
		to, mark := path, "?"
		if view != allScreens {
			to, mark = to+"?screens="+view, "&"
		}
		if from > 0 {
			to += mark + "from=" + strconv.Itoa(from)
		}
		return to + "#screens"
	}
	for _, s := range proof.Screens {
		for _, each := range []string{allScreens, shownScreens, waitingScreens, offlineScreens} {
			if fits(s, row.Live > 0, each) {
				counts[each]++
			}
		}
		if !fits(s, row.Live > 0, view) {
			continue
		}
		if d.Total >= from && len(d.Rows) < perPage {
			d.Rows = append(d.Rows, v.proofRow(s, row))
		}
		d.Total++
	}
	for _, tab := range []struct{ view, label string }{
		{allScreens, v.t("全部 %d", counts[allScreens])}, {shownScreens, v.t("显示过 %d", counts[shownScreens])},
		{waitingScreens, v.t("还没收到 %d", counts[waitingScreens])}, {offlineScreens, v.t("离线 %d", counts[offlineScreens])},
	} {
		d.Tabs = append(d.Tabs, option{Value: at(tab.view, 0), Label: tab.label, Chosen: tab.view == view})
	}
	d.First, d.Last = from+1, from+len(d.Rows)
	if from > 0 {
		d.Earlier = at(view, max(from-perPage, 0))
	}
	if d.Last < d.Total && len(d.Rows) > 0 {
		d.Later = at(view, d.Last)
	}
	return d, nil
}

func (v *visit) proofRow(s fleet.ScreenProof, row store.Notice) proofRow {
	r := proofRow{ScreenProof: s, Time: v.span(time.Duration(s.Seconds) * time.Second), FirstAt: v.clock(s.First), LastAt: v.clock(s.Last), DayCount: len(s.Days)}
	if s.Site != "" {
		r.SiteName = v.siteName(s.Site)
	}
	if r.Name == "" {
		r.Name = string(s.Screen)
	}
	if !s.Online && !s.Seen.IsZero() {
		r.SeenAt = v.clock(s.Seen)
	}
	switch {
	case !s.Retired.IsZero():
		r.State, r.Tone = v.t("已停用，自 %s", v.clock(s.Retired)), "quiet"
	case s.Now:
		r.State, r.Tone = v.t("正在显示"), "good"
	case s.Has && !s.Online && !s.Offline.IsZero(): // it goes on with what it has
		r.State, r.Tone = v.t("已到屏；离线，自 %s", v.clock(s.Offline)), "warn"
	case s.Has && s.Times > 0:
		r.State, r.Tone = v.t("已显示"), "good"
	case s.Has:
		r.State, r.Tone = v.t("已到屏，等待轮到"), "good"
	case row.Live == 0:
		r.State, r.Tone = v.t("已撤下"), "quiet"
	case !s.Online:
		r.State, r.Tone = v.t("离线，自 %s", v.clock(s.Offline)), "bad"
	default:
		r.State, r.Tone = v.t("正在下载"), "warn"
	}
	return r
}

// shownDays are the civil days on which any screen showed a notice.
func shownDays(p fleet.Proof) []schedule.Date {
	var days []schedule.Date
	for _, s := range p.Screens {
		for _, d := range s.Days {
			if day, err := schedule.ParseDate(d.Day); err == nil {
				days = append(days, day)
			}
		}
	}
	return days
}

func (v *visit) keptBar(n *playlist.Notice, p fleet.Proof) (*keptBar, error) {
	cal, err := v.calendar()
	if err != nil {
		return nil, err
	}
	k, ok := duty.KeptOf(n, shownDays(p), cal, v.today())
	if !ok {
		return nil, nil
	}
	bar := &keptBar{Width: 1000 * min(k.Counted, k.Wanted) / k.Wanted, Words: v.t("已公示 %d 天，要求 %d 天", k.Counted, k.Wanted), Tone: "fair"}
	if k.Working {
		bar.Words = v.t("已公示 %d 个工作日，要求 %d 个", k.Counted, k.Wanted)
	}
	if !k.Last.IsZero() {
		bar.Period = v.t("%s至%s", v.day(k.From), v.day(k.Last))
	}
	switch {
	case k.Enough():
		bar.State, bar.Tone = v.t("已满"), "good"
	case k.Over:
		bar.State, bar.Tone = v.t("公示期已过而天数不够，应当重新公示"), "bad"
	case !k.Last.IsZero() && v.today().Before(k.From):
		bar.State = v.t("还没有开始")
	default:
		bar.State = v.t("公示中")
	}
	return bar, nil
}

// displaySheet sends the table of screens as a file for Excel, with the days of
// each on a second sheet.
func displaySheet(v *visit) error {
	row, n, err := v.newest()
	if err != nil {
		return err
	}
	proof, err := v.Fleet.ProofOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	screens := sheet.Page{Name: v.t("各屏"), Title: n.Title, Headings: []string{
		v.t("屏幕"), v.t("站点"), v.t("位置"), v.t("状态"), v.t("次数"), v.t("时长（小时）"), v.t("天数"), v.t("首次"), v.t("最近"), v.t("最后联系"), v.t("离线自"),
	}}
	days := sheet.Page{Name: v.t("每天"), Title: n.Title, Headings: []string{v.t("屏幕"), v.t("站点"), v.t("日期"), v.t("次数"), v.t("时长（小时）")}}
	instant := func(t time.Time) sheet.Value {
		if t.IsZero() {
			return sheet.T("")
		}
		return sheet.At(v.local(t))
	}
	hours := func(seconds int64) sheet.Value {
		return sheet.N(strconv.FormatFloat(float64(seconds)/3600, 'f', 2, 64), 2)
	}
	for _, s := range proof.Screens {
		r := v.proofRow(s, row)
		offline := time.Time{}
		if !s.Online {
			offline = s.Offline
		}
		screens.Rows = append(screens.Rows, []sheet.Value{
			sheet.T(r.Name), sheet.T(r.SiteName), sheet.T(s.Place), sheet.T(r.State), sheet.N(strconv.Itoa(s.Times), 0), hours(s.Seconds), sheet.N(strconv.Itoa(len(s.Days)), 0),
			instant(s.First), instant(s.Last), instant(s.Seen), instant(offline),
		})
		for _, d := range s.Days {
			days.Rows = append(days.Rows, []sheet.Value{sheet.T(r.Name), sheet.T(r.SiteName), sheet.T(d.Day), sheet.N(strconv.Itoa(d.Times), 0), hours(d.Seconds)})
		}
	}
	return v.sheet(v.t("各屏显示情况"), screens, days)
}

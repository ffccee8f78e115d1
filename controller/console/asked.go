package console

import (
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// asked answers whether a screen shows a notice at an instant, why not, and when
// it will: the question with which people call.
type asked struct {
	Text   string // what was asked for
	Titles []string
	Notice playlist.NoticeID // empty when nothing is called so
	Title  string
	Answer string
	Tone   string
	Next   string // as a field for date and time has it
	Site   playlist.SiteID
	Why    []reasonRow // the rules that play it, but not then
}

// mostTitles is how many titles a field offers.
const mostTitles = 400

// asked finds a notice by its ID or by a part of its title. line is the timeline
// from today on.
func (v *visit) asked(id playlist.ScreenID, f fleet.Forecast, reasons []reasonRow, line fleet.Timeline) (asked, error) {
	a := asked{Text: v.query("about")}
	lib, err := v.Fleet.Library(v.ctx, id)
	if err != nil {
		return a, err
	}
	var n *playlist.Notice
	for o := range lib.All() {
		if o.Kind == playlist.KindAlert {
			continue
		}
		if len(a.Titles) < mostTitles && !slices.Contains(a.Titles, o.Title) {
			a.Titles = append(a.Titles, o.Title)
		}
		switch {
		case a.Text == "" || n != nil && (string(n.ID) == a.Text || n.Title == a.Text):
		case string(o.ID) == a.Text, o.Title == a.Text, n == nil && strings.Contains(o.Title, a.Text):
			n = o
		}
	}
	if a.Text == "" {
		return a, nil
	}
	if n == nil {
		a.Tone = "warn"
		a.Answer = v.t("这块屏收不到叫“%s”的内容：可能还没有发布，已经下架，或者发布它的站点不在这块屏的上级里。", a.Text)
		return a, nil
	}
	a.Text, a.Notice, a.Title, a.Tone = n.Title, n.ID, n.Title, "warn"
	_, _, _, within := lib.Notice(n.ID, schedule.Sure(f.At))
	a.Site = n.Site
	is := func(s fleet.ForecastNotice) bool { return s.Notice == n.ID }
	next, rules := v.nextOf(n.ID, f.At, line)
	if i := slices.IndexFunc(f.Slots, is); i >= 0 {
		a.Tone = "good"
		a.Answer = v.t("在播：一轮 %d 条里的第 %d 条，停留 %d 秒。", len(f.Slots), i+1, int(f.Slots[i].Seconds+0.5))
		return a, nil
	}
	switch {
	case !within && n.NotBefore.After(f.At):
		a.Answer = v.t("那时不播：它的上屏时间是 %s。", v.moment(n.NotBefore))
	case !within:
		a.Answer = v.t("那时不播：它已经过了下屏时间。")
	case slices.ContainsFunc(f.LeftOut, is):
		a.Answer = v.t("选中了，但一轮最多 3 分钟，它排不下，所以没有播。要播它，请在播放单里把它放进“固定内容”，或者给它定一条自己的规则。")
	default:
		a.Answer = v.t("那时不播。")
		for i, r := range f.Reasons {
			if r.Verdict != schedule.Chosen && v.fixed(r, n.ID, lib) {
				a.Why = append(a.Why, reasonOf(reasons, f.Reasons[i]))
			}
		}
	}
	if next.IsZero() {
		a.Answer += v.t("到 %s 为止也轮不到它。", v.dayName(v.local(line.Until.Add(-time.Minute))))
		if len(a.Why) == 0 && within && !slices.ContainsFunc(f.LeftOut, is) {
			a.Answer += v.t("没有一条能用的规则把它放进播放单，或者它排在“最新几条”之外。")
		}
		return a, nil
	}
	a.Next = v.local(next).Format(dayTime)
	a.Answer += v.t("下一次：%s，由规则“%s”。", v.moment(next), rules)
	return a, nil
}

// nextOf finds when a screen shows a notice next after an instant, and by which
// rule.
func (v *visit) nextOf(id playlist.NoticeID, at time.Time, line fleet.Timeline) (time.Time, string) {
	for _, s := range line.Stretches {
		if !s.Until.After(at) {
			continue
		}
		for _, n := range s.Notices {
			if n.Notice != id {
				continue
			}
			name := v.ruleSays(n.Rule, "")
			for _, r := range s.Rules {
				if r.Rule == n.Rule && r.Channel == n.Channel.String() {
					name = v.ruleSays(r.Rule, r.Name)
				}
			}
			if s.From.After(at) {
				return s.From, name
			}
			return at, name
		}
	}
	return time.Time{}, ""
}

// fixed reports whether a rule plays a notice as one of the fixed ones.
func (v *visit) fixed(r schedule.Reason, id playlist.NoticeID, lib *playlist.Library) bool {
	ch, err := playlist.ParseChannelID(r.Channel)
	if err != nil {
		return false
	}
	rules, err := v.Store.Rules(v.ctx, ch.Site)
	if err != nil {
		return false
	}
	for _, o := range rules {
		if o.ID != r.Rule {
			continue
		}
		l, ok := lib.Playlist(ch, o.Playlist)
		return ok && slices.ContainsFunc(l.Items, func(i playlist.Item) bool { return i.Notice == id })
	}
	return false
}

// reasonOf finds the row of a reason.
func reasonOf(rows []reasonRow, r schedule.Reason) reasonRow {
	for _, row := range rows {
		if row.Rule == r.Rule && row.Channel == r.Channel {
			return row
		}
	}
	return reasonRow{Reason: r}
}

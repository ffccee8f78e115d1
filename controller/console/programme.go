package console

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// programme is what one site plays, as it is stored, with the screens that it
// reaches.
type programme struct {
	Site    playlist.Site
	Lists   []playlist.Playlist
	Rules   []schedule.Rule
	Screens []store.Screen
}

type programmePage struct {
	frame
	Site     playlist.Site
	SiteName string
	Sites    []option
	Rules    []ruleRow
	Lists    []listRow
	Cycles   []cycle
	More     int // boards without a bar
	Change   bool
	Newest   bool // the newest notices play too, of which no rule speaks
}

type ruleRow struct {
	schedule.Rule
	Words, Next, Tone string
	LevelName, List   string
	Where, Tagged     string
}

type listRow struct {
	playlist.Playlist
	Titles []string
	More   int
	Latest string
	Rules  int // that play it
}

// titleRows is how many titles of a playlist its line names.
const titleRows = 4

// programme reads what the site of the address plays.
func (v *visit) programme() (programme, error) {
	var p programme
	id, err := playlist.ParseSiteID(v.r.PathValue("site"))
	if err != nil {
		return p, store.ErrNotFound
	}
	tree, err := v.sites()
	if err != nil {
		return p, err
	}
	if p.Site, err = tree.Site(id); err != nil {
		return p, err
	}
	if p.Lists, err = v.Store.Playlists(v.ctx, id); err != nil {
		return p, err
	}
	if p.Rules, err = v.Store.Rules(v.ctx, id); err != nil {
		return p, err
	}
	p.Screens, err = v.below(id)
	return p, err
}

// ownProgramme leads to the programme of the site that is asked for, else of the
// visitor's own.
func ownProgramme(v *visit) error { return v.toProgramme("") }

// ownCalendar leads to the calendar of that site.
func ownCalendar(v *visit) error { return v.toProgramme("/calendar") }

func (v *visit) toProgramme(part string) error {
	site := playlist.SiteID(v.query("site"))
	if site == "" {
		site = v.person.Site
	}
	if site == "" {
		tree, err := v.sites()
		if err != nil {
			return err
		}
		root, err := tree.Root()
		if errors.Is(err, store.ErrNotFound) {
			return errNoPlace
		}
		if err != nil {
			return err
		}
		site = root.ID
	}
	if _, err := playlist.ParseSiteID(string(site)); err != nil {
		return store.ErrNotFound
	}
	return v.to("/programme/" + string(site) + part)
}

func showProgramme(v *visit) error {
	it, err := v.programme()
	if err != nil {
		return err
	}
	tree, err := v.sites()
	if err != nil {
		return err
	}
	p := programmePage{
		frame: v.page(v.t("播放安排")), Site: it.Site, SiteName: v.siteLabel(it.Site), Change: v.may(releases, it.Site.ID),
		Sites: v.siteOptions(tree.Sites(), it.Site.ID),
	}
	days, err := v.calendar()
	if err != nil {
		return err
	}
	for _, r := range it.Rules {
		p.Rules = append(p.Rules, v.ruleRow(it, r, days))
	}
	p.Newest = !slices.ContainsFunc(it.Rules, func(r schedule.Rule) bool {
		return slices.ContainsFunc(it.Lists, func(l playlist.Playlist) bool { return l.ID == r.Playlist && l.Latest != nil })
	})
	slices.SortStableFunc(p.Rules, func(a, b ruleRow) int { return cmp.Compare(levelOrder[a.Level], levelOrder[b.Level]) })
	for _, l := range it.Lists {
		p.Lists = append(p.Lists, v.listRow(it, l))
	}
	if p.Cycles, p.More, err = v.cycles(it.Screens); err != nil {
		return err
	}
	return v.show("programme", p)
}

// calendar is the working days of the county.
func (v *visit) calendar() (*schedule.Calendar, error) {
	days, err := v.Store.Days(v.ctx)
	if len(days) == 0 {
		days = schedule.DefaultDays()
	}
	return schedule.NewCalendar(days), err
}

var levelOrder = map[schedule.Level]int{schedule.Alert: 0, schedule.Urgent: 1, schedule.Campaign: 2, schedule.Normal: 3, schedule.Filler: 4}

func (v *visit) ruleRow(it programme, r schedule.Rule, days *schedule.Calendar) ruleRow {
	row := ruleRow{Rule: r, Words: v.ruleWords(r), LevelName: v.levelName(r.Level), List: r.Playlist, Where: v.reached(it.Screens, r.Tags)}
	row.Next, row.Tone = v.next(r, days)
	var tags []string
	for _, t := range r.Tags {
		tags = append(tags, v.tagName(t))
	}
	row.Tagged = strings.Join(tags, v.t("、"))
	for _, l := range it.Lists {
		if l.ID == r.Playlist {
			row.List = l.Name
		}
	}
	return row
}

// next says when a rule plays next, and in which tone.
func (v *visit) next(r schedule.Rule, days *schedule.Calendar) (string, string) {
	now := v.Now()
	d := schedule.Resolve([]schedule.Bound{{Rule: r}}, r.Tags, days, now, v.Zone)
	switch {
	case len(d.Chosen) > 0 && d.Until.IsZero():
		return v.t("现在在时间内"), "good"
	case len(d.Chosen) > 0:
		return v.t("现在在时间内，到 %s", v.moment(d.Until)), "good"
	case d.Until.IsZero():
		return v.t("不会再播"), "quiet"
	}
	return v.t("下一次：%s", v.moment(d.Until)), ""
}

// moment writes an instant with its weekday.
func (v *visit) moment(t time.Time) string {
	t = v.local(t)
	day := v.dayName(t)
	if t.Year() != v.local(v.Now()).Year() {
		day = t.Format("2006-01-02")
	}
	return day + " " + t.Format("15:04")
}

// dayName writes a day with its weekday: 11月27日 周五.
func (v *visit) dayName(t time.Time) string {
	if v.lang == english {
		return t.Format("Mon 2 Jan")
	}
	return t.Format("1月2日 ") + "周" + []string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()]
}

func (v *visit) listRow(it programme, l playlist.Playlist) listRow {
	row := listRow{Playlist: l}
	for i, item := range l.Items {
		if i == titleRows {
			row.More = len(l.Items) - i
			break
		}
		title := string(item.Notice)
		if n, err := v.noticeRow(item.Notice); err == nil {
			title = n.Title
		}
		if item.Dwell > 0 {
			title += v.t("（%d 秒）", item.Dwell)
		}
		row.Titles = append(row.Titles, title)
	}
	if l.Latest != nil {
		row.Latest = v.selection(*l.Latest)
	}
	for _, r := range it.Rules {
		if r.Playlist == l.ID {
			row.Rules++
		}
	}
	return row
}

// selection says what a playlist takes of the newest notices.
func (v *visit) selection(s playlist.Select) string {
	var kinds, columns []string
	for _, k := range s.Kinds {
		kinds = append(kinds, v.kindName(k))
	}
	what := v.t("内容")
	if len(kinds) > 0 {
		what = strings.Join(kinds, v.t("、"))
	}
	out := v.t("最新 %d 条%s", s.Count, what)
	if len(s.Columns) == 0 {
		return out
	}
	all, err := v.Store.Columns(v.ctx)
	if err != nil {
		return out
	}
	for _, c := range all {
		if slices.Contains(s.Columns, c.ID) {
			columns = append(columns, v.columnLabel(c))
		}
	}
	return out + v.t("（%s）", strings.Join(columns, v.t("、")))
}

// mark tells whether something was changed since a form was filled from it.
func mark(of any) string {
	data, err := json.Marshal(of)
	if err != nil {
		return "" // rules and playlists always have JSON
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

// programmeFindings sorts the problems of a whole programme for the form of one
// of its parts: prefix is where that part is, fields turns the field of a part
// into one of the form. What is wrong elsewhere stands above the form.
func (v *visit) programmeFindings(problems []playlist.Problem, prefix string, fields func(string) string) (map[string][]finding, int) {
	out, wrong := map[string][]finding{}, 0
	for _, p := range problems {
		field, own := strings.CutPrefix(p.Field, prefix+".")
		switch {
		case own:
			field = fields(field)
		case p.Severity != playlist.Wrong && strings.Contains(p.Field, "["):
			continue // a warning about another part
		default:
			field = ""
		}
		f := finding{Text: v.problem(p), Stop: p.Severity == playlist.Wrong}
		if !f.in(out[field]) {
			out[field] = append(out[field], f)
		}
		if f.Stop {
			wrong++
		}
	}
	return out, wrong
}

// saveProgramme puts a changed programme in force. again shows the form once
// more with what is wrong.
func (v *visit) saveProgramme(site playlist.SiteID, lists []playlist.Playlist, rules []schedule.Rule, again func([]playlist.Problem) error) error {
	_, err := v.Desk.Programme(v.ctx, v.who(), site, lists, rules)
	if problems, ok := problemsOf(err); ok {
		return again(problems)
	}
	if err != nil {
		return err
	}
	return v.to(fmt.Sprintf("/programme/%s", site), "done", "programme")
}

// refused is the status of a form that is shown again.
func (v *visit) refused(name string, page any) error {
	return v.showAs(http.StatusUnprocessableEntity, name, page)
}

package console

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

type rulePage struct {
	frame
	Site     playlist.Site
	SiteName string
	Form     ruleForm
	Path     string // to which the form is sent
	Lists    []option
	Levels   []choice
	Tags     []choice
	Screens  []lone
	Days     []choice // of the week, Monday first
	Nths     []option
	NthDays  []option
	Months   []option
	MonthDay []option // with the last
	YearDays []option
	Shares   []option
	Problems map[string][]finding
	Wrong    int
	Words    string // when it plays, and where
	Clashes  string // with the other rules
	Playing  bool   // it plays now or will
}

// lone is a screen that a rule may be for alone, by the tags that no other has.
type lone struct {
	Label, Tags string
	Chosen, No  bool
}

// choice is one thing to tick.
type choice struct {
	Value, Label, Hint string
	Chosen             bool
}

func ruleForming(v *visit) error {
	it, err := v.programme()
	if err != nil {
		return err
	}
	if err := v.reach(it.Site.ID); err != nil {
		return err
	}
	r, err := v.ruleOf(it)
	if err != nil {
		return err
	}
	f := ruleFormOf(r, tagsOf(it.Screens))
	f.Once, f.Was = newOnce(), mark(r)
	return v.show("rule", v.rulePage(it, f, r))
}

// newRule is the name in the address of a rule that is to be added.
const newRule = "new"

// ruleOf finds the rule of the address; a new one begins today.
func (v *visit) ruleOf(it programme) (schedule.Rule, error) {
	id := v.r.PathValue("rule")
	if id == newRule {
		r := schedule.Rule{Level: schedule.Normal, From: schedule.DateOf(v.local(v.Now())), Playlist: v.query("list")}
		if r.Playlist == "" && len(it.Lists) > 0 {
			r.Playlist = it.Lists[0].ID
		}
		return r, nil
	}
	for _, r := range it.Rules {
		if r.ID == id {
			return r, nil
		}
	}
	return schedule.Rule{}, store.ErrNotFound
}

// rulePage makes the page around a form; r is what the form says.
func (v *visit) rulePage(it programme, f ruleForm, r schedule.Rule) rulePage {
	title := v.t("改播放规则")
	if r.ID == "" {
		title = v.t("加一条播放规则")
	}
	p := rulePage{frame: v.page(title), Site: it.Site, SiteName: v.siteLabel(it.Site), Form: f, Path: "/programme/" + string(it.Site.ID) + "/rules/" + v.r.PathValue("rule")}
	for _, l := range it.Lists {
		p.Lists = append(p.Lists, option{Value: l.ID, Label: l.Name, Chosen: l.ID == f.Playlist})
	}
	for _, l := range []choice{
		{Value: string(schedule.Normal), Hint: v.t("和别的日常内容轮流")},
		{Value: string(schedule.Campaign), Hint: v.t("期间代替日常内容，过后恢复，例如 5·15 政务公开日")},
		{Value: string(schedule.Urgent), Hint: v.t("只播它，别的都让位")},
		{Value: string(schedule.Filler), Hint: v.t("没有别的可播时才播")},
	} {
		l.Label, l.Chosen = v.levelName(schedule.Level(l.Value)), l.Value == f.Level
		p.Levels = append(p.Levels, l)
	}
	for _, t := range tagsOf(it.Screens) {
		p.Tags = append(p.Tags, choice{Value: t, Label: v.tagName(t), Hint: v.reached(it.Screens, []string{t}), Chosen: slices.Contains(f.Tags, t)})
	}
	for _, s := range it.Screens[:min(len(it.Screens), mostAlone)] {
		tags := alone(it.Screens, s)
		o := lone{Label: v.screenTitle(s), Tags: strings.Join(tags, " "), No: len(tags) == 0}
		o.Chosen = !o.No && carries(s, r.Tags) && !slices.ContainsFunc(it.Screens, func(o store.Screen) bool { return o.ID != s.ID && carries(o, r.Tags) })
		if o.No {
			o.Label += v.t("：没有自己的标签")
		}
		p.Screens = append(p.Screens, o)
	}
	for i := range 7 {
		w := time.Weekday((i + 1) % 7)
		value := strconv.Itoa(int(w))
		p.Days = append(p.Days, choice{Value: value, Label: v.weekday(w, true), Chosen: slices.Contains(f.Weekdays, value)})
		p.NthDays = append(p.NthDays, option{Value: byDay[i], Label: v.weekday(w, false), Chosen: byDay[i] == f.NthDay})
	}
	p.Nths = numbers(f.Nth, 1, 4, func(n int) string { return v.t("第 %d 个", n) })
	p.Nths = append(p.Nths, option{Value: "-1", Label: v.t("最后一个"), Chosen: f.Nth == "-1"})
	p.Months = numbers(f.YearMonth, 1, 12, strconv.Itoa)
	p.YearDays = numbers(f.YearDay, 1, 31, strconv.Itoa)
	p.MonthDay = append(numbers(f.MonthDay, 1, 31, strconv.Itoa), option{Value: "-1", Label: v.t("最后一天"), Chosen: f.MonthDay == "-1"})
	p.Shares = numbers(f.Share, 1, 5, func(n int) string {
		if n == 1 {
			return v.t("和别的一样多")
		}
		return v.t("是别的 %d 倍", n)
	})
	if share, err := strconv.Atoi(f.Share); err == nil && share > 5 {
		p.Shares = append(p.Shares, option{Value: f.Share, Label: v.t("是别的 %d 倍", share), Chosen: true})
	}
	p.Words = v.told(it, r)
	if days, err := v.calendar(); err == nil && r.ID != "" {
		starts, now := v.starts(r, days)
		p.Playing = now || len(starts) > 0
	}
	p.Clashes = v.clashing(it, r)
	return p
}

func numbers(chosen string, from, to int, label func(int) string) []option {
	var out []option
	for n := from; n <= to; n++ {
		out = append(out, option{Value: strconv.Itoa(n), Label: label(n), Chosen: strconv.Itoa(n) == chosen})
	}
	return out
}

func (v *visit) weekday(w time.Weekday, short bool) string {
	switch {
	case v.lang == english && short:
		return w.String()[:3]
	case v.lang == english:
		return w.String()
	}
	day := []string{"日", "一", "二", "三", "四", "五", "六"}[w]
	if short {
		return "周" + day
	}
	return "星期" + day
}

// mostAlone is how many screens can be chosen by name; a county's are found by
// their tags.
const mostAlone = 300

// nextTimes is how many of the next times of a rule its form tells.
const nextTimes = 4

// told says in words when and where a rule plays: what a clerk reads before
// saving.
func (v *visit) told(it programme, r schedule.Rule) string {
	days, err := v.calendar()
	if err != nil {
		return ""
	}
	bare := r
	bare.Tags = nil // where it plays is told by the names of screens
	words := sentence(v.words(bare.Describe(days), bare.DescribeEn(days)))
	out := words + v.where(it.Screens, r.Tags)
	if !slices.ContainsFunc(it.Screens, func(s store.Screen) bool { return carries(s, r.Tags) }) {
		out = words + v.t("；没有一块屏带这些标签，哪里都不会播。")
	}
	starts, now := v.starts(r, days)
	if now {
		out += v.t("现在就在时间内。")
	}
	if len(starts) > 0 {
		out += v.t("接下来：%s。", strings.Join(starts, v.t("、")))
	} else if !now {
		out += v.t("这样写永远不会播，请检查日期。")
	}
	return out
}

// starts lists when a rule begins to play, and whether it does now.
func (v *visit) starts(r schedule.Rule, days *schedule.Calendar) (out []string, now bool) {
	at := v.Now()
	alone := []schedule.Bound{{Rule: r}}
	d := schedule.Resolve(alone, r.Tags, days, at, v.Zone)
	now = len(d.Chosen) > 0
	for range 2 * nextTimes {
		if d.Until.IsZero() || len(out) == nextTimes {
			break
		}
		at = d.Until
		if d = schedule.Resolve(alone, r.Tags, days, at, v.Zone); len(d.Chosen) > 0 {
			out = append(out, v.moment(at))
		}
	}
	return out, now
}

// ruleField maps the fields of a rule to those of its form.
func ruleField(field string) string {
	name, _, _ := strings.Cut(field, "[")
	name, _, _ = strings.Cut(name, ".")
	switch name {
	case "period":
		return "until"
	case "weekdays", "days", "recurrence", "weeks":
		return "pattern"
	case "name", "playlist", "level", "from", "until", "spans", "tags", "share", "pattern":
		return name
	}
	return "name"
}

// ruleSent is a form of a rule that was sent, with the programme as it would be.
type ruleSent struct {
	programme
	form     ruleForm
	was      schedule.Rule // as it is stored; zero for a new one
	rule     schedule.Rule
	at       int // of the rule in Rules
	problems []playlist.Problem
	stale    bool // somebody changed the rule meanwhile
	twice    bool // this very form has added it already, with the same in it
}

func (v *visit) ruleSent() (ruleSent, error) {
	var s ruleSent
	if err := v.parse(); err != nil {
		return s, err
	}
	it, err := v.programme()
	if err != nil {
		return s, err
	}
	if err := v.reach(it.Site.ID); err != nil {
		return s, err
	}
	s.programme, s.form = it, readRule(v.r.PostForm)
	base := schedule.Rule{}
	s.at = slices.IndexFunc(it.Rules, func(r schedule.Rule) bool { return r.ID == v.r.PathValue("rule") })
	switch {
	case s.at >= 0:
		base = it.Rules[s.at]
		s.stale = mark(base) != s.form.Was
	case v.r.PathValue("rule") != newRule:
		return s, store.ErrNotFound
	}
	s.form.ID, s.was = base.ID, base
	s.rule, s.problems = s.form.rule(base)
	s.Rules = slices.Clone(it.Rules)
	if s.at < 0 {
		s.rule.ID = newID("rule", s.form.Once)
		s.Rules, s.at, s.twice = added(v, s.Rules, s.rule, func(r schedule.Rule) bool { return r.ID == s.rule.ID })
	} else {
		s.Rules[s.at] = s.rule
	}
	return s, nil
}

// added puts what a new form says into a programme: at the end, or over what this
// very form has added before somebody went back to it; twice when that was the
// same.
func added[T any](v *visit, parts []T, part T, itself func(T) bool) (out []T, at int, twice bool) {
	if at = slices.IndexFunc(parts, itself); at < 0 {
		return append(parts, part), len(parts), false
	}
	twice = mark(parts[at]) == mark(part)
	parts[at] = part
	v.r.Form.Del("once")
	v.r.PostForm.Del("once")
	return parts, at, twice
}

// newID names a new part of a programme after its form's own number, so that a
// form sent twice adds one part.
func newID(kind, once string) string {
	if !ofForm.MatchString(once) {
		once = newOnce()
	}
	return kind + "-" + strings.ToLower(once[:8])
}

// ofForm is the number of a form, as newOnce makes it.
var ofForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

func (s ruleSent) prefix() string { return "rules[" + strconv.Itoa(s.at) + "]" }

func (v *visit) ruleFindings(s ruleSent, found []playlist.Problem) (map[string][]finding, int) {
	for _, p := range s.problems {
		p.Field = s.prefix() + "." + p.Field
		found = append([]playlist.Problem{p}, found...)
	}
	return v.programmeFindings(found, s.prefix(), ruleField)
}

func checkRule(v *visit) error {
	s, err := v.ruleSent()
	if err != nil {
		return err
	}
	found, err := v.Desk.CheckProgramme(v.ctx, s.Site.ID, s.Lists, s.Rules)
	if err != nil {
		return err
	}
	out := checked{Previews: []preview{}, Facts: map[string]string{}}
	var wrong int
	out.Problems, wrong = v.ruleFindings(s, found)
	if !slices.ContainsFunc(s.problems, func(p playlist.Problem) bool { return p.Field != "name" }) {
		out.Facts["words"] = v.told(s.programme, s.rule)
		out.Facts["clashes"] = v.clashing(s.programme, s.rule)
	}
	out.missing(nil)
	out.Summary = v.saving(wrong)
	return v.json(out)
}

// saving says whether a form can be saved.
func (v *visit) saving(wrong int) string {
	if wrong == 0 {
		return v.t("没有发现问题，可以保存。")
	}
	return v.t("保存前要处理 %d 处。", wrong)
}

// stopped is a rule that plays from today on no more. Everything else of it stays,
// so that another last day starts it again.
func stopped(r schedule.Rule, today schedule.Date) schedule.Rule {
	r.Until, r.Period = today.AddDays(-1), nil
	if r.From.After(r.Until) {
		r.From = r.Until
	}
	return r
}

func saveRule(v *visit) error {
	s, err := v.ruleSent()
	if err != nil {
		return err
	}
	if s.stale {
		return store.ErrConflict
	}
	if s.twice {
		return v.to("/programme/"+string(s.Site.ID), "done", "programme")
	}
	if v.form("do") == "delete" {
		s.Rules = slices.Delete(s.Rules, s.at, s.at+1)
		s.problems = nil
	}
	if v.form("do") == "stop" && s.was.ID != "" {
		s.Rules[s.at], s.problems = stopped(s.was, schedule.DateOf(v.local(v.Now()))), nil
	}
	again := func(found []playlist.Problem) error {
		s.form.ID = ""
		if v.r.PathValue("rule") != newRule {
			s.form.ID = s.rule.ID
		}
		r := s.rule
		r.ID = s.form.ID
		p := v.rulePage(s.programme, s.form, r)
		p.Problems, p.Wrong = v.ruleFindings(s, found)
		return v.refused("rule", p)
	}
	if len(s.problems) > 0 {
		found, err := v.Desk.CheckProgramme(v.ctx, s.Site.ID, s.Lists, s.Rules)
		if err != nil {
			return err
		}
		return again(found)
	}
	return v.saveProgramme(s.Site.ID, s.Lists, s.Rules, again)
}

package console

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/duty"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
)

// Bounds of the page: how many lines a section shows, how many notices are looked
// at to find those that the visitor may sign, after how many working days waiting
// is too long, and how far back a publication is followed.
const (
	todoShown    = 10
	todoLooked   = 200
	patience     = 2
	followedDays = 30
)

type todoPage struct {
	frame
	Day      string // today in words
	Sections []todoSection
	Write    bool
}

// todoSection is one heading of the page.
type todoSection struct {
	ID    string // of its place on the page; may be empty
	Name  string
	Lines []todoLine
	Count int // of all, the lines among them
	More  int // not shown
	All   string
}

// todoLine is one sentence, since when, and the next step.
type todoLine struct {
	Before, Title, After string // the sentence; Title is set off
	Since                string
	Tone                 string // of Since
	Path, Step           string
}

// todo gathers what waits for the visitor.
type todo struct {
	*visit
	whole string // the section that is shown to its end
	cal   *schedule.Calendar
	today schedule.Date
	scope []playlist.SiteID // nil: everywhere
	own   []dutyAt
}

func (v *visit) todo() (*todo, error) {
	cal, err := v.calendar()
	if err != nil {
		return nil, err
	}
	t := &todo{visit: v, whole: v.r.URL.Query().Get("all"), cal: cal, today: v.today()}
	if v.person.Site != "" {
		tree, err := v.sites()
		if err != nil {
			return nil, err
		}
		t.scope = tree.Subtree(v.person.Site)
	}
	return t, nil
}

func showTodo(v *visit) error {
	p := todoPage{frame: v.page(v.t("待办")), Day: v.fullDay(v.today()), Write: v.has(writes)}
	t, err := v.todo()
	if err != nil {
		return err
	}
	if t.own, err = v.ownDuties(); err != nil {
		return err
	}
	for _, section := range []func() (todoSection, error){t.toSign, t.returned, t.unfinished, t.overdue, t.ending, t.unseen, t.said} {
		s, err := section()
		if err != nil {
			return err
		}
		if s.Count > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	return v.show("todo", p)
}

// asRole is the role that signs in a capacity.
var asRole = map[review.Capacity]accounts.Role{
	review.FirstReview: accounts.FirstReviewer, review.SecondReview: accounts.SecondReviewer, review.SecrecyReview: accounts.Secrecy, review.Release: accounts.Releaser,
}

// waitsFor is a notice that waits for the visitor's signature.
type waitsFor struct {
	store.Notice
	As accounts.Principal // in whose place; zero for the visitor's own
}

// signable returns the notices that wait for the visitor's signature, his own or
// in the place of whom he stands in for today, those that wait longest first.
// more is how many there may be beyond those looked at.
func (t *todo) signable() (rows []waitsFor, more int, err error) {
	var stages []review.Stage
	for _, c := range review.Capacities[1:] {
		if t.person.May(asRole[c]) {
			stages = append(stages, review.Stage(c))
		}
	}
	if len(stages) == 0 {
		return nil, 0, nil
	}
	tree, err := t.sites()
	if err != nil {
		return nil, 0, err
	}
	f := store.TodoFilter{Stages: stages, Limit: todoLooked}
	if len(t.person.For) == 0 { // else it is looked at one by one
		f.Sites = t.scope
		if t.person.Department != "" {
			f.Departments = []store.DepartmentID{t.person.Department}
		}
	}
	all, err := t.Store.Waiting(t.ctx, f)
	if err != nil {
		return nil, 0, err
	}
	progress, err := t.Store.ProgressOf(t.ctx, idsOf(all))
	if err != nil {
		return nil, 0, err
	}
	for _, n := range all {
		as, _ := n.Stage.Capacity()
		who, ok := t.person.As(asRole[as], n, tree.PathIDs(n.Site))
		if ok && maySign(progress[n.ID], n, t.person.Login, as) && (who.Login == "" || maySign(progress[n.ID], n, who.Login, as)) {
			rows = append(rows, waitsFor{n, who})
		}
	}
	if len(all) == todoLooked {
		n, err := t.Store.CountWaiting(t.ctx, f)
		if err != nil {
			return nil, 0, err
		}
		more = n - todoLooked
	}
	return rows, more, nil
}

// maySign reports whether the policy lets a person sign next; signatures are
// checked where he does.
func maySign(p *store.Progress, n store.Notice, login string, as review.Capacity) bool {
	return p != nil && p.Policy != nil && p.Policy.May(p.Ref, p.Approvals, login, as) == nil && !(p.Policy.Keeps(review.Draft, as) && n.Author == login)
}

func idsOf(rows []store.Notice) []playlist.NoticeID {
	ids := make([]playlist.NoticeID, len(rows))
	for i, n := range rows {
		ids[i] = n.ID
	}
	return ids
}

// waitingTodo counts what waits for the visitor's hand, for the menu: what he is
// to sign and what came back to him.
func (v *visit) waitingTodo() int {
	t, err := v.todo() // the menu is no place to fail
	if err != nil {
		return 0
	}
	rows, more, err := t.signable()
	if err != nil {
		return 0
	}
	back, err := v.Store.CountWaiting(v.ctx, store.TodoFilter{Stages: []review.Stage{review.Returned}, Author: v.person.Login})
	if err != nil {
		return 0
	}
	return len(rows) + more + back
}

// Sections that are shown to their end when the page is asked for it.
const (
	wholeSign   = "sign"
	wholeEnding = "ending"
	wholeUnseen = "unseen"
)

// shown is how many lines of a section are shown.
func (t *todo) shown(section string) int {
	if section == t.whole {
		return todoLooked
	}
	return todoShown
}

// wholeSection is the section whose page is this one.
func (t *todo) wholeSection(which, name string, lines []todoLine, count int) todoSection {
	s := todoSection{Name: name, Lines: lines[:min(len(lines), t.shown(which))], Count: count, ID: which}
	if s.More = count - len(s.Lines); which != t.whole {
		s.All = "/todo?all=" + which + "#" + which
	}
	return s
}

// section cuts lines to what is shown.
func section(name string, lines []todoLine, count int, all string) todoSection {
	s := todoSection{Name: name, Lines: lines[:min(len(lines), todoShown)], Count: count, All: all}
	s.More = count - len(s.Lines)
	return s
}

func (t *todo) toSign() (todoSection, error) {
	rows, more, err := t.signable()
	if err != nil {
		return todoSection{}, err
	}
	var lines []todoLine
	names := map[string]string{}
	for _, n := range rows[:min(len(rows), t.shown(wholeSign))] {
		lines = append(lines, t.signLine(n, names))
	}
	return t.wholeSection(wholeSign, t.t("等您审核"), lines, len(rows)+more), nil
}

// signLine is the line of a notice that waits for the visitor's signature.
func (t *todo) signLine(n waitsFor, names map[string]string) todoLine {
	l := todoLine{Title: n.Title, After: t.t("%s起草，%s", t.nameOf(names, n.Author), t.siteName(n.Site)), Path: "/notices/" + string(n.ID) + "/review", Step: t.stageStep(n.Stage)}
	l.Since, l.Tone = t.waited(n.Since)
	if n.As.Login != "" {
		l.Before = t.t("代%s", n.As.Name)
	}
	return l
}

// nextToSign is what waits longest for the visitor's signature, nil for nothing: who
// has signed one notice goes on to the next without a way back.
func (v *visit) nextToSign() (*todoLine, error) {
	t, err := v.todo()
	if err != nil {
		return nil, err
	}
	rows, _, err := t.signable()
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	l := t.signLine(rows[0], map[string]string{})
	return &l, nil
}

// stageStep is the next step of whom a stage waits for.
func (v *visit) stageStep(s review.Stage) string {
	switch s {
	case review.Stage(review.FirstReview):
		return v.t("去初审")
	case review.Stage(review.SecondReview):
		return v.t("去复审")
	case review.Stage(review.SecrecyReview):
		return v.t("去作保密审查")
	case review.Stage(review.Release):
		return v.t("去发布")
	}
	return v.t("去看")
}

// stageWord is what a notice waits for.
func (v *visit) stageWord(s review.Stage) string {
	if c, ok := s.Capacity(); ok {
		return v.capacityName(c)
	}
	switch s {
	case review.Outside:
		return v.t("外部审查")
	case review.Returned:
		return v.t("起草人修改")
	}
	return string(s)
}

func (t *todo) returned() (todoSection, error) {
	f := store.TodoFilter{Stages: []review.Stage{review.Returned}, Author: t.person.Login, Limit: todoShown}
	rows, err := t.Store.Waiting(t.ctx, f)
	if err != nil || len(rows) == 0 {
		return todoSection{}, err
	}
	count, err := t.Store.CountWaiting(t.ctx, f)
	if err != nil {
		return todoSection{}, err
	}
	progress, err := t.Store.ProgressOf(t.ctx, idsOf(rows))
	if err != nil {
		return todoSection{}, err
	}
	var lines []todoLine
	for _, n := range rows {
		l := todoLine{Title: n.Title, Since: t.ago(n.Since), Tone: "bad", Path: "/notices/" + string(n.ID) + "/revise", Step: t.t("去修改")}
		if p := progress[n.ID]; p != nil && p.Returned != "" {
			l.After = t.t("%s退回：%s", t.loginName(p.By), p.Returned)
		}
		lines = append(lines, l)
	}
	return section(t.t("退回给您的"), lines, count, ""), nil
}

func (t *todo) unfinished() (todoSection, error) {
	if !t.has(writes) {
		return todoSection{}, nil
	}
	rows, count, err := t.Store.DraftsOf(t.ctx, t.person.Login, todoShown)
	if err != nil {
		return todoSection{}, err
	}
	kept, err := t.Store.AutosavesOf(t.ctx, t.person.Login, todoShown)
	if err != nil {
		return todoSection{}, err
	}
	var lines []todoLine
	for _, a := range kept {
		title := cmp.Or(a.Title, t.t("还没有标题"))
		lines = append(lines, todoLine{Title: title, After: t.t("没写完，已自动保存"), Since: t.ago(a.At), Path: t.resume(a), Step: t.t("接着写")})
	}
	for _, n := range rows {
		after := t.t("草稿")
		if n.Live > 0 {
			after = t.t("第 %d 版草稿，第 %d 版在屏上", n.Version, n.Live)
		}
		lines = append(lines, todoLine{Title: n.Title, After: after, Since: t.ago(n.Updated), Path: "/notices/" + string(n.ID), Step: t.t("接着办")})
	}
	return section(t.t("没写完的"), lines, count+len(kept), "/notices?status=draft"), nil
}

// resume is where text that was kept is gone on with.
func (v *visit) resume(a store.Autosave) string {
	return "/write/" + a.Kind + "?" + url.Values{"restore": {a.Form}}.Encode()
}

func (t *todo) overdue() (todoSection, error) {
	var lines []todoLine
	count := 0
	long := t.cal.AddWorkingDays(t.today, -patience).In(t.Zone)
	f := store.TodoFilter{Stages: []review.Stage{
		review.Stage(review.FirstReview), review.Stage(review.SecondReview), review.Stage(review.SecrecyReview), review.Stage(review.Release), review.Outside,
	}, Sites: t.scope, Before: long, Limit: todoShown}
	switch { // others' hands are slow: whose notice it is, and who answers for the office, should know
	case t.person.Has(accounts.Releaser, accounts.Auditor) && t.person.Department == "":
	case t.person.Has(accounts.Releaser, accounts.Auditor):
		f.Departments = []store.DepartmentID{t.person.Department}
	default:
		f.Author = t.person.Login
	}
	rows, err := t.Store.Waiting(t.ctx, f)
	if err != nil {
		return todoSection{}, err
	}
	if count = len(rows); count == todoShown {
		if count, err = t.Store.CountWaiting(t.ctx, f); err != nil {
			return todoSection{}, err
		}
	}
	for _, n := range rows {
		since, _ := t.waited(n.Since)
		lines = append(lines, todoLine{Title: n.Title, After: t.t("停在%s", t.stageWord(n.Stage)), Since: since, Tone: "bad", Path: "/notices/" + string(n.ID), Step: t.t("去看")})
	}
	var missed []dutyAt
	for _, d := range t.own {
		if !d.Missed() {
			continue
		}
		missed = append(missed, d)
	}
	duties := t.dutyLines(missed, "bad")
	lines = lines[:min(len(lines), todoShown-min(len(duties), todoShown/2))] // neither hides the other
	return section(t.t("已经超期"), append(lines, duties...), count+len(duties), "/columns?view=missed"), nil
}

// fewSites is how many sites that did not fill one column are told one by one.
const fewSites = 2

// dutyLines has a line for every column; where many sites are behind with one it
// is one line for them all.
func (t *todo) dutyLines(all []dutyAt, tone string) []todoLine {
	of := map[playlist.ColumnID]int{}
	for _, d := range all {
		of[d.Column.ID]++
	}
	var lines []todoLine
	told := map[playlist.ColumnID]bool{}
	for _, d := range all {
		n := of[d.Column.ID]
		switch {
		case n <= fewSites:
			lines = append(lines, t.dutyLine(d, tone))
		case !told[d.Column.ID]:
			told[d.Column.ID] = true
			l := t.dutyLine(d, tone)
			l.Before, l.After = t.t("栏目"), t.t("%d 个站点没有公开，%s", n, l.After)
			l.Path, l.Step = "/columns/"+string(d.Column.ID), t.t("看是哪些")
			lines = append(lines, l)
		}
	}
	return lines
}

func (t *todo) dutyLine(d dutyAt, tone string) todoLine {
	state, _ := t.standing(d.Standing)
	l := todoLine{Before: t.t("栏目"), Title: t.columnLabel(d.Column), After: t.dutyWords(d.Column), Since: state, Tone: tone, Path: writeFor(d.Column, d.Site), Step: t.t("写一条")}
	if d.Site != "" {
		l.Before = t.siteName(d.Site)
	}
	if !t.has(writes) {
		l.Path, l.Step = "/columns/"+string(d.Column.ID), t.t("去看")
	}
	return l
}

func (t *todo) ending() (todoSection, error) {
	now := t.Now()
	until := t.today.AddDays(8).In(t.Zone)
	rows, err := t.Store.EndingBetween(t.ctx, t.scope, t.person.Department, now, until, todoLooked)
	if err != nil {
		return todoSection{}, err
	}
	type end struct {
		at   time.Time
		line todoLine
	}
	var ends []end
	for _, e := range rows {
		l := todoLine{Title: e.Title, Path: "/notices/" + string(e.ID), Step: t.t("去看")}
		last := schedule.DateOf(t.local(e.At.Add(-time.Millisecond)))
		l.Since, l.Tone = t.dayFrom(last), "warn"
		if e.Posting {
			l.After = t.t("公示期最后一天")
		} else {
			l.After = t.t("最后一天显示")
		}
		ends = append(ends, end{e.At, l})
	}
	near := map[schedule.Date][]dutyAt{}
	for _, d := range t.own {
		if d.State == duty.Near {
			near[d.By] = append(near[d.By], d)
		}
	}
	for by, all := range near {
		tone := "warn"
		if all[0].Days <= duty.Last {
			tone = "bad"
		}
		for _, l := range t.dutyLines(all, tone) {
			ends = append(ends, end{by.AddDays(1).In(t.Zone), l})
		}
	}
	slices.SortStableFunc(ends, func(a, b end) int { return a.at.Compare(b.at) })
	var lines []todoLine
	for _, e := range ends {
		lines = append(lines, e.line)
	}
	return t.wholeSection(wholeEnding, t.t("快到期的"), lines, len(ends)), nil
}

func (t *todo) unseen() (todoSection, error) {
	rows, err := t.Store.ReleasedSince(t.ctx, t.scope, t.person.Department, t.Now().AddDate(0, 0, -followedDays), todoLooked)
	if err != nil || len(rows) == 0 {
		return todoSection{}, err
	}
	lag, err := t.Fleet.Lagging(t.ctx)
	if err != nil {
		return todoSection{}, err
	}
	var lines []todoLine
	for _, n := range rows {
		if !n.NotAfter.IsZero() && !t.Now().Before(n.NotAfter) {
			continue
		}
		waiting, offline, since := lag.Of(n.Channel(), n.Edition)
		if waiting == 0 {
			continue
		}
		l := todoLine{Title: n.Title, After: t.t("还有 %d 块屏没收到", waiting), Since: t.ago(n.Published), Path: "/notices/" + string(n.ID) + "#screens", Step: t.t("看是哪些")}
		if offline > 0 {
			l.After, l.Tone = t.t("还有 %d 块屏没收到，其中 %d 块离线，最早从 %s 起", waiting, offline, t.clock(since)), "warn"
		}
		lines = append(lines, l)
	}
	return t.wholeSection(wholeUnseen, t.t("发布了还没有全部到屏"), lines, len(lines)), nil
}

func (t *todo) said() (todoSection, error) {
	if !t.has(answers) {
		return todoSection{}, nil
	}
	n := t.waitingVoices()
	if n == 0 {
		return todoSection{}, nil
	}
	f, err := t.watched()
	if err != nil {
		return todoSection{}, err
	}
	f.State, f.Urgent, f.Limit = store.VoiceNew, true, 1
	first, err := t.Store.Voices(t.ctx, f)
	if err != nil {
		return todoSection{}, err
	}
	l := todoLine{Title: t.t("%d 条意见和异议等答复", n), Path: "/voices?state=new", Step: t.t("去答复")}
	if len(first) > 0 {
		l.Since = t.t("最急的：%s收到", t.ago(first[0].Received))
	}
	s := section(t.t("群众意见"), []todoLine{l}, n, "")
	s.More = 0
	return s, nil
}

// waited is how many working days something waits, and whether that is too long.
func (t *todo) waited(since time.Time) (text, tone string) {
	from := schedule.DateOf(t.local(since))
	n := t.cal.WorkingDaysBetween(from, t.today)
	switch {
	case from == t.today:
		return t.t("今天 %s 送来", t.local(since).Format("15:04")), ""
	case n <= patience:
		return t.t("%s送来", t.clock(since)), ""
	}
	return t.t("等了 %d 个工作日", n), "bad"
}

// dayFrom writes a day as it is said today.
func (t *todo) dayFrom(d schedule.Date) string {
	switch d.DaysSince(t.today) {
	case 0:
		return t.t("今天")
	case 1:
		return t.t("明天")
	}
	return t.day(d)
}

// loginName is the name of a person as people read it.
func (v *visit) loginName(login string) string {
	if a, err := v.Store.AccountByLogin(v.ctx, login); err == nil {
		return a.Name
	}
	return v.actor(login)
}

// nameOf is loginName, asked once of each login; names keeps the answers.
func (v *visit) nameOf(names map[string]string, login string) string {
	name, ok := names[login]
	if !ok {
		name = v.loginName(login)
		names[login] = name
	}
	return name
}

// fullDay writes a day with its weekday.
func (v *visit) fullDay(d schedule.Date) string {
	if v.lang == english {
		return d.In(time.UTC).Format("Monday 2 January 2006")
	}
	return d.Chinese() + " 星期" + []string{"日", "一", "二", "三", "四", "五", "六"}[d.Weekday()]
}

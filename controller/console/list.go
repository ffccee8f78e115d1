package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/scene/led"
)

// listForm is the form of a playlist, as it was typed.
type listForm struct {
	ID        string // empty for a new one
	Was, Once string
	Name      string
	Rows      []listItem
	Latest    string // how many of the newest
	Kinds     []string
	Column    string
}

// listItem is one notice that a playlist may hold.
type listItem struct {
	Notice      playlist.NoticeID
	Title, Kind string
	Changed     string // the day
	Order       string // its place; empty is not on the list
	Dwell       string // seconds; empty lets the text decide
}

type listPage struct {
	frame
	Site     playlist.Site
	SiteName string
	Form     listForm
	Path     string
	Kinds    []choice
	Columns  []option
	Problems map[string][]finding
	Wrong    int
	Words    string
	Rules    int  // that play it
	More     bool // older notices are not listed
}

// keptColumns stands for the columns of a playlist that names several.
const keptColumns = "*"

var listKinds = []playlist.Kind{playlist.KindAnnouncement, playlist.KindFund, playlist.KindGuide, playlist.KindMedia, playlist.KindRoster}

func listForming(v *visit) error {
	it, err := v.programme()
	if err != nil {
		return err
	}
	if err := v.reach(it.Site.ID); err != nil {
		return err
	}
	l, _, err := it.listOf(v.r.PathValue("list"))
	if err != nil {
		return err
	}
	f := listFormOf(l)
	f.Once, f.Was = newOnce(), mark(l)
	p, err := v.listPage(it, f, l)
	if err != nil {
		return err
	}
	return v.show("list", p)
}

// listOf finds a playlist, and its place; a new one is empty and has none.
func (it programme) listOf(id string) (playlist.Playlist, int, error) {
	if id == newRule {
		return playlist.Playlist{}, -1, nil
	}
	for i, l := range it.Lists {
		if l.ID == id {
			return l, i, nil
		}
	}
	return playlist.Playlist{}, -1, store.ErrNotFound
}

// listFormOf fills the form from a playlist.
func listFormOf(l playlist.Playlist) listForm {
	f := listForm{ID: l.ID, Name: l.Name}
	for i, item := range l.Items {
		row := listItem{Notice: item.Notice, Order: strconv.Itoa(i + 1)}
		if item.Dwell > 0 {
			row.Dwell = strconv.Itoa(item.Dwell)
		}
		f.Rows = append(f.Rows, row)
	}
	if s := l.Latest; s != nil {
		f.Latest = strconv.Itoa(s.Count)
		for _, k := range s.Kinds {
			f.Kinds = append(f.Kinds, string(k))
		}
		switch len(s.Columns) {
		case 0:
		case 1:
			f.Column = string(s.Columns[0])
		default:
			f.Column = keptColumns
		}
	}
	return f
}

// readList reads the form as it was sent.
func (v *visit) readList() listForm {
	f := listForm{Was: v.form("was"), Once: v.form("once"), Name: v.form("name"), Latest: v.form("latest"), Kinds: v.r.PostForm["kind"], Column: v.form("column")}
	for name := range v.r.PostForm {
		id, ok := strings.CutPrefix(name, "order-")
		row := listItem{Notice: playlist.NoticeID(id), Order: v.form(name), Dwell: v.form("dwell-" + id)}
		if ok && (row.Order != "" || row.Dwell != "") {
			f.Rows = append(f.Rows, row)
		}
	}
	slices.SortFunc(f.Rows, func(a, b listItem) int { return cmp.Compare(a.Notice, b.Notice) })
	slices.SortStableFunc(f.Rows, func(a, b listItem) int {
		x, _ := strconv.ParseFloat(numeral(a.Order), 64) // what cannot be read comes first and is told
		y, _ := strconv.ParseFloat(numeral(b.Order), 64)
		return cmp.Compare(x, y)
	})
	return f
}

// list reads the form into a playlist; base is what is changed.
func (f listForm) list(base playlist.Playlist) (playlist.Playlist, []playlist.Problem) {
	var problems []playlist.Problem
	wrong := func(field, zh, en string) {
		problems = append(problems, playlist.Problem{Field: field, Code: "invalid", Message: zh, MessageEn: en, Severity: playlist.Wrong})
	}
	l := playlist.Playlist{ID: base.ID, Name: f.Name}
	for _, row := range f.Rows {
		item := playlist.Item{Notice: row.Notice}
		if _, err := strconv.ParseFloat(numeral(row.Order), 64); err != nil {
			if row.Order != "" {
				wrong("items", "次序应为数字："+row.Order, "an order is a number")
			}
			continue
		}
		if row.Dwell != "" {
			n, err := strconv.Atoi(numeral(row.Dwell))
			if err != nil {
				wrong("items", "秒数应为整数："+row.Dwell, "seconds are a whole number")
			}
			item.Dwell = n
		}
		l.Items = append(l.Items, item)
	}
	if f.Latest != "" && f.Latest != "0" {
		n, err := strconv.Atoi(numeral(f.Latest))
		if err != nil {
			wrong("latest", "条数应为整数", "how many is a whole number")
		}
		l.Latest = &playlist.Select{Count: n}
		for _, k := range f.Kinds {
			l.Latest.Kinds = append(l.Latest.Kinds, playlist.Kind(k))
		}
		switch f.Column {
		case "":
		case keptColumns:
			if base.Latest != nil {
				l.Latest.Columns = base.Latest.Columns
			}
		default:
			l.Latest.Columns = []playlist.ColumnID{playlist.ColumnID(f.Column)}
		}
	}
	if len(l.Items) == 0 && l.Latest == nil {
		wrong("items", "播放单是空的：给要播的内容填上次序，或者写“最新几条”", "the playlist is empty: give an order to what is to play, or say how many of the newest")
	}
	return l, problems
}

// listPage makes the page around a form; l is what the form says.
func (v *visit) listPage(it programme, f listForm, l playlist.Playlist) (listPage, error) {
	title := v.t("改播放单")
	if v.r.PathValue("list") == newRule {
		title = v.t("加一个播放单")
	}
	p := listPage{
		frame: v.page(title), Site: it.Site, SiteName: v.siteLabel(it.Site), Form: f,
		Path: "/programme/" + string(it.Site.ID) + "/lists/" + v.r.PathValue("list"),
	}
	if err := v.listRows(&p); err != nil {
		return p, err
	}
	for _, k := range listKinds {
		p.Kinds = append(p.Kinds, choice{Value: string(k), Label: v.kindName(k), Chosen: slices.Contains(f.Kinds, string(k))})
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return p, err
	}
	p.Columns = v.columnOptions(columns, playlist.ColumnID(f.Column))
	if f.Column == keptColumns {
		p.Columns = append([]option{{Value: keptColumns, Label: v.t("原来的几个栏目"), Chosen: true}}, p.Columns...)
	}
	for _, r := range it.Rules {
		if l.ID != "" && r.Playlist == l.ID {
			p.Rules++
		}
	}
	p.Words, err = v.listTold(it, l)
	return p, err
}

// mostRows is how many notices a playlist can be chosen from; the newest.
const mostRows = 300

// listRows adds to the notices of a form those that it may yet name.
func (v *visit) listRows(p *listPage) error {
	item := func(n store.Notice) listItem {
		return listItem{Notice: n.ID, Title: n.Title, Kind: v.kindName(n.Kind), Changed: v.local(n.Updated).Format("2006-01-02")}
	}
	chosen := map[playlist.NoticeID]bool{}
	for i, r := range p.Form.Rows {
		chosen[r.Notice] = true
		p.Form.Rows[i].Title = string(r.Notice)
		if n, err := v.noticeRow(r.Notice); err == nil {
			known := item(n)
			p.Form.Rows[i].Title, p.Form.Rows[i].Kind, p.Form.Rows[i].Changed = known.Title, known.Kind, known.Changed
		}
	}
	sees, err := v.viewer()
	if err != nil {
		return err
	}
	rows, err := v.Store.Notices(v.ctx, store.NoticeFilter{Viewer: sees, Sites: []playlist.SiteID{p.Site.ID}, Status: store.Published, Limit: mostRows})
	if err != nil {
		return err
	}
	p.More = len(rows) == mostRows
	for _, n := range rows {
		if !chosen[n.ID] && n.Kind != playlist.KindAlert {
			p.Form.Rows = append(p.Form.Rows, item(n))
		}
	}
	return nil
}

// listTold says how long the fixed items of a playlist take on each size of board
// that the site reaches.
func (v *visit) listTold(it programme, l playlist.Playlist) (string, error) {
	targets, err := v.targets(it.Site.ID)
	if err != nil || len(l.Items) == 0 {
		return v.t("共 %d 条固定内容。", len(l.Items)), err
	}
	notices := map[playlist.NoticeID]*playlist.Notice{}
	for _, item := range l.Items {
		row, err := v.noticeRow(item.Notice)
		if err != nil || row.Live == 0 {
			continue // the check tells
		}
		ver, err := v.Store.NoticeVersion(v.ctx, item.Notice, row.Live)
		if err != nil {
			return "", err
		}
		if notices[item.Notice], err = ver.Decode(); err != nil {
			return "", err
		}
	}
	var parts []string
	for _, t := range targets {
		if t.Screen.Kind != playlist.LED {
			continue
		}
		pace := led.Pace(v.settingsOf(t.Screen))
		var total time.Duration
		for _, item := range l.Items {
			switch n := notices[item.Notice]; {
			case item.Dwell > 0:
				total += time.Duration(item.Dwell) * time.Second
			case n != nil:
				total += pace(n, n.Exposes() && t.Outdoor)
			}
		}
		part := v.t("在 %s 的 LED 屏上 %s", panelText(t.Screen.Panel), v.minutes(total))
		if total > playlist.MaxCycle {
			part += v.t("（放不下）")
		}
		parts = append(parts, part)
	}
	return v.t("共 %d 条固定内容。", len(l.Items)) + v.t("走一遍：%s；每块屏的一轮最多 3 分钟。", strings.Join(parts, v.t("，"))), nil
}

// listField maps the fields of a playlist to those of its form.
func listField(field string) string {
	name, _, _ := strings.Cut(field, "[")
	name, _, _ = strings.Cut(name, ".")
	switch name {
	case "items", "latest", "name":
		return name
	}
	return ""
}

// listSent is a form of a playlist that was sent, with the programme as it would
// be.
type listSent struct {
	programme
	form     listForm
	list     playlist.Playlist
	at       int // of the playlist in Lists
	problems []playlist.Problem
	stale    bool
	twice    bool // this very form has added it already, with the same in it
}

func (v *visit) listSent() (listSent, error) {
	var s listSent
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
	base, at, err := it.listOf(v.r.PathValue("list"))
	if err != nil {
		return s, err
	}
	s.programme, s.at, s.form = it, at, v.readList()
	s.stale = at >= 0 && mark(base) != s.form.Was
	s.form.ID = base.ID
	s.list, s.problems = s.form.list(base)
	s.Lists = slices.Clone(it.Lists)
	if at < 0 {
		s.list.ID = newID("list", s.form.Once)
		s.Lists, s.at, s.twice = added(v, s.Lists, s.list, func(l playlist.Playlist) bool { return l.ID == s.list.ID })
	} else {
		s.Lists[at] = s.list
	}
	return s, nil
}

func (v *visit) listFindings(s listSent, found []playlist.Problem) (map[string][]finding, int) {
	prefix := "playlists[" + strconv.Itoa(s.at) + "]"
	for _, p := range s.problems {
		p.Field = prefix + "." + p.Field
		found = append([]playlist.Problem{p}, found...)
	}
	return v.programmeFindings(found, prefix, listField)
}

func checkList(v *visit) error {
	s, err := v.listSent()
	if err != nil {
		return err
	}
	found, err := v.Desk.CheckProgramme(v.ctx, s.Site.ID, s.Lists, s.Rules)
	if err != nil {
		return err
	}
	out := checked{Previews: []preview{}, Facts: map[string]string{}}
	var wrong int
	out.Problems, wrong = v.listFindings(s, found)
	if out.Facts["words"], err = v.listTold(s.programme, s.list); err != nil {
		return err
	}
	out.missing(nil)
	out.Summary = v.saving(wrong)
	return v.json(out)
}

func saveList(v *visit) error {
	s, err := v.listSent()
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
		s.Lists = slices.Delete(s.Lists, s.at, s.at+1)
		s.problems = nil
	}
	again := func(found []playlist.Problem) error {
		p, err := v.listPage(s.programme, s.form, s.list)
		if err != nil {
			return err
		}
		p.Problems, p.Wrong = v.listFindings(s, found)
		return v.refused("list", p)
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

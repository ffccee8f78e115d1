package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// writing is the form of an announcement, every field as it was typed.
type writing struct {
	ID      string
	Version string // that the revision is based on
	Once    string

	Site, Column, Genre      string
	Title, Issuer, Document  string
	Summary, Text, LED       string
	Hotline, Issued          string
	From, Until              string // not before and not after, 2026-11-22T09:00
	PostingFrom, PostingDays string
	PostingWorking           bool
	Objection                string
	Sensitive                bool
	Urgent                   bool
}

type writePage struct {
	frame
	Form     writing
	Sites    []option
	Columns  []option
	Genres   []string
	Problems map[string][]finding // by the form's field
	Wrong    int                  // how many stop publication
	Conflict bool                 // somebody changed it meanwhile
	Previews []preview
	Revising bool
	Release  bool // may publish, not only save
}

// finding is a problem as it stands beside its field.
type finding struct {
	Text string `json:"text"`
	Stop bool   `json:"stop"`
}

var genres = []string{"通知", "公告", "通告", "公示", "通报", "解读"}

const dayTime = "2006-01-02T15:04"

func (v *visit) writing() writing {
	return writing{
		ID: v.form("id"), Version: v.form("version"), Once: v.form("once"),
		Site: v.form("site"), Column: v.form("column"), Genre: v.form("genre"),
		Title: v.form("title"), Issuer: v.form("issuer"), Document: v.form("document"),
		Summary: v.form("summary"), Text: strings.ReplaceAll(v.r.PostFormValue("text"), "\r\n", "\n"), LED: v.form("led"),
		Hotline: v.form("hotline"), Issued: v.form("issued"), From: v.form("from"), Until: v.form("until"),
		PostingFrom: v.form("posting_from"), PostingDays: v.form("posting_days"), PostingWorking: v.form("posting_working") != "",
		Objection: v.form("objection"), Sensitive: v.form("sensitive") != "", Urgent: v.form("urgent") != "",
	}
}

// notice reads the form into a notice. base is what is revised, nil for a new
// one; what the form does not show is kept. problems are about what was typed
// and cannot be read.
func (v *visit) notice(f writing, base *playlist.Notice) (playlist.Notice, []int, []playlist.Problem) {
	n := playlist.Notice{Kind: playlist.KindAnnouncement, Announcement: &playlist.Announcement{}}
	if base != nil {
		n = *base
		a := *base.Announcement
		n.Announcement = &a
	}
	n.ID, n.Site, n.Column = playlist.NoticeID(f.ID), playlist.SiteID(f.Site), playlist.ColumnID(f.Column)
	n.Title, n.Issuer, n.Document, n.Summary, n.LED = f.Title, f.Issuer, f.Document, f.Summary, f.LED
	n.Hotline, n.Sensitive, n.Urgent = f.Hotline, f.Sensitive, f.Urgent
	n.Announcement.Genre = f.Genre
	var lines []int
	n.Announcement.Blocks, lines = blocksOf(f.Text, len(n.Pictures))
	var problems []playlist.Problem
	wrong := func(field, zh, en string) {
		problems = append(problems, playlist.Problem{Field: field, Code: "invalid", Message: zh, MessageEn: en, Severity: playlist.Wrong})
	}
	date := func(field, text string) (d schedule.Date) {
		if text == "" {
			return d
		}
		d, err := schedule.ParseDate(text)
		if err != nil {
			wrong(field, "日期应写成 2026-11-22", "a date is written 2026-11-22")
		}
		return d
	}
	instant := func(field, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(dayTime, strings.Replace(text, " ", "T", 1), v.Zone)
		if err != nil {
			wrong(field, "时间应写成 2026-11-22 09:00", "a time is written 2026-11-22 09:00")
			return time.Time{}
		}
		return t.UTC()
	}
	n.Issued = date("issued", f.Issued)
	n.NotBefore, n.NotAfter = instant("not_before", f.From), instant("not_after", f.Until)
	n.Posting = nil
	if f.PostingDays != "" {
		days, err := strconv.Atoi(f.PostingDays)
		if err != nil {
			wrong("posting.days", "天数应为整数", "the days are a whole number")
		}
		n.Posting = &playlist.Posting{From: date("posting.from", f.PostingFrom), Days: days, Working: f.PostingWorking, Objection: f.Objection}
	}
	if f.Version != "" {
		n.Version, _ = strconv.Atoi(f.Version) // the form's own; 0 makes a conflict be found
	}
	return n, lines, problems
}

// writingOf fills the form from a notice.
func (v *visit) writingOf(n *playlist.Notice) writing {
	instant := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return v.local(t).Format(dayTime)
	}
	f := writing{
		ID: string(n.ID), Version: strconv.Itoa(n.Version), Once: newOnce(),
		Site: string(n.Site), Column: string(n.Column), Genre: n.Announcement.Genre,
		Title: n.Title, Issuer: n.Issuer, Document: n.Document, Summary: n.Summary, Text: textOf(n.Announcement.Blocks), LED: n.LED,
		Hotline: n.Hotline, Issued: n.Issued.String(), From: instant(n.NotBefore), Until: instant(n.NotAfter), Sensitive: n.Sensitive, Urgent: n.Urgent,
	}
	if p := n.Posting; p != nil {
		f.PostingFrom, f.PostingDays, f.PostingWorking, f.Objection = p.From.String(), strconv.Itoa(p.Days), p.Working, p.Objection
	}
	return f
}

// fieldOf maps the fields of a notice to those of the form.
var fieldOf = map[string]string{
	"not_before": "from", "not_after": "until", "posting.from": "posting_from", "posting.days": "posting_days",
	"posting.objection": "objection", "announcement.genre": "genre", "id": "title", "version": "title", "kind": "title",
}

var blockField = regexp.MustCompile(`^announcement\.blocks\[(\d+)\]`)

// findings sorts problems by the form's field. A problem of a paragraph names
// its line.
func (v *visit) findings(problems []playlist.Problem, lines []int) (map[string][]finding, int) {
	out := map[string][]finding{}
	wrong := 0
	for _, p := range problems {
		field, text := p.Field, v.problem(p)
		if m := blockField.FindStringSubmatch(p.Field); m != nil {
			field = "text"
			if i, _ := strconv.Atoi(m[1]); i < len(lines) {
				text = v.t("第 %d 行：", lines[i]+1) + text
			}
		} else if strings.HasPrefix(p.Field, "announcement.blocks") {
			field = "text"
		} else if to, ok := fieldOf[p.Field]; ok {
			field = to
		}
		out[field] = append(out[field], finding{Text: text, Stop: p.Severity == playlist.Wrong})
		if p.Severity == playlist.Wrong {
			wrong++
		}
	}
	return out, wrong
}

// writePage makes the page around a form.
func (v *visit) writePage(f writing) (writePage, error) {
	title := v.t("发布公告")
	if f.ID != "" {
		title = v.t("修改公告")
	}
	p := writePage{frame: v.page(title), Form: f, Genres: genres, Revising: f.ID != "", Release: v.has(releases)}
	sites, err := v.own()
	if err != nil {
		return p, err
	}
	p.Sites = v.siteOptions(sites, playlist.SiteID(f.Site))
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return p, err
	}
	p.Columns = v.columnOptions(columns, playlist.ColumnID(f.Column))
	base, err := v.base(f)
	if err != nil {
		return p, err
	}
	n, _, _ := v.notice(f, base)
	p.Previews, err = v.previews(n.Site, "/write/preview.png", &n, v.label)
	return p, err
}

func writeForm(v *visit) error {
	f := writing{Once: newOnce(), Genre: genres[0], Issued: schedule.DateOf(v.local(v.Now())).String()}
	sites, err := v.own()
	if err != nil {
		return err
	}
	for _, s := range sites {
		if f.Site == "" || string(v.person.Site) == string(s.ID) {
			f.Site, f.Issuer, f.Hotline = string(s.ID), v.Office, s.Hotline
		}
	}
	p, err := v.writePage(f)
	if err != nil {
		return err
	}
	return v.show("write", p)
}

// reviseForm opens the newest version of an announcement.
func reviseForm(v *visit) error {
	row, n, err := v.newest()
	if err != nil {
		return err
	}
	if err := v.reach(row.Site); err != nil {
		return err
	}
	if n.Announcement == nil {
		return store.ErrNotFound
	}
	p, err := v.writePage(v.writingOf(n))
	if err != nil {
		return err
	}
	return v.show("write", p)
}

// base returns the newest version of what a form revises, nil for a new notice.
func (v *visit) base(f writing) (*playlist.Notice, error) {
	if f.ID == "" {
		return nil, nil
	}
	id, err := playlist.ParseNoticeID(f.ID)
	if err != nil {
		return nil, store.ErrNotFound
	}
	row, err := v.Store.Notice(v.ctx, id)
	if err != nil {
		return nil, err
	}
	ver, err := v.Store.NoticeVersion(v.ctx, id, row.Version)
	if err != nil {
		return nil, err
	}
	n, err := ver.Decode()
	if err == nil && n.Announcement == nil {
		err = store.ErrNotFound
	}
	return n, err
}

// check reads the form that was sent and says what is wrong with it.
func (v *visit) check() (f writing, n playlist.Notice, lines []int, problems []playlist.Problem, err error) {
	if err = v.r.ParseForm(); err != nil {
		return
	}
	f = v.writing()
	var base *playlist.Notice
	if base, err = v.base(f); err != nil {
		return
	}
	n, lines, problems = v.notice(f, base)
	found, err := v.Desk.Check(v.ctx, n)
	return f, n, lines, append(problems, found...), err
}

// write saves or publishes. What is wrong stands beside the fields, with all
// that was typed.
func write(v *visit) error {
	f, n, lines, problems, err := v.check()
	if err != nil {
		return err
	}
	if err := v.reach(n.Site); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	draft := v.form("do") == "draft" || !v.has(releases)
	again := func(problems []playlist.Problem, conflict bool) error {
		p, err := v.writePage(f)
		if err != nil {
			return err
		}
		p.Problems, p.Wrong = v.findings(problems, lines)
		p.Conflict = conflict
		status := http.StatusUnprocessableEntity
		if conflict {
			status = http.StatusConflict
		}
		return v.showAs(status, "write", p)
	}
	if playlist.HasErrors(problems) && !draft || n.Site == "" || v.reach(n.Site) != nil || unreadable(problems) {
		return again(problems, false)
	}
	if draft {
		saved, _, err := v.Desk.Draft(v.ctx, v.who(), n)
		switch {
		case errors.Is(err, store.ErrConflict):
			return again(problems, true)
		case err != nil:
			return err
		}
		return v.to("/notices/"+string(saved.ID), "done", "draft")
	}
	receipt, err := v.Desk.Publish(v.ctx, v.who(), n)
	var invalid *publish.Invalid
	switch {
	case errors.As(err, &invalid):
		return again(invalid.Problems, false)
	case errors.Is(err, store.ErrConflict):
		return again(problems, true)
	case errors.Is(err, publish.ErrSecondPerson):
		return v.to("/notices/"+string(receipt.Notice), "done", "draft")
	case err != nil:
		return err
	}
	return v.to("/notices/"+string(receipt.Notice), "done", "published")
}

// unreadable reports whether something was typed that a draft cannot keep.
func unreadable(problems []playlist.Problem) bool {
	for _, p := range problems {
		if p.Code == "invalid" || p.Code == "control" {
			return true
		}
	}
	return false
}

// checked is what a script asks while someone types.
type checked struct {
	Problems map[string][]finding `json:"problems"`
	Previews []preview            `json:"previews"`
	Missing  []string             `json:"missing"` // characters that no typeface has
	Summary  string               `json:"summary"`
	Facts    map[string]string    `json:"facts"` // what is told beside a field
}

func checkWriting(v *visit) error {
	_, n, lines, problems, err := v.check()
	if err != nil {
		return err
	}
	out := checked{}
	var wrong int
	out.Problems, wrong = v.findings(problems, lines)
	if out.Previews, err = v.previews(n.Site, "/write/preview.png", &n, v.label); err != nil {
		return err
	}
	v.onBoards(&out, &n)
	out.missing(v.Desk.Missing(n.PlainText()))
	out.Summary = v.summary(wrong)
	return v.json(out)
}

func (v *visit) summary(wrong int) string {
	if wrong == 0 {
		return v.t("没有发现问题，可以发布。")
	}
	return v.t("发布前要处理 %d 处。", wrong)
}

func (c *checked) missing(runes []rune) {
	c.Missing = []string{}
	for _, r := range runes {
		c.Missing = append(c.Missing, fmt.Sprintf("%c (U+%04X)", r, r)) // the browser may not have it either
	}
}

func previewWriting(v *visit) error {
	_, n, _, _, err := v.check()
	if err != nil {
		return err
	}
	return v.drawNotice(n)
}

// json answers a script.
func (v *visit) json(data any) error {
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(v.w).Encode(data); err != nil && v.ctx.Err() == nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	return nil
}

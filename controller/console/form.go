package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
)

// kindForm is the form in which notices of one kind are written. What all forms
// have in common (title, site, column, issuer, dates, posting period, hotline,
// text for boards, findings, previews, saving) is in write.go and the template
// writing.html; a kindForm adds the fields of its kind.
//
// To add a form: make a file form_<name>.go with a function that returns it, put
// it into kindForms below, and make templates/write_<name>.html that defines "content" as
// {{template "writing" .}} and "own fields" with the inputs of the kind: each in a
// <label data-field="NAME"> with the input NAME, its value {{.Form.Get "NAME"}}
// and {{template "findings" index .Problems "NAME"}} at the end. What the template
// needs beyond the typed fields is what view returns, as .Own. Fields keep what
// was typed, as text, until read makes a notice of it, so nothing typed is lost
// on an error and a form that was saved by itself comes back as it was.
type kindForm struct {
	name  string        // in the address: /write/name
	kind  playlist.Kind // of the notices that it writes
	page  string        // its template, without .html
	words func(v *visit) formWords
	// without lists parts of the common form that it does not have: title, summary,
	// document, posting, led, hotline, urgent, sensitive.
	without []string
	// takes tells whether it is the form for a notice of its kind; nil means yes.
	takes func(n *playlist.Notice) bool
	// fresh fills a new form; site, issuer, issued and hotline are in already.
	fresh func(v *visit, f fields)
	// fill fills the form from a notice; the common fields are in already.
	fill func(v *visit, f fields, n *playlist.Notice)
	// read puts the fields into a notice: a new one, or a copy of what is revised,
	// of which the body must be copied before it is changed. The common fields are
	// in already. It returns what was typed and cannot be read: see invalid.
	read func(v *visit, f fields, n *playlist.Notice) []playlist.Problem
	// field maps the field of a problem to the input it stands beside and to a
	// text that goes before it (第 3 行：); ok is false for fields that are not the
	// kind's own.
	field func(v *visit, f fields, path string) (input, before string, ok bool)
	// pictures says that the form has pictures: its template puts {{template
	// "pictures" .}} where they belong.
	pictures bool
	// view is what the template needs beside the fields; may be nil. n is what read
	// made of them.
	view func(v *visit, f fields, n *playlist.Notice) (any, error)
	// find adds what only the form can find to what the desk found; may be nil.
	find func(v *visit, f fields, n *playlist.Notice, found []playlist.Problem) ([]playlist.Problem, error)
	// mends says where in an input problems are and what mends them, parallel to
	// the problems; may be nil.
	mends func(v *visit, f fields, problems []playlist.Problem) []mending
	// act does what a button of the form's own asks for: it changes the fields, of
	// which the page is shown again, or answers itself and returns answered. Buttons
	// that are not its own it leaves alone. May be nil.
	act func(v *visit, f fields, n *playlist.Notice, do string) (acted, error)
	// tell adds to what a script is told while someone types; may be nil.
	tell func(v *visit, f fields, n *playlist.Notice, out *checked)
}

// acted is what became of a button.
type acted int

const (
	notMine  acted = iota // another button
	changed               // the fields are other ones now
	answered              // the page was sent
)

// mending is the place of a problem within its input and what mends it.
type mending struct {
	Place string
	Mends []mend
}

// mend is a button that puts a finding right.
type mend struct {
	Do    string `json:"do"`
	Label string `json:"label"`
}

// formWords is how a form is called.
type formWords struct {
	Name     string // 通知公告, as in: 写通知公告
	Sentence string // what belongs into it
}

// kindForms is the list of all, in the order in which they are offered.
func kindForms() []*kindForm {
	return []*kindForm{announcementForm(), guideForm(), fundForm(), mediaForm(), ledForm(), rosterForm()}
}

// formOf finds the form of the address.
func formOf(name string) (*kindForm, bool) {
	for _, k := range kindForms() {
		if k.name == name {
			return k, true
		}
	}
	return nil, false
}

// formFor finds the form that revises a notice, nil if there is none: one that
// takes just such notices before one that takes all of the kind.
func formFor(n *playlist.Notice) *kindForm {
	var out *kindForm
	for _, k := range kindForms() {
		switch {
		case k.kind != n.Kind:
		case k.takes != nil && k.takes(n):
			return k
		case k.takes == nil && out == nil:
			out = k
		}
	}
	return out
}

// fields is a form as it was typed: every field by its name.
type fields struct{ url.Values }

// text is a field without space around it.
func (f fields) text(name string) string { return strings.TrimSpace(f.Get(name)) }

// notFields are sent with a form and are no part of what is typed.
var notFields = []string{"do", "fix", "files", "failed", "enter", "writer"}

// fields reads what was sent.
func (v *visit) fields() (fields, error) {
	if err := v.parse(); err != nil {
		return fields{}, err
	}
	f := fields{url.Values{}}
	for name, values := range v.r.PostForm {
		if slices.Contains(notFields, name) {
			continue
		}
		for _, text := range values {
			f.Add(name, strings.ReplaceAll(text, "\r\n", "\n"))
		}
	}
	if button := v.r.PostForm.Get("fix"); button != "" {
		f.mend(button)
	}
	return f, nil
}

// parse reads a posted form of either encoding, once. What cannot be read is
// errForm. What was typed is text afterwards, whatever bytes were sent.
func (v *visit) parse() error {
	if v.r.MultipartForm != nil {
		return nil
	}
	err := v.r.ParseForm()
	if err == nil && multipartForm(v.r) {
		err = v.r.ParseMultipartForm(inMemory)
	}
	if _, big := errors.AsType[*http.MaxBytesError](err); err != nil && !big && !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("read a form: %w: %w", errForm, err)
	}
	asText(v.r.PostForm)
	asText(v.r.Form)
	return err
}

// asText replaces what is no text in fields and their names.
func asText(form url.Values) {
	for name, values := range form {
		for i := range values {
			values[i] = textOnly(values[i])
		}
		if clean := textOnly(name); clean != name {
			delete(form, name)
			form[clean] = append(form[clean], values...)
		}
	}
}

// textOnly replaces bytes that are not UTF-8, and NUL, which no page can show
// and no other database would take.
func textOnly(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// multipartForm tells whether a form came with files.
func multipartForm(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// reasonField is the name of the input for why a finding stays.
func reasonField(field, code string) string { return "reason." + field + "." + code }

// reasons returns why the findings stay that the drafter lets stay.
func (f fields) reasons() (out []review.Reason) {
	for name := range f.Values {
		rest, ok := strings.CutPrefix(name, "reason.")
		i := strings.LastIndexByte(rest, '.')
		if text := f.text(name); ok && i > 0 && text != "" {
			out = append(out, review.Reason{Field: rest[:i], Code: rest[i+1:], Text: text})
		}
	}
	slices.SortFunc(out, func(a, b review.Reason) int { return strings.Compare(a.Field+"."+a.Code, b.Field+"."+b.Code) })
	return out
}

// invalid is the problem of a field that cannot be read.
func invalid(field, zh, en string) playlist.Problem {
	return playlist.Problem{Field: field, Code: "invalid", Message: zh, MessageEn: en, Severity: playlist.Wrong}
}

// date reads a day; an empty one is the zero day.
func (f fields) date(name, field string, problems *[]playlist.Problem) schedule.Date {
	text := f.text(name)
	if text == "" {
		return schedule.Date{}
	}
	d, err := schedule.ParseDate(text)
	if err != nil {
		*problems = append(*problems, invalid(field, "日期应写成 2026-11-22", "a date is written 2026-11-22"))
	}
	return d
}

// instant reads a time on the controller's clock; an empty one is the zero time.
func (f fields) instant(name, field string, zone *time.Location, problems *[]playlist.Problem) time.Time {
	text := f.text(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(dayTime, strings.Replace(text, " ", "T", 1), zone)
	if err != nil {
		*problems = append(*problems, invalid(field, "时间应写成 2026-11-22 09:00", "a time is written 2026-11-22 09:00"))
		return time.Time{}
	}
	return t.UTC()
}

// notice reads a form into a notice. base is what is revised, nil for a new one;
// what the form does not show is kept. The problems are about what was typed and
// cannot be read.
func (v *visit) notice(k *kindForm, f fields, base *playlist.Notice) (playlist.Notice, []playlist.Problem) {
	n := playlist.Notice{Kind: k.kind}
	if base != nil {
		n = *base
		n.Pictures = slices.Clone(base.Pictures)
	}
	var problems []playlist.Problem
	n.ID, n.Site, n.Column = playlist.NoticeID(f.text("id")), playlist.SiteID(f.text("site")), playlist.ColumnID(f.text("column"))
	n.Issuer, n.Issued = f.text("issuer"), f.date("issued", "issued", &problems)
	if k.has("title") {
		n.Title = f.text("title")
	}
	if k.pictures {
		var ok bool
		if n.Pictures, ok = f.pictures(); !ok || !v.ownPictures(&n) {
			problems = append(problems, invalid("pictures", "有图片没有传完整，请重新上传", "a picture did not arrive whole; upload it again"))
		}
	}
	if k.has("document") {
		n.Document = f.text("document")
	}
	if k.has("summary") {
		n.Summary = f.text("summary")
	}
	if k.has("led") {
		n.LED = f.text("led")
	}
	if k.has("hotline") {
		n.Hotline = f.text("hotline")
	}
	if k.has("sensitive") {
		n.Sensitive = f.text("sensitive") != ""
	}
	if k.has("urgent") {
		n.Urgent = f.text("urgent") != ""
	}
	n.NotBefore, n.NotAfter = f.instant("from", "not_before", v.Zone, &problems), f.instant("until", "not_after", v.Zone, &problems)
	if k.has("posting") {
		n.Posting = nil
		if text := f.text("posting_days"); text != "" {
			days, err := strconv.Atoi(text)
			if err != nil {
				problems = append(problems, invalid("posting.days", "天数应为整数", "the days are a whole number"))
			}
			n.Posting = &playlist.Posting{From: f.date("posting_from", "posting.from", &problems), Days: days, Working: f.text("posting_working") != "", Objection: f.text("objection")}
		}
	}
	if version := f.text("version"); version != "" {
		n.Version, _ = strconv.Atoi(version) // the form's own; 0 makes a conflict be found
	}
	return n, append(problems, k.read(v, f, &n)...)
}

// has tells whether a form has a part of the common form.
func (k *kindForm) has(part string) bool { return !slices.Contains(k.without, part) }

// fieldsOf fills a form from a notice.
func (v *visit) fieldsOf(k *kindForm, n *playlist.Notice) fields {
	instant := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return v.local(t).Format(dayTime)
	}
	f := fields{url.Values{}}
	tick := func(name string, on bool) {
		if on {
			f.Set(name, "1")
		}
	}
	for name, text := range map[string]string{
		"id": string(n.ID), "version": strconv.Itoa(n.Version), "once": newOnce(),
		"site": string(n.Site), "column": string(n.Column), "title": n.Title, "issuer": n.Issuer, "document": n.Document,
		"summary": n.Summary, "led": n.LED, "hotline": n.Hotline, "issued": n.Issued.String(),
		"from": instant(n.NotBefore), "until": instant(n.NotAfter),
	} {
		f.Set(name, text)
	}
	tick("sensitive", n.Sensitive)
	tick("urgent", n.Urgent)
	if p := n.Posting; p != nil {
		f.Set("posting_from", p.From.String())
		f.Set("posting_days", strconv.Itoa(p.Days))
		f.Set("objection", p.Objection)
		tick("posting_working", p.Working)
	}
	if k.pictures {
		f.setPictures(n.Pictures)
	}
	k.fill(v, f, n)
	return f
}

package console

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// writePage is the page around the form of a kind. Templates of a kind use Form,
// Problems and Own.
type writePage struct {
	frame
	Kind     *kindForm
	Words    formWords
	Base     string // address of the form
	Form     fields
	Own      any // what the form's view made
	Sites    []option
	Columns  []option
	Problems map[string][]finding // by the form's input
	Wrong    int                  // how many stop publication
	Conflict bool                 // somebody changed it meanwhile
	Previews []preview
	Revising bool
	Pictures []pictureRow
	Send     string // what the button says that sends it on its way; do=submit
	Release  bool   // one person may publish; do=publish
	Kept     []unfinished
	Note     string // what a button of the form did not do
	Refused  bool   // it was sent, and something is wrong: the first place is gone to
	Acted    bool   // a button of the form did something: its table is gone to
	Way      *way   // nil where one person publishes at once
}

// Has tells whether the form has a part of the common form.
func (p writePage) Has(part string) bool { return p.Kind.has(part) }

// finding is a problem as it stands beside its field.
type finding struct {
	Text string `json:"text"`
	Stop bool   `json:"stop"`
	// A doubt may stay if a reason is typed into the input that Reason names.
	Reason string `json:"reason,omitempty"`
	Typed  string `json:"-"` // the reason that was typed
	Code   string `json:"code"`
	Place  string `json:"place,omitempty"` // within the input
	Mends  []mend `json:"mends,omitempty"`

	At   *placed `json:"-"`              // where it is and what mends it
	HTML string  `json:"html,omitempty"` // how it looks
}

// in reports whether a list says the same already.
func (f finding) in(list []finding) bool {
	return slices.ContainsFunc(list, func(o finding) bool { return o.Text == f.Text && o.Stop == f.Stop })
}

const dayTime = "2006-01-02T15:04"

// fieldOf maps the common fields of a notice to the inputs of the form.
var fieldOf = map[string]string{
	"not_before": "from", "not_after": "until", "posting.from": "posting_from", "posting.days": "posting_days",
	"posting.objection": "objection", "id": "title", "version": "title", "kind": "title",
	"title": "title", "site": "site", "column": "column", "issuer": "issuer", "document": "document", "issued": "issued",
	"summary": "summary", "led": "led", "pictures": "pictures", "month": "month", "names": "names", "cells": "cells", "hotline": "hotline", "sensitive": "sensitive", "urgent": "urgent",
}

// findings sorts problems by the form's input, those beside no input under "",
// and counts those that stop publication.
func (v *visit) findings(k *kindForm, f fields, problems []playlist.Problem) (out map[string][]finding, wrong int) {
	out = map[string][]finding{}
	mends := make([]mending, len(problems))
	if k.mends != nil {
		mends = k.mends(v, f, problems)
	}
	for i, p := range problems {
		input, before, ok := k.field(v, f, p.Field)
		if !ok {
			input = fieldOf[p.Field]
			if strings.HasPrefix(p.Field, "pictures[") {
				input = "pictures"
			}
		}
		one := finding{Text: before + v.problem(p), Stop: p.Severity != playlist.Warning, Code: p.Code, Place: mends[i].Place, Mends: mends[i].Mends}
		if p.Severity == playlist.Doubt {
			one.Reason = reasonField(p.Field, p.Code)
			one.Typed = f.text(one.Reason)
			one.Stop = one.Typed == ""
		}
		if one.Stop {
			wrong++
		}
		out[input] = append(out[input], v.spread(k, f, input, before, p, one)...)
	}
	return out, wrong
}

// form finds the form of the address.
func (v *visit) kindForm() (*kindForm, error) {
	k, ok := formOf(v.r.PathValue("form"))
	if !ok {
		return nil, store.ErrNotFound
	}
	return k, nil
}

// formChoice is one of the kinds of notice that can be written.
type formChoice struct {
	formWords
	Path string
}

type chooseForm struct {
	frame
	Forms []formChoice
	Kept  []unfinished
}

// chooseKind offers the kinds of notice.
func chooseKind(v *visit) error {
	p := chooseForm{frame: v.page(v.t("写一条"))}
	for _, k := range kindForms() {
		p.Forms = append(p.Forms, formChoice{formWords: k.words(v), Path: "/write/" + k.name})
	}
	var err error
	if p.Kept, err = v.unfinished(func(store.Autosave) bool { return true }); err != nil {
		return err
	}
	return v.show("write", p)
}

// writePage makes the page around a form.
func (v *visit) writePage(k *kindForm, f fields) (writePage, error) {
	p := writePage{Kind: k, Words: k.words(v), Base: "/write/" + k.name, Form: f, Revising: f.text("id") != ""}
	name := p.Words.Name
	if v.lang == chinese && name[0] < 0x80 {
		name = " " + name // 写 LED 短文
	} else if v.lang == english {
		name = strings.ToLower(name[:1]) + name[1:]
	}
	title := v.t("写%s", name)
	if p.Revising {
		title = v.t("修改%s", name)
	}
	p.frame = v.page(title)
	p.frame.Nav = "write"
	sites, err := v.own()
	if err != nil {
		return p, err
	}
	p.Sites = v.siteOptions(sites, playlist.SiteID(f.text("site")))
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return p, err
	}
	p.Columns = v.columnOptions(columns, playlist.ColumnID(f.text("column")))
	base, err := v.base(k, f)
	if err != nil {
		return p, err
	}
	n, _ := v.notice(k, f, base)
	if k.pictures {
		p.Pictures = pictureRows(f)
	}
	if p.Send, p.Release, err = v.onward(n.Site); err != nil {
		return p, err
	}
	if k.view != nil {
		if p.Own, err = k.view(v, f, &n); err != nil {
			return p, err
		}
	}
	if p.Way, err = v.writingWay(&n); err != nil {
		return p, err
	}
	shown := v.sketched(k, n)
	p.Previews, err = v.previews(n.Site, p.Base+"/preview.png", &shown, v.label)
	return p, err
}

func writeForm(v *visit) error {
	k, err := v.kindForm()
	if err != nil {
		return err
	}
	f, restored, err := v.restored(k)
	if err == nil && !restored {
		f, err = v.fresh(k)
	}
	if err != nil {
		return err
	}
	p, err := v.writePage(k, f)
	if err != nil {
		return err
	}
	if restored {
		p.Note = v.t("已恢复自动保存的内容，还没有保存成草稿。")
	} else if p.Kept, err = v.unfinished(func(a store.Autosave) bool { return a.Kind == k.name && a.Notice == "" }); err != nil {
		return err
	}
	return v.show(k.page, p)
}

// onward says what the button is called that sends a notice on its way at a site,
// or that it can be published at once.
func (v *visit) onward(site playlist.SiteID) (send string, release bool, err error) {
	policy, err := v.Desk.Policy(v.ctx, site)
	if err != nil || len(policy.Steps) == 0 {
		return "", false, err
	}
	switch first := policy.Steps[0]; {
	case len(policy.Steps) == 1 && policy.People <= 1 && len(policy.Apart) == 0 && v.has(releases):
		return "", true, nil
	case first == review.FirstReview:
		return v.t("送初审"), false, nil
	case first == review.SecondReview:
		return v.t("送复审"), false, nil
	case first == review.SecrecyReview:
		return v.t("送保密审查"), false, nil
	}
	return v.t("送发布"), false, nil
}

// reviseForm opens the newest version of a notice in the form of its kind.
func reviseForm(v *visit) error {
	row, n, err := v.newest()
	if err != nil {
		return err
	}
	if err := v.reachNotice(row); err != nil {
		return err
	}
	k := formFor(n)
	if k == nil {
		return store.ErrNotFound
	}
	p, err := v.writePage(k, v.fieldsOf(k, n))
	if err != nil {
		return err
	}
	if p.Kept, err = v.unfinished(func(a store.Autosave) bool { return a.Notice == row.ID }); err != nil {
		return err
	}
	return v.show(k.page, p)
}

// base returns the newest version of what a form revises, nil for a new notice.
func (v *visit) base(k *kindForm, f fields) (*playlist.Notice, error) {
	if f.text("id") == "" {
		return nil, nil
	}
	id, err := playlist.ParseNoticeID(f.text("id"))
	if err != nil {
		return nil, store.ErrNotFound
	}
	row, err := v.noticeRow(id)
	if err != nil {
		return nil, err
	}
	if err := v.reachNotice(row); err != nil {
		return nil, err
	}
	ver, err := v.Store.NoticeVersion(v.ctx, id, row.Version)
	if err != nil {
		return nil, err
	}
	n, err := ver.Decode()
	if err == nil && n.Kind != k.kind {
		err = store.ErrNotFound
	}
	return n, err
}

// written is a form that was sent, with what became of it.
type written struct {
	form     *kindForm
	fields   fields
	notice   playlist.Notice
	problems []playlist.Problem
}

// written reads the form that was sent and says what is wrong with it.
func (v *visit) written() (written, error) {
	k, err := v.kindForm()
	if err != nil {
		return written{}, err
	}
	f, err := v.fields()
	if err != nil {
		return written{}, err
	}
	return v.judged(k, f)
}

// judged says what is wrong with a form.
func (v *visit) judged(k *kindForm, f fields) (written, error) {
	w := written{form: k, fields: f}
	base, err := v.base(k, f)
	if err != nil {
		return w, err
	}
	w.notice, w.problems = v.notice(k, f, base)
	found, err := v.look(w.notice)
	w.problems = append(w.problems, found...)
	if err == nil && w.form.find != nil {
		w.problems, err = w.form.find(v, w.fields, &w.notice, w.problems)
	}
	return w, err
}

// acted does what a button of the form's own asks for, and shows the form as it is
// then.
func (v *visit) acted(w written, files []playlist.Problem) (done bool, err error) {
	if w.form.act == nil {
		return false, nil
	}
	switch did, err := w.form.act(v, w.fields, &w.notice, v.form("do")); {
	case err != nil || did == answered:
		return true, err
	case did == notMine:
		return false, nil
	}
	if w, err = v.judged(w.form, w.fields); err != nil {
		return true, err
	}
	return true, v.showAgain(w, append(files, w.problems...), false, http.StatusOK)
}

// write saves, sends or publishes. What is wrong stands beside the fields, with
// all that was typed.
func write(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	if v.another() {
		return v.askWhose()
	}
	w, err := v.written()
	if err != nil {
		return err
	}
	files, err := v.takeFiles(w.fields)
	if err != nil {
		return err
	}
	do := v.form("do")
	if v.form("enter") != "" {
		do = "draft" // who presses Enter in a field publishes nothing
	}
	if done, err := v.acted(w, files); done || err != nil {
		return err
	}
	if v.r.MultipartForm != nil { // with the files that came
		if w, err = v.judged(w.form, w.fields); err != nil {
			return err
		}
		w.problems = append(files, w.problems...)
	}
	if err := v.reach(w.notice.Site); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if do != "draft" && do != "submit" {
		do = "publish"
		if !v.may(releases, w.notice.Site) {
			do = "draft"
		}
	}
	_, wrong := v.findings(w.form, w.fields, w.problems)
	if v.form("fix") != "" || wrong > 0 && do != "draft" || w.notice.Site == "" || v.reach(w.notice.Site) != nil || unreadable(w.problems) {
		return v.showAgain(w, w.problems, false, http.StatusUnprocessableEntity)
	}
	key := autosaveKey(w.form, w.fields)
	to, done, err := v.keep(&w, do)
	var invalid *publish.Invalid
	switch {
	case errors.As(err, &invalid):
		return v.showAgain(w, invalid.Problems, false, http.StatusUnprocessableEntity)
	case errors.Is(err, store.ErrConflict):
		return v.showAgain(w, w.problems, true, http.StatusConflict)
	case err != nil:
		return err
	}
	v.forget(key)
	return v.to("/notices/"+string(to), "done", done)
}

// keep does with a form what the button said, and returns the notice and what was
// done. A draft that is refused on its way is kept, and the form goes on with it.
func (v *visit) keep(w *written, do string) (to playlist.NoticeID, done string, err error) {
	if do == "publish" {
		receipt, err := v.Desk.Publish(v.ctx, v.who(), w.notice, w.fields.reasons()...)
		if errors.Is(err, publish.ErrSecondPerson) {
			return receipt.Notice, "draft", nil
		}
		return receipt.Notice, "published", err
	}
	n := w.notice
	fresh := n.ID == ""
	if fresh {
		n.ID = v.onceID(w.fields)
	}
	saved, _, err := v.Desk.Draft(v.ctx, v.who(), n)
	if fresh && errors.Is(err, publish.ErrInReview) {
		return n.ID, "submitted", nil // the same form, sent twice
	}
	if err != nil || do == "draft" {
		return saved.ID, "draft", err
	}
	w.fields.Set("id", string(saved.ID))
	w.fields.Set("version", strconv.Itoa(saved.Version))
	row, err := v.Store.NoticeVersion(v.ctx, saved.ID, saved.Version)
	if err != nil {
		return saved.ID, "", err
	}
	_, err = v.Desk.Submit(v.ctx, v.who(), saved.ID, saved.Version, row.Ref, w.fields.reasons(), "")
	return saved.ID, "submitted", err
}

// onceID is the name of the notice that a fresh form makes: the same form sent
// twice makes one.
func (v *visit) onceID(f fields) playlist.NoticeID {
	once := f.text("once")
	if once == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(v.person.Login + "\n" + once))
	return playlist.NoticeID("n-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])[:12]))
}

// showAgain shows a form with what is wrong with it.
func (v *visit) showAgain(w written, problems []playlist.Problem, conflict bool, status int) error {
	p, err := v.writePage(w.form, w.fields)
	if err != nil {
		return err
	}
	if p.Acted = status == http.StatusOK; p.Acted { // what is still to be filled in is said when it is sent
		problems = slices.DeleteFunc(slices.Clone(problems), func(p playlist.Problem) bool { return p.Code == "required" })
	}
	p.Problems, p.Wrong = v.findings(w.form, w.fields, problems)
	p.Conflict = conflict
	p.Refused = !p.Acted && p.Wrong > 0 && v.form("fix") == ""
	return v.showAs(status, w.form.page, p)
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

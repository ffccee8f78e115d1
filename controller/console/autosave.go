package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// What somebody types is kept every few seconds, before it is a draft, so that a
// computer that fails or a window that is closed takes nothing away. It belongs to
// the person, not to the office: nobody else sees it, and nothing checks it.

// maxAutosave bounds what is kept of a form, in bytes.
const maxAutosave = 4 << 20

// mostUnfinished is how many a page offers at most.
const mostUnfinished = 30

// autosaveKey names what is kept of a form.
func autosaveKey(k *kindForm, f fields) string {
	if id := f.text("id"); id != "" {
		return "notice:" + id
	}
	once := f.text("once")
	if len(once) > 40 {
		once = once[:40]
	}
	return "new:" + k.name + ":" + once
}

// saved tells a script what was kept.
type saved struct {
	Saved string `json:"saved"`
}

// autosave keeps a form as it is being typed.
func autosave(v *visit) error {
	k, err := v.kindForm()
	if err != nil {
		return err
	}
	f, err := v.fields()
	if err != nil {
		return err
	}
	if v.another() {
		return errAnother
	}
	id := playlist.NoticeID("")
	if text := f.text("id"); text != "" {
		if id, err = playlist.ParseNoticeID(text); err != nil {
			return store.ErrNotFound
		}
	}
	body := f.Encode()
	if len(body) > maxAutosave {
		return &http.MaxBytesError{Limit: maxAutosave}
	}
	a := store.Autosave{Person: v.person.Login, Form: autosaveKey(k, f), Kind: k.name, Notice: id, Title: headOf(f), At: v.Now(), Body: []byte(body)}
	if err := v.Store.Update(v.ctx, func(t *store.Tx) error { return t.PutAutosave(v.ctx, a) }); err != nil {
		return err
	}
	return v.json(saved{v.t("已自动保存 %s", v.local(a.At).Format("15:04"))})
}

// headOf is by what a person recognises a form: its title, or how its text begins.
func headOf(f fields) string {
	for _, name := range []string{"title", "led", "text"} {
		head, _, _ := strings.Cut(f.text(name), "\n")
		if r := []rune(head); len(r) > 60 {
			head = string(r[:60]) + "…"
		}
		if head != "" {
			return head
		}
	}
	return ""
}

// forget drops what was kept of a form that is saved now. It is no reason to fail.
func (v *visit) forget(key string) {
	if err := v.Store.Update(v.ctx, func(t *store.Tx) error { return t.DropAutosave(v.ctx, v.person.Login, key) }); err != nil {
		v.Log.Warn("An autosave was not forgotten.", "error", err)
	}
}

// unfinished is a form that was kept and not saved.
type unfinished struct {
	Key, Title, When, Kind string
	Restore                string // address that brings it back
	Base                   string // address of its form
}

// unfinished lists what the person has not finished in a form, the newest first:
// of one notice, or of new ones.
func (v *visit) unfinished(only func(store.Autosave) bool) ([]unfinished, error) {
	all, err := v.Store.AutosavesOf(v.ctx, v.person.Login, mostUnfinished)
	if err != nil {
		return nil, err
	}
	var out []unfinished
	for _, a := range all {
		k, ok := formOf(a.Kind)
		if !ok || !only(a) {
			continue
		}
		u := unfinished{Key: a.Form, Title: a.Title, When: v.clock(a.At), Kind: k.words(v).Name, Base: "/write/" + k.name}
		if u.Title == "" {
			u.Title = v.t("（没有标题）")
		}
		u.Restore = u.Base + "?" + url.Values{"restore": {a.Form}}.Encode()
		out = append(out, u)
	}
	return out, nil
}

// restored is the form that was kept under the key of the address, if there is one.
func (v *visit) restored(k *kindForm) (fields, bool, error) {
	key := v.query("restore")
	if key == "" {
		return fields{}, false, nil
	}
	a, err := v.Store.Autosave(v.ctx, v.person.Login, key)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Kind != k.name {
		return fields{}, false, nil
	}
	if err != nil {
		return fields{}, false, err
	}
	values, err := url.ParseQuery(string(a.Body))
	if err != nil {
		return fields{}, false, fmt.Errorf("read an autosave: %w", err)
	}
	return fields{values}, true, nil
}

// discard forgets what was kept, because the person does not want it back.
func discard(v *visit) error {
	k, err := v.kindForm()
	if err != nil {
		return err
	}
	key := v.form("key")
	if err := v.Store.Update(v.ctx, func(t *store.Tx) error { return t.DropAutosave(v.ctx, v.person.Login, key) }); err != nil {
		return err
	}
	if id, ok := strings.CutPrefix(key, "notice:"); ok {
		if id, err := playlist.ParseNoticeID(id); err == nil {
			return v.to("/notices/" + string(id) + "/revise")
		}
	}
	return v.to("/write/" + k.name)
}

package console

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/guard"
)

// placed is where in its input a finding is, and what would mend it.
type placed struct {
	Input string
	From  int // UTF-16 units of what was typed, as scripts count
	To    int

	Before, Found, After string // the words around it, for who has no script
	Fixes                []fixing
}

// fixing is one way to mend a finding.
type fixing struct {
	Label string
	Edits string // JSON of edits, the value of a button named fix
}

// edit replaces a part of what was typed into an input.
type edit struct {
	Input string `json:"i"`
	From  int    `json:"f"` // UTF-16 units
	To    int    `json:"t"`
	Was   string `json:"w"` // what stands there
	Text  string `json:"s"`
}

// inspected remembers what the desk found in the form that was sent, so that
// findings can say where they are.
type inspected struct {
	notice *playlist.Notice
	found  map[string][]guard.Finding // by field and code
}

// look lets the desk look over a notice that was written in a form.
func (v *visit) look(n playlist.Notice) ([]playlist.Problem, error) {
	found, err := v.Desk.Inspect(v.ctx, n)
	if err != nil {
		return nil, err
	}
	v.inspected = inspected{notice: &n, found: map[string][]guard.Finding{}}
	for _, f := range found {
		key := f.Field + "." + f.Code
		v.inspected.found[key] = append(v.inspected.found[key], f)
	}
	return guard.Problems(found), nil
}

// spread makes of one problem beside its input the findings that it stands for:
// every place that has it, with its mending. before goes before their texts.
func (v *visit) spread(k *kindForm, f fields, input, before string, p playlist.Problem, one finding) []finding {
	same := v.inspected.found[p.Field+"."+p.Code]
	if len(same) == 0 || strings.HasPrefix(p.Field, "fund.tables") { // a form of tables has its own places
		return []finding{one.dressed(v)}
	}
	var out []finding
	for i, g := range same {
		next := one
		next.Text = before + v.problem(g.Problem)
		next.At = v.place(k, f, input, g)
		if i > 0 {
			next.Reason = "" // one reason for all of them
		}
		out = append(out, next.dressed(v))
	}
	return out
}

// place finds a finding in what was typed.
func (v *visit) place(k *kindForm, f fields, input string, g guard.Finding) *placed {
	from, to, ok := v.typed(f, input, g.Field, g.From, g.To)
	if !ok {
		return nil
	}
	text := f.Get(input)
	at := &placed{Input: input, From: units(text[:from]), To: units(text[:to]), Found: text[from:to]}
	at.Before, at.After = wordsAround(text, from, to)
	for _, fix := range g.Fixes {
		if edits, ok := v.edits(k, f, input, g, fix); ok {
			at.Fixes = append(at.Fixes, fixing{v.words(fix.Label, fix.LabelEn), edits})
		}
	}
	return at
}

// typed finds a part of a notice's text in what was typed into an input: bytes of
// it. Forms trim texts and put several into one input, each whole.
func (v *visit) typed(f fields, input, field string, from, to int) (int, int, bool) {
	whole, ok := v.inspected.notice.Text(field)
	if !ok || to <= from || to > len(whole) || len(f.Values[input]) != 1 {
		return 0, 0, false
	}
	value := f.Get(input)
	n := strings.Count(value, whole)
	if n == 0 {
		return 0, 0, false
	}
	at := strings.Index(value, whole)
	if n > 1 { // of equal paragraphs it is the one after those before it
		before := 0
		v.inspected.notice.Texts(func(other, text string) {
			if before >= 0 && other == field {
				before = -1 - before
			} else if before >= 0 && text == whole && sameList(other, field) {
				before++
			}
		})
		for range min(max(-1-before, 0), n-1) {
			at += len(whole) + strings.Index(value[at+len(whole):], whole)
		}
	}
	return at + from, at + to, true
}

// sameList reports whether two fields are of one list, blocks of one text.
func sameList(a, b string) bool {
	x, _, ok := strings.Cut(a, "[")
	y, _, also := strings.Cut(b, "[")
	return ok && also && x == y
}

// edits turns a fix into what it changes in the form.
func (v *visit) edits(k *kindForm, f fields, input string, g guard.Finding, fix guard.Fix) (string, bool) {
	if fix.Row > 0 {
		return "", false // a form of tables has its own way
	}
	var list []edit
	all := append([]guard.Edit{{Field: g.Field, From: g.From, To: g.To, Text: fix.Text}}, fix.More...)
	for _, e := range all {
		in := input
		if e.Field != g.Field {
			var ok bool
			if in, _, ok = k.field(v, f, e.Field); !ok {
				in = fieldOf[e.Field]
			}
		}
		from, to, ok := v.typed(f, in, e.Field, e.From, e.To)
		if !ok {
			return "", false
		}
		value := f.Get(in)
		list = append(list, edit{in, units(value[:from]), units(value[:to]), value[from:to], e.Text})
	}
	data, err := json.Marshal(list)
	return string(data), err == nil
}

// units counts as scripts do.
func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}

// wordsAround returns a few characters before and after a part of a text.
func wordsAround(text string, from, to int) (before, after string) {
	const wide = 10
	at, n := from, 0
	for at > 0 && n < wide && text[at-1] != '\n' {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at, n = at-size, n+1
	}
	before = text[at:from]
	if at > 0 && text[at-1] != '\n' {
		before = "…" + before
	}
	end, n := to, 0
	for end < len(text) && n < wide && text[end] != '\n' {
		_, size := utf8.DecodeRuneInString(text[end:])
		end, n = end+size, n+1
	}
	after = text[to:end]
	if end < len(text) && text[end] != '\n' {
		after += "…"
	}
	return before, after
}

// maxEdits bounds what one button may change.
const maxEdits = 2000

// mend carries out the edits of a button named fix. What stands elsewhere by now
// is looked for; what is gone stays as it is.
func (f fields) mend(button string) {
	var list []edit
	if err := json.Unmarshal([]byte(button), &list); err != nil || len(list) > maxEdits {
		return // no button of ours
	}
	slices.SortStableFunc(list, func(a, b edit) int { return b.From - a.From })
	for _, e := range list {
		value := f.Get(e.Input)
		at := nearest(value, e.Was, e.From)
		if at < 0 || len(f.Values[e.Input]) != 1 {
			continue
		}
		f.Set(e.Input, value[:at]+e.Text+value[at+len(e.Was):])
	}
}

// nearest finds a word in a text, at a place in UTF-16 units or else the next one
// to it.
func nearest(text, word string, place int) int {
	best, far := -1, 1<<30
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 || word == "" {
			return best
		}
		at += i
		if d := max(units(text[:at])-place, place-units(text[:at])); d < far {
			best, far = at, d
		}
		at += len(word)
	}
}

// dressed adds to a finding how it looks, for scripts that put it in place.
func (f finding) dressed(v *visit) finding {
	if len(f.Mends) > 0 {
		return f // its form has its own look
	}
	var b bytes.Buffer
	if page := v.pages.of(v.lang, "write"); page != nil && page.ExecuteTemplate(&b, "finding", f) == nil {
		f.HTML = b.String()
	}
	return f
}

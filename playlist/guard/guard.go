// Package guard looks over a notice before people see it: personal data, words
// that are wrong or must not be said, figures that cannot be right, fields that
// the law wants, and whether the same thing is up already (DOMAIN C08, C09, C12,
// B22, B48, L14, L22, L33).
//
// It promises that a finding says where it is, to the byte, and what would mend
// it where a machine can know that; that it never fails, whatever the text; and
// that the same notice and the same surroundings give the same findings. The
// machine only points: what is playlist.Doubt stays if a person says why
// (「在利用…辅助识别的基础上加强人工审核」, C09). Whether that was said is judged by
// package review and by the desk; shape and length are playlist.Validate's.
package guard

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Finding is a problem with its place and its mending.
type Finding struct {
	playlist.Problem
	From  int    `json:"from"` // bytes in the field's text; equal when it is about all of the field
	To    int    `json:"to"`
	Found string `json:"found,omitempty"` // what stands there
	Fixes []Fix  `json:"fixes,omitempty"`
}

// Fix is one way to mend a finding: Text takes the place of what was found.
type Fix struct {
	Label   string `json:"label"`
	LabelEn string `json:"label_en"`
	Text    string `json:"text"`
	More    []Edit `json:"more,omitempty"` // what else changes with it, in other places
	// Row, when it is not 0, asks for an empty row before the Row-th of the table
	// in which the finding is, from 1; nothing is replaced.
	Row int `json:"row,omitempty"`
}

// Edit replaces a part of a field's text.
type Edit struct {
	Field string `json:"field"`
	From  int    `json:"from"`
	To    int    `json:"to"`
	Text  string `json:"text"`
}

// Env is what a notice is compared with. What is nil or zero is not looked at.
type Env struct {
	Words    *Words // of the office; the built-in ones are in it or not as its maker wants
	Columns  []playlist.Column
	Zone     *time.Location // nil is playlist.DefaultZone's
	Calendar *schedule.Calendar
	// Alike returns notices that are up and say nearly the same.
	Alike func(*playlist.Notice) []Alike
}

// most is how many findings of one sort are told; nobody reads more.
const most = 30

// Inspect returns what is to be looked at in a notice, in the order of its
// fields and places.
func Inspect(n *playlist.Notice, env Env) []Finding {
	in := &inspector{n: n, env: env, count: map[string]int{}}
	in.context()
	n.Texts(func(field, text string) {
		if !utf8.ValidString(text) {
			return // Validate says so, and no place in it could be named
		}
		in.personal(field, text)
		in.words(field, text)
		in.characters(field, text)
		in.units(field, text)
		in.figures(field, text)
		in.days(field, text)
		in.telephones(field, text)
	})
	in.order()
	in.tables()
	in.fields()
	in.alike()
	return in.out
}

// inspector gathers findings.
type inspector struct {
	n     *playlist.Notice
	env   Env
	out   []Finding
	count map[string]int

	wan    int  // how often 万元 stands in the notice
	people bool // its tables name people
}

// words of a message in two languages.
type words struct{ zh, en string }

func say(zh, en string) words { return words{zh, en} }

// add keeps a finding about a part of a field.
func (in *inspector) add(sev playlist.Severity, field, code, text string, from, to int, w words, fixes ...Fix) {
	if in.count[code]++; in.count[code] > most {
		return
	}
	f := Finding{
		Problem: playlist.Problem{Field: field, Code: code, Message: w.zh, MessageEn: w.en, Severity: sev},
		From:    from, To: to, Fixes: fixes,
	}
	if to > from {
		f.Found = text[from:to]
	}
	in.out = append(in.out, f)
}

// whole keeps a finding about a field that has no place in a text.
func (in *inspector) whole(sev playlist.Severity, field, code string, w words) {
	in.add(sev, field, code, "", 0, 0, w)
}

// context looks once at the whole notice for what single texts are judged by.
func (in *inspector) context() {
	in.n.Texts(func(_, text string) { in.wan += countWan(text) })
	if f := in.n.Fund; f != nil {
		in.people = slices.ContainsFunc(f.Tables, func(t playlist.FundTable) bool { return t.By == "household" })
	}
}

// issued is the day of the notice.
func (in *inspector) issued() schedule.Date { return in.n.Issued }

// Merge puts what Validate said and what Inspect found into one list, the
// gravest first. Of a problem that both name, the place and the mending are kept,
// with the graver severity.
func Merge(problems []playlist.Problem, findings []Finding) []Finding {
	type key struct{ field, code string }
	at := map[key][]int{}
	out := slices.Clone(findings)
	for i, f := range out {
		k := key{f.Field, f.Code}
		at[k] = append(at[k], i)
	}
	for _, p := range problems {
		same := at[key{p.Field, p.Code}]
		if len(same) == 0 {
			out = append(out, Finding{Problem: p})
			continue
		}
		for _, i := range same {
			if weight(p.Severity) < weight(out[i].Severity) {
				out[i].Severity = p.Severity
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(weight(a.Severity), weight(b.Severity)) })
	return out
}

func weight(s playlist.Severity) int {
	return slices.Index([]playlist.Severity{playlist.Wrong, playlist.Doubt, playlist.Warning}, s)
}

// Problems is the projection of findings for those who know no places. Of
// several with one field and code the first stays.
func Problems(findings []Finding) []playlist.Problem {
	type key struct{ field, code string }
	seen := map[key]bool{}
	var out []playlist.Problem
	for _, f := range findings {
		if k := (key{f.Field, f.Code}); !seen[k] {
			seen[k] = true
			out = append(out, f.Problem)
		}
	}
	return out
}

// Apply mends a notice: it carries out one fix of a finding. The error says that
// the text is not what it was when the finding was made. Slices of the notice
// are written to.
func Apply(n *playlist.Notice, f Finding, fix int) error {
	if fix < 0 || fix >= len(f.Fixes) {
		return fmt.Errorf("finding %s at %s has no fix %d", f.Code, f.Field, fix)
	}
	way := f.Fixes[fix]
	if way.Row > 0 {
		return insertRow(n, f.Field, way.Row)
	}
	if text, ok := n.Text(f.Field); !ok || f.To > len(text) || f.From > f.To || text[f.From:f.To] != f.Found {
		return fmt.Errorf("%s is not what it was", f.Field)
	}
	edits := append([]Edit{{Field: f.Field, From: f.From, To: f.To, Text: way.Text}}, way.More...)
	// From the end on, so that earlier places stay where they are.
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(b.From, a.From) })
	for _, e := range edits {
		text, ok := n.Text(e.Field)
		if !ok || e.From < 0 || e.To > len(text) || e.From > e.To {
			return fmt.Errorf("%s is not what it was", e.Field)
		}
		n.SetText(e.Field, text[:e.From]+e.Text+text[e.To:])
	}
	return nil
}

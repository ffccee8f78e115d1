package playlist

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mingbai/playlist/schedule"
)

// Severity says whether a problem stops publication.
type Severity string

// The severities.
const (
	Wrong   Severity = "error"   // must be put right before it can be published
	Doubt   Severity = "doubt"   // must be put right, or a person says why it stays and that is recorded
	Warning Severity = "warning" // a person should look; publication can go on
)

// rank orders severities, the gravest first.
func (s Severity) rank() int { return slices.Index([]Severity{Wrong, Doubt, Warning}, s) }

// Problem is one thing wrong with a document, keyed by the field it is in.
type Problem struct {
	Field     string   `json:"field"`   // path in JSON names, for example guide.materials[2].name
	Code      string   `json:"code"`    // stable, for programs: required, too_long, sum, …
	Message   string   `json:"message"` // Chinese
	MessageEn string   `json:"message_en"`
	Severity  Severity `json:"severity"`
}

// HasErrors reports whether any of the problems stops publication.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Wrong })
}

// ValidateEnv is what a document is compared with. What is nil or zero is not
// checked.
type ValidateEnv struct {
	Columns  []Column
	Sites    []Site
	Notices  []NoticeID          // that playlists may name
	Missing  func(string) []rune // the characters of a text that no font has
	Now      time.Time
	Zone     *time.Location // nil is DefaultZone
	Calendar *schedule.Calendar
}

// zone returns the zone in which dates are meant.
func (v *ValidateEnv) zone() *time.Location {
	if v.Zone != nil {
		return v.Zone
	}
	if loc, err := time.LoadLocation(DefaultZone); err == nil {
		return loc
	}
	return time.UTC
}

// checker gathers problems.
type checker struct {
	env ValidateEnv
	out []Problem
}

func (c *checker) add(sev Severity, field, code, zh, en string) {
	c.out = append(c.out, Problem{Field: field, Code: code, Message: zh, MessageEn: en, Severity: sev})
}

func (c *checker) wrong(field, code, zh, en string) { c.add(Wrong, field, code, zh, en) }
func (c *checker) warn(field, code, zh, en string)  { c.add(Warning, field, code, zh, en) }

// label is how a field is called on pages.
type label struct{ zh, en string }

// required complains about an empty text.
func (c *checker) required(field, text string, l label) bool {
	if strings.TrimSpace(text) == "" {
		c.wrong(field, "required", "请填写"+l.zh, l.en+" is required")
		return false
	}
	return true
}

// text complains about an empty text, if it is required, and about a long one.
func (c *checker) text(field, text string, l label, need bool, limit int) {
	if need && !c.required(field, text, l) {
		return
	}
	if n := utf8.RuneCountInString(text); n > limit {
		c.wrong(field, "too_long", fmt.Sprintf("%s有 %d 个字，最多 %d 个字", l.zh, n, limit), fmt.Sprintf("%s has %d characters, at most %d are allowed", l.en, n, limit))
	}
}

// texts checks a list of texts, of which at least least must be there.
func (c *checker) texts(field string, list []string, l label, least, limit int) {
	if len(list) < least {
		c.wrong(field, "required", "请至少填写一条"+l.zh, "at least one of "+l.en+" is required")
	}
	if len(list) > maxList {
		c.wrong(field, "too_many", fmt.Sprintf("%s有 %d 条，最多 %d 条", l.zh, len(list), maxList), fmt.Sprintf("%s has %d entries, at most %d are allowed", l.en, len(list), maxList))
	}
	for i, s := range list {
		c.text(at(field, i), s, l, true, limit)
	}
}

// phone complains about what can not be a telephone number.
func (c *checker) phone(field, text string, l label, need bool) {
	if text == "" && !need {
		return
	}
	if !c.required(field, text, l) {
		return
	}
	count := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			count++
		}
	}
	if count < 3 || utf8.RuneCountInString(text) > maxName {
		c.wrong(field, "phone", l.zh+"不像电话号码", l.en+" does not look like a telephone number")
	}
}

// maxList bounds the entries of any list in a form; maxName the characters of
// names and short lines.
const (
	maxList = 100
	maxName = 60
)

// control returns the first control character of a text, other than a line end.
func control(s string) (rune, bool) {
	for _, r := range s {
		if r != '\n' && unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == utf8.RuneError {
			return r, true
		}
	}
	return 0, false
}

// ordered returns the problems with errors before warnings, else as found, and
// of several with one field and code the first.
func (c *checker) ordered() []Problem {
	type key struct{ field, code string }
	seen := make(map[key]bool, len(c.out))
	c.out = slices.DeleteFunc(c.out, func(p Problem) bool {
		k := key{p.Field, p.Code}
		twice := seen[k]
		seen[k] = true
		return twice
	})
	slices.SortStableFunc(c.out, func(a, b Problem) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	return c.out
}

package guard

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"mingbai/playlist"
)

// WordKind is why a word is looked for.
type WordKind string

// The kinds of words.
const (
	Sensitive WordKind = "sensitive" // 敏感词: must not be said, or not so
	Mistyped  WordKind = "mistyped"  // 易错词: is written otherwise
)

// Word is one entry of a list that the office maintains.
type Word struct {
	Text     string            `json:"text"`
	Kind     WordKind          `json:"kind"`
	Instead  []string          `json:"instead,omitempty"`  // what it should be
	Note     string            `json:"note,omitempty"`     // why, for people
	Severity playlist.Severity `json:"severity,omitempty"` // Doubt when empty; Wrong may not be overruled
	// Except are longer words in which it is right: 截止 in 截止日期.
	Except []string `json:"except,omitempty"`
	Off    bool     `json:"off,omitempty"` // not looked for, although it is built in
}

// Bounds of an entry.
const (
	maxWord    = 40 // characters
	maxInstead = 8
	maxNote    = 200
)

// ErrWord is the kind of error for an entry that cannot be looked for.
var ErrWord = errors.New("not an entry of a list of words")

// Check returns an ErrWord that says what is wrong with an entry, or nil.
func (w Word) Check() error {
	switch {
	case strings.TrimSpace(w.Text) != w.Text || w.Text == "" || utf8.RuneCountInString(w.Text) > maxWord || !utf8.ValidString(w.Text) || strings.ContainsAny(w.Text, "\n\r\t"):
		return fmt.Errorf("the word %.60q must have 1 to %d characters in one line: %w", w.Text, maxWord, ErrWord)
	case w.Kind != Sensitive && w.Kind != Mistyped:
		return fmt.Errorf("%s: the kind %q is unknown: %w", w.Text, w.Kind, ErrWord)
	case w.Severity != "" && w.Severity != playlist.Wrong && w.Severity != playlist.Doubt && w.Severity != playlist.Warning:
		return fmt.Errorf("%s: the severity %q is unknown: %w", w.Text, w.Severity, ErrWord)
	case len(w.Instead) > maxInstead || len(w.Except) > 50 || utf8.RuneCountInString(w.Note) > maxNote:
		return fmt.Errorf("%s: too much is said about it: %w", w.Text, ErrWord)
	case slices.Contains(w.Instead, w.Text):
		return fmt.Errorf("%s should be what it is: %w", w.Text, ErrWord)
	}
	for _, e := range w.Except {
		if e == w.Text || !strings.Contains(e, w.Text) {
			return fmt.Errorf("%s: the exception %q does not have the word in it: %w", w.Text, e, ErrWord)
		}
	}
	return nil
}

// Words finds all words of lists in a text at once. It does not change and may
// be used from several goroutines.
type Words struct {
	list []Word
	root node
	top  []*node // by the first character, up to the last one that a word begins with
}

// node is a state of the tree of words: a character was read.
type node struct {
	keys []rune // sorted
	next []*node
	word int // index in the list plus one; 0: no word ends here
}

func (n *node) child(r rune) *node {
	if i, ok := slices.BinarySearch(n.keys, r); ok {
		return n.next[i]
	}
	return nil
}

func (n *node) grow(r rune) *node {
	i, ok := slices.BinarySearch(n.keys, r)
	if !ok {
		n.keys = slices.Insert(n.keys, i, r)
		n.next = slices.Insert(n.next, i, &node{})
	}
	return n.next[i]
}

// Compile makes a finder of lists. Of two entries with one text the later one
// counts, so that an office overrules what is built in; an entry whose Severity
// is "" is Doubt. Entries that Check refuses are left out.
func Compile(lists ...[]Word) *Words {
	w := &Words{}
	for _, list := range lists {
		for _, entry := range list {
			if entry.Check() != nil {
				continue
			}
			at := &w.root
			for _, r := range entry.Text {
				at = at.grow(r)
			}
			if entry.Severity == "" {
				entry.Severity = playlist.Doubt
			}
			if at.word > 0 {
				w.list[at.word-1] = entry
				continue
			}
			w.list = append(w.list, entry)
			at.word = len(w.list)
		}
	}
	for i, r := range w.root.keys { // sorted: the last is the highest
		if i == 0 {
			w.top = make([]*node, w.root.keys[len(w.root.keys)-1]+1)
		}
		w.top[r] = w.root.next[i]
	}
	return w
}

// Len is the number of entries.
func (w *Words) Len() int { return len(w.list) }

// Hit is a word in a text.
type Hit struct {
	Word     Word
	From, To int // bytes
}

// Find returns the words in a text from its beginning on, the longest at every
// place; no two overlap.
func (w *Words) Find(text string) []Hit {
	var out []Hit
	end := 0
	for i, r := range text {
		if i < end {
			continue
		}
		if int(r) >= len(w.top) || w.top[r] == nil {
			continue
		}
		if hit, n := w.longest(text, i); hit > 0 {
			entry := w.list[hit-1]
			if !entry.Off && !excepted(text, i, i+n, entry.Except) {
				out = append(out, Hit{entry, i, i + n})
				end = i + n
			}
		}
	}
	return out
}

// longest returns the longest word that begins at a byte, as its index plus one,
// and its length.
func (w *Words) longest(text string, from int) (word, length int) {
	r, size := utf8.DecodeRuneInString(text[from:])
	at, n := w.top[r], size
	for at != nil {
		if at.word > 0 {
			word, length = at.word, n
		}
		r, size = utf8.DecodeRuneInString(text[from+n:])
		if size == 0 {
			break
		}
		at, n = at.child(r), n+size
	}
	return word, length
}

// excepted reports whether a word stands in a longer one in which it is right.
func excepted(text string, from, to int, except []string) bool {
	word := text[from:to]
	for _, e := range except {
		for shift := 0; ; {
			i := strings.Index(e[shift:], word)
			if i < 0 {
				break
			}
			begin := from - shift - i
			if begin >= 0 && strings.HasPrefix(text[begin:], e) {
				return true
			}
			shift += i + 1
		}
	}
	return false
}

//go:embed words.tsv
var builtin string

// Builtin returns the list that every office begins with: what official texts
// are most often mistyped as.
var Builtin = sync.OnceValue(func() []Word {
	list, problems := ParseWords(builtin)
	if len(problems) > 0 {
		panic("the built-in list of words: " + problems[0].Error()) // it is part of the program and tested
	}
	return list
})

// maxLines bounds what is read from one list.
const maxLines = 50_000

// ParseWords reads lines of word, what it should be, note, kind, severity and
// exceptions, with tabs between them; several of one are separated by 、 or |. A
// line of headings, 词 and 应为, is skipped.
// All but the word may be left out: with something instead it is mistyped,
// without it sensitive. Empty lines and lines that begin with # are skipped.
// Every error names its line and is an ErrWord.
func ParseWords(text string) ([]Word, []error) {
	var list []Word
	var problems []error
	at := map[string]int{}
	line := 0
	for raw := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line++
		if line > maxLines {
			return list, append(problems, fmt.Errorf("line %d: at most %d lines are read: %w", line, maxLines, ErrWord))
		}
		raw = strings.TrimRight(raw, "\r\n")
		if strings.TrimSpace(raw) == "" || strings.HasPrefix(raw, "#") || strings.HasPrefix(raw, "词\t应为") {
			continue
		}
		w := parseWord(strings.Split(raw, "\t"))
		if err := w.Check(); err != nil {
			problems = append(problems, fmt.Errorf("line %d: %w", line, err))
			continue
		}
		if i, ok := at[w.Text]; ok {
			list[i] = w
			continue
		}
		at[w.Text] = len(list)
		list = append(list, w)
	}
	return list, problems
}

func parseWord(part []string) Word {
	get := func(i int) string {
		if i < len(part) {
			return strings.TrimSpace(part[i])
		}
		return ""
	}
	w := Word{Text: get(0), Instead: several(get(1)), Note: get(2), Kind: WordKind(get(3)), Severity: playlist.Severity(get(4)), Except: several(get(5))}
	switch w.Kind {
	case "敏感", "敏感词":
		w.Kind = Sensitive
	case "易错", "易错词", "错别字":
		w.Kind = Mistyped
	case "":
		if w.Kind = Sensitive; len(w.Instead) > 0 {
			w.Kind = Mistyped
		}
	}
	switch w.Severity {
	case "必改", "必须改":
		w.Severity = playlist.Wrong
	case "存疑", "改正或说明理由":
		w.Severity = playlist.Doubt
	case "提醒":
		w.Severity = playlist.Warning
	}
	return w
}

func several(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == '、' || r == '|' }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// words looks for the lists' words in a text.
func (in *inspector) words(field, text string) {
	if in.env.Words == nil {
		return
	}
	for _, hit := range in.env.Words.Find(text) {
		w := say("“"+hit.Word.Text+"”常是误写", "this is often a slip for something else")
		if hit.Word.Kind == Sensitive {
			w = say("“"+hit.Word.Text+"”在敏感词表里，请核对", "this is on the list of sensitive words")
		} else if len(hit.Word.Instead) > 0 {
			w = say("“"+hit.Word.Text+"”应为“"+strings.Join(hit.Word.Instead, "”或“")+"”", "this should be "+strings.Join(hit.Word.Instead, " or "))
		}
		if hit.Word.Note != "" {
			w.zh += "（" + hit.Word.Note + "）"
		}
		var fixes []Fix
		for _, s := range hit.Word.Instead {
			fixes = append(fixes, Fix{Label: "改为“" + s + "”", LabelEn: "Change to " + s, Text: s})
		}
		in.add(hit.Word.Severity, field, string(cmp.Or(hit.Word.Kind, Mistyped)), text, hit.From, hit.To, w, fixes...)
	}
}

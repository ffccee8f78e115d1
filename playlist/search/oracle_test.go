package search_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/hanzi"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/search"
)

// slow is the plainest search that there is: every text from every character on,
// with every reading, by trial.
type slow struct {
	southern bool
	strokes  bool
}

func (s slow) in(keys, text string) bool {
	runes := []rune(text)
	for i := range runes {
		if !passed(runes[i]) && s.from(keys, runes[i:]) {
			return true
		}
	}
	return false
}

func passed(r rune) bool {
	return strings.ContainsRune(" 　“”‘’《》〈〉「」『』（）()·、-—–/", r)
}

func (s slow) from(keys string, runes []rune) bool {
	if keys == "" {
		return true
	}
	if len(runes) == 0 {
		return false
	}
	if passed(runes[0]) {
		return s.from(keys, runes[1:])
	}
	for _, part := range s.parts(keys, runes[0]) {
		if s.from(keys[part:], runes[1:]) {
			return true
		}
	}
	return false
}

// parts says how many keys may stand for a character.
func (s slow) parts(keys string, r rune) []int {
	if s.strokes {
		order := hanzi.StrokeOrder(r)
		switch {
		case order == "":
		case strings.HasPrefix(keys, order):
			return []int{len(order)}
		case strings.HasPrefix(order, keys):
			return []int{len(keys)}
		}
		return nil
	}
	readings := hanzi.ReadingsInUse(r)
	if r < utf8.RuneSelf {
		if c := strings.ToLower(string(r)); c >= "a" && c <= "z" {
			readings = []string{c}
		}
	}
	var out []int
	try := func(form string) {
		if strings.HasPrefix(keys, form) {
			out = append(out, len(form))
		}
	}
	for _, of := range readings {
		spellings := []string{of}
		if s.southern {
			spellings = append(spellings, hanzi.Confusable(of)...)
		}
		for i, spelt := range spellings {
			if i == 0 || len(spelt) == 1 {
				try(spelt[:1])
			}
			if len(spelt) > 1 && spelt[1] == 'h' {
				try(spelt[:2])
			}
			try(spelt)
			if spelt == "lve" || spelt == "nve" {
				spelt = spelt[:1] + "ue"
				try(spelt)
			}
			if strings.HasPrefix(spelt, keys) && (i == 0 || len(keys) > 1) {
				out = append(out, len(keys))
			}
		}
	}
	return out
}

// where says in which of its texts a notice matches: 1 title, 2 department or
// column, 3 other texts, 0 none.
func (s slow) where(lib *playlist.Library, n *playlist.Notice, keys string) int {
	english := !s.strokes && len(keys) >= 3 && strings.Contains(" "+strings.ToLower(n.TitleEn), " "+keys)
	switch {
	case s.in(keys, n.Title) || english:
		return 1
	case s.named(lib, n, keys):
		return 2
	case slices.ContainsFunc(bodies(n), func(text string) bool { return s.in(keys, text) }):
		return 3
	}
	return 0
}

func (s slow) named(lib *playlist.Library, n *playlist.Notice, keys string) bool {
	column, _ := lib.Column(n.Column)
	return s.in(keys, n.Issuer) || s.in(keys, column.Name)
}

// bodies are the texts that are looked through.
func bodies(n *playlist.Notice) []string {
	out := []string{n.Summary}
	if a := n.Announcement; a != nil {
		for _, b := range a.Blocks {
			out = append(out, b.Text)
		}
		out = append(out, a.Sign)
	}
	if g := n.Guide; g != nil {
		out = append(append(append(append(out, g.Who, g.Quota, g.Limit, g.LegalLimit, g.Fee, g.Place, g.Hours), g.Conditions...), g.Basis...), g.Tips...)
		for _, m := range g.Materials {
			out = append(out, m.Name, m.Note)
		}
		for _, s := range g.Steps {
			out = append(out, s.Name, s.Detail, s.Limit)
		}
	}
	if f := n.Fund; f != nil {
		out = append(out, f.Purpose, f.Standard, f.Period, f.Approver, f.Status)
		for _, s := range f.Sources {
			out = append(out, s.Name)
		}
		for _, t := range f.Tables {
			out = append(out, t.Title)
			for _, c := range t.Columns {
				out = append(out, c.Name)
			}
			for _, row := range t.Rows {
				out = append(out, row...)
			}
		}
	}
	if m := n.Media; m != nil {
		out = append(out, m.Text)
	}
	for _, p := range n.Pictures {
		out = append(out, p.Caption)
	}
	if n.Posting != nil {
		out = append(out, n.Posting.Objection)
	}
	return out
}

// typed spells out a random piece of a random title in a random way, sometimes
// with a wrong letter, sometimes as a southern speaker would.
func typed(w *rand.Rand, lib *playlist.Library, mode search.Mode) string {
	all := lib.List(playlist.Query{}, specimen.Now())
	n := all[w.IntN(len(all))]
	texts := append(bodies(n), n.Title, n.Title, n.Title, n.Issuer)
	runes := []rune(texts[w.IntN(len(texts))])
	var keys string
	if len(runes) > 0 {
		from := w.IntN(len(runes))
		for _, r := range runes[from:min(len(runes), from+1+w.IntN(5))] {
			if mode == search.Strokes {
				keys += hanzi.StrokeOrder(r)
				continue
			}
			readings := hanzi.Readings(r)
			if len(readings) == 0 {
				continue
			}
			of := readings[w.IntN(len(readings))]
			if others := hanzi.Confusable(of); w.IntN(8) == 0 && len(others) > 0 {
				of = others[w.IntN(len(others))]
			}
			switch w.IntN(3) {
			case 0:
				keys += of[:1]
			default:
				keys += of
			}
		}
	}
	alphabet := "abcdefghijklmnopqrstuvwxyz"
	if mode == search.Strokes {
		alphabet = hanzi.Strokes
	}
	if w.IntN(4) == 0 && keys != "" {
		keys = keys[:1+w.IntN(len(keys))]
	}
	if w.IntN(4) == 0 && keys != "" {
		at := w.IntN(len(keys))
		keys = keys[:at] + alphabet[w.IntN(len(alphabet)):][:1] + keys[min(len(keys), at+w.IntN(2)):]
	}
	if keys == "" {
		keys = alphabet[w.IntN(len(alphabet)):][:1]
	}
	return keys[:min(len(keys), 60)]
}

// edits are all rows of letters that are one letter away.
func edits(keys string) []string {
	var out []string
	for i := range len(keys) + 1 {
		for c := 'a'; c <= 'z'; c++ {
			out = append(out, keys[:i]+string(c)+keys[i:])
			if i < len(keys) {
				out = append(out, keys[:i]+string(c)+keys[i+1:])
			}
		}
		if i < len(keys) {
			out = append(out, keys[:i]+keys[i+1:])
		}
	}
	return out
}

// edited is how many more queries are compared with all of their edits, which is
// slow.
var edited int

// checkFound compares what the index finds with what the slow search does.
func checkFound(t *testing.T, x *search.Index, mode search.Mode, keys string) {
	t.Helper()
	lib := x.Library()
	plain := slow{strokes: mode == search.Strokes}
	r := x.Find(search.Query{Mode: mode, Keys: keys, Limit: 1 << 20}, specimen.Now())
	if r.More {
		t.Errorf("%s: not everything was read", keys)
	}
	found := map[*playlist.Notice]search.Hit{}
	for _, g := range r.Groups {
		exact := true
		for _, h := range g.Hits {
			if h.Exact && !exact {
				t.Errorf("%s: %s is exact and stands behind one that is not", keys, h.Notice.ID)
			}
			exact = h.Exact
			found[h.Notice] = h
			checkMarks(t, keys, h)
			if h.Exact && h.Where != search.WhereEnglish {
				checkMeant(t, plain, keys, h)
			}
		}
		if len(g.Hits) != g.Total {
			t.Errorf("%s: %d hits of %d", keys, len(g.Hits), g.Total)
		}
	}
	inTitles := 0
	for _, n := range lib.List(playlist.Query{}, specimen.Now()) {
		want := plain.where(lib, n, keys)
		h, ok := found[n]
		if got := ok && h.Exact; got != (want != 0) {
			t.Errorf("%s in %s %q: found exactly %v, the slow search says %d", keys, n.ID, n.Title, got, want)
		} else if got && (h.Title != nil || h.Where == search.WhereEnglish) != (want == 1) {
			t.Errorf("%s in %s: the title is marked %v, the slow search says %d", keys, n.ID, h.Title, want)
		}
		if want == 1 || want == 2 {
			inTitles++
		}
	}
	if mode == search.Pinyin && len(keys) > 1 && inTitles < 8 {
		checkTolerance(t, x, keys, found, inTitles)
	}
}

func checkTolerance(t *testing.T, x *search.Index, keys string, found map[*playlist.Notice]search.Hit, inTitles int) {
	t.Helper()
	lib := x.Library()
	southern := map[*playlist.Notice]bool{}
	all := lib.List(playlist.Query{}, specimen.Now())
	for _, n := range all {
		if s := (slow{southern: true}); s.in(keys, n.Title) || s.named(lib, n, keys) {
			southern[n] = true
		}
	}
	var near []string
	if len(keys) >= 4 && inTitles == 0 && len(southern) == 0 {
		if edited--; edited < 0 {
			return
		}
		near = edits(keys)
	}
	for _, n := range all {
		h, ok := found[n]
		if ok && h.Exact {
			continue
		}
		want := southern[n] || slices.ContainsFunc(near, func(k string) bool {
			return (slow{}).in(k, n.Title) || (slow{}).named(lib, n, k)
		})
		if want != ok {
			t.Errorf("%s in %s %q of %s: found with tolerance %v, the slow search says %v", keys, n.ID, n.Title, n.Issuer, ok, want)
		}
	}
}

// checkMeant checks that every mark is what the keys mean, no more and no less.
func checkMeant(t *testing.T, plain slow, keys string, h search.Hit) {
	t.Helper()
	text, spans := h.Notice.Title, h.Title
	if spans == nil {
		text, spans = h.Snippet, h.Marks
	}
	runes := []rune(text)
	for _, s := range spans {
		if of := runes[s.From:s.To]; !plain.from(keys, of) || plain.from(keys, of[:len(of)-1]) {
			t.Errorf("%s: %q is marked in %q", keys, string(of), text)
		}
	}
}

// checkMarks checks that marks lie in their texts, in order, and are not empty.
func checkMarks(t *testing.T, keys string, h search.Hit) {
	t.Helper()
	check := func(text string, spans []search.Span) {
		last := 0
		for _, s := range spans {
			if s.From < last || s.To <= s.From || s.To > utf8.RuneCountInString(text) {
				t.Errorf("%s: marks %v in %q", keys, spans, text)
				return
			}
			last = s.To
		}
	}
	check(h.Notice.Title, h.Title)
	check(h.Snippet, h.Marks)
	if h.Title == nil && (h.Marks == nil || h.Where == "") {
		t.Errorf("%s: nothing of %s is marked", keys, h.Notice.ID)
	}
	if utf8.RuneCountInString(h.Snippet) > 80 || strings.ContainsAny(h.Snippet, "\r\n") {
		t.Errorf("%s: the snippet %q is no line", keys, h.Snippet)
	}
}

func TestAgainstTheSlowSearch(t *testing.T) {
	edited = 12
	x := search.Build(county(t, 3, 10, 50))
	w := rand.New(rand.NewPCG(5, 5))
	for range 80 {
		checkFound(t, x, search.Pinyin, typed(w, x.Library(), search.Pinyin))
	}
	for range 50 {
		checkFound(t, x, search.Strokes, typed(w, x.Library(), search.Strokes))
	}
}

// An index that took over from another finds the same as a new one.
func TestRebuild(t *testing.T) {
	old := search.Build(county(t, 3, 20, 100))
	w := rand.New(rand.NewPCG(6, 6))
	for _, lib := range []*playlist.Library{county(t, 3, 20, 130), county(t, 3, 20, 40), county(t, 4, 10, 60), specimens(t)} {
		x, err := search.Rebuild(context.Background(), old, lib)
		if err != nil {
			t.Fatal(err)
		}
		if x.Library() != lib {
			t.Error("the library is another one")
		}
		fresh := search.Build(lib)
		for range 15 {
			for _, mode := range []search.Mode{search.Pinyin, search.Strokes} {
				q := search.Query{Mode: mode, Keys: typed(w, lib, mode), Limit: 1000}
				checkSame(t, x.Find(q, specimen.Now()), fresh.Find(q, specimen.Now()))
			}
		}
		for _, q := range []search.Query{{Mode: search.Digits, Keys: "12"}, {Mode: search.Digits, Keys: "000"}, {Mode: search.Text, Keys: "养老"}, {Mode: search.Text, Keys: "青政发"}} {
			checkSame(t, x.Find(q, specimen.Now()), fresh.Find(q, specimen.Now()))
		}
		old = x
	}
}

func checkSame(t *testing.T, got, want *search.Result) {
	t.Helper()
	a, b := hits(got), hits(want)
	if got.Total != want.Total || len(a) != len(b) {
		t.Errorf("%q: %d found, want %d", got.Query.Keys, got.Total, want.Total)
		return
	}
	for i := range a {
		if a[i].Notice != b[i].Notice || a[i].Snippet != b[i].Snippet || !slices.Equal(a[i].Title, b[i].Title) {
			t.Errorf("%q: hit %d is %+v, want %+v", got.Query.Keys, i, a[i], b[i])
		}
	}
}

func TestBuildCanBeStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if x, err := search.BuildContext(ctx, specimens(t)); err != context.Canceled || x != nil {
		t.Errorf("built %v, %v although it was stopped", x, err)
	}
}

func FuzzFind(f *testing.F) {
	x := search.Build(specimens(f))
	for _, s := range []string{"", "ylbx", "hspnz", "2026", "养老", "zhongguorenmin", "\xff\xfe", "i", "00006210345", "a'b c", "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss", "uuuuu", "lve", "（〔2026〕"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, keys string) {
		for _, mode := range []search.Mode{search.Pinyin, search.Strokes, search.Digits, search.Text} {
			r := x.Find(search.Query{Mode: mode, Keys: keys, Limit: 3}, specimen.Now())
			total := 0
			for _, g := range r.Groups {
				if len(g.Hits) == 0 || len(g.Hits) > 3 || g.Total < len(g.Hits) {
					t.Fatalf("%s %q: a group of %d with %d hits", mode, keys, g.Total, len(g.Hits))
				}
				total += g.Total
				for _, h := range g.Hits {
					checkMarks(t, keys, h)
				}
			}
			if total != r.Total {
				t.Fatalf("%s %q: %d found, the groups have %d", mode, keys, r.Total, total)
			}
		}
	})
}

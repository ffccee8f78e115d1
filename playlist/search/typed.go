package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// keep keeps the bytes that ok allows, at most maxKeys of them.
func keep(keys string, ok func(byte) bool) string {
	out := make([]byte, 0, min(len(keys), maxKeys))
	for i := 0; i < len(keys) && len(out) < maxKeys; i++ {
		if ok(keys[i]) {
			out = append(out, keys[i])
		}
	}
	return string(out)
}

func letters(keys string) string {
	return keep(strings.ToLower(keys), func(c byte) bool { return c >= 'a' && c <= 'z' })
}

func strokesOf(keys string) string {
	return keep(keys, func(c byte) bool { return strings.IndexByte("hspnz", c) >= 0 })
}

func digitsOf(keys string) string {
	return keep(keys, func(c byte) bool { return c >= '0' && c <= '9' })
}

// inEvery calls each with every place of a needle in a blob.
func (b *blob) inEvery(needle string, each func(local, at int)) {
	for from := 0; ; {
		i := strings.Index(b.all[from:], needle)
		if i < 0 {
			return
		}
		at := uint32(from + i)
		local, found := slices.BinarySearch(b.start, at)
		if found {
			for local+1 < len(b.start) && b.start[local+1] == at {
				local++ // those before are empty
			}
		} else {
			local--
		}
		from = int(at) + 1
		if int(at)+len(needle) <= int(b.start[local+1]) {
			each(local, int(at))
		}
	}
}

func (f *finding) digits(keys string) {
	if keys == "" {
		return
	}
	f.needle = keys
	for i := range f.x.documents {
		d := &f.x.documents[i]
		f.digitsOf(int32(i), f.x.shards[d.shard].digits.of(int(d.local)))
	}
}

// digitsOf looks through the digits of one document, in which the best come
// first.
func (f *finding) digitsOf(i int32, all string) {
	for from := 0; ; {
		at := strings.Index(all[from:], f.needle)
		if at < 0 || from == 0 && !f.allows(i) {
			return
		}
		at += from
		from = at + 1
		if end := at + len(f.needle); end < len(all) {
			f.lead(all[end])
		}
		for at--; all[at] >= '0' && all[at] <= '9'; at-- {
		}
		switch all[at] {
		case numberPart:
			f.put(i, named, exact)
		case titlePart:
			f.put(i, title, exact)
		default:
			f.put(i, text, exact)
		}
		if f.leads == allDigits {
			return
		}
	}
}

// digitSpans returns where a number has the digits of the needle.
func digitSpans(text, needle string, within Span) []Span {
	var at []int
	i := 0
	var digits []byte
	for _, r := range text {
		if r >= '0' && r <= '9' && i >= within.From && i < within.To {
			at, digits = append(at, i), append(digits, byte(r))
		}
		i++
	}
	var out []Span
	for from := 0; from+len(needle) <= len(digits); {
		i := strings.Index(string(digits[from:]), needle)
		if i < 0 {
			break
		}
		from += i + len(needle)
		out = append(out, Span{at[from-len(needle)], at[from-1] + 1})
	}
	return out
}

func (f *finding) describeDigits(h *Hit) {
	eachNumber(h.Notice.Title, 1, func(at Span, digits string) bool {
		h.Title = append(h.Title, digitSpans(h.Notice.Title, f.needle, at)...)
		return true
	})
	if h.Title != nil {
		return
	}
	numbers(h.Notice, func(where, text string) bool {
		spans := digitSpans(text, f.needle, Span{0, len(text)})
		if spans == nil {
			return true
		}
		h.Where = where
		h.Snippet, h.Marks = snippet(text, spans)
		return false
	})
	if h.Where != "" {
		return
	}
	body(h.Notice, func(where, text string) bool {
		var spans []Span
		eachNumber(text, longNumber, func(at Span, digits string) bool {
			spans = append(spans, digitSpans(text, f.needle, at)...)
			return true
		})
		if spans == nil {
			return true
		}
		h.Where = where
		h.Snippet, h.Marks = snippet(text, spans)
		return false
	})
}

// text finds characters as they stand.
func (f *finding) text(keys string) {
	keys = strings.Join(strings.Fields(strings.ToValidUTF8(keys, "")), "")
	if keys == "" {
		return
	}
	if runes := []rune(keys); len(runes) > maxKeys {
		keys = string(runes[:maxKeys])
	}
	f.needle = keys
	hit := make([]bool, len(f.x.names))
	for i := range f.x.names {
		hit[i] = strings.Contains(f.x.names[i].text, keys)
	}
	f.everyShard(func(s *shard, places []int32) {
		titles, numbers := having(&s.inTitle.chars, keys), having(&s.inNumbers, keys)
		for local, i := range places {
			if i < 0 {
				continue
			}
			d := &f.x.documents[i]
			at := -1
			if titles.has(uint16(local)) {
				at = strings.Index(d.notice.Title, keys)
			}
			switch {
			case at == 0:
				f.put(i, titleStart, exact)
			case at > 0:
				f.put(i, title, exact)
			case hit[d.issuer] || hit[d.column] ||
				numbers.has(uint16(local)) && (strings.Contains(d.notice.Document, keys) || strings.Contains(d.notice.Index, keys)):
				f.put(i, named, exact)
			}
		}
	})
	f.byText(func(s *shard, _ int) (*set, *set) { return new(set), having(&s.inText.chars, keys) }, func(text string) bool { return strings.Contains(text, keys) })
}

// having returns the notices that have every character of keys.
func having(chars *lists, keys string) *set {
	var out *set
	for _, r := range keys {
		of := new(set)
		chars.addTo(of, int(place(r)))
		out = both(out, of)
	}
	return out
}

// textSpans returns where a text has the needle.
func textSpans(text, needle string) []Span {
	var out []Span
	length := utf8.RuneCountInString(needle)
	for from, rune := 0, 0; ; {
		i := strings.Index(text[from:], needle)
		if i < 0 {
			return out
		}
		rune += utf8.RuneCountInString(text[from : from+i])
		out = append(out, Span{rune, rune + length})
		rune += length
		from += i + len(needle)
	}
}

func (f *finding) describeText(h *Hit, d *document) {
	if h.Title = textSpans(h.Notice.Title, f.needle); h.Title != nil {
		return
	}
	try := func(where, text string) bool {
		spans := textSpans(text, f.needle)
		if spans == nil {
			return true
		}
		h.Where = where
		h.Snippet, h.Marks = snippet(text, spans)
		return false
	}
	_ = try(WhereIssuer, f.x.names[d.issuer].text) && try(WhereColumn, f.x.names[d.column].text) &&
		try(WhereNumber, h.Notice.Document) && try(WhereIndex, h.Notice.Index)
	if h.Where == "" {
		body(h.Notice, try)
	}
}

// byEnglish finds the beginnings of words of the English titles.
func (f *finding) byEnglish(keys string) {
	if len(keys) < 3 {
		return
	}
	f.english = keys
	f.everyShard(func(s *shard, places []int32) {
		s.english.inEvery(" "+keys, func(local, _ int) { f.put(places[local], title, exact) })
	})
}

// englishAt returns where words of an English title begin with the keys.
func englishAt(title, keys string) []Span {
	var out []Span
	for _, s := range textSpans(" "+lowered(title), " "+keys) {
		out = append(out, Span{s.From, s.To - 1})
	}
	return out
}

// lowered makes the letters a to z small and leaves everything in its place.
func lowered(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// A snippet is one line.
const (
	snippetRunes  = 36
	snippetBefore = 10 // of these before the match
)

// snippet cuts a line around the first of the spans and moves the spans into it.
func snippet(text string, spans []Span) (string, []Span) {
	runes := []rune(text)
	if len(spans) == 0 {
		return "", nil
	}
	from := 0
	if len(runes) > snippetRunes {
		from = max(0, min(spans[0].From-snippetBefore, len(runes)-snippetRunes))
	}
	to := min(len(runes), max(from+snippetRunes, spans[0].To))
	out, shift := "", -from
	if from > 0 {
		out, shift = "…", 1-from
	}
	line := make([]rune, to-from)
	for i, r := range runes[from:to] {
		if r == '\n' || r == '\r' || r == '\t' {
			r = ' '
		}
		line[i] = r
	}
	out += string(line)
	if to < len(runes) {
		out += "…"
	}
	var marks []Span
	for _, s := range spans {
		if s.To <= to {
			marks = append(marks, Span{s.From + shift, s.To + shift})
		}
	}
	return out, marks
}

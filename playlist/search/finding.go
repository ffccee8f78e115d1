package search

import (
	"mingbai/playlist/schedule"
)

// tier says how well a notice fits; less is better, 0 is not at all.
type tier uint8

// The tiers of what is found exactly; those with a confusion and then those with
// a wrong letter follow in the same order.
const (
	titleStart tier = iota + 1
	title
	named // department, column, telephone, document or index number
	text
	tiersOf = text // of one tolerance
)

// The tolerances.
const (
	exact = iota
	confused
	mistyped
	tolerances
)

// enough is how many notices found by title, department or column make it
// needless to look for what somebody may have meant.
const enough = 8

// maxRead is how many bytes of texts one query reads at most. It bounds the time
// of queries that are found in most texts anyway.
const maxRead = 1 << 20

// finding is one query at work.
type finding struct {
	x      *Index
	query  Query
	moment schedule.Moment
	tiers  []tier // by document
	left   int    // bytes that may still be read
	more   [groups]bool

	automata [tolerances]*automaton
	needle   string // the keys of Digits and Text
	english  string // of Pinyin
	leads    keySet // that lead on
}

func (f *finding) allows(i int32) bool {
	d := &f.x.documents[i]
	return d.always || d.notice.Allows(f.moment)
}

// put notes that a document was found, unless it was found better before.
func (f *finding) put(i int32, t tier, tolerance int) {
	if i < 0 {
		return
	}
	t += tier(tolerance) * tiersOf
	if old := f.tiers[i]; old == 0 || t < old {
		f.tiers[i] = t
	}
}

// inTitles counts what may be shown of what was found otherwise than in texts.
func (f *finding) inTitles() int {
	n := 0
	for i, t := range f.tiers {
		if t != 0 && (t-1)%tiersOf+1 != text && f.allows(int32(i)) {
			if n++; n >= enough {
				break
			}
		}
	}
	return n
}

// result puts together what was found.
func (f *finding) result() *Result {
	r := &Result{Query: f.query}
	limit := f.query.Limit
	var found [groups][tolerances*int(tiersOf) + 1][]int32
	var totals, exactly [groups]int
	for i, t := range f.tiers {
		d := &f.x.documents[i]
		if t == 0 || !f.allows(int32(i)) {
			continue
		}
		totals[d.group]++
		if t <= tiersOf {
			exactly[d.group]++
		}
		if list := &found[d.group][t]; len(*list) < limit {
			*list = append(*list, int32(i))
		}
	}
	for _, first := range []bool{true, false} {
		for g := range groups {
			if totals[g] == 0 || (exactly[g] > 0) != first {
				continue
			}
			out := Group{Kinds: kindsOf[g], Total: totals[g], More: f.more[g]}
			for t, list := range found[g] {
				for _, i := range list[:min(len(list), limit-len(out.Hits))] {
					out.Hits = append(out.Hits, f.hit(i, tier(t)))
				}
			}
			r.Groups = append(r.Groups, out)
			r.Total += out.Total
			r.More = r.More || out.More
		}
	}
	r.Next = f.next()
	return r
}

// everyShard calls each with every shard and with where its notices are.
func (f *finding) everyShard(each func(s *shard, places []int32)) {
	for i, s := range f.x.shards {
		each(s, f.x.places[i])
	}
}

// byTitle looks through titles, departments and columns without tolerance. In
// titles, w says where to look.
func (f *finding) byTitle(a *automaton, w *ways) {
	names := f.names(a.in)
	f.everyShard(func(s *shard, places []int32) {
		sure, maybe := w.candidates(&s.inTitle, len(places))
		for local, i := range places {
			if i < 0 {
				continue
			}
			d := &f.x.documents[i]
			switch at := uint16(local); {
			case sure.has(at) || maybe.has(at) && a.in(s.title(local)):
				f.put(i, f.titleTier(a, s.title(local)), exact)
			case names[d.issuer] || names[d.column]:
				f.put(i, named, exact)
			}
		}
	})
}

func (f *finding) titleTier(a *automaton, text []uint16) tier {
	if a.at(text, 0) >= 0 {
		return titleStart
	}
	return title
}

// names returns which departments and columns are found.
func (f *finding) names(in func([]uint16) bool) []bool {
	out := make([]bool, len(f.x.names))
	for i := range f.x.names {
		out[i] = in(f.x.names[i].runes)
	}
	return out
}

// byTitleTolerant looks through all titles, departments and columns that were not
// found so far.
func (f *finding) byTitleTolerant(a *automaton, tolerance int) {
	names := f.names(a.in)
	f.everyShard(func(s *shard, places []int32) {
		for local, i := range places {
			if i < 0 || f.tiers[i] != 0 {
				continue
			}
			d := &f.x.documents[i]
			switch {
			case a.in(s.title(local)):
				f.put(i, f.titleTier(a, s.title(local)), tolerance)
			case names[d.issuer] || names[d.column]:
				f.put(i, named, tolerance)
			}
		}
	})
}

// byText looks through texts where candidates says that they may match: sure
// ones do, the others are read until there are as many hits as are wanted.
func (f *finding) byText(candidates func(s *shard, count int) (sure, maybe *set), reads func(text string) bool) {
	sure, maybe := make([]*set, len(f.x.shards)), make([]*set, len(f.x.shards))
	for i, s := range f.x.shards {
		sure[i], maybe[i] = candidates(s, len(f.x.places[i]))
	}
	var have [groups]int
	for i, t := range f.tiers {
		if t != 0 && f.allows(int32(i)) {
			have[f.x.documents[i].group]++
		}
	}
	for i := range f.x.documents {
		d := &f.x.documents[i]
		if f.tiers[i] != 0 {
			continue
		}
		is := sure[d.shard].has(d.local)
		if !is && !maybe[d.shard].has(d.local) || !f.allows(int32(i)) {
			continue
		}
		if !is {
			if have[d.group] >= f.query.Limit || f.left <= 0 {
				f.more[d.group] = true
				continue
			}
			body(d.notice, func(_, text string) bool {
				f.left -= len(text)
				is = reads(text)
				return !is
			})
		}
		if is {
			f.put(int32(i), text, exact)
			have[d.group]++
		}
	}
}

func (f *finding) pinyin(keys string) {
	if keys == "" {
		return
	}
	a := newPinyin(f.x.classes, keys, plain)
	f.automata[exact] = a
	w := newWays(a)
	f.byTitle(a, w)
	f.byEnglish(keys)
	f.byText(w.inText, a.inString)
	if len(keys) < 2 || f.inTitles() >= enough {
		return
	}
	f.automata[confused] = newPinyin(f.x.classes, keys, confusing)
	f.byTitleTolerant(f.automata[confused], confused)
	if len(keys) < 4 || f.inTitles() > 0 {
		return
	}
	wrong := *a
	wrong.edited = f.x.classes.table(keys, editedReach)
	f.automata[mistyped] = &wrong
	f.byTitleTolerant(&wrong, mistyped)
}

func (f *finding) strokes(keys string) {
	if keys == "" {
		return
	}
	a := newStrokes(keys)
	f.automata[exact] = a
	w := newWays(a)
	f.byTitle(a, w)
	f.byText(w.inText, a.inString)
}

// hit describes one notice that was found.
func (f *finding) hit(i int32, t tier) Hit {
	d := &f.x.documents[i]
	h := Hit{Notice: d.notice, Exact: t <= tiersOf}
	tolerance := int(t-1) / int(tiersOf)
	switch f.query.Mode {
	case Pinyin, Strokes:
		f.describe(&h, d, f.automata[tolerance])
	case Digits:
		f.describeDigits(&h)
	case Text:
		f.describeText(&h, d)
	}
	return h
}

// describe says where an automaton matches.
func (f *finding) describe(h *Hit, d *document, a *automaton) {
	if a == nil {
		return
	}
	if h.Title = a.spans(f.x.shards[d.shard].title(int(d.local))); h.Title != nil {
		return
	}
	if f.english != "" {
		if at := englishAt(d.notice.TitleEn, f.english); at != nil {
			h.Snippet, h.Marks = snippet(d.notice.TitleEn, at)
			h.Where = WhereEnglish
			return
		}
	}
	for _, n := range []struct {
		of    int32
		where string
	}{{d.issuer, WhereIssuer}, {d.column, WhereColumn}} {
		if spans := a.spans(f.x.names[n.of].runes); spans != nil {
			h.Snippet, h.Marks = snippet(f.x.names[n.of].text, spans)
			h.Where = n.where
			return
		}
	}
	body(d.notice, func(where, of string) bool {
		if !a.inString(of) {
			return true
		}
		h.Snippet, h.Marks = snippet(of, a.spans(runesOf(nil, of)))
		h.Where = where
		return false
	})
}

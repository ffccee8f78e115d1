// Package search finds notices on a screen by pinyin, by strokes, by digits and
// by text, without a network and without a keyboard.
//
// It promises an answer within 10 ms a key on 1,000 guides and 12,000 notices,
// never names a notice outside its window, and says where in the title or the
// text the match lies. It leaves to others what keys look like.
//
// Titles, departments and columns are short and are looked through one by one.
// Of every text the first 2,000 characters count; lists of which notices have a
// character, and which have three characters in a row that are read with certain
// letters, say where to look. One wrong letter and the confusions of southern
// speakers are forgiven in titles, departments and columns.
package search

import (
	"context"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Mode says how Query.Keys are meant.
type Mode string

// The modes.
const (
	Pinyin  Mode = "pinyin"  // a to z: initials, full syllables or a mixture
	Strokes Mode = "strokes" // h s p n z: 一 丨 丿 丶 乛
	Digits  Mode = "digits"  // 0 to 9: telephone numbers, document and index numbers
	Text    Mode = "text"    // Han characters and anything else, as it stands
)

// Query is what was typed.
type Query struct {
	Mode  Mode
	Keys  string
	Limit int // hits of each group at most; 0 takes 20
}

// Span is a run of runes [From, To) of a text.
type Span struct{ From, To int }

// Hit is one notice that was found.
type Hit struct {
	Notice *playlist.Notice
	Title  []Span // where the title matches
	// Where the title does not match: the text around the match, one line of it,
	// with its own marks, and what the text is (部门, 电话, 正文).
	Snippet string
	Marks   []Span
	Where   string
	Exact   bool // found without any tolerance
}

// Group is what was found of one sort.
type Group struct {
	Kinds []playlist.Kind // guides; announcements and media; funds
	Hits  []Hit
	Total int  // may be more than len(Hits)
	More  bool // there may be more than Total: not all texts were read, as there are enough hits
}

// Result is what a query found, best group order: guides, funds, announcements;
// groups of which nothing was found exactly come after the others.
type Result struct {
	Query  Query
	Groups []Group // without empty ones
	Total  int
	More   bool // of any group
	// Next are the keys that lead on to something, so that the others can be
	// drawn pale; nil says that every key may.
	Next map[byte]bool
}

// Build makes the index of everything in lib, whatever its window.
func Build(lib *playlist.Library) *Index {
	x, err := BuildContext(context.Background(), lib)
	if err != nil {
		panic("search: nobody can have stopped it: " + err.Error())
	}
	return x
}

// BuildContext is Build that gives up with the context's error when ctx ends.
func BuildContext(ctx context.Context, lib *playlist.Library) (*Index, error) {
	return Rebuild(ctx, nil, lib)
}

// Library returns what the index was made of.
func (x *Index) Library() *playlist.Library { return x.lib }

// Find answers a query for what m allows.
func (x *Index) Find(q Query, m schedule.Moment) *Result {
	if q.Limit <= 0 {
		q.Limit = 20
	}
	f := &finding{x: x, query: q, moment: m, tiers: make([]tier, len(x.documents)), left: maxRead}
	switch q.Mode {
	case Pinyin:
		f.pinyin(letters(q.Keys))
	case Strokes:
		f.strokes(strokesOf(q.Keys))
	case Digits:
		f.digits(digitsOf(q.Keys))
	case Text:
		f.text(q.Keys)
	}
	return f.result()
}

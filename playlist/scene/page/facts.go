package page

import (
	"mingbai/playlist"
)

// facts are what a Book remembers of notices so that a page of five hundred
// guides or ten thousand rows scrolls as smoothly as one of five. Notices do not
// change, so nothing here goes stale; it is dropped when there is much of it.
type facts struct {
	rows   map[rowKey]rowFacts
	tables map[*playlist.FundTable]*tableFacts
	highs  map[heightsKey][]int
	cells  map[cellsKey]*playlist.FundTable
	sums   map[*playlist.Fund]playlist.Recomputed
}

// rowKey is everything that the height of a row in a list depends on.
type rowKey struct {
	notice   playlist.NoticeID
	version  int
	entry    bool // of a column's list
	compact  bool
	width    int
	size     int
	year     int
	day, of  int // of the posting period
	en, high bool
}

// rowFacts are how high a row is and how much there is to read in it.
type rowFacts struct{ high, chars int }

// tableFacts are what a table takes to lay out that needs all of its rows.
type tableFacts struct {
	longest []string // widest text of every column, without the word for the sum
	whole   []string // widest part of a cell of every column that no line should break
	totals  []string
}

// Bounds of what is remembered.
const (
	maxRows   = 4096
	maxTables = 64
)

func (b *Book) row(k rowKey) (rowFacts, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, ok := b.known.rows[k]
	return h, ok
}

func (b *Book) keepRow(k rowKey, f rowFacts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known.rows == nil || len(b.known.rows) >= maxRows {
		b.known.rows = make(map[rowKey]rowFacts)
	}
	b.known.rows[k] = f
}

// table returns a table's facts.
func (b *Book) table(t *playlist.FundTable) *tableFacts {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f, ok := b.known.tables[t]; ok {
		return f
	}
	if b.known.tables == nil || len(b.known.tables) >= maxTables {
		b.known.tables = make(map[*playlist.FundTable]*tableFacts)
	}
	f := &tableFacts{longest: longest(t), whole: whole(t), totals: t.Totals()}
	b.known.tables[t] = f
	return f
}

// heightsKey is everything that the heights of a table's rows depend on.
type heightsKey struct {
	table              *playlist.FundTable
	size, leading, pad int
	width              [12]int // of its columns, of which there are no more
}

func (b *Book) rowHeights(k heightsKey) ([]int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, ok := b.known.highs[k]
	return h, ok
}

func (b *Book) keepRowHeights(k heightsKey, h []int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known.highs == nil || len(b.known.highs) >= maxTables {
		b.known.highs = make(map[heightsKey][]int)
	}
	b.known.highs[k] = h
}

// recomputed adds a fund notice up, once.
func (b *Book) recomputed(f *playlist.Fund) playlist.Recomputed {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, ok := b.known.sums[f]; ok {
		return r
	}
	if b.known.sums == nil || len(b.known.sums) >= maxTables {
		b.known.sums = make(map[*playlist.Fund]playlist.Recomputed)
	}
	r := f.Recompute()
	b.known.sums[f] = r
	return r
}

// remembered lays a row out, or only moves past it when its height is known and
// nobody sees it.
func (s *sheet) remembered(n *playlist.Notice, entry, compact bool, draw func()) {
	st, _ := s.lib.Posting(n, s.moment)
	k := rowKey{n.ID, n.Version, entry, compact, s.width(), s.m.t(sizeSmall), s.now.Year(), st.Day, st.Of, s.w.en, s.v.HighContrast}
	top := s.y
	if f, ok := s.row(k); ok {
		at := top + s.shift.Y
		if s.dry || at >= s.clip.Max.Y || at+f.high <= s.clip.Min.Y {
			s.rows = append(s.rows, top)
			s.chars += f.chars
			s.y = top + f.high
			s.hairAt = s.y
			s.breakAt(s.y)
			return
		}
	}
	chars := s.chars
	draw()
	s.keepRow(k, rowFacts{s.y - top, s.chars - chars})
}

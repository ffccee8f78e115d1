package playlist

import (
	"cmp"
	"slices"
)

// maxTiles is how many columns stand on the touchscreen's home (DOMAIN U05).
const maxTiles = 8

// maxDepth bounds the way from a column to the top, so that a ring of columns
// that no check has seen can do no harm.
const maxDepth = 16

// catalogue is a tree of columns.
type catalogue struct {
	byID     map[ColumnID]Column
	children map[ColumnID][]Column
	tiles    []Column
}

func newCatalogue(columns []Column) catalogue {
	c := catalogue{byID: make(map[ColumnID]Column, len(columns)), children: map[ColumnID][]Column{}}
	for _, col := range columns {
		c.byID[col.ID] = col
		c.children[col.Parent] = append(c.children[col.Parent], col)
		if col.Tile > 0 {
			c.tiles = append(c.tiles, col)
		}
	}
	slices.SortStableFunc(c.tiles, func(a, b Column) int { return cmp.Compare(a.Tile, b.Tile) })
	c.tiles = c.tiles[:min(len(c.tiles), maxTiles)]
	return c
}

// path returns the columns from the top down to id; nil when there is none.
func (c *catalogue) path(id ColumnID) []Column {
	var out []Column
	for len(out) < maxDepth {
		col, ok := c.byID[id]
		if !ok {
			break
		}
		out = append(out, col)
		id = col.Parent
	}
	slices.Reverse(out)
	return out
}

// Tiles returns the columns of the touchscreen's home, 8 at most, in order.
func (l *Library) Tiles() []Column { return slices.Clone(l.catalogue.tiles) }

// Columns returns the columns below parent in the order of the catalogue; ""
// asks for the top.
func (l *Library) Columns(parent ColumnID) []Column {
	return slices.Clone(l.catalogue.children[parent])
}

// Column finds a column.
func (l *Library) Column(id ColumnID) (Column, bool) {
	c, ok := l.catalogue.byID[id]
	return c, ok
}

// Path returns the columns from the top down to id, nil when there is no such
// column.
func (l *Library) Path(id ColumnID) []Column { return l.catalogue.path(id) }

package console

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fundsheet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// actFund does what a button of the fund notice's form asks for. A button names its
// table and place: mend:0:unit:unit:7:4, row:0:3:up, col:0:2:del.
func (v *visit) actFund(f fields, n *playlist.Notice, do string) (acted, error) {
	words := strings.Split(do, ":")
	arg := func(i int) int {
		if i >= len(words) {
			return -1
		}
		k, err := strconv.Atoi(words[i])
		if err != nil {
			return -1
		}
		return k
	}
	switch words[0] {
	case "total":
		f.Del("total")
		return changed, nil
	case "sources":
		f.Del("source")
		f.Del("source_amount")
		return changed, nil
	case "compare":
		if f.text("compare") == "" {
			f.Set("compare", "1")
		} else {
			f.Del("compare")
		}
		return changed, nil
	case "import", "map", "remap", "unmap", "again":
		return v.importAct(f, words, arg)
	case "forget":
		f.Del(gridField(max(arg(1), 0), "remembered"))
		return changed, v.Store.Update(v.ctx, func(tx *store.Tx) error {
			return tx.DropMapping(v.ctx, v.mappingOwner(), "fund:"+lastOf(words))
		})
	case "mend", "row", "col", "table", "page", "set":
	default:
		return notMine, nil
	}
	grids := v.grids(f)
	if words[0] == "table" && len(words) > 1 && words[1] == "add" {
		if len(grids) < maxGrids {
			grids = append(grids, v.emptyGrid())
		}
		return changed, v.putGrids(f, grids)
	}
	i := arg(1)
	if i < 0 || i >= len(grids) {
		return changed, nil
	}
	g := &grids[i]
	switch words[0] {
	case "table":
		grids = slices.Delete(grids, i, i+1)
	case "page":
		g.Page = max(arg(2), 0)
	case "mend":
		if len(words) == 6 && !g.Apply(fundsheet.Mend(words[2]), words[3], arg(4), arg(5)) {
			return changed, nil
		}
	case "set":
		row, col := arg(2), arg(3)
		if text := strings.SplitN(do, ":", 5); len(text) == 5 && row >= 0 && row < len(g.Table.Rows) && col >= 0 && col < len(g.Table.Rows[row]) {
			g.Table.Rows[row][col] = cellTyped(text[4])
		}
	case "row":
		g.moveRow(arg(2), lastOf(words))
	case "col":
		g.moveColumn(arg(2), lastOf(words))
	}
	return changed, v.putGrids(f, grids)
}

func lastOf(words []string) string { return words[len(words)-1] }

// moveRow moves, adds or removes a row; row -1 is behind the last.
func (g *grid) moveRow(row int, how string) {
	t := &g.Table
	switch {
	case how == "add" && len(t.Rows) < editableRows:
		at := len(t.Rows)
		if row >= 0 && row < len(t.Rows) {
			at = row + 1
		}
		g.Insert(at, make([]string, len(t.Columns)))
	case row < 0 || row >= len(t.Rows):
	case how == "del":
		g.Remove(row)
	case how == "up" && row > 0:
		g.Swap(row, row-1)
	case how == "down" && row+1 < len(t.Rows):
		g.Swap(row, row+1)
	}
}

// moveColumn moves, adds or removes a column; what is said about columns by their
// place goes when places change.
func (g *grid) moveColumn(col int, how string) {
	t := &g.Table
	swap := func(a, b int) {
		t.Columns[a], t.Columns[b] = t.Columns[b], t.Columns[a]
		for _, row := range t.Rows {
			row[a], row[b] = row[b], row[a]
		}
	}
	switch {
	case how == "add" && len(t.Columns) < 12:
		at := len(t.Columns)
		if col >= 0 && col < len(t.Columns) {
			at = col + 1
		}
		t.Columns = slices.Insert(t.Columns, at, playlist.FundColumn{Type: playlist.TextColumn})
		for i := range t.Rows {
			t.Rows[i] = slices.Insert(t.Rows[i], at, "")
		}
	case col < 0 || col >= len(t.Columns):
		return
	case how == "del" && len(t.Columns) > 1:
		t.Columns = slices.Delete(t.Columns, col, col+1)
		for i := range t.Rows {
			t.Rows[i] = slices.Delete(t.Rows[i], col, col+1)
		}
	case how == "left" && col > 0:
		swap(col, col-1)
	case how == "right" && col+1 < len(t.Columns):
		swap(col, col+1)
	default:
		return
	}
	t.Product, g.Printed = nil, nil
}

package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingbai/assets"
	"mingbai/controller/fundsheet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// editableRows is how many rows a table may have to be edited cell by cell; a
// larger one is kept apart from the form, and its wrong cells only are edited.
const editableRows = 200

// maxGrids is how many tables a fund notice may have.
const maxGrids = 20

// grid is a table of a fund notice as it stands in the form: fields t0.title,
// t0.by, for every column t0.name, t0.unit and t0.type, for every cell t0.cell, row
// by row, and what came with it from a sheet.
type grid struct {
	fundsheet.Mended
	Places map[string]playlist.SiteID // what names of villages mean that are no site's
	Kept   bool                       // the rows are a blob
	Ref    assets.Ref
	Page   int
	Lost   bool // the blob is gone
}

func gridField(table int, name string) string { return "t" + strconv.Itoa(table) + "." + name }

// gridCount is how many tables the form has.
func (f fields) gridCount() int {
	n, err := strconv.Atoi(f.text("tables"))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, maxGrids)
}

// grids reads all tables of a form.
func (v *visit) grids(f fields) []grid {
	out := make([]grid, f.gridCount())
	for i := range out {
		out[i] = v.grid(f, i)
	}
	return out
}

func (v *visit) grid(f fields, i int) grid {
	g := grid{}
	t := &g.Table
	t.Title, t.By = f.text(gridField(i, "title")), f.text(gridField(i, "by"))
	units, types := f.Values[gridField(i, "unit")], f.Values[gridField(i, "type")]
	for c, name := range f.Values[gridField(i, "name")] {
		col := playlist.FundColumn{Name: strings.TrimSpace(name), Type: playlist.TextColumn}
		if c < len(units) {
			col.Unit = strings.TrimSpace(units[c])
		}
		if c < len(types) {
			switch types[c] {
			case "money":
				col.Type, col.Money = playlist.SumColumn, true
			case string(playlist.SumColumn), string(playlist.NumberColumn):
				col.Type = playlist.ColumnType(types[c])
			}
		}
		t.Columns = append(t.Columns, col)
	}
	// What is malformed in these was not typed by a person; it counts as nothing.
	_ = json.Unmarshal([]byte(f.text(gridField(i, "printed"))), &g.Printed)
	_ = json.Unmarshal([]byte(f.text(gridField(i, "pairs"))), &g.Pairs)
	_ = json.Unmarshal([]byte(f.text(gridField(i, "places"))), &g.Places)
	_ = json.Unmarshal([]byte(f.text(gridField(i, "product"))), &t.Product)
	_ = json.Unmarshal([]byte(f.text(gridField(i, "lines"))), &g.Lines)
	sites := f.Values[gridField(i, "place_site")]
	for k, name := range f.Values[gridField(i, "place_name")] {
		if k < len(sites) && sites[k] != "" {
			if g.Places == nil {
				g.Places = map[string]playlist.SiteID{}
			}
			g.Places[name] = playlist.SiteID(sites[k])
		}
	}
	g.Page, _ = strconv.Atoi(f.text(gridField(i, "page")))
	v.gridRows(f, i, &g)
	if len(g.Lines) > len(t.Rows) {
		g.Lines = g.Lines[:len(t.Rows)]
	}
	return g
}

// gridRows reads the rows: the cells of the form, or those that are kept apart with
// what was typed over them.
func (v *visit) gridRows(f fields, i int, g *grid) {
	t, width := &g.Table, len(g.Table.Columns)
	if kept := f.text(gridField(i, "kept")); kept != "" {
		g.Kept = true
		if err := v.keptRows(kept, g); err != nil {
			g.Lost = true
		}
		prefix := gridField(i, "fix.")
		for name := range f.Values {
			rest, ok := strings.CutPrefix(name, prefix)
			row, col, found := strings.Cut(rest, ".")
			r, err1 := strconv.Atoi(row)
			c, err2 := strconv.Atoi(col)
			if ok && found && err1 == nil && err2 == nil && r >= 0 && r < len(t.Rows) && c >= 0 && c < len(t.Rows[r]) {
				t.Rows[r][c] = cellTyped(f.Get(name))
			}
		}
		return
	}
	t.Rows = [][]string{}
	cells := f.Values[gridField(i, "cell")]
	for width > 0 && len(cells) > 0 {
		row := make([]string, width)
		for c := range min(width, len(cells)) {
			row[c] = cellTyped(cells[c])
		}
		t.Rows = append(t.Rows, row)
		cells = cells[min(width, len(cells)):]
	}
}

// cellTyped is a cell without space around it and without ends of lines.
func cellTyped(s string) string { return strings.Join(strings.Fields(s), " ") }

// keptTable is what is kept apart from the form of a large table.
type keptTable struct {
	Rows  [][]string `json:"rows"`
	Lines []int      `json:"lines,omitempty"` // their rows in Excel
}

// mostKept bounds the rows that are kept apart, in bytes.
const mostKept = 16 << 20

func (v *visit) keptRows(ref string, g *grid) error {
	var err error
	if g.Ref, err = assets.ParseRef(ref); err != nil {
		return err
	}
	sees, err := v.viewer()
	if err != nil {
		return err
	}
	if may, err := v.Store.MayHave(v.ctx, sees, v.person.Login, g.Ref); err != nil || !may {
		return errors.Join(err, assets.ErrNotFound) // a table that was kept for somebody else
	}
	data, err := v.Blobs.Read(g.Ref, mostKept)
	if err != nil {
		return err
	}
	var kept keptTable
	if err := json.Unmarshal(data, &kept); err != nil {
		return err
	}
	rows := kept.Rows
	g.Lines = kept.Lines
	for r := range rows {
		if len(rows[r]) != len(g.Table.Columns) {
			return fmt.Errorf("row %d of a kept table has %d cells", r, len(rows[r]))
		}
	}
	g.Table.Rows = rows
	return nil
}

// putGrid writes a table into the form.
func (v *visit) putGrid(f fields, i int, g *grid) error {
	f.dropGrid(i)
	t := &g.Table
	f.Set(gridField(i, "title"), t.Title)
	f.Set(gridField(i, "by"), t.By)
	for _, c := range t.Columns {
		f.Add(gridField(i, "name"), c.Name)
		f.Add(gridField(i, "unit"), c.Unit)
		kind := string(c.Type)
		if c.Money {
			kind = "money"
		}
		f.Add(gridField(i, "type"), kind)
	}
	set := func(name string, value any, is bool) error {
		if !is {
			return nil
		}
		data, err := json.Marshal(value)
		f.Set(gridField(i, name), string(data))
		return err
	}
	if err := set("printed", g.Printed, len(g.Printed) > 0); err != nil {
		return err
	}
	if err := set("pairs", g.Pairs, len(g.Pairs) > 0); err != nil {
		return err
	}
	if err := set("places", g.Places, len(g.Places) > 0); err != nil {
		return err
	}
	if err := set("product", t.Product, t.Product != nil); err != nil {
		return err
	}
	if err := set("lines", g.Lines, len(g.Lines) > 0 && len(t.Rows) <= editableRows); err != nil {
		return err
	}
	if len(t.Rows) <= editableRows {
		for _, row := range t.Rows {
			f.Values[gridField(i, "cell")] = append(f.Values[gridField(i, "cell")], row...)
		}
		return nil
	}
	data, err := json.Marshal(keptTable{t.Rows, g.Lines})
	if err != nil {
		return err
	}
	ref, err := v.Blobs.PutBytes(data)
	if err != nil {
		return fmt.Errorf("keep a table: %w", err)
	}
	if err := v.Store.Update(v.ctx, func(t *store.Tx) error { return t.AddBlob(v.ctx, v.person.Login, ref, v.Now()) }); err != nil {
		return err
	}
	f.Set(gridField(i, "kept"), ref.String())
	f.Set(gridField(i, "page"), strconv.Itoa(g.Page))
	return nil
}

// dropGrid takes a table's fields out of the form.
func (f fields) dropGrid(i int) {
	prefix := gridField(i, "")
	for name := range f.Values {
		if strings.HasPrefix(name, prefix) {
			f.Del(name)
		}
	}
}

// putGrids writes all tables into the form.
func (v *visit) putGrids(f fields, grids []grid) error {
	for i := range f.gridCount() {
		f.dropGrid(i)
	}
	f.Set("tables", strconv.Itoa(len(grids)))
	for i := range grids {
		if err := v.putGrid(f, i, &grids[i]); err != nil {
			return err
		}
	}
	return nil
}

// emptyGrid is the table of a new form.
func (v *visit) emptyGrid() grid {
	g := grid{}
	g.Table = playlist.FundTable{By: "item", Columns: []playlist.FundColumn{
		{Name: "项目", Type: playlist.TextColumn}, {Name: "来源", Type: playlist.TextColumn},
		{Name: "金额", Unit: "万元", Type: playlist.SumColumn, Money: true}, {Name: "用途与去向", Type: playlist.TextColumn},
	}}
	for range 3 {
		g.Table.Rows = append(g.Table.Rows, make([]string, 4))
	}
	return g
}

// table is the table as the notice has it: numbers plain, empty rows at the end
// left out, villages found among the sites.
func (g *grid) table(sites []playlist.Site) (playlist.FundTable, []string) {
	t := g.Table
	t.Rows = slices.Clone(t.Rows)
	t.Columns = slices.Clone(t.Columns)
	for len(t.Rows) > 0 && !slices.ContainsFunc(t.Rows[len(t.Rows)-1], func(s string) bool { return s != "" }) {
		t.Rows = t.Rows[:len(t.Rows)-1]
	}
	for r := range t.Rows {
		t.Rows[r] = slices.Clone(t.Rows[r])
	}
	fundsheet.Tidy(&t)
	if !fundsheet.HasProduct(&t) {
		t.Product = fundsheet.FindProduct(&t)
	}
	col := fundsheet.VillageColumn(&t)
	if col < 0 {
		t.Sites = nil
		return t, nil
	}
	var unknown []string
	t.Sites, unknown = fundsheet.SitesOf(&t, col, sites, g.Places)
	return t, unknown
}

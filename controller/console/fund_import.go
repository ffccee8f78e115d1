package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fundsheet"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// pasted is what was pasted from a sheet, as it waits for its columns to be sorted
// out.
type pasted struct {
	Text string `json:"text"`
	HTML string `json:"html"`
}

// The kinds of uploads that wait for their columns to be sorted out. They may hold
// numbers of persons, so that they go as soon as the table is taken, and expire.
const (
	fundFile  = "fund"
	fundPaste = "fund-paste"
)

// readBook reads what was uploaded or pasted.
func readBook(kind, name string, data []byte) (*sheet.Book, error) {
	if kind == fundPaste {
		var p pasted
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, fmt.Errorf("read a paste: %w", err)
		}
		return sheet.Paste(p.Text, p.HTML, sheet.Limits{})
	}
	return sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{})
}

// waitingBook reads an upload of the person again; nil if it is gone.
func (v *visit) waitingBook(id string) (*sheet.Book, error) {
	u, err := v.Store.Upload(v.ctx, id, v.person.Login)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Kind != fundFile && u.Kind != fundPaste {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := v.Store.UploadData(v.ctx, id, v.person.Login)
	if err != nil {
		return nil, err
	}
	return readBook(u.Kind, u.Name, data)
}

// fundMapPage asks what the columns of a sheet mean.
type fundMapPage struct {
	frame
	Base    string
	Hidden  []hiddenField // the form that goes on
	Table   int
	Token   string
	Sheets  []option
	Heads   int // number of the first heading row, 0: none
	Count   int
	By      string
	Mask    bool
	Private int
	Columns []fundMapColumn
	Sample  [][]string
	Lines   []int
	More    int
	Wrong   string
	Names   []string // units that are offered
}

type fundMapColumn struct {
	From     int
	Letter   string
	Heading  string
	Name     string
	Unit     string
	Personal string
	Uses     []option
	Dropped  bool
	Covered  bool // Excel does not show it
}

type hiddenField struct{ Name, Value string }

// hidden lists what was typed, for a page between two looks at the form. What
// belongs to the page itself is left out.
func (f fields) hidden(but string) []hiddenField {
	var out []hiddenField
	for name, values := range f.Values {
		if strings.HasPrefix(name, but) {
			continue
		}
		for _, text := range values {
			out = append(out, hiddenField{name, text})
		}
	}
	slices.SortStableFunc(out, func(a, b hiddenField) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// importAct takes a file or pasted cells, asks what they mean, and puts the table
// into the form.
func (v *visit) importAct(f fields, words []string, arg func(int) int) (acted, error) {
	i := arg(1)
	if i < 0 || i > min(f.gridCount(), maxGrids-1) {
		return changed, nil
	}
	switch words[0] {
	case "unmap": // back to the form as it was
		f.dropMap()
		return changed, nil
	case "import", "again":
		up, data, err := v.uploadedSheet(f, i)
		if err != nil {
			return changed, err
		}
		if data == nil {
			f.Set(gridField(i, "refused"), v.t("请先选择文件，或者粘贴单元格。"))
			return changed, nil
		}
		book, err := readBook(up.Kind, up.Name, data)
		var refused *sheet.Error
		switch {
		case errors.As(err, &refused):
			f.Set(gridField(i, "refused"), refused.In(v.lang == english))
			return changed, nil
		case err != nil:
			return changed, err
		}
		k := 0
		for k < len(book.Sheets)-1 && (book.Sheets[k].Hidden || len(book.Sheets[k].Rows) == 0) {
			k++
		}
		s := fundsheet.From(&book.Sheets[k])
		if m, ok := v.rememberedMapping(s); ok {
			return changed, v.takeSheet(f, i, s, m, true)
		}
		if err := v.Store.Update(v.ctx, func(tx *store.Tx) error { return tx.AddUpload(v.ctx, up, data) }); err != nil {
			return changed, err
		}
		return v.askMapping(f, i, up.ID, book, k, s, v.guessFund(s))
	}
	if len(words) < 3 {
		return changed, nil
	}
	book, err := v.waitingBook(words[2])
	if err != nil {
		return changed, err
	}
	if book == nil {
		f.Set(gridField(i, "refused"), v.t("上传的文件已经过期，请再传一次。"))
		f.dropMap()
		return changed, nil
	}
	k, _ := strconv.Atoi(f.text("map.sheet"))
	if k < 0 || k >= len(book.Sheets) {
		k = 0
	}
	s := fundsheet.From(&book.Sheets[k])
	if words[0] == "remap" {
		m := v.guessFund(s)
		if f.text("map.sheet") == f.text("map.was") {
			head, err1 := strconv.Atoi(f.text("map.head"))
			count, err2 := strconv.Atoi(f.text("map.heads"))
			if err1 == nil && err2 == nil {
				if head < 1 {
					head, count = 1, 0
				}
				m = fundsheet.GuessAt(s, head-1, count, v.fundSites())
			}
		}
		return v.askMapping(f, i, words[2], book, k, s, m)
	}
	m := f.mapping(s)
	if !slices.ContainsFunc(m.Columns, func(c fundsheet.Column) bool { return c.Use != fundsheet.Drop }) {
		f.Set("map.wrong", v.t("至少要有一列进入公示。"))
		return v.askMapping(f, i, words[2], book, k, s, m)
	}
	if err := v.rememberMapping(s, m, words[2]); err != nil {
		return changed, err
	}
	return changed, v.takeSheet(f, i, s, m, false)
}

func (f fields) dropMap() {
	for name := range f.Values {
		if strings.HasPrefix(name, "map.") {
			f.Del(name)
		}
	}
}

func (v *visit) fundSites() []playlist.Site {
	sites, err := v.villages()
	if err != nil {
		return nil
	}
	return sites
}

func (v *visit) guessFund(s *fundsheet.Sheet) fundsheet.Mapping {
	return fundsheet.Guess(s, v.fundSites())
}

// uploadedSheet takes what was uploaded or pasted for a table; no data if nothing was.
func (v *visit) uploadedSheet(f fields, i int) (store.Upload, []byte, error) {
	defer func() {
		f.Del(gridField(i, "paste"))
		f.Del(gridField(i, "paste_html"))
	}()
	up := store.Upload{ID: newOnce(), Person: v.person.Login, At: v.Now(), Kind: fundFile, State: json.RawMessage("{}")}
	if form := v.r.MultipartForm; form != nil {
		for _, head := range form.File[gridField(i, "file")] {
			if head.Size == 0 {
				continue
			}
			file, err := head.Open()
			if err != nil {
				return up, nil, fmt.Errorf("open an uploaded file: %w", err)
			}
			defer file.Close()
			up.Name = head.Filename
			data, err := io.ReadAll(file)
			return up, data, err
		}
	}
	p := pasted{Text: f.Get(gridField(i, "paste")), HTML: f.Get(gridField(i, "paste_html"))}
	if strings.TrimSpace(p.Text) == "" && strings.TrimSpace(p.HTML) == "" {
		return up, nil, nil
	}
	up.Kind = fundPaste
	data, err := json.Marshal(p)
	return up, data, err
}

// mappingOwner is whose mappings a person uses: the department's, or the site's.
func (v *visit) mappingOwner() string {
	if v.person.Department != "" {
		return string(v.person.Department)
	}
	return "site:" + string(v.person.Site)
}

func (v *visit) rememberedMapping(s *fundsheet.Sheet) (m fundsheet.Mapping, ok bool) {
	body, err := v.Store.Mapping(v.ctx, v.mappingOwner(), "fund:"+s.Shape)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			v.Log.Error("the mapping of a sheet could not be read", "err", err)
		}
		return m, false
	}
	if json.Unmarshal(body, &m) != nil {
		return m, false
	}
	// The heading may stand in another row this time; the columns are the same.
	g := v.guessFund(s)
	m.Head, m.Heads = g.Head, g.Heads
	return m, len(m.Columns) > 0
}

// rememberMapping keeps how a sheet is read, and lets go of the upload.
func (v *visit) rememberMapping(s *fundsheet.Sheet, m fundsheet.Mapping, upload string) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return v.Store.Update(v.ctx, func(tx *store.Tx) error {
		if err := tx.DropUpload(v.ctx, upload, v.person.Login); err != nil || m.Head+m.Heads >= len(s.Rows) {
			return err // a heading alone says little about its columns
		}
		return tx.PutMapping(v.ctx, v.mappingOwner(), "fund:"+s.Shape, body, v.Now())
	})
}

// mapping reads the page that asks what columns mean.
func (f fields) mapping(s *fundsheet.Sheet) fundsheet.Mapping {
	head, _ := strconv.Atoi(f.text("map.head"))
	count, _ := strconv.Atoi(f.text("map.heads"))
	m := fundsheet.Mapping{Head: max(head-1, 0), Heads: max(count, 0), By: f.text("map.by"), Mask: f.text("map.mask") != ""}
	if head < 1 {
		m.Heads = 0
	}
	m.Head = min(m.Head, max(len(s.Rows)-1, 0))
	m.Heads = min(m.Heads, 4, len(s.Rows)-m.Head)
	at := func(name string, i int) string {
		if list := f.Values["map."+name]; i < len(list) {
			return strings.TrimSpace(list[i])
		}
		return ""
	}
	money := false
	for i, from := range f.Values["map.from"] {
		k, err := strconv.Atoi(from)
		if err != nil || k < 0 {
			continue
		}
		c := fundsheet.Column{From: k, Use: fundsheet.Use(at("use", i)), Name: at("name", i), Unit: at("unit", i), Personal: at("personal", i)}
		if !slices.Contains(fundsheet.Uses, c.Use) {
			c.Use = fundsheet.Drop
		}
		if c.Use == fundsheet.Money {
			if money {
				c.Use = fundsheet.Sum
			}
			money = true
		}
		m.Columns = append(m.Columns, c)
	}
	return m
}

// useWords says how a use is called.
func (v *visit) useWords(u fundsheet.Use) string {
	switch u {
	case fundsheet.Drop:
		return v.t("不导入")
	case fundsheet.Order:
		return v.t("序号")
	case fundsheet.Village:
		return v.t("村（社区）")
	case fundsheet.Name:
		return v.t("姓名")
	case fundsheet.Source:
		return v.t("资金来源")
	case fundsheet.Unit:
		return v.t("金额的单位")
	case fundsheet.Number:
		return v.t("数字，不相加")
	case fundsheet.Sum:
		return v.t("数字，相加")
	case fundsheet.Share:
		return v.t("其中一个来源的金额")
	case fundsheet.Money:
		return v.t("金额，与总额核对")
	}
	return v.t("文字")
}

// askMapping shows the page that asks what the columns mean, the guess filled in.
func (v *visit) askMapping(f fields, i int, token string, book *sheet.Book, k int, s *fundsheet.Sheet, m fundsheet.Mapping) (acted, error) {
	p := fundMapPage{
		frame: v.page(v.t("表格各列是什么")), Base: "/write/fund", Hidden: f.hidden("map."), Table: i, Token: token,
		Count: m.Heads, By: m.By, Mask: m.Mask, Wrong: f.text("map.wrong"), Names: unitNames,
	}
	if m.Heads > 0 {
		p.Heads = m.Head + 1
	}
	for j, sh := range book.Sheets {
		if len(sh.Rows) > 0 {
			p.Sheets = append(p.Sheets, option{Value: strconv.Itoa(j), Label: v.t("%s（%d 行）", sh.Name, len(sh.Rows)), Chosen: j == k})
		}
	}
	headings := s.Headings(m.Head, m.Heads)
	for _, c := range m.Columns {
		col := fundMapColumn{From: c.From, Letter: fundsheet.Letter(c.From), Name: c.Name, Unit: c.Unit, Personal: c.Personal, Covered: slices.Contains(s.Covered, c.From), Dropped: c.Use == fundsheet.Drop}
		if c.From < len(headings) {
			col.Heading = headings[c.From]
		}
		if c.Personal != "" {
			p.Private++
		}
		for _, u := range fundsheet.Uses {
			col.Uses = append(col.Uses, option{Value: string(u), Label: v.useWords(u), Chosen: u == c.Use})
		}
		p.Columns = append(p.Columns, col)
	}
	const shown = 6
	rows := s.Rows[min(m.Head+m.Heads, len(s.Rows)):]
	for _, r := range rows {
		if len(p.Sample) == shown {
			break
		}
		line := make([]string, len(m.Columns))
		some := false
		for j, c := range m.Columns {
			if c.From < len(r.Cells) {
				line[j] = r.Cells[c.From]
				if c.Personal != "" {
					line[j] = fundsheet.MaskNumber(line[j], c.Personal)
				}
				some = some || line[j] != ""
			}
		}
		if some {
			p.Sample, p.Lines = append(p.Sample, line), append(p.Lines, r.Number)
		}
	}
	p.More = max(len(rows)-len(p.Sample), 0)
	return answered, v.showAs(http.StatusOK, "fund_map", p)
}

// takeSheet puts the table of a sheet into the form. What the form already has for
// fields that the sheet knows too stays.
func (v *visit) takeSheet(f fields, i int, s *fundsheet.Sheet, m fundsheet.Mapping, remembered bool) error {
	f.dropMap()
	grids := v.grids(f)
	if i == len(grids) {
		grids = append(grids, grid{})
	}
	r := fundsheet.Build(s, m, v.fundSites(), grids[i].Places)
	title := grids[i].Table.Title
	grids[i] = grid{Mended: fundsheet.Mended{Table: r.Table, Lines: r.Lines, Printed: r.Printed, Pairs: r.Pairs}, Places: grids[i].Places}
	t := &grids[i].Table
	if title != "" {
		t.Title = title
	}
	if t.Title == "" {
		t.Title = f.text("title")
	}
	if f.text("title") == "" {
		f.Set("title", r.Title)
	}
	if r.Period != "" && (f.text("period") == "" || !f.Has("touched")) {
		f.Set("period", r.Period)
	}
	// The grand total of the money becomes the notice's own, with which everything
	// is compared; the others stay beside the table.
	grids[i].Printed = slices.DeleteFunc(grids[i].Printed, func(p fundsheet.Printed) bool {
		return r.HasTotal && t.Columns[p.Column].Money && p.From == 0 && p.To == len(t.Rows)
	})
	if err := v.putGrids(f, grids); err != nil {
		return err
	}
	unit := "元"
	for _, c := range t.Columns {
		if c.Money && c.Unit != "" {
			unit = c.Unit
		}
	}
	if unit == "元" || unit == "万元" {
		f.Set("money_unit", unit)
	}
	f.Del("total")
	if sum, ok := fundsheet.Total([]playlist.FundTable{*t}); r.HasTotal && (!ok || sum != r.Total) {
		money := playlist.Yuan
		if unit == "万元" {
			money = playlist.Wan
		}
		f.Set("total", inUnit(r.Total, money))
	}
	f.Del("source")
	f.Del("source_amount")
	var notes []string
	for _, note := range r.Notes {
		notes = append(notes, v.words(note.Zh, v.noteEn(note)))
	}
	f.Set(gridField(i, "notes"), strings.Join(notes, "\n"))
	f.Set(gridField(i, "taken"), strconv.Itoa(len(r.Table.Rows)))
	if remembered {
		f.Set(gridField(i, "remembered"), s.Shape)
	}
	return nil
}

func (v *visit) noteEn(n fundsheet.Note) string {
	if n.Line == 0 {
		return sentence(n.En)
	}
	return v.t("第 %d 行：", n.Line) + n.En
}

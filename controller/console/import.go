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
	"mingbai/controller/listing"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// Lists come in from the files that offices keep: upload, say what the columns
// mean, see what would change, then make drafts, or departments and accounts.
// Nothing reaches a screen here: drafts go the way of every draft. It is one flow;
// what differs from list to list is a importKind.

// importKind is one sort of list.
type importKind struct {
	name  string // in addresses, and the kind of its uploads
	staff bool   // of the administrator's pages
	words func(v *visit) importWords
	// heads are its columns: headings of the template, and how others are known.
	heads []listing.Described
	must  []listing.Field // without which there is no list
	// guess says what the columns are, nil for by their headings; uses is what is
	// offered for a column, nil for heads.
	guess func(v *visit, s *sheet.Sheet, t *sheet.Table) []string
	uses  func(v *visit) []option
	filed bool // asks for the column of the catalogue and the issuer
	// into is the kind of the notice that takes the whole list, which is asked for;
	// empty where every row stands for itself.
	into playlist.Kind
	roll bool // of people, who are entered all or none, in the background
	// plan says what would become of every row.
	plan func(v *visit, d *dryRun) error
}

// importWords is how a sort of list is called on its pages.
type importWords struct {
	Name, Title, Sentence string
	Shapes                []importShape
	Template              string // name of its file
	Row, Nameless         string // what a row is called, and one that has no name
	Do                    func(n int) string
	Done                  func(made, mended, left int) string
	After, AfterPath      string // where it goes on
	Fresh                 string // a new notice takes the list
}

// importShape is one way in which offices lay such a list out.
type importShape struct {
	Name, Sentence string
	Template       bool
}

// importKinds lists all, in the order in which they are offered.
func importKinds() []*importKind {
	return []*importKind{guideList(), householdList(), rosterList(), departmentList(), peopleList()}
}

// The addresses of the pages: of those who write, and of the administrator.
const (
	importBase = "/import"
	staffBase  = "/people/import"
)

func (k *importKind) base() string {
	if k.staff {
		return staffBase
	}
	return importBase
}

// staffPages reports whether the address is one of the administrator's.
func (v *visit) staffPages() bool { return strings.HasPrefix(v.r.URL.Path, staffBase) }

// importKind finds a sort of list by its name among those of the address; the first
// of them for an empty name.
func (v *visit) importKind(name string) (*importKind, error) {
	for _, k := range importKinds() {
		if k.staff == v.staffPages() && (k.name == name || name == "") {
			return k, nil
		}
	}
	return nil, store.ErrNotFound
}

// needs returns the heading of a field that must have a column and has none.
func (k *importKind) needs(v *visit, use []string) string {
	for _, d := range k.heads {
		if slices.Contains(k.must, d.Field) && !slices.Contains(use, string(d.Field)) {
			return v.fieldLabel(d)
		}
	}
	return ""
}

// options lists what a column may be.
func (k *importKind) options(v *visit) []option {
	if k.uses != nil {
		return k.uses(v)
	}
	out := []option{{Label: v.t("（不要这一列）")}}
	for _, d := range k.heads {
		out = append(out, option{Value: string(d.Field), Label: v.fieldLabel(d)})
	}
	return out
}

// guessed says what the columns most likely are. What Excel does not show is left
// out of lists that screens will show.
func (k *importKind) guessed(v *visit, s *sheet.Sheet, t *sheet.Table) []string {
	use := k.guessedAll(v, s, t)
	for i, c := range t.Columns {
		if k.filed && slices.Contains(s.HiddenCols, c.Index) {
			use[i] = k.options(v)[0].Value
		}
	}
	return use
}

func (k *importKind) guessedAll(v *visit, s *sheet.Sheet, t *sheet.Table) []string {
	if k.guess != nil {
		return k.guess(v, s, t)
	}
	out := make([]string, len(t.Columns))
	for i, f := range listing.GuessBy(k.heads, t) {
		out[i] = string(f)
	}
	return out
}

// fieldsOf is what was said of columns, of lists that are known by heads.
func fieldsOf(use []string) []listing.Field {
	out := make([]listing.Field, len(use))
	for i, u := range use {
		out[i] = listing.Field(u)
	}
	return out
}

// importState is what was said about an upload so far.
type importState struct {
	Site    playlist.SiteID   `json:"site"`
	Column  playlist.ColumnID `json:"column"` // of what names none
	Issuer  string            `json:"issuer"` // of what names none
	Notice  playlist.NoticeID `json:"notice"` // that takes the list; empty for a new one
	Sheet   int               `json:"sheet"`
	Heading int               `json:"heading"` // row from 0; -1 as found
	Cards   bool              `json:"cards"`   // a sheet is a guide
	Use     []string          `json:"use"`     // by column of the table
	Shape   string            `json:"shape"`   // of the headings that Use was said of
}

type importStartPage struct {
	frame
	Base  string
	Kind  string
	Words importWords
	Kinds []importTab
	Wrong string
	Paste string
}

func (v *visit) importStartPage(k *importKind) importStartPage {
	words := k.words(v)
	p := importStartPage{frame: v.page(words.Title), Base: k.base(), Kind: k.name, Words: words}
	for _, other := range importKinds() {
		if other.staff == k.staff {
			p.Kinds = append(p.Kinds, importTab{Label: other.words(v).Name, Path: k.base() + "?kind=" + other.name, Now: other.name == k.name})
		}
	}
	return p
}

func importStart(v *visit) error {
	k, err := v.importKind(v.query("kind"))
	if err != nil {
		return err
	}
	return v.show("import", v.importStartPage(k))
}

// importUpload takes a file or pasted cells. What cannot be read is refused in a
// sentence; what was pasted stays.
func importUpload(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	k, err := v.importKind(v.form("kind"))
	if err != nil {
		return err
	}
	p := v.importStartPage(k)
	p.Paste = v.r.PostFormValue("paste")
	name, data, err := v.importFile()
	if err != nil {
		return err
	}
	refuse := func(wrong string) error {
		p.Wrong = wrong
		return v.showAs(http.StatusUnprocessableEntity, "import", p)
	}
	if len(data) == 0 {
		return refuse(v.t("请先选择文件，或者粘贴单元格。"))
	}
	id := newOnce()
	book, err := v.books.get(id, func() (*sheet.Book, error) {
		return sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{})
	})
	if refused, ok := errors.AsType[*sheet.Error](err); ok {
		return refuse(refused.In(v.lang == english))
	}
	if err != nil {
		return err
	}
	state := importState{Heading: -1, Sheet: firstSheet(book), Cards: k.name == "guides" && mostlyCards(book), Issuer: v.Office}
	if own, _ := v.issuer(); own != "" {
		state.Issuer = own
	}
	sites, err := v.own()
	if err != nil {
		return err
	}
	for _, s := range sites {
		if state.Site == "" || s.ID == v.person.Site {
			state.Site = s.ID
		}
	}
	body, err := json.Marshal(state)
	if err != nil {
		return err
	}
	u := store.Upload{ID: id, Person: v.person.Login, At: v.Now(), Name: plainName(name), Kind: k.name, State: body}
	if err := v.Store.Update(v.ctx, func(t *store.Tx) error { return t.AddUpload(v.ctx, u, data) }); err != nil {
		return err
	}
	return v.to(k.base() + "/" + u.ID)
}

// importFile returns what was sent: the file, or what was pasted as a file.
func (v *visit) importFile() (name string, data []byte, err error) {
	if form := v.r.MultipartForm; form != nil {
		for _, head := range form.File["file"] {
			file, err := head.Open()
			if err != nil {
				return "", nil, fmt.Errorf("open an uploaded file: %w", err)
			}
			defer file.Close()
			if data, err := io.ReadAll(file); err != nil || len(data) > 0 {
				return head.Filename, data, err
			}
		}
	}
	if html := v.r.PostFormValue("paste_html"); strings.Contains(html, "<table") {
		return "", []byte(html), nil
	}
	return "", []byte(strings.TrimSpace(v.r.PostFormValue("paste"))), nil
}

// plainName is a file's name without folders, short enough for a page.
func plainName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if r := []rune(strings.ToValidUTF8(name, "")); len(r) <= 80 {
		return string(r)
	} else {
		return string(r[:80]) + "…"
	}
}

func firstSheet(book *sheet.Book) int {
	return max(0, slices.IndexFunc(book.Sheets, func(s sheet.Sheet) bool { return !s.Hidden && len(s.Rows) > 0 }))
}

// upload is an import under way.
type upload struct {
	store.Upload
	kind  *importKind
	state importState
	book  *sheet.Book
}

// upload finds the import of the address; of others it is not found.
func (v *visit) upload() (u upload, err error) {
	if u.Upload, err = v.Store.Upload(v.ctx, v.r.PathValue("upload"), v.person.Login); err != nil {
		return
	}
	if u.kind, err = v.importKind(u.Kind); err != nil {
		return
	}
	if u.Kind == "" || v.Now().Sub(u.At) > store.KeepUploads {
		return u, store.ErrNotFound
	}
	if err = json.Unmarshal(u.State, &u.state); err != nil {
		return
	}
	u.book, err = v.books.get(u.ID, func() (*sheet.Book, error) {
		data, err := v.Store.UploadData(v.ctx, u.ID, v.person.Login)
		if err != nil {
			return nil, err
		}
		return sheet.Read(bytes.NewReader(data), int64(len(data)), u.Name, sheet.Limits{})
	})
	if err == nil && (u.state.Sheet < 0 || u.state.Sheet >= len(u.book.Sheets)) {
		u.state.Sheet = 0
	}
	return u, err
}

// table finds the table of the chosen sheet, with the meaning of its columns as
// said now, remembered from the last time, or guessed.
func (v *visit) importTable(u *upload) (*sheet.Sheet, sheet.Table, error) {
	s := &u.book.Sheets[u.state.Sheet]
	t := sheet.Find(s)
	if u.state.Heading >= 0 {
		t = sheet.FindAt(s, u.state.Heading)
	}
	shape := sheet.Shape(t.Headings())
	if u.state.Shape == shape && len(u.state.Use) == len(t.Columns) {
		return s, t, nil
	}
	u.state.Use = u.kind.guessed(v, s, &t)
	body, err := v.Store.Mapping(v.ctx, v.mappingOwner(), u.kind.name+":"+shape)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return nil, t, err
	default:
		var use []string
		if err := json.Unmarshal(body, &use); err == nil && len(use) == len(t.Columns) {
			u.state.Use = use
		}
	}
	u.state.Shape = shape
	return s, t, nil
}

// importMapPage asks which sheet, which row, what each column means.
type importMapPage struct {
	frame
	Base, ID string
	Kind     string
	File     string
	Words    importWords
	Filed    bool
	Into     bool
	Notices  []option // that may take the list
	Sites    []option
	Columns  []option
	Issuer   string
	Sheets   []option
	Cards    bool
	CardRows []importCard
	Heading  int // as Excel numbers it, 0 for none
	Rows     int // of data
	Mapped   []importColumn
	Sample   []sampleRow
	Lacks    string   // heading of a column that must be there
	Notes    []string // what somebody should look at in the file
}

type importColumn struct {
	Letter, Heading string
	Uses            []option
	Skipped         bool
	Covered         bool // Excel does not show it
}

type sampleRow struct {
	Number int
	Cells  []string
}

type importCard struct {
	Sheet, Title string
	Fields       int
	Unknown      string
}

const samples = 5

func importMap(v *visit) error {
	u, err := v.upload()
	if err != nil {
		return err
	}
	return v.importMapped(&u, http.StatusOK)
}

func (v *visit) importMapped(u *upload, status int) error {
	p := importMapPage{frame: v.page(v.t("核对表格")), Base: u.kind.base(), Kind: u.kind.name, Words: u.kind.words(v), Filed: u.kind.filed, Into: u.kind.into != "", ID: u.ID, File: u.Name, Issuer: u.state.Issuer, Cards: u.state.Cards}
	sites, err := v.own()
	if err != nil {
		return err
	}
	p.Sites = v.siteOptions(sites, u.state.Site)
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return err
	}
	p.Columns = v.columnOptions(columns, u.state.Column)
	if p.Into {
		if p.Notices, err = v.takers(u); err != nil {
			return err
		}
	}
	for i, s := range u.book.Sheets {
		if len(s.Rows) == 0 {
			continue
		}
		label := s.Name
		if label == "" {
			label = v.t("粘贴的内容")
		}
		if s.Hidden {
			label = v.t("%s（隐藏）", label)
		}
		p.Sheets = append(p.Sheets, option{Value: strconv.Itoa(i), Label: label, Chosen: i == u.state.Sheet})
	}
	if p.Cards {
		for i := range u.book.Sheets {
			s := &u.book.Sheets[i]
			if s.Hidden || !listing.IsCard(s) {
				continue
			}
			it, unknown := listing.Card(s)
			p.CardRows = append(p.CardRows, importCard{s.Name, it.Notice.Title, len(it.Has), strings.Join(unknown, "、")})
		}
		return v.showAs(status, "import_map", p)
	}
	s, t, err := v.importTable(u)
	if err != nil {
		return err
	}
	for _, n := range s.Notes[:min(len(s.Notes), 5)] {
		p.Notes = append(p.Notes, n.In(v.lang == english))
	}
	if len(t.Heading) > 0 {
		p.Heading = t.Heading[len(t.Heading)-1] + 1
	}
	p.Rows = len(t.Rows) + len(t.Totals)
	p.Lacks = u.kind.needs(v, u.state.Use)
	options := u.kind.options(v)
	for i, c := range t.Columns {
		col := importColumn{Letter: sheet.Letter(c.Index), Heading: c.Heading, Uses: slices.Clone(options), Covered: slices.Contains(s.HiddenCols, c.Index)}
		for k := range col.Uses {
			col.Uses[k].Chosen = col.Uses[k].Value == u.state.Use[i]
			col.Skipped = col.Skipped || col.Uses[k].Chosen && k == 0
		}
		p.Mapped = append(p.Mapped, col)
	}
	for _, r := range t.Rows[:min(len(t.Rows), samples)] {
		row := sampleRow{Number: r + 1}
		for _, c := range t.Columns {
			text := s.At(r, c.Index).Text
			if c.Meaning.Private() && u.kind.into == playlist.KindFund {
				text = fundsheet.MaskNumber(text, string(c.Meaning)) // as the table will have it, or not at all
			}
			row.Cells = append(row.Cells, text)
		}
		p.Sample = append(p.Sample, row)
	}
	return v.showAs(status, "import_map", p)
}

// fieldLabel names a field in the visitor's language.
func (v *visit) fieldLabel(d listing.Described) string {
	if v.lang == english {
		return d.En
	}
	return d.Heading
}

// importSay keeps what was said: another sheet or row shows the page again, else
// it goes on to the dry run.
func importSay(v *visit) error {
	u, err := v.upload()
	if err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	if err := v.reach(playlist.SiteID(v.form("site"))); err != nil {
		return err
	}
	before := u.state
	u.state.Site, u.state.Column, u.state.Issuer = playlist.SiteID(v.form("site")), playlist.ColumnID(v.form("column")), v.form("issuer")
	if r := []rune(u.state.Issuer); len(r) > 120 {
		u.state.Issuer = string(r[:120])
	}
	u.state.Cards = v.form("cards") != ""
	u.state.Notice = playlist.NoticeID(v.form("notice"))
	if i, err := strconv.Atoi(v.form("sheet")); err == nil && i >= 0 && i < len(u.book.Sheets) {
		u.state.Sheet = i
	}
	if i, err := strconv.Atoi(v.form("heading")); err == nil && i > 0 && i != atoi(v.form("found")) {
		u.state.Heading = i - 1
	}
	if u.state.Sheet != before.Sheet {
		u.state.Heading, u.state.Shape = -1, ""
	}
	again := u.state.Sheet != before.Sheet || u.state.Heading != before.Heading || u.state.Cards != before.Cards || v.form("do") != "check"
	if !u.state.Cards && !again {
		_, t, err := v.importTable(&u)
		if err != nil {
			return err
		}
		options := u.kind.options(v)
		for i, text := range v.r.PostForm["use"] {
			known := slices.ContainsFunc(options, func(o option) bool { return o.Value == text })
			if i < len(u.state.Use) && i < len(t.Columns) && known {
				u.state.Use[i] = text
			}
		}
		if u.kind.needs(v, u.state.Use) != "" {
			return v.importMapped(&u, http.StatusUnprocessableEntity)
		}
	}
	body, err := json.Marshal(u.state)
	if err != nil {
		return err
	}
	err = v.Store.Update(v.ctx, func(t *store.Tx) error {
		if !again && !u.state.Cards {
			use, err := json.Marshal(u.state.Use)
			if err != nil {
				return err
			}
			if err := t.PutMapping(v.ctx, v.mappingOwner(), u.kind.name+":"+u.state.Shape, use, v.Now()); err != nil {
				return err
			}
		}
		return t.SetUpload(v.ctx, u.ID, v.person.Login, body)
	})
	if err != nil {
		return err
	}
	if again {
		return v.to(u.kind.base() + "/" + u.ID)
	}
	return v.to(u.kind.base() + "/" + u.ID + "/check")
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

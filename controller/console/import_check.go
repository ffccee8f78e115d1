package console

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
)

// The states of a row of a dry run.
const (
	rowNew     = "new"
	rowChanged = "changed"
	rowSame    = "same"
	rowWrong   = "wrong"
	rowGone    = "gone" // it is there and not in the file any more
)

// dryRow is what would become of a row.
type dryRow struct {
	Row     int    // of the sheet, from 0; -1 when it is none
	Where   string // as Excel numbers it, or a sheet's name
	Title   string
	State   string
	Reasons []string // why it is wrong
	Doubts  []string // what somebody should look at
	Path    string   // of what is there already
	Changes []dryChange

	details func(line *dryLine) error // adds what is costly to find; may be nil
	enter   *accounts.Entry           // of a list of people, which is entered as one
	save    func() (bool, error)      // false: somebody changed it meanwhile; nil where the list is saved as one
}

// dryRun is what would become of a file.
type dryRun struct {
	upload upload
	sheet  *sheet.Sheet // nil for guides of a sheet each
	table  sheet.Table
	rows   []dryRow
	counts map[string]int
	notes  []string // about the file as a whole

	// save writes the whole list at once and returns where it goes on; nil where
	// every row is saved by itself.
	save func() (string, error)
}

// add counts a row. One that has reasons is wrong whatever it was.
func (d *dryRun) add(r dryRow) {
	if len(r.Reasons) > 0 {
		r.State = rowWrong
	}
	d.counts[r.State]++
	d.rows = append(d.rows, r)
}

// writes reports whether a row would be written.
func (r *dryRow) writes() bool { return r.State == rowNew || r.State == rowChanged }

// dryRun works out what would change. It changes nothing.
func (v *visit) dryRun() (*dryRun, error) {
	u, err := v.upload()
	if err != nil {
		return nil, err
	}
	if err := v.reach(u.state.Site); err != nil {
		return nil, err
	}
	d := &dryRun{upload: u, counts: map[string]int{}}
	if !u.state.Cards {
		if d.sheet, d.table, err = v.importTable(&d.upload); err != nil {
			return nil, err
		}
	}
	return d, u.kind.plan(v, d)
}

// importCheckPage is the dry run.
type importCheckPage struct {
	frame
	Base, ID               string
	File, SiteName         string
	Words                  importWords
	Cards                  bool
	Show                   string
	Tabs                   []importTab
	Notes                  []string
	Rows                   []dryLine
	First, Last, Total     int
	Earlier, Later         string
	Writes                 int // how many would be written
	Button                 string
	Wrongs                 int
	Finished               string // what was done
	NewCount, ChangedCount int
}

type importTab struct {
	Label, Path string
	N           int
	Now         bool
}

// dryLine is a row of the page.
type dryLine struct {
	Where, Title, State, Tone, Path string
	Reasons, Doubts                 []string
	New                             bool
	Changes                         []dryChange
	Lacks                           []string
}

type dryChange struct {
	Label, Before, After string
	Lines                []dryText // of a list: what goes and what comes, line by line
}

// dryText is a line of a list that changes.
type dryText struct {
	Text        string
	Gone, Fresh bool
}

// linesOf sets the lines of two lists against each other: those of the new one
// in their order, each gone one before the next that stays.
func linesOf(before, after string) (out []dryText) {
	if !strings.Contains(before+after, "\n") {
		return nil
	}
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	for _, l := range now {
		if at := slices.Index(old, l); at >= 0 {
			for _, gone := range old[:at] {
				out = append(out, dryText{Text: gone, Gone: true})
			}
			old = old[at+1:]
			out = append(out, dryText{Text: l})
			continue
		}
		out = append(out, dryText{Text: l, Fresh: true})
	}
	for _, gone := range old {
		out = append(out, dryText{Text: gone, Gone: true})
	}
	return slices.DeleteFunc(out, func(t dryText) bool { return t.Text == "" })
}

const dryPerPage = 50

func importCheck(v *visit) error {
	d, err := v.dryRun()
	if err != nil {
		return err
	}
	u := d.upload
	words := u.kind.words(v)
	p := importCheckPage{frame: v.page(v.t("试运行")), Base: u.kind.base(), ID: u.ID, File: u.Name, Words: words, Cards: u.state.Cards, Show: v.query("show"), Notes: d.notes,
		Writes: d.counts[rowNew] + d.counts[rowChanged], Wrongs: d.counts[rowWrong], NewCount: d.counts[rowNew], ChangedCount: d.counts[rowChanged]}
	if d.save != nil && d.counts[rowGone] > 0 {
		p.Writes += d.counts[rowGone]
	}
	p.Button = words.Do(p.Writes)
	if v.query("made") != "" {
		const most = 1 << 20
		p.Finished = words.Done(v.count("made", most), v.count("mended", most), v.count("left", most))
	}
	if site, err := v.Store.Site(v.ctx, u.state.Site); err == nil {
		p.SiteName = v.siteLabel(site)
	}
	base := u.kind.base() + "/" + u.ID + "/check"
	labels := map[string]string{rowNew: v.t("新增"), rowChanged: v.t("修改"), rowSame: v.t("不变"), rowWrong: v.t("有错"), rowGone: v.t("减少")}
	p.Tabs = append(p.Tabs, importTab{v.t("全部"), base, len(d.rows), p.Show == ""})
	for _, s := range []string{rowWrong, rowChanged, rowNew, rowGone, rowSame} {
		if s != rowGone || d.counts[s] > 0 {
			p.Tabs = append(p.Tabs, importTab{labels[s], base + "?show=" + s, d.counts[s], p.Show == s})
		}
	}
	rows := d.rows
	if labels[p.Show] != "" {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r dryRow) bool { return r.State != p.Show })
	}
	p.Total = len(rows)
	offset := v.count("offset", 1<<20)
	offset = min(offset-offset%dryPerPage, max(0, (len(rows)-1)/dryPerPage*dryPerPage))
	at := func(offset int) string { return base + "?show=" + p.Show + "&offset=" + strconv.Itoa(offset) }
	if offset > 0 {
		p.Earlier = at(offset - dryPerPage)
	}
	if offset+dryPerPage < len(rows) {
		p.Later = at(offset + dryPerPage)
	}
	rows = rows[offset:min(len(rows), offset+dryPerPage)]
	p.First, p.Last = offset+min(1, len(rows)), offset+len(rows)
	tones := map[string]string{rowNew: "good", rowChanged: "warn", rowSame: "quiet", rowWrong: "bad", rowGone: "warn"}
	for i := range rows {
		r := &rows[i]
		line := dryLine{Where: r.Where, Title: r.Title, State: labels[r.State], Tone: tones[r.State], Reasons: r.Reasons, Doubts: r.Doubts, Path: r.Path, New: r.State == rowNew}
		if line.Title == "" {
			line.Title = words.Nameless
		}
		if r.writes() {
			line.Changes = r.Changes
			if r.details != nil {
				if err := r.details(&line); err != nil {
					return err
				}
			}
		}
		p.Rows = append(p.Rows, line)
	}
	return v.show("import_check", p)
}

// importDo writes what the dry run said. Rows that are wrong are left; sending it
// twice makes nothing twice, because the second time every row is as it should be.
func importDo(v *visit) error {
	d, err := v.dryRun()
	if err != nil {
		return err
	}
	kind := d.upload.kind
	back := kind.base() + "/" + d.upload.ID + "/check"
	if d.save != nil {
		path, err := d.save()
		switch {
		case errors.Is(err, store.ErrConflict), errors.Is(err, publish.ErrInReview):
			return v.to(back) // changed by somebody meanwhile: the page shows it as it is now
		case err != nil:
			return err
		}
		return v.to(path, "done", "draft")
	}
	if kind.roll {
		return v.enterRoll(d)
	}
	made, mended, left := 0, 0, d.counts[rowWrong]
	for i := range d.rows {
		r := &d.rows[i]
		if !r.writes() {
			continue
		}
		ok, err := r.save()
		switch {
		case err != nil:
			return err
		case !ok:
			left++
		case r.State == rowNew:
			made++
		default:
			mended++
		}
	}
	query := url.Values{"made": {strconv.Itoa(made)}, "mended": {strconv.Itoa(mended)}, "left": {strconv.Itoa(left)}}
	return v.to(back + "?" + query.Encode())
}

// importWrong sends the rows that are wrong as a sheet with the reasons, to be
// mended and brought again.
func importWrong(v *visit) error {
	d, err := v.dryRun()
	if err != nil {
		return err
	}
	reason := v.t("原因")
	page := sheet.Page{Name: v.t("有错的行")}
	if d.sheet == nil {
		page.Headings = []string{v.t("工作表"), d.upload.kind.words(v).Row, reason}
	} else {
		for _, c := range d.table.Columns {
			page.Headings = append(page.Headings, c.Heading)
		}
		page.Headings = append(page.Headings, reason)
	}
	for _, r := range d.rows {
		if r.State != rowWrong {
			continue
		}
		var row []sheet.Value
		if d.sheet == nil {
			row = []sheet.Value{sheet.T(r.Where), sheet.T(r.Title)}
		} else {
			for _, c := range d.table.Columns {
				row = append(row, sheet.T(d.sheet.At(r.Row, c.Index).Text))
			}
		}
		text := strings.Join(r.Reasons, "\n")
		page.Rows = append(page.Rows, append(row, sheet.Value{Text: text, Mark: true}))
	}
	return v.sendSheet(v.t("有错的行"), page)
}

// importTemplate sends an empty list with the headings and a row to imitate.
func importTemplate(v *visit) error {
	k, err := v.importKind(v.query("kind"))
	if err != nil {
		return err
	}
	words := k.words(v)
	page := sheet.Page{Name: words.Name}
	var sample []sheet.Value
	for _, d := range k.heads {
		page.Headings = append(page.Headings, d.Heading)
		page.Widths = append(page.Widths, 20)
		sample = append(sample, sheet.T(d.Sample))
	}
	page.Rows = [][]sheet.Value{sample}
	return v.sendSheet(words.Template, page)
}

func (v *visit) sendSheet(name string, pages ...sheet.Page) error {
	var out bytes.Buffer
	if err := sheet.Write(&out, pages); err != nil {
		return err
	}
	return v.attach(name+".xlsx", sheet.Type, out.Bytes())
}

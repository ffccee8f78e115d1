package console

import (
	"errors"
	"slices"
	"strconv"

	"mingbai/controller/listing"
	"mingbai/controller/publish"
	"mingbai/controller/sheet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// guideList brings service guides, one a row or one a sheet.
func guideList() *importKind {
	return &importKind{
		name: "guides", heads: listing.Fields, must: []listing.Field{listing.Title}, filed: true,
		words: func(v *visit) importWords {
			return importWords{
				Name: v.t("办事指南"), Title: v.t("从表格导入办事指南"), Sentence: v.t("先试运行，看清楚会改什么；确认后存成草稿，照常送审，不会直接上屏。"),
				Shapes: []importShape{
					{v.t("一行一条指南"), v.t("第一行是表头：事项名称、承诺时限、申请材料……每行一条指南。列的先后、叫法都可以不一样。"), true},
					{v.t("一张工作表一条"), v.t("左边一列是栏目名（办理条件、申请材料……），右边是内容，一条指南一张工作表。"), false},
				},
				Template: v.t("办事指南模板"), Row: v.t("事项名称"), Nameless: v.t("（没有名称）"),
				Do: func(n int) string { return v.t("存成 %d 条草稿", n) },
				Done: func(made, mended, left int) string {
					return v.t("已存成草稿：新增 %d 条，修改 %d 条；没有导入 %d 条。", made, mended, left)
				},
				After: v.t("去看草稿，送审"), AfterPath: "/notices?kind=guide&status=draft",
			}
		},
		plan: planGuides,
	}
}

// importedGuide is a row on its way to a guide.
type importedGuide struct {
	listing.Item
	after  playlist.Notice
	before *playlist.Notice // nil for a new one
	column string           // name of the column before, where it changes
}

func planGuides(v *visit, d *dryRun) error {
	state := &d.upload.state
	var items []listing.Item
	if state.Cards {
		items = cardsOf(d.upload.book)
	} else {
		items = listing.Rows(d.sheet, &d.table, fieldsOf(state.Use))
	}
	have, err := v.guidesOf(state.Site)
	if err != nil {
		return err
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return err
	}
	for i, it := range items {
		g := importedGuide{Item: it}
		row := dryRow{Row: it.Row, Where: v.rowName(&it), Title: it.Notice.Title}
		v.judgeGuide(&g, &row, state, have, columns, i)
		row.details = func(line *dryLine) error { return v.guideDetails(&g, line) }
		row.save = func() (bool, error) {
			_, _, err := v.Desk.Draft(v.ctx, v.who(), g.after)
			if errors.Is(err, store.ErrConflict) || errors.Is(err, publish.ErrInReview) {
				return false, nil // changed by somebody meanwhile: the page shows it as it is now
			}
			return err == nil, err
		}
		d.add(row)
	}
	return nil
}

// cardsOf reads every sheet that keeps a guide.
func cardsOf(book *sheet.Book) []listing.Item {
	var out []listing.Item
	for i := range book.Sheets {
		s := &book.Sheets[i]
		if s.Hidden || !listing.IsCard(s) || len(out) >= listing.MaxGuides {
			continue
		}
		it, _ := listing.Card(s)
		out = append(out, it)
	}
	return out
}

// known is a guide that the site has.
type known struct {
	row    store.Notice
	notice *playlist.Notice
}

// guidesOf reads the newest versions of a site's guides that the person sees, by
// the keys of package listing. What was taken down is not counted.
func (v *visit) guidesOf(site playlist.SiteID) (map[string]known, error) {
	viewer, err := v.viewer()
	if err != nil {
		return nil, err
	}
	out := map[string]known{}
	const page = 1000
	for offset := 0; ; offset += page {
		rows, err := v.Store.Notices(v.ctx, store.NoticeFilter{Sites: []playlist.SiteID{site}, Kind: playlist.KindGuide, Viewer: viewer, Offset: offset, Limit: page})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.Status == store.TakenDown {
				continue
			}
			ver, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Version)
			if err != nil {
				return nil, err
			}
			n, err := ver.Decode()
			if err != nil {
				return nil, err
			}
			k := known{row, n}
			out["title:"+listing.TitleKey(n.Title)] = k
			if n.Index != "" {
				out["index:"+n.Index] = k
			}
		}
		if len(rows) < page {
			return out, nil
		}
	}
}

// judgeGuide says what would become of one row.
func (v *visit) judgeGuide(g *importedGuide, row *dryRow, state *importState, have map[string]known, columns []playlist.Column, i int) {
	for _, w := range g.Wrong {
		text := w.Message
		if v.lang == english {
			text = w.MessageEn
		}
		row.Reasons = append(row.Reasons, v.t("%s：%s", w.Cell, text))
	}
	if i >= listing.MaxGuides {
		row.Reasons = append(row.Reasons, v.t("一次最多导入 %d 条，请分成几个文件。", listing.MaxGuides))
	}
	column := state.Column
	if g.Column != "" {
		at := slices.IndexFunc(columns, func(c playlist.Column) bool { return c.Name == g.Column || c.NameEn == g.Column })
		if at < 0 {
			row.Reasons = append(row.Reasons, v.t("没有叫“%s”的栏目", g.Column))
		} else {
			column = columns[at].ID
		}
	}
	old, found := have[g.Key()]
	if !found {
		old, found = have["title:"+listing.TitleKey(g.Notice.Title)]
	}
	if found {
		row.Path = "/notices/" + string(old.notice.ID)
		g.before = old.notice
		g.after = g.Apply(old.notice)
		if g.Column != "" {
			g.after.Column = column
		}
		if g.after.Column != old.notice.Column {
			g.column = columnName(columns, old.notice.Column)
		}
		if len(listing.Compare(old.notice, &g.after)) == 0 && g.after.Column == old.notice.Column {
			row.State = rowSame
		} else if row.State = rowChanged; old.row.Status == store.InReview {
			row.Reasons = append(row.Reasons, v.t("正在审核，不能修改"))
		} else if !v.mayChange(writes, old.row) {
			row.Reasons = append(row.Reasons, v.t("已有同名的指南，归别的部门"))
		}
	} else {
		row.State = rowNew
		g.after = g.Apply(&playlist.Notice{Site: state.Site, Column: column, Issuer: state.Issuer, Issued: schedule.DateOf(v.local(v.Now()))})
	}
	if len(row.Reasons) > 0 {
		row.State = rowWrong
	}
}

func columnName(columns []playlist.Column, id playlist.ColumnID) string {
	for _, c := range columns {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}

// rowName names a row as Excel does, or its sheet.
func (v *visit) rowName(it *listing.Item) string {
	if it.Row < 0 {
		return it.Sheet
	}
	return strconv.Itoa(it.Row + 1)
}

// guideDetails adds what would change field by field, and what a new guide lacks.
func (v *visit) guideDetails(r *importedGuide, line *dryLine) error {
	before := r.before
	if before == nil {
		before = &playlist.Notice{}
	}
	for _, c := range listing.Compare(before, &r.after) {
		line.Changes = append(line.Changes, dryChange{v.fieldLabel(c.Field), c.Before, c.After, linesOf(c.Before, c.After)})
	}
	if r.before != nil && r.after.Column != r.before.Column {
		line.Changes = append(line.Changes, dryChange{Label: v.t("栏目"), Before: r.column, After: r.Column})
	}
	problems, err := v.Desk.Check(v.ctx, r.after)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		if problem.Severity == playlist.Wrong {
			line.Lacks = append(line.Lacks, v.problem(problem))
		}
	}
	return nil
}

func mostlyCards(book *sheet.Book) bool {
	cards, others := 0, 0
	for i := range book.Sheets {
		switch s := &book.Sheets[i]; {
		case s.Hidden || len(s.Rows) == 0:
		case listing.IsCard(s):
			cards++
		default:
			others++
		}
	}
	return cards > 0 && cards >= others
}

package console

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mingbai/configs/plain"
	"mingbai/controller/listing"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// guideForm writes a service guide with the fields of 行政许可法 30. Texts of one
// line each (依据, 条件, 提示) are typed into one field, a line for each; steps and
// materials are rows, of which the form has some empty ones at the end.
func guideForm() *kindForm {
	return &kindForm{
		name: "guide", kind: playlist.KindGuide, page: "write_guide", pictures: true,
		words: func(v *visit) formWords {
			return formWords{Name: v.t("办事指南"), Sentence: v.t("一件事怎么办：谁能办、带什么、走几步、多久、收不收费。")}
		},
		without: []string{"posting", "urgent", "sensitive", "document"},
		fresh: func(v *visit, f fields) {
			f.Set("quota", "无")
			f.Set("fee", "不收费")
			if s, err := v.Store.Site(v.ctx, playlist.SiteID(f.text("site"))); err == nil {
				f.Set("complaint", s.Hotline)
			}
		},
		fill: fillGuide,
		read: readGuide,
		field: func(v *visit, f fields, path string) (string, string, bool) {
			rest, ok := strings.CutPrefix(path, "guide.")
			if !ok {
				return "", "", false
			}
			if m := guideListPath.FindStringSubmatch(rest); m != nil {
				i, _ := strconv.Atoi(m[2])
				return m[1], v.t("第 %d 条：", i+1), true
			}
			return rest, "", true
		},
		view: func(v *visit, f fields, n *playlist.Notice) (any, error) {
			return guideRows{Steps: rowsOf(f, "steps"), Materials: rowsOf(f, "materials")}, nil
		},
	}
}

var guideListPath = regexp.MustCompile(`^(basis|conditions|steps|materials|tips)\[(\d+)\]`)

// The fields of a row; each is sent once for every row.
var (
	stepFields     = []string{"step_name", "step_detail", "step_limit"}
	materialFields = []string{"material_name", "material_originals", "material_copies", "material_note", "material_optional"}
)

// guideRows is what the template needs beyond the fields.
type guideRows struct{ Steps, Materials []guideRow }

// guideRow is one row of a list that grows, its cells in the order of its fields.
type guideRow struct {
	List   string
	Number int // from 1
	Cells  []string
}

// rowsOf gives the rows as typed, with two empty ones at the end, so that the
// form can be filled without a script.
func rowsOf(f fields, list string) []guideRow {
	names := growing[list]
	cells := cellsOf(f, names)
	for n := 0; n < 2; {
		if i := len(cells) - 1 - n; i >= 0 && emptyRow(cells[i]) {
			n++
			continue
		}
		cells = append(cells, make([]string, len(names)))
		n++
	}
	out := make([]guideRow, len(cells))
	for i, c := range cells {
		out[i] = guideRow{List: list, Number: i + 1, Cells: c}
	}
	return out
}

// maxGuideRows bounds what a form may send.
const maxGuideRows = 200

func cellsOf(f fields, names []string) [][]string {
	n := 0
	for _, name := range names {
		n = max(n, len(f.Values[name]))
	}
	out := make([][]string, min(n, maxGuideRows))
	for i := range out {
		out[i] = make([]string, len(names))
		for j, name := range names {
			if values := f.Values[name]; i < len(values) {
				out[i][j] = strings.TrimSpace(values[i])
			}
		}
	}
	return out
}

func emptyRow(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return s != "" })
}

// setRows puts rows back into the fields.
func setRows(f fields, names []string, rows [][]string) {
	for j, name := range names {
		f.Del(name)
		for _, row := range rows {
			f.Add(name, row[j])
		}
	}
}

func fillGuide(v *visit, f fields, n *playlist.Notice) {
	g := n.Guide
	for name, text := range map[string]string{
		"who": g.Who, "quota": g.Quota, "limit": g.Limit, "legal_limit": g.LegalLimit, "fee": g.Fee, "place": g.Place, "hours": g.Hours,
		"phone": g.Phone, "complaint": g.Complaint,
		"basis": strings.Join(g.Basis, "\n"), "conditions": strings.Join(g.Conditions, "\n"), "tips": strings.Join(g.Tips, "\n"),
	} {
		f.Set(name, text)
	}
	var steps, materials [][]string
	for _, s := range g.Steps {
		steps = append(steps, []string{s.Name, s.Detail, s.Limit})
	}
	for _, m := range g.Materials {
		optional := ""
		if m.Optional {
			optional = "1"
		}
		materials = append(materials, []string{m.Name, countText(m.Originals), countText(m.Copies), m.Note, optional})
	}
	setRows(f, stepFields, steps)
	setRows(f, materialFields, materials)
}

func countText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func readGuide(v *visit, f fields, n *playlist.Notice) (problems []playlist.Problem) {
	g := playlist.Guide{
		Who: f.text("who"), Quota: f.text("quota"), Limit: f.text("limit"), LegalLimit: f.text("legal_limit"), Fee: f.text("fee"),
		Place: f.text("place"), Hours: f.text("hours"), Phone: f.text("phone"), Complaint: f.text("complaint"),
		Basis: listing.Lines(f.Get("basis")), Conditions: listing.Lines(f.Get("conditions")), Tips: listing.Lines(f.Get("tips")),
	}
	for _, row := range cellsOf(f, stepFields) {
		if !emptyRow(row) {
			g.Steps = append(g.Steps, playlist.Step{Name: row[0], Detail: row[1], Limit: row[2]})
		}
	}
	for _, row := range cellsOf(f, materialFields) {
		if emptyRow(row) {
			continue
		}
		field := "guide.materials[" + strconv.Itoa(len(g.Materials)) + "]"
		count := func(text, name string) int {
			text = plain.Narrow(strings.TrimSuffix(text, "份"))
			if text == "" {
				return 0
			}
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > 99 {
				problems = append(problems, invalid(field+"."+name, "份数应为 0 至 99 的整数", "the number is a whole number from 0 to 99"))
				return 0
			}
			return n
		}
		g.Materials = append(g.Materials, playlist.Material{Name: row[0], Originals: count(row[1], "originals"), Copies: count(row[2], "copies"), Note: row[3], Optional: row[4] != ""})
	}
	n.Guide = &g
	return problems
}

// growing are the lists of the form that have rows.
var growing = map[string][]string{"steps": stepFields, "materials": materialFields}

// changeGuideRows adds, removes and moves rows for those without a script: the
// form comes back with all that was typed. The button says what to do: add.steps,
// drop.steps.3, up.steps.3, down.steps.3, rows counted from 1.
func changeGuideRows(v *visit) error {
	k := guideForm()
	f, err := v.fields()
	if err != nil {
		return err
	}
	do := strings.Split(v.form("do"), ".")
	names, ok := growing[at(do, 1)]
	if !ok {
		return store.ErrNotFound
	}
	rows := cellsOf(f, names)
	i, _ := strconv.Atoi(at(do, 2)) // none is 0, which no row has
	i--
	switch do[0] {
	case "add":
		for range 3 {
			rows = append(rows, make([]string, len(names)))
		}
	case "drop":
		if i >= 0 && i < len(rows) {
			rows = slices.Delete(rows, i, i+1)
		}
	case "up":
		if i > 0 && i < len(rows) {
			rows[i], rows[i-1] = rows[i-1], rows[i]
		}
	case "down":
		if i >= 0 && i+1 < len(rows) {
			rows[i], rows[i+1] = rows[i+1], rows[i]
		}
	}
	setRows(f, names, rows)
	p, err := v.writePage(k, f)
	if err != nil {
		return err
	}
	return v.show(k.page, p)
}

func at(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return ""
}

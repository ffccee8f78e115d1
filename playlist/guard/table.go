package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/guard/pii"
)

// numbering reports whether a column has the numbers of its rows.
func numbering(name string) bool {
	name = strings.ReplaceAll(name, " ", "")
	return name == "序号" || name == "编号" || name == "No." || name == "顺序号"
}

// tables looks at the tables of a fund notice.
func (in *inspector) tables() {
	if in.n.Fund == nil {
		return
	}
	for i := range in.n.Fund.Tables {
		t := &in.n.Fund.Tables[i]
		for c, col := range t.Columns {
			place := func(row int) string { return cell{i, row, c}.field() }
			switch {
			case numbering(col.Name) && col.Name == "序号":
				in.rowNumbers(t.Rows, c, place, 0)
			case col.Type == playlist.TextColumn && strings.TrimSpace(col.Name) == "单位":
				in.unitColumn(t.Rows, c, place)
			case col.Type == playlist.SumColumn && len(t.Rows) >= 5:
				in.outliers(t, c, place)
			}
			if t.By == "household" && nameColumn(col.Name) {
				in.fullNames(t.Rows, c, place)
			}
		}
		in.totalRows(i, t)
		if t.By == "household" {
			in.twice(i, t)
		}
	}
}

func at(rows [][]string, row, col int) string {
	if row < len(rows) && col < len(rows[row]) {
		return strings.TrimSpace(rows[row][col])
	}
	return ""
}

// rowNumbers finds a number that was skipped or stands twice in a column of
// numbers: 8 then 10 (DOMAIN B22). extra is how many heading rows the table
// counts before its rows.
func (in *inspector) rowNumbers(rows [][]string, col int, field func(int) string, extra int) {
	last := 0
	for i := range rows {
		text := at(rows, i, col)
		n, err := strconv.Atoi(text)
		if err != nil {
			if text == "" || i == 0 {
				return
			}
			continue // 合计 below the rows
		}
		if i > 0 && n == last+1 || i == 0 && n == 1 {
			last = n
			continue
		}
		if i == 0 {
			return
		}
		fix := Fix{Label: "重新编号", LabelEn: "Number again", Text: strconv.Itoa(last + 1)}
		for j := i + 1; j < len(rows); j++ {
			if _, err := strconv.Atoi(at(rows, j, col)); err == nil {
				fix.More = append(fix.More, Edit{Field: field(j), To: len(rows[j][col]), Text: strconv.Itoa(last + 1 + j - i)})
			}
		}
		w := say(fmt.Sprintf("序号从 %d 跳到 %d，少一行还是编号写错？", last, n), fmt.Sprintf("%d is followed by %d; is a row missing?", last, n))
		fixes := []Fix{{Label: "补一行", LabelEn: "Add a row", Row: i + 1 + extra}, fix}
		if n <= last {
			w, fixes = say(fmt.Sprintf("序号 %d 之后又是 %d", last, n), fmt.Sprintf("%d is followed by %d", last, n)), fixes[1:]
		}
		in.add(playlist.Doubt, field(i), "sequence", rows[i][col], 0, len(rows[i][col]), w, fixes...)
		return
	}
}

// unitColumn finds a unit that is another than in most of the rows, 亿元 among
// 万元.
func (in *inspector) unitColumn(rows [][]string, col int, field func(int) string) {
	count := map[string]int{}
	most := ""
	for i := range rows {
		if u := at(rows, i, col); strings.HasSuffix(u, "元") || strings.Contains(u, "万") || strings.Contains(u, "亿") {
			if count[u]++; count[u] > count[most] {
				most = u
			}
		}
	}
	for i := range rows {
		u := at(rows, i, col)
		if count[u] == 0 || u == most || count[most] < 3 || count[u]*3 > count[most] || strings.Contains(u, "万亿") {
			continue
		}
		in.add(playlist.Doubt, field(i), "unit", rows[i][col], 0, len(rows[i][col]),
			say(fmt.Sprintf("第 %d 行：单位“%s”与其余各行“%s”不同", i+1, u, most), fmt.Sprintf("row %d: the unit is %s, elsewhere it is %s", i+1, u, most)),
			Fix{Label: "改为" + most, LabelEn: "Change to " + most, Text: most})
	}
}

// times is from how many times its neighbours' median on a value is pointed out.
const times = 100

// outliers points at values that are far from their neighbours', as they are when
// a unit was mistaken.
func (in *inspector) outliers(t *playlist.FundTable, col int, field func(int) string) {
	if t.By == "item" {
		return // items of a budget differ as they like
	}
	var values []float64
	value := func(row int) float64 {
		v, err := strconv.ParseFloat(at(t.Rows, row, col), 64)
		if err != nil || v < 0 {
			return 0
		}
		return v
	}
	for i := range t.Rows {
		if v := value(i); v > 0 {
			values = append(values, v)
		}
	}
	if len(values) < 5 {
		return
	}
	slices.Sort(values)
	median := values[len(values)/2]
	for i := range t.Rows {
		text := at(t.Rows, i, col)
		if v := value(i); v >= times*median {
			in.add(playlist.Warning, field(i), "outlier", t.Rows[i][col], 0, len(t.Rows[i][col]),
				say(fmt.Sprintf("第 %d 行“%s”为 %s，是各行中位数的 %.0f 倍，请核对单位和小数点", i+1, t.Columns[col].Name, text, v/median), fmt.Sprintf("row %d is %.0f times the median of the rows; check unit and decimal point", i+1, v/median)))
		}
	}
}

// totalRows finds 合计 among the rows, which the table adds up itself.
func (in *inspector) totalRows(table int, t *playlist.FundTable) {
	for i := range t.Rows {
		for c, col := range t.Columns {
			if col.Type != playlist.TextColumn && col.Name != "序号" {
				continue
			}
			if text := strings.ReplaceAll(at(t.Rows, i, c), " ", ""); text == "合计" || text == "总计" || text == "小计" {
				in.add(playlist.Doubt, cell{table, i, c}.field(), "total_row", t.Rows[i][c], 0, len(t.Rows[i][c]),
					say(fmt.Sprintf("第 %d 行是“%s”，合计由系统自动核算，请删去这一行", i+1, text), fmt.Sprintf("row %d is a total; totals are computed, delete the row", i+1)))
			}
		}
	}
}

func nameColumn(name string) bool {
	return holds(name, "姓名", "户主", "受益人", "领款人", "申请人")
}

// fullNames finds the names of people in a list that are not masked.
func (in *inspector) fullNames(rows [][]string, col int, field func(int) string) {
	var first = -1
	var more []Edit
	for i := range rows {
		name := at(rows, i, col)
		if n := len([]rune(name)); n < 2 || n > 8 || strings.ContainsAny(name, "*＊×某xX") || pii.MaskName(name) == name {
			continue
		}
		if first < 0 {
			first = i
			continue
		}
		more = append(more, Edit{Field: field(i), To: len(rows[i][col]), Text: pii.MaskName(name)})
	}
	if first < 0 {
		return
	}
	text := rows[first][col]
	masked := pii.MaskName(text)
	fixes := []Fix{{Label: "改为 " + masked, LabelEn: "Mask: " + masked, Text: masked}}
	if len(more) > 0 {
		all := fmt.Sprintf("整列 %d 个姓名都隐去中间一字", len(more)+1)
		fixes = append([]Fix{{Label: all, LabelEn: fmt.Sprintf("Mask all %d names", len(more)+1), Text: masked, More: more}}, fixes...)
	}
	sev := playlist.Warning
	if in.n.Sensitive {
		sev = playlist.Doubt
	}
	in.add(sev, field(first), "masked", text, 0, len(text),
		say(fmt.Sprintf("第 %d 行是完整姓名，名单里一般隐去中间一字（如 张*三）", first+1), fmt.Sprintf("row %d has a full name; lists mask one character", first+1)), fixes...)
}

// twice finds households that are in a list twice: the same name with the same
// number of identity card, bank card or household; or rows that are the same in
// everything but their number.
func (in *inspector) twice(table int, t *playlist.FundTable) {
	name, numbers := -1, []int{}
	for c, col := range t.Columns {
		switch {
		case name < 0 && nameColumn(col.Name):
			name = c
		case holds(col.Name, "身份证", "证件", "卡号", "账号", "帐号", "一卡通", "户号", "户编号"):
			numbers = append(numbers, c)
		}
	}
	seen := map[string]int{}
	for i := range t.Rows {
		var keys []string
		for _, c := range numbers {
			if tail := tailOf(at(t.Rows, i, c)); tail != "" {
				keys = append(keys, fmt.Sprint(c, " ", at(t.Rows, i, max(name, 0)), " ", tail))
			}
		}
		sev := playlist.Doubt
		if len(numbers) == 0 && name >= 0 && at(t.Rows, i, name) != "" && len(t.Columns) > 3 {
			keys, sev = []string{rowKey(t, i)}, playlist.Warning
		}
		for _, k := range keys {
			first, ok := seen[k]
			if !ok {
				seen[k] = i
				continue
			}
			c := max(name, 0)
			in.add(sev, cell{table, i, c}.field(), "duplicate", t.Rows[i][c], 0, len(t.Rows[i][c]),
				say(fmt.Sprintf("第 %d 行与第 %d 行是同一户：%s", i+1, first+1, at(t.Rows, i, c)), fmt.Sprintf("row %d is the same household as row %d", i+1, first+1)))
			break
		}
	}
}

// tailOf returns the last four digits of a number that may be masked.
func tailOf(s string) string {
	keep := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == 'X' || r == 'x' {
			return r
		}
		return -1
	}, s)
	return keep[max(len(keep)-4, 0):]
}

// rowKey is a row without its number.
func rowKey(t *playlist.FundTable, row int) string {
	var b strings.Builder
	for c, col := range t.Columns {
		if !numbering(col.Name) {
			b.WriteString(at(t.Rows, row, c))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// insertRow puts an empty row into the table of a field, before the row-th from 1.
func insertRow(n *playlist.Notice, field string, row int) error {
	if c, ok := tableCell(field); ok && n.Fund != nil && c.table < len(n.Fund.Tables) {
		t := &n.Fund.Tables[c.table]
		if row > len(t.Rows)+1 {
			return fmt.Errorf("%s: the table has no row %d", field, row)
		}
		empty := make([]string, len(t.Columns))
		number := slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool { return c.Name == "序号" })
		if number >= 0 {
			empty[number] = strconv.Itoa(row)
		}
		t.Rows = slices.Insert(t.Rows, row-1, empty)
		if len(t.Sites) > 0 {
			t.Sites = slices.Insert(t.Sites, min(row-1, len(t.Sites)), "")
		}
		return nil
	}
	var block, at, col int
	if _, err := fmt.Sscanf(field, "announcement.blocks[%d].rows[%d][%d]", &block, &at, &col); err != nil || n.Announcement == nil || block >= len(n.Announcement.Blocks) {
		return fmt.Errorf("%s is in no table", field)
	}
	b := &n.Announcement.Blocks[block]
	if row > len(b.Rows)+1 || len(b.Rows) == 0 {
		return fmt.Errorf("%s: the table has no row %d", field, row)
	}
	empty := make([]string, len(b.Rows[0]))
	if col < len(empty) {
		empty[col] = strconv.Itoa(row - 1)
	}
	b.Rows = slices.Insert(b.Rows, row-1, empty)
	return nil
}

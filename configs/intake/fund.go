package intake

import (
	"fmt"
	"math/big"
	"path"
	"regexp"
	"strconv"
	"strings"

	"mingbai/configs/plain"
	"mingbai/playlist"
)

// fundFile is a fund notice; its tables lie beside it as CSV.
type fundFile struct {
	head
	Period   string      `toml:"时期"`
	Purpose  string      `toml:"用途"`
	Standard string      `toml:"标准"`
	Total    string      `toml:"总金额"` // 1286.40万元
	Sources  []string    `toml:"来源"`  // 中央 | 303万元
	Approver string      `toml:"审核"`
	Status   string      `toml:"拨付情况"`
	Tables   []fundTable `toml:"表"`
}

type fundTable struct {
	File    string   `toml:"文件"`
	Title   string   `toml:"标题"`
	By      string   `toml:"分类"` // 项目、村、户
	Columns []string `toml:"列"`  // 面积 | 合计 | 亩 | 1
	Product string   `toml:"核算"` // 面积 × 标准 = 金额
}

// tableSource remembers which line of which file a row came from.
type tableSource struct {
	file    string
	columns []playlist.FundColumn
	lines   []int
}

// MaxFundRows bounds the rows of one table of a fund notice.
const MaxFundRows = 5000

func (f fundFile) fund(s *sheet) *playlist.Fund {
	out := &playlist.Fund{
		Period: plain.Tidy(f.Period), Purpose: plain.Tidy(f.Purpose), Standard: plain.Tidy(f.Standard),
		Approver: plain.Tidy(f.Approver), Status: plain.Tidy(f.Status),
	}
	out.Total = s.amount("总金额", f.Total)
	for _, line := range f.Sources {
		p := fields(line)
		if len(p) != 2 || p[0] == "" {
			s.wrong("来源", "「%s」应写成：中央 | 303万元", plain.Clip(line))
			continue
		}
		out.Sources = append(out.Sources, playlist.FundSource{Name: p[0], Amount: s.amount("来源", p[1])})
	}
	for _, t := range f.Tables {
		table, from := s.table(t)
		out.Tables = append(out.Tables, table)
		s.from = append(s.from, from)
	}
	return out
}

// amount reads 313.4万元 and catches the slip 4万亿 (DOMAIN B22).
func (s *sheet) amount(key, text string) playlist.Amount {
	text = plain.Narrow(plain.Tidy(text))
	if strings.Contains(text, "万亿") {
		s.wrong(key, "「%s」的单位是万亿，是不是万元？", plain.Clip(text))
		return 0
	}
	a, err := playlist.ParseAmount(text)
	if err != nil {
		s.wrong(key, "「%s」不是金额，应写成 1286.40万元 或 41730元", plain.Clip(text))
	}
	return a
}

var kindsOfTable = map[string]string{"项目": "item", "村": "village", "户": "household"}

var typesOfColumn = map[string]playlist.ColumnType{"文字": playlist.TextColumn, "数字": playlist.NumberColumn, "合计": playlist.SumColumn}

// column reads 名称 | 文字、数字或合计 | 单位 | 小数位 | 金额.
func (s *sheet) fundColumn(line string) (playlist.FundColumn, bool) {
	p := fields(line)
	if len(p) < 2 || len(p) > 5 || p[0] == "" {
		s.wrong("列", "「%s」应写成：面积 | 合计 | 亩 | 1", plain.Clip(line))
		return playlist.FundColumn{}, false
	}
	p = append(p, "", "", "")
	c := playlist.FundColumn{Name: p[0], Type: typesOfColumn[p[1]], Unit: p[2], Money: p[4] == "金额"}
	if c.Type == "" {
		s.wrong("列", "「%s」的类型应为文字、数字或合计", plain.Clip(line))
		return c, false
	}
	if p[3] != "" {
		n, err := strconv.Atoi(plain.Narrow(p[3]))
		if err != nil || n < 0 || n > 6 {
			s.wrong("列", "「%s」的小数位应为 0 至 6", plain.Clip(line))
			return c, false
		}
		c.Decimals = n
	}
	if p[4] != "" && !c.Money {
		s.wrong("列", "「%s」最后一项只能写「金额」，表示这一列加起来应等于总金额", plain.Clip(line))
		return c, false
	}
	return c, true
}

// table reads one table of a fund notice.
func (s *sheet) table(f fundTable) (playlist.FundTable, tableSource) {
	t := playlist.FundTable{Title: plain.Tidy(f.Title), By: kindsOfTable[plain.Tidy(f.By)]}
	if t.By == "" {
		s.wrong("分类", "「%s」应为项目、村或户", plain.Clip(f.By))
	}
	csvFile := path.Join(path.Dir(s.file), f.File)
	from := tableSource{file: csvFile}
	headings := make([]Heading, 0, len(f.Columns))
	for _, line := range f.Columns {
		c, ok := s.fundColumn(line)
		if !ok {
			return t, from
		}
		t.Columns = append(t.Columns, c)
		headings = append(headings, Heading{Name: c.Name, Need: true})
	}
	from.columns = t.Columns
	t.Product = s.product(f.Product, t.Columns)
	in, ok := s.l.open(csvFile)
	if !ok {
		return t, from
	}
	defer in.Close()
	reader := Table{File: csvFile, Headings: headings, Problems: &s.l.problems}
	number := 0 // of the row, for 序号
	for row := range reader.Rows(in) {
		if len(t.Rows) >= MaxFundRows {
			s.l.problems.wrong(csvFile, row.Line, "", "一张表最多 %d 行，请按村分开", MaxFundRows)
			break
		}
		number++
		before := len(s.l.problems)
		cells := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			cells[i] = fundCell(row, c)
			if c.Name == "序号" && cells[i] != strconv.Itoa(number) {
				row.Wrong(c.Name, "应为 %d，写的是「%s」，是不是漏了一行", number, plain.Clip(cells[i]))
				number, _ = strconv.Atoi(cells[i]) // go on counting from what is there
			}
		}
		if t.By == "village" {
			t.Sites = append(t.Sites, s.l.village(row, t.Columns, cells))
		}
		t.Rows = append(t.Rows, cells)
		from.lines = append(from.lines, row.Line)
		if len(s.l.problems) == before {
			multiplied(row, t, cells)
		}
	}
	return t, from
}

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6})?$`)
var marks = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)

// fundCell reads a cell: text as it is, numbers without thousands marks and
// with the decimals of their column.
func fundCell(row Row, c playlist.FundColumn) string {
	text := row.Text(c.Name)
	if c.Type == playlist.TextColumn {
		return text
	}
	num := strings.TrimSuffix(plain.Narrow(text), c.Unit)
	if marks.MatchString(num) {
		num = strings.ReplaceAll(num, ",", "")
	}
	if text == "" && c.Type == playlist.NumberColumn {
		return ""
	}
	if text == "" {
		row.Wrong(c.Name, "不能为空，没有就写 0")
		return "0"
	}
	if !decimal.MatchString(num) {
		row.Wrong(c.Name, "「%s」不是数字", plain.Clip(text))
		return "0"
	}
	whole, part, _ := strings.Cut(num, ".")
	part = strings.TrimRight(part, "0")
	if len(part) > c.Decimals {
		row.Wrong(c.Name, "「%s」的小数多于 %d 位", plain.Clip(text), c.Decimals)
		part = part[:c.Decimals]
	}
	if c.Decimals == 0 {
		return whole
	}
	return whole + "." + part + strings.Repeat("0", c.Decimals-len(part))
}

// product reads 面积 × 标准 = 金额.
func (s *sheet) product(text string, columns []playlist.FundColumn) *playlist.Product {
	if plain.Tidy(text) == "" {
		return nil
	}
	left, result, ok := strings.Cut(text, "=")
	quantity, rate, ok2 := strings.Cut(left, "×")
	p := &playlist.Product{Quantity: indexOf(columns, quantity), Rate: indexOf(columns, rate), Result: indexOf(columns, result)}
	if !ok || !ok2 || p.Quantity < 0 || p.Rate < 0 || p.Result < 0 {
		s.wrong("核算", "「%s」应写成：面积 × 标准 = 金额，三个都是表里的列", plain.Clip(text))
		return nil
	}
	return p
}

func indexOf(columns []playlist.FundColumn, name string) int {
	for i, c := range columns {
		if c.Name == plain.Tidy(name) {
			return i
		}
	}
	return -1
}

// multiplied checks quantity × rate = result, exactly.
func multiplied(row Row, t playlist.FundTable, cells []string) {
	if t.Product == nil {
		return
	}
	q, ok1 := new(big.Rat).SetString(cells[t.Product.Quantity])
	r, ok2 := new(big.Rat).SetString(cells[t.Product.Rate])
	want, ok3 := new(big.Rat).SetString(cells[t.Product.Result])
	if !ok1 || !ok2 || !ok3 {
		return // already told
	}
	name := func(i int) string { return t.Columns[i].Name }
	if is := q.Mul(q, r); is.Cmp(want) != 0 {
		row.Wrong(name(t.Product.Result), "%s × %s 应为 %s，写的是 %s", name(t.Product.Quantity), name(t.Product.Rate),
			is.FloatString(t.Columns[t.Product.Result].Decimals), cells[t.Product.Result])
	}
}

// cell finds the file, line and heading of a field of a fund table.
func (s *sheet) cell(field string) (file string, line int, column string, ok bool) {
	m := cellPath.FindStringSubmatch(field)
	if m == nil {
		return "", 0, "", false
	}
	at := func(i int) int {
		n, err := strconv.Atoi(m[i])
		if err != nil {
			return -1
		}
		return n
	}
	table, row, col := at(1), at(2), at(3)
	if table < 0 || table >= len(s.from) {
		return "", 0, "", false
	}
	from := s.from[table]
	if row >= 0 && row < len(from.lines) {
		line = from.lines[row]
	}
	if col >= 0 && col < len(from.columns) {
		column = from.columns[col].Name
	}
	return from.file, line, column, true
}

// village finds the site that a row belongs to, by the first text column that
// names one.
func (l *loader) village(row Row, columns []playlist.FundColumn, cells []string) playlist.SiteID {
	named := ""
	for i, c := range columns {
		if c.Type != playlist.TextColumn {
			continue
		}
		if ids := l.named[cells[i]]; len(ids) == 1 {
			return ids[0]
		} else if len(ids) > 1 {
			row.Wrong(c.Name, "有 %d 个叫「%s」的站点，请写成「望川镇柳溪村」这样的全称", len(ids), plain.Clip(cells[i]))
			return ""
		}
		if named == "" && c.Name != "序号" {
			named = fmt.Sprintf("「%s」", c.Name)
			row.Wrong(c.Name, "没有叫「%s」的村（社区）", plain.Clip(cells[i]))
		}
	}
	return ""
}

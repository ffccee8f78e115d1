package fundsheet

import (
	"regexp"
	"slices"
	"strings"

	"mingbai/playlist"
)

// headWithin is how many rows may stand above the heading.
const headWithin = 20

var (
	bracketed  = regexp.MustCompile(`^(.+?)[(](.{1,8})[)]$`)
	aboveUnit  = regexp.MustCompile(`(?:金额)?单位[:：]\s*(?:人民币)?\s*(万亿元|万亿|[百千]?万元|[百千]元|亿元|元|万|亿)`)
	periodText = regexp.MustCompile(`20\d\d年?(?:度|第?[一二三四1-4]季度|(?:1[0-2]|0?[1-9])(?:[-—至](?:1[0-2]|0?[1-9]))?月(?:份)?|[上下]半年)?`)
	shareName  = regexp.MustCompile(`^(?:其中[:：]?)?(中央|省级?|市级?|县级?|区级?|乡级?|镇级?|乡镇级?|村级?|自筹|社会捐赠|群众自筹|上级)(?:财政)?(?:专项|补助|补贴|配套|安排)?(?:资金|金额|补助|投入)?$`)
)

// Guess says how a sheet is most likely meant.
func Guess(s *Sheet, sites []playlist.Site) Mapping {
	m := Mapping{}
	if s.Heading != nil {
		m.Head, m.Heads = s.Heading[0], s.Heading[1]
	} else {
		m.Head, m.Heads = heading(s)
	}
	return guess(s, m, sites)
}

// GuessAt says how a sheet is most likely meant whose heading a person has shown:
// rows from head on, or none.
func GuessAt(s *Sheet, head, heads int, sites []playlist.Site) Mapping {
	head = min(max(head, 0), max(len(s.Rows)-1, 0))
	return guess(s, Mapping{Head: head, Heads: min(max(heads, 0), 4, len(s.Rows)-head)}, sites)
}

func guess(s *Sheet, m Mapping, sites []playlist.Site) Mapping {
	names := s.Headings(m.Head, m.Heads)
	body := s.body(m)
	unit := s.unitAbove(m.Head)
	money, household, shares := -1, false, 0
	for i, name := range names {
		c := Column{From: i, Name: name}
		if b := bracketed.FindStringSubmatch(name); b != nil {
			c.Name, c.Unit = b[1], ownUnit(b[2])
		}
		cells := column(body, i)
		c.Use, c.Personal = use(c.Name, c.Unit, cells, sites)
		if p := s.Private[i]; p != "" && c.Use != Drop {
			c.Use, c.Personal = Drop, p
		}
		// What the office hid from its own readers is not for a screen in a hall.
		if slices.Contains(s.Covered, i) && c.Use != Order {
			c.Use = Drop
		}
		switch c.Use {
		case Name:
			household = true
		case Share:
			shares++
		case Money:
			// The one furthest to the right among equals is the result.
			if money >= 0 {
				if rank(c.Name) < rank(m.Columns[money].Name) {
					c.Use = Sum
				} else {
					m.Columns[money].Use = Sum
				}
			}
			if c.Use == Money {
				money = i
			}
		}
		if (c.Use == Money || c.Use == Share) && c.Unit == "" {
			c.Unit = unit
		}
		m.Columns = append(m.Columns, c)
	}
	if money < 0 {
		money = m.lastSum(shares)
	}
	if money >= 0 {
		m.Columns[money].Use = Money
		if m.Columns[money].Unit == "" && !m.has(Unit) {
			m.Columns[money].Unit = unit
		}
	}
	switch {
	case household:
		m.By, m.Mask = "household", true
	case m.has(Village):
		m.By = "village"
	default:
		m.By = "item"
	}
	m.fit()
	return m
}

func (m *Mapping) has(u Use) bool {
	return slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Use == u })
}

// lastSum chooses a money column where no heading says so: the last column that
// is added up and has a unit of money or none. A sheet with shares only has none.
func (m *Mapping) lastSum(shares int) int {
	if shares > 0 {
		return -1
	}
	for i := len(m.Columns) - 1; i >= 0; i-- {
		if c := m.Columns[i]; c.Use == Sum && (isUnit(c.Unit) || c.Unit == "" && strings.ContainsAny(c.Name, "金额资款费补")) {
			return i
		}
	}
	return -1
}

// mostColumns is what a table of a notice may have.
const mostColumns = 12

// fit leaves out text columns at the end when there are more than a notice has.
func (m *Mapping) fit() {
	over := -mostColumns
	for _, c := range m.Columns {
		if c.Use != Drop && c.Use != Order {
			over++
		}
	}
	for i := len(m.Columns) - 1; i >= 0 && over > 0; i-- {
		if c := &m.Columns[i]; c.Use == Text || c.Use == Number {
			c.Use, over = Drop, over-1
		}
	}
}

// rank prefers the heading that says most clearly that it is the result.
func rank(name string) int {
	for i, words := range [][]string{{"资金"}, {"金额"}, {"补贴", "补助"}, {"合计", "总额", "总金额", "实发", "应发"}} {
		for _, w := range words {
			if strings.Contains(name, w) && i == 3 || strings.HasSuffix(name, w) {
				return i + 1
			}
		}
	}
	return 0
}

// use guesses what a column means from its heading and its cells.
func use(name, unit string, cells []string, sites []playlist.Site) (Use, string) {
	if p := personal(name, cells); p != "" {
		return Drop, p
	}
	switch {
	case !anyText(cells) && (name == "" || len(cells) > 0):
		return Drop, ""
	case name == "序号" || name == "编号" || name == "序" || strings.EqualFold(name, "no") || name == "行次":
		return Order, ""
	case isPersonName(name):
		return Name, ""
	}
	if !anyText(cells) { // no rows at all: the heading alone says
		if isUnit(unit) || unit == "" && containsAny(name, "金额", "资金", "补贴", "补助") {
			return Money, ""
		}
		return Text, ""
	}
	numeric := mostly(cells, func(s string) bool { _, _, ok := number(s); return ok })
	switch {
	case !numeric && (strings.HasSuffix(name, "来源") || name == "级次" || name == "资金性质"):
		return Source, ""
	case name != "" && mostly(cells, isUnit):
		return Unit, ""
	case !numeric && len(sites) > 0 && isPlaceName(name) && some(cells, func(s string) bool { return match(s, sites) != "" }):
		return Village, ""
	case !numeric && (name == "村" || strings.HasPrefix(name, "村(") || name == "行政村" || name == "村(社区)" || name == "村名"):
		return Village, ""
	case !numeric:
		return Text, ""
	case shareName.MatchString(name):
		return Share, ""
	case containsAny(name, "标准", "单价", "比例", "年份", "年度", "率", "编码", "邮编", "楼", "人均", "亩均"):
		return Number, ""
	case isUnit(unit), containsAny(name, "金额", "资金", "补贴", "补助", "合计", "总额", "经费", "款"):
		if unit == "" || isUnit(unit) {
			return Money, ""
		}
		return Sum, ""
	case name == "" && !mostly(cells, func(s string) bool { return s != "" }):
		return Drop, ""
	}
	return Sum, ""
}

func isPlaceName(name string) bool {
	return containsAny(name, "村", "社区", "单位", "地点", "乡镇", "镇", "项目点")
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// anyText reports whether a column has anything.
func anyText(cells []string) bool {
	return slices.ContainsFunc(cells, func(s string) bool { return s != "" })
}

// mostly reports whether four in five of the cells that are not empty are so.
func mostly(cells []string, is func(string) bool) bool { return share(cells, is, 4, 5) }

// some reports whether half of the cells that are not empty are so.
func some(cells []string, is func(string) bool) bool { return share(cells, is, 1, 2) }

func share(cells []string, is func(string) bool, part, of int) bool {
	n, yes := 0, 0
	for _, s := range cells {
		if s == "" {
			continue
		}
		n++
		if is(s) {
			yes++
		}
	}
	return n > 0 && yes*of >= n*part
}

// sample is how many rows a guess looks at.
const sample = 300

// body returns the rows below the heading that look like data.
func (s *Sheet) body(m Mapping) []Row {
	var out []Row
	for _, r := range s.Rows[min(m.Head+m.Heads, len(s.Rows)):] {
		if len(out) == sample {
			break
		}
		if _, total := totalLabel(r); !r.empty() && !total && filled(r) > 1 {
			out = append(out, r)
		}
	}
	return out
}

func column(rows []Row, i int) []string {
	out := make([]string, len(rows))
	for j, r := range rows {
		out[j] = r.cell(i)
	}
	return out
}

func filled(r Row) int {
	n := 0
	for i := range r.Cells {
		if r.cell(i) != "" {
			n++
		}
	}
	return n
}

// heading finds the heading rows: the first row of words with at least two cells
// and no number, above one that has numbers, and a second one below it that
// continues it.
func heading(s *Sheet) (at, count int) {
	best, score := -1, 0
	for i, r := range s.Rows[:min(headWithin, len(s.Rows))] {
		n, numbers := filled(r), 0
		for c := range r.Cells {
			if _, _, ok := number(r.cell(c)); ok && r.cell(c) != "" {
				numbers++
			}
		}
		if n < 2 || numbers > 0 && numbers*4 > n {
			if best >= 0 {
				break
			}
			continue
		}
		if isForm(r) {
			continue
		}
		if n > score {
			if best < 0 {
				best, score = i, n
			}
		}
	}
	if best < 0 {
		return 0, 0
	}
	if second := best + 1; second < len(s.Rows) && s.continues(best, second) {
		return best, 2
	}
	return best, 1
}

// isForm tells a line such as 填报单位：…  单位：万元 from a heading.
func isForm(r Row) bool {
	for i := range r.Cells {
		if c := r.cell(i); strings.ContainsAny(c, ":：") || periodText.MatchString(c) && len(c) < 40 && !strings.Contains(c, "金") && filled(r) < 3 {
			return true
		}
	}
	return false
}

// continues tells whether a row is the second of a heading: words only, under a
// first one with gaps or merged cells.
func (s *Sheet) continues(first, second int) bool {
	wide := slices.ContainsFunc(s.Merged, func(m Merge) bool {
		return m.Top == first && (m.Right > m.Left || m.Bottom >= second)
	})
	a, b := s.Rows[first], s.Rows[second]
	gaps := false
	for i := range max(len(a.Cells), len(b.Cells)) {
		x, y := a.cell(i), b.cell(i)
		if y != "" {
			if _, _, ok := number(y); ok {
				return false
			}
			gaps = gaps || x == ""
		}
	}
	if filled(b) == 0 {
		return false
	}
	return (gaps || wide) && (wide || strings.Contains(strings.Join(a.Cells, ""), "其中") || filled(b) < filled(a))
}

// Headings joins the heading rows: 补助资金 over 中央 is 中央 when that says what it
// is, else both.
func (s *Sheet) Headings(at, count int) []string {
	out := make([]string, s.width())
	for i := range out {
		upper := ""
		for k := range count {
			text := squash(s.Rows[at+k].cell(i))
			if text == "" && k+1 < count {
				text = s.mergedLeft(at+k, i)
			}
			if text == "" || text == upper {
				continue
			}
			switch {
			case upper == "", shareName.MatchString(text), len([]rune(text)) > 3, strings.HasPrefix(upper, "其中"):
				upper = text
			default:
				if b := bracketed.FindStringSubmatch(upper); b != nil {
					text, upper = text+"("+b[2]+")", b[1]
				}
				upper += text
			}
		}
		out[i] = upper
	}
	return out
}

// mergedLeft is the text of the merged cell that covers this one.
func (s *Sheet) mergedLeft(row, col int) string {
	for _, m := range s.Merged {
		if m.Top <= row && row <= m.Bottom && m.Left <= col && col <= m.Right {
			return squash(s.Rows[m.Top].cell(m.Left))
		}
	}
	return ""
}

// unitAbove finds 单位：万元 above the table.
func (s *Sheet) unitAbove(head int) string {
	for _, r := range s.Rows[:min(head, len(s.Rows))] {
		for i := range r.Cells {
			if m := aboveUnit.FindStringSubmatch(r.cell(i)); m != nil {
				return ownUnit(m[1])
			}
		}
	}
	return ""
}

// titleAbove finds the title: the longest lonely text above the heading.
func (s *Sheet) titleAbove(head int) string {
	best := ""
	for _, r := range s.Rows[:min(head, len(s.Rows))] {
		if filled(r) != 1 {
			continue
		}
		for i := range r.Cells {
			if c := strings.TrimSpace(r.cell(i)); len(c) > len(best) && !aboveUnit.MatchString(c) {
				best = c
			}
		}
	}
	return best
}

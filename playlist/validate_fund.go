package playlist

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What one fund table may hold.
const (
	maxTables       = 20
	maxTableRows    = 20_000
	maxTableColumns = 12
	// largeFund is a total that a county's notice rarely has: 10 亿元.
	largeFund = 100_000 * Wan
)

// fund asks for 用途、数量、标准、分配去向 with their sources, and adds up.
func (c *checker) fund(n *Notice) {
	f := n.Fund
	c.text("fund.period", f.Period, label{"所属期间", "the period"}, true, 40)
	c.text("fund.purpose", f.Purpose, label{"资金用途", "the purpose"}, true, 300)
	c.text("fund.standard", f.Standard, label{"补助标准", "the standard"}, false, 300)
	c.text("fund.approver", f.Approver, label{"审批单位", "the approver"}, false, maxName)
	c.text("fund.status", f.Status, label{"拨付情况", "the status"}, false, 200)
	switch {
	case f.Total <= 0:
		c.wrong("fund.total", "range", "资金总额应大于零", "the total must be more than nothing")
	case f.Total >= largeFund:
		c.warn("fund.total", "large", "总额 "+f.Total.Short()+"，请核对单位", "the total is unusually large; check its unit")
	}
	if len(f.Sources) == 0 {
		c.wrong("fund.sources", "required", "请至少填写一项资金来源", "at least one source is required")
	}
	for i, s := range f.Sources {
		c.text(at("fund.sources", i)+".name", s.Name, label{"资金来源", "the source"}, true, maxName)
	}
	if len(f.Tables) == 0 {
		c.wrong("fund.tables", "required", "请填写分配去向表", "a table of where the money went is required")
	}
	if len(f.Sources) > maxList || len(f.Tables) > maxTables {
		c.wrong("fund.tables", "too_many", "来源不超过 100 项，表不超过 20 张", "at most 100 sources and 20 tables are allowed")
	}
	money := false
	for i := range f.Tables {
		c.table(at("fund.tables", i), &f.Tables[i])
		money = money || slices.ContainsFunc(f.Tables[i].Columns, func(c FundColumn) bool { return c.Money })
	}
	if len(f.Tables) > 0 && !money {
		c.warn("fund.tables", "money", "没有标出金额列，无法与总额核对", "no column is marked as money, so nothing is compared with the total")
	}
	r := f.Recompute()
	// A table with thousands of bad cells needs no thousands of messages.
	const enough = 50
	c.out = append(c.out, r.Problems[:min(len(r.Problems), enough)]...)
}

func (c *checker) table(field string, t *FundTable) {
	c.text(field+".title", t.Title, label{"表名", "the table's title"}, true, maxName)
	switch t.By {
	case "item", "village", "household":
	default:
		c.wrong(field+".by", "unknown", "应按项目、按村或按户", "it must be by item, village or household")
	}
	if len(t.Columns) == 0 || len(t.Columns) > maxTableColumns {
		c.wrong(field+".columns", "range", fmt.Sprintf("列数应为 1 至 %d", maxTableColumns), fmt.Sprintf("1 to %d columns are possible", maxTableColumns))
	}
	switch {
	case len(t.Rows) == 0:
		c.wrong(field+".rows", "required", "表里还没有数据", "the table is still empty")
	case len(t.Rows) > maxTableRows:
		c.wrong(field+".rows", "range", fmt.Sprintf("行数应为 1 至 %d", maxTableRows), fmt.Sprintf("1 to %d rows are possible", maxTableRows))
	}
	money := 0
	for i, col := range t.Columns {
		name := at(field+".columns", i)
		c.text(name+".name", col.Name, label{"列名", "the column's name"}, true, 20)
		c.text(name+".unit", col.Unit, label{"单位", "the unit"}, false, 8)
		if col.Money {
			money++
		}
		if col.Type == SumColumn || col.Type == NumberColumn {
			c.numbers(field, t, i)
		}
		if col.Name == "序号" {
			c.sequence(field, t, i)
		}
		if t.By == "household" && isNameColumn(col.Name) {
			c.masked(field, t, i)
		}
	}
	if money > 1 {
		c.wrong(field+".columns", "money", "一张表只能有一个金额列与总额核对", "one column at most is compared with the total")
	}
	for i, site := range t.Sites {
		if site != "" && len(c.env.Sites) > 0 && !slices.ContainsFunc(c.env.Sites, func(s Site) bool { return s.ID == site }) {
			c.wrong(at(field+".sites", i), "unknown", "没有这个站点："+string(site), "there is no such site")
		}
	}
}

// numbers complains about the first cell of a column that is not a plain number.
func (c *checker) numbers(field string, t *FundTable, col int) {
	for i, row := range t.Rows {
		if col >= len(row) {
			return
		}
		if _, err := parseCell(row[col]); err != nil {
			c.wrong(cellField(field, i, col), "number", cellText(i, t.Columns[col])+"应为数字，不带千分号和单位", "the cell must be a plain number")
			return
		}
		if _, part, _ := strings.Cut(row[col], "."); len(part) > t.Columns[col].Decimals {
			c.wrong(cellField(field, i, col), "decimals", fmt.Sprintf("%s的小数位多于 %d 位", cellText(i, t.Columns[col]), t.Columns[col].Decimals), fmt.Sprintf("more than %d decimals", t.Columns[col].Decimals))
			return
		}
	}
}

// sequence complains when rows are numbered and one is skipped or there twice.
func (c *checker) sequence(field string, t *FundTable, col int) {
	for i, row := range t.Rows {
		if col >= len(row) {
			return
		}
		if n, err := strconv.Atoi(strings.TrimSpace(row[col])); err != nil || n != i+1 {
			c.wrong(cellField(field, i, col), "sequence", fmt.Sprintf("第 %d 行的序号是“%s”，应为 %d，是否漏了一行？", i+1, row[col], i+1), fmt.Sprintf("row %d is numbered %q; is a row missing?", i+1, row[col]))
			return
		}
	}
}

func isNameColumn(name string) bool {
	for _, s := range []string{"姓名", "户主", "受益人", "领款人"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// masked warns about full names in lists of households.
func (c *checker) masked(field string, t *FundTable, col int) {
	for i, row := range t.Rows {
		if col < len(row) && row[col] != "" && !strings.ContainsAny(row[col], "*＊×某") {
			c.warn(cellField(field, i, col), "masked", cellText(i, t.Columns[col])+"是完整姓名，请确认是否应隐去中间一字（如 张*三）", "a full name; should it be masked?")
			return
		}
	}
}

package playlist

import (
	"fmt"
	"strings"
)

// Bounds of a table in running text; what is larger belongs into a fund notice or
// a file.
const (
	maxTextRows  = 200
	maxTextCells = 8   // in a row
	maxCellText  = 200 // characters
)

// tableShape returns why a table in running text can not be drawn, or nil.
func (b *Block) tableShape() error {
	if len(b.Rows) < 1 || len(b.Rows) > maxTextRows {
		return fmt.Errorf("rows: %d, 1 to %d are allowed", len(b.Rows), maxTextRows)
	}
	if n := len(b.Rows[0]); n < 1 || n > maxTextCells {
		return fmt.Errorf("rows[0]: %d cells, 1 to %d are allowed", n, maxTextCells)
	}
	for i, row := range b.Rows {
		if len(row) != len(b.Rows[0]) {
			return fmt.Errorf("rows[%d]: %d cells, the first row has %d", i, len(row), len(b.Rows[0]))
		}
	}
	return nil
}

// textTable checks a table in running text, keyed by row and cell.
func (c *checker) textTable(field string, b *Block) {
	c.text(field+".text", b.Text, label{"表题", "the caption"}, false, 120)
	rows := field + ".rows"
	switch {
	case len(b.Rows) == 0:
		c.wrong(rows, "required", "表格里还没有内容", "the table is empty")
		return
	case len(b.Rows) > maxTextRows:
		c.wrong(rows, "too_many", fmt.Sprintf("正文里的表最多 %d 行，请分成几张或改用资金公示", maxTextRows), fmt.Sprintf("a table in running text has %d rows at most", maxTextRows))
		return
	}
	wide, empty := len(b.Rows[0]), true
	if wide < 1 || wide > maxTextCells {
		c.wrong(at(rows, 0), "too_many", fmt.Sprintf("正文里的表有 1 至 %d 列", maxTextCells), fmt.Sprintf("a table in running text has 1 to %d columns", maxTextCells))
	}
	for i, row := range b.Rows {
		if len(row) != wide {
			c.wrong(at(rows, i), "length", fmt.Sprintf("这一行有 %d 格，第一行有 %d 格", len(row), wide), fmt.Sprintf("the row has %d cells, the first has %d", len(row), wide))
		}
		for j, cell := range row {
			c.text(at(at(rows, i), j), cell, label{"单元格", "the cell"}, false, maxCellText)
			empty = empty && strings.TrimSpace(cell) == ""
		}
	}
	if empty {
		c.wrong(rows, "required", "表格里还没有内容", "the table is empty")
	}
}

// hasText reports whether a block says anything.
func (b *Block) hasText() bool {
	if strings.TrimSpace(b.Text) != "" {
		return true
	}
	for _, row := range b.Rows {
		for _, cell := range row {
			if strings.TrimSpace(cell) != "" {
				return true
			}
		}
	}
	return false
}

// plain is everything that a block says, a line for every text.
func (b *Block) plain() string {
	var out strings.Builder
	out.WriteString(b.Text)
	for _, row := range b.Rows {
		out.WriteByte('\n')
		out.WriteString(strings.Join(row, " "))
	}
	out.WriteByte('\n')
	return out.String()
}

package richtext

import (
	"regexp"
	"strings"
)

// tableAt reads the table that begins at a line; next is i when there is none.
func tableAt(all []string, i int) (rows [][]string, next int) {
	next = i
	for next < len(all) && strings.HasPrefix(trim(all[next]), "|") {
		if line := trim(all[next]); !ruler.MatchString(line) {
			rows = append(rows, parseRow(line))
		}
		next++
	}
	if next == i {
		for next < len(all) && tabbed(all[next]) {
			rows = append(rows, strings.Split(strings.TrimRight(all[next], "\r"), "\t"))
			next++
		}
		if next < i+2 {
			return nil, i // one line with a tab is a line
		}
	}
	if rows = square(rows); len(rows) == 0 {
		return nil, i
	}
	return rows, next
}

// tabbed tells whether a line is a row of a sheet.
func tabbed(line string) bool {
	return strings.ContainsRune(strings.Trim(line, " \r\u3000"), '\t') && !strings.HasPrefix(trim(line), `\`)
}

// ruler is the line of dashes that other programs put below the heading.
var ruler = regexp.MustCompile(`^\|(\s*:?-{3,}:?\s*\|)+$`)

// square makes all rows as long as the longest, trims cells, and leaves out what
// is empty below, and rows that are empty throughout.
func square(rows [][]string) [][]string {
	var out [][]string
	width := 0
	for _, r := range rows {
		last := 0
		for i := range r {
			if r[i] = trim(r[i]); r[i] != "" {
				last = i + 1
			}
		}
		if last > 0 {
			out = append(out, r)
			width = max(width, last)
		}
	}
	for i, r := range out {
		for len(r) < width {
			r = append(r, "")
		}
		out[i] = r[:width]
	}
	return out
}

// parseRow reads a line of cells between bars.
func parseRow(line string) []string {
	line = strings.ReplaceAll(strings.TrimPrefix(line, "|"), "\t", " ")
	var cells []string
	var cell strings.Builder
	open := true // a cell is begun that no bar has closed
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '|':
			cells = append(cells, trim(cell.String()))
			cell.Reset()
			open = false
			continue
		case c == '\\' && i+1 < len(line) && strings.IndexByte(`|\n-`, line[i+1]) >= 0:
			i++
			if c = line[i]; c == 'n' {
				c = '\n'
			}
			cell.WriteByte(c)
		default:
			cell.WriteByte(c)
		}
		open = true
	}
	if open && trim(cell.String()) != "" {
		cells = append(cells, trim(cell.String()))
	}
	return cells
}

var cellMarks = strings.NewReplacer(`\`, `\\`, "|", `\|`, "\n", `\n`, "\r", "", "\t", " ")

// formatRow writes a row as parseRow reads it.
func formatRow(cells []string) string {
	var out strings.Builder
	for _, c := range cells {
		out.WriteString("| ")
		out.WriteString(cellMarks.Replace(trim(c)))
		out.WriteString(" ")
	}
	line := out.String() + "|"
	if ruler.MatchString(line) {
		line = strings.Replace(line, "-", `\-`, 1)
	}
	return line
}

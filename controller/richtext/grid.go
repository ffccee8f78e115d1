package richtext

import (
	"strings"

	"mingbai/playlist"
)

// grid fills a table in while its cells come, row by row, from left to right. A
// joined cell says the same in every place that it covers, so that each row can
// be read alone.
type grid struct {
	rows  [][]string
	taken []map[int]string // per row to come: columns that a cell above covers
	row   []string
	cells *int
}

func (g *grid) begin() {
	g.row = []string{}
}

// cell puts in the next cell of the row; spans are in columns and rows.
func (g *grid) cell(text string, across, down int) {
	across, down = min(max(across, 1), maxSpan), min(max(down, 1), maxRows)
	if *g.cells > maxCells {
		return
	}
	g.fill()
	for range across {
		g.put(text)
	}
	from := len(g.row) - across
	for d := 1; d < down; d++ {
		for len(g.taken) <= d {
			g.taken = append(g.taken, nil)
		}
		if g.taken[d] == nil {
			g.taken[d] = map[int]string{}
		}
		for c := range across {
			if from+c >= 0 && *g.cells < maxCells {
				*g.cells++
				g.taken[d][from+c] = text
			}
		}
	}
}

// fill copies what cells above cover at the place that comes next.
func (g *grid) fill() {
	for len(g.taken) > 0 && *g.cells <= maxCells {
		text, ok := g.taken[0][len(g.row)]
		if !ok {
			return
		}
		g.put(text)
	}
}

func (g *grid) put(text string) {
	if *g.cells++; *g.cells <= maxCells {
		g.row = append(g.row, text)
	}
}

func (g *grid) end() {
	g.fill()
	if len(g.taken) > 0 {
		g.taken = g.taken[1:]
	}
	g.rows = append(g.rows, g.row)
	g.row = nil
}

// blocks returns the table. One of a single column is no table but a frame around
// paragraphs.
func (g *grid) blocks() []playlist.Block {
	rows := square(g.rows)
	if len(rows) == 0 {
		return nil
	}
	if len(rows[0]) > 1 {
		for _, r := range rows {
			for i := range r {
				r[i] = cellText(r[i])
			}
		}
		return []playlist.Block{{Kind: playlist.TableBlock, Rows: rows}}
	}
	var out []playlist.Block
	for _, r := range rows {
		for _, line := range strings.Split(r[0], "\n") {
			if line = trim(line); line != "" {
				out = append(out, playlist.Block{Kind: playlist.Paragraph, Text: line})
			}
		}
	}
	return out
}

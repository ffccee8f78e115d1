package led

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
)

// How many pages of villages a loop bears (V08): few where people look for their
// own village, which a board shows alone beyond that; more where it has none.
// Beyond that too it says where the table can be read.
const (
	mostTable = 4
	mostAlien = 8
	tableTime = 66 * time.Second // about a minute: nobody waits longer for a row
)

// fund says what it is, how much, who got it by village, and whom to call.
// Households never stand on a board.
func (b board) fund(n *playlist.Notice, o Options) []Page {
	f, t := n.Fund, tailOf(n)
	title := n.LED
	if title == "" || o.Totals {
		title = n.PublicTitle()
	}
	out := b.headline(title)
	label := "合计"
	if f.Period != "" && !(b.tiny() && strings.Contains(tidy(title), tidy(f.Period))) {
		label = tidy(f.Period) + "合计"
	}
	out = append(out, b.amount(label, f.Total)...)
	if o.Totals {
		out = append(out, b.prose(b.readMore("明细"), Plain, 1)...)
	} else if v := villagesOf(f, o); len(v.rows) > 0 {
		out = append(out, b.villages(v)...)
	}
	if b.tiny() && !o.Totals {
		out = append(out, b.prose(b.readMore(""), Plain, 1)...)
	}
	if n.Hotline == "" || b.tiny() {
		return append(out, b.tailPages(t, b.least)...)
	}
	return b.under(append(out, b.answer("监督电话", tidy(n.Hotline), Figure)...), t)
}

// amount is a page with a sum of money, exact; on a board too narrow for that,
// in 万元 and said to be about.
func (b board) amount(label string, a playlist.Amount) []Page {
	value := money(a)
	if b.h < 48 && strings.HasSuffix(label, "合计") && len(b.answer("合计", value, Figure)[0].Lines) < len(b.answer(label, value, Figure)[0].Lines) {
		label = "合计" // side by side and larger; the title named the period
	}
	if measure(value, b.small) <= b.w || measure(value, 12) <= b.w {
		return b.answer(label, value, Figure)
	}
	if plain := strings.TrimSuffix(a.Plain(), ".00"); measure(plain, 12) <= b.w {
		return b.answer(label+"（元）", plain, Figure)
	}
	for _, u := range []struct {
		of   playlist.Amount
		name string
	}{{playlist.Wan, "万元"}, {10_000 * playlist.Wan, "亿元"}} {
		for _, form := range []string{"约%.2f%s", "约%.0f%s"} {
			if about := fmt.Sprintf(form, float64(a)/float64(u.of), u.name); a >= 100*u.of && measure(about, 12) <= b.w {
				return b.answer(label, about, Figure)
			}
		}
	}
	return b.answer(label, value, Figure)
}

// money writes an amount without spaces, in 万元 where that is exact with two
// decimals.
func money(a playlist.Amount) string {
	if (a >= playlist.Wan || a <= -playlist.Wan) && a%(playlist.Wan/100) == 0 {
		return strings.ReplaceAll(a.Short(), " ", "")
	}
	return strings.TrimSuffix(a.String(), ".00") + "元"
}

// villageRow is what a village got.
type villageRow struct {
	name   string
	amount playlist.Amount
	value  string // with the decimals of all, so that points stand below one another
	own    bool
}

// villageTable is what every village got, the board's own first.
type villageTable struct {
	head string // 村（社区）
	what string // 金额
	unit string // of every value
	rows []villageRow
	cut  bool // rows are left out
}

func villagesOf(f *playlist.Fund, o Options) villageTable {
	var out villageTable
	var own, other []villageRow
	wan, whole := true, true
	for i := range f.Tables {
		t := &f.Tables[i]
		paid := slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool { return c.Money })
		if t.By != "village" || paid < 0 {
			continue
		}
		named := slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool {
			return c.Type == playlist.TextColumn && c.Name != "序号"
		})
		if named < 0 {
			continue
		}
		for r, row := range t.Rows {
			if paid >= len(row) || named >= len(row) {
				continue
			}
			a, err := playlist.ParseAmount(row[paid] + t.Columns[paid].Unit)
			if err != nil {
				continue
			}
			wan = wan && a%(playlist.Wan/100) == 0
			whole = whole && a%playlist.Yuan == 0
			v := villageRow{name: tidy(row[named]), amount: a, own: r < len(t.Sites) && t.Sites[r] != "" && slices.Contains(o.Own, t.Sites[r])}
			out.head, out.what = tidy(t.Columns[named].Name), tidy(t.Columns[paid].Name)
			if v.own {
				own = append(own, v)
			} else {
				other = append(other, v)
			}
		}
	}
	out.rows = append(own, other...)
	out.unit = "元"
	if wan {
		out.unit = "万元"
	}
	for i := range out.rows {
		a := out.rows[i].amount
		switch {
		case wan:
			out.rows[i].value = strings.TrimSuffix(a.Wan(), " 万元")
		case whole:
			out.rows[i].value = strings.TrimSuffix(a.String(), ".00")
		default:
			out.rows[i].value = a.String()
		}
	}
	return out
}

// grid is how a table of villages stands on a board.
type grid struct {
	size, head int  // of rows and of the line above them; no line where head is 0
	across     int  // villages beside one another
	down       int  // below one another
	unit       bool // every value carries its unit
	name, num  int  // widths
	cell, gap  int  // width of one village, and the dark between two
	mark       int  // before every name, for the arrow at the own village; 0: its name stands on a lit field
}

// villages sets the table in the grid that serves its readers best.
func (b board) villages(v villageTable) []Page {
	g, ok := b.grid(v)
	own := ownRows(v.rows)
	long := false
	if ok {
		var all time.Duration
		for _, p := range g.draw(b, v) {
			all += p.Dwell
		}
		long = all > tableTime
	}
	switch pages := g.pages(len(v.rows)); {
	case len(own) == 0 && (!ok || long || pages > mostAlien):
		return b.prose(b.readMore("各村金额"), Plain, 1)
	case ok && len(own) > 0 && (long || pages > mostTable):
		v.rows, v.cut = own, len(own) < len(v.rows)
		g, ok = b.grid(v)
	}
	if !ok || v.cut && len(own) == 1 {
		// The number that people came for stands large and alone.
		var out []Page
		for _, r := range own {
			out = append(out, b.amount(r.name, r.amount)...)
		}
		return b.others(out)
	}
	var out []Page
	if g.head == 0 {
		title := "各村" + v.what
		if !g.unit {
			title += "（" + v.unit + "）"
		}
		out = b.prose(title, Plain, 1)
	}
	out = append(out, g.draw(b, v)...)
	if v.cut {
		return b.others(out)
	}
	return out
}

// others says where the villages can be read that the pages leave out: below the
// last of them where there is room.
func (b board) others(pages []Page) []Page {
	if b.tiny() || len(pages) == 0 {
		return pages
	}
	last := &pages[len(pages)-1]
	for _, s := range sizesWithin(b.small, min(b.h/3, last.Lines[0].Size)) {
		if said := "各村金额见便民服务中心触摸屏"; s >= b.small && len(last.Lines) < mostLines && measure(said, s) <= b.w && heightOf(last.Lines)+s+gap(last.Lines[0].Size)+gap(s) <= b.h-b.margin() {
			*last = b.put(append(slices.Clone(last.Lines), Line{Text: said, Size: s, Tone: Quiet})...)
			return pages
		}
	}
	if b.w < 12*b.least {
		return append(pages, b.prose("各村金额见触摸屏", Plain, 1)...)
	}
	return append(pages, b.prose(b.readMore("各村金额"), Plain, 1)...)
}

func ownRows(rows []villageRow) []villageRow {
	n := 0
	for n < len(rows) && rows[n].own {
		n++
	}
	return rows[:n]
}

func (g grid) pages(rows int) int {
	if g.across*g.down == 0 {
		return 0
	}
	return (rows + g.across*g.down - 1) / (g.across * g.down)
}

// grid returns the largest rows that do not take many more pages than smaller
// ones would; false where no row fits.
func (b board) grid(v villageTable) (grid, bool) {
	var best grid
	score := math.Inf(1)
	for _, size := range sizesWithin(b.small, b.h) {
		if size < b.least && b.lines(b.least) > 1 && b.w >= 96 {
			continue
		}
		for _, across := range []int{1, 2} {
			for _, unit := range []bool{false, true} {
				g, ok := b.try(v, size, across, unit)
				if !ok {
					continue
				}
				cost := float64(g.pages(len(v.rows))) / math.Pow(float64(size), 1.5)
				if g.pages(len(v.rows)) > mostTable {
					cost *= 2 // own rows may be all that is left
				}
				if !unit && g.head == 0 {
					cost *= 1.2 // a value should not be read without its unit
				}
				if cost < score {
					best, score = g, cost
				}
			}
		}
	}
	return best, !math.IsInf(score, 1)
}

// side is kept dark beside a table, for the field around a marked name.
const side = 2

func (b board) try(v villageTable, size, across int, unit bool) (grid, bool) {
	g := grid{size: size, across: across, unit: unit}
	suffix := ""
	if unit {
		suffix = v.unit
	}
	for _, r := range v.rows {
		g.name = max(g.name, measure(r.name, size))
		g.num = max(g.num, measure(r.value+suffix, size))
		if utf8.RuneCountInString(r.name) > mostChars {
			return g, false
		}
	}
	if b.h >= 48 {
		if unit {
			return g, false // it stands above the rows
		}
		g.head = max(b.head, largest(size*3/4))
		g.num = max(g.num, measure(v.what+"（"+v.unit+"）", g.head))
		g.name = max(g.name, measure(v.head, g.head))
	}
	g.cell = g.name + size/2 + g.num
	g.gap = size
	// Dark strokes on a lit field are lost below 24 dots.
	if size < 24 && v.rows[0].own && across*(g.cell+size/2)+(across-1)*size/2 <= b.w-2*side {
		g.mark = size / 2
		g.cell += g.mark
	}
	need := across*g.cell + (across-1)*g.gap
	if need > b.w-2*side && across > 1 {
		need -= (across - 1) * (g.gap - size/2)
		g.gap = size / 2
	}
	if need > b.w-2*side {
		return g, false
	}
	// Names and values stand apart, but not so far that the eye loses the row.
	more := min((b.w-2*side-need)/across, 3*size)
	g.cell += more
	used := 0
	if g.head > 0 {
		used = g.head + gap(max(size, 24))
	}
	for g.down = 0; g.down < mostLines; g.down++ {
		if used += size; used > b.h {
			break
		}
		used += max(gap(size), b.h/64)
	}
	return g, g.down > 0
}

// draw makes the pages: as full as one another, the first rows at the upper left
// and below one another, as people read a list.
func (g grid) draw(b board, v villageTable) []Page {
	total := g.pages(len(v.rows))
	suffix := ""
	if g.unit {
		suffix = v.unit
	}
	left := (b.w - g.across*g.cell - (g.across-1)*g.gap) / 2
	var out []Page
	for page := range total {
		from, to := page*len(v.rows)/total, (page+1)*len(v.rows)/total
		rows := v.rows[from:to]
		down := (len(rows) + g.across - 1) / g.across
		var lines []Line
		if g.head > 0 {
			lines = append(lines, g.heading(b, v, left, min(g.across, len(rows)), page+1, total))
		}
		for i := range down {
			l := Line{Size: g.size}
			for c := range g.across {
				if at := c*down + i; at < len(rows) {
					x := left + c*(g.cell+g.gap)
					r := rows[at]
					if c > 0 {
						l.Cells = append(l.Cells, Cell{X: x - g.gap/2, Rule: true})
					}
					if r.own && g.mark > 0 {
						l.Cells = append(l.Cells, Cell{X: x, Arrow: true})
					}
					l.Cells = append(l.Cells, Cell{Text: r.name, X: x + g.mark, Mark: r.own && g.mark == 0}, Cell{Text: r.value + suffix, X: x + g.cell, Right: true})
				}
			}
			lines = append(lines, l)
		}
		out = append(out, b.put(lines...))
	}
	return out
}

// heading is the line above the rows: what they are, the unit once, and which
// page it is where there is room.
func (g grid) heading(b board, v villageTable, left, across, page, pages int) Line {
	l := Line{Size: g.head, Tone: Quiet}
	head := v.head
	if count := fmt.Sprintf("%d/%d", page, pages); pages > 1 {
		if width := measure(head+"　"+count, g.head); width <= g.cell-g.mark-measure(v.what+"（"+v.unit+"）", g.head)-g.head {
			head += "　" + count
		}
	}
	for c := range across {
		x := left + c*(g.cell+g.gap)
		if c > 0 {
			head = v.head
		}
		l.Cells = append(l.Cells, Cell{Text: head, X: x + g.mark}, Cell{Text: v.what + "（" + v.unit + "）", X: x + g.cell, Right: true})
	}
	return l
}

package book

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// BoardSizes are the boards of the contact sheet, in dots.
var BoardSizes = []image.Point{{64, 16}, {96, 16}, {128, 32}, {192, 64}, {256, 64}, {320, 32}, {384, 128}}

// BoardKind is a row of the contact sheet: a notice of the sample county as a
// board shows it.
type BoardKind struct {
	Name    string // of files
	Label   string // for people
	Notice  *playlist.Notice
	Options led.Options
}

// BoardKinds are one notice of every kind of the sample county, with what changes
// its pages on a board at the village.
func (p *Place) BoardKinds() ([]BoardKind, error) {
	own := led.OptionsAt(p.Library.Settings(), false, p.Moment.Now)
	street := led.OptionsAt(p.Library.Settings(), true, p.Moment.Now)
	var out []BoardKind
	var missing []string
	add := func(name, label string, id playlist.NoticeID, o led.Options, change func(*playlist.Notice)) {
		n, _, _, ok := p.Warned.Notice(id, p.Moment)
		if !ok {
			missing = append(missing, string(id))
			return
		}
		if change != nil {
			c := *n
			if n.Alert != nil {
				a := *n.Alert
				c.Alert = &a
			}
			change(&c)
			n = &c
		}
		out = append(out, BoardKind{name, label, n, o})
	}
	add("announcement-led", "公告（大屏短文）", "jiaofei-2027", own, func(n *playlist.Notice) {
		n.LED = "2027年城乡居民养老保险11月25日开始缴费，12月31日截止，村便民服务站可办"
	})
	add("announcement", "公告（标题与首句）", "dibao-biaozhun", own, nil)
	add("media", "图文", "fanghuo-tu", own, nil)
	add("guide", "办事指南", "dibao-shenqing", own, nil)
	add("fund", "资金公示（合计，各村）", "gengdi-2026", own, nil)
	add("fund-totals", "资金公示（室外只写合计）", "tekun-2026-11", street, nil)
	add("names", "名单（室外只写标题和合计）", "wc-linshi-2026-10", street, nil)
	add("alert-red", "红色预警", "baoyu-hong", own, nil)
	add("alert-orange", "橙色预警", "baoyu-cheng", own, nil)
	add("alert-yellow", "黄色预警", "baoyu-cheng", own, func(n *playlist.Notice) { n.Alert.Colour = playlist.Yellow })
	add("alert-blue", "蓝色预警", "baoyu-cheng", own, func(n *playlist.Notice) { n.Alert.Colour = playlist.Blue })
	add("alert-lifted", "解除", "baoyu-hong", own, func(n *playlist.Notice) { n.Alert.Lifted = true })
	add("alert-exercise", "演练", "dizhen-yanlian", own, nil)
	if len(missing) > 0 {
		return out, fmt.Errorf("the sample county has no notice %s", strings.Join(missing, ", "))
	}
	return out, nil
}

const (
	mostShown = 3 // pages of a notice: the first, the last, and of a table one more
	between   = 12
	rowSpace  = 40
)

// pitch is how many pixels of the sheet one dot of a board takes: large boards
// stand farther away.
func pitch(high int) int {
	if high > 100 {
		return 2
	}
	return 3
}

var (
	paper     = color.RGBA{0xF6, 0xF4, 0xEF, 255}
	ink       = color.RGBA{0x1B, 0x1A, 0x19, 255}
	secondary = color.RGBA{0x67, 0x62, 0x5B, 255}
	hairline  = color.RGBA{0xDC, 0xD6, 0xCA, 255}
	housing   = color.RGBA{0x12, 0x12, 0x12, 255} // of a board, between its dots
	unlit     = color.RGBA{0x1F, 0x1E, 0x1D, 255}
)

// Boards writes the contact sheets of LED boards into dir: every kind of notice
// in rows, every size of board in columns, once for each kind of dots, each
// dot round. It returns the names of the files.
func Boards(ctx context.Context, dir string, p *Place) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("contact sheet: %w", err)
	}
	kinds, err := p.BoardKinds()
	if err != nil {
		return nil, fmt.Errorf("contact sheet: %w", err)
	}
	var names []string
	for _, of := range []struct {
		colours playlist.LEDColours
		label   string
	}{{playlist.FullColour, "全彩"}, {playlist.SingleColour, "单色"}, {playlist.DualColour, "双色"}} {
		if err := ctx.Err(); err != nil {
			return names, err
		}
		name := "led-contact-sheet-" + string(of.colours) + ".png"
		s := newSheet(kinds, of.colours, of.label, p.Moment)
		if err := savePicture(filepath.Join(dir, name), s.draw()); err != nil {
			return names, fmt.Errorf("contact sheet: %w", err)
		}
		names = append(names, name)
	}
	return names, nil
}

// cell is the pages of one notice on one board.
type cell struct {
	panel playlist.Panel
	pages []led.Page
}

// shown are the pages that have room on the sheet, with their numbers from 1.
func (c cell) shown() []int {
	var out []int
	table := false
	for i, p := range c.pages {
		// Of a table its first page: the others are like it.
		first := len(p.Lines) > 0 && len(p.Lines[0].Cells) > 0 && !table
		table = table || first
		if i < mostShown-1 || first || i == len(c.pages)-1 {
			out = append(out, i+1)
		}
	}
	return out
}

func (c cell) high() int {
	n := len(c.shown())
	return n*c.panel.Height*pitch(c.panel.Height) + (n-1)*between + rowSpace
}

func (c cell) note() string {
	var total time.Duration
	moving := ""
	for _, p := range c.pages {
		total += p.Dwell
		if p.Marquee {
			moving = "，走字"
		}
	}
	return fmt.Sprintf("%d页，一轮%d秒%s", len(c.pages), int((total+time.Second/2)/time.Second), moving)
}

type sheet struct {
	kinds   []BoardKind
	cells   [][]cell
	label   string
	moment  schedule.Moment
	columns []int // left edges
	rows    []int // upper edges
	size    image.Point
}

const (
	sheetMargin = 64
	labelWidth  = 300
	headHeight  = 200
	columnSpace = 40
	leastWidth  = 260 // of a column, for its notes
)

func newSheet(kinds []BoardKind, colours playlist.LEDColours, label string, m schedule.Moment) *sheet {
	s := &sheet{kinds: kinds, label: label, moment: m}
	x := sheetMargin + labelWidth
	for _, size := range BoardSizes {
		s.columns = append(s.columns, x)
		x += max(size.X*pitch(size.Y), leastWidth) + columnSpace
	}
	y := headHeight
	for _, k := range kinds {
		var row []cell
		high := 0
		for _, size := range BoardSizes {
			c := cell{panel: playlist.Panel{Width: size.X, Height: size.Y, Colours: colours}}
			c.pages = led.Paginate(k.Notice, c.panel, k.Options)
			row = append(row, c)
			high = max(high, c.high())
		}
		s.cells = append(s.cells, row)
		s.rows = append(s.rows, y)
		y += high + rowSpace
	}
	s.size = image.Pt(x-columnSpace+sheetMargin, y+sheetMargin-rowSpace)
	return s
}

func (s *sheet) draw() *image.RGBA {
	set := typeset.Default()
	c := scene.NewCanvas(s.size.X, s.size.Y, paper)
	say := func(text string, at image.Point, st typeset.Style, width int) {
		set.Paragraph(text, st, width).Draw(c, at)
	}
	say("LED 屏样张 · "+s.label, image.Pt(sheetMargin, 48), typeset.Style{Role: typeset.Serif, Size: 56, Color: ink}, 1600)
	for i, size := range BoardSizes {
		say(fmt.Sprintf("%d×%d", size.X, size.Y), image.Pt(s.columns[i], headHeight-56), typeset.Style{Role: typeset.Bold, Size: 28, Color: ink}, 400)
	}
	for r, k := range s.kinds {
		c.HLine(sheetMargin, s.size.X-sheetMargin, s.rows[r]-12, 2, hairline)
		say(k.Label, image.Pt(sheetMargin, s.rows[r]), typeset.Style{Role: typeset.Bold, Size: 28, Color: ink}, labelWidth-32)
		for i, cell := range s.cells[r] {
			say(cell.note(), image.Pt(s.columns[i], s.rows[r]-2), typeset.Style{Role: typeset.Sans, Size: 20, Color: secondary}, max(cell.panel.Width*pitch(cell.panel.Height), leastWidth))
		}
	}
	img := image.NewRGBA(image.Rectangle{Max: s.size})
	scene.Paint(img, c.Frame())
	for r, row := range s.cells {
		for i, cell := range row {
			y := s.rows[r] + rowSpace
			for _, n := range cell.shown() {
				p := cell.pages[n-1]
				elapsed := time.Duration(0)
				if p.Marquee {
					elapsed = p.Dwell / 3
				}
				Dots(img, image.Pt(s.columns[i], y), led.Frame(p, cell.panel, elapsed, s.moment, nil), pitch(cell.panel.Height))
				y += cell.panel.Height*pitch(cell.panel.Height) + between
			}
		}
	}
	return img
}

// Dots draws a frame of a board as its dots are, round, pitch pixels apart, with
// its upper left corner at at.
func Dots(dst *image.RGBA, at image.Point, f *scene.Frame, pitch int) {
	src := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(src, f)
	m := scene.Circle(pitch, 0)
	for y := range f.Size.Y {
		for x := range f.Size.X {
			col := src.RGBAAt(x, y)
			if col.R|col.G|col.B == 0 {
				col = unlit
			}
			for i, cover := range m.Pix {
				dst.SetRGBA(at.X+x*pitch+i%pitch, at.Y+y*pitch+i/pitch, blend(housing, col, cover))
			}
		}
	}
}

// blend lays cover of over on under.
func blend(under, over color.RGBA, cover uint8) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*(255-int(cover)) + int(b)*int(cover) + 127) / 255) }
	return color.RGBA{mix(under.R, over.R), mix(under.G, over.G), mix(under.B, over.B), 255}
}

// savePicture writes img with a palette where its colours allow that: a sheet of
// dots has few, and is written several times as fast.
func savePicture(path string, img *image.RGBA) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	err = (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(w, indexed(img))
	if err == nil {
		err = w.Flush()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return err
}

// indexed returns img with a palette, or img itself where it has more than 256
// colours.
func indexed(img *image.RGBA) image.Image {
	out := &image.Paletted{Pix: make([]uint8, img.Rect.Dx()*img.Rect.Dy()), Stride: img.Rect.Dx(), Rect: img.Rect}
	known := map[[3]uint8]uint8{}
	var last [3]uint8
	at := -1
	for i := range out.Pix {
		p := [3]uint8(img.Pix[4*i : 4*i+3])
		if at < 0 || p != last {
			n, ok := known[p]
			if !ok {
				if len(known) == 256 {
					return img
				}
				n = uint8(len(known))
				known[p] = n
				out.Palette = append(out.Palette, color.RGBA{p[0], p[1], p[2], 255})
			}
			last, at = p, int(n)
		}
		out.Pix[i] = uint8(at)
	}
	return out
}

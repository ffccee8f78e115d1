package book_test

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/cmd/internal/book"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

// sizesOfBoards are those of the contact sheet and odd ones, to the largest.
var sizesOfBoards = append(append([]image.Point{}, book.BoardSizes...),
	image.Pt(80, 24), image.Pt(160, 32), image.Pt(128, 64), image.Pt(160, 80), image.Pt(96, 192), image.Pt(320, 16), image.Pt(640, 48), image.Pt(512, 256), image.Pt(1920, 540))

// TestEveryBoardHolds is the layout lint over every notice of the sample county
// on every size of board, in one colour and in all.
func TestEveryBoardHolds(t *testing.T) {
	place, err := book.Open("liuxi", book.Upright, day)
	if err != nil {
		t.Fatal(err)
	}
	notices := place.Warned.List(playlist.Query{}, place.Moment)
	for _, id := range place.Alerts {
		if n, _, _, ok := place.Warned.Notice(id, place.Moment); ok {
			notices = append(notices, n)
		}
	}
	if len(notices) < 100 {
		t.Fatalf("the county has only %d notices", len(notices))
	}
	for _, size := range sizesOfBoards {
		t.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(t *testing.T) {
			t.Parallel()
			b := &boardLint{t: t}
			for i, n := range notices {
				if raceOn && i%8 > 0 || size.X*size.Y > 100_000 && i%4 > 0 {
					continue // with -race the same code on one goroutine; of large boards a part
				}
				for _, totals := range []bool{false, true} {
					o := led.OptionsAt(place.Library.Settings(), totals, place.Moment.Now)
					b.notice(n, playlist.Panel{Width: size.X, Height: size.Y, Colours: playlist.FullColour}, o)
				}
				o := led.OptionsAt(place.Library.Settings(), false, place.Moment.Now)
				o.Exercise = true
				b.notice(n, playlist.Panel{Width: size.X, Height: size.Y, Colours: playlist.SingleColour}, o)
			}
			t.Logf("the brightest page has %d%% of a white board's light and %d%% of the dots", b.share, b.dotted)
		})
	}
}

type boardLint struct {
	t             *testing.T
	share, dotted int           // the most light and the most dots of a page, in per cent
	round         time.Duration // of the notice at hand as a warning, every page twice as long as others
}

func (b *boardLint) notice(n *playlist.Notice, panel playlist.Panel, o led.Options) {
	pages := led.Paginate(n, panel, o)
	if len(pages) == 0 {
		b.t.Errorf("%s has no page", n.ID)
		return
	}
	b.round = 0
	for _, p := range pages {
		letters := strings.NewReplacer(" ", "", "　", "").Replace(p.Text())
		b.round += 2 * led.Dwell(utf8.RuneCountInString(letters))
	}
	lone, before := 0, -1
	for i, p := range pages {
		name := fmt.Sprintf("%s page %d of %d", n.ID, i+1, len(pages))
		dots := b.page(name, p, panel, n.Alert != nil)
		if before >= 0 && max(dots-before, before-dots) > mostJump {
			b.t.Errorf("%s: from %d%% of the dots lit to %d%% at once", name, before, dots)
		}
		before = dots
		// A warning in earnest says nothing of an exercise that runs meanwhile.
		drill := n.Alert == nil && o.Exercise || n.Alert != nil && n.Alert.Exercise
		if is := p.Band != nil && p.Band.Exercise; is != drill {
			b.t.Errorf("%s: it says that it is an exercise: %v, want %v", name, is, drill)
		}
		for _, l := range p.Lines {
			if len([]rune(l.Text)) == 1 && l.End == "" && len(l.Cells) == 0 {
				lone++
			}
		}
	}
	if lone > 0 && panel.Width >= 128 && panel.Height >= 24 {
		b.t.Errorf("%s: %d lines of one character: %s", n.ID, lone, said(pages))
	}
	b.signed(n, pages, panel, o)
}

// page holds one page against the rules and returns how many of a hundred dots
// are lit.
func (b *boardLint) page(name string, p led.Page, panel playlist.Panel, alert bool) int {
	b.t.Helper()
	lines, rows := 0, 0
	text := ""
	for _, l := range p.Lines {
		f, err := dotfont.Face(l.Size)
		if err != nil {
			b.t.Fatalf("%s: %v", name, err)
		}
		parts := []string{l.Text, l.End}
		for _, c := range l.Cells {
			parts = append(parts, c.Text)
		}
		for _, part := range parts {
			if lost := f.Missing(part); len(lost) > 0 {
				b.t.Errorf("%s: no dots for %q", name, string(lost))
			}
			// Two figures take the room of a character.
			if wide := led.Measure(part, l.Size); wide > 17*l.Size && !p.Marquee {
				b.t.Errorf("%s: %q is longer than sixteen characters (V04)", name, part)
			}
		}
		text += strings.Join(parts, "")
		lines++
		if len(l.Cells) > 0 {
			rows++
			b.columns(name, l, p.Lines)
		}
	}
	if most := 3; lines > most && !(rows == lines && lines == most+1) {
		b.t.Errorf("%s has %d lines (V04)", name, lines)
	}
	count := 0
	for _, r := range text {
		if r != ' ' && r != '　' {
			count++
		}
	}
	reading := 2*time.Second + time.Duration(count)*time.Second/4
	want := max(6*time.Second, reading)
	switch {
	case alert && b.round > time.Minute:
		want = max(6*time.Second, 2*reading) // so that it comes round sooner
	case alert:
		want *= 2
	}
	if p.Marquee {
		if p.Dwell > 30*time.Second {
			b.t.Errorf("%s passes for %v (V05)", name, p.Dwell)
		}
	} else if p.Dwell != want {
		b.t.Errorf("%s of %d characters stands for %v, want %v (V03)", name, count, p.Dwell, want)
	}
	f := led.Frame(p, panel, 0, schedule.Sure(day), nil)
	if p.Marquee {
		f = led.Frame(p, panel, p.Dwell/2, schedule.Sure(day), nil)
	}
	return b.dots(name, f, p.Marquee)
}

// columns holds that the numbers of a page stand below one another, points too.
func (b *boardLint) columns(name string, l led.Line, all []led.Line) {
	head := all[0]
	for i, c := range l.Cells {
		for _, other := range all {
			if len(other.Cells) != len(l.Cells) {
				continue // the heading has no rules, the last row may be short
			}
			o := other.Cells[i]
			if o.X != c.X || o.Right != c.Right || o.Rule != c.Rule {
				b.t.Errorf("%s: column %d stands at %d and at %d", name, i+1, c.X, o.X)
			}
			if l.Size == other.Size && c.Right && decimals(o.Text) != decimals(c.Text) && l.Tone == other.Tone && l.Tone != head.Tone {
				b.t.Errorf("%s: %q and %q have not as many decimals", name, c.Text, o.Text)
			}
		}
	}
}

func decimals(s string) int {
	_, part, _ := strings.Cut(strings.TrimRight(s, "万元"), ".")
	return len(part)
}

// dots holds that no character is cut off or meets another, and that the frame is
// not mostly lit: a board must not flash (L35, V07).
func (b *boardLint) dots(name string, f *scene.Frame, moving bool) int {
	lit := make([]uint8, f.Size.X*f.Size.Y) // 1 a field, 2 a character
	for _, op := range f.Ops {
		room := image.Rectangle{Max: f.Size}
		if op.Clip != (image.Rectangle{}) {
			room = room.Intersect(op.Clip)
		}
		if op.Kind == scene.OpFill {
			for y := op.Dst.Min.Y; y < op.Dst.Max.Y; y++ {
				for x := op.Dst.Min.X; x < op.Dst.Max.X; x++ {
					lit[y*f.Size.X+x] = 1
				}
			}
		}
		if op.Kind != scene.OpMask {
			continue
		}
		for i, v := range op.Mask.Pix {
			if v == 0 {
				continue
			}
			at := op.Dst.Min.Add(image.Pt(i%op.Mask.W, i/op.Mask.W))
			if !at.In(room) {
				if !moving {
					b.t.Errorf("%s: a character at %v is cut off by %v", name, op.Dst, room)
				}
				break
			}
			k := at.Y*f.Size.X + at.X
			if lit[k] == 2 {
				b.t.Errorf("%s: two characters meet at %v", name, at)
				break
			}
			lit[k] = 2
		}
	}
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(img, f)
	light, on := 0, 0
	for i := 0; i < len(img.Pix); i += 4 {
		r, g, bl := int(img.Pix[i]), int(img.Pix[i+1]), int(img.Pix[i+2])
		light += r + g + bl
		if r|g|bl != 0 {
			on++
		}
		if min(r, g, bl) > 200 {
			b.t.Errorf("%s: a dot at full white", name)
			break
		}
	}
	share := light * 100 / (3 * 255 * f.Size.X * f.Size.Y)
	if b.share = max(b.share, share); share > mostLight {
		b.t.Errorf("%s: %d%% of the light of a white board, %d%% are allowed", name, share, mostLight)
	}
	dots := on * 100 / (f.Size.X * f.Size.Y)
	if b.dotted = max(b.dotted, dots); dots > mostDots {
		b.t.Errorf("%s: %d%% of the dots are lit, %d%% are allowed", name, dots, mostDots)
	}
	return dots
}

// mostLight is the share of a white board's light, in per cent, that a page may
// have, mostDots the share of dots that may be lit, and mostJump by how much that
// share may change from page to page: none is a flash of white (V07, L35).
const (
	mostLight = 35
	mostDots  = 60
	mostJump  = 45
)

// signed holds that the last page, or on the smallest boards the last pages, say
// who and when.
func (b *boardLint) signed(n *playlist.Notice, pages []led.Page, panel playlist.Panel, o led.Options) {
	plain := func(s string) string {
		return strings.NewReplacer(" ", "", "　", "", "、", "", "，", "").Replace(s)
	}
	last := pages[len(pages)-1].Text()
	if panel.Width < 192 || panel.Height < 24 || o.Exercise && panel.Height < 64 {
		last = said(pages) // there is no room for both on one page
	}
	when := fmt.Sprintf("%d月%d日", int(n.Issued.Month), n.Issued.Day)
	if n.Alert != nil && !n.Alert.Lifted {
		when = fmt.Sprintf("%d月%d日", int(n.Alert.Start.Month()), n.Alert.Start.Day())
	}
	if n.Roster != nil { // it speaks of the day
		when = fmt.Sprintf("%d月%d日", int(o.Now.Month()), o.Now.Day())
	}
	if !strings.Contains(plain(last), plain(n.Issuer)) || !strings.Contains(plain(last), when) {
		b.t.Errorf("%s: its last page says %q, not %s and %s", n.ID, last, n.Issuer, when)
	}
}

func said(pages []led.Page) string {
	out := ""
	for _, p := range pages {
		out += p.Text() + " "
	}
	return out
}

// TestStreetNamesNobody walks the sample county as a board on the street: whatever
// is of the class shows no row of a table of households, and what staff marked is
// of it without the mark too, or has no table that names anybody.
func TestStreetNamesNobody(t *testing.T) {
	place, err := book.Open("liuxi", book.Upright, day)
	if err != nil {
		t.Fatal(err)
	}
	of := 0
	for _, n := range place.Warned.List(playlist.Query{}, place.Moment) {
		bare := *n
		bare.Sensitive = false
		if n.Sensitive && n.Fund != nil && !bare.Exposes() {
			t.Errorf("%s is marked, but without its mark it would be shown in full", n.ID)
		}
		if !bare.Exposes() {
			continue
		}
		of++
		for _, size := range book.BoardSizes {
			text := strings.ReplaceAll(said(led.Paginate(&bare, playlist.Panel{Width: size.X, Height: size.Y}, led.OptionsFor(place.Library.Settings(), true))), " ", "")
			for _, name := range named(&bare) {
				if strings.Contains(text, name) {
					t.Errorf("%s on %v names %s", n.ID, size, name)
				}
			}
		}
	}
	if of < 8 {
		t.Errorf("only %d notices of the county are of the class", of)
	}
}

// named are the cells that tell who, of the tables by household.
func named(n *playlist.Notice) []string {
	var out []string
	if n.Fund == nil {
		return nil
	}
	for _, table := range n.Fund.Tables {
		if table.By == "village" || table.By == "item" {
			continue
		}
		for _, row := range table.Rows {
			for c, cell := range row {
				if table.Columns[c].Type == playlist.TextColumn && table.Columns[c].Name != "序号" && len([]rune(cell)) > 1 && !strings.Contains(n.Title, cell) {
					out = append(out, cell)
				}
			}
		}
	}
	return out
}

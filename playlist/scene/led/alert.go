package led

import (
	"fmt"
	"image"
	"strings"

	"mingbai/playlist"
)

// tones of the levels.
var tones = map[playlist.AlertColour]Tone{
	playlist.Red: AlertRed, playlist.Orange: AlertOrange, playlist.Yellow: AlertYellow, playlist.Blue: AlertBlue,
}

var levels = map[playlist.AlertColour]string{
	playlist.Red: "红色预警", playlist.Orange: "橙色预警", playlist.Yellow: "黄色预警", playlist.Blue: "蓝色预警",
}

const lifted = "预警解除"

// bandFor returns the band of a warning, or of the message that lifts it.
func bandFor(n *playlist.Notice) *Band {
	a := n.Alert
	band := &Band{Tone: tones[a.Colour], Type: tidy(a.Type), Level: levels[a.Colour], Exercise: a.Exercise}
	if a.Lifted {
		band.Tone, band.Level = Relief, lifted
	}
	return band
}

// alert says what to do first, then where it holds, then who says so and since
// when (V10). What the band has no room for stands on the pages.
func (b board) alert(n *playlist.Notice, o Options, left string) []Page {
	a := n.Alert
	at := a.Start
	if o.Zone != nil {
		at = at.In(o.Zone)
	}
	t := tail{tidy(n.Issuer), n.Issued.Chinese()}
	if !at.IsZero() && !a.Lifted {
		t.when = fmt.Sprintf("%d月%d日%d:%02d", int(at.Month()), at.Day(), at.Hour(), at.Minute())
	}
	tone := tones[a.Colour]
	if a.Lifted {
		out := b.prose(tidy(a.Type)+strings.TrimSuffix(levels[a.Colour], "预警")+"预警已经解除", Relief, 1)
		return toned(b.area(out, a, t), Relief)
	}
	out := b.prose(a.Action, tone, 1)
	if left != "" {
		out = append(out, b.prose(left, tone, 1)...)
	}
	return toned(b.area(out, a, t), tone)
}

// alertApart is a warning on a board that has room for the band or for the text:
// first the level between two lit fields, for dark strokes of sixteen dots on a
// lit board are not read from afar, then all the rest in its colour.
func (b board) alertApart(n *playlist.Notice, o Options, band *Band) []Page {
	const fields = 2 * (2 + 3) // two dark and at least three lit on each side
	line, left := Line{Tone: band.Tone}, ""
	tries := []string{band.Type + band.Level, band.Type + short(band.Level)}
	if band.Level == lifted {
		tries = tries[:1]
	}
	for _, s := range sizesWithin(12, b.h) {
		for _, said := range tries {
			if line.Text == "" && measure(said, s)+fields <= b.w {
				line.Text, line.Size = said, s
			}
		}
	}
	if line.Text == "" {
		line.Text, line.Size = band.Level, b.fits(band.Level, b.h)
		if band.Level != lifted {
			left = band.Type + band.Level
		}
	}
	head := b.put(line)
	alone := *band
	alone.Alone = true
	head.Band = &alone
	return append([]Page{head}, b.alert(n, o, left)...)
}

// area adds where it holds, and who says so.
func (b board) area(out []Page, a *playlist.Alert, t tail) []Page {
	if trimEnd(a.Area) == "" {
		return b.under(out, t)
	}
	return append(out, b.flow(a.Area, &t, Plain, 1)...)
}

// toned gives all lines the colour of the level: a warning has one colour.
func toned(pages []Page, tone Tone) []Page {
	for _, p := range pages {
		for i := range p.Lines {
			p.Lines[i].Tone = tone
		}
	}
	return pages
}

// bandLine is a line of a band.
type bandLine struct {
	text string
	size int
}

// bandForm is how a band is drawn on a board: the field of the exercise, the
// field of the level, and the room that they leave.
type bandForm struct {
	drill, field image.Rectangle
	drillLines   []bandLine
	lines        []bandLine
	room         image.Rectangle
	left         string // what there was no room for
	barred       bool   // the level stands between two lit bars, not dark on a field
}

// short is a level's word without 预警, for boards that have no room for it.
func short(level string) string {
	if level == lifted {
		return "解除"
	}
	return strings.TrimSuffix(level, "预警")
}

const drillWord = "演练"

// bandBox finds a band's form on a board of w by h dots: above the text, or to
// the left of it on a board too low for that. It never takes more than about
// half of the board, so that what to do has room.
func bandBox(w, h int, band *Band) bandForm {
	if h >= 48 {
		return bandAbove(w, h, band)
	}
	return bandBeside(w, h, band)
}

func bandAbove(w, h int, band *Band) bandForm {
	form := func(size int, lines ...string) (bandForm, bool) {
		pad := max(size/8, 2)
		high := len(lines)*size + 2*pad
		f := bandForm{field: image.Rect(0, 0, w, high)}
		if band.Exercise {
			wide := measure(drillWord, size) + 2*pad + 2
			f.drill = image.Rect(0, 0, wide, high)
			f.drillLines = []bandLine{{drillWord, size}}
			f.field.Min.X = wide
			if wide > w {
				return f, false
			}
			if band.Level == "" && band.Type == "" {
				f.drill.Max.X, f.field = w, image.Rectangle{}
			}
		}
		for _, l := range lines {
			if measure(l, size)+2*pad > f.field.Dx() && l != "" {
				return f, false
			}
			f.lines = append(f.lines, bandLine{l, size})
		}
		f.room = image.Rect(0, high+max(h/48, 2), w, h)
		return f, high <= h*2/5+2
	}
	for _, s := range sizesWithin(12, max(h/4, 12)) {
		if f, ok := form(s, band.Type+band.Level); ok {
			return f
		}
	}
	for _, s := range sizesWithin(12, max(h/6, 12)) {
		if f, ok := form(s, band.Type, band.Level); ok {
			return f
		}
	}
	for _, l := range []string{band.Level, short(band.Level), ""} {
		if f, ok := form(12, l); ok {
			f.left = band.Type + band.Level
			return f
		}
	}
	f, _ := form(12, "")
	f.left = band.Type + band.Level
	return f
}

// barWide is how much a bar at the side of a level's word lights.
const barWide = 2

func bandBeside(w, h int, band *Band) bandForm {
	form := func(size int, lines ...string) (bandForm, bool) {
		wide := 0
		for _, l := range lines {
			wide = max(wide, measure(l, size))
		}
		if wide > 0 {
			wide += 2 + 2*(size/16)
		}
		// Dark strokes of sixteen dots are not read from afar without a lit margin.
		f := bandForm{barred: h < 24 && !band.Exercise && wide > 0}
		if f.barred {
			wide += 2 * barWide
		}
		x := 0
		if band.Exercise {
			d := size
			f.drillLines = []bandLine{{drillWord, d}}
			x = measure(drillWord, d) + 3
			if d = 16; h >= 24 {
				if h < 32 {
					d = 12
				}
				f.drillLines = []bandLine{{"演", d}, {"练", d}}
				x = d + 4
			}
			f.drill = image.Rect(0, 0, x, h)
			if wide > 0 {
				x++
			}
		}
		if wide > 0 {
			f.field = image.Rect(x, 0, x+wide, h)
		}
		for _, l := range lines {
			if l != "" {
				f.lines = append(f.lines, bandLine{l, size})
			}
		}
		dark := 4
		switch {
		case w < 96 && band.Exercise:
			dark = 1
		case w < 96:
			dark = 2
		}
		f.room = image.Rect(x+wide+dark, 0, w, h)
		part := 45 // of a hundred
		if h < 24 && band.Level != lifted {
			part = 40
		}
		return f, len(lines)*size <= h && (x+wide)*100 <= w*part
	}
	if band.Level == "" && band.Type == "" {
		f, _ := form(12, "")
		return f
	}
	first := func(word string) string {
		for _, r := range word {
			return string(r)
		}
		return ""
	}
	type try struct {
		size  int
		lines []string
		whole bool // says type and level
	}
	t, l, s := band.Type, band.Level, short(band.Level)
	tries := []try{{16, []string{t, l}, true}, {16, []string{t, s}, true}, {12, []string{t, l}, true}, {12, []string{t, s}, true}}
	if h < 24 {
		tries = []try{{16, []string{t + l}, true}, {12, []string{t + l}, true}, {12, []string{t + s}, true}}
	}
	if h >= 32 && l != lifted {
		tries = append(tries, try{16, []string{s, strings.TrimPrefix(l, s)}, false})
	}
	if h >= 24 {
		tries = append(tries, try{min(largest(h), 24), []string{s}, false})
	}
	tries = append(tries, try{12, []string{s}, false})
	if l != lifted {
		tries = append(tries, try{12, []string{first(s)}, false})
	}
	for _, c := range tries {
		if f, ok := form(c.size, c.lines...); ok {
			if !c.whole {
				f.left = t + l
			}
			return f
		}
	}
	f, _ := form(12, "")
	f.left = t + l
	return f
}

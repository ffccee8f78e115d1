package led

import (
	"image"
	"image/color"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/schedule"
)

// colours of the tones on the three kinds of dots. White is kept below full
// strength: a board of white dots blinds at night and draws most current.
var (
	full = map[Tone]color.RGBA{
		Plain: {255, 190, 60, 255}, Figure: {255, 255, 255, 255}, Quiet: {200, 150, 50, 255},
		AlertRed: {255, 32, 24, 255}, AlertOrange: {255, 120, 0, 255}, AlertYellow: {255, 214, 0, 255}, AlertBlue: {40, 110, 255, 255},
		Relief: {30, 200, 80, 255},
	}
	dual = map[Tone]color.RGBA{
		Plain: {255, 255, 0, 255}, Figure: {0, 255, 0, 255}, Quiet: {255, 255, 0, 255},
		AlertRed: {255, 0, 0, 255}, AlertOrange: {255, 0, 0, 255}, AlertYellow: {255, 255, 0, 255}, AlertBlue: {255, 255, 0, 255},
		Relief: {0, 255, 0, 255},
	}
)

func colour(t Tone, c playlist.LEDColours) color.RGBA {
	switch c {
	case playlist.SingleColour:
		return color.RGBA{255, 0, 0, 255}
	case playlist.DualColour:
		return dual[t]
	}
	return full[t]
}

var black = color.RGBA{0, 0, 0, 255}

// bandHeight is the height of a warning's band over a board of h dots.
func bandHeight(h int) int {
	if h >= 96 {
		return 28
	}
	return 20
}

// bandWidth is the width of a warning's band at the left of a strip.
func bandWidth(b *Band) int {
	w := max(measure(b.Type, 16), measure(b.Level, 16))
	if w > 0 {
		w += 8
	}
	if b.Exercise {
		w += 20
	}
	return w
}

// lowBandWidth is the same on a strip too low for two lines.
func lowBandWidth(b *Band) int {
	w := measure(b.Type+b.Level, 12) + 4
	if b.Exercise {
		w += measure("演练", 12) + 4
	}
	return w
}

// Frame draws a page as it stands elapsed after it came on. m is what a clock on
// the page shows.
func Frame(p Page, panel playlist.Panel, elapsed time.Duration, m schedule.Moment, zone *time.Location) *scene.Frame {
	b := boardOf(panel)
	c := scene.NewCanvas(panel.Width, panel.Height, black)
	area := image.Rect(0, 0, panel.Width, panel.Height)
	if p.Band != nil {
		area = drawBand(c, b, p.Band, area, panel.Colours)
	}
	if p.Marquee && len(p.Lines) == 1 {
		l := p.Lines[0]
		gone := Step(l.Size) * (frameAt(elapsed) % lapFrames(l.Text, l.Size, area.Dx()))
		drawText(c, l.Text, image.Pt(area.Max.X-gone, area.Min.Y+(area.Dy()-l.Size)/2), l.Size, colour(l.Tone, panel.Colours), area)
		return c.Frame()
	}
	now := m.Now
	if zone != nil {
		now = now.In(zone)
	}
	high := 0
	for _, l := range p.Lines {
		high += l.Size
	}
	// Spare dots go between the lines and, half as many, above and below.
	gaps := len(p.Lines)
	spare := max(area.Dy()-high, 0)
	y := area.Min.Y
	for i, l := range p.Lines {
		top := y + spare*(2*i+1)/(2*max(gaps, 1))
		text := l.Text
		if l.Clock {
			text = clockText(text, now)
		}
		col := colour(l.Tone, panel.Colours)
		x := area.Min.X + (area.Dx()-measure(text, l.Size))/2
		switch l.Align {
		case Left:
			x = area.Min.X
		case Spread:
			x = area.Min.X + 2
			drawText(c, l.End, image.Pt(area.Max.X-2-measure(l.End, l.Size), top), l.Size, col, area)
		}
		drawText(c, text, image.Pt(x, top), l.Size, col, area)
		y += l.Size
	}
	return c.Frame()
}

// drawBand fills the level's field and returns what it leaves.
func drawBand(c *scene.Canvas, b board, band *Band, area image.Rectangle, kind playlist.LEDColours) image.Rectangle {
	col := colour(band.Tone, kind)
	ink := black
	if band.Tone == AlertRed || band.Tone == AlertBlue {
		// Dark on a lit field is what dots do best; only blue is too dark.
		if band.Tone == AlertBlue && kind != playlist.SingleColour && kind != playlist.DualColour {
			ink = color.RGBA{255, 255, 255, 255}
		}
	}
	word := band.Type + band.Level
	if b.strip && b.h < 32 {
		// One line: the exercise outlined, the level filled.
		r := area
		r.Max.X = r.Min.X + lowBandWidth(band)
		if band.Exercise {
			mark := r
			mark.Max.X = mark.Min.X + measure("演练", 12) + 4
			centre(c, "演练", mark, r.Min.Y+(r.Dy()-12)/2, 12, col)
			c.Outline(mark, 0, 1, col)
			r.Min.X = mark.Max.X
		}
		if word != "" {
			c.Fill(r, col)
			centre(c, word, r, r.Min.Y+(r.Dy()-12)/2, 12, ink)
		}
		area.Min.X = r.Max.X + 4
		return area
	}
	if b.strip {
		w := bandWidth(band)
		r := image.Rect(area.Min.X, area.Min.Y, area.Min.X+w, area.Max.Y)
		x := r.Min.X
		if band.Exercise {
			mark := image.Rect(x, r.Min.Y, x+18, r.Max.Y)
			c.Outline(mark, 0, 1, col)
			high := min(16, r.Dy()/2)
			size := 16
			if high < 16 {
				size = 12
			}
			drawText(c, "演", image.Pt(x+(18-size)/2, r.Min.Y+(r.Dy()-2*size)/2), size, col, mark)
			drawText(c, "练", image.Pt(x+(18-size)/2, r.Min.Y+(r.Dy()-2*size)/2+size), size, col, mark)
			x += 20
		}
		if word != "" {
			field := image.Rect(x, r.Min.Y, r.Max.X, r.Max.Y)
			c.Fill(field, col)
			centre(c, band.Type, field, r.Min.Y+(r.Dy()-32)/2, 16, ink)
			centre(c, band.Level, field, r.Min.Y+(r.Dy()-32)/2+16, 16, ink)
		}
		area.Min.X = r.Max.X + 4
		return area
	}
	h := bandHeight(area.Dy())
	size := 16
	if h >= 28 {
		size = 24
	}
	r := image.Rect(area.Min.X, area.Min.Y, area.Max.X, area.Min.Y+h)
	if band.Exercise {
		word = "演练　" + word
		if measure(word, size) > r.Dx() {
			word = "演练" + band.Type + band.Level
		}
	}
	c.Fill(r, col)
	if measure(word, size) > r.Dx() {
		size = 12
	}
	centre(c, word, r, r.Min.Y+(h-size)/2, size, ink)
	area.Min.Y = r.Max.Y + 2
	return area
}

func centre(c *scene.Canvas, text string, in image.Rectangle, y, size int, col color.RGBA) {
	drawText(c, text, image.Pt(in.Min.X+(in.Dx()-measure(text, size))/2, y), size, col, in)
}

// drawText puts dots of text with the upper left of its first cell at at.
func drawText(c *scene.Canvas, text string, at image.Point, size int, col color.RGBA, clip image.Rectangle) {
	f, err := dotfont.Face(size)
	if err != nil || text == "" {
		return
	}
	ops, _ := f.AppendOps(nil, text, at, scene.Op{Color: col})
	c.Clip(clip, func() { c.Add(ops...) })
}

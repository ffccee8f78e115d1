package led

import (
	"image"
	"image/color"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/schedule"
)

// colours of the tones on the kinds of dots. A board has one colour unless the
// level of an alert gives another; what says less is dimmer where dots can be.
// None is white: a board of white dots blinds at night and draws most current.
var (
	full = map[Tone]color.RGBA{
		Plain: {255, 190, 60, 255}, Figure: {255, 190, 60, 255}, Quiet: {178, 130, 38, 255},
		AlertRed: {255, 48, 32, 255}, AlertOrange: {255, 128, 0, 255}, AlertYellow: {255, 220, 0, 255}, AlertBlue: {72, 148, 255, 255},
		Relief: {40, 210, 90, 255},
	}
	dual = map[Tone]color.RGBA{
		Plain: {255, 255, 0, 255}, Figure: {255, 255, 0, 255}, Quiet: {255, 255, 0, 255},
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

// Frame draws a page as it stands elapsed after it came on. m is what a clock on
// the page shows.
func Frame(p Page, panel playlist.Panel, elapsed time.Duration, m schedule.Moment, zone *time.Location) *scene.Frame {
	c := scene.NewCanvas(panel.Width, panel.Height, black)
	drawPage(c, p, image.Rect(0, 0, panel.Width, panel.Height), panel.Colours, elapsed, m, zone)
	return c.Frame()
}

// drawPage draws a page into a part of a board.
func drawPage(c *scene.Canvas, p Page, area image.Rectangle, colours playlist.LEDColours, elapsed time.Duration, m schedule.Moment, zone *time.Location) {
	switch {
	case p.Band != nil && p.Band.Apart:
		if p.Band.Alone {
			flank(c, p.Lines, area, colour(p.Band.Tone, colours))
		}
	case p.Band != nil:
		area = drawBand(c, p.Band, area, colours)
	}
	if p.Marquee && len(p.Lines) == 1 {
		l := p.Lines[0]
		gone := Step(l.Size) * (frameAt(elapsed) % lapFrames(l.Text, l.Size, area.Dx()))
		drawText(c, l.Text, image.Pt(area.Max.X-gone, area.Min.Y+(area.Dy()-l.Size)/2), l.Size, colour(l.Tone, colours), area)
		return
	}
	now := m.Now
	if zone != nil {
		now = now.In(zone)
	}
	tops := stand(p.Lines, area.Dy())
	for i, l := range p.Lines {
		drawLine(c, l, area, area.Min.Y+tops[i], colours, now)
	}
}

// stand returns where lines begin in high dots: the dark is shared out between
// them and the edges, but lines do not drift apart.
func stand(lines []Line, high int) []int {
	n := len(lines)
	if n == 0 {
		return nil
	}
	spare := high
	for _, l := range lines {
		spare -= l.Size
	}
	spare = max(spare, 0)
	gaps := make([]int, n) // above a line
	left := spare
	for i := 1; i < n; i++ {
		gaps[i] = min(spare/n, max(lines[i].Size, lines[i-1].Size)*2/3)
		left -= gaps[i]
	}
	gaps[0] = left / 2
	out := make([]int, n)
	y := 0
	for i, l := range lines {
		y += gaps[i]
		out[i] = y
		y += l.Size
	}
	return out
}

func drawLine(c *scene.Canvas, l Line, area image.Rectangle, top int, colours playlist.LEDColours, now time.Time) {
	col := colour(l.Tone, colours)
	if len(l.Cells) > 0 {
		drawCells(c, l, area, top, col)
		return
	}
	text := l.Text
	if l.Clock {
		text = clockText(text, now)
	}
	switch l.Align {
	case Left:
		drawText(c, text, image.Pt(area.Min.X, top), l.Size, col, area)
	case Spread:
		// The parts stand apart, but not so far that the eye loses the line.
		wide, end := measure(text, l.Size), measure(l.End, l.Size)
		room := min(area.Dx()-l.Size/4, wide+end+4*l.Size)
		x := area.Min.X + (area.Dx()-room)/2
		drawText(c, text, image.Pt(x, top), l.Size, col, area)
		drawText(c, l.End, image.Pt(x+room-end, top), l.Size, col, area)
	default:
		drawText(c, text, image.Pt(area.Min.X+(area.Dx()-measure(text, l.Size))/2, top), l.Size, col, area)
	}
}

func drawCells(c *scene.Canvas, l Line, area image.Rectangle, top int, col color.RGBA) {
	for _, cell := range l.Cells {
		x := area.Min.X + cell.X
		if cell.Rule {
			for y := top; y < top+l.Size; y += 2 {
				c.Fill(image.Rect(x, y, x+max(l.Size/32, 1), y+1).Intersect(area), col)
			}
			continue
		}
		if cell.Arrow {
			arrow(c, image.Pt(x, top+l.Size/2), l.Size*3/8, area, col)
			continue
		}
		wide := measure(cell.Text, l.Size)
		if cell.Right {
			x -= wide
		}
		ink := col
		if cell.Mark {
			pad := max(l.Size/16, 1)
			c.Fill(image.Rect(x-pad, top, x+wide+pad-l.Size/16, top+l.Size).Intersect(area), col)
			ink = black
		}
		drawText(c, cell.Text, image.Pt(x, top), l.Size, ink, area)
	}
}

// flank lights the board on both sides of its lines, two dots away.
func flank(c *scene.Canvas, lines []Line, area image.Rectangle, col color.RGBA) {
	wide := 0
	for _, l := range lines {
		wide = max(wide, measure(l.Text, l.Size))
	}
	side := max((area.Dx()-wide)/2-2, 0)
	c.Fill(image.Rect(area.Min.X, area.Min.Y, area.Min.X+side, area.Max.Y), col)
	c.Fill(image.Rect(area.Max.X-side, area.Min.Y, area.Max.X, area.Max.Y), col)
}

// arrow draws ▸, wide dots wide, with the middle of its back at at.
func arrow(c *scene.Canvas, at image.Point, wide int, area image.Rectangle, col color.RGBA) {
	for i := range wide {
		half := wide - i
		c.Fill(image.Rect(at.X+i, at.Y-half, at.X+i+1, at.Y+half-1).Intersect(area), col)
	}
}

// drawBand draws a warning's band and returns what it leaves: the level dark on
// a lit field, an exercise outlined, so that from afar it is none.
func drawBand(c *scene.Canvas, band *Band, area image.Rectangle, kind playlist.LEDColours) image.Rectangle {
	col := colour(band.Tone, kind)
	form := bandBox(area.Dx(), area.Dy(), band)
	put := func(in image.Rectangle, lines []bandLine, ink color.RGBA) {
		in = in.Add(area.Min)
		high := 0
		for _, l := range lines {
			high += l.size
		}
		y := in.Min.Y + (in.Dy()-high)/2
		for _, l := range lines {
			centre(c, l.text, in, y, l.size, ink)
			y += l.size
		}
	}
	lit, outlined := form.field, form.drill
	drill := black
	switch {
	case band.Exercise && form.field.Empty():
		lit, outlined, drill = image.Rectangle{}, form.drill, col
	case band.Exercise:
		lit, outlined = form.drill, form.field
	}
	ink := black
	switch {
	case form.barred:
		ink = col
		l, r := lit, lit
		l.Max.X, r.Min.X = l.Min.X+barWide, r.Max.X-barWide
		c.Fill(l.Add(area.Min), col)
		c.Fill(r.Add(area.Min), col)
	case !lit.Empty():
		c.Fill(lit.Add(area.Min), col)
	}
	if !outlined.Empty() {
		c.Outline(outlined.Add(area.Min), 0, 1, col)
	}
	if band.Exercise {
		put(form.drill, form.drillLines, drill)
		put(form.field, form.lines, col)
	} else {
		put(form.field, form.lines, ink)
	}
	return form.room.Add(area.Min)
}

func centre(c *scene.Canvas, text string, in image.Rectangle, y, size int, col color.RGBA) {
	drawText(c, text, image.Pt(in.Min.X+(in.Dx()-measure(text, size)+max(size/16, 1))/2, y), size, col, in)
}

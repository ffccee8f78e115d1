package led

import (
	"image"
	"image/color"
	"slices"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/schedule"
)

// Compose draws a board of several zones, every part cut to its zone. Where
// three dots or more are left between two zones a rule of single dots runs in
// the middle of them: zones are told apart by space and a rule, not by boxes.
func Compose(panel playlist.Panel, parts []Part, m schedule.Moment, zone *time.Location) *scene.Frame {
	c := scene.NewCanvas(panel.Width, panel.Height, black)
	var zones []image.Rectangle
	for _, p := range parts {
		area := areaOf(p.Zone)
		zones = append(zones, area)
		f := Frame(p.Page, zonePanel(panel, p.Zone), p.Elapsed, m, zone)
		c.Clip(area, func() {
			c.Offset(area.Min.X, area.Min.Y, func() { c.Add(f.Ops...) })
		})
	}
	for _, r := range rules(zones) {
		drawRule(c, r, panel.Colours)
	}
	return c.Frame()
}

func areaOf(z playlist.Zone) image.Rectangle {
	return image.Rect(z.X, z.Y, z.X+z.Width, z.Y+z.Height)
}

// zonePanel is the part of a panel that a zone takes, as a panel.
func zonePanel(panel playlist.Panel, z playlist.Zone) playlist.Panel {
	panel.WidthMM = panel.WidthMM * z.Width / max(panel.Width, 1)
	panel.HeightMM = panel.HeightMM * z.Height / max(panel.Height, 1)
	panel.Width, panel.Height = z.Width, z.Height
	return panel
}

// widest is the largest space between zones that still counts as between them.
const widest = 24

// rules returns the rules between neighbours, one dot wide or high, each in the
// middle of a space of three dots or more.
func rules(zones []image.Rectangle) []image.Rectangle {
	var out []image.Rectangle
	free := func(r image.Rectangle) bool {
		return !slices.ContainsFunc(zones, r.Overlaps)
	}
	for _, a := range zones {
		for _, b := range zones {
			if gap := b.Min.X - a.Max.X; gap >= 3 && gap <= widest {
				if lo, hi := max(a.Min.Y, b.Min.Y), min(a.Max.Y, b.Max.Y); lo < hi && free(image.Rect(a.Max.X, lo, b.Min.X, hi)) {
					x := a.Max.X + gap/2
					out = append(out, image.Rect(x, lo, x+1, hi))
				}
			}
			if gap := b.Min.Y - a.Max.Y; gap >= 3 && gap <= widest {
				if lo, hi := max(a.Min.X, b.Min.X), min(a.Max.X, b.Max.X); lo < hi && free(image.Rect(lo, a.Max.Y, hi, b.Min.Y)) {
					y := a.Max.Y + gap/2
					out = append(out, image.Rect(lo, y, hi, y+1))
				}
			}
		}
	}
	return join(out)
}

// join makes one of rules that lie in one line with no more than a space between
// them, so that a rule runs past the corners of the zones beside it.
func join(rules []image.Rectangle) []image.Rectangle {
	for again := true; again; {
		again = false
		for i := 0; i < len(rules) && !again; i++ {
			for j := i + 1; j < len(rules); j++ {
				a, b := rules[i], rules[j]
				alongX := a.Min.Y == b.Min.Y && a.Dy() == 1 && b.Dy() == 1 && max(a.Min.X, b.Min.X)-min(a.Max.X, b.Max.X) <= widest
				alongY := a.Min.X == b.Min.X && a.Dx() == 1 && b.Dx() == 1 && max(a.Min.Y, b.Min.Y)-min(a.Max.Y, b.Max.Y) <= widest
				if alongX || alongY {
					rules[i] = a.Union(b)
					rules = append(rules[:j], rules[j+1:]...)
					again = true
					break
				}
			}
		}
	}
	return rules
}

// drawRule draws a rule that is quieter than any text: faint where dots have
// shades, every other dot where they have not.
func drawRule(c *scene.Canvas, r image.Rectangle, kind playlist.LEDColours) {
	if kind != playlist.SingleColour && kind != playlist.DualColour {
		c.Fill(r, color.RGBA{72, 54, 20, 255})
		return
	}
	col := colour(Quiet, kind)
	if r.Dx() > 1 {
		for x := r.Min.X; x < r.Max.X; x += 3 {
			c.Fill(image.Rect(x, r.Min.Y, x+1, r.Max.Y), col)
		}
		return
	}
	for y := r.Min.Y; y < r.Max.Y; y += 3 {
		c.Fill(image.Rect(r.Min.X, y, r.Max.X, y+1), col)
	}
}

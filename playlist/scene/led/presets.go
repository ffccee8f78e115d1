package led

import "mingbai/playlist"

// Preset is a way to divide a board that staff can choose instead of drawing
// zones.
type Preset struct {
	ID     string // whole, clock, six
	Name   string
	NameEn string
	Zones  []playlist.Zone // none: notices have the whole board
}

// Presets returns the ways to divide a panel that its size allows, the simplest
// first. Text zones come without their columns: staff choose them. The first
// text zone is meant for the weather, the second for a slogan.
func Presets(panel playlist.Panel) []Preset {
	out := []Preset{{ID: "whole", Name: "全屏公告", NameEn: "Notices only"}}
	if zones := withClock(panel.Width, panel.Height); zones != nil {
		out = append(out, Preset{ID: "clock", Name: "公告和时钟", NameEn: "Notices and clock", Zones: zones})
	}
	if zones := sixZones(panel.Width, panel.Height); zones != nil {
		out = append(out, Preset{ID: "six", Name: "六版块", NameEn: "Six zones", Zones: zones})
	}
	return out
}

func zoneAt(kind playlist.ZoneKind, x, y, w, h int) playlist.Zone {
	return playlist.Zone{Kind: kind, X: x, Y: y, Width: w, Height: h}
}

// even2 rounds down to an even number of dots.
func even2(n int) int { return n &^ 1 }

// withClock puts a head with the site's name and the time over the notices, or
// beside them on a strip.
func withClock(w, h int) []playlist.Zone {
	const gap = 3
	if h < 48 {
		// A strip: the time at its right.
		if h < 16 || w < 160 {
			return nil
		}
		wide := max(measure("00:00", largestBelow(h)), 40) + 4
		return []playlist.Zone{
			zoneAt(playlist.NoticeZone, 0, 0, w-wide-gap, h),
			zoneAt(playlist.ClockZone, w-wide, 0, wide, h),
		}
	}
	if w < 96 {
		return nil
	}
	head := headHeight(h)
	wide := even2(max(measure("00:00", largestBelow(head)), 40) + 4)
	return []playlist.Zone{
		zoneAt(playlist.NameZone, 0, 0, w-wide-gap, head),
		zoneAt(playlist.ClockZone, w-wide, 0, wide, head),
		zoneAt(playlist.NoticeZone, 0, head+gap, w, h-head-gap),
	}
}

// headHeight is the height of the line over the notices: a fifth of the board,
// at least 16 dots and of a size that characters have.
func headHeight(h int) int { return max(largestBelow(h/5), 16) }

func largestBelow(limit int) int {
	best := 12
	for _, s := range playlist.DotSizes() {
		if s <= limit {
			best = s
		}
	}
	return best
}

// sixZones divides a board into time, date, weather, slogan, notices and a strip
// for warnings. A low board has its small zones in one column at the right, a
// high one a head and a foot over the whole width.
func sixZones(w, h int) []playlist.Zone {
	switch {
	case w < 256 || h < 64:
		return nil
	case h < 96:
		return lowSix(w, h)
	}
	const gap = 5
	head := headHeight(h)
	foot := head
	side := even2(max(w*3/10, 5*head))
	top := head + gap
	middle := h - head - foot - 2*gap
	// In the column at the right: time over date over weather.
	clock := even2(middle * 3 / 10)
	date := even2(middle * 3 / 10)
	weather := middle - clock - date - 2*gap
	x := w - side
	return []playlist.Zone{
		zoneAt(playlist.TextZone, x, top+clock+gap+date+gap, side, weather),
		zoneAt(playlist.TextZone, 0, 0, w, head),
		zoneAt(playlist.ClockZone, x, top, side, clock),
		zoneAt(playlist.DateZone, x, top+clock+gap, side, date),
		zoneAt(playlist.NoticeZone, 0, top, x-gap, middle),
		zoneAt(playlist.AlertZone, 0, h-foot, w, foot),
	}
}

// lowSix is for boards of few rows: three lines of notices, slogan and warnings
// beside a column of time, date and weather.
func lowSix(w, h int) []playlist.Zone {
	const gap, line = 1, 16
	side := even2(max(w*3/8, 96))
	x := w - side
	left := x - 3
	notices := h - 2*(line+gap)
	clock := line + (h-64)/3
	date := 25 + (h-64)/3
	weather := h - clock - date - 2*gap
	return []playlist.Zone{
		zoneAt(playlist.TextZone, x, clock+date+2*gap, side, weather),
		zoneAt(playlist.TextZone, 0, notices+gap, left, line),
		zoneAt(playlist.ClockZone, x, 0, side, clock),
		zoneAt(playlist.DateZone, x, clock+gap, side, date),
		zoneAt(playlist.NoticeZone, 0, 0, left, notices),
		zoneAt(playlist.AlertZone, 0, h-line, left, line),
	}
}

package led

import (
	"mingbai/playlist"
	"mingbai/playlist/scene/dotfont"
)

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

// evenly rounds down to an even number of dots.
func evenly(n int) int { return n &^ 1 }

func zoneAt(kind playlist.ZoneKind, x, y, w, h int) playlist.Zone {
	return playlist.Zone{Kind: kind, X: x, Y: y, Width: w, Height: h}
}

// withClock puts a head with the site's name and the time over the notices, or
// the time beside them on a strip, or over them on an upright board.
func withClock(w, h int) []playlist.Zone {
	const gap = 3
	switch {
	case h > w && w >= 64 && h >= 128:
		size := largestBelow(w * 3 / 8)
		date := highLines(2, largestBelow(size*2/3))
		return []playlist.Zone{
			zoneAt(playlist.ClockZone, 0, 0, w, size),
			zoneAt(playlist.DateZone, 0, size+1, w, date),
			zoneAt(playlist.NoticeZone, 0, size+1+date+gap, w, h-size-1-date-gap),
		}
	case h > w || w < 160 || h < 16:
		return nil
	case h < 48:
		wide := clockWidth(largestBelow(h))
		return []playlist.Zone{
			zoneAt(playlist.NoticeZone, 0, 0, w-wide-gap, h),
			zoneAt(playlist.ClockZone, w-wide, 0, wide, h),
		}
	}
	head, below := largestBelow(max(h/5, 16)), gap
	if h < 80 {
		below = 0 // every row counts
	}
	wide := clockWidth(head)
	return []playlist.Zone{
		zoneAt(playlist.NameZone, 0, 0, w-wide-gap, head),
		zoneAt(playlist.ClockZone, w-wide, 0, wide, head),
		zoneAt(playlist.NoticeZone, 0, head+below, w, h-head-below),
	}
}

// clockWidth is the width of a zone for the time at a size.
func clockWidth(size int) int { return evenly(measure("00:00", size) + 5) }

// dateWidth is the width of a zone for date and weekday at a size.
func dateWidth(size int) int { return evenly(measure("12月22日 星期三", size) + 5) }

func largestBelow(limit int) int { return dotfont.Largest(limit) }

// sixZones divides a board into slogan, time, notices, date, weather and a strip
// for warnings: a head, a foot, and between them the notices beside a column
// whose width is that of the date. A low board has no head.
func sixZones(w, h int) []playlist.Zone {
	if w < 256 || h < 64 || w < h {
		return nil
	}
	if h < 96 {
		return lowSix(w, h)
	}
	const gap = 5
	head := largestBelow(max(h/8, 24))
	foot := largestBelow(min(max(h/10, 16), 47)) // a strip, even on the largest boards
	small := 16                                  // of the column
	for _, s := range dotfont.Sizes() {
		if s >= small && dateWidth(s) <= w*3/10 && s <= head {
			small = s
		}
	}
	side := max(dateWidth(small), clockWidth(head))
	x, top := w-side, head+gap
	middle := h - head - foot - 2*gap
	date := highLines(2, small) + small/4
	return []playlist.Zone{
		zoneAt(playlist.TextZone, x, top+date+gap, side, middle-date-gap),
		zoneAt(playlist.TextZone, 0, 0, x-gap, head),
		zoneAt(playlist.ClockZone, x, 0, side, head),
		zoneAt(playlist.DateZone, x, top, side, date),
		zoneAt(playlist.NoticeZone, 0, top, x-gap, middle),
		zoneAt(playlist.AlertZone, 0, h-foot, w, foot),
	}
}

// lowSix is for boards of few rows: notices, slogan and warnings below one
// another, beside a column of time, date and weather.
func lowSix(w, h int) []playlist.Zone {
	const gap, line = 2, 16
	side := max(evenly(w*3/8), 96)
	x := w - side
	left := x - 3
	notices := h - 2*(line+gap)
	clock := line + (h-64)/3
	date := highLines(2, 12) + (h-64)/3
	return []playlist.Zone{
		zoneAt(playlist.TextZone, x, clock+date+2*gap, side, h-clock-date-2*gap),
		zoneAt(playlist.TextZone, 0, notices+gap, left, line),
		zoneAt(playlist.ClockZone, x, 0, side, clock),
		zoneAt(playlist.DateZone, x, clock+gap, side, date),
		zoneAt(playlist.NoticeZone, 0, 0, left, notices),
		zoneAt(playlist.AlertZone, 0, h-line, left, line),
	}
}

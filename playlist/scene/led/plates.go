package led

import (
	"strings"
	"time"

	"mingbai/playlist"
)

// clockText fills a layout: {time}, {date} and {week}.
func clockText(layout string, now time.Time) string {
	week := "星期" + string([]rune("日一二三四五六")[now.Weekday()])
	return strings.NewReplacer(
		"{time}", now.Format("15:04"),
		"{date}", now.Format("1月2日"),
		"{week}", week,
	).Replace(layout)
}

// platesDwell is how long the board's own pages stand: a clock is redrawn by
// the minute anyway.
const platesDwell = time.Minute

// Idle is the board's own page: the site's name, the time and the day.
func Idle(s playlist.Settings) Page {
	b := boardOf(s.Screen.Panel)
	name := "明白"
	if len(s.Path) > 0 {
		name = s.Path[0].Name
	}
	if b.strip {
		size := min(largest(b.h), 24)
		if measure(name+"　11月22日 09:30", size) > b.w {
			size = min(size, 16)
		}
		if measure(name+"　11月22日 09:30", size) > b.w {
			return Page{Lines: []Line{{Text: "{date} {time}", Clock: true, Size: size}}, Dwell: platesDwell}
		}
		return Page{Lines: []Line{{Text: name + "　{date} {time}", Clock: true, Size: size}}, Dwell: platesDwell}
	}
	if b.h < 56 {
		return Page{Lines: []Line{
			{Text: name, Size: b.fits(name, b.h/2)},
			{Text: "{date} {time}", Clock: true, Size: b.fits("11月22日 09:30", b.h/2), Tone: Figure},
		}, Dwell: platesDwell}
	}
	third := b.h * 3 / 10
	return Page{Lines: []Line{
		{Text: name, Size: b.fits(name, max(third, 16)), Tone: Plain},
		{Text: "{time}", Clock: true, Size: b.fits("09:30", max(b.h-2*third, 24)), Tone: Figure},
		{Text: "{date} {week}", Clock: true, Size: b.fits("11月22日 星期日", min(max(third, 16), 24)), Tone: Quiet},
	}, Dwell: platesDwell}
}

// Pairing shows the code that enrols this board.
func Pairing(panel playlist.Panel, code string) Page {
	b := boardOf(panel)
	if len(code) == 6 {
		code = code[:3] + " " + code[3:]
	}
	p := b.figure("登记码", code, Figure)
	p.Dwell = platesDwell
	return p
}

// Identify says which board this is.
func Identify(s playlist.Settings) Page {
	b := boardOf(s.Screen.Panel)
	name := s.Screen.Name
	if name == "" {
		name = string(s.Screen.ID)
	}
	size := b.fits(name, b.h)
	lines := []Line{{Text: name, Size: size, Tone: Figure}}
	if !b.strip {
		lines = append(lines, Line{Text: string(s.Screen.ID), Size: 12, Tone: Plain})
	}
	return Page{Lines: lines, Dwell: platesDwell}
}

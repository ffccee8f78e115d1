package led

import (
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/lunar"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/schedule"
)

// clockText fills a layout: {time}, {date}, {week} and {lunar}.
func clockText(layout string, now time.Time) string {
	farm := ""
	if l, ok := lunar.Of(schedule.DateOf(now)); ok {
		farm = l.String()
	}
	return strings.NewReplacer(
		"{time}", now.Format("15:04"),
		"{date}", now.Format("1月2日"),
		"{week}", "星期"+string([]rune("日一二三四五六")[now.Weekday()]),
		"{lunar}", farm,
	).Replace(layout)
}

// longest is the layout as wide as it gets on any day, so that sizes do not
// change with the date.
func longest(layout string) string {
	return strings.NewReplacer("{time}", "00:00", "{date}", "12月22日", "{week}", "星期三", "{lunar}", "闰十月廿三").Replace(layout)
}

// platesDwell is how long the board's own pages stand: a clock is redrawn by
// the minute anyway.
const platesDwell = time.Minute

func plateBox(p playlist.Panel) box { return box{w: max(p.Width, 16), h: max(p.Height, 12)} }

// Idle is the board's own page: the site's name, the time and the day, with the
// day of the farmers' calendar where there is room.
func Idle(s playlist.Settings) Page {
	b := plateBox(s.Screen.Panel)
	name := siteName(s)
	day, full := "{date} {week}", "{date} {week} 农历{lunar}"
	line := func(layout string, size int, tone Tone) Line {
		return Line{Text: layout, Clock: strings.Contains(layout, "{"), Size: size, Tone: tone}
	}
	if b.h < 48 {
		return b.idleStrip(name)
	}
	upright := b.h > b.w
	top := box{b.w, max(b.h/5, 16)}
	below := box{b.w, max(b.h/5, 16)}
	if upright {
		top.h, below.h = b.h/6, b.h/6
	}
	nameSize, ok := top.fit(name)
	names := []string{name}
	if !ok || nameSize < 16 && b.h >= 96 {
		if two := wrap(name, 16, b.w); len(two) <= 3 && !tooWide(two, 16, b.w) {
			nameSize, names = 16, two
		}
	}
	dates := []string{day}
	size, _ := below.fit(longest(day))
	if with, ok := below.fit(longest(full)); ok && with >= min(size, 16) && with*3 >= size*2 {
		size, dates = with, []string{full}
	} else if upright {
		dates = []string{"{date}", "{week}", "{lunar}"}
		size, _ = box{b.w, b.h / 3}.fit(longest(dates[0]), longest(dates[1]), longest(dates[2]))
	}
	middle := box{b.w, b.h - highLines(len(names), nameSize) - highLines(len(dates), size) - 2*leading(size)}
	clock, _ := middle.fit("00:00")
	var p Page
	for _, n := range names {
		p.Lines = append(p.Lines, line(n, nameSize, Plain))
	}
	p.Lines = append(p.Lines, line("{time}", clock, Figure))
	for _, d := range dates {
		p.Lines = append(p.Lines, line(d, size, Quiet))
	}
	p.Dwell = platesDwell
	return p
}

// idleStrip is Idle on a board of one or two lines.
func (b box) idleStrip(name string) Page {
	best, size := []string{"{time}"}, 12
	for _, lines := range [][]string{
		{name + " {date} {time}"}, {name, "{date} {time}"}, {name, "{time}"}, {"{date} {time}"}, {"{time}"},
	} {
		var long []string
		for _, l := range lines {
			long = append(long, longest(l))
		}
		// The first that can be read, for each says more than the next.
		if s, ok := b.fit(long...); ok && (s >= 16 || b.h < 16) {
			best, size = lines, s
			if len(lines) == 1 {
				size = min(s, max(b.h*3/4, 12))
			}
			break
		}
	}
	p := Page{Dwell: platesDwell}
	for i, l := range best {
		tone := Plain
		if i == len(best)-1 && i > 0 {
			tone = Figure
		}
		p.Lines = append(p.Lines, Line{Text: l, Clock: strings.Contains(l, "{"), Size: dotfont.Largest(size), Tone: tone})
	}
	return p
}

// Pairing shows the code that enrols this board.
func Pairing(panel playlist.Panel, code string) Page {
	b := plateBox(panel)
	if len(code) == 6 {
		code = code[:3] + " " + code[3:]
	}
	const label = "登记码"
	p := Page{Dwell: platesDwell}
	if size, ok := b.fit(label + " " + code); ok && b.h < 48 {
		p.Lines = []Line{{Text: label + " " + code, Size: size, Tone: Figure}}
		return p
	}
	if b.h < 28 {
		size, _ := b.fit(code)
		p.Lines = []Line{{Text: code, Size: size, Tone: Figure}}
		return p
	}
	small, _ := box{b.w, max(b.h/4, 12)}.fit(label)
	codes := []string{code}
	rest := box{b.w, b.h - small - leading(small)}
	size, _ := rest.fit(code)
	if first, second, ok := strings.Cut(code, " "); ok && size < 24 {
		if s, fits := rest.fit(first, second); fits && s > size {
			size, codes = s, []string{first, second}
		}
	}
	p.Lines = []Line{{Text: label, Size: small, Tone: Plain}}
	for _, c := range codes {
		p.Lines = append(p.Lines, Line{Text: c, Size: size, Tone: Figure})
	}
	return p
}

// Identify says which board this is, for whoever stands before it.
func Identify(s playlist.Settings) Page {
	b := plateBox(s.Screen.Panel)
	name, id := s.Screen.Name, string(s.Screen.ID)
	if name == "" {
		name, id = id, ""
	}
	rest, small := b, 0
	if size, ok := (box{b.w, max(b.h/5, 12)}).fit(id); ok && id != "" && b.h >= 32 {
		small = size
		rest.h -= small + leading(small)
	}
	p := rest.plate(name, Figure)[0]
	if small > 0 && len(p.Lines) <= 2 && !p.Marquee {
		p.Lines = append(p.Lines, Line{Text: id, Size: small, Tone: Plain})
	}
	p.Dwell = platesDwell
	return p
}

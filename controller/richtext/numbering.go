package richtext

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// numbering counts the lists of a file as Word does (ISO/IEC 29500-1, 17.9).
type numbering struct {
	kinds  map[string]map[int]listLevel // by abstract number and level
	lists  map[string]string            // number to abstract number
	starts map[string]map[int]int       // number and level to where it begins again
	counts map[string]map[int]int       // by abstract number: the last of each level
	begun  map[string]bool
}

type listLevel struct {
	format string // decimal, chineseCounting, bullet, …
	text   string // %1、
	start  int
}

func (l *numbering) read(dec *xml.Decoder) error {
	l.kinds, l.lists, l.starts = map[string]map[int]listLevel{}, map[string]string{}, map[string]map[int]int{}
	l.counts, l.begun = map[string]map[int]int{}, map[string]bool{}
	var abstract, num string
	var at int
	set := func(change func(*listLevel)) {
		if abstract == "" || len(l.kinds) > maxEntries {
			return
		}
		if l.kinds[abstract] == nil {
			l.kinds[abstract] = map[int]listLevel{}
		}
		k, ok := l.kinds[abstract][at]
		if !ok {
			k.start = 1
		}
		change(&k)
		l.kinds[abstract][at] = k
	}
	return each(dec, func(e xml.StartElement) error {
		switch v := val(e, "val"); e.Name.Local {
		case "abstractNum":
			abstract, num = val(e, "abstractNumId"), ""
		case "num":
			abstract, num = "", val(e, "numId")
		case "abstractNumId":
			if num != "" && len(l.lists) < maxEntries {
				l.lists[num] = v
			}
		case "lvl", "lvlOverride":
			if n, err := strconv.Atoi(val(e, "ilvl")); err == nil && n >= 0 && n <= 8 {
				at = n
			}
		case "start":
			if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < 100_000 {
				set(func(k *listLevel) { k.start = n })
			}
		case "startOverride":
			if n, err := strconv.Atoi(v); num != "" && err == nil && n >= 0 && n < 100_000 {
				if l.starts[num] == nil {
					l.starts[num] = map[int]int{}
				}
				l.starts[num][at] = n
			}
		case "numFmt":
			set(func(k *listLevel) { k.format = v })
		case "lvlText":
			set(func(k *listLevel) { k.text = v })
		}
		return nil
	}, func(xml.EndElement) {}, func([]byte) {})
}

// mark gives a paragraph the number or the bullet that its list gives it.
func (l *numbering) mark(p *paragraph, ref listRef) {
	abstract, ok := l.lists[ref.num]
	kind, known := l.kinds[abstract][ref.level]
	if ref.num == "" || ref.num == "0" || !ok || !known || kind.format == "none" {
		return
	}
	if l.counts[abstract] == nil {
		l.counts[abstract] = map[int]int{}
	}
	counts := l.counts[abstract]
	if !l.begun[ref.num] {
		l.begun[ref.num] = true
		for at, start := range l.starts[ref.num] {
			counts[at] = start - 1
		}
	}
	if _, ok := counts[ref.level]; !ok {
		counts[ref.level] = kind.start - 1
	}
	counts[ref.level]++
	for deeper := range counts {
		if deeper > ref.level {
			delete(counts, deeper)
		}
	}
	if kind.format == "bullet" {
		p.item = true
		return
	}
	text := kind.text
	for at := range ref.level + 1 {
		n, ok := counts[at]
		if !ok {
			n = max(l.kinds[abstract][at].start, 1)
		}
		text = strings.ReplaceAll(text, "%"+strconv.Itoa(at+1), counted(l.kinds[abstract][at].format, n))
	}
	if p.number = squeeze(text); p.number == "" {
		p.item = false
	}
}

const (
	digits  = "〇一二三四五六七八九"
	circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
	stems   = "甲乙丙丁戊己庚辛壬癸"
)

// counted writes a number as a format of Word does; unknown formats as digits.
func counted(format string, n int) string {
	from := func(set string) string {
		if r := []rune(set); n >= 1 && n <= len(r) {
			return string(r[n-1])
		}
		return strconv.Itoa(n)
	}
	switch format {
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "ideographDigital":
		return chinese(n)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		return from(circled)
	case "ideographTraditional":
		return from(stems)
	case "lowerLetter":
		return letters(n, 'a')
	case "upperLetter":
		return letters(n, 'A')
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperRoman":
		return roman(n)
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	}
	return strconv.Itoa(n)
}

// chinese writes 1 to 9999 in Chinese; others as digits.
func chinese(n int) string {
	if n < 1 || n > 9999 {
		return strconv.Itoa(n)
	}
	d := []rune(digits)
	out, zero := "", false
	for i, unit := range []struct {
		size int
		name string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		k := n / unit.size % 10
		switch {
		case k == 0:
			zero = out != ""
			continue
		case zero:
			out += "零"
			zero = false
		}
		if i == 2 && k == 1 && out == "" {
			out = "十"
			continue
		}
		out += string(d[k]) + unit.name
	}
	return out
}

func letters(n int, a rune) string {
	if n < 1 || n > 26*20 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(a+rune((n-1)%26)), (n-1)/26+1)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	out := ""
	for _, p := range []struct {
		size int
		text string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= p.size; n -= p.size {
			out += p.text
		}
	}
	return out
}

package phrase

import (
	"strings"
	"unicode"
)

type kind uint8

const (
	isHan kind = iota
	isLatin
	isMark
	isBlank
)

// kindOf says what reads a rune: the lexicon, or one of the scanners.
func kindOf(r rune) kind {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF, r == '〇':
		return isHan
	case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == 0x3000 || r == 0xA0:
		return isBlank
	case r < 0x80:
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return isLatin
		}
		return isMark
	case r >= 0x3400 && r <= 0x4DBF, r >= 0xF900 && r <= 0xFAFF, r >= 0x20000 && r <= 0x3FFFF, r >= 0x3041 && r <= 0x30FF:
		return isHan
	case unicode.IsLetter(r), unicode.IsMark(r), r == '%' || r == '％' || r == '‰' || r == '℃' || r == '°' || r == '²' || r == '³':
		return isLatin
	}
	return isMark
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// within stand between the characters of one number, word or address.
const within = ".,:/-_@&=?#%+~'’*"

// ranges stand between the two numbers of a range.
const ranges = "—–－～〜~-‐"

// latin returns the end of the letters and digits from i, with the unit that a
// number counts, and what they are.
func (w *work) latin(i int) (int, class) {
	end := w.run(i)
	if !isDigit(w.text[end-1]) {
		if end > i+1 && strings.ContainsRune("%％‰℃", w.text[end-1]) && isDigit(w.text[end-2]) {
			return w.tail(end), quantity
		}
		return end, foreign
	}
	return w.unit(end)
}

// run returns the end of the letters and digits from i.
func (w *work) run(i int) int {
	text := w.text
	j := i + 1
	for j < len(text) {
		if kindOf(text[j]) == isLatin {
			j++
			continue
		}
		k := j
		for k < len(text) && strings.ContainsRune(within, text[k]) {
			k++
		}
		if k == j && isDigit(text[j-1]) {
			for k < len(text) && strings.ContainsRune(ranges, text[k]) {
				k++
			}
			if k < len(text) && !isDigit(text[k]) {
				k = j
			}
		}
		if k == j || k >= len(text) || kindOf(text[k]) != isLatin {
			break
		}
		j = k + 1
	}
	return j
}

const (
	numerals = "零〇一二三四五六七八九十百千万亿两几"
	powers   = "百千万亿余多几"
	dayUnits = "年月日时点分号"
)

// unit returns the end of the unit after a number that ends at end, and what
// the two are. A date goes on with its month, day and hour.
func (w *work) unit(end int) (int, class) {
	text := w.text
	number := end
	if end+1 < len(text) && text[end] == ' ' && w.lex.units.find(text[end+1:]) > 0 {
		end++ // 400 元
	}
	i := end
	for i < len(text) && strings.ContainsRune(powers, text[i]) {
		i++
	}
	n := 0
	if n = w.lex.units.find(text[i:]); n == 0 && i > end {
		// 万 may be the first character of the unit: 万元.
		i = end
		n = w.lex.units.find(text[i:])
	}
	if n == 0 {
		for i < len(text) && strings.ContainsRune(powers, text[i]) {
			i++
		}
		if i > end {
			return w.tail(i), quantity
		}
		return end, foreign
	}
	// A word may start in what looks like a unit: 5名单, 3个人账户. The longer wins.
	if k := w.lex.words.find(text[i:]); n == 1 && k >= 2 && !isDigit(text[i]) && !w.continues(i+n) && strings.ContainsRune("名个人家组村起次场处部本口条", text[i]) {
		if rest := w.lex.words.find(text[i+1:]); rest < 2 {
			return number, foreign
		}
	}
	last := text[i+n-1]
	i += n
	c := quantity
	if isDate(text[i-n : i]) {
		c = timeWord
	}
	if c == timeWord && strings.ContainsRune(dayUnits, last) && last != '年' && i < len(text) && isDigit(text[i]) {
		if next, nc := w.latin(i); nc == timeWord {
			return next, timeWord
		}
	}
	return w.tail(i), c
}

// isDate tells units of the calendar and the clock from others.
func isDate(unit []rune) bool {
	switch string(unit) {
	case "年", "年度", "月", "月份", "日", "时", "点", "分", "季度", "学年", "学期":
		return true
	}
	return false
}

// continues reports whether digits follow at i.
func (w *work) continues(i int) bool { return i < len(w.text) && isDigit(w.text[i]) }

var tails = []string{"以上", "以下", "以内", "以前", "以后", "以来", "之前", "之后", "之内", "左右", "上旬", "中旬", "下旬", "上半年", "下半年", "上半", "前", "后", "起", "止", "内", "底", "初", "末", "多", "余"}

// starters are words that begin with a tail, so that 后续 stays whole.
var starters = []string{"前往", "前期", "前列", "前三", "后续", "后期", "起草", "内容", "内部", "初步", "初中", "末次", "起诉", "起火", "前款", "后果"}

// tail returns the end of what leans on a number from behind: 12月25日前.
func (w *work) tail(i int) int {
	for _, s := range starters {
		if w.has(i, s) {
			return i
		}
	}
	for _, s := range tails {
		if w.has(i, s) {
			return i + len([]rune(s))
		}
	}
	return i
}

func (w *work) has(i int, s string) bool {
	for _, r := range s {
		if i >= len(w.text) || w.text[i] != r {
			return false
		}
		i++
	}
	return true
}

// numeral returns the end of a number in Chinese, or with 第, 共 or the like
// before it, and its unit; i when there is none.
func (w *work) numeral(i int) (int, class) {
	text := w.text
	j := i
	if strings.ContainsRune("第共约近超逾达满每", text[j]) {
		j++
	}
	if j >= len(text) {
		return i, 0
	}
	if isDigit(text[j]) {
		end, c := w.latin(j)
		if c == foreign {
			c = quantity
		}
		if j == i {
			return i, 0
		}
		return end, c
	}
	k := j
	for k < len(text) && strings.ContainsRune(numerals, text[k]) {
		k++
	}
	if k == j {
		return i, 0
	}
	end, c := w.unit(k)
	if c == foreign {
		if text[i] != '第' {
			return i, 0
		}
		return k, quantity
	}
	return end, c
}

// named offers the names of places and the numbers of documents from i.
func (w *work) named(i int) {
	text := w.text
	for k := 1; k <= 6 && i+k < len(text); k++ {
		r := text[i+k-1]
		if kindOf(r) != isHan || strings.ContainsRune("的和与及或在对为将把被从到由于至了是各本全每该等", r) {
			return
		}
		if text[i+k] == '〔' {
			end := i + k + 1
			for end < len(text) && end < i+k+9 && text[end] != '〕' {
				end++
			}
			if end < len(text) && text[end] == '〕' {
				for end++; end < len(text) && (isDigit(text[end]) || text[end] == '第'); end++ {
				}
				if end < len(text) && text[end] == '号' {
					end++
				}
				w.offer(i, end, costDoc+costDocRune*k, word{class: docNumber | noun})
			}
		}
		if k > 3 {
			continue
		}
		if n := w.lex.places.find(text[i+k:]); n > 0 {
			cost := costPlace + costPlaceR*k
			if k == 1 {
				cost = costPlace1
			}
			w.offer(i, i+k+n, cost, word{class: place})
		}
	}
}

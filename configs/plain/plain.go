// Package plain makes text plain that offices write: whatever encoding a program
// saved it in becomes UTF-8, digits and marks of input methods become plain ones,
// and what spreadsheets and web pages leave around a text is cut off. Tables of
// the configuration and sheets that clerks bring are read with the same eyes.
package plain

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"mingbai/playlist/schedule"
)

const sniff = 64 << 10 // bytes looked at to tell the encoding

// Reader converts to UTF-8 what a spreadsheet or an editor saves: UTF-8 or
// UTF-16 by their marks, UTF-16 without one by its zeros, else UTF-8 if the
// beginning is, else GB 18030, which contains GBK.
func Reader(r io.Reader) io.Reader {
	br := bufio.NewReaderSize(r, sniff)
	head, _ := br.Peek(sniff) // shorter at the end of the file; errors return on reading
	utf16 := func(end unicode.Endianness, bom unicode.BOMPolicy) io.Reader {
		return transform.NewReader(br, unicode.UTF16(end, bom).NewDecoder())
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		br.Discard(3) // was just peeked
		return br
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16(unicode.LittleEndian, unicode.ExpectBOM)
	case zeros(head, 1):
		return utf16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zeros(head, 0):
		return utf16(unicode.BigEndian, unicode.IgnoreBOM)
	case validStart(head):
		return br
	default:
		return transform.NewReader(br, simplifiedchinese.GB18030.NewDecoder())
	}
}

// zeros reports whether zeros stand at odd (or even) places only, as in UTF-16
// of a text with digits, commas and ends of lines. No other encoding has any; a
// few zeros are noise.
func zeros(head []byte, odd int) bool {
	n := 0
	for i, b := range head {
		if b == 0 {
			if i%2 != odd {
				return false
			}
			n++
		}
	}
	return n > 0 && n >= len(head)/32
}

// validStart reports whether b is the beginning of UTF-8, possibly cut inside
// its last character.
func validStart(b []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(b); cut++ {
		if utf8.Valid(b[:len(b)-cut]) {
			return cut == 0 || !utf8.FullRune(b[len(b)-cut:])
		}
	}
	return false
}

// Tidy drops what stands around a text: spaces of every width, and the marks
// that spreadsheets and web pages leave behind.
func Tidy(s string) string {
	return strings.Trim(s, " \t\r\n\u00a0\u3000\ufeff\u200b")
}

// Narrow turns full-width digits and marks into plain ones, as input methods
// write them: １２，３４５．６ becomes 12,345.6.
func Narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '．':
			return '.'
		case r == '，':
			return ','
		case r == '－' || r == '−':
			return '-'
		case r == '：':
			return ':'
		case r == '／':
			return '/'
		}
		return r
	}, s)
}

// Day reads a day as people and spreadsheets write it: 2026-11-22, 2026/11/22,
// 2026.11.22, 2026年11月22日, with or without leading zeros. Its error is a
// sentence for them.
func Day(s string) (schedule.Date, error) {
	plain := Narrow(Tidy(s))
	plain = strings.TrimSuffix(strings.NewReplacer("年", "-", "月", "-", "/", "-", ".", "-").Replace(plain), "日")
	t, err := time.Parse("2006-1-2", plain)
	if err != nil {
		return schedule.Date{}, fmt.Errorf("「%s」不是日期，应写成 2026-11-22", Clip(s))
	}
	return schedule.DateOf(t), nil
}

// Clip shortens a text for a message: at most 24 characters, always UTF-8.
func Clip(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "�")
	}
	if utf8.RuneCountInString(s) <= 24 {
		return s
	}
	return string([]rune(s)[:24]) + "…"
}

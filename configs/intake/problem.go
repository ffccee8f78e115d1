package intake

import (
	"fmt"
	"slices"
	"strings"

	"mingbai/configs/strict"
)

// maxProblems bounds what is told about one folder; a clerk mends the first
// ones and tries again.
const maxProblems = 500

// Problem is one thing wrong with a file, told in Chinese.
type Problem struct {
	File    string // path in the folder
	Line    int    // from 1; 0 when the whole file is meant
	Column  string // heading of a column, or key
	Text    string // what is wrong and what would be right
	Warning bool   // a person should look; the file can be used as it is
}

// String writes for example: 资金/农业地力补贴.csv 第 7 行「金额」：…
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, " 第 %d 行", p.Line)
	}
	if p.Column != "" {
		fmt.Fprintf(&b, "「%s」", p.Column)
	}
	if b.Len() > 0 {
		b.WriteString("：")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems collects what is wrong, in order of finding. As an error it is the
// list, one problem a line.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	for _, one := range p {
		lines = append(lines, one.String())
	}
	if len(p) >= maxProblems {
		lines = append(lines, "问题太多，只列出前面的；请改正后重试。")
	}
	return strings.Join(lines, "\n")
}

// Err returns p as an error when it holds more than warnings, else nil.
func (p Problems) Err() error {
	if slices.ContainsFunc(p, func(one Problem) bool { return !one.Warning }) {
		return p
	}
	return nil
}

func (p *Problems) add(one Problem) {
	if len(*p) < maxProblems {
		*p = append(*p, one)
	}
}

func (p *Problems) wrong(file string, line int, column, format string, args ...any) {
	p.add(Problem{File: file, Line: line, Column: column, Text: fmt.Sprintf(format, args...)})
}

// about reports whether anything is wrong with a line of a file, or with any
// line of it when line is 0.
func (p Problems) about(file string, line int) bool {
	return slices.ContainsFunc(p, func(one Problem) bool {
		return one.File == file && !one.Warning && (line == 0 || one.Line == line)
	})
}

// decode reads a TOML file strictly and tells its faults in Chinese.
func (p *Problems) decode(file string, data []byte, into any) bool {
	faults := strict.Decode(data, into)
	for _, f := range faults {
		switch f.Kind {
		case strict.Unknown:
			p.wrong(file, f.Line, f.Key, "没有这一项，请检查是否写错字")
		case strict.Type:
			p.wrong(file, f.Line, f.Key, "值的写法不对（文字要加引号，数字、true 和 false 不加）：%s", f.Detail)
		default:
			p.wrong(file, f.Line, f.Key, "文件写法有误，读不下去：%s", f.Detail)
		}
	}
	return len(faults) == 0
}

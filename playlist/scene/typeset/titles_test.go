package typeset

import (
	_ "embed"
	"strconv"
	"strings"
	"testing"

	"mingbai/playlist/scene/typeset/phrase"
)

//go:embed testdata/titles.txt
var brokenTitles string

// TestTitles sets real titles and compares their breaks with those that a
// gazette would make.
func TestTitles(t *testing.T) {
	n := 0
	for line := range strings.Lines(brokenTitles) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		n++
		measure, lines, ok := strings.Cut(line, " ")
		ems, err := strconv.Atoi(measure)
		if !ok || err != nil {
			t.Fatalf("%q has no measure", line)
		}
		st := Style{Size: 20, Role: Serif, Balance: true}
		p := Default().Paragraph(strings.ReplaceAll(lines, "｜", ""), st, ems*st.Size)
		if got := strings.Join(texts(p), "｜"); got != lines {
			t.Errorf("at %d ems\ngot  %s\nwant %s", ems, got, lines)
		}
	}
	if n < 60 {
		t.Errorf("only %d titles", n)
	}
}

// TestNoTitleTearsAWord sets every title of the table at many measures.
func TestNoTitleTearsAWord(t *testing.T) {
	for line := range strings.Lines(brokenTitles) {
		_, lines, _ := strings.Cut(strings.TrimSpace(line), " ")
		text := strings.ReplaceAll(lines, "｜", "")
		costs := phrase.Costs([]rune(text))
		for ems := 9; ems <= 20; ems++ {
			p := Default().Paragraph(text, Style{Size: 20, Role: Serif, Balance: true}, ems*20)
			for _, l := range p.Lines[:len(p.Lines)-1] {
				if costs[l.End] >= torn {
					t.Errorf("at %d ems a word is torn: %q", ems, texts(p))
				}
			}
		}
	}
}

// TestAWordIsSpared states what a balanced text may cost to keep words whole: a
// line more where lines are free, a smaller size where they are not, and neither
// in a clamp.
func TestAWordIsSpared(t *testing.T) {
	const text = "关于做好2027年度城乡居民养老保险缴费工作的通知"
	st := Style{Size: 60, Leading: 75, Role: Serif, Balance: true}
	if p := Default().Paragraph(text, st, 480); len(p.Lines) != 4 || p.torn {
		t.Errorf("in a free column it is set as %q", texts(p))
	}
	if p := Default().Fit(text, st, 480, 3, 40); len(p.Lines) != 3 || p.Style.Size >= 60 || p.torn {
		t.Errorf("in three lines it is set in %d as %q", p.Style.Size, texts(p))
	}
	if p := Default().Clamp(text, st, 480, 3); len(p.Lines) != 3 || p.Text != text {
		t.Errorf("clamped to three lines it is %q", texts(p))
	}
	plain := st
	plain.Balance = false
	if p := Default().Paragraph(text, plain, 480); len(p.Lines) != 3 {
		t.Errorf("unbalanced it is %q", texts(p))
	}
}

package console

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
)

// The text of an announcement is written one paragraph to a line: "# " begins a
// heading, "- " an item of a list, and a first line that ends with a colon is
// the salutation. Pictures that a notice has already are kept as "[图1] caption".

const longestSalutation = 40 // characters

var imageLine = regexp.MustCompile(`^\[图(\d{1,2})\]\s*(.*)$`)

// blocksOf reads the text. lines[i] is the line, from 0, in which block i
// stands.
func blocksOf(text string, pictures int) (blocks []playlist.Block, lines []int) {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(strings.Trim(line, "　"))
		if line == "" {
			continue
		}
		b := playlist.Block{Kind: playlist.Paragraph, Text: line}
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			b.Kind, b.Text = playlist.Heading, strings.TrimSpace(rest)
		} else if rest, ok := strings.CutPrefix(line, "- "); ok {
			b.Kind, b.Text = playlist.ListItem, strings.TrimSpace(rest)
		} else if m := imageLine.FindStringSubmatch(line); m != nil {
			if n, _ := strconv.Atoi(m[1]); n >= 1 && n <= pictures {
				b = playlist.Block{Kind: playlist.Image, Text: m[2], Picture: n - 1}
			}
		} else if len(blocks) == 0 && strings.HasSuffix(line, "：") && utf8.RuneCountInString(line) <= longestSalutation {
			b.Kind = playlist.Salutation
		}
		blocks, lines = append(blocks, b), append(lines, i)
	}
	return blocks, lines
}

// textOf writes blocks as blocksOf reads them.
func textOf(blocks []playlist.Block) string {
	var out []string
	for _, b := range blocks {
		text := strings.ReplaceAll(b.Text, "\n", " ")
		switch b.Kind {
		case playlist.Heading:
			text = "# " + text
		case playlist.ListItem:
			text = "- " + text
		case playlist.Image:
			text = strings.TrimSpace(fmt.Sprintf("[图%d] %s", b.Picture+1, text))
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

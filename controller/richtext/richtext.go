// Package richtext reads what clerks paste from Word and WPS, or upload as .docx,
// into the blocks of an announcement, and writes blocks as the lightly marked
// text in which an announcement is edited.
//
// It promises to keep headings, lists with their numbers, tables (joined cells
// filled) and salutations, and to lose everything else: styles, comments, tracked
// deletions, hidden text, fields, footnotes, pictures. What is tracked as
// inserted stays. Its input is hostile: sizes, depths and numbers of everything
// are bounded, and nothing is fetched or run. Parse(Format(b)) is b for all blocks
// that Parse or a reader of this package made.
package richtext

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
)

// Error is why a document cannot be read, in words for who sent it.
type Error struct {
	Message   string // Chinese
	MessageEn string
	Err       error // may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("document refused: %s: %v", e.MessageEn, e.Err)
	}
	return "document refused: " + e.MessageEn
}

func (e *Error) Unwrap() error { return e.Err }

// Document is what was found in a paste or a file.
type Document struct {
	Title  string // in the style of a title, empty when none is
	Blocks []playlist.Block
}

// Bounds of what is read; what is longer is refused.
const (
	MaxHTML  = 8 << 20  // bytes of a paste
	MaxDocx  = 32 << 20 // bytes of a file
	maxCells = 200_000  // of all tables
	maxSpan  = 64       // columns that a cell covers
	maxRows  = 2000     // rows that a cell covers
)

// The marks: one block to a line. "# " begins a heading, "- " an item of a list,
// "[图2] " a picture with its caption, "@ " a salutation that stands where none is
// expected, "|" a row of a table, "[表] " the caption of the table below. A first
// line that ends with a colon is a salutation. Lines with tabs, as sheets give
// them, are rows too when two or more follow each other. "\" before a line makes
// it a paragraph whatever it looks like; "\" at its end goes on in the next line.
const (
	longestSalutation = 40 // characters
	captionMark       = "[表] "
	toMark            = "@ "
)

var imageLine = regexp.MustCompile(`^\[图(\d{1,3})\]\s*(.*)$`)

// salutes tells whether a first paragraph is a salutation.
func salutes(text string) bool {
	return strings.HasSuffix(text, "：") && utf8.RuneCountInString(text) <= longestSalutation && !strings.Contains(text, "\n")
}

// trim takes the space around a text off, indents of Chinese paragraphs included.
func trim(s string) string { return strings.Trim(s, " \t\r\n\f\v\u00a0\u3000") }

// Parse reads marked text; pictures is how many pictures the notice has. lines[i]
// is the line, from 0, at which block i begins.
func Parse(text string, pictures int) (blocks []playlist.Block, lines []int) {
	all := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	for i := 0; i < len(all); {
		if rows, next := tableAt(all, i); next > i {
			blocks, lines = append(blocks, playlist.Block{Kind: playlist.TableBlock, Rows: rows}), append(lines, i)
			i = next
			continue
		}
		if caption, ok := strings.CutPrefix(trim(all[i]), captionMark); ok && i+1 < len(all) {
			if rows, next := tableAt(all, i+1); next > i+1 {
				blocks, lines = append(blocks, playlist.Block{Kind: playlist.TableBlock, Text: trim(caption), Rows: rows}), append(lines, i)
				i = next
				continue
			}
		}
		line, next := joined(all, i)
		if b, ok := blockOf(line, len(blocks) == 0, pictures); ok {
			blocks, lines = append(blocks, b), append(lines, i)
		}
		i = next
	}
	return blocks, lines
}

// joined puts a line together with those that it goes on in. The mark of a
// paragraph stays in front.
func joined(all []string, i int) (string, int) {
	mark, rest := "", trim(all[i])
	if strings.HasPrefix(rest, `\`) {
		mark, rest = `\`, rest[1:]
	}
	var out []string
	for {
		n := len(rest) - len(strings.TrimRight(rest, `\`))
		body := rest[:len(rest)-n] + strings.Repeat(`\`, n/2)
		out = append(out, trim(body))
		if i++; n%2 == 0 || i == len(all) {
			return mark + trim(strings.ReplaceAll(strings.Join(out, "\n"), "\t", " ")), i
		}
		rest = trim(all[i])
	}
}

func blockOf(line string, first bool, pictures int) (playlist.Block, bool) {
	b := playlist.Block{Kind: playlist.Paragraph, Text: line}
	if rest, ok := strings.CutPrefix(line, `\`); ok {
		b.Text = trim(rest)
	} else if rest, ok := strings.CutPrefix(line, "# "); ok {
		b.Kind, b.Text = playlist.Heading, trim(rest)
	} else if rest, ok := strings.CutPrefix(line, "- "); ok {
		b.Kind, b.Text = playlist.ListItem, trim(rest)
	} else if rest, ok := strings.CutPrefix(line, toMark); ok {
		b.Kind, b.Text = playlist.Salutation, trim(rest)
	} else if m := imageLine.FindStringSubmatch(line); m != nil {
		if n, _ := strconv.Atoi(m[1]); n >= 1 && n <= pictures {
			return playlist.Block{Kind: playlist.Image, Text: trim(m[2]), Picture: n - 1}, true
		}
	} else if first && salutes(line) {
		b.Kind = playlist.Salutation
	}
	return b, b.Text != ""
}

// Format writes blocks as Parse reads them.
func Format(blocks []playlist.Block) string {
	var out []string
	for i, b := range blocks {
		switch b.Kind {
		case playlist.TableBlock:
			if b.Text != "" {
				out = append(out, captionMark+oneLine(b.Text))
			} else if i > 0 && blocks[i-1].Kind == playlist.TableBlock {
				out = append(out, "")
			}
			for _, row := range b.Rows {
				out = append(out, formatRow(row))
			}
		default:
			if line := formatLine(b, i == 0); line != "" {
				out = append(out, line)
			}
		}
	}
	return strings.Join(out, "\n")
}

func formatLine(b playlist.Block, first bool) string {
	segments := strings.Split(trim(strings.ReplaceAll(b.Text, "\t", " ")), "\n")
	for i, s := range segments {
		s = trim(s)
		n := len(s) - len(strings.TrimRight(s, `\`))
		s += strings.Repeat(`\`, n)
		if i+1 < len(segments) {
			s += `\`
		}
		segments[i] = s
	}
	text := strings.Join(segments, "\n")
	switch b.Kind {
	case playlist.Heading:
		return "# " + text
	case playlist.ListItem:
		return "- " + text
	case playlist.Image:
		return strings.TrimSpace(fmt.Sprintf("[图%d] %s", b.Picture+1, text))
	case playlist.Salutation:
		if first && salutes(b.Text) && plain(text) {
			return text
		}
		return toMark + text
	}
	if text != "" && (!plain(text) || first && salutes(b.Text)) {
		return `\` + text
	}
	return text
}

// plain tells whether a line carries no mark.
func plain(line string) bool {
	for _, mark := range []string{`\`, "# ", "- ", toMark, "|", "[图", "[表]"} {
		if strings.HasPrefix(line, mark) {
			return false
		}
	}
	return true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

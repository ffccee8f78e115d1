package led

import (
	"image"
	"image/color"
	"strings"
	"sync"
	"unicode"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont"
)

const (
	closing = "，。、；：！？）》”’】〕」』,.;:!?)%％℃"
	opening = "（《“‘【〔「『("
	// Marks of a full cell of which half is dark: it is not set, so that a comma
	// does not tear a line apart.
	narrowAfter  = "，。、；：！）》”’】〕」』"
	narrowBefore = "（《“‘【〔「『"
)

// mark is how a full-width mark is set: how much dark is left out before it, and
// how far the next character is from where it began.
type mark struct{ skip, advance int }

type markKey struct {
	size int
	r    rune
}

var marks sync.Map // of markKey to mark

// markOf returns how f sets the mark r, whose dots are m.
func markOf(f *dotfont.Font, r rune, m *scene.Mask, advance int) mark {
	key := markKey{f.Height, r}
	if known, ok := marks.Load(key); ok {
		return known.(mark)
	}
	first, last := m.W, -1
	for i, v := range m.Pix {
		if v != 0 {
			first, last = min(first, i%m.W), max(last, i%m.W)
		}
	}
	out := mark{advance: advance}
	switch {
	case last < 0 || advance < f.Height: // a narrow mark is set as it is
	case strings.ContainsRune(narrowAfter, r):
		out.advance = min(advance, last+1+max(f.Height/6, 2))
	default:
		out.skip = max(0, first-max(f.Height/8, 2))
		out.advance = advance - out.skip
	}
	marks.Store(key, out)
	return out
}

// geta stands for a character that the face lacks, as it does in dotfont: a name
// with a mark in it is seen to be incomplete, one with a hole is not.
const geta = '〓'

func isMark(r rune) bool {
	return r > 0x2000 && (strings.ContainsRune(narrowAfter, r) || strings.ContainsRune(narrowBefore, r))
}

// seen says whether r is a character to be seen, not one that only steers text.
func seen(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Mn, unicode.Variation_Selector)
}

// glyph returns the dots of r, how far left of the pen they begin, and how far
// the pen moves.
func glyph(f *dotfont.Font, r rune) (m *scene.Mask, skip, advance int) {
	m, advance, ok := f.Glyph(r)
	if !ok && seen(r) {
		m, advance, _ = f.Glyph(geta)
	}
	if m != nil && isMark(r) {
		k := markOf(f, r, m, advance)
		return m, k.skip, k.advance
	}
	return m, 0, advance
}

// advance returns how far r moves the pen; it draws marks only.
func advance(f *dotfont.Font, r rune) int {
	if isMark(r) {
		_, _, adv := glyph(f, r)
		return adv
	}
	adv, ok := f.Advance(r)
	if !ok && seen(r) {
		adv, _ = f.Advance(geta)
	}
	return adv
}

// Measure returns how many dots text takes on one line at a size.
func Measure(text string, size int) int { return measure(text, size) }

func measure(text string, size int) int {
	f, err := dotfont.Face(size)
	if err != nil {
		return len([]rune(text)) * size
	}
	w := 0
	for _, r := range text {
		w += advance(f, r)
	}
	return w
}

// drawText puts dots of text with the upper left of its first cell at at.
func drawText(c *scene.Canvas, text string, at image.Point, size int, col color.RGBA, clip image.Rectangle) {
	f, err := dotfont.Face(size)
	if err != nil || text == "" {
		return
	}
	c.Clip(clip, func() {
		for _, r := range text {
			if at.X >= clip.Max.X {
				return
			}
			m, skip, adv := glyph(f, r)
			if m != nil && at.X+m.W > clip.Min.X {
				c.Mask(m, image.Pt(at.X-skip, at.Y), col)
			}
			at.X += adv
		}
	})
}

// largest returns the largest size of which one line fits into high dots.
func largest(high int) int { return dotfont.Largest(high) }

// sizesWithin returns the sizes from high down to low, at least one.
func sizesWithin(low, high int) []int {
	all := dotfont.Sizes()
	var out []int
	for i := len(all) - 1; i >= 0; i-- {
		if all[i] <= high && all[i] >= low {
			out = append(out, all[i])
		}
	}
	if len(out) == 0 {
		out = append(out, largest(high))
	}
	return out
}

// atLeast returns the smallest size of at least dots, or the largest there is.
func atLeast(dots int) int {
	all := dotfont.Sizes()
	for _, s := range all {
		if s >= dots {
			return s
		}
	}
	return all[len(all)-1]
}

// tidy writes text as boards do: no space between Chinese and figures, which
// are apart by their own dark, one space elsewhere.
func tidy(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	var out strings.Builder
	for i, r := range runes {
		if r == ' ' && i > 0 && i+1 < len(runes) && (wide(runes[i-1]) || wide(runes[i+1])) {
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// wide says whether r is a character of a full cell.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60 || strings.ContainsRune(closing+opening, r) && r > 0x2000
}

// chars counts the characters that a reader reads: all but spaces.
func chars(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

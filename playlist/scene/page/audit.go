package page

import (
	"fmt"
	"image"
	"slices"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/scene"
)

// maxSizes bounds the sizes of text on a page: four, and the figure.
const maxSizes = 5

// Audit returns what is wrong with a page at rest, in English sentences: text
// that is cut, that leaves its place or lies on other text, that is too faint for
// what is painted under it or has no glyph; a last line of one character; text
// below 5 mm, or in large text below 8 mm; too many sizes; targets below 15 mm,
// that say nothing or lie half over one another, or out of reach in the low mode
// (DOMAIN U01 to U03). A page for which it returns nothing can still be ugly, but
// not broken.
func Audit(f *scene.Frame, info Info, panel playlist.Panel) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	m := newMetrics(panel, 0)
	whole := image.Rectangle{Max: f.Size}
	var sizes []int
	inks := make([]image.Rectangle, len(info.Texts))
	for i, t := range info.Texts {
		if !t.Covered {
			inks[i] = t.Ink()
		}
	}
	for i, t := range info.Texts {
		if t.Covered {
			continue
		}
		ink := inks[i]
		if line, cut := t.cut(); cut {
			say("%s is cut: a line's ink is %v, what can be seen is %v", name(t), line, t.Clip)
		}
		if !t.Clip.In(whole) {
			say("%s leaves the frame at %v", name(t), t.Area)
		}
		if t.Area.Min.X < t.Within.Min.X-2 || t.Area.Max.X > t.Within.Max.X+2 {
			say("%s does not fit across: %v in %v", name(t), t.Area, t.Within)
		}
		if t.Area.Dy() > t.Within.Dy()+2 {
			say("%s does not fit down: %v in %v", name(t), t.Area, t.Within)
		}
		if t.Lines > 1 && t.Last == 1 && utf8.RuneCountInString(t.Text) > 4 {
			say("%s ends with a line of one character", name(t))
		}
		if least := smallestMM * m.perMM; float64(t.Size)+1 < min(least, float64(m.u(sizeSmall))) {
			say("%s is %d pixels high, less than 5 mm", name(t), t.Size)
		}
		if least := largeMM * m.perMM; info.Large > 0 && !t.Chrome && float64(t.Size)+1 < min(least, float64(m.u(sizeSmall))*largeSteps[1]) {
			say("%s is %d pixels high, less than 8 mm", name(t), t.Size)
		}
		need := leastContrast
		if info.HighContrast {
			need = highContrast
		}
		if !ink.Empty() {
			if got := t.faint(f); got < need {
				say("%s has a contrast of %.1f to 1", name(t), got)
			}
		}
		if missing := t.by.Missing(t.Text); len(missing) > 0 {
			say("%s has no glyph for %q", name(t), string(missing))
		}
		if !t.Chrome && !slices.Contains(sizes, t.Size) {
			sizes = append(sizes, t.Size)
		}
		for j := i + 1; j < len(inks); j++ {
			if ink.Overlaps(inks[j]) {
				say("%s lies on %s", name(t), name(info.Texts[j]))
			}
		}
	}
	if len(sizes) > maxSizes {
		slices.Sort(sizes)
		say("the page has %d sizes of text: %v", len(sizes), sizes)
	}
	touch := m.touch()
	for i, r := range f.Regions {
		cut := r.Area.Min.Y <= info.Viewport.Min.Y || r.Area.Max.Y >= info.Viewport.Max.Y
		if r.Area.Dx() < touch-1 || r.Area.Dy() < touch-1 && !cut {
			say("target %q is %d by %d pixels, less than 15 mm (%d)", r.Action, r.Area.Dx(), r.Area.Dy(), touch)
		}
		if _, ok := ParseAction(r.Action); !ok {
			say("target %q does nothing", r.Action)
		}
		if r.Label == "" {
			say("target %q does not say what it is", r.Action)
		}
		if r.Area.Min.Y < info.Reach {
			say("target %q at %v is higher than row %d, out of reach", r.Action, r.Area, info.Reach)
		}
		for _, o := range f.Regions[:i] {
			both := r.Area.Intersect(o.Area)
			if !both.Empty() && both != r.Area && both != o.Area && r.Action != o.Action {
				say("targets %q and %q share %v", o.Action, r.Action, both)
			}
		}
	}
	return out
}

func name(t Text) string {
	short := []rune(t.Text)
	if len(short) > 14 {
		short = append(short[:14], '…')
	}
	return fmt.Sprintf("%q", string(short))
}

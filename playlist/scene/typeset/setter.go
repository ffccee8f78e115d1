package typeset

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/text/unicode/norm"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset/outline"
)

// Bounds of the caches. A touch page has about a dozen paragraphs and three
// hundred glyphs; the rest is what the pages before it leave warm.
const (
	maxParas      = 1024
	maxGlyphBytes = 24 << 20
)

// Setter sets text and keeps what it set. It may be used by several
// goroutines, one at a time inside.
type Setter struct {
	mu     sync.Mutex // guards everything below
	loads  [roles]func() (*outline.Face, error)
	spare  [2]func() (*outline.Face, error) // regular and bold, for what loads lack; read when first needed
	rare   []*outline.Face                  // faces that editions brought along
	rareOf []*byte                          // the files of rare, to know them again
	shaper shaping.HarfbuzzShaper
	seg    segmenter.Segmenter
	halves map[halfKey]half
	glyphs *lru[glyphKey, drawn]
	paras  *lru[paraKey, *Para]
}

// halfKey names a full-width mark of one face.
type halfKey struct {
	face *outline.Face
	r    rune
}

// glyphKey names one bitmap.
type glyphKey struct {
	face *outline.Face
	gid  font.GID
	size int

	longer int // pixels by which the middle of a dash is drawn out
}

// drawn is a bitmap and the place of its corner relative to the pen.
type drawn struct {
	mask *scene.Mask
	at   image.Point
}

// paraKey is everything that a paragraph depends on.
type paraKey struct {
	text  string
	style Style
	width int
	lines int // at most so many, 0 for any number
}

// New makes a setter from three font files. They are read when a text first
// needs them. A Setter from files that cannot be read draws nothing and reports
// every character as missing.
func New(sans, bold, serif []byte) *Setter {
	return newSetter(
		sync.OnceValues(func() (*outline.Face, error) { return outline.Parse(sans) }),
		sync.OnceValues(func() (*outline.Face, error) { return outline.Parse(bold) }),
		sync.OnceValues(func() (*outline.Face, error) { return outline.Parse(serif) }),
	)
}

func newSetter(sans, bold, serif func() (*outline.Face, error)) *Setter {
	return &Setter{
		loads:  [roles]func() (*outline.Face, error){Sans: sans, Bold: bold, Serif: serif},
		halves: make(map[halfKey]half),
		glyphs: newLRU[glyphKey, drawn](maxGlyphBytes),
		paras:  newLRU[paraKey, *Para](maxParas),
	}
}

// Default returns the process's own setter of the embedded faces.
var Default = sync.OnceValue(func() *Setter {
	s := New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	for i := range s.spare {
		s.spare[i] = sync.OnceValues(func() (*outline.Face, error) { return outline.Parse(fonts.Rare(i == 1)) })
	}
	return s
})

// Warm reads the faces of the given roles, or of all when none is given, side
// by side. A program that knows it will draw calls it while it does other work.
func (s *Setter) Warm(which ...Role) error {
	if len(which) == 0 {
		which = []Role{Sans, Bold, Serif}
	}
	errs := make([]error, len(which))
	var wait sync.WaitGroup
	for i, r := range which {
		wait.Go(func() { _, errs[i] = s.loads[r%roles]() })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("reading a typeface: %w", err)
		}
	}
	return nil
}

// Forget drops the set texts that are kept to be used again: after somebody
// typed, what was typed may not stay in memory (DOMAIN I10). Glyphs stay.
func (s *Setter) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paras = newLRU[paraKey, *Para](maxParas)
}

// Held returns how many set texts and glyphs are kept to be used again, and the
// bytes of the glyphs. All three are bounded.
func (s *Setter) Held() (texts, glyphs, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.paras.items), len(s.glyphs.items), s.glyphs.cost
}

// SetRare makes these font files the ones that are asked for characters which
// the embedded faces lack, such as those of rare names that editions bring along
// (package rare), in place of the ones before. The error names the first file
// that cannot be read; the others count.
func (s *Setter) SetRare(files ...[]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var of []*byte
	for _, file := range files {
		if len(file) > 0 {
			of = append(of, &file[0])
		}
	}
	if slices.Equal(of, s.rareOf) {
		return nil
	}
	var first error
	var faces []*outline.Face
	for i, file := range files {
		face, err := outline.Parse(file)
		if err != nil {
			if first == nil {
				first = fmt.Errorf("adding typeface %d of %d: %w", i+1, len(files), err)
			}
			continue
		}
		faces = append(faces, face)
	}
	s.rare, s.rareOf = faces, of
	s.paras = newLRU[paraKey, *Para](maxParas)
	return first
}

// Paragraph sets text in lines at most width pixels wide; "\n" starts a new
// paragraph.
func (s *Setter) Paragraph(text string, st Style, width int) *Para {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paragraph(text, st, max(width, 1))
}

// Line sets text without wrapping; its Width is what it needs. Line breaks in
// text become spaces.
func (s *Setter) Line(text string, st Style) *Para {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paragraph(text, st, 0)
}

// Width returns how many pixels text takes on one line.
func (s *Setter) Width(text string, st Style) int { return s.Line(text, st).Width }

// maxSpare is how many steps of size Fit gives up to keep a word whole.
const maxSpare = 2

// Fit sets text in at most maxLines lines of width pixels, stepping the size
// down by a sixteenth at a time, not below minSize. At minSize it takes the
// lines that it needs: the caller sees from Lines that the text is too long. A
// balanced text that would be broken within a word goes down a step or two
// further if that spares the word. A Leading keeps its proportion to the size.
func (s *Setter) Fit(text string, st Style, width, maxLines, minSize int) *Para {
	s.mu.Lock()
	defer s.mu.Unlock()
	var torn *Para
	for whole, tries := st, 0; ; {
		p := s.paragraph(text, st, max(width, 1))
		if st.Balance && len(p.Lines) > maxLines {
			tight := st
			tight.tight = true
			p = s.paragraph(text, tight, max(width, 1))
		}
		switch ok := len(p.Lines) <= maxLines && p.Width <= width; {
		case ok && !p.torn:
			return p
		case ok && torn == nil:
			torn = p
		}
		if torn != nil {
			if tries++; tries > maxSpare {
				return torn
			}
		}
		if st.Size <= minSize {
			if torn != nil {
				return torn
			}
			return p
		}
		st.Size = max(st.Size-max(st.Size/16, 1), minSize)
		if whole.Leading > 0 {
			st.Leading = (whole.Leading*st.Size + whole.Size/2) / whole.Size
		}
	}
}

// Clamp sets text in at most maxLines lines and ends the last with an ellipsis
// when something had to be left out.
func (s *Setter) Clamp(text string, st Style, width, maxLines int) *Para {
	s.mu.Lock()
	defer s.mu.Unlock()
	width, maxLines = max(width, 1), max(maxLines, 1)
	key := paraKey{text, st, width, maxLines}
	if p, ok := s.paras.get(key); ok {
		return p
	}
	p := s.paragraph(text, st, width)
	if len(p.Lines) > maxLines && st.Balance {
		st.tight = true
		p = s.paragraph(text, st, width)
	}
	if len(p.Lines) > maxLines {
		runes := []rune(text)
		// More text never takes fewer lines but for a rare last line that is
		// re-broken, so halving finds a cut that fits.
		low, high := 0, p.Lines[maxLines-1].End
		for low < high {
			mid := (low + high + 1) / 2
			if len(s.set(cutText(runes, mid), st, width).Lines) <= maxLines {
				low = mid
			} else {
				high = mid - 1
			}
		}
		p = s.set(cutText(runes, low), st, width)
	}
	s.paras.put(key, p, 1)
	return p
}

// cutText returns the first n runes and an ellipsis, without spaces or marks
// before it that would look odd.
func cutText(runes []rune, n int) string {
	return strings.TrimRightFunc(string(runes[:n]), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("、，；：（《“‘【〔—", r)
	}) + "…"
}

// Missing returns the characters of text, each once and in order, that no face
// has a glyph for.
func (s *Setter) Missing(text string) []rune {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []rune
	for _, r := range norm.NFC.String(text) {
		if s.needsGlyph(r) && !slices.Contains(out, r) && s.faceFor(Sans, r) == nil {
			out = append(out, r)
		}
	}
	return out
}

// Lacking returns the characters of text, each once and in order, that the
// setter's own faces lack, whether or not SetRare has brought them.
func (s *Setter) Lacking(text string) []rune {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []rune
	for _, r := range norm.NFC.String(text) {
		if s.needsGlyph(r) && !slices.Contains(out, r) && s.ownFace(Sans, r) == nil {
			out = append(out, r)
		}
	}
	return out
}

// Missing returns the characters of text that the process's setter cannot draw.
func Missing(text string) []rune { return Default().Missing(text) }

// needsGlyph tells letters from the characters that only steer text.
func (s *Setter) needsGlyph(r rune) bool {
	return !isSpace(r) && !ignorable(r)
}

// paragraph sets text, width 0 meaning one line of any width.
func (s *Setter) paragraph(text string, st Style, width int) *Para {
	st.Size = min(max(st.Size, 1), 2048)
	if st.Role >= roles {
		st.Role = Sans
	}
	key := paraKey{text, st, width, 0}
	if p, ok := s.paras.get(key); ok {
		return p
	}
	p := s.set(text, st, width)
	s.paras.put(key, p, 1)
	return p
}

// face returns a role's face, or nil when its file cannot be read.
func (s *Setter) face(r Role) *outline.Face {
	f, err := s.loads[r]()
	if err != nil {
		return nil
	}
	return f
}

// faceFor returns the first face of a role's chain that has r, or nil.
func (s *Setter) faceFor(role Role, r rune) *outline.Face {
	if f := s.ownFace(role, r); f != nil {
		return f
	}
	for _, f := range s.rare {
		if _, ok := f.Glyph(r); ok {
			return f
		}
	}
	return nil
}

// ownFace is faceFor without the faces that editions brought along.
func (s *Setter) ownFace(role Role, r rune) *outline.Face {
	chain := [...]Role{role, Bold, Sans}
	if role == Sans {
		chain[1] = Sans
	}
	for i, next := range chain {
		if i > 0 && next == chain[i-1] {
			continue
		}
		if f := s.face(next); f != nil {
			if _, ok := f.Glyph(r); ok {
				return f
			}
		}
	}
	bold := 0
	if role != Sans {
		bold = 1
	}
	if load := s.spare[bold]; load != nil && r > 0xFFFF {
		if f, err := load(); err == nil {
			if _, ok := f.Glyph(r); ok {
				return f
			}
		}
	}
	return nil
}

// draw returns a glyph's bitmap from the cache.
func (s *Setter) draw(key glyphKey) drawn {
	if d, ok := s.glyphs.get(key); ok {
		return d
	}
	var d drawn
	cost := 64
	d.mask, d.at = key.face.Mask(key.gid, key.size)
	if d.mask != nil {
		d.mask = drawOut(d.mask, key.longer)
		cost += len(d.mask.Pix)
	}
	s.glyphs.put(key, d, cost)
	return d
}

// drawOut repeats the middle column of m until it is longer by that many
// pixels.
func drawOut(m *scene.Mask, longer int) *scene.Mask {
	if longer <= 0 {
		return m
	}
	out := &scene.Mask{W: m.W + longer, H: m.H, Pix: make([]uint8, (m.W+longer)*m.H)}
	mid := m.W / 2
	for y := range m.H {
		row, to := m.Pix[y*m.W:(y+1)*m.W], out.Pix[y*out.W:(y+1)*out.W]
		copy(to, row[:mid])
		for x := range longer {
			to[mid+x] = row[mid]
		}
		copy(to[mid+longer:], row[mid:])
	}
	return out
}

// validRunes turns text into runes; bytes that are not UTF-8 become U+FFFD.
func validRunes(text string) []rune {
	out := make([]rune, 0, utf8.RuneCountInString(text))
	for _, r := range text {
		out = append(out, r)
	}
	return out
}

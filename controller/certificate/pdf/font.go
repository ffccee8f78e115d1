package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"mingbai/playlist/scene/typeset/outline"
	"mingbai/playlist/scene/typeset/rare"
)

// Geta stands for a character that no typeface has.
const Geta = '〓'

// Font is a typeface of a document, with the characters used so far.
type Font struct {
	at      int
	name    string
	faces   []*outline.Face
	files   *rare.Sources
	used    map[rune]bool
	missing map[rune]bool
}

// Font adds a typeface: font files, the first that has a character gives it. They
// are OpenType or TrueType.
func (d *Doc) Font(name string, files ...[]byte) (*Font, error) {
	f := &Font{at: len(d.fonts) + 1, name: name, files: rare.From(files...), used: map[rune]bool{Geta: true}, missing: map[rune]bool{}}
	for _, data := range files {
		face, err := outline.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("typeface %s: %w", name, err)
		}
		f.faces = append(f.faces, face)
	}
	d.fonts = append(d.fonts, f)
	return f, nil
}

// Missing returns the characters asked for that no file has, in their order.
func (f *Font) Missing() []rune {
	var out []rune
	for r := range f.missing {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

func (f *Font) face(r rune) (*outline.Face, bool) {
	for _, face := range f.faces {
		if _, ok := face.Glyph(r); ok {
			return face, true
		}
	}
	return nil, false
}

// use notes a character and returns the one that is written for it.
func (f *Font) use(r rune) rune {
	if _, ok := f.face(r); !ok {
		f.missing[r] = true
		r = Geta
	}
	f.used[r] = true
	return r
}

// Width returns how long a line is, in points.
func (f *Font) Width(size float64, text string) float64 {
	total := 0.0
	for _, r := range text {
		total += f.advance(r)
	}
	return total * size / 1000
}

// advance is the width of a character in thousandths of its size.
func (f *Font) advance(r rune) float64 {
	face, ok := f.face(r)
	if !ok {
		return 1000
	}
	gid, _ := face.Glyph(r)
	return float64(int(face.Font.HorizontalAdvance(gid)*1000/float32(face.Font.Upem()) + 0.5))
}

// write embeds the characters used and returns the font's object with the code of
// every character: its place among them in order (9.7.4).
func (f *Font) write(w *writer) (ref int, code map[rune]uint16, err error) {
	runes := make([]rune, 0, len(f.used))
	for r := range f.used {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	data, missing, err := f.files.Subset(runes)
	if err != nil {
		return 0, nil, err
	}
	if missing != nil {
		return 0, nil, fmt.Errorf("typeface %s has no outlines of %q", f.name, string(missing))
	}
	code = make(map[rune]uint16, len(runes))
	var widths, chars bytes.Buffer
	for i, r := range runes {
		code[r] = uint16(i + 1)
		fmt.Fprintf(&widths, "%s ", strconv.Itoa(int(f.advance(r))))
	}
	for from := 0; from < len(runes); from += 100 { // at most a hundred in a block (9.10.3)
		part := runes[from:min(from+100, len(runes))]
		fmt.Fprintf(&chars, "%d beginbfchar\n", len(part))
		for i, r := range part {
			fmt.Fprintf(&chars, "<%04X> <%s>\n", from+i+1, utf16Hex(r))
		}
		chars.WriteString("endbfchar\n")
	}
	name := f.tag(runes) + "+" + f.name
	file := w.stream(fmt.Sprintf("/Length1 %d ", len(data)), data)
	descriptor := w.object(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-500 -500 2000 2000] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 733 /StemV 80 /FontFile2 %d 0 R >>", name, file))
	descendant := w.object(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 1000 /W [1 [%s]] /CIDToGIDMap /Identity >>",
		name, descriptor, strings.TrimSpace(widths.String())))
	unicode := w.stream("", []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"+
		chars.String()+"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"))
	ref = w.object(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", name, descendant, unicode))
	return ref, code, nil
}

// tag is the six letters by which readers tell subsets of one typeface apart
// (9.6.4).
func (f *Font) tag(runes []rune) string {
	h := uint64(14695981039346656037) // FNV-1a
	for _, r := range runes {
		h = (h ^ uint64(r)) * 1099511628211
	}
	out := make([]byte, 6)
	for i := range out {
		out[i] = 'A' + byte(h%26)
		h /= 26
	}
	return string(out)
}

func utf16Hex(r rune) string {
	var out bytes.Buffer
	for _, u := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(&out, "%04X", u)
	}
	return out.String()
}

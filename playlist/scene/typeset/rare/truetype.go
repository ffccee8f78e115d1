package rare

import (
	"bytes"
	"encoding/binary"
	"slices"

	ot "github.com/go-text/typesetting/font/opentype"
)

// unitsPerEm of every file made here.
const unitsPerEm = 1000

// point is a point of a contour in units of the file.
type point struct {
	x, y int16
	on   bool // on the curve
}

// glyph is one character with its outline.
type glyph struct {
	r        rune
	advance  uint16
	contours [][]point
}

// big writes values big-endian, as every table of the format wants them.
type big struct{ bytes.Buffer }

func (b *big) put(values ...any) {
	for _, v := range values {
		// Writing fixed-size values to a buffer cannot fail.
		_ = binary.Write(&b.Buffer, binary.BigEndian, v)
	}
}

// encode makes a TrueType file with the tables that drawing needs: head, hhea,
// maxp, cmap (format 12), hmtx, loca (long) and glyf. Glyph 0 is empty. Formulas
// and layouts are those of the OpenType specification 1.9.
func encode(glyphs []glyph) []byte {
	var glyf, loca, hmtx, groups big
	points, lines := 0, 0
	loca.put(uint32(0), uint32(0)) // glyph 0 has no outline
	hmtx.put(uint16(unitsPerEm), int16(0))
	for i, g := range glyphs {
		box := bounds(g.contours)
		writeGlyph(&glyf, g.contours, box)
		loca.put(uint32(glyf.Len()))
		hmtx.put(g.advance, box[0])
		groups.put(uint32(g.r), uint32(g.r), uint32(i+1))
		n := 0
		for _, c := range g.contours {
			n += len(c)
		}
		points, lines = max(points, n), max(lines, len(g.contours))
	}
	count := uint16(len(glyphs) + 1)

	var head, hhea, maxp, cmap big
	head.put(uint32(0x00010000), uint32(0x00010000), uint32(0), uint32(0x5F0F3CF5), uint16(0), uint16(unitsPerEm),
		int64(0), int64(0), // no dates: the same characters give the same bytes
		int16(-unitsPerEm/2), int16(-unitsPerEm/2), int16(2*unitsPerEm), int16(2*unitsPerEm),
		uint16(0), uint16(8), int16(2), int16(1), int16(0))
	hhea.put(uint32(0x00010000), int16(880), int16(-120), int16(0), uint16(unitsPerEm),
		int16(0), int16(0), int16(0), int16(1), int16(0), int16(0), [4]int16{}, int16(0), count)
	maxp.put(uint32(0x00010000), count, uint16(points), uint16(lines), [9]uint16{}, uint16(0), uint16(0))
	cmap.put(uint16(0), uint16(1), uint16(3), uint16(10), uint32(12),
		uint16(12), uint16(0), uint32(16+groups.Len()), uint32(0), uint32(len(glyphs)))
	cmap.Write(groups.Bytes())

	tables := []ot.Table{
		{Tag: ot.MustNewTag("cmap"), Content: cmap.Bytes()},
		{Tag: ot.MustNewTag("glyf"), Content: glyf.Bytes()},
		{Tag: ot.MustNewTag("head"), Content: head.Bytes()},
		{Tag: ot.MustNewTag("hhea"), Content: hhea.Bytes()},
		{Tag: ot.MustNewTag("hmtx"), Content: hmtx.Bytes()},
		{Tag: ot.MustNewTag("loca"), Content: loca.Bytes()},
		{Tag: ot.MustNewTag("maxp"), Content: maxp.Bytes()},
	}
	for i, t := range tables {
		// Tables begin at multiples of four.
		tables[i].Content = append(slices.Clip(t.Content), make([]byte, (4-len(t.Content)%4)%4)...)
	}
	return ot.WriteTTF(tables)
}

// bounds is the smallest box of the points: left, lower, right, upper.
func bounds(contours [][]point) [4]int16 {
	var box [4]int16
	first := true
	for _, c := range contours {
		for _, p := range c {
			if first {
				box, first = [4]int16{p.x, p.y, p.x, p.y}, false
				continue
			}
			box = [4]int16{min(box[0], p.x), min(box[1], p.y), max(box[2], p.x), max(box[3], p.y)}
		}
	}
	return box
}

// writeGlyph appends a simple glyph with every coordinate as a word.
func writeGlyph(out *big, contours [][]point, box [4]int16) {
	if len(contours) == 0 {
		return
	}
	out.put(int16(len(contours)), box)
	end := -1
	for _, c := range contours {
		end += len(c)
		out.put(uint16(end))
	}
	out.put(uint16(0)) // no instructions
	for _, c := range contours {
		for _, p := range c {
			flag := uint8(0)
			if p.on {
				flag = 1
			}
			out.put(flag)
		}
	}
	last := int16(0)
	for _, c := range contours {
		for _, p := range c {
			out.put(p.x - last)
			last = p.x
		}
	}
	last = 0
	for _, c := range contours {
		for _, p := range c {
			out.put(p.y - last)
			last = p.y
		}
	}
	for out.Len()%4 != 0 {
		out.WriteByte(0)
	}
}

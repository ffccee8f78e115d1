// Package fonts holds the typefaces that every program draws with, embedded
// with their licence, so that a screen needs nothing installed.
//
// It promises that each face covers the unified ideographs, Extension A and
// the symbols of official Chinese, that the rare faces add what Noto
// has beyond the basic plane, and that a face that is not asked for costs
// nothing at start. It knows nothing of shaping or drawing: outlines are handed
// out as font files, dots as rows of bits.
package fonts

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the faces
	"encoding/binary"
	"fmt"
	"io"
	"sort"
	"sync"
)

//go:generate go run gen/main.go

//go:embed sans-regular.otf
var sansRegular []byte

//go:embed sans-bold.otf
var sansBold []byte

//go:embed serif-bold.otf
var serifBold []byte

//go:embed rare-regular.otf
var rareRegular []byte

//go:embed rare-bold.otf
var rareBold []byte

//go:embed unifont16.bin.gz
var unifont16 []byte

// Licence is the text that must travel with the faces.
//
//go:embed OFL.txt
var Licence string

// DotsLicence is the text that must travel with the dots of boards at 12 dots.
//
//go:embed DOTS.txt
var DotsLicence string

// Sans returns Noto Sans CJK SC Regular as an OpenType (CFF) file. The bytes
// are shared and must not be changed.
func Sans() []byte { return sansRegular }

// Bold returns Noto Sans CJK SC Bold as an OpenType (CFF) file. The bytes are
// shared and must not be changed.
func Bold() []byte { return sansBold }

// Serif returns Noto Serif CJK SC Bold, the face of titles, as an OpenType
// (CFF) file. The bytes are shared and must not be changed.
func Serif() []byte { return serifBold }

// Rare returns the ideographs of Noto Sans CJK SC beyond the basic plane,
// Regular or Bold, as an OpenType (CFF) file: some two thousand, those of common
// names among them. The bytes are shared and must not be changed.
func Rare(bold bool) []byte {
	if bold {
		return rareBold
	}
	return rareRegular
}

// DotRows is the height in dots of the glyphs of Dots.
const DotRows = 16

// Dots is a face of 16 dots: full-width glyphs are 16 dots wide, the others 8.
type Dots struct {
	runs []dotRun
	rows []byte
}

type dotRun struct {
	first rune
	count int
	width int // bytes a row
	at    int // of the first glyph in rows
}

// Unifont returns GNU Unifont's glyphs. They are unpacked on the first call,
// which takes some milliseconds.
var Unifont = sync.OnceValues(func() (*Dots, error) {
	z, err := gzip.NewReader(bytes.NewReader(unifont16))
	if err != nil {
		return nil, fmt.Errorf("unpacking the 16-dot face: %w", err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("unpacking the 16-dot face: %w", err)
	}
	return parseDots(raw)
})

// parseDots reads the format that gen writes.
func parseDots(raw []byte) (*Dots, error) {
	d := &Dots{}
	next := func() (int, bool) {
		v, n := binary.Uvarint(raw)
		if n <= 0 || v > 1<<24 {
			return 0, false
		}
		raw = raw[n:]
		return int(v), true
	}
	var end, at int
	for {
		skip, ok1 := next()
		count, ok2 := next()
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("the 16-dot face ends within its index")
		}
		if count == 0 {
			break
		}
		width, ok := next()
		if !ok || width < 1 || width > 2 {
			return nil, fmt.Errorf("the 16-dot face has a run of glyphs %d bytes wide", width)
		}
		d.runs = append(d.runs, dotRun{rune(end + skip), count, width, at})
		end += skip + count
		at += count * width * DotRows
	}
	if at != len(raw) {
		return nil, fmt.Errorf("the 16-dot face has %d bytes of glyphs, its index says %d", len(raw), at)
	}
	d.rows = raw
	return d, nil
}

// Glyph returns the dots of r: 16 rows of width/8 bytes, the leftmost dot in
// the highest bit. ok is false when the face does not have it.
func (d *Dots) Glyph(r rune) (rows []byte, width int, ok bool) {
	i := sort.Search(len(d.runs), func(i int) bool { return d.runs[i].first > r }) - 1
	if i < 0 || int(r-d.runs[i].first) >= d.runs[i].count {
		return nil, 0, false
	}
	run := d.runs[i]
	n := run.width * DotRows
	at := run.at + int(r-run.first)*n
	return d.rows[at : at+n : at+n], run.width * 8, true
}

// Package rare makes the small font file that an edition brings along for the
// characters which the embedded faces lack: names are written with characters
// of every extension of Unicode.
//
// It promises that the same sources and characters give the same bytes, that a
// font file holds nothing but the outlines asked for (no hinting programs, no
// layout tables), and that what no source has is named. It leaves to others
// which characters an edition needs and how the file travels.
package rare

import (
	"fmt"
	"math"
	"os"
	"slices"
	"sync"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"

	"mingbai/playlist/scene/typeset/outline"
)

// MaxGlyphs bounds the characters of one file.
const MaxGlyphs = 4000

// Sources are font files that are read when one of their characters is first
// wanted; the first that has a character gives it. They may be used by several
// goroutines.
type Sources struct {
	mu    sync.Mutex // guards the faces, which serve one goroutine
	files []source
}

type source struct {
	path string
	open func() (*outline.Face, error)
}

// Usual are places of fonts with many rare characters, as Debian installs them
// (package fonts-hanazono, free licence or OFL).
var Usual = []string{
	"/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
	"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
}

// Open names font files. Those that are not there are passed over; missing
// returns them.
func Open(paths []string) (s *Sources, missing []string) {
	s = &Sources{}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			missing = append(missing, path)
			continue
		}
		s.files = append(s.files, source{path, sync.OnceValues(func() (*outline.Face, error) {
			file, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			return outline.Parse(file)
		})})
	}
	return s, missing
}

// From takes font files that are in memory already.
func From(files ...[]byte) *Sources {
	s := &Sources{}
	for i, file := range files {
		s.files = append(s.files, source{fmt.Sprintf("font file %d", i+1), sync.OnceValues(func() (*outline.Face, error) { return outline.Parse(file) })})
	}
	return s
}

// Has reports whether a source has the character.
func (s *Sources) Has(r rune) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, _, err := s.find(r)
	return err == nil && f != nil
}

// find returns the face and the glyph of r; a nil face when no source has it.
func (s *Sources) find(r rune) (*outline.Face, font.GID, error) {
	for _, file := range s.files {
		f, err := file.open()
		if err != nil {
			return nil, 0, fmt.Errorf("reading %s: %w", file.path, err)
		}
		if gid, ok := f.Glyph(r); ok {
			return f, gid, nil
		}
	}
	return nil, 0, nil
}

// Subset returns a TrueType file with the outlines of the characters, and those
// that no source has. It is nil when there is nothing to hold.
func (s *Sources) Subset(runes []rune) (file []byte, missing []rune, err error) {
	runes = slices.Clone(runes)
	slices.Sort(runes)
	runes = slices.Compact(runes)
	if len(runes) > MaxGlyphs {
		return nil, nil, fmt.Errorf("%d rare characters, at most %d are carried", len(runes), MaxGlyphs)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var glyphs []glyph
	for _, r := range runes {
		f, gid, err := s.find(r)
		if err != nil {
			return nil, nil, err
		}
		if f == nil {
			missing = append(missing, r)
			continue
		}
		segments, ok := f.Segments(gid)
		if !ok {
			missing = append(missing, r)
			continue
		}
		scale := unitsPerEm / float32(f.Font.Upem())
		glyphs = append(glyphs, glyph{
			r:        r,
			advance:  uint16(min(math.Round(float64(f.Font.HorizontalAdvance(gid)*scale)), math.MaxInt16)),
			contours: contours(segments, scale),
		})
	}
	if len(glyphs) == 0 {
		return nil, missing, nil
	}
	return encode(glyphs), missing, nil
}

// contours turns an outline into closed contours of quadratic curves in units of
// the file, as glyf wants them.
func contours(segments []ot.Segment, scale float32) [][]point {
	var all [][]point
	var pen ot.SegmentPoint
	add := func(p ot.SegmentPoint, on bool) {
		last := len(all) - 1
		q := point{clamp(p.X * scale), clamp(p.Y * scale), on}
		if n := len(all[last]); n > 0 && on && all[last][n-1] == q {
			return
		}
		all[last] = append(all[last], q)
	}
	for _, seg := range segments {
		a := seg.Args
		if seg.Op != ot.SegmentOpMoveTo && len(all) == 0 {
			all = append(all, nil)
		}
		switch seg.Op {
		case ot.SegmentOpMoveTo:
			all = append(all, nil)
			add(a[0], true)
			pen = a[0]
		case ot.SegmentOpLineTo:
			add(a[0], true)
			pen = a[0]
		case ot.SegmentOpQuadTo:
			add(a[0], false)
			add(a[1], true)
			pen = a[1]
		case ot.SegmentOpCubeTo:
			for _, q := range quadratics(pen, a[0], a[1], a[2]) {
				add(q[0], false)
				add(q[1], true)
			}
			pen = a[2]
		}
	}
	return slices.DeleteFunc(closed(all), func(c []point) bool { return len(c) < 2 })
}

// closed drops the last point of a contour that has come back to its first.
func closed(all [][]point) [][]point {
	for i, c := range all {
		if n := len(c); n > 1 && c[n-1] == c[0] {
			all[i] = c[:n-1]
		}
	}
	return all
}

func clamp(v float32) int16 {
	return int16(min(max(math.Round(float64(v)), math.MinInt16), math.MaxInt16))
}

// parts is into how many quadratic curves a cubic one is cut. With four the
// error stays below a thousandth of an em for the curves of typefaces.
const parts = 4

// quadratics approximates a cubic Bézier curve: each part keeps its ends and
// takes the control point where its tangents at the ends would meet on average,
// (3(c1+c2) − p0 − p3) / 4.
func quadratics(p0, c1, c2, p3 ot.SegmentPoint) [parts][2]ot.SegmentPoint {
	var out [parts][2]ot.SegmentPoint
	at := func(t float32) (p, d ot.SegmentPoint) {
		u := 1 - t
		b0, b1, b2, b3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		p = ot.SegmentPoint{X: b0*p0.X + b1*c1.X + b2*c2.X + b3*p3.X, Y: b0*p0.Y + b1*c1.Y + b2*c2.Y + b3*p3.Y}
		e0, e1, e2 := 3*u*u, 6*u*t, 3*t*t
		d = ot.SegmentPoint{
			X: e0*(c1.X-p0.X) + e1*(c2.X-c1.X) + e2*(p3.X-c2.X),
			Y: e0*(c1.Y-p0.Y) + e1*(c2.Y-c1.Y) + e2*(p3.Y-c2.Y),
		}
		return p, d
	}
	const h = float32(1) / parts
	for i := range parts {
		a, da := at(float32(i) * h)
		b, db := at(float32(i+1) * h)
		// The part is a cubic with controls a + da·h/3 and b − db·h/3.
		x1, y1 := a.X+da.X*h/3, a.Y+da.Y*h/3
		x2, y2 := b.X-db.X*h/3, b.Y-db.Y*h/3
		out[i][0] = ot.SegmentPoint{X: (3*(x1+x2) - a.X - b.X) / 4, Y: (3*(y1+y2) - a.Y - b.Y) / 4}
		out[i][1] = b
	}
	return out
}

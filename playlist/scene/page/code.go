package page

import (
	"image"

	"rsc.io/qr/coding"

	"mingbai/playlist/scene"
)

// symbol is a QR code (ISO/IEC 18004) with error correction M, which survives a
// glass with fingers on it (DOMAIN U12).
type symbol struct {
	side int // modules, without the quiet zone
	code *coding.Code
}

// quiet is the white margin of a code, in modules.
const quiet = 4

// across is how many modules a code takes with its quiet zone.
func (s symbol) across() int { return s.side + 2*quiet }

// room is how many bytes of text a code of at most so many modules across holds.
func room(across int) int {
	best := 0
	for v := coding.Version(1); v <= coding.MaxVersion && 4*int(v)+17+2*quiet <= across; v++ {
		best = v.DataBytes(coding.M) - 3 // mode and length
	}
	return best
}

// newSymbol encodes text in the smallest code that holds it; false when none
// does. Of the eight masks it takes the one that readers find easiest: the
// standard's penalty is least.
func newSymbol(text string) (symbol, bool) {
	enc := coding.String(text)
	v := coding.Version(coding.MinVersion)
	for enc.Bits(v) > v.DataBytes(coding.M)*8 {
		if v++; v > coding.MaxVersion {
			return symbol{}, false
		}
	}
	var best symbol
	least := 0
	for mask := range coding.Mask(8) {
		plan, err := coding.NewPlan(v, coding.M, mask)
		if err != nil {
			return symbol{}, false
		}
		code, err := plan.Encode(enc)
		if err != nil {
			return symbol{}, false
		}
		// A decoy weighs more than all that the standard counts.
		if p := penalty(code) + decoys(code)<<24; best.code == nil || p < least {
			best, least = symbol{code.Size, code}, p
		}
	}
	return best, true
}

// penalty is how hard a symbol is to read: long runs, blocks, patterns that look
// like a corner, and black and white out of balance (ISO/IEC 18004, 7.8.3).
func penalty(c *coding.Code) int {
	n, sum, dark := c.Size, 0, 0
	for _, at := range []func(i, j int) bool{
		func(i, j int) bool { return c.Black(j, i) },
		func(i, j int) bool { return c.Black(i, j) },
	} {
		for i := range n {
			run, last := 0, 0 // last: the latest eleven modules as bits
			for j := range n {
				black := at(i, j)
				if j > 0 && black == at(i, j-1) {
					run++
				} else {
					run = 1
				}
				if run == 5 {
					sum += 3
				} else if run > 5 {
					sum++
				}
				last = last << 1 & 0x7FF
				if black {
					last |= 1
				}
				if j >= 10 && (last == 0b10111010000 || last == 0b00001011101) {
					sum += 40
				}
			}
		}
	}
	for y := range n {
		for x := range n {
			b := c.Black(x, y)
			if b {
				dark++
			}
			if x > 0 && y > 0 && b == c.Black(x-1, y) && b == c.Black(x, y-1) && b == c.Black(x-1, y-1) {
				sum += 3
			}
		}
	}
	off := dark*20 - n*n*10
	if off < 0 {
		off = -off
	}
	return sum + off/(n*n)*10
}

// decoys counts the modules that a reader may take for the middle of one of the
// three corners: a row and a column through it that go about 1:1:3:1:1. The
// standard counts rows and columns by themselves, but readers look for crosses,
// and a false one costs them a symbol that stands there without a fault.
func decoys(c *coding.Code) int {
	n := -3 * 9 // the corners themselves
	for y := range c.Size {
		for x := range c.Size {
			row, col := func(d int) bool { return c.Black(x+d, y) }, func(d int) bool { return c.Black(x, y+d) }
			if cornerLike(row) && cornerLike(col) {
				n++
			}
			// Near the lower right, where the alignment pattern is looked for, a
			// black module in a white cross in a black one misleads as well.
			if at := c.Size - 7; max(abs(x-at), abs(y-at)) <= 5 && (x != at || y != at) && dotLike(row) && dotLike(col) {
				n++
			}
		}
	}
	return n
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func dotLike(black func(d int) bool) bool {
	return black(0) && !black(-1) && !black(1) && black(-2) && black(2)
}

// cornerLike says whether the run of black around 0 is two to five long and has
// one white and one black module on either side, as far as readers tell.
func cornerLike(black func(d int) bool) bool {
	if !black(0) {
		return false
	}
	core := 1
	for _, to := range []int{-1, 1} {
		d := to
		for black(d) {
			core++
			if d += to; core > 5 {
				return false
			}
		}
		if black(d) || !black(d+to) || black(d+2*to) {
			return false
		}
	}
	return core >= 2
}

// mask draws the symbol's black modules px pixels wide.
func (s symbol) mask(px int) *scene.Mask {
	w := s.side * px
	m := &scene.Mask{W: w, H: w, Pix: make([]uint8, w*w)}
	for y := range s.side {
		row := m.Pix[y*px*w : y*px*w+w]
		for x := range s.side {
			if !s.code.Black(x, y) {
				continue
			}
			for i := x * px; i < (x+1)*px; i++ {
				row[i] = 255
			}
		}
		for k := 1; k < px; k++ {
			copy(m.Pix[(y*px+k)*w:(y*px+k+1)*w], row)
		}
	}
	return m
}

// codeKey is a code as it stands on a page.
type codeKey struct {
	text       string
	box, least int
}

// drawnCode is a code that a Book has drawn.
type drawnCode struct {
	mask *scene.Mask
	px   int // pixels of a module
}

// maxCodes bounds the codes that a Book remembers.
const maxCodes = 4

// qr returns text as a code that fits a square of box pixels with its quiet
// zone, or is a little larger when it would be smaller than least; false when it
// does not fit with modules of at least two pixels.
func (b *Book) qr(text string, box, least int) (drawnCode, bool) {
	key := codeKey{text, box, least}
	b.mu.Lock()
	defer b.mu.Unlock()
	if have, ok := b.codes[key]; ok {
		return have, have.mask != nil
	}
	if b.codes == nil || len(b.codes) >= maxCodes {
		b.codes = make(map[codeKey]drawnCode)
	}
	var made drawnCode
	if s, ok := newSymbol(text); ok && max(box, least)/s.across() >= 2 {
		made.px = max(box/s.across(), (least+s.across()-1)/s.across())
		made.mask = s.mask(made.px)
	}
	b.codes[key] = made
	return made, made.mask != nil
}

// code draws a code with its quiet zone at at and returns its side in pixels. It
// is black on white whatever the page's colours are: phones read nothing else
// with certainty.
func (s *sheet) code(d drawnCode, at image.Point) int {
	side := d.mask.W + 2*quiet*d.px
	if !s.dry {
		s.c.Fill(image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}, scene.White)
		s.c.Mask(d.mask, at.Add(image.Pt(quiet*d.px, quiet*d.px)), scene.Black)
	}
	return side
}

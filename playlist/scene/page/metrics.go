package page

import (
	"math"

	"mingbai/playlist"
)

// The sizes of a page, in pixels of a screen 1080 across that is 268 mm wide
// (21.5 inches, upright). A page uses the four text sizes and, where a number is
// what people came for, the figure.
const (
	sizeSmall  = 28
	sizeBody   = 34
	sizeLead   = 44
	sizeTitle  = 62
	sizeFigure = 92
)

const (
	marginAcross = 64
	headerHigh   = 150
	barHigh      = 156
	stripHigh    = 88
)

// metrics turns design pixels into the panel's.
type metrics struct {
	w, h   int
	flat   bool    // height is what a page lacks
	small  bool    // and width for a second column, too
	side   int     // the panel's shorter side, also where a page takes a part of it
	taken  int     // pixels of what else stands still between header and bar
	scale  float64 // panel pixels per design pixel
	large  float64 // further factor on text
	perMM  float64 // panel pixels per millimetre
	margin int
	header int
	bar    int
	strip  int
}

// largeSteps are the factors of A, A+ and A++. A+ brings the smallest text to 8
// mm on the reference panel (DOMAIN U02).
var largeSteps = [...]float64{1, 1.3, 1.6}

// smallestMM is the least height of text at arm's length (DOMAIN U02).
const smallestMM = 5

// largeMM is the same for large text.
const largeMM = 8

func newMetrics(p playlist.Panel, large int) metrics {
	m := metrics{w: max(p.Width, 1), h: max(p.Height, 1)}
	m.side = min(m.w, m.h)
	m.perMM = float64(m.w) / float64(max(p.WidthMM, 0))
	if p.WidthMM <= 0 {
		// A panel of unknown size counts as 21.5 inches: 546 mm corner to corner.
		m.perMM = math.Hypot(float64(m.w), float64(m.h)) / 546
	}
	m.scale = float64(min(m.w, m.h)) / 1080
	if least := smallestMM * m.perMM / sizeSmall; m.scale < least {
		// A small dense panel needs larger type, as far as a page of it still
		// holds enough characters across.
		m.scale = min(least, m.scale*1.5)
	}
	m.flat = m.w*10 >= m.h*13
	m.large = largeSteps[min(max(large, 0), len(largeSteps)-1)]
	m.margin = m.u(marginAcross)
	m.header = m.u(headerHigh)
	if m.low() {
		m.header = m.u(108)
	}
	m.bar = max(m.u(barHigh), m.touch())
	if m.low() {
		m.bar = max(m.u(120), m.touch())
	}
	m.strip = max(m.u(stripHigh), m.touch())
	if m.small = m.flat && !m.landscape(); m.small {
		m.header = max(m.u(84), m.touch()+m.u(8))
		m.bar = max(m.u(92), m.touch())
	}
	return m
}

// squat says whether height is what a page lacks and there is no width for a
// second column either, as on a small tablet that lies on its side.
func (m metrics) squat() bool { return m.small }

// leastWide is how many design pixels across two columns need.
const leastWide = 1500

// landscape says whether a page has two columns: on a panel that is wider than
// high, unless its type must be so large that each column would hold too little.
func (m metrics) landscape() bool {
	return m.low() && float64(m.w) >= leastWide*m.scale
}

// low says whether height is what a page lacks: header and bar are then one line
// high each.
func (m metrics) low() bool { return m.flat }

// page is the least height between header and bar that is free to scroll in.
func (m metrics) page() int { return m.h - m.header - m.bar - m.strip - m.taken }

// u is a distance of n design pixels.
func (m metrics) u(n int) int { return int(math.Round(float64(n) * m.scale)) }

// t is a text size of n design pixels at the chosen size of text.
func (m metrics) t(n int) int { return int(math.Round(float64(n) * m.scale * m.large)) }

// title is a title's size: it grows less than the body, which is what one reads.
func (m metrics) title(n int) int {
	return int(math.Round(float64(n) * m.scale * (1 + (m.large-1)/2)))
}

// touch is the least side of anything that can be touched: 15 mm (DOMAIN U01),
// but never so much that a page holds nothing else.
func (m metrics) touch() int {
	return min(int(math.Ceil(15*m.perMM)), m.side/6)
}

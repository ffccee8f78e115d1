package dotfont

import (
	"math"
	"sync"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont/hint"
	"mingbai/playlist/scene/typeset/outline"
)

// The font files that outlines come from, each read when first needed.
var (
	regular     = file(fonts.Sans)
	bold        = file(fonts.Bold)
	rareRegular = file(func() []byte { return fonts.Rare(false) })
	rareBold    = file(func() []byte { return fonts.Rare(true) })
)

func file(data func() []byte) func() (*sharedFace, error) {
	return sync.OnceValues(func() (*sharedFace, error) {
		face, err := outline.Parse(data())
		if err != nil {
			return nil, err
		}
		return &sharedFace{face: face}, nil
	})
}

// later makes a source of a file that is read when first asked. A file that
// cannot be read has nothing.
func later(open func() (*sharedFace, error), made func(*sharedFace) source, only func(rune) bool) source {
	s := sync.OnceValue(func() *source {
		face, err := open()
		if err != nil {
			return nil
		}
		s := made(face)
		return &s
	})
	return source{
		advance: func(r rune) (int, bool) {
			if !only(r) || s() == nil {
				return 0, false
			}
			return s().advance(r)
		},
		draw: func(r rune) *scene.Mask { return s().draw(r) },
	}
}

// beyond are the characters of the rare faces.
func beyond(r rune) bool { return r > 0xFFFF }

// body is the part of the height above the baseline of ideographs.
const body = 0.88

// baseline returns the rows above the baseline of a character, and to which part
// of their depth its tails are flattened. The tails of letters reach below the
// em of the ideographs. A board has no dots there: letters and digits stand a
// little higher, as in every small bitmap face.
func baseline(r rune, size int) (rows int, below float64) {
	rows, below = int(math.Round(body*float64(size))), 1
	if r < 0x2000 {
		rows -= size / 24
		below = min(float64(size-rows)/(0.25*float64(size)), 1)
	}
	return rows, below
}

// advanceOf is how far r moves the pen, in whole dots.
func advanceOf(shared *sharedFace, size int) func(r rune) (int, bool) {
	return func(r rune) (int, bool) {
		shared.mu.Lock()
		defer shared.mu.Unlock()
		gid, ok := shared.face.Glyph(r)
		if !ok {
			return 0, false
		}
		return int(math.Round(float64(shared.face.Advance(gid, size)))), true
	}
}

// thresholded draws outlines as they are, lighting the dots that are covered by
// half: from 40 dots on an edge between two dots is no longer seen. At 40 and 48
// more must be covered, which makes strokes about half a dot thinner: that eases
// the step from the lighter strokes of 32 dots, and keeps small spaces open.
func thresholded(shared *sharedFace, size int) source {
	lit := uint8(128)
	switch size {
	case 40:
		lit = 190
	case 48:
		lit = 165
	}
	advance := advanceOf(shared, size)
	return source{advance: advance, draw: func(r rune) *scene.Mask {
		adv, _ := advance(r)
		shared.mu.Lock()
		defer shared.mu.Unlock()
		gid, _ := shared.face.Glyph(r)
		rows, below := baseline(r, size)
		soft, at := shared.face.Squashed(gid, size, float32(below))
		if soft == nil {
			return nil
		}
		m, inked := &scene.Mask{W: max(adv, 1), H: size}, false
		m.Pix = make([]uint8, m.W*m.H)
		for i, v := range soft.Pix {
			x, y := at.X+i%soft.W, rows+at.Y+i/soft.W
			if v >= lit && x >= 0 && x < m.W && y >= 0 && y < size {
				m.Pix[y*m.W+x], inked = 255, true
			}
		}
		if !inked {
			return nil
		}
		return m
	}}
}

// hinted draws outlines with strokes of stem whole dots.
func hinted(shared *sharedFace, size, stem int) source {
	advance := advanceOf(shared, size)
	upem := float64(shared.face.Font.Upem())
	var drawer hint.Drawer
	zones := sync.OnceValue(func() []hint.Zone { return zonesOf(shared.face) })
	return source{advance: advance, draw: func(r rune) *scene.Mask {
		adv, _ := advance(r)
		shared.mu.Lock()
		defer shared.mu.Unlock()
		gid, _ := shared.face.Glyph(r)
		segments, ok := shared.face.Segments(gid)
		if !ok || len(segments) == 0 {
			return nil
		}
		s := hint.Spec{Scale: float64(size) / upem, Stem: stem, Width: max(adv, 1), Height: size}
		s.Baseline, s.Below = baseline(r, size)
		if r < 0x2000 {
			s.Zones = zones()
		} else {
			s.Right = 1 // so that neighbours do not touch
		}
		pix := drawer.Draw(segments, s)
		if pix == nil {
			return nil
		}
		return &scene.Mask{W: s.Width, H: size, Pix: pix}
	}}
}

// zonesOf returns the heights at which the letters of a face end: the baseline,
// small letters, and capitals with digits. Round letters reach beyond by an
// overshoot, which dots cannot show.
func zonesOf(face *outline.Face) []hint.Zone {
	const overshoot = 0.022 // of an em
	slack := overshoot * float64(face.Font.Upem())
	zones := []hint.Zone{{At: 0, Slack: slack}}
	for _, r := range "xH" {
		if gid, ok := face.Glyph(r); ok {
			if top, ok := face.Top(gid); ok {
				zones = append(zones, hint.Zone{At: float64(top), Slack: slack})
			}
		}
	}
	return zones
}

package touch

import (
	"image"
	"time"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
)

// travel is the way that a page comes in.
type travel uint8

const (
	still    travel = iota
	forward         // deeper: from the right
	backward        // back: from the left
	fade
)

// transition leads from one page to the next.
type transition struct {
	from   *scene.Frame    // nil when nothing changes
	within image.Rectangle // what slides
	how    travel
	takes  time.Duration
	began  time.Time // set by the first frame
}

// frame returns what to show while to is coming in, and whether it still moves.
func (t *transition) frame(now time.Time, to *scene.Frame) (*scene.Frame, bool) {
	if t.from == nil || t.from.Size != to.Size {
		*t = transition{}
		return to, false
	}
	if t.began.IsZero() {
		t.began = now
	}
	part := float64(now.Sub(t.began)) / float64(t.takes)
	if part >= 1 || part < 0 {
		*t = transition{}
		return to, false
	}
	switch t.how {
	case forward:
		return page.Slide(t.from, to, t.within, page.Forward, part), true
	case backward:
		return page.Slide(t.from, to, t.within, page.Backward, part), true
	default:
		return page.Fade(t.from, to, part), true
	}
}

// late reports whether the new page is what one sees by now.
func (t *transition) late(now time.Time) bool {
	return t.from == nil || now.Sub(t.began) >= t.takes/2
}

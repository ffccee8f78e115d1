package rig

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"mingbai/kiosk/display/x11"
)

// Backdrop is the colour of the empty screen after PaintBackdrop: nothing of ours has it.
var Backdrop = color.RGBA{255, 0, 255, 255}

// PaintBackdrop gives the empty screen a colour of its own, so that a pixel
// which nobody has painted can be told from a dark one.
func PaintBackdrop(ctx context.Context, display string) error {
	const (
		changeAttributes, backPixel = 2, 1 << 1
		clearArea                   = 61
	)
	c, err := x11.Open(ctx, display)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Send(changeAttributes, 0, x11.Words(c.Screen.Root, backPixel, 0xff00ff)); err != nil {
		return err
	}
	if err := c.Send(clearArea, 0, append(x11.Words(c.Screen.Root), x11.Halves(0, 0, 0, 0)...)); err != nil {
		return err
	}
	return c.Sync()
}

// Seen is what Watch saw.
type Seen struct {
	Looks    int // how often it looked
	Pictures int // how often the middle had changed since the look before
	Faults   []string
}

// Watch looks at the screen as often as it can until ctx ends: at three upright
// strips of area, on which every page shows something. A strip of one colour
// alone is a flash; one that shows the empty screen in part is half painted, and
// one that shows it again was given up.
func Watch(ctx context.Context, display string, area image.Rectangle) (Seen, error) {
	c, err := x11.Open(context.WithoutCancel(ctx), display)
	if err != nil {
		return Seen{}, err
	}
	defer c.Close()
	eye := Look(c)
	var seen Seen
	var last string
	var began [3]bool
	for ctx.Err() == nil {
		seen.Looks++
		fault := func(strip int, format string, args ...any) {
			seen.Faults = append(seen.Faults, fmt.Sprintf("look %d, strip %d: %s", seen.Looks, strip, fmt.Sprintf(format, args...)))
		}
		for i := range 3 {
			x := area.Min.X + area.Dx()*(2*i+1)/6
			m, err := eye.See(image.Rect(x, area.Min.Y, x+8, area.Max.Y)) // one answer, of one moment
			if err != nil {
				return seen, err
			}
			if i == 1 && string(m.Pix) != last {
				seen.Pictures++
				last = string(m.Pix)
			}
			backs, plain := colours(m)
			switch {
			case backs == len(m.Pix)/4 && began[i]:
				fault(i, "the window is gone")
			case backs == len(m.Pix)/4:
				continue
			case backs > 0:
				fault(i, "%d pixels of the empty screen", backs)
			case plain && (m.Pix[0] < 8 || m.Pix[0] > 247):
				fault(i, "nothing but %v", m.RGBAAt(m.Rect.Min.X, m.Rect.Min.Y))
			}
			began[i] = true
		}
	}
	return seen, nil
}

// colours counts the pixels of the empty screen and tells whether all are alike.
func colours(m *image.RGBA) (backs int, plain bool) {
	plain = true
	for i := 0; i < len(m.Pix); i += 4 {
		if m.Pix[i] == Backdrop.R && m.Pix[i+1] == Backdrop.G && m.Pix[i+2] == Backdrop.B {
			backs++
		}
		plain = plain && m.Pix[i] == m.Pix[0] && m.Pix[i+1] == m.Pix[1] && m.Pix[i+2] == m.Pix[2]
	}
	return backs, plain
}

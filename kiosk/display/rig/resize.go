package rig

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"

	"mingbai/kiosk/display/x11"
)

// Resize changes the mode of a server's first monitor to one of the given size,
// as plugging in another panel does. Servers started with Xorg know the usual
// sizes below their own.
func Resize(ctx context.Context, display string, size image.Point) error {
	const (
		queryVersion, setConfig, getInfo = 0, 2, 5

		upright = 1
	)
	c, err := x11.Open(ctx, display)
	if err != nil {
		return err
	}
	defer c.Close()
	e, err := c.Extension("RANDR")
	if err != nil {
		return err
	}
	// A client that does not say so is taken for one of the first version.
	if _, err := c.Ask(e.Major, queryVersion, x11.Words(1, 5)); err != nil {
		return err
	}
	r, err := c.Ask(e.Major, getInfo, x11.Words(c.Screen.Root))
	if err != nil {
		return fmt.Errorf("asking for the screen's sizes: %w", err)
	}
	n := int(binary.LittleEndian.Uint16(r[20:]))
	for i := range n {
		at := r[32+8*i:]
		if len(at) < 8 || image.Pt(int(binary.LittleEndian.Uint16(at)), int(binary.LittleEndian.Uint16(at[2:]))) != size {
			continue
		}
		b := x11.Words(c.Screen.Root, binary.LittleEndian.Uint32(r[12:]), binary.LittleEndian.Uint32(r[16:]))
		r, err := c.Ask(e.Major, setConfig, append(b, x11.Halves(i, upright, 0, 0)...))
		if err != nil {
			return fmt.Errorf("resizing the screen: %w", err)
		}
		if r[1] != 0 {
			return fmt.Errorf("resizing the screen: the server answers %d", r[1])
		}
		return nil
	}
	return fmt.Errorf("the screen has no mode of %v", size)
}

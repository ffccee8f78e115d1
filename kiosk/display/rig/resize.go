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

// Beside splits the screen of a server that was started with Xorg into two monitors
// of that size, the second one to the right of the first, and returns their names.
// The screen must be twice as wide, and the size a usual one.
func Beside(ctx context.Context, display string, size image.Point) (left, right string, err error) {
	const (
		queryVersion, getResources, getOutput, addMode, setCrtc = 0, 8, 9, 18, 21

		upright = 1
	)
	c, err := x11.Open(ctx, display)
	if err != nil {
		return "", "", err
	}
	defer c.Close()
	e, err := c.Extension("RANDR")
	if err != nil {
		return "", "", err
	}
	if _, err := c.Ask(e.Major, queryVersion, x11.Words(1, 5)); err != nil {
		return "", "", err
	}
	le := binary.LittleEndian
	r, err := c.Ask(e.Major, getResources, x11.Words(c.Screen.Root))
	if err != nil {
		return "", "", fmt.Errorf("asking for the monitors: %w", err)
	}
	crtcs, outputs, modes := int(le.Uint16(r[16:])), int(le.Uint16(r[18:])), int(le.Uint16(r[20:]))
	if crtcs < 2 || outputs < 2 {
		return "", "", fmt.Errorf("the server has %d outputs, two are needed", outputs)
	}
	word := func(i int) uint32 { return le.Uint32(r[32+4*i:]) }
	mode := uint32(0)
	for i := range modes {
		m := r[32+4*(crtcs+outputs)+32*i:]
		if image.Pt(int(le.Uint16(m[4:])), int(le.Uint16(m[6:]))) == size {
			mode = le.Uint32(m)
		}
	}
	if mode == 0 {
		return "", "", fmt.Errorf("the server has no mode of %v", size)
	}
	var names [2]string
	for i := range names {
		crtc, output := word(i), word(crtcs+i)
		if err := c.Send(e.Major, addMode, x11.Words(output, mode)); err != nil {
			return "", "", err
		}
		b := x11.Words(crtc, 0, le.Uint32(r[12:]))
		b = append(b, x11.Halves(i*size.X, 0)...)
		b = append(b, x11.Words(mode)...)
		b = append(append(b, x11.Halves(upright, 0)...), x11.Words(output)...)
		set, err := c.Ask(e.Major, setCrtc, b)
		if err != nil {
			return "", "", fmt.Errorf("setting monitor %d: %w", i, err)
		}
		if set[1] != 0 {
			return "", "", fmt.Errorf("setting monitor %d: the server answers %d", i, set[1])
		}
		info, err := c.Ask(e.Major, getOutput, x11.Words(output, le.Uint32(r[12:])))
		if err != nil {
			return "", "", fmt.Errorf("asking for monitor %d: %w", i, err)
		}
		// crtcs, modes and clones lie before the name
		at := 36 + 4*(int(le.Uint16(info[26:]))+int(le.Uint16(info[28:]))+int(le.Uint16(info[32:])))
		names[i] = string(info[at:][:le.Uint16(info[34:])])
	}
	// The driver connects an output with its first mode, and the server finds out
	// when it is asked to look.
	if _, err := c.Ask(e.Major, getResources, x11.Words(c.Screen.Root)); err != nil {
		return "", "", fmt.Errorf("asking for the monitors: %w", err)
	}
	return names[0], names[1], nil
}

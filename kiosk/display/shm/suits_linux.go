package shm

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"mingbai/kiosk/display/x11"
)

// Works returns why this package cannot present on a display, nil if it can.
// display is as in $DISPLAY.
func Works(ctx context.Context, display string) error {
	a, err := x11.ParseDisplay(display)
	if err != nil {
		return err
	}
	if a.Host != "" {
		return errors.New("the X server is on another machine")
	}
	c, err := x11.Open(ctx, display)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Limit(); err != nil {
		return err
	}
	if !c.Screen.Plain32() {
		return fmt.Errorf("the screen has pixels of depth %d", c.Screen.Depth)
	}
	e, err := shmExtension(c)
	if err != nil {
		return err
	}
	// The kernel or the server may refuse what both know how to do.
	m, err := share(c, e, image.Pt(8, 8))
	if err != nil {
		return err
	}
	defer m.release(c, e)
	return c.Sync()
}

// Suits reports whether presenting by shared memory is the better way on a
// display, and why: it works there, and OpenGL would be computed by the
// processor. OpenGL reaches a graphics card when the kernel has a device for
// rendering and the server offers direct rendering on it, or when the server
// has the proprietary extension of a card that does both on its own.
func Suits(ctx context.Context, display string) (bool, string) {
	if err := Works(ctx, display); err != nil {
		return false, "shared memory cannot be used: " + err.Error()
	}
	if os.Getenv("LIBGL_ALWAYS_SOFTWARE") == "1" {
		return true, "OpenGL is told to use the processor"
	}
	nodes, err := filepath.Glob(renderNodes)
	if err != nil || len(nodes) == 0 {
		nodes = nil
	}
	c, err := x11.Open(ctx, display)
	if err != nil {
		return false, err.Error()
	}
	defer c.Close()
	if err := c.Limit(); err != nil {
		return false, err.Error()
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if _, err := c.Extension(n); err == nil {
				return true
			}
		}
		return false
	}
	switch {
	case has("NV-GLX"):
		return false, "the X server has a graphics card of its own kind"
	case len(nodes) == 0:
		return true, "the machine has no graphics card"
	case !has("DRI3", "DRI2"):
		return true, "the X server does not use the graphics card"
	}
	return false, "the machine has a graphics card"
}

// renderNodes are the kernel's devices for rendering.
const renderNodes = "/dev/dri/renderD*"

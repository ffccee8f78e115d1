// Package rig is what tests of presenters drive real windows with: X servers of
// their own, the pixels that are really on the screen, and fingers.
//
// It is for tests only. A server that cannot be started fails the test that
// asked for it: cmd/check installs what is needed.
package rig

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mingbai/kiosk/display/x11"
)

// Xvfb starts a virtual screen of the given size for the test and returns its
// name as in $DISPLAY.
func Xvfb(t testing.TB, size image.Point) string {
	t.Helper()
	return start(t, "Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-noreset",
		"-screen", "0", fmt.Sprintf("%dx%dx24", size.X, size.Y))
}

// start runs an X server until the test ends.
func start(t testing.TB, name string, args ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(name, args...)
	cmd.ExtraFiles = []*os.File{w}
	var said strings.Builder
	cmd.Stderr = &said
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatalf("starting an X server (apt-get install xvfb xserver-xorg-core xserver-xorg-video-dummy): %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		gone := time.AfterFunc(3*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // it was told to end
		gone.Stop()
	})
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%s ended before it was ready: %v\n%s", name, err, said.String())
	}
	return ":" + strings.TrimSpace(line)
}

// Eye sees what is on a screen, from outside the programs that draw there.
type Eye struct{ c *x11.Conn }

// NewEye opens an eye on a display until the test ends.
func NewEye(t testing.TB, display string) *Eye {
	t.Helper()
	c, err := x11.Open(context.WithoutCancel(t.Context()), display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &Eye{c: c}
}

// Look returns an eye that uses a connection of somebody else.
func Look(c *x11.Conn) *Eye { return &Eye{c: c} }

// Size is the screen's.
func (e *Eye) Size() image.Point { return image.Pt(e.c.Screen.Width, e.c.Screen.Height) }

// See returns the pixels of a part of the screen. The answer is limited by the
// protocol, so large parts are read in strips.
func (e *Eye) See(area image.Rectangle) (*image.RGBA, error) {
	const getImage, zPixmap, allPlanes = 73, 2, 0xffffffff
	m := image.NewRGBA(area)
	step := max(1, (900<<10)/(area.Dx()*4))
	for y := area.Min.Y; y < area.Max.Y; y += step {
		h := min(step, area.Max.Y-y)
		b := append(x11.Words(e.c.Screen.Root), x11.Halves(area.Min.X, y, area.Dx(), h)...)
		r, err := e.c.Ask(getImage, zPixmap, append(b, x11.Words(allPlanes)...))
		if err != nil {
			return nil, err
		}
		if n := int(binary.LittleEndian.Uint32(r[4:])) * 4; n < area.Dx()*h*4 {
			return nil, fmt.Errorf("the server gave %d bytes of an image", n)
		}
		pix := r[32:]
		out := m.Pix[(y-area.Min.Y)*m.Stride:]
		for i := 0; i < area.Dx()*h*4; i += 4 {
			out[i], out[i+1], out[i+2], out[i+3] = pix[i+2], pix[i+1], pix[i], 255
		}
	}
	return m, nil
}

package rig

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mingbai/kiosk/display/x11"
	"mingbai/kiosk/display/xinput"
	"mingbai/playlist/scene"
)

// CPU is the processor time that this process has used.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Memory returns the resident and the proportional size of this process in
// bytes, as the kernel counts them.
func Memory() (rss, pss int64) {
	f, err := os.Open("/proc/self/smaps_rollup")
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "Rss":
			rss = kb << 10
		case "Pss":
			pss = kb << 10
		}
	}
	return rss, pss
}

// Floor is the processor time that copying a frame of the size of Panel once
// takes here and now.
func Floor() time.Duration {
	a, b := make([]uint8, Panel.X*Panel.Y*4), make([]uint8, Panel.X*Panel.Y*4)
	copy(a, b)
	const times = 60
	start := CPU()
	for range times {
		copy(a, b)
	}
	return (CPU() - start) / times
}

// Flash is a frame of the size of Panel that tells whether it was touched: list
// rows, and a card in the middle that is light or dark.
func Flash(touched bool) *scene.Frame {
	f := List(0)
	c := color.RGBA{250, 250, 250, 255}
	if touched {
		c = color.RGBA{40, 40, 40, 255}
	}
	f.Ops = append(f.Ops, scene.Op{Kind: scene.OpFill, Dst: image.Rect(200, 900, 880, 1100), Color: c})
	return f
}

// Taps presses and lets go the mouse n times in the middle of a window of the
// size of Panel that lies at origin and shows Flash, and returns how long after
// each press its pixels on the screen were other ones.
func Taps(ctx context.Context, display string, origin image.Point, n int) ([]time.Duration, error) {
	c, err := xinput.Open(ctx, display)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	hand, err := xinput.NewHand(c)
	if err != nil {
		return nil, err
	}
	x, err := x11.Open(ctx, display)
	if err != nil {
		return nil, err
	}
	defer x.Close()
	eye := Look(x)
	at := image.Pt(Panel.X/2, 1000).Add(origin)
	look := func() (uint8, error) {
		m, err := eye.See(image.Rectangle{at.Add(image.Pt(20, 20)), at.Add(image.Pt(21, 21))})
		if err != nil {
			return 0, err
		}
		return m.Pix[1], nil
	}
	until := func(dark bool) error {
		for ctx.Err() == nil {
			v, err := look()
			if err != nil || (v < 100) == dark {
				return err
			}
		}
		return fmt.Errorf("waiting for the screen to change: %w", ctx.Err())
	}
	if err := hand.Move(at); err != nil {
		return nil, err
	}
	var out []time.Duration
	pause := time.NewTicker(137 * time.Millisecond)
	defer pause.Stop()
	for range n {
		<-pause.C
		start := time.Now()
		if err := hand.Press(); err != nil {
			return nil, err
		}
		if err := until(true); err != nil {
			return nil, err
		}
		out = append(out, time.Since(start))
		if err := hand.Release(); err != nil {
			return nil, err
		}
		if err := until(false); err != nil {
			return nil, err
		}
	}
	return out, nil
}

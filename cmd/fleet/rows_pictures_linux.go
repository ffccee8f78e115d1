package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"mingbai/assets/rendition"
	"mingbai/cmd/internal/machine"
)

var vipsNeed = machine.Need{Package: "libvips-tools", Why: "vipsthumbnail, the fastest way to make pictures smaller, with which ours is compared", Probe: "/usr/bin/vipsthumbnail"}

// photograph is a JPEG of twelve megapixels that is the same on every machine: soft
// light, the noise of a sensor, and edges as of letters.
func photograph() ([]byte, error) {
	const w, h = 4000, 3000
	rnd := rand.New(rand.NewPCG(12, 1))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			n := rnd.IntN(13) - 6
			r := 90 + 80*math.Sin(float64(x)/310)*math.Cos(float64(y)/210)
			g := 120 + float64(y)*90/h
			b := 200 - float64(x)*120/w
			if (x/40+y/60)%17 == 0 && x%40 < 24 && (x*7+y*3)%11 < 6 && y%60 < 40 { // strokes
				r, g, b = 20, 20, 30
			}
			at := func(v float64) uint8 { return uint8(max(0, min(255, int(v)+n))) }
			m.SetRGBA(x, y, color.RGBA{at(r), at(g), at(b), 255})
		}
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 90})
	return out.Bytes(), err
}

// ownTime is the processor time of this process.
func ownTime() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}

// pictures makes a photograph of twelve megapixels fit a screen of 1920 by 1080, in
// turn with vipsthumbnail.
func pictures(ctx context.Context, m *Bench) ([]Row, error) {
	src, err := photograph()
	if err != nil {
		return nil, err
	}
	dir, err := m.folder("pictures")
	if err != nil {
		return nil, err
	}
	in, out := filepath.Join(dir, "in.jpg"), filepath.Join(dir, "out.jpg")
	if err := os.WriteFile(in, src, 0o600); err != nil {
		return nil, err
	}
	if err := m.Install(ctx, vipsNeed); err != nil {
		return nil, fmt.Errorf("vipsthumbnail cannot be had, and there is no other floor: %w", err)
	}
	var ours, theirs []float64
	var made rendition.Rendition
	for k := range m.Rounds(9) + 1 {
		took, err := costOf(ownTime, func() error {
			all, err := rendition.Render(src, []image.Point{{X: 1920, Y: 1080}})
			if err == nil {
				made = all[0]
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		cmd := exec.CommandContext(ctx, vipsNeed.Probe, in, "--size", "1920x1080", "-o", out+"[Q=85]")
		if said, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("vipsthumbnail: %w: %s", err, said)
		}
		if k > 0 { // the first is to warm up
			ours, theirs = append(ours, ms(took)), append(theirs, ms(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()))
		}
	}
	other, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	likeness, err := psnr(made.Data, other)
	if err != nil {
		return nil, err
	}
	row := Row{
		Name: "12-megapixel JPEG to 1080p: CPU", Unit: "ms", Ours: median(ours), Floor: median(theirs), FloorIs: "vipsthumbnail with quality 85, its start included", Target: 1.5, Of: ofRatio,
		Note: fmt.Sprintf("Median of %d. Ours has %d by %d pixels and is like vipsthumbnail's by %.1f dB (PSNR over red, green and blue).", len(ours), made.Width, made.Height, likeness),
	}
	return []Row{row, {Name: "the same: what is missing to 38 dB of likeness", Unit: "dB", Ours: max(0, leastLikeness-likeness), Target: 0.001, Of: ofValue}}, nil
}

// leastLikeness is how like two renditions have to be, in dB.
const leastLikeness = 38

// psnr is the peak signal-to-noise ratio of two JPEGs of one size, in dB.
func psnr(a, b []byte) (float64, error) {
	x, err := jpeg.Decode(bytes.NewReader(a))
	if err != nil {
		return 0, err
	}
	y, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return 0, err
	}
	if x.Bounds() != y.Bounds() {
		return 0, errors.New("the pictures have different sizes")
	}
	var sum, n float64
	for j := range x.Bounds().Dy() {
		for i := range x.Bounds().Dx() {
			r, g, b, _ := x.At(i, j).RGBA()
			r2, g2, b2, _ := y.At(i, j).RGBA()
			for _, d := range [...]int{int(r>>8) - int(r2>>8), int(g>>8) - int(g2>>8), int(b>>8) - int(b2>>8)} {
				sum += float64(d * d)
				n++
			}
		}
	}
	if sum == 0 {
		return math.Inf(1), nil
	}
	return 10 * math.Log10(255*255*n/sum), nil
}

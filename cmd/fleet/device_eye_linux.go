package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"image"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"mingbai/cmd/internal/machine"
)

// eye looks at the pixels of a virtual screen where the server keeps them, without
// asking it, so that looking often costs the measured program nothing.
type eye struct {
	mem    []byte
	pix    []byte // blue, green, red and one that says nothing
	stride int
	size   image.Point
	seed   maphash.Seed
}

func openEye(s *machine.Screen) (*eye, error) {
	f, err := os.Open(s.File())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	mem, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	word := func(i int) int { return int(binary.BigEndian.Uint32(mem[4*i:])) }
	e := &eye{mem: mem, seed: maphash.MakeSeed()}
	if len(mem) < 100 || word(11) != 32 { // the dump's head, X11/XWDFile.h
		return nil, errors.Join(errors.New("the virtual screen has no pixels of 32 bits"), e.close())
	}
	e.size, e.stride = image.Pt(word(4), word(5)), word(12)
	from := word(0) + 12*word(19)
	if from+e.stride*e.size.Y > len(mem) {
		return nil, errors.Join(errors.New("the dump of the virtual screen ends early"), e.close())
	}
	e.pix = mem[from:]
	return e, nil
}

func (e *eye) close() error { return unix.Munmap(e.mem) }

// lookEvery is how often the eye looks while it waits.
const lookEvery = time.Millisecond

// strips sums up a few columns of pixels between two rows, without those in apart.
func (e *eye) strips(from, to int, apart image.Rectangle) uint64 {
	var h maphash.Hash
	h.SetSeed(e.seed)
	for x := 61; x < e.size.X; x += 137 {
		for y := from; y < to; y += 2 {
			if !(image.Point{X: x, Y: y}).In(apart) {
				at := y*e.stride + 4*x
				h.Write(e.pix[at : at+3])
			}
		}
	}
	return h.Sum64()
}

// like is the share of the pixels of a grid that are about those of m.
func (e *eye) like(m *image.RGBA) float64 {
	same, all := 0, 0
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 24 }
	for y := 5; y < e.size.Y; y += 11 {
		for x := 3; x < e.size.X; x += 11 {
			s, o := e.pix[y*e.stride+4*x:], m.Pix[m.PixOffset(x, y):]
			if near(s[0], o[2]) && near(s[1], o[1]) && near(s[2], o[0]) {
				same++
			}
			all++
		}
	}
	return float64(same) / float64(all)
}

// alike is how much of a page must be as it should be. The rest is for the minute in
// the header, which may have changed.
const alike = 0.995

// reached is how much of a page must be there for it to count as the one that was
// opened: the mirror has no voice and no printer, whose buttons differ.
const reached = 0.97

// until waits for something to be seen and says when it was.
func (e *eye) until(ctx context.Context, what string, within time.Duration, ok func() bool) (time.Time, error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	late := time.NewTimer(within)
	defer late.Stop()
	for {
		if ok() {
			return time.Now(), nil
		}
		select {
		case <-tick.C:
		case <-late.C:
			return time.Time{}, fmt.Errorf("%s was not seen within %s", what, within)
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
}

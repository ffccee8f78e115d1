package machine

import (
	"encoding/binary"
	"image/color"
	"testing"
)

// dump makes a small X window dump.
func dump(width, height int, pixel func(x, y int) uint32) []byte {
	h := make([]uint32, 25)
	h[0], h[1], h[2], h[3] = 104, 7, 2, 24
	h[4], h[5], h[11], h[12], h[19] = uint32(width), uint32(height), 32, uint32(4*width), 2
	out := make([]byte, 0, 104+24+4*width*height)
	for _, v := range h {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	out = append(out, make([]byte, 4+24)...) // the window's name and two colours
	for y := range height {
		for x := range width {
			out = binary.LittleEndian.AppendUint32(out, pixel(x, y))
		}
	}
	return out
}

func TestDecodeXWD(t *testing.T) {
	img, err := decodeXWD(dump(3, 2, func(x, y int) uint32 { return uint32(x*0x10+y)<<16 | 0x2030 }))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.RGBAAt(2, 1), (color.RGBA{0x21, 0x20, 0x30, 255}); got != want {
		t.Errorf("pixel (2,1) is %v, want %v", got, want)
	}
}

func FuzzDecodeXWD(f *testing.F) {
	good := dump(3, 2, func(int, int) uint32 { return 0 })
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if img, err := decodeXWD(data); err == nil && len(img.Pix) > len(data) {
			t.Errorf("%d bytes became %d", len(data), len(img.Pix))
		}
	})
}

package pixel_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"image"
	"image/color"
	"net/netip"
	"strings"
	"testing"

	"mingbai/configs"
	"mingbai/playlist/scene"
)

// TestDDPPacketsByHand holds packets against bytes written down from the
// specification (3waylabs.com/ddp, 2022-09-05). Neither Wireshark nor Debian has a
// decoder of this protocol, so the bytes are the witness: a board of 481 dots is
// one full packet of 480 and one more dot that pushes.
func TestDDPPacketsByHand(t *testing.T) {
	for _, c := range []struct {
		name, colours string
		channel       int
		want          []string // header and first channels, in the order of sending
	}{
		{"rgb", "rgb", 1, []string{
			"40 00 0b 01 00000000 05a0 c86432", // version 1; RGB of 8 bits; output 1; offset 0; 1440 bytes
			"41 00 0b 01 000005a0 0003 0a141e", // and push
		}},
		{"grb behind 100 others", "grb", 301, []string{
			"40 00 0b 01 0000012c 05a0 64c832",
			"41 00 0b 01 000006cc 0003 140a1e",
		}},
		{"rgbw", "rgbw", 1, []string{
			"40 00 1b 01 00000000 05a0 96320032",
			"41 00 1b 01 000005a0 01e4 0000000a", // dots 361 to 481, beginning with a grey one
		}},
		{"one colour", "w", 1, []string{
			"41 00 23 01 00000000 01e1 c8", // all 481 in one
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w wire
			to := w.listen(t, "127.0.0.1:0")
			cfg := settings(t, image.Pt(481, 16), func(o *configs.Output) {
				o.Protocol, o.Address, o.Colours, o.Channel = configs.DDP, to.String(), c.colours, c.channel
				o.Parts = []configs.OutputPart{{Height: 1}}
			})
			f := &scene.Frame{Size: image.Pt(481, 16), Ground: color.RGBA{10, 10, 10, 255}, Ops: []scene.Op{
				{Kind: scene.OpFill, Dst: image.Rect(0, 0, 1, 1), Color: color.RGBA{0xc8, 0x64, 0x32, 255}},
				{Kind: scene.OpFill, Dst: image.Rect(480, 0, 481, 1), Color: color.RGBA{10, 20, 30, 255}},
			}}
			play(t, cfg, f)
			got := w.close()
			if len(got) < len(c.want) {
				t.Fatalf("%d packets came, want %d", len(got), len(c.want))
			}
			for i, want := range c.want {
				b, err := hex.DecodeString(strings.ReplaceAll(want, " ", ""))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.HasPrefix(got[i].data, b) {
					t.Errorf("packet %d begins\n%x, want\n%x", i, got[i].data[:min(len(b), len(got[i].data))], b)
				}
				if length := int(binary.BigEndian.Uint16(b[8:])); len(got[i].data) != 10+length {
					t.Errorf("packet %d has %d bytes, want %d", i, len(got[i].data), 10+length)
				}
			}
		})
	}
}

// TestDDPFillsTheMemoryOfControllers reads every layout as a receiver does: bytes
// at offsets, shown when a packet pushes.
func TestDDPFillsTheMemoryOfControllers(t *testing.T) {
	t.Parallel()
	proofs, all := sendAll(t, configs.DDP, func(*configs.Output) {})
	memory, shown := map[netip.AddrPort][]byte{}, map[netip.AddrPort][]byte{}
	for _, d := range all {
		b := d.data
		at, n := int(binary.BigEndian.Uint32(b[4:])), int(binary.BigEndian.Uint16(b[8:]))
		if b[0]&^1 != 0x40 || b[3] != 1 || n != len(b)-10 || n > 1440 {
			t.Fatalf("the header is %x with %d bytes behind it", b[:10], len(b)-10)
		}
		m := memory[d.to]
		if len(m) < at+n {
			m = append(m, make([]byte, at+n-len(m))...)
		}
		copy(m[at:], b[10:])
		memory[d.to] = m
		if b[0]&1 == 1 {
			shown[d.to] = append([]byte(nil), m...)
		}
	}
	for _, p := range proofs {
		channel := map[netip.AddrPort]int{}
		for _, part := range p.cfg.Placed(p.want.Rect.Size()) {
			at, ok := channel[part.To]
			if !ok {
				at = p.cfg.Channel - 1
			}
			for i := range part.Dots() {
				dot := walk(part, i)
				lamp := lamps(p.want.RGBAAt(dot.X, dot.Y), part.Colours)
				if m := shown[part.To]; at+len(lamp) > len(m) || !bytes.Equal(m[at:at+len(lamp)], lamp) {
					t.Fatalf("%s: dot %v should be %v at byte %d of %v, which has %d", p.name, dot, lamp, at, part.To, len(m))
				}
				at += len(lamp)
			}
			channel[part.To] = at
		}
	}
}

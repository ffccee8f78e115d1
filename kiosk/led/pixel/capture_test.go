package pixel_test

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/kiosk/led/pixel"
	"mingbai/playlist"
	"mingbai/playlist/scene"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// datagram is what arrived at a controller.
type datagram struct {
	from, to netip.AddrPort
	data     []byte
	at       time.Time
}

// wire collects the datagrams that arrive at some addresses of the loopback.
type wire struct {
	conns []*net.UDPConn
	done  sync.WaitGroup

	mu  sync.Mutex // guards got
	got []datagram
}

func (w *wire) listen(t *testing.T, at string) netip.AddrPort {
	t.Helper()
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at)))
	if err != nil {
		t.Fatal(err)
	}
	to := c.LocalAddr().(*net.UDPAddr).AddrPort()
	w.take(c, to)
	return to
}

func (w *wire) take(c *net.UDPConn, to netip.AddrPort) {
	_ = c.SetReadBuffer(4 << 20) // as much as the system grants
	w.conns = append(w.conns, c)
	w.done.Go(func() {
		b := make([]byte, 65536)
		for more := 0; ; more++ {
			n, from, err := c.ReadFromUDPAddrPort(b)
			if errors.Is(err, os.ErrDeadlineExceeded) && more < 3 {
				// A busy machine may have looked when the time was over already.
				_ = c.SetReadDeadline(time.Now().Add(100 << more * time.Millisecond))
				continue
			}
			if err != nil {
				return
			}
			more = -1
			w.mu.Lock()
			w.got = append(w.got, datagram{from, to, append([]byte(nil), b[:n]...), time.Now()})
			w.mu.Unlock()
		}
	})
}

// close returns what arrived, once nothing more comes.
func (w *wire) close() []datagram {
	for _, c := range w.conns {
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	}
	w.done.Wait()
	for _, c := range w.conns {
		_ = c.Close()
	}
	return w.got
}

// save writes the datagrams as a capture of raw IPv4 packets (pcap, link type 101).
func save(t *testing.T, all []datagram) string {
	t.Helper()
	le, be := binary.LittleEndian, binary.BigEndian
	out := le.AppendUint32(nil, 0xa1b2c3d4)
	out = le.AppendUint16(le.AppendUint16(out, 2), 4)
	out = append(out, make([]byte, 8)...)
	out = le.AppendUint32(le.AppendUint32(out, 65535), 101)
	for _, d := range all {
		size := uint32(20 + 8 + len(d.data))
		out = le.AppendUint32(out, uint32(d.at.Unix()))
		out = le.AppendUint32(out, uint32(d.at.Nanosecond()/1000))
		out = le.AppendUint32(le.AppendUint32(out, size), size)
		from, to := d.from.Addr().Unmap().As4(), d.to.Addr().Unmap().As4()
		out = be.AppendUint16(append(out, 0x45, 0), uint16(size))
		out = append(out, 0, 0, 0, 0, 64, 17, 0, 0)
		out = append(append(out, from[:]...), to[:]...)
		out = be.AppendUint16(be.AppendUint16(out, d.from.Port()), d.to.Port())
		out = be.AppendUint16(be.AppendUint16(out, uint16(8+len(d.data))), 0)
		out = append(out, d.data...)
	}
	file := filepath.Join(t.TempDir(), "capture.pcap")
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// noise is a frame of dots that have nothing to do with each other.
func noise(size image.Point, seed uint64) *scene.Frame {
	r := rand.New(rand.NewPCG(seed, 7))
	b := &scene.Bitmap{W: size.X, H: size.Y, Pix: make([]uint8, 4*size.X*size.Y)}
	for i := range b.Pix {
		b.Pix[i] = uint8(r.IntN(256))
		if i%4 == 3 {
			b.Pix[i] = 255
		}
	}
	return &scene.Frame{Size: size, Ground: color.RGBA{A: 255}, Ops: []scene.Op{
		{Kind: scene.OpImage, Dst: image.Rectangle{Max: size}, Image: b},
	}}
}

// with adds a mark to a frame.
func with(f *scene.Frame, r image.Rectangle, c color.RGBA) *scene.Frame {
	g := *f
	g.Ops = append(append([]scene.Op(nil), f.Ops...), scene.Op{Kind: scene.OpFill, Dst: r, Color: c})
	return &g
}

func painted(f *scene.Frame) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(m, f)
	return m
}

// settings returns those of a board with the defaults and some changes, after the
// check that every file goes through.
func settings(t *testing.T, board image.Point, change func(*configs.Output)) configs.Output {
	t.Helper()
	s := configs.DefaultScreen(playlist.LED)
	s.Data = t.TempDir()
	s.Panel = playlist.Panel{Width: board.X, Height: board.Y, WidthMM: 10 * board.X, HeightMM: 10 * board.Y}
	change(&s.Output)
	if got := s.Check(playlist.LED); configs.Fatal(got) {
		t.Fatalf("the settings are not sane: %v", got)
	}
	return s.Output
}

var source = pixel.Source{CID: [16]byte{0x6d, 0x69, 0x6e, 0x67, 4: 0xba, 6: 0x81, 8: 0x92, 15: 7}, Name: "明白 东门"}

// play shows frames one after the other, each until it was sent with its copies,
// and ends the output.
func play(t *testing.T, cfg configs.Output, frames ...*scene.Frame) pixel.Report {
	t.Helper()
	o, err := pixel.New(cfg, frames[0].Size, source, quiet)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { o.Run(ctx) })
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i, f := range frames {
		o.Show(f)
		for range tick.C {
			if o.Report().Frames >= 3*(i+1) {
				break
			}
			if t.Context().Err() != nil {
				t.Fatal("the frame was never sent")
			}
		}
	}
	cancel()
	wg.Wait()
	return o.Report()
}

// lamps is what the channels of a dot must be by the settings that leave colours
// as they are.
func lamps(c color.RGBA, colours string) []byte {
	var out []byte
	w := byte(0)
	if len(colours) == 4 {
		w = min(c.R, c.G, c.B)
	}
	for _, k := range colours {
		switch {
		case colours == "w":
			out = append(out, max(c.R, c.G, c.B))
		case k == 'r':
			out = append(out, c.R-w)
		case k == 'g':
			out = append(out, c.G-w)
		case k == 'b':
			out = append(out, c.B-w)
		case k == 'w':
			out = append(out, w)
		}
	}
	return out
}

package pixel

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/playlist/scene"
)

// BenchmarkFrame is a whole picture, every dot of it new, painted, turned into
// packets and sent over the loopback to nobody who reads. The ratio is to the
// floor: the picture's bytes copied once into packets, and one send for each.
func BenchmarkFrame(b *testing.B) {
	for _, size := range []image.Point{{384, 128}, {1920, 540}} {
		for _, protocol := range []configs.Protocol{configs.DDP, configs.E131, configs.ArtNet} {
			b.Run(fmt.Sprintf("%dx%d/%s", size.X, size.Y, protocol), func(b *testing.B) { frameBench(b, size, protocol) })
		}
	}
}

func frameBench(b *testing.B, size image.Point, protocol configs.Protocol) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	cfg := defaults(protocol, conn.LocalAddr().String())
	cfg.Wiring = configs.Serpentine
	o, err := New(cfg, size, Source{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		for _, l := range o.links {
			l.close()
		}
	}()
	var frames [2]*scene.Frame
	for i := range frames {
		frames[i] = &scene.Frame{Size: size, Ground: color.RGBA{uint8(1 + i), 2, 3, 255}}
	}
	floor := floorOf(b, o, conn.LocalAddr().(*net.UDPAddr))
	b.ReportAllocs()
	b.ResetTimer()
	i := 0
	for b.Loop() {
		i++
		o.Show(frames[i%2])
		o.turn(context.Background(), begin.Add(time.Duration(i)*25*time.Millisecond))
	}
	perFrame := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(perFrame)/float64(floor), "ratio")
	b.ReportMetric(float64(len(o.parts[0].packets)), "packets/frame")
}

// floorOf is how long copying the picture and sending as many packets of the same
// size takes, the best of some.
func floorOf(b *testing.B, o *Output, to *net.UDPAddr) time.Duration {
	conn, err := net.DialUDP("udp4", nil, to)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	best := time.Hour
	for range 10 {
		start := time.Now()
		pix := o.picture.Pix
		for _, k := range o.parts[0].packets {
			copy(k.payload, pix)
			pix = pix[min(len(pix), 4*len(k.payload)/3):]
			if _, err := conn.Write(k.buf); err != nil {
				b.Fatal(err)
			}
		}
		best = min(best, time.Since(start))
	}
	return best
}

package shm

import (
	"image"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/kiosk"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/led"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// gate is a device with a library whose time begins when it is made.
type gate struct {
	lib   *playlist.Library
	began time.Time
}

func (g gate) Status() kiosk.Status {
	now := time.Now()
	return kiosk.Status{Library: g.lib, Enrolled: true, Read: now, Moment: schedule.Sure(specimen.Now().Now.Add(now.Sub(g.began)))}
}

func (g gate) Lit(int) bool                           { return false }
func (g gate) Showed(wire.Showing, ...wire.Showing)   {}
func (g gate) Blob(assets.Ref, int64) ([]byte, error) { return nil, assets.ErrNotFound }

// counted is a board's program that counts its frames.
type counted struct {
	player.Program
	*program
	last  *scene.Frame
	moved int
}

func (c *counted) Step(now time.Time, in []player.Event) (*scene.Frame, time.Time) {
	return c.Program.Step(now, in)
}

func (c *counted) Presented(f *scene.Frame, at time.Time) {
	c.Program.Presented(f, at)
	c.program.get(func() {
		if f != c.last {
			c.moved++
		}
		c.last = f
	})
	c.program.Presented(f, at)
}

// BenchmarkBoard is a board with a passing line below its notices, and one on
// which nothing moves: processor time of this process for a frame, and for a
// second.
func BenchmarkBoard(b *testing.B) {
	for _, c := range []struct {
		name string
		size image.Point
		line int // dots of the passing line; 0 is none
	}{
		{"192x64", image.Pt(192, 64), 16}, {"1920x540", image.Pt(1920, 540), 24},
		{"192x64 still", image.Pt(192, 64), 0}, {"1920x540 still", image.Pt(1920, 540), 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			panel := playlist.Panel{Width: c.size.X, Height: c.size.Y, WidthMM: c.size.X * 10, HeightMM: c.size.Y * 10, Colours: playlist.FullColour}
			s := specimen.Settings("hall", panel)
			s.Screen.Kind = playlist.LED
			text := *specimen.Notices()[0]
			if text.ID, text.Issued = "passes", schedule.DateOf(specimen.Now().Now); c.line > 0 {
				wide := min(c.size.X, 480)
				s.Screen.Zones = []playlist.Zone{
					{Kind: playlist.NoticeZone, Width: c.size.X, Height: c.size.Y - c.line - 4},
					{Kind: playlist.TextZone, Y: c.size.Y - c.line, Width: wide, Height: c.line, Column: text.Column},
				}
				for text.LED = ""; len([]rune(text.LED))*c.line < wide+10*c.line; {
					text.LED += "今日多云转晴，最高气温十八度，森林防火期内严禁野外用火，"
				}
			}
			lib, err := specimen.Library(s, &text)
			if err != nil {
				b.Fatal(err)
			}
			p := &counted{Program: led.New(gate{lib, time.Now()}, panel), program: newProgram(nil)}
			display := rig.Xvfb(b, c.size)
			presentProgram(b, Options{Display: display, Width: c.size.X, Height: c.size.Y, Scale: 1, Borderless: true}, p, p.program)
			for b.Loop() {
				pause(time.Second)
				var before, after int
				p.get(func() { before = p.moved })
				start, cpu := time.Now(), rig.CPU()
				pause(4 * time.Second)
				cpu, took := rig.CPU()-cpu, time.Since(start)
				p.get(func() { after = p.moved })
				b.ReportMetric(float64(after-before)/took.Seconds(), "fps")
				b.ReportMetric(100*float64(cpu)/float64(took), "%core")
				if after > before+20 {
					b.ReportMetric(float64(cpu)/float64(after-before)/1e6, "cpu-ms/frame")
				}
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

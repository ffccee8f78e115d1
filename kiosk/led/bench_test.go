package led

import (
	"image"
	"testing"
	"time"

	"mingbai/kiosk"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
)

// benched is a board with notices above and a line that always passes below.
func benched(b *testing.B, width, height, line int) (*Program, *device, playlist.Panel) {
	panel := playlist.Panel{Width: width, Height: height, WidthMM: width * 10, HeightMM: height * 10, Colours: playlist.FullColour}
	s := specimen.Settings("hall", panel)
	s.Screen.Kind = playlist.LED
	text := *specimen.Notices()[0]
	s.Screen.Zones = []playlist.Zone{
		{Kind: playlist.NoticeZone, Width: width, Height: height - line - 4},
		{Kind: playlist.TextZone, Y: height - line, Width: min(width, 480), Height: line, Column: text.Column},
	}
	text.ID, text.Issued = "passes", schedule.DateOf(specimen.Now().Now)
	for text.LED = ""; len([]rune(text.LED))*line < min(width, 480)+10*line; {
		text.LED += "今日多云转晴，最高气温十八度，森林防火期内严禁野外用火，"
	}
	lib, err := specimen.Library(s, &text)
	if err != nil {
		b.Fatal(err)
	}
	d := &device{status: kiosk.Status{Library: lib, Enrolled: true, Online: true}}
	return New(d, panel), d, panel
}

// BenchmarkFrame is one frame of a board with a passing line, from Step to its
// pixels, against copying the pixels of the board once.
func BenchmarkFrame(b *testing.B) {
	for _, c := range []struct {
		name                string
		width, height, line int
	}{{"384x128", 384, 128, 24}, {"1920x540", 1920, 540, 24}} {
		b.Run(c.name, func(b *testing.B) {
			p, d, panel := benched(b, c.width, c.height, c.line)
			picture := image.NewRGBA(image.Rect(0, 0, panel.Width, panel.Height))
			other := image.NewRGBA(picture.Rect)
			now := specimen.Now().Now
			var standing *scene.Frame
			moved := 0
			began := time.Now()
			for b.Loop() {
				d.status.Moment = schedule.Sure(now)
				f, next := p.Step(now, nil)
				if f != standing {
					scene.PaintDamage(picture, standing, f)
					moved++
				}
				standing, now = f, next
			}
			took := time.Since(began)
			if moved < b.N/2 {
				b.Fatalf("only %d of %d frames moved", moved, b.N)
			}
			began = time.Now()
			const copies = 200
			for range copies {
				copy(other.Pix, picture.Pix)
			}
			floor := time.Since(began) / copies
			frame := took / time.Duration(b.N)
			b.ReportMetric(float64(frame)/float64(floor), "ratio")
			b.ReportMetric(float64(frame.Microseconds()), "us/frame")
		})
	}
}

// BenchmarkStill is a Step of a board on which nothing moves, against a look at
// the clock: it happens once a second.
func BenchmarkStill(b *testing.B) {
	lib, err := specimen.Library(specimen.Settings("hall", specimen.Board))
	if err != nil {
		b.Fatal(err)
	}
	d := &device{status: kiosk.Status{Library: lib, Enrolled: true, Online: true, Moment: specimen.Now()}}
	p, now := New(d, specimen.Board), specimen.Now().Now
	p.Step(now, nil)
	began := time.Now()
	for b.Loop() {
		p.Step(now, nil)
	}
	step := time.Since(began) / time.Duration(b.N)
	const looks = 10_000
	began = time.Now()
	for range looks {
		_ = time.Now()
	}
	b.ReportMetric(float64(step)/float64(time.Since(began)/looks), "ratio")
}

package specimen

import (
	"bytes"
	"image"
	"syscall"
	"testing"
	"time"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
)

// film is pages as a finger and a turn of the page move them.
func film(t testing.TB, panelName string) (scrolls, slides [][]*scene.Frame) {
	t.Helper()
	panel := Portrait
	if panelName == "landscape" {
		panel = Landscape
	}
	s := Settings("liuxi", panel)
	lib, err := Library(s, Alert())
	if err != nil {
		t.Fatal(err)
	}
	b := page.New(typeset.Default(), s, Pictures)
	var last *scene.Frame
	for i, v := range Views() {
		f, info := b.Draw(v, lib, Now(), Online())
		if last != nil {
			var slide []*scene.Frame
			d := page.Forward
			if i%2 == 0 {
				d = page.Backward
			}
			for k := range 12 {
				slide = append(slide, page.Slide(last, f, info.Page, d, float64(k)/11))
			}
			slides = append(slides, slide)
		}
		last = f
		if info.MaxScroll < 100 {
			continue
		}
		var scroll []*scene.Frame
		v.Moving = true
		at, step := 0, 1
		for range 14 {
			v.Scroll = max(0, min(at, info.MaxScroll))
			f, _ := b.Draw(v, lib, Now(), Online())
			scroll = append(scroll, f)
			at += step
			if step *= -2; step < -90 || step > 90 {
				step = 37
			}
		}
		scrolls = append(scrolls, scroll)
	}
	return scrolls, slides
}

// Whatever a finger does to a real page, copying what moved and painting the
// rest gives the pixels of painting everything.
func TestRealPagesMoveExactly(t *testing.T) {
	panels := []string{"portrait", "landscape"}
	if raceOn {
		panels = panels[:1]
	}
	for _, panel := range panels {
		scrolls, slides := film(t, panel)
		for kind, films := range map[string][][]*scene.Frame{"scroll": scrolls, "slide": slides} {
			if raceOn {
				films = films[:2]
			}
			moved, left, all := 0, 0, 0
			for n, film := range films {
				got := image.NewRGBA(image.Rectangle{Max: film[0].Size})
				want := image.NewRGBA(got.Rect)
				scene.Paint(got, film[0])
				for i := 1; i < len(film); i++ {
					c := scene.Diff(film[i-1], film[i])
					scene.On(got).Apply(c, film[i])
					scene.Paint(want, film[i])
					if !bytes.Equal(got.Pix, want.Pix) {
						t.Fatalf("%s %s %d: frame %d is not what painting it gives (moved %v by %v, painted %v)", panel, kind, n, i, c.Moved, c.By, c.Damage)
					}
					if c.Empty() {
						continue
					}
					all++
					if !c.Moved.Empty() {
						moved++
					}
					for _, r := range c.Damage {
						left += r.Dx() * r.Dy()
					}
				}
			}
			share := float64(left) / float64(all*pixels(films))
			t.Logf("%s %s: %d of %d changes are movements; %.0f %% of the pixels are painted", panel, kind, moved, all, 100*share)
			if moved*10 < all*8 {
				t.Errorf("%s %s: only %d of %d changes were seen as movements", panel, kind, moved, all)
			}
		}
	}
}

func pixels(films [][]*scene.Frame) int { return films[0][0].Size.X * films[0][0].Size.Y }

// BenchmarkScrollPaint is the work of the painter for one frame of a page under
// a finger, against copying the frame once.
func BenchmarkScrollPaint(b *testing.B) {
	scrolls, slides := film(b, "portrait")
	for name, films := range map[string][][]*scene.Frame{"scroll": scrolls, "slide": slides} {
		b.Run(name, func(b *testing.B) {
			img := image.NewRGBA(image.Rectangle{Max: films[0][0].Size})
			floor := make([]uint8, len(img.Pix))
			var compare, paint, copied time.Duration
			n := 0
			for b.Loop() {
				for _, film := range films {
					scene.Paint(img, film[0])
					for i := 1; i < len(film); i++ {
						t0 := processTime()
						c := scene.Diff(film[i-1], film[i])
						t1 := processTime()
						scene.On(img).Apply(c, film[i])
						t2 := processTime()
						copy(floor, img.Pix)
						copied += processTime() - t2
						compare, paint = compare+t1-t0, paint+t2-t1
						n++
					}
				}
			}
			b.ReportMetric(float64(compare.Microseconds())/1000/float64(n), "diff-ms/frame")
			b.ReportMetric(float64(paint.Microseconds())/1000/float64(n), "cpu-ms/frame")
			b.ReportMetric(float64(compare+paint)/float64(copied), "ratio")
		})
	}
}

// BenchmarkFullPaint is the work of painting a whole page, against copying it.
func BenchmarkFullPaint(b *testing.B) {
	all, err := Kept(Portrait)
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range all {
		b.Run(s.Name, func(b *testing.B) {
			img := image.NewRGBA(image.Rectangle{Max: s.Frame.Size})
			floor := make([]uint8, len(img.Pix))
			var paint, copied time.Duration
			n := 0
			for b.Loop() {
				t0 := processTime()
				scene.Paint(img, s.Frame)
				t1 := processTime()
				copy(floor, img.Pix)
				paint, copied = paint+t1-t0, copied+processTime()-t1
				n++
			}
			b.ReportMetric(float64(paint.Microseconds())/1000/float64(n), "cpu-ms/page")
			b.ReportMetric(float64(paint)/float64(copied), "ratio")
		})
	}
}

func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

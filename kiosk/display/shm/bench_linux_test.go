package shm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

func pause(d time.Duration) { <-time.After(d) }

// scrolling moves a list by 9 pixels a frame and asks for as many as it can get.
func scrolling() *program {
	return newProgram(func(now time.Time, n int, _ []player.Event) (*scene.Frame, time.Time) { return rig.List(n * 9), now })
}

// BenchmarkScroll is what one frame of a scrolling list costs at 60 a second,
// against copying the frame once.
func BenchmarkScroll(b *testing.B) {
	for _, c := range []struct {
		name string
		turn mount.Turn
		p    *program
	}{{"upright", 0, scrolling()}, {"turned", 90, scrolling()}, {"real pages", 0, pages(b)}} {
		b.Run(c.name, func(b *testing.B) {
			turn, p := c.turn, c.p
			size := turn.Size(rig.Panel)
			display := rig.Xvfb(b, size)
			present(b, Options{Display: display, Width: rig.Panel.X, Height: rig.Panel.Y, Turn: turn}, p)
			floor := rig.Floor()
			for b.Loop() {
				pause(time.Second)
				var before, after int
				p.get(func() { before = p.presented })
				start, cpu := time.Now(), rig.CPU()
				pause(4 * time.Second)
				cpu, took := rig.CPU()-cpu, time.Since(start)
				p.get(func() { after = p.presented })
				frame := float64(cpu) / float64(after-before)
				b.ReportMetric(float64(after-before)/took.Seconds(), "fps")
				b.ReportMetric(100*float64(cpu)/float64(took), "%core")
				b.ReportMetric(frame/1e6, "cpu-ms/frame")
				b.ReportMetric(frame/float64(floor), "ratio")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// pages scrolls a real column of a thousand guides up and down, laid out anew for
// every frame as the touchscreen does it.
func pages(t testing.TB) *program {
	s := specimen.Settings("liuxi", specimen.Portrait)
	var list []*playlist.Notice
	for _, g := range specimen.Notices() {
		for i := range 1000 {
			if g.ID == specimen.GuideID {
				c := *g
				c.ID, c.Column = playlist.NoticeID(fmt.Sprintf("guide-%d", i)), "medical"
				c.Title = fmt.Sprintf("第 %d 号事项申请", i+1)
				list = append(list, &c)
			}
		}
	}
	lib, err := specimen.Library(s, list...)
	if err != nil {
		t.Fatal(err)
	}
	b := page.New(typeset.Default(), s, specimen.Pictures)
	v := page.View{Kind: page.ColumnPage, Column: "medical", Moving: true}
	step := 9
	return newProgram(func(now time.Time, _ int, _ []player.Event) (*scene.Frame, time.Time) {
		f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		if v.Scroll += step; v.Scroll <= 0 || v.Scroll >= info.MaxScroll {
			step = -step
		}
		return f, now
	})
}

// flashing shows whether a finger is down.
func flashing() *program {
	light, dark := rig.Flash(false), rig.Flash(true)
	down := false
	return newProgram(func(_ time.Time, _ int, input []player.Event) (*scene.Frame, time.Time) {
		for _, e := range input {
			down = e.Kind == player.Down || down && e.Kind != player.Up
		}
		if down {
			return dark, scene.Still
		}
		return light, scene.Still
	})
}

// BenchmarkTap is the time from a press to the first changed pixel on the screen.
func BenchmarkTap(b *testing.B) {
	display := rig.Xvfb(b, rig.Panel)
	present(b, Options{Display: display, Width: rig.Panel.X, Height: rig.Panel.Y}, flashing())
	for b.Loop() {
		taps, err := rig.Taps(b.Context(), display, rig.Panel.Sub(rig.Panel), 20)
		if err != nil {
			b.Fatal(err)
		}
		slices.Sort(taps)
		b.ReportMetric(float64(taps[len(taps)/2].Microseconds())/1000, "median-ms")
		b.ReportMetric(float64(taps[len(taps)-1].Microseconds())/1000, "worst-ms")
		b.ReportMetric(0, "ns/op")
	}
}

// childVariable makes this binary a screen with one still page.
const childVariable = "MINGBAI_SHM_CHILD"

func TestMain(m *testing.M) {
	if born := os.Getenv(childVariable); born != "" {
		os.Exit(child(born))
	}
	os.Exit(m.Run())
}

// child presents a still page and prints what it costs.
func child(born string) int {
	at, err := strconv.ParseInt(born, 10, 64)
	if err != nil {
		return 2
	}
	p := newProgram(func(time.Time, int, []player.Event) (*scene.Frame, time.Time) { return rig.List(0), scene.Still })
	beats := 0
	d, err := New(Options{Width: rig.Panel.X, Height: rig.Panel.Y, Fullscreen: true, HideCursor: true, Watchdog: func() { beats++ }})
	if err != nil {
		return 2
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-p.changed
		first := time.Since(time.Unix(0, at))
		pause(time.Second)
		cpu := rig.CPU()
		pause(10 * time.Second)
		cpu = rig.CPU() - cpu
		rss, pss := rig.Memory()
		fmt.Println(first.Microseconds(), cpu.Microseconds(), rss, pss, beats)
		cancel()
	}()
	if err := d.Run(ctx, p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// BenchmarkIdle is a still page in a process of its own: start to first frame,
// processor time at rest over ten seconds, memory.
func BenchmarkIdle(b *testing.B) {
	display := rig.Xvfb(b, rig.Panel)
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "DISPLAY="+display, childVariable+"="+strconv.FormatInt(time.Now().UnixNano(), 10))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		var v [5]float64
		for i, f := range strings.Fields(string(out)) {
			if v[i], err = strconv.ParseFloat(f, 64); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(v[0]/1000, "first-ms")
		b.ReportMetric(v[1]/10e6*100, "%core")
		b.ReportMetric(v[2]/(1<<20), "rss-MiB")
		b.ReportMetric(v[3]/(1<<20), "pss-MiB")
		b.ReportMetric(0, "ns/op")
	}
}

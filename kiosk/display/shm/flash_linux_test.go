package shm

import (
	"context"
	"image"
	"sync"
	"testing"
	"time"

	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

// small is a panel that is quick to paint, with the letters of a large one.
var small = playlist.Panel{Width: 540, Height: 960, WidthMM: 529, HeightMM: 941}

// walk is pages turning: each page stands for a moment, then slides or fades
// into the next.
func walk(t testing.TB, turns int) []*scene.Frame {
	t.Helper()
	s := specimen.Settings("liuxi", small)
	lib, err := specimen.Library(s, specimen.Alert())
	if err != nil {
		t.Fatal(err)
	}
	b := page.New(typeset.Default(), s, specimen.Pictures)
	views := specimen.Views()
	var film []*scene.Frame
	var last *scene.Frame
	for i := range turns + 1 {
		f, info := b.Draw(views[i%len(views)], lib, specimen.Now(), specimen.Online())
		for k := 1; last != nil && k < 10; k++ {
			switch part := float64(k) / 10; i % 3 {
			case 0:
				film = append(film, page.Fade(last, f, part))
			case 1:
				film = append(film, page.Slide(last, f, info.Page, page.Forward, part))
			default:
				film = append(film, page.Slide(last, f, info.Page, page.Backward, part))
			}
		}
		film = append(film, f)
		last = f
	}
	return film
}

// Between the first frame and the last there is never anything on the screen
// but frames, and nothing but the empty screen before.
func TestNoFlashBetweenPages(t *testing.T) {
	size := image.Pt(small.Width, small.Height)
	display := rig.Xvfb(t, size)
	if err := rig.PaintBackdrop(t.Context(), display); err != nil {
		t.Fatal(err)
	}
	film := walk(t, 30)
	p := newProgram(func(now time.Time, n int, _ []player.Event) (*scene.Frame, time.Time) {
		if n >= len(film) {
			return film[len(film)-1], scene.Still
		}
		return film[n], now
	})
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	var seen rig.Seen
	var err error
	watching.Go(func() { seen, err = rig.Watch(ctx, display, image.Rectangle{Max: size}) })
	present(t, Options{Display: display, Width: size.X, Height: size.Y, Fullscreen: true}, p)
	p.until(t, "the last page stands", func() bool { return p.standing == film[len(film)-1] })
	cancel()
	watching.Wait()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range seen.Faults {
		t.Error(f)
	}
	t.Logf("%d frames; the screen was looked at %d times and was different %d times", len(film), seen.Looks, seen.Pictures)
	// A frame appears whole: there are no more pictures than frames. The empty
	// screen before the first is one more.
	if seen.Pictures > len(film)+1 {
		t.Errorf("%d pictures were seen of %d frames: some were half a frame", seen.Pictures, len(film))
	}
	if seen.Pictures < len(film)/4 {
		t.Errorf("only %d pictures were seen of %d frames", seen.Pictures, len(film))
	}
}

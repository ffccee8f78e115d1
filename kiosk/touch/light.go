package touch

import (
	"image/color"
	"math"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/light"
	"mingbai/playlist/scene"
	"mingbai/playlist/wire"
)

// lighting is how bright the screen is. The settings are asked once a second.
type lighting struct {
	lib    *playlist.Library
	second int64
	level  light.Level
	black  *scene.Frame
	woken  time.Time    // last touch; zero before the first
	wakers map[int]bool // fingers that came down in the dark and are still there
}

// wakes reports whether an event only lights a dark screen. Nobody means what they
// cannot see: a finger that came down in the dark presses and moves nothing until
// it is lifted.
func (p *Program) wakes(e player.Event) bool {
	k, dark := &p.light, p.drawn.show.Page == wire.Dark
	switch e.Kind {
	case player.Down:
		if dark {
			if k.wakers == nil || len(k.wakers) > palmAt {
				k.wakers = map[int]bool{} // the ends of some were never heard of
			}
			k.wakers[e.ID] = true
			return true
		}
		delete(k.wakers, e.ID)
		return false
	case player.Move, player.Up, player.Cancel:
		waker := k.wakers[e.ID]
		if e.Kind != player.Move {
			delete(k.wakers, e.ID)
		}
		return waker
	}
	return dark
}

// darkened reports whether the screen is dark, and why: by its hours or because a
// technician asked. Whoever stands there, an alert that matters and what a
// technician has to read keep it lit; a touch lights it for the idle time, so that
// nobody meets a dead screen.
func (p *Program) darkened(status kiosk.Status, show wire.Showing) (bool, string) {
	woken := !p.light.woken.IsZero() && p.now.Sub(p.light.woken) < p.opt.Idle
	if p.session.active || woken || p.hands.live() > 0 || show.Page == "identify" || show.Page == "pairing" {
		return false, ""
	}
	if show.Page == "alert" && p.lib != nil {
		n, _, _, ok := p.lib.Notice(show.Notice, p.at)
		if ok && n.Alert != nil && (n.Alert.Colour == playlist.Red || n.Alert.Colour == playlist.Orange) {
			return false, ""
		}
	}
	if status.Dark.After(status.Moment.Now) {
		return true, "技术人员熄屏"
	}
	return p.lightNow().Dark, "熄屏时段"
}

// lightNow is what the settings say of the light.
func (p *Program) lightNow() light.Level {
	k := &p.light
	if second := p.at.Now.Unix(); second != k.second || p.lib != k.lib {
		k.lib, k.second, k.level = p.lib, second, light.Level{Percent: 100}
		if p.lib != nil {
			s := p.lib.Settings()
			k.level = light.At(s.Screen.Light, s.Place, p.lib.Zone(), p.at.Now)
		}
	}
	return k.level
}

// blacken puts a black page in place of what would be on. It answers no touch by
// itself, and what cannot be seen was not shown.
func (p *Program) blacken(why string) {
	size := p.book.Settings().Screen.Panel
	if f := p.light.black; f == nil || f.Size.X != size.Width || f.Size.Y != size.Height {
		p.light.black = scene.NewCanvas(size.Width, size.Height, color.RGBA{}).Frame()
	}
	if p.drawn.alert != "" {
		p.drawn.alert = ""
		p.interrupted()
	}
	p.change = transition{}
	p.drawn = drawn{frame: p.light.black, show: wire.Showing{Page: wire.Dark, Why: why}}
}

// dimmed makes the display as bright as it should be: by its own light, else by a
// veil over the frame. The veil goes by the eye, not by the lamp (gamma 2.2).
func (p *Program) dimmed(f *scene.Frame, status kiosk.Status) *scene.Frame {
	percent := 0
	if p.drawn.show.Page != wire.Dark {
		percent = 100
		if p.lib != nil {
			if l := p.lib.Settings().Screen.Light; l != nil && l.Day > 0 {
				percent = min(l.Day, 100)
			}
		}
		if status.Brightness > 0 {
			percent = min(status.Brightness, 100)
		}
	}
	if p.src.Lit(percent) || percent == 0 || percent == 100 {
		return f
	}
	veil := scene.NewCanvas(f.Size.X, f.Size.Y, color.RGBA{})
	veil.Fill(veil.Bounds(), color.RGBA{A: uint8(math.Round(255 * (1 - math.Pow(float64(percent)/100, 1/2.2))))})
	out := *f
	out.Ops = append(f.Ops[:len(f.Ops):len(f.Ops)], veil.Frame().Ops...)
	return &out
}

package display

import (
	"time"

	"github.com/hajimehoshi/ebiten/v2"
)

// ticksApart is how many turns ebiten needs between SetMonitor and
// SetFullscreen before both take effect.
const ticksApart = 10

// monitorWatch brings a fullscreen window back when its monitor was unplugged
// and plugged in again. Without it the window stays lost.
type monitorWatch struct {
	d      *Display
	name   string // of the monitor that is ours; empty until known
	lost   bool
	settle int // turns until fullscreen may be set again
	looked time.Time
}

// check is called in every turn and reports that the window must be painted anew.
func (w *monitorWatch) check(now time.Time) bool {
	if !w.d.opts.Fullscreen {
		return false
	}
	if w.settle > 0 {
		w.settle--
		if w.settle == 0 {
			ebiten.SetFullscreen(true)
			return true
		}
		// Keep turning, also when waiting for events.
		time.AfterFunc(20*time.Millisecond, scheduleTurn)
		return false
	}
	if now.Sub(w.looked) < beatEvery/2 {
		return false
	}
	w.looked = now
	if w.name == "" {
		w.name = w.d.opts.Monitor
		if w.name == "" && ebiten.Monitor() != nil {
			w.name = ebiten.Monitor().Name()
		}
	}
	if w.name == "" {
		return false
	}
	m := findMonitor(w.name)
	switch {
	case m == nil && !w.lost:
		w.lost = true
		w.d.log.Warn("The monitor is gone; waiting for it.", "monitor", w.name)
		ebiten.SetFullscreen(false)
	case m != nil && w.lost:
		w.lost = false
		w.d.log.Info("The monitor is back.", "monitor", w.name)
		ebiten.SetMonitor(m)
		w.settle = ticksApart
		scheduleTurn()
	}
	return false
}

// findMonitor returns the connected monitor of that name, nil if there is none.
func findMonitor(name string) *ebiten.MonitorType {
	if name == "" {
		return nil
	}
	for _, m := range ebiten.AppendMonitors(nil) {
		if m.Name() == name {
			return m
		}
	}
	return nil
}

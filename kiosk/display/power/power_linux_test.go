package power

import (
	"context"
	"errors"
	"image"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/dpms"
	"github.com/jezek/xgb/xproto"

	"mingbai/kiosk/display/rig"
)

// witness asks the server by somebody else's hand.
type witness struct {
	t *testing.T
	c *xgb.Conn
}

func newWitness(t *testing.T, display string) witness {
	t.Helper()
	c, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := dpms.Init(c); err != nil {
		t.Fatal(err)
	}
	return witness{t, c}
}

// level is what the server says of its monitor, and whether DPMS is in use.
func (w witness) level() (level uint16, enabled bool) {
	w.t.Helper()
	r, err := dpms.Info(w.c).Reply()
	if err != nil {
		w.t.Fatal(err)
	}
	return r.PowerLevel, r.State
}

func (w witness) is(level uint16, when string) {
	w.t.Helper()
	if got, enabled := w.level(); got != level || level != dpms.DPMSModeOn && !enabled {
		w.t.Errorf("%s the monitor is at level %d (in use: %v), want %d", when, got, enabled, level)
	}
}

func (w witness) do(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// restless makes the server as a login leaves it: everything goes dark by itself.
func (w witness) restless() {
	w.t.Helper()
	w.do(dpms.SetTimeoutsChecked(w.c, 600, 700, 800).Check())
	w.do(xproto.SetScreenSaverChecked(w.c, 600, 600, 1, 1).Check())
}

func (w witness) isStill() {
	w.t.Helper()
	r, err := dpms.GetTimeouts(w.c).Reply()
	w.do(err)
	if r.StandbyTimeout != 0 || r.SuspendTimeout != 0 || r.OffTimeout != 0 {
		w.t.Errorf("the server goes dark by itself after %d, %d and %d s", r.StandbyTimeout, r.SuspendTimeout, r.OffTimeout)
	}
	s, err := xproto.GetScreenSaver(w.c).Reply()
	w.do(err)
	if s.Timeout != 0 {
		w.t.Errorf("the screen saver comes after %d s", s.Timeout)
	}
}

func change(t *testing.T, m *Monitor, light, want bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	lit, err := m.Switch(ctx, light)
	if err != nil {
		t.Fatal(err)
	}
	if lit != want {
		t.Errorf("Switch(%v) says that the monitor is lit: %v", light, lit)
	}
}

func TestTheMonitorGoesOffAndOn(t *testing.T) {
	display := rig.NewSleeper(t, rig.Xvfb(t, image.Pt(64, 48))).Display
	w, m := newWitness(t, display), New(display)
	w.restless()
	change(t, m, true, true)
	w.is(dpms.DPMSModeOn, "first")
	w.isStill()
	for range 2 {
		change(t, m, false, false)
		w.is(dpms.DPMSModeOff, "switched off")
		change(t, m, false, false)
		w.is(dpms.DPMSModeOff, "switched off twice")
		change(t, m, true, true)
		w.is(dpms.DPMSModeOn, "lit")
	}
	// Somebody's settings are undone, and a monitor that only sleeps is lit, or goes
	// off for good.
	w.restless()
	w.do(dpms.EnableChecked(w.c).Check())
	w.do(dpms.ForceLevelChecked(w.c, dpms.DPMSModeStandby).Check())
	change(t, m, true, true)
	w.is(dpms.DPMSModeOn, "woken from standby")
	w.isStill()
	w.do(dpms.ForceLevelChecked(w.c, dpms.DPMSModeSuspend).Check())
	change(t, m, false, false)
	w.is(dpms.DPMSModeOff, "put from suspend")
	w.do(dpms.DisableChecked(w.c).Check()) // which lights it
	change(t, m, true, true)
	change(t, m, false, false)
	w.is(dpms.DPMSModeOff, "where DPMS was not in use")
}

// A monitor that does not obey is told of as it is, and a driver without DPMS as one.
func TestMonitorsThatDoNotObey(t *testing.T) {
	s := rig.NewSleeper(t, rig.Xvfb(t, image.Pt(64, 48)))
	m := New(s.Display)
	change(t, m, false, false)
	s.Wear(true)
	change(t, m, true, false)
	s.Wear(false)
	change(t, m, true, true)
	s.Wear(true)
	change(t, m, false, true)
	s.Incapable()
	if _, err := m.Switch(t.Context(), true); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a driver without DPMS: %v", err)
	}
}

// Whoever has no DPMS is told so: by a server without it, and where there is none.
func TestServersThatCannot(t *testing.T) {
	display := rig.Xvfb(t, image.Pt(64, 48))
	if _, err := New(display).Switch(t.Context(), false); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a server without DPMS: %v", err)
	}
	t.Setenv("DISPLAY", "")
	if _, err := New("").Switch(t.Context(), false); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("no server: %v", err)
	}
	t.Setenv("DISPLAY", display)
	if _, err := New("").Switch(t.Context(), true); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("the server of the environment: %v", err)
	}
	// One that is not there may come back.
	if lit, err := New(":64999").Switch(t.Context(), true); err == nil || lit || errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a server that is down: %v, %v", lit, err)
	}
}

package kiosk

import (
	"context"
	"errors"
	"time"

	"mingbai/playlist/wire"
)

const (
	// monitorEvery is how often it is looked whether a monitor is off that should be,
	// since a jolt to the table lights it through the mouse, and litEvery whether one
	// is lit, since a login's settings darken it.
	monitorEvery = 5 * time.Second
	litEvery     = 30 * time.Second
	// monitorTakes is the longest that a server may take to switch it.
	monitorTakes = 10 * time.Second
	// monitorWakes is how long a monitor may take to be found on its cable again.
	monitorWakes = 30 * time.Second
)

// Monitor is the display as something that can be switched off;
// kiosk/display/power has the one of an X server.
type Monitor interface {
	// Switch lights it or switches it off, and returns whether it is lit then, by
	// what the machine says and not by what was asked. What cannot be done here ever
	// is errors.ErrUnsupported.
	Switch(ctx context.Context, light bool) (lit bool, err error)
}

// Monitors says what hangs on the machine; why is why it must stay lit, where there
// is none to switch. It is called before Run.
func (d *Device) Monitors(m Monitor, why wire.Glow) {
	d.gear.monitor = m
	d.glow.why = why
}

// glow is what is known of the monitor.
type glow struct {
	power  wire.Power
	why    wire.Glow // why it is not as it should be
	detail string    // of an error
	off    time.Time // when it was seen off last, by the clock that does not leap
}

// keepMonitor switches the monitor off while the program wants the display dark,
// and on at all other times, until ctx ends, and leaves it lit. Before the first
// frame it is left as it is for a moment: a program that starts in dark hours does
// not flash, and one that gets no frame out leaves no dark monitor behind.
func (d *Device) keepMonitor(ctx context.Context) {
	m := d.gear.monitor
	if m == nil {
		return
	}
	tick := time.NewTicker(monitorEvery / d.hurry)
	defer tick.Stop()
	var looked time.Time
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), monitorTakes)
			defer cancel()
			if _, err := m.Switch(last, true); err != nil && !errors.Is(err, errors.ErrUnsupported) {
				d.log.Warn("The monitor could not be lit at the end.", "error", err)
			}
			return
		case <-d.monitorDue:
			looked = time.Time{}
		case <-tick.C:
		}
		d.mu.Lock()
		light, glow := d.lit != 0, d.glow
		d.mu.Unlock()
		if !looked.IsZero() && (glow.why == wire.GlowUnable || glow.power == wire.PowerOn && light && time.Since(looked) < litEvery/d.hurry) {
			continue
		}
		looked = time.Now()
		short, cancel := context.WithTimeout(ctx, monitorTakes)
		lit, err := m.Switch(short, light)
		cancel()
		if ctx.Err() == nil {
			d.glows(light, lit, err)
		}
	}
}

// glows notes what became of the monitor.
func (d *Device) glows(light, lit bool, err error) {
	now := glow{power: wire.PowerOff}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		now.power, now.why, now.detail = "", wire.GlowUnable, err.Error()
	case err != nil:
		now.power, now.why, now.detail = "", wire.GlowFailed, err.Error()
	case lit:
		now.power = wire.PowerOn
		if !light {
			now.why = wire.GlowDisobeys
		}
	case light:
		now.why = wire.GlowDead
	}
	d.mu.Lock()
	before := d.glow
	now.off = before.off
	if now.power == wire.PowerOff {
		now.off = time.Now()
	}
	d.glow = now
	d.mu.Unlock()
	if now.power == before.power && now.why == before.why {
		return
	}
	if now.why != "" {
		d.log.Warn("The monitor cannot be switched; in dark hours the picture is black all the same.", "wanted", light, "lit", lit, "error", err)
	} else {
		d.log.Info("The monitor was switched.", "wanted", light, "lit", lit)
	}
	d.kick()
}

// asleep reports whether the monitor is off, or was so recently that it may not be
// found on its cable yet: many let go of the cable while they sleep.
func (d *Device) asleep() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.glow.power == wire.PowerOff || !d.glow.off.IsZero() && time.Since(d.glow.off) < monitorWakes/d.hurry
}

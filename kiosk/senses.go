package kiosk

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/kiosk/vitals"
	"mingbai/kiosk/vitals/runs"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/wire"
)

const (
	// feelEvery is how often the device feels whether something is wrong that
	// cannot wait for the next report (a technician shall know before a resident
	// does, within half a minute).
	feelEvery = 2 * time.Second
	// peerEvery is how often cables, touch panel and cache are looked at.
	peerEvery = 3 * feelEvery
	// probeEvery is how often it is tried whether the disk takes anything, and
	// probeSoon while it does not or is nearly full.
	probeEvery, probeSoon = time.Minute, 3 * feelEvery
	// stirAfter is the age of the heartbeat after which the render loop is asked
	// for a turn: a page on which nothing moves has no other reason for one.
	stirAfter = 3 * time.Second
	// frozenAfter is the age at which it stands still.
	frozenAfter = 10 * time.Second
	// startsFor is how long a program may take to its first picture.
	startsFor = time.Minute
	// hot and cooled are in degrees Celsius: small fanless machines slow down from
	// the first on.
	hot, cooled = 85, 80
	// aside is by how many seconds a clock may be off without haste.
	aside = 60
	// clockStepped is by how much the machine's clock differs from one look to the
	// next when somebody has set it.
	clockStepped = 5 * time.Second
)

// senses are what a device notices of itself.
type senses struct {
	runs    *runs.Record
	touched atomic.Int64 // the last touch, in nanoseconds of Unix time; 0 before
	begun   atomic.Int64 // Run, by mono
	ails    atomic.Bool  // the cache wants mending now
	eye     eye

	mu      sync.Mutex // guards what follows
	output  wire.Output
	storage wire.Storage
	ledger  string // why it cannot be written
}

// touchEvery is how often touches are told at most while a screen is in use.
const touchEvery = 10 * time.Second

// alarm is what cannot wait for the next report once it differs.
type alarm struct {
	display, touch  wire.Plug
	frozen          bool
	black           bool
	wrong           int // readings of a wrong picture, to three
	suspect, skewed bool
	disk            int
	hot             bool
	missing         bool
	damaged         int
	trouble         bool
	line            bool
	outputs         string
	touched         int64 // the last touch, in steps of touchEvery: somebody may wait to see that it was felt
}

// openSenses reads the record of starts, and adds this one.
func (d *Device) openSenses(ctx context.Context) {
	boot := runs.BootID(vitals.Booted(ctx))
	var err error
	if d.senses.runs, err = runs.Open(durable.OS, d.cfg.Starts(), boot, d.wall(), d.log); err != nil {
		d.log.Error("The start of the program could not be noted.", "error", err)
	}
}

// ended notes how this run ended, for the next one to tell. asked is what a
// command ended it for; a display that is gone is noted by nobody, like a crash.
func (d *Device) ended(parent, own context.Context) {
	how := wire.EndedAsked
	switch {
	case parent.Err() != nil:
		how = wire.EndedStopped
	case own.Err() == nil:
		return
	}
	if err := d.senses.runs.End(how); err != nil {
		d.log.Error("The end of the program could not be noted.", "error", err)
	}
}

// keepSenses feels the machine until ctx ends and reports at once what cannot
// wait.
func (d *Device) keepSenses(ctx context.Context) {
	d.senses.begun.Store(int64(d.mono()) + 1)
	tick := time.NewTicker(feelEvery / d.hurry)
	defer tick.Stop()
	var told alarm
	var peered, probed time.Time
	wall, mono := d.wall(), d.mono()
	for first := true; ; first = false {
		now := time.Now()
		if now.Sub(peered) >= peerEvery/d.hurry {
			peered = now
			d.peer()
		}
		v := d.vitals.Glance(ctx)
		felt := d.feel(&v, told)
		if due := now.Sub(probed); due >= probeEvery/d.hurry || due >= probeSoon/d.hurry && (felt.trouble || felt.disk > 0) {
			probed = now
			if err := d.cache.Probe(d.wall()); err != nil {
				d.log.Warn("The disk takes nothing.", "error", err)
			}
			d.peer()
			felt = d.feel(&v, told)
		}
		if felt != told {
			told = felt
			if !first {
				d.measure(ctx)
				d.report()
			}
			if felt.missing {
				d.senses.ails.Store(true)
				d.kick()
			}
		}
		d.stir(now)
		w, m := d.wall(), d.mono()
		if step := w.Sub(wall) - (m - mono); step.Abs() > clockStepped && d.link.Connected() {
			d.log.Warn("The machine's clock was set while the program ran; the controller is asked for the time.", "by", step)
			d.link.Reconnect()
		}
		wall, mono = w, m
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// peer looks at what changes seldom and costs more than a glance.
func (d *Device) peer() {
	o := wire.Output{Brightness: -1, Volume: -1}
	if d.cfg.Window.Backend != configs.BackendNone {
		o.Display, o.Connector = vitals.Display(d.cfg.Vitals.DRM, d.cfg.Window.Monitor)
		if o.Display == wire.Unplugged && d.asleep() {
			o.Display = "" // it let go of the cable in its sleep, or somebody pulled it
		}
	}
	if d.kind == playlist.Touch {
		o.Touch = d.panel()
	}
	s := d.cache.Inspect()
	d.senses.mu.Lock()
	d.senses.output, d.senses.storage = o, s
	d.senses.mu.Unlock()
}

// panel looks for the touch panel. Where none was ever seen, hands use a mouse,
// and nothing is missing.
func (d *Device) panel() wire.Plug {
	there, known := vitals.TouchPanel(d.cfg.Vitals.Input)
	switch {
	case there:
		if err := d.senses.runs.SawTouch(); err != nil {
			d.log.Warn("That there is a touch panel could not be noted.", "error", err)
		}
		return wire.Plugged
	case known && d.senses.runs.HadTouch():
		return wire.Unplugged
	}
	return ""
}

// stir asks the render loop for a turn when there was none for a while.
func (d *Device) stir(now time.Time) {
	if now.Sub(d.vitals.Beaten()) > stirAfter/d.hurry {
		d.screen.Wake()
	}
}

// age is how long ago the render loop turned.
func (d *Device) age() time.Duration {
	beaten := d.vitals.Beaten()
	if !beaten.IsZero() {
		return time.Since(beaten)
	}
	if begun := d.senses.begun.Load(); begun > 0 {
		return max(0, d.mono()-time.Duration(begun)-startsFor)
	}
	return 0
}

// feel judges what is known now; told is what was felt before, so that a figure
// between two thresholds stays what it was.
func (d *Device) feel(v *wire.Vitals, told alarm) alarm {
	var all wire.Vitals
	d.sense(&all)
	a := alarm{
		display: all.Output.Display, touch: all.Output.Touch,
		frozen:  d.age() > frozenAfter/d.hurry,
		black:   all.Picture.Black,
		wrong:   d.senses.eye.readings(),
		suspect: d.clock.Suspect(),
		disk:    crowded(v.DiskFree, v.DiskTotal, told.disk),
		hot:     v.Temperature >= hot || told.hot && v.Temperature > cooled,
		missing: all.Storage.Missing > 0, damaged: all.Storage.Damaged,
		trouble: all.Storage.Trouble != "",
		line:    all.Line.Pings >= 20 && all.Line.Lost >= 5,
		touched: d.senses.touched.Load() / int64(touchEvery),
	}
	if off, ok := d.clock.Drift(d.wall(), d.mono()); ok {
		a.skewed = off.Abs() > aside*time.Second
	}
	if d.lost != nil {
		a.outputs = strings.Join(d.lost(), ", ")
	}
	return a
}

// crowded says how full a disk is: 0 has room, 1 is filling, 2 takes nothing
// soon. What was said stays until a third more is free.
func crowded(free, total uint64, before int) int {
	if total == 0 {
		return 0
	}
	level := func(free uint64) int {
		switch {
		case free < 50<<20:
			return 2
		case free < 300<<20 || free < total/20:
			return 1
		}
		return 0
	}
	if now := level(free); now >= before {
		return now
	}
	return min(before, level(free-free/4))
}

// measure reads the machine for the next report.
func (d *Device) measure(ctx context.Context) {
	v := d.vitals.Collect(ctx, time.Now())
	d.mu.Lock()
	d.health = v
	d.mu.Unlock()
}

// sense fills in what the device knows of itself beyond the machine. What a
// machine does not tell is left zero.
func (d *Device) sense(v *wire.Vitals) {
	v.Line = d.link.Line()
	v.Picture = d.senses.eye.picture()
	d.senses.mu.Lock()
	v.Output, v.Storage = d.senses.output, d.senses.storage
	if v.Storage.Trouble == "" {
		v.Storage.Trouble = d.senses.ledger
	}
	d.senses.mu.Unlock()
	if at := d.senses.touched.Load(); at != 0 {
		v.Output.Touched = d.wall().Add(-time.Since(time.Unix(0, at))).Round(time.Second)
	}
	v.Program.Version = configs.Version
	d.senses.runs.Tell(&v.Program, d.wall())
}

// flushed notes whether the ledger could be written.
func (d *Device) flushed(err error) {
	d.senses.mu.Lock()
	defer d.senses.mu.Unlock()
	d.senses.ledger = ""
	if err != nil {
		d.senses.ledger = err.Error()
	}
}

// saw notes a frame that reached the display, and that it is another one.
func (d *Device) saw(f *scene.Frame, at time.Time) { d.senses.eye.saw(f, at) }

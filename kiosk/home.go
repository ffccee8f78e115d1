package kiosk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"strings"
	"time"

	"mingbai/kiosk/cache"
	"mingbai/kiosk/link"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/wire"
)

const (
	houseEvery = 5 * time.Second  // ledger to disk and on its way
	saveEvery  = 10 * time.Minute // floor of the clock (DOMAIN 3.5)
	sweepEvery = 24 * time.Hour
	tornEvery  = time.Minute // between requests for all, when an envelope is not whole
	batchRows  = 200
)

// handler is what this device does with what the controller sends.
func (d *Device) handler() link.Handler {
	return link.Handler{
		Challenge: func(controller time.Time) { d.clock.Controller(controller, d.wall(), d.mono()) },
		Pairing: func(p wire.Pairing) {
			d.log.Info("This screen waits for a person to confirm its code.", "code", p.Code)
			d.mu.Lock()
			d.code = p.Code
			d.mu.Unlock()
			d.screen.Wake()
		},
		Enrolled: func(e wire.Enrolled) error {
			if err := d.cache.Enrol(cache.Identity{Screen: e.Screen, Root: e.Root}); err != nil {
				return err
			}
			d.log.Info("This screen is enrolled.", "screen", e.Screen)
			d.screen.Wake()
			return nil
		},
		Welcome: d.welcome,
		Push:    d.push,
		Taken:   d.taken,
		Heard:   d.heardBy,
		Command: d.command,
		Offer:   d.offered,
		Lost: func(err error) {
			d.log.Warn("There is no connection to the controller; the screen goes on with what it has.", "error", err)
			d.mu.Lock()
			d.inFlight = false
			d.mu.Unlock()
			d.screen.Wake()
		},
	}
}

// proof is the controller's own word that this device is its screen, for the day on
// which the controller has forgotten it.
func (d *Device) proof() (p wire.Proof, ok bool) {
	g := d.cache.Current()
	if _, enrolled := d.cache.Identity(); !enrolled || g == nil || len(g.Settings.Enrolment) == 0 || d.removed.Load() {
		return p, false
	}
	if err := json.Unmarshal(g.Settings.Enrolment, &p.Enrolment); err != nil {
		d.log.Error("The record of this screen's enrolment cannot be read.", "error", err)
		return p, false
	}
	d.log.Warn("The controller does not know this screen; it is shown the enrolment that it has signed.")
	return p, true
}

func (d *Device) welcome(w wire.Welcome) {
	d.clock.Controller(w.Time, d.wall(), d.mono())
	if err := d.ledger.Acknowledge(w.Ledger); err != nil {
		d.log.Error("Acknowledged rows could not be removed.", "error", err)
	}
	d.mu.Lock()
	d.latest = w.Latest
	if d.latest == nil {
		d.latest = map[playlist.ChannelID]playlist.Revision{}
	}
	if w.Report > 0 {
		d.every = time.Duration(w.Report) * time.Second
	}
	d.sent, d.inFlight, d.code = w.Ledger, false, ""
	d.mailing = mailing{} // what was on its way goes again
	d.mu.Unlock()
	d.log.Info("The controller has welcomed this screen.", "screen", w.Screen)
	d.rebooted()
	d.resendPatrol()
	d.heard()
	d.screen.Wake()
	if len(d.cache.Missing(playlist.ChannelID{})) > 0 {
		d.senses.ails.Store(true) // the line may have been what kept it from being mended
	}
	d.kick()
}

// push admits settings or an edition and fetches what it still needs.
func (d *Device) push(ctx context.Context, p wire.Push, blobs [][]byte) {
	if !p.Time.IsZero() {
		d.clock.Controller(p.Time, d.wall(), d.mono())
	}
	if !p.Channel.IsZero() {
		d.mu.Lock()
		d.latest[p.Channel] = max(d.latest[p.Channel], p.Revision)
		d.mu.Unlock()
	}
	before := d.cache.Current()
	err := d.cache.Offer(p, blobs)
	if d.cache.Current() != before {
		d.adopted() // settings and take-downs count at once, whatever else the disk takes
	}
	if err != nil {
		d.refused(p, err)
		return
	}
	if p.Channel.IsZero() {
		d.commit(p) // settings come on the link's own goroutine, which must not wait for a download
		return
	}
	if missing := d.cache.Missing(p.Channel); len(missing) > 0 {
		if err := d.link.Fetch(ctx, missing); err != nil {
			if ctx.Err() == nil {
				d.log.Error("Content could not be fetched; the screen keeps what it has.", "channel", p.Channel, "revision", p.Revision, "error", err)
				if e, ok := errors.AsType[*link.Error](err); ok && e.Kind == link.Retry {
					d.cache.Tried(err)
					d.again() // the line has its own patience: it was the disk
				}
			}
			return
		}
	}
	d.commit(p)
}

func (d *Device) commit(p wire.Push) {
	switch changed, err := d.cache.Commit(); {
	case err != nil:
		d.refused(p, err)
	case changed:
		d.adopted()
	default:
		d.tell() // after a reload the controller believes that nothing is here
	}
}

func (d *Device) refused(p wire.Push, err error) {
	r := wire.Refused{Channel: p.Channel, Revision: p.Revision, Reason: wire.ReasonStorage, Detail: err.Error()}
	if refusal, ok := errors.AsType[*wire.Refusal](err); ok {
		r.Reason, r.Detail = refusal.Reason, refusal.Detail
	}
	if r.Reason == wire.ReasonNoBase {
		d.log.Info("An edition has to come whole.", "channel", p.Channel, "revision", p.Revision, "detail", r.Detail)
		d.link.Refused(r)
		return
	}
	d.log.Warn("A push was refused; nothing on screen has changed.", "channel", p.Channel, "revision", p.Revision, "reason", r.Reason, "detail", r.Detail)
	d.link.Refused(r)
	if r.Reason == wire.ReasonStorage {
		d.again()
	}
}

// again asks for what the disk did not take, at the next report: it may have room
// by then.
func (d *Device) again() {
	d.mu.Lock()
	d.unstored = true
	d.mu.Unlock()
}

func (d *Device) taken(seq uint64) {
	if err := d.ledger.Acknowledge(seq); err != nil {
		d.log.Error("Acknowledged rows could not be removed.", "error", err)
	}
	d.mu.Lock()
	d.inFlight = false
	d.sent = max(d.sent, seq)
	d.mu.Unlock()
	d.heard()
	d.kick()
}

func (d *Device) command(c wire.Command) {
	d.log.Info("A technician sent a command.", "command", c.Kind, "id", c.ID)
	switch c.Kind {
	case wire.CommandReload:
		d.mu.Lock()
		d.reload = true
		d.mu.Unlock()
		d.link.Result(wire.Result{ID: c.ID, OK: true})
		d.link.Reconnect()
	case wire.CommandRestart:
		d.link.Result(wire.Result{ID: c.ID, OK: true})
		// The answer needs a moment to leave.
		time.AfterFunc(500*time.Millisecond, func() { d.quit(ErrRestart) })
	case wire.CommandIdentify:
		d.mu.Lock()
		d.identify = d.moment().Now.Add(identifyFor)
		d.mu.Unlock()
		d.screen.Wake()
		d.link.Result(wire.Result{ID: c.ID, OK: true})
	case wire.CommandScreenshot:
		go d.screenshot(c.ID)
	case wire.CommandReturn:
		go d.giveBack(c.ID)
	default:
		if d.act(c) {
			return
		}
		d.link.Result(wire.Result{ID: c.ID, Error: "this program does not know the command " + string(c.Kind)})
	}
}

// screenshot sends the pixels on the display. It ends with its own deadline.
func (d *Device) screenshot(id string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	img, err := d.screen.Screenshot(ctx)
	var out bytes.Buffer
	if err == nil {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
	}
	if err != nil {
		d.link.Result(wire.Result{ID: id, Error: err.Error()})
		return
	}
	d.link.Result(wire.Result{ID: id, OK: true}, out.Bytes())
}

// keepHouse reports health, keeps the ledger moving, saves the clock, mends and
// sweeps the cache, until ctx ends.
func (d *Device) keepHouse(ctx context.Context) {
	tick := time.NewTicker(houseEvery)
	defer tick.Stop()
	measured, saved, swept, counted := time.Time{}, time.Now(), time.Now(), time.Now()
	mended := time.Time{}
	for {
		now := time.Now()
		d.mu.Lock()
		every := d.every
		d.mu.Unlock()
		if ails := d.senses.ails.Swap(false); ails || now.Sub(measured) >= every {
			measured = now
			d.measure(ctx)
			d.mu.Lock()
			unstored := d.unstored && d.link.Connected()
			d.unstored = d.unstored && !unstored
			d.mu.Unlock()
			if d.link.Connected() {
				d.heard()
			}
			if torn := d.cache.Torn() && now.Sub(mended) >= tornEvery; torn {
				mended = now
				d.mu.Lock()
				d.reload = true // what was signed comes only by a push
				d.mu.Unlock()
				unstored = unstored || d.link.Connected()
			}
			if unstored {
				d.link.Reconnect() // the hello says what is missing
			}
			d.mend(ctx)
		}
		d.report()
		err := d.ledger.Flush()
		if d.flushed(err); err != nil {
			d.log.Error("The ledger cannot be written; rows wait in memory.", "error", err)
		}
		d.drain()
		d.post()
		if now.Sub(counted) >= countsEvery {
			counted = now
			if err := d.mail.Flush(); err != nil {
				d.log.Error("Counts cannot be written; they wait in memory.", "error", err)
			}
		}
		if now.Sub(saved) >= saveEvery {
			saved = now
			if err := d.cache.SaveTimes(d.times()); err != nil {
				d.log.Error("The time could not be saved.", "error", err)
			}
		}
		if now.Sub(swept) >= sweepEvery {
			swept = now
			if n, err := d.cache.Sweep(); err != nil {
				d.log.Error("The cache could not be swept.", "error", err)
			} else if n > 0 {
				d.log.Info("Old content was removed from the cache.", "blobs", n)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-d.poke:
		}
	}
}

// report sends the newest vitals with what is on the display.
func (d *Device) report() {
	d.mu.Lock()
	r := wire.Report{Time: d.wall(), Showing: d.showing, Also: d.also, Vitals: d.health}
	r.Vitals.ContentAsOf = d.asOf
	d.mu.Unlock()
	d.sense(&r.Vitals)
	// Of one clock with the time of the report, whatever happened to that.
	if r.Vitals.Heartbeat = (time.Time{}); !d.vitals.Beaten().IsZero() || d.age() > 0 {
		r.Vitals.Heartbeat = r.Time.Add(-d.age())
	}
	if offset, ok := d.clock.Drift(r.Time, d.mono()); ok {
		r.Vitals.ClockOffset = offset.Seconds()
	}
	r.Vitals.ClockSuspect = d.clock.Suspect()
	d.programme(&r.Vitals.Program)
	d.outputs(&r.Vitals.Output)
	if d.lost != nil {
		r.Vitals.OutputsLost = strings.Join(d.lost(), ", ")
	}
	r.LedgerHead = d.ledger.Head()
	d.link.Report(r)
}

// drain sends the next rows of the ledger when none are on their way.
func (d *Device) drain() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inFlight || !d.link.Connected() {
		return
	}
	rows, err := d.ledger.Batch(d.sent, batchRows)
	if err != nil {
		d.log.Error("The ledger cannot be read.", "error", err)
		return
	}
	if len(rows) > 0 && d.link.Ledger(rows) {
		d.inFlight = true
	}
}

// mend fetches blobs that rotted on disk.
func (d *Device) mend(ctx context.Context) {
	missing := d.cache.Missing(playlist.ChannelID{})
	if len(missing) == 0 || !d.link.Connected() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := d.link.Fetch(ctx, missing); err != nil {
		d.log.Error("Damaged content could not be fetched again.", "blobs", len(missing), "error", err)
		return
	}
	d.commit(wire.Push{})
}

func (w *watched) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	if len(input) > 0 {
		w.device.senses.touched.Store(now.UnixNano())
	}
	frame, next := w.Program.Step(now, input)
	if !frame.Equal(w.standing) {
		w.began = now
	}
	return frame, next
}

func (w *watched) Presented(f *scene.Frame, at time.Time) {
	if !f.Equal(w.standing) {
		w.device.vitals.Frame(at.Sub(w.began))
		w.standing = f
		w.device.saw(f, at)
	}
	w.device.vitals.Beat(at)
	w.device.turned()
	w.Program.Presented(f, at)
}

package kiosk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

const (
	actsWaiting = 4                // commands that wait for their turn
	rebootTakes = 30 * time.Second // the longest that the machine's command may run
)

// Sound is what a machine speaks through; kiosk/voice has the one of a machine.
type Sound interface {
	Ready() bool
	SetVolume(percent int)
	Tone() error
}

// Lamp is the light behind a display; kiosk/backlight has the one of a machine.
type Lamp interface {
	Set(percent int) error
	Read() (percent int, err error)
}

// Logs says where the newest lines of the program's log are found. It is called
// before Run, as Sounds and Lamps are.
func (d *Device) Logs(lines func() []byte) { d.gear.lines = lines }

// Sounds says through what the machine speaks.
func (d *Device) Sounds(s Sound) { d.gear.sound = s }

// Lamps says what lights the display.
func (d *Device) Lamps(l Lamp) { d.gear.lamp = l }

// gear is what a machine has beside its display and its disk. What is nil it has
// not got.
type gear struct {
	lines func() []byte
	sound Sound
	lamp  Lamp

	monitor Monitor
}

// wishes are what a technician asked for until the program ends. Brightness and
// volume count while the settings are those of revision by.
type wishes struct {
	darkUntil  time.Duration // by the clock without leaps; 0 is not dark
	brightness int           // per cent; 0 is none
	volume     int           // per cent; -1 is none
	by         playlist.Revision
}

// act is a command that takes a while.
type act struct {
	id string
	do func(context.Context) error
}

// keepActs carries out what takes a while, one after the other, until ctx ends.
func (d *Device) keepActs(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-d.acts:
			d.answer(a.id, a.do(ctx))
		}
	}
}

// answer says how a command went.
func (d *Device) answer(id string, err error, attached ...[]byte) {
	r := wire.Result{ID: id, OK: err == nil}
	if err != nil {
		r.Error = err.Error()
	}
	d.link.Result(r, attached...)
}

// later carries a command out beside the link.
func (d *Device) later(id string, do func(context.Context) error) {
	select {
	case d.acts <- act{id, do}:
	default:
		d.answer(id, errors.New("this screen still does what it was asked before / 这块屏还在做前面的事"))
	}
}

// act carries out the commands that change the machine. It reports whether it
// knows the command.
func (d *Device) act(c wire.Command) bool {
	switch c.Kind {
	case wire.CommandReboot:
		d.later(c.ID, func(ctx context.Context) error { return d.reboot(ctx, c.ID) })
	case wire.CommandDark:
		d.wish(func(w *wishes) { w.darkUntil = d.mono() + time.Duration(min(max(c.Value, 1), 24*60))*time.Minute })
		d.answer(c.ID, nil)
	case wire.CommandLit:
		d.wish(func(w *wishes) { w.darkUntil = 0 })
		d.answer(c.ID, nil)
	case wire.CommandBrightness:
		d.wish(func(w *wishes) { w.brightness = min(max(c.Value, 1), 100) })
		d.answer(c.ID, nil)
	case wire.CommandVolume:
		if d.gear.sound == nil || !d.gear.sound.Ready() {
			d.answer(c.ID, errSilent)
			break
		}
		d.wish(func(w *wishes) { w.volume = min(max(c.Value, 0), 100) })
		d.answer(c.ID, nil)
	case wire.CommandTone:
		if d.gear.sound == nil || !d.gear.sound.Ready() {
			d.answer(c.ID, errSilent)
			break
		}
		d.answer(c.ID, d.gear.sound.Tone())
	case wire.CommandLog:
		if d.gear.lines == nil {
			d.answer(c.ID, errors.New("this program keeps no log / 这个程序没有保留日志"))
			break
		}
		d.answer(c.ID, nil, d.gear.lines())
	case wire.CommandPatrol:
		select {
		case d.patrolNow <- struct{}{}:
		default: // one is asked for already
		}
		d.answer(c.ID, nil)
	default:
		return false
	}
	return true
}

// errSilent is said in both languages: a technician reads it as it is.
var errSilent = errors.New("this machine has no sound / 这台机器没有声音输出")

// wish changes what a technician asked for and makes it count.
func (d *Device) wish(change func(*wishes)) {
	settings, _ := d.cache.Have()
	d.mu.Lock()
	if d.wishes.by != settings {
		d.wishes.brightness, d.wishes.volume, d.wishes.by = 0, -1, settings
	}
	change(&d.wishes)
	d.mu.Unlock()
	d.setVolume()
	d.screen.Wake()
	d.kick()
}

// wished returns what counts now.
func (d *Device) wished() wishes {
	settings, _ := d.cache.Have()
	d.mu.Lock()
	defer d.mu.Unlock()
	w := d.wishes
	if w.by != settings {
		w.brightness, w.volume = 0, -1
	}
	if d.mono() >= w.darkUntil {
		w.darkUntil = 0
	}
	return w
}

// volume is how loud the machine should be, in per cent: a technician's wish
// before the screen's settings before the machine's own.
func (d *Device) volume() int {
	if w := d.wished(); w.volume >= 0 {
		return w.volume
	}
	if g := d.cache.Current(); g != nil && g.Settings.Screen.Volume != nil {
		return *g.Settings.Screen.Volume
	}
	return d.cfg.Voice.Volume
}

func (d *Device) setVolume() {
	if d.gear.sound != nil {
		d.gear.sound.SetVolume(d.volume())
	}
}

// Lit says how bright the program wants the display, in per cent; 0 is dark. It
// reports whether the machine's own lamp sees to it, so that the picture need not
// be dimmed. It is cheap and never waits.
func (d *Device) Lit(percent int) (lamp bool) {
	percent = min(max(percent, 0), 100)
	d.mu.Lock()
	changed := d.lit != percent
	d.lit = percent
	d.mu.Unlock()
	if changed {
		select {
		case d.monitorDue <- struct{}{}:
		default:
		}
	}
	if d.gear.lamp == nil {
		return false
	}
	if changed {
		select {
		case d.lamp <- struct{}{}:
		default:
		}
	}
	return !d.lampFails.Load()
}

// keepLamp makes the lamp as bright as the program wants it, until ctx ends, and
// leaves it lit.
func (d *Device) keepLamp(ctx context.Context) {
	if d.gear.lamp == nil {
		return
	}
	set := func(percent int) {
		err := d.gear.lamp.Set(percent)
		d.mu.Lock()
		d.lampError = err
		d.mu.Unlock()
		if failed := err != nil; d.lampFails.Swap(failed) != failed && failed {
			d.log.Warn("The display's light cannot be set; the picture is dimmed instead.", "error", err)
			d.screen.Wake()
		}
	}
	for {
		select {
		case <-ctx.Done():
			d.mu.Lock()
			percent := d.lit
			d.mu.Unlock()
			if percent == 0 {
				set(100) // who starts next finds it lit
			}
			return
		case <-d.lamp:
			d.mu.Lock()
			percent := d.lit
			d.mu.Unlock()
			set(percent)
		}
	}
}

// outputs fills in what this device set its outputs to.
func (d *Device) outputs(o *wire.Output) {
	d.mu.Lock()
	o.Brightness = d.lit
	o.Power, o.Glow, o.GlowDetail = d.glow.power, d.glow.why, d.glow.detail
	switch {
	case d.gear.lamp == nil:
		o.Light = wire.LightPainted
	case d.lampError == nil:
		o.Light = wire.LightLamp
	case errors.Is(d.lampError, os.ErrPermission):
		o.Light = wire.LightDenied
	default:
		o.Light = wire.LightFails
	}
	d.mu.Unlock()
	o.Volume = -1
	if d.gear.sound != nil && d.gear.sound.Ready() {
		o.Volume = d.volume()
	}
	if w := d.wished(); w.darkUntil > 0 {
		o.DarkUntil = d.wall().Add(w.darkUntil - d.mono()).Round(time.Second)
	}
}

// reboot starts the machine anew. What was asked is noted first, so that the
// answer can be given when the machine is up again and the one given now was
// lost with the line.
func (d *Device) reboot(ctx context.Context, id string) error {
	command := d.cfg.Machine.Reboot
	if len(command) == 0 {
		return errors.New("machine.reboot is not set on this screen / 这块屏没有配置重启机器的命令（machine.reboot）")
	}
	note := filepath.Join(d.cfg.Data, rebootFile)
	data, err := json.Marshal(id)
	if err == nil {
		err = durable.WriteFile(durable.OS, note, data)
	}
	if err != nil {
		d.log.Error("The wish to start the machine anew could not be noted.", "error", err)
	}
	d.log.Warn("The machine is started anew, as a technician asked.", "command", command[0])
	if err := d.ledger.Flush(); err != nil {
		d.log.Error("The ledger cannot be written; rows wait in memory.", "error", err)
	}
	if err := d.cache.SaveTimes(d.times()); err != nil {
		d.log.Error("The time could not be saved.", "error", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rebootTakes) // the reboot itself ends this program
	defer cancel()
	// The next run must not take it for a power cut.
	if err := d.senses.runs.End(wire.EndedAsked); err != nil {
		d.log.Error("The end of the program could not be noted.", "error", err)
	}
	out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
	if err == nil {
		return nil
	}
	if rerr := durable.Remove(durable.OS, note); rerr != nil {
		d.log.Error("The note of a reboot that failed could not be removed.", "error", rerr)
	}
	if rerr := d.senses.runs.GoesOn(); rerr != nil {
		d.log.Error("That the program goes on could not be noted.", "error", rerr)
	}
	said := strings.TrimSpace(string(out[:min(len(out), 300)]))
	return fmt.Errorf("%s: %w: %s", command[0], err, said)
}

// rebootFile names the command that started the machine anew.
const rebootFile = "reboot.json"

// rebooted answers the command that started the machine anew, once it is up
// again and the controller hears it.
func (d *Device) rebooted() {
	note := filepath.Join(d.cfg.Data, rebootFile)
	data, err := durable.ReadFile(durable.OS, note)
	if err != nil {
		return // the usual case: nobody asked
	}
	var id string
	if json.Unmarshal(data, &id) == nil && id != "" {
		d.answer(id, nil)
	}
	if err := durable.Remove(durable.OS, note); err != nil {
		d.log.Error("The note of a reboot could not be removed.", "error", err)
	}
}

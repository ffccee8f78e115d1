package cmd

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// This file is how a real device process is broken: what the process itself has
// to feign stands in files that it watches, what the machine has (sensors,
// connectors, a disk) in folders that it is told of.

// The faults that a program feigns, by the file that asks for them.
const (
	faultFreeze = "freeze" // the render loop stands still
	faultBlack  = "black"  // the display shows nothing
	faultClock  = "clock"  // the machine's clock was set; the file says by how much
	faultFull   = "full"   // its small disk is full
)

// faults is what is wrong with a screen's program.
type faults struct {
	dir, data     string // no faults where dir is empty
	shift         atomic.Int64
	frozen, black atomic.Bool
}

func newFaults(dir, data string) *faults { return &faults{dir: dir, data: data} }

// ahead is by how much the machine's clock was set while the program runs.
func (b *faults) ahead() time.Duration { return time.Duration(b.shift.Load()) }

// ping is how often a line is asked: ten times as often as usual where a story
// must not wait half an hour for what lines do in ten minutes.
func (b *faults) ping() time.Duration {
	if b.dir == "" {
		return 0
	}
	return time.Second
}

// watch follows the files until what it returns is called.
func (b *faults) watch() (stop func()) {
	if b.dir == "" {
		return func() {}
	}
	full := false
	look := func() {
		b.frozen.Store(b.has(faultFreeze))
		b.black.Store(b.has(faultBlack))
		text, _ := os.ReadFile(filepath.Join(b.dir, faultClock)) // without it the clock is right
		by, _ := time.ParseDuration(string(text))
		b.shift.Store(int64(by))
		if now := b.has(faultFull); now != full {
			full = now
			if err := fillDisk(b.data, full); err != nil {
				slog.Error("The small disk cannot be changed.", "error", err)
			}
		}
	}
	look()
	done := make(chan struct{})
	go func() { // ends with stop
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				look()
			}
		}
	}()
	return func() { close(done) }
}

func (b *faults) has(fault string) bool {
	_, err := os.Stat(filepath.Join(b.dir, fault))
	return err == nil
}

func (b *faults) program(p player.Program) player.Program {
	if b.dir == "" {
		return p
	}
	return &frozenProgram{p, b}
}

// frozenProgram stands still in its Step, as a driver that never returns.
type frozenProgram struct {
	player.Program
	b *faults
}

func (p *frozenProgram) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	for p.b.frozen.Load() {
		<-time.After(50 * time.Millisecond)
	}
	return p.Program.Step(now, input)
}

// Close is the program's own, which the device calls.
func (p *frozenProgram) Close() {
	if c, ok := p.Program.(interface{ Close() }); ok {
		c.Close()
	}
}

func (b *faults) presenter(p player.Presenter) player.Presenter {
	if b.dir == "" {
		return p
	}
	return &blackPresenter{p, b}
}

// blackPresenter has a display whose pixels are black, whatever is painted.
type blackPresenter struct {
	player.Presenter
	b *faults
}

func (p *blackPresenter) Screenshot(ctx context.Context) (*image.RGBA, error) {
	img, err := p.Presenter.Screenshot(ctx)
	if err == nil && p.b.black.Load() {
		img = image.NewRGBA(img.Rect)
		for i := 3; i < len(img.Pix); i += 4 {
			img.Pix[i] = 255
		}
	}
	return img, err
}

// drill is a screen that can be broken.
type drill struct {
	dir      string // faults, drm, sys and input
	version  string
	small    bool      // it is on a small disk of its own
	impostor *process  // says that it is this screen
	broke    time.Time // the fault that came last
	mended   time.Time
}

// The version that the programs of a drill have, and an old one.
const drillVersion, oldVersion = "1.4.2", "1.2.0"

func (d *drill) file(name string) string { return filepath.Join(d.dir, name) }

// args are what its program is told beside the usual.
func (d *drill) args() []string {
	if d == nil {
		return nil
	}
	args := []string{"-faults", d.file("faults"), "-version", d.version}
	if d.small {
		args = append(args, "-small-disk")
	}
	return args
}

// prepare sets the machine of its program up.
func (d *drill) prepare(c *exec.Cmd) {
	if d == nil {
		return
	}
	if d.small {
		ownMounts()(c)
	}
	c.Env = append(os.Environ(), "HOST_SYS="+d.file("sys"))
}

func (d *drill) put(name, text string) error {
	path := d.file(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path) // nobody reads half of it
}

const (
	cableFile, heatFile = "drm/card0-HDMI-A-1/status", "sys/class/hwmon/hwmon0/temp1_input"
	coolCore, hotCore   = "54000\n", "92000\n"
)

// drill NAME at SITE [on-small-disk]: a touchscreen that will be broken. Its line
// leads to the office directly, so that a line that is cut is silent there too.
func drillWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 3, 4, "drill NAME at SITE [on-small-disk]")
	l, err := newLine()
	ts.Check(err)
	l.to(w.relay.officeAddress())
	s := &screen{name: args[0], kind: "touch", site: args[2], line: l, config: filepath.Join(w.dir, args[0]+".toml")}
	s.drill = &drill{dir: filepath.Join(w.dir, s.name+".machine"), version: drillVersion}
	s.drill.small = len(args) == 4 && ownMounts() != nil
	ts.Check(errors.Join(os.MkdirAll(s.drill.file("faults"), 0o755), s.drill.put(cableFile, "connected\n"),
		s.drill.put("sys/class/hwmon/hwmon0/name", "coretemp\n"), s.drill.put(heatFile, coolCore)))
	ts.Check(os.WriteFile(s.config, []byte(w.machine(s, w.disk(s))), 0o644))
	w.screens[s.name] = s
	w.startScreen(ts, s)
}

// machine is the configuration of a screen of a drill.
func (w *world) machine(s *screen, data string) string {
	p := panelOf(s)
	return fmt.Sprintf("controller = %q\ndata = %q\nname = %q\n\n[panel]\nwidth = %d\nheight = %d\nwidth_mm = %d\nheight_mm = %d\n\n[vitals]\ndrm = %q\ninput = %q\n",
		s.line.url(), data, s.name, p.Width, p.Height, p.WidthMM, p.HeightMM, s.drill.file("drm"), s.drill.file("input"))
}

// breaks NAME FAULT: killed, freeze, black, clock DURATION, full, rot, cut, lossy,
// key, version, hot or unplug.
func breaks(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 3, "breaks NAME FAULT [HOW]")
	s := w.screen(ts, args[0])
	d := s.drill
	d.broke = time.Now()
	switch args[1] {
	case "killed":
		s.process.kill()
	case faultFreeze, faultBlack:
		ts.Check(d.put("faults/"+args[1], ""))
	case faultClock:
		ts.Check(d.put("faults/clock", args[2]))
	case faultFull:
		if d.small {
			ts.Check(d.put("faults/full", ""))
		} else {
			ts.Logf("this system lets nobody mount; the disk fails instead of being full")
			breakDisk(ts, false, args[:1])
		}
	case "rot":
		ts.Check(rot(filepath.Join(w.disk(s), "cache", "blobs")))
	case "cut":
		s.line.set(func(l *line) { l.mute = true })
	case "lossy":
		s.line.set(func(l *line) { l.stalls = 4 * time.Second })
	case "key":
		w.startImpostor(ts, s)
	case "version":
		ts.Check(s.process.stop())
		d.version = oldVersion
		d.broke = time.Now()
		w.startScreen(ts, s)
	case "hot":
		ts.Check(d.put(heatFile, hotCore))
	case "unplug":
		ts.Check(d.put(cableFile, "disconnected\n"))
	default:
		ts.Fatalf("nothing breaks by %q", args[1])
	}
}

// mends NAME FAULT: what was broken is in order again.
func mends(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "mends NAME FAULT")
	s := w.screen(ts, args[0])
	d := s.drill
	d.mended = time.Now()
	switch args[1] {
	case "killed":
		w.startScreen(ts, s)
	case faultFreeze, faultBlack, faultClock:
		ts.Check(os.Remove(d.file("faults/" + args[1])))
	case faultFull:
		if d.small {
			ts.Check(os.Remove(d.file("faults/full")))
		} else {
			healDisk(ts, false, args[:1])
		}
	case "rot": // it mends itself
	case "cut", "lossy":
		s.line.set(func(l *line) { l.mute, l.stalls = false, 0 })
	case "key":
		// The stranger is switched off, and the right machine says who it is.
		d.impostor.kill()
		restart(ts, false, args[:1])
	case "version":
		ts.Check(s.process.stop())
		d.version = drillVersion
		w.startScreen(ts, s)
	case "hot":
		ts.Check(d.put(heatFile, coolCore))
	case "unplug":
		ts.Check(d.put(cableFile, "connected\n"))
	default:
		ts.Fatalf("nothing is mended by %q", args[1])
	}
}

// rot flips a byte in every file of a folder, as flash that wears out does.
func rot(dir string) error {
	n := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) == 0 {
			return err
		}
		n++
		data[len(data)/2] ^= 0x20
		return os.WriteFile(path, data, 0o600)
	})
	if err == nil && n == 0 {
		err = errors.New("there is nothing to spoil")
	}
	return err
}

// startImpostor starts a machine that has all of a screen's data but its key: its
// disk was copied and the system installed anew.
func (w *world) startImpostor(ts *testscript.TestScript, s *screen) {
	data, config := w.disk(s)+".copy", s.config+".copy"
	ts.Check(os.CopyFS(data, os.DirFS(w.disk(s))))
	ts.Check(os.Remove(filepath.Join(data, "device.key")))
	ts.Check(os.WriteFile(config, []byte(w.machine(s, data)), 0o644))
	var err error
	args := append([]string{"-config", config, "-kind", s.kind, "-record", w.record(s) + ".copy"}, s.drill.args()...)
	s.drill.impostor, err = startWith(s.name+"-copy", w.dir, s.drill.prepare, "mingbai-screen", args...)
	ts.Check(err)
}

// millis is a duration as people read it in a table.
func millis(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s" }

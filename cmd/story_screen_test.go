package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// panels are small, so that painting on the CPU costs little.
var panels = map[string]playlist.Panel{
	"touch": {Width: 432, Height: 768, WidthMM: 529, HeightMM: 941},
	"led":   {Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640, Colours: playlist.FullColour},
}

// divided are the zones of a board that has its newest notice also in a line below
// the loop.
var divided = []playlist.Zone{
	{Kind: playlist.NoticeZone, Width: 192, Height: 45},
	{Kind: playlist.TextZone, Y: 48, Width: 192, Height: 16, Column: "tongzhi"},
}

// screen NAME KIND at SITE: a machine is switched on for the first time. A divided
// one is a board with zones.
func screenWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 4, 4, "screen NAME touch|led|divided|window at SITE")
	l, err := newLine()
	ts.Check(err)
	l.to(w.relay.address())
	s := &screen{name: args[0], kind: args[1], site: args[3], line: l, config: filepath.Join(w.dir, args[0]+".toml")}
	switch s.kind {
	case "window":
		s.kind = "touch"
		w.openWindow(ts, s)
	case "divided":
		s.kind, s.more.Zones = "led", divided
	}
	p := panelOf(s)
	text := fmt.Sprintf("controller = %q\ndata = %q\nname = %q\n\n[panel]\nwidth = %d\nheight = %d\nwidth_mm = %d\nheight_mm = %d\n",
		l.url(), w.disk(s), s.name, p.Width, p.Height, p.WidthMM, p.HeightMM)
	ts.Check(os.WriteFile(s.config, []byte(text), 0o644))
	w.screens[s.name] = s
	w.startScreen(ts, s)
}

// disk is the data folder of a screen.
func (w *world) disk(s *screen) string { return filepath.Join(w.dir, s.name) }

func (w *world) startScreen(ts *testscript.TestScript, s *screen) {
	if s.lamps != nil {
		w.startBoard(ts, s)
		return
	}
	args := append([]string{"-config", s.config, "-kind", s.kind, "-record", w.record(s), "-clock", s.clock, "-display", s.display()}, s.drill.args()...)
	var err error
	prepare := s.drill.prepare
	if s.cable != nil {
		prepare, args = s.cable.prepare, append(args, "-far")
	}
	s.process, err = startWith(s.name, w.dir, prepare, "mingbai-screen", args...)
	ts.Check(err)
	if s.cable != nil {
		ts.Check(s.cable.plug(s.process.cmd.Process.Pid))
	}
	w.until(ts, s.name+" presents something", func() (bool, string) {
		if !s.process.running() {
			w.fail(ts, "%s has ended: %v", s.name, s.process.err)
		}
		_, ok := w.now(s)
		return ok, ""
	})
}

// pair NAME: a person reads the code on the screen and types it.
func pair(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "pair NAME")
	s := w.screen(ts, args[0])
	code := ""
	w.until(ts, s.name+" shows a pairing code", func() (bool, string) {
		l, ok := s.process.said(func(l logLine) bool { return l.Code != "" })
		code = l.Code
		return ok, ""
	})
	w.must(ts, "POST", "/screens", map[string]any{"screen": w.asked(s)}, nil)
	w.must(ts, "POST", "/pairing", map[string]any{"code": code, "screen": s.name}, nil)
	upToDate(ts, false, args)
}

// switch-off NAME: the machine is shut down in order.
func switchOff(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "switch-off NAME")
	if err := w.screen(ts, args[0]).process.stop(); err != nil {
		w.fail(ts, "%v", err)
	}
}

// switch-on NAME
func switchOn(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "switch-on NAME")
	w.startScreen(ts, w.screen(ts, args[0]))
}

// unplug NAME: somebody pulls its plug.
func unplug(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "unplug NAME")
	s := w.screen(ts, args[0])
	s.process.kill()
	s.cuts++
}

// restart NAME
func restart(ts *testscript.TestScript, neg bool, args []string) {
	switchOff(ts, neg, args)
	switchOn(ts, neg, args)
}

// clock NAME SET: the machine's clock is wrong from the next start on; SET is a
// day, a duration ahead of the true time, or "right".
func clock(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "clock NAME DAY|DURATION|right")
	s := w.screen(ts, args[0])
	s.clock = args[1]
	if s.clock == "right" {
		s.clock = ""
	} else if d, err := days(args[1]); err == nil {
		s.clock = d.String()
	}
}

// lineWord changes what the line of a screen does.
func lineWord(change func(*line)) word {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		w := need(ts, neg, args, 1, 1, "cut|mend|slow|damage NAME|every")
		w.began = time.Now()
		w.each(ts, args[0], func(s *screen) { s.line.set(change) })
	}
}

// keep-disk NAME: somebody copies the disk of a screen that is off.
func keepDisk(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "keep-disk NAME")
	s := w.screen(ts, args[0])
	ts.Check(os.RemoveAll(w.disk(s) + ".kept"))
	ts.Check(os.CopyFS(w.disk(s)+".kept", os.DirFS(w.disk(s))))
}

// back-disk NAME [FOLDER]: and puts it back, all of it or one folder.
func backDisk(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 2, "back-disk NAME [FILE]")
	s := w.screen(ts, args[0])
	from, to := w.disk(s)+".kept", w.disk(s)
	if len(args) == 2 {
		from, to = filepath.Join(from, args[1]), filepath.Join(to, args[1])
	}
	ts.Check(os.RemoveAll(to))
	if info, err := os.Stat(from); err == nil && !info.IsDir() {
		data, err := os.ReadFile(from)
		ts.Check(err)
		ts.Check(os.WriteFile(to, data, 0o644))
		return
	}
	ts.Check(os.CopyFS(to, os.DirFS(from)))
}

// break-disk NAME: nothing can be written to or read from its store any more, as
// when a disk fails or is full, whoever the program runs as.
func breakDisk(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "break-disk NAME")
	blobs := filepath.Join(w.disk(w.screen(ts, args[0])), "cache", "blobs")
	ts.Check(os.Rename(blobs, blobs+".away"))
	ts.Check(os.WriteFile(blobs, nil, 0o644))
}

// heal-disk NAME
func healDisk(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "heal-disk NAME")
	blobs := filepath.Join(w.disk(w.screen(ts, args[0])), "cache", "blobs")
	ts.Check(os.Remove(blobs))
	ts.Check(os.Rename(blobs+".away", blobs))
}

// refuses NAME REASON: the office knows that the screen has refused something.
func refuses(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "refuses NAME REASON")
	s := w.screen(ts, args[0])
	w.until(ts, s.name+" refuses for "+args[1], func() (bool, string) {
		st, err := w.state(s)
		return err == nil && st.Refused != nil && string(st.Refused.Reason) == args[1], fmt.Sprint(st.Refused, err)
	})
}

// record is the file in which a screen writes down what it presents.
func (w *world) record(s *screen) string { return filepath.Join(w.dir, s.name+".record") }

// sights returns all that a screen has ever presented. Only what was written since
// the last call is read: stories ask many times a second.
func (w *world) sights(s *screen) []sight {
	f, err := os.Open(w.record(s))
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() == s.read {
		return s.seen
	}
	data, err := io.ReadAll(io.NewSectionReader(f, s.read, 1<<40))
	if err != nil {
		return s.seen
	}
	data = data[:bytes.LastIndexByte(data, '\n')+1] // what is being written comes whole the next time
	for text := range bytes.Lines(data) {
		var v sight
		if json.Unmarshal(text, &v) == nil { // a line that a kill cut short is none
			s.seen = append(s.seen, v)
		}
	}
	s.read += int64(len(data))
	return s.seen
}

// now returns what a screen presents in its present run; of a board that is the
// real program, what it reports.
func (w *world) now(s *screen) (sight, bool) {
	if s.lamps != nil {
		return w.reported(s)
	}
	list := w.sights(s)
	if len(list) == 0 || list[len(list)-1].Run != s.process.cmd.Process.Pid {
		return sight{}, false
	}
	return list[len(list)-1], true
}

func (v sight) String() string {
	return fmt.Sprintf("page %q, notice %q (%s), offers %v, online %v, time %s", v.Page, v.Notice, v.Why, v.Offers, v.Online, v.Moment.Now.Format(time.DateTime))
}

// wait waits until what a screen presents is good.
func (w *world) wait(ts *testscript.TestScript, s *screen, what string, good func(sight) bool) {
	w.until(ts, s.name+" "+what, func() (bool, string) {
		if !s.process.running() {
			w.fail(ts, "%s does not run", s.name)
		}
		v, ok := w.now(s)
		return ok && good(v), v.String()
	})
}

// each calls f for one screen, or for all that run when the name is "every".
func (w *world) each(ts *testscript.TestScript, name string, f func(*screen)) {
	if name != "every" {
		f(w.screen(ts, name))
		return
	}
	var names []string
	for n, s := range w.screens {
		if s.process.running() {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		f(w.screens[n])
	}
}

// state is what the office says of a screen; the fields that stories need.
type state struct {
	Online    bool              `json:"online"`
	Desired   map[string]uint64 `json:"desired"`
	Reported  map[string]uint64 `json:"reported"`
	Condition string            `json:"condition"`
	LedgerSeq uint64            `json:"ledger_seq"`
	Epoch     int               `json:"epoch"`
	Refused   *wire.Refused     `json:"refused"`
	Report    *wire.Report      `json:"report"`
}

func (w *world) state(s *screen) (state, error) {
	var st state
	err := w.call("GET", "/screens/"+s.name, nil, &st)
	return st, err
}

// up-to-date NAME: the office says that the screen has all that it should.
func upToDate(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "up-to-date NAME|every")
	w.each(ts, args[0], func(s *screen) {
		w.until(ts, s.name+" has everything", func() (bool, string) {
			st, err := w.state(s)
			if err != nil {
				return false, err.Error()
			}
			for ch, r := range st.Desired {
				if st.Reported[ch] < r {
					return false, fmt.Sprintf("it has %v of %v", st.Reported, st.Desired)
				}
			}
			return st.Online && len(st.Desired) > 0, strings.TrimSpace(fmt.Sprint("condition ", st.Condition))
		})
	})
}

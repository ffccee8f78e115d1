package cmd

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/assets"
	"mingbai/controller/rollout"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// vendor is who builds programs in a story. It has changed its keys again and again.
type vendor struct {
	keys     []ed25519.PrivateKey // the first is of key set 1
	chain    []wire.Envelope
	sequence uint64
}

func newVendor(sets int) (*vendor, error) {
	v := &vendor{}
	for i := range sets {
		v.keys = append(v.keys, release.NewKey())
		signers := v.keys[max(0, i-1):] // the set before and its own
		env, err := release.SignKeySet(release.KeySet{Version: uint64(i + 1), Threshold: 1, Keys: []release.Key{{Holder: "wang", Public: public(v.keys[i])}}}, signers...)
		if err != nil {
			return nil, err
		}
		v.chain = append(v.chain, env)
	}
	return v, nil
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

// pinned is the line of a settings file that trusts a key set.
func (v *vendor) pinned(set int) string {
	return fmt.Sprintf("keys = [%q]\n", release.PublicText(public(v.keys[set-1])))
}

// file makes the package file of a program under the newest key set.
func (v *vendor) file(program, version string) ([]byte, error) {
	body, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	v.sequence++
	newest := len(v.keys)
	env, err := release.SignPackage(release.Package{
		Name: release.LEDBoard, Version: version, OS: runtime.GOOS, Arch: runtime.GOARCH, Keys: uint64(newest), Sequence: v.sequence,
		Blob: playlist.Blob{Ref: assets.RefOf(body), Size: int64(len(body))}, Built: time.Now().UTC().Truncate(time.Second),
		Protocol: release.Protocol{Min: 1, Max: wire.Version},
	}, v.keys[newest-1])
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	err = rollout.WriteFile(&file, env, v.chain, bytes.NewReader(body))
	return file.Bytes(), err
}

// vendor SETS: whoever builds programs is at that key set.
func vendorWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "vendor SETS")
	var sets int
	_, err := fmt.Sscan(args[0], &sets)
	ts.Check(err)
	w.vendor, err = newVendor(sets)
	ts.Check(err)
}

// updates is what the settings of the office say of programs: it knows the vendor
// from the first, and seconds are enough for it to watch a stage.
func (w *world) updates() string {
	if w.vendor == nil {
		return ""
	}
	return "\n[updates]\nsoak_few = \"1s\"\nsoak_some = \"1s\"\n" + w.vendor.pinned(1)
}

// broken is a board's program that says a panic before its first picture.
const broken = `package main

import (
	"log/slog"
	"os"

	"mingbai/cmd/internal/screen"
	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
)

func main() {
	os.Exit(screen.Main("ledboard", playlist.LED, func(*kiosk.Device, *slog.Logger) player.Program {
		panic("the lamps of this version are upside down")
	}))
}
`

// release builds the LED board's program as a version, a bad one with a mistake.
func (w *world) release(version string, bad bool) (string, error) {
	program := filepath.Join(w.dir, "ledboard-"+version)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	args := []string{"build", "-tags", "netgo,osusergo,noebiten", "-ldflags", "-s -w -X mingbai/configs.stamped=" + version, "-o", program}
	if bad {
		instead, overlay := filepath.Join(w.dir, "broken.go"), filepath.Join(w.dir, "overlay.json")
		main, err := filepath.Abs("ledboard/main.go")
		if err != nil {
			return "", err
		}
		list, err := json.Marshal(map[string]any{"Replace": map[string]string{main: instead}})
		if err != nil {
			return "", err
		}
		if err := errors.Join(os.WriteFile(instead, []byte(broken), 0o644), os.WriteFile(overlay, list, 0o644)); err != nil {
			return "", err
		}
		args = append(args, "-overlay", overlay)
	}
	_, err := goTool([]string{"CGO_ENABLED=0"}, append(args, "mingbai/cmd/ledboard")...)
	return program, err
}

// launched NAME VERSION pins SET at SITE: an LED board under its launcher, which was
// installed with that version when that key set was the newest.
func launched(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 6, 6, "launched NAME VERSION pins SET at SITE")
	var set int
	_, err := fmt.Sscan(args[3], &set)
	ts.Check(err)
	program, err := w.release(args[1], false)
	ts.Check(err)
	l, err := newLine()
	ts.Check(err)
	l.to(w.relay.address())
	s := &screen{name: args[0], kind: "led", site: args[5], line: l, config: filepath.Join(w.dir, args[0]+".toml"), installed: program}
	s.lamps, err = newLamps(image.Pt(64, 32))
	ts.Check(err)
	p := panelOf(s)
	ts.Check(os.WriteFile(s.config, fmt.Appendf(nil, `controller = %q
data = %q
name = %q

[panel]
width = %d
height = %d
width_mm = %d
height_mm = %d
colours = "full"

[window]
backend = "none"

[output]
protocol = "ddp"
address = %q
fps = 10

[update]
trial = "10s"
%s
[log]
format = "json"
`, l.url(), w.disk(s), s.name, p.Width, p.Height, p.WidthMM, p.HeightMM, s.lamps.address(), w.vendor.pinned(set)), 0o644))
	w.screens[s.name] = s
	w.startScreen(ts, s)
}

// bring VERSION [broken]: a program is built, signed and brought to the office.
func bring(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 2, "bring VERSION [broken]")
	program, err := w.release(args[0], len(args) > 1)
	ts.Check(err)
	file, err := w.vendor.file(program, args[0])
	ts.Check(err)
	req, err := http.NewRequest("POST", w.url+"/api/v1/packages", bytes.NewReader(file))
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+w.token)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		w.fail(ts, "the package is answered with %s", resp.Status)
	}
}

// rolling is a rollout as the office tells of it.
type rolling struct {
	ID       string   `json:"id"`
	Package  string   `json:"package"`
	Version  string   `json:"version"`
	State    string   `json:"state"`
	Stage    int      `json:"stage"`
	Fits     int      `json:"fits"`
	Reached  int      `json:"reached"`
	Done     int      `json:"done"`
	Broken   int      `json:"broken"`
	Reason   string   `json:"reason_zh"`
	By       string   `json:"reason_by"`
	Culprits []string `json:"culprits"`
}

// roll-out VERSION at SITE to COUNT: the program is offered to the screens of a
// site, once so many are there for it.
func rollOut(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 5, 5, "roll-out VERSION at SITE to COUNT")
	id := fmt.Sprintf("%s-%s-%s-%d.%d", release.LEDBoard, runtime.GOOS, runtime.GOARCH, len(w.vendor.keys), w.vendor.sequence)
	var ro rolling
	w.must(ts, "POST", "/rollouts", map[string]any{"package": id, "site": args[2]}, &ro)
	if ro.Version != args[0] || fmt.Sprint(ro.Fits) != args[4] || ro.Stage != 1 || ro.Reached > 1 {
		w.fail(ts, "the rollout begins as %+v", ro)
	}
	w.rollout = ro.ID
}

// rolled returns the last rollout.
func (w *world) rolled() (ro rolling, err error) {
	var detail struct{ Rollout rolling }
	err = w.call("GET", "/rollouts/"+w.rollout, nil, &detail)
	return detail.Rollout, err
}

// rolled-out COUNT: it has gone through all stages, and so many have the program.
func rolledOut(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "rolled-out COUNT")
	stages := map[int]bool{}
	w.until(ts, "the rollout is through", func() (bool, string) {
		ro, err := w.rolled()
		stages[ro.Stage] = true
		if ro.State == "stopped" {
			w.fail(ts, "it stopped: %s", ro.Reason)
		}
		return err == nil && ro.Stage == 100 && fmt.Sprint(ro.Done) == args[0], fmt.Sprintf("it is %+v, %v", ro, err)
	})
	if len(stages) < 2 {
		w.fail(ts, "it went to all at once")
	}
}

// stops-itself NAME...: the rollout stops, because the program was not well on one
// of these screens, and nobody else has got it.
func stopsItself(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 10, "stops-itself NAME...")
	w.until(ts, "the rollout stops by itself", func() (bool, string) {
		ro, err := w.rolled()
		if err != nil || ro.State != "stopped" {
			return false, fmt.Sprintf("it is %+v, %v", ro, err)
		}
		if ro.By != "" || ro.Done != 0 || ro.Broken != 1 || ro.Reached != 1 || len(ro.Culprits) != 1 || !slices.Contains(args, ro.Culprits[0]) {
			w.fail(ts, "it stopped as %+v", ro)
		}
		for _, part := range []string{ro.Culprits[0], "异常退出", "已退回原程序"} {
			if !strings.Contains(ro.Reason, part) {
				w.fail(ts, "it does not say %q: %s", part, ro.Reason)
			}
		}
		s := w.screens[ro.Culprits[0]]
		said := ""
		st, err := w.state(s)
		if err == nil && st.Report != nil {
			said = st.Report.Vitals.Program.Update.Error
		}
		return strings.Contains(said, "the lamps of this version are upside down"), "its screen says " + said
	})
}

// roll-back: all screens are offered what they ran before.
func rollBack(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 0, 0, "roll-back")
	var ro rolling
	w.must(ts, "POST", "/rollouts/"+w.rollout+"/back", nil, &ro)
	w.rollout = ro.ID
}

// runs NAME|every VERSION: the screen reports that it runs that, not on trial.
func runsWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "runs NAME|every VERSION")
	w.each(ts, args[0], func(s *screen) {
		w.until(ts, s.name+" runs "+args[1], func() (bool, string) {
			st, err := w.state(s)
			if err != nil || st.Report == nil {
				return false, fmt.Sprint(err)
			}
			p := st.Report.Vitals.Program
			return st.Online && p.Version == args[1] && p.Slot != "" && p.Update.Step != wire.UpdateTrial, fmt.Sprintf("it says %+v", p)
		})
	})
	for _, o := range w.crowd {
		if o.mu.Lock(); args[0] == "every" && o.link != nil && o.version != args[1] {
			o.mu.Unlock()
			w.fail(ts, "%s runs %s", o.screen, o.version)
		}
		o.mu.Unlock()
	}
}

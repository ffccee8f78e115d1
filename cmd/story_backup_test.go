package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/configs"
	"mingbai/controller/backup"
	"mingbai/controller/fleet"
)

// officeSettings are those of the office of a story.
func (w *world) officeSettings(ts *testscript.TestScript) configs.Controller {
	cfg, err := configs.LoadController(filepath.Join(w.dir, "office.toml"))
	ts.Check(err)
	return cfg
}

// back-up NAME: the office's data is copied while the office runs.
func backUp(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "back-up NAME")
	_, err := backup.Make(context.Background(), backup.Request{Place: backup.Of(w.officeSettings(ts)), Dir: filepath.Join(w.dir, args[0])})
	ts.Check(err)
}

// burn-down: the machine of the office is gone with all that was on it.
func burnDown(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 0, 0, "burn-down")
	w.office.kill()
	ts.Check(os.RemoveAll(filepath.Join(w.dir, "office")))
}

// restore NAME: a backup comes onto the empty machine.
func restoreWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "restore NAME")
	_, err := backup.Restore(context.Background(), backup.Order{Place: backup.Of(w.officeSettings(ts)), Dir: filepath.Join(w.dir, args[0])})
	ts.Check(err)
}

// lost CHANNEL...: these are the channels of which screens have more than the
// office. recall takes them back, every one.
func lostWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 0, 9, "lost CHANNEL...")
	w.until(ts, "the office misses what it has lost", func() (bool, string) {
		lost := w.lost(ts)
		have, err := json.Marshal(lost)
		ts.Check(err)
		if len(lost) != len(args) {
			return false, "it misses " + string(have)
		}
		for i, l := range lost {
			if l.Channel.String() != args[i] || l.Online == 0 {
				return false, "it misses " + string(have)
			}
		}
		return true, ""
	})
}

func (w *world) lost(ts *testscript.TestScript) []fleet.Lost {
	var answer struct{ Items []fleet.Lost }
	w.must(ts, "GET", "/recalls", nil, &answer)
	return answer.Items
}

func recallWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 0, 0, "recall")
	for {
		lost := w.lost(ts)
		if len(lost) == 0 {
			return
		}
		var answer struct {
			OK    bool   `json:"ok"`
			Error string `json:"error"`
		}
		w.must(ts, "POST", "/channels/"+lost[0].Channel.String()+"/recall", map[string]any{"wait": 30}, &answer)
		if !answer.OK {
			w.fail(ts, "the edition of %s did not come back: %s", lost[0].Channel, answer.Error)
		}
	}
}

// found NAME...: these are the screens that the office does not know and that show
// its signature. take-back NAME makes one of them its screen again.
func foundWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 0, 9, "found NAME...")
	w.until(ts, "the office finds what it has forgotten", func() (bool, string) {
		var have []string
		for _, d := range w.found(ts) {
			have = append(have, d.Screen.Name)
		}
		slices.Sort(have)
		return slices.Equal(have, slices.Sorted(slices.Values(args))), fmt.Sprintf("it finds %q", have)
	})
}

func (w *world) found(ts *testscript.TestScript) []fleet.Found {
	var answer struct{ Items []fleet.Found }
	w.must(ts, "GET", "/pairing/found", nil, &answer)
	return answer.Items
}

func takeBack(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "take-back NAME")
	for _, d := range w.found(ts) {
		if d.Screen.Name == args[0] {
			w.must(ts, "POST", "/pairing/found", map[string]any{"device": d.Fingerprint}, nil)
			return
		}
	}
	w.fail(ts, "%s does not wait to be taken back", args[0])
}

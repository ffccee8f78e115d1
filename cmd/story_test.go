package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/playlist"
)

// patience is how long a story waits for what must happen before it has failed.
// It is no measurement: a busy machine may take its time.
const patience = 3 * time.Minute

// TestStories plays the stories in testdata/stories: real programs in processes of
// their own, real sockets over lines that can fail, real databases and files.
// story_words_test.go says what the words of a story mean.
func TestStories(t *testing.T) {
	county, err := filepath.Abs("testdata/county")
	if err != nil {
		t.Fatal(err)
	}
	board, pace := ledboard(t.TempDir()), startPacer(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/stories", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			w, err := newWorld(env.WorkDir, county, board)
			if err != nil {
				return err
			}
			w.pace = pace
			env.Values[theWorld{}] = w
			env.Defer(w.close)
			return nil
		},
		Cmds: words,
	})
}

type theWorld struct{}

// world is everything of one story. Only the story's goroutine uses it.
type world struct {
	dir, county string
	relay       *relay
	office      *process
	url, token  string
	screens     map[string]*screen
	began       time.Time              // of the last thing that was done at the office
	answered    time.Time              // when the office had done it
	ledboard    func() (string, error) // the LED board's program
	vendor      *vendor                // who builds programs; nil when the story has none
	rollout     string                 // the last one that was started
	crowd       []*extra               // boards that are only their lines
	calm        bool                   // screens report as often as they usually do
	open        bool                   // the office listens on every address, for screens on wires
	measured    []measurement          // of a drill
	pace        *pacer                 // of the machine
}

// screen is one device and its line.
type screen struct {
	name, kind, site string
	line             *line
	clock            string // how its machine's clock is set
	process          *process
	config           string
	window           *window         // nil paints in memory
	lamps            *lamps          // of a board that is the real program; nil for others
	more             playlist.Screen // what its settings have beside the usual
	drill            *drill          // of a screen that is to be broken; nil for others
	dark             time.Time       // since when a board is dark
	seen             []sight         // what was read of its record
	read             int64           // so far into it
	cuts             int             // how often its plug was pulled
	installed        string          // the program under whose launcher a board runs; empty without one
	cable            *cable          // of a machine with a network of its own; nil for others
}

func newWorld(dir, county string, board func() (string, error)) (*world, error) {
	r, err := newRelay()
	if err != nil {
		return nil, err
	}
	return &world{dir: dir, county: county, relay: r, screens: map[string]*screen{}, ledboard: board}, nil
}

func (w *world) close() {
	for _, o := range w.crowd {
		o.off()
	}
	for _, s := range w.screens {
		if s.process != nil {
			s.process.kill()
		}
		if s.drill != nil && s.drill.impostor != nil {
			s.drill.impostor.kill()
		}
		s.cable.unplug()
		s.line.close()
		s.window.close()
		s.lamps.unplug()
	}
	if w.office != nil {
		w.office.kill()
	}
	w.relay.close()
}

// of returns the world of a story.
func of(ts *testscript.TestScript) *world { return ts.Value(theWorld{}).(*world) }

// screenOf returns a screen that the story has.
func (w *world) screen(ts *testscript.TestScript, name string) *screen {
	s := w.screens[name]
	if s == nil {
		ts.Fatalf("there is no screen %s", name)
	}
	return s
}

// until waits for a condition. What good says while it is false is reported when
// it stays so.
func (w *world) until(ts *testscript.TestScript, what string, good func() (ok bool, why string)) {
	w.untilWithin(ts, patience, what, good)
}

// untilWithin is until with another patience.
func (w *world) untilWithin(ts *testscript.TestScript, patience time.Duration, what string, good func() (ok bool, why string)) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, why := good()
		if ok {
			return
		}
		select {
		case <-limit.C:
			w.fail(ts, "waited %v until %s; %s", patience, what, why)
		case <-tick.C:
		}
	}
}

// fail ends the story with the last words of all programs.
func (w *world) fail(ts *testscript.TestScript, format string, args ...any) {
	tails := []string{w.office.tail()}
	for _, s := range w.screens {
		tails = append(tails, s.process.tail())
	}
	ts.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(tails, "\n"))
}

// call speaks to the office's API. in and out may be nil.
func (w *world) call(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, w.url+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, data)
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, out)
}

// must is call where only success will do.
func (w *world) must(ts *testscript.TestScript, method, path string, in, out any) {
	if err := w.call(method, path, in, out); err != nil {
		w.fail(ts, "%v", err)
	}
}

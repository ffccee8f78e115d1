package cmd

import (
	"encoding/json"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// ledboard builds the LED board's program as machines without a display have it,
// once for all stories that ask for it.
func ledboard(dir string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		program := filepath.Join(dir, "ledboard")
		_, err := goTool([]string{"CGO_ENABLED=0"}, "build", "-tags", "netgo,osusergo,noebiten", "-o", program, "mingbai/cmd/ledboard")
		return program, err
	})
}

// board NAME WIDTHxHEIGHT at SITE: an LED board is switched on for the first time.
// It is the real program; its dots go to a pixel controller.
func boardWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 4, 4, "board NAME WIDTHxHEIGHT at SITE")
	var size image.Point
	_, err := fmt.Sscanf(args[1], "%dx%d", &size.X, &size.Y)
	ts.Check(err)
	l, err := newLine()
	ts.Check(err)
	l.to(w.relay.address())
	s := &screen{name: args[0], kind: "led", site: args[3], line: l, config: filepath.Join(w.dir, args[0]+".toml")}
	s.lamps, err = newLamps(size)
	ts.Check(err)
	p := panelOf(s)
	ts.Check(os.WriteFile(s.config, []byte(fmt.Sprintf(`controller = %q
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
fps = 60

[log]
format = "json"
`, l.url(), w.disk(s), s.name, p.Width, p.Height, p.WidthMM, p.HeightMM, s.lamps.address())), 0o644))
	w.screens[s.name] = s
	w.startScreen(ts, s)
}

func (w *world) startBoard(ts *testscript.TestScript, s *screen) {
	program, args, err := s.installed, []string{"launch", "-config", s.config}, error(nil)
	if program == "" {
		program, err = w.ledboard()
		args = args[1:]
	}
	ts.Check(err)
	s.process, err = startFile(s.name, w.dir, program, "ledboard", args...)
	ts.Check(err)
	w.until(ts, s.name+" has started", func() (bool, string) {
		if !s.process.running() {
			w.fail(ts, "%s has ended: %v", s.name, s.process.err)
		}
		_, ok := s.process.said(func(l logLine) bool { return strings.Contains(l.Msg, "program has started") })
		return ok, ""
	})
}

// reported is what a board says itself of what is on it.
func (w *world) reported(s *screen) (sight, bool) {
	st, err := w.state(s)
	if err != nil || st.Report == nil {
		return sight{}, false
	}
	show := st.Report.Showing
	return sight{
		At: st.Report.Time, Run: s.process.cmd.Process.Pid, Page: show.Page, Notice: show.Notice, Version: show.Version,
		Channel: show.Channel, Revision: show.Revision, Why: show.Why, Online: st.Online,
	}, true
}

// asked is what the office is told of a screen.
func (w *world) asked(s *screen) playlist.Screen {
	out := s.more
	out.ID, out.Site = playlist.ScreenID(s.name), playlist.SiteID(s.site)
	out.Kind, out.Name, out.Panel = playlist.ScreenKind(s.kind), s.name, panelOf(s)
	return out
}

// file reads a file of the story, with the days that are named in it.
func (w *world) file(ts *testscript.TestScript, name string) []byte {
	today := schedule.DateOf(time.Now().In(time.FixedZone("", 8*60*60)))
	return []byte(strings.NewReplacer("TODAY", today.String(), "TOMORROW", today.AddDays(1).String()).Replace(ts.ReadFile(name)))
}

// set NAME FILE: the settings of a screen are changed to what the file says of
// them. "! set NAME FILE TEXT" is refused with a sentence that has TEXT in it.
func set(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, false, args, 2, 3, "set NAME FILE [TEXT]")
	s := w.screen(ts, args[0])
	before := s.more
	ts.Check(json.Unmarshal(w.file(ts, args[1]), &s.more))
	w.began = time.Now()
	err := w.call("PUT", "/screens/"+s.name, map[string]any{"screen": w.asked(s)}, nil)
	w.answered = time.Now()
	if w.refused(ts, neg, err, args[2:]) {
		s.more = before
	}
}

// refused checks what became of something: with neg the office must have said no,
// in a sentence with the texts in it.
func (w *world) refused(ts *testscript.TestScript, neg bool, err error, texts []string) bool {
	switch {
	case !neg && err != nil:
		w.fail(ts, "%v", err)
	case neg && err == nil:
		w.fail(ts, "the office has accepted it")
	case neg && !strings.Contains(err.Error(), "422"):
		w.fail(ts, "it was not refused as wrong: %v", err)
	}
	for _, text := range texts {
		if neg && !strings.Contains(err.Error(), text) {
			w.fail(ts, "the refusal does not say %q: %v", text, err)
		}
	}
	if neg {
		ts.Logf("refused: %v", err)
	}
	return neg
}

// refused-screen FILE TEXT: the office does not take a screen like that.
func refusedScreen(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "refused-screen FILE TEXT")
	var asked playlist.Screen
	ts.Check(json.Unmarshal(w.file(ts, args[0]), &asked))
	w.refused(ts, true, w.call("POST", "/screens", map[string]any{"screen": asked}, nil), args[1:])
	if err := w.call("GET", "/screens/"+string(asked.ID), nil, nil); err == nil {
		w.fail(ts, "the screen is there")
	}
}

// goes-dark NAME: by its settings the board is dark now.
func goesDark(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "goes-dark NAME")
	s := w.screen(ts, args[0])
	now := time.Now().In(time.FixedZone("", 8*60*60))
	minute := now.Hour()*60 + now.Minute()
	s.more.Light = &playlist.Light{Day: 100, Night: 100, Dark: &schedule.Span{
		From: schedule.Clock((minute + 1380) % 1440), To: schedule.Clock((minute + 120) % 1440), // an hour ago, in two hours
	}}
	w.began = time.Now()
	w.must(ts, "PUT", "/screens/"+s.name, map[string]any{"screen": w.asked(s)}, nil)
	w.wait(ts, s, "is dark", func(v sight) bool { return v.Page == "dark" })
	s.dark = time.Now()
}

// no-rows NAME: since the board is dark nothing has been written down as shown.
func noRows(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "no-rows NAME")
	s := w.screen(ts, args[0])
	w.until(ts, "the ledger of "+s.name+" is in", func() (bool, string) {
		st, err := w.state(s)
		if err != nil || st.Report == nil {
			return false, fmt.Sprint(err)
		}
		if st.Report.Showing.Page != "dark" {
			w.fail(ts, "%s is not dark: %+v", s.name, st.Report.Showing)
		}
		return st.LedgerSeq > 0 && st.LedgerSeq >= st.Report.LedgerHead && st.Report.Time.Sub(s.dark) > 3*time.Second,
			fmt.Sprintf("%d of %d rows", st.LedgerSeq, st.Report.LedgerHead)
	})
	for _, r := range w.rows(ts, s) {
		if r.Until.After(s.dark) {
			w.fail(ts, "%s is dark since %v and says that it showed %s until %v", s.name, s.dark, r.Notice, r.Until)
		}
	}
}

// says NAME CONDITION TEXT...: the list of all screens says that of a screen.
func says(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 10, "says NAME CONDITION TEXT...")
	s := w.screen(ts, args[0])
	w.until(ts, "the office says that "+s.name+" is "+strings.Join(args[1:], " "), func() (bool, string) {
		var all struct {
			Items []struct {
				ID                 string
				Condition          string
				Title, Cause, Next struct{ Zh, En string }
			}
		}
		if err := w.call("GET", "/screens", nil, &all); err != nil {
			return false, err.Error()
		}
		for _, o := range all.Items {
			if o.ID != s.name {
				continue
			}
			text := strings.Join([]string{o.Title.Zh, o.Cause.Zh, o.Next.Zh}, "；")
			good := o.Condition == args[1]
			for _, part := range args[2:] {
				good = good && strings.Contains(text, strings.ReplaceAll(part, "LAMPS", s.lamps.address()))
			}
			return good, fmt.Sprintf("it says %s: %s", o.Condition, text)
		}
		return false, "it does not have it"
	})
}

// programme SITE FILE: what a site plays is replaced. "! programme SITE FILE TEXT"
// is refused with a sentence that has TEXT in it, and changes nothing.
func programmeWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, false, args, 2, 8, "programme SITE FILE [TEXT...]")
	path := "/sites/" + args[0] + "/programme"
	var before, after json.RawMessage
	w.must(ts, "GET", path, nil, &before)
	w.began = time.Now()
	err := w.call("PUT", path, json.RawMessage(w.file(ts, args[1])), nil)
	w.answered = time.Now()
	if w.refused(ts, neg, err, args[2:]) {
		w.must(ts, "GET", path, nil, &after)
		if string(before) != string(after) {
			w.fail(ts, "the programme was %s and is %s", before, after)
		}
	}
}

// forecast-dark NAME in DURATION: the office foretells that the board is dark then;
// with "!" that it is not.
func forecastDark(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, false, args, 3, 3, "forecast-dark NAME in DURATION")
	ahead, err := days(args[2])
	ts.Check(err)
	var f struct {
		Dark bool `json:"dark"`
	}
	w.must(ts, "GET", "/screens/"+args[0]+"/forecast?at="+time.Now().Add(ahead).UTC().Format(time.RFC3339), nil, &f)
	if f.Dark == neg {
		w.fail(ts, "the forecast of %s says dark: %v", args[0], f.Dark)
	}
}

// forecast NAME in DURATION plays NOTICE,NOTICE by RULE [beating RULE]: that is all
// that the office foretells, and why.
func forecastWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 7, 9, "forecast NAME in DURATION plays NOTICE by RULE [beating RULE]")
	s := w.screen(ts, args[0])
	ahead, err := days(args[2])
	ts.Check(err)
	var f struct {
		Slots []struct {
			Notice playlist.NoticeID `json:"notice"`
		} `json:"slots"`
		Reasons []schedule.Reason `json:"reasons"`
	}
	w.must(ts, "GET", "/screens/"+s.name+"/forecast?at="+time.Now().Add(ahead).UTC().Format(time.RFC3339), nil, &f)
	var plays []string
	for _, slot := range f.Slots {
		plays = append(plays, string(slot.Notice))
	}
	slices.Sort(plays)
	if got := strings.Join(slices.Compact(plays), ","); got != args[4] {
		w.fail(ts, "the forecast of %s plays %s: %+v", s.name, got, f.Reasons)
	}
	chosen, beaten := false, len(args) < 9
	for _, r := range f.Reasons {
		chosen = chosen || r.Rule == args[6] && r.Verdict == schedule.Chosen && r.Detail != ""
		if len(args) == 9 && r.Rule == args[8] && r.Verdict == schedule.Beaten {
			for _, by := range r.By {
				beaten = beaten || strings.HasSuffix(by, "/"+args[6])
			}
		}
	}
	if !chosen || !beaten {
		w.fail(ts, "the forecast of %s says %+v", s.name, f.Reasons)
	}
}

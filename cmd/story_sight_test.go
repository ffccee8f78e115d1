package cmd

import (
	"fmt"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/playlist"
)

// shown NAME NOTICE [exercise] [within DURATION]: the notice is on the display, or
// comes on in its turn. Within counts from the last thing that was done.
func shown(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 5, "shown NAME|every NOTICE [exercise] [within DURATION]")
	notice, rest := playlist.NoticeID(args[1]), args[2:]
	exercise := len(rest) > 0 && rest[0] == "exercise"
	since := time.Now()
	w.each(ts, args[0], func(s *screen) {
		var seen sight
		w.wait(ts, s, "shows "+args[1], func(v sight) bool {
			// What came and went while another screen was looked at was shown as well.
			if i := slices.IndexFunc(s.seen, func(v sight) bool {
				return v.Run == s.process.cmd.Process.Pid && v.Notice == notice && !v.At.Before(since)
			}); v.Notice != notice && i >= 0 {
				v = s.seen[i]
			}
			seen = v
			return v.Notice == notice
		})
		if exercise && !seen.Exercise {
			w.fail(ts, "%s does not say that it is an exercise: %s", s.name, seen)
		}
		w.within(ts, s, rest, "showed "+args[1], func(v sight) bool { return v.Notice == notice })
	})
}

// within checks that something was first so soon enough after the last thing that
// was done, when the words ask for it.
func (w *world) within(ts *testscript.TestScript, s *screen, words []string, what string, good func(sight) bool) {
	i := slices.Index(words, "within")
	if i < 0 || i+1 >= len(words) {
		return
	}
	limit, err := time.ParseDuration(words[i+1])
	ts.Check(err)
	for _, v := range w.sights(s) {
		if v.Run == s.process.cmd.Process.Pid && !v.At.Before(w.began) && good(v) {
			took := v.At.Sub(w.began)
			ts.Logf("%s %s after %v", s.name, what, took.Round(time.Millisecond))
			if most := w.allows(limit, w.began, v.At); took > most {
				w.fail(ts, "%s %s after %v, wanted %v, which is %v here", s.name, what, took, limit, most)
			}
			return
		}
	}
}

// not-shown NAME NOTICE [within DURATION]: the notice is neither on the display
// nor to be found by touching.
func notShown(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 4, "not-shown NAME|every NOTICE [within DURATION]")
	notice := playlist.NoticeID(args[1])
	gone := func(v sight) bool { return v.Notice != notice && !slices.Contains(v.Offers, notice) }
	w.each(ts, args[0], func(s *screen) {
		w.wait(ts, s, "has no "+args[1], gone)
		w.within(ts, s, args[2:], "dropped "+args[1], gone)
	})
}

// never-shown NAME NOTICE [in-this-run]: at no time was it there.
func neverShown(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 3, "never-shown NAME|every NOTICE [in-this-run]")
	notice := playlist.NoticeID(args[1])
	w.each(ts, args[0], func(s *screen) {
		for _, v := range w.sights(s) {
			if len(args) == 3 && v.Run != s.process.cmd.Process.Pid {
				continue
			}
			if v.Notice == notice || slices.Contains(v.Offers, notice) {
				w.fail(ts, "%s had %s at %s: %s", s.name, notice, v.At.Format(time.RFC3339Nano), v)
			}
		}
	})
}

// offered NAME NOTICE: a person can find it, though it may not be in the loop; or
// "! offered NAME NOTICE".
func offered(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, false, args, 2, 2, "offered NAME|every NOTICE")
	w.each(ts, args[0], func(s *screen) {
		w.wait(ts, s, fmt.Sprintf("offers %s: %v", args[1], !neg), func(v sight) bool {
			return slices.Contains(v.Offers, playlist.NoticeID(args[1])) != neg
		})
	})
}

// connected NAME: or "! connected NAME".
func connected(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, false, args, 1, 1, "connected NAME|every")
	w.each(ts, args[0], func(s *screen) {
		w.wait(ts, s, fmt.Sprintf("is connected: %v", !neg), func(v sight) bool { return v.Online != neg })
	})
}

// page NAME PAGE: that page is on, for example loop, alert, fallback or identify.
func pageWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "page NAME|every PAGE")
	w.each(ts, args[0], func(s *screen) {
		w.wait(ts, s, "is at page "+args[1], func(v sight) bool { return v.Page == args[1] })
	})
}

package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// This file is what a technician is told of screens that are broken.

// measurement is one fault of a drill.
type measurement struct {
	screen, kind string
	after, gone  time.Duration // until it was a warning, and until that closed
	limit        time.Duration
	words        string
}

// warned NAME KIND within DURATION [TEXT...]: the office says what is wrong, at
// most so long after the fault by its own record, in both languages, with the
// cause. What hurts nobody is on the page of the screen and is no warning. The
// story waits longer than the limit, which a busy machine needs.
func warned(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 4, 9, "warned NAME KIND within DURATION [TEXT...]")
	s, kind := w.screen(ts, args[0]), args[1]
	limit, err := time.ParseDuration(args[3])
	ts.Check(err)
	var sign fleet.Sign
	var shown time.Time
	w.untilWithin(ts, limit*slowness+patience, s.name+" is warned of: "+kind, func() (bool, string) {
		if open, ok := w.warning(ts, s, kind, "open"); ok {
			sign, shown = signOf(open), open.Shown
			return true, ""
		}
		var st fleet.State
		w.must(ts, "GET", "/screens/"+s.name, nil, &st)
		i := slices.IndexFunc(st.Signs, func(g fleet.Sign) bool { return string(g.Kind) == kind })
		if i >= 0 && st.Signs[i].Severity == fleet.Note {
			sign, shown = st.Signs[i], time.Now()
			return true, ""
		}
		return false, fmt.Sprintf("it says %q: %q; signs %+v", st.Title.Zh, st.Cause.Zh, st.Signs)
	})
	m := measurement{screen: s.name, kind: kind, after: shown.Sub(s.drill.broke), limit: limit, words: sign.Title.Zh + "：" + sign.Cause.Zh + "。" + sign.Next.Zh}
	w.measured = append(w.measured, m)
	if most := w.allows(limit, s.drill.broke, shown); m.after > most {
		w.fail(ts, "%s: the warning %s was shown after %v, wanted %v, which is %v here", s.name, kind, m.after, limit, most)
	}
	for _, text := range []string{sign.Title.Zh, sign.Cause.Zh, sign.Next.Zh, sign.Title.En, sign.Cause.En, sign.Next.En} {
		if text == "" {
			w.fail(ts, "%s: the warning %s lacks words: %+v", s.name, kind, sign)
		}
	}
	if english := sign.Title.En + sign.Cause.En + sign.Next.En; strings.ContainsAny(english, "，。；：") {
		w.fail(ts, "%s: English with Chinese marks: %s", s.name, english)
	}
	for _, text := range args[4:] {
		if !strings.Contains(m.words, text) {
			w.fail(ts, "%s: the words of %s lack %q: %s", s.name, kind, text, m.words)
		}
	}
}

// clear NAME KIND within DURATION: the warning closed by itself, so long after it
// was mended.
func clearWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 4, 4, "clear NAME KIND within DURATION")
	s, kind := w.screen(ts, args[0]), args[1]
	limit, err := time.ParseDuration(args[3])
	ts.Check(err)
	closed := time.Now()
	w.untilWithin(ts, limit*slowness+patience, s.name+" is clear of: "+kind, func() (bool, string) {
		if open, is := w.warning(ts, s, kind, "open"); is {
			return false, fmt.Sprintf("%s：%s", open.TitleZh, open.CauseZh)
		}
		var st fleet.State
		w.must(ts, "GET", "/screens/"+s.name, nil, &st)
		closed = time.Now()
		return !slices.ContainsFunc(st.Signs, func(g fleet.Sign) bool { return string(g.Kind) == kind }), fmt.Sprintf("signs %+v", st.Signs)
	})
	if one, is := w.warning(ts, s, kind, "closed"); is {
		closed = one.Closed
	}
	i := slices.IndexFunc(w.measured, func(m measurement) bool { return m.screen == s.name && m.kind == kind })
	if i < 0 {
		ts.Fatalf("%s was not warned of %s", s.name, kind)
	}
	w.measured[i].gone = max(0, closed.Sub(s.drill.mended)) // what mends itself may be gone before
	if most := w.allows(limit, s.drill.mended, closed); w.measured[i].gone > most {
		w.fail(ts, "%s: the warning %s closed after %v, wanted %v, which is %v here", s.name, kind, w.measured[i].gone, limit, most)
	}
}

// busyMachine is how many times as long as it need things take on a machine on which
// answers come late.
const busyMachine = 2

// busy reports whether what is warned of is that the machine of the story has other
// things to do, which the office and whoever asks a line find out rightly.
func (w *world) busy(ts *testscript.TestScript, o store.Warning) bool {
	if o.Kind != string(fleet.SignLine) && o.Kind != string(fleet.SignOverload) {
		return false
	}
	slower := w.pace.slower(o.Opened.Add(-90*time.Second), o.Opened)
	ts.Logf("%s %s: %s; this machine was %.1f times as slow as it can be", o.Scope, o.TitleZh, o.CauseZh, slower)
	return slower > busyMachine
}

// measured: what the drill measured, for people to read; and nothing is warned of
// any more.
func measuredWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 0, 0, "measured")
	for _, m := range w.measured {
		ts.Logf("%-8s %-10s warned %7s (limit %s)  clear %7s  %s", m.screen, m.kind, millis(m.after), m.limit, millis(m.gone), m.words)
	}
	w.until(ts, "nothing is warned of", func() (bool, string) {
		var answer struct{ Items []store.Warning }
		w.must(ts, "GET", "/warnings", nil, &answer)
		var open []string
		for _, o := range answer.Items {
			if o.Kind == string(fleet.SignOverload) {
				continue // for as long as the machine is; it is judged below
			}
			open = append(open, o.Scope+" "+o.TitleZh+"："+o.CauseZh)
		}
		return len(open) == 0, fmt.Sprintf("%q", open)
	})
	var all, open struct{ Items []store.Warning }
	w.must(ts, "GET", "/warnings?state=closed", nil, &all)
	w.must(ts, "GET", "/warnings", nil, &open)
	for _, c := range append(all.Items, open.Items...) {
		if !slices.ContainsFunc(w.measured, func(m measurement) bool {
			return slices.Contains(c.Screens, playlist.ScreenID(m.screen)) && m.kind == c.Kind
		}) && !w.busy(ts, c) {
			w.fail(ts, "a warning that nobody caused: %s %s: %s", c.Scope, c.TitleZh, c.CauseZh)
		}
	}
}

// warning finds what is warned of about a screen.
func (w *world) warning(ts *testscript.TestScript, s *screen, kind, state string) (store.Warning, bool) {
	var answer struct{ Items []store.Warning }
	w.must(ts, "GET", "/warnings?state="+state+"&screen="+s.name, nil, &answer)
	i := slices.IndexFunc(answer.Items, func(o store.Warning) bool { return o.Kind == kind })
	if i < 0 {
		return store.Warning{}, false
	}
	return answer.Items[i], true
}

func signOf(o store.Warning) fleet.Sign {
	return fleet.Sign{
		Kind: fleet.Kind(o.Kind), Severity: fleet.Severity(o.Severity), Since: o.Opened,
		Title: fleet.Words{Zh: o.TitleZh, En: o.TitleEn}, Cause: fleet.Words{Zh: o.CauseZh, En: o.CauseEn}, Next: fleet.Words{Zh: o.NextZh, En: o.NextEn},
	}
}

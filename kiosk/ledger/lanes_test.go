package ledger

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
)

// said prints rows as seconds from the start.
func said(t *testing.T, l *Ledger) (out []string) {
	t.Helper()
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	all := rows(t, l)
	if err := checkRows(all, assets.Ref{}); err != nil {
		t.Error(err)
	}
	for _, r := range all {
		out = append(out, fmt.Sprintf("%s/%s %v-%v", r.Notice, r.Page, r.From.Sub(start).Seconds(), r.Until.Sub(start).Seconds()))
	}
	return out
}

// TestSeveralAreVisibleAtOnce is a board whose loop turns while the weather and a
// slogan stand beside it: each has its own rows, in the order in which they end.
func TestSeveralAreVisibleAtOnce(t *testing.T) {
	l := openLedger(t, crashfs.New())
	slogan := What{Notice: "a", Version: 1, Channel: a.Channel, Revision: 3, Page: "zone"} // also in the loop
	other := weather
	other.Notice = "w2"
	together(l, 0, 10, a, weather, slogan)
	together(l, 10, 12, b, slogan, weather) // whatever the order
	together(l, 12, 15, b, other, slogan)   // other weather
	together(l, 15, 16, other, slogan)      // the loop shows the plate
	together(l, 16, 17)                     // the board is dark
	together(l, 20, 24, b, other, other)    // two zones with the same
	together(l, 60, 63, b, other)           // nothing was drawn for a while
	together(l, 63, 63)
	together(l, 70, 75, What{Page: "home"}, What{Notice: "gone", Version: 1, Page: "alert"}) // rows that nobody could read again
	want := []string{
		"a/loop 0-10", "w/zone 0-12", "b/loop 10-15", "a/zone 0-16", "w2/zone 12-16",
		"b/loop 20-24", "w2/zone 20-24", "b/loop 60-63", "w2/zone 60-63",
	}
	if got := said(t, l); !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

// TestWhatStandsBesideTheLoopIsWrittenInParts: a cut takes no more of a zone that
// never changes than of the loop (DOMAIN I8).
func TestWhatStandsBesideTheLoopIsWrittenInParts(t *testing.T) {
	l := openLedger(t, crashfs.New())
	together(l, 0, 7, a, weather)
	for s := 7; s < 100; s += 10 {
		together(l, s, s+10, []What{b, a}[s/10%2], weather)
	}
	all := said(t, l)
	for _, want := range []string{"w/zone 0-30", "w/zone 30-60", "w/zone 60-90"} {
		if !slices.Contains(all, want) {
			t.Errorf("no row %q in %q", want, all)
		}
	}
}

// TestNothingIsClaimedThatWasNotVisible shows by chance one to four things at once,
// with silences, leaps and restarts, and holds the rows against a count of its own:
// an instant between two presentations counts for what the earlier one showed.
func TestNothingIsClaimedThatWasNotVisible(t *testing.T) {
	things := []What{a, b, weather, {Notice: "a", Version: 1, Channel: a.Channel, Revision: 3, Page: "zone"}, {Notice: "s", Version: 1, Channel: playlist.ChannelID{Site: "qinghe", Alert: true}, Page: "alert"}}
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 7))
		fsys := crashfs.New()
		l := openLedger(t, fsys)
		visible := map[What]time.Duration{}
		at := start
		var now []What
		for range 3000 {
			step := time.Duration(1+r.IntN(1000)) * time.Millisecond
			switch r.IntN(60) {
			case 0:
				step = maxGap + time.Millisecond
			case 1:
				step = time.Duration(r.IntN(100)) * time.Minute
			}
			if at = at.Add(step); step <= maxGap {
				for _, w := range now {
					visible[w] += step
				}
			}
			if r.IntN(8) == 0 {
				now = now[:0]
				for _, i := range r.Perm(len(things))[:r.IntN(len(things))] {
					now = append(now, things[i])
				}
			}
			l.Presented(at, now...)
			if r.IntN(300) == 0 {
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				l = openLedger(t, fsys)
				l.Presented(at, now...)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = openLedger(t, fsys)
		all := rows(t, l)
		if err := checkRows(all, assets.Ref{}); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		claimed := map[What]time.Duration{}
		for _, row := range all {
			claimed[whatOf(row)] += row.Until.Sub(row.From)
			if row.Until.Sub(row.From) > maxRow+maxGap {
				t.Errorf("seed %d: row %d lasts %v", seed, row.Seq, row.Until.Sub(row.From))
			}
		}
		for _, w := range things {
			if claimed[w] != visible[w] {
				t.Errorf("seed %d: %s: the rows say %v, it was visible for %v", seed, w, claimed[w], visible[w])
			}
		}
	}
}

// TestLedgerOfAnOlderProgramGoesOn opens the file of a program that knew one
// notice at a time, and goes on in it.
func TestLedgerOfAnOlderProgramGoesOn(t *testing.T) {
	dir := t.TempDir()
	name := segmentName(1)
	data, err := os.ReadFile(filepath.Join("testdata", "older", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := Open(durable.OS, dir, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	together(l, 70, 75, b, weather)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err = Open(durable.OS, dir, quiet); err != nil {
		t.Fatal(err)
	}
	want := []string{"a/loop 0-30", "a/loop 30-40", "b/loop 40-52", "a/loop 60-65", "b/loop 70-75", "w/zone 70-75"}
	if got := said(t, l); !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

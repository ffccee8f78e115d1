package cmd

import (
	"fmt"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// ledgerIn checks the record of display of screens.
//
//	ledger-in NAME|every
//
// It waits until the office has every row that the screen has written, and holds
// them against what the screen was seen to present: numbered without gaps,
// chained, in the order of their ends, never more than was visible, and all that
// was except what a power cut may lose; and the office's sums are those of the
// rows, no instant counted twice.
func ledgerIn(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "ledger-in NAME|every")
	w.each(ts, args[0], func(s *screen) {
		// From now on the record grows; what is compared ends here.
		until := time.Now()
		w.until(ts, "the ledger of "+s.name+" is in", func() (bool, string) {
			st, err := w.state(s)
			if err != nil || st.Report == nil {
				return false, fmt.Sprint(err)
			}
			in := st.LedgerSeq > 0 && st.LedgerSeq >= st.Report.LedgerHead && st.Report.Time.After(until)
			return in, fmt.Sprintf("%d of %d rows", st.LedgerSeq, st.Report.LedgerHead)
		})
		rows := w.rows(ts, s)
		if err := inOrder(rows); err != nil {
			w.fail(ts, "the ledger of %s: %v", s.name, err)
		}
		w.compare(ts, s, rows)
	})
}

func (w *world) rows(ts *testscript.TestScript, s *screen) []wire.Row {
	var ledger struct {
		Items []struct{ wire.Row }
	}
	w.must(ts, "GET", "/screens/"+s.name+"/ledger?limit=10000", nil, &ledger)
	rows := make([]wire.Row, len(ledger.Items))
	for i, item := range ledger.Items {
		rows[i] = item.Row
	}
	return rows
}

// inOrder checks numbers, chain and times.
func inOrder(rows []wire.Row) error {
	var chain assets.Ref
	var last time.Time
	ends := map[string]time.Time{} // of a notice at a place
	for i, r := range rows {
		place := r.Page + " " + string(r.Notice)
		switch {
		case r.Seq != uint64(i+1):
			return fmt.Errorf("row %d has number %d", i+1, r.Seq)
		case wire.Link(chain, r) != r.Chain:
			return fmt.Errorf("row %d does not continue the chain", r.Seq)
		case r.Until.Before(last.Add(-time.Millisecond)): // rows are rounded to milliseconds
			return fmt.Errorf("row %d ends at %s, the one before at %s", r.Seq, r.Until, last)
		case r.From.Before(ends[place].Add(-time.Millisecond)):
			return fmt.Errorf("row %d begins at %s, %s was there until %s", r.Seq, r.From, place, ends[place])
		}
		chain, last, ends[place] = r.Chain, r.Until, r.Until
	}
	return nil
}

// visible is how long a notice was on a display, as seen from outside.
type visible struct {
	least, most time.Duration
}

// seen adds up what a screen presented. A run that was killed may have gone on
// for one interval of the record, and its last half minute may be lost.
func (w *world) seen(s *screen) map[playlist.NoticeID]visible {
	sum := map[playlist.NoticeID]visible{}
	list := w.sights(s)
	for i, v := range list {
		visible := map[playlist.NoticeID]bool{v.Notice: true}
		for _, a := range v.Also {
			visible[a.Notice] = true
		}
		delete(visible, "")
		for notice := range visible {
			t := sum[notice]
			if i+1 < len(list) && list[i+1].Run == v.Run {
				t.most += list[i+1].Moment.Now.Sub(v.Before)
				// Longer than that nobody looked, nor can the screen say that it was there.
				if gap := list[i+1].Before.Sub(v.Moment.Now); gap < 2*time.Second {
					t.least += max(0, gap)
				}
			} else {
				t.most += time.Second
			}
			sum[notice] = t
		}
	}
	return sum
}

// claims adds up what rows say of each notice; what a zone and the loop showed at
// one time counts once.
func claims(rows []wire.Row) map[playlist.NoticeID]time.Duration {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b wire.Row) int { return a.From.Compare(b.From) })
	sum, ends := map[playlist.NoticeID]time.Duration{}, map[playlist.NoticeID]time.Time{}
	for _, r := range rows {
		if from := ends[r.Notice]; from.After(r.From) {
			r.From = from
		}
		if r.Until.After(r.From) {
			sum[r.Notice] += r.Until.Sub(r.From)
			ends[r.Notice] = r.Until
		}
	}
	return sum
}

// mayMiss is what the rows may lack: what is open now, and as much again for each
// cut of the power (DOMAIN I8).
const mayMiss = 60 * time.Second

func (w *world) compare(ts *testscript.TestScript, s *screen, rows []wire.Row) {
	claimed := claims(rows)
	count := map[playlist.NoticeID]int{}
	for _, r := range rows {
		count[r.Notice]++
	}
	seen := w.seen(s)
	for notice, shown := range claimed {
		rounding := time.Duration(count[notice]) * time.Millisecond
		if most := seen[notice].most + rounding; shown > most {
			w.fail(ts, "%s says that it showed %s for %v, it was visible for at most %v", s.name, notice, shown, most)
		}
	}
	for notice, v := range seen {
		if claimed[notice] < v.least-mayMiss*time.Duration(1+s.cuts) {
			w.fail(ts, "%s showed %s for at least %v and says %v", s.name, notice, v.least, claimed[notice])
		}
	}
	for notice, shown := range claimed {
		var proof struct {
			Screens []struct {
				Screen  string `json:"screen"`
				Seconds int64  `json:"seconds"`
				Days    []struct{}
			} `json:"screens"`
		}
		w.must(ts, "GET", "/notices/"+string(notice)+"/display", nil, &proof)
		found := false
		for _, p := range proof.Screens {
			if p.Screen != s.name {
				continue
			}
			found = true
			// New rows may have come in between; whole seconds are cut off by the day.
			now := claims(w.rows(ts, s))[notice]
			said := time.Duration(p.Seconds) * time.Second
			if said > now || said < shown-time.Duration(len(p.Days)+1)*time.Second {
				w.fail(ts, "the office says that %s was up on %s for %v, the rows say %v", notice, s.name, said, shown)
			}
		}
		if !found {
			w.fail(ts, "the office has no proof of %s on %s", notice, s.name)
		}
	}
	ts.Logf("%s: %d rows, %v", s.name, len(rows), claimed)
}

package ledger

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

var (
	// segment is small so that the tests cross many.
	segment = 20
	quiet   = slog.New(slog.DiscardHandler)
	start   = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	a       = What{Notice: "a", Version: 1, Channel: playlist.ChannelID{Site: "qinghe"}, Revision: 3, Page: "loop"}
	b       = What{Notice: "b", Version: 2, Channel: playlist.ChannelID{Site: "qinghe"}, Revision: 3, Page: "loop"}
	weather = What{Notice: "w", Version: 1, Channel: playlist.ChannelID{Site: "qinghe"}, Revision: 3, Page: "zone"}
)

func openLedger(t testing.TB, fsys durable.FS) *Ledger {
	t.Helper()
	l, err := open(fsys, "ledger", quiet, segment)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// stand presents what once a second from at second from up to second until; nil
// is nothing.
func stand(l *Ledger, what *What, from, until int) {
	var visible []What
	if what != nil {
		visible = append(visible, *what)
	}
	together(l, from, until, visible...)
}

// together presents several things at once.
func together(l *Ledger, from, until int, visible ...What) {
	for s := from; s <= until; s++ {
		l.Presented(start.Add(time.Duration(s)*time.Second), visible...)
	}
}

func rows(t testing.TB, l *Ledger) []wire.Row {
	t.Helper()
	var all []wire.Row
	for {
		after := uint64(0)
		if len(all) > 0 {
			after = all[len(all)-1].Seq
		}
		batch, err := l.Batch(after, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch) == 0 {
			return all
		}
		all = append(all, batch...)
	}
}

// checkRows states the whole invariant: numbers without gaps, an unbroken chain,
// ends that run forward, and no two rows of one thing at one time.
func checkRows(rows []wire.Row, chain assets.Ref) error {
	ends := map[What]time.Time{}
	for i, r := range rows {
		if i > 0 && r.Seq != rows[i-1].Seq+1 {
			return fmt.Errorf("row %d follows row %d", r.Seq, rows[i-1].Seq)
		}
		if i > 0 && r.Until.Before(rows[i-1].Until) {
			return fmt.Errorf("row %d ends before row %d", r.Seq, rows[i-1].Seq)
		}
		if r.From.Before(ends[whatOf(r)]) {
			return fmt.Errorf("row %d begins before another of %s ends", r.Seq, whatOf(r))
		}
		ends[whatOf(r)] = r.Until
		if !r.Until.After(r.From) {
			return fmt.Errorf("row %d lasts nothing", r.Seq)
		}
		if i > 0 || r.Seq == 1 {
			if want := wire.Link(chain, r); r.Chain != want {
				return fmt.Errorf("the chain breaks at row %d", r.Seq)
			}
		}
		chain = r.Chain
	}
	return nil
}

func whatOf(r wire.Row) What {
	return What{Notice: r.Notice, Version: r.Version, Channel: r.Channel, Revision: r.Revision, Page: r.Page}
}

func TestRowsSayWhatWasVisibleAndNoMore(t *testing.T) {
	l := openLedger(t, crashfs.New())
	stand(l, &a, 0, 10)
	stand(l, &b, 10, 18)
	stand(l, nil, 18, 20)  // the home page: no notice
	stand(l, &a, 30, 33)   // after a silence
	stand(l, &a, 100, 104) // the loop stood still for a minute: not counted
	l.Presented(start.Add(50*time.Second), a)
	stand(l, &a, 51, 53) // the clock went back
	stand(l, nil, 53, 53)
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows(t, l) {
		got = append(got, fmt.Sprintf("%s %v-%v", r.Notice, r.From.Sub(start).Seconds(), r.Until.Sub(start).Seconds()))
	}
	want := []string{"a 0-10", "b 10-18", "a 30-33", "a 100-104", "a 50-53"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func TestLongDisplayIsWrittenInParts(t *testing.T) {
	l := openLedger(t, crashfs.New())
	stand(l, &a, 0, 95)
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	all := rows(t, l)
	if len(all) != 3 {
		t.Fatalf("%d rows after 95 s, want 3 of 30 s", len(all))
	}
	if err := checkRows(all, assets.Ref{}); err != nil {
		t.Error(err)
	}
	if total := all[2].Until.Sub(all[0].From); total != 90*time.Second {
		t.Errorf("the rows cover %v without a gap, want 90 s", total)
	}
}

func TestNumbersGoOnAfterRestartAndAcknowledgement(t *testing.T) {
	fsys := crashfs.New()
	l := openLedger(t, fsys)
	at := 0
	show := func(n int) {
		for range n {
			stand(l, &a, at, at+2)
			stand(l, &b, at+2, at+4)
			at += 4
		}
		stand(l, nil, at, at)
		if err := l.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	show(3 * segment / 2) // 3 segments
	head := l.Head()
	if head != uint64(3*segment) {
		t.Fatalf("head %d, want %d", head, 3*segment)
	}
	all := rows(t, l)
	if err := checkRows(all, assets.Ref{}); err != nil {
		t.Fatal(err)
	}
	if err := l.Acknowledge(uint64(2*segment + 10)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLedger(t, fsys)
	left := rows(t, l)
	if len(left) != segment || left[0].Seq != uint64(2*segment+1) {
		t.Errorf("%d rows from %d are left, want the last segment whole", len(left), left[0].Seq)
	}
	show(2)
	left = rows(t, l)
	if err := checkRows(left, all[2*segment-1].Chain); err != nil {
		t.Error(err)
	}
	if l.Head() != head+4 {
		t.Errorf("head %d after four more rows, want %d", l.Head(), head+4)
	}
	if err := l.Acknowledge(1 << 40); err != nil {
		t.Fatal(err)
	}
	if l.Acked() != l.Head() {
		t.Errorf("acknowledged %d, more than there is: %d", l.Acked(), l.Head())
	}
}

// TestEveryFailureKeepsTheLedgerWhole fails every call and cuts the power after
// each (DOMAIN I8).
func TestEveryFailureKeepsTheLedgerWhole(t *testing.T) {
	base := crashfs.New()
	l := openLedger(t, base)
	stand(l, &a, 0, 5)
	stand(l, &b, 5, 9)
	stand(l, nil, 9, 9)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	type did struct{ flushed int } // rows
	op := func(fsys *crashfs.FS) (d did) {
		l, err := open(fsys, "ledger", quiet, segment)
		if err != nil {
			return d
		}
		d.flushed = 2
		for i := range 3 {
			together(l, 20+10*i, 22+10*i, a, weather)
			together(l, 22+10*i, 24+10*i, weather, b)
			stand(l, nil, 24+10*i, 24+10*i)
			if l.Flush() == nil {
				d.flushed = 5 + 3*i
			}
		}
		_ = l.Close() // what it could not write, the check below does not ask for
		return d
	}
	check := func(_ crashfs.Trial, fsys *crashfs.FS, d did) error {
		l, err := open(fsys, "ledger", quiet, segment)
		if err != nil {
			return err
		}
		all := rows(t, l)
		if len(all) < max(d.flushed, 2) {
			return fmt.Errorf("%d rows, but %d were on disk", len(all), max(d.flushed, 2))
		}
		return checkRows(all, assets.Ref{})
	}
	if err := crashfs.Exhaust(base, crashfs.Faults, 4, op, check); err != nil {
		t.Error(err)
	}
}

func TestMonthsAloneDrainInOrder(t *testing.T) {
	fsys := crashfs.New()
	l := openLedger(t, fsys)
	for i := range 3 * segment {
		stand(l, &a, 5*i, 5*i+1)
	}
	stand(l, nil, 5*3*segment, 5*3*segment)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLedger(t, fsys)
	batch, err := l.Batch(uint64(segment)-3, 200)
	if err != nil || len(batch) != 3 || batch[0].Seq != uint64(segment-2) {
		t.Fatalf("batch before a segment's end: %d rows, %v", len(batch), err)
	}
	batch, err = l.Batch(uint64(segment), 200)
	if err != nil || len(batch) != segment || batch[0].Seq != uint64(segment+1) {
		t.Fatalf("batch of the next segment: %d rows, %v", len(batch), err)
	}
	if err := checkRows(rows(t, l), assets.Ref{}); err != nil {
		t.Error(err)
	}
}

func FuzzDecodeRow(f *testing.F) {
	row := wire.Row{Seq: 1, Notice: "a", Version: 1, From: start, Until: start.Add(time.Second), Page: "loop"}
	data, err := json.Marshal(row)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"seq":1,"notice":"a","from":"2026-11-22T01:00:01Z","until":"2026-11-22T01:00:00Z"}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, data []byte) {
		row, err := DecodeRow(data)
		if err == nil && (row.Seq == 0 || row.Notice == "" || row.Until.Before(row.From)) {
			t.Errorf("accepted %+v", row)
		}
	})
}

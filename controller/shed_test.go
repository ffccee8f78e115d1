package controller_test

import (
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestSheddingKeepsWhatCounts lets a controller leave out all that it may: reports
// are thinned, figures and daily screenshots go, and the ledger is acknowledged and
// editions are adopted as ever.
func TestSheddingKeepsWhatCounts(t *testing.T) {
	cfg := settings(t.TempDir())
	c, _ := start(t, cfg)
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"门口"`)
	ch := playlist.ChannelID{Site: "liuxi"}
	d.send(wire.TypeReport, wire.Report{Time: time.Now(), LedgerHead: 1})
	head := func() uint64 {
		s, err := c.Fleet.StateOf(t.Context(), d.screen)
		if err != nil {
			t.Fatal(err)
		}
		if s.Report == nil {
			return 0
		}
		return s.Report.LedgerHead
	}
	eventually(t, func() bool { return head() == 1 })
	c.Fleet.Shed(fleet.ShedReports)
	d.send(wire.TypeReport, wire.Report{Time: time.Now(), LedgerHead: 2})
	eventually(t, func() bool { return c.Fleet.HasShed().Reports == 1 })
	if head() != 1 {
		t.Error("the report was taken")
	}
	d.until(ch, func(playlist.Edition) bool { return true })
	eventually(t, func() bool {
		s, err := c.Fleet.StateOf(t.Context(), d.screen)
		return err == nil && s.Reported[ch] == d.have[ch] && d.have[ch] > 0
	})
	d.send(wire.TypeLedger, wire.Ledger{Rows: []wire.Row{d.row("n-1", 1, time.Now(), time.Minute)}})
	var taken wire.Taken
	if d.expect(wire.TypeTaken, &taken); taken.Seq != 1 {
		t.Errorf("taken up to %d", taken.Seq)
	}
	begin := time.Now()
	p := c.Fleet.Photographer(begin)
	if err := p.Step(t.Context(), begin.Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if last, err := c.Store.Commands(t.Context(), d.screen, 1); err != nil || len(last) != 0 || c.Fleet.HasShed().Screenshots != 1 {
		t.Errorf("a screenshot was asked for: %v, %v, %+v", last, err, c.Fleet.HasShed())
	}
	c.Fleet.Shed(fleet.ShedNothing)
	if err := p.Step(t.Context(), begin.Add(4*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if last, err := c.Store.Commands(t.Context(), d.screen, 1); err != nil || len(last) != 1 {
		t.Errorf("afterwards none was asked for: %v, %v", last, err)
	}
	d.send(wire.TypeReport, wire.Report{Time: time.Now(), LedgerHead: 3})
	eventually(t, func() bool { return head() == 3 })
}

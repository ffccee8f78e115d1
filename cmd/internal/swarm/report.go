package swarm

import (
	"math/rand/v2"
	"time"

	"mingbai/assets"
	"mingbai/playlist/wire"
)

// report sends the health of the device in its turn.
func (d *device) report() {
	if d.manner == Storming || d.manner == Garbling {
		return // they have their own pace
	}
	began := time.Now()
	if d.tell(wire.TypeReport, d.health(began)) {
		d.swarm.counts.reports.Add(1)
		d.swarm.counts.report.add(time.Since(began))
	}
}

// reportOn sends a report on a line and waits until it went.
func (d *device) reportOn(l *line) error {
	began := time.Now()
	err := l.say(wire.TypeReport, d.health(began))
	if err == nil {
		d.swarm.counts.reports.Add(1)
		d.swarm.counts.report.add(time.Since(began))
	}
	return err
}

// health is a report of about 1.5 KB, with figures as those of a small machine
// that is well.
func (d *device) health(now time.Time) wire.Report {
	now = now.UTC().Round(time.Millisecond)
	up := int64(now.Sub(d.swarm.began)/time.Second) + 86400*int64(d.i%90+1)
	r := wire.Report{Time: now}
	d.mu.Lock()
	r.Showing = wire.Showing{Page: "home", Since: d.swarm.began.UTC(), Why: "没有人在用，首页等待触摸"}
	if c := d.showing; c != nil {
		r.Showing = wire.Showing{
			Page: "loop", Notice: c.notice, Version: c.version, Channel: c.edition.Channel, Revision: c.edition.Revision, Since: d.since.UTC(),
			Why: "轮播：日常播放单，全天，普通级别",
		}
	}
	if d.i%ledEvery == ledEvery-1 && d.showing != nil {
		also := r.Showing
		also.Page, also.Why = "zone", "版块：公告区"
		r.Also = []wire.Showing{also, also}
	}
	r.LedgerHead = d.ledger.head
	d.mu.Unlock()
	wobble := func(mean, by float64) float64 { return mean + by*(2*rand.Float64()-1) }
	r.Vitals = wire.Vitals{
		CPU: wobble(14, 9), MemoryUsed: uint64(wobble(1.6e9, 2e8)), MemoryTotal: 4 << 30, RSS: uint64(wobble(1.3e8, 1e7)),
		DiskFree: 41<<30 + uint64(rand.N(1<<20)), DiskTotal: 58 << 30, Temperature: wobble(51, 5), Uptime: up, Running: up - 40,
		NetRx: uint64(up) * 900, NetTx: uint64(up) * 400, ClockOffset: wobble(0, 0.2), FrameP50: wobble(6, 1), FrameP99: wobble(14, 3),
		Frames: uint64(up) * 3, Heartbeat: now, ContentAsOf: now,
		Line:    wire.Line{RTT: float64(d.rtt.Load()) / 1e6, Pings: 60, Lost: 0},
		Picture: wire.Picture{At: now, Luma: wobble(142, 20), Changed: now.Add(-7 * time.Second)},
		Output: wire.Output{
			Display: wire.Plugged, Connector: "HDMI-A-1", Touch: wire.Plugged, Touched: now.Add(-11 * time.Minute), Brightness: 80, Volume: 40,
		},
		Program: wire.Program{Version: "1.4.0", Slot: "a", Starts: 1, Before: wire.EndedStopped, Update: wire.UpdateState{Version: "1.4.0", Step: wire.UpdateDone, At: d.swarm.began.UTC()}},
		Storage: wire.Storage{Blobs: 1240 + d.i%100, Bytes: 190_000_000 + int64(d.i)*1000},
	}
	if d.manner == Lying {
		lie(&r)
	}
	return r
}

// lie makes figures that no machine has.
func lie(r *wire.Report) {
	v := &r.Vitals
	v.CPU, v.MemoryUsed, v.DiskFree, v.Temperature = -400, v.MemoryTotal*9, v.DiskTotal*3, 1e6
	v.Uptime, v.Running, v.ClockOffset = -1, 1<<40, 1e9
	r.Time = r.Time.AddDate(70, 0, 0)
	v.Heartbeat, v.ContentAsOf = r.Time, r.Time
	r.Showing.Revision += 1000
	r.LedgerHead += 1 << 40
	v.Picture.Luma, v.Storage.Missing = -3, -1
}

// record is what a device has displayed, its ledger.
type record struct {
	head    uint64
	chain   assets.Ref
	waiting []wire.Row // not taken yet
	sent    uint64     // the last row that went over the line that is open
}

// welcome takes the word of the controller for what it has. A swarm that calls
// again after another run cannot go on with its chain: it begins a ledger of its
// own, as a device does that lost it.
func (l *record) welcome(taken uint64) {
	l.taken(taken)
	l.sent = 0
}

func (l *record) taken(seq uint64) int {
	n := 0
	for len(l.waiting) > 0 && l.waiting[0].Seq <= seq {
		l.waiting = l.waiting[1:]
		n++
	}
	if len(l.waiting) == 0 {
		l.waiting = nil
	}
	return n
}

// maxWaiting is how many rows wait at most, as many as one message takes.
const maxWaiting = 200

// shown ends a row in the device's turn and sends it, with those before it that
// found the line busy.
func (d *device) shown() {
	d.sending.Lock()
	defer d.sending.Unlock()
	now := time.Now().UTC().Round(time.Millisecond)
	d.mu.Lock()
	c, l := d.showing, &d.ledger
	if c == nil || len(l.waiting) >= maxWaiting {
		d.mu.Unlock()
		return
	}
	l.head++
	row := wire.Row{
		Seq: l.head, Notice: c.notice, Version: c.version, Channel: c.edition.Channel, Revision: c.edition.Revision,
		From: now.Add(-min(d.swarm.cfg.Ledger, 10*time.Second)), Until: now, Page: "loop",
	}
	row.Chain = wire.Link(l.chain, row)
	l.chain = row.Chain
	l.waiting = append(l.waiting, row)
	d.mu.Unlock()
	d.send()
}

// send sends the rows that have not gone over this line, in their order: a row that
// overtakes another would be a ledger that broke. The caller holds sending.
func (d *device) send() {
	d.mu.Lock()
	sent := d.ledger.sent
	var rows []wire.Row
	for _, row := range d.ledger.waiting {
		if row.Seq > sent {
			rows = append(rows, row)
		}
	}
	d.mu.Unlock()
	if len(rows) == 0 || !d.tell(wire.TypeLedger, wire.Ledger{Rows: rows}) {
		return
	}
	d.swarm.counts.rows.Add(int64(len(rows)))
	d.mu.Lock()
	d.ledger.sent = rows[len(rows)-1].Seq
	d.mu.Unlock()
}

func (d *device) taken(seq uint64) {
	d.mu.Lock()
	n := d.ledger.taken(seq)
	d.mu.Unlock()
	d.swarm.counts.taken.Add(int64(n))
}

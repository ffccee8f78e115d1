package main

import (
	"context"
	"fmt"
	"time"

	"mingbai/playlist/wire"
)

func overTLS(tls bool) string {
	if tls {
		return " over TLS"
	}
	return ""
}

// idleTarget is the most that an idle device may cost, in KB.
func idleTarget(tls bool) float64 {
	if tls {
		return 24
	}
	return 10
}

// growth is by how many KB a server has grown for each of n devices, before and
// after it has given back what it does not need.
func (m *Bench) growth(ctx context.Context, s *Server, n int) (raw, tidy float64, err error) {
	each := func() (float64, error) {
		p, err := m.Proc(s.Pid())
		return float64(p.RSS-s.before.RSS) / float64(n) / 1024, err
	}
	if raw, err = each(); err != nil {
		return 0, 0, err
	}
	if err := s.call(ctx, "tidy", nil, nil); err != nil {
		return 0, 0, err
	}
	tidy, err = each()
	return raw, tidy, err
}

// quiet waits until a server has done what it does by itself after a start or after
// many screens came: until it takes less than a twentieth of a core. One that never
// does is measured as it is.
func (m *Bench) quiet(ctx context.Context, s *Server) error {
	const look = 500 * time.Millisecond
	for began := time.Now(); time.Since(began) < time.Minute; {
		before, err := cpuOf(ctx, s.child)
		if err != nil {
			return err
		}
		if err := rest(ctx, look); err != nil {
			return err
		}
		after, err := cpuOf(ctx, s.child)
		if err != nil || after-before < look/20 {
			return err
		}
	}
	return nil
}

// hubMemory is what a device costs the hub alone, idle and after a large push.
func hubMemory(ctx context.Context, m *Bench, tls bool) ([]Row, error) {
	s, err := m.Server(ctx, ServerOptions{Bare: true, TLS: tls})
	if err != nil {
		return nil, err
	}
	crowd, err := m.crowdAt(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	raw, idle, err := m.growth(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	payload, err := payloadFor(100 << 10)
	if err != nil {
		return nil, err
	}
	a := announcement{Channel: everywhere, Revision: firstRevision, Bytes: payload, Answers: m.Devices, Seconds: answerIn}
	if err := s.call(ctx, "announce", a, nil); err != nil {
		return nil, err
	}
	rawAfter, after, err := m.growth(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	over := overTLS(tls)
	rows := []Row{{
		Name: fmt.Sprintf("memory of one of %d idle screens, hub alone%s", m.Devices, over), Unit: "KB", Ours: idle, Target: idleTarget(tls), Of: ofValue,
		Note: fmt.Sprintf("Resident bytes of the process, less those before the first came; %s KB before it was made to collect.", figure(raw)),
	}}
	last := Row{
		Name: "the same after 100 KB to all" + over, Unit: "KB", Ours: after,
		Note: fmt.Sprintf("%s KB before it was made to collect.", figure(rawAfter)),
	}
	if !tls {
		last.Target, last.Of = 12, ofValue
	}
	return m.few(append(rows, last)), m.leave(ctx, s, crowd)
}

// enough is how many devices it takes until what a server needs by itself does not
// count any more.
const enough = 5000

// few takes the targets of memory away where there are too few devices for them.
func (m *Bench) few(rows []Row) []Row {
	if m.Devices < enough {
		for i := range rows {
			rows[i].Target, rows[i].Of = 0, ""
			rows[i].Note += fmt.Sprintf(" The target is for 10,000; among %d what the server needs by itself counts.", m.Devices)
		}
	}
	return rows
}

// bare is what a controller with a single screen, which is away, has resident.
func (m *Bench) bare(ctx context.Context, tls bool) (int64, error) {
	dir, err := m.folder("bare")
	if err != nil {
		return 0, err
	}
	s, err := m.Server(ctx, ServerOptions{TLS: tls, Screens: 1, Dir: dir})
	if err != nil {
		return 0, err
	}
	return s.before.RSS, s.stop()
}

// controllerMemory is what a device costs a whole controller: idle, after it has
// reported, and with what the controller keeps of it while it is away.
func controllerMemory(ctx context.Context, m *Bench, tls bool) ([]Row, error) {
	bare, err := m.bare(ctx, tls)
	if err != nil {
		return nil, err
	}
	s, err := m.Server(ctx, ServerOptions{TLS: tls})
	if err != nil {
		return nil, err
	}
	began := time.Now()
	crowd, err := m.crowdAt(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	if err := m.quiet(ctx, s); err != nil { // what they said goes to the database
		return nil, err
	}
	raw, idle, err := m.growth(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	var usage usage
	if err := s.call(ctx, "usage", nil, &usage); err != nil {
		return nil, err
	}
	message, err := wire.Encode(wire.TypeReport, healthReport())
	if err != nil {
		return nil, err
	}
	if err := crowd.call(ctx, "say", said{span: span{From: 0, To: m.Devices}, Message: message}, nil); err != nil {
		return nil, err
	}
	if err := s.call(ctx, "reports", count{To: int64(m.Devices), Seconds: answerIn}, nil); err != nil {
		return nil, err
	}
	if err := s.call(ctx, "write", nil, nil); err != nil {
		return nil, err
	}
	if err := m.quiet(ctx, s); err != nil {
		return nil, err
	}
	rawAfter, after, err := m.growth(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	rows := []Row{{
		Name: fmt.Sprintf("memory of one of %d idle screens, whole controller%s", m.Devices, overTLS(tls)), Unit: "KB", Ours: idle, Target: idleTarget(tls), Of: ofValue,
		Note: fmt.Sprintf("%s KB before it was made to collect; heap %.0f MB and stacks %.0f MB in all, with fleet, store and their caches. Their first coming home took %.1f s.",
			figure(raw), float64(usage.Heap)/(1<<20), float64(usage.Stack)/(1<<20), took.Seconds()),
	}, {
		Name: "the same after each has reported" + overTLS(tls), Unit: "KB", Ours: after,
		Note: fmt.Sprintf("%s KB before it was made to collect.", figure(rawAfter)),
	}, {
		Name: "the same, counted from a controller with one screen" + overTLS(tls), Unit: "KB", Ours: after + float64(s.before.RSS-bare)/float64(m.Devices)/1024,
		Note: fmt.Sprintf("That has %d MB. What is kept of a screen that is away counts too: its row, its last report, an hour of figures by the minute.", bare>>20),
	}}
	return m.few(rows), m.leave(ctx, s, crowd)
}

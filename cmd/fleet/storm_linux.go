package main

import (
	"context"
	"fmt"
	"time"
)

// longestBackoff is the longest that a device waits between two attempts, in
// seconds: who waits longer for its welcome than that was starved.
const longestBackoff = 30

// letIn is how many handshakes the hub has under way at most (hub.Options.Handshakes).
const letIn = 256

// comeBack stops a controller under its connected screens, starts it again, and lets
// all of them call in the same instant.
func comeBack(ctx context.Context, m *Bench) ([]Row, error) {
	n := m.Devices
	if m.Short {
		n = min(n, 400) // still more than are let in at once
	}
	least := func() (round, error) {
		f, err := m.floor(ctx, true)
		if err != nil {
			return round{}, err
		}
		far, took, err := m.crowdAtFloor(ctx, f, n, letIn)
		if err != nil {
			return round{}, err
		}
		if err := far.call(ctx, "leave", nil, nil); err != nil {
			return round{}, err
		}
		if err := far.stop(); err != nil {
			return round{}, err
		}
		return took, f.stop()
	}
	first, err := least()
	if err != nil {
		return nil, err
	}
	s, err := m.Server(ctx, ServerOptions{TLS: true})
	if err != nil {
		return nil, err
	}
	crowd, err := m.crowdAt(ctx, s, n)
	if err != nil {
		return nil, err
	}
	if err := crowd.call(ctx, "hold", nil, nil); err != nil {
		return nil, err
	}
	if err := s.stop(); err != nil {
		return nil, err
	}
	s, err = m.Server(ctx, ServerOptions{TLS: true, Dir: s.Dir, Listen: s.Addr()})
	if err != nil {
		return nil, err
	}
	var home crowdState
	var cpu time.Duration
	began := int64(0)
	err = m.profiled(ctx, s, "storm", func() error {
		before, err := cpuOf(ctx, s.child)
		if err != nil {
			return err
		}
		began = monotonic()
		if err := crowd.call(ctx, "rush", nil, nil); err != nil {
			return err
		}
		if err := crowd.call(ctx, "home", limit{Seconds: homeWithin}, &home); err != nil {
			return err
		}
		after, err := cpuOf(ctx, s.child)
		cpu = after - before
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := m.leave(ctx, s, crowd); err != nil {
		return nil, err
	}
	second := first
	if !m.Short {
		if second, err = least(); err != nil {
			return nil, err
		}
	}
	var waits []time.Duration
	for _, at := range home.Welcomed {
		waits = append(waits, time.Duration(at-began))
	}
	floor := (first.CPU + second.CPU) / 2
	is := fmt.Sprintf("as many handshakes, %d at once, with a server that does nothing else: crypto/tls and the same certificate", letIn)
	name := fmt.Sprintf("%d screens come back over TLS at once after a restart: ", n)
	rows := []Row{
		{
			Name: name + "CPU each", Unit: "ms", Ours: ms(cpu) / float64(n), Floor: ms(floor) / float64(n), FloorIs: is, Target: 0.8, Of: ofValue,
			Note: "Handshake, hello, welcome and what the database is told.",
		},
		{
			Name: name + "longest wait", Unit: "s", Ours: percentile(waits, 100).Seconds(), Floor: max(first.Wall, second.Wall).Seconds(), FloorIs: is,
			Target: longestBackoff, Of: ofValue,
			Note: fmt.Sprintf("Half were welcome after %.1f s, 99 of 100 after %.1f s; on the way: %s. The target is the longest pause between two attempts of a screen.",
				percentile(waits, 50).Seconds(), percentile(waits, 99).Seconds(), troubles(home.Troubles)),
		},
	}
	// A busy machine is slow with all; a fault is when one waits and the others do not.
	longest, half := percentile(waits, 100), percentile(waits, 50)
	if longest-half > 2*longestBackoff*time.Second {
		return rows, fmt.Errorf("a screen starved: it was welcome after %s, half of all after %s", longest, half)
	}
	return rows, nil
}

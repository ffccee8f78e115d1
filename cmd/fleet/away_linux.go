package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// homeWithin is how long devices may take to come home, in seconds, and answerIn
// how long they may take to acknowledge something.
const (
	homeWithin = 150
	answerIn   = 60
)

// crowdAt connects so many devices to a server and waits until all are at home.
func (m *Bench) crowdAt(ctx context.Context, s *Server, n int) (*child, error) {
	c, err := m.spawn("crowd", crowdConfig{Addr: s.Addr(), CA: s.CA, Seed: s.Seed, Count: n, Dials: 128})
	if err != nil {
		return nil, err
	}
	if err := c.call(ctx, "start", nil, nil); err != nil {
		return nil, err
	}
	return c, c.call(ctx, "home", limit{Seconds: homeWithin}, nil)
}

// crowdAtFloor connects so many devices to a floor, dials of them at once.
func (m *Bench) crowdAtFloor(ctx context.Context, f *floor, n, dials int) (c *child, taken round, err error) {
	c, err = m.spawn("crowd", crowdConfig{Addr: f.addr, CA: f.ca, Framed: true, Count: n, Dials: dials})
	if err != nil {
		return nil, taken, err
	}
	if err := c.call(ctx, "start", nil, nil); err != nil {
		return nil, taken, err
	}
	if err := f.call(ctx, "take", n, &taken); err != nil {
		return nil, taken, err
	}
	return c, taken, c.call(ctx, "home", limit{Seconds: homeWithin}, nil)
}

// Traces of devices that a server may show when all have left: connections of the
// API, and what its database opens by itself.
const (
	spareDescriptors = 16
	goneWithin       = 30 * time.Second
)

// leave lets the devices hang up. It fails if one of them was cut before, and if the
// server does not let go of all that they had: sessions and descriptors.
func (m *Bench) leave(ctx context.Context, s *Server, crowd *child) error {
	var last crowdState
	if err := crowd.call(ctx, "state", nil, &last); err != nil {
		return err
	}
	if len(last.Troubles) > 0 {
		return fmt.Errorf("screens lost their connection: %s", troubles(last.Troubles))
	}
	if err := crowd.call(ctx, "leave", nil, nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, goneWithin)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		var have sessions
		if err := s.call(ctx, "sessions", nil, &have); err != nil {
			return err
		}
		now, err := m.Proc(s.Pid())
		if err != nil {
			return err
		}
		if have.Open == 0 && now.Descriptors <= s.before.Descriptors+spareDescriptors {
			return nil
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("the devices have left, and the %s has %d sessions and %d descriptors, %d before they came",
				s.kind, have.Open, now.Descriptors, s.before.Descriptors)
		}
	}
}

// profiled profiles the server while f runs, if that was asked for.
func (m *Bench) profiled(ctx context.Context, s *Server, name string, f func() error) error {
	if m.Profiles == "" {
		return f()
	}
	path, err := filepath.Abs(filepath.Join(m.Profiles, name+".cpu"))
	if err != nil {
		return err
	}
	if err := s.call(ctx, "profile", path, nil); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return s.call(ctx, "profiled", nil, nil)
}

// cpuOf is the CPU time that a child has spent so far.
func cpuOf(ctx context.Context, c *child) (time.Duration, error) {
	var u usage
	err := c.call(ctx, "usage", nil, &u)
	return u.CPU, err
}

// rest waits, so that what a server does later is counted in.
func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

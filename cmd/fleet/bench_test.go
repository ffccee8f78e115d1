//go:build linux

package main

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"
)

// TestMain lets the test's own program be the children.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childWord {
		if err := runChild(context.Background(), os.Args[2:]); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func newBench(t *testing.T, devices int) *Bench {
	t.Helper()
	m := &Bench{Devices: devices, Short: true, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() {
		if err := m.sweep(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// TestFloors lets twenty devices answer both floors.
func TestFloors(t *testing.T) {
	ctx := t.Context()
	for _, tls := range []bool{false, true} {
		m := newBench(t, 20)
		f, err := m.floor(ctx, tls)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := m.crowdAtFloor(ctx, f, 20, 128)
		if err != nil {
			t.Fatal(err)
		}
		a := announcement{Channel: everywhere, Revision: firstRevision, Bytes: 300_000} // more than fits into a socket's buffers at once
		frame, err := pushFrame(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.call(ctx, "expect", mark{Channel: everywhere.String(), Above: uint64(firstRevision) - 1}, nil); err != nil {
			t.Fatal(err)
		}
		d := device{stage: stageAtHome}
		ack, err := d.feed(frame, nil, &hears{})
		if err != nil {
			t.Fatal(err)
		}
		var r round
		if err := f.call(ctx, "send", shot{Payload: frame, Answer: len(ack), Seconds: 20}, &r); err != nil {
			t.Fatal(err)
		}
		var times []int64
		if err := c.call(ctx, "await", limit{Seconds: 20}, &times); err != nil {
			t.Fatal(err)
		}
		if r.Wall <= 0 || r.CPU <= 0 || len(times) != 20 || times[19] == 0 {
			t.Errorf("tls %v: %+v, %v", tls, r, times)
		}
		if err := f.call(ctx, "send", shot{Payload: frame, Answer: len(ack) + 1, Seconds: 0.2}, &r); err == nil {
			t.Error("an answer that does not come is not missed")
		}
	}
}

// TestBroadcast takes the rows of a broadcast to twenty devices.
func TestBroadcast(t *testing.T) {
	m := newBench(t, 20)
	rows, err := m.take(t.Context(), "broadcast", func(ctx context.Context, m *Bench) ([]Row, error) { return broadcast(ctx, m, false) })
	if err != nil || len(rows) != 2 || rows[0].Ours <= 0 || rows[1].Floor <= 0 {
		t.Errorf("%+v, %v", rows, err)
	}
}

// TestChildren gives orders that cannot be carried out, and measures this process.
func TestChildren(t *testing.T) {
	m := newBench(t, 1)
	s, err := m.Server(t.Context(), ServerOptions{Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.call(t.Context(), "dance", nil, nil); err == nil {
		t.Error("a hub dances")
	}
	p, err := m.Proc(s.Pid())
	if err != nil || p.RSS < 1<<20 || p.Anonymous > p.RSS || p.Threads < 2 || p.Descriptors < 4 {
		t.Errorf("%+v, %v", p, err)
	}
	if err := s.call(t.Context(), "tidy", nil, nil); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	f, err := m.floor(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.call(ctx, "take", 1, nil); err == nil {
		t.Error("a child that waits for ever is not given up")
	}
	f.kill()
	m.children = m.children[:1]
	if _, err := m.Proc(f.Pid()); err == nil {
		t.Error("a killed child can be measured")
	}
}

// TestCutScreensAreAFault ends a hub under its devices: the measure must not pass.
func TestCutScreensAreAFault(t *testing.T) {
	ctx := t.Context()
	m := newBench(t, 5)
	s, err := m.Server(ctx, ServerOptions{Bare: true, TLS: true})
	if err != nil {
		t.Fatal(err)
	}
	crowd, err := m.crowdAt(ctx, s, 5)
	if err != nil {
		t.Fatal(err)
	}
	if err := crowd.call(ctx, "hold", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	again, err := m.Server(ctx, ServerOptions{Bare: true, TLS: true, Listen: s.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	var st crowdState
	for len(st.Troubles) == 0 {
		if err := crowd.call(ctx, "state", nil, &st); err != nil {
			t.Fatal(err)
		}
		<-poll.C
	}
	if err := m.leave(ctx, again, crowd); err == nil {
		t.Error("screens that were cut are no fault")
	}
}

func TestOnlySomeMeasures(t *testing.T) {
	for _, c := range []struct {
		measure, only string
		taken         bool
	}{
		{"memory-hub", "", true},
		{"memory-hub-tls", "memory", true},
		{"reports", "memory-hub,reports", true},
		{"storm", "memory-hub,reports", false},
	} {
		if got := named(c.measure, c.only); got != c.taken {
			t.Errorf("%s with -only %q: %v", c.measure, c.only, got)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// healthReport is what a screen that is well says every half minute, with everything
// that it can say: one that is not well costs the watch more.
func healthReport() wire.Report {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return wire.Report{
		Time:    now,
		Showing: wire.Showing{Notice: "notice-1", Channel: playlist.ChannelID{Site: swarm.County}, Since: now.Add(-8 * time.Second)},
		Vitals: wire.Vitals{
			CPU: 12.5, MemoryUsed: 812_345_678, MemoryTotal: 2_147_483_648, RSS: 145_678_901, DiskFree: 12_345_678_901, DiskTotal: 32_012_345_678,
			Temperature: 51.5, Uptime: 1_234_567, Running: 345_678, NetRx: 9_876_543_210, NetTx: 1_234_567_890, ClockOffset: 0.012,
			FrameP50: 3.25, FrameP99: 8.5, Frames: 12_345_678, Heartbeat: now, ContentAsOf: now.Add(-time.Minute),
			Line:    wire.Line{RTT: 12.25, Pings: 60, Lost: 0.5, Resent: 0.25, Dropped: 1},
			Picture: wire.Picture{At: now, Luma: 61.5, Differs: 0.125, Changed: now.Add(-8 * time.Second)},
			Output:  wire.Output{Display: wire.Plugged, Connector: "HDMI-A-1", Touch: wire.Plugged, Brightness: 80, Volume: 40},
			Program: wire.Program{Version: "1.4.2", Slot: "a", Starts: 1, Before: wire.EndedAsked},
			Storage: wire.Storage{Blobs: 1234, Bytes: 345_678_901},
		},
	}
}

// reports lets every device report in turn, and measures what one costs the hub
// alone and the whole controller, from the socket to where it is kept.
func reports(ctx context.Context, m *Bench) ([]Row, error) {
	var message []byte
	all := said{span: span{From: 0, To: m.Devices}}
	anew := func() (err error) { // with the time as it is
		message, err = wire.Encode(wire.TypeReport, healthReport())
		all.Message = message
		return err
	}
	rounds := m.Rounds(6)
	times := max(1, 10_000/m.Devices) // each, in a round: what a round costs by itself must not count
	if m.Short {
		times = max(1, 4000/m.Devices)
	}
	f, err := m.floor(ctx, false)
	if err != nil {
		return nil, err
	}
	far, _, err := m.crowdAtFloor(ctx, f, m.Devices, 128)
	if err != nil {
		return nil, err
	}
	floorRound := func() (time.Duration, error) {
		heard := make(chan error, 1)
		var r round
		go func() { // ends with its answer
			heard <- f.call(ctx, "listen", shot{Answer: m.Devices * len(appendFrame(nil, 2, message)), Seconds: answerIn}, &r)
		}()
		if err := far.call(ctx, "say", all, nil); err != nil {
			return 0, err
		}
		err := <-heard
		return r.CPU, err
	}
	var rows []Row
	for _, bare := range []bool{true, false} {
		s, err := m.Server(ctx, ServerOptions{Bare: bare})
		if err != nil {
			return nil, err
		}
		crowd, err := m.crowdAt(ctx, s, m.Devices)
		if err != nil {
			return nil, err
		}
		var had sessions
		if err := s.call(ctx, "sessions", nil, &had); err != nil {
			return nil, err
		}
		var ours, written, floor []float64
		took := func() error {
			for range rounds {
				if err := anew(); err != nil {
					return err
				}
				before, err := cpuOf(ctx, s.child)
				if err != nil {
					return err
				}
				for range times {
					if err := crowd.call(ctx, "say", all, nil); err != nil {
						return err
					}
					had.Reports += int64(m.Devices)
					if err := s.call(ctx, "reports", count{To: had.Reports, Seconds: answerIn}, nil); err != nil {
						return err
					}
				}
				after, err := cpuOf(ctx, s.child)
				if err != nil {
					return err
				}
				if !bare { // which waits while so many report
					if err := s.call(ctx, "write", nil, nil); err != nil {
						return err
					}
					done, err := cpuOf(ctx, s.child)
					if err != nil {
						return err
					}
					written = append(written, micros(done-after, m.Devices*times))
				}
				least, err := floorRound()
				if err != nil {
					return err
				}
				ours = append(ours, micros(after-before, m.Devices*times))
				floor = append(floor, micros(least, m.Devices))
			}
			return nil
		}
		name := "hub alone, to memory"
		if !bare {
			name = "whole controller, to memory"
		}
		if err := m.quiet(ctx, s); err != nil {
			return nil, err
		}
		if err := m.profiled(ctx, s, "reports "+name, took); err != nil {
			return nil, err
		}
		rows = append(rows, Row{
			Name: fmt.Sprintf("one health report of %d bytes, CPU, %s", len(message), name), Unit: "µs", Ours: median(ours), Floor: median(floor),
			FloorIs: "the same frames read from as many plain sockets with epoll and thrown away", Target: 22, Of: ofValue,
			Note: fmt.Sprintf("Median of %d rounds of %d reports of %d screens, one after the other.", rounds, m.Devices*times, m.Devices),
		})
		if !bare {
			rows = append(rows, Row{
				Name: "what the database takes for it, whole controller", Unit: "µs", Ours: median(written),
				Note: "The latest report of each screen, written when all have reported. In a county where each of 10,000 screens reports every half minute that is a third of a thousand rows a second.",
			})
		}
		if err := m.leave(ctx, s, crowd); err != nil {
			return nil, err
		}
		if err := crowd.stop(); err != nil {
			return nil, err
		}
		if err := s.stop(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func micros(d time.Duration, n int) float64 {
	return float64(d) / float64(time.Microsecond) / float64(n)
}

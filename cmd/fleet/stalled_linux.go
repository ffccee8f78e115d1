package main

import (
	"context"
	"fmt"
	"time"

	"mingbai/playlist"
)

// stalled sends 20 KB to all while 4 of 100 do not read, and compares what the
// others see with the same hub before and after.
func stalled(ctx context.Context, m *Bench) ([]Row, error) {
	bad := m.Devices * 4 / 100
	good := m.Devices - bad
	payload, err := payloadFor(frameBytes)
	if err != nil {
		return nil, err
	}
	// They are not cut while it is measured: that would be a hub without them.
	s, err := m.Server(ctx, ServerOptions{Bare: true, Stalled: bad, WriteTimeout: 10 * time.Minute})
	if err != nil {
		return nil, err
	}
	crowd, err := m.crowdAt(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	rev := firstRevision
	one := func(answers int) (round, error) {
		rev++
		var r round
		err := s.call(ctx, "announce", announcement{Channel: everywhere, Revision: rev, Bytes: payload, Answers: answers, Seconds: answerIn}, &r)
		return r, err
	}
	rounds := m.Rounds(12)
	some := func(answers int) (p99 []float64, err error) {
		for k := range rounds + 2 {
			r, err := one(answers)
			if err != nil {
				return nil, err
			}
			if k >= 2 {
				p99 = append(p99, ms(percentile(r.Times[:good], 99)))
			}
		}
		return p99, nil
	}
	without, err := some(m.Devices)
	if err != nil {
		return nil, err
	}
	who := span{From: good, To: m.Devices}
	if err := crowd.call(ctx, "stall", who, nil); err != nil {
		return nil, err
	}
	// More than the buffers of a connection take.
	if err := s.call(ctx, "announce", announcement{Channel: deaf, Revision: firstRevision, Bytes: 6_000_000}, nil); err != nil {
		return nil, err
	}
	with, err := some(good)
	if err != nil {
		return nil, err
	}
	if err := crowd.call(ctx, "resume", who, nil); err != nil {
		return nil, err
	}
	if err := s.call(ctx, "have", allHave{everywhere, rev, answerIn}, nil); err != nil {
		return nil, fmt.Errorf("those who read again do not catch up: %w", err)
	}
	again, err := some(m.Devices)
	if err != nil {
		return nil, err
	}
	return []Row{{
		Name: fmt.Sprintf("20 KB to %d screens while %d do not read: p99 of the others", m.Devices, bad), Unit: "ms",
		Ours: median(with), Floor: median(append(without, again...)), FloorIs: "the same screens of the same hub before and after, when all read",
		Target: 1.2, Of: ofRatio, Note: fmt.Sprintf("Medians of %d and %d rounds. When they read again they had the newest at once.", len(with), len(without)+len(again)),
	}}, m.leave(ctx, s, crowd)
}

// allHave asks whether all screens have a revision.
type allHave struct {
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	Seconds  float64            `json:"seconds"`
}

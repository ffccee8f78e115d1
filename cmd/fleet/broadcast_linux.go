package main

import (
	"context"
	"fmt"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// frameBytes is what a broadcast sends to each, frame and all.
const frameBytes = 20 << 10

// pushFrame is the frame that a server sends for an announcement.
func pushFrame(a announcement) ([]byte, error) {
	b, err := wire.Encode(wire.TypePush, a.push())
	if err != nil {
		return nil, err
	}
	return serverFrame(b), nil
}

// payloadFor is the payload that makes a push's frame just so long, or a few bytes
// shorter.
func payloadFor(size int) (int, error) {
	n := size * 3 / 4 // base64
	for {
		f, err := pushFrame(announcement{Channel: everywhere, Revision: firstRevision, Bytes: n})
		if err != nil {
			return 0, err
		}
		if len(f) <= size {
			return n, nil
		}
		n -= max(1, (len(f)-size)*3/4)
	}
}

// firstRevision is of six digits, as all that follow are, so that all frames are
// equally long.
const firstRevision playlist.Revision = 100_000

// broadcast sends 20 KB to all devices of a bare hub until all have acknowledged,
// in turn with a floor that sends the same bytes to as many connections.
func broadcast(ctx context.Context, m *Bench, tls bool) ([]Row, error) {
	payload, err := payloadFor(frameBytes)
	if err != nil {
		return nil, err
	}
	s, err := m.Server(ctx, ServerOptions{Bare: true, TLS: tls})
	if err != nil {
		return nil, err
	}
	f, err := m.floor(ctx, tls)
	if err != nil {
		return nil, err
	}
	crowd, err := m.crowdAt(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	if _, _, err := m.crowdAtFloor(ctx, f, m.Devices, 128); err != nil {
		return nil, err
	}
	const warm = 2
	rounds := m.Rounds(7)
	var wall, cpu, floorWall, floorCPU []float64
	err = m.profiled(ctx, s, "broadcast"+overTLS(tls), func() error {
		for k := range warm + rounds {
			a := announcement{Channel: everywhere, Revision: firstRevision + playlist.Revision(k), Bytes: payload, Answers: m.Devices, Seconds: answerIn}
			frame, ack, err := exchange(a)
			if err != nil {
				return err
			}
			var ours, theirs round
			if err := s.call(ctx, "announce", a, &ours); err != nil {
				return err
			}
			if err := f.call(ctx, "send", shot{Payload: frame, Answer: ack, Seconds: answerIn}, &theirs); err != nil {
				return err
			}
			if k >= warm {
				wall, cpu = append(wall, ms(ours.Wall)), append(cpu, ms(ours.CPU))
				floorWall, floorCPU = append(floorWall, ms(theirs.Wall)), append(floorCPU, ms(theirs.CPU))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	is := "the same bytes written to as many plain sockets with epoll, and the same acknowledgements read"
	if tls {
		is = "the same bytes written to as many connections of crypto/tls, and the same acknowledgements read"
	}
	note := fmt.Sprintf("Median of %d rounds, in turn with the floor's.", rounds)
	name := fmt.Sprintf("20 KB to %d screens%s, all acknowledged: ", m.Devices, overTLS(tls))
	return []Row{
		{Name: name + "time", Unit: "ms", Ours: median(wall), Floor: median(floorWall), FloorIs: is, Target: 1.15, Of: ofRatio, Note: note},
		{Name: name + "CPU", Unit: "ms", Ours: median(cpu), Floor: median(floorCPU), FloorIs: is, Target: 1.2, Of: ofRatio, Note: note},
	}, m.leave(ctx, s, crowd)
}

// exchange is the frame of an announcement and how many bytes a device answers.
func exchange(a announcement) (frame []byte, answer int, err error) {
	if frame, err = pushFrame(a); err != nil {
		return nil, 0, err
	}
	d := device{stage: stageAtHome}
	ack, err := d.feed(frame, nil, &hears{})
	return frame, len(ack), err
}

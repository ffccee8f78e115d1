package link

import (
	"context"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist/wire"
)

const (
	maxRefused = 64
	maxLedger  = 4 // batches
	maxResults = 8
	maxUsage   = 16 // days
)

// outbox is what the device has to say. Reports and adoptions are states, of
// which the latest counts; the others are short queues.
type outbox struct {
	wake chan struct{} // a token: there may be something to send

	mu      sync.Mutex // guards what follows
	open    bool       // a welcomed connection takes it
	bye     bool       // the connection ends once nothing waits
	adopted *wire.Adopted
	refused []wire.Refused
	report  *wire.Report
	ledger  [][]wire.Row
	voices  []wire.Voice
	usage   []wire.Usage
	patrol  *wire.Patrol
	results []result
}

type result struct {
	body     wire.Result
	attached [][]byte
}

func (o *outbox) put(change func(*outbox) bool) bool {
	o.mu.Lock()
	ok := change(o)
	o.mu.Unlock()
	if ok {
		o.poke()
	}
	return ok
}

func (o *outbox) poke() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// opened says whether there is a welcomed connection. Ledger rows, voices and
// usage do not outlive one: their owner sends them again after the next welcome.
func (o *outbox) opened(open bool) {
	o.mu.Lock()
	o.open, o.bye = open, false
	o.ledger, o.voices, o.usage = nil, nil, nil
	o.mu.Unlock()
	o.poke()
}

func (o *outbox) leaving() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bye
}

// next encodes what is sent next; nil when there is nothing.
func (o *outbox) next() ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.adopted != nil:
		v := o.adopted
		o.adopted = nil
		return wire.Encode(wire.TypeAdopted, v)
	case len(o.refused) > 0:
		v := o.refused[0]
		o.refused = o.refused[1:]
		return wire.Encode(wire.TypeRefused, v)
	case o.report != nil:
		v := o.report
		o.report = nil
		return wire.Encode(wire.TypeReport, v)
	case len(o.ledger) > 0:
		v := wire.Ledger{Rows: o.ledger[0]}
		o.ledger = o.ledger[1:]
		return wire.Encode(wire.TypeLedger, v)
	case len(o.voices) > 0:
		v := wire.Voices{Voices: o.voices}
		o.voices = nil
		return wire.Encode(wire.TypeVoices, v)
	case len(o.usage) > 0:
		v := o.usage[0]
		o.usage = o.usage[1:]
		return wire.Encode(wire.TypeUsage, v)
	case o.patrol != nil:
		v := o.patrol
		o.patrol = nil
		return wire.Encode(wire.TypePatrol, v)
	case len(o.results) > 0:
		v := o.results[0]
		o.results = o.results[1:]
		return wire.Encode(wire.TypeResult, v.body, v.attached...)
	}
	return nil, nil
}

// write sends what the device says until ctx ends or the line fails.
func (c *connection) write(ctx context.Context) {
	for {
		b, err := c.out.next()
		switch {
		case err != nil:
			c.log.Error("message to the controller cannot be written", "error", err)
			continue
		case b == nil && c.out.leaving():
			goodbye(c.conn) // the reader goes on until the controller's has come
			return
		case b == nil:
			select {
			case <-ctx.Done():
				return
			case <-c.out.wake:
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		began := time.Now()
		if err := c.conn.WriteMessage(websocket.BinaryMessage, b); err != nil {
			c.conn.Close() // the reader finds out
			return
		}
		if now := time.Now(); now.Sub(began) > bulk || len(b) > 2*chunk {
			c.pulse.arriving(now) // pings wait behind it
		}
	}
}

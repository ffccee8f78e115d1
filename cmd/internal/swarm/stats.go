package swarm

import (
	"errors"
	"maps"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Stats is what happened since New. The numbers are of light and real devices,
// the bytes of websockets as they are on the network, TLS included, of light ones.
type Stats struct {
	Connected int   `json:"connected"` // welcome now
	Connects  int64 `json:"connects"`  // websockets opened
	Refusals  int64 `json:"refusals"`  // answered "not now" instead
	Received  int64 `json:"received"`  // bytes
	Sent      int64 `json:"sent"`

	Reports   int64 `json:"reports"`
	Acks      int64 `json:"acks"`
	Patched   int64 `json:"patched"` // editions that came as patches
	Pings     int64 `json:"pings"`
	Rows      int64 `json:"rows"`  // of ledgers, sent
	Taken     int64 `json:"taken"` // of them, acknowledged
	Commands  int64 `json:"commands"`
	Blobs     int64 `json:"blobs"` // fetched
	BlobBytes int64 `json:"blob_bytes"`
	Garbage   int64 `json:"garbage"` // messages that are none

	Errors map[string]int64 `json:"errors"` // ends of connections and failures of downloads, by kind

	Connect Percentiles `json:"connect"` // dial to challenge answered, without the wait for this side's own gate
	Welcome Percentiles `json:"welcome"` // hello to welcome
	Publish Percentiles `json:"publish"` // mark of a Watched to acknowledgement sent
	Report  Percentiles `json:"report"`  // to hand a report to the network
	Blob    Percentiles `json:"blob"`    // first request to verified
	Ping    Percentiles `json:"ping"`    // ping to pong
}

// Percentiles are of durations, in nanoseconds; those of Stats are at most 7 %
// too long.
type Percentiles struct {
	N    int64         `json:"n"`
	P50  time.Duration `json:"p50"`
	P90  time.Duration `json:"p90"`
	P99  time.Duration `json:"p99"`
	P999 time.Duration `json:"p999"`
	Max  time.Duration `json:"max"`
}

// Of returns the percentiles of durations exactly. The slice is sorted.
func Of(times []time.Duration) Percentiles {
	slices.Sort(times)
	at := func(p float64) time.Duration {
		if len(times) == 0 {
			return 0
		}
		return times[min(int(p*float64(len(times))), len(times)-1)]
	}
	return Percentiles{N: int64(len(times)), P50: at(.5), P90: at(.9), P99: at(.99), P999: at(.999), Max: at(1)}
}

// Stats returns what happened so far.
func (s *Swarm) Stats() Stats {
	s.mu.Lock()
	connected := s.connected
	s.mu.Unlock()
	c := &s.counts
	c.mu.Lock()
	kinds := maps.Clone(c.errors)
	c.mu.Unlock()
	return Stats{
		Connected: connected, Connects: c.connects.Load(), Refusals: c.refusals.Load(), Received: c.received.Load(), Sent: c.sent.Load(),
		Reports: c.reports.Load(), Acks: c.acks.Load(), Patched: c.patched.Load(), Pings: c.pings.Load(), Rows: c.rows.Load(), Taken: c.taken.Load(), Commands: c.commands.Load(),
		Blobs: c.blobs.Load(), BlobBytes: c.blobBytes.Load(), Garbage: c.garbage.Load(), Errors: kinds,
		Connect: c.connect.percentiles(), Welcome: c.welcome.percentiles(), Publish: c.publish.percentiles(),
		Report: c.report.percentiles(), Blob: c.blob.percentiles(), Ping: c.ping.percentiles(),
	}
}

// counts are the figures of a swarm.
type counts struct {
	connects, refusals, received, sent         atomic.Int64
	reports, acks, patched, pings, rows, taken atomic.Int64
	commands, blobs, blobBytes, garbage        atomic.Int64
	connect, welcome, publish                  histogram
	report, blob, ping                         histogram

	mu     sync.Mutex // guards errors
	errors map[string]int64
}

func (c *counts) note(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.errors == nil {
		c.errors = map[string]int64{}
	}
	c.errors[kind]++
}

// ended counts the end of a connection and says how long to wait at least, and
// whether the device must not come back.
func (c *counts) ended(err error) (wait time.Duration, stop bool) {
	c.note(kindOf(err))
	if e, ok := errors.AsType[*closeError](err); ok {
		return e.code.Wait(), e.code.Stop()
	}
	if e, ok := errors.AsType[*refusedError](err); ok {
		if e.busy {
			c.refusals.Add(1)
		}
		return e.wait, false
	}
	return 0, false
}

// histogram counts durations in buckets sixteen in each power of two of
// nanoseconds.
type histogram struct {
	buckets [64 * 16]atomic.Int64
	longest atomic.Int64
}

func bucketOf(d time.Duration) int {
	n := uint64(max(d, 1))
	top := bits.Len64(n) - 1
	if top < 4 {
		return int(n)
	}
	return top*16 + int(n>>(top-4)&15)
}

// bound is the longest duration of a bucket.
func bound(i int) time.Duration {
	if i < 64 {
		return time.Duration(i)
	}
	top := i / 16
	return time.Duration((uint64(16+i%16+1) << (top - 4)) - 1)
}

func (h *histogram) add(d time.Duration) {
	h.buckets[bucketOf(d)].Add(1)
	for {
		was := h.longest.Load()
		if int64(d) <= was || h.longest.CompareAndSwap(was, int64(d)) {
			return
		}
	}
}

func (h *histogram) percentiles() Percentiles {
	var counts [len(h.buckets)]int64
	var n int64
	for i := range counts {
		counts[i] = h.buckets[i].Load()
		n += counts[i]
	}
	longest := time.Duration(h.longest.Load())
	at := func(p float64) time.Duration {
		left := int64(p * float64(n))
		for i, c := range counts {
			if left -= c; c > 0 && left < 0 {
				return min(bound(i), longest)
			}
		}
		return longest
	}
	return Percentiles{N: n, P50: at(.5), P90: at(.9), P99: at(.99), P999: at(.999), Max: longest}
}

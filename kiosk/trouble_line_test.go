package kiosk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// badLine is the line between one screen and the office: toxiproxy, with a toxic
// of our own that counts, cuts at random bytes and stands still.
type badLine struct {
	proxy *toxiproxy.Proxy
	// down is what goes to the screen, up what comes from it. arrived counts what is
	// left of the former behind all toxics.
	down, up, arrived *oneWay
	faults            []string      // toxics, to take them off again
	settled           chan struct{} // a token: who switches it on and off has left it on
}

// oneWay is one direction of a line.
type oneWay struct {
	passed atomic.Int64 // bytes of all connections so far
	opened atomic.Int64 // connections

	mu          sync.Mutex    // guards what follows
	least, most int           // bytes after which a new connection is cut, drawn between them; 0 is never
	held        chan struct{} // open while nothing comes through; what is sent meanwhile comes late, as TCP has it
}

// oneWays are the directions of all lines by name, for the toxics, which toxiproxy
// makes.
var oneWays sync.Map

// shears is the toxic: it counts, cuts and stands still as its oneWay says.
type shears struct {
	Of string `json:"of"`
}

// passing is one connection in one direction.
type passing struct {
	*oneWay
	rest int // bytes that it still carries; below 0 any number
}

// NewState is called for every connection.
func (s *shears) NewState() any {
	of, _ := oneWays.Load(s.Of)
	w := of.(*oneWay)
	w.opened.Add(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.most == 0 {
		return &passing{w, -1}
	}
	return &passing{w, w.least + rand.IntN(w.most-w.least+1)}
}

func (s *shears) Pipe(stub *toxics.ToxicStub) {
	p := stub.State.(*passing)
	for {
		select {
		case <-stub.Interrupt:
			return
		case c := <-stub.Input:
			if c == nil {
				stub.Close()
				return
			}
			if !p.wait(stub) {
				_ = stub.WriteOutput(c, time.Second) // the line ends
				return
			}
			if p.rest >= 0 {
				c = &stream.StreamChunk{Data: c.Data[:min(len(c.Data), p.rest)], Timestamp: c.Timestamp}
				p.rest -= len(c.Data)
			}
			if len(c.Data) > 0 {
				p.passed.Add(int64(len(c.Data)))
				stub.Output <- c // it is the next one's from here on
			}
			if p.rest == 0 {
				stub.Close()
				return
			}
		}
	}
}

// wait stands still while it shall; false when the toxic has to end.
func (w *oneWay) wait(stub *toxics.ToxicStub) bool {
	for {
		w.mu.Lock()
		held := w.held
		w.mu.Unlock()
		if held == nil {
			return true
		}
		select {
		case <-held:
		case <-stub.Interrupt:
			return false
		}
	}
}

func (w *oneWay) cut(least, most int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.least, w.most = least, most
}

func (w *oneWay) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = make(chan struct{})
}

func (w *oneWay) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.least, w.most = 0, 0
	if w.held != nil {
		close(w.held)
		w.held = nil
	}
}

var registered = sync.OnceFunc(func() {
	toxics.Register("shears", new(shears))
	zerolog.SetGlobalLevel(zerolog.Disabled) // toxiproxy's own words
})

// newBadLine runs a line to an address, in order, until the test ends.
func newBadLine(t *testing.T, name, url string) *badLine {
	t.Helper()
	registered()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	l := &badLine{down: &oneWay{}, up: &oneWay{}, arrived: &oneWay{}, settled: make(chan struct{}, 1)}
	l.proxy = toxiproxy.NewProxy(server, name, "127.0.0.1:0", strings.TrimPrefix(url, "http://"))
	if err := l.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.proxy.Stop)
	l.shears(t, "downstream", l.down)
	l.shears(t, "upstream", l.up)
	return l
}

func (l *badLine) shears(t *testing.T, direction string, way *oneWay) {
	t.Helper()
	name := fmt.Sprintf("%s %p", l.proxy.Name, way)
	oneWays.Store(name, way)
	t.Cleanup(func() { oneWays.Delete(name) })
	l.add(t, fmt.Sprintf(`{"name":%q,"type":"shears","stream":%q,"attributes":{"of":%q}}`, name, direction, name))
}

// count begins to count what arrives. Faults that begin later come behind it.
func (l *badLine) count(t *testing.T) { l.shears(t, "downstream", l.arrived) }

func (l *badLine) add(t *testing.T, toxic string) {
	t.Helper()
	if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		t.Fatalf("%s: %v", toxic, err)
	}
}

func (l *badLine) url() string { return "http://" + l.proxy.Listen }

// toxic puts one of toxiproxy's toxics behind the shears.
func (l *badLine) toxic(t *testing.T, direction, kind, attributes string) {
	t.Helper()
	l.toxicAt(t, direction, kind, attributes, 1)
}

// toxicAt is toxic for a part of all connections.
func (l *badLine) toxicAt(t *testing.T, direction, kind, attributes string, part float64) {
	t.Helper()
	name := kind + " " + direction
	l.add(t, fmt.Sprintf(`{"name":%q,"type":%q,"stream":%q,"toxicity":%g,"attributes":%s}`, name, kind, direction, part, attributes))
	l.faults = append(l.faults, name)
}

// drop ends all connections; new ones are taken.
func (l *badLine) drop(t *testing.T) {
	t.Helper()
	l.proxy.Stop()
	if err := l.proxy.Start(); err != nil {
		t.Error(err)
	}
}

// heal makes the line one without faults. Connections that are open stay so where
// toxiproxy leaves them.
func (l *badLine) heal(t *testing.T) {
	t.Helper()
	l.down.mend()
	l.up.mend()
	for _, name := range l.faults {
		if err := l.proxy.Toxics.RemoveToxic(context.Background(), name); err != nil {
			t.Error(err)
		}
	}
	l.faults = nil
}

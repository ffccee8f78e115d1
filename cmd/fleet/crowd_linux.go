package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"mingbai/kiosk/link"
)

// crowdConfig says what a child process of devices does.
type crowdConfig struct {
	Addr   string `json:"addr"`         // of the server
	CA     string `json:"ca,omitempty"` // PEM; with it the devices speak TLS
	Framed bool   `json:"framed"`       // no upgrade and no hello: the server is a floor
	Seed   string `json:"seed"`
	First  int    `json:"first"`
	Count  int    `json:"count"`
	Dials  int    `json:"dials"` // handshakes at once; 0: all
}

// locals are the addresses that devices call from, in turn, because the ports of
// one address are fewer than two connections each of ten thousand.
var locals = [...]netip.Addr{
	netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.AddrFrom4([4]byte{127, 0, 0, 2}), netip.AddrFrom4([4]byte{127, 0, 0, 3}), netip.AddrFrom4([4]byte{127, 0, 0, 4}),
	netip.AddrFrom4([4]byte{127, 0, 0, 5}), netip.AddrFrom4([4]byte{127, 0, 0, 6}), netip.AddrFrom4([4]byte{127, 0, 0, 7}), netip.AddrFrom4([4]byte{127, 0, 0, 8}),
}

// monotonic is the machine's clock, which all its processes share, in nanoseconds.
func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic(err) // every Linux has it
	}
	return t.Nano()
}

// crowd is the devices of one child.
type crowd struct {
	cfg  crowdConfig
	addr netip.AddrPort
	tls  *tls.Config
	hear hears

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	slots  chan struct{} // handshakes over TLS at once; nil: no bound
	ends   []end         // of the connections, by device
	rush   atomic.Bool   // no bound any more

	mu       sync.Mutex // guards what follows
	devices  []*device
	welcomed []int64 // when, by device; 0: not at present
	settled  int     // devices that have all that their welcome spoke of
	mark     mark
	need     int            // answers that somebody waits for
	acked    []int64        // when, by device, since the mark
	troubles map[string]int // by what was said
	changed  chan struct{}  // closed and made anew with every change that somebody waits for
	held     chan struct{}  // not nil: nobody calls before it is closed
}

// mark is which push is waited for.
type mark struct {
	Channel string `json:"channel"`
	Above   uint64 `json:"above"` // revision
	count   int
}

// end is this side of a connection.
type end interface {
	send(b []byte) error
	stall(on bool) error
}

func newCrowd(cfg crowdConfig) (*crowd, error) {
	c := &crowd{cfg: cfg, troubles: map[string]int{}, changed: make(chan struct{})}
	var err error
	if c.addr, err = netip.ParseAddrPort(cfg.Addr); err != nil {
		return nil, err
	}
	if cfg.CA != "" {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(cfg.CA)) {
			return nil, errors.New("no certificate in the CA")
		}
		c.tls = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", NextProtos: []string{"http/1.1"}}
	}
	if cfg.Dials > 0 {
		c.slots = make(chan struct{}, cfg.Dials)
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.devices, c.ends = make([]*device, cfg.Count), make([]end, cfg.Count)
	c.welcomed, c.acked = make([]int64, cfg.Count), make([]int64, cfg.Count)
	for i := range c.devices {
		c.devices[i] = &device{i: cfg.First + i}
	}
	c.hear = hears{seed: cfg.Seed, welcomed: c.isWelcome, settled: c.isSettled, pushed: c.isPushed}
	return c, nil
}

func (c *crowd) isWelcome(d *device) {
	now := monotonic()
	c.mu.Lock()
	c.welcomed[d.i-c.cfg.First] = now
	c.mu.Unlock()
}

func (c *crowd) isSettled(*device) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled++; c.settled == c.cfg.Count {
		c.stir()
	}
}

func (c *crowd) isPushed(d *device, channel string, rev uint64) {
	now := monotonic()
	c.mu.Lock()
	defer c.mu.Unlock()
	i := d.i - c.cfg.First
	if channel != c.mark.Channel || rev <= c.mark.Above || c.acked[i] != 0 {
		return
	}
	c.acked[i] = now
	if c.mark.count++; c.mark.count == c.need {
		c.stir()
	}
}

// stir wakes who waits. The caller holds mu.
func (c *crowd) stir() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// gone notes the end of a connection.
func (c *crowd) gone(d *device, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() == nil {
		c.troubles[brief(err)]++
	}
	c.welcomed[d.i-c.cfg.First] = 0
	if d.settled {
		c.settled--
		d.settled = false
	}
}

// brief is an error without the addresses in it, so that equal ones are counted
// together.
func brief(err error) string {
	var r *refused
	var no unix.Errno
	switch {
	case errors.As(err, &r):
		return r.why
	case errors.As(err, &no):
		return no.Error()
	}
	return err.Error()
}

// until waits until ok, which is asked under the lock.
func (c *crowd) until(ctx context.Context, limit time.Duration, what string, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		c.mu.Lock()
		done, changed := ok(), c.changed
		c.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			c.mu.Lock()
			defer c.mu.Unlock()
			return fmt.Errorf("%s did not happen within %s: %d of %d devices are at home, %d answered, troubles %v",
				what, limit, c.settled, c.cfg.Count, c.mark.count, c.troubles)
		}
	}
}

// back is how long a device waits before it calls again, as the real one does.
func back(i, attempt int, err error) time.Duration {
	wait := link.Backoff{Min: time.Second, Max: 30 * time.Second, Seed: uint64(i) + 1}.Delay(attempt)
	if r, ok := errors.AsType[*refused](err); ok {
		wait = max(wait, r.wait)
	}
	return wait
}

// start lets all devices call.
func (c *crowd) start() error {
	if c.tls != nil {
		for k := range c.devices {
			c.work.Go(func() { c.live(k) })
		}
		return nil
	}
	n := max(1, runtime.NumCPU()/2)
	for t := range n {
		l, err := newLoop(c)
		if err != nil {
			return err
		}
		for k := t; k < len(c.devices); k += n {
			l.calls = append(l.calls, call{k: k})
		}
		l.most = c.cfg.Count
		if c.cfg.Dials > 0 {
			l.most = max(1, c.cfg.Dials/n)
		}
		c.work.Go(func() {
			if err := l.run(); err != nil {
				c.mu.Lock()
				c.troubles["the loop ended: "+err.Error()]++
				c.mu.Unlock()
			}
		})
	}
	return nil
}

type span struct {
	From int `json:"from"` // of the crowd's devices, from 0
	To   int `json:"to"`   // behind the last
}

// said is a message of some devices.
type said struct {
	span
	Message []byte `json:"message"`
}

type limit struct {
	Seconds float64 `json:"seconds"`
	Count   int     `json:"count"` // of devices; 0: all
}

func (l limit) within() time.Duration { return time.Duration(l.Seconds * float64(time.Second)) }

// crowdState is what a crowd knows of its connections.
type crowdState struct {
	AtHome   int            `json:"at_home"`
	Welcomed []int64        `json:"welcomed"` // when, on the machine's clock; 0: not at home
	Troubles map[string]int `json:"troubles"`
}

// orders are what a crowd can be told.
func (c *crowd) orders() verbs {
	var once atomic.Bool
	return verbs{
		// start lets the devices call; they go on calling when they are cut.
		"start": told(func(context.Context, struct{}) (any, error) {
			if once.Swap(true) {
				return nil, errors.New("it has started")
			}
			return nil, c.start()
		}),
		// home waits until all are welcomed and have what they were told of.
		"home": told(func(ctx context.Context, l limit) (any, error) {
			if err := c.until(ctx, l.within(), "coming home", func() bool { return c.settled == c.cfg.Count }); err != nil {
				return nil, err
			}
			now := c.state()
			c.mu.Lock()
			clear(c.troubles) // on the way home
			c.mu.Unlock()
			return now, nil
		}),
		"state": told(func(context.Context, struct{}) (any, error) { return c.state(), nil }),
		// expect says which push the next await is about.
		"expect": told(func(_ context.Context, m mark) (any, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.mark = m
			clear(c.acked)
			return nil, nil
		}),
		// await waits until so many devices have answered the push, and returns when
		// each did; 0 for those that did not.
		"await": told(func(ctx context.Context, l limit) (any, error) {
			n := l.Count
			if n == 0 {
				n = c.cfg.Count
			}
			c.mu.Lock()
			c.need = n
			c.mu.Unlock()
			if err := c.until(ctx, l.within(), "the push", func() bool { return c.mark.count >= n }); err != nil {
				return nil, err
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			return append([]int64(nil), c.acked...), nil
		}),
		// hold keeps the devices from calling again, and rush lets all call at once.
		"hold": told(func(context.Context, struct{}) (any, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.held == nil {
				c.held = make(chan struct{})
			}
			return nil, nil
		}),
		"rush": told(func(context.Context, struct{}) (any, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			clear(c.troubles)
			c.rush.Store(true)
			if c.held != nil {
				close(c.held)
				c.held = nil
			}
			return nil, nil
		}),
		"stall":  told(func(_ context.Context, s span) (any, error) { return nil, c.stall(s, true) }),
		"resume": told(func(_ context.Context, s span) (any, error) { return nil, c.stall(s, false) }),
		// say lets each of the devices send a message.
		"say": told(func(_ context.Context, s said) (any, error) {
			b := appendFrame(nil, 2, s.Message)
			for k := s.From; k < s.To; k++ {
				e := c.end(k)
				if e == nil {
					return nil, fmt.Errorf("device %d is not connected", k)
				}
				if err := e.send(b); err != nil {
					return nil, fmt.Errorf("device %d says: %w", k, err)
				}
			}
			return nil, nil
		}),
		// leave hangs up.
		"leave": told(func(context.Context, struct{}) (any, error) {
			c.close()
			return nil, nil
		}),
	}
}

func (c *crowd) end(k int) end {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ends[k]
}

func (c *crowd) setEnd(k int, e end) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends[k] = e
}

func (c *crowd) state() crowdState {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := crowdState{AtHome: c.settled, Welcomed: append([]int64(nil), c.welcomed...), Troubles: map[string]int{}}
	for why, n := range c.troubles {
		s.Troubles[why] = n
	}
	return s
}

// mayCall returns what to wait for before calling; nil for nothing.
func (c *crowd) mayCall() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

func (c *crowd) stall(s span, on bool) error {
	for k := s.From; k < s.To; k++ {
		e := c.end(k)
		if e == nil {
			return fmt.Errorf("device %d is not connected", k)
		}
		if err := e.stall(on); err != nil {
			return err
		}
	}
	return nil
}

func (c *crowd) close() {
	c.cancel()
	c.work.Wait()
}

// troubles is what went wrong for how many, in words.
func troubles(t map[string]int) string {
	if len(t) == 0 {
		return "nothing went wrong"
	}
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(t)) {
		parts = append(parts, fmt.Sprintf("%s (%d)", why, t[why]))
	}
	return strings.Join(parts, ", ")
}

// crowdChild is the process of a crowd.
func crowdChild(ctx context.Context, config []byte) error {
	var cfg crowdConfig
	if err := json.Unmarshal(config, &cfg); err != nil {
		return err
	}
	c, err := newCrowd(cfg)
	if err != nil {
		return err
	}
	defer c.close()
	return obey(ctx, os.Stdin, os.Stdout, withCommon(c.orders()))
}

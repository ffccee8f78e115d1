// Package swarm simulates screens by the thousand, to see what a controller
// carries.
//
// Most of a swarm are light devices: they speak the real protocol in the messages
// of playlist/wire - enrolment, hello, welcome, pushes, acknowledgements, blobs
// with ranges, reports, rows of the ledger in a right chain, pings - and keep what
// the protocol asks them to keep: the back-off with full jitter, Retry-After, the
// meaning of close codes. Some can be real devices, which run kiosk/link,
// kiosk/cache and kiosk/ledger and verify every signature. Any of them can
// misbehave, see Manner.
//
// A swarm shares its machine with the controller that it loads. So an idle light
// device is one goroutine and a read buffer of 512 bytes; what is due is sent by
// one clock for all of them, spread evenly; a push whose bytes are the same for
// all is received by everyone, and inflated and decoded by the first. Light
// devices believe what they get: to verify is what the real ones are for.
package swarm

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mingbai/kiosk/link"
	"mingbai/playlist"
)

// Key is the key of device i: the same seed and number give the same key.
func Key(seed string, i int) ed25519.PrivateKey {
	sum := sha256.Sum256(fmt.Appendf(nil, "mingbai swarm\n%s\n%d", seed, i))
	return ed25519.NewKeyFromSeed(sum[:])
}

// Screen is the name that Seed gives to the screen of device i.
func Screen(seed string, i int) playlist.ScreenID {
	return playlist.ScreenID(fmt.Sprintf("s-%s-%05d", seed, i))
}

// Config says how many devices call whom, and how they behave. Zero values take
// the defaults.
type Config struct {
	URL string // of the controller, http or https
	CA  string // PEM file of the only authorities trusted for https; empty: the system's

	// The devices are Key(Seed, First) to Key(Seed, First+Count-1).
	Seed         string
	First, Count int
	// Screens are their names, in order, as Enrol returns them. Nil: as Seed gave
	// them. A device with an empty name asks for it.
	Screens []playlist.ScreenID

	From   []netip.Addr       // local addresses that the devices call from, in turn; none: the system chooses
	Dials  int                // handshakes at once (256)
	Manner func(i int) Manner // of device i, from First; nil: all are good
	Real   func(i int) bool   // device i runs the code of a real one; nil: none does
	Dir    string             // where real devices keep what they keep; each has a folder

	Report time.Duration // between reports; 0: as the controller asks
	Ledger time.Duration // between rows of the ledger of one device; 0: none
	Blobs  bool          // fetch what does not ride along before acknowledging
	Plain  bool          // do not offer compression
	// Patches has the light devices take editions as patches, which they make out of
	// what one of them got before; real ones always do.
	Patches bool

	Timeout time.Duration // dial and handshake (20 s)
	Silence time.Duration // longest silence of the controller (23 s)
	Backoff link.Backoff  // zero: 1 s to 30 s; the seed is the device's
	Log     *slog.Logger  // slog.Default(); connections are logged at the level of debug
}

// pingEvery is how often a device asks how the line is, as kiosk/link does.
const pingEvery = 10 * time.Second

func (c *Config) complete() error {
	for v, def := range map[*time.Duration]time.Duration{
		&c.Timeout: 20 * time.Second, &c.Silence: 23 * time.Second, &c.Backoff.Min: time.Second, &c.Backoff.Max: 30 * time.Second,
	} {
		if *v <= 0 {
			*v = def
		}
	}
	if c.Dials <= 0 {
		c.Dials = 256
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Manner == nil {
		c.Manner = func(int) Manner { return Good }
	}
	if c.Real == nil {
		c.Real = func(int) bool { return false }
	}
	if c.Screens != nil && len(c.Screens) != c.Count {
		return fmt.Errorf("swarm: %d names for %d devices", len(c.Screens), c.Count)
	}
	if c.Count < 0 || c.First < 0 {
		return errors.New("swarm: the number of devices is negative")
	}
	for i := range c.Count {
		if m := c.Manner(c.First + i); !m.known() {
			return fmt.Errorf("swarm: there is no manner %q", m)
		}
		if c.Real(c.First+i) && c.Dir == "" {
			return errors.New("swarm: real devices need a folder")
		}
	}
	return nil
}

func (c *Config) screenOf(i int) playlist.ScreenID {
	if c.Screens != nil {
		return c.Screens[i-c.First]
	}
	return Screen(c.Seed, i)
}

// home is where a controller is.
type home struct {
	tls  *tls.Config // nil for http
	addr string      // host and port
	base url.URL     // http or https
}

func homeOf(address, ca string) (home, error) {
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil {
		return home{}, fmt.Errorf("address of the controller: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return home{}, fmt.Errorf("address of the controller %q: it is http:// or https:// and a host", address)
	}
	h := home{addr: u.Host, base: *u}
	if u.Port() == "" {
		h.addr += map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	}
	if u.Scheme == "https" {
		h.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname(), NextProtos: []string{"http/1.1"}}
		if ca != "" {
			pem, err := os.ReadFile(ca)
			if err != nil {
				return home{}, fmt.Errorf("authority of the controller: %w", err)
			}
			h.tls.RootCAs = x509.NewCertPool()
			if !h.tls.RootCAs.AppendCertsFromPEM(pem) {
				return home{}, fmt.Errorf("authority of the controller: %s holds no certificate", ca)
			}
		}
	}
	return h, nil
}

// Swarm is the devices. Its methods may be called from any goroutine.
type Swarm struct {
	cfg     Config
	home    home
	dialers []dialer // one for each local address
	dials   chan struct{}
	devices []*device // the light ones
	real    []*realDevice
	began   time.Time
	ran     atomic.Bool
	wg      sync.WaitGroup // all goroutines of Run

	contents contents
	counts   counts
	report   atomic.Int64 // seconds between reports, as a welcome said

	mu        sync.Mutex // guards what follows
	connected int
	waiters   []waiter
	watches   []*Watched
}

type waiter struct {
	n    int
	done chan struct{}
}

// New checks the settings. Run starts the devices.
func New(cfg Config) (*Swarm, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	h, err := homeOf(cfg.URL, cfg.CA)
	if err != nil {
		return nil, err
	}
	s := &Swarm{cfg: cfg, home: h, dials: make(chan struct{}, cfg.Dials), began: time.Now()}
	s.contents.patches = cfg.Patches
	s.setDialers()
	for i := cfg.First; i < cfg.First+cfg.Count; i++ {
		if cfg.Real(i) {
			s.real = append(s.real, newReal(s, i))
		} else {
			s.devices = append(s.devices, newDevice(s, i))
		}
	}
	return s, nil
}

// Run lets the devices live until ctx ends, and returns when all of them have.
// The error says that it was called twice, or that a real device could not be
// made. It is called once.
func (s *Swarm) Run(ctx context.Context) error {
	if s.ran.Swap(true) {
		return errors.New("swarm: it has run already")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, len(s.real))
	for _, d := range s.devices {
		s.wg.Go(func() { d.run(ctx) })
	}
	for _, d := range s.real {
		s.wg.Go(func() {
			if err := d.run(ctx); err != nil {
				failed <- err
				cancel()
			}
		})
	}
	s.wg.Go(func() { s.clock(ctx) })
	s.wg.Wait()
	for _, d := range s.dialers {
		d.http.CloseIdleConnections()
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// Storm cuts the connections of the given part of all light devices (0 to 1)
// without a word, as a power cut does, and returns how many; they do not count as
// connected until they have come back, each in its own time.
func (s *Swarm) Storm(part float64) int {
	n := 0
	for _, d := range s.devices {
		if rand.Float64() < part && d.cut() {
			n++
		}
	}
	return n
}

// Connected waits until at least n devices are welcome.
func (s *Swarm) Connected(ctx context.Context, n int) error {
	s.mu.Lock()
	if s.connected >= n {
		s.mu.Unlock()
		return nil
	}
	w := waiter{n, make(chan struct{})}
	s.waiters = append(s.waiters, w)
	s.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d of %d devices are connected: %w", s.Stats().Connected, n, ctx.Err())
	}
}

// welcomed counts who came (1) and went (-1).
func (s *Swarm) welcomed(change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connected += change
	left := s.waiters[:0]
	for _, w := range s.waiters {
		if s.connected >= w.n {
			close(w.done)
		} else {
			left = append(left, w)
		}
	}
	s.waiters = left
}

// tick is the step of the clock.
const tick = 100 * time.Millisecond

// clock lets every device ping and report in its turn: device k of those that are
// here in every step whose number is k modulo the length of the turn, so that
// what they say is spread evenly.
func (s *Swarm) clock(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	done := int64(0)
	start := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			upTo := int64(now.Sub(start) / tick)
			from := done
			done = upTo
			// A write that waits for the controller holds up what was due with it,
			// not the clock.
			s.wg.Go(func() {
				s.due(from, upTo, pingEvery, (*device).ping)
				if every := s.reportEvery(); every > 0 {
					s.due(from, upTo, every, (*device).report)
				}
				if s.cfg.Ledger > 0 {
					s.due(from, upTo, s.cfg.Ledger, (*device).shown)
				}
			})
		}
	}
}

// due calls do for the devices whose turn is in the steps after from up to upTo.
func (s *Swarm) due(from, upTo int64, every time.Duration, do func(*device)) {
	turn := max(int64(every/tick), 1)
	for step := max(from+1, upTo-turn+1); step <= upTo; step++ {
		for k := step % turn; k < int64(len(s.devices)); k += turn {
			do(s.devices[k])
		}
	}
}

func (s *Swarm) reportEvery() time.Duration {
	if s.cfg.Report > 0 {
		return s.cfg.Report
	}
	return time.Duration(s.report.Load()) * time.Second
}

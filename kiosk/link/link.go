// Package link is the device's one connection home: it dials, proves the
// device's key, says what the device has, hands on what comes, sends what the
// device has to say, and fetches blobs.
//
// What it promises: it comes back after every failure with exponential back-off
// and full jitter, seconds after a dead line is whole again, and heeds the controller's wish to wait or to stop; a line
// that is dead without saying so is noticed; nothing that the device's program
// calls waits for the network, except Fetch; what waits to be sent is bounded;
// a blob in the store was verified, and a broken download goes on where it
// stopped. What it leaves to others: whether an envelope is believed, what is
// stored of it, and which ledger rows have to be sent again.
package link

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Options say where home is and who calls. Zero durations take the defaults.
type Options struct {
	// URL of the controller: http://, https://, ws:// or wss:// with host and
	// port; the paths of the protocol are added.
	URL string
	// CA is a PEM file with the only authorities that are trusted for https;
	// empty trusts the system's.
	CA    string
	Key   ed25519.PrivateKey
	Store *assets.Store // where fetched blobs go

	// Hello is asked on every connect for what the device is and has. Version,
	// Key and Signature are filled by the link.
	Hello   func() wire.Hello
	Handler Handler
	// Proof returns what this device shows a controller that asks who it is because
	// it does not know it; ok is false when it has nothing to show. Nil shows nothing.
	Proof func() (p wire.Proof, ok bool)

	Timeout time.Duration // dial and handshake, and a response to a blob request (20 s)
	// Silence is the longest silence of the controller before the line counts as
	// dead (23 s: two pings without an answer). PingEvery is how often the device
	// asks for a sign of life (10 s).
	Silence   time.Duration
	PingEvery time.Duration
	Backoff   Backoff      // zero: 1 s to 30 s, seeded by the key
	Log       *slog.Logger // slog.Default()
}

// Handler is what the device does with what comes. Nil functions are passed
// over. All but Push of editions are called one after the other in the order of
// the messages and should return soon; they may call every method of Link but
// Fetch and Run.
type Handler struct {
	// Challenge gives the controller's clock, once for each connection, before
	// anything else.
	Challenge func(controller time.Time)
	Pairing   func(wire.Pairing)
	// Enrolled must have made the name and the root key durable when it returns
	// nil; an error ends the connection and it is tried again.
	Enrolled func(wire.Enrolled) error
	Welcome  func(wire.Welcome)
	// Push takes settings (Channel is zero), in order with the others, so it must
	// not call Fetch for them, or an edition. Editions are handled on a goroutine for each channel, so that the
	// download of one delays no other, alerts least of all; ctx ends with Run or
	// when another push of the same channel has come, and then Push should
	// return: what it fetched so far is kept. It does not end with the
	// connection. blobs were verified and belong to the callee.
	Push  func(ctx context.Context, p wire.Push, blobs [][]byte)
	Taken func(seq uint64)
	// Heard says which voices and days of usage the controller has stored.
	Heard   func(wire.Heard)
	Command func(wire.Command)
	// Offer gives the program that the device should run, whenever the controller
	// says so; nobody has verified it yet.
	Offer func(wire.Offer)
	// Lost says that the connection ended or could not be made; the error is a
	// *Error.
	Lost func(error)
}

// Link is the connection home. Its methods may be called from any goroutine,
// never wait for the network, and work whether connected or not, except Run and
// Fetch.
type Link struct {
	opt    Options
	log    *slog.Logger
	home   url.URL // http or https
	dialer websocket.Dialer
	client http.Client
	again  chan struct{} // a token: dial now
	lanes  lanes
	out    outbox
	pulse  pulse
	gauge  gauge
	knocks func(context.Context) error // tries whether the line is whole; nil: that cannot be tried

	mu       sync.Mutex      // guards what follows
	conn     *websocket.Conn // open now
	protocol int             // that the controller speaks; 0 while it was not heard
	token    string          // for blobs
	welcomed chan struct{}   // closed and replaced at every welcome
	flights  map[destination]*flight
}

// New checks the options. The error is a mistake in the configuration.
func New(opt Options) (*Link, error) {
	set(&opt.Timeout, 20*time.Second)
	set(&opt.Silence, 23*time.Second)
	set(&opt.PingEvery, 10*time.Second)
	if len(opt.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("link: the device key is missing")
	}
	if opt.Hello == nil || opt.Store == nil {
		return nil, errors.New("link: Hello and Store are needed")
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Backoff.Seed == 0 {
		sum := sha256.Sum256(opt.Key.Public().(ed25519.PublicKey))
		opt.Backoff.Seed = binary.BigEndian.Uint64(sum[:])
	}
	set(&opt.Backoff.Min, time.Second)
	set(&opt.Backoff.Max, 30*time.Second)
	l := &Link{
		opt: opt, log: opt.Log,
		again:    make(chan struct{}, 1),
		welcomed: make(chan struct{}),
		flights:  map[destination]*flight{},
	}
	l.pulse.kept = max(keptPings*opt.PingEvery, time.Minute)
	l.out.wake = make(chan struct{}, 1)
	if err := l.setHome(opt.URL); err != nil {
		return nil, err
	}
	l.knocks = knocker(l.home)
	return l, l.setDialers()
}

func set(v *time.Duration, def time.Duration) {
	if *v <= 0 {
		*v = def
	}
}

func (l *Link) setHome(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return fmt.Errorf("controller address: %w", err)
	}
	switch u.Scheme {
	case "ws":
		u.Scheme = "http"
	case "wss":
		u.Scheme = "https"
	case "http", "https":
	default:
		return fmt.Errorf("controller address %q: it begins with http:// or https://", s)
	}
	if u.Host == "" {
		return fmt.Errorf("controller address %q names no host", s)
	}
	l.home = url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return nil
}

// Run connects and connects again until ctx ends (it returns nil) or the
// controller says that this screen was removed (a *Error of kind Stop). It is
// called once.
func (l *Link) Run(ctx context.Context) error {
	l.lanes.start(ctx, l.opt.Handler.Push, l.pull)
	defer l.lanes.wait()
	defer l.client.CloseIdleConnections()
	attempt := 0
	for {
		started := time.Now()
		err := l.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err.open && !l.reconnecting() {
			l.pulse.dropped(time.Now())
		}
		if l.opt.Handler.Lost != nil {
			l.opt.Handler.Lost(err)
		}
		if err.Kind == Stop {
			return err
		}
		// Only a connection that lasted shows that all is well: one that is
		// always cut after its welcome must not be made again at once for ever.
		if time.Since(started) > l.opt.Backoff.Max {
			attempt = 0
		}
		wait := max(l.opt.Backoff.Delay(attempt), err.Wait)
		l.log.Info("connection to the controller ended", "error", err, "again_in", wait)
		dice := rand.New(rand.NewPCG(^l.opt.Backoff.Seed, uint64(attempt)))
		attempt++
		if !l.pause(ctx, wait, silent(err) && err.Wait == 0, dice) {
			return nil
		}
	}
}

// pause waits and reports whether ctx goes on. Reconnect cuts it short, and so does
// the line when it was dead.
func (l *Link) pause(ctx context.Context, d time.Duration, dead bool, dice *rand.Rand) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	var back chan struct{}
	if dead && l.knocks != nil && d > knockEvery/2 {
		back = make(chan struct{})
		knocking, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Go(func() {
			if l.knock(knocking, dice) {
				close(back)
			}
		})
		defer wg.Wait()
		defer stop()
	}
	select {
	case <-ctx.Done():
		return false
	case <-l.again:
	case <-back:
	case <-t.C:
	}
	return ctx.Err() == nil
}

// Reconnect ends the connection, if there is one, and dials again at once: the
// new hello asks for all that Options.Hello does not have. What waits to be sent
// is sent before, and the controller has read it, unless that takes longer than
// byeTime.
func (l *Link) Reconnect() {
	select {
	case l.again <- struct{}{}:
	default:
	}
	l.mu.Lock()
	conn := l.conn
	l.mu.Unlock()
	if conn == nil {
		return
	}
	if l.out.put(func(o *outbox) bool { o.bye = o.open; return o.open }) {
		time.AfterFunc(byeTime, func() { conn.Close() }) // on a stuck line
		return
	}
	conn.Close()
}

// byeTime is how long what waits may take to be sent before a Reconnect, and the
// controller to say that it has come.
const byeTime = 10 * time.Second

// Connected reports whether the controller has welcomed this screen on the
// connection that is open now.
func (l *Link) Connected() bool {
	l.out.mu.Lock()
	defer l.out.mu.Unlock()
	return l.out.open
}

// reconnecting reports whether Reconnect ended the connection.
func (l *Link) reconnecting() bool { return len(l.again) > 0 }

// Line returns how the connection was in the last ten minutes.
func (l *Link) Line() wire.Line { return l.pulse.line(time.Now()) }

// Protocol returns the version of the protocol that the controller speaks, 0 while
// it was not heard.
func (l *Link) Protocol() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.protocol
}

// Report sends the health of the screen. The latest wins; it is sent as soon as
// there is a connection.
func (l *Link) Report(r wire.Report) {
	l.out.put(func(o *outbox) bool { o.report = &r; return true })
}

// Adopted sends what is on screen now. The latest wins; it is sent as soon as
// there is a connection.
func (l *Link) Adopted(a wire.Adopted) {
	a.Have = maps.Clone(a.Have)
	l.out.put(func(o *outbox) bool { o.adopted = &a; return true })
}

// Refused sends that an envelope changed nothing. Of those that wait for a
// connection the last 64 are kept.
func (l *Link) Refused(r wire.Refused) {
	l.out.put(func(o *outbox) bool {
		if o.refused = append(o.refused, r); len(o.refused) > maxRefused {
			o.refused = o.refused[1:]
		}
		return true
	})
}

// Ledger sends rows and reports whether they were queued, in order, on a
// connection that knows this screen. Rows that Taken has not acknowledged when
// the connection is lost have to be sent again after the next Welcome. The rows
// must not be changed afterwards.
func (l *Link) Ledger(rows []wire.Row) bool {
	return l.out.put(func(o *outbox) bool {
		if !o.open || len(o.ledger) >= maxLedger {
			return false
		}
		o.ledger = append(o.ledger, rows)
		return true
	})
}

// Voices sends what residents said, at most wire.MaxVoices, and reports whether
// they were queued on a connection that knows this screen. What Heard has not
// acknowledged when the connection is lost has to be sent again after the next
// Welcome. A controller that does not know voices passes over them.
func (l *Link) Voices(voices []wire.Voice) bool {
	return l.out.put(func(o *outbox) bool {
		if !o.open || len(o.voices) > 0 || len(voices) > wire.MaxVoices {
			return false
		}
		o.voices = voices
		return true
	})
}

// Usage sends the counts of days, as Voices does.
func (l *Link) Usage(days []wire.Usage) bool {
	return l.out.put(func(o *outbox) bool {
		if !o.open || len(o.usage)+len(days) > maxUsage {
			return false
		}
		o.usage = append(o.usage, days...)
		return true
	})
}

// Patrol sends what the screen found when it looked itself over. The latest wins;
// it is sent as soon as there is a connection, and the owner sends it again after
// the next Welcome if it matters that it arrives.
func (l *Link) Patrol(p wire.Patrol) {
	l.out.put(func(o *outbox) bool { o.patrol = &p; return true })
}

// Result answers a command, with attached bytes that must not be changed
// afterwards; false when too many wait. It outlives the connection.
func (l *Link) Result(r wire.Result, attached ...[]byte) bool {
	return l.out.put(func(o *outbox) bool {
		if len(o.results) >= maxResults {
			return false
		}
		o.results = append(o.results, result{r, attached})
		return true
	})
}

// Fetch brings blobs into the store, those that are missing, at most four at a
// time, each from where the last attempt stopped. It tries again after failures
// of the line until ctx ends. The error is a *Error: Retry when ctx ended or
// the disk failed, Refuse when the controller does not have a blob or has other
// bytes under its address.
func (l *Link) Fetch(ctx context.Context, blobs []playlist.Blob) error {
	return l.fetchAll(ctx, l.opt.Store, blobs)
}

// FetchInto is Fetch into another store than that of the content.
func (l *Link) FetchInto(ctx context.Context, store *assets.Store, blobs []playlist.Blob) error {
	return l.fetchAll(ctx, store, blobs)
}

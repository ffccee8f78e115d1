package hub

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// county is the backend of tests: a small real one that can fail on command.
type county struct {
	mu       sync.Mutex                   // guards what follows
	screens  map[string]playlist.ScreenID // by device key
	channels map[playlist.ScreenID][]playlist.ChannelID
	latest   map[playlist.ChannelID]Content
	settings map[playlist.ScreenID]playlist.Revision
	adopted  map[playlist.ScreenID]wire.Adopted
	refused  []wire.Refused
	patrols  []wire.Patrol
	proofs   []string // key and payload
	reports  map[playlist.ScreenID]wire.Report
	rows     map[playlist.ScreenID]uint64
	voices   map[string]playlist.ScreenID
	usage    []wire.Usage
	results  map[string][][]byte
	gone     map[playlist.ScreenID]string
	codes    int
	codeLife time.Duration
	fail     error
	removed  map[string]bool
	asked    map[catchupKey]int
	hold     chan struct{} // Hello waits for it

	counting bool // benchmarks: an adoption is counted and nothing else
	acks     tally
	changed  chan struct{} // a token after every call
}

func newCounty() *county {
	return &county{
		screens:  map[string]playlist.ScreenID{},
		channels: map[playlist.ScreenID][]playlist.ChannelID{},
		latest:   map[playlist.ChannelID]Content{},
		settings: map[playlist.ScreenID]playlist.Revision{},
		adopted:  map[playlist.ScreenID]wire.Adopted{},
		reports:  map[playlist.ScreenID]wire.Report{},
		rows:     map[playlist.ScreenID]uint64{},
		results:  map[string][][]byte{},
		voices:   map[string]playlist.ScreenID{},
		gone:     map[playlist.ScreenID]string{},
		removed:  map[string]bool{},
		asked:    map[catchupKey]int{},
		codeLife: time.Hour,
		acks:     tally{reached: make(chan struct{}, 1)},
		changed:  make(chan struct{}, 1),
	}
}

// with changes or reads the county under its lock and wakes who waits for it.
func (c *county) with(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

func (c *county) Hello(ctx context.Context, h wire.Hello, _ string) (v Verdict, err error) {
	var hold chan struct{}
	c.with(func() { hold = c.hold })
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return v, ctx.Err()
		}
	}
	c.with(func() {
		if c.removed[string(h.Key)] {
			err = fmt.Errorf("hello: %w", ErrRemoved)
			return
		}
		if err = c.fail; err != nil {
			return
		}
		v.Screen = c.screens[string(h.Key)]
		if v.Screen == "" {
			c.codes++
			v.Pairing = wire.Pairing{Code: fmt.Sprintf("%06d", c.codes), Expires: time.Now().Add(c.codeLife)}
			return
		}
		v.Channels = slices.Clone(c.channels[v.Screen])
		v.Welcome = wire.Welcome{BlobToken: "token", Report: 30, Settings: c.settings[v.Screen], Ledger: c.rows[v.Screen], Latest: map[playlist.ChannelID]playlist.Revision{}}
		for _, ch := range v.Channels {
			v.Welcome.Latest[ch] = c.latest[ch].Push.Revision
		}
	})
	return v, err
}

func (c *county) Settings(_ context.Context, s playlist.ScreenID) (set Settings, err error) {
	c.with(func() {
		set.Channels = slices.Clone(c.channels[s])
		if rev := c.settings[s]; rev > 0 {
			set.Push = &wire.Push{Revision: rev}
		}
	})
	return set, nil
}

func (c *county) Latest(_ context.Context, ch playlist.ChannelID, since playlist.Revision) (content Content, err error) {
	c.with(func() { content, err = c.latest[ch], c.fail; c.asked[catchupKey{ch, since}]++ })
	return content, err
}

func (c *county) Adopted(_ context.Context, s playlist.ScreenID, a wire.Adopted) error {
	if c.counting {
		c.acks.add()
		return nil
	}
	c.with(func() { c.adopted[s] = a })
	return nil
}

func (c *county) Refused(_ context.Context, _ playlist.ScreenID, r wire.Refused) error {
	c.with(func() { c.refused = append(c.refused, r) })
	return nil
}

func (c *county) Report(_ context.Context, s playlist.ScreenID, r wire.Report) error {
	c.with(func() { c.reports[s] = r })
	return nil
}

func (c *county) Ledger(_ context.Context, s playlist.ScreenID, rows []wire.Row) (taken uint64, err error) {
	c.with(func() {
		if err = c.fail; err != nil {
			return
		}
		for _, r := range rows {
			if r.Seq == c.rows[s]+1 {
				c.rows[s] = r.Seq
			}
		}
		taken = c.rows[s]
	})
	return taken, err
}

func (c *county) Voices(_ context.Context, s playlist.ScreenID, voices []wire.Voice) (heard []string, err error) {
	c.with(func() {
		if err = c.fail; err != nil {
			return
		}
		for _, v := range voices {
			c.voices[v.ID] = s
			heard = append(heard, v.ID)
		}
	})
	return heard, err
}

func (c *county) Usage(_ context.Context, _ playlist.ScreenID, u wire.Usage) (err error) {
	c.with(func() {
		if err = c.fail; err == nil {
			c.usage = append(c.usage, u)
		}
	})
	return err
}

func (c *county) Result(_ context.Context, _ playlist.ScreenID, r wire.Result, blobs [][]byte) error {
	c.with(func() { c.results[r.ID] = blobs })
	return nil
}

func (c *county) Gone(s playlist.ScreenID, _ time.Time, why string) {
	c.with(func() { c.gone[s] = why })
}

// until waits for a condition on the county.
func (c *county) until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	poll(t, what, func() bool { c.mu.Lock(); defer c.mu.Unlock(); return ok() })
}

// poll asks until the answer is yes, for three minutes at most.
func poll(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never happened: %s", what)
		}
	}
}

// place is one hub on a real listener.
type place struct {
	*Hub
	county *county
	server *httptest.Server
}

func open(t testing.TB, c *county, opt Options) *place {
	t.Helper()
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	h := New(c, opt)
	p := &place{h, c, httptest.NewServer(h)}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			t.Errorf("close the hub: %v", err)
		}
		p.server.Close()
	})
	return p
}

func (p *place) url() string { return "ws" + strings.TrimPrefix(p.server.URL, "http") }

// device is a device of tests, over a real socket.
type device struct {
	t     testing.TB
	key   ed25519.PrivateKey
	hello wire.Hello
	conn  *websocket.Conn
}

func keyOf(n int) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint64(seed, uint64(n))
	return ed25519.NewKeyFromSeed(seed)
}

func pubOf(n int) string { return string(keyOf(n).Public().(ed25519.PublicKey)) }

// know enters screen n with its channels into the county.
func (c *county) know(n int, channels ...playlist.ChannelID) playlist.ScreenID {
	id := playlist.ScreenID(fmt.Sprintf("s-%d", n))
	c.with(func() { c.screens[pubOf(n)] = id; c.channels[id] = channels })
	return id
}

// call dials and says hello.
func (p *place) call(t testing.TB, n int, have map[playlist.ChannelID]playlist.Revision) *device {
	t.Helper()
	d := &device{t: t, key: keyOf(n)}
	d.hello = wire.Hello{Version: wire.Version, Key: d.key.Public().(ed25519.PublicKey), Kind: playlist.Touch, Have: maps.Clone(have)}
	d.dial(p, websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512})
	d.answer()
	return d
}

func (d *device) dial(p *place, dialer websocket.Dialer) {
	d.t.Helper()
	conn, resp, err := dialer.Dial(p.url(), nil)
	if err != nil {
		status := ""
		if resp != nil {
			status = resp.Status
		}
		d.t.Fatalf("dial: %v %s", err, status)
	}
	d.conn = conn
	d.t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(5 * time.Minute))
}

func (d *device) answer() {
	d.t.Helper()
	var c wire.Challenge
	d.expect(wire.TypeChallenge, &c)
	d.hello.Signature = wire.SignHello(c.Nonce, d.key)
	d.say(wire.TypeHello, d.hello)
}

func (d *device) say(typ wire.Type, body any, blobs ...[]byte) {
	d.t.Helper()
	b, err := wire.Encode(typ, body, blobs...)
	if err == nil {
		err = d.conn.WriteMessage(websocket.BinaryMessage, b)
	}
	if err != nil {
		d.t.Fatalf("say %s: %v", typ, err)
	}
}

func (d *device) hear() wire.Message {
	d.t.Helper()
	_, b, err := d.conn.ReadMessage()
	if err != nil {
		d.t.Fatalf("hear: %v", err)
	}
	m, err := wire.Decode(b)
	if err != nil {
		d.t.Fatalf("hear: %v", err)
	}
	return m
}

func (d *device) expect(typ wire.Type, v any) wire.Message {
	d.t.Helper()
	m := d.hear()
	if m.Type != typ {
		d.t.Fatalf("heard a %s %s, want a %s", m.Type, m.Body, typ)
	}
	if err := m.Into(v); err != nil {
		d.t.Fatal(err)
	}
	return m
}

func (d *device) expectPush(ch playlist.ChannelID, rev playlist.Revision) wire.Push {
	d.t.Helper()
	var p wire.Push
	m := d.expect(wire.TypePush, &p)
	if p.Channel != ch || p.Revision != rev {
		d.t.Fatalf("heard a push of %q revision %s, want %q revision %s", p.Channel, p.Revision, ch, rev)
	}
	if _, err := m.Blobs(p.Attached); err != nil {
		d.t.Fatal(err)
	}
	return p
}

// expectClose reads until the connection ends and checks the code.
func (d *device) expectClose(code wire.CloseCode) {
	d.t.Helper()
	for {
		_, _, err := d.conn.ReadMessage()
		if err == nil {
			continue
		}
		if ce, ok := errors.AsType[*websocket.CloseError](err); !ok || wire.CloseCode(ce.Code) != code {
			d.t.Fatalf("the connection ended with %v, want code %s", err, code)
		}
		d.conn.Close()
		return
	}
}

func push(ch playlist.ChannelID, rev playlist.Revision, size int) wire.Push {
	return wire.Push{Channel: ch, Revision: rev, Envelope: wire.Envelope{Type: wire.EditionType, Payload: noise(size, uint64(rev))}}
}

// noise is bytes that do not compress.
func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	x := seed*2 + 1
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}

func prepare(t testing.TB, p wire.Push, blobs ...[]byte) *Prepared {
	t.Helper()
	prepared, err := Prepare(p, blobs...)
	if err != nil {
		t.Fatal(err)
	}
	return prepared
}

var (
	liuxi    = playlist.ChannelID{Site: "liuxi"}
	shiqiao  = playlist.ChannelID{Site: "shiqiao"}
	liuxiNow = playlist.ChannelID{Site: "liuxi", Alert: true}
)

// checkLeaks fails if goroutines are left after everything was closed.
func checkLeaks(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		poll2(t, func() bool { return runtime.NumGoroutine() <= before })
	})
}

// poll2 is poll for cleanups, where the test's context has ended.
func poll2(t testing.TB, ok func() bool) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Minute); !ok(); <-tick.C {
		if time.Now().After(end) {
			buf := make([]byte, 64<<10)
			t.Fatalf("goroutines are left:\n%s", buf[:runtime.Stack(buf, true)])
		}
	}
}

func (c *county) Proof(_ context.Context, h wire.Hello, p wire.Proof) error {
	c.with(func() { c.proofs = append(c.proofs, string(h.Key)+string(p.Enrolment.Payload)) })
	return nil
}

func (c *county) Patrol(_ context.Context, s playlist.ScreenID, p wire.Patrol) error {
	c.with(func() { c.patrols = append(c.patrols, p) })
	return nil
}

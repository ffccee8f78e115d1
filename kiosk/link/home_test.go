package link_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/hub"
	"mingbai/kiosk/link"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

var (
	liuxi    = playlist.ChannelID{Site: "liuxi"}
	liuxiNow = playlist.ChannelID{Site: "liuxi", Alert: true}
	channels = []playlist.ChannelID{liuxi, liuxiNow}
)

const screen = playlist.ScreenID("s-1")

// office is a controller of one screen: the real hub, a real store of blobs, and
// a backend that can fail on command.
type office struct {
	*hub.Hub
	blobs  *assets.Store
	server *httptest.Server
	served atomic.Int64        // bytes of blobs
	lose   bool                // what pushes leave to be fetched
	hold   func(*http.Request) // nil, or called before a blob is served

	mu      sync.Mutex // guards what follows
	known   bool
	removed bool
	latest  map[playlist.ChannelID]hub.Content
	adopted wire.Adopted
	report  wire.Report
	refused []wire.Refused
	rows    []wire.Row
	voices  []string
	usage   []schedule.Date
	result  wire.Result
	shot    []byte
	have    map[playlist.ChannelID]playlist.Revision // of the last hello
	hellos  int
	token   string
}

func newOffice(t *testing.T, opt hub.Options) *office {
	t.Helper()
	checkLeaks(t)
	o := &office{latest: map[playlist.ChannelID]hub.Content{}, known: true, token: "token"}
	opt.Log = slog.New(slog.DiscardHandler)
	o.blobs = newStore(t)
	o.Hub = hub.New(o, opt)
	mux := http.NewServeMux()
	mux.Handle("GET /device/v1/ws", o.Hub)
	known := func(token string) bool { o.mu.Lock(); defer o.mu.Unlock(); return token == o.token }
	blobs := o.Hub.Blobs(o.blobs, known, func(string, assets.Ref, int64) hub.Terms { return hub.Terms{} })
	lossy := hub.BlobHandler(o.blobs, known)
	mux.HandleFunc("GET /device/v1/blobs/{ref}", func(w http.ResponseWriter, r *http.Request) {
		h := blobs
		if o.lose {
			h = lossy
		}
		if o.hold != nil {
			o.hold(r)
		}
		h.ServeHTTP(counting{w, &o.served}, r)
	})
	o.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := o.Hub.Close(ctx); err != nil {
			t.Errorf("close the hub: %v", err)
		}
		o.server.Close()
	})
	return o
}

type counting struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c counting) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}

func newStore(t *testing.T) *assets.Store {
	t.Helper()
	s, err := assets.Open(durable.OS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (o *office) Hello(_ context.Context, h wire.Hello, _ string) (v hub.Verdict, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hellos++
	o.have = h.Have
	switch {
	case o.removed:
		return v, hub.ErrRemoved
	case !o.known:
		v.Pairing = wire.Pairing{Code: "123456", Expires: time.Now().Add(time.Hour)}
		return v, nil
	}
	v = hub.Verdict{Screen: screen, Channels: channels}
	v.Welcome = wire.Welcome{BlobToken: o.token, Report: 30, Ledger: uint64(len(o.rows)), Latest: map[playlist.ChannelID]playlist.Revision{}}
	for ch, c := range o.latest {
		v.Welcome.Latest[ch] = c.Push.Revision
	}
	return v, nil
}

func (o *office) Settings(context.Context, playlist.ScreenID) (hub.Settings, error) {
	return hub.Settings{Channels: channels, Push: &wire.Push{Revision: 1}}, nil
}

func (o *office) Latest(_ context.Context, ch playlist.ChannelID, _ playlist.Revision) (hub.Content, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.latest[ch], nil
}

func (o *office) Adopted(_ context.Context, _ playlist.ScreenID, a wire.Adopted) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.adopted = a
	return nil
}

func (o *office) Refused(_ context.Context, _ playlist.ScreenID, r wire.Refused) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refused = append(o.refused, r)
	return nil
}

func (o *office) Report(_ context.Context, _ playlist.ScreenID, r wire.Report) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.report = r
	return nil
}

func (o *office) Ledger(_ context.Context, _ playlist.ScreenID, rows []wire.Row) (uint64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range rows {
		switch next := uint64(len(o.rows)) + 1; {
		case r.Seq == next:
			o.rows = append(o.rows, r)
		case r.Seq > next:
			return 0, errors.New("a row is missing")
		}
	}
	return uint64(len(o.rows)), nil
}

func (o *office) Voices(_ context.Context, _ playlist.ScreenID, voices []wire.Voice) (heard []string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, v := range voices {
		o.voices = append(o.voices, v.ID)
		heard = append(heard, v.ID)
	}
	return heard, nil
}

func (o *office) Usage(_ context.Context, _ playlist.ScreenID, u wire.Usage) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.usage = append(o.usage, u.Day)
	return nil
}

func (o *office) Result(_ context.Context, _ playlist.ScreenID, r wire.Result, blobs [][]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.result = r; len(blobs) > 0 {
		o.shot = blobs[0]
	}
	return nil
}

func (o *office) Gone(playlist.ScreenID, time.Time, string) {}

// publish makes an edition the latest and announces it.
func (o *office) publish(t *testing.T, ch playlist.ChannelID, rev playlist.Revision, size int, blobs ...[]byte) {
	t.Helper()
	p := wire.Push{Channel: ch, Revision: rev, Envelope: wire.Envelope{Type: wire.EditionType, Payload: noise(size, uint64(rev))}}
	prepared, err := hub.Prepare(p, blobs...)
	if err != nil {
		t.Fatal(err)
	}
	o.mu.Lock()
	o.latest[ch] = hub.Content{Push: p, Blobs: blobs}
	o.mu.Unlock()
	o.Announce(prepared)
}

// screenRig is a device program reduced to what the link needs.
type screenRig struct {
	*link.Link
	store *assets.Store

	mu      sync.Mutex // guards what follows
	have    map[playlist.ChannelID]playlist.Revision
	pushes  []wire.Push
	blobs   [][]byte
	pairing wire.Pairing
	name    playlist.ScreenID
	clock   time.Time
	taken   uint64
	heard   wire.Heard
	head    uint64 // ledger rows that the device has
	command wire.Command
	offer   wire.Offer
	lost    []error
	handle  func(context.Context, wire.Push, [][]byte)

	done chan error // what Run returned
}

// start runs a link to url until the test ends.
func start(t *testing.T, url string, change func(*link.Options, *screenRig)) *screenRig {
	t.Helper()
	r := &screenRig{store: newStore(t), have: map[playlist.ChannelID]playlist.Revision{}, done: make(chan error, 1)}
	opt := link.Options{
		URL: url, Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Store: r.store,
		Hello: func() wire.Hello {
			r.mu.Lock()
			defer r.mu.Unlock()
			have := map[playlist.ChannelID]playlist.Revision{}
			for ch, rev := range r.have {
				have[ch] = rev
			}
			return wire.Hello{Kind: playlist.Touch, Have: have}
		},
		Backoff: link.Backoff{Min: time.Millisecond, Max: 20 * time.Millisecond},
		Log:     slog.New(slog.DiscardHandler),
	}
	opt.Handler = link.Handler{
		Challenge: func(t time.Time) { r.with(func() { r.clock = t }) },
		Pairing:   func(p wire.Pairing) { r.with(func() { r.pairing = p }) },
		Enrolled:  func(e wire.Enrolled) error { r.with(func() { r.name = e.Screen }); return nil },
		Welcome: func(w wire.Welcome) {
			r.with(func() { r.taken = w.Ledger })
			r.drain()
		},
		Push: func(ctx context.Context, p wire.Push, blobs [][]byte) {
			r.mu.Lock()
			handle := r.handle
			r.mu.Unlock()
			if handle != nil {
				handle(ctx, p, blobs)
				return
			}
			r.with(func() {
				r.pushes, r.blobs = append(r.pushes, p), blobs
				if p.Revision > r.have[p.Channel] {
					r.have[p.Channel] = p.Revision
				}
			})
		},
		Taken: func(seq uint64) {
			r.with(func() { r.taken = max(r.taken, seq) })
			r.drain()
		},
		Heard: func(h wire.Heard) {
			r.with(func() {
				r.heard.Voices, r.heard.Days = append(r.heard.Voices, h.Voices...), append(r.heard.Days, h.Days...)
			})
		},
		Command: func(c wire.Command) { r.with(func() { r.command = c }) },
		Offer:   func(f wire.Offer) { r.with(func() { r.offer = f }) },
		Lost:    func(err error) { r.with(func() { r.lost = append(r.lost, err) }) },
	}
	if change != nil {
		change(&opt, r)
	}
	l, err := link.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	r.Link = l
	ctx, cancel := context.WithCancel(context.Background())
	go func() { r.done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-r.done; err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
	return r
}

func (r *screenRig) with(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

// drain sends the next batch of ledger rows after those that are acknowledged.
func (r *screenRig) drain() {
	r.mu.Lock()
	from, to := r.taken+1, min(r.head, r.taken+10)
	r.mu.Unlock()
	var rows []wire.Row
	for seq := from; seq <= to; seq++ {
		rows = append(rows, wire.Row{Seq: seq, Channel: liuxi, Notice: "n-1"})
	}
	if len(rows) > 0 {
		r.Ledger(rows)
	}
}

// patience is how long a test waits for what must happen. It is no measurement: a
// busy machine may take its time.
const patience = 3 * time.Minute

func poll(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

func (o *office) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	poll(t, what, func() bool { o.mu.Lock(); defer o.mu.Unlock(); return ok() })
}

func (r *screenRig) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	poll(t, what, func() bool { r.mu.Lock(); defer r.mu.Unlock(); return ok() })
}

func checkLeaks(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for end := time.Now().Add(patience); runtime.NumGoroutine() > before; <-tick.C {
			if time.Now().After(end) {
				stacks := make([]byte, 64<<10)
				t.Fatalf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
			}
		}
	})
}

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

// line is a TCP proxy that can be bad on command.
type line struct {
	listener net.Listener
	to       string
	wg       sync.WaitGroup

	mu    sync.Mutex // guards what follows
	conns map[net.Conn]bool
	slice int           // bytes at a time towards the device; 0 is all
	pace  time.Duration // between slices
	limit int           // bytes towards the device before a connection is cut; 0 is none
	deaf  bool          // swallow everything in both directions
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &line{listener: l, to: to, conns: map[net.Conn]bool{}}
	p.wg.Add(1)
	go p.serve()
	t.Cleanup(func() {
		l.Close()
		p.cut()
		p.wg.Wait()
	})
	return p
}

func (p *line) url() string { return "http://" + p.listener.Addr().String() }

func (p *line) serve() {
	defer p.wg.Done()
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		up, err := net.Dial("tcp", p.to)
		if err != nil {
			c.Close()
			continue
		}
		p.with(func() { p.conns[c], p.conns[up] = true, true })
		p.wg.Add(2)
		go p.copy(up, c, false)
		go p.copy(c, up, true)
	}
}

func (p *line) with(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// cut ends all connections.
func (p *line) cut() {
	p.with(func() {
		for c := range p.conns {
			c.Close()
		}
		clear(p.conns)
	})
}

func (p *line) copy(dst, src net.Conn, down bool) {
	defer p.wg.Done()
	defer dst.Close()
	defer src.Close()
	buf := make([]byte, 32<<10)
	sent := 0
	for {
		n, err := src.Read(buf)
		var slice, limit int
		var pace time.Duration
		var deaf bool
		p.with(func() { slice, limit, pace, deaf = p.slice, p.limit, p.pace, p.deaf })
		for b := buf[:n]; len(b) > 0 && !deaf; {
			k := len(b)
			if down && slice > 0 {
				k = min(k, slice)
			}
			if down && limit > 0 && sent+k > limit {
				return
			}
			if _, err := dst.Write(b[:k]); err != nil {
				return
			}
			sent += k
			if b = b[k:]; down && pace > 0 {
				<-time.After(pace)
			}
		}
		if err != nil {
			if err != io.EOF {
				return
			}
			return
		}
	}
}

func (o *office) Patrol(context.Context, playlist.ScreenID, wire.Patrol) error { return nil }

func (o *office) Proof(context.Context, wire.Hello, wire.Proof) error { return nil }

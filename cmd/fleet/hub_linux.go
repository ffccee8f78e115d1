package main

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/controller/hub"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// serverConfig says what a server is. ServerOptions has the words.
type serverConfig struct {
	Dir          string        `json:"dir"`
	Listen       string        `json:"listen"` // host:port
	Cert         string        `json:"cert,omitempty"`
	Key          string        `json:"key,omitempty"`
	Seed         string        `json:"seed"`
	Screens      int           `json:"screens"`
	Swarm        bool          `json:"swarm,omitempty"` // the county and the screens of cmd/internal/swarm
	Stalled      int           `json:"stalled,omitempty"`
	WriteTimeout time.Duration `json:"write_timeout,omitempty"`
}

// The channels of the bare hub.
var (
	everywhere = playlist.ChannelID{Site: "everywhere"}
	deaf       = playlist.ChannelID{Site: "deaf"} // of those who are to stop reading
)

// memory is a hub's backend that knows its screens by heart and keeps the latest of
// what they say: the hub alone can be measured with it.
type memory struct {
	seed    string
	screens map[string]int // by key
	stalled int            // how many, from the last

	started atomic.Int64 // of the round, on the clock of the process
	acks    atomic.Int64
	want    atomic.Int64
	reached chan struct{}
	reports atomic.Int64

	mu     sync.Mutex // guards what follows
	have   []wire.Adopted
	times  []time.Duration
	latest []wire.Report
	gone   int
}

func newMemory(cfg serverConfig) *memory {
	m := &memory{
		seed: cfg.Seed, screens: make(map[string]int, cfg.Screens), stalled: cfg.Stalled, reached: make(chan struct{}, 1),
		have: make([]wire.Adopted, cfg.Screens), times: make([]time.Duration, cfg.Screens), latest: make([]wire.Report, cfg.Screens),
	}
	for i := range cfg.Screens {
		m.screens[string(swarm.Key(cfg.Seed, i).Public().(ed25519.PublicKey))] = i
	}
	return m
}

func (m *memory) Hello(_ context.Context, h wire.Hello, _ string) (hub.Verdict, error) {
	i, ok := m.screens[string(h.Key)]
	if !ok {
		return hub.Verdict{}, hub.ErrRemoved
	}
	v := hub.Verdict{Screen: swarm.Screen(m.seed, i), Channels: []playlist.ChannelID{everywhere}}
	if i >= len(m.have)-m.stalled {
		v.Channels = append(v.Channels, deaf)
	}
	v.Welcome = wire.Welcome{BlobToken: "token", Report: 30, Latest: map[playlist.ChannelID]playlist.Revision{}}
	return v, nil
}

func index(screen playlist.ScreenID) int {
	i := 0
	for _, c := range screen[strings.LastIndexByte(string(screen), '-')+1:] {
		i = 10*i + int(c-'0')
	}
	return i
}

func (m *memory) Adopted(_ context.Context, s playlist.ScreenID, a wire.Adopted) error {
	now := time.Duration(monotonic() - m.started.Load())
	i := index(s)
	m.mu.Lock()
	m.have[i], m.times[i] = a, now
	m.mu.Unlock()
	if m.acks.Add(1) == m.want.Load() {
		m.reached <- struct{}{}
	}
	return nil
}

func (m *memory) Report(_ context.Context, s playlist.ScreenID, r wire.Report) error {
	m.mu.Lock()
	m.latest[index(s)] = r
	m.mu.Unlock()
	m.reports.Add(1)
	return nil
}

func (m *memory) Settings(context.Context, playlist.ScreenID) (hub.Settings, error) {
	return hub.Settings{}, nil
}

func (m *memory) Latest(_ context.Context, ch playlist.ChannelID, _ playlist.Revision) (hub.Content, error) {
	return hub.Content{Push: wire.Push{Channel: ch}}, nil
}

func (m *memory) Gone(playlist.ScreenID, time.Time, string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone++
}

// What the devices of a benchmark never say.
var errUnasked = errors.New("nobody asked for that")

func (m *memory) Refused(context.Context, playlist.ScreenID, wire.Refused) error { return errUnasked }
func (m *memory) Ledger(context.Context, playlist.ScreenID, []wire.Row) (uint64, error) {
	return 0, errUnasked
}
func (m *memory) Voices(context.Context, playlist.ScreenID, []wire.Voice) ([]string, error) {
	return nil, errUnasked
}
func (m *memory) Usage(context.Context, playlist.ScreenID, wire.Usage) error   { return errUnasked }
func (m *memory) Patrol(context.Context, playlist.ScreenID, wire.Patrol) error { return errUnasked }

func (m *memory) Proof(context.Context, wire.Hello, wire.Proof) error { return errUnasked }
func (m *memory) Result(context.Context, playlist.ScreenID, wire.Result, [][]byte) error {
	return errUnasked
}

// announcement is what the bare hub is told to send to all.
type announcement struct {
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	Bytes    int                `json:"bytes"`   // of the payload
	Answers  int                `json:"answers"` // to wait for; 0: none
	Seconds  float64            `json:"seconds"` // patience
}

// noise is bytes that do not compress, and the same for the same seed.
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

func (a announcement) push() wire.Push {
	return wire.Push{Channel: a.Channel, Revision: a.Revision, Envelope: wire.Envelope{Type: wire.EditionType, Payload: noise(a.Bytes, uint64(a.Revision))}}
}

func (m *memory) announce(h *hub.Hub, a announcement) (any, error) {
	push := a.push()
	m.acks.Store(0)
	m.want.Store(int64(a.Answers))
	m.mu.Lock()
	clear(m.times)
	m.mu.Unlock()
	cpu, began := spent(), monotonic()
	m.started.Store(began)
	p, err := hub.Prepare(push)
	if err != nil {
		return nil, err
	}
	if n := h.Announce(p); n < a.Answers {
		return nil, fmt.Errorf("announced to %d screens, not %d", n, a.Answers)
	}
	if a.Answers == 0 {
		return nil, nil
	}
	late := time.NewTimer(time.Duration(a.Seconds * float64(time.Second)))
	defer late.Stop()
	select {
	case <-m.reached:
	case <-late.C:
		return nil, fmt.Errorf("%d of %d screens acknowledged in time", m.acks.Load(), a.Answers)
	}
	r := round{Wall: time.Duration(monotonic() - began), CPU: spent() - cpu}
	m.mu.Lock()
	defer m.mu.Unlock()
	r.Times = append(r.Times, m.times...)
	return r, nil
}

// haveAll waits until every screen has said that it has a revision.
func (m *memory) haveAll(ctx context.Context, want allHave) (any, error) {
	missing := 0
	err := until(ctx, want.Seconds, func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		missing = 0
		for _, a := range m.have {
			if a.Have[want.Channel] < want.Revision {
				missing++
			}
		}
		return missing == 0
	})
	if err != nil {
		return nil, fmt.Errorf("%d screens lack revision %s of %s: %w", missing, want.Revision, want.Channel, err)
	}
	return nil, nil
}

// count is a number that a server is to have come to.
type count struct {
	To      int64   `json:"to"`
	Seconds float64 `json:"seconds"`
}

func (c count) reached(ctx context.Context, now func() int64) error {
	if err := until(ctx, c.Seconds, func() bool { return now() >= c.To }); err != nil {
		return fmt.Errorf("%d of %d came: %w", now(), c.To, err)
	}
	return nil
}

// until looks every two milliseconds.
func until(ctx context.Context, seconds float64, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second)))
	defer cancel()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for !ok() {
		select {
		case <-poll.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// sessions is what a server tells about its sessions.
type sessions struct {
	Open     int   `json:"open"`
	Received int64 `json:"received"`
	Sent     int64 `json:"sent"`
	Reports  int64 `json:"reports"`
}

// hubChild is the process of a hub alone.
func hubChild(ctx context.Context, config []byte) error {
	var cfg serverConfig
	if err := json.Unmarshal(config, &cfg); err != nil {
		return err
	}
	m := newMemory(cfg)
	h := hub.New(m, hub.Options{WriteTimeout: cfg.WriteTimeout, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return err
	}
	url := "http://" + l.Addr().String()
	if cfg.Cert != "" {
		cert, err := tls.LoadX509KeyPair(cfg.Cert, cfg.Key)
		if err != nil {
			return err
		}
		// As the controller does for screens.
		l = hub.Secure(l, &tls.Config{
			Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
			CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384}, DynamicRecordSizingDisabled: true,
		}, hub.SecureOptions{})
		url = "https://" + l.Addr().String()
	}
	mux := http.NewServeMux()
	mux.Handle("GET /device/v1/ws", h)
	// As the controller's own server is.
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }() // ends with Close below
	defer func() {
		limit, cancel := context.WithTimeout(context.Background(), stopWithin/2)
		defer cancel()
		h.Close(limit) // those that do not read are cut
		srv.Close()
		<-served
	}()
	return obey(ctx, os.Stdin, os.Stdout, withCommon(verbs{
		"ready": told(func(context.Context, struct{}) (any, error) { return ready{URL: url}, nil }),
		"sessions": told(func(context.Context, struct{}) (any, error) {
			n, in, out := h.Traffic()
			return sessions{n, in, out, m.reports.Load()}, nil
		}),
		"have":     told(m.haveAll),
		"reports":  told(func(ctx context.Context, c count) (any, error) { return nil, c.reached(ctx, m.reports.Load) }),
		"announce": told(func(_ context.Context, a announcement) (any, error) { return m.announce(h, a) }),
	}))
}

package controller_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/assets"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// settings returns a controller's settings for a folder and a free port.
func settings(dir string) configs.Controller {
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Data, cfg.Listen, cfg.Speech.Enabled = dir, "127.0.0.1:0", "off"
	return cfg
}

// quiet is a log that fails no test and fills no screen.
func quiet(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// openController opens a controller; the test's end closes it.
func openController(t testing.TB, cfg configs.Controller) *controller.Controller {
	t.Helper()
	if _, err := os.Stat(cfg.Data); err == nil { // a folder that is not there is the controller's to make
		storetest.Put(t, cfg.DatabaseFile())
	}
	c, err := controller.NewWith(cfg, quiet(t), controller.Options{Passwords: accounts.Cheap, Unhurried: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// start runs a controller until the test or stop ends it.
func start(t *testing.T, cfg configs.Controller) (c *controller.Controller, stop func()) {
	t.Helper()
	c = openController(t, cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	t.Cleanup(stop)
	return c, stop
}

// device is a screen as the protocol sees it: it answers, verifies and adopts,
// and keeps what it was sent. It listens all the time, as a screen does: the test may
// be busy with others for longer than a controller bears silence.
type device struct {
	t       *testing.T
	key     ed25519.PrivateKey
	url     string
	conn    *websocket.Conn
	heard   <-chan heard // of conn; closed at its end
	screen  playlist.ScreenID
	root    []byte
	welcome wire.Welcome
	have    map[playlist.ChannelID]playlist.Revision
	newest  map[playlist.ChannelID]playlist.Edition
	set     playlist.Settings
	blobs   map[assets.Ref][]byte
	seq     uint64
	chain   assets.Ref
}

func newDevice(t *testing.T, c *controller.Controller) *device {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{
		t: t, key: key, url: "ws" + strings.TrimPrefix(c.URL(), "http") + "/device/v1/ws", have: map[playlist.ChannelID]playlist.Revision{},
		newest: map[playlist.ChannelID]playlist.Edition{}, blobs: map[assets.Ref][]byte{},
	}
}

// connect dials and says hello.
func (d *device) connect() {
	d.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial(d.url, nil)
	if err != nil {
		d.t.Fatalf("dial: %v (%v)", err, res)
	}
	d.conn = conn
	d.t.Cleanup(func() { conn.Close() })
	said := make(chan heard, 1<<12)
	d.heard = said
	go func() { // ends with the connection
		defer close(said)
		for {
			_, data, err := conn.ReadMessage()
			select {
			case said <- heard{data, err}:
			case <-d.t.Context().Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	var ch wire.Challenge
	d.expect(wire.TypeChallenge, &ch)
	d.send(wire.TypeHello, wire.Hello{
		Version: wire.Version, Key: d.key.Public().(ed25519.PublicKey), Signature: wire.SignHello(ch.Nonce, d.key), Screen: d.screen,
		Program: "test 1", System: "linux/amd64", Kind: playlist.Touch, Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 530, HeightMM: 940},
		Host: "test", Settings: d.set.Revision, Have: d.have,
	})
}

func (d *device) send(typ wire.Type, body any, blobs ...[]byte) {
	d.t.Helper()
	b, err := wire.Encode(typ, body, blobs...)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.conn.WriteMessage(websocket.BinaryMessage, b); err != nil {
		d.t.Fatalf("send %s: %v", typ, err)
	}
}

// heard is what came on a connection, or why nothing comes any more.
type heard struct {
	data []byte
	err  error
}

// next waits for the next thing that is said, or the end of the connection.
func (d *device) next() ([]byte, error) {
	select {
	case h, ok := <-d.heard:
		if !ok {
			return nil, net.ErrClosed
		}
		return h.data, h.err
	case <-time.After(3 * time.Minute):
		return nil, os.ErrDeadlineExceeded
	}
}

// receive returns the next message; pushes are adopted on the way.
func (d *device) receive() wire.Message {
	d.t.Helper()
	data, err := d.next()
	if err != nil {
		d.t.Fatalf("receive: %v", err)
	}
	m, err := wire.Decode(data)
	if err != nil {
		d.t.Fatal(err)
	}
	if m.Type == wire.TypePush {
		d.adopt(m)
	}
	return m
}

func (d *device) expect(typ wire.Type, into any) {
	d.t.Helper()
	for {
		m := d.receive()
		if m.Type == wire.TypePush && typ != wire.TypePush {
			continue
		}
		if m.Type != typ {
			d.t.Fatalf("got a %s, want a %s: %s", m.Type, typ, m.Body)
		}
		if into != nil {
			if err := m.Into(into); err != nil {
				d.t.Fatal(err)
			}
		}
		return
	}
}

// adopt verifies a push as a screen does and says so.
func (d *device) adopt(m wire.Message) {
	d.t.Helper()
	var p wire.Push
	if err := m.Into(&p); err != nil {
		d.t.Fatal(err)
	}
	blobs, err := m.Blobs(p.Attached)
	if err != nil {
		d.t.Fatal(err)
	}
	for i, b := range p.Attached {
		d.blobs[b.Ref] = bytes.Clone(blobs[i])
	}
	if p.Channel.IsZero() {
		if d.set, err = wire.OpenSettings(p.Envelope, d.root); err != nil {
			d.t.Fatal(err)
		}
	} else {
		d.adoptEdition(p)
	}
	d.send(wire.TypeAdopted, wire.Adopted{Settings: d.set.Revision, Have: d.have})
}

func (d *device) adoptEdition(p wire.Push) {
	d.t.Helper()
	for _, g := range d.set.Channels {
		if g.Channel != p.Channel {
			continue
		}
		e, err := wire.OpenEdition(p.Envelope, g)
		if err != nil {
			d.t.Fatal(err)
		}
		if err := e.Check(); err != nil {
			d.t.Fatal(err)
		}
		if last, ok := d.newest[e.Channel]; ok {
			if err := e.Follows(&last); err != nil {
				d.t.Fatal(err)
			}
		}
		d.have[e.Channel], d.newest[e.Channel] = e.Revision, e
		return
	}
	d.t.Fatalf("an edition of %s, which the settings do not grant", p.Channel)
}

// has waits until an edition of the channel satisfies want.
func (d *device) until(ch playlist.ChannelID, want func(playlist.Edition) bool) {
	d.t.Helper()
	for {
		if e, ok := d.newest[ch]; ok && want(e) {
			return
		}
		d.receive()
	}
}

// enrol pairs the device through the API.
func (d *device) enrol(a *client, body string) {
	d.t.Helper()
	d.connect()
	var p wire.Pairing
	d.expect(wire.TypePairing, &p)
	done := make(chan answer, 1)
	go func() {
		done <- a.try("POST", "/api/v1/pairing", fmt.Sprintf(`{"code":%q,%s}`, p.Code, body))
	}()
	var e wire.Enrolled
	d.expect(wire.TypeEnrolled, &e)
	d.screen, d.root = e.Screen, e.Root
	d.expect(wire.TypeWelcome, &d.welcome)
	if r := <-done; r.status != http.StatusCreated {
		d.t.Fatalf("confirm pairing: %d %s", r.status, r.body)
	}
}

// row appends a row to the device's ledger.
func (d *device) row(n playlist.NoticeID, version int, from time.Time, long time.Duration) wire.Row {
	d.seq++
	r := wire.Row{Seq: d.seq, Notice: n, Version: version, Channel: playlist.ChannelID{Site: "qinghe"}, Revision: 1, From: from.UTC(), Until: from.Add(long).UTC(), Page: "loop"}
	r.Chain = wire.Link(d.chain, r)
	d.chain = r.Chain
	return r
}

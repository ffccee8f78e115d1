package controller_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/controller"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// names of the small county that nobody may learn who is not enrolled.
var county = []string{"qinghe", "wangchuan", "liuxi", "shiqiao", "青禾", "望川", "柳溪", "石桥", "village-1", "county-1"}

// hears reads what comes on a connection until it ends, or nothing has come for a
// while after as many messages as are to come, and fails when it tells anything.
func hears(t *testing.T, conn *websocket.Conn, what string, least int) (types []wire.Type) {
	t.Helper()
	for {
		patience := 300 * time.Millisecond
		if len(types) < least {
			patience = 3 * time.Minute
		}
		conn.SetReadDeadline(time.Now().Add(patience))
		_, data, err := conn.ReadMessage()
		var end *websocket.CloseError
		if errors.As(err, &end) {
			tells(t, what, end.Text)
		}
		if err != nil {
			return types
		}
		tells(t, what, string(data))
		m, err := wire.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, m.Type)
	}
}

func tells(t *testing.T, what, text string) {
	t.Helper()
	for _, name := range append(county, "blob_token", "latest", "revision", "channel", "root") {
		if strings.Contains(strings.ToLower(text), name) {
			t.Errorf("%s: a stranger learns %q in %.300q", what, name, text)
		}
	}
}

// dials opens the socket and takes the challenge.
func dials(t *testing.T, c *controller.Controller) (*websocket.Conn, wire.Challenge) {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.URL(), "http")+"/device/v1/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_, data, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	tells(t, "the challenge", string(data))
	m, err := wire.Decode(data)
	if err != nil || m.Type != wire.TypeChallenge {
		t.Fatal(m.Type, err)
	}
	var ch wire.Challenge
	if err := m.Into(&ch); err != nil || len(ch.Nonce) != 32 {
		t.Fatal(ch, err)
	}
	return conn, ch
}

func says(t *testing.T, conn *websocket.Conn, typ wire.Type, body any) {
	t.Helper()
	data, err := wire.Encode(typ, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.WriteMessage(websocket.BinaryMessage, data); err != nil {
		t.Fatal(err)
	}
}

// words of a device, all of them.
func words(screen playlist.ScreenID) map[wire.Type]any {
	return map[wire.Type]any{
		wire.TypeAdopted: wire.Adopted{Have: map[playlist.ChannelID]playlist.Revision{{Site: "liuxi"}: 1}}, wire.TypeRefused: wire.Refused{},
		wire.TypeReport: wire.Report{Time: time.Now()}, wire.TypeLedger: wire.Ledger{Rows: []wire.Row{{Seq: 1}}},
		wire.TypeVoices: wire.Voices{Voices: []wire.Voice{{ID: "v-1"}}}, wire.TypeUsage: wire.Usage{}, wire.TypePatrol: wire.Patrol{},
		wire.TypeResult: wire.Result{ID: "c-1", OK: true}, wire.TypeWelcome: wire.Welcome{Screen: screen}, wire.TypeEnrolled: wire.Enrolled{Screen: screen},
	}
}

// TestSocketTellsStrangersNothing connects without a key, with a key of nobody and
// with the name of a screen that is another's: it hears a challenge, then a pairing
// code at the most, and what it says is of nobody.
func TestSocketTellsStrangersNothing(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"柳溪村触摸屏"`)
	d.until(playlist.ChannelID{Site: "liuxi"}, func(playlist.Edition) bool { return true })
	before, err := c.Store.CheckAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	conn, _ := dials(t, c)
	if heard := hears(t, conn, "who says nothing", 0); len(heard) != 0 {
		t.Errorf("who says nothing hears %v", heard)
	}
	for typ, body := range words(d.screen) {
		conn, _ := dials(t, c)
		says(t, conn, typ, body)
		if heard := hears(t, conn, "before a hello, "+string(typ), 0); len(heard) != 0 {
			t.Errorf("%s before a hello is answered with %v", typ, heard)
		}
	}

	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	have := map[playlist.ChannelID]playlist.Revision{{Site: "liuxi"}: 1}
	hello := func(nonce []byte, change func(*wire.Hello)) wire.Hello {
		h := wire.Hello{Version: wire.Version, Key: key.Public().(ed25519.PublicKey), Signature: wire.SignHello(nonce, key), Screen: d.screen, Program: "x", Kind: playlist.Touch, Have: have}
		change(&h)
		return h
	}
	_, old := dials(t, c)
	refused := map[string]func(*wire.Hello){
		"the key of a screen, signed by another": func(h *wire.Hello) { h.Key = d.key.Public().(ed25519.PublicKey) },
		"an answer to another challenge":         func(h *wire.Hello) { h.Signature = wire.SignHello(old.Nonce, key) },
		"no signature":                           func(h *wire.Hello) { h.Signature = nil },
		"no key":                                 func(h *wire.Hello) { h.Key = nil },
		"the version of tomorrow":                func(h *wire.Hello) { h.Version = wire.Version + 1 },
		"version 0":                              func(h *wire.Hello) { h.Version = 0 },
	}
	for what, change := range refused {
		conn, ch := dials(t, c)
		says(t, conn, wire.TypeHello, hello(ch.Nonce, change))
		if heard := hears(t, conn, what, 0); len(heard) != 0 {
			t.Errorf("%s is answered with %v", what, heard)
		}
	}

	// A key that is its own, with the name of the screen: a code and nothing more,
	// whatever it says then.
	stranger, ch := dials(t, c)
	says(t, stranger, wire.TypeHello, hello(ch.Nonce, func(*wire.Hello) {}))
	for typ, body := range words(d.screen) {
		says(t, stranger, typ, body)
	}
	heard := hears(t, stranger, "a key of nobody", 1)
	if slices.ContainsFunc(heard, func(typ wire.Type) bool { return typ != wire.TypePairing }) || len(heard) == 0 {
		t.Errorf("a key of nobody hears %v", heard)
	}
	if after, err := c.Store.CheckAudit(t.Context()); err != nil || after != before {
		t.Errorf("strangers left %d lines, %v", after-before, err)
	}
	s, err := c.Fleet.StateOf(t.Context(), d.screen)
	if err != nil || !s.Online {
		t.Errorf("the screen: %+v, %v", s.Condition, err)
	}
	for _, state := range []string{"/device/v1/blobs/" + strings.Repeat("0", 64), "/device/v1/ws"} {
		r := (&client{t: t, url: c.URL()}).raw("GET", state, "", nil)
		if r.status/100 != 4 {
			t.Errorf("%s without anything: status %d", state, r.status)
		}
		tells(t, state, string(r.body))
	}
}

// TestBadFrames sends what no device sends, before and after the hello: the
// connection ends, no memory is taken for what was only announced, and a screen
// beside it stays.
func TestBadFrames(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	d := newDevice(t, c)
	d.enrol(newClient(t, c), `"site":"liuxi","name":"柳溪村触摸屏"`)
	huge := append([]byte{0x82, 0xff}, binary.BigEndian.AppendUint64(nil, 1<<62)...)
	pieces := bytes.Repeat(append([]byte{0x00, 0xfe, 0xff, 0xff, 0, 0, 0, 0}, make([]byte, 65535)...), 80)
	frames := map[string][]byte{
		"a frame of 4 EiB":        append(huge, 0, 0, 0, 0),
		"text":                    {0x81, 0x81, 0, 0, 0, 0, 'x'},
		"without a mask":          {0x82, 0x01, 'x'},
		"a bit that is reserved":  {0xb2, 0x81, 0, 0, 0, 0, 'x'},
		"a kind that is reserved": {0x83, 0x81, 0, 0, 0, 0, 'x'},
		"a ping of 126 bytes":     {0x89, 0xfe, 0, 126, 0, 0, 0, 0},
		"pieces without an end":   append([]byte{0x02, 0x81, 0, 0, 0, 0, '{'}, pieces...),
		"nothing":                 {0x82, 0x80, 0, 0, 0, 0},
		"no JSON":                 append([]byte{0x82, 0x84, 0, 0, 0, 0}, "\x00\xff{}"...),
	}
	for _, proven := range []bool{false, true} {
		for what, frame := range frames {
			conn, ch := dials(t, c)
			if proven { // each time another device: one that does it again is refused for a while
				_, key, err := ed25519.GenerateKey(rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				says(t, conn, wire.TypeHello, wire.Hello{Version: wire.Version, Key: key.Public().(ed25519.PublicKey), Signature: wire.SignHello(ch.Nonce, key), Kind: playlist.Touch})
				if _, _, err := conn.ReadMessage(); err != nil {
					t.Fatal(err)
				}
			}
			raw := conn.NetConn()
			raw.SetDeadline(time.Now().Add(3 * time.Minute))
			raw.Write(frame) // it may be cut on the way
			ended := false
			for !ended {
				_, _, err := conn.ReadMessage()
				var late interface{ Timeout() bool }
				if errors.As(err, &late) && late.Timeout() {
					t.Errorf("%s, proven %v: the connection stays", what, proven)
				}
				ended = err != nil
			}
		}
	}
	if s, err := c.Fleet.StateOf(t.Context(), d.screen); err != nil || !s.Online {
		t.Errorf("the screen beside them: %+v, %v", s.Condition, err)
	}
}

// TestSocketFromPages: no page of a browser connects, and no cookie or token of
// people counts.
func TestSocketFromPages(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	a := newClient(t, c)
	for _, origin := range []string{"https://evil.example", c.URL(), "null"} {
		conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.URL(), "http")+"/device/v1/ws", http.Header{"Origin": {origin}})
		if err == nil {
			conn.Close()
		}
		if res == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("a page of %s: %v, %v", origin, res, err)
		}
	}
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.URL(), "http")+"/device/v1/ws", http.Header{"Authorization": {"Bearer " + a.token}, "Cookie": {"mingbai-session=" + a.token}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if heard := hears(t, conn, "with the token of the API", 1); fmt.Sprint(heard) != "[challenge]" {
		t.Errorf("with the token of the API it hears %v", heard)
	}
}

package link_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"

	"mingbai/playlist/wire"
)

// rawHome is a controller that sends what it likes.
func rawHome(t *testing.T, serve func(c *websocket.Conn)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{EnableCompression: true}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		serve(c)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func send(t *testing.T, c *websocket.Conn, typ wire.Type, body any) {
	b, err := wire.Encode(typ, body)
	if err != nil {
		t.Error(err)
	}
	c.WriteMessage(websocket.BinaryMessage, b) // the device may be gone
}

// Damaged messages are reported and passed over; the next good one counts.
func TestDamagedMessages(t *testing.T) {
	said := make(chan wire.Refused, 20)
	url := rawHome(t, func(c *websocket.Conn) {
		send(t, c, wire.TypeChallenge, wire.Challenge{Version: 7, Nonce: make([]byte, 32)}) // a later controller
		c.ReadMessage()
		send(t, c, wire.TypeWelcome, wire.Welcome{Screen: screen})
		push := wire.Push{Channel: liuxi, Revision: 4}
		bad, err := wire.Encode(wire.TypePush, push, []byte("blob"))
		if err != nil {
			t.Error(err)
			return
		}
		for _, b := range [][]byte{
			bad[:len(bad)-1],
			append(bad[:len(bad):len(bad)], 'x'),
			append(bad[:len(bad)-1:len(bad)-1], 'X'),
			[]byte("garbage"),
			[]byte(`{"type":"push","body":7}` + "\n"),
			[]byte(`{"type":"weather","body":{}}` + "\n"), // passed over in silence
		} {
			c.WriteMessage(websocket.BinaryMessage, b)
		}
		c.WriteMessage(websocket.TextMessage, bad)
		push.Revision = 5
		send(t, c, wire.TypePush, push)
		for {
			_, b, err := c.ReadMessage()
			if err != nil {
				return
			}
			if m, err := wire.Decode(b); err == nil && m.Type == wire.TypeRefused {
				var r wire.Refused
				if err := m.Into(&r); err != nil {
					t.Error(err)
				}
				said <- r
			}
		}
	})
	checkLeaks(t)
	r := start(t, url, nil)
	r.until(t, "the good one is there", func() bool { return r.have[liuxi] == 5 })
	for i := range 6 {
		got := <-said
		if got.Reason != wire.ReasonDamaged || got.Detail == "" || i < 3 && (got.Channel != liuxi || got.Revision != 4) {
			t.Errorf("refusal %d: %+v", i, got)
		}
	}
	r.with(func() {
		if len(r.pushes) != 1 {
			t.Errorf("%d pushes were handed on", len(r.pushes))
		}
	})
}

// Oversized messages, inflated ones too, end the connection and are reported on
// the next.
func TestOversizedMessage(t *testing.T) {
	for name, compress := range map[string]bool{"plain": false, "a bomb": true} {
		t.Run(name, func(t *testing.T) {
			said := make(chan wire.Refused, 4)
			var first atomic.Bool
			url := rawHome(t, func(c *websocket.Conn) {
				send(t, c, wire.TypeChallenge, wire.Challenge{Version: 1, Nonce: make([]byte, 32)})
				c.ReadMessage()
				if first.CompareAndSwap(false, true) {
					c.EnableWriteCompression(compress)
					c.WriteMessage(websocket.BinaryMessage, make([]byte, wire.MaxMessage+1))
					c.ReadMessage()
					return
				}
				send(t, c, wire.TypeWelcome, wire.Welcome{Screen: screen})
				for {
					_, b, err := c.ReadMessage()
					if err != nil {
						return
					}
					if m, err := wire.Decode(b); err == nil && m.Type == wire.TypeRefused {
						var r wire.Refused
						m.Into(&r)
						said <- r
					}
				}
			})
			checkLeaks(t)
			start(t, url, nil)
			if got := <-said; got.Reason != wire.ReasonOversized {
				t.Errorf("refusal %+v", got)
			}
		})
	}
}

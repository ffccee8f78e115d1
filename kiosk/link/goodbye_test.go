package link_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"

	"mingbai/kiosk/link"
	"mingbai/playlist/wire"
)

// TestGoodbyeIsHeard: an answer to a command is read by the controller before the
// device goes and comes again, however much is on its way to the device. A device that
// closed with something unread would end the connection with a reset, which takes the
// answer away.
func TestGoodbyeIsHeard(t *testing.T) {
	var calls atomic.Int64
	over, again := make(chan struct{}), make(chan struct{})
	url := rawHome(t, func(c *websocket.Conn) {
		send(t, c, wire.TypeChallenge, wire.Challenge{Version: 1, Nonce: make([]byte, 32)})
		c.ReadMessage()
		if calls.Add(1) > 1 {
			select {
			case <-over:
			default:
				t.Error("the device comes again before the controller has heard its goodbye")
			}
			close(again)
			c.ReadMessage()
			return
		}
		send(t, c, wire.TypeWelcome, wire.Welcome{Screen: screen})
		send(t, c, wire.TypeCommand, wire.Command{ID: "c-1", Kind: wire.CommandReload})
		_, b, err := c.ReadMessage()
		if m, _ := wire.Decode(b); err != nil || m.Type != wire.TypeResult {
			t.Errorf("the answer is %s, %v", m.Type, err)
		}
		// More than lies in buffers between: somebody must read it.
		more, err := wire.Encode("weather", strings.Repeat("rain ", 10_000))
		if err != nil {
			t.Error(err)
		}
		for range 120 {
			if err := c.WriteMessage(websocket.BinaryMessage, more); err != nil {
				t.Errorf("the device does not listen to the end: %v", err)
				break
			}
		}
		answer := c.CloseHandler()
		c.SetCloseHandler(func(code int, text string) error {
			close(over)
			return answer(code, text)
		})
		if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("in the end the controller hears %v", err)
		}
	})
	checkLeaks(t)
	var r *screenRig
	started := make(chan struct{})
	r = start(t, url, func(opt *link.Options, _ *screenRig) {
		opt.Handler.Command = func(c wire.Command) {
			<-started
			r.Result(wire.Result{ID: c.ID, OK: true})
			r.Reconnect()
		}
	})
	close(started)
	<-again
}

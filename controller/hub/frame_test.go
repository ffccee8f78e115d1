package hub

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestFrames: whatever its length, a device reads what was put into a frame, deflated or not.
func TestFrames(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65_535, 65_536, 200_000} {
		message := bytes.Repeat([]byte("办事指南"), n/12+1)[:n]
		f := frames{plain: frameFor(message)}
		if got := payloadOf(f.plain); !bytes.Equal(got, message) {
			t.Errorf("%d bytes: %d are in the frame", n, len(got))
		}
		deflated, err := f.of(true)
		if err != nil {
			t.Fatal(err)
		}
		if n > 1000 && len(deflated) > n/10 || deflated[0]&0x40 == 0 {
			t.Errorf("%d bytes: deflated to %d, it begins with %x", n, len(deflated), deflated[0])
		}
		// What ends a message of permessage-deflate (RFC 7692, section 7.2.2).
		r := flate.NewReader(io.MultiReader(bytes.NewReader(payloadOf(deflated)), bytes.NewReader([]byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff})))
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, message) {
			t.Errorf("%d bytes: %d come out, %v", n, len(got), err)
		}
	}
}

// TestPushesDeflated: a device that agreed on it gets pushes deflated, and one that did
// not as they are.
func TestPushesDeflated(t *testing.T) {
	for _, compressed := range []bool{false, true} {
		t.Run(fmt.Sprintf("compressed=%v", compressed), func(t *testing.T) {
			t.Parallel()
			c := newCounty()
			c.know(1, liuxi)
			p := open(t, c, Options{})
			d := &device{t: t, key: keyOf(1)}
			d.hello = wire.Hello{Version: wire.Version, Key: d.key.Public().(ed25519.PublicKey), Kind: playlist.Touch}
			d.dial(p, websocket.Dialer{EnableCompression: compressed})
			d.answer()
			d.expect(wire.TypeWelcome, &wire.Welcome{})
			_, _, before := p.Traffic()
			large := push(liuxi, 1, 10_000)
			large.Envelope.Payload = bytes.Repeat([]byte("a"), 10_000)
			p.Announce(prepare(t, large))
			if got := d.expectPush(liuxi, 1); !bytes.Equal(got.Envelope.Payload, large.Envelope.Payload) {
				t.Errorf("another payload came, of %d bytes", len(got.Envelope.Payload))
			}
			_, _, after := p.Traffic()
			if n := after - before; compressed != (n < 2000) {
				t.Errorf("%d bytes went", n)
			}
		})
	}
}

// TestSimpleFrames cuts a stream of frames at every byte: what is taken out by hand is
// what the websocket would have read, and what is not simple is left to it.
func TestSimpleFrames(t *testing.T) {
	said := make([]byte, 300)
	rand.Read(said)
	var stream []byte
	var want [][]byte
	for _, n := range []int{0, 5, 125, 126, 300} {
		frame := []byte{final | websocket.BinaryMessage, masked | long, byte(n >> 8), byte(n), 1, 2, 3, 4}
		if n < long {
			frame = []byte{final | websocket.BinaryMessage, masked | byte(n), 1, 2, 3, 4}
		}
		for i, b := range said[:n] {
			frame = append(frame, b^byte(1+i%4))
		}
		stream, want = append(stream, frame...), append(want, said[:n])
	}
	for cut := range len(stream) + 1 {
		c := &pacedConn{ahead: &ahead{}, came: bufio.NewReader(nil)}
		c.ahead.n = copy(c.ahead.buf[:], stream[:cut])
		for i := 0; ; i++ {
			kind, got := c.simple()
			if kind == 0 {
				break
			}
			if !slices.Equal(got, want[i]) {
				t.Fatalf("cut at %d: message %d is another", cut, i)
			}
		}
		whole := 0
		for at := 0; whole < len(want); whole++ {
			at += len(want[whole]) + 2 + maskSize
			if len(want[whole]) >= long {
				at += 2
			}
			if at > cut {
				break
			}
		}
		if i := countSimple(stream[:cut]); i != whole {
			t.Fatalf("cut at %d: %d messages of %d", cut, i, whole)
		}
	}
	for _, other := range [][]byte{
		{final | websocket.TextMessage, masked, 0, 0, 0, 0},
		{websocket.BinaryMessage, masked, 0, 0, 0, 0},                     // more is to follow
		{final | 0x40 | websocket.BinaryMessage, masked, 0, 0, 0, 0},      // deflated
		{final | websocket.BinaryMessage, 0, 0, 0, 0, 0},                  // not masked
		{final | websocket.CloseMessage, masked, 0, 0, 0, 0},              // the end
		{final | websocket.PingMessage, masked | long, 0, 1, 0, 0, 0, 0},  // too long for a ping
		{final | websocket.BinaryMessage, masked | 127, 0, 0, 0, 0, 0, 0}, // a large one
	} {
		if n := countSimple(other); n != 0 {
			t.Errorf("% x was taken", other)
		}
	}
}

// countSimple is how many messages are taken out of a stream.
func countSimple(stream []byte) (n int) {
	c := &pacedConn{ahead: &ahead{}, came: bufio.NewReader(nil)}
	for c.ahead.n = copy(c.ahead.buf[:], stream); ; n++ {
		if kind, _ := c.simple(); kind == 0 {
			return n
		}
	}
}

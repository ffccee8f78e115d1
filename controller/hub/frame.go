package hub

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// frameFor is a binary message of a server in one frame (RFC 6455, section 5.2).
func frameFor(message []byte) []byte {
	b := make([]byte, 0, longestHead+len(message))
	b = append(b, final|websocket.BinaryMessage)
	switch n := len(message); {
	case n < long:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, long), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, longer), uint64(n))
	}
	return append(b, message...)
}

const (
	longer      = 127 // eight bytes of length follow
	longestHead = 10  // of a server's frame
)

// payloadOf is the message in a frame of frameFor.
func payloadOf(frame []byte) []byte {
	switch frame[1] {
	case long:
		return frame[4:]
	case longer:
		return frame[longestHead:]
	}
	return frame[2:]
}

// deflate has the websocket make the deflated frames of a message that frameFor has
// made (RFC 7692), as a connection would get them that agreed on it.
func deflate(frame []byte) ([]byte, error) {
	r, err := http.NewRequest(http.MethodGet, "http://hub/", nil)
	if err != nil {
		return nil, err
	}
	r.Header = http.Header{
		"Connection": {"upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="},
		"Sec-Websocket-Extensions": {"permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
	}
	to := &recorder{}
	conn, err := (&websocket.Upgrader{EnableCompression: true}).Upgrade(to, r, nil)
	if err != nil {
		return nil, fmt.Errorf("deflate a message: %w", err)
	}
	to.said.Reset() // the answer to the upgrade
	msg, err := websocket.NewPreparedMessage(websocket.BinaryMessage, payloadOf(frame))
	if err == nil {
		err = conn.WritePreparedMessage(msg)
	}
	if err != nil {
		return nil, fmt.Errorf("deflate a message: %w", err)
	}
	return to.said.Bytes(), nil
}

// recorder is a connection that remembers what is written.
type recorder struct {
	http.ResponseWriter // none
	net.Conn            // none
	said                bytes.Buffer
}

func (c *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return c, bufio.NewReadWriter(bufio.NewReader(c), bufio.NewWriter(c)), nil
}

func (c *recorder) Write(p []byte) (int, error)      { return c.said.Write(p) }
func (c *recorder) Read([]byte) (int, error)         { return 0, errors.ErrUnsupported }
func (c *recorder) SetDeadline(time.Time) error      { return nil }
func (c *recorder) SetWriteDeadline(time.Time) error { return nil }
func (c *recorder) Close() error                     { return nil }

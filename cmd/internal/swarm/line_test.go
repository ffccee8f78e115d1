package swarm

import (
	"bufio"
	"bytes"
	"compress/flate"
	"io"
	"net"
	"testing"
	"time"

	"mingbai/playlist/wire"
)

// sink is a connection that takes everything.
type sink struct {
	net.Conn
	took bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error)      { return s.took.Write(p) }
func (s *sink) SetWriteDeadline(time.Time) error { return nil }

// heard is what a line makes of bytes: all messages, and the error at the end.
func heard(data []byte) (messages [][]byte, said *sink, err error) {
	said = &sink{}
	l := &line{conn: said, r: bufio.NewReaderSize(bytes.NewReader(data), 512)}
	for err == nil {
		err = l.read(func(p []byte, deflated bool) error {
			if deflated {
				var err error
				if p, err = inflate(p); err != nil {
					return err
				}
			}
			messages = append(messages, bytes.Clone(p))
			return nil
		}, func([]byte) {})
	}
	return messages, said, err
}

func deflated(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// Messages come whole: in one frame or several, deflated or not, with pings
// between, which are answered masked.
func TestFrames(t *testing.T) {
	packed := deflated(t, "明白明白明白明白")
	data := []byte{0x82, 2, 'a', 'b'}
	data = append(data, 0x02, 1, 'c', 0x89, 1, 'p', 0x00, 1, 'd', 0x80, 1, 'e')
	data = append(append(data, 0xc2, byte(len(packed))), packed...)
	data = append(data, 0x82, 126, 0, 200)
	data = append(data, bytes.Repeat([]byte{'x'}, 200)...)
	data = append(data, 0x88, 6, 0x0f, 0xa5, 's', 'l', 'o', 'w')
	messages, said, err := heard(data)
	if len(messages) != 4 || string(messages[0]) != "ab" || string(messages[1]) != "cde" || string(messages[2]) != "明白明白明白明白" || len(messages[3]) != 200 {
		t.Errorf("%q", messages)
	}
	if e, ok := err.(*closeError); !ok || e.code != wire.CloseBusy || e.text != "slow" {
		t.Errorf("the end is %v", err)
	}
	b := said.took.Bytes()
	if len(b) != 7 || b[0] != 0x8a || b[1] != 0x81 || b[6]^b[2] != 'p' {
		t.Errorf("the ping is answered with %x", b)
	}
}

// What a frame claims costs no memory before it comes.
func TestFrameClaims(t *testing.T) {
	for name, data := range map[string][]byte{
		"more than any message": {0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0},
		"a negative size":       {0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255},
		"masked":                {0x82, 0x81, 1, 2, 3, 4, 5},
		"a middle first":        {0x80, 1, 'x'},
		"a long ping":           {0x89, 126, 1, 0},
		"not deflated":          {0xc2, 3, 0xff, 0xff, 0xff},
	} {
		if messages, _, err := heard(data); err == nil || err == io.EOF || len(messages) > 0 {
			t.Errorf("%s: %d messages, %v", name, len(messages), err)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte{0x82, 2, 'a', 'b', 0x02, 1, 'c', 0x89, 1, 'p', 0x80, 1, 'd', 0x88, 2, 3, 232})
	f.Add([]byte{0xc2, 5, 0xca, 0x48, 0xcd, 0xc9, 0x07})
	f.Fuzz(func(t *testing.T, data []byte) {
		messages, _, err := heard(data)
		if err == nil {
			t.Error("a line goes on without bytes")
		}
		for _, m := range messages {
			if len(m) > wire.MaxMessage {
				t.Errorf("a message of %d bytes", len(m))
			}
		}
	})
}

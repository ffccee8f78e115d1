package hub

import (
	"net"
	"sync"
)

// Quiet is a connection below TLS that can be told to say nothing.
type Quiet struct {
	*net.TCPConn
	hold bool       // the reader's
	line *pacedConn // from the upgrade on

	mu   sync.Mutex // guards what follows and is held while something is written
	left int        // bytes of the chunk that TLS has not brought yet
	held *[]byte    // records of it that go with the next one; nil for none
}

func (q *Quiet) Read(p []byte) (int, error) {
	if q.hold {
		return 0, errHeld
	}
	if q.line != nil && q.line.watched.Load() {
		return q.line.read(p)
	}
	return q.TCPConn.Read(p)
}

// Close is part of net.Conn.
func (q *Quiet) Close() error {
	if q.line == nil {
		return q.TCPConn.Close()
	}
	return q.line.shut(q.TCPConn)
}

// Write takes a record of TLS, of which a chunk has several. They go to the system
// together: a write costs as much for one as for all, and so does being woken at the
// other end. What TLS has to say of itself goes with them, in its order.
func (q *Quiet) Write(p []byte) (int, error) {
	if q.line == nil {
		return q.TCPConn.Write(p)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.left -= len(p) - sealing
	switch more := q.left > 0; {
	case q.held == nil && !more:
		return q.line.put(q.TCPConn, p)
	case q.held == nil:
		q.held = chunks.Get().(*[]byte)
	}
	*q.held = append(*q.held, p...)
	if q.left > 0 && len(*q.held) < chunk {
		return len(p), nil
	}
	if err := q.empty(); err != nil {
		return 0, err
	}
	return len(p), nil
}

// sealing is what a record of TLS 1.3 has besides its bytes (RFC 8446, section 5.2).
// Older ones have some bytes more or less, and may be written by themselves.
const sealing = 5 + 1 + 16

var chunks = sync.Pool{New: func() any { b := make([]byte, 0, chunk+chunk/2); return &b }}

// gather says that the records of so many bytes come now.
func (q *Quiet) gather(bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.left = bytes
}

// flush writes what is held, nearly never anything.
func (q *Quiet) flush() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.left = 0
	return q.empty()
}

// empty writes what is held. The caller holds mu.
func (q *Quiet) empty() error {
	if q.held == nil {
		return nil
	}
	b := q.held
	q.held = nil
	_, err := q.line.put(q.TCPConn, *b)
	*b = (*b)[:0]
	chunks.Put(b)
	return err
}

// errHeld is the answer of a Quiet that is held: TLS takes it for a read that can
// be tried again.
var errHeld net.Error = held{}

type held struct{}

func (held) Error() string   { return "nothing is read now" }
func (held) Timeout() bool   { return true }
func (held) Temporary() bool { return true }

package hub

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// pacedConn gives every chunk of a long write its own deadline, and once the
// device is proven counts every byte from it as a sign of life: a device on a
// thin line that takes or sends something big slowly is alive, one that takes
// nothing is not.
//
// A session on the lookout reads and writes without waiting, past net's poller, which
// would be told of every byte and its deadline. Only who has to wait in the midst of
// something is left to net.
type pacedConn struct {
	net.Conn
	hub  *Hub
	live atomic.Bool // PongWait counts from the last byte; else the deadline stands

	heard int64  // when something was read last, since Hub.began; the reader's
	moved int64  // when the deadline was moved for that; the reader's
	ahead *ahead // nil when nothing was; the reader's

	in, out atomic.Int64 // bytes that nobody was told of yet, see meter

	asked atomic.Int64 // when the device pinged last, in nanoseconds of Unix time

	whole    sync.Mutex // guards what follows and is held while something is written
	bulky    time.Time  // when something large was sent last
	opened   bool       // the upgrade was answered
	deflates bool       // with permessage-deflate (RFC 7692)

	// The reader's. With raw the session waits for bytes without reading, which
	// takes a small stack; nil where the connection below is not known.
	came  *bufio.Reader
	raw   syscall.RawConn
	below *Quiet   // of TLS
	tcp   net.Conn // below TLS

	watched  atomic.Bool  // the session is on the lookout
	until    atomic.Int64 // the device has to be heard, since Hub.began; 0: for ever
	end      atomic.Int64 // until, when nothing moves it any more; 0: something does
	blocked  atomic.Bool  // the reader waits within a read
	over     atomic.Bool  // the device says nothing more
	wake     func()       // has the session read
	crewed   bool         // one of the crew reads; the reader's
	dry      bool         // nothing was left in the system; the reader's
	hold     bool         // only what is there is to be read; the reader's
	failed   error        // of the last read; the reader's
	spent    int          // bytes that were read for this message; the reader's
	shutting sync.RWMutex // guards what follows: a descriptor is used only while it is open
	fd       int          // of tcp; -1: it is not known, or closed
}

const (
	chunk      = 32 << 10       // bytes
	readBuffer = 512            // bytes
	readAhead  = 4 << 10        // bytes
	mostForOne = 2 * knownLimit // bytes that are read for one message
)

// ahead is what was read at once: a report does not fit into the buffer that a
// session keeps, and asking the system once more costs as much as parsing it.
type ahead struct {
	at, n int
	buf   [readAhead]byte
}

var aheads = sync.Pool{New: func() any { return new(ahead) }}

func (c *pacedConn) Read(p []byte) (int, error) {
	if c.ahead != nil {
		return c.drain(p), nil
	}
	if c.failed != nil {
		return 0, c.failed
	}
	if c.spent > mostForOne {
		// The websocket's own limit does not count frames that hold nothing, nor
		// pings among them: one message could go on for ever.
		return 0, websocket.ErrReadLimit
	}
	if c.raw == nil || c.below != nil || len(p) >= readAhead { // TLS reads whole records
		return c.take(p)
	}
	if err := c.readAhead(); err != nil {
		return 0, err
	}
	return c.drain(p), nil
}

// readAhead takes what there is, at least a byte.
func (c *pacedConn) readAhead() error {
	a := aheads.Get().(*ahead)
	n, err := c.take(a.buf[:])
	if n == 0 {
		aheads.Put(a)
		return cmp.Or(err, io.ErrNoProgress)
	}
	a.at, a.n, c.ahead = 0, n, a
	return nil // it is met again
}

// drain hands out what was read ahead, and gives the buffer back with the last of it.
func (c *pacedConn) drain(p []byte) int {
	a := c.ahead
	n := copy(p, a.buf[a.at:a.n])
	if a.at += n; a.at == a.n {
		c.ahead = nil
		aheads.Put(a)
	}
	return n
}

// take reads from the connection, as a sign of life.
func (c *pacedConn) take(p []byte) (int, error) {
	var n int
	var err error
	if c.below == nil && c.watched.Load() {
		n, err = c.read(p)
	} else {
		n, err = c.Conn.Read(p)
	}
	if n > 0 {
		c.hub.received.Add(int64(n))
		c.in.Add(int64(n))
		now := time.Now()
		c.heard = int64(now.Sub(c.hub.began))
		if time.Duration(c.heard-c.moved) > c.hub.opt.PongWait/64 || c.moved == 0 { // a timer each time would cost more than reading
			c.moved = c.heard
			c.alive(now)
		}
		c.spent += n
	}
	return n, err
}

// Write is part of net.Conn. What is written in one call is not broken by what is
// written in another.
func (c *pacedConn) Write(p []byte) (int, error) {
	c.whole.Lock()
	defer c.whole.Unlock()
	if !c.opened { // it is the answer to the upgrade
		c.opened, c.deflates = true, bytes.Contains(p, []byte("permessage-deflate"))
	}
	defer c.watch(len(p))()
	n := 0
	for {
		k, err := c.some(p[n:min(n+chunk, len(p))])
		n += k
		c.hub.sent.Add(int64(k))
		c.out.Add(int64(k))
		if err != nil || n == len(p) {
			return n, err
		}
		c.alive(time.Now()) // the device's pong waits behind these bytes
	}
}

// some writes a chunk; below TLS Quiet does.
func (c *pacedConn) some(p []byte) (int, error) {
	if c.below == nil {
		return c.put(c.Conn, p)
	}
	c.below.gather(len(p))
	n, err := c.Conn.Write(p)
	if err == nil {
		err = c.below.flush()
	}
	return n, err
}

// put writes a chunk to the connection of the kernel. Nearly always it takes it at
// once. Who has to wait leaves the crew for that time, and has a deadline.
func (c *pacedConn) put(conn net.Conn, p []byte) (n int, err error) {
	if c.raw != nil {
		if n, err = c.try(p); err != nil || n == len(p) {
			return n, err
		}
	}
	c.hub.crew.waits()
	defer c.hub.crew.goesOn()
	err = conn.SetWriteDeadline(time.Now().Add(c.hub.opt.WriteTimeout))
	if err != nil {
		return n, err
	}
	k, err := conn.Write(p[n:])
	if err == nil {
		err = conn.SetWriteDeadline(time.Time{})
	}
	return n + k, err
}

// SetWriteDeadline is what the websocket calls before every write. Only put knows
// whether one is needed, and it costs as much as a tenth of writing.
func (c *pacedConn) SetWriteDeadline(time.Time) error { return nil }

func (c *pacedConn) alive(now time.Time) {
	if c.live.Load() {
		c.deadline(now.Add(c.hub.opt.PongWait))
	}
}

// last sets the deadline that nothing moves any more.
func (c *pacedConn) last(t time.Time) {
	c.live.Store(false)
	c.end.Store(int64(t.Sub(c.hub.began)))
	c.deadline(t)
}

// deadline is the instant until which the device has to be heard. Nobody waits within
// a read of a session on the lookout, nearly always: the hub looks at its deadline.
func (c *pacedConn) deadline(t time.Time) {
	c.until.Store(int64(t.Sub(c.hub.began)))
	if !c.watched.Load() || c.blocked.Load() {
		c.Conn.SetReadDeadline(t)
	}
}

// due is the deadline, since Hub.began; 0 for none.
func (c *pacedConn) due() int64 {
	if end := c.end.Load(); end != 0 {
		return end
	}
	return c.until.Load()
}

// late reports whether the device of a session on the lookout was not heard in time.
func (c *pacedConn) late(now time.Time) bool {
	due := c.due()
	return due != 0 && int64(now.Sub(c.hub.began)) >= due && c.watched.Load()
}

// fetch reports whether there is something to be handled, for a session on the
// lookout. It reads what has come, and does not wait. An end is something, too.
func (c *pacedConn) fetch() bool {
	if c.ahead != nil || c.came.Buffered() > 0 {
		return true
	}
	c.hold = true
	err := c.readAhead()
	c.hold = false
	if err != nil && err != errHeld { //nolint:errorlint // it is passed on as it is
		c.failed = err
	}
	return err != errHeld //nolint:errorlint // as above
}

// read reads from the system, for a session on the lookout.
func (c *pacedConn) read(p []byte) (int, error) {
	if !c.dry || c.over.Load() {
		n, err := c.pull(p)
		if err != errHeld { //nolint:errorlint // it is passed on as it is
			// Of what comes from now on the lookout says something.
			c.dry = err == nil && n < len(p)
			return n, err
		}
		c.dry = true
	}
	if c.hold {
		return 0, errHeld
	}
	return c.await(p)
}

// await waits for bytes in the midst of a message.
func (c *pacedConn) await(p []byte) (int, error) {
	if c.crewed {
		c.hub.ears.waits()
		defer c.hub.ears.goesOn()
	}
	c.blocked.Store(true)
	defer c.blocked.Store(false)
	for {
		for due := c.due(); due != 0; {
			c.tcp.SetReadDeadline(c.hub.began.Add(time.Duration(due)))
			now := c.due()
			if due == now {
				break // who moves it from now on sets it after this
			}
			due = now
		}
		n, err := c.tcp.Read(p)
		if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() && !c.late(time.Now()) {
			continue // it was moved meanwhile
		}
		c.dry = false
		return n, err
	}
}

// Close is part of net.Conn.
func (c *pacedConn) Close() error {
	var err error
	if c.below != nil {
		err = c.Conn.Close() // which closes below, after saying so
	} else {
		err = c.shut(c.Conn)
	}
	if c.watched.Load() {
		c.wake()
	}
	return err
}

// drop closes the connection without a farewell, for who takes nothing: TLS would wait
// to say it for as long again.
func (c *pacedConn) drop() {
	if c.below != nil {
		c.below.Close()
	}
	c.Close()
}

// shut closes the connection of the system, when nobody uses its descriptor.
func (c *pacedConn) shut(conn net.Conn) error {
	c.shutting.Lock()
	defer c.shutting.Unlock()
	c.fd = -1
	return conn.Close()
}

// has reports whether something has come that is not handled yet, as far as it
// left the kernel. True says nothing where that cannot be known.
func (c *pacedConn) has() bool {
	if c.came.Buffered() > 0 || c.ahead != nil || c.raw == nil {
		return true
	}
	if c.below == nil {
		return false
	}
	// TLS may hold a record that it has not been asked for.
	c.below.hold = true
	_, err := c.came.Peek(1)
	c.below.hold = false
	return err != errHeld //nolint:errorlint // it is passed on as it is
}

// wait returns when the connection has something to read, or has ended.
func (c *pacedConn) wait() error {
	asked := false
	return c.raw.Read(func(fd uintptr) bool {
		// What came before the first look wakes nobody.
		if asked {
			return true
		}
		asked = true
		return readable(fd)
	})
}

// The first two bytes of a frame, and the bytes of its mask (RFC 6455, section 5.2).
const (
	final    = 0x80
	masked   = 0x80
	long     = 126 // two bytes of length follow
	maskSize = 4
)

// simple takes a message out of what was read ahead, or a ping or a pong, if it is
// there in one piece and not compressed, as nearly all are: kind is 0 when something else is
// there. What it says is good until more is read. The websocket would need several
// times as long for it, and after a ping go on to wait for a message.
func (c *pacedConn) simple() (kind int, said []byte) {
	if c.came.Buffered() > 0 {
		return c.control()
	}
	if c.ahead == nil {
		return 0, nil
	}
	b := c.ahead.buf[c.ahead.at:c.ahead.n]
	if len(b) < 2+maskSize {
		return 0, nil
	}
	head, n := 2, int(b[1])-masked
	switch kind = int(b[0]) - final; {
	case kind != websocket.BinaryMessage && kind != websocket.PingMessage && kind != websocket.PongMessage, n < 0, n > long:
		return 0, nil
	case n == long && kind != websocket.BinaryMessage:
		return 0, nil
	case n == long:
		if head, n = 4, int(b[2])<<8|int(b[3]); n < long {
			return 0, nil
		}
	}
	if len(b) < head+maskSize+n {
		return 0, nil
	}
	mask, said := b[head:head+maskSize], b[head+maskSize:head+maskSize+n]
	unmask(said, binary.LittleEndian.Uint32(mask))
	c.ahead.at += head + maskSize + n
	return kind, said
}

// unmask is a mask taken off, whose first byte is its lowest.
func unmask(b []byte, mask uint32) {
	if mask == 0 {
		return
	}
	twice := uint64(mask)<<32 | uint64(mask)
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^twice)
	}
	for i := range b {
		b[i] ^= byte(twice >> (8 * i))
	}
}

// spend gives back what was read ahead, when all of it was taken.
func (c *pacedConn) spend() {
	if a := c.ahead; a != nil && a.at == a.n {
		c.ahead = nil
		aheads.Put(a)
	}
}

// control is simple for a ping or a pong in the buffer of the websocket.
func (c *pacedConn) control() (kind int, said []byte) {
	const header = 2 + maskSize
	head, _ := c.came.Peek(min(header, c.came.Buffered()))
	if len(head) < header {
		return 0, nil
	}
	kind, n := int(head[0])-final, int(head[1])-masked
	if kind != websocket.PingMessage && kind != websocket.PongMessage || n < 0 || n > 125 || c.came.Buffered() < header+n {
		return 0, nil
	}
	frame, err := c.came.Peek(header + n)
	if err != nil {
		return 0, nil
	}
	said = bytes.Clone(frame[header:])
	unmask(said, binary.LittleEndian.Uint32(frame[2:]))
	c.came.Discard(header + n) // it was there
	return kind, said
}

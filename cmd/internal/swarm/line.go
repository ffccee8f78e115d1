package swarm

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha1"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"mingbai/playlist/wire"
)

// This file is the client's side of RFC 6455 and RFC 7692, as far as the protocol
// needs it. It is here because a library gives a message inflated only: what
// thousands get alike could not be inflated once for all of them.

// dialer calls from one local address.
type dialer struct {
	net  net.Dialer
	http *http.Client // for blobs
}

func (s *Swarm) setDialers() {
	add := func(local net.Addr) {
		d := dialer{net: net.Dialer{Timeout: s.cfg.Timeout, LocalAddr: local, KeepAlive: -1}}
		d.http = &http.Client{Transport: &http.Transport{
			DialContext: d.net.DialContext, TLSClientConfig: s.home.tls, TLSHandshakeTimeout: s.cfg.Timeout, ResponseHeaderTimeout: s.cfg.Timeout,
			IdleConnTimeout: 30 * time.Second, MaxConnsPerHost: maxDownloads, MaxIdleConnsPerHost: maxDownloads, DisableCompression: true,
		}}
		s.dialers = append(s.dialers, d)
	}
	for _, a := range s.cfg.From {
		add(&net.TCPAddr{IP: a.AsSlice(), Zone: a.Zone()})
	}
	if len(s.cfg.From) == 0 {
		add(nil)
	}
}

// The operations of a frame.
const (
	opContinue = 0
	opText     = 1
	opBinary   = 2
	opClose    = 8
	opPing     = 9
	opPong     = 10
)

// line is one open websocket.
type line struct {
	conn net.Conn
	r    *bufio.Reader

	writing sync.Mutex // one frame at a time
}

// refusedError is an answer that was no upgrade.
type refusedError struct {
	status string
	wait   time.Duration
	busy   bool
}

func (e *refusedError) Error() string { return "the controller answered " + e.status }

// closeError is a close frame of the controller.
type closeError struct {
	code wire.CloseCode
	text string
}

func (e *closeError) Error() string { return fmt.Sprintf("closed as %s: %s", e.code, e.text) }

// dial opens a connection and makes it a websocket.
func (s *Swarm) dial(ctx context.Context, i int, shape func(net.Conn) net.Conn) (*line, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	raw, err := s.dialers[i%len(s.dialers)].net.DialContext(ctx, "tcp", s.home.addr)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	raw = shape(raw)
	var conn net.Conn = &meteredConn{Conn: raw, swarm: s}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if s.home.tls != nil {
		t := tls.Client(conn, s.home.tls)
		if err := t.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, fmt.Errorf("handshake of TLS: %w", err)
		}
		conn = t
	}
	l := &line{conn: conn, r: bufio.NewReaderSize(conn, 512)}
	if err := l.upgrade(s); err != nil {
		conn.Close()
		return nil, err
	}
	return l, nil
}

// upgrade asks for the websocket.
func (l *line) upgrade(s *Swarm) error {
	nonce := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, rand.Uint64()), rand.Uint64())
	key := base64.StdEncoding.EncodeToString(nonce)
	extensions := "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	if s.cfg.Plain {
		extensions = ""
	}
	_, err := fmt.Fprintf(l.conn, "GET %s/device/v1/ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n%s\r\n",
		s.home.base.EscapedPath(), s.home.base.Host, key, extensions)
	if err != nil {
		return fmt.Errorf("ask for the websocket: %w", err)
	}
	resp, err := http.ReadResponse(l.r, nil)
	if err != nil {
		return fmt.Errorf("ask for the websocket: %w", err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return &refusedError{status: resp.Status, wait: retryAfter(resp.Header), busy: resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusTooManyRequests}
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	if !strings.EqualFold(resp.Header.Get("Upgrade"), "websocket") || resp.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) {
		return errors.New("ask for the websocket: the answer is of something else")
	}
	return nil
}

// maxHint bounds how long a controller can make a device wait, as kiosk/link does.
const maxHint = 10 * time.Minute

func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(min(n, 3600))*time.Second, maxHint)
}

// payloads hold messages while they are read and frames while they are written.
var payloads = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keepPayload is the largest buffer that goes back, in bytes.
const keepPayload = 1 << 20

func putPayload(b *bytes.Buffer) {
	if b.Cap() <= keepPayload {
		b.Reset()
		payloads.Put(b)
	}
}

// read gives the next message to handle, whose bytes are gone afterwards, deflated
// or not; control frames are answered, and pongs given to pong.
func (l *line) read(handle func(data []byte, deflated bool) error, pong func([]byte)) error {
	var buf *bytes.Buffer
	defer func() {
		if buf != nil {
			putPayload(buf)
		}
	}()
	deflated := false
	for {
		var head [2]byte
		if _, err := io.ReadFull(l.r, head[:]); err != nil {
			return err
		}
		size, err := l.size(head[1])
		if err != nil {
			return err
		}
		op, last := head[0]&15, head[0]&0x80 != 0
		if op >= opClose {
			if err := l.control(op, size, pong); err != nil {
				return err
			}
			continue
		}
		if buf == nil {
			if op == opContinue {
				return errors.New("a message begins in its middle")
			}
			buf = payloads.Get().(*bytes.Buffer)
			deflated = head[0]&0x40 != 0
		}
		if size > wire.MaxMessage || buf.Len()+int(size) > wire.MaxMessage {
			return errors.New("a message is too large")
		}
		buf.Grow(min(int(size), 64<<10)) // the rest when it comes
		if _, err := io.CopyN(buf, l.r, int64(size)); err != nil {
			return err
		}
		if last {
			return handle(buf.Bytes(), deflated)
		}
	}
}

func (l *line) size(b byte) (uint64, error) {
	if b&0x80 != 0 {
		return 0, errors.New("the controller's frame is masked")
	}
	var ext [8]byte
	switch b & 0x7f {
	case 126:
		_, err := io.ReadFull(l.r, ext[6:])
		return binary.BigEndian.Uint64(ext[:]), err
	case 127:
		_, err := io.ReadFull(l.r, ext[:])
		return binary.BigEndian.Uint64(ext[:]), err
	}
	return uint64(b & 0x7f), nil
}

func (l *line) control(op byte, size uint64, pong func([]byte)) error {
	if size > 125 {
		return errors.New("a control frame is too large")
	}
	var data [125]byte
	p := data[:size]
	if _, err := io.ReadFull(l.r, p); err != nil {
		return err
	}
	switch op {
	case opPing:
		return l.write(opPong, p)
	case opPong:
		pong(p)
	case opClose:
		e := &closeError{code: 1005}
		if len(p) >= 2 {
			e.code, e.text = wire.CloseCode(binary.BigEndian.Uint16(p)), string(p[2:])
		}
		return e
	}
	return nil
}

// write sends one frame whole, or fails after a while. Others wait meanwhile.
func (l *line) write(op byte, data []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.writeLocked(op, data)
}

// tryWrite is write, but does not wait for another frame; it reports whether it
// was its turn.
func (l *line) tryWrite(op byte, data []byte) (bool, error) {
	if !l.writing.TryLock() {
		return false, nil
	}
	defer l.writing.Unlock()
	return true, l.writeLocked(op, data)
}

// writeWithin bounds the write of one frame.
const writeWithin = 10 * time.Second

func (l *line) writeLocked(op byte, data []byte) error {
	buf := payloads.Get().(*bytes.Buffer)
	defer putPayload(buf)
	buf.Grow(14 + len(data))
	b := append(buf.AvailableBuffer(), 0x80|op)
	switch n := len(data); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	var mask [4]byte
	binary.BigEndian.PutUint32(mask[:], rand.Uint32())
	b = append(b, mask[:]...)
	body := len(b)
	b = append(b, data...)
	xor(b[body:], mask)
	buf.Write(b)
	if err := l.conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	_, err := l.conn.Write(b)
	return err
}

// xor masks data in place.
func xor(data []byte, mask [4]byte) {
	var wide [256]byte
	for i := range wide {
		wide[i] = mask[i&3]
	}
	for len(data) > 0 {
		n := subtle.XORBytes(data, data, wide[:])
		data = data[n:]
	}
}

// deflateTail ends a message as RFC 7692 asks, and the stream after it.
var deflateTail = []byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff}

var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// inflate returns the bytes of a deflated message.
func inflate(data []byte) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	if err := r.(flate.Resetter).Reset(io.MultiReader(bytes.NewReader(data), bytes.NewReader(deflateTail)), nil); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, wire.MaxMessage+1))
	if err == nil && len(out) > wire.MaxMessage {
		err = errors.New("a message is too large")
	}
	return out, err
}

// meteredConn counts bytes, below TLS, and ends after a silence.
type meteredConn struct {
	net.Conn
	swarm *Swarm
}

func (c *meteredConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.swarm.cfg.Silence)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.swarm.counts.received.Add(int64(n))
	return n, err
}

func (c *meteredConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.swarm.counts.sent.Add(int64(n))
	return n, err
}

package rig

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Sleeper stands before an X server without DPMS, as those without a graphics card
// are, and gives it the extension: it passes everything on but that extension's
// requests, which it answers as xextproto's dpms.xml and X.Org's server do. A touch
// or a mouse that comes through to a client lights the monitor, as there.
type Sleeper struct {
	Display string // as in $DISPLAY

	server string // path of the real server's socket

	mu       sync.Mutex // guards what follows
	capable  bool
	enabled  bool
	level    uint16
	timeouts [3]uint16
	stuck    bool // the monitor does not obey any more
	forced   int  // requests that changed the level
}

// NewSleeper puts one before the server of display until the test ends. Its monitor
// is lit, and would go off by itself after ten minutes.
func NewSleeper(t testing.TB, display string) *Sleeper {
	t.Helper()
	const folder = "/tmp/.X11-unix/X"
	s := &Sleeper{server: folder + strings.TrimPrefix(display, ":"), capable: true, enabled: true, timeouts: [3]uint16{600, 600, 600}}
	var l *net.UnixListener
	for tries := 0; l == nil; tries++ {
		number := 1000 + rand.IntN(50000)
		var err error
		if l, err = net.ListenUnix("unix", &net.UnixAddr{Name: fmt.Sprint(folder, number), Net: "unix"}); err != nil && tries > 20 {
			t.Fatal(err)
		}
		s.Display = fmt.Sprint(":", number)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	closed := false
	keep := func(c net.Conn) bool {
		mu.Lock()
		defer mu.Unlock()
		open[c] = true
		return !closed
	}
	all.Go(func() {
		for {
			client, err := l.AcceptUnix()
			if err != nil {
				return
			}
			server, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: s.server, Net: "unix"})
			if err != nil {
				_ = client.Close()
				continue
			}
			if a, b := keep(client), keep(server); !a || !b {
				_, _ = client.Close(), server.Close()
				return
			}
			c := &caller{s: s, client: client, server: server}
			done := func() {
				_, _ = client.Close(), server.Close()
				mu.Lock()
				delete(open, client)
				delete(open, server)
				mu.Unlock()
			}
			all.Go(func() { defer done(); c.requests() })
			all.Go(func() { defer done(); c.answers() })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		closed = true
		for c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return s
}

// Lit reports whether the monitor is lit.
func (s *Sleeper) Lit() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.level == 0
}

// Forced counts the requests that changed the monitor's level.
func (s *Sleeper) Forced() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forced
}

// Wear makes the monitor one that stays as it is, or obeys again.
func (s *Sleeper) Wear(stuck bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stuck = stuck
}

// Incapable takes the ability from the driver, while the server has the extension.
func (s *Sleeper) Incapable() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.capable = false
}

// sleeperMajor is the extension's number; servers give out those from 128 on in a
// row and come nowhere near.
const sleeperMajor = 250

// Requests of the extension, and errors of the core protocol.
const (
	askVersion, askCapable, askTimeouts, setTimeouts, enable, disable, force, askInfo = 0, 1, 2, 3, 4, 5, 6, 7

	badRequest, badValue, badMatch = 1, 2, 8
)

// answer does one request. A reply is nil where the request has none.
func (s *Sleeper) answer(minor uint8, body []byte) (reply []byte, fault uint8) {
	s.mu.Lock()
	defer s.mu.Unlock()
	le := binary.LittleEndian
	words := func(i int) uint16 {
		if len(body) < 2*i+2 {
			return 0
		}
		return le.Uint16(body[2*i:])
	}
	reply = make([]byte, 32)
	reply[0] = 1
	switch minor {
	case askVersion:
		le.PutUint16(reply[8:], 1)
		le.PutUint16(reply[10:], 1)
	case askCapable:
		reply[8] = flag(s.capable)
	case askTimeouts:
		for i, t := range s.timeouts {
			le.PutUint16(reply[8+2*i:], t)
		}
	case askInfo:
		le.PutUint16(reply[8:], s.level)
		reply[10] = flag(s.enabled)
	case setTimeouts:
		t := [3]uint16{words(0), words(1), words(2)}
		if t[2] != 0 && t[2] < t[1] || t[1] != 0 && t[1] < t[0] {
			return nil, badValue
		}
		s.timeouts = t
		return nil, 0
	case enable, disable:
		s.enabled = minor == enable
		if !s.enabled {
			s.set(0)
		}
		return nil, 0
	case force:
		switch {
		case !s.enabled:
			return nil, badMatch
		case words(0) > 3:
			return nil, badValue
		}
		s.set(words(0))
		return nil, 0
	default:
		return nil, badRequest
	}
	return reply, 0
}

func (s *Sleeper) set(level uint16) {
	if !s.stuck && s.level != level {
		s.level = level
		s.forced++
	}
}

// felt lights the monitor.
func (s *Sleeper) felt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stuck {
		s.level = 0
	}
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// caller is one client of the server.
type caller struct {
	s              *Sleeper
	client, server *net.UnixConn

	mu    sync.Mutex
	seq   uint16                  // of the last request
	other map[uint16]func([]byte) // what becomes of the server's answer to a request
	input byte                    // number of the input extension; 0 until asked for
}

// requests passes the client's requests on. One that the server must not see is
// replaced by one that keeps the count: GetInputFocus, whose answer becomes the
// extension's, or NoOperation.
func (c *caller) requests() {
	in := &pipe{from: c.client}
	head, err := in.read(12)
	if err != nil {
		return
	}
	le := binary.LittleEndian
	greeting := int(le.Uint16(head[6:])+3)&^3 + int(le.Uint16(head[8:])+3)&^3
	rest, err := in.read(greeting)
	if err != nil || c.pass(in, append(head, rest...)) != nil {
		return
	}
	for {
		head, err := in.read(4)
		if err != nil {
			return
		}
		size := int(le.Uint16(head[2:])) * 4
		if size == 0 { // BIG-REQUESTS
			more, err := in.read(4)
			if err != nil {
				return
			}
			head = append(head, more...)
			size = int(le.Uint32(more)) * 4
		}
		if size < len(head) || size > 64<<20 {
			return
		}
		body, err := in.read(size - len(head))
		if err != nil {
			return
		}
		if c.pass(in, c.request(head, body)) != nil {
			return
		}
	}
}

func (c *caller) request(head, body []byte) []byte {
	const queryExtension, getInputFocus, noOperation = 98, 43, 127
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	if c.other == nil {
		c.other = map[uint16]func([]byte){}
	}
	name := ""
	if n := 4; head[0] == queryExtension && len(body) >= n && len(body) >= n+int(body[0]) {
		name = string(body[n:][:body[0]])
	}
	switch {
	case name == "XInputExtension":
		c.other[c.seq] = func(m []byte) { c.input = m[9] }
	case name == "DPMS":
		c.other[c.seq] = func(m []byte) { m[8], m[9], m[10], m[11] = 1, sleeperMajor, 0, 0 }
	case head[0] == sleeperMajor:
		reply, fault := c.s.answer(head[1], body)
		if reply == nil && fault == 0 {
			return []byte{noOperation, 0, 1, 0}
		}
		minor := head[1]
		c.other[c.seq] = func(m []byte) {
			seq := [2]byte(m[2:])
			clear(m)
			if fault == 0 {
				copy(m, reply)
			} else {
				m[1], m[8], m[10] = fault, minor, sleeperMajor
			}
			copy(m[2:], seq[:])
		}
		return []byte{getInputFocus, 0, 1, 0}
	}
	return append(head, body...)
}

// pass hands bytes on to the server with the files that came along.
func (c *caller) pass(in *pipe, b []byte) error {
	rights := in.rights
	in.rights = nil
	if len(rights) == 0 {
		_, err := c.server.Write(b)
		return err
	}
	n, _, err := c.server.WriteMsgUnix(b, rights, nil)
	closeRights(rights)
	if err == nil && n < len(b) {
		_, err = c.server.Write(b[n:])
	}
	return err
}

// answers passes on what the server says.
func (c *caller) answers() {
	le := binary.LittleEndian
	head := make([]byte, 8)
	if _, err := io.ReadFull(c.server, head); err != nil {
		return
	}
	m := append(head, make([]byte, int(le.Uint16(head[6:]))*4)...)
	if _, err := io.ReadFull(c.server, m[8:]); err != nil {
		return
	}
	for {
		if _, err := c.client.Write(m); err != nil {
			return
		}
		m = make([]byte, 32)
		if _, err := io.ReadFull(c.server, m); err != nil {
			return
		}
		const fault, reply, generic = 0, 1, 35
		if kind := m[0] & 0x7f; kind == generic || kind == reply {
			m = append(m, make([]byte, int(le.Uint32(m[4:]))*4)...)
			if _, err := io.ReadFull(c.server, m[32:]); err != nil {
				return
			}
		}
		switch kind := m[0] & 0x7f; {
		case kind == fault || kind == reply:
			c.mu.Lock()
			seq := le.Uint16(m[2:])
			if change := c.other[seq]; change != nil {
				delete(c.other, seq)
				change(m)
			}
			c.mu.Unlock()
		case kind >= 2 && kind <= 6, kind == generic && m[1] == c.input && isInput(m):
			c.s.felt()
		}
	}
}

// isInput reports whether an event of the input extension is one of a key, the
// mouse or a finger.
func isInput(m []byte) bool {
	kind := binary.LittleEndian.Uint16(m[8:])
	return kind >= 2 && kind <= 6 || kind >= 18 && kind <= 20
}

// pipe reads a stream together with the files that are handed over in it.
type pipe struct {
	from   *net.UnixConn
	rights []byte
	ahead  []byte
}

func (p *pipe) read(n int) ([]byte, error) {
	for len(p.ahead) < n {
		b, oob := make([]byte, 64<<10), make([]byte, 256)
		k, o, _, _, err := p.from.ReadMsgUnix(b, oob)
		if err != nil {
			return nil, err
		}
		if k == 0 {
			return nil, errors.New("the client has gone")
		}
		p.ahead = append(p.ahead, b[:k]...)
		p.rights = append(p.rights, oob[:o]...)
	}
	out := append([]byte(nil), p.ahead[:n]...)
	p.ahead = p.ahead[n:]
	return out, nil
}

// closeRights closes the files that came with a message.
func closeRights(oob []byte) {
	messages, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return
	}
	for _, m := range messages {
		if files, err := syscall.ParseUnixRights(&m); err == nil {
			for _, fd := range files {
				_ = syscall.Close(fd)
			}
		}
	}
}

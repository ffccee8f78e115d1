package x11

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// Conn is a connection to an X server. Any goroutine may Send and Close; one
// goroutine at a time may Ask and Next.
type Conn struct {
	Screen Screen // the server's first

	net   net.Conn
	in    *bufio.Reader
	queue [][]byte // events that came in while a reply was awaited

	idBase, idMask uint32

	mu  sync.Mutex // guards what follows, and the order of what is sent
	seq uint16     // of the last request
	ids uint32     // names given out
}

const (
	setupTimeout = 3 * time.Second
	// maxMessage bounds what the server may send at once.
	maxMessage = 1 << 20
)

// Kinds of messages that are no events.
const (
	kindError = 0
	kindReply = 1
)

// Generic is the code of events that may be longer than 32 bytes.
const Generic = 35

// Error is the server's answer to a request that it refused.
type Error struct {
	Code  uint8  // as in the protocol: 2 is BadValue, 10 is BadAccess
	Major uint8  // which request
	Minor uint16 // and which of an extension's
	Seq   uint16
}

func (e *Error) Error() string {
	return fmt.Sprintf("the X server answers request %d.%d with error %d", e.Major, e.Minor, e.Code)
}

// Open connects to the display named as in $DISPLAY.
func Open(ctx context.Context, display string) (*Conn, error) {
	address, err := ParseDisplay(display)
	if err != nil {
		return nil, err
	}
	raw, err := dial(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("connecting to the X server: %w", err)
	}
	c := &Conn{net: raw, in: bufio.NewReader(raw)}
	if err := c.setUp(address); err != nil {
		_ = raw.Close()
		return nil, fmt.Errorf("greeting the X server: %w", err)
	}
	return c, nil
}

func dial(ctx context.Context, a Address) (net.Conn, error) {
	d := net.Dialer{Timeout: setupTimeout}
	if a.Host != "" {
		return d.DialContext(ctx, "tcp", net.JoinHostPort(a.Host, strconv.Itoa(6000+a.Number)))
	}
	path := "/tmp/.X11-unix/X" + strconv.Itoa(a.Number)
	c, err := d.DialContext(ctx, "unix", path)
	if err == nil {
		return c, nil
	}
	// Some servers listen only in the abstract namespace.
	if c, abstract := d.DialContext(ctx, "unix", "@"+path); abstract == nil {
		return c, nil
	}
	return nil, err
}

// Close ends the connection; a waiting Next returns.
func (c *Conn) Close() error { return c.net.Close() }

// Limit lets what follows fail after a few seconds, and Unlimit ends that.
func (c *Conn) Limit() error { return c.net.SetDeadline(time.Now().Add(setupTimeout)) }

// Unlimit lets reading and writing take as long as they take.
func (c *Conn) Unlimit() error { return c.net.SetDeadline(time.Time{}) }

func (c *Conn) setUp(a Address) error {
	if err := c.Limit(); err != nil {
		return err
	}
	cookie := ownCookie(a.Number)
	name := ""
	if len(cookie) > 0 {
		name = cookieName
	}
	b := []byte{'l', 0, 11, 0, 0, 0}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(cookie)))
	b = append(b, 0, 0)
	b = padded(append(b, name...))
	b = padded(append(b, cookie...))
	if _, err := c.net.Write(b); err != nil {
		return err
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(c.in, head); err != nil {
		return err
	}
	body := make([]byte, int(binary.LittleEndian.Uint16(head[6:]))*4)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return err
	}
	if head[0] != 1 {
		return fmt.Errorf("the X server refuses: %q", body[:min(int(head[1]), len(body))])
	}
	var err error
	if c.Screen, err = firstScreen(body); err != nil {
		return err
	}
	c.idBase, c.idMask = binary.LittleEndian.Uint32(body[4:]), binary.LittleEndian.Uint32(body[8:])
	return c.Unlimit()
}

func padded(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// NewID returns a name for a window, a cursor and so on.
func (c *Conn) NewID() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids++
	return c.idBase | c.ids&c.idMask
}

// Send writes a request; data is its second byte, body what follows the header.
func (c *Conn) Send(major, data uint8, body []byte) error {
	_, err := c.send(major, data, body, nil)
	return err
}

func (c *Conn) send(major, data uint8, body, rights []byte) (uint16, error) {
	b := make([]byte, 4, 4+len(body)+3)
	b[0], b[1] = major, data
	b = padded(append(b, body...))
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)/4))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	if rights == nil {
		_, err := c.net.Write(b)
		return c.seq, err
	}
	local, ok := c.net.(*net.UnixConn)
	if !ok {
		return c.seq, errors.New("a file can be handed only to a server on this machine")
	}
	_, _, err := local.WriteMsgUnix(b, rights, nil)
	return c.seq, err
}

// Ask sends a request and returns its reply; events that come first are kept
// for Next.
func (c *Conn) Ask(major, data uint8, body []byte) ([]byte, error) {
	seq, err := c.send(major, data, body, nil)
	if err != nil {
		return nil, err
	}
	for {
		m, err := c.message()
		if err != nil {
			return nil, err
		}
		switch m[0] {
		case kindError:
			// Of an earlier request without a reply, or of this one.
			return nil, asError(m)
		case kindReply:
			if binary.LittleEndian.Uint16(m[2:]) == seq {
				return m, nil
			}
		default:
			c.queue = append(c.queue, m)
		}
	}
}

// Sync waits until the server has done everything sent so far, and reports the
// first thing that it refused.
func (c *Conn) Sync() error {
	const getInputFocus = 43
	_, err := c.Ask(getInputFocus, 0, nil)
	return err
}

func asError(m []byte) error {
	return &Error{Code: m[1], Seq: binary.LittleEndian.Uint16(m[2:]), Minor: binary.LittleEndian.Uint16(m[8:]), Major: m[10]}
}

// Next waits for the next event: 32 bytes, or more when its code is Generic.
// What the server refused is an *Error, and reading may go on after it.
func (c *Conn) Next() ([]byte, error) {
	for {
		if len(c.queue) > 0 {
			m := c.queue[0]
			c.queue = c.queue[1:]
			return m, nil
		}
		m, err := c.message()
		if err != nil {
			return nil, fmt.Errorf("reading from the X server: %w", err)
		}
		switch m[0] {
		case kindError:
			return nil, asError(m)
		case kindReply: // of nothing that anybody waits for
		default:
			return m, nil
		}
	}
}

// message reads one reply, event or error.
func (c *Conn) message() ([]byte, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(c.in, b); err != nil {
		return nil, err
	}
	if b[0] != kindReply && b[0]&0x7f != Generic {
		return b, nil
	}
	n := binary.LittleEndian.Uint32(b[4:])
	if n > maxMessage/4 {
		return nil, fmt.Errorf("the X server announces %d bytes", uint64(n)*4)
	}
	if n == 0 {
		return b, nil
	}
	rest := make([]byte, n*4)
	if _, err := io.ReadFull(c.in, rest); err != nil {
		return nil, err
	}
	return append(b, rest...), nil
}

// Extension is where a server has put an extension's requests and events.
type Extension struct {
	Major      uint8
	FirstEvent uint8
}

// Extension looks an extension up; a server without it is errors.ErrUnsupported.
func (c *Conn) Extension(name string) (Extension, error) {
	const queryExtension = 98
	b := binary.LittleEndian.AppendUint16(nil, uint16(len(name)))
	r, err := c.Ask(queryExtension, 0, append(append(b, 0, 0), name...))
	if err != nil {
		return Extension{}, err
	}
	if r[8] == 0 {
		return Extension{}, fmt.Errorf("the X server has no %s: %w", name, errors.ErrUnsupported)
	}
	return Extension{Major: r[9], FirstEvent: r[10]}, nil
}

// Atom returns the server's number for a name.
func (c *Conn) Atom(name string) (uint32, error) {
	const internAtom = 16
	b := binary.LittleEndian.AppendUint16(nil, uint16(len(name)))
	r, err := c.Ask(internAtom, 0, append(append(b, 0, 0), name...))
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(r[8:]), nil
}

// Property reads up to size bytes of a property, rounded up to words; nil when
// it is not there or of another type.
func (c *Conn) Property(window, property, kind uint32, size int) ([]byte, error) {
	const getProperty = 20
	r, err := c.Ask(getProperty, 0, Words(window, property, kind, 0, uint32(size+3)/4))
	if err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint32(r[16:])) * int(r[1]) / 8
	if r[1] == 0 || n < 0 {
		return nil, nil
	}
	return r[32 : 32+min(n, len(r)-32)], nil
}

// Words lays values out as a request wants them.
func Words(values ...uint32) []byte {
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// Halves lays 16-bit values out as a request wants them.
func Halves(values ...int) []byte {
	b := make([]byte, 0, 2*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

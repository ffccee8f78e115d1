package xinput

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

// Conn is a connection to an X server. One goroutine uses it; Close may come
// from any.
type Conn struct {
	net    net.Conn
	in     *bufio.Reader
	root   uint32
	opcode uint8   // of the input extension
	seq    uint16  // of the last request
	queue  []Event // that came in while a reply was awaited
}

const (
	setupTimeout = 3 * time.Second
	// maxMessage bounds what the server may send at once.
	maxMessage = 1 << 20
)

// Requests of the core protocol.
const (
	reqChangeAttributes = 2
	reqQueryTree        = 15
	reqGetProperty      = 20
	reqGetInputFocus    = 43
	reqQueryExtension   = 98
)

// Requests of the extension.
const (
	xiSelectEvents = 46
	xiQueryVersion = 47
)

// Open connects to the display named as in $DISPLAY and checks that it has the
// input extension 2.2 or later.
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

func (c *Conn) setUp(a Address) error {
	if err := c.net.SetDeadline(time.Now().Add(setupTimeout)); err != nil {
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
	if c.root, err = firstRoot(body); err != nil {
		return err
	}
	if c.opcode, err = c.extension("XInputExtension"); err != nil {
		return err
	}
	r, err := c.ask(c.opcode, xiQueryVersion, []byte{2, 0, 2, 0})
	if err != nil {
		return err
	}
	major, minor := binary.LittleEndian.Uint16(r[8:]), binary.LittleEndian.Uint16(r[10:])
	if major < 2 || major == 2 && minor < 2 {
		return fmt.Errorf("the input extension is %d.%d, and touch needs 2.2", major, minor)
	}
	return c.net.SetDeadline(time.Time{})
}

// firstRoot finds the first screen's root window in the server's greeting.
func firstRoot(b []byte) (uint32, error) {
	if len(b) < 32 {
		return 0, errors.New("the greeting is too short")
	}
	vendor := int(binary.LittleEndian.Uint16(b[16:]))
	at := 32 + (vendor+3)&^3 + int(b[21])*8
	if len(b) < at+4 {
		return 0, errors.New("the greeting names no screen")
	}
	return binary.LittleEndian.Uint32(b[at:]), nil
}

func padded(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// send writes a request; data is its second byte, body what follows the header.
func (c *Conn) send(major, data uint8, body []byte) error {
	body = padded(body)
	b := make([]byte, 4, 4+len(body))
	b[0], b[1] = major, data
	binary.LittleEndian.PutUint16(b[2:], uint16(1+len(body)/4))
	c.seq++
	_, err := c.net.Write(append(b, body...))
	return err
}

// ask sends a request and returns its reply; events that come first are queued.
func (c *Conn) ask(major, data uint8, body []byte) ([]byte, error) {
	if err := c.send(major, data, body); err != nil {
		return nil, err
	}
	for {
		m, err := c.message()
		if err != nil {
			return nil, err
		}
		switch m[0] {
		case 0:
			return nil, fmt.Errorf("the X server answers request %d with error %d", m[10], m[1])
		case 1:
			if binary.LittleEndian.Uint16(m[2:]) == c.seq {
				return m, nil
			}
		default:
			if e, err := ParseEvent(m, c.opcode); err == nil {
				c.queue = append(c.queue, e)
			}
		}
	}
}

// message reads one reply, event or error.
func (c *Conn) message() ([]byte, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(c.in, b); err != nil {
		return nil, err
	}
	if b[0] != 1 && b[0]&0x7f != coreGeneric {
		return b, nil
	}
	n := binary.LittleEndian.Uint32(b[4:])
	if n > maxMessage/4 {
		return nil, fmt.Errorf("the X server announces %d bytes", uint64(n)*4)
	}
	rest := make([]byte, n*4)
	if _, err := io.ReadFull(c.in, rest); err != nil {
		return nil, err
	}
	return append(b, rest...), nil
}

func (c *Conn) extension(name string) (uint8, error) {
	b := binary.LittleEndian.AppendUint16(nil, uint16(len(name)))
	r, err := c.ask(reqQueryExtension, 0, append(append(b, 0, 0), name...))
	if err != nil {
		return 0, err
	}
	if r[8] == 0 {
		return 0, fmt.Errorf("the X server has no %s", name)
	}
	return r[9], nil
}

// FindWindow returns the window whose WM_CLASS instance name is given, 0 if
// there is none yet. Window managers put a few frames around it at most.
func (c *Conn) FindWindow(instance string) (uint32, error) {
	if err := c.net.SetDeadline(time.Now().Add(setupTimeout)); err != nil {
		return 0, err
	}
	w, err := c.findBelow(c.root, instance, 4)
	if err != nil {
		return 0, fmt.Errorf("looking for the window: %w", err)
	}
	return w, c.net.SetDeadline(time.Time{})
}

func (c *Conn) findBelow(window uint32, instance string, depth int) (uint32, error) {
	r, err := c.ask(reqQueryTree, 0, binary.LittleEndian.AppendUint32(nil, window))
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
			return 0, err
		}
		return 0, nil // the window vanished meanwhile
	}
	n := min(int(binary.LittleEndian.Uint16(r[16:])), (len(r)-32)/4)
	for i := range n {
		child := binary.LittleEndian.Uint32(r[32+4*i:])
		name, err := c.instance(child)
		if err != nil {
			return 0, err
		}
		if name == instance {
			return child, nil
		}
		if depth > 1 {
			if w, err := c.findBelow(child, instance, depth-1); w != 0 || err != nil {
				return w, err
			}
		}
	}
	return 0, nil
}

// instance returns the first half of a window's WM_CLASS.
func (c *Conn) instance(window uint32) (string, error) {
	const (
		atomString  = 31
		atomWMClass = 67
	)
	b := binary.LittleEndian.AppendUint32(nil, window)
	b = binary.LittleEndian.AppendUint32(b, atomWMClass)
	b = binary.LittleEndian.AppendUint32(b, atomString)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, 64)
	r, err := c.ask(reqGetProperty, 0, b)
	if err != nil {
		var network net.Error
		if errors.As(err, &network) || errors.Is(err, io.EOF) {
			return "", err
		}
		return "", nil // the window vanished meanwhile
	}
	n := min(int(binary.LittleEndian.Uint32(r[16:])), len(r)-32)
	for i, v := range r[32 : 32+max(n, 0)] {
		if v == 0 {
			return string(r[32 : 32+i]), nil
		}
	}
	return "", nil
}

// Watch asks for the touches, the mouse and the uncovering of window. From then
// on the server sends the window's owner no mouse events any more, neither real
// ones nor those that it makes from touches.
func (c *Conn) Watch(window uint32) error {
	if err := c.net.SetDeadline(time.Now().Add(setupTimeout)); err != nil {
		return err
	}
	const (
		attributeEventMask = 1 << 11
		maskExposure       = 1 << 15
		maskStructure      = 1 << 17
		allMasters         = 1
	)
	b := binary.LittleEndian.AppendUint32(nil, window)
	b = binary.LittleEndian.AppendUint32(b, attributeEventMask)
	b = binary.LittleEndian.AppendUint32(b, maskExposure|maskStructure)
	if err := c.send(reqChangeAttributes, 0, b); err != nil {
		return fmt.Errorf("watching the window: %w", err)
	}
	var mask uint32
	for _, kind := range []int{xiButtonPress, xiButtonRelease, xiMotion, xiTouchBegin, xiTouchUpdate, xiTouchEnd} {
		mask |= 1 << kind
	}
	b = binary.LittleEndian.AppendUint32(nil, window)
	b = append(b, 1, 0, 0, 0) // one mask
	b = binary.LittleEndian.AppendUint16(b, allMasters)
	b = binary.LittleEndian.AppendUint16(b, 1) // of one word
	b = binary.LittleEndian.AppendUint32(b, mask)
	if err := c.send(c.opcode, xiSelectEvents, b); err != nil {
		return fmt.Errorf("watching the window: %w", err)
	}
	// A reply to anything tells that the requests above were not refused.
	if _, err := c.ask(reqGetInputFocus, 0, nil); err != nil {
		return fmt.Errorf("watching the window: %w", err)
	}
	return c.net.SetDeadline(time.Time{})
}

// Next waits for the next event of the watched window.
func (c *Conn) Next() (Event, error) {
	for {
		if len(c.queue) > 0 {
			e := c.queue[0]
			c.queue = c.queue[1:]
			return e, nil
		}
		m, err := c.message()
		if err != nil {
			return Event{}, fmt.Errorf("reading from the X server: %w", err)
		}
		if m[0] < 2 {
			continue // errors and replies of nothing that we wait for
		}
		e, err := ParseEvent(m, c.opcode)
		if errors.Is(err, ErrOther) {
			continue
		}
		if err != nil {
			return Event{}, err
		}
		return e, nil
	}
}

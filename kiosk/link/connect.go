package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist/wire"
)

// connect makes one connection and serves it until it ends; it always ends with
// an error.
func (l *Link) connect(ctx context.Context) *Error {
	u := l.home
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	u.Path += "/device/v1/ws"
	conn, resp, err := l.dialer.DialContext(ctx, u.String(), nil)
	if err != nil {
		return dialFailed(err, resp)
	}
	conn.EnableWriteCompression(false)
	conn.SetReadLimit(wire.MaxMessage)
	// The end of ctx, Reconnect and a failed writer all end the connection by
	// closing it under the reader.
	stop := context.AfterFunc(ctx, func() { l.leave(conn) })
	defer stop()
	defer conn.Close()
	l.hold(conn)
	defer l.hold(nil)

	c := &connection{Link: l, conn: conn}
	defer c.close()
	conn.SetPongHandler(func(said string) error {
		l.pulse.answered(said, time.Now())
		return nil
	})
	// The handshake has a deadline of its own, whatever trickles in.
	late := time.AfterFunc(l.opt.Timeout, func() { conn.Close() })
	defer late.Stop()
	if err := c.greet(); err != nil {
		return err
	}
	asking, stopAsking := context.WithCancel(ctx)
	c.asks.Go(func() { c.ask(asking) })
	defer func() {
		stopAsking()
		conn.Close() // a line that takes nothing holds a ping up
		c.asks.Wait()
	}()
	for {
		m, err := c.receive()
		if err != nil {
			err.open = err.open && c.writer != nil
			return err
		}
		if m.Type == wire.TypePairing || m.Type == wire.TypeWelcome {
			late.Stop()
		}
		if err := c.handle(m); err != nil {
			return err
		}
	}
}

// hold makes conn the one that Reconnect closes.
func (l *Link) hold(conn *websocket.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
}

// leave says goodbye, in case the line still takes it.
func (l *Link) leave(conn *websocket.Conn) {
	goodbye(conn)
	conn.Close()
}

// goodbye says that this side sends nothing more. The controller answers once it has
// read all that came before. Who closes without the answer may lose that: a connection
// with something unread in it ends with a reset (RFC 2525, 2.17), which takes from the
// other side what is unread there.
func goodbye(conn *websocket.Conn) {
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "the device stops")
	conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)) // it is closed anyway
}

// ask pings the controller until ctx ends. Whatever the device has to say, its
// pings show on both sides that the line lives, and how well.
func (c *connection) ask(ctx context.Context) {
	c.pulse.opened()
	every := max(c.opt.PingEvery/uneasyTimes, time.Millisecond)
	tick := time.NewTicker(every)
	defer tick.Stop()
	var asked time.Time
	for last := time.Now(); ; {
		now := time.Now()
		c.pulse.starved(now, now.Sub(last)-every)
		last = now
		if now.Sub(asked) >= c.opt.PingEvery || c.pulse.uneasy(now) {
			asked = now
			c.askNow(now)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (c *connection) askNow(now time.Time) {
	if s, ok := countSegments(innermost(c.conn.NetConn())); ok {
		c.pulse.counted(now, s)
	}
	if err := c.conn.WriteControl(websocket.PingMessage, c.pulse.send(now), now.Add(time.Second)); err != nil {
		c.pulse.unsent() // something large is on its way out, or the reader finds out
	}
}

// connection is one connection while it is open. Its fields are the reader's.
type connection struct {
	*Link
	asks   sync.WaitGroup // the goroutine that pings
	conn   *websocket.Conn
	writer chan struct{} // closed when the writer has ended; nil before the welcome
	stop   context.CancelFunc
	late   []wire.Refused // to be reported on the next connection
}

// greet answers the challenge.
func (c *connection) greet() *Error {
	m, e := c.receive()
	if e != nil {
		return e
	}
	const doing = "answer the challenge"
	var ch wire.Challenge
	if m.Type != wire.TypeChallenge {
		return failed(doing, fmt.Errorf("a %s came first", m.Type))
	}
	if err := m.Into(&ch); err != nil {
		return failed(doing, err)
	}
	if ch.Version < 1 || len(ch.Nonce) < 16 {
		return &Error{Kind: Refuse, Doing: doing, Wait: maxHint, Err: fmt.Errorf("version %d with a nonce of %d bytes is not spoken here", ch.Version, len(ch.Nonce))}
	}
	c.Link.mu.Lock()
	c.protocol = ch.Version
	c.Link.mu.Unlock()
	if f := c.opt.Handler.Challenge; f != nil {
		f(ch.Time)
	}
	h := c.opt.Hello()
	h.Pulls = h.Patches // who can rebuild an edition can do so from what is fetched here
	h.Version = min(ch.Version, wire.Version)
	h.Key = c.opt.Key.Public().(ed25519.PublicKey)
	h.Signature = wire.SignHello(ch.Nonce, c.opt.Key)
	b, err := wire.Encode(wire.TypeHello, h)
	if err == nil {
		err = c.conn.WriteMessage(websocket.BinaryMessage, b)
	}
	if err != nil {
		return failed(doing, err)
	}
	return nil
}

// prove shows the controller what this device has from it. In the lobby nobody else
// writes messages.
func (c *connection) prove() *Error {
	if c.opt.Proof == nil || c.writer != nil {
		return nil
	}
	p, ok := c.opt.Proof()
	if !ok {
		return nil
	}
	b, err := wire.Encode(wire.TypeProof, p)
	if err == nil {
		err = c.conn.WriteMessage(websocket.BinaryMessage, b)
	}
	if err != nil {
		return failed("prove which screen this is", err)
	}
	return nil
}

// receive returns the next message that can be read at all. What cannot is
// reported and passed over: the line itself is in order.
func (c *connection) receive() (wire.Message, *Error) {
	for {
		kind, r, err := c.conn.NextReader()
		if err != nil {
			return wire.Message{}, c.unreadable(err)
		}
		b, err := io.ReadAll(io.LimitReader(&arriving{c: c, r: r, began: time.Now(), last: time.Now()}, wire.MaxMessage+1))
		if err != nil {
			return wire.Message{}, c.unreadable(err)
		}
		if len(b) > wire.MaxMessage { // inflated; the rest is not worth reading
			return wire.Message{}, c.unreadable(websocket.ErrReadLimit)
		}
		m, err := wire.Decode(b)
		if err == nil && kind == websocket.BinaryMessage {
			return m, nil
		}
		if err == nil {
			err = &wire.Refusal{Reason: wire.ReasonDamaged, Detail: "a text message came, all are binary"}
		}
		c.refuse(wire.Push{}, err)
	}
}

// arriving reads a message and shows the controller that it is still arriving:
// on a thin line the controller's pings wait in its buffers behind the message,
// and it would take the device for dead.
type arriving struct {
	c     *connection
	r     io.Reader
	began time.Time
	last  time.Time // sign of life
}

func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	now := time.Now()
	if now.Sub(a.began) > bulk {
		a.c.pulse.arriving(now)
	}
	if now.Sub(a.last) > a.c.opt.Silence/5 {
		a.last = now
		a.c.conn.WriteControl(websocket.PongMessage, nil, now.Add(time.Second)) // the reader finds out
	}
	return n, err
}

func (c *connection) unreadable(err error) *Error {
	if errors.Is(err, websocket.ErrReadLimit) {
		// Nothing more can be said on this connection.
		c.late = append(c.late, wire.Refused{Reason: wire.ReasonOversized, Detail: fmt.Sprintf("a message has more than %d bytes", wire.MaxMessage)})
	}
	return readFailed(err)
}

// refuse reports what could not be read.
func (c *connection) refuse(p wire.Push, err error) {
	r := wire.Refused{Channel: p.Channel, Revision: p.Revision, Reason: wire.ReasonDamaged, Detail: err.Error()}
	if f, ok := errors.AsType[*wire.Refusal](err); ok {
		r.Reason, r.Detail = f.Reason, f.Detail
	}
	c.log.Warn("message from the controller refused", "channel", r.Channel, "revision", r.Revision, "reason", r.Reason, "detail", r.Detail)
	c.Refused(r)
}

// handle gives a message to its handler. Types of later versions are passed over.
func (c *connection) handle(m wire.Message) *Error {
	h := c.opt.Handler
	switch m.Type {
	case wire.TypePairing:
		var p wire.Pairing
		if err := give(c, m, func(v wire.Pairing) { p = v }); err != nil {
			return err
		}
		if h.Pairing != nil {
			h.Pairing(p)
		}
		if p.Prove {
			return c.prove()
		}
	case wire.TypeEnrolled:
		var e wire.Enrolled
		if err := m.Into(&e); err != nil {
			c.refuse(wire.Push{}, err)
			return nil
		}
		if h.Enrolled != nil {
			if err := h.Enrolled(e); err != nil {
				return failed("keep the name of this screen", err)
			}
		}
	case wire.TypeWelcome:
		return give(c, m, func(w wire.Welcome) { c.welcome(w) })
	case wire.TypePush:
		var p wire.Push
		err := m.Into(&p)
		if err == nil {
			var blobs [][]byte
			if blobs, err = m.Blobs(p.Attached); err == nil {
				c.push(p, blobs)
			}
		}
		if err != nil {
			c.refuse(p, err)
		}
	case wire.TypeTaken:
		return give(c, m, func(t wire.Taken) {
			if h.Taken != nil {
				h.Taken(t.Seq)
			}
		})
	case wire.TypeHeard:
		return give(c, m, h.Heard)
	case wire.TypeCommand:
		return give(c, m, h.Command)
	case wire.TypeOffer:
		return give(c, m, h.Offer)
	}
	return nil
}

func give[T any](c *connection, m wire.Message, to func(T)) *Error {
	var v T
	if err := m.Into(&v); err != nil {
		c.refuse(wire.Push{}, err)
	} else if to != nil {
		to(v)
	}
	return nil
}

func (c *connection) push(p wire.Push, blobs [][]byte) {
	if c.opt.Handler.Push == nil {
		return
	}
	if p.Channel.IsZero() {
		c.opt.Handler.Push(c.lanes.ctx, p, blobs)
		return
	}
	c.lanes.put(p, blobs)
}

// welcome opens the outbox.
func (c *connection) welcome(w wire.Welcome) {
	c.Link.mu.Lock()
	c.token = w.BlobToken
	close(c.welcomed)
	c.welcomed = make(chan struct{})
	c.Link.mu.Unlock()
	first := c.writer == nil
	if first {
		c.out.opened(true)
	}
	if c.opt.Handler.Welcome != nil {
		c.opt.Handler.Welcome(w)
	}
	if first {
		var ctx context.Context
		ctx, c.stop = context.WithCancel(context.Background())
		c.writer = make(chan struct{})
		go func() {
			defer close(c.writer)
			c.write(ctx)
		}()
	}
}

// close ends the writer and waits for it.
func (c *connection) close() {
	c.out.opened(false)
	c.conn.Close()
	if c.writer != nil {
		c.stop()
		<-c.writer
	}
	for _, r := range c.late {
		c.Link.Refused(r)
	}
}

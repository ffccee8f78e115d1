package swarm

import (
	"net"
	"slices"
	"time"
)

// Manner is how a device behaves.
type Manner string

// The manners. All but Good do harm to a controller that lets them.
const (
	Good     Manner = "good"
	Stalled  Manner = "stalled"  // reads nothing after its welcome, but goes on to say that it lives
	Flapping Manner = "flapping" // breaks its connection after some seconds, again and again
	Slow     Manner = "slow"     // reads a few hundred bytes a second
	Lying    Manner = "lying"    // reports impossible figures and claims revisions that nobody published
	Garbling Manner = "garbling" // sends what is no message
	Mute     Manner = "mute"     // never acknowledges
	Greedy   Manner = "greedy"   // asks for every blob again and again
	Storming Manner = "storming" // reports as fast as it can
)

// Manners are all of them, Good first.
var Manners = []Manner{Good, Stalled, Flapping, Slow, Lying, Garbling, Mute, Greedy, Storming}

func (m Manner) known() bool { return slices.Contains(Manners, m) }

// narrow is the receive buffer of a device that does not read as it should, in
// bytes: the kernel must not take for it what it leaves.
const narrow = 4 << 10

// shape fits a connection to the manner.
func (m Manner) shape(c net.Conn) net.Conn {
	if m != Stalled && m != Slow {
		return c
	}
	if t, ok := c.(*net.TCPConn); ok {
		t.SetReadBuffer(narrow) // a wish; without it the device is only less of a nuisance
	}
	if m == Slow {
		return &slowConn{Conn: c}
	}
	return c
}

// Of a slow line.
const (
	slowBytes = 64 // at a time
	slowEvery = 200 * time.Millisecond
	slowFree  = 4 << 10 // of the handshake, so that it gets in at all
)

// slowConn reads a few bytes, and rests.
type slowConn struct {
	net.Conn
	read int
}

func (c *slowConn) Read(p []byte) (int, error) {
	if c.read >= slowFree {
		rest := time.NewTimer(slowEvery)
		<-rest.C
		p = p[:min(len(p), slowBytes)]
	}
	n, err := c.Conn.Read(p)
	c.read += n
	return n, err
}

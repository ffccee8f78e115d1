package hub

import (
	"net"
	"sync"
)

// gate bounds the handshakes that are under way, and how many of them one address
// may have: somebody who connects and says nothing must not keep the county's
// screens out, and a county behind one address still comes in.
type gate struct {
	most, share int

	mu   sync.Mutex
	in   int
	from map[string]int // by address
}

func newGate(most, share int) *gate {
	return &gate{most: most, share: share, from: map[string]int{}}
}

// enter takes a place for a handshake from an address and port; leave gives it back
// and may be called again.
func (g *gate) enter(remote string) (leave func(), ok bool) {
	host := hostOf(remote)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.in >= g.most || g.from[host] >= g.share {
		return nil, false
	}
	g.in++
	g.from[host]++
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.in--
		if g.from[host]--; g.from[host] == 0 {
			delete(g.from, host)
		}
	}), true
}

// room reports whether somebody from an address could enter now.
func (g *gate) room(host string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.in < g.most && g.from[host] < g.share
}

// full reports whether nobody can enter now.
func (g *gate) full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.in >= g.most
}

// hostOf is an address without its port.
func hostOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}

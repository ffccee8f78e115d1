package configs

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
)

// Pair is how the boards of a pair agree on the time over the local network,
// where their machines have no NTP. Which boards are a pair is said in the
// console; boards with good clocks need none of this.
type Pair struct {
	// Listen is the address and port for the other boards, for example
	// 192.168.1.20:7460. Default: empty, this board asks nobody.
	Listen string `toml:"listen"`
	// Peers are the addresses and ports of the other boards. Default: none.
	Peers []string `toml:"peers"`
	// KeyFile is a file with a key that only the boards of the pair have, 16 bytes
	// or more. Without one anybody on the network can shift when their pages turn,
	// but nothing else. Default: empty.
	KeyFile string `toml:"key_file"`
}

// maxPeers is how many other boards a pair may have.
const maxPeers = 8

// pairKey bounds a key file, in bytes.
const pairKeyLeast, pairKeyMost = 16, 4096

// Key reads the key file; nothing where there is none.
func (p Pair) Key() ([]byte, error) {
	if p.KeyFile == "" {
		return nil, nil
	}
	b, err := os.ReadFile(p.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read the key of the pair: %w", err)
	}
	if b = bytes.TrimSpace(b); len(b) < pairKeyLeast || len(b) > pairKeyMost {
		return nil, fmt.Errorf("the key of the pair in %s has %d bytes; %d to %d are allowed", p.KeyFile, len(b), pairKeyLeast, pairKeyMost)
	}
	return b, nil
}

// pair checks how the boards of a pair find each other.
func (c *checker) pair(p Pair) {
	if p.Listen == "" {
		if len(p.Peers) > 0 {
			c.wrong("pair.listen", "there are peers, but no address to listen on")
		}
		return
	}
	if a, err := netip.ParseAddrPort(p.Listen); err != nil || a.Port() == 0 {
		c.wrong("pair.listen", "%q is not an IP address and a port, for example 192.168.1.20:7460", p.Listen)
	}
	if len(p.Peers) == 0 || len(p.Peers) > maxPeers {
		c.wrong("pair.peers", "%d other boards; 1 to %d are allowed", len(p.Peers), maxPeers)
	}
	for _, s := range p.Peers {
		if a, err := netip.ParseAddrPort(s); err != nil || a.Port() == 0 || !a.Addr().IsValid() || a.Addr().IsMulticast() || a.Addr().IsUnspecified() {
			c.wrong("pair.peers", "%q is not the IP address and port of one board, for example 192.168.1.21:7460", s)
		}
	}
	if p.KeyFile == "" {
		c.warn("pair.key_file", "without a key anybody on the network can shift when pages turn")
	} else if _, err := p.Key(); err != nil {
		c.wrong("pair.key_file", "%v", err)
	}
}

package configs

import (
	"image"
	"net/netip"
	"strings"
)

// Protocol is a language that pixel controllers understand.
type Protocol string

// The protocols of network output.
const (
	NoOutput Protocol = ""
	DDP      Protocol = "ddp"    // Distributed Display Protocol, 3waylabs.com/ddp
	E131     Protocol = "e131"   // ANSI E1.31-2018, streaming ACN
	ArtNet   Protocol = "artnet" // Art-Net 4
)

// Multicast is the address of E1.31 output that goes to the group of each
// universe, 239.255.x.y, instead of to one machine.
const Multicast = "multicast"

// Port is the UDP port that the protocol's specification assigns.
func (p Protocol) Port() uint16 {
	switch p {
	case DDP:
		return 4048
	case E131:
		return 5568
	case ArtNet:
		return 6454
	}
	return 0
}

// Universes reports whether the protocol carries universes of 512 channels. DDP
// writes bytes at an offset instead.
func (p Protocol) Universes() bool { return p == E131 || p == ArtNet }

// Output is how a board's dots are sent to pixel controllers on the network,
// beside a window or instead of one.
type Output struct {
	// Protocol is DDP, E131 or ArtNet. Default: empty, nothing is sent.
	Protocol Protocol `toml:"protocol"`
	// Address is the controller's IP address, with a port when it is not the
	// protocol's own; Multicast for E1.31. Art-Net takes a broadcast address too.
	Address string `toml:"address"`
	// Local is this machine's address to send from, which chooses the network
	// card. Default: empty, the system chooses.
	Local string `toml:"local"`
	// Universe is the first one: 1 to 63999 (E1.31), or the port-address 0 to
	// 32767 (Art-Net: 256 × net + 16 × sub-net + universe). Default: 1.
	Universe int `toml:"universe"`
	// Channel is where the first dot begins, from 1: in the first universe, or
	// in the memory of a DDP controller. Default: 1.
	Channel int `toml:"channel"`
	// DotsPerUniverse is how many dots go into one universe. Default: 0, as many
	// as fit whole into 512 channels (170 of three colours).
	DotsPerUniverse int `toml:"dots_per_universe"`

	// Colours are the channels of a dot in their order: letters of r, g, b, each
	// once, with w for a white lamp beside them; w alone is a board of one
	// colour and gets the brightest of the three. Default: rgb.
	Colours string `toml:"colours"`
	// Start is the corner of the first dot, Run the direction of the first line
	// and Wiring how lines follow each other. Default: top-left, rows, straight.
	Start  Corner `toml:"start"`
	Run    Run    `toml:"run"`
	Wiring Wiring `toml:"wiring"`

	// Brightness is a factor for every channel, 0 to 1. Default: 1.
	Brightness float64 `toml:"brightness"`
	// Balance is a factor for red, green and blue, 0 to 1. Default: 1, 1, 1.
	Balance [3]float64 `toml:"balance"`
	// Gamma is the exponent for red, green and blue, 1 to 4. Default: 1, 1, 1:
	// controllers get the bytes of the picture.
	Gamma [3]float64 `toml:"gamma"`
	// Power is the share of full white that each part may take on average, above
	// 0 to 1; a brighter picture of the part is dimmed as a whole. Default: 1.
	Power float64 `toml:"power"`

	// FPS is the most pictures a second, 1 to 60. A board makes 60; a part of them
	// that is not whole would let a marquee judder. Default: 30, the most of those
	// that DMX512 takes.
	FPS int `toml:"fps"`
	// Priority decides between several E1.31 sources, 0 to 200. Default: 100.
	Priority int `toml:"priority"`
	// SyncUniverse is the universe of E1.31 synchronisation packets, after which
	// all controllers switch at once. Default: 0, none are sent.
	SyncUniverse int `toml:"sync_universe"`
	// SyncAddress is the broadcast address that gets an ArtSync after every
	// picture. Default: empty, none is sent.
	SyncAddress string `toml:"sync_address"`

	// Parts share the board among several controllers. Default: none, the whole
	// board is one part.
	Parts []OutputPart `toml:"part"`
}

// OutputPart is a rectangle of the board with its own controller or wiring.
type OutputPart struct {
	// X, Y, Width and Height are the rectangle in dots. Width and Height 0 reach
	// to the board's edge.
	X      int `toml:"x"`
	Y      int `toml:"y"`
	Width  int `toml:"width"`
	Height int `toml:"height"`
	// Address, Colours, Start, Run and Wiring are those of Output when empty.
	Address string `toml:"address"`
	Colours string `toml:"colours"`
	Start   Corner `toml:"start"`
	Run     Run    `toml:"run"`
	Wiring  Wiring `toml:"wiring"`
	// Universe and Channel 0 go on after the part before at the same address, or
	// begin where Output says when the address has none yet.
	Universe int `toml:"universe"`
	Channel  int `toml:"channel"`
}

// Corner is a corner of a rectangle.
type Corner string

// The corners.
const (
	TopLeft     Corner = "top-left"
	TopRight    Corner = "top-right"
	BottomLeft  Corner = "bottom-left"
	BottomRight Corner = "bottom-right"
)

// Run is the direction in which dots follow each other.
type Run string

// The directions.
const (
	Rows    Run = "rows"
	Columns Run = "columns"
)

// Wiring is how one line follows the other.
type Wiring string

// The ways of wiring.
const (
	Straight   Wiring = "straight"   // every line runs the same way
	Serpentine Wiring = "serpentine" // every second line runs back
)

// channels of a universe.
const universeSize = 512

// PlacedPart is a part of the board with everything decided.
type PlacedPart struct {
	Key      string          // in the file, for messages: output or output.part[2]
	Area     image.Rectangle // in dots of the board
	To       netip.AddrPort  // where packets go; invalid for Multicast
	Colours  string
	Start    Corner
	Run      Run
	Wiring   Wiring
	Universe int // first universe; 0 with DDP
	Channel  int // of the first dot, from 1
	// PerUniverse is how many dots a full universe carries; 0 with DDP.
	PerUniverse int
}

// Dots returns how many dots the part has.
func (p PlacedPart) Dots() int { return p.Area.Dx() * p.Area.Dy() }

// FirstDots returns how many dots fit into the first universe, after the
// channels that Channel leaves free.
func (p PlacedPart) FirstDots() int {
	return min(p.PerUniverse, (universeSize-p.Channel+1)/len(p.Colours))
}

// Universes returns how many universes the part takes.
func (p PlacedPart) Universes() int {
	if p.PerUniverse == 0 {
		return 0
	}
	rest := max(0, p.Dots()-p.FirstDots())
	return 1 + (rest+p.PerUniverse-1)/p.PerUniverse
}

// Placed decides what Parts leave open, for a board of that size in dots. It
// expects settings in which Check has found nothing fatal.
func (o Output) Placed(board image.Point) []PlacedPart {
	parts, key := o.Parts, func(i int) string { return partKey(i) }
	if len(parts) == 0 {
		parts, key = []OutputPart{{}}, func(int) string { return "output" }
	}
	type end struct{ universe, channel int }
	ends := map[string]end{} // by address
	placed := make([]PlacedPart, 0, len(parts))
	for i, part := range parts {
		address := or(part.Address, o.Address)
		to, _ := o.target(address) // invalid for Multicast; Check has seen to the others
		p := PlacedPart{
			Key: key(i), To: to,
			Colours: or(part.Colours, o.Colours), Start: or(part.Start, o.Start),
			Run: or(part.Run, o.Run), Wiring: or(part.Wiring, o.Wiring),
			Universe: part.Universe, Channel: part.Channel,
		}
		p.Area = image.Rect(part.X, part.Y, part.X+part.Width, part.Y+part.Height)
		if part.Width == 0 {
			p.Area.Max.X = board.X
		}
		if part.Height == 0 {
			p.Area.Max.Y = board.Y
		}
		before, follows := ends[address]
		if !follows {
			before = end{o.Universe, o.Channel}
		}
		if !o.Protocol.Universes() {
			p.Universe = 0
			if p.Channel == 0 {
				p.Channel = before.channel
			}
			ends[address] = end{0, p.Channel + p.Dots()*len(p.Colours)}
			placed = append(placed, p)
			continue
		}
		if p.Channel == 0 {
			p.Channel = 1
			if !follows {
				p.Channel = o.Channel
			}
		}
		if p.Universe == 0 {
			p.Universe = before.universe
		}
		p.PerUniverse = o.DotsPerUniverse
		if p.PerUniverse == 0 {
			p.PerUniverse = universeSize / max(1, len(p.Colours))
		}
		ends[address] = end{p.Universe + p.Universes(), 1}
		placed = append(placed, p)
	}
	return placed
}

// target reads an address of the file. It is invalid, without an error, for
// Multicast.
func (o Output) target(address string) (netip.AddrPort, error) {
	if address == Multicast && o.Protocol == E131 {
		return netip.AddrPort{}, nil
	}
	if ip, err := netip.ParseAddr(address); err == nil {
		return netip.AddrPortFrom(ip, o.Protocol.Port()), nil
	}
	return netip.ParseAddrPort(address)
}

// SyncTo returns where ArtSync goes; it is invalid when none is wanted.
func (o Output) SyncTo() netip.AddrPort {
	if o.SyncAddress == "" {
		return netip.AddrPort{}
	}
	to, _ := o.target(o.SyncAddress) // Check has seen to it
	return to
}

// orderOf reports whether s names the channels of a dot.
func orderOf(s string) bool {
	seen := map[rune]bool{}
	for _, c := range s {
		if !strings.ContainsRune("rgbw", c) || seen[c] {
			return false
		}
		seen[c] = true
	}
	if seen['w'] {
		return len(s) == 1 || len(s) == 4
	}
	return len(s) > 0
}

func or[T ~string](a, b T) T {
	if a != "" {
		return a
	}
	return b
}

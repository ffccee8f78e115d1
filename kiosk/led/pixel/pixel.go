// Package pixel sends a board's frames to pixel controllers on the network: by
// the Distributed Display Protocol, by E1.31 (streaming ACN) or by Art-Net 4.
//
// It promises that every dot of the painted frame, turned by the tables of
// brightness, balance and gamma, arrives in the channels where the wiring has
// it; that only packets with something new are sent, each three times, and all
// of them at least once a second; that whoever shows a frame never waits; and
// that a controller which is gone holds up no other.
//
// UDP gives no receipts: that a packet left is all that is known.
package pixel

import (
	"errors"
	"fmt"
	"image"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"mingbai/configs"
	"mingbai/playlist/scene"
)

// Report is what an output has done since it was made.
type Report struct {
	Frames  int // pictures of which at least one packet was sent
	Packets int
	Bytes   int
	Dropped int      // packets that could not leave
	Failing []string // addresses that cannot be sent to now
}

// Output sends frames to the controllers of one board. Show and Report are safe for
// any goroutine; Run has the sockets.
type Output struct {
	cfg      configs.Output
	interval time.Duration
	source   Source
	log      *slog.Logger

	parts []*part
	links []*link

	picture  *image.RGBA
	standing *scene.Frame
	tables   *tables
	scratch  []byte
	damage   []image.Rectangle

	syncPacket   []byte // nil: none
	syncSequence uint8
	artSync      *link    // nil: none
	discovery    [][]byte // nil: none
	discovered   time.Time

	last   time.Time // when the last picture was due
	nudged chan struct{}

	mu      sync.Mutex // guards what follows
	frame   *scene.Frame
	reports Report
}

// New prepares the output of a board of that size in dots. It expects settings
// in which configs.Screen.Check has found nothing fatal.
func New(cfg configs.Output, board image.Point, source Source, log *slog.Logger) (*Output, error) {
	o := &Output{
		cfg: cfg, interval: time.Second / time.Duration(max(1, cfg.FPS)), source: source, log: log,
		picture: image.NewRGBA(image.Rectangle{Max: board}),
		tables:  tablesOf(cfg),
		nudged:  make(chan struct{}, 1),
	}
	var local netip.Addr
	if cfg.Local != "" {
		var err error
		if local, err = netip.ParseAddr(cfg.Local); err != nil {
			return nil, fmt.Errorf("output.local: %w", err)
		}
	}
	links := map[netip.AddrPort]*link{}
	way := func(to netip.AddrPort) *link {
		l := links[to]
		if l == nil {
			l = &link{to: to, local: local, log: log}
			links[to] = l
			o.links = append(o.links, l)
		}
		return l
	}
	var grouped []int // universes that go to groups
	stride, limited := o.picture.Stride, cfg.Power < 1
	for _, placed := range cfg.Placed(board) {
		if !placed.Area.In(o.picture.Rect) || placed.Area.Empty() {
			return nil, fmt.Errorf("%s: %v does not lie on the board of %v", placed.Key, placed.Area, board)
		}
		p := &part{PlacedPart: placed, order: orderOf(placed.Colours), link: way(placed.To), scale: fullScale}
		switch cfg.Protocol {
		case configs.DDP:
			p.packets = ddpPackets(placed, stride, limited)
		case configs.E131:
			p.packets = e131Packets(placed, cfg, source, stride, limited)
		case configs.ArtNet:
			p.packets = artPackets(placed, stride, limited)
		default:
			return nil, fmt.Errorf("output.protocol: %q is not spoken", cfg.Protocol)
		}
		if limited {
			p.limit = max(1, int(cfg.Power*255*float64(placed.Dots()*len(placed.Colours))))
		}
		for i, k := range p.packets {
			if placed.PerUniverse > 0 {
				k.universe = placed.Universe + i
				if !placed.To.IsValid() {
					grouped = append(grouped, k.universe)
				}
			}
			if len(k.payload) > len(o.scratch) {
				o.scratch = make([]byte, len(k.payload))
			}
		}
		p.link.queue = slices.Grow(p.link.queue, cap(p.link.queue)+len(p.packets))
		o.parts = append(o.parts, p)
	}
	if len(o.parts) == 0 {
		return nil, errors.New("output: there are no parts")
	}
	if len(grouped) > 0 {
		o.discovery = e131Discovery(source, grouped)
	}
	if cfg.Protocol == configs.E131 && cfg.SyncUniverse != 0 {
		o.syncPacket = e131SyncPacket(source, cfg.SyncUniverse)
	}
	if to := cfg.SyncTo(); cfg.Protocol == configs.ArtNet && to.IsValid() {
		o.syncPacket, o.artSync = artSyncPacket(), way(to)
	}
	return o, nil
}

// Show hands over the frame that shall be on the board now. It never blocks; of
// frames that come faster than they may be sent the newest counts. The frame must
// not change any more.
func (o *Output) Show(f *scene.Frame) {
	if f == nil {
		return
	}
	o.mu.Lock()
	o.frame = f
	o.mu.Unlock()
	o.nudge()
}

func (o *Output) nudge() {
	select {
	case o.nudged <- struct{}{}:
	default:
	}
}

// Report returns what was done so far.
func (o *Output) Report() Report {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reports
}

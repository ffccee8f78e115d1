package pixel

import (
	"image"
	"slices"
	"time"

	"mingbai/configs"
)

// packet is a datagram that is sent again and again: the header that its
// protocol wants and the channels of some dots.
type packet struct {
	buf     []byte // all of it
	payload []byte // the part of buf that dots get
	lamps   []byte // payload before the limit of power; the same memory without one
	sum     int    // of lamps

	universe int // 0 with DDP
	runs     []run
	area     image.Rectangle // of the board, in which its dots lie

	sequence uint8     // of the universe
	repeats  int       // how often it is still sent though nothing has changed
	sent     time.Time // zero: never
	changed  bool
}

// part is a rectangle of the board as its controller sees it.
type part struct {
	configs.PlacedPart
	order   order
	packets []*packet
	link    *link
	limit   int    // of the sum of all channels; 0 is none
	scale   uint32 // in 1/65536: how far the limit dims it now
}

const fullScale = 1 << 16

// format is how a protocol packs the dots of a part.
type format struct {
	first, more int // dots in the first packet and in every further one
	skip        int // channels of the first packet that are left free
	// padded is how many channels a packet with so many has; nil: as many.
	padded func(channels int) int
	// header makes the bytes before the channels of the i-th packet.
	header func(i, channels int) []byte
}

// cut shares a part's dots among packets.
func cut(p configs.PlacedPart, f format, stride int, limited bool) []*packet {
	var out []*packet
	for at, n := 0, f.first; at < p.Dots(); at, n = at+n, f.more {
		n = min(n, p.Dots()-at)
		free := 0
		if len(out) == 0 {
			free = f.skip
		}
		used := free + n*len(p.Colours)
		channels := used
		if f.padded != nil {
			channels = f.padded(used)
		}
		header := f.header(len(out), channels)
		k := &packet{buf: append(header, make([]byte, channels)...)}
		k.payload = k.buf[len(header)+free : len(header)+used]
		k.lamps = k.payload
		if limited {
			k.lamps = make([]byte, len(k.payload))
		}
		k.runs, k.area = runs(p, at, n, stride)
		out = append(out, k)
	}
	return out
}

// leastChannels is how many channels a universe has at least: fewer could be sent
// on by DMX512 faster than receivers must take (ANSI E1.11, shortest packet).
const leastChannels = 24

// encode brings the part up to the picture, as far as it lies in damage. scratch
// has room for the lamps of any packet.
func (p *part) encode(pix []uint8, damage []image.Rectangle, t *tables, scratch []byte) {
	sum := 0
	for _, k := range p.packets {
		if slices.ContainsFunc(damage, k.area.Overlaps) {
			new := scratch[:len(k.lamps)]
			p.order.encode(new, pix, k.runs, t)
			if k.sent.IsZero() || string(new) != string(k.lamps) {
				copy(k.lamps, new)
				k.changed = true
				if p.limit > 0 {
					k.sum = total(new)
				}
			}
		}
		sum += k.sum
	}
	if p.limit > 0 {
		p.dim(sum)
	}
}

// dim keeps the part below its limit of power.
func (p *part) dim(sum int) {
	scale := uint32(fullScale)
	if sum > p.limit {
		scale = uint32(uint64(p.limit) * fullScale / uint64(sum))
	}
	for _, k := range p.packets {
		if !k.changed && scale == p.scale {
			continue
		}
		for i, v := range k.lamps {
			v := uint8(uint32(v) * scale / fullScale)
			k.changed = k.changed || v != k.payload[i]
			k.payload[i] = v
		}
	}
	p.scale = scale
}

func total(b []byte) (n int) {
	for _, v := range b {
		n += int(v)
	}
	return n
}

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
	payload []byte // the end of buf: what dots get
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

// cut shares a part's dots among packets. first and more are how many dots the
// first and every further packet carries, skip is how many channels of the
// first are left free, and header makes the bytes before the channels of the
// i-th packet.
func cut(p configs.PlacedPart, first, more, skip, stride int, limited bool, header func(i, channels int) []byte) []*packet {
	var out []*packet
	for at, n := 0, first; at < p.Dots(); at, n = at+n, more {
		n = min(n, p.Dots()-at)
		free := 0
		if len(out) == 0 {
			free = skip
		}
		channels := free + n*len(p.Colours)
		k := &packet{buf: header(len(out), channels)}
		head := len(k.buf) - channels
		k.payload = k.buf[head+free:]
		k.lamps = k.payload
		if limited {
			k.lamps = make([]byte, len(k.payload))
		}
		k.runs, k.area = runs(p, at, n, stride)
		out = append(out, k)
	}
	return out
}

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

package pair

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"
)

// packet is what boards ask and answer each other.
//
//	0   4  "mbp1"
//	4   1  kind: 1 asks, 2 answers
//	5   1  length of the sender's ID, 1 to 64
//	6   n  the sender's ID
//	    8  number of the question, which the answer repeats
//	    8  the sender's time when it received the question, ns since 1970; 0 in a question
//	    8  the sender's time when it sent this; 0 in a question
//	   32  HMAC-SHA256 of all before and the name of the pair
//
// Numbers are big-endian.
type packet struct {
	kind     byte
	id       string
	number   uint64
	received time.Time
	sent     time.Time
}

const (
	asks    = 1
	answers = 2

	magic    = "mbp1"
	maxID    = 64
	fixed    = len(magic) + 2 + 3*8 + sha256.Size
	maxBytes = fixed + maxID
)

var (
	errPacket = errors.New("this is no packet of a board")
	errKey    = errors.New("the packet was made with another key, or for another pair")
)

// seal returns the bytes of a packet.
func (p packet) seal(key []byte) []byte {
	b := make([]byte, 0, maxBytes)
	b = append(b, magic...)
	b = append(b, p.kind, byte(len(p.id)))
	b = append(b, p.id...)
	b = binary.BigEndian.AppendUint64(b, p.number)
	b = binary.BigEndian.AppendUint64(b, nanoseconds(p.received))
	b = binary.BigEndian.AppendUint64(b, nanoseconds(p.sent))
	return append(b, sum(b, key)...)
}

func sum(b, key []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(b)
	return h.Sum(nil)
}

func nanoseconds(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.UnixNano())
}

// open reads a packet and checks that it was sealed with the key. It takes only
// what seal makes.
func open(b, key []byte) (packet, error) {
	var p packet
	if len(b) <= fixed || len(b) > maxBytes || string(b[:4]) != magic || len(b) != fixed+int(b[5]) {
		return p, errPacket
	}
	body, tag := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if !hmac.Equal(tag, sum(body, key)) {
		return p, errKey
	}
	p.kind, p.id = b[4], string(b[6:6+int(b[5])])
	rest := b[6+int(b[5]):]
	p.number = binary.BigEndian.Uint64(rest)
	received, sent := binary.BigEndian.Uint64(rest[8:]), binary.BigEndian.Uint64(rest[16:])
	switch {
	case p.kind == asks && received == 0 && sent == 0:
		return p, nil
	case p.kind == answers && plausible(received) && plausible(sent) && sent >= received && sent-received < uint64(patience):
		p.received, p.sent = time.Unix(0, int64(received)), time.Unix(0, int64(sent))
		return p, nil
	}
	return packet{}, errPacket
}

// Boards live in this time. What lies outside is a mistake or an attack.
var (
	earliest = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
)

func plausible(ns uint64) bool {
	return ns >= uint64(earliest.UnixNano()) && ns < uint64(latest.UnixNano())
}

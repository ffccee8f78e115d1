//go:build linux

package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unique"

	"mingbai/cmd/internal/swarm"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// stage is how far a device is with its connection.
type stage uint8

const (
	stageHTTP   stage = iota // the answer to the upgrade is awaited
	stageHello               // challenge and welcome are
	stageAtHome              // welcomed
)

// held is a revision that a device has of a channel.
type held struct {
	channel unique.Handle[string]
	rev     uint64
}

// device is the far end of one connection, for benchmarks: it takes bytes as they
// come and says what to answer. It says hello and acknowledges as a screen does,
// and keeps of what it is sent only the revisions, so that thousands take little
// from the machine that the server shares with them. It believes everything:
// nobody looks at it.
type device struct {
	i     int
	stage stage
	head  [10]byte // of a frame
	n     uint8    // bytes in head
	op    byte     // of the frame
	fin   bool
	left  uint64 // bytes of the frame's payload
	peek  []byte // the beginning of the message

	settings uint64
	have     []held
	wanted   []held // of the last welcome
	wantSet  uint64
	settled  bool // it has had all that it wanted
}

// hears is what a device tells whoever it is for; every function may be nil.
type hears struct {
	seed     string
	welcomed func(d *device)
	settled  func(d *device)
	pushed   func(d *device, channel string, rev uint64)
}

// Most of a message that is kept: a push is known by its beginning.
const (
	keepPush  = 256
	keepOther = 64 << 10
)

var pushPrefix = []byte(`{"type":"push","body":{`)

// refused is what a device was told instead of a welcome, or at its end.
type refused struct {
	why  string
	wait time.Duration // before the next attempt
}

func (r *refused) Error() string { return r.why }

// upgrade is the request that opens the websocket.
func upgrade(host string) []byte {
	return fmt.Appendf(nil, "GET /device/v1/ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bWluZ2JhaS1iZW5jaC0xNg==\r\n\r\n", host)
}

// begin readies the device for a new connection; framed skips the handshake, as
// with a floor.
func (d *device) begin(framed bool) {
	d.stage, d.n, d.left, d.op, d.peek, d.settled = stageHTTP, 0, 0, 0, nil, false
	if framed {
		d.stage = stageAtHome
	}
}

// feed takes bytes from the connection and appends what to answer to out. After an
// error the connection is of no use.
func (d *device) feed(b, out []byte, h *hears) ([]byte, error) {
	if d.stage == stageHTTP {
		d.peek = append(d.peek, b...)
		end := bytes.Index(d.peek, []byte("\r\n\r\n"))
		if end < 0 {
			if len(d.peek) > keepOther {
				return out, errors.New("an endless answer to the upgrade")
			}
			return out, nil
		}
		head := d.peek[:end]
		b, d.peek = d.peek[end+4:], nil
		if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
			return out, turnedAway(head)
		}
		d.stage = stageHello
	}
	for len(b) > 0 {
		if b = d.header(b); !d.whole() {
			break
		}
		k := min(uint64(len(b)), d.left)
		d.keep(b[:k])
		if b, d.left = b[k:], d.left-k; d.left > 0 {
			break
		}
		var err error
		if out, err = d.frameEnds(out, h); err != nil {
			return out, err
		}
	}
	return out, nil
}

// turnedAway reads the refusal of an upgrade.
func turnedAway(head []byte) error {
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	r := &refused{why: "refused: " + string(line[:min(len(line), 80)])}
	for l := range bytes.SplitSeq(rest, []byte("\r\n")) {
		if name, value, ok := bytes.Cut(l, []byte(":")); ok && bytes.EqualFold(name, []byte("Retry-After")) {
			if s, err := strconv.Atoi(string(bytes.TrimSpace(value))); err == nil {
				r.wait = time.Duration(s) * time.Second
			}
		}
	}
	return r
}

// whole says that the header of a frame is there.
func (d *device) whole() bool { return d.n > 1 && int(d.n) == d.headLen() }

func (d *device) headLen() int {
	switch d.head[1] & 127 {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

// header takes bytes until the header is whole and returns the rest.
func (d *device) header(b []byte) []byte {
	if d.whole() {
		return b
	}
	for len(b) > 0 && !d.whole() {
		d.head[d.n] = b[0]
		d.n++
		b = b[1:]
	}
	if d.whole() {
		d.fin = d.head[0]&0x80 != 0
		if op := d.head[0] & 15; op != 0 {
			d.op, d.peek = op, d.peek[:0]
		}
		switch d.headLen() {
		case 2:
			d.left = uint64(d.head[1] & 127)
		case 4:
			d.left = uint64(binary.BigEndian.Uint16(d.head[2:]))
		default:
			d.left = binary.BigEndian.Uint64(d.head[2:])
		}
	}
	return b
}

// keep remembers the beginning of a message.
func (d *device) keep(b []byte) {
	most := keepOther
	if len(d.peek) >= len(pushPrefix) && bytes.HasPrefix(d.peek, pushPrefix) || bytes.HasPrefix(b, pushPrefix) {
		most = keepPush
	}
	if room := most - len(d.peek); room > 0 {
		d.peek = append(d.peek, b[:min(len(b), room)]...)
	}
}

// frameEnds handles a message when its last frame is there.
func (d *device) frameEnds(out []byte, h *hears) ([]byte, error) {
	d.n = 0
	if !d.fin {
		return out, nil
	}
	op, msg := d.op, d.peek
	d.peek = nil // an idle device keeps no buffer
	switch op {
	case 8:
		r := &refused{why: "closed"}
		if len(msg) >= 2 {
			code := wire.CloseCode(binary.BigEndian.Uint16(msg))
			r.why, r.wait = fmt.Sprintf("closed: %s", code), code.Wait()
		}
		return out, r
	case 9:
		return appendFrame(out, 10, msg), nil
	case 2:
		if bytes.HasPrefix(msg, pushPrefix) {
			return d.push(msg[len(pushPrefix):], out, h)
		}
		if d.stage == stageHello {
			return d.greet(msg, out, h)
		}
	}
	return out, nil
}

// greet answers the challenge and takes the welcome.
func (d *device) greet(msg, out []byte, h *hears) ([]byte, error) {
	m, err := wire.Decode(msg)
	if err != nil {
		return out, err
	}
	switch m.Type {
	case wire.TypeChallenge:
		var c wire.Challenge
		if err := m.Into(&c); err != nil {
			return out, err
		}
		key := swarm.Key(h.seed, d.i)
		hello := wire.Hello{
			Version: wire.Version, Key: key.Public().(ed25519.PublicKey), Signature: wire.SignHello(c.Nonce, key), Screen: swarm.Screen(h.seed, d.i),
			Program: benchProgram, System: benchSystem, Kind: playlist.LED, Host: benchHost, Settings: playlist.Revision(d.settings),
			Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640},
		}
		hello.Have = make(map[playlist.ChannelID]playlist.Revision, len(d.have))
		for _, e := range d.have {
			ch, err := playlist.ParseChannelID(e.channel.Value())
			if err != nil {
				return out, err
			}
			hello.Have[ch] = playlist.Revision(e.rev)
		}
		b, err := wire.Encode(wire.TypeHello, hello)
		return appendFrame(out, 2, b), err
	case wire.TypePairing:
		return out, errors.New("the controller does not know the device")
	case wire.TypeWelcome:
		var w wire.Welcome
		if err := m.Into(&w); err != nil {
			return out, err
		}
		d.stage, d.wantSet, d.wanted = stageAtHome, uint64(w.Settings), d.wanted[:0]
		for ch, rev := range w.Latest {
			d.wanted = append(d.wanted, held{unique.Make(ch.String()), uint64(rev)})
		}
		if h.welcomed != nil {
			h.welcomed(d)
		}
		d.look(h)
	}
	return out, nil
}

// push notes a revision and acknowledges it.
func (d *device) push(body, out []byte, h *hears) ([]byte, error) {
	channel := ""
	if rest, ok := bytes.CutPrefix(body, []byte(`"channel":"`)); ok {
		name, rest, ok := bytes.Cut(rest, []byte(`",`))
		if !ok {
			return out, errors.New("a push without the end of its channel")
		}
		channel, body = string(name), rest
	}
	digits, ok := bytes.CutPrefix(body, []byte(`"revision":`))
	if i := bytes.IndexByte(digits, ','); ok && i > 0 {
		digits = digits[:i]
	}
	rev, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return out, fmt.Errorf("a push without a revision: %w", err)
	}
	if channel == "" {
		d.settings = max(d.settings, rev)
	} else {
		d.hold(channel, rev)
	}
	out = d.adopted(out)
	if h.pushed != nil {
		h.pushed(d, channel, rev)
	}
	d.look(h)
	return out, nil
}

func (d *device) hold(channel string, rev uint64) {
	ch := unique.Make(channel)
	for k := range d.have {
		if d.have[k].channel == ch {
			d.have[k].rev = max(d.have[k].rev, rev)
			return
		}
	}
	d.have = append(d.have, held{ch, rev})
}

// adopted appends the acknowledgement of all that the device has. It is written by
// hand, because ten thousand at once are.
func (d *device) adopted(out []byte) []byte {
	var buf [512]byte
	b := append(buf[:0], `{"type":"adopted","body":{"settings":`...)
	b = strconv.AppendUint(b, d.settings, 10)
	b = append(b, `,"have":{`...)
	for k, e := range d.have {
		if k > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, e.channel.Value()...)
		b = append(b, `":`...)
		b = strconv.AppendUint(b, e.rev, 10)
	}
	b = append(b, "}}}\n"...)
	return appendFrame(out, 2, b)
}

// look tells once when everything that the welcome spoke of is there.
func (d *device) look(h *hears) {
	if d.settled || d.stage != stageAtHome || d.settings < d.wantSet {
		return
	}
	for _, w := range d.wanted {
		if w.rev > 0 && !d.hasAtLeast(w) {
			return
		}
	}
	d.settled = true
	if h.settled != nil {
		h.settled(d)
	}
}

func (d *device) hasAtLeast(w held) bool {
	for _, e := range d.have {
		if e.channel == w.channel {
			return e.rev >= w.rev
		}
	}
	return false
}

// appendFrame appends a masked frame of a client. The mask is zero, which is a
// mask too (RFC 6455, section 5.3).
func appendFrame(out []byte, op byte, payload []byte) []byte {
	out = append(out, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		out = append(out, 0x80|byte(n))
	case n < 1<<16:
		out = append(out, 0x80|126)
		out = binary.BigEndian.AppendUint16(out, uint16(n))
	default:
		out = append(out, 0x80|127)
		out = binary.BigEndian.AppendUint64(out, uint64(n))
	}
	out = append(out, 0, 0, 0, 0)
	return append(out, payload...)
}

// serverFrame is one binary message of a server.
func serverFrame(payload []byte) []byte {
	b := []byte{0x82}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

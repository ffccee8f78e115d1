//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

func frameOf(t *testing.T, typ wire.Type, body any) []byte {
	t.Helper()
	b, err := wire.Encode(typ, body)
	if err != nil {
		t.Fatal(err)
	}
	return serverFrame(b)
}

// answers reads the messages of a device's frames, whose mask is zero.
func answers(t *testing.T, b []byte) []wire.Message {
	t.Helper()
	var out []wire.Message
	for len(b) > 0 {
		n, at := int(b[1]&127), 2
		if n == 126 {
			n, at = int(binary.BigEndian.Uint16(b[2:])), 4
		}
		m, err := wire.Decode(b[at+4 : at+4+n])
		if err != nil {
			t.Fatal(err)
		}
		out, b = append(out, m), b[at+4+n:]
	}
	return out
}

// TestDevice lets a device come home, byte by byte, in pieces and all at once.
func TestDevice(t *testing.T) {
	ch := playlist.ChannelID{Site: "qinghe"}
	nonce := bytes.Repeat([]byte{7}, 32)
	stream := []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
	stream = append(stream, frameOf(t, wire.TypeChallenge, wire.Challenge{Version: 1, Nonce: nonce})...)
	stream = append(stream, frameOf(t, wire.TypeWelcome, wire.Welcome{Settings: 3, Latest: map[playlist.ChannelID]playlist.Revision{ch: 12, {Site: "liuxi"}: 0}})...)
	stream = append(stream, frameOf(t, wire.TypePush, wire.Push{Revision: 3, Envelope: wire.Envelope{Type: wire.SettingsType, Payload: noise(100, 1)}})...)
	stream = append(stream, frameOf(t, wire.TypePush, wire.Push{Channel: ch, Revision: 12, Envelope: wire.Envelope{Type: wire.EditionType, Payload: noise(70_000, 1)}})...)
	for _, piece := range []int{1, 7, 1000, len(stream)} {
		welcomed, settled := 0, 0
		h := &hears{seed: "x", welcomed: func(*device) { welcomed++ }, settled: func(*device) { settled++ }}
		d := &device{i: 5}
		d.begin(false)
		var out []byte
		for b := stream; len(b) > 0; {
			k := min(piece, len(b))
			var err error
			if out, err = d.feed(b[:k], out, h); err != nil {
				t.Fatal(err)
			}
			b = b[k:]
		}
		got := answers(t, out)
		if len(got) != 3 || welcomed != 1 || settled != 1 || d.peek != nil {
			t.Fatalf("pieces of %d: %d answers, welcomed %d times, settled %d times", piece, len(got), welcomed, settled)
		}
		var hello wire.Hello
		if err := got[0].Into(&hello); err != nil {
			t.Fatal(err)
		}
		if err := wire.CheckHello(nonce, hello); err != nil || hello.Screen != swarm.Screen("x", 5) {
			t.Errorf("hello of %q: %v", hello.Screen, err)
		}
		var a wire.Adopted
		if err := got[2].Into(&a); err != nil || got[2].Type != wire.TypeAdopted || a.Settings != 3 || a.Have[ch] != 12 || len(a.Have) != 1 {
			t.Errorf("acknowledged %+v, %v", a, err)
		}
	}
}

func TestDeviceIsTurnedAway(t *testing.T) {
	d := &device{}
	d.begin(false)
	_, err := d.feed([]byte("HTTP/1.1 503 Service Unavailable\r\nretry-after: 4\r\n\r\ntoo many"), nil, &hears{})
	if r, ok := errors.AsType[*refused](err); !ok || r.wait != 4*time.Second {
		t.Errorf("turned away: %v", err)
	}
	d.begin(true)
	_, err = d.feed([]byte{0x88, 2, 0x0f, 0xa0}, nil, &hears{}) // 4000
	if r, ok := errors.AsType[*refused](err); !ok || r.wait != time.Minute {
		t.Errorf("closed: %v", err)
	}
	d.begin(true)
	out, err := d.feed([]byte{0x89, 1, 'x'}, nil, &hears{})
	if err != nil || !bytes.Equal(out, []byte{0x8a, 0x81, 0, 0, 0, 0, 'x'}) {
		t.Errorf("a ping is answered with %v, %v", out, err)
	}
}

func FuzzDevice(f *testing.F) {
	f.Add([]byte("HTTP/1.1 101 x\r\n\r\n\x82\x05hello\x89\x01x\x88\x02\x03\xe8"), uint8(3))
	f.Add(append([]byte("HTTP/1.1 101 x\r\n\r\n"), serverFrame([]byte(`{"type":"push","body":{"channel":"a","revision":7,"x":0}}`))...), uint8(9))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		d := &device{}
		d.begin(false)
		var err error
		for len(b) > 0 && err == nil {
			k := min(int(piece)+1, len(b))
			_, err = d.feed(b[:k], nil, &hears{})
			b = b[k:]
		}
		if len(d.peek) > keepOther+256 {
			t.Errorf("%d bytes are kept", len(d.peek))
		}
	})
}

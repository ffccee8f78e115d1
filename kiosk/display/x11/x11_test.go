package x11

import (
	"encoding/binary"
	"testing"
)

// entry builds one entry of an authority file.
func entry(family uint16, fields ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, family)
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...)
	}
	return b
}

func TestCookie(t *testing.T) {
	var file []byte
	for _, e := range [][]byte{
		entry(familyLocal, "hall", "1", cookieName, "other number"),
		entry(familyLocal, "office", "0", cookieName, "other host"),
		entry(familyWild, "", "0", cookieName, "any host"),
		entry(familyLocal, "hall", "0", "XDM-AUTHORIZATION-1", "other scheme"),
		entry(familyLocal, "hall", "0", cookieName, "ours"),
	} {
		file = append(file, e...)
	}
	for _, c := range []struct {
		host   string
		number int
		want   string
	}{{"hall", 0, "ours"}, {"hall", 1, "other number"}, {"desk", 0, "any host"}, {"hall", 7, ""}} {
		if got := Cookie(file, c.host, c.number); string(got) != c.want {
			t.Errorf("the cookie for %s:%d is %q, want %q", c.host, c.number, got, c.want)
		}
	}
	if got := Cookie(file[:len(file)-2], "hall", 0); string(got) != "any host" {
		t.Errorf("a torn file gives %q, want its last whole match", got)
	}
}

func FuzzCookie(f *testing.F) {
	f.Add(entry(familyLocal, "hall", "0", cookieName, "0123456789abcdef"), "hall", 0)
	f.Add([]byte{1, 0, 0, 200}, "", 5)
	f.Fuzz(func(t *testing.T, file []byte, host string, number int) {
		if c := Cookie(file, host, number); len(c) > len(file) {
			t.Errorf("a cookie of %d bytes came from a file of %d", len(c), len(file))
		}
	})
}

func TestParseDisplay(t *testing.T) {
	for name, want := range map[string]Address{
		":0": {"", 0}, ":99.1": {"", 99}, "unix:3": {"", 3}, "hall/unix:3": {"", 3},
		"10.0.0.7:2.0": {"10.0.0.7", 2}, "host:0": {"host", 0},
	} {
		if got, err := ParseDisplay(name); err != nil || got != want {
			t.Errorf("%q is %+v (%v), want %+v", name, got, err, want)
		}
	}
	for _, name := range []string{"", "0", ":", ":x", ":-1", ":99999", "wayland-0"} {
		if got, err := ParseDisplay(name); err == nil {
			t.Errorf("%q was read as %+v", name, got)
		}
	}
}

// greeting builds what a server of one screen says, without its first eight bytes.
func greeting() []byte {
	b := make([]byte, 32)
	binary.LittleEndian.PutUint16(b[16:], 5) // "vendor", padded to 8
	b[20], b[21] = 1, 2                      // one screen, two pixmap formats
	b = append(b, make([]byte, 8)...)
	b = append(b, 1, 1, 32, 0, 0, 0, 0, 0, 24, 32, 32, 0, 0, 0, 0, 0)
	screen := make([]byte, 40)
	binary.LittleEndian.PutUint32(screen, 0x1234)
	binary.LittleEndian.PutUint16(screen[20:], 1080)
	binary.LittleEndian.PutUint16(screen[22:], 1920)
	binary.LittleEndian.PutUint32(screen[32:], 0x21)
	screen[38], screen[39] = 24, 1
	b = append(b, screen...)
	b = append(b, 24, 0, 1, 0, 0, 0, 0, 0) // depth 24 with one visual
	b = append(b, Words(0x21, 0, 0xff0000, 0xff00, 0xff, 0)...)
	return b
}

func TestGreeting(t *testing.T) {
	b := greeting()
	want := Screen{Root: 0x1234, Visual: 0x21, Width: 1080, Height: 1920, Depth: 24,
		BitsPerPixel: 32, LittleEndian: true, Red: 0xff0000, Green: 0xff00, Blue: 0xff}
	if got, err := firstScreen(b); err != nil || got != want || !got.Plain32() {
		t.Errorf("the screen is %+v (%v), want %+v", got, err, want)
	}
	for n := range b {
		if _, err := firstScreen(b[:n]); err == nil {
			t.Errorf("a greeting of %d bytes was accepted", n)
		}
	}
}

func FuzzGreeting(f *testing.F) {
	f.Add(greeting())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := firstScreen(b); err == nil && s.Plain32() && s.BitsPerPixel != 32 {
			t.Errorf("%+v", s)
		}
	})
}

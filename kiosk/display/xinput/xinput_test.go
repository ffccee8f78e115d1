package xinput

import (
	"encoding/binary"
	"errors"
	"testing"
)

const testOpcode = 131

// deviceEvent builds an event of the extension as the server sends it.
func deviceEvent(kind uint16, detail uint32, x, y float64, flags uint32) []byte {
	b := make([]byte, deviceEventSize+8)
	b[0], b[1] = coreGeneric, testOpcode
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-32)/4)
	binary.LittleEndian.PutUint16(b[8:], kind)
	binary.LittleEndian.PutUint32(b[12:], 4711)
	binary.LittleEndian.PutUint32(b[16:], detail)
	binary.LittleEndian.PutUint32(b[40:], uint32(int32(x*65536)))
	binary.LittleEndian.PutUint32(b[44:], uint32(int32(y*65536)))
	binary.LittleEndian.PutUint32(b[56:], flags)
	return b
}

func TestParseEvent(t *testing.T) {
	plain := func(code uint8) []byte { b := make([]byte, 32); b[0] = code; return b }
	foreign := deviceEvent(xiTouchBegin, 5, 1, 1, 0)
	foreign[1] = testOpcode + 1
	for _, c := range []struct {
		name  string
		bytes []byte
		want  Event
		other bool
	}{
		{"begin", deviceEvent(xiTouchBegin, 70000, 10.5, -3.25, 0), Event{TouchBegin, 70000, 10.5, -3.25, 4711}, false},
		{"update", deviceEvent(xiTouchUpdate, 2, 1919.75, 1079, 1<<16), Event{TouchUpdate, 2, 1919.75, 1079, 4711}, false},
		{"end", deviceEvent(xiTouchEnd, 2, 0, 0, 0), Event{TouchEnd, 2, 0, 0, 4711}, false},
		{"press", deviceEvent(xiButtonPress, 1, 5, 6, 0), Event{PointerDown, 0, 5, 6, 4711}, false},
		{"release", deviceEvent(xiButtonRelease, 1, 5, 6, 0), Event{PointerUp, 0, 5, 6, 4711}, false},
		{"move", deviceEvent(xiMotion, 0, 5, 6, 0), Event{PointerMove, 0, 5, 6, 4711}, false},
		{"wheel", deviceEvent(xiButtonPress, 4, 5, 6, 0), Event{}, true},
		{"made from a touch", deviceEvent(xiButtonPress, 1, 5, 6, pointerEmulated), Event{}, true},
		{"moved by a touch", deviceEvent(xiMotion, 0, 5, 6, pointerEmulated), Event{}, true},
		{"key", deviceEvent(2, 1, 5, 6, 0), Event{}, true},
		{"another extension", foreign, Event{}, true},
		{"uncovered", plain(coreExpose), Event{Kind: Exposed}, false},
		{"uncovered, sent by a client", plain(coreExpose | 0x80), Event{Kind: Exposed}, false},
		{"destroyed", plain(coreDestroyNotify), Event{Kind: Gone}, false},
		{"configured", plain(22), Event{}, true},
	} {
		got, err := ParseEvent(c.bytes, testOpcode)
		if got != c.want || errors.Is(err, ErrOther) != c.other || !c.other && err != nil {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
	for _, n := range []int{0, 31, 32, 79} {
		if _, err := ParseEvent(deviceEvent(xiTouchBegin, 1, 1, 1, 0)[:n], testOpcode); err == nil || errors.Is(err, ErrOther) {
			t.Errorf("a touch cut to %d bytes gives %v", n, err)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add(deviceEvent(xiTouchBegin, 70000, 10.5, -3.25, 0), uint8(testOpcode))
	f.Add(deviceEvent(xiButtonPress, 1, 5, 6, 0), uint8(testOpcode))
	f.Add(make([]byte, 32), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, opcode uint8) {
		e, err := ParseEvent(b, opcode)
		if err != nil && e != (Event{}) {
			t.Errorf("an event %+v came with the error %v", e, err)
		}
		if err == nil && (e.Kind < TouchBegin || e.Kind > Gone) {
			t.Errorf("%+v has no kind", e)
		}
	})
}

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

func TestGreetingNamesTheRoot(t *testing.T) {
	b := make([]byte, 32)
	binary.LittleEndian.PutUint16(b[16:], 5) // "vendor", padded to 8
	b[21] = 2                                // two pixmap formats
	b = append(b, make([]byte, 8+16)...)
	b = binary.LittleEndian.AppendUint32(b, 0x1234)
	if got, err := firstRoot(b); err != nil || got != 0x1234 {
		t.Errorf("the root is %#x (%v)", got, err)
	}
	for n := range b {
		if _, err := firstRoot(b[:n]); err == nil {
			t.Errorf("a greeting of %d bytes was accepted", n)
		}
	}
}

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

// held adds modifier keys to an event.
func held(mods uint32, b []byte) []byte {
	binary.LittleEndian.PutUint32(b[72:], mods)
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
		{"begin", deviceEvent(xiTouchBegin, 70000, 10.5, -3.25, 0), Event{Kind: TouchBegin, Finger: 70000, X: 10.5, Y: -3.25, Time: 4711}, false},
		{"update", deviceEvent(xiTouchUpdate, 2, 1919.75, 1079, 1<<16), Event{Kind: TouchUpdate, Finger: 2, X: 1919.75, Y: 1079, Time: 4711}, false},
		{"end", deviceEvent(xiTouchEnd, 2, 0, 0, 0), Event{Kind: TouchEnd, Finger: 2, X: 0, Y: 0, Time: 4711}, false},
		{"press", deviceEvent(xiButtonPress, 1, 5, 6, 0), Event{Kind: PointerDown, Finger: 0, X: 5, Y: 6, Time: 4711}, false},
		{"release", deviceEvent(xiButtonRelease, 1, 5, 6, 0), Event{Kind: PointerUp, Finger: 0, X: 5, Y: 6, Time: 4711}, false},
		{"move", deviceEvent(xiMotion, 0, 5, 6, 0), Event{Kind: PointerMove, Finger: 0, X: 5, Y: 6, Time: 4711}, false},
		{"wheel", deviceEvent(xiButtonPress, 4, 5, 6, 0), Event{Kind: WheelTurn, Code: 4, X: 5, Y: 6, Time: 4711}, false},
		{"fine wheel", deviceEvent(xiButtonPress, 5, 5, 6, pointerEmulated), Event{Kind: WheelTurn, Code: 5, X: 5, Y: 6, Time: 4711}, false},
		{"wheel comes back", deviceEvent(xiButtonRelease, 5, 5, 6, 0), Event{}, true},
		{"made from a touch", deviceEvent(xiButtonPress, 1, 5, 6, pointerEmulated), Event{}, true},
		{"moved by a touch", deviceEvent(xiMotion, 0, 5, 6, pointerEmulated), Event{}, true},
		{"key", deviceEvent(xiKeyPress, 40, 5, 6, 0), Event{Kind: KeyPress, Code: 40, X: 5, Y: 6, Time: 4711}, false},
		{"shifted key", held(shift, deviceEvent(xiKeyPress, 40, 5, 6, 0)), Event{Kind: KeyPress, Code: 40, Shift: true, X: 5, Y: 6, Time: 4711}, false},
		{"command", held(control, deviceEvent(xiKeyPress, 40, 5, 6, 0)), Event{}, true},
		{"key let go", deviceEvent(3, 40, 5, 6, 0), Event{}, true},
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

package x11

import (
	"encoding/binary"
	"errors"
)

// Screen is what the greeting says of a server's first screen.
type Screen struct {
	Root   uint32
	Visual uint32 // the root's
	Width  int    // in pixels
	Height int
	Depth  int // of the root

	// Pixels are how the root's depth lies in memory.
	BitsPerPixel     int
	LittleEndian     bool
	Red, Green, Blue uint32 // masks of the root's visual
}

// Plain32 reports whether a pixel of the screen is four bytes: blue, green, red
// and one that says nothing.
func (s Screen) Plain32() bool {
	return s.LittleEndian && s.BitsPerPixel == 32 && (s.Depth == 24 || s.Depth == 32) &&
		s.Red == 0xff0000 && s.Green == 0xff00 && s.Blue == 0xff
}

// firstScreen reads the first screen from the server's greeting, whose head of
// eight bytes has been cut off.
func firstScreen(b []byte) (Screen, error) {
	short := errors.New("the greeting is too short")
	if len(b) < 32 {
		return Screen{}, short
	}
	formats := 32 + (int(binary.LittleEndian.Uint16(b[16:]))+3)&^3
	at := formats + int(b[21])*8
	if b[20] == 0 || len(b) < at+40 {
		return Screen{}, short
	}
	root := b[at:]
	s := Screen{
		Root:   binary.LittleEndian.Uint32(root),
		Width:  int(binary.LittleEndian.Uint16(root[20:])),
		Height: int(binary.LittleEndian.Uint16(root[22:])),
		Visual: binary.LittleEndian.Uint32(root[32:]),
		Depth:  int(root[38]),

		LittleEndian: b[22] == 0,
	}
	for f := b[formats:at]; len(f) >= 8; f = f[8:] {
		if int(f[0]) == s.Depth {
			s.BitsPerPixel = int(f[1])
		}
	}
	depths := int(root[39])
	rest := root[40:]
	for range depths {
		if len(rest) < 8 {
			return Screen{}, short
		}
		visuals := int(binary.LittleEndian.Uint16(rest[2:]))
		rest = rest[8:]
		if len(rest) < visuals*24 {
			return Screen{}, short
		}
		for v := rest[:visuals*24]; len(v) >= 24; v = v[24:] {
			if binary.LittleEndian.Uint32(v) == s.Visual {
				s.Red, s.Green, s.Blue = binary.LittleEndian.Uint32(v[8:]), binary.LittleEndian.Uint32(v[12:]), binary.LittleEndian.Uint32(v[16:])
			}
		}
		rest = rest[visuals*24:]
	}
	return s, nil
}

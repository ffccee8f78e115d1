package pixel

import (
	"encoding/binary"

	"mingbai/configs"
)

// Art-Net 4: ArtDmx and ArtSync. Numbers are big endian but for the opcode.
const (
	artHeader  = 18
	artVersion = 14

	opDmx  = 0x5000
	opSync = 0x5200

	artSequence = 12 // offset
)

func artRoot(b []byte, opcode uint16) {
	copy(b, "Art-Net\x00")
	binary.LittleEndian.PutUint16(b[8:], opcode)
	binary.BigEndian.PutUint16(b[10:], artVersion)
}

func artPackets(p configs.PlacedPart, stride int, limited bool) []*packet {
	all := cut(p, p.FirstDots(), p.PerUniverse, p.Channel-1, stride, limited, func(i, channels int) []byte {
		// The length is even. What is added lies behind the channels, and cut
		// counts from the end: room is made below.
		b := make([]byte, artHeader+channels, artHeader+channels+1)
		artRoot(b, opDmx)
		binary.LittleEndian.PutUint16(b[14:], uint16(p.Universe+i)) // sub-net and universe, then net
		binary.BigEndian.PutUint16(b[16:], uint16(channels+channels%2))
		return b
	})
	for _, k := range all {
		k.buf = k.buf[:len(k.buf)+len(k.buf)%2]
	}
	return all
}

func artSyncPacket() []byte {
	b := make([]byte, 14)
	artRoot(b, opSync)
	return b
}

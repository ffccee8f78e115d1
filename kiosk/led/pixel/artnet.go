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
	return cut(p, format{
		first: p.FirstDots(), more: p.PerUniverse, skip: p.Channel - 1,
		padded: func(channels int) int { return max(leastChannels, channels+channels%2) }, // an even number
		header: func(i, channels int) []byte {
			b := make([]byte, artHeader)
			artRoot(b, opDmx)
			binary.LittleEndian.PutUint16(b[14:], uint16(p.Universe+i)) // sub-net and universe, then net
			binary.BigEndian.PutUint16(b[16:], uint16(channels))
			return b
		},
	}, stride, limited)
}

func artSyncPacket() []byte {
	b := make([]byte, 14)
	artRoot(b, opSync)
	return b
}

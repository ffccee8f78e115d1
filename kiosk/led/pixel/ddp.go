package pixel

import (
	"encoding/binary"

	"mingbai/configs"
)

// The Distributed Display Protocol, http://www.3waylabs.com/ddp/ (2022-09-05).
//
//	byte 0     flags: version 1 in the upper two bits, push in the lowest
//	byte 1     sequence number 1 to 15, or 0 for none
//	byte 2     data type
//	byte 3     destination, 1 is the default output
//	bytes 4-7  offset in bytes, big endian
//	bytes 8-9  length in bytes, big endian
//
// No packet has a number: receivers that drop late ones by a number which goes no
// further than 15 drop good ones of a picture with more packets than that.
const (
	ddpHeader  = 10
	ddpMost    = 1440 // bytes of data that fit into an Ethernet frame with room to spare
	ddpVersion = 1 << 6
	ddpPush    = 1 << 0
	ddpOutput  = 1

	// Data types: the kind in bits 3 to 5, and 3 for eight bits a channel.
	ddpEight = 3
	ddpRGB   = 1<<3 | ddpEight
	ddpRGBW  = 3<<3 | ddpEight
	ddpGrey  = 4<<3 | ddpEight
)

// ddpType returns the data type of a dot's channels. Their order is a matter
// between the file and the controller; two of them have no type.
func ddpType(channels int) byte {
	switch channels {
	case 1:
		return ddpGrey
	case 3:
		return ddpRGB
	case 4:
		return ddpRGBW
	}
	return 0
}

func ddpPackets(p configs.PlacedPart, stride int, limited bool) []*packet {
	size := len(p.Colours)
	each := ddpMost / size
	return cut(p, format{first: each, more: each, header: func(i, channels int) []byte {
		b := make([]byte, ddpHeader)
		b[0] = ddpVersion
		b[2] = ddpType(size)
		b[3] = ddpOutput
		binary.BigEndian.PutUint32(b[4:], uint32(p.Channel-1+i*each*size))
		binary.BigEndian.PutUint16(b[8:], uint16(channels))
		return b
	}}, stride, limited)
}

// ddpMark says whether the picture is complete with this packet.
func ddpMark(b []byte, push bool) {
	b[0] = ddpVersion
	if push {
		b[0] |= ddpPush
	}
}

package pixel

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
	"unicode/utf8"

	"mingbai/configs"
)

// E1.31, streaming ACN: ANSI E1.31-2018, clauses 4 to 6, on the root layer of ANSI
// E1.17. All numbers are big endian.
const (
	e131Header = 126 // bytes before the first slot
	e131Sync   = 49  // bytes of a synchronisation packet

	rootVectorData     = 4
	rootVectorExtended = 8
	frameVectorData    = 2
	frameVectorSync    = 1
	frameVectorList    = 2 // of an extended packet: universe discovery
	listVector         = 1
	dmpVectorSet       = 2

	// Offsets of what changes from packet to packet.
	e131Sequence     = 111
	e131Options      = 112
	e131SyncSequence = 44

	optionTerminated = 1 << 6
	// optionForceSync lets a receiver go on showing data when synchronisation
	// packets are lost: something right is always on the board.
	optionForceSync = 1 << 5

	// Universe discovery (clause 8): who sends to groups says to which, every ten
	// seconds, at most so many in one packet, to the group of a universe that
	// carries nothing else.
	discoveryEvery    = 10 * time.Second
	discoveryPage     = 512
	discoveryUniverse = 64214
	discoveryHeader   = 120

	// terminations is how many packets end a stream (6.2.6).
	terminations = 3
)

// Source is what E1.31 receivers know a sender by.
type Source struct {
	CID  [16]byte // a UUID that is always the same for one device
	Name string   // for people; the first 63 bytes count
}

// e131Root writes preamble, identifier, length and CID of a packet of that size.
func e131Root(b []byte, size int, vector uint32, cid [16]byte) {
	binary.BigEndian.PutUint16(b, 0x0010)
	copy(b[4:], "ASC-E1.17\x00\x00\x00")
	flagsAndLength(b, 16, size)
	binary.BigEndian.PutUint32(b[18:], vector)
	copy(b[22:38], cid[:])
}

// flagsAndLength writes how many bytes a packet of that size has from at on.
func flagsAndLength(b []byte, at, size int) {
	binary.BigEndian.PutUint16(b[at:], 0x7000|uint16(size-at))
}

func e131Packets(p configs.PlacedPart, o configs.Output, source Source, stride int, limited bool) []*packet {
	return cut(p, format{
		first: p.FirstDots(), more: p.PerUniverse, skip: p.Channel - 1,
		padded: func(channels int) int { return max(leastChannels, channels) },
		header: func(i, channels int) []byte {
			b := make([]byte, e131Header)
			size := e131Header + channels
			e131Root(b, size, rootVectorData, source.CID)
			flagsAndLength(b, 38, size)
			binary.BigEndian.PutUint32(b[40:], frameVectorData)
			copy(b[44:44+63], clip(source.Name, 63))
			b[108] = byte(o.Priority)
			binary.BigEndian.PutUint16(b[109:], uint16(o.SyncUniverse))
			if o.SyncUniverse != 0 {
				b[e131Options] = optionForceSync
			}
			binary.BigEndian.PutUint16(b[113:], uint16(p.Universe+i))
			flagsAndLength(b, 115, size)
			b[117] = dmpVectorSet
			b[118] = 0xa1 // a range of bytes; addresses of two bytes
			binary.BigEndian.PutUint16(b[121:], 1)
			binary.BigEndian.PutUint16(b[123:], uint16(1+channels))
			return b // b[125] is the start code, 0
		},
	}, stride, limited)
}

// clip cuts s to n bytes without breaking a character.
func clip(s string, n int) string {
	for n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:min(n, len(s))]
}

func e131SyncPacket(source Source, universe int) []byte {
	b := make([]byte, e131Sync)
	e131Root(b, len(b), rootVectorExtended, source.CID)
	flagsAndLength(b, 38, len(b))
	binary.BigEndian.PutUint32(b[40:], frameVectorSync)
	binary.BigEndian.PutUint16(b[45:], uint16(universe))
	return b
}

// e131Discovery makes the packets that name the universes of a source.
func e131Discovery(source Source, universes []int) (pages [][]byte) {
	slices.Sort(universes)
	universes = slices.Compact(universes)
	last := (len(universes) - 1) / discoveryPage
	for list := range slices.Chunk(universes, discoveryPage) {
		b := make([]byte, discoveryHeader+2*len(list))
		e131Root(b, len(b), rootVectorExtended, source.CID)
		flagsAndLength(b, 38, len(b))
		binary.BigEndian.PutUint32(b[40:], frameVectorList)
		copy(b[44:44+63], clip(source.Name, 63))
		flagsAndLength(b, 112, len(b))
		binary.BigEndian.PutUint32(b[114:], listVector)
		b[118], b[119] = byte(len(pages)), byte(last)
		for i, u := range list {
			binary.BigEndian.PutUint16(b[discoveryHeader+2*i:], uint16(u))
		}
		pages = append(pages, b)
	}
	return pages
}

// group is the multicast address of a universe (9.3.1).
func group(universe int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{239, 255, byte(universe >> 8), byte(universe)}), configs.E131.Port())
}

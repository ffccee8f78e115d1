package rendition

import (
	"bytes"
	"encoding/binary"
)

// maxScans bounds the scans of a progressive JPEG. Encoders make about ten;
// every scan costs a pass over the picture, however small it is in the file.
const maxScans = 100

// JPEG markers.
const (
	markerSOF0 = 0xc0
	markerSOF2 = 0xc2
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1
	markerTEM  = 0x01
)

// scanJPEG walks the segments: size, orientation, number of scans and bytes of
// coded pixels.
func scanJPEG(src []byte, h *header) error {
	scans := 0
	b := src[2:]
walk:
	for {
		// Like the decoder, skip bytes that are no marker.
		i := bytes.IndexByte(b, 0xff)
		if i < 0 || i+1 >= len(b) {
			break
		}
		marker := b[i+1]
		b = b[i+1:]
		if marker == 0xff || marker == 0 {
			continue
		}
		b = b[1:]
		if markerRST0 <= marker && marker <= markerRST7 || marker == markerSOI || marker == markerTEM {
			continue
		}
		if marker == markerEOI {
			break walk
		}
		if len(b) < 2 {
			break
		}
		n := int(binary.BigEndian.Uint16(b))
		if n < 2 || n > len(b) {
			break
		}
		segment := b[2:n]
		b = b[n:]
		switch {
		case markerSOF0 <= marker && marker <= markerSOF2:
			if err := scanSOF(segment, h); err != nil {
				return err
			}
		case marker == markerAPP1 && h.orientation == 1:
			h.orientation = exifOrientation(segment)
		case marker == markerSOS:
			if scans++; scans > maxScans {
				return refuse(Damaged, "a JPEG of more than %d scans", maxScans)
			}
			end := codedEnd(b)
			h.coded += int64(end)
			b = b[end:]
		}
	}
	if h.width == 0 && h.height == 0 {
		return refuse(Damaged, "a JPEG without a frame header")
	}
	return nil
}

// scanSOF reads a frame header: precision, height, width, components.
func scanSOF(segment []byte, h *header) error {
	if len(segment) < 6 {
		return refuse(Damaged, "a JPEG with a short frame header")
	}
	if h.pixelBytes != 0 {
		return refuse(Damaged, "a JPEG with two frame headers")
	}
	h.height = int(binary.BigEndian.Uint16(segment[1:]))
	h.width = int(binary.BigEndian.Uint16(segment[3:]))
	h.pixelBytes = 4
	if segment[5] == 4 {
		h.pixelBytes = 8 // CMYK is decoded to planes and then to pixels
	}
	// Every block of 8 by 8 samples takes one bit at the least.
	h.least = int64(h.width) * int64(h.height) / 64 / 8
	if h.height == 0 {
		// Legal, the height comes later in a DNL segment; nobody writes it.
		return refuse(Unsupported, "a JPEG that does not say its height")
	}
	return nil
}

// codedEnd is the length of the coded data of a scan: up to a marker that is
// neither a stuffed zero nor a restart.
func codedEnd(b []byte) int {
	for i := 0; ; {
		j := bytes.IndexByte(b[i:], 0xff)
		if j < 0 || i+j+1 >= len(b) {
			return len(b)
		}
		i += j
		if m := b[i+1]; m == 0 || markerRST0 <= m && m <= markerRST7 {
			i += 2
			continue
		}
		return i
	}
}

// exifOrientation returns the orientation, 1 to 8, that an APP1 segment says,
// and 1 for everything that it does not understand. EXIF 2.32, 4.6.4 A:
// a TIFF header and a first directory whose entry 0x0112 is a SHORT.
func exifOrientation(segment []byte) int {
	const tagOrientation, typeShort = 0x0112, 3
	tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := int(order.Uint16(tiff[at:]))
	dir := tiff[at+2:]
	for ; entries > 0 && len(dir) >= 12; entries-- {
		if order.Uint16(dir) == tagOrientation {
			v := int(order.Uint16(dir[8:]))
			if order.Uint16(dir[2:]) != typeShort || v < 1 || v > 8 {
				return 1
			}
			return v
		}
		dir = dir[12:]
	}
	return 1
}

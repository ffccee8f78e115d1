package rendition

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeGIF  = "image/gif"
	typeWebP = "image/webp"
)

// format is one of the formats that are taken.
type format struct {
	media string
	// scan reads the structure of the file into the header, without decoding.
	scan   func(src []byte, h *header) error
	decode func(io.Reader) (image.Image, error)
}

var formats = struct{ jpeg, png, gif, webp format }{
	jpeg: format{typeJPEG, scanJPEG, jpeg.Decode},
	png:  format{typePNG, scanPNG, png.Decode},
	gif:  format{typeGIF, scanGIF, gif.Decode},
	webp: format{typeWebP, scanWebP, webp.Decode},
}

// header is what is known of a picture before it is decoded.
type header struct {
	kind          format
	width, height int // as stored
	orientation   int // EXIF, 1 to 8
	pixelBytes    int // that one pixel needs when decoded
	// least is how many bytes of coded pixels a picture of this size has at
	// the least, and coded how many there are. A file that claims far more
	// pixels than its bytes can hold is a bomb.
	coded, least int64
}

func (h header) upright() image.Point {
	if h.orientation >= 5 {
		return image.Pt(h.height, h.width)
	}
	return image.Pt(h.width, h.height)
}

func (h header) info() Info {
	p := h.upright()
	return Info{Type: h.kind.media, Width: p.X, Height: p.Y, Orientation: h.orientation}
}

// bombPixels is the size up to which a picture may be as small as it likes: a
// plain area compresses to almost nothing, and 4 million pixels cost 16 MB.
const bombPixels = 4 << 20

// inspect finds out the format by its first bytes, whatever the file was
// called, and checks the header against the limits.
func inspect(src []byte) (header, error) {
	h := header{orientation: 1}
	if len(src) > MaxFile {
		return h, refuse(TooLarge, "the file has more than %d bytes", MaxFile)
	}
	switch {
	case bytes.HasPrefix(src, []byte("\xff\xd8\xff")):
		h.kind = formats.jpeg
	case bytes.HasPrefix(src, []byte("\x89PNG\r\n\x1a\n")):
		h.kind = formats.png
	case bytes.HasPrefix(src, []byte("GIF87a")), bytes.HasPrefix(src, []byte("GIF89a")):
		h.kind = formats.gif
	case len(src) >= 12 && string(src[:4]) == "RIFF" && string(src[8:12]) == "WEBP":
		h.kind = formats.webp
	case len(src) >= 12 && string(src[4:8]) == "ftyp":
		return h, refuse(Unsupported, "a HEIC, AVIF or video file (%q)", src[8:12])
	default:
		return h, refuse(Unsupported, "no format that is known, it starts with %q", src[:min(len(src), 8)])
	}
	if err := h.kind.scan(src, &h); err != nil {
		return h, err
	}
	return h, h.check()
}

func (h header) check() error {
	switch area := int64(h.width) * int64(h.height); {
	case h.width < 1 || h.height < 1:
		return refuse(Damaged, "%d by %d pixels", h.width, h.height)
	case h.width > MaxSide || h.height > MaxSide || area > MaxArea:
		return refuse(TooLarge, "%d by %d pixels", h.width, h.height)
	case area*int64(h.pixelBytes) > maxBytes:
		return refuse(TooLarge, "%d by %d pixels of %d bytes", h.width, h.height, h.pixelBytes)
	case area > bombPixels && h.coded < h.least:
		return refuse(Damaged, "%d bytes cannot hold %d by %d pixels", h.coded, h.width, h.height)
	}
	return nil
}

// decoderError sorts what the decoders say.
func decoderError(err error) error {
	e := &Error{Kind: Damaged, Reason: "it cannot be decoded", Err: err}
	if _, ok := errors.AsType[jpeg.UnsupportedError](err); ok {
		e.Kind = Unsupported
	}
	if _, ok := errors.AsType[png.UnsupportedError](err); ok {
		e.Kind = Unsupported
	}
	return e
}

// scanPNG reads the IHDR and adds up the IDAT chunks.
func scanPNG(src []byte, h *header) error {
	rest := src[8:]
	for first := true; len(rest) >= 12; first = false {
		n, kind := int64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if n > int64(len(rest)-12) {
			if kind == "IDAT" {
				h.coded += int64(len(rest) - 12)
			}
			break // cut off: the decoder says what is missing
		}
		data := rest[8 : 8+n]
		switch {
		case first && (kind != "IHDR" || n != 13):
			return refuse(Damaged, "a PNG without its header")
		case first:
			w, ht := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
			if w > 1<<20 || ht > 1<<20 {
				return refuse(TooLarge, "%d by %d pixels", w, ht)
			}
			h.width, h.height = int(w), int(ht)
			samples := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[9]]
			// Deflate reaches 1032:1 at most.
			h.least = (int64(w)*int64(samples)*int64(data[8])/8 + 1) * int64(ht) / 1032
			h.pixelBytes = 4
			if data[8] == 16 {
				h.pixelBytes = 8
			}
		case kind == "IDAT":
			h.coded += n
		case kind == "IEND":
			return nil
		}
		rest = rest[12+n:]
	}
	if h.width == 0 && h.height == 0 && len(src) < 8+12+13 {
		return refuse(Damaged, "a PNG without its header")
	}
	return nil
}

// scanGIF walks to the first frame. Package gif would allocate what the frame
// claims before it looks at the data (golang/go#79063), and its DecodeConfig
// tells of the logical screen only.
func scanGIF(src []byte, h *header) error {
	short := refuse(Damaged, "a GIF that is cut off before its first frame")
	if len(src) < 13 {
		return short
	}
	h.width = int(binary.LittleEndian.Uint16(src[6:]))
	h.height = int(binary.LittleEndian.Uint16(src[8:]))
	h.pixelBytes = 4
	rest := src[13:]
	if flags := src[10]; flags&0x80 != 0 {
		rest = skip(rest, 3<<(1+flags&7))
	}
	for len(rest) > 0 {
		switch block := rest[0]; block {
		case 0x21: // extension: label, then sub-blocks
			_, rest = subBlocks(skip(rest, 2))
		case 0x2c:
			if len(rest) < 11 {
				return short
			}
			left, top := int(binary.LittleEndian.Uint16(rest[1:])), int(binary.LittleEndian.Uint16(rest[3:]))
			w, ht := int(binary.LittleEndian.Uint16(rest[5:])), int(binary.LittleEndian.Uint16(rest[7:]))
			if w < 1 || ht < 1 || left+w > h.width || top+ht > h.height {
				return refuse(Damaged, "a GIF frame of %d by %d at %d, %d on a screen of %d by %d", w, ht, left, top, h.width, h.height)
			}
			flags := rest[9]
			rest = rest[10:]
			if flags&0x80 != 0 {
				rest = skip(rest, 3<<(1+flags&7))
			}
			h.coded, _ = subBlocks(skip(rest, 1))
			// The longest string of LZW has 4096 bytes and a code of 12 bits.
			h.least = int64(w) * int64(ht) / 2731
			return nil
		default:
			return short
		}
	}
	return short
}

func skip(b []byte, n int) []byte { return b[min(n, len(b)):] }

// subBlocks adds up a GIF's chain of sub-blocks and returns what follows it.
func subBlocks(b []byte) (n int64, rest []byte) {
	for len(b) > 0 && b[0] != 0 {
		k := int(b[0])
		n += int64(min(k, len(b)-1))
		b = skip(b, 1+k)
	}
	return n, skip(b, 1)
}

// scanWebP reads the size from whichever chunk comes first.
func scanWebP(src []byte, h *header) error {
	cfg, err := webp.DecodeConfig(bytes.NewReader(src))
	if err != nil {
		return decoderError(err)
	}
	const flagAnimation = 1 << 1
	if len(src) > 20 && string(src[12:16]) == "VP8X" && src[20]&flagAnimation != 0 {
		return refuse(Unsupported, "an animated WebP")
	}
	h.width, h.height, h.pixelBytes = cfg.Width, cfg.Height, 4
	h.coded = int64(len(src))
	// A macroblock of 256 pixels takes more than one bit in VP8 for its two
	// prediction modes; VP8L has no such bound, but pictures of this size are
	// no plain areas.
	h.least = int64(h.width) * int64(h.height) / 256 / 8
	return nil
}

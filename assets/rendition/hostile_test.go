package rendition

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"runtime"
	"strings"
	"testing"
)

func pngChunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func pngHeader(w, h uint32, depth, colour byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	ihdr = append(ihdr, depth, colour, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", ihdr)...)
	return append(out, pngChunk("IDAT", []byte{0x78, 0x9c, 1, 0, 0, 0xff, 0xff})...)
}

func le16(vs ...uint16) (out []byte) {
	for _, v := range vs {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	return out
}

// gifHeader is a GIF whose screen and first frame claim sizes; it has 34 bytes
// or so, as in golang/go#79063.
func gifHeader(sw, sh, fw, fh uint16) []byte {
	out := append([]byte("GIF89a"), le16(sw, sh)...)
	out = append(out, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c)
	out = append(out, le16(0, 0, fw, fh)...)
	return append(out, 0, 2, 1, 0, 0, 0x3b)
}

// jpegHeader is a JPEG up to its scan, of n components.
func jpegHeader(sof byte, w, h uint16, n byte) []byte {
	out := []byte{0xff, 0xd8, 0xff, sof, 0, 8 + 3*n, 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), n}
	for i := range n {
		out = append(out, i+1, 0x11, 0)
	}
	return out
}

var emptyScan = []byte{0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0}

// vp8l is a lossless WebP that claims a size.
func vp8l(w, h int) []byte {
	bits := uint32(w-1) | uint32(h-1)<<14
	body := append([]byte("WEBPVP8L\x0a\x00\x00\x00\x2f"), binary.LittleEndian.AppendUint32(nil, bits)...)
	body = append(body, 0, 0, 0, 0, 0)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func TestHostileFiles(t *testing.T) {
	real := encodeJPEG(t, photo(64, 64))
	realPNG := encodePNG(t, photo(64, 64))
	progressive := jpegHeader(0xc2, 4000, 4000, 1)
	for name, c := range map[string]struct {
		src  []byte
		want Kind
	}{
		"empty":                     {nil, Unsupported},
		"text":                      {[]byte("<html>明白</html>"), Unsupported},
		"bitmap of 0 by N":          {[]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x7f"), Unsupported},
		"HEIC":                      {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), Unsupported},
		"video":                     {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"), Unsupported},
		"zip with a picture behind": {append([]byte("PK\x03\x04"), realPNG...), Unsupported},
		"33 MiB":                    {append(bytes.Clone(real), make([]byte, 33<<20)...), TooLarge},
		"PNG of 65535²":             {pngHeader(65535, 65535, 8, 6), TooLarge},
		"PNG of 2³¹":                {pngHeader(1<<31-1, 1<<31-1, 16, 6), TooLarge},
		"PNG of 0 by 5":             {pngHeader(0, 5, 8, 6), Damaged},
		"PNG of 50 MP in 15 bytes":  {pngHeader(7000, 7000, 8, 6), Damaged},
		"PNG of 50 MP at 16 bits":   {pngHeader(7000, 7000, 16, 6), TooLarge},
		"PNG long and thin":         {pngHeader(16385, 1, 8, 6), TooLarge},
		"PNG cut off in its header": {realPNG[:20], Damaged},
		"PNG cut off":               {realPNG[:len(realPNG)/2], Damaged},
		"PNG without IHDR":          {append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IDAT", make([]byte, 50))...), Damaged},
		"GIF #79063":                {gifHeader(65535, 65535, 65535, 65535), TooLarge},
		"GIF frame over its screen": {gifHeader(10, 10, 65535, 65535), Damaged},
		"GIF of 49 MP in a byte":    {gifHeader(7000, 7000, 7000, 7000), Damaged},
		"GIF of 0 by 0":             {gifHeader(0, 0, 0, 0), Damaged},
		"GIF small without data":    {gifHeader(10, 10, 10, 10), Damaged},
		"GIF without frames":        {[]byte("GIF89a\x05\x00\x05\x00\x00\x00\x00;"), Damaged},
		"GIF endless extension":     {append([]byte("GIF89a\x05\x00\x05\x00\x00\x00\x00!\xfe"), bytes.Repeat([]byte("\x01a"), 1000)...), Damaged},
		"JPEG of 65535²":            {append(jpegHeader(0xc0, 65535, 65535, 3), emptyScan...), TooLarge},
		"JPEG of 50 MP in nothing":  {append(jpegHeader(0xc0, 7000, 7000, 3), emptyScan...), Damaged},
		"JPEG CMYK of 50 MP":        {append(jpegHeader(0xc0, 7000, 7000, 4), emptyScan...), TooLarge},
		"JPEG of two frames":        {append(jpegHeader(0xc0, 8, 8, 3), jpegHeader(0xc0, 7000, 7000, 3)[2:]...), Damaged},
		"JPEG without frame":        {[]byte("\xff\xd8\xff\xd9"), Damaged},
		"JPEG of no height":         {append(jpegHeader(0xc0, 100, 0, 3), emptyScan...), Unsupported},
		"JPEG lossless":             {append(jpegHeader(0xc3, 100, 100, 3), emptyScan...), Damaged},
		"JPEG of 10,000 scans":      {append(progressive, bytes.Repeat(emptyScan, 10_000)...), Damaged},
		"JPEG cut off":              {real[:len(real)/2], Damaged},
		"JPEG of 12 bits":           {append([]byte{0xff, 0xd8, 0xff, 0xc1, 0, 11, 12, 0, 8, 0, 8, 1, 1, 0x11, 0}, emptyScan...), Unsupported},
		"WebP of 16384²":            {vp8l(16384, 16384), TooLarge},
		"WebP of 49 MP in nothing":  {vp8l(7000, 7000), Damaged},
		"WebP animated":             {load(t, "anim.webp"), Unsupported},
		"WebP cut off":              {load(t, "lossy.webp")[:60], Damaged},
		"RIFF sound":                {[]byte("RIFF\x24\x00\x00\x00WAVEfmt "), Unsupported},
		"WebP of nothing":           {[]byte("RIFF\x04\x00\x00\x00WEBP"), Damaged},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Render(c.src, []image.Point{{100, 100}})
		runtime.ReadMemStats(&after)
		if KindOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "picture refused: ") {
			t.Errorf("%s: %v", name, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 32<<20 {
			t.Errorf("%s: refused after allocating %d MiB", name, spent>>20)
		}
	}
}

// FuzzRender must not panic, nor spend memory on what is not there; small
// pictures are drawn as well.
func FuzzRender(f *testing.F) {
	for _, name := range []string{"scene.png", "lossless.webp", "lossy.webp", "alpha.webp", "progressive.jpg", "full.jpg", "cmyk.jpg", "anim.gif"} {
		f.Add(load(f, name))
	}
	f.Add(withEXIF(load(f, "full.jpg"), 6, ""))
	f.Add(gifHeader(65535, 65535, 65535, 65535))
	f.Fuzz(func(t *testing.T, src []byte) {
		info, err := Config(bytes.NewReader(src))
		if err != nil {
			if KindOf(err) == "" {
				t.Errorf("an error without a kind: %v", err)
			}
			return
		}
		if info.Width < 1 || info.Height < 1 || info.Width*info.Height > MaxArea {
			t.Fatalf("%+v was let through", info)
		}
		if info.Width*info.Height > 1<<18 {
			return
		}
		out, err := Render(src, []image.Point{{20, 20}})
		if err != nil {
			if KindOf(err) == "" {
				t.Errorf("an error without a kind: %v", err)
			}
			return
		}
		decode(t, out[0])
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"))
	f.Add([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00"))
	f.Add([]byte("Exif\x00\x00II*\x00\xff\xff\xff\xff\x01\x00"))
	f.Fuzz(func(t *testing.T, segment []byte) {
		if o := exifOrientation(segment); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

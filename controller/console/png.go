package console

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"sync"
)

// encode writes an opaque picture as PNG (ISO/IEC 15948) while someone types: 8 bits
// a colour, every row as what differs from the row above. Pages are paper, lines
// and letters, so that this is as small as what image/png takes four times as
// long to look for.
func encode(img *image.RGBA) ([]byte, error) {
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 {
		return nil, fmt.Errorf("encode a preview: a picture of %d×%d", size.X, size.Y)
	}
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(size.X))
	head = binary.BigEndian.AppendUint32(head, uint32(size.Y))
	chunk(&out, "IHDR", append(head, 8, 2, 0, 0, 0)) // RGB, deflated, filtered, not interlaced
	var data bytes.Buffer
	z := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(z)
	z.Reset(&data)
	if err := rows(z, img); err != nil {
		return nil, fmt.Errorf("encode a preview: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("encode a preview: %w", err)
	}
	chunk(&out, "IDAT", data.Bytes())
	chunk(&out, "IEND", nil)
	return out.Bytes(), nil
}

// deflaters have half a megabyte of tables each.
var deflaters = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(nil, zlib.BestSpeed)
	if err != nil {
		panic(err) // the level is one of zlib's own
	}
	return z
}}

// up is the filter of a row that is told as the difference from the one above.
const up = 2

// rows writes the rows of a picture without their alpha.
func rows(w io.Writer, img *image.RGBA) error {
	b := img.Bounds()
	wide := b.Dx()
	line := make([]byte, 1+3*wide)
	line[0] = up
	above := make([]byte, 4*wide)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		i := img.PixOffset(b.Min.X, y)
		row := img.Pix[i : i+4*wide]
		if bytes.Equal(row, above) {
			clear(line[1:])
		} else {
			for x, to := 0, 1; x < len(row); x, to = x+4, to+3 {
				line[to], line[to+1], line[to+2] = row[x]-above[x], row[x+1]-above[x+1], row[x+2]-above[x+2]
			}
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
		above = row
	}
	return nil
}

func chunk(out *bytes.Buffer, name string, data []byte) {
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	sum := crc32.NewIEEE()
	for _, part := range [][]byte{[]byte(name), data} {
		sum.Write(part)
		out.Write(part)
	}
	out.Write(binary.BigEndian.AppendUint32(nil, sum.Sum32()))
}

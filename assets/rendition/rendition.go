// Package rendition turns an uploaded picture into the sizes that screens need.
//
// Render takes the bytes of a PNG, JPEG, GIF or WebP file and the boxes that
// the picture has to fit in, and returns one re-encoded picture for each. What
// it promises: the same bytes in give the same bytes out; a picture is never
// enlarged; it stands upright (EXIF orientation); nothing of the file but its
// pixels comes through (no place, no camera, no hidden second file); a hostile
// file is refused by its header, before memory is spent on it. What it leaves
// to others: how many run at the same time. One Render of the largest picture
// allowed needs about 400 MB and all cores for some seconds; the caller keeps
// a bound, two at most on an office PC.
package rendition

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
)

// Limits of what is accepted. They are checked on the header.
const (
	MaxFile  = 32 << 20   // bytes of the file
	MaxSide  = 16384      // pixels, width and height each
	MaxArea  = 50_000_000 // pixels
	maxBytes = 4 * MaxArea
)

// Kind is why a picture was refused. Each calls for another advice to the
// person who uploaded it.
type Kind string

const (
	TooLarge    Kind = "too_large"   // more bytes or pixels than allowed
	Unsupported Kind = "unsupported" // not one of the formats, or a rare variety
	Damaged     Kind = "damaged"     // cut off, contradictory or forged
)

// Advice is what to tell the person who uploaded the picture.
func (k Kind) Advice() string {
	switch k {
	case TooLarge:
		return "图片太大：文件不超过 32 MB，像素不超过 5000 万，边长不超过 16384。请缩小后再上传。"
	case Unsupported:
		return "不支持这种图片格式。请另存为 JPG 或 PNG 后再上传。"
	case Damaged:
		return "图片文件已损坏或不完整。请换一个文件，或重新保存后再上传。"
	}
	return "图片无法使用。请换一个文件。"
}

// Error is the error of Config and Render for a picture that is refused.
type Error struct {
	Kind   Kind
	Reason string // for the operator, in English
	Err    error  // of the decoder, may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("picture refused: %s: %v", e.Reason, e.Err)
	}
	return "picture refused: " + e.Reason
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error of this package, and "" for others.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

func refuse(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Reason: fmt.Sprintf(format, args...)}
}

// Info is what the header of a picture says.
type Info struct {
	Type          string // media type of the file, such as "image/jpeg"
	Width, Height int    // pixels, upright
	Orientation   int    // EXIF, 1 to 8; 1 for all but JPEG
}

// Config reads a picture of at most MaxFile bytes and checks all that can be
// known without decoding it.
func Config(r io.Reader) (Info, error) {
	src, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return Info{}, fmt.Errorf("read picture: %w", err)
	}
	h, err := inspect(src)
	return h.info(), err
}

// Rendition is a picture in one size.
type Rendition struct {
	Width, Height int    // pixels
	Type          string // "image/jpeg" or "image/png"
	Data          []byte
}

// Render returns the picture in src once for each box, in their order: fitted
// within Point.X by Point.Y pixels with its proportions kept, or in its own
// size if it is smaller. Photographs become JPEG (4:2:0, quality 85); pictures
// with transparency and drawings with flat colours become PNG. A refused
// picture is an *Error.
func Render(src []byte, boxes []image.Point) (out []Rendition, err error) {
	h, err := inspect(src)
	if err != nil {
		return nil, err
	}
	for _, b := range boxes {
		if b.X < 1 || b.Y < 1 {
			return nil, fmt.Errorf("render picture: a box of %d by %d pixels", b.X, b.Y)
		}
	}
	pic, err := h.decode(src)
	if err != nil {
		return nil, err
	}
	done := map[image.Point]Rendition{}
	for _, box := range boxes {
		size := fit(h.upright(), box)
		r, ok := done[size]
		if !ok {
			if r, err = pic.cut(size, h.orientation); err != nil {
				return nil, fmt.Errorf("render picture at %d by %d: %w", size.X, size.Y, err)
			}
			done[size] = r
		}
		out = append(out, r)
	}
	return out, nil
}

// fit returns the largest size with the proportions of size that is within
// box and not larger than size.
func fit(size, box image.Point) image.Point {
	if size.X <= box.X && size.Y <= box.Y {
		return size
	}
	// Whole numbers, rounded to the nearest: the same on every machine.
	if int64(box.X)*int64(size.Y) <= int64(box.Y)*int64(size.X) {
		return image.Pt(box.X, max(1, divide(size.Y*box.X, size.X)))
	}
	return image.Pt(max(1, divide(size.X*box.Y, size.Y)), box.Y)
}

func divide(a, b int) int { return (a + b/2) / b }

// decode decodes the picture once, upright or not.
func (h header) decode(src []byte) (pic picture, err error) {
	defer func() {
		// A decoder that panics has met a file that it does not understand;
		// that must not stop the controller.
		if p := recover(); p != nil {
			err = refuse(Damaged, "the decoder gave up on a %s: %v", h.kind.media, p)
		}
	}()
	img, err := h.kind.decode(bytes.NewReader(src))
	if err != nil {
		return picture{}, decoderError(err)
	}
	if got := img.Bounds().Size(); got != image.Pt(h.width, h.height) && h.kind.media != typeGIF {
		return picture{}, refuse(Damaged, "the header says %d by %d pixels, there are %d by %d", h.width, h.height, got.X, got.Y)
	}
	return newPicture(img, h), nil
}

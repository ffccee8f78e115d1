package wire

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"

	"github.com/klauspost/compress/zstd"

	"mingbai/playlist"
)

// Patch is the payload of an edition as its difference to the payload of an earlier
// one, which the device has: of a channel with thousands of notices it is a few
// hundred bytes. It is a matter of transport only and nothing is believed for its
// sake: the envelope that it comes with has the signatures over the whole payload,
// and a device judges them over what it has rebuilt, as if that had come whole.
//
// A patch From 0 begins with nothing: it is the whole payload. With At it brings no
// Data, which is the blob of that address; so a push stays small, however much there
// is to send, and what is urgent never waits behind it.
type Patch struct {
	From playlist.Revision `json:"from"`           // of the edition that it begins with
	Size int64             `json:"size"`           // bytes of the whole payload
	Data []byte            `json:"data,omitempty"` // a Zstandard frame (RFC 8878) with the payload of From as raw dictionary
	At   *playlist.Blob    `json:"at,omitempty"`   // where Data is; only to who said Hello.Pulls
}

// levelFor is how hard a patch is looked for: so that it takes less time than to
// deflate the whole payload. The level for small ones has places for 128 thousand
// positions of the base and loses the thread in larger ones; the other has four times
// as many, which is enough up to MaxPayload, and takes twice as long.
func levelFor(base []byte) zstd.EncoderLevel {
	if len(base) <= 1<<20 {
		return zstd.SpeedDefault
	}
	return zstd.SpeedBetterCompression
}

// Pack returns the patch that makes whole out of nothing. The same bytes give the
// same patch, so that a device that has fetched a part of it goes on after a restart
// of the controller.
func Pack(whole []byte) (*Patch, error) {
	if n := len(whole); n == 0 || n > MaxPayload {
		return nil, fmt.Errorf("pack a payload: it has %d bytes, 1 to %d are allowed", n, MaxPayload)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("pack a payload: %w", err)
	}
	defer enc.Close()
	return &Patch{Size: int64(len(whole)), Data: enc.EncodeAll(whole, nil)}, nil
}

// MakePatch returns what makes whole out of base; the caller says which revision
// base is. It fails when one of them has no bytes or more than MaxPayload.
func MakePatch(base, whole []byte) (*Patch, error) {
	if n := min(len(base), len(whole)); n == 0 {
		return nil, errors.New("make a patch: nothing to compare")
	}
	if n := max(len(base), len(whole)); n > MaxPayload {
		return nil, fmt.Errorf("make a patch: %d bytes, at most %d are allowed", n, MaxPayload)
	}
	// All of base stays in reach to the end of whole.
	window := 1 << bits.Len(uint(len(base)+len(whole)))
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(0, base), zstd.WithEncoderLevel(levelFor(base)),
		zstd.WithWindowSize(max(window, zstd.MinWindowSize)), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("make a patch: %w", err)
	}
	defer enc.Close()
	return &Patch{Size: int64(len(whole)), Data: enc.EncodeAll(whole, nil)}, nil
}

// Apply returns the whole payload; base is nil for a patch From 0. It takes no more
// memory than Size and base need, whatever Data says. The error is a *Refusal: ReasonOversized, or ReasonNoBase
// when this does not follow from base, so that the whole has to come.
func (p *Patch) Apply(base []byte) ([]byte, error) {
	if p.Size > MaxPayload {
		return nil, refuse(ReasonOversized, "the payload has %d bytes, at most %d are allowed", p.Size, MaxPayload)
	}
	if p.Size < 1 || p.From > 0 && len(base) == 0 || len(base) > MaxPayload || len(p.Data) > MaxPayload {
		return nil, refuse(ReasonNoBase, "a patch of %d bytes to %d out of %d makes no sense", len(p.Data), p.Size, len(base))
	}
	opts := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(4 * MaxPayload), zstd.WithDecodeAllCapLimit(true)} // the cap is what bounds it
	if len(base) > 0 {
		opts = append(opts, zstd.WithDecoderDictRaw(0, base))
	}
	dec, err := zstd.NewReader(nil, opts...)
	if err != nil {
		return nil, refuse(ReasonNoBase, "the patch cannot be read: %v", err)
	}
	defer dec.Close()
	whole, err := dec.DecodeAll(p.Data, make([]byte, 0, p.Size))
	if err != nil {
		return nil, refuse(ReasonNoBase, "revision %s does not go with the patch: %v", p.From, err)
	}
	if int64(len(whole)) != p.Size {
		return nil, refuse(ReasonNoBase, "the patch makes %d bytes, not %d", len(whole), p.Size)
	}
	return whole, nil
}

// Same reports whether two patches, nil being none, are the same.
func (p *Patch) Same(q *Patch) bool {
	if p == nil || q == nil {
		return p == q
	}
	if p.At != q.At && (p.At == nil || q.At == nil || *p.At != *q.At) {
		return false
	}
	return p.From == q.From && p.Size == q.Size && bytes.Equal(p.Data, q.Data)
}

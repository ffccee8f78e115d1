package store_test

import (
	"bytes"
	"errors"
	"testing"

	"mingbai/controller/store"
)

// FuzzHead reads what somebody typed from a sheet of paper: it is refused, or it is
// a head that reads as the same when it is written down again.
func FuzzHead(f *testing.F) {
	for _, text := range []string{"1024 3f2a9c01 77be04d5", "7：3F2A-9C01-77BE-04D5-00", "12", "0 0011223344556677", "1 001122334455667", "-3 0011223344556677", "９ 0011223344556677"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := store.ParseHead(text)
		if err != nil {
			if !errors.Is(err, store.ErrHead) || h.Line != 0 || h.Hash != nil {
				t.Fatalf("%q: %v %v", text, h, err)
			}
			return
		}
		if h.Line < 1 || len(h.Hash) < 8 || len(h.Hash) > 32 {
			t.Fatalf("%q is %+v", text, h)
		}
		again, err := store.ParseHead(h.String())
		if err != nil || again.Line != h.Line || !bytes.HasPrefix(h.Hash, again.Hash) {
			t.Fatalf("%q reads as %+v, %v", h, again, err)
		}
	})
}

// Package assets keeps blobs under their content address.
//
// A Ref is the sha256 of a blob's bytes. A Store is a folder of blobs, each in
// a file named by its Ref. What it promises: a blob that can be seen is whole
// and hashes to its name; a blob whose Put, Add or Commit returned nil is
// there after power loss; what Read returns was hashed on the way; a file that
// rotted is found, taken away and can be fetched again; names of files come
// from Refs only, so no input can lead out of the folder. What it leaves to
// others: what blobs mean, which are still wanted (Sweep asks), and who may
// read them. Only one process may have a folder open at a time.
package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Ref is the address of a blob: the sha256 of its bytes. Refs are comparable
// and can be keys of maps; the zero Ref is invalid and addresses nothing. As
// text a Ref is "sha256-" and 64 lower-case hexadecimal digits.
type Ref struct {
	sum [sha256.Size]byte
}

const refPrefix = "sha256-"

// RefOf returns the address of data.
func RefOf(data []byte) Ref { return Ref{sha256.Sum256(data)} }

// ParseRef reads the text form of a Ref. It accepts nothing else: no capitals,
// no spaces, not the zero Ref.
func ParseRef(s string) (Ref, error) {
	digits, ok := strings.CutPrefix(s, refPrefix)
	if !ok || len(digits) != hex.EncodedLen(sha256.Size) {
		return Ref{}, fmt.Errorf("parse ref %.80q: want sha256- and 64 hexadecimal digits", s)
	}
	r, ok := refFromHex(digits)
	if !ok {
		return Ref{}, fmt.Errorf("parse ref %.80q: not 64 lower-case hexadecimal digits of a hash", s)
	}
	return r, nil
}

// refFromHex is strict so that a blob has one name only.
func refFromHex(digits string) (Ref, bool) {
	var r Ref
	if len(digits) != hex.EncodedLen(len(r.sum)) || strings.ToLower(digits) != digits {
		return Ref{}, false
	}
	if _, err := hex.Decode(r.sum[:], []byte(digits)); err != nil || r.IsZero() {
		return Ref{}, false
	}
	return r, true
}

// String returns the text form, or "" for the zero Ref.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return refPrefix + r.hex()
}

func (r Ref) hex() string { return hex.EncodeToString(r.sum[:]) }

// Short returns the first 12 hexadecimal digits, for logs and messages.
func (r Ref) Short() string {
	if r.IsZero() {
		return "none"
	}
	return r.hex()[:12]
}

// IsZero reports whether r is the invalid zero value.
func (r Ref) IsZero() bool { return r == Ref{} }

// Compare orders refs by their bytes: -1, 0 or +1.
func (r Ref) Compare(o Ref) int { return strings.Compare(string(r.sum[:]), string(o.sum[:])) }

// MarshalText returns the text form; the zero Ref becomes empty text.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form; empty text becomes the zero Ref.
func (r *Ref) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Ref{}
		return nil
	}
	p, err := ParseRef(string(text))
	if err != nil {
		return err
	}
	*r = p
	return nil
}

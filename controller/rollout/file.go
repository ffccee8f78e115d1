package rollout

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// A package travels as one file: a zip archive with three entries in this order.
//
//	package.json  the envelope of the manifest (release.Package)
//	keys.json     the key sets, from the first to the newest, as an array of envelopes
//	program       the program's bytes
const (
	entryPackage = "package.json"
	entryKeys    = "keys.json"
	entryProgram = "program"
)

// maxKeysEntry bounds the chain of a file, in bytes: the longest that devices
// walk, with small sets.
const maxKeysEntry = 8 << 20

// ErrFile: what was brought is no package file.
var ErrFile = errors.New("this is no package file")

// File is a package file that was opened, not yet judged.
type File struct {
	Envelope wire.Envelope
	Chain    []wire.Envelope
	program  *zip.File
}

// OpenFile reads manifest and keys of a package file. It judges no signature.
// The error is ErrFile, or a *release.Refusal for a manifest that is none.
func OpenFile(r io.ReaderAt, size int64) (*File, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFile, err)
	}
	f := &File{}
	for _, e := range archive.File {
		switch e.Name {
		case entryPackage:
			err = readEntry(e, 2*release.MaxPayload, &f.Envelope)
		case entryKeys:
			err = readEntry(e, maxKeysEntry, &f.Chain)
		case entryProgram:
			f.program = e
		}
		if err != nil {
			return nil, err
		}
	}
	if f.Envelope.Payload == nil || f.program == nil {
		return nil, fmt.Errorf("%w: it must hold %s, %s and %s", ErrFile, entryPackage, entryKeys, entryProgram)
	}
	return f, nil
}

// Manifest returns what the file says of itself, whoever signed it.
func (f *File) Manifest() (release.Package, error) { return release.OpenPackage(f.Envelope) }

// Judge returns the manifest and the newest key set, if the keys that are pinned
// lead to those that signed it. The error is a *release.Refusal.
func (f *File) Judge(pinned release.KeySet) (release.Package, release.KeySet, error) {
	keys, err := release.Walk(pinned, f.Chain)
	if err != nil {
		return release.Package{}, keys, err
	}
	if err := release.Signed(f.Envelope, keys); err != nil {
		return release.Package{}, keys, err
	}
	m, err := f.Manifest()
	if err != nil {
		return release.Package{}, keys, err
	}
	if m.Keys > keys.Version {
		return release.Package{}, keys, &release.Refusal{Reason: release.Chain,
			Detail: fmt.Sprintf("the package was signed under key set %d, the chain ends at %d", m.Keys, keys.Version)}
	}
	return m, keys, nil
}

// Program opens the bytes of the program. Whoever reads them sees to their hash.
func (f *File) Program() (io.ReadCloser, error) {
	r, err := f.program.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFile, err)
	}
	return r, nil
}

// CheckProgram reads the program and compares it with the manifest.
func (f *File) CheckProgram(m release.Package) error {
	r, err := f.Program()
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(r, m.Blob.Size+1))
	if err != nil {
		return fmt.Errorf("%w: %v", ErrFile, err)
	}
	if n != m.Blob.Size || "sha256-"+hex.EncodeToString(sum.Sum(nil)) != m.Blob.Ref.String() {
		return fmt.Errorf("%w: its program is not the one that was signed", ErrFile)
	}
	return nil
}

func readEntry(e *zip.File, most int64, into any) error {
	r, err := e.Open()
	if err != nil {
		return fmt.Errorf("%w: %v", ErrFile, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return fmt.Errorf("%w: %v", ErrFile, err)
	}
	if int64(len(data)) > most {
		return fmt.Errorf("%w: %s has more than %d bytes", ErrFile, e.Name, most)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%w: %s: %v", ErrFile, e.Name, err)
	}
	return nil
}

// WriteFile writes a package file.
func WriteFile(w io.Writer, env wire.Envelope, chain []wire.Envelope, program io.Reader) error {
	archive := zip.NewWriter(w)
	for _, e := range []struct {
		name string
		body any
	}{{entryPackage, env}, {entryKeys, chain}} {
		out, err := archive.Create(e.name)
		if err != nil {
			return fmt.Errorf("write a package file: %w", err)
		}
		if err := json.NewEncoder(out).Encode(e.body); err != nil {
			return fmt.Errorf("write a package file: %w", err)
		}
	}
	out, err := archive.Create(entryProgram)
	if err != nil {
		return fmt.Errorf("write a package file: %w", err)
	}
	if _, err := io.Copy(out, program); err != nil {
		return fmt.Errorf("write a package file: %w", err)
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write a package file: %w", err)
	}
	return nil
}

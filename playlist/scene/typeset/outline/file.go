package outline

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/cff"
	ot "github.com/go-text/typesetting/font/opentype"
)

// Parse reads an OpenType or TrueType file. The face keeps file.
func Parse(file []byte) (*Face, error) {
	// The module copies every table that it reads. The outlines are nine tenths of
	// a CFF file: it is not shown them, and they are read where they lie, which for
	// an embedded face is the program on disk and no memory of the process.
	at, outlines, inPlace := outlinesOf(file)
	shown := &view{Reader: bytes.NewReader(file)}
	if inPlace {
		shown.tag = at
	}
	loader, err := ot.NewLoader(shown)
	if err != nil {
		return nil, fmt.Errorf("reading a font of %d bytes: %w", len(file), err)
	}
	f, err := font.NewFont(loader)
	if err != nil {
		return nil, fmt.Errorf("reading a font of %d bytes: %w", len(file), err)
	}
	// A face made of f itself would have room for the extents of all glyphs, which
	// nobody asks for.
	lean := font.NewFace(&font.Font{})
	lean.Font = f
	face := &Face{Font: lean, upem: float32(f.Upem())}
	if inPlace {
		// As with the module, a broken table is a face without ink.
		face.cff, _ = cff.Parse(outlines)
	}
	return face, nil
}

// outlinesOf finds the table "CFF " of an OpenType file (OpenType 1.9, Organization
// of an OpenType Font): where its entry in the table directory begins, and its bytes.
func outlinesOf(file []byte) (entry int, table []byte, ok bool) {
	const header, record = 12, 16
	if len(file) < header || string(file[:4]) != "OTTO" {
		return 0, nil, false
	}
	for entry = header; entry < header+record*int(binary.BigEndian.Uint16(file[4:])); entry += record {
		if entry+record > len(file) {
			return 0, nil, false
		}
		if string(file[entry:entry+4]) != "CFF " {
			continue
		}
		from := uint64(binary.BigEndian.Uint32(file[entry+8:]))
		to := from + uint64(binary.BigEndian.Uint32(file[entry+12:]))
		if to > uint64(len(file)) {
			return 0, nil, false
		}
		return entry, file[from:to:to], true
	}
	return 0, nil, false
}

// view reads a file whose table directory names one table differently.
type view struct {
	*bytes.Reader
	tag int // where the name stands; 0 leaves the file as it is
}

// Read is the module's way through the directory.
func (v *view) Read(p []byte) (int, error) {
	at := int(v.Size()) - v.Len()
	n, err := v.Reader.Read(p)
	v.rename(p[:n], at)
	return n, err
}

// ReadAt is its way to the tables.
func (v *view) ReadAt(p []byte, off int64) (int, error) {
	n, err := v.Reader.ReadAt(p, off)
	v.rename(p[:n], int(off))
	return n, err
}

// rename changes the first letter of the name where p, which stands in the file at
// the given place, has it.
func (v *view) rename(p []byte, at int) {
	if i := v.tag - at; v.tag > 0 && i >= 0 && i < len(p) {
		p[i] = '-'
	}
}

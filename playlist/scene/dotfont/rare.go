package dotfont

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"mingbai/playlist/scene/typeset/outline"
)

// sharedFace is a font file that several faces draw from.
type sharedFace struct {
	mu   sync.Mutex // guards face, which serves one goroutine
	face *outline.Face
	of   *byte // the first byte of the file
}

// lent are the font files that SetRare was given last.
var lent struct {
	mu     sync.Mutex // guards what follows
	owners []any
	files  [][]*sharedFace // of each owner

	all atomic.Pointer[[]*sharedFace] // of all owners
}

// SetRare makes these font files what owner lends to every face for characters
// that the face lacks, such as those of rare names that editions bring along
// (package typeset/rare), in place of what the same owner lent before; without
// files it takes them back. owner is anything that can be compared, such as a
// pointer to the board's program. The error names the first file that cannot be
// read; the others count.
//
// Faces are the process's, so a character that one owner brings is there for
// all: the boards of one process show what the same offices signed.
func SetRare(owner any, files ...[]byte) error {
	lent.mu.Lock()
	defer lent.mu.Unlock()
	i := slices.Index(lent.owners, owner)
	if i < 0 {
		i = len(lent.owners)
		lent.owners, lent.files = append(lent.owners, owner), append(lent.files, nil)
	}
	old := lent.files[i]
	var now []*sharedFace
	var first error
	for k, file := range files {
		if len(file) == 0 {
			continue
		}
		if k := slices.IndexFunc(old, func(f *sharedFace) bool { return f.of == &file[0] }); k >= 0 {
			now = append(now, old[k])
			continue
		}
		face, err := outline.Parse(file)
		if err != nil {
			if first == nil {
				first = fmt.Errorf("adding typeface %d of %d: %w", k+1, len(files), err)
			}
			continue
		}
		now = append(now, &sharedFace{face: face, of: &file[0]})
	}
	lent.files[i] = now
	if len(now) == 0 {
		lent.owners, lent.files = slices.Delete(lent.owners, i, i+1), slices.Delete(lent.files, i, i+1)
	}
	if !slices.Equal(now, old) {
		all := slices.Concat(lent.files...)
		lent.all.Store(&all)
	}
	return first
}

// refresh takes the files that SetRare brought since the last glyph, and forgets
// what came from those before and what was lacking.
func (f *Font) refresh() {
	now := lent.all.Load()
	if now == f.rareOf {
		return
	}
	f.rareOf, f.rare = now, nil
	for _, face := range *now {
		f.rare = append(f.rare, f.brought(face))
	}
	for _, m := range []map[rune]glyph{f.late, f.before} {
		for r, g := range m {
			if g.rare {
				delete(m, r)
			}
		}
	}
}

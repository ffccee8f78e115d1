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

// brought are the font files that SetRare was given last.
var brought atomic.Pointer[[]*sharedFace]

// settingRare keeps two calls of SetRare apart.
var settingRare sync.Mutex

// SetRare makes these font files the ones that every face asks for characters
// which it lacks, such as those of rare names that editions bring along (package
// typeset/rare), in place of the ones before. The error names the first file
// that cannot be read; the others count.
//
// The files are the process's, not a board's: a screen shows one library, and an
// office's previews draw with all the characters that it has.
func SetRare(files ...[]byte) error {
	settingRare.Lock()
	defer settingRare.Unlock()
	var old []*sharedFace
	if p := brought.Load(); p != nil {
		old = *p
	}
	var now []*sharedFace
	var first error
	for i, file := range files {
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
				first = fmt.Errorf("adding typeface %d of %d: %w", i+1, len(files), err)
			}
			continue
		}
		now = append(now, &sharedFace{face: face, of: &file[0]})
	}
	if !slices.Equal(now, old) {
		brought.Store(&now)
	}
	return first
}

// refresh takes the files that SetRare brought since the last glyph, and forgets
// what came from those before and what was lacking.
func (f *Font) refresh() {
	now := brought.Load()
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

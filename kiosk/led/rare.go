package led

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/dotfont"
)

// again is how long after a blob could not be read it is asked for again.
const again = 5 * time.Second

// rareGlyphs says of which library the board has the rare characters.
type rareGlyphs struct {
	of    *playlist.Library
	whole bool      // all of them could be read
	tried time.Time // by the machine's clock
}

// lend gives the faces the characters that the library's editions brought along.
// What cannot be read now is asked for again, and is 〓 until then.
func (g *rareGlyphs) lend(src Source, lib *playlist.Library, now time.Time) {
	if lib == nil || lib == g.of && (g.whole || now.Sub(g.tried) < again) {
		return
	}
	g.of, g.whole, g.tried = lib, true, now
	var files [][]byte
	for _, b := range lib.Glyphs() {
		data, err := src.Blob(b.Ref, b.Size)
		if err != nil {
			g.whole = false
			continue
		}
		files = append(files, data)
	}
	// A file that is no font was made by a broken office; the others count.
	_ = dotfont.SetRare(g, files...)
}

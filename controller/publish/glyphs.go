package publish

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/scene/typeset/rare"
)

// Glyphs knows the characters that the embedded faces lack and this machine's
// fonts have. It may be used by several goroutines.
type Glyphs struct {
	sources *rare.Sources
	setter  *typeset.Setter

	mu   sync.Mutex // guards have
	have map[rune]bool
}

// NewGlyphs takes rare characters from sources and lends them to setter and to
// the faces of boards, so that previews show what screens will show.
func NewGlyphs(sources *rare.Sources, setter *typeset.Setter) *Glyphs {
	return &Glyphs{sources: sources, setter: setter, have: map[rune]bool{}}
}

// Missing returns the characters of text that neither the embedded faces nor
// the fonts of this machine have. Those that only the machine has can be drawn
// here from now on.
func (g *Glyphs) Missing(text string) []rune {
	lacking := g.setter.Lacking(text)
	if len(lacking) == 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	fresh := false
	missing := slices.DeleteFunc(lacking, func(r rune) bool {
		if g.have[r] {
			return true
		}
		if !g.sources.Has(r) {
			return false
		}
		g.have[r], fresh = true, true
		return true
	})
	if fresh {
		// A source that cannot be read now gives its characters back as missing
		// the next time.
		file, _, err := g.sources.Subset(slices.Collect(maps.Keys(g.have)))
		if err != nil || g.setter.SetRare(file) != nil || dotfont.SetRare(g, file) != nil {
			clear(g.have)
		}
	}
	return missing
}

// pack makes the font file of the rare characters of texts; nil when all of them
// are embedded or nobody has them.
func (g *Glyphs) pack(runes []rune) ([]byte, error) {
	if g == nil || len(runes) == 0 {
		return nil, nil
	}
	file, _, err := g.sources.Subset(runes)
	return file, err
}

// Missing returns the characters of text that no font has.
func (d *Desk) Missing(text string) []rune {
	if d.cfg.Glyphs == nil {
		return nil
	}
	return d.cfg.Glyphs.Missing(text)
}

// rareOf returns the characters of a notice that the embedded faces lack, from
// the line's memory where it was asked before.
func (l *line) rareOf(s *typeset.Setter, ref assets.Ref, n *playlist.Notice) ([]rune, error) {
	if known, ok := l.rare[ref]; ok {
		return known, nil
	}
	data, err := n.Encode() // every text of the notice, whatever its kind
	if err != nil {
		return nil, err
	}
	runes := s.Lacking(string(data))
	l.rare[ref] = runes
	return runes, nil
}

// withGlyphs puts the blob with the rare characters of what a channel publishes
// into the input.
func (d *Desk) withGlyphs(l *line, in playlist.CompileInput, site string) (playlist.CompileInput, error) {
	if d.cfg.Glyphs == nil {
		return in, nil
	}
	s := d.cfg.Glyphs.setter
	runes := s.Lacking(site)
	for _, c := range in.Columns {
		runes = append(runes, s.Lacking(c.Name+c.Hint+c.Owner)...)
	}
	refs := make(map[*playlist.Notice]assets.Ref, len(l.notices))
	for ref, n := range l.notices {
		refs[n] = ref
	}
	for _, n := range in.Notices {
		more, err := l.rareOf(s, refs[n], n)
		if err != nil {
			return in, err
		}
		runes = append(runes, more...)
	}
	file, err := d.cfg.Glyphs.pack(runes)
	if err != nil {
		return in, fmt.Errorf("rare characters: %w", err)
	}
	if file == nil {
		return in, nil
	}
	ref, err := d.cfg.Blobs.PutBytes(file)
	if err != nil {
		return in, fmt.Errorf("rare characters: %w", err)
	}
	in.Glyphs = &playlist.Blob{Ref: ref, Size: int64(len(file))}
	return in, nil
}

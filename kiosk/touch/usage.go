package touch

import (
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

// count adds one to a count of today. Counts say what was done here, never by
// whom and never in which order (DOMAIN I10).
func (p *Program) count(key string) { p.src.Count(key, 1) }

// countOnce counts a choice that one person may make again and again.
func (p *Program) countOnce(key string) {
	s := &p.session
	if s.counted[key] {
		return
	}
	if s.counted == nil {
		s.counted = map[string]bool{}
	}
	s.counted[key] = true
	p.count(key)
}

// countPage counts a page that a person opened.
func (p *Program) countPage(v page.View) {
	p.count(wire.CountPage + string(v.Kind))
	if v.Kind == page.NoticePage {
		p.count(wire.CountNotice + string(v.Notice))
	}
}

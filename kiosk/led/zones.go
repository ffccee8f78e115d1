package led

import (
	"slices"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// note remembers what to say of the notices whose pages a zone has.
func (k *zones) note(pages []led.Page, m schedule.Moment) {
	for _, page := range pages {
		if n := page.Notice; n != nil {
			show := wire.Showing{Notice: n.ID, Version: n.Version}
			_, show.Channel, show.Revision, _ = k.lib.Notice(n.ID, m)
			k.shows[n] = show
		}
	}
}

// others returns the notices that are to be seen in zones beside that of the
// loop, each once; none while the board is dark. The next call overwrites them.
func (p *Program) others(parts []part, dark bool) []wire.Showing {
	p.also = p.also[:0]
	if dark {
		return p.also
	}
	for _, t := range parts {
		if t.page.Notice == nil {
			continue
		}
		show := p.zones.shows[t.page.Notice]
		if show.Page = "zone"; t.zone.Kind == playlist.AlertZone {
			show.Page = "alert"
		}
		if !slices.Contains(p.also, show) {
			p.also = append(p.also, show)
		}
	}
	return p.also
}

package led

import (
	"slices"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// keep is how long the pages of zones are used before they are asked for anew:
// an alert or a notice that comes with its hour is on a second later at most.
const keep = time.Second

// Zones keeps the pages of a board's zones from frame to frame. The zero Zones
// is ready; one goroutine uses it. Page.Notice says which notice a zone shows; a
// board records the time of each of them beside that of the notices' own zone.
type Zones struct {
	lib   *playlist.Library
	zones []playlist.Zone
	made  time.Time // on the scale of Moment.Now
	pages [][]Page  // of each zone of the screen
}

// Parts returns what every zone of the screen shows, in the order of its zones,
// and after how long any of it changes by itself; with a text that passes by that
// is one frame. on is the page of the notices and onFor how long it has been.
// running drives the other zones: boards with the same running, for example the
// time since an epoch, are in step. lib may be nil.
func (k *Zones) Parts(s playlist.Settings, lib *playlist.Library, m schedule.Moment, running time.Duration, on Page, onFor time.Duration) (parts []Part, left time.Duration) {
	list := s.Screen.Zones
	age := m.Now.Sub(k.made)
	if lib != k.lib || !slices.Equal(list, k.zones) || age < 0 || age >= keep {
		k.lib, k.zones, k.made = lib, list, m.Now
		k.pages = k.pages[:0]
		for _, z := range list {
			k.pages = append(k.pages, ZonePages(z, s, lib, m))
		}
		age = 0
	}
	left = keep - age
	for i, z := range list {
		part := Part{Zone: z, Page: on, Elapsed: onFor}
		if z.Kind != playlist.NoticeZone {
			if len(k.pages[i]) == 0 {
				continue
			}
			var stays time.Duration
			part.Page, part.Elapsed, stays = PageAt(k.pages[i], running)
			left = min(left, stays)
		}
		if part.Page.Marquee {
			left = min(left, time.Second/frameRate)
		}
		parts = append(parts, part)
	}
	return parts, left
}

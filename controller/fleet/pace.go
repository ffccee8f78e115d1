package fleet

import (
	"encoding/json"
	"sync"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
)

// mostPaces bounds what is remembered of how long notices take on boards.
const mostPaces = 200_000

// paces remembers how long notices take on boards. To find out, the pages have to
// be laid out, which takes a thousand times longer than all the rest of a
// forecast; boards of one size share it.
type paces struct {
	mu   sync.Mutex // guards said
	said map[paceKey]time.Duration
}

// paceKey is all that the pages of a notice depend on. A version of a notice
// never changes.
type paceKey struct {
	board   string
	own     playlist.SiteID // whose rows of a fund come first; else empty
	site    playlist.SiteID
	notice  playlist.NoticeID
	version int
	totals  bool
}

// of is led.Pace for the board of these settings.
func (p *paces) of(doc playlist.Settings) playlist.Pace {
	s := doc.Screen
	board, err := json.Marshal([]any{s.Panel, s.Zones, s.ReaderM})
	if err != nil || s.Kind != playlist.LED {
		return led.Pace(doc)
	}
	pace := led.Pace(doc)
	return func(n *playlist.Notice, totals bool) time.Duration {
		key := paceKey{board: string(board), site: n.Site, notice: n.ID, version: n.Version, totals: totals}
		if n.Fund != nil && len(doc.Path) > 0 {
			key.own = doc.Path[0].ID
		}
		p.mu.Lock()
		d, known := p.said[key]
		p.mu.Unlock()
		if known {
			return d
		}
		d = pace(n, totals)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.said == nil || len(p.said) >= mostPaces {
			p.said = map[paceKey]time.Duration{}
		}
		p.said[key] = d
		return d
	}
}

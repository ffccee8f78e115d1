package playlist

import (
	"sync"
	"time"
)

// Pace says how long a notice is on one LED board; totals is Slot.Totals. It
// must give the same answer for the same version of a notice always.
type Pace func(n *Notice, totals bool) time.Duration

// LibraryOption changes how a library is made.
type LibraryOption func(*Library)

// WithPace makes the library reckon the loop of an LED board with the time that
// its pages really need. Without it, or where it gives nothing, Dwell is used.
func WithPace(p Pace) LibraryOption { return func(l *Library) { l.pace = Remember(p) } }

// mostPaces bounds what one Pace remembers.
const mostPaces = 20_000

// Remember returns a Pace that asks p once for each version of a notice: to
// answer, its pages have to be laid out. It is safe for concurrent use if p is.
func Remember(p Pace) Pace {
	type key struct {
		site    SiteID
		notice  NoticeID
		version int
		totals  bool
	}
	var mu sync.Mutex // guards said
	said := map[key]time.Duration{}
	return func(n *Notice, totals bool) time.Duration {
		k := key{n.Site, n.ID, n.Version, totals}
		mu.Lock()
		d, known := said[k]
		mu.Unlock()
		if known {
			return d
		}
		d = p(n, totals)
		mu.Lock()
		defer mu.Unlock()
		if len(said) >= mostPaces {
			clear(said)
		}
		said[k] = d
		return d
	}
}

package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// PutUsage stores the counts of a screen and day. Counts only grow, so sending a
// day twice, or an older state of it after a newer one, changes nothing.
func (t *Tx) PutUsage(ctx context.Context, screen playlist.ScreenID, site playlist.SiteID, u wire.Usage) error {
	what := fmt.Sprintf("save usage of %s on %s", screen, u.Day)
	have, err := one(ctx, t.q, what, scanUsage, `SELECT day, screen, site, counts, empty FROM usage WHERE day = $1 AND screen = $2`,
		u.Day.String(), string(screen))
	switch {
	case errors.Is(err, ErrNotFound):
		have = usageRow{site: site}
	case err != nil:
		return err
	}
	counts, grown := map[string]int64{}, false
	if err := have.each(func(key []byte, n int64) { counts[string(key)] = n }); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	for key, n := range u.Counts {
		if n := int64(n); n > counts[key] && (counts[key] > 0 || len(counts) < wire.MaxCounts) {
			counts[key], grown = n, true
		}
	}
	empty := slices.Collect(have.searches())
	for _, typed := range u.Empty {
		if len(empty) < wire.MaxEmpty && !slices.Contains(empty, typed) {
			empty, grown = append(empty, typed), true
		}
	}
	if !grown {
		return nil
	}
	var lines strings.Builder
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&lines, "%s %d\n", key, counts[key])
	}
	_, err = exec(ctx, t.q, what, `INSERT INTO usage (day, screen, site, counts, empty) VALUES ($1, $2, $3, $4, $5)
		 ON CONFLICT (day, screen) DO UPDATE SET counts = excluded.counts, empty = excluded.empty`,
		u.Day.String(), string(screen), string(have.site), lines.String(), strings.Join(empty, "\n"))
	return err
}

type usageRow struct {
	day    string
	screen playlist.ScreenID
	site   playlist.SiteID
	counts []byte // lines of a key, a space and a number
	empty  string // lines
}

func scanUsage(r scanner) (u usageRow, err error) {
	err = r.Scan(&u.day, &u.screen, &u.site, &u.counts, &u.empty)
	return u, err
}

// each calls f with every count; key is valid during the call only.
func (u usageRow) each(f func(key []byte, n int64)) error {
	for line := range bytes.Lines(u.counts) {
		key, text, _ := bytes.Cut(bytes.TrimSuffix(line, []byte{'\n'}), []byte{' '})
		n, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			return fmt.Errorf("the counts of %s on %s are damaged: %w", u.screen, u.day, err)
		}
		f(key, n)
	}
	return nil
}

func (u usageRow) searches() iter.Seq[string] {
	return func(yield func(string) bool) {
		for typed := range strings.SplitSeq(u.empty, "\n") {
			if typed != "" && !yield(typed) {
				return
			}
		}
	}
}

// UsageFilter narrows what is added up. From and To are the first and the last
// day; empty lists do not narrow.
type UsageFilter struct {
	From, To schedule.Date
	Sites    []playlist.SiteID
	Screen   playlist.ScreenID
}

// Usage is what was done at screens, without identity.
type Usage struct {
	Totals  map[string]int64 `json:"totals"`
	Screens []UsageOf        `json:"screens"` // without notices and pages
	Days    []UsageOf        `json:"days"`    // the same by day; days without counts are left out
	Empty   []EmptySearch    `json:"empty"`   // the most frequent first
}

// UsageOf is the counts of a screen, or of a day.
type UsageOf struct {
	Screen playlist.ScreenID `json:"screen,omitempty"`
	Site   playlist.SiteID   `json:"site,omitempty"`
	Day    string            `json:"day,omitempty"`
	Counts map[string]int64  `json:"counts"`
}

// EmptySearch is what people looked for and did not find (DOMAIN E30).
type EmptySearch struct {
	Typed   string `json:"typed"`
	Days    int    `json:"days"` // on which it was typed
	Screens int    `json:"screens"`
	Last    string `json:"last"` // the last such day
}

// maxEmptySearches bounds how many different searches are added up.
const maxEmptySearches = 100_000

// Usage adds up the days of a filter in one pass.
func (r Reader) Usage(ctx context.Context, f UsageFilter) (Usage, error) {
	var c conditions
	c.add("day >= ?", f.From.String())
	c.add("day <= ?", f.To.String())
	in(&c, "site", f.Sites)
	if f.Screen != "" {
		c.add("screen = ?", string(f.Screen))
	}
	rows, err := r.q.QueryContext(ctx, `SELECT day, screen, site, counts, empty FROM usage`+c.where()+` ORDER BY day, screen`, c.args...)
	if err != nil {
		return Usage{}, fmt.Errorf("read usage: %w", err)
	}
	defer rows.Close()
	sum := adder{
		totals: map[string]*total{}, screens: map[playlist.ScreenID]*UsageOf{}, searches: map[string]*search{},
	}
	for rows.Next() {
		row, err := scanUsage(rows)
		if err != nil {
			return Usage{}, fmt.Errorf("read usage: %w", err)
		}
		if err := sum.add(row); err != nil {
			return Usage{}, fmt.Errorf("read usage: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return Usage{}, fmt.Errorf("read usage: %w", err)
	}
	return sum.usage(), nil
}

// adder adds up rows that come by day.
type adder struct {
	totals   map[string]*total
	screens  map[playlist.ScreenID]*UsageOf
	days     []UsageOf
	searches map[string]*search
}

// total is a key with its sum; one for all rows, because making the same text
// again for each costs more than adding.
type total struct {
	key   string
	n     int64
	plain bool // it names no notice and no page
}

type search struct {
	EmptySearch
	times   int
	screens map[playlist.ScreenID]bool
}

func (a *adder) add(row usageRow) error {
	screen := a.screens[row.screen]
	if screen == nil {
		screen = &UsageOf{Screen: row.screen, Counts: map[string]int64{}}
		a.screens[row.screen] = screen
	}
	screen.Site = row.site // where it was last
	if n := len(a.days); n == 0 || a.days[n-1].Day != row.day {
		a.days = append(a.days, UsageOf{Day: row.day, Counts: map[string]int64{}})
	}
	day := a.days[len(a.days)-1]
	err := row.each(func(key []byte, n int64) {
		t := a.totals[string(key)]
		if t == nil {
			t = &total{key: string(key), plain: !bytes.Contains(key, []byte{':'})}
			a.totals[t.key] = t
		}
		t.n += n
		if t.plain {
			screen.Counts[t.key] += n
			day.Counts[t.key] += n
		}
	})
	for typed := range row.searches() {
		s := a.searches[typed]
		if s == nil {
			if len(a.searches) >= maxEmptySearches {
				continue
			}
			s = &search{EmptySearch: EmptySearch{Typed: typed}, screens: map[playlist.ScreenID]bool{}}
			a.searches[typed] = s
		}
		s.times++
		s.screens[row.screen] = true
		if s.Last != row.day {
			s.Days, s.Last = s.Days+1, row.day
		}
	}
	return err
}

func (a *adder) usage() Usage {
	u := Usage{Totals: map[string]int64{}, Days: a.days, Screens: []UsageOf{}, Empty: []EmptySearch{}}
	for key, t := range a.totals {
		u.Totals[key] = t.n
	}
	for _, id := range slices.Sorted(maps.Keys(a.screens)) {
		u.Screens = append(u.Screens, *a.screens[id])
	}
	searches := slices.SortedFunc(maps.Values(a.searches), func(x, y *search) int {
		return cmp.Or(cmp.Compare(y.times, x.times), cmp.Compare(x.Typed, y.Typed))
	})
	for _, s := range searches {
		s.Screens = len(s.screens)
		u.Empty = append(u.Empty, s.EmptySearch)
	}
	return u
}

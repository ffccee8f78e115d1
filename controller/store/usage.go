package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// PutUsage stores the counts of a screen and day. Counts only grow, so sending a
// day twice, or an older state of it after a newer one, changes nothing.
func (t *Tx) PutUsage(ctx context.Context, screen playlist.ScreenID, site playlist.SiteID, u wire.Usage) error {
	what := fmt.Sprintf("save usage of %s on %s", screen, u.Day)
	for _, key := range slices.Sorted(maps.Keys(u.Counts)) {
		_, err := exec(ctx, t.q, what,
			`INSERT INTO usage (day, screen, key, site, n) VALUES ($1, $2, $3, $4, $5)
			 ON CONFLICT (day, screen, key) DO UPDATE SET n = excluded.n WHERE excluded.n > usage.n`,
			u.Day.String(), string(screen), key, string(site), int64(u.Counts[key]))
		if err != nil {
			return err
		}
	}
	for _, typed := range u.Empty {
		_, err := exec(ctx, t.q, what,
			`INSERT INTO usage_empty (day, screen, typed, site) VALUES ($1, $2, $3, $4) ON CONFLICT (day, screen, typed) DO NOTHING`,
			u.Day.String(), string(screen), typed, string(site))
		if err != nil {
			return err
		}
	}
	return nil
}

// UsageFilter narrows what is summed. From and To are the first and the last
// day; empty lists do not narrow.
type UsageFilter struct {
	From, To schedule.Date
	Sites    []playlist.SiteID
	Screen   playlist.ScreenID
}

func (f UsageFilter) where() conditions {
	var c conditions
	c.add("day >= ?", f.From.String())
	c.add("day <= ?", f.To.String())
	in(&c, "site", f.Sites)
	if f.Screen != "" {
		c.add("screen = ?", string(f.Screen))
	}
	return c
}

// UsageOf is the counts of a screen, or of a day.
type UsageOf struct {
	Screen playlist.ScreenID `json:"screen,omitempty"`
	Site   playlist.SiteID   `json:"site,omitempty"`
	Day    string            `json:"day,omitempty"`
	Counts map[string]int64  `json:"counts"`
}

// UsageSums sums every key.
func (r Reader) UsageSums(ctx context.Context, f UsageFilter) (map[string]int64, error) {
	c := f.where()
	rows, err := collect(ctx, r.q, "usage", scanPair, `SELECT key, SUM(n) FROM usage`+c.where()+` GROUP BY key`, c.args...)
	if err != nil {
		return nil, err
	}
	sums := map[string]int64{}
	for _, p := range rows {
		sums[p.key] = p.n
	}
	return sums, nil
}

type pair struct {
	key string
	n   int64
}

func scanPair(r scanner) (p pair, err error) { err = r.Scan(&p.key, &p.n); return p, err }

// UsageByScreen sums the keys without notices and pages, per screen.
func (r Reader) UsageByScreen(ctx context.Context, f UsageFilter) ([]UsageOf, error) {
	c := f.where()
	c.add("key NOT LIKE ?", "%:%")
	type line struct {
		screen playlist.ScreenID
		site   playlist.SiteID
		pair
	}
	rows, err := collect(ctx, r.q, "usage by screen", func(s scanner) (l line, err error) {
		err = s.Scan(&l.screen, &l.site, &l.key, &l.n)
		return l, err
	}, `SELECT screen, MAX(site), key, SUM(n) FROM usage`+c.where()+` GROUP BY screen, key ORDER BY screen, key`, c.args...)
	if err != nil {
		return nil, err
	}
	var out []UsageOf
	for _, l := range rows {
		if len(out) == 0 || out[len(out)-1].Screen != l.screen {
			out = append(out, UsageOf{Screen: l.screen, Site: l.site, Counts: map[string]int64{}})
		}
		out[len(out)-1].Counts[l.key] = l.n
	}
	return out, nil
}

// UsageByDay sums the keys without notices and pages, per day. Days on which
// nothing was counted are left out.
func (r Reader) UsageByDay(ctx context.Context, f UsageFilter) ([]UsageOf, error) {
	c := f.where()
	c.add("key NOT LIKE ?", "%:%")
	type line struct {
		day string
		pair
	}
	rows, err := collect(ctx, r.q, "usage by day", func(s scanner) (l line, err error) {
		err = s.Scan(&l.day, &l.key, &l.n)
		return l, err
	}, `SELECT day, key, SUM(n) FROM usage`+c.where()+` GROUP BY day, key ORDER BY day, key`, c.args...)
	if err != nil {
		return nil, err
	}
	var out []UsageOf
	for _, l := range rows {
		if len(out) == 0 || out[len(out)-1].Day != l.day {
			out = append(out, UsageOf{Day: l.day, Counts: map[string]int64{}})
		}
		out[len(out)-1].Counts[l.key] = l.n
	}
	return out, nil
}

// EmptySearch is what people looked for and did not find (DOMAIN E30).
type EmptySearch struct {
	Typed   string `json:"typed"`
	Days    int    `json:"days"` // days on which it was typed, those of each screen counted
	Screens int    `json:"screens"`
	Last    string `json:"last"` // the last such day
}

// EmptySearches lists searches that found nothing, the most frequent first.
func (r Reader) EmptySearches(ctx context.Context, f UsageFilter, limit int) ([]EmptySearch, error) {
	c := f.where()
	args := append(c.args, limit)
	return collect(ctx, r.q, "searches without a result", func(s scanner) (e EmptySearch, err error) {
		err = s.Scan(&e.Typed, &e.Days, &e.Screens, &e.Last)
		return e, err
	}, fmt.Sprintf(`SELECT typed, COUNT(*), COUNT(DISTINCT screen), MAX(day) FROM usage_empty%s
		 GROUP BY typed ORDER BY COUNT(*) DESC, typed LIMIT $%d`, c.where(), len(args)), args...)
}

package store

import (
	"context"
	"encoding/json"
	"errors"

	"mingbai/playlist"
)

// Line is what the line of a site carries. Zero is without a limit.
type Line struct {
	Rate  int   `json:"rate"`  // kbit/s, of 1,000 bits a second
	Month int64 `json:"month"` // MB a month, of 1,000,000 bytes
}

// SiteLine is the line that was set for a site.
type SiteLine struct {
	Site playlist.SiteID `json:"site"`
	Line Line            `json:"line"`
}

// Lines returns all that were set.
func (r Reader) Lines(ctx context.Context) ([]SiteLine, error) {
	return collect(ctx, r.q, "lines", func(s scanner) (SiteLine, error) {
		var l SiteLine
		var body []byte
		if err := s.Scan(&l.Site, &body); err != nil {
			return l, err
		}
		return l, json.Unmarshal(body, &l.Line)
	}, `SELECT site, body FROM lines ORDER BY site`)
}

// LineOf returns the line of the first site of a path, from the site itself up to
// the root, for which one was set. ErrNotFound means none.
func (r Reader) LineOf(ctx context.Context, path []playlist.SiteID) (SiteLine, error) {
	for _, site := range path {
		l, err := one(ctx, r.q, "line of "+string(site), scanJSON[Line], `SELECT body FROM lines WHERE site = $1`, string(site))
		if !errors.Is(err, ErrNotFound) {
			return SiteLine{site, l}, err
		}
	}
	return SiteLine{}, ErrNotFound
}

// PutLine sets the line of a site and of all below.
func (t *Tx) PutLine(ctx context.Context, site playlist.SiteID, l Line) error {
	data, err := encode(l)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "set the line of "+string(site),
		`INSERT INTO lines (site, body) VALUES ($1, $2) ON CONFLICT (site) DO UPDATE SET body = excluded.body`, string(site), data)
	return err
}

// DropLine lets a site follow the one above again.
func (t *Tx) DropLine(ctx context.Context, site playlist.SiteID) error {
	_, err := exec(ctx, t.q, "drop the line of "+string(site), `DELETE FROM lines WHERE site = $1`, string(site))
	return err
}

// PassLine lets everything go to a site in a month, or not any more.
func (t *Tx) PassLine(ctx context.Context, site playlist.SiteID, month string, pass bool) error {
	query := `DELETE FROM line_passes WHERE site = $1 AND month = $2`
	if pass {
		query = `INSERT INTO line_passes (site, month) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	}
	_, err := exec(ctx, t.q, "open the line of "+string(site), query, string(site), month)
	return err
}

// LinePasses returns the sites to which everything goes in a month.
func (r Reader) LinePasses(ctx context.Context, month string) ([]playlist.SiteID, error) {
	return collect(ctx, r.q, "open lines", func(s scanner) (id playlist.SiteID, err error) { return id, s.Scan(&id) },
		`SELECT site FROM line_passes WHERE month = $1 ORDER BY site`, month)
}

// Traffic is what went from and to a screen at a site in a month, in bytes.
type Traffic struct {
	Site     playlist.SiteID   `json:"site"`
	Screen   playlist.ScreenID `json:"screen"`
	Received int64             `json:"received"` // over its connection
	Sent     int64             `json:"sent"`
	Files    int64             `json:"files"` // that it fetched
}

// All is the sum.
func (t Traffic) All() int64 { return t.Received + t.Sent + t.Files }

// AddTraffic adds to what went in a month.
func (t *Tx) AddTraffic(ctx context.Context, month string, v Traffic) error {
	_, err := exec(ctx, t.q, "save traffic of "+string(v.Screen), `INSERT INTO traffic (month, site, screen, received, sent, files) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (month, site, screen) DO UPDATE SET received = traffic.received + excluded.received, sent = traffic.sent + excluded.sent, files = traffic.files + excluded.files`,
		month, string(v.Site), string(v.Screen), v.Received, v.Sent, v.Files)
	return err
}

// Traffic returns what went in a month, by site and screen.
func (r Reader) Traffic(ctx context.Context, month string) ([]Traffic, error) {
	return collect(ctx, r.q, "traffic of "+month, func(s scanner) (t Traffic, err error) {
		return t, s.Scan(&t.Site, &t.Screen, &t.Received, &t.Sent, &t.Files)
	}, `SELECT site, screen, received, sent, files FROM traffic WHERE month = $1 ORDER BY site, screen`, month)
}

// TrafficOf returns what went from and to a screen at a site in a month; zero when
// nothing is known.
func (r Reader) TrafficOf(ctx context.Context, month string, site playlist.SiteID, screen playlist.ScreenID) (Traffic, error) {
	t, err := one(ctx, r.q, "traffic of "+string(screen), func(s scanner) (t Traffic, err error) { return t, s.Scan(&t.Received, &t.Sent, &t.Files) },
		`SELECT received, sent, files FROM traffic WHERE month = $1 AND site = $2 AND screen = $3`, month, string(site), string(screen))
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	t.Site, t.Screen = site, screen
	return t, err
}

// CountRefs is how many different blobs notices name.
func (r Reader) CountRefs(ctx context.Context) (int, error) {
	return one(ctx, r.q, "count blobs", func(s scanner) (n int, err error) { return n, s.Scan(&n) }, `SELECT COUNT(DISTINCT ref) FROM blob_uses`)
}

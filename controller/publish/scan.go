package publish

import (
	"context"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/guard"
)

// Scan is what was found in everything that is up (DOMAIN C08). It is kept in
// memory until the next one, and gone when the program ends.
type Scan struct {
	Began, Ended time.Time // Ended is zero while it goes on
	Looked, All  int       // notices
	Found        []Scanned // the gravest first within each notice; by notice
	Failed       bool      // it stopped on an error, which is in the log
}

// Scanned is one notice in which something was found.
type Scanned struct {
	Notice   playlist.NoticeID
	Version  int
	Site     playlist.SiteID
	Title    string
	Findings []guard.Finding
}

// Scan begins to look over everything that is up, in the background, unless that
// is going on already.
func (d *Desk) Scan() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return ErrClosed
	}
	if d.scan != nil && d.scan.Ended.IsZero() {
		return nil
	}
	d.scan = &Scan{Began: d.cfg.Now()}
	d.work.Go(func() {
		err := d.scanAll(d.ctx)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.scan.Ended, d.scan.Failed = d.cfg.Now(), err != nil
		if err != nil {
			d.cfg.Log.Warn("what is up could not be looked over", "error", err)
		}
	})
	return nil
}

// Scanned returns how far the last scan is; ok is false when there was none since
// the start of the program.
func (d *Desk) Scanned() (s Scan, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.scan == nil {
		return Scan{}, false
	}
	return *d.scan, true
}

func (d *Desk) scanAll(ctx context.Context) error {
	r := d.cfg.Store.Reader
	rows, err := r.AllLive(ctx)
	if err != nil {
		return err
	}
	env, err := d.env(ctx, r)
	if err != nil {
		return err
	}
	d.tally(func(s *Scan) { s.All = len(rows) })
	for _, row := range rows {
		v, err := r.NoticeVersion(ctx, row.Notice, row.Version)
		if err != nil {
			return err
		}
		n, err := v.Decode()
		if err != nil {
			return err
		}
		// That it is published, or over, is no finding.
		var found []guard.Finding
		for _, f := range d.findings(n, env) {
			if f.Code != "expired" {
				found = append(found, f)
			}
		}
		going := d.tally(func(s *Scan) {
			s.Looked++
			if len(found) > 0 {
				s.Found = append(s.Found, Scanned{n.ID, n.Version, n.Site, n.Title, found})
			}
		})
		if !going {
			return ErrClosed
		}
	}
	return nil
}

// tally changes what is known of the scan; it is false when the desk closes.
func (d *Desk) tally(change func(*Scan)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d.scan)
	return !d.closed
}

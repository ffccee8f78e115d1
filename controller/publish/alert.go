package publish

import (
	"context"
	"fmt"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// How long an alert may stand, and how long its lifting is shown.
const (
	LongestAlert = 24 * time.Hour
	LiftedFor    = 10 * time.Minute
)

// AlertRequest is a warning to be raised. It takes over every screen of the
// site and below until Until, which is at most LongestAlert away.
type AlertRequest struct {
	ID      playlist.NoticeID `json:"id,omitempty"` // of an alert in force that this one updates
	Site    playlist.SiteID   `json:"site"`
	Title   string            `json:"title"`
	TitleEn string            `json:"title_en,omitempty"`
	LED     string            `json:"led,omitempty"`
	Issuer  string            `json:"issuer"` // the site's name when empty
	Hotline string            `json:"hotline,omitempty"`
	Until   time.Time         `json:"until"`
	Alert   playlist.Alert    `json:"alert"`
}

// RaiseAlert publishes a warning on the alert channel of a site, or updates one.
// One person is enough.
func (d *Desk) RaiseAlert(ctx context.Context, who Who, q AlertRequest) (Receipt, error) {
	site, err := d.cfg.Store.Site(ctx, q.Site)
	if err != nil {
		return Receipt{}, fmt.Errorf("raise alert: %w", err)
	}
	now := d.cfg.Now()
	if q.Issuer == "" {
		q.Issuer = site.Name
	}
	if q.Hotline == "" {
		q.Hotline = site.Hotline
	}
	if q.Alert.Start.IsZero() {
		q.Alert.Start = now.UTC()
	}
	q.Alert.Lifted = false
	if left := q.Until.Sub(now); q.Until.IsZero() || left <= 0 || left > LongestAlert {
		return Receipt{}, &Invalid{[]playlist.Problem{{
			Field: "until", Code: "expiry", Severity: playlist.Wrong,
			Message: "预警必须写明结束时间，最长 24 小时", MessageEn: "an alert must say when it ends, at most 24 hours from now",
		}}}
	}
	return d.Publish(ctx, who, playlist.Notice{
		ID: q.ID, Kind: playlist.KindAlert, Site: q.Site, Title: q.Title, TitleEn: q.TitleEn, LED: q.LED,
		Issuer: q.Issuer, Hotline: q.Hotline, NotAfter: q.Until.UTC(), Alert: &q.Alert,
	})
}

// LiftAlert says on all screens for LiftedFor that an alert is over; then it
// expires by itself. One person is enough.
func (d *Desk) LiftAlert(ctx context.Context, who Who, id playlist.NoticeID) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	row, err := d.cfg.Store.Notice(ctx, id)
	if err != nil {
		return Receipt{}, fmt.Errorf("lift alert: %w", err)
	}
	if row.Kind != playlist.KindAlert || row.Live == 0 {
		return Receipt{}, fmt.Errorf("lift alert %s: %w", id, ErrNotLive)
	}
	v, err := d.cfg.Store.NoticeVersion(ctx, id, row.Live)
	if err != nil {
		return Receipt{}, fmt.Errorf("lift alert: %w", err)
	}
	n, err := v.Decode()
	if err != nil {
		return Receipt{}, fmt.Errorf("lift alert: %w", err)
	}
	now := d.cfg.Now()
	if n.Alert.Lifted || !now.Before(n.NotAfter) {
		c, err := d.cfg.Store.Channel(ctx, row.Channel())
		return Receipt{Notice: id, Version: row.Live, Channel: row.Channel(), Revision: c.Revision}, err
	}
	lifted := *n
	alert := *n.Alert
	alert.Lifted, alert.Reference = true, string(id)
	lifted.Alert, lifted.Version = &alert, row.Version
	lifted.NotBefore, lifted.NotAfter = now.UTC(), now.Add(LiftedFor).UTC()
	return d.Publish(ctx, who, lifted)
}

// ActiveAlert is an alert that screens show now.
type ActiveAlert struct {
	store.Notice
	Body *playlist.Notice `json:"body"`
}

// ActiveAlerts lists the alerts in force at this moment, those being lifted
// included.
func (d *Desk) ActiveAlerts(ctx context.Context) ([]ActiveAlert, error) {
	rows, err := d.cfg.Store.Notices(ctx, store.NoticeFilter{Kind: playlist.KindAlert, Status: store.Published, Limit: 1000})
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	now := d.cfg.Now()
	var active []ActiveAlert
	for _, row := range rows {
		v, err := d.cfg.Store.NoticeVersion(ctx, row.ID, row.Live)
		if err != nil {
			return nil, fmt.Errorf("list alerts: %w", err)
		}
		n, err := v.Decode()
		if err != nil {
			return nil, fmt.Errorf("list alerts: %w", err)
		}
		if now.Before(n.NotAfter) {
			active = append(active, ActiveAlert{row, n})
		}
	}
	return active, nil
}

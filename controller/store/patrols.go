package store

import (
	"context"
	"encoding/json"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Patrol is what a screen found when it looked itself over on a day.
type Patrol struct {
	Screen playlist.ScreenID `json:"screen"`
	Day    string            `json:"day"` // civil day of the office, 2026-11-22
	At     time.Time         `json:"at"`  // controller clock
	Bad    int               `json:"bad"` // how many checks found something
	Found  wire.Patrol       `json:"found"`
}

// PutPatrol keeps a day's patrol of a screen; the last one of the day counts.
func (t *Tx) PutPatrol(ctx context.Context, p Patrol) error {
	body, err := encode(p.Found)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save patrol of screen "+string(p.Screen),
		`INSERT INTO patrols (screen, day, at, bad, body) VALUES ($1, $2, $3, $4, $5)
		 ON CONFLICT (screen, day) DO UPDATE SET at = excluded.at, bad = excluded.bad, body = excluded.body`,
		string(p.Screen), p.Day, millis(p.At), p.Bad, body)
	return err
}

func scanPatrol(s scanner) (Patrol, error) {
	var p Patrol
	var at int64
	var body []byte
	if err := s.Scan(&p.Screen, &p.Day, &at, &p.Bad, &body); err != nil {
		return p, err
	}
	p.At = fromMillis(at)
	return p, json.Unmarshal(body, &p.Found)
}

// Patrols returns a day's patrols, those that found most first.
func (r Reader) Patrols(ctx context.Context, day string) ([]Patrol, error) {
	return collect(ctx, r.q, "patrols of "+day, scanPatrol,
		`SELECT screen, day, at, bad, body FROM patrols WHERE day = $1 ORDER BY bad DESC, screen`, day)
}

// PatrolsShort is Patrols without what the screens said that found nothing wrong,
// which nearly all are.
func (r Reader) PatrolsShort(ctx context.Context, day string) ([]Patrol, error) {
	return collect(ctx, r.q, "patrols of "+day, func(s scanner) (Patrol, error) {
		p := Patrol{Day: day}
		var at int64
		var body []byte
		if err := s.Scan(&p.Screen, &at, &p.Bad, &body); err != nil {
			return p, err
		}
		p.At = fromMillis(at)
		if body == nil {
			return p, nil
		}
		return p, json.Unmarshal(body, &p.Found)
	}, `SELECT screen, at, bad, CASE WHEN bad > 0 THEN body END FROM patrols WHERE day = $1 ORDER BY bad DESC, screen`, day)
}

// LastPatrol returns the newest patrol of a screen, or ErrNotFound.
func (r Reader) LastPatrol(ctx context.Context, screen playlist.ScreenID) (Patrol, error) {
	return one(ctx, r.q, "patrol of "+string(screen), scanPatrol,
		`SELECT screen, day, at, bad, body FROM patrols WHERE screen = $1 ORDER BY day DESC LIMIT 1`, string(screen))
}

// ForgetPatrols drops patrols from before a day.
func (t *Tx) ForgetPatrols(ctx context.Context, day string) error {
	_, err := exec(ctx, t.q, "forget patrols", `DELETE FROM patrols WHERE day < $1`, day)
	return err
}

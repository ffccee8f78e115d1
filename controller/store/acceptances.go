package store

import (
	"context"
	"encoding/json"
	"time"

	"mingbai/playlist"
)

// Verdict is what a person said of one step of an acceptance.
type Verdict string

// The verdicts; empty is none yet.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Skipped Verdict = "skipped"
)

// Acceptance is the record of a new screen being tried out on the spot. It is
// saved with every step.
type Acceptance struct {
	ID       string            `json:"id"`
	Screen   playlist.ScreenID `json:"screen"`
	Started  time.Time         `json:"started"`
	By       string            `json:"by"`
	Finished time.Time         `json:"finished,omitzero"` // zero while it goes on
	EndedBy  string            `json:"ended_by,omitempty"`
	Passed   bool              `json:"passed"` // no step failed
	Device   string            `json:"device"` // fingerprint
	Program  string            `json:"program,omitempty"`
	Steps    []AcceptanceStep  `json:"steps"`
}

// AcceptanceStep is one thing that was tried.
type AcceptanceStep struct {
	Name    string            `json:"name"`
	Asked   time.Time         `json:"asked,omitzero"`    // when it was begun
	Command string            `json:"command,omitempty"` // the id of the command that was sent for it
	Was     int               `json:"was,omitempty"`     // brightness before it, per cent
	Notice  playlist.NoticeID `json:"notice,omitempty"`  // on the display when a screenshot was asked for
	Verdict Verdict           `json:"verdict,omitempty"`
	Note    string            `json:"note,omitempty"` // in the person's words
	Zh      string            `json:"zh,omitempty"`   // what the screen reported, in Chinese
	En      string            `json:"en,omitempty"`   // and in English
	By      string            `json:"by,omitempty"`   // login
	At      time.Time         `json:"at,omitzero"`    // of the verdict
}

// PutAcceptance saves an acceptance as it stands.
func (t *Tx) PutAcceptance(ctx context.Context, a Acceptance) error {
	body, err := encode(a)
	if err != nil {
		return err
	}
	passed := 0
	if a.Passed {
		passed = 1
	}
	_, err = exec(ctx, t.q, "save acceptance of screen "+string(a.Screen),
		`INSERT INTO acceptances (id, screen, started, finished, passed, device, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		 ON CONFLICT (id) DO UPDATE SET finished = excluded.finished, passed = excluded.passed, device = excluded.device, body = excluded.body`,
		a.ID, string(a.Screen), millis(a.Started), millis(a.Finished), passed, a.Device, body)
	return err
}

func scanAcceptance(s scanner) (Acceptance, error) {
	var a Acceptance
	var body []byte
	if err := s.Scan(&body); err != nil {
		return a, err
	}
	return a, json.Unmarshal(body, &a)
}

// Acceptance returns one acceptance, or ErrNotFound.
func (r Reader) Acceptance(ctx context.Context, id string) (Acceptance, error) {
	return one(ctx, r.q, "acceptance "+id, scanAcceptance, `SELECT body FROM acceptances WHERE id = $1`, id)
}

// LastAcceptance returns the newest acceptance of a screen, or ErrNotFound.
func (r Reader) LastAcceptance(ctx context.Context, screen playlist.ScreenID) (Acceptance, error) {
	return one(ctx, r.q, "acceptance of "+string(screen), scanAcceptance,
		`SELECT body FROM acceptances WHERE screen = $1 ORDER BY started DESC, id LIMIT 1`, string(screen))
}

// AcceptancesOf returns the newest acceptances of a screen first, at most limit.
func (r Reader) AcceptancesOf(ctx context.Context, screen playlist.ScreenID, limit int) ([]Acceptance, error) {
	return collect(ctx, r.q, "acceptances of "+string(screen), scanAcceptance,
		`SELECT body FROM acceptances WHERE screen = $1 ORDER BY started DESC, id LIMIT $2`, string(screen), limit)
}

// LastAcceptances returns the newest acceptance of every screen that has one,
// without its steps.
func (r Reader) LastAcceptances(ctx context.Context) ([]Acceptance, error) {
	return collect(ctx, r.q, "acceptances", func(s scanner) (Acceptance, error) {
		var a Acceptance
		var started, finished, passed int64
		err := s.Scan(&a.ID, &a.Screen, &started, &finished, &passed, &a.Device)
		a.Started, a.Finished, a.Passed = fromMillis(started), fromMillis(finished), passed != 0
		return a, err
	}, `SELECT a.id, a.screen, a.started, a.finished, a.passed, a.device FROM acceptances a
	    WHERE NOT EXISTS (SELECT 1 FROM acceptances b WHERE b.screen = a.screen AND (b.started > a.started OR b.started = a.started AND b.id < a.id))`)
}

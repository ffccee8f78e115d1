package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/playlist"
)

// Retired is a screen that was taken out of service. It is a row of its own and
// not a mark on the screen, so that no list, count or channel can have it by
// mistake; what it displayed is stored by its id and finds its name here. What
// must never go back, the epoch of its ledger and the revision of its settings, is
// kept for the day on which it comes back.
type Retired struct {
	Screen   playlist.Screen   `json:"screen"`
	At       time.Time         `json:"at"`
	Actor    string            `json:"actor"`
	Reason   string            `json:"reason,omitempty"`
	Language string            `json:"language,omitempty"`
	Device   string            `json:"device,omitempty"` // fingerprint of its last one
	Program  string            `json:"program,omitempty"`
	Enrolled time.Time         `json:"enrolled,omitzero"`
	Epoch    int               `json:"epoch"`
	Revision playlist.Revision `json:"revision"` // of its settings
	Settings []byte            `json:"settings,omitempty"`
}

func scanRetired(s scanner) (Retired, error) {
	var r Retired
	var at int64
	var body []byte
	if err := s.Scan(&at, &r.Actor, &r.Reason, &body); err != nil {
		return r, err
	}
	err := json.Unmarshal(body, &r)
	r.At = fromMillis(at)
	return r, err
}

const retiredColumns = `at, actor, reason, body`

// Retired returns all screens that were taken out of service, the newest first.
func (r Reader) Retired(ctx context.Context) ([]Retired, error) {
	return collect(ctx, r.q, "retired screens", scanRetired, `SELECT `+retiredColumns+` FROM retired_screens ORDER BY at DESC, id`)
}

// RetiredScreen returns one of them, or ErrNotFound.
func (r Reader) RetiredScreen(ctx context.Context, id playlist.ScreenID) (Retired, error) {
	return one(ctx, r.q, "retired screen "+string(id), scanRetired, `SELECT `+retiredColumns+` FROM retired_screens WHERE id = $1`, string(id))
}

// RetireScreen takes a screen out of service. Its device counts as removed; its
// ledger, its proof of display, its events and its samples stay.
func (t *Tx) RetireScreen(ctx context.Context, r Retired) error {
	what := fmt.Sprintf("retire screen %s", r.Screen.ID)
	id := string(r.Screen.ID)
	row, err := t.Screen(ctx, r.Screen.ID)
	if err != nil {
		return err
	}
	if row.SettingsRevision > 0 {
		if r.Settings, err = one(ctx, t.q, what, scanBytes, `SELECT settings FROM screens WHERE id = $1`, id); err != nil {
			return err
		}
	}
	r.Screen, r.Language, r.Program, r.Enrolled = row.Screen, row.Language, row.Program, row.Enrolled
	r.Epoch, r.Revision = row.Epoch, row.SettingsRevision
	if err := t.retireDevice(ctx, r.Screen.ID, r.At); err != nil {
		return err
	}
	body, err := encode(r)
	if err != nil {
		return err
	}
	if _, err := exec(ctx, t.q, what, `INSERT INTO retired_screens (id, at, actor, reason, body) VALUES ($1, $2, $3, $4, $5)`,
		id, millis(r.At), r.Actor, r.Reason, body); err != nil {
		return err
	}
	if _, err := exec(ctx, t.q, what, `DELETE FROM health WHERE screen = $1`, id); err != nil {
		return err
	}
	return change(ctx, t.q, what, `DELETE FROM screens WHERE id = $1`, id)
}

// ReturnScreen puts a retired screen back, without a device, with its ledger's
// epoch and the revision of its settings as they were.
func (t *Tx) ReturnScreen(ctx context.Context, id playlist.ScreenID) (Screen, error) {
	r, err := t.RetiredScreen(ctx, id)
	if err != nil {
		return Screen{}, err
	}
	what := "return screen " + string(id)
	if err := t.PutScreen(ctx, r.Screen, r.Language); err != nil {
		return Screen{}, err
	}
	var settings any // NULL when there are none
	if r.Revision > 0 {
		settings = r.Settings
	}
	if err := change(ctx, t.q, what, `UPDATE screens SET epoch = $2, settings_revision = $3, settings = $4 WHERE id = $1`,
		string(id), r.Epoch, int64(r.Revision), settings); err != nil {
		return Screen{}, err
	}
	if err := change(ctx, t.q, what, `DELETE FROM retired_screens WHERE id = $1`, string(id)); err != nil {
		return Screen{}, err
	}
	return t.Screen(ctx, id)
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Screen is a screen with what it should show and what it says it shows.
type Screen struct {
	playlist.Screen
	Language string `json:"language,omitempty"`

	Key      []byte    `json:"-"`     // the device's public key; nil until enrolled
	Epoch    int       `json:"epoch"` // counts the ledgers that this screen has had
	Enrolled time.Time `json:"enrolled,omitzero"`
	Program  string    `json:"program,omitempty"`
	System   string    `json:"system,omitempty"` // GOOS/GOARCH of the program
	Host     string    `json:"host,omitempty"`

	// Desired.
	SettingsRevision playlist.Revision `json:"settings_revision"` // 0 before the first; see Settings

	// Reported.
	ReportedSettings playlist.Revision                        `json:"reported_settings"`
	Reported         map[playlist.ChannelID]playlist.Revision `json:"reported"`
	ReportedAt       time.Time                                `json:"reported_at,omitzero"`
	Refused          *wire.Refused                            `json:"refused,omitempty"`

	LedgerSeq   uint64 `json:"ledger_seq"` // of the present epoch
	LedgerChain string `json:"-"`
}

const screenColumns = `id, body, language, device_key, epoch, enrolled, program, system, host, settings_revision,
	reported_settings, reported, reported_at, refused, ledger_seq, ledger_chain`

func scanScreen(r scanner) (Screen, error) {
	var s Screen
	var id string
	var body, reported, refused []byte
	var enrolled, reportedAt int64
	if err := r.Scan(&id, &body, &s.Language, &s.Key, &s.Epoch, &enrolled, &s.Program, &s.System, &s.Host, &s.SettingsRevision,
		&s.ReportedSettings, &reported, &reportedAt, &refused, &s.LedgerSeq, &s.LedgerChain); err != nil {
		return s, err
	}
	s.Enrolled, s.ReportedAt = fromMillis(enrolled), fromMillis(reportedAt)
	if err := json.Unmarshal(body, &s.Screen); err != nil {
		return s, err
	}
	if err := json.Unmarshal(reported, &s.Reported); err != nil {
		return s, err
	}
	if refused != nil {
		s.Refused = new(wire.Refused)
		return s, json.Unmarshal(refused, s.Refused)
	}
	return s, nil
}

// Screens returns all screens by site and name.
func (r Reader) Screens(ctx context.Context) ([]Screen, error) {
	return collect(ctx, r.q, "screens", scanScreen, `SELECT `+screenColumns+` FROM screens ORDER BY site, id`)
}

// Screen returns one screen.
func (r Reader) Screen(ctx context.Context, id playlist.ScreenID) (Screen, error) {
	return one(ctx, r.q, fmt.Sprintf("screen %s", id), scanScreen, `SELECT `+screenColumns+` FROM screens WHERE id = $1`, string(id))
}

// ScreenByKey returns the screen that a device key is bound to.
func (r Reader) ScreenByKey(ctx context.Context, key []byte) (Screen, error) {
	return one(ctx, r.q, "screen of a device key", scanScreen, `SELECT `+screenColumns+` FROM screens WHERE device_key = $1`, key)
}

// Settings returns the newest signed settings of a screen, or ErrNotFound.
func (r Reader) Settings(ctx context.Context, id playlist.ScreenID) (wire.Envelope, error) {
	return one(ctx, r.q, fmt.Sprintf("settings of screen %s", id), scanJSON[wire.Envelope],
		`SELECT settings FROM screens WHERE id = $1 AND settings IS NOT NULL`, string(id))
}

// Signed returns what a connected screen is sent: its site, and its newest signed
// settings with their revision, which is 0 before the first.
func (r Reader) Signed(ctx context.Context, id playlist.ScreenID) (Signed, error) {
	return one(ctx, r.q, fmt.Sprintf("settings of screen %s", id), func(r scanner) (s Signed, err error) {
		var body []byte
		if err := r.Scan(&s.Site, &s.Revision, &body); err != nil || body == nil {
			return s, err
		}
		return s, json.Unmarshal(body, &s.Envelope)
	}, `SELECT site, settings_revision, settings FROM screens WHERE id = $1`, string(id))
}

// Signed is the signed settings of a screen.
type Signed struct {
	Site     playlist.SiteID
	Revision playlist.Revision
	Envelope wire.Envelope
}

// PutScreen adds a screen or changes what it is: site, name, place, panel,
// tags, language.
func (t *Tx) PutScreen(ctx context.Context, s playlist.Screen, language string) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save screen "+string(s.ID),
		`INSERT INTO screens (id, site, body, language, device_key, epoch, enrolled, program, host, settings_revision, settings,
		   reported_settings, reported, reported_at, refused, ledger_seq, ledger_chain)
		 VALUES ($1, $2, $3, $4, NULL, 0, 0, '', '', 0, NULL, 0, '{}', 0, NULL, 0, '')
		 ON CONFLICT (id) DO UPDATE SET site = excluded.site, body = excluded.body, language = excluded.language`,
		string(s.ID), string(s.Site), body, language)
	return err
}

// BindDevice gives a screen to a device. The former device, if any, counts as
// removed; its ledger stays, under its epoch. A key that is bound to another
// screen is ErrConflict.
func (t *Tx) BindDevice(ctx context.Context, id playlist.ScreenID, key []byte, at time.Time) error {
	what := "bind a device to screen " + string(id)
	if err := t.retireDevice(ctx, id, at); err != nil {
		return err
	}
	if _, err := exec(ctx, t.q, what, `DELETE FROM removed_devices WHERE device_key = $1`, key); err != nil {
		return err
	}
	return change(ctx, t.q, what,
		`UPDATE screens SET device_key = $2, epoch = epoch + 1, enrolled = $3, reported_settings = 0, reported = '{}',
		   reported_at = 0, refused = NULL, ledger_seq = 0, ledger_chain = '' WHERE id = $1`, string(id), key, millis(at))
}

// retireDevice notes the present device of a screen as removed.
func (t *Tx) retireDevice(ctx context.Context, id playlist.ScreenID, at time.Time) error {
	_, err := exec(ctx, t.q, "retire the device of screen "+string(id),
		`INSERT INTO removed_devices (device_key, screen, at)
		 SELECT device_key, id, $2 FROM screens WHERE id = $1 AND device_key IS NOT NULL
		 ON CONFLICT (device_key) DO NOTHING`, string(id), millis(at))
	return err
}

// IsRemoved reports whether a device key was of a screen that a person removed
// or gave to another device.
func (r Reader) IsRemoved(ctx context.Context, key []byte) (bool, error) {
	n, err := one(ctx, r.q, "removed device", scanInt, `SELECT COUNT(*) FROM removed_devices WHERE device_key = $1`, key)
	return n > 0, err
}

// NewEpoch begins a new ledger of a screen at a row that does not continue the
// one that is stored.
func (t *Tx) NewEpoch(ctx context.Context, id playlist.ScreenID) (epoch int64, err error) {
	return one(ctx, t.q, "begin a new ledger of screen "+string(id), scanInt,
		`UPDATE screens SET epoch = epoch + 1, ledger_seq = 0, ledger_chain = '' WHERE id = $1 RETURNING epoch`, string(id))
}

// SetProgram notes what the device said of itself.
func (t *Tx) SetProgram(ctx context.Context, id playlist.ScreenID, program, system, host string) error {
	err := change(ctx, t.q, "note program of screen "+string(id),
		`UPDATE screens SET program = $2, system = $3, host = $4 WHERE id = $1`, string(id), program, system, host)
	if err != nil {
		return err
	}
	return t.patched(id, func(s *Screen) { s.Program, s.System, s.Host = program, system, host })
}

// PutSettings stores the next settings document of a screen. If it has rev or a
// later one the error is ErrConflict.
func (t *Tx) PutSettings(ctx context.Context, id playlist.ScreenID, rev playlist.Revision, env wire.Envelope) error {
	body, err := encode(env)
	if err != nil {
		return err
	}
	what := "save settings of screen " + string(id)
	n, err := exec(ctx, t.q, what, `UPDATE screens SET settings_revision = $2, settings = $3 WHERE id = $1 AND settings_revision < $2`,
		string(id), int64(rev), body)
	if err == nil && n == 0 {
		return fmt.Errorf("%s: %w", what, ErrConflict)
	}
	if err != nil {
		return err
	}
	return t.patched(id, func(s *Screen) { s.SettingsRevision = rev })
}

// setReported notes the generation on a screen, and that nothing is refused.
func (t *Tx) setReported(ctx context.Context, id playlist.ScreenID, settings playlist.Revision, have map[playlist.ChannelID]playlist.Revision, at time.Time) error {
	if have == nil {
		have = map[playlist.ChannelID]playlist.Revision{}
	}
	body, err := encode(have)
	if err != nil {
		return err
	}
	err = change(ctx, t.q, "note generation of screen "+string(id),
		`UPDATE screens SET reported_settings = $2, reported = $3, reported_at = $4, refused = NULL WHERE id = $1`,
		string(id), int64(settings), body, millis(at))
	if err != nil {
		return err
	}
	return t.patched(id, func(s *Screen) {
		s.ReportedSettings, s.Reported, s.ReportedAt, s.Refused = settings, have, fromMillis(millis(at)), nil
	})
}

// setRefused notes the last refusal of a screen.
func (t *Tx) setRefused(ctx context.Context, id playlist.ScreenID, r wire.Refused) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	return change(ctx, t.q, "note refusal of screen "+string(id), `UPDATE screens SET refused = $2 WHERE id = $1`, string(id), body)
}

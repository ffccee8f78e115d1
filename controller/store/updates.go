package store

import (
	"context"
	"math"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Package is a signed program that screens can be offered.
type Package struct {
	ID       string     `json:"id"`
	Program  string     `json:"program"` // name, system and processor: kiosk/linux/amd64
	Version  string     `json:"version"`
	KeySet   uint64     `json:"key_set"`  // the newer package has the higher KeySet,
	Sequence uint64     `json:"sequence"` // and under the same one the higher Sequence
	Ref      assets.Ref `json:"ref"`      // of the program
	Size     int64      `json:"size"`     // bytes
	NotesZh  string     `json:"notes_zh,omitempty"`
	NotesEn  string     `json:"notes_en,omitempty"`
	Built    time.Time  `json:"built,omitzero"`
	Uploaded time.Time  `json:"uploaded"`
	Actor    string     `json:"actor"` // login of who brought it

	Envelope wire.Envelope   `json:"envelope"` // the signed manifest
	Chain    []wire.Envelope `json:"chain"`    // the key sets that lead to who signed it
}

// RolloutState is how a rollout stands.
type RolloutState string

// The states. A rollout that is done goes on as the standing offer for screens
// that come later, until another of the same program takes its place.
const (
	RolloutRunning  RolloutState = "running"  // 进行中
	RolloutPaused   RolloutState = "paused"   // 已暂停: by a person
	RolloutStopped  RolloutState = "stopped"  // 已停下: by itself or by a person
	RolloutDone     RolloutState = "done"     // 已完成
	RolloutReplaced RolloutState = "replaced" // 已被取代
)

// Stage is how many of the fitting screens a rollout has reached, in per cent.
type Stage int

// The stages in their order.
const (
	StageFew  Stage = 1
	StageSome Stage = 10
	StageAll  Stage = 100
)

// Rollout is a package on its way to the screens of a site and those below.
type Rollout struct {
	ID      string          `json:"id"`
	Program string          `json:"program"` // as of the package
	Package string          `json:"package"`
	Version string          `json:"version"`
	Site    playlist.SiteID `json:"site"`
	State   RolloutState    `json:"state"`
	Stage   Stage           `json:"stage"`
	Started time.Time       `json:"started"`
	Since   time.Time       `json:"since"`           // of the stage
	Enough  time.Time       `json:"enough,omitzero"` // since when enough screens of the stage say done
	Changed time.Time       `json:"changed"`         // of the state
	Actor   string          `json:"actor"`           // login of who started it
	Back    bool            `json:"back,omitempty"`  // a former package takes the place of a newer one

	// Why it stopped, in words, and because of which screens. ReasonBy is the
	// login of who stopped or paused it, empty when it stopped by itself.
	ReasonZh string              `json:"reason_zh,omitempty"`
	ReasonEn string              `json:"reason_en,omitempty"`
	ReasonBy string              `json:"reason_by,omitempty"`
	Culprits []playlist.ScreenID `json:"culprits,omitempty"`
	// Excused are screens whose failure a person has looked at and found to be
	// no reason to stop.
	Excused []playlist.ScreenID `json:"excused,omitempty"`
}

// Member is a screen that a rollout has reached.
type Member struct {
	Screen  playlist.ScreenID `json:"screen"`
	Stage   Stage             `json:"stage"`   // in which it was chosen
	Offered time.Time         `json:"offered"` // first
	Step    wire.UpdateStep   `json:"step,omitempty"`
	At      time.Time         `json:"at,omitzero"` // of Step, on the controller's clock
	Error   string            `json:"error,omitempty"`
	Before  string            `json:"before,omitempty"` // the version that it ran when it was chosen
}

// AddPackage stores a package whose blob is stored. ErrConflict when there is one
// of that program with that sequence number.
func (t *Tx) AddPackage(ctx context.Context, p Package) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save package "+p.ID,
		`INSERT INTO packages (id, program, version, key_set, sequence, uploaded, actor, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, p.Program, p.Version, order(p.KeySet), order(p.Sequence), millis(p.Uploaded), p.Actor, body)
	return err
}

// DropPackage forgets a package.
func (t *Tx) DropPackage(ctx context.Context, id string) error {
	_, err := exec(ctx, t.q, "drop package "+id, `DELETE FROM packages WHERE id = $1`, id)
	return err
}

// Packages returns all packages, those of one program together, the newest first.
func (r Reader) Packages(ctx context.Context) ([]Package, error) {
	return collect(ctx, r.q, "packages", scanJSON[Package], `SELECT body FROM packages ORDER BY program, key_set DESC, sequence DESC`)
}

// order keeps numbers that people sign in the range of the database; who signs the
// highest there is makes one that is equal to the others up there.
func order(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

// Package returns one package.
func (r Reader) Package(ctx context.Context, id string) (Package, error) {
	return one(ctx, r.q, "package "+id, scanJSON[Package], `SELECT body FROM packages WHERE id = $1`, id)
}

// PutRollout adds or changes a rollout.
func (t *Tx) PutRollout(ctx context.Context, r Rollout) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save rollout "+r.ID,
		`INSERT INTO rollouts (id, program, package, site, state, started, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		 ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
		r.ID, r.Program, r.Package, string(r.Site), string(r.State), millis(r.Started), body)
	return err
}

// Rollout returns one rollout.
func (r Reader) Rollout(ctx context.Context, id string) (Rollout, error) {
	return one(ctx, r.q, "rollout "+id, scanJSON[Rollout], `SELECT body FROM rollouts WHERE id = $1`, id)
}

// Rollouts returns the rollouts, the newest first, at most limit.
func (r Reader) Rollouts(ctx context.Context, limit int) ([]Rollout, error) {
	return collect(ctx, r.q, "rollouts", scanJSON[Rollout], `SELECT body FROM rollouts ORDER BY started DESC, id LIMIT $1`, limit)
}

// StandingRollouts returns those that no other has replaced, the newest first.
func (r Reader) StandingRollouts(ctx context.Context) ([]Rollout, error) {
	return collect(ctx, r.q, "standing rollouts", scanJSON[Rollout],
		`SELECT body FROM rollouts WHERE state <> $1 ORDER BY started DESC, id`, string(RolloutReplaced))
}

// PutMembers adds or changes screens of a rollout.
func (t *Tx) PutMembers(ctx context.Context, rollout string, members []Member) error {
	for _, m := range members {
		body, err := encode(m)
		if err != nil {
			return err
		}
		if _, err = exec(ctx, t.q, "save screen of rollout "+rollout,
			`INSERT INTO rollout_screens (rollout, screen, stage, step, body) VALUES ($1, $2, $3, $4, $5)
			 ON CONFLICT (rollout, screen) DO UPDATE SET stage = excluded.stage, step = excluded.step, body = excluded.body`,
			rollout, string(m.Screen), int(m.Stage), string(m.Step), body); err != nil {
			return err
		}
	}
	return nil
}

// Members returns the screens that a rollout has reached.
func (r Reader) Members(ctx context.Context, rollout string) ([]Member, error) {
	return collect(ctx, r.q, "screens of rollout "+rollout, scanJSON[Member],
		`SELECT body FROM rollout_screens WHERE rollout = $1 ORDER BY screen`, rollout)
}

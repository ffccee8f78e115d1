package store

import (
	"context"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Command is what was asked of a screen, and its result.
type Command struct {
	ID      string            `json:"id"`
	Screen  playlist.ScreenID `json:"screen"`
	Kind    wire.CommandKind  `json:"kind"`
	Actor   string            `json:"actor"`
	Created time.Time         `json:"created"`
	Done    time.Time         `json:"done,omitzero"` // zero while nothing came back
	OK      bool              `json:"ok"`
	Error   string            `json:"error,omitempty"`
	Shot    assets.Ref        `json:"shot,omitzero"` // of a screenshot: PNG
}

// AddCommand stores a command before it is sent.
func (t *Tx) AddCommand(ctx context.Context, c Command) error {
	_, err := exec(ctx, t.q, "save command",
		`INSERT INTO commands (id, screen, kind, actor, created, done, ok, error, ref) VALUES ($1, $2, $3, $4, $5, 0, 0, '', '')`,
		c.ID, string(c.Screen), string(c.Kind), c.Actor, millis(c.Created))
	return err
}

// FinishCommand stores the result of a command of a screen. The first result
// counts; a second one changes nothing.
func (t *Tx) FinishCommand(ctx context.Context, screen playlist.ScreenID, r wire.Result, shot assets.Ref, at time.Time) error {
	ok := 0
	if r.OK {
		ok = 1
	}
	_, err := exec(ctx, t.q, "save result of command",
		`UPDATE commands SET done = $3, ok = $4, error = $5, ref = $6 WHERE id = $1 AND screen = $2 AND done = 0`,
		r.ID, string(screen), millis(at), ok, r.Error, shot.String())
	return err
}

const commandColumns = `id, screen, kind, actor, created, done, ok, error, ref`

func scanCommand(s scanner) (Command, error) {
	var c Command
	var created, done, ok int64
	var ref string
	if err := s.Scan(&c.ID, &c.Screen, &c.Kind, &c.Actor, &created, &done, &ok, &c.Error, &ref); err != nil {
		return c, err
	}
	c.Created, c.Done, c.OK = fromMillis(created), fromMillis(done), ok != 0
	return c, c.Shot.UnmarshalText([]byte(ref))
}

// Command returns one command.
func (r Reader) Command(ctx context.Context, id string) (Command, error) {
	return one(ctx, r.q, "command "+id, scanCommand, `SELECT `+commandColumns+` FROM commands WHERE id = $1`, id)
}

// Commands returns the newest commands of a screen first, at most limit.
func (r Reader) Commands(ctx context.Context, screen playlist.ScreenID, limit int) ([]Command, error) {
	return collect(ctx, r.q, "commands of "+string(screen), scanCommand,
		`SELECT `+commandColumns+` FROM commands WHERE screen = $1 ORDER BY created DESC, id LIMIT $2`, string(screen), limit)
}

// LatestShot returns the newest screenshot of a screen, or ErrNotFound.
func (r Reader) LatestShot(ctx context.Context, screen playlist.ScreenID) (Command, error) {
	return one(ctx, r.q, "screenshot of "+string(screen), scanCommand,
		`SELECT `+commandColumns+` FROM commands WHERE screen = $1 AND ref <> '' ORDER BY done DESC, id LIMIT 1`, string(screen))
}

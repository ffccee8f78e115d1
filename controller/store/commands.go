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
	Value   int               `json:"value,omitempty"` // minutes or per cent, as the kind says
	Actor   string            `json:"actor"`
	Created time.Time         `json:"created"`
	Done    time.Time         `json:"done,omitzero"` // zero while nothing came back
	OK      bool              `json:"ok"`
	Error   string            `json:"error,omitempty"`
	Shot    assets.Ref        `json:"shot,omitzero"`  // of a screenshot: PNG
	Text    string            `json:"text,omitempty"` // of a log: its lines; lists leave it out
}

// Scheduler is the actor of what happens by itself.
const Scheduler = "system"

// keptShots is how many screenshots of one screen are kept.
const keptShots = 2

// AddCommand stores a command before it is sent. Screenshots that were taken by
// schedule are no history that anybody reads: the newest two of a screen stay.
func (t *Tx) AddCommand(ctx context.Context, c Command) error {
	_, err := exec(ctx, t.q, "save command",
		`INSERT INTO commands (id, screen, kind, actor, created, done, ok, error, ref, value, text) VALUES ($1, $2, $3, $4, $5, 0, 0, '', '', $6, '')`,
		c.ID, string(c.Screen), string(c.Kind), c.Actor, millis(c.Created), c.Value)
	if err != nil || c.Actor != Scheduler || c.Kind != wire.CommandScreenshot {
		return err
	}
	_, err = exec(ctx, t.q, "drop old screenshots",
		`DELETE FROM commands WHERE screen = $1 AND actor = $2 AND kind = $3 AND id <> $4 AND id NOT IN
		   (SELECT id FROM commands WHERE screen = $1 AND ref <> '' ORDER BY done DESC, id LIMIT $5)`,
		string(c.Screen), c.Actor, string(c.Kind), c.ID, keptShots)
	return err
}

// keptLogs is how many logs of one screen are kept with their text.
const keptLogs = 5

// FinishCommand stores the result of a command of a screen, with the picture or
// the text that came with it. The first result counts; a second one changes
// nothing. Of older logs of the screen than the newest five the text is dropped,
// of older screenshots than the newest two the picture.
func (t *Tx) FinishCommand(ctx context.Context, screen playlist.ScreenID, r wire.Result, shot assets.Ref, text string, at time.Time) error {
	ok := 0
	if r.OK {
		ok = 1
	}
	_, err := exec(ctx, t.q, "save result of command",
		`UPDATE commands SET done = $3, ok = $4, error = $5, ref = $6, text = $7 WHERE id = $1 AND screen = $2 AND done = 0`,
		r.ID, string(screen), millis(at), ok, r.Error, shot.String(), text)
	if err == nil && !shot.IsZero() {
		_, err = exec(ctx, t.q, "drop old screenshots",
			`UPDATE commands SET ref = '' WHERE screen = $1 AND ref <> '' AND id NOT IN
			   (SELECT id FROM commands WHERE screen = $1 AND ref <> '' ORDER BY done DESC, id LIMIT $2)`, string(screen), keptShots)
	}
	if err != nil || text == "" {
		return err
	}
	_, err = exec(ctx, t.q, "drop the text of old logs",
		`UPDATE commands SET text = '' WHERE screen = $1 AND text <> '' AND id NOT IN
		   (SELECT id FROM commands WHERE screen = $1 AND text <> '' ORDER BY done DESC, created DESC, id LIMIT $2)`,
		string(screen), keptLogs)
	return err
}

const (
	commandColumns = commandShort + `, text`
	commandShort   = `id, screen, kind, value, actor, created, done, ok, error, ref`
)

func scanCommand(s scanner) (Command, error) {
	var text string
	c, err := scanCommandInto(s, &text)
	c.Text = text
	return c, err
}

// scanCommandShort reads a command without its text, which is long.
func scanCommandShort(s scanner) (Command, error) { return scanCommandInto(s) }

func scanCommandInto(s scanner, more ...any) (Command, error) {
	var c Command
	var created, done, ok int64
	var ref string
	if err := s.Scan(append([]any{&c.ID, &c.Screen, &c.Kind, &c.Value, &c.Actor, &created, &done, &ok, &c.Error, &ref}, more...)...); err != nil {
		return c, err
	}
	c.Created, c.Done, c.OK = fromMillis(created), fromMillis(done), ok != 0
	return c, c.Shot.UnmarshalText([]byte(ref))
}

// Command returns one command.
func (r Reader) Command(ctx context.Context, id string) (Command, error) {
	return one(ctx, r.q, "command "+id, scanCommand, `SELECT `+commandColumns+` FROM commands WHERE id = $1`, id)
}

// Commands returns the newest commands of a screen first, at most limit, without
// their texts.
func (r Reader) Commands(ctx context.Context, screen playlist.ScreenID, limit int) ([]Command, error) {
	return collect(ctx, r.q, "commands of "+string(screen), scanCommandShort,
		`SELECT `+commandShort+` FROM commands WHERE screen = $1 ORDER BY created DESC, id LIMIT $2`, string(screen), limit)
}

// LatestShot returns the newest screenshot of a screen, or ErrNotFound.
func (r Reader) LatestShot(ctx context.Context, screen playlist.ScreenID) (Command, error) {
	return one(ctx, r.q, "screenshot of "+string(screen), scanCommand,
		`SELECT `+commandColumns+` FROM commands WHERE screen = $1 AND ref <> '' ORDER BY done DESC, id LIMIT 1`, string(screen))
}

// LatestLog returns the newest log of a screen with its text, or ErrNotFound.
func (r Reader) LatestLog(ctx context.Context, screen playlist.ScreenID) (Command, error) {
	return one(ctx, r.q, "log of "+string(screen), scanCommand,
		`SELECT `+commandColumns+` FROM commands WHERE screen = $1 AND text <> '' ORDER BY done DESC, created DESC, id LIMIT 1`, string(screen))
}

// Shots returns every screenshot that is kept.
func (r Reader) Shots(ctx context.Context) (map[assets.Ref]bool, error) {
	refs, err := collect(ctx, r.q, "screenshots", func(s scanner) (ref assets.Ref, err error) {
		var text string
		if err := s.Scan(&text); err != nil {
			return ref, err
		}
		err = ref.UnmarshalText([]byte(text))
		return ref, err
	}, `SELECT DISTINCT ref FROM commands WHERE ref <> ''`)
	if err != nil {
		return nil, err
	}
	out := make(map[assets.Ref]bool, len(refs))
	for _, ref := range refs {
		out[ref] = true
	}
	return out, nil
}

// LastShots returns when each screen's newest screenshot was taken.
func (r Reader) LastShots(ctx context.Context) (map[playlist.ScreenID]time.Time, error) {
	type last struct {
		screen playlist.ScreenID
		at     int64
	}
	rows, err := collect(ctx, r.q, "newest screenshots", func(s scanner) (l last, err error) { err = s.Scan(&l.screen, &l.at); return l, err },
		`SELECT screen, MAX(done) FROM commands WHERE ref <> '' GROUP BY screen`)
	if err != nil {
		return nil, err
	}
	out := make(map[playlist.ScreenID]time.Time, len(rows))
	for _, l := range rows {
		out[l.screen] = fromMillis(l.at)
	}
	return out, nil
}

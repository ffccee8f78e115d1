package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// VoiceState is what became of a voice.
type VoiceState string

// The states.
const (
	VoiceNew      VoiceState = "new"
	VoiceAnswered VoiceState = "answered"
	VoiceClosed   VoiceState = "closed" // nothing is to be done
)

// Voice is what a resident said, and what was done about it.
type Voice struct {
	wire.Voice
	Screen   playlist.ScreenID `json:"screen"`
	Site     playlist.SiteID   `json:"site"`
	Received time.Time         `json:"received"`
	State    VoiceState        `json:"state"`
	Note     string            `json:"note,omitempty"`
	Actor    string            `json:"actor,omitempty"` // who wrote Note
	Handled  time.Time         `json:"handled,omitzero"`
	// Forgotten is when what the resident wrote and what was noted were removed.
	Forgotten time.Time `json:"forgotten,omitzero"`
}

// A voice's number follows from its ID; it has a column so that it can be found.
const voiceColumns = `id, screen, site, kind, notice, version, title, score, topics, text, contact, at, received, state, note, actor, handled, forgotten`

func scanVoice(r scanner) (Voice, error) {
	var v Voice
	var topics string
	var at, received, handled, forgotten int64
	err := r.Scan(&v.ID, &v.Screen, &v.Site, &v.Kind, &v.Notice, &v.Version, &v.Title, &v.Score, &topics, &v.Text, &v.Contact,
		&at, &received, &v.State, &v.Note, &v.Actor, &handled, &forgotten)
	if topics != "" {
		v.Topics = strings.Split(topics, "\n")
	}
	v.At, v.Received, v.Handled, v.Forgotten = fromMillis(at), fromMillis(received), fromMillis(handled), fromMillis(forgotten)
	return v, err
}

// PutVoice stores a voice and reports whether it is new: one with an ID that is
// there already changes nothing (DOMAIN I9).
func (t *Tx) PutVoice(ctx context.Context, v Voice) (bool, error) {
	n, err := exec(ctx, t.q, "save voice "+v.ID,
		`INSERT INTO voices (`+voiceColumns+`, number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		 ON CONFLICT (id) DO NOTHING`,
		v.ID, string(v.Screen), string(v.Site), string(v.Kind), string(v.Notice), v.Version, v.Title, v.Score, strings.Join(v.Topics, "\n"),
		v.Text, v.Contact, millis(v.At), millis(v.Received), string(v.State), v.Note, v.Actor, millis(v.Handled), millis(v.Forgotten), v.Number())
	return n > 0, err
}

// SettleVoice notes what was done about a voice. If its state is not from any
// more the error is ErrConflict.
func (t *Tx) SettleVoice(ctx context.Context, id string, from, to VoiceState, note, actor string, at time.Time) error {
	n, err := exec(ctx, t.q, "settle voice "+id,
		`UPDATE voices SET state = $3, note = $4, actor = $5, handled = $6 WHERE id = $1 AND state = $2`,
		id, string(from), string(to), note, actor, millis(at))
	if err == nil && n == 0 {
		if _, err := t.Voice(ctx, id); err != nil {
			return err
		}
		return fmt.Errorf("settle voice %s: %w", id, ErrConflict)
	}
	return err
}

// ForgetContacts removes how to reach a person from voices that were dealt with
// before an instant: the purpose for which it was given is fulfilled.
func (t *Tx) ForgetContacts(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget contacts",
		`UPDATE voices SET contact = '' WHERE contact <> '' AND state <> 'new' AND handled < $1`, millis(before))
	return err
}

// ForgetVoices removes what residents wrote, how to reach them and what was noted
// from voices that were dealt with before an instant, at most limit of them. That
// there was one, of what kind, about what and when it was dealt with stays. It
// returns how many there were, by site.
func (t *Tx) ForgetVoices(ctx context.Context, before, now time.Time, limit int) (map[playlist.SiteID]int, error) {
	type old struct {
		id   string
		site playlist.SiteID
	}
	rows, err := collect(ctx, t.q, "voices dealt with long ago", func(s scanner) (o old, err error) { err = s.Scan(&o.id, &o.site); return o, err },
		`SELECT id, site FROM voices WHERE forgotten = 0 AND state IN ('answered', 'closed') AND handled > 0 AND handled < $1 ORDER BY handled, id LIMIT $2`,
		millis(before), limit)
	if err != nil {
		return nil, err
	}
	gone := map[playlist.SiteID]int{}
	for _, o := range rows {
		if err := change(ctx, t.q, "forget the words of a voice", `UPDATE voices SET text = '', contact = '', note = '', forgotten = $2 WHERE id = $1`, o.id, millis(now)); err != nil {
			return nil, err
		}
		gone[o.site]++
	}
	return gone, nil
}

// DropVoices drops voices that were received before an instant and wait for nobody,
// at most limit, and returns how many: the counts of so long ago interest nobody.
func (t *Tx) DropVoices(ctx context.Context, before time.Time, limit int) (int64, error) {
	return exec(ctx, t.q, "drop old voices", `DELETE FROM voices WHERE id IN (SELECT id FROM voices WHERE received < $1 AND state <> 'new' LIMIT $2)`, millis(before), limit)
}

// Voice returns one voice.
func (r Reader) Voice(ctx context.Context, id string) (Voice, error) {
	return one(ctx, r.q, fmt.Sprintf("voice %.40q", id), scanVoice, `SELECT `+voiceColumns+` FROM voices WHERE id = $1`, id)
}

// VoiceFilter narrows a list. Empty fields do not narrow.
type VoiceFilter struct {
	Sites   []playlist.SiteID
	Kinds   []wire.VoiceKind
	State   VoiceState
	Notice  playlist.NoticeID
	Text    string    // in what was said, chosen and noted, and in the title; or the number
	From    time.Time // received then or later
	Until   time.Time // received before
	Offset  int
	Limit   int  // 1 to 1000; 0 is 100
	Urgent  bool // what waits comes first, objections before the rest, the oldest first
	Written bool // only where something is written or chosen, or that is no rating
}

func (f VoiceFilter) where() conditions {
	var c conditions
	in(&c, "site", f.Sites)
	in(&c, "kind", f.Kinds)
	if f.State != "" {
		c.add("state = ?", string(f.State))
	}
	if f.Notice != "" {
		c.add("notice = ?", string(f.Notice))
	}
	if f.Text != "" {
		c.add(`(text LIKE ? ESCAPE '\' OR title LIKE ? ESCAPE '\' OR note LIKE ? ESCAPE '\' OR topics LIKE ? ESCAPE '\' OR number LIKE ? ESCAPE '\')`, likely(f.Text))
	}
	if !f.From.IsZero() {
		c.add("received >= ?", millis(f.From))
	}
	if !f.Until.IsZero() {
		c.add("received < ?", millis(f.Until))
	}
	if f.Written {
		c.add("(kind <> ? OR text <> '' OR topics <> '')", string(wire.Rating))
	}
	return c
}

// Voices lists voices, the last received first unless f says otherwise.
func (r Reader) Voices(ctx context.Context, f VoiceFilter) ([]Voice, error) {
	c := f.where()
	limit := f.Limit
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	order := "received DESC, id"
	if f.Urgent {
		order = `CASE WHEN state <> 'new' THEN 2 WHEN kind = 'objection' THEN 0 ELSE 1 END,
			CASE WHEN state = 'new' AND kind = 'objection' THEN at ELSE -received END, at DESC, id`
	}
	args := append(c.args, limit, max(f.Offset, 0))
	return collect(ctx, r.q, "voices", scanVoice, fmt.Sprintf(
		`SELECT `+voiceColumns+` FROM voices%s ORDER BY %s LIMIT $%d OFFSET $%d`, c.where(), order, len(args)-1, len(args)), args...)
}

// CountVoices counts what Voices would list without Offset and Limit.
func (r Reader) CountVoices(ctx context.Context, f VoiceFilter) (int, error) {
	c := f.where()
	n, err := one(ctx, r.q, "number of voices", scanInt, `SELECT COUNT(*) FROM voices`+c.where(), c.args...)
	return int(n), err
}

// VoicesReceived counts what came from a screen since an instant.
func (r Reader) VoicesReceived(ctx context.Context, screen playlist.ScreenID, since time.Time) (int, error) {
	n, err := one(ctx, r.q, "number of voices of "+string(screen), scanInt,
		`SELECT COUNT(*) FROM voices WHERE screen = $1 AND received >= $2`, string(screen), millis(since))
	return int(n), err
}

// Scores are the ratings of one notice, or of no notice in particular.
type Scores struct {
	Notice playlist.NoticeID `json:"notice,omitempty"`
	Title  string            `json:"title,omitempty"` // as the last resident saw it
	Bad    int               `json:"bad"`             // 不满意
	Fair   int               `json:"fair"`            // 一般
	Good   int               `json:"good"`            // 满意
}

// Scores sums ratings per notice, those with the most ratings first.
func (r Reader) Scores(ctx context.Context, f VoiceFilter) ([]Scores, error) {
	f.Kinds = []wire.VoiceKind{wire.Rating}
	c := f.where()
	limit := f.Limit
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	args := append(c.args, limit)
	return collect(ctx, r.q, "ratings", func(s scanner) (v Scores, err error) {
		err = s.Scan(&v.Notice, &v.Title, &v.Bad, &v.Fair, &v.Good)
		return v, err
	}, fmt.Sprintf(`SELECT notice, MAX(title), SUM(CASE WHEN score = 1 THEN 1 ELSE 0 END), SUM(CASE WHEN score = 2 THEN 1 ELSE 0 END),
		   SUM(CASE WHEN score = 3 THEN 1 ELSE 0 END)
		 FROM voices%s GROUP BY notice ORDER BY COUNT(*) DESC, notice LIMIT $%d`, c.where(), len(args)), args...)
}

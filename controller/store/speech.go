package store

import (
	"context"
	"fmt"
	"time"

	"mingbai/playlist"
)

// Speech is the recording of one version of a notice.
type Speech struct {
	Notice  playlist.NoticeID
	Version int
	Voice   string // which voice it was recorded with
	Script  string // identifies the words and the voice
	Blob    playlist.Blob
	Length  time.Duration
	Made    time.Time
}

const speechColumns = `s.notice, s.version, s.voice, s.script, s.ref, s.size, s.millis, s.made`

func scanSpeech(r scanner) (Speech, error) {
	var s Speech
	var ref string
	var length, made int64
	if err := r.Scan(&s.Notice, &s.Version, &s.Voice, &s.Script, &ref, &s.Blob.Size, &length, &made); err != nil {
		return s, err
	}
	s.Length, s.Made = time.Duration(length)*time.Millisecond, fromMillis(made)
	return s, s.Blob.Ref.UnmarshalText([]byte(ref))
}

// Speech returns the recording of a version of a notice.
func (r Reader) Speech(ctx context.Context, id playlist.NoticeID, version int) (Speech, error) {
	return one(ctx, r.q, fmt.Sprintf("recording of notice %s version %d", id, version), scanSpeech,
		`SELECT `+speechColumns+` FROM speech s WHERE s.notice = $1 AND s.version = $2`, string(id), version)
}

// SpeechOfScript returns a recording of a script, whichever notice it was made
// for.
func (r Reader) SpeechOfScript(ctx context.Context, script string) (Speech, error) {
	return one(ctx, r.q, "recording of a script", scanSpeech,
		`SELECT `+speechColumns+` FROM speech s WHERE s.script = $1 ORDER BY s.made DESC, s.notice LIMIT 1`, script)
}

// LiveSpeech returns the recordings of the versions in force on a channel.
func (r Reader) LiveSpeech(ctx context.Context, c playlist.ChannelID) ([]Speech, error) {
	kind := "n.kind <> $2"
	if c.Alert {
		kind = "n.kind = $2"
	}
	return collect(ctx, r.q, fmt.Sprintf("recordings of channel %s", c), scanSpeech,
		`SELECT `+speechColumns+` FROM notices n JOIN speech s ON s.notice = n.id AND s.version = n.live
		 WHERE n.site = $1 AND `+kind+` AND n.live > 0 ORDER BY n.id`, string(c.Site), string(playlist.KindAlert))
}

// AllSpeech returns the recordings of all versions in force.
func (r Reader) AllSpeech(ctx context.Context) ([]Speech, error) {
	return collect(ctx, r.q, "recordings", scanSpeech,
		`SELECT `+speechColumns+` FROM notices n JOIN speech s ON s.notice = n.id AND s.version = n.live WHERE n.live > 0 ORDER BY n.id`)
}

// Unspoken returns versions in force at an instant that have no recording by a
// voice, alerts first and then the newest, at most limit.
func (r Reader) Unspoken(ctx context.Context, voice string, at time.Time, limit int) ([]NoticeVersion, error) {
	return collect(ctx, r.q, "notices without a recording", scanVersion,
		`SELECT v.notice, v.version, v.status, v.body, v.ref, v.author, v.saved, v.published, v.edition, v.policy
		 FROM notices n JOIN notice_versions v ON v.notice = n.id AND v.version = n.live
		 LEFT JOIN speech s ON s.notice = n.id AND s.version = n.live
		 WHERE n.live > 0 AND (n.not_after = 0 OR n.not_after > $1) AND (s.voice IS NULL OR s.voice <> $2)
		 ORDER BY CASE WHEN n.kind = $3 THEN 0 ELSE 1 END, v.published DESC, n.id LIMIT $4`,
		millis(at), voice, string(playlist.KindAlert), limit)
}

// PutSpeech notes the recording of a version, in place of an earlier one.
func (t *Tx) PutSpeech(ctx context.Context, s Speech) error {
	_, err := exec(ctx, t.q, "save the recording of notice "+string(s.Notice),
		`INSERT INTO speech (notice, version, voice, script, ref, size, millis, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		 ON CONFLICT (notice, version) DO UPDATE SET voice = excluded.voice, script = excluded.script, ref = excluded.ref,
		   size = excluded.size, millis = excluded.millis, made = excluded.made`,
		string(s.Notice), s.Version, s.Voice, s.Script, s.Blob.Ref.String(), s.Blob.Size, s.Length.Milliseconds(), millis(s.Made))
	return err
}

// ForgetSpeech forgets the recording of a version, so that it is made again.
func (t *Tx) ForgetSpeech(ctx context.Context, id playlist.NoticeID, version int) error {
	_, err := exec(ctx, t.q, "forget the recording of notice "+string(id), `DELETE FROM speech WHERE notice = $1 AND version = $2`, string(id), version)
	return err
}

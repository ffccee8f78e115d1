package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// Status is where a notice, or one version of it, stands.
type Status string

// The states. publish has the table of what may follow what.
const (
	Draft      Status = "draft"
	Published  Status = "published"
	Superseded Status = "superseded" // a version only: a later one is in force
	TakenDown  Status = "taken_down"
)

// Notice is a notice as lists show it.
type Notice struct {
	ID      playlist.NoticeID `json:"id"`
	Site    playlist.SiteID   `json:"site"`
	Kind    playlist.Kind     `json:"kind"`
	Column  playlist.ColumnID `json:"column,omitempty"`
	Title   string            `json:"title"`
	Status  Status            `json:"status"`
	Version int               `json:"version"`        // newest
	Live    int               `json:"live,omitempty"` // in force, 0 for none
	Updated time.Time         `json:"updated"`

	NotAfter time.Time `json:"not_after,omitzero"` // of the newest version
}

// Channel is the channel that the notice is published on.
func (n Notice) Channel() playlist.ChannelID {
	return playlist.ChannelID{Site: n.Site, Alert: n.Kind == playlist.KindAlert}
}

// NoticeVersion is one version of a notice. Body is the exact bytes that are
// reviewed, hashed and drawn.
type NoticeVersion struct {
	Notice    playlist.NoticeID `json:"notice"`
	Version   int               `json:"version"`
	Status    Status            `json:"status"`
	Body      json.RawMessage   `json:"body"`
	Ref       assets.Ref        `json:"ref"` // of Body
	Author    string            `json:"author"`
	Saved     time.Time         `json:"saved"`
	Published time.Time         `json:"published,omitzero"`
	Edition   playlist.Revision `json:"edition,omitempty"` // the first revision that carried it
}

// Decode reads the notice.
func (v NoticeVersion) Decode() (*playlist.Notice, error) {
	n, err := playlist.DecodeNotice(v.Body)
	if err != nil {
		return nil, fmt.Errorf("decode notice %s version %d: %w", v.Notice, v.Version, err)
	}
	return n, nil
}

// NoticeFilter narrows a list. Empty fields do not narrow.
type NoticeFilter struct {
	Sites  []playlist.SiteID
	Kind   playlist.Kind
	Column playlist.ColumnID
	Status Status
	Text   string // in the title
	Offset int
	Limit  int // 1 to 1000; 0 is 100
}

func (f NoticeFilter) where() (string, []any) {
	var c conditions
	in(&c, "site", f.Sites)
	if f.Kind != "" {
		c.add("kind = ?", string(f.Kind))
	}
	if f.Column != "" {
		c.add("column_id = ?", string(f.Column))
	}
	if f.Status != "" {
		c.add("status = ?", string(f.Status))
	}
	if f.Text != "" {
		c.add(`title LIKE ? ESCAPE '\'`, likely(f.Text))
	}
	return c.where(), c.args
}

const noticeColumns = `id, site, kind, column_id, title, status, version, live, updated, not_after`

func scanNotice(r scanner) (Notice, error) {
	var n Notice
	var updated, notAfter int64
	err := r.Scan(&n.ID, &n.Site, &n.Kind, &n.Column, &n.Title, &n.Status, &n.Version, &n.Live, &updated, &notAfter)
	n.Updated, n.NotAfter = fromMillis(updated), fromMillis(notAfter)
	return n, err
}

// Notices lists notices, the last changed first.
func (r Reader) Notices(ctx context.Context, f NoticeFilter) ([]Notice, error) {
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	args = append(args, limit, max(f.Offset, 0))
	return collect(ctx, r.q, "notices", scanNotice, fmt.Sprintf(
		`SELECT `+noticeColumns+` FROM notices%s ORDER BY updated DESC, id LIMIT $%d OFFSET $%d`, where, len(args)-1, len(args)), args...)
}

// CountNotices counts what Notices would list without Offset and Limit.
func (r Reader) CountNotices(ctx context.Context, f NoticeFilter) (int, error) {
	where, args := f.where()
	n, err := one(ctx, r.q, "number of notices", scanInt, `SELECT COUNT(*) FROM notices`+where, args...)
	return int(n), err
}

// Notice returns one notice.
func (r Reader) Notice(ctx context.Context, id playlist.NoticeID) (Notice, error) {
	return one(ctx, r.q, fmt.Sprintf("notice %s", id), scanNotice, `SELECT `+noticeColumns+` FROM notices WHERE id = $1`, string(id))
}

const versionColumns = `notice, version, status, body, ref, author, saved, published, edition`

func scanVersion(r scanner) (NoticeVersion, error) {
	var v NoticeVersion
	var body []byte
	var ref string
	var saved, published int64
	if err := r.Scan(&v.Notice, &v.Version, &v.Status, &body, &ref, &v.Author, &saved, &published, &v.Edition); err != nil {
		return v, err
	}
	v.Body, v.Saved, v.Published = body, fromMillis(saved), fromMillis(published)
	return v, v.Ref.UnmarshalText([]byte(ref))
}

// NoticeVersions returns all versions of a notice, the newest first.
func (r Reader) NoticeVersions(ctx context.Context, id playlist.NoticeID) ([]NoticeVersion, error) {
	return collect(ctx, r.q, fmt.Sprintf("versions of notice %s", id), scanVersion,
		`SELECT `+versionColumns+` FROM notice_versions WHERE notice = $1 ORDER BY version DESC`, string(id))
}

// NoticeVersion returns one version of a notice.
func (r Reader) NoticeVersion(ctx context.Context, id playlist.NoticeID, version int) (NoticeVersion, error) {
	return one(ctx, r.q, fmt.Sprintf("notice %s version %d", id, version), scanVersion,
		`SELECT `+versionColumns+` FROM notice_versions WHERE notice = $1 AND version = $2`, string(id), version)
}

// LiveNotices returns all versions in force on a channel, by notice.
func (r Reader) LiveNotices(ctx context.Context, c playlist.ChannelID) ([]NoticeVersion, error) {
	kind := "n.kind <> $2"
	if c.Alert {
		kind = "n.kind = $2"
	}
	return collect(ctx, r.q, fmt.Sprintf("notices of channel %s", c), scanVersion,
		`SELECT v.notice, v.version, v.status, v.body, v.ref, v.author, v.saved, v.published, v.edition
		 FROM notices n JOIN notice_versions v ON v.notice = n.id AND v.version = n.live
		 WHERE n.site = $1 AND `+kind+` AND n.live > 0 ORDER BY n.id`, string(c.Site), string(playlist.KindAlert))
}

// PutNotice adds or changes the row that lists show.
func (t *Tx) PutNotice(ctx context.Context, n Notice) error {
	_, err := exec(ctx, t.q, "save notice "+string(n.ID),
		`INSERT INTO notices (`+noticeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		 ON CONFLICT (id) DO UPDATE SET column_id = excluded.column_id, title = excluded.title,
		   status = excluded.status, version = excluded.version, live = excluded.live, updated = excluded.updated,
		   not_after = excluded.not_after`,
		string(n.ID), string(n.Site), string(n.Kind), string(n.Column), n.Title, string(n.Status), n.Version, n.Live,
		millis(n.Updated), millis(n.NotAfter))
	return err
}

// PutNoticeVersion adds a version, or changes one that is still a draft. A
// version that was published never changes its body: ErrConflict.
func (t *Tx) PutNoticeVersion(ctx context.Context, v NoticeVersion) error {
	what := fmt.Sprintf("save notice %s version %d", v.Notice, v.Version)
	n, err := exec(ctx, t.q, what,
		`INSERT INTO notice_versions (`+versionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		 ON CONFLICT (notice, version) DO UPDATE SET status = excluded.status, body = excluded.body, ref = excluded.ref,
		   author = excluded.author, saved = excluded.saved, published = excluded.published, edition = excluded.edition
		 WHERE notice_versions.status = 'draft'`,
		string(v.Notice), v.Version, string(v.Status), []byte(v.Body), v.Ref.String(), v.Author, millis(v.Saved), millis(v.Published), int64(v.Edition))
	if err == nil && n == 0 {
		return fmt.Errorf("%s: it is published already: %w", what, ErrConflict)
	}
	return err
}

// SetVersionStatus changes the status of one version.
func (t *Tx) SetVersionStatus(ctx context.Context, id playlist.NoticeID, version int, s Status) error {
	return change(ctx, t.q, fmt.Sprintf("set status of notice %s version %d", id, version),
		`UPDATE notice_versions SET status = $3 WHERE notice = $1 AND version = $2`, string(id), version, string(s))
}

// MarkCarried notes the revision on all versions in force that no edition of
// the channel had carried before.
func (t *Tx) MarkCarried(ctx context.Context, c playlist.ChannelID, rev playlist.Revision) error {
	kind := "kind <> $2"
	if c.Alert {
		kind = "kind = $2"
	}
	_, err := exec(ctx, t.q, "note the edition of notices",
		`UPDATE notice_versions SET edition = $3 WHERE edition = 0 AND status = 'published' AND notice IN
		   (SELECT id FROM notices WHERE site = $1 AND `+kind+` AND live > 0)
		 AND version = (SELECT live FROM notices WHERE id = notice_versions.notice)`,
		string(c.Site), string(playlist.KindAlert), int64(rev))
	return err
}

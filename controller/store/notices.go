package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// Status is where a notice, or one version of it, stands.
type Status string

// The states. publish has the table of what may follow what.
const (
	Draft      Status = "draft"
	InReview   Status = "in_review" // sent, and not released or returned yet; its body does not change
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

	Stage      review.Stage `json:"stage,omitempty"` // what the newest version waits for
	Since      time.Time    `json:"since,omitzero"`  // it waits since
	Department DepartmentID `json:"department,omitempty"`
	Author     string       `json:"author,omitempty"` // login of who wrote the newest version

	// ShownVersion is the last version that was in force, 0 for none, and
	// ShownTitle its title: all that others see while the next one is written.
	ShownVersion int    `json:"-"`
	ShownTitle   string `json:"-"`
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
	Policy    *review.Policy    `json:"policy,omitempty"`  // in force when it was sent for review
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
	Text   string  // in the title
	Viewer *Viewer // who looks; nil sees everything

	Stages     []review.Stage // any of them
	Department DepartmentID
	Author     string // login of who wrote the newest version

	Longest bool // what waits longest comes first, not what was changed last
	Offset  int
	Limit   int // 1 to 1000; 0 is 100
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
	in(&c, "stage", f.Stages)
	if f.Department != "" {
		c.add("department = ?", string(f.Department))
	}
	if f.Author != "" {
		c.add("author = ?", f.Author)
	}
	drafts := f.Status == Draft || f.Status == InReview || len(f.Stages) > 0 || f.Author != ""
	f.Viewer.narrow(&c, drafts, f.Text)
	return c.where(), c.args
}

const (
	noticeColumns = `id, site, kind, column_id, title, status, version, live, updated, not_after, stage, since, department, author`
	noticeSelect  = noticeColumns + `, shown_version, shown_title`
)

func scanNotice(r scanner) (Notice, error) {
	var n Notice
	var updated, notAfter, since int64
	err := r.Scan(&n.ID, &n.Site, &n.Kind, &n.Column, &n.Title, &n.Status, &n.Version, &n.Live, &updated, &notAfter, &n.Stage, &since, &n.Department, &n.Author, &n.ShownVersion, &n.ShownTitle)
	n.Updated, n.NotAfter, n.Since = fromMillis(updated), fromMillis(notAfter), fromMillis(since)
	return n, err
}

// Notices lists notices, the last changed first, or as the filter says.
func (r Reader) Notices(ctx context.Context, f NoticeFilter) ([]Notice, error) {
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	args = append(args, limit, max(f.Offset, 0))
	order := "updated DESC"
	if f.Longest {
		order = "since"
	}
	rows, err := collect(ctx, r.q, "notices", scanNotice, fmt.Sprintf(
		`SELECT `+noticeSelect+` FROM notices%s ORDER BY %s, id LIMIT $%d OFFSET $%d`, where, order, len(args)-1, len(args)), args...)
	for i, n := range rows {
		rows[i] = f.Viewer.Face(n)
	}
	return rows, err
}

// CountNotices counts what Notices would list without Offset and Limit.
func (r Reader) CountNotices(ctx context.Context, f NoticeFilter) (int, error) {
	where, args := f.where()
	n, err := one(ctx, r.q, "number of notices", scanInt, `SELECT COUNT(*) FROM notices`+where, args...)
	return int(n), err
}

// Notice returns one notice.
func (r Reader) Notice(ctx context.Context, id playlist.NoticeID) (Notice, error) {
	return one(ctx, r.q, fmt.Sprintf("notice %s", id), scanNotice, `SELECT `+noticeSelect+` FROM notices WHERE id = $1`, string(id))
}

const versionColumns = `notice, version, status, body, ref, author, saved, published, edition, policy`

func scanVersion(r scanner) (NoticeVersion, error) {
	var v NoticeVersion
	var body, policy []byte
	var ref string
	var saved, published int64
	if err := r.Scan(&v.Notice, &v.Version, &v.Status, &body, &ref, &v.Author, &saved, &published, &v.Edition, &policy); err != nil {
		return v, err
	}
	v.Body, v.Saved, v.Published = body, fromMillis(saved), fromMillis(published)
	if len(policy) > 0 {
		if err := json.Unmarshal(policy, &v.Policy); err != nil {
			return v, err
		}
	}
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
		`SELECT v.notice, v.version, v.status, v.body, v.ref, v.author, v.saved, v.published, v.edition, v.policy
		 FROM notices n JOIN notice_versions v ON v.notice = n.id AND v.version = n.live
		 WHERE n.site = $1 AND `+kind+` AND n.live > 0 ORDER BY n.id`, string(c.Site), string(playlist.KindAlert))
}

// PutNotice adds or changes the row that lists show.
func (t *Tx) PutNotice(ctx context.Context, n Notice) error {
	_, err := exec(ctx, t.q, "save notice "+string(n.ID),
		`INSERT INTO notices (`+noticeSelect+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
		   CASE WHEN $7 = $8 THEN $8 ELSE 0 END, CASE WHEN $7 = $8 THEN $5 ELSE '' END)
		 ON CONFLICT (id) DO UPDATE SET column_id = excluded.column_id, title = excluded.title,
		   status = excluded.status, version = excluded.version, live = excluded.live, updated = excluded.updated,
		   not_after = excluded.not_after, stage = excluded.stage, since = excluded.since,
		   department = excluded.department, author = excluded.author,
		   shown_version = CASE WHEN excluded.shown_version > 0 THEN excluded.shown_version ELSE notices.shown_version END,
		   shown_title = CASE WHEN excluded.shown_version > 0 THEN excluded.shown_title ELSE notices.shown_title END`,
		string(n.ID), string(n.Site), string(n.Kind), string(n.Column), n.Title, string(n.Status), n.Version, n.Live,
		millis(n.Updated), millis(n.NotAfter), string(n.Stage), millis(n.Since), string(n.Department), n.Author)
	return err
}

// PutNoticeVersion adds a version, or changes one that is still a draft. A
// version that is in review or was published never changes its body: ErrConflict.
func (t *Tx) PutNoticeVersion(ctx context.Context, v NoticeVersion) error {
	what := fmt.Sprintf("save notice %s version %d", v.Notice, v.Version)
	var policy []byte
	if v.Policy != nil {
		var err error
		if policy, err = encode(v.Policy); err != nil {
			return err
		}
	}
	n, err := exec(ctx, t.q, what,
		`INSERT INTO notice_versions (`+versionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		 ON CONFLICT (notice, version) DO UPDATE SET status = excluded.status, body = excluded.body, ref = excluded.ref,
		   author = excluded.author, saved = excluded.saved, published = excluded.published, edition = excluded.edition,
		   policy = excluded.policy
		 WHERE notice_versions.status = 'draft'`,
		string(v.Notice), v.Version, string(v.Status), []byte(v.Body), v.Ref.String(), v.Author, millis(v.Saved), millis(v.Published), int64(v.Edition), policy)
	if err == nil && n == 0 {
		return fmt.Errorf("%s: it is in review or published already: %w", what, ErrConflict)
	}
	if err == nil {
		err = t.useBlobs(ctx, v)
	}
	if err != nil || v.Published.IsZero() {
		return err
	}
	return t.notePublished(ctx, v.Notice, v.Published)
}

// notePublished keeps when a version of a notice came into force last.
func (t *Tx) notePublished(ctx context.Context, id playlist.NoticeID, at time.Time) error {
	_, err := exec(ctx, t.q, "note the release of "+string(id), `UPDATE notices SET published = $2 WHERE id = $1 AND published < $2`, string(id), millis(at))
	return err
}

// PublishVersion puts a version that was reviewed, or a draft, into force. Its
// body stays as it is. Any other version is ErrNotFound.
func (t *Tx) PublishVersion(ctx context.Context, id playlist.NoticeID, version int, at time.Time) error {
	err := change(ctx, t.q, fmt.Sprintf("publish notice %s version %d", id, version),
		`UPDATE notice_versions SET status = 'published', published = $3 WHERE notice = $1 AND version = $2 AND status IN ('draft', 'in_review')`,
		string(id), version, millis(at))
	if err != nil {
		return err
	}
	if err := t.settleBlobs(ctx, id, version); err != nil {
		return err
	}
	return t.notePublished(ctx, id, at)
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

package api

import (
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// Submission is a notice to be published or saved. ID and Version may be left
// out of a new one; a revision names the version that it is based on.
type Submission struct {
	Notice playlist.Notice `json:"notice"`
	Draft  bool            `json:"draft,omitempty"` // only save it
}

// Published says what came of it. Revision is 0 for a draft.
type Published struct {
	Notice   playlist.NoticeID  `json:"notice"`
	Version  int                `json:"version"`
	Status   store.Status       `json:"status"`
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	Problems []playlist.Problem `json:"problems"` // with a draft, also errors
}

// Checked is what is wrong with a notice or a programme.
type Checked struct {
	OK       bool               `json:"ok"` // it can be published
	Problems []playlist.Problem `json:"problems"`
}

// NoticeDetail is a notice with its versions, the newest first.
type NoticeDetail struct {
	Notice    store.Notice          `json:"notice"`
	Versions  []store.NoticeVersion `json:"versions"`
	Published bool                  `json:"published"`
}

// Release names the draft to be published.
type Release struct {
	Version int `json:"version"`
}

// Reason is why a notice is taken down; it goes into the register.
type Reason struct {
	Reason string `json:"reason"`
}

func (a *api) listNotices(c *call) (any, error) {
	q := c.r.URL.Query()
	f := store.NoticeFilter{
		Kind: playlist.Kind(q.Get("kind")), Column: playlist.ColumnID(q.Get("column")), Status: store.Status(q.Get("status")), Text: q.Get("q"),
	}
	var err error
	if f.Limit, err = c.number("limit", 100, 1000); err != nil {
		return nil, err
	}
	if f.Offset, err = c.number("offset", 0, 1<<30); err != nil {
		return nil, err
	}
	if site := q.Get("site"); site != "" {
		f.Sites = []playlist.SiteID{playlist.SiteID(site)}
		if q.Get("below") == "true" {
			tree, err := c.sites()
			if err != nil {
				return nil, err
			}
			f.Sites = tree.Subtree(playlist.SiteID(site))
		}
	}
	rows, err := a.Store.Notices(c.ctx, f)
	if err != nil {
		return nil, err
	}
	out := listOf(rows)
	out.Total, err = a.Store.CountNotices(c.ctx, f)
	return out, err
}

func (a *api) createNotice(c *call) (any, error) {
	var s Submission
	if err := c.read(&s); err != nil {
		return nil, err
	}
	return a.submit(c, s)
}

func (a *api) reviseNotice(c *call) (any, error) {
	id, err := c.noticeID()
	if err != nil {
		return nil, err
	}
	var s Submission
	if err := c.read(&s); err != nil {
		return nil, err
	}
	if s.Notice.ID != "" && s.Notice.ID != id {
		return nil, badField("notice.id", "编号与地址不符", "the id differs from the one in the address")
	}
	row, err := a.Store.Notice(c.ctx, id)
	if err != nil {
		return nil, err
	}
	s.Notice.ID = id
	if s.Notice.Version == 0 {
		s.Notice.Version = row.Version
	}
	if err := c.reach(row.Site); err != nil {
		return nil, err
	}
	return a.submit(c, s)
}

// submit saves or publishes, whichever is asked for and allowed.
func (a *api) submit(c *call, s Submission) (any, error) {
	if err := c.reach(s.Notice.Site); err != nil {
		return nil, err
	}
	if s.Notice.Kind == playlist.KindAlert {
		return nil, badField("notice.kind", "预警请用 /alerts", "use /alerts for alerts")
	}
	who, err := c.who()
	if err != nil {
		return nil, err
	}
	if s.Draft {
		n, problems, err := a.Desk.Draft(c.ctx, who, s.Notice)
		if err != nil {
			return nil, err
		}
		return Published{
			Notice: n.ID, Version: n.Version, Status: store.Draft, Channel: playlist.ChannelID{Site: n.Site}, Problems: nonNil(problems),
		}, nil
	}
	if !c.person.Has(accounts.Releaser) {
		return nil, forbidden("这个令牌只能存草稿", "this token may only save drafts")
	}
	r, err := a.Desk.Publish(c.ctx, who, s.Notice)
	return published(r, store.Published), err
}

func published(r publish.Receipt, s store.Status) Published {
	return Published{Notice: r.Notice, Version: r.Version, Status: s, Channel: r.Channel, Revision: r.Revision, Problems: nonNil(r.Problems)}
}

func nonNil(p []playlist.Problem) []playlist.Problem {
	if p == nil {
		return []playlist.Problem{}
	}
	return p
}

func (a *api) checkNotice(c *call) (any, error) {
	var n playlist.Notice
	if err := c.read(&n); err != nil {
		return nil, err
	}
	problems, err := a.Desk.Check(c.ctx, n)
	return Checked{OK: !playlist.HasErrors(problems), Problems: nonNil(problems)}, err
}

func (a *api) getNotice(c *call) (any, error) {
	id, err := c.noticeID()
	if err != nil {
		return nil, err
	}
	row, err := a.Store.Notice(c.ctx, id)
	if err != nil {
		return nil, err
	}
	versions, err := a.Store.NoticeVersions(c.ctx, id)
	return NoticeDetail{Notice: row, Versions: versions, Published: row.Live > 0}, err
}

// change finds the notice of the address and checks that the person reaches it.
func (a *api) change(c *call) (store.Notice, publish.Who, error) {
	id, err := c.noticeID()
	if err != nil {
		return store.Notice{}, publish.Who{}, err
	}
	row, err := a.Store.Notice(c.ctx, id)
	if err != nil {
		return row, publish.Who{}, err
	}
	if err := c.reach(row.Site); err != nil {
		return row, publish.Who{}, err
	}
	who, err := c.who()
	return row, who, err
}

func (a *api) releaseNotice(c *call) (any, error) {
	row, who, err := a.change(c)
	if err != nil {
		return nil, err
	}
	var b Release
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if b.Version == 0 {
		b.Version = row.Version
	}
	r, err := a.Desk.Release(c.ctx, who, row.ID, b.Version)
	return published(r, store.Published), err
}

func (a *api) takeDownNotice(c *call) (any, error) {
	row, who, err := a.change(c)
	if err != nil {
		return nil, err
	}
	var b Reason
	if err := c.read(&b); err != nil {
		return nil, err
	}
	r, err := a.Desk.TakeDown(c.ctx, who, row.ID, b.Reason)
	return published(r, store.TakenDown), err
}

func (a *api) displayOfNotice(c *call) (any, error) {
	id, err := c.noticeID()
	if err != nil {
		return nil, err
	}
	return a.Fleet.ProofOf(c.ctx, id)
}

// AlertSubmission is a warning to be raised, or an update of one in force.
type AlertSubmission struct {
	ID      playlist.NoticeID `json:"id,omitempty"` // of the alert that this one updates
	Site    playlist.SiteID   `json:"site"`
	Title   string            `json:"title"`
	TitleEn string            `json:"title_en,omitempty"`
	LED     string            `json:"led,omitempty"`
	Issuer  string            `json:"issuer,omitempty"`
	Hotline string            `json:"hotline,omitempty"`
	Until   time.Time         `json:"until,omitzero"`    // at most 24 hours ahead
	Minutes int               `json:"minutes,omitempty"` // instead of Until
	Alert   playlist.Alert    `json:"alert"`
}

// AlertDetail is an alert that screens show.
type AlertDetail struct {
	Notice store.Notice     `json:"notice"`
	Body   *playlist.Notice `json:"body"`
}

func (a *api) listAlerts(c *call) (any, error) {
	active, err := a.Desk.ActiveAlerts(c.ctx)
	if err != nil {
		return nil, err
	}
	items := []AlertDetail{}
	for _, x := range active {
		items = append(items, AlertDetail{x.Notice, x.Body})
	}
	return listOf(items), nil
}

func (a *api) raiseAlert(c *call) (any, error) {
	var b AlertSubmission
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if err := c.reach(b.Site); err != nil {
		return nil, err
	}
	who, err := c.who()
	if err != nil {
		return nil, err
	}
	if b.Until.IsZero() && b.Minutes > 0 {
		b.Until = time.Now().Add(time.Duration(b.Minutes) * time.Minute)
	}
	r, err := a.Desk.RaiseAlert(c.ctx, who, publish.AlertRequest{
		ID: b.ID, Site: b.Site, Title: b.Title, TitleEn: b.TitleEn, LED: b.LED, Issuer: b.Issuer, Hotline: b.Hotline, Until: b.Until, Alert: b.Alert,
	})
	return published(r, store.Published), err
}

func (a *api) liftAlert(c *call) (any, error) {
	row, who, err := a.change(c)
	if err != nil {
		return nil, err
	}
	r, err := a.Desk.LiftAlert(c.ctx, who, row.ID)
	return published(r, store.Published), err
}

package api

import (
	"time"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/guard"
	"mingbai/playlist/review"
)

// Submission is a notice to be published or saved. ID and Version may be left
// out of a new one; a revision names the version that it is based on.
type Submission struct {
	Notice playlist.Notice `json:"notice"`
	Draft  bool            `json:"draft,omitempty"` // only save it
	// Reasons say why findings of severity doubt stay, one for each.
	Reasons []review.Reason `json:"reasons,omitempty"`
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

// Looked is what is wrong with a notice: every place where something was found,
// with the ways to mend it. Problems are the same without places, one for each
// field and code.
type Looked struct {
	OK       bool               `json:"ok"`
	Problems []playlist.Problem `json:"problems"`
	Findings []guard.Finding    `json:"findings"`
}

// Checked is what is wrong with a programme.
type Checked struct {
	OK       bool               `json:"ok"` // it can be published
	Problems []playlist.Problem `json:"problems"`
}

// NoticeDetail is a notice with its versions, the newest first.
type NoticeDetail struct {
	Notice    store.Notice          `json:"notice"`
	Versions  []store.NoticeVersion `json:"versions"`
	Published bool                  `json:"published"`
	Approvals []publish.Checked     `json:"approvals"` // of all versions, in order, every signature checked
	Remarks   []store.Remark        `json:"remarks"`
}

// Release names the draft to be published.
type Release struct {
	Version int             `json:"version"`
	Reasons []review.Reason `json:"reasons,omitempty"` // as in a Submission
}

// ReviewSubmission names the draft that goes on its way.
type ReviewSubmission struct {
	Version int             `json:"version"`           // the newest when left out
	Reasons []review.Reason `json:"reasons,omitempty"` // as in a Submission
	Note    string          `json:"note,omitempty"`
}

// Withdrawal names the version that its author takes back.
type Withdrawal struct {
	Version int `json:"version"` // the newest when left out
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
	if f.Viewer, err = c.viewer(); err != nil {
		return nil, err
	}
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
	row, err := c.noticeRow(id)
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
	sees, err := c.viewer()
	if err != nil {
		return nil, err
	}
	if may, err := a.Store.MayUse(c.ctx, sees, c.person.Login, s.Notice.Pictures); err != nil {
		return nil, err
	} else if !may {
		return nil, badField("notice.pictures", "有图片不是这个令牌上传的，也不在它能看到的内容里", "a picture was neither uploaded by this token nor is in a notice that it sees")
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
	r, err := a.Desk.Publish(c.ctx, who, s.Notice, s.Reasons...)
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
	found, err := a.Desk.Inspect(c.ctx, n)
	if err != nil {
		return nil, err
	}
	problems := guard.Problems(found)
	if found == nil {
		found = []guard.Finding{}
	}
	return Looked{OK: !playlist.HasErrors(problems), Problems: nonNil(problems), Findings: found}, nil
}

func (a *api) getNotice(c *call) (any, error) {
	id, err := c.noticeID()
	if err != nil {
		return nil, err
	}
	row, err := c.noticeRow(id)
	if err != nil {
		return nil, err
	}
	sees, err := c.viewer()
	if err != nil {
		return nil, err
	}
	d := NoticeDetail{Notice: row, Published: row.Live > 0, Approvals: []publish.Checked{}, Remarks: []store.Remark{}}
	versions, err := a.Store.NoticeVersions(c.ctx, id)
	if err != nil {
		return nil, err
	}
	d.Versions = sees.Versions(row, versions)
	if !sees.Whole(row) {
		return d, nil
	}
	approvals, err := a.Desk.Approvals(c.ctx, id, 0)
	if err != nil {
		return nil, err
	}
	remarks, err := a.Store.Remarks(c.ctx, id)
	d.Approvals, d.Remarks = append(d.Approvals, approvals...), append(d.Remarks, remarks...)
	return d, err
}

// submitNotice sends a draft for review. What follows is for named persons in
// the console, not for programs (C09).
func (a *api) submitNotice(c *call) (any, error) {
	row, who, err := a.change(c)
	if err != nil {
		return nil, err
	}
	var b ReviewSubmission
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if b.Version == 0 {
		b.Version = row.Version
	}
	return a.Desk.Submit(c.ctx, who, row.ID, b.Version, assets.Ref{}, b.Reasons, b.Note)
}

func (a *api) withdrawNotice(c *call) (any, error) {
	row, who, err := a.change(c)
	if err != nil {
		return nil, err
	}
	var b Withdrawal
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if b.Version == 0 {
		b.Version = row.Version
	}
	return a.Desk.Withdraw(c.ctx, who, row.ID, b.Version)
}

// change finds the notice of the address and checks that the person reaches it.
func (a *api) change(c *call) (store.Notice, publish.Who, error) {
	id, err := c.noticeID()
	if err != nil {
		return store.Notice{}, publish.Who{}, err
	}
	row, err := c.noticeRow(id)
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
	v, err := a.Store.NoticeVersion(c.ctx, row.ID, b.Version)
	if err != nil {
		return nil, err
	}
	if v.Status == store.InReview {
		return nil, forbidden("正在审核的内容由人在网页上发布，程序不能代签", "what is in review is released by a person in the console; programs do not sign for anyone")
	}
	r, err := a.Desk.Release(c.ctx, who, row.ID, b.Version, v.Ref, b.Reasons...)
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
	if _, err := c.noticeRow(id); err != nil {
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

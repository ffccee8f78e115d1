package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Entry is one row of the register (登记簿): a version of a notice that was
// released.
type Entry struct {
	Notice     playlist.NoticeID
	Version    int
	Site       playlist.SiteID
	Kind       playlist.Kind
	Department DepartmentID
	Status     Status // of the version
	Ref        assets.Ref
	Author     string // login
	Saved      time.Time
	Published  time.Time

	Title    string
	Column   playlist.ColumnID
	Issuer   string
	Index    string        // 索引号
	Document string        // 文号
	Issued   schedule.Date // 发布日期
}

// EntryFilter narrows the register. Empty fields do not narrow.
type EntryFilter struct {
	Sites      []playlist.SiteID
	Department DepartmentID
	Column     playlist.ColumnID
	From, To   time.Time // released from From on and before To
	Text       string    // in the title of the newest version
	Oldest     bool      // the oldest first, as the register is bound
	Offset     int
	Limit      int
}

func (f EntryFilter) where() conditions {
	var c conditions
	c.add("v.published > ?", int64(0))
	if !f.From.IsZero() {
		c.add("v.published >= ?", millis(f.From))
	}
	if !f.To.IsZero() {
		c.add("v.published < ?", millis(f.To))
	}
	in(&c, "n.site", f.Sites)
	if f.Department != "" {
		c.add("n.department = ?", string(f.Department))
	}
	if f.Column != "" {
		c.add("n.column_id = ?", string(f.Column))
	}
	if f.Text != "" {
		c.add(`n.title LIKE ? ESCAPE '\'`, likely(f.Text))
	}
	return c
}

// Entries returns rows of the register, the newest release first unless Oldest is
// set, at most Limit after Offset.
func (r Reader) Entries(ctx context.Context, f EntryFilter) ([]Entry, error) {
	c := f.where()
	way := "DESC"
	if f.Oldest {
		way = "ASC"
	}
	c.args = append(c.args, f.Limit, f.Offset)
	return collect(ctx, r.q, "the register", scanEntry, fmt.Sprintf(
		`SELECT v.notice, v.version, n.site, n.kind, n.department, v.status, v.ref, v.author, v.saved, v.published, v.body
		 FROM notice_versions v JOIN notices n ON n.id = v.notice%s ORDER BY v.published %s, v.notice %s LIMIT $%d OFFSET $%d`,
		c.where(), way, way, len(c.args)-1, len(c.args)), c.args...)
}

func scanEntry(s scanner) (Entry, error) {
	var e Entry
	var ref string
	var saved, published int64
	var body []byte
	if err := s.Scan(&e.Notice, &e.Version, &e.Site, &e.Kind, &e.Department, &e.Status, &ref, &e.Author, &saved, &published, &body); err != nil {
		return e, err
	}
	e.Saved, e.Published = fromMillis(saved), fromMillis(published)
	if err := e.Ref.UnmarshalText([]byte(ref)); err != nil {
		return e, err
	}
	var n struct {
		Title    string            `json:"title"`
		Column   playlist.ColumnID `json:"column"`
		Issuer   string            `json:"issuer"`
		Index    string            `json:"index"`
		Document string            `json:"document"`
		Issued   schedule.Date     `json:"issued"`
	}
	if err := json.Unmarshal(body, &n); err != nil {
		return e, fmt.Errorf("notice %s version %d: %w", e.Notice, e.Version, err)
	}
	e.Title, e.Column, e.Issuer, e.Index, e.Document, e.Issued = n.Title, n.Column, n.Issuer, n.Index, n.Document, n.Issued
	return e, nil
}

// CountEntries counts what Entries would list without Offset and Limit.
func (r Reader) CountEntries(ctx context.Context, f EntryFilter) (int, error) {
	c := f.where()
	from := ` FROM notice_versions v`
	if len(f.Sites) > 0 || f.Department != "" || f.Column != "" || f.Text != "" {
		from += ` JOIN notices n ON n.id = v.notice`
	}
	n, err := one(ctx, r.q, "length of the register", scanInt, `SELECT COUNT(*)`+from+c.where(), c.args...)
	return int(n), err
}

// FirstRelease returns when something was released first, zero for never.
func (r Reader) FirstRelease(ctx context.Context) (time.Time, error) {
	n, err := one(ctx, r.q, "the beginning of the register", scanInt, `SELECT COALESCE(MIN(published), 0) FROM notice_versions WHERE published > 0`)
	return fromMillis(n), err
}

// ApprovalsOf returns the approvals of all versions of notices, in the order in
// which they were given; ids are at most a thousand.
func (r Reader) ApprovalsOf(ctx context.Context, ids []playlist.NoticeID) ([]Approval, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var c conditions
	in(&c, "notice", ids)
	return collect(ctx, r.q, "approvals", scanApproval, `SELECT `+approvalColumns+` FROM approvals`+c.where()+` ORDER BY id`, c.args...)
}

// RemarksOf returns the remarks on notices, the oldest first; ids are at most a
// thousand.
func (r Reader) RemarksOf(ctx context.Context, ids []playlist.NoticeID) ([]Remark, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var c conditions
	in(&c, "notice", ids)
	return collect(ctx, r.q, "remarks", scanRemark, `SELECT id, notice, version, at, person, kind, stage, text, ref FROM remarks`+c.where()+` ORDER BY id`, c.args...)
}

// Withdrawal is a take-down as it stands in the register.
type Withdrawal struct {
	playlist.Takedown
	Actor string
}

// TakedownsOf returns the take-downs of notices; ids are at most a thousand.
func (r Reader) TakedownsOf(ctx context.Context, ids []playlist.NoticeID) (map[playlist.NoticeID]Withdrawal, error) {
	out := map[playlist.NoticeID]Withdrawal{}
	if len(ids) == 0 {
		return out, nil
	}
	var c conditions
	in(&c, "notice", ids)
	rows, err := collect(ctx, r.q, "take-downs", func(s scanner) (Withdrawal, error) {
		var w Withdrawal
		var at int64
		err := s.Scan(&w.Notice, &w.Version, &at, &w.Reason, &w.Actor)
		w.At = fromMillis(at)
		return w, err
	}, `SELECT notice, version, at, reason, actor FROM takedowns`+c.where(), c.args...)
	for _, w := range rows {
		out[w.Notice] = w
	}
	return out, err
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// Filling is how a column is filled at a site.
type Filling struct {
	Column playlist.ColumnID
	Site   playlist.SiteID
	Last   time.Time // when something came into force last, whether or not it still is
	Shown  int       // notices in force that have not expired
}

// Fillings returns how all columns are filled at all sites. What was taken down
// does not count.
func (r Reader) Fillings(ctx context.Context, now time.Time) ([]Filling, error) {
	return collect(ctx, r.q, "how columns are filled", func(s scanner) (Filling, error) {
		var f Filling
		var last int64
		err := s.Scan(&f.Column, &f.Site, &last, &f.Shown)
		f.Last = fromMillis(last)
		return f, err
	}, `SELECT column_id, site, MAX(published), SUM(CASE WHEN live > 0 AND (not_after = 0 OR not_after > $1) THEN 1 ELSE 0 END)
	    FROM notices WHERE column_id <> '' AND status <> 'taken_down' AND published > 0 GROUP BY column_id, site`, millis(now))
}

// Filed is a publication in a column.
type Filed struct {
	Notice playlist.NoticeID
	Site   playlist.SiteID
	Title  string
	Author string
	At     time.Time
}

// FiledIn returns what was published in a column, at the sites given or anywhere,
// since an instant; the newest first, at most limit.
func (r Reader) FiledIn(ctx context.Context, column playlist.ColumnID, sites []playlist.SiteID, since time.Time, limit int) ([]Filed, error) {
	var c conditions
	c.add("n.column_id = ?", string(column))
	in(&c, "n.site", sites)
	c.add("v.published > ?", millis(since))
	c.args = append(c.args, limit)
	return collect(ctx, r.q, "publications in column "+string(column), func(s scanner) (Filed, error) {
		var f Filed
		var at int64
		err := s.Scan(&f.Notice, &f.Site, &f.Title, &f.Author, &at)
		f.At = fromMillis(at)
		return f, err
	}, fmt.Sprintf(`SELECT n.id, n.site, n.title, v.author, v.published FROM notices n JOIN notice_versions v ON v.notice = n.id%s
	    AND n.status <> 'taken_down' ORDER BY v.published DESC LIMIT $%d`, c.where(), len(c.args)), c.args...)
}

// ColumnsInUse returns which columns notices are filed in.
func (r Reader) ColumnsInUse(ctx context.Context) (map[playlist.ColumnID]bool, error) {
	ids, err := collect(ctx, r.q, "columns in use", func(s scanner) (id playlist.ColumnID, err error) { err = s.Scan(&id); return id, err },
		`SELECT DISTINCT column_id FROM notices`)
	used := make(map[playlist.ColumnID]bool, len(ids))
	for _, id := range ids {
		used[id] = true
	}
	return used, err
}

// LastRecord returns the number of the newest line of the audit log, 0 for none:
// while it is the same nothing that a person does has changed.
func (r Reader) LastRecord(ctx context.Context) (int64, error) {
	return one(ctx, r.q, "the end of the audit log", scanInt, `SELECT COALESCE(MAX(id), 0) FROM audit`)
}

// SetPosting notes when the posting period of a notice's newest version ends; zero
// for none.
func (t *Tx) SetPosting(ctx context.Context, id playlist.NoticeID, end time.Time) error {
	return change(ctx, t.q, "note the posting period of "+string(id), `UPDATE notices SET posting = $2 WHERE id = $1`, string(id), millis(end))
}

// TodoFilter narrows what waits. Empty fields do not narrow.
type TodoFilter struct {
	Stages      []review.Stage
	Sites       []playlist.SiteID
	Departments []DepartmentID
	Author      string
	Before      time.Time // waiting since before then
	Limit       int
}

func (f TodoFilter) where() conditions {
	var c conditions
	in(&c, "stage", f.Stages)
	in(&c, "site", f.Sites)
	in(&c, "department", f.Departments)
	if f.Author != "" {
		c.add("author = ?", f.Author)
	}
	if !f.Before.IsZero() {
		c.add("since < ?", millis(f.Before))
	}
	return c
}

// Waiting returns the notices that stand in some stage, those that wait longest
// first, at most Limit.
func (r Reader) Waiting(ctx context.Context, f TodoFilter) ([]Notice, error) {
	c := f.where()
	c.args = append(c.args, f.Limit)
	return collect(ctx, r.q, "what waits", scanNotice, fmt.Sprintf(
		`SELECT `+noticeSelect+` FROM notices%s ORDER BY since, id LIMIT $%d`, c.where(), len(c.args)), c.args...)
}

// CountWaiting counts what Waiting would list without Limit.
func (r Reader) CountWaiting(ctx context.Context, f TodoFilter) (int, error) {
	c := f.where()
	n, err := one(ctx, r.q, "number of what waits", scanInt, `SELECT COUNT(*) FROM notices`+c.where(), c.args...)
	return int(n), err
}

// DraftsOf returns the drafts of a person that wait for nobody else, the last
// changed first, and how many there are.
func (r Reader) DraftsOf(ctx context.Context, author string, limit int) ([]Notice, int, error) {
	const where = ` FROM notices WHERE author = $1 AND stage = '' AND version > live AND status <> 'taken_down'`
	n, err := one(ctx, r.q, "number of drafts", scanInt, `SELECT COUNT(*)`+where, author)
	if err != nil {
		return nil, 0, err
	}
	rows, err := collect(ctx, r.q, "drafts", scanNotice, `SELECT `+noticeSelect+where+` ORDER BY updated DESC LIMIT $2`, author, limit)
	return rows, int(n), err
}

// Ending is a notice whose display or posting period ends.
type Ending struct {
	Notice
	At      time.Time // the first instant after the last day
	Posting bool      // it is the posting period that ends
}

// EndingBetween returns the notices in force whose display ends, or whose posting
// period, after an instant and not after another, of one department or, where of
// is empty, of all; of each what ends first comes first, at most limit.
func (r Reader) EndingBetween(ctx context.Context, sites []playlist.SiteID, of DepartmentID, after, until time.Time, limit int) ([]Ending, error) {
	var all []Ending
	for _, column := range []string{"posting", "not_after"} {
		var c conditions
		c.add(column+" > ?", millis(after))
		c.add(column+" <= ?", millis(until))
		in(&c, "site", sites)
		if of != "" {
			c.add("department = ?", string(of))
		}
		c.args = append(c.args, limit)
		rows, err := collect(ctx, r.q, "what ends", func(s scanner) (Ending, error) {
			var posting int64
			n, err := scanNotice(with(s, &posting))
			e := Ending{Notice: n, At: n.NotAfter, Posting: column == "posting"}
			if e.Posting {
				e.At = fromMillis(posting)
			}
			return e, err
		}, fmt.Sprintf(`SELECT `+noticeSelect+`, posting FROM notices%s AND live > 0 AND kind <> 'alert' ORDER BY %s, id LIMIT $%d`, c.where(), column, len(c.args)), c.args...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// with is a row that has more columns at its end.
func with(s scanner, more ...any) scanner { return longer{s, more} }

type longer struct {
	scanner
	more []any
}

func (l longer) Scan(dest ...any) error { return l.scanner.Scan(append(dest, l.more...)...) }

// Release is a notice in force with the edition that first carried it.
type Release struct {
	Notice
	Edition   playlist.Revision
	Published time.Time
}

// ReleasedSince returns what came into force since an instant, of one department
// or, where of is empty, of all; the newest first, at most limit.
func (r Reader) ReleasedSince(ctx context.Context, sites []playlist.SiteID, of DepartmentID, since time.Time, limit int) ([]Release, error) {
	var c conditions
	c.add("n.published > ?", millis(since))
	in(&c, "n.site", sites)
	if of != "" {
		c.add("n.department = ?", string(of))
	}
	c.args = append(c.args, limit)
	return collect(ctx, r.q, "what was released", func(s scanner) (Release, error) {
		var out Release
		var at int64
		var err error
		out.Notice, err = scanNotice(with(s, &out.Edition, &at))
		out.Published = fromMillis(at)
		return out, err
	}, fmt.Sprintf(`SELECT `+ofNotice+`, v.edition, n.published
	    FROM notices n JOIN notice_versions v ON v.notice = n.id AND v.version = n.live%s AND n.live > 0 ORDER BY n.published DESC LIMIT $%d`, c.where(), len(c.args)), c.args...)
}

// ofNotice is noticeSelect of n.
var ofNotice = "n." + strings.ReplaceAll(noticeSelect, ", ", ", n.")

// Progress is what decides who may sign a notice next.
type Progress struct {
	Ref       assets.Ref        // of the newest version's bytes
	Policy    *review.Policy    // in force when it was sent; nil when it was not
	Approvals []review.Approval // over the newest version: Ref, Capacity and Person only
	Returned  string            // why it came back last
	By        string            // login of who returned it
}

// ProgressOf returns how far notices are on their way; ids are at most a few
// hundred.
func (r Reader) ProgressOf(ctx context.Context, ids []playlist.NoticeID) (map[playlist.NoticeID]*Progress, error) {
	out := make(map[playlist.NoticeID]*Progress, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var c conditions
	in(&c, "n.id", ids)
	type line struct {
		id   playlist.NoticeID
		ref  assets.Ref
		rest []byte
		a, b string
	}
	scan := func(withText bool) func(scanner) (line, error) {
		return func(s scanner) (l line, err error) {
			var ref string
			if withText {
				err = s.Scan(&l.id, &ref, &l.a, &l.b)
			} else {
				err = s.Scan(&l.id, &ref, &l.rest)
			}
			if err != nil || ref == "" {
				return l, err
			}
			return l, l.ref.UnmarshalText([]byte(ref))
		}
	}
	rows, err := collect(ctx, r.q, "policies of notices", scan(false),
		`SELECT n.id, v.ref, v.policy FROM notices n JOIN notice_versions v ON v.notice = n.id AND v.version = n.version`+c.where(), c.args...)
	if err != nil {
		return nil, err
	}
	for _, l := range rows {
		p := &Progress{Ref: l.ref}
		if l.rest != nil {
			p.Policy = new(review.Policy)
			if err := json.Unmarshal(l.rest, p.Policy); err != nil {
				return nil, fmt.Errorf("policy of notice %s: %w", l.id, err)
			}
		}
		out[l.id] = p
	}
	rows, err = collect(ctx, r.q, "approvals of notices", scan(true),
		`SELECT n.id, a.ref, a.capacity, a.person FROM notices n JOIN approvals a ON a.notice = n.id AND a.version = n.version`+c.where()+` ORDER BY a.id`, c.args...)
	if err != nil {
		return nil, err
	}
	for _, l := range rows {
		if p := out[l.id]; p != nil {
			if review.Capacity(l.a) == review.Draft {
				p.Approvals = nil // sent anew: what was signed before no longer counts
			}
			p.Approvals = append(p.Approvals, review.Approval{Ref: l.ref, Capacity: review.Capacity(l.a), Person: l.b})
		}
	}
	rows, err = collect(ctx, r.q, "remarks on notices", scan(true),
		`SELECT n.id, '', m.text, m.person FROM notices n JOIN remarks m ON m.notice = n.id`+c.where()+` AND m.kind = 'return' ORDER BY m.id`, c.args...)
	for _, l := range rows {
		if p := out[l.id]; p != nil {
			p.Returned, p.By = l.a, l.b
		}
	}
	return out, err
}

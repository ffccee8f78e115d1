package console

import (
	"slices"
	"sync"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/duty"
	"mingbai/playlist/schedule"
)

// staffed are the roles of those who have something to do at the desk; who only
// tends machines has not.
var staffed = []accounts.Role{
	accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Secrecy, accounts.Releaser, accounts.Auditor, accounts.Administrator,
}

// dutyAt is how one column stands at one place.
type dutyAt struct {
	Column playlist.Column
	Site   playlist.SiteID // empty: it is enough if it is filled anywhere
	Last   time.Time
	Shown  int
	duty.Standing
}

// Missed reports whether somebody has to mend it: the deadline is past, or nothing
// is up where the column must be renewed.
func (d dutyAt) Missed() bool {
	return d.State == duty.Overdue || d.State == duty.Empty && d.Column.Cadence != playlist.AdHoc
}

// duties are all of them, as they stood when they were asked for last. They are
// computed again when anything was done since, and every few minutes, because
// notices expire by themselves.
type duties struct {
	mu     sync.Mutex // guards what follows
	record int64
	at     time.Time
	all    []dutyAt
}

const dutiesKept = 2 * time.Minute

func (v *visit) today() schedule.Date { return schedule.DateOf(v.local(v.Now())) }

// allDuties returns how every column without columns below it stands, by the
// order of the catalogue and of the sites.
func (v *visit) allDuties() ([]dutyAt, error) {
	record, err := v.Store.LastRecord(v.ctx)
	if err != nil {
		return nil, err
	}
	now := v.Now()
	d := v.kept
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all != nil && d.record == record && now.Sub(d.at) < dutiesKept && schedule.DateOf(v.local(d.at)) == v.today() {
		return d.all, nil
	}
	all, err := v.judgeDuties(now)
	if err == nil {
		d.record, d.at, d.all = record, now, all
	}
	return all, err
}

func (v *visit) judgeDuties(now time.Time) ([]dutyAt, error) {
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return nil, err
	}
	fillings, err := v.Store.Fillings(v.ctx, now)
	if err != nil {
		return nil, err
	}
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	cal, err := v.calendar()
	if err != nil {
		return nil, err
	}
	filled := map[playlist.ColumnID]map[playlist.SiteID]store.Filling{}
	for _, f := range fillings {
		if filled[f.Column] == nil {
			filled[f.Column] = map[playlist.SiteID]store.Filling{}
		}
		filled[f.Column][f.Site] = f
	}
	all := []dutyAt{}
	for _, c := range columns {
		if isBranch(columns, c.ID) {
			continue
		}
		at := func(site playlist.SiteID, f store.Filling) {
			known := duty.Filled{Shown: f.Shown}
			if !f.Last.IsZero() {
				known.Last = schedule.DateOf(v.local(f.Last))
			}
			all = append(all, dutyAt{Column: c, Site: site, Last: f.Last, Shown: f.Shown, Standing: duty.Of(c, known, cal, v.today())})
		}
		if len(c.Kinds) == 0 {
			var sum store.Filling
			for _, f := range filled[c.ID] {
				sum.Shown += f.Shown
				if f.Last.After(sum.Last) {
					sum.Last = f.Last
				}
			}
			at("", sum)
			continue
		}
		for _, s := range tree.Sites() {
			if slices.Contains(c.Kinds, s.Kind) {
				at(s.ID, filled[c.ID][s.ID])
			}
		}
	}
	return all, nil
}

func isBranch(columns []playlist.Column, id playlist.ColumnID) bool {
	return slices.ContainsFunc(columns, func(c playlist.Column) bool { return c.Parent == id })
}

// ownDuties narrows to those that the visitor's department or site has to keep.
func (v *visit) ownDuties() ([]dutyAt, error) {
	all, err := v.allDuties()
	if err != nil {
		return nil, err
	}
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	root, err := tree.Root()
	if err != nil {
		return nil, nil // no sites, no duties
	}
	department := ""
	if v.person.Department != "" {
		if d, err := v.Store.Department(v.ctx, v.person.Department); err == nil {
			department = d.Name
		}
	}
	var own []dutyAt
	for _, d := range all {
		at := d.Site
		if at == "" {
			at = root.ID
		}
		if v.person.Department == "" || d.Column.Department == string(v.person.Department) || d.Column.Department == "" && department != "" && d.Column.Owner == department {
			// A department of the county keeps a column although it does not act at the root.
			if v.person.Reaches(tree.PathIDs(at)) || v.person.Department != "" && d.Site == "" {
				own = append(own, d)
			}
		}
	}
	return own, nil
}

// missedDuties counts what the visitor has to mend, for the menu.
func (v *visit) missedDuties() int {
	own, err := v.ownDuties() // the menu is no place to fail
	if err != nil {
		return 0
	}
	n := 0
	for _, d := range own {
		if d.Missed() {
			n++
		}
	}
	return n
}

// standing puts how a column stands into words.
func (v *visit) standing(s duty.Standing) (text, tone string) {
	today := v.today()
	switch {
	case s.State == duty.Empty && s.Late(today):
		return v.t("空白，超期 %d 个工作日", s.Days), "bad"
	case s.State == duty.Empty:
		return v.t("空白"), "bad"
	case s.State == duty.Overdue:
		return v.t("超期 %d 个工作日", s.Days), "bad"
	case s.State == duty.Stale:
		return v.t("%d 天没有更新", s.Idle), "warn"
	case s.State == duty.Near && s.By == today:
		return v.t("今天到期"), "warn"
	case s.State == duty.Near && s.Days == 0:
		return v.t("%s到期，之前没有工作日", v.day(s.By)), "warn"
	case s.State == duty.Near:
		return v.t("还有 %d 个工作日", s.Days), "warn"
	}
	return v.t("正常"), "good"
}

// dutyWords says a column's duty in the visitor's language.
func (v *visit) dutyWords(c playlist.Column) string { return v.words(duty.Words(c)) }

// writeFor is the address of a form with column and site filled in.
func writeFor(column playlist.Column, site playlist.SiteID) string {
	path := "/write/announcement?column="
	if column.Field == playlist.Money {
		path = "/write/fund?column="
	}
	path += string(column.ID)
	if site != "" {
		path += "&site=" + string(site)
	}
	return path
}

package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/review"
)

// Viewer is who looks at notices. What the scopes cover is seen whole; of
// everything else only what is or was in force. A nil Viewer sees everything.
type Viewer struct{ Scopes []Scope }

// Scope is a part of the office. Without fields it is the whole office.
type Scope struct {
	Sites      []playlist.SiteID // nil is all
	Department DepartmentID      // empty is all
}

func (s Scope) covers(n Notice) bool {
	return (s.Sites == nil || slices.Contains(s.Sites, n.Site)) && (s.Department == "" || s.Department == n.Department)
}

// Whole reports whether the viewer sees a notice with its drafts and its way
// through review.
func (v *Viewer) Whole(n Notice) bool {
	return v == nil || slices.ContainsFunc(v.Scopes, func(s Scope) bool { return s.covers(n) })
}

// Sees reports whether the viewer may know that a notice exists.
func (v *Viewer) Sees(n Notice) bool { return v.Whole(n) || n.ShownVersion > 0 }

// Face is what the viewer sees of a notice that Sees lets through: for who does
// not see it whole, the version that is or was in force.
func (v *Viewer) Face(n Notice) Notice {
	if v.Whole(n) {
		return n
	}
	if n.Version != n.ShownVersion {
		n.NotAfter = time.Time{} // it is the draft's
	}
	n.Title, n.Version = n.ShownTitle, n.ShownVersion
	n.Stage, n.Since, n.Author, n.Status = review.Idle, time.Time{}, "", TakenDown
	if n.Live > 0 {
		n.Status = Published
	}
	return n
}

// Versions leaves of the versions of a notice those that the viewer may see.
func (v *Viewer) Versions(n Notice, all []NoticeVersion) []NoticeVersion {
	if v.Whole(n) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(x NoticeVersion) bool { return x.Status == Draft || x.Status == InReview })
}

// narrow adds to conditions on notices what the viewer may see. drafts says that
// the other conditions speak of what only those see who see it whole. text is
// looked for in the title that the viewer sees.
func (v *Viewer) narrow(c *conditions, drafts bool, text string) {
	whole := v.whole(c)
	if whole == "" {
		if text != "" {
			c.add(`title LIKE ? ESCAPE '\'`, likely(text))
		}
		return
	}
	public := "shown_version > 0"
	if drafts {
		public = "1 = 0"
	}
	if text == "" {
		c.conds = append(c.conds, "("+whole+" OR "+public+")")
		return
	}
	c.args = append(c.args, likely(text))
	mark := fmt.Sprintf("$%d", len(c.args))
	c.conds = append(c.conds, fmt.Sprintf(`((%s AND title LIKE %s ESCAPE '\') OR (NOT %s AND %s AND shown_title LIKE %s ESCAPE '\'))`, whole, mark, whole, public, mark))
}

// whole is the condition for what the viewer sees whole, empty when that is
// everything.
func (v *Viewer) whole(c *conditions) string {
	if v == nil {
		return ""
	}
	var any []string
	for _, s := range v.Scopes {
		var all conditions
		all.args = c.args
		if s.Sites != nil && len(s.Sites) == 0 {
			continue
		}
		in(&all, "site", s.Sites)
		if s.Department != "" {
			all.add("department = ?", string(s.Department))
		}
		c.args = all.args
		if len(all.conds) == 0 {
			return ""
		}
		any = append(any, "("+strings.Join(all.conds, " AND ")+")")
	}
	if len(any) == 0 {
		return "(1 = 0)"
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

package console

import (
	"bytes"
	"cmp"
	"html/template"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
)

// writingWay is the bar of stages above a form, with why the notice came back if
// it did. A new form, and one that makes a new version of what is published, stands
// at its beginning; nil where one person publishes at once.
func (v *visit) writingWay(n *playlist.Notice) (*way, error) {
	policy, err := v.Desk.Policy(v.ctx, n.Site)
	if err != nil || len(policy.Steps) == 0 || len(policy.Steps) == 1 && policy.People <= 1 {
		return nil, err
	}
	w := &way{Notice: n.ID}
	row := store.Notice{Site: n.Site, Department: v.person.Department, Kind: n.Kind}
	ver := store.NoticeVersion{Status: store.Draft, Author: v.person.Login}
	people, err := v.Accounts.List(v.ctx)
	if err != nil {
		return nil, err
	}
	names := namesOf(people)
	if n.ID != "" {
		if row, err = v.noticeRow(n.ID); err != nil {
			return nil, err
		}
		newest, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Version)
		if err != nil {
			return nil, err
		}
		if newest.Status == store.Draft {
			ver = newest
		}
		if row.Stage == review.Returned {
			if err := v.waySaid(w, row, nil, names); err != nil {
				return nil, err
			}
		}
	}
	v.waySteps(w, row, ver, policy, nil, people, names)
	if ver.Saved.IsZero() {
		w.Steps[0].Who, w.Steps[0].When = cmp.Or(names[v.person.Login], v.person.Name), ""
	}
	return w, nil
}

// wayOf is the bar as a piece of a page, for the script that puts it in place when
// another site is chosen: its reviewers are other people.
func (v *visit) wayOf(n *playlist.Notice) template.HTML {
	w, err := v.writingWay(n)
	page := v.pages.of(v.lang, "write")
	if err != nil || w == nil || page == nil {
		return ""
	}
	var b bytes.Buffer
	if page.ExecuteTemplate(&b, "way", w) != nil {
		return ""
	}
	return template.HTML(b.String()) // made by the template just now
}

// sketched is a notice as its preview shows it while it is being written: where
// nothing stands yet, it says what will stand there, so that the picture does not
// look broken. What is sent and published is never sketched.
func (v *visit) sketched(k *kindForm, n playlist.Notice) playlist.Notice {
	if k.name == "led" && n.LED == "" && n.Announcement != nil {
		a := *n.Announcement
		n.LED = v.t("大屏上的话在这里")
		n.Title, a.Blocks = n.LED, []playlist.Block{{Kind: playlist.Paragraph, Text: n.LED}}
		n.Announcement = &a
		return n
	}
	if n.Title == "" {
		n.Title = v.t("标题在这里")
	}
	switch {
	case n.Announcement != nil && len(n.Announcement.Blocks) == 0 && len(n.Pictures) == 0:
		a := *n.Announcement
		a.Blocks = []playlist.Block{{Kind: playlist.Paragraph, Text: v.t("正文在这里。")}}
		n.Announcement = &a
	case n.Roster != nil && len(n.Roster.Shifts) == 0:
		r := *n.Roster
		r.Shifts = []playlist.Shift{{Day: schedule.DateOf(v.local(v.Now())), Staff: v.t("值班人")}}
		n.Roster = &r
	}
	return n
}

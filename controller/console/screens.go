package console

import (
	"cmp"

	"mingbai/controller/fleet"
	"mingbai/playlist"
)

type screenRow struct {
	fleet.State
	KindName, Size, SiteName, Parent  string
	Title, Cause, Next, Tone, Showing string
	ShowingNotice                     playlist.NoticeID
	Behind                            int
	Seen                              string
	Load                              string
}

// order is how bad a condition is.
var order = map[fleet.Condition]int{
	fleet.Offline: 0, fleet.Refusing: 1, fleet.Ailing: 2, fleet.Behind: 3, fleet.Fine: 4, fleet.Pending: 5,
}

func tone(c fleet.Condition) string {
	switch c {
	case fleet.Offline, fleet.Refusing:
		return "bad"
	case fleet.Behind, fleet.Ailing:
		return "warn"
	case fleet.Fine:
		return "good"
	}
	return "quiet"
}

func (v *visit) screenRow(s fleet.State) screenRow {
	r := screenRow{
		State: s, KindName: v.screenKind(s.Kind), SiteName: v.siteName(s.Site),
		Title: v.said(s.Title), Cause: v.said(s.Cause), Next: v.said(s.Next), Tone: tone(s.Condition),
		Seen: v.ago(cmp.Or(s.Seen, s.Since)),
	}
	if s.Condition == fleet.Pending {
		r.Cause = "" // that it has no device is what to do about it
	}
	r.Size = panelText(s.Panel)
	r.Behind = behind(s)
	if s.Report != nil {
		r.Showing, r.ShowingNotice = v.showing(s)
		r.Load = v.load(s)
	}
	if tree, err := v.sites(); err == nil {
		if path := tree.Path(s.Site); len(path) > 1 {
			r.Parent = v.siteLabel(path[1])
		}
	}
	return r
}

// behind counts the editions that a screen does not have yet.
func behind(s fleet.State) int {
	n := 0
	for ch, want := range s.Desired {
		if have := s.Reported[ch]; have < want {
			n += int(want - have)
		}
	}
	return n
}

func (v *visit) screenKind(k playlist.ScreenKind) string {
	if k == playlist.LED {
		return v.t("LED 屏")
	}
	return v.t("触摸屏")
}

// showing says what is on the display, with the notice if it is one.
func (v *visit) showing(s fleet.State) (string, playlist.NoticeID) {
	show := s.Report.Showing
	if show.Notice != "" {
		if row, err := v.noticeRow(show.Notice); err == nil {
			return row.Title, row.ID
		}
		return string(show.Notice), ""
	}
	switch show.Page {
	case "home":
		return v.t("首页（有人在用）"), ""
	case "column":
		return v.t("栏目（有人在用）"), ""
	case "pairing":
		return v.t("配对码"), ""
	case "fallback":
		return v.t("本站名片（没有可播的内容）"), ""
	case "identify":
		return v.t("识别画面"), ""
	case "dark":
		return v.t("熄屏时段"), ""
	}
	return show.Page, ""
}

// load is processor and temperature in a few characters.
func (v *visit) load(s fleet.State) string {
	m := s.Report.Vitals
	text := v.t("CPU %d%%", int(m.CPU+0.5))
	if m.Temperature > 0 {
		text += v.t(" · %d℃", int(m.Temperature+0.5))
	}
	return text
}

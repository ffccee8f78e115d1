package specimen

import (
	"fmt"
	"slices"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
)

// Specimen is one golden picture.
type Specimen struct {
	Name  string // a file's name without its ending
	Panel playlist.Panel
	Frame *scene.Frame
	Info  page.Info // of touch pages
	LED   bool
}

// view is one page to draw.
type view struct {
	name string
	own  playlist.SiteID
	v    page.View
	with []*playlist.Notice
	st   page.Status
	down int // how many times scroll:down was touched
}

func online() page.Status {
	return page.Status{Online: true, Feedback: true, AsOf: time.Date(2026, time.November, 20, 9, 28, 0, 0, Zone)}
}

// listening is online where opinions can be stored.
func listening() page.Status { st := online(); st.Feedback = true; return st }

// speaking is online on a page that can be read aloud.
func speaking() page.Status { st := online(); st.Speech = true; return st }

// served is a screen that can do everything: read aloud, print, take opinions.
func served() page.Status {
	s := online()
	s.Speech, s.Printer, s.Feedback = true, true, true
	return s
}

func offline(days int) page.Status {
	return page.Status{AsOf: time.Date(2026, time.November, 20-days, 9, 20, 0, 0, Zone)}
}

func notice(id playlist.NoticeID) page.View { return page.View{Kind: page.NoticePage, Notice: id} }

func with(v page.View, change func(*page.View)) page.View { change(&v); return v }

// views are the pages that are drawn on both touch panels.
func views() []view {
	alert, drill := Alert(), Exercise()
	large := func(n int) func(*page.View) { return func(v *page.View) { v.Large = n } }
	english := func(v *page.View) { v.Lang = "en" }
	take := func(v *page.View) { v.Sheet = page.TakeSheet }
	picturePage := func(id playlist.NoticeID, n, zoom int) page.View {
		return page.View{Kind: page.PicturePage, Notice: id, Picture: n, Zoom: zoom}
	}
	slide := func(id playlist.NoticeID, at int) page.View {
		return page.View{Kind: page.Attract, Notice: id, Slide: at, Slides: 6}
	}
	return append(typed(), []view{
		{"home", "liuxi", page.View{Kind: page.Home}, nil, listening(), 0},
		{"home-english", "hall", with(page.View{Kind: page.Home}, english), nil, online(), 0},
		{"home-contrast", "hall", page.View{Kind: page.Home, HighContrast: true}, nil, online(), 0},
		{"home-large", "liuxi", page.View{Kind: page.Home, Large: 2}, nil, listening(), 0},
		{"home-offline", "liuxi", page.View{Kind: page.Home}, nil, offline(3), 0},
		{"column", "liuxi", page.View{Kind: page.ColumnPage, Column: "funds"}, nil, online(), 0},
		{"column-empty", "liuxi", page.View{Kind: page.ColumnPage, Column: "funds-road"}, nil, online(), 0},
		{"postings", "liuxi", page.View{Kind: page.Postings}, nil, online(), 0},
		{"announcement", "liuxi", notice(AnnouncementID), nil, online(), 0},
		{"announcement-large", "liuxi", with(notice(AnnouncementID), large(2)), nil, online(), 0},
		{"guide", "liuxi", notice(GuideID), nil, online(), 0},
		{"guide-2", "liuxi", notice(GuideID), nil, online(), 1},
		{"announcement-2", "liuxi", notice(AnnouncementID), nil, online(), 1},
		{"guide-large", "liuxi", with(notice(GuideID), large(1)), nil, online(), 0},
		{"guide-long", "liuxi", notice(LongGuideID), nil, online(), 0},
		{"guide-english", "liuxi", with(notice(GuideID), english), nil, online(), 0},
		{"fund", "liuxi", notice(FundID), nil, online(), 0},
		{"fund-scrolled", "liuxi", notice(FundID), nil, online(), 1},
		{"fund-culture", "hall", notice(CultureID), nil, online(), 0},
		{"fund-large", "liuxi", with(notice(FundID), large(2)), nil, online(), 0},
		{"fund-contrast", "liuxi", with(notice(FundID), func(v *page.View) { v.HighContrast = true }), nil, online(), 0},
		{"fund-served", "liuxi", notice(FundID), nil, served(), 0},
		{"explanation", "liuxi", notice(ExplanationID), nil, served(), 0},
		{"guide-spoken", "liuxi", with(notice(GuideID), func(v *page.View) { v.Spoken = "家庭经济状况核对授权书" }), nil, served(), 0},
		{"announcement-spoken", "liuxi", with(notice(AnnouncementID), func(v *page.View) {
			v.HighContrast = true
			v.Spoken = "11月25日起可以缴2027年的养老保险，12月31日前缴清；村里就能办，也可以让家人代办。"
		}), nil, served(), 0},
		{"take-guide", "liuxi", with(notice(GuideID), take), nil, served(), 0},
		{"take-announcement", "liuxi", with(notice(AnnouncementID), take), nil, online(), 0},
		{"take-english", "liuxi", with(with(notice(FundID), take), english), nil, served(), 0},
		{"take-contrast", "liuxi", with(with(notice(FundID), take), func(v *page.View) { v.HighContrast = true }), nil, served(), 0},
		{"picture", "liuxi", picturePage(FundID, 0, 0), nil, online(), 0},
		{"picture-200", "liuxi", with(picturePage(FundID, 1, 200), func(v *page.View) { v.PanX, v.PanY = 120, 300 }), nil, online(), 0},
		{"picture-english", "liuxi", with(picturePage(GuideID, 0, 400), english), nil, online(), 0},
		{"picture-photo", "liuxi", picturePage(AnnouncementID, 0, 0), nil, online(), 0},
		{"media", "liuxi", notice(MediaID), nil, online(), 0},
		{"alert", "liuxi", notice(AlertID), []*playlist.Notice{alert}, online(), 0},
		{"alert-exercise", "liuxi", notice(ExerciseID), []*playlist.Notice{drill}, online(), 0},
		{"alert-banner", "liuxi", page.View{Kind: page.Home}, []*playlist.Notice{drill}, online(), 0},
		{"attract-fund", "liuxi", slide(FundID, 0), nil, online(), 0},
		{"attract-announcement", "liuxi", slide(AnnouncementID, 1), nil, online(), 0},
		{"attract-guide", "liuxi", slide(GuideID, 2), nil, online(), 0},
		{"attract-media", "liuxi", slide(MediaID, 3), nil, online(), 0},
		{"attract-alert", "liuxi", slide(AlertID, 4), []*playlist.Notice{alert}, online(), 0},
		{"dialog", "liuxi", with(notice(GuideID), func(v *page.View) { v.Idle = 18 }), nil, online(), 0},
		{"look", "liuxi", with(notice(GuideID), func(v *page.View) { v.Sheet, v.Large = page.LookSheet, 1 }), nil, online(), 0},
		{"look-standard", "liuxi", with(notice(AnnouncementID), func(v *page.View) { v.Sheet = page.LookSheet }), nil, online(), 0},
		{"look-english", "hall", with(page.View{Kind: page.Home, Lang: "en", HighContrast: true}, func(v *page.View) { v.Sheet = page.LookSheet }), nil, online(), 0},
		{"low-home", "liuxi", page.View{Kind: page.Home, Low: true}, nil, listening(), 0},
		{"low-guide", "liuxi", with(notice(GuideID), func(v *page.View) { v.Low = true }), nil, online(), 0},
		{"low-fund", "liuxi", with(notice(FundID), func(v *page.View) { v.Low = true }), nil, online(), 0},
		{"low-announcement", "liuxi", with(notice(AnnouncementID), func(v *page.View) { v.Low = true }), nil, online(), 0},
		{"low-column", "liuxi", page.View{Kind: page.ColumnPage, Column: "funds", Low: true}, nil, online(), 0},
		{"low-look", "liuxi", with(notice(GuideID), func(v *page.View) { v.Low, v.Sheet = true, page.LookSheet }), nil, online(), 0},
		{"low-dialog", "liuxi", with(notice(GuideID), func(v *page.View) { v.Low, v.Idle = true, 12 }), nil, online(), 0},
		{"reading-aloud", "liuxi", with(notice(AnnouncementID), func(v *page.View) { v.Spoken = "一" }), nil, speaking(), 0},
		{"toast", "liuxi", with(notice(AnnouncementID), func(v *page.View) { v.Toast = "这一页没有朗读" }), nil, online(), 0},
		{"pairing", "hall", page.View{Kind: page.Pairing}, nil, page.Status{Code: "482915", Console: "http://192.0.2.10:8080"}, 0},
		{"fallback", "hall", page.View{Kind: page.Fallback}, nil, offline(2), 0},
		{"identify", "hall", page.View{Kind: page.Identify}, nil, online(), 0},
	}...)
}

// Touch draws the touch pages on a panel. setter is usually typeset.Default().
func Touch(setter *typeset.Setter, panel playlist.Panel) ([]Specimen, error) {
	return draw(setter, panel, func(string) bool { return true })
}

func draw(setter *typeset.Setter, panel playlist.Panel, wanted func(name string) bool) ([]Specimen, error) {
	var out []Specimen
	for _, v := range views() {
		if !wanted(v.name) {
			continue
		}
		s := Settings(v.own, panel)
		lib, err := Library(s, v.with...)
		if err != nil {
			return nil, fmt.Errorf("making the library of the specimens: %w", err)
		}
		b := page.New(setter, s, Pictures)
		f, info := b.Draw(v.v, lib, Now(), v.st)
		for range v.down {
			v.v.Scroll = info.Down
			f, info = b.Draw(v.v, lib, Now(), v.st)
		}
		out = append(out, Specimen{Name: fmt.Sprintf("%s-%dx%d", v.name, panel.Width, panel.Height), Panel: panel, Frame: f, Info: info})
	}
	return out, nil
}

// LED draws every page of the specimens on a board.
func LED(panel playlist.Panel) []Specimen {
	var out []Specimen
	s := Settings("liuxi", panel)
	o := led.Options{Own: []playlist.SiteID{"liuxi", "wangchuan", "qinghe"}}
	add := func(name string, pages []led.Page) {
		for i, p := range pages {
			elapsed := time.Duration(0)
			if p.Marquee {
				elapsed = 7 * time.Second
			}
			out = append(out, Specimen{
				Name: fmt.Sprintf("%s-%d-%dx%d", name, i+1, panel.Width, panel.Height), Panel: panel, LED: true,
				Frame: led.Frame(p, panel, elapsed, Now(), Zone),
			})
		}
	}
	all := append(Notices(), Alert(), Exercise())
	for _, n := range all {
		name := map[playlist.NoticeID]string{
			AnnouncementID: "announcement", GuideID: "guide", LongGuideID: "guide-long", FundID: "fund", CultureID: "fund-culture",
			MediaID: "media", AlertID: "alert", ExerciseID: "alert-exercise",
		}[n.ID]
		if name != "" {
			add(name, led.Paginate(n, panel, o))
		}
	}
	add("fund-totals", led.Paginate(fund(), panel, led.Options{Totals: true}))
	add("idle", []led.Page{led.Idle(s)})
	add("pairing", []led.Page{led.Pairing(panel, "482915")})
	add("identify", []led.Page{led.Identify(s)})
	return out
}

// golden names the touch pages of which a picture is kept: every kind of notice
// and what differs from it in kind. The others are only audited.
var golden = []string{
	"home", "home-contrast", "column", "announcement", "guide", "guide-english",
	"fund", "fund-scrolled", "fund-served", "explanation", "guide-spoken", "take-guide", "picture", "look", "low-guide", "media", "alert", "alert-exercise", "attract-fund", "pairing", "fallback",
	"search", "search-contrast", "search-strokes", "search-none", "opinion", "opinion-typing", "objection", "thanks",
}

// Kept draws the touch pages on panels of which pictures are kept.
func Kept(panels ...playlist.Panel) ([]Specimen, error) {
	var out []Specimen
	for _, p := range panels {
		touch, err := draw(typeset.Default(), p, func(name string) bool { return slices.Contains(golden, name) })
		if err != nil {
			return nil, err
		}
		out = append(out, touch...)
	}
	return out, nil
}

// Golden draws the specimens on which the painters are compared: every kind of
// notice on each of the four panels, the pages around them, and boards of several
// zones, one of them dimmed.
func Golden() ([]Specimen, error) {
	out, err := Kept(Portrait, Landscape)
	if err != nil {
		return nil, err
	}
	out = append(append(out, LED(Board)...), LED(Strip)...)
	square := playlist.Panel{Width: 384, Height: 128, Colours: playlist.FullColour}
	six, err := Zones(square, "six", Banner())
	if err != nil {
		return nil, err
	}
	dim := six
	dim.Name, dim.Frame = six.Name+"-dimmed", led.Dim(six.Frame, 7)
	upright, err := Zones(playlist.Panel{Width: 64, Height: 192, Colours: playlist.SingleColour}, "clock")
	if err != nil {
		return nil, err
	}
	return append(out, six, dim, upright), nil
}

// Views are the pages to walk through in an audit, unscrolled.
func Views() []page.View {
	var out []page.View
	for _, v := range views() {
		if v.down == 0 && v.v.Large == 0 && !v.v.HighContrast {
			out = append(out, v.v)
		}
	}
	return out
}

// Online is the status of a screen whose line is up.
func Online() page.Status { return online() }

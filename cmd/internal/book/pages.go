package book

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/search"
)

// Page is one page of the book.
type Page struct {
	Name   string // a file's name without mode and ending
	View   page.View
	Status page.Status
	Alert  bool // drawn with the alerts in force
	All    bool // left out of the short book: one more of a kind that is in it
}

// Mode is a way in which a person may have set the screen.
type Mode struct {
	Name  string
	Panel playlist.Panel
	Dress func(*page.View)
}

// Modes are the ways in which the book draws every page.
func Modes() []Mode {
	dress := []struct {
		name string
		do   func(*page.View)
	}{
		{"normal", func(*page.View) {}},
		{"large", func(v *page.View) { v.Large = 2 }},
		{"contrast", func(v *page.View) { v.HighContrast, v.Large = true, 1 }},
		{"english", func(v *page.View) { v.Lang = "en" }},
	}
	var out []Mode
	for _, d := range dress {
		out = append(out, Mode{"upright-" + d.name, Upright, d.do}, Mode{"wide-" + d.name, Wide, d.do})
	}
	return out
}

func (p *Place) status(speech bool) page.Status {
	return page.Status{Online: true, AsOf: p.Moment.Now, Speech: speech, Printer: true, Feedback: true}
}

// Pages lists every page of the touchscreen at this place: the loop, home,
// lists, all columns, all notices, and what a person can come to from there.
func (p *Place) Pages() []Page {
	var out []Page
	add := func(name string, v page.View) *Page {
		out = append(out, Page{Name: name, View: v, Status: p.status(v.Kind == page.NoticePage)})
		return &out[len(out)-1]
	}
	slots, _ := p.Library.Programme(p.Moment)
	kinds := map[playlist.Kind]int{}
	for i, s := range slots {
		kinds[s.Notice.Kind]++
		add("loop-"+string(s.Notice.ID), page.View{Kind: page.Attract, Notice: s.Notice.ID, Slide: i, Slides: len(slots)}).
			All = kinds[s.Notice.Kind] > 1
	}
	add("home", page.View{Kind: page.Home})
	add("home-low", page.View{Kind: page.Home, Low: true})
	add("home-idle", page.View{Kind: page.Home, Idle: 17})
	add("home-look", page.View{Kind: page.Home, Sheet: page.LookSheet})
	add("latest", page.View{Kind: page.Latest})
	add("postings", page.View{Kind: page.Postings})
	add("columns", page.View{Kind: page.ColumnPage})
	shown := 0
	for _, c := range p.columns() {
		shown++
		add("column-"+string(c.ID), page.View{Kind: page.ColumnPage, Column: c.ID}).All = shown > 4
	}
	p.notices(add)
	p.typed(add)
	for i, id := range p.Alerts {
		a := add("alert-"+string(id), page.View{Kind: page.NoticePage, Notice: id})
		a.Alert, a.All = true, i > 2
	}
	add("pairing", page.View{Kind: page.Pairing}).Status = page.Status{Code: "482915", Console: "http://192.0.2.10:8420"}
	add("fallback", page.View{Kind: page.Fallback}).Status = page.Status{AsOf: p.Moment.Now.AddDate(0, 0, -40)}
	add("identify", page.View{Kind: page.Identify})
	offline := add("home-offline", page.View{Kind: page.Home})
	offline.Status.Online, offline.Status.AsOf = false, p.Moment.Now.AddDate(0, 0, -9)
	return out
}

// columns are all columns, tiles first.
func (p *Place) columns() []playlist.Column {
	out := p.Library.Tiles()
	for i := 0; i < len(out); i++ { // children behind their parents' generation
		for _, c := range p.Library.Columns(out[i].ID) {
			if !slices.ContainsFunc(out, func(o playlist.Column) bool { return o.ID == c.ID }) {
				out = append(out, c)
			}
		}
	}
	return out
}

// notices adds every notice, and for the first of each kind what can be opened
// from it.
func (p *Place) notices(add func(string, page.View) *Page) {
	seen := map[string]bool{}
	for _, n := range p.Library.List(playlist.Query{}, p.Moment) {
		v := page.View{Kind: page.NoticePage, Notice: n.ID}
		// One of every kind, with and without what changes a page, is in the
		// short book.
		sort := fmt.Sprint(n.Kind, n.Posting != nil, len(n.Pictures) > 0)
		add("notice-"+string(n.ID), v).All = seen[sort]
		if seen[sort] {
			continue
		}
		seen[sort] = true
		take, low := v, v
		take.Sheet, low.Low = page.TakeSheet, true
		add("take-"+string(n.ID), take).All = seen["take"+string(n.Kind)]
		add("low-"+string(n.ID), low).All = seen["take"+string(n.Kind)]
		seen["take"+string(n.Kind)] = true
		for i := range n.Pictures {
			for _, zoom := range []int{100, 200} {
				add(fmt.Sprintf("picture-%s-%d-%d", n.ID, i+1, zoom),
					page.View{Kind: page.PicturePage, Notice: n.ID, Picture: i, Zoom: zoom}).All = i > 0
			}
		}
		if n.Posting != nil && !seen["objection"] {
			seen["objection"] = true
			add("objection", page.View{Kind: page.OpinionPage, Notice: n.ID})
			add("objection-chosen", page.View{Kind: page.OpinionPage, Notice: n.ID, Typing: &page.Typing{Pad: page.PinyinPad, Topics: 1 << 1}})
		}
	}
}

// typed adds the pages with a keypad.
func (p *Place) typed(add func(string, page.View) *Page) {
	index := sync.OnceValue(func() *search.Index { return search.Build(p.Library) })
	find := func(pad page.Pad, mode search.Mode, keys string) page.View {
		t := &page.Typing{Pad: pad, Keys: keys}
		if keys != "" {
			t.Result = index().Find(search.Query{Mode: mode, Keys: keys}, p.Moment)
		}
		return page.View{Kind: page.SearchPage, Typing: t}
	}
	add("search", page.View{Kind: page.SearchPage})
	add("search-pinyin", find(page.PinyinPad, search.Pinyin, "ylbx"))
	add("search-pinyin-full", find(page.PinyinPad, search.Pinyin, "dibao"))
	add("search-strokes-empty", find(page.StrokePad, search.Strokes, ""))
	add("search-strokes", find(page.StrokePad, search.Strokes, "psphszn"[:4]))
	add("search-digits", find(page.DigitPad, search.Digits, "6210"))
	add("search-nothing", find(page.PinyinPad, search.Pinyin, "xqxqzzvv"))
	const text = "村口的路灯坏了一个多月，晚上看不见路，请派人来修。"
	add("opinion", page.View{Kind: page.OpinionPage})
	add("opinion-typing", page.View{Kind: page.OpinionPage, Typing: &page.Typing{
		Pad: page.PinyinPad, Field: page.TextField, Text: text, Keys: "xiexie", Topics: 1 << 4,
		Candidates: strings.Fields("谢谢 写些 些 写 谢 鞋 协 斜 携 邪 歇 胁 械 泄 泻"),
	}})
	add("opinion-contact", page.View{Kind: page.OpinionPage, Typing: &page.Typing{
		Pad: page.DigitPad, Field: page.ContactField, Text: text, Contact: "1390000", Topics: 1 << 4,
	}})
	add("opinion-problem", page.View{Kind: page.OpinionPage, Typing: &page.Typing{
		Pad: page.StrokePad, Field: page.TextField, Text: text, Problem: "今天这块屏收到的意见太多了，请稍后再试，或拨打监督电话",
	}})
	add("thanks", page.View{Kind: page.ThanksPage, Typing: &page.Typing{Number: "K7M3"}})
}

package specimen

import (
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/search"
)

// found is what YLBX may find among the specimens: titles, and one text.
func found() *search.Result {
	by := map[playlist.NoticeID]*playlist.Notice{}
	for _, n := range append(Notices(), guides()...) {
		by[n.ID] = n
	}
	title := func(id playlist.NoticeID, from, to int) search.Hit {
		return search.Hit{Notice: by[id], Title: []search.Span{{From: from, To: to}}, Exact: true}
	}
	next := map[byte]bool{}
	for _, c := range []byte("abcdefghjklmnopqrstwxyz") {
		next[c] = true
	}
	return &search.Result{
		Query: search.Query{Mode: search.Pinyin, Keys: "ylbx"}, Total: 17, Next: next,
		Groups: []search.Group{
			{Kinds: []playlist.Kind{playlist.KindGuide}, Total: 12, Hits: []search.Hit{
				title("yanglao-canbao", 6, 10), title("yanglao-renzheng", 0, 4), title("yiliao-canbao", 2, 6),
				{Notice: by[GuideID], Snippet: "……家庭经济状况核对授权书，养老保险缴费凭证……", Where: "材料", Marks: []search.Span{{From: 14, To: 18}}},
			}},
			{Kinds: []playlist.Kind{playlist.KindFund}, Total: 2, Hits: []search.Hit{
				{Notice: by[FundID], Snippet: "资金来源含城乡居民养老保险财政补贴结余", Where: "正文", Marks: []search.Span{{From: 9, To: 13}}},
			}},
			{Kinds: []playlist.Kind{playlist.KindAnnouncement, playlist.KindMedia}, Total: 3, Hits: []search.Hit{
				title(AnnouncementID, 14, 18), title("yibao-jiedu", 8, 12),
			}},
		},
	}
}

// guides are results that are no pages of their own here.
func guides() []*playlist.Notice {
	one := func(id playlist.NoticeID, title, issuer, place, limit string) *playlist.Notice {
		return &playlist.Notice{
			ID: id, Version: 1, Kind: playlist.KindGuide, Site: "qinghe", Column: "social", Title: title, Issuer: issuer, Issued: day(3, 2),
			Guide: &playlist.Guide{Place: place, Limit: limit, Fee: "不收费"},
		}
	}
	return []*playlist.Notice{
		one("yanglao-canbao", "城乡居民基本养老保险参保登记", "县人社局", "本村可办", "当天"),
		one("yanglao-renzheng", "养老保险待遇资格认证", "县人社局", "本机可办", "马上"),
		one("yiliao-canbao", "基本医疗保险参保登记", "县医保局", "镇窗口", "当天"),
	}
}

// nothing is the result of keys that find nothing.
func nothing() *search.Result { return &search.Result{Next: map[byte]bool{}} }

// typed are the pages with keys on them.
func typed() []view {
	searching := func(t page.Typing) page.View { return page.View{Kind: page.SearchPage, Typing: &t} }
	writing := func(t page.Typing) page.View { return page.View{Kind: page.OpinionPage, Typing: &t} }
	objecting := func(t page.Typing) page.View {
		return page.View{Kind: page.OpinionPage, Notice: FundID, Typing: &t}
	}
	large := func(v *page.View) { v.Large = 2 }
	english := func(v *page.View) { v.Lang = "en" }
	contrast := func(v *page.View) { v.HighContrast = true }
	hits := page.Typing{Pad: page.PinyinPad, Keys: "ylbx", Result: found()}
	sentence := page.Typing{
		Pad: page.PinyinPad, Field: page.TextField, Topics: 2, Text: "村里修路的钱花在哪里，能不能", Keys: "gongk",
		Candidates: []string{"公开", "公款", "公克", "工科", "功课", "公", "工", "共", "功", "供", "宫", "攻", "贡", "恭", "巩", "拱", "弓", "躬"},
	}
	strokes := page.Typing{
		Pad: page.StrokePad, Field: page.TextField, Keys: "hshpp",
		Candidates: []string{"老", "者", "考", "孝", "都", "煮", "教", "著", "奢", "署"}, From: 2,
	}
	return []view{
		{"search", "hall", searching(hits), nil, online(), 0},
		{"search-english", "hall", with(searching(hits), english), nil, online(), 0},
		{"search-contrast", "hall", with(searching(hits), contrast), nil, online(), 0},
		{"search-large", "hall", with(searching(hits), large), nil, online(), 0},
		{"search-open", "hall", page.View{Kind: page.SearchPage}, nil, online(), 0},
		{"search-strokes", "hall", searching(page.Typing{Pad: page.StrokePad, Keys: "nphhhp", Result: found()}), nil, online(), 0},
		{"search-digits", "hall", searching(page.Typing{Pad: page.DigitPad, Keys: "12333"}), nil, online(), 0},
		{"search-none", "liuxi", searching(page.Typing{Pad: page.PinyinPad, Keys: "xvqk", Result: nothing()}), nil, online(), 0},
		{"opinion", "liuxi", page.View{Kind: page.OpinionPage}, nil, online(), 0},
		{"opinion-typing", "liuxi", writing(sentence), nil, online(), 0},
		{"opinion-typing-large", "liuxi", with(writing(sentence), large), nil, online(), 0},
		{"opinion-typing-english", "liuxi", with(writing(sentence), english), nil, online(), 0},
		{"opinion-strokes", "liuxi", writing(strokes), nil, online(), 0},
		{"opinion-contact", "liuxi", writing(page.Typing{Pad: page.DigitPad, Field: page.ContactField, Topics: 1, Contact: "0000621"}), nil, online(), 0},
		{"objection", "liuxi", objecting(page.Typing{Topics: 3, Text: "名单里没有我家，去年是有的。"}), nil, online(), 0},
		{"objection-problem", "liuxi", objecting(page.Typing{Problem: "提交太多次了，请过十分钟再来，写的内容还在。", Text: "名单里没有我家。"}), nil, online(), 0},
		{"objection-english", "liuxi", with(objecting(page.Typing{Topics: 3}), english), nil, online(), 0},
		{"opinion-shut", "liuxi", page.View{Kind: page.OpinionPage}, nil, shut(), 0},
		{"thanks", "liuxi", page.View{Kind: page.ThanksPage, Typing: &page.Typing{Number: "4827 16"}}, nil, online(), 0},
		{"thanks-objection", "liuxi", page.View{Kind: page.ThanksPage, Notice: FundID, Typing: &page.Typing{Number: "4827 16"}}, nil, online(), 0},
	}
}

func shut() page.Status {
	st := online()
	st.Feedback = false
	return st
}

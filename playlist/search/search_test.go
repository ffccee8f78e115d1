package search_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
	"mingbai/playlist/search"
)

func specimens(t testing.TB, with ...*playlist.Notice) *playlist.Library {
	t.Helper()
	lib, err := specimen.Library(specimen.Settings("liuxi", specimen.Portrait), with...)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func hits(r *search.Result) []search.Hit {
	var out []search.Hit
	for _, g := range r.Groups {
		out = append(out, g.Hits...)
	}
	return out
}

// marked is the text of the spans, with a bar between them.
func marked(text string, spans []search.Span) string {
	runes := []rune(text)
	var out []string
	for _, s := range spans {
		out = append(out, string(runes[s.From:s.To]))
	}
	return strings.Join(out, "|")
}

func find(t testing.TB, x *search.Index, mode search.Mode, keys string) *search.Result {
	t.Helper()
	return x.Find(search.Query{Mode: mode, Keys: keys}, specimen.Now())
}

func TestWhatIsFound(t *testing.T) {
	x := search.Build(specimens(t))
	for _, c := range []struct {
		mode  search.Mode
		keys  string
		finds playlist.NoticeID
		mark  string // in the title, or else in the snippet
		where string
	}{
		{search.Pinyin, "ylbx", specimen.AnnouncementID, "养老保险", ""},
		{search.Pinyin, "yanglaobaoxian", specimen.AnnouncementID, "养老保险", ""},
		{search.Pinyin, "yanglaobx", specimen.AnnouncementID, "养老保险", ""},
		{search.Pinyin, "yanglaobaox", specimen.AnnouncementID, "养老保险", ""},
		{search.Pinyin, "zdshbz", specimen.GuideID, "最低生活保障", ""},
		{search.Pinyin, "zuidi", specimen.GuideID, "最低", ""},
		{search.Pinyin, "hukoubu", specimen.GuideID, "户口簿", search.WhereMaterial},
		{search.Pinyin, "minzhengju", specimen.GuideID, "民政局", search.WhereIssuer},
		{search.Pinyin, "shenghuobaozhangsenqing", specimen.GuideID, "生活保障申请", ""},
		{search.Pinyin, "sengfuobaozan", specimen.GuideID, "生活保障", ""},
		{search.Pinyin, "yanglaopaoxian", specimen.AnnouncementID, "养老保险", ""},
		{search.Pinyin, "yanglaobaxian", specimen.AnnouncementID, "养老保险", ""},
		{search.Pinyin, "minimum", specimen.GuideID, "Minimum", search.WhereEnglish},
		{search.Text, "养老", specimen.AnnouncementID, "养老", ""},
		{search.Text, "授权书", specimen.GuideID, "授权书", search.WhereMaterial},
		{search.Text, "青人社发〔2026〕58号", specimen.AnnouncementID, "青人社发〔2026〕58号", search.WhereNumber},
		{search.Digits, "6210345", specimen.GuideID, "6210345", search.WherePhone},
		{search.Digits, "00006210345", specimen.GuideID, "0000-6210345", search.WherePhone},
		{search.Digits, "202658", specimen.AnnouncementID, "2026〕58", search.WhereNumber},
		{search.Digits, "0305", specimen.GuideID, "0305", search.WhereIndex},
		// 最: 丨乛一一一丨丨一一一乛丶
		{search.Strokes, "szhhhsshhhzn", specimen.GuideID, "最", ""},
		{search.Strokes, "szhhhsshhhznpsp", specimen.GuideID, "最低", ""},
	} {
		all := hits(find(t, x, c.mode, c.keys))
		i := slices.IndexFunc(all, func(h search.Hit) bool { return h.Notice.ID == c.finds })
		if i < 0 {
			t.Errorf("%s does not find %s", c.keys, c.finds)
			continue
		}
		h := all[i]
		got := marked(h.Notice.Title, h.Title)
		if c.where != "" {
			got = marked(h.Snippet, h.Marks)
		}
		if h.Where != c.where || !strings.HasPrefix(got, c.mark) {
			t.Errorf("%s marks %q in %q (%s), want %q in %q", c.keys, got, h.Where, h.Snippet, c.mark, c.where)
		}
	}
}

func wetland(id playlist.NoticeID, site playlist.SiteID, title, issuer, text string, issued int) *playlist.Notice {
	return &playlist.Notice{
		ID: id, Version: 1, Kind: playlist.KindAnnouncement, Site: site, Column: "policy", Title: title, Issuer: issuer,
		Issued:       schedule.Date{Year: 2026, Month: 11, Day: issued},
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: text}}},
	}
}

// Beginnings of titles, titles, departments, texts; of one sort the newest and
// then the nearest; what is exact before what is not.
func TestRanking(t *testing.T) {
	x := search.Build(specimens(t,
		wetland("text", "qinghe", "通告", "县政府", "请爱护白鹭湿地。", 20),
		wetland("issuer", "qinghe", "通告", "白鹭湿地管理站", "内容", 19),
		wetland("title-old", "qinghe", "关于白鹭湿地的通告", "县政府", "内容", 2),
		wetland("title-new", "qinghe", "关于白鹭湿地的通告", "县政府", "内容", 9),
		wetland("title-near", "liuxi", "关于《白鹭》湿地的通告", "村委会", "内容", 9),
		wetland("start", "qinghe", "白鹭湿地开放", "县政府", "内容", 1),
		wetland("confused", "qinghe", "白怒湿地", "县政府", "内容", 20),
	))
	for mode, keys := range map[search.Mode]string{search.Pinyin: "bailushidi", search.Text: "白鹭湿地"} {
		want := []playlist.NoticeID{"start", "title-near", "title-new", "title-old", "issuer", "text", "confused"}
		if mode == search.Text {
			want = []playlist.NoticeID{"start", "title-new", "title-old", "issuer", "text"}
		}
		var got []playlist.NoticeID
		for _, h := range hits(find(t, x, mode, keys)) {
			got = append(got, h.Notice.ID)
			if h.Exact != (h.Notice.ID != "confused") {
				t.Errorf("%s: %s is exact %v", keys, h.Notice.ID, h.Exact)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", keys, got, want)
		}
	}
}

func TestNothing(t *testing.T) {
	x := search.Build(specimens(t))
	for _, q := range []search.Query{
		{}, {Mode: search.Pinyin}, {Mode: search.Pinyin, Keys: "iiiiiiii"}, {Mode: search.Text, Keys: "犇骉"},
		{Mode: search.Digits, Keys: "99999999"}, {Mode: search.Strokes, Keys: strings.Repeat("z", 70)}, {Mode: "other", Keys: "x"},
	} {
		if r := x.Find(q, specimen.Now()); r.Total != 0 || len(r.Groups) != 0 || r.Next != nil {
			t.Errorf("%+v finds %+v", q, r)
		}
	}
}

// The order of groups, and the letters that lead on.
func TestGroupsAndNextKeys(t *testing.T) {
	x := search.Build(specimens(t))
	r := find(t, x, search.Pinyin, "sq")
	if len(r.Groups) < 2 || r.Groups[0].Kinds[0] != playlist.KindGuide {
		t.Fatalf("groups of sq: %+v", r.Groups)
	}
	total := 0
	for _, g := range r.Groups {
		total += g.Total
	}
	if total != r.Total || total < 2 {
		t.Errorf("the groups have %d, the result says %d", total, r.Total)
	}
	r = find(t, x, search.Pinyin, "zuid")
	if !r.Next['i'] || !r.Next['s'] || r.Next['x'] {
		t.Errorf("after zuid lead on %v", r.Next)
	}
	r = find(t, x, search.Digits, "621034")
	if want := map[byte]bool{'5': true}; !slices.Equal(keys(r.Next), keys(want)) {
		t.Errorf("after 621034 lead on %v", r.Next)
	}
}

func keys(m map[byte]bool) []byte {
	var out []byte
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Every key that is said to lead on does, and no other finds anything exactly.
func TestNextKeysAreRight(t *testing.T) {
	x := search.Build(specimens(t))
	for _, c := range []struct {
		mode search.Mode
		keys string
		all  string
	}{
		{search.Pinyin, "y", "abcdefghijklmnopqrstuvwxyz"}, {search.Pinyin, "yang", "abcdefghijklmnopqrstuvwxyz"},
		{search.Pinyin, "zh", "abcdefghijklmnopqrstuvwxyz"}, {search.Pinyin, "sheng", "abcdefghijklmnopqrstuvwxyz"},
		{search.Pinyin, "min", "abcdefghijklmnopqrstuvwxyz"}, {search.Pinyin, "xk", "abcdefghijklmnopqrstuvwxyz"},
		{search.Strokes, "h", "hspnz"}, {search.Strokes, "szhhh", "hspnz"}, {search.Strokes, "pspzhzn", "hspnz"},
		{search.Digits, "2", "0123456789"}, {search.Digits, "20265", "0123456789"},
	} {
		r := find(t, x, c.mode, c.keys)
		if r.Next == nil {
			t.Errorf("%s has no next keys", c.keys)
			continue
		}
		for i := range len(c.all) {
			more := false
			for _, h := range hits(find(t, x, c.mode, c.keys+c.all[i:i+1])) {
				more = more || h.Exact
			}
			if more != r.Next[c.all[i]] {
				t.Errorf("%s then %c: found %v, said %v", c.keys, c.all[i], more, r.Next[c.all[i]])
			}
		}
	}
}

// A notice outside its window is not found, although it is in the index.
func TestWindow(t *testing.T) {
	now := specimen.Now()
	late := &playlist.Notice{
		ID: "daoqi", Version: 1, Kind: playlist.KindAnnouncement, Site: "qinghe", Column: "policy", Title: "临时告示", Issuer: "县政府",
		Issued: schedule.Date{Year: 2026, Month: 11, Day: 1}, NotAfter: now.Now.Add(time.Hour),
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "内容"}}},
	}
	x := search.Build(specimens(t, late))
	q := search.Query{Mode: search.Pinyin, Keys: "lsgs"}
	if r := x.Find(q, now); r.Total != 1 {
		t.Errorf("inside its window: %+v", r)
	}
	r := x.Find(q, schedule.Sure(now.Now.Add(2*time.Hour)))
	for _, h := range hits(r) {
		if h.Notice.ID == "daoqi" {
			t.Errorf("found an hour after its window: %+v", h)
		}
	}
}

// Any number of readers ask one index at a time.
func TestManyReaders(t *testing.T) {
	x := search.Build(specimens(t))
	want := find(t, x, search.Pinyin, "yanglao").Total
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for _, mode := range []search.Mode{search.Pinyin, search.Strokes, search.Digits, search.Text} {
				x.Find(search.Query{Mode: mode, Keys: "hs2养"}, specimen.Now())
			}
			if got := x.Find(search.Query{Mode: search.Pinyin, Keys: "yanglao"}, specimen.Now()).Total; got != want {
				t.Errorf("one of many readers finds %d, want %d", got, want)
			}
		})
	}
	readers.Wait()
}

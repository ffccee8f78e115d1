package playlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"mingbai/playlist/schedule"
)

func roster(id string, site SiteID) *Notice {
	return &Notice{
		ID: NoticeID(id), Version: 1, Kind: KindRoster, Site: site, Column: "notices",
		Title: "十一月下旬值班表", Issuer: "青山县人民政府办公室", Issued: day("2026-11-14"),
		Roster: &Roster{
			Place: "县政府大楼一楼值班室", Phone: "0571-6120001", Night: "17:30",
			Shifts: []Shift{
				{Day: day("2026-11-15"), Lead: "陈立", Staff: "李明、王芳", Night: "赵强"},
				{Day: day("2026-11-16"), Lead: "周敏", Staff: "刘洋", Phone: "0571-6120009"},
				{Day: day("2026-11-17"), Staff: "孙静"},
			},
		},
	}
}

func table(id string, site SiteID) *Notice {
	n := announcement(id, site)
	n.Announcement.Blocks = append(n.Announcement.Blocks, Block{Kind: TableBlock, Text: "检修安排", Rows: [][]string{
		{"渠道", "时间", "长度（米）"}, {"东干渠", "11月16日—18日", "1200"}, {"西干渠", "11月19日—20日", "860"},
	}})
	return n
}

// The roster answers for every instant of its days, and its answer changes at the
// night hour and at midnight, and at no other time.
func TestRosterAt(t *testing.T) {
	r := roster("duty", "qingshan").Roster
	for _, c := range []struct {
		at, answers, phone, until string
		night, ended, listed      bool
	}{
		{"2026-11-14 12:00", "", "0571-6120001", "2026-11-14 17:30", false, false, false},
		{"2026-11-15 00:00", "李明、王芳", "0571-6120001", "2026-11-15 17:30", false, false, true},
		{"2026-11-15 17:29", "李明、王芳", "0571-6120001", "2026-11-15 17:30", false, false, true},
		{"2026-11-15 17:30", "赵强", "0571-6120001", "2026-11-16 00:00", true, false, true},
		{"2026-11-16 17:30", "刘洋", "0571-6120009", "2026-11-17 00:00", true, false, true},
		{"2026-11-17 23:59", "孙静", "0571-6120001", "2026-11-18 00:00", true, false, true},
		{"2026-11-18 00:00", "", "0571-6120001", "2026-11-18 17:30", false, true, false},
	} {
		w := r.At(at8(c.at))
		if w.Answers() != c.answers || w.Phone != c.phone || w.Night != c.night || w.Ended != c.ended || w.Listed != c.listed || !w.Until.Equal(at8(c.until)) {
			t.Errorf("%s: %+v, answered by %q", c.at, w, w.Answers())
		}
	}
	n := roster("duty", "qingshan")
	last, changes := "", []string{}
	for at := at8("2026-11-14 23:00"); at.Before(at8("2026-11-18 01:00")); at = at.Add(10 * time.Minute) {
		if p := n.Phase(at); p != last {
			last, changes = p, append(changes, at.Format("02 15:04"))
		}
	}
	if got := strings.Join(changes, ", "); got != "14 23:00, 15 00:00, 15 17:30, 16 00:00, 16 17:30, 17 00:00, 17 17:30, 18 00:00" {
		t.Errorf("the phase changes at %s", got)
	}
	if got := n.Roster.After(day("2026-11-15")); len(got) != 2 || got[0].Staff != "刘洋" {
		t.Errorf("after the first day: %+v", got)
	}
}

// A library tells that a roster's night begins.
func TestNextChangeKnowsTheNight(t *testing.T) {
	lib, err := NewLibrary(settingsOf(Touch), []Loaded{compiled(t, CompileInput{Channel: ChannelID{Site: "qingshan"}, Revision: 1, Created: at8("2026-11-14 09:00"), Notices: []*Notice{roster("duty", "qingshan")}})})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"2026-11-15 10:00": "2026-11-15 17:30", "2026-11-15 17:30": "2026-11-16 00:00"} {
		if next := lib.NextChange(schedule.Sure(at8(at))); !next.Equal(at8(want)) {
			t.Errorf("after %s: %s, want %s", at, next, want)
		}
	}
}

func TestRostersAndTablesNameTheField(t *testing.T) {
	rows := func(n *Notice) *[][]string { return &n.Announcement.Blocks[5].Rows }
	for _, c := range []struct {
		of          *Notice
		spoil       func(n *Notice)
		wrong, warn string
	}{
		{roster("r", "qingshan"), func(n *Notice) {}, "", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster = &Roster{} }, "roster.phone:required roster.shifts:required ", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Night = "晚上" }, "roster.night:invalid ", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Phone = "门卫" }, "roster.phone:phone ", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts[1].Staff = "" }, "roster.shifts[1].staff:required ", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts[1].Day = day("2026-11-15") }, "roster.shifts[1].day:twice ", "roster.shifts:gap "},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts[0].Day = schedule.Date{} }, "roster.shifts[0].day:required ", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts[1].Day = schedule.Date{Year: 2026, Month: 11, Day: 31} }, "roster.shifts[1].day:invalid ", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts[2].Phone = "见门上" }, "roster.shifts[2].phone:phone ", ""},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts[2].Day = day("2026-11-20") }, "", "roster.shifts:gap "},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts = n.Roster.Shifts[:1]; n.Roster.Shifts[0].Day = day("2026-11-14") }, "", "roster.shifts:over "},
		{roster("r", "qingshan"), func(n *Notice) { n.Roster.Shifts[0].Staff = "𠮷某" }, "roster.shifts[0].staff:glyph ", ""},
		{table("t", "qingshan"), func(n *Notice) {}, "", ""},
		{table("t", "qingshan"), func(n *Notice) { (*rows(n))[2] = []string{"西干渠"} }, "announcement.blocks[5].rows:shape announcement.blocks[5].rows[2]:length ", ""},
		{table("t", "qingshan"), func(n *Notice) { *rows(n) = nil }, "announcement.blocks[5].rows:shape announcement.blocks[5].rows:required ", ""},
		{table("t", "qingshan"), func(n *Notice) { (*rows(n))[2][1] = strings.Repeat("长", 201) }, "announcement.blocks[5].rows[2][1]:too_long ", ""},
		{table("t", "qingshan"), func(n *Notice) { (*rows(n))[2][1] = "𠮷祥渠" }, "announcement.blocks[5].rows[2][1]:glyph ", ""},
		{table("t", "qingshan"), func(n *Notice) { (*rows(n))[2][1] = "身份证11010519491231002X" }, "announcement.blocks[5].rows[2][1]:identity ", ""},
		{table("t", "qingshan"), func(n *Notice) { *rows(n) = [][]string{{"", " "}} }, "announcement.blocks[5].rows:required ", ""},
		{table("t", "qingshan"), func(n *Notice) { *rows(n) = make([][]string, 201) }, "announcement.blocks[5].rows:shape announcement.blocks[5].rows:too_many ", ""},
		{table("t", "qingshan"), func(n *Notice) { n.Announcement.Blocks[1].Rows = [][]string{{"x"}} }, "pictures:shape ", ""},
		{table("t", "qingshan"), func(n *Notice) { n.Announcement.Blocks = n.Announcement.Blocks[5:] }, "", ""},
	} {
		c.spoil(c.of)
		wrong, warn := "", ""
		for _, p := range Validate(c.of, countyEnv()) {
			if p.Severity == Wrong {
				wrong += p.Field + ":" + p.Code + " "
			} else {
				warn += p.Field + ":" + p.Code + " "
			}
			if p.Message == "" || p.MessageEn == "" {
				t.Errorf("%s says nothing in one language", p.Field)
			}
		}
		if wrong != c.wrong || warn != c.warn {
			t.Errorf("wrong %q, want %q; warned %q, want %q", wrong, c.wrong, warn, c.warn)
		}
	}
}

// What a table of people in need says is not for the street.
func TestTablesOfPeopleAreExposed(t *testing.T) {
	n := table("t", "qingshan")
	if n.Exposes() {
		t.Error("a table of canals exposes nobody")
	}
	n.Announcement.Blocks[5].Rows = [][]string{{"户主", "低保类别"}, {"陈立", "二类"}}
	if !n.Exposes() {
		t.Error("a table of who gets relief is for all the street")
	}
	if text := table("t", "qingshan").PlainText(); !strings.Contains(text, "11月19日—20日\n") {
		t.Errorf("the cells are not among the texts: %s", text)
	}
}

// A screen with an older program goes on with everything in an edition but what
// it cannot draw, and says nothing about what it does not know.
func TestNewerNoticesAreLeftOut(t *testing.T) {
	plain := announcement("irrigation", "qingshan")
	edit := func(change func(doc map[string]any)) []byte {
		data, err := plain.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		change(doc)
		data, err = json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	newer := map[string][]byte{
		"a kind": edit(func(doc map[string]any) {
			delete(doc, "announcement")
			doc["kind"] = "survey"
			doc["survey"] = map[string]any{"ask": 1}
		}),
		"a kind of block": edit(func(doc map[string]any) {
			doc["announcement"].(map[string]any)["blocks"].([]any)[1] = map[string]any{"kind": "sound", "text": ""}
		}),
		"a field": edit(func(doc map[string]any) { doc["hidden"] = true }),
	}
	for what, data := range newer {
		if _, err := DecodeNotice(data); err == nil {
			t.Errorf("%s: an office accepts what it does not know", what)
		}
		n, err := DecodeListed(data)
		if err != nil || n.Kind != KindNewer || n.ID != "irrigation" || n.Announcement != nil {
			t.Errorf("%s: %+v, %v", what, n, err)
			continue
		}
		loaded := compiled(t, CompileInput{Channel: ChannelID{Site: "qingshan"}, Revision: 1, Created: at8("2026-11-14 09:00"), Notices: []*Notice{plain, guide("low-income", "qingshan")}})
		loaded.Notices["irrigation"] = n
		lib, err := NewLibrary(settingsOf(Touch), []Loaded{loaded})
		if err != nil {
			t.Fatalf("%s breaks the edition: %v", what, err)
		}
		all := lib.List(Query{}, schedule.Sure(at8("2026-11-15 09:00")))
		if len(all) != 1 || all[0].ID != "low-income" {
			t.Errorf("%s: %d notices are shown", what, len(all))
		}
	}
	warning, err := alert("rain", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 20:00").Encode()
	if err != nil {
		t.Fatal(err)
	}
	n, err := DecodeListed(bytes.Replace(warning, []byte(`"area":`), []byte(`"radius":3,"area":`), 1))
	if err != nil || n.Kind != KindAlert || n.Alert.Area != "全县" {
		t.Errorf("a warning with one field more is not shown: %v", err)
	}
	for what, data := range map[string][]byte{
		"no JSON": []byte("{"), "no name": edit(func(doc map[string]any) { doc["id"] = "../x"; doc["kind"] = "survey" }),
		"two bodies": edit(func(doc map[string]any) { doc["media"] = map[string]any{} }),
		"a picture that is not there": edit(func(doc map[string]any) {
			doc["announcement"].(map[string]any)["blocks"].([]any)[1] = map[string]any{"kind": "img", "text": "", "picture": 3}
		}),
		"not UTF-8": bytes.Replace(warning, []byte("全县"), []byte("\xff"), 1),
	} {
		if n, err := DecodeListed(data); err == nil {
			t.Errorf("%s is read as %+v", what, n)
		}
	}
	if _, err := DecodeNotice(newer["a kind"]); !errors.Is(err, ErrNewer) {
		// The body of an unknown kind is an unknown field, which comes first.
		if !strings.Contains(err.Error(), "unknown field") {
			t.Error(err)
		}
	}
}

// FuzzDecodeListed feeds a device bytes that an office signed: what comes back can
// be drawn, or stands for what can not and says nothing.
func FuzzDecodeListed(f *testing.F) {
	for _, n := range everyKind() {
		data, err := n.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(bytes.Replace(data, []byte(`"kind":"`), []byte(`"kind":"x`), 1))
		f.Add(bytes.Replace(data, []byte(`"title":`), []byte(`"colour":1,"title":`), 1))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := DecodeListed(data)
		if err != nil {
			return
		}
		if n.Kind == KindNewer {
			if n.PlainText() != "" || n.Announcement != nil || n.Roster != nil || n.Fund != nil || n.Alert != nil || n.ID == "" {
				t.Errorf("what is not known says %+v", n)
			}
			if _, err := DecodeNotice(data); err == nil {
				t.Error("what is known counts as newer")
			}
			return
		}
		if err := n.Shape(); err != nil {
			t.Error(err)
		}
	})
}

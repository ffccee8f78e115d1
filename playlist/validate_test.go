package playlist

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

func countyEnv() ValidateEnv {
	return ValidateEnv{
		Columns: catalogueOfCounty,
		Sites: []Site{{ID: "qingshan", Kind: County, Name: "青山县"}, {ID: "baita", Parent: "qingshan", Kind: Town, Name: "白塔镇"},
			{ID: "liuxi", Parent: "baita", Kind: Village, Name: "柳溪村"}},
		Now: at8("2026-11-15 09:00"), Zone: shanghai,
		Missing: func(s string) []rune {
			if strings.ContainsRune(s, '𠮷') {
				return []rune("𠮷")
			}
			return nil
		},
	}
}

func TestGoodNoticesHaveNoProblems(t *testing.T) {
	for _, n := range everyKind() {
		if p := Validate(n, countyEnv()); len(p) != 0 {
			t.Errorf("%s: %+v", n.ID, p)
		}
	}
}

func TestValidateNamesTheField(t *testing.T) {
	env := countyEnv()
	cases := []struct {
		of    *Notice
		spoil func(n *Notice)
		wrong string
		warn  string
	}{
		{announcement("a", "qingshan"), func(n *Notice) { n.Title = " " }, "title:required ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Title = strings.Repeat("通", 81) }, "title:too_long ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Column = "nowhere" }, "column:unknown ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Column = "" }, "column:required ", ""},
		{announcement("a", "elsewhere"), func(n *Notice) {}, "site:unknown ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Issuer = "" }, "issuer:required ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Issued = schedule.Date{} }, "issued:required ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Issued = day("2026-12-24") }, "", "issued:future "},
		{announcement("a", "qingshan"), func(n *Notice) { n.NotBefore, n.NotAfter = at8("2026-12-02 00:00"), at8("2026-12-01 00:00") }, "not_after:empty ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.NotAfter = at8("2026-11-15 09:00") }, "not_after:expired ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Sensitive = true }, "", "not_after:sensitive "},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Blocks = nil }, "announcement.blocks:required ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Blocks[3].Text = "（1）\x07" }, "announcement.blocks[3].text:control ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Blocks[1].Text = "𠮷祥村" }, "announcement.blocks[1].text:glyph ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Blocks[4].Text = "（3）检修" }, "", "announcement.blocks[4].text:sequence "},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Blocks[1].Text = "补贴4万亿" }, "", "announcement.blocks[1].text:unit "},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Blocks[1].Text = "联系人：张某，13800138000" }, "", "announcement.blocks[1].text:mobile "},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Blocks[1].Text = "身份证11010519491231002X" }, "announcement.blocks[1].text:identity ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Web = "https://www.qingshan.example/gonggao/1.html" }, "", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Web = "www.qingshan.example" }, "web:invalid ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Web = "javascript:alert(1)" }, "web:invalid ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Web = "https://admin:1@www.qingshan.example/" }, "web:invalid ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Web = "https://www.qingshan.example/#top" }, "web:invalid ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Web = "https://www.qingshan.example/" + strings.Repeat("a", 200) }, "web:too_long ", ""},
		{announcement("a", "qingshan"), func(n *Notice) {
			n.Pictures = []Picture{{Role: Scan, Renditions: rendered()}, {Role: "poster", Renditions: rendered()}}
		}, "pictures[1].role:unknown ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Announcement.Links = []NoticeID{"B"} }, "announcement.links[0]:invalid ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Posting = &Posting{From: day("2026-11-14"), Days: 5, Working: true} }, "posting.objection:required ", "posting.from:day_off hotline:required "},
		{announcement("a", "qingshan"), func(n *Notice) {
			n.Posting, n.Hotline = &Posting{From: day("2026-11-16"), Days: 7, Working: true, Objection: "向村委会提出"}, "12345"
			n.NotAfter = at8("2026-11-24 00:00") // the seventh working day is the 24th
		}, "not_after:posting ", ""},
		{announcement("a", "qingshan"), func(n *Notice) { n.Posting, n.Hotline = &Posting{Objection: "x"}, "12345" }, "posting.days:range ", ""},

		{guide("g", "qingshan"), func(n *Notice) { n.Guide = &Guide{} }, "guide.who:required guide.basis:required guide.conditions:required guide.quota:required guide.steps:required " +
			"guide.limit:required guide.materials:required guide.fee:required guide.place:required guide.hours:required guide.phone:required guide.complaint:required ", ""},
		{guide("g", "qingshan"), func(n *Notice) { n.Guide.Materials[1].Name = "" }, "guide.materials[1].name:required ", ""},
		{guide("g", "qingshan"), func(n *Notice) { n.Guide.Materials[0] = Material{Name: "户口簿"} }, "", "guide.materials[0]:count "},
		{guide("g", "qingshan"), func(n *Notice) { n.Guide.Materials[0].Copies = -1 }, "guide.materials[0].copies:range ", ""},
		{guide("g", "qingshan"), func(n *Notice) { n.Guide.Steps[0].Name = "" }, "guide.steps[0].name:required ", ""},
		{guide("g", "qingshan"), func(n *Notice) { n.Guide.Phone = "见公告" }, "guide.phone:phone ", ""},
		{guide("g", "qingshan"), func(n *Notice) { n.Guide.Basis[0] = "" }, "guide.basis[0]:required ", ""},

		{culture("qingshan"), func(n *Notice) { n.Hotline = "" }, "hotline:required ", ""},
		{culture("qingshan"), func(n *Notice) { n.Fund.Total = 0 }, "fund.total:range fund.sources:sum fund.tables[0].columns[2]:sum ", ""},
		{culture("qingshan"), func(n *Notice) { n.Fund.Sources = nil }, "fund.sources:required ", ""},
		{culture("qingshan"), func(n *Notice) { n.Fund.Tables = nil }, "fund.tables:required ", ""},
		{culture("qingshan"), func(n *Notice) { n.Fund.Tables[0].Columns[2].Money = false }, "", "fund.tables:money "},
		{culture("qingshan"), func(n *Notice) { n.Fund.Tables[0].Rows[6][2] = "4万亿" },
			"fund.tables[0].rows[6][2]:number fund.tables[0].rows[6][2]:unit ", ""},
		{culture("qingshan"), func(n *Notice) { n.Fund.Tables[0].Rows[8][0] = "11" }, "fund.tables[0].rows[8][0]:sequence ", ""},
		{culture("qingshan"), func(n *Notice) { n.Fund.Tables[0].By = "colour" }, "fund.tables[0].by:unknown ", ""},
		{culture("qingshan"), func(n *Notice) { n.Fund.Tables[0].Columns[2].Decimals = 0 }, "fund.tables[0].rows[0][2]:decimals ", ""},
		{households("liuxi"), func(n *Notice) { n.Fund.Tables[0].Rows[0][0] = "张*山 3301****1234" }, "", ""},
		{households("liuxi"), func(n *Notice) { n.Fund.Tables[0].Rows[0][0] = "张*山 330102195203041234" }, "fund.tables[0].rows[0][0]:identity ", ""},
		{households("liuxi"), func(n *Notice) { n.Fund.Tables[0].Rows[0][0] = "张大山" }, "", "fund.tables[0].rows[0][0]:masked "},
		{households("liuxi"), func(n *Notice) { n.Fund.Tables[0].Rows[0][0] = "张*山 13800138000" }, "fund.tables[0].rows[0][0]:mobile ", ""},
		{households("liuxi"), func(n *Notice) { n.Fund.Tables[0].Rows[0][0] = "张*山6222020200112233446" }, "fund.tables[0].rows[0][0]:bank_card ", ""},
		{households("liuxi"), func(n *Notice) { n.Fund.Tables[0].Sites = []SiteID{"liuxi", "", "nowhere"} }, "fund.tables[0].sites[2]:unknown ", ""},

		{alert("w", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 20:00"), func(n *Notice) { n.Alert = &Alert{} },
			"alert.type:required alert.colour:unknown alert.area:required alert.action:required alert.start:required ", ""},
		{alert("w", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 20:00"), func(n *Notice) { n.NotAfter = time.Time{} }, "not_after:required ", ""},
		{alert("w", "qingshan", Red, "2026-11-15 08:00", "2026-11-17 20:00"), func(n *Notice) {}, "", "not_after:range "},
		{alert("w", "qingshan", Red, "2026-11-15 08:00", "2026-12-17 20:00"), func(n *Notice) {}, "not_after:range ", ""},
		{alert("w", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 20:00"), func(n *Notice) { n.Alert.Lifted = true; n.NotBefore = time.Time{} },
			"alert.reference:required not_before:required ", ""},

		{media("m", "qingshan"), func(n *Notice) { n.Pictures = nil }, "pictures:required ", ""},
		{media("m", "qingshan"), func(n *Notice) { n.Media = nil }, "kind:shape ", ""},
		{media("M", "qingshan"), func(n *Notice) {}, "id:shape ", ""},
	}
	for i, c := range cases {
		c.spoil(c.of)
		p := Validate(c.of, env)
		if wrong, warn := fields(p, Wrong), fields(p, Warning)+fields(p, Doubt); wrong != c.wrong || warn != c.warn {
			t.Errorf("case %d of %s: errors %q, want %q; warnings %q, want %q", i, c.of.Kind, wrong, c.wrong, warn, c.warn)
		}
		for _, o := range p {
			if o.Message == "" || o.MessageEn == "" {
				t.Errorf("case %d: a problem without words: %+v", i, o)
			}
		}
		if HasErrors(p) != (c.wrong != "") {
			t.Errorf("case %d: HasErrors is %v", i, HasErrors(p))
		}
	}
}

func rendered() []Rendition {
	return []Rendition{{Ref: assets.RefOf([]byte("page")), Size: 4, Type: "image/png", Width: 1240, Height: 1754}}
}

func TestValidateSites(t *testing.T) {
	good := countyEnv().Sites
	if p := ValidateSites(good); len(p) != 0 {
		t.Errorf("a good tree: %+v", p)
	}
	for want, spoil := range map[string]func(s []Site){
		"sites[2].parent:unknown ":            func(s []Site) { s[2].Parent = "nowhere" },
		"sites[2].parent:rank ":               func(s []Site) { s[2].Kind = County },
		"sites[1].id:twice ":                  func(s []Site) { s[1].ID, s[2].Parent = "qingshan", "qingshan" },
		"sites[1].parent:required ":           func(s []Site) { s[1].Parent = "" },
		"sites[0].name:required ":             func(s []Site) { s[0].Name = "" },
		"sites[0].kind:unknown ":              func(s []Site) { s[0].Kind = "planet" },
		"sites[0].latitude:range ":            func(s []Site) { s[0].Latitude = 91 },
		"sites:root sites[0].parent:rank ":    func(s []Site) { s[0].Parent = "liuxi" },
		"sites[2].id:invalid ":                func(s []Site) { s[2].ID = "Liuxi" },
		"sites:root sites[0].parent:unknown ": func(s []Site) { s[0].Parent = "zhejiang" },
	} {
		s := slices.Clone(good)
		spoil(s)
		if got := fields(ValidateSites(s), Wrong); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if p := ValidateSites(nil); !HasErrors(p) {
		t.Error("no sites at all are good")
	}
}

func TestValidateColumnsFindsRings(t *testing.T) {
	if p := ValidateColumns(catalogueOfCounty); len(p) != 0 {
		t.Errorf("a good catalogue: %+v", p)
	}
	for want, spoil := range map[string]func(c []Column){
		"columns[1].parent:unknown ":                     func(c []Column) { c[1].Parent = "nowhere" },
		"columns[0].parent:ring columns[1].parent:ring ": func(c []Column) { c[0].Parent = "notices" },
		"columns[2].parent:ring ":                        func(c []Column) { c[2].Parent = "guides" },
		"columns[2].tile:twice ":                         func(c []Column) { c[2].Tile = 2 },
		"columns[2].tile:range ":                         func(c []Column) { c[2].Tile = 9 },
		"columns[2].field:unknown ":                      func(c []Column) { c[2].Field = "sports" },
		"columns[2].cadence:unknown ":                    func(c []Column) { c[2].Cadence = "daily" },
		"columns[2].id:twice ":                           func(c []Column) { c[2].ID = "money" },
	} {
		c := slices.Clone(catalogueOfCounty)
		spoil(c)
		got := fields(ValidateColumns(c), Wrong)
		if want == "columns[2].id:twice " {
			want = "columns[3].id:twice "
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestValidateScreenPlaylistAndRules(t *testing.T) {
	screen := settingsOf(Touch).Screen
	if p := ValidateScreen(screen, countyEnv()); len(p) != 0 {
		t.Errorf("a good screen: %+v", p)
	}
	led := Screen{ID: "led-1", Site: "qingshan", Kind: LED, Name: "门头屏", Panel: Panel{Width: 192, Height: 64, Colours: DualColour}}
	if p := ValidateScreen(led, countyEnv()); len(p) != 0 {
		t.Errorf("a good board: %+v", p)
	}
	bad := Screen{ID: "LED", Site: "nowhere", Kind: "radio", Panel: Panel{Colours: "pink"}, Tags: []string{""}}
	if got := fields(ValidateScreen(bad, countyEnv()), Wrong); got != "id:invalid site:unknown kind:unknown name:required panel.width:range panel.colours:unknown tags[0]:required " {
		t.Errorf("a bad screen: %s", got)
	}
	env := countyEnv()
	env.Notices = []NoticeID{"a"}
	p := Playlist{ID: "day", Name: "白天", Items: []Item{{Notice: "a", Dwell: 10}}, Latest: &Select{Count: 5, Columns: []ColumnID{"news"}}}
	if got := ValidatePlaylist(p, env); len(got) != 0 {
		t.Errorf("a good playlist: %+v", got)
	}
	p = Playlist{ID: "Day", Items: []Item{{Notice: "b"}, {Notice: "a", Dwell: -1}}, Latest: &Select{Kinds: []Kind{KindAlert}, Columns: []ColumnID{"nowhere"}}}
	if got := fields(ValidatePlaylist(p, env), Wrong); got != "id:invalid name:required items[0].notice:unknown items[1].dwell:range latest.count:range latest.kinds[0]:unknown latest.columns[0]:unknown " {
		t.Errorf("a bad playlist: %s", got)
	}
	rule := workRule
	rule.Playlist, rule.Spans = "night", []schedule.Span{{From: 60, To: 60}}
	if got := fields(ValidateRules([]schedule.Rule{workRule, rule}, []Playlist{{ID: "day"}}), Wrong); got != "rules[1].spans[0].to:empty rules[1].id:twice rules[1].playlist:unknown " {
		t.Errorf("bad rules: %s", got)
	}
}

func TestBlobsAreEachOnceAndInOrder(t *testing.T) {
	n := media("m", "qingshan")
	other := assets.RefOf([]byte("another"))
	n.Pictures = append(n.Pictures, n.Pictures[0], Picture{Renditions: []Rendition{{Ref: other, Size: 7, Type: "image/png", Width: 1, Height: 1}}})
	b := n.Blobs()
	if len(b) != 2 || b[0].Ref.Compare(b[1].Ref) >= 0 {
		t.Errorf("blobs %+v", b)
	}
}

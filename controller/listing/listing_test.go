package listing_test

import (
	"reflect"
	"strings"
	"testing"

	"mingbai/controller/listing"
	"mingbai/controller/sheet"
	"mingbai/playlist"
)

func TestMaterialsAsOfficesWriteThem(t *testing.T) {
	for text, want := range map[string]playlist.Material{
		"户口簿（原件及复印件各1份）":             {Name: "户口簿", Originals: 1, Copies: 1},
		"结婚证复印件2份":                   {Name: "结婚证", Copies: 2},
		"申请表一式三份":                    {Name: "申请表", Originals: 3},
		"身份证（原件1份，复印件２份）":            {Name: "身份证", Originals: 1, Copies: 2},
		"施工方案":                       {Name: "施工方案", Originals: 1},
		"低保证（如有）":                    {Name: "低保证", Originals: 1, Note: "如有", Optional: true},
		"施工方案 | 原件1 复印1 | 大工程 | 视情况": {Name: "施工方案", Originals: 1, Copies: 1, Note: "大工程", Optional: true},
		"申请表 | | 网上填":                {Name: "申请表", Note: "网上填"},
		"近期照片（二寸，3份）":                {Name: "近期照片", Originals: 1, Note: "二寸，3份"},
	} {
		if got, ok := listing.ParseMaterial(text); !ok || got != want {
			t.Errorf("%s: %+v %v, want %+v", text, got, ok, want)
		}
	}
	if _, ok := listing.ParseMaterial("申请表 | 三张"); ok {
		t.Error("三张 is no number of originals or copies")
	}
}

func TestStepsAsOfficesWriteThem(t *testing.T) {
	for text, want := range map[string][]playlist.Step{
		"受理→审核（2个工作日）→发证":              {{Name: "受理"}, {Name: "审核", Limit: "2个工作日"}, {Name: "发证"}},
		"1.受理：窗口收件（当场）\n2.发证":          {{Name: "受理", Detail: "窗口收件", Limit: "当场"}, {Name: "发证"}},
		"受理 | 窗口收件 | 当场\n发证 | | 1个工作日": {{Name: "受理", Detail: "窗口收件", Limit: "当场"}, {Name: "发证", Limit: "1个工作日"}},
		"申请；受理；办结":                     {{Name: "申请"}, {Name: "受理"}, {Name: "办结"}},
	} {
		if got := listing.ParseSteps(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestLinesLoseTheirNumbers(t *testing.T) {
	got := listing.Lines("1. 有施工方案\r\n（二）交警同意\n\n3.5米以内的人行道\n③ 三项\n2026年以前的\n1、一\n十、十\n- 横")
	if want := "有施工方案|交警同意|3.5米以内的人行道|三项|2026年以前的|一|十|横"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}

func paste(t testing.TB, rows string) *sheet.Sheet {
	t.Helper()
	book, err := sheet.Paste(strings.NewReplacer("¦", "\t", "⏎", "\n").Replace(strings.TrimSpace(rows)), "", sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return &book.Sheets[0]
}

func TestOneRowForEach(t *testing.T) {
	s := paste(t, `
序号¦事项名称¦实施主体¦法定办结时限¦承诺办结时限¦申请材料¦办理流程¦咨询电话¦监督投诉电话¦其他
1¦占道挖掘许可¦城管局¦20个工作日¦5个工作日¦"1.申请表⏎2.施工方案复印件2份"¦受理→发证¦0000-6208001¦0000-12345¦x
2¦¦城管局¦¦¦¦¦¦¦
3¦占道 挖掘许可¦城管局¦¦¦¦¦¦¦
4¦夜间施工¦城管局¦¦¦申请表 | 三张¦¦¦¦`)
	table := sheet.Find(s)
	use := listing.Guess(&table)
	items := listing.Rows(s, &table, use)
	if len(items) != 4 {
		t.Fatalf("%d items, headings %v", len(items), table.Headings())
	}
	n := items[0].Notice
	if n.Title != "占道挖掘许可" || n.Issuer != "城管局" || n.Guide.LegalLimit != "20个工作日" || n.Guide.Limit != "5个工作日" || len(n.Guide.Materials) != 2 || n.Guide.Materials[1].Copies != 2 || len(n.Guide.Steps) != 2 || n.Guide.Phone != "0000-6208001" || n.Guide.Complaint != "0000-12345" || len(items[0].Wrong) != 0 {
		t.Errorf("%+v %+v", n, n.Guide)
	}
	for i, want := range map[int]string{1: "B3 没有事项名称", 2: "B4 和第 2 行重复", 3: "F5 「申请表 | 三张」"} {
		if w := items[i].Wrong; len(w) != 1 || !strings.HasPrefix(w[0].Cell+" "+w[0].Message, want) {
			t.Errorf("row %d: %+v, want %s", i, w, want)
		}
	}
}

func TestOneSheetForEach(t *testing.T) {
	s := paste(t, `
《占道挖掘许可》办事指南
实施机关¦县城管局
申请条件¦"1.有施工方案⏎2.交警同意"
申请材料¦1¦申请表¦原件1份
¦2¦施工方案¦复印件2份
办理流程¦受理¦窗口收件¦当场
¦发证¦¦1个工作日
承诺时限¦5个工作日¦法定时限¦20个工作日
收费标准¦不收费
咨询电话¦0000-6208001¦投诉电话¦0000-12345
网办深度¦四级`)
	if !listing.IsCard(s) {
		t.Fatal("not seen as a guide of its own")
	}
	it, unknown := listing.Card(s)
	n, g := it.Notice, it.Notice.Guide
	want := playlist.Guide{
		Conditions: []string{"有施工方案", "交警同意"}, Limit: "5个工作日", LegalLimit: "20个工作日", Fee: "不收费", Phone: "0000-6208001", Complaint: "0000-12345",
		Materials: []playlist.Material{{Name: "申请表", Originals: 1}, {Name: "施工方案", Copies: 2}},
		Steps:     []playlist.Step{{Name: "受理", Detail: "窗口收件", Limit: "当场"}, {Name: "发证", Limit: "1个工作日"}},
	}
	if n.Title != "占道挖掘许可" || n.Issuer != "县城管局" || !reflect.DeepEqual(*g, want) || len(it.Wrong) != 0 || len(unknown) != 1 || unknown[0] != "网办深度" {
		t.Errorf("%q %q\n%+v\n%+v\n%v %v", n.Title, n.Issuer, *g, want, it.Wrong, unknown)
	}
	if table := paste(t, "事项名称¦承诺时限¦收费\n甲¦1天¦不收费\n乙¦2天¦不收费"); listing.IsCard(table) {
		t.Error("a list is taken for a guide")
	}
}

func TestWhatTheFileDoesNotSayStays(t *testing.T) {
	before := playlist.Notice{Title: "占道挖掘许可", Guide: &playlist.Guide{Fee: "不收费", Limit: "9天", Steps: []playlist.Step{{Name: "受理"}}}}
	s := paste(t, "事项名称¦承诺时限¦申请材料\n占道挖掘许可¦5天¦申请表")
	table := sheet.Find(s)
	it := listing.Rows(s, &table, listing.Guess(&table))[0]
	after := it.Apply(&before)
	changes := listing.Compare(&before, &after)
	if after.Guide.Fee != "不收费" || len(after.Guide.Steps) != 1 || before.Guide.Limit != "9天" || len(changes) != 2 || changes[0].Before != "9天" || changes[0].After != "5天" || changes[1].After != "申请表 | 原件1" {
		t.Errorf("%+v %+v", after.Guide, changes)
	}
	again := it.Apply(&after)
	if c := listing.Compare(&after, &again); len(c) != 0 {
		t.Errorf("the same again changes %+v", c)
	}
}

func FuzzCard(f *testing.F) {
	f.Add("《甲》办事指南\n申请材料\t1\t申请表\n\t2\t方案\n办理流程\t受理→发证\n咨询电话\t1\t投诉电话\t2\n")
	f.Fuzz(func(t *testing.T, text string) {
		book, err := sheet.Paste(text, "", sheet.Limits{Rows: 100, Columns: 20})
		if err != nil {
			return
		}
		for i := range book.Sheets {
			s := &book.Sheets[i]
			it, _ := listing.Card(s)
			table := sheet.Find(s)
			for _, it := range append(listing.Rows(s, &table, listing.Guess(&table)), it) {
				once := it.Apply(&playlist.Notice{})
				twice := it.Apply(&once)
				if c := listing.Compare(&once, &twice); len(c) > 0 || it.Notice.Title == "" && len(it.Wrong) == 0 {
					t.Fatalf("%+v %+v", it, c)
				}
			}
		}
	})
}

package guard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/playlist"
	"mingbai/playlist/guard"
	"mingbai/playlist/schedule"
)

func text(lines ...string) *playlist.Notice {
	n := &playlist.Notice{
		ID: "a", Version: 1, Kind: playlist.KindAnnouncement, Site: "qinghe", Title: "通知", Issuer: "青禾县人民政府办公室",
		Issued: schedule.Date{Year: 2026, Month: 11, Day: 20}, Announcement: &playlist.Announcement{Genre: "通知"},
	}
	for _, l := range lines {
		n.Announcement.Blocks = append(n.Announcement.Blocks, playlist.Block{Kind: playlist.Paragraph, Text: l})
	}
	return n
}

func env() guard.Env { return guard.Env{Words: guard.Compile(guard.Builtin())} }

// told writes findings as field:code:found.
func told(findings []guard.Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, strings.TrimPrefix(f.Field, "announcement.")+" "+f.Code+" "+f.Found)
	}
	return strings.Join(out, "; ")
}

// TestSampleCountyIsClean: no false alarm over everything that a county has up.
func TestSampleCountyIsClean(t *testing.T) {
	county, err := intake.Load(configs.Sample(), schedule.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range slices.Concat(county.Drafts, county.Alerts) {
		for _, f := range guard.Inspect(&d.Notice, env()) {
			t.Errorf("%s: %s %s %s %q: %s", d.File, f.Severity, f.Field, f.Code, f.Found, f.Message)
		}
	}
}

func TestFindsInText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"受理信访40676件，已办理40386件，办结率99.29%。", ""},
		{"受理信访40676件，已办理40386件，办结率99.92%。", "rate 99.92"},
		{"受理信访100件，已办结120件。", "part 120件"},
		{"共有100人，其中女120人。", "part 120人"},
		{"接待咨询2人次，电话咨询50人次，网络咨询153人次，窗口咨询45人次，全年共250人次。", ""},
		{"接待咨询2人次，电话咨询50人次，网络咨询153人次，窗口咨询45人次，全年共260人次。", "sum 260人次"},
		{"2024年313.4万元（其中省级10.4万元，中央303万元）。", ""},
		{"2024年313.4万元(其中省级10.4万元,中央303万元)。", ""},
		{"2024年313.5万元(其中省级10.4万元,中央303万元)。", "sum 313.5万元"},
		{"女性占120%。", "percent 120%"},
		{"比上年增长120%。", ""},
		{"定于2月30日召开。", "date 2月30日"},
		{"11月22日（星期一）上午召开。", "weekday 一"},
		{"11月22日（星期日）上午召开。", ""},
		{"请于2026年10月1日前报送。", "deadline 2026年10月1日"},
		{"时间为2026年12月5日至12月1日。", "period 12月1日"},
		{"时间为2026年12月5日至3月1日。", ""},
		{"咨询电话：0571-881234。", "phone 0571-881234"},
		{"联系电话：1381234567。", "phone 1381234567"},
		{"联系人：王某，13812345678", "mobile 13812345678"},
		{"请将帐户报送，帐篷不用。", "mistyped 帐户"},
		{"残废人", "sensitive 残废人"},
		{"各鄉鎮人民政府：", "traditional 鄉鎮"},
	} {
		want := c.want
		if want != "" {
			want = "blocks[0].text " + want
		}
		if got := told(guard.Inspect(text(c.text), env())); got != want {
			t.Errorf("%q: %q, want %q", c.text, got, want)
		}
	}
}

var items = []string{"一、图书馆免费开放 20万元", "二、文化馆免费开放 20万元", "三、乡镇文化站免费开放 88万元", "四、农村电影放映 36.4万元", "五、农家书屋 25万元",
	"六、提前下达免费开放经费41万元", "七、三馆一站免费开放经费9万元", "八、送戏下乡补贴4万元", "九、农村文化建设奖励资金70万元"}

// TestTheSourceDocument: 送戏下乡补贴4万亿 among 万元 and the missing number 10
// are stopped at both; nine lines that add up to 313.4 pass (DOMAIN B21, B22).
func TestTheSourceDocument(t *testing.T) {
	good := text(append([]string{"2024年公共文化服务专项资金313.4万元（其中省级10.4万元，中央303万元）。"}, items...)...)
	if found := guard.Inspect(good, env()); len(found) != 0 {
		t.Errorf("the good list: %s", told(found))
	}
	bad := text(slices.Concat(items[:7], []string{"八、送戏下乡补贴4万亿", "九、戏曲进乡村12万元", "十一、农村文化建设奖励资金30万元", "十二、其他1万元"})...)
	found := guard.Inspect(bad, env())
	if got := told(found); got != "blocks[7].text unit 万亿; blocks[9].text sequence 十一" {
		t.Fatalf("the bad list: %s", got)
	}
	for i := range found {
		if found[i].Severity != playlist.Doubt {
			t.Errorf("%s does not stop: %s", found[i].Code, found[i].Severity)
		}
		if err := guard.Apply(bad, found[i], 0); err != nil {
			t.Error(err)
		}
	}
	if again := guard.Inspect(bad, env()); len(again) != 0 {
		t.Errorf("after mending: %s", told(again))
	}
	if got := bad.Announcement.Blocks[10].Text; !strings.HasPrefix(got, "十一、其他") {
		t.Errorf("the last line is %q", got)
	}
}

// fund is the same list as a table.
func fund() *playlist.Notice {
	n := text()
	n.Announcement, n.Kind = nil, playlist.KindFund
	n.Fund = &playlist.Fund{Period: "2024年", Purpose: "公共文化服务", Approver: "县文化和旅游局", Total: 3_134_000 * playlist.Yuan, Sources: []playlist.FundSource{
		{Name: "省级", Amount: 104_000 * playlist.Yuan}, {Name: "中央", Amount: 3_030_000 * playlist.Yuan}}}
	t := playlist.FundTable{Title: "分配表", By: "item", Columns: []playlist.FundColumn{
		{Name: "序号", Type: playlist.NumberColumn}, {Name: "项目", Type: playlist.TextColumn}, {Name: "金额", Type: playlist.SumColumn, Decimals: 1, Money: true, Unit: "万元"}, {Name: "单位", Type: playlist.TextColumn}}}
	for i, line := range []string{"图书馆 20.0", "文化馆 20.0", "文化站 88.0", "农村电影放映 36.4", "农家书屋 25.0", "免费开放经费 41.0", "三馆一站 9.0", "送戏下乡补贴 4.0", "奖励资金 70.0"} {
		name, amount, _ := strings.Cut(line, " ")
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), name, amount, "万元"})
	}
	n.Fund.Tables = []playlist.FundTable{t}
	return n
}

func TestTheSourceDocumentAsATable(t *testing.T) {
	if found := guard.Inspect(fund(), env()); len(found) != 0 {
		t.Errorf("the good table: %s", told(found))
	}
	if r := fund().Fund.Recompute(); !r.Agree {
		t.Errorf("the good table does not add up: %+v", r.Problems)
	}
	bad := fund()
	bad.Fund.Tables[0].Rows[7][3] = "万亿"
	bad.Fund.Tables[0].Rows[8][0] = "10"
	found := guard.Inspect(bad, env())
	if got := told(found); got != "fund.tables[0].rows[7][3] unit 万亿; fund.tables[0].rows[8][0] sequence 10" {
		t.Fatalf("the bad table: %s", got)
	}
	merged := guard.Merge(playlist.Validate(bad, playlist.ValidateEnv{}), found)
	if i := slices.IndexFunc(merged, func(f guard.Finding) bool { return f.Code == "unit" }); merged[i].Severity != playlist.Wrong || len(merged[i].Fixes) != 1 {
		t.Errorf("万亿 in a table: %+v", merged[i])
	}
	row := *bad
	if err := guard.Apply(&row, found[1], 0); err != nil || len(row.Fund.Tables[0].Rows) != 10 || row.Fund.Tables[0].Rows[8][0] != "9" {
		t.Errorf("a row was not added: %v %v", err, row.Fund.Tables[0].Rows)
	}
}

// TestWhatTheLawWants: classes of postings with their shortest times (L14).
func TestWhatTheLawWants(t *testing.T) {
	for _, c := range []struct {
		title   string
		posting *playlist.Posting
		want    string
	}{
		{"柳溪村征地补偿安置公告", nil, "posting"},
		{"柳溪村征地补偿安置公告", &playlist.Posting{Days: 15}, "posting"},
		{"柳溪村征地补偿安置公告", &playlist.Posting{Days: 30}, ""},
		{"柳溪村征地补偿安置公告", &playlist.Posting{Days: 22, Working: true}, ""},
		{"望川镇征收土地预公告", &playlist.Posting{Days: 10, Working: true}, ""},
		{"望川镇征收土地预公告", &playlist.Posting{Days: 7, Working: true}, "posting"},
		{"校舍工程中标候选人公示", &playlist.Posting{Days: 2}, "posting"},
		{"2026年青禾县公务员拟录用人员公示", &playlist.Posting{Days: 5, Working: true}, ""},
		{"校舍工程中标结果公告", nil, ""},
		{"停水通知", nil, ""},
	} {
		n := text("正文。")
		n.Title, n.Posting = c.title, c.posting
		got := ""
		for _, f := range guard.Inspect(n, env()) {
			got += f.Code
		}
		if got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.title, c.posting, got, c.want)
		}
	}
}

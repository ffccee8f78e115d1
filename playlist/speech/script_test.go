package speech_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/speech"
)

func said(lines []speech.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Say)
	}
	return strings.Join(all, "\n")
}

func TestScriptOfGuide(t *testing.T) {
	got := said(speech.Script(&playlist.Notice{
		Kind: playlist.KindGuide, Title: "最低生活保障申请",
		Guide: &playlist.Guide{
			Who: "家庭人均月收入低于当地标准的居民", Limit: "20个工作日", Fee: "不收费", Place: "镇便民服务中心3号窗口", Hours: "工作日 9:00—12:00",
			Phone: "0000-6210345", Materials: []playlist.Material{{Name: "身份证", Originals: 1, Copies: 1}, {Name: "收入证明", Originals: 2, Note: "单位或村里开"}},
		},
	}))
	want := `最低生活保障申请
谁可以办，家庭人均月收入低于当地标准的居民
要带两样。第一，身份证，原件一份，复印一份
第二，收入证明，原件两份，单位或村里开
多久办好，二十个工作日
收费，不收费
在哪里办，镇便民服务中心三号窗口
办理时间，工作日九点到十二点
不清楚的请打电话，零零零零，六二幺，零三四五`
	if got != want {
		t.Errorf("the guide is read\n%s\nwant\n%s", got, want)
	}
}

func TestScriptOfFund(t *testing.T) {
	wan := func(n float64) playlist.Amount { return playlist.Amount(n * float64(playlist.Wan)) }
	lines := speech.Script(&playlist.Notice{
		Kind: playlist.KindFund, Title: "惠民资金公示", Hotline: "0000-6208002",
		Posting: &playlist.Posting{From: schedule.Date{Year: 2026, Month: 11, Day: 19}, Days: 7, Working: true, Objection: "有异议请拨打12345。"},
		Fund: &playlist.Fund{
			Period: "2026年第三季度", Purpose: "发给困难户。", Total: wan(1286.4), Sources: []playlist.FundSource{{Name: "中央", Amount: wan(1000)}, {Name: "县级", Amount: wan(286.4)}},
			Tables: []playlist.FundTable{{Title: "各村分配表", Rows: [][]string{{"河东村", "1"}, {"河西村", "2"}}}},
		},
	})
	want := `惠民资金公示
二零二六年第三季度，一共一千二百八十六点四万元
钱从哪里来，中央，一千万元
县级，二百八十六点四万元
公示期从十一月十九日起，七个工作日
有异议请拨打幺二三四五。
用途，发给困难户。
各村分配表，共两行，请看屏幕
监督电话，零零零零，六二零，八零零二`
	if got := said(lines); got != want {
		t.Errorf("the fund notice is read\n%s\nwant\n%s", got, want)
	}
	if lines[1].Text != "1,286.40" || strings.Contains(said(lines), "河东村") {
		t.Errorf("the total is marked at %q; rows are read: %s", lines[1].Text, said(lines))
	}
}

func TestScriptOfAlert(t *testing.T) {
	lines := speech.Script(&playlist.Notice{Kind: playlist.KindAlert, Title: "暴雨红色预警", Hotline: "110", Alert: &playlist.Alert{
		Type: "暴雨", Colour: playlist.Red, Area: "全县", Action: "立即转移至镇中学", Exercise: true,
	}})
	want := `演练，演练。立即转移至镇中学
暴雨红色预警
影响范围，全县
值班电话，幺幺零
这是一次演练，不是真实预警。`
	if got := said(lines); got != want {
		t.Errorf("the alert is read\n%s\nwant\n%s", got, want)
	}
}

func TestLongScriptEnds(t *testing.T) {
	n := &playlist.Notice{Kind: playlist.KindAnnouncement, Title: "通知", Hotline: "12345", Announcement: &playlist.Announcement{}}
	for range 100 {
		n.Announcement.Blocks = append(n.Announcement.Blocks, playlist.Block{Kind: playlist.Paragraph, Text: "请各村于本月底以前把名单报到镇里。"})
	}
	lines := speech.Script(n)
	text := said(lines)
	if n := utf8.RuneCountInString(text); n < 500 || n > 800 {
		t.Errorf("%d characters are read of a long notice", n)
	}
	if !strings.HasSuffix(text, "其余内容请看屏幕。\n监督电话，幺二三四五") {
		t.Errorf("it ends %q", text[len(text)-90:])
	}
}

func TestSentences(t *testing.T) {
	long := strings.Repeat("检查加油站、养老院和网吧共三十八处，", 5) + "共1,286.40元。"
	for text, want := range map[string]int{
		"一句。": 1, "": 0, "各镇人民政府：\n一、检查。二、整改！": 3, "他说：“好。”然后走了。": 2, long: 2,
	} {
		got := speech.Sentences(text)
		if len(got) != want {
			t.Errorf("%q is cut into %q", text, got)
		}
		at := 0
		for _, s := range got {
			i := strings.Index(text[at:], s)
			if i < 0 || utf8.RuneCountInString(s) > 60 {
				t.Errorf("%q is not a piece of %q, or is too long", s, text)
				break
			}
			at += i + len(s)
		}
	}
}

// Every notice of the sample county can be read: no figure is left to the voice,
// and every line but the introductions stands in the notice as it is written.
func TestSampleCounty(t *testing.T) {
	county, err := intake.Load(configs.Sample(), schedule.DateOf(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)))
	if err != nil {
		t.Fatal(err)
	}
	if len(county.Drafts) < 100 {
		t.Fatalf("only %d notices", len(county.Drafts))
	}
	for _, d := range county.Drafts {
		n := &d.Notice
		body, err := n.Encode()
		if err != nil {
			t.Fatal(err)
		}
		lines := speech.Script(n)
		if len(lines) < 2 || lines[0].Text != n.Title {
			t.Errorf("%s: %d lines, the first %q", n.Title, len(lines), lines[0].Text)
		}
		for _, l := range lines {
			if l.Say == "" || strings.ContainsAny(l.Say, "0123456789（）《》") {
				t.Errorf("%s: %q is said %q", n.Title, l.Text, l.Say)
			}
			made := strings.Contains(l.Text, "月") || strings.ContainsAny(l.Text, ".,") // a date or an amount as the page writes it
			if !made && !strings.Contains(strings.ReplaceAll(string(body), `\"`, `"`), l.Text) {
				t.Errorf("%s: %q stands nowhere in it", n.Title, l.Text)
			}
		}
	}
}

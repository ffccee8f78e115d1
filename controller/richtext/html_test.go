package richtext_test

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"mingbai/controller/richtext"
	"mingbai/playlist"
)

// TestClipboards reads what Word, WPS and Excel put into the clipboard.
func TestClipboards(t *testing.T) {
	for name, want := range map[string]string{
		"word.html": `# 关于调整城乡居民医保缴费时间的通知
各村（社区）、镇直各单位：
为方便群众参保，经县医保局同意，现将2027年度城乡居民基本医疗保险集中缴费时间调整如下。请相互转告。
# 一、缴费时间
集中缴费期为2026年9月1日至12月31日。
# 二、缴费标准
| 人员类别 | 缴费标准（元/人） | 缴费标准（元/人） |
| 人员类别 | 个人缴费 | 财政补助 |
| 普通居民 | 400 | 700 |
| 低保对象 | 120 | 980 |
# 三、缴费办法
1. 手机缴费：微信“城市服务”。
2. 到村（社区）代办点缴费。
- 身份证或户口簿
咨询电话：0000-6210001
2026年11月20日`,
		"wps.html": `停水通知
柳溪村全体村民：
因主管道检修，定于11月25日停水。
# （一）停水范围
- 一组、二组
- 村小学
请提前储水。
特此通知。
| 时段 | 范围 |
| 8:00—12:00 | 一组 二组 |`,
		"excel.html": `| 村 | 户数 | 金额 |
| 柳溪村 | 468 | 417,306.50 |`,
	} {
		src, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := richtext.HTML(string(src))
		if err != nil {
			t.Fatal(err)
		}
		marked := strings.ReplaceAll(richtext.Format(doc.Blocks), "@ ", "")
		if marked != want {
			t.Errorf("%s becomes\n%s\nwant\n%s", name, marked, want)
		}
	}
}

// TestHTML reads what else may be pasted.
func TestHTML(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", ""},
		{"<p>一<p>二", "一\n二"},
		{"<ul><li>甲<li><p>乙</p><p>丙</p></ul><p>丁", "- 甲\n- 乙\n丙\n丁"},
		{"<ol start=3><li>甲<li>乙</ol>", "3. 甲\n4. 乙"},
		{"<ul><li>甲<ol><li>子</ol><li>乙</ul>", "- 甲\n1. 子\n- 乙"},
		{"<ul><li></li></ul><p>不是条目", "不是条目"},
		{"<h2>题</h2>文<br>字", "# 题\n文\n字"},
		{"<b style='font-weight:normal'><p>一、不粗</p></b><p><b>一、粗</b></p><p><b>一、半</b>粗", "一、不粗\n# 一、粗\n一、半粗"},
		{"<p>a\n  b &nbsp; c</p><p>中\n文 字</p>", "a b c\n中文 字"},
		{"<script>alert(1)</script><style>p{}</style><p onclick=x>留<img src=x onerror=y>下</p><!-- 注 -->", "留下"},
		{"<table><tr><td>一格</td></tr></table>", "一格"},
		{"<table><caption>表一</caption><tr><th>a<th>b<tr><td colspan=2>c</table>", "[表] 表一\n| a | b |\n| c | c |"},
		{"<table><tr><td rowspan=3>x<td>1<tr><td>2<tr><td>3</table>", "| x | 1 |\n| x | 2 |\n| x | 3 |"},
		{"<table><tr><td>a<td><table><tr><td>b<td>c</table></table>", "| a | b c |"},
		{"<table><tr><td colspan=999999999 rowspan=99999>x<td>y</table>", "| x" + strings.Repeat(" | x", 63) + " | y |"},
		{"<p># 不是标题</p><p>- 不是列表</p><p>|不是表</p><p>\\斜线</p><p>[图1] 不是图", "\\# 不是标题\n\\- 不是列表\n\\|不是表\n\\\\斜线\n\\[图1] 不是图"},
		{"<p>\u200b零宽\ufeff\ue000</p>", "零宽"},
	} {
		doc, err := richtext.HTML(c.src)
		if err != nil {
			t.Errorf("%q: %v", c.src, err)
			continue
		}
		if got := richtext.Format(doc.Blocks); got != c.want {
			t.Errorf("%q becomes\n%s\nwant\n%s", c.src, got, c.want)
		}
		if again, _ := richtext.Parse(richtext.Format(doc.Blocks), 0); !reflect.DeepEqual(again, doc.Blocks) {
			t.Errorf("%q: %+v comes back as %+v", c.src, doc.Blocks, again)
		}
	}
}

func TestHTMLBounds(t *testing.T) {
	var refused *richtext.Error
	if _, err := richtext.HTML(strings.Repeat("x", richtext.MaxHTML+1)); !errors.As(err, &refused) || refused.Message == "" {
		t.Errorf("a text that is too long: %v", err)
	}
	for _, bomb := range []string{
		strings.Repeat("<div>", 100_000), strings.Repeat("<table><tr><td>", 20_000), strings.Repeat("<ul><li>", 50_000),
		"<table>" + strings.Repeat("<tr>"+strings.Repeat("<td colspan=64 rowspan=2000>x", 40), 200),
	} {
		doc, err := richtext.HTML(bomb)
		if err == nil && len(richtext.Format(doc.Blocks)) > 4<<20 {
			t.Errorf("%.30q becomes %d bytes", bomb, len(richtext.Format(doc.Blocks)))
		}
	}
}

// FuzzHTML shows that nothing pasted breaks the reader, and that what it makes
// comes back from the form as it was.
func FuzzHTML(f *testing.F) {
	for _, name := range []string{"word.html", "wps.html", "excel.html"} {
		src, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Add("<table><tr><td rowspan=9 colspan=9>a<td>|\\<tr><td>b</table><li>- # x")
	f.Fuzz(func(t *testing.T, src string) {
		doc, err := richtext.HTML(src)
		if err != nil {
			return
		}
		text := richtext.Format(doc.Blocks)
		if again, _ := richtext.Parse(text, 0); len(again)+len(doc.Blocks) > 0 && !reflect.DeepEqual(again, doc.Blocks) {
			t.Errorf("%q: %#v comes back as %#v", text, doc.Blocks, again)
		}
		for _, b := range doc.Blocks {
			if b.Kind == playlist.TableBlock && len(b.Rows) == 0 || b.Kind != playlist.TableBlock && b.Text == "" {
				t.Errorf("%q holds an empty block", text)
			}
		}
	})
}

// FuzzParse shows that what a form shows again is what was read from it.
func FuzzParse(f *testing.F) {
	f.Add("全体村民：\n# 标题\n- 一\n[图1] 说明\n正文", 1)
	f.Add("| a | b\\|c |\n|---|---|\n| \\- |\n\n[表] 题\n| x |", 2)
	f.Add("a\tb\nc\td\n\\# x\\\ny\\\\\n\\\n\\\\", 0)
	f.Fuzz(func(t *testing.T, text string, pictures int) {
		first, lines := richtext.Parse(text, pictures)
		again, _ := richtext.Parse(richtext.Format(first), pictures)
		if len(lines) != len(first) || len(first)+len(again) > 0 && !reflect.DeepEqual(first, again) {
			t.Errorf("%q is read as %#v and comes back as %#v by %q", text, first, again, richtext.Format(first))
		}
	})
}

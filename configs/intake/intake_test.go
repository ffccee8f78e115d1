package intake

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"mingbai/playlist/schedule"
)

// small is a sound county to break.
func small() fstest.MapFS {
	files := map[string]string{
		"county.toml":    "name = \"青禾县\"\nzone = \"Asia/Shanghai\"\n",
		"sites.csv":      "编号,上级,级别,名称\nqinghe,,县,青禾县\nwangchuan,qinghe,镇,望川镇\nliuxi,wangchuan,村,柳溪村\ndongling,wangchuan,村,东岭村\n",
		"columns.csv":    "编号,上级,名称,领域\nzijin,,惠民资金,财务\ndongtai,,工作动态,政务\n",
		"holidays.csv":   "日期,类型,名称\n2026/10/1,放假,国庆节\n2026-10-10,上班,国庆节调休\n",
		"screens.toml":   "",
		"playlists.toml": "",
		"rules.toml":     "",
		"资金/butie.toml": `"站点" = "青禾县"
"栏目" = "惠民资金"
"标题" = "补贴发放公示"
"发布机构" = "县农业农村局"
"发布日期" = 2026-11-18
"监督电话" = "0000-12317"
"时期" = "2026年"
"用途" = "保护耕地"
"总金额" = "1900元"
"来源" = ["中央 | 1900元"]
[["表"]]
"文件" = "农业地力补贴.csv"
"标题" = "分村发放"
"分类" = "村"
"列" = ["序号 | 文字", "村 | 文字", "面积 | 合计 | 亩 | 1", "标准 | 数字 | 元/亩", "金额 | 合计 | 元 | 2 | 金额"]
"核算" = "面积 × 标准 = 金额"
`,
		"资金/农业地力补贴.csv": "序号,村,面积（亩）,标准,金额\n1,柳溪村,12.5,95,\"1,187.50\"\n2,东岭村,7.5,95,712.50\n",
	}
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestSmallCountyLoads(t *testing.T) {
	c, err := Load(small(), schedule.Date{})
	if err != nil {
		t.Fatal(err)
	}
	table := c.Drafts[0].Notice.Fund.Tables[0]
	if got := strings.Join(table.Rows[0], "|"); got != "1|柳溪村|12.5|95|1187.50" {
		t.Errorf("row is %s", got)
	}
	if table.Sites[0] != "liuxi" || table.Sites[1] != "dongling" {
		t.Errorf("sites are %v", table.Sites)
	}
	if len(c.Holidays) != 2 || !c.Holidays[1].Working {
		t.Errorf("holidays are %v", c.Holidays)
	}
}

// board is a screen to which keys can be added.
const board = "[[screen]]\nid = \"gate\"\nsite = \"qinghe\"\nkind = \"led\"\nname = \"大门屏\"\n" +
	"panel = { width = 192, height = 64, width_mm = 1920, height_mm = 640 }\n"

// Everything that is wrong is told at once, with file, line and column.
func TestProblemsAreTold(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"product", "资金/农业地力补贴.csv", "序号,村,面积,标准,金额\n1,柳溪村,12.5,95,1187.50\n2,东岭村,7.5,95,721.50\n", []string{
			"资金/农业地力补贴.csv 第 3 行「金额」：面积 × 标准 应为 712.50，写的是 721.50"}},
		{"several at once", "资金/农业地力补贴.csv", "序号,村,面积,标准,金额\n1,柳西村,十二,95,1187.50\n3,东岭村,7.5,95,\n", []string{
			"资金/农业地力补贴.csv 第 2 行「面积」：「十二」不是数字",
			"资金/农业地力补贴.csv 第 2 行「村」：没有叫「柳西村」的村（社区）",
			"资金/农业地力补贴.csv 第 3 行「序号」：应为 2，写的是「3」，是不是漏了一行",
			"资金/农业地力补贴.csv 第 3 行「金额」：不能为空，没有就写 0"}},
		{"unknown column", "资金/农业地力补贴.csv", "序号,村名,面积,标准,金额\n", []string{
			"资金/农业地力补贴.csv 第 1 行「村名」：不认识这一列；可用的列有：序号、村、面积、标准、金额",
			"资金/农业地力补贴.csv 第 1 行「村」：表头缺少这一列"}},
		{"departments", "departments.csv", "编号,站点,名称\nCaizheng,qinghe,财政局\nwenlv,qinghe,文旅局\nwenlv,qinghe,文旅局\nx,nowhere,某局\n", []string{
			"departments.csv 第 2 行「编号」：「Caizheng」不能作编号，或者已经用过",
			"departments.csv 第 4 行「编号」：「wenlv」不能作编号，或者已经用过",
			"departments.csv 第 5 行「站点」：没有编号为「nowhere」的站点"}},
		{"a cell too many", "资金/农业地力补贴.csv", "序号,村,面积,标准,金额\n1,柳溪村,12.5,95,1,187.50\n", []string{
			"资金/农业地力补贴.csv 第 2 行：比表头多出一格「187.50」，是不是少了引号或多了逗号"}},
		{"open quote", "资金/农业地力补贴.csv", "序号,村,面积,标准,金额\n1,\"柳溪村,12.5,95,1187.50\n", []string{
			"资金/农业地力补贴.csv 第 2 行：引号不成对，或者一格里的引号没有写成两个"}},
		{"site twice", "sites.csv", "编号,上级,级别,名称\nqinghe,,县,青禾县\nqinghe,,县,青禾县\n柳溪,qinghe,乡,柳溪村\n", []string{
			"sites.csv 第 3 行「编号」：「qinghe」出现了两次",
			"sites.csv 第 4 行「编号」：「柳溪」不能作编号：只能用小写字母、数字和中间的短横，最多 40 个"}},
		{"choice", "columns.csv", "编号,上级,名称,领域\nzijin,,惠民资金,财政\n", []string{
			"columns.csv 第 2 行「领域」：「财政」不在可选范围内，应为：政务、党务、村务、财务"}},
		{"day", "holidays.csv", "日期,类型,名称\n10月1日,放假,国庆节\n", []string{
			"holidays.csv 第 2 行「日期」：「10月1日」不是日期，应写成 2026-11-22"}},
		{"misspelt key", "公告/a.toml", "\"站点\" = \"柳溪村\"\n\"题目\" = \"x\"\n", []string{
			"公告/a.toml 第 2 行「题目」：没有这一项，请检查是否写错字"}},
		{"unknown site and column", "公告/a.toml", "\"标题\" = \"x\"\n\"站点\" = \"某村\"\n\"栏目\" = \"某栏\"\n\"图片\" = [\"没有.png\"]\n\"相关\" = [\"b\"]\n\"正文\" = \"正文\"\n", []string{
			"公告/a.toml 第 2 行「站点」：没有叫「某村」的站点",
			"公告/a.toml 第 3 行「栏目」：没有叫「某栏」的栏目",
			"公告/a.toml 第 4 行「图片」：找不到图片「没有.png」",
			"公告/a.toml「相关」：没有编号为「b」的公告"}},
		{"the unit of four", "资金/b.toml", "\"站点\" = \"青禾县\"\n\"栏目\" = \"惠民资金\"\n\"总金额\" = \"4万亿\"\n", []string{
			"资金/b.toml 第 3 行「总金额」：「4万亿」的单位是万亿，是不是万元？"}},
		{"sum, from the domain", "资金/农业地力补贴.csv", "序号,村,面积,标准,金额\n1,柳溪村,12.5,95,1187.50\n", []string{
			"资金/农业地力补贴.csv：“金额”各行合计 1187.50 元，与总额 1,900.00 元 不符"}},
		{"zones of a board", "screens.toml", board + "zones = [{ kind = \"notices\", x = 0, y = 0, width = 200, height = 40 }, { kind = \"text\", x = 0, y = 40, width = 192, height = 24, column = \"tianqi\" }]\nlight = { day = 120, night = 30 }\n", []string{
			"screens.toml「zones[0].width」：屏幕「gate」公告版块超出屏幕 8 点",
			"screens.toml「zones[1].column」：屏幕「gate」没有这个栏目：tianqi",
			"screens.toml「light.day」：屏幕「gate」白天亮度应为 1 至 100（%）"}},
		{"a misspelt zone", "screens.toml", board + "zones = [{ kind = \"notices\", x = 0, y = 0, width = 192, hight = 64 }]\n", []string{
			"screens.toml「screen.zones.hight」：没有这一项，请检查是否写错字"}},
		{"misspelt light", "screens.toml", board + "light = { day = 90, night = 30, sunn = true }\n", []string{
			"screens.toml「screen.light.sunn」：没有这一项，请检查是否写错字"}},
		{"dark hours", "screens.toml", board + "light = { day = 90, night = 30, dark = \"22:00\" }\n", []string{
			"screens.toml 第 7 行「screen.light.dark」：文件写法有误，读不下去：span \"22:00\": want the form 08:30-17:30"}},
		{"syntax", "rules.toml", "[[rule]\n", []string{"rules.toml 第 2 行：文件写法有误，读不下去"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := small()
			files[c.file] = &fstest.MapFile{Data: []byte(c.text)}
			_, err := Load(files, schedule.Date{})
			problems, ok := errors.AsType[Problems](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			text := problems.Error()
			if len(problems) != len(c.want) && c.name != "site twice" && c.name != "unknown site and column" && c.name != "the unit of four" && c.name != "choice" {
				t.Errorf("%d problems, want %d:\n%s", len(problems), len(c.want), text)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("not told: %s\ntold:\n%s", want, text)
				}
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	sound := small()
	plain := string(sound["资金/农业地力补贴.csv"].Data)
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(strings.ReplaceAll(plain, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"mark": "\xef\xbb\xbf" + plain, "line ends": strings.ReplaceAll(plain, "\n", "\r\n"), "GB 18030": gb, "UTF-16": wide,
		"empty rows and columns": strings.ReplaceAll(plain, "\n", ",,\n") + ",,,,,,\n",
		"other order":            "金额,标准,面积,村,序号\n1187.5,95,12.5,柳溪村,1\n７１２．５０,95.0,7.5, 东岭村 ,2\n",
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(sound)
			files["资金/农业地力补贴.csv"] = &fstest.MapFile{Data: []byte(data)}
			c, err := Load(files, schedule.Date{})
			if err != nil {
				t.Fatal(err)
			}
			rows := c.Drafts[0].Notice.Fund.Tables[0].Rows
			if got := strings.Join(rows[1], "|"); got != "2|东岭村|7.5|95|712.50" {
				t.Errorf("row is %s", got)
			}
		})
	}
}

// A folder that lacks what it must have is told about, and nothing else breaks.
func TestEmptyFolder(t *testing.T) {
	c, err := Load(fstest.MapFS{}, schedule.Date{})
	if err == nil || c == nil {
		t.Fatal("an empty folder was taken for a county")
	}
	if !strings.Contains(err.Error(), "county.toml：找不到这个文件") {
		t.Errorf("told: %v", err)
	}
}

func TestFilesOfADisk(t *testing.T) {
	dir := t.TempDir()
	for name, f := range small() {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var fsys fs.FS = os.DirFS(dir)
	if _, err := Load(fsys, schedule.Date{}); err != nil {
		t.Error(err)
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("序号,村,面积（亩）\n1,柳溪村,12.5\n"))
	f.Add([]byte("\xff\xfe\x00"))
	f.Add([]byte("\xd0\xf2\xba\xc5,a\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p Problems
		table := Table{File: "x.csv", Headings: []Heading{{Name: "序号", Filled: true}, {Name: "村"}, {Name: "面积"}}, Problems: &p}
		for row := range table.Rows(strings.NewReader(string(data))) {
			row.Int("序号")
			row.Float("面积")
			row.Date("村")
			if !utf8.ValidString(row.Text("村")) {
				t.Error("a cell is not UTF-8")
			}
		}
		if !utf8.ValidString(p.Error()) || len(p) > maxProblems {
			t.Errorf("%d problems", len(p))
		}
	})
}

func FuzzNotice(f *testing.F) {
	f.Add([]byte("\"站点\" = \"柳溪村\"\n\"栏目\" = \"工作动态\"\n\"标题\" = \"x\"\n\"正文\" = \"各村：\\n# 一\\n- 二\\n[图1] 三\"\n"))
	f.Add([]byte("\"步骤\" = [\"a | b | c\"]\n\"材料\" = [\"户口簿 | 原件1 复印2 | x | 视情况\"]\n"))
	f.Add([]byte("\"列\" = [\"a | 合计 | 元 | 2 | 金额\"]\n\"核算\" = \"a × b = c\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := small()
		for _, dir := range []string{"guides", "announcements", "funds", "media", "alerts"} {
			files[dir+"/n.toml"] = &fstest.MapFile{Data: data}
		}
		c, err := Load(files, schedule.Date{})
		if c == nil || err != nil && err.Error() == "" {
			t.Error("no county or an error without words")
		}
	})
}

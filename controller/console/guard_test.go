package console_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

var fixes = regexp.MustCompile(`<button class="plain fix" name="fix" value="([^"]*)">([^<]*)</button>`)

// fix finds the button with a label on the person's page.
func (p *person) fix(label string) string {
	p.Helper()
	for _, m := range fixes.FindAllStringSubmatch(p.body, -1) {
		if html.UnescapeString(m[2]) == label {
			return html.UnescapeString(m[1])
		}
	}
	p.Fatalf("%s has no button %q", p.path, label)
	return ""
}

// TestMendingWithoutAScript: findings quote the text, a button sends the form and
// brings it back with the mending in it and nothing else changed; what stays
// needs a reason, which is kept.
func TestMendingWithoutAScript(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Releaser)
	bad := with(announcement, "text", "户主张三（11010519491231002X），电话13812345678。\n同一户张三（11010519491231002X）。", "summary", "请报送帐户。", "do", "publish")
	p.post("/write/announcement", bad...).wants(422, "身份证号码", "<mark>11010519491231002X</mark>", "<mark>帐户</mark>", "保留，并说明理由", "发布前要处理")
	mended := with(bad, "fix", p.fix("改为“账户”"))
	mended = mended[:len(mended):len(mended)]
	p.post("/write/announcement", mended...).wants(422, "请报送账户。", "<mark>11010519491231002X</mark>")
	if strings.Contains(p.body, "帐户") {
		t.Error("the word is still there")
	}
	// Of two equal numbers the one in the second line is meant.
	second := with(bad, "text", "户主李四（330106********1234）。\n户主张三（11010519491231002X），电话13812345678。", "summary", "")
	p.post("/write/announcement", second...).wants(422, "第 2 行：")
	p.post("/write/announcement", with(second, "fix", p.fix("改为 110105********002X"))...).wants(422, "户主张三（110105********002X），电话13812345678。", "<mark>13812345678</mark>")
	// A doubt that stays.
	doubt := with(announcement, "text", "联系人王某，13812345678。")
	p.post("/write/announcement", doubt...).wants(422, "reason.announcement.blocks[0].text.mobile")
	p.post("/write/announcement", with(doubt, "reason.announcement.blocks[0].text.mobile", "值班手机，已征得同意")...).wants(200, "已发布")
	remarks, err := o.c.Store.Remarks(t.Context(), p.id())
	if err != nil {
		t.Fatal(err)
	}
	kept := false
	for _, r := range remarks {
		kept = kept || strings.Contains(r.Text, "值班手机，已征得同意")
	}
	if !kept {
		t.Errorf("the reason is not on record: %+v", remarks)
	}
	// A full identity number never goes out, whatever is said.
	never := with(announcement, "text", "张三，11010519491231002X。", "reason.announcement.blocks[0].text.identity", "特殊情况")
	p.post("/write/announcement", never...).wants(422, "身份证号码")
	// A button that somebody made up changes nothing.
	p.post("/write/announcement", with(announcement, "fix", `[{"i":"title","f":0,"t":99,"w":"没有这几个字","s":"坏"}]`)...).wants(422, "关于停水的通知")
	p.post("/write/announcement", with(announcement, "fix", "{")...).wants(422, "关于停水的通知")
}

func TestWords(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "wangchuan", accounts.Releaser)
	p.get("/words").wants(200, "帐户", "内置", "加一个词")
	p.post("/words", "site", "wangchuan", "text", "柳西村", "instead", "柳溪村", "kind", "mistyped", "severity", "doubt", "do", "save").wants(200, "词表已保存", "柳西村")
	p.post("/words", "site", "wangchuan", "text", "柳西村", "instead", "柳西村", "kind", "mistyped", "do", "save").wants(422, "“应为”和词一样", `value="柳西村"`)
	p.post("/words", "site", "qinghe", "text", "某", "do", "save").wants(403)
	// It is found at the site and below, not beside it.
	p.post("/write/announcement/check", with(announcement, "text", "柳西村停水。")...).wants(200, "柳西村", "改为“柳溪村”")
	all := o.comes("li", "", accounts.Releaser)
	all.post("/write/announcement/check", with(announcement, "site", "shiling", "text", "柳西村停水。")...).wants(200)
	if strings.Contains(all.body, "改为“柳溪村”") {
		t.Error("the word of one town is looked for in another")
	}
	// What is built in can be switched off.
	p.post("/words", "site", "wangchuan", "text", "帐户", "instead", "账户", "kind", "mistyped", "severity", "doubt", "off", "1", "do", "save").wants(200, "停用")
	p.post("/words/try", "text", "帐户和柳西村").wants(200, "<mark>柳西村</mark>")
	if strings.Contains(p.body, "<mark>帐户</mark>") {
		t.Error("a word is looked for that is switched off")
	}
	// Many at once; one wrong line keeps all out.
	p.post("/words", "site", "wangchuan", "do", "import", "lines", "石另镇\t石岭镇\n"+strings.Repeat("长", 50)+"\t短").wants(422, "有 1 行看不懂", "石另镇")
	p.post("/words", "site", "wangchuan", "do", "import", "lines", "石另镇\t石岭镇\t地名\n望州镇\t望川镇\n").wants(200, "已导入 2 个词，其中新增 2 个")
	p.get("/words.csv").wants(200, "石另镇,石岭镇,地名")
	p.get("/words?q=望州&list=own").wants(200, "望川镇", "共 1 条")
	p.post("/words", "site", "wangchuan", "was", "望州镇", "do", "drop").wants(200)
	if n, err := o.c.Store.CountWords(t.Context(), store.WordFilter{}); err != nil || n != 3 {
		t.Errorf("%d words are left, %v", n, err)
	}
	// Who only drafts looks on.
	d := o.comes("zhang", "wangchuan", accounts.Drafter)
	d.get("/words").wants(200, "柳西村")
	if strings.Contains(d.body, "加一个词") {
		t.Error("a drafter is offered to change the list")
	}
	d.post("/words", "site", "wangchuan", "text", "某词", "kind", "sensitive", "do", "save").wants(403)
	o.comes("du", "", accounts.Auditor).get("/audit").wants(200, "wang")
}

func TestScan(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Releaser)
	p.post("/write/announcement", with(announcement, "text", "请到柳西村领取。")...).wants(200, "已发布")
	p.get("/words/scan").wants(200, "还没有查过")
	p.post("/words", "site", "qinghe", "text", "柳西村", "instead", "柳溪村", "kind", "mistyped", "severity", "doubt", "do", "save").wants(200)
	p.post("/words/scan").wants(200)
	for strings.Contains(p.get("/words/scan/live").body, "正在查") {
		if t.Context().Err() != nil {
			t.Fatal("the scan does not end")
		}
	}
	p.wants(200, "关于停水的通知", "应为“柳溪村”", "<mark>柳西村</mark>")
}

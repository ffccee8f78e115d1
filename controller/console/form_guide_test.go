package console_test

import (
	"net/url"
	"strings"
	"testing"

	"mingbai/controller/store"
	"mingbai/playlist"
)

var guideFields = []string{
	"site", "qinghe", "column", "news", "title", "占道挖掘许可", "issuer", "县城管局", "issued", "2026-11-20",
	"who", "要挖掘道路的单位", "conditions", "1. 有施工方案\n（二）交警同意\n\n3.5米以内的人行道", "basis", "《城市道路管理条例》第三十三条",
	"material_name", "申请表", "material_originals", "1份", "material_copies", "", "material_note", "", "material_optional", "",
	"material_name", "", "material_originals", "", "material_copies", "", "material_note", "", "material_optional", "",
	"material_name", "施工方案", "material_originals", "", "material_copies", "２", "material_note", "五万元以上的", "material_optional", "1",
	"step_name", "受理", "step_detail", "窗口收件", "step_limit", "当场", "quota", "无", "limit", "5个工作日", "fee", "不收费",
	"place", "一楼3号窗口", "hours", "工作日 9:00—17:00", "phone", "0000-6208001", "complaint", "0000-12317",
}

func TestGuideIsWrittenAndRevised(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	p.get("/write/guide")
	if p.status != 200 || strings.Count(p.body, `name="step_name"`) != 2 || !strings.Contains(p.body, `value="0000-12317"`) {
		t.Fatalf("the empty form: %d, %d steps", p.status, strings.Count(p.body, `name="step_name"`))
	}

	// Without a script rows are added and moved by the server, and nothing is lost.
	p.post("/write/guide/rows", append([]string{"do", "up.materials.3"}, guideFields...)...)
	p.post("/write/guide/rows", append([]string{"do", "add.steps"}, guideFields...)...)
	if n := strings.Count(p.body, `name="step_name"`); p.status != 200 || n != 4 || !strings.Contains(p.body, `value="施工方案"`) || !strings.Contains(p.body, "占道挖掘许可") {
		t.Errorf("after adding: %d, %d steps", p.status, n)
	}
	p.post("/write/guide/rows", append([]string{"do", "drop.materials.1"}, guideFields...)...)
	if strings.Contains(p.body, `value="申请表"`) || !strings.Contains(p.body, `value="施工方案"`) {
		t.Error("the first material should be gone, and only that")
	}
	for _, bad := range []string{"", "add", "add.nothing", "up.steps.999", "drop.materials.-1"} {
		if p.post("/write/guide/rows", append([]string{"do", bad}, guideFields...)...); p.status >= 500 {
			t.Errorf("do=%q gives %d", bad, p.status)
		}
	}

	p.post("/write/guide", append([]string{"do", "draft"}, guideFields...)...)
	if p.status != 200 || !strings.HasPrefix(p.path, "/notices/") {
		t.Fatalf("saving gives %d at %s", p.status, p.path)
	}
	id := strings.TrimPrefix(p.path, "/notices/")
	version, err := o.c.Store.NoticeVersion(t.Context(), playlist.NoticeID(id), 1)
	if err != nil {
		t.Fatal(err)
	}
	n, err := version.Decode()
	if err != nil {
		t.Fatal(err)
	}
	g := n.Guide
	if strings.Join(g.Conditions, "|") != "有施工方案|交警同意|3.5米以内的人行道" {
		t.Errorf("conditions are %q", g.Conditions)
	}
	if len(g.Materials) != 2 || g.Materials[0] != (playlist.Material{Name: "申请表", Originals: 1}) || g.Materials[1] != (playlist.Material{Name: "施工方案", Copies: 2, Note: "五万元以上的", Optional: true}) {
		t.Errorf("materials are %+v", g.Materials)
	}
	if len(g.Steps) != 1 || g.Steps[0] != (playlist.Step{Name: "受理", Detail: "窗口收件", Limit: "当场"}) {
		t.Errorf("steps are %+v", g.Steps)
	}
	p.get("/notices/" + id + "/revise")
	if p.status != 200 || !strings.Contains(p.body, "五万元以上的") || !strings.Contains(p.body, `value="1" selected`) {
		t.Errorf("the form of what was saved: %d", p.status)
	}
}

func TestGuideSaysWhatIsMissing(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", everything...)
	form := url.Values{}
	for i := 0; i < len(guideFields); i += 2 {
		form.Add(guideFields[i], guideFields[i+1])
	}
	form.Set("material_copies", "三")
	form.Set("who", "")
	var pairs []string
	for name, values := range form {
		for _, v := range values {
			pairs = append(pairs, name, v)
		}
	}
	p.post("/write/guide", append(pairs, "do", "publish")...)
	if p.status != 422 || !strings.Contains(p.body, "份数应为 0 至 99 的整数") || !strings.Contains(p.body, "适用对象") || !strings.Contains(p.body, `value="三"`) || !strings.Contains(p.body, "占道挖掘许可") {
		t.Errorf("a bad form gives %d", p.status)
	}
	if list, err := o.c.Store.Notices(t.Context(), store.NoticeFilter{}); err != nil || len(list) != 0 {
		t.Errorf("a bad form made %d notices, %v", len(list), err)
	}
}

package console_test

import (
	"crypto/rand"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// said lets a new screen at a site say something and count a session.
func (o *office) said(site playlist.SiteID, kind wire.VoiceKind, text string) wire.Voice {
	o.Helper()
	id := playlist.ScreenID("s-" + string(site))
	err := o.c.Store.Update(o.Context(), func(tx *store.Tx) error {
		return tx.PutScreen(o.Context(), playlist.Screen{ID: id, Site: site, Kind: playlist.Touch, Name: "屏 " + string(site), Panel: playlist.Panel{Width: 1080, Height: 1920}}, "zh")
	})
	if err != nil {
		o.Fatal(err)
	}
	v := wire.Voice{ID: rand.Text(), Kind: kind, At: time.Now(), Text: text, Contact: "13800000000"}
	if kind == wire.Objection {
		v.Notice, v.Title = "gone", "已经没有的公示"
	}
	if _, err := o.c.Fleet.Voices(o.Context(), id, []wire.Voice{v}); err != nil {
		o.Fatal(err)
	}
	u := wire.Usage{Day: o.c.Fleet.Today(), Counts: map[string]uint64{wire.CountSession: 1}, Empty: []string{"zhaobudao" + string(site)}}
	if err := o.c.Fleet.Usage(o.Context(), id, u); err != nil {
		o.Fatal(err)
	}
	return v
}

func TestVoicesAreTheSitesOwn(t *testing.T) {
	o := open(t, nil)
	here := o.said("liuxi", wire.Objection, "我家的面积不对<b>")
	there := o.said("shiling", wire.Opinion, "石岭的路灯坏了")
	town := o.comes("town", "wangchuan", accounts.Drafter)
	town.get("/voices").wants(200, "我家的面积不对&lt;b&gt;", "已经没有的公示", here.Number(), `<b class="count">1</b>`)
	if strings.Contains(town.body, "石岭") || strings.Contains(town.body, "<b>”") {
		t.Error("a town reads what was said to another")
	}
	town.get("/voices?site=shiling").wants(403)
	town.get("/voices/" + there.ID).wants(404)
	town.post("/voices/"+there.ID, "from", "new", "state", "answered", "note", "x").wants(404)
	town.get("/voices/"+here.ID).wants(200, "13800000000", "前答复")
	town.post("/voices/"+here.ID, "from", "new", "state", "closed").wants(422, "请写明怎么处理的")
	town.post("/voices/"+here.ID, "from", "new", "state", "answered", "note", "已重新丈量").wants(200, "已重新丈量", "重新打开")
	town.post("/voices/"+here.ID, "from", "new", "state", "closed", "note", "晚了").wants(409)
	town.post("/voices/"+here.ID, "from", "answered", "state", "new").wants(200, "待处理", "已重新丈量")
	town.get("/usage").wants(200, "zhaobudaoliuxi")
	if strings.Contains(town.body, "zhaobudaoshiling") {
		t.Error("a town reads the statistics of another")
	}
	town.get("/usage?from=x").wants(200, "日期要写成")
	town.get("/usage?from=2026-02-01&to=2026-01-01").wants(200, "开始的日期在结束之后")

	auditor := o.comes("auditor", "", accounts.Auditor)
	auditor.get("/voices").wants(200, "石岭的路灯坏了", "我家的面积不对")
	auditor.get("/voices/"+there.ID).wants(200, "办理的人才看得到")
	if strings.Contains(auditor.body, there.Contact) || strings.Contains(auditor.body, "标为已处理") {
		t.Error("an auditor reads how to reach a resident, or may answer")
	}
	auditor.post("/voices/"+there.ID, "from", "new", "state", "answered", "note", "x").wants(403)
	auditor.get("/audit").wants(200, "处理意见", "重新打开意见", here.Number(), "<td>异议</td>")
	technician := o.comes("technician", "", accounts.Technician)
	technician.get("/voices").wants(403)
	technician.get("/usage").wants(200, "zhaobudaoshiling")
	if strings.Contains(technician.body, "群众意见") {
		t.Error("the menu leads a technician to what residents said")
	}
}

func TestTablesForASpreadsheet(t *testing.T) {
	o := open(t, nil)
	o.said("liuxi", wire.Opinion, "=HYPERLINK(\"http://x\")\n第二行,\"引号\"")
	o.said("shiling", wire.Opinion, "别处的")
	table := func(p *person, path string) [][]string {
		t.Helper()
		p.get(path).wants(200)
		body, ok := strings.CutPrefix(p.body, "\uFEFF")
		if !ok {
			t.Errorf("%s: Excel would not see that it is UTF-8", path)
		}
		r := csv.NewReader(strings.NewReader(body))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	town := o.comes("town", "wangchuan", accounts.Releaser)
	rows := table(town, "/voices.csv")
	if len(rows) != 2 || rows[1][10] != "'=HYPERLINK(\"http://x\")\n第二行,\"引号\"" || rows[1][11] != "13800000000" {
		t.Errorf("voices %q", rows)
	}
	if rows := table(o.comes("auditor", "", accounts.Auditor), "/voices.csv"); len(rows) != 3 || rows[1][11] != "" {
		t.Errorf("an auditor takes %q", rows)
	}
	rows = table(town, "/usage.csv?from="+schedule.DateOf(time.Now()).AddDays(-3).String())
	if rows[2][0] != "屏 liuxi" || rows[2][3] != "1" || rows[3][0] != "合计" || rows[3][3] != "1" {
		t.Errorf("usage %q", rows)
	}
}

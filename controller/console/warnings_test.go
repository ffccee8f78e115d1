package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// enrolled puts a screen into a site and gives it a device with a key made of one
// byte.
func (o *office) enrolled(id playlist.ScreenID, site playlist.SiteID, name string, seed byte) {
	o.Helper()
	if _, err := o.c.Fleet.Add(o.Context(), "test", playlist.Screen{ID: id, Site: site, Kind: playlist.Touch, Name: name, Panel: upright}, ""); err != nil {
		o.Fatal(err)
	}
	if _, err := o.c.Fleet.Confirm(o.Context(), "test", o.code(device(seed, playlist.Touch, upright)), fleet.Enrolment{Screen: id}); err != nil {
		o.Fatal(err)
	}
}

// warned puts a warning of a full disk on the books.
func (o *office) warned(id string, screen playlist.ScreenID, site playlist.SiteID, title string, closed time.Time) {
	o.Helper()
	at := time.Now().Add(-time.Hour)
	err := o.c.Store.Update(o.Context(), func(tx *store.Tx) error {
		return tx.PutWarning(o.Context(), store.Warning{
			ID: id, Scope: string(screen), Site: site, Screens: []playlist.ScreenID{screen}, Kind: string(fleet.SignDisk), Severity: int(fleet.Warn), Opened: at, Shown: at, Closed: closed,
			TitleZh: title, CauseZh: "还剩 1 GB", NextZh: "清理日志", TitleEn: title, CauseEn: "1 GB is left", NextEn: "Clear the logs",
		})
	})
	if err != nil {
		o.Fatal(err)
	}
}

// watched is an office with a screen in each of two places, a warning of each, and
// one that is over.
func watched(t *testing.T) *office {
	o := open(t, nil)
	o.enrolled("liuxi-hall", "liuxi", "柳溪大厅屏", 1)
	o.enrolled("shiling-gate", "shiling", "石岭门口屏", 2)
	o.warned("w-liuxi", "liuxi-hall", "liuxi", "柳溪磁盘将满", time.Time{})
	o.warned("w-shiling", "shiling-gate", "shiling", "石岭磁盘将满", time.Time{})
	o.warned("w-over", "liuxi-hall", "liuxi", "柳溪上周磁盘将满", time.Now())
	return o
}

// taker is who has a warning and what they wrote.
func (o *office) taker(id string) string {
	o.Helper()
	w, err := o.c.Store.Warning(o.Context(), id)
	if err != nil {
		o.Fatal(err)
	}
	return w.Actor + " " + w.Remark
}

// TestTakeWarning has everybody try who may not: without the role, of another
// site, with a remark that is too long, after a colleague, and when it is over. What
// was typed is always given back.
func TestTakeWarning(t *testing.T) {
	o := watched(t)
	jishu, fang := o.comes("jishu", "liuxi", accounts.Technician), o.comes("fang", "", accounts.Technician)
	shiling := o.comes("shi", "shiling", accounts.Technician)
	auditor, drafter := o.comes("ducha", "", accounts.Auditor), o.comes("writer", "", accounts.Drafter)
	const path = "/warnings/w-liuxi"

	auditor.get(path).wants(200, "柳溪磁盘将满", "还没有人接手。", `<small class="bad">离线`) // how the screen is by now
	auditor.lacks("<textarea", "action=\""+path)
	auditor.get("/warnings").lacks(path + "#take")
	drafter.get(path).wants(403)
	for _, p := range []*person{auditor, drafter} {
		p.post(path, "remark", "我来").wants(403)
	}
	shiling.get(path).wants(404)
	shiling.post(path, "remark", "我来").wants(404)
	jishu.get("/warnings/w-none").wants(404)
	jishu.post("/warnings/w-none", "remark", "我来").wants(404)

	long := strings.Repeat("长", 501)
	jishu.post(path, "remark", long).wants(422, `class="wrong"`, "最多 500 个字。", ">"+long+"</textarea>")
	if got := o.taker("w-liuxi"); got != " " {
		t.Errorf("somebody who may not has it: %q", got)
	}

	fang.get(path).wants(200, `name="was" value=""`) // and thinks about it
	jishu.post(path, "was", "", "remark", "下午去清理").wants(200, "<b>jishu</b>", "下午去清理", "记下说明")
	fang.post(path, "was", "", "remark", "我远程清理").wants(409, "jishu 刚刚接手了", `name="was" value="jishu"`, ">我远程清理</textarea>", "改由我接手")
	if got := o.taker("w-liuxi"); got != "jishu 下午去清理" {
		t.Errorf("it was taken from somebody by accident: %q", got)
	}
	fang.post(path, "was", "jishu", "remark", "我远程清理").wants(200, "<b>fang</b>")
	if got := o.taker("w-liuxi"); got != "fang 我远程清理" {
		t.Errorf("it cannot be taken over: %q", got)
	}

	jishu.get("/warnings/w-over").wants(200, "已解除")
	jishu.lacks("<textarea")
	jishu.post("/warnings/w-over", "was", "", "remark", "换了<硬盘>").wants(409, "不用再接手。", "您写的说明没有存：", "换了&lt;硬盘&gt;")
	if got := o.taker("w-over"); got != " " {
		t.Errorf("one that is over was taken: %q", got)
	}
	records, err := o.c.Store.Records(t.Context(), "w-liuxi", 0, 10)
	if err != nil || len(records) != 2 || records[0].Action != "warning.take" || records[0].Site != "liuxi" {
		t.Errorf("the log of changes has %+v, %v", records, err)
	}
}

// TestOnlyOwnVillage lets a technician of a village and one of the county look: the
// first sees nothing of another place on any page of the watch.
func TestOnlyOwnVillage(t *testing.T) {
	o := watched(t)
	o.patrolled("liuxi-hall", wire.PatrolItem{Check: wire.PatrolDisk, Zh: "磁盘只剩 1 GB", En: "1 GB is left"})
	o.patrolled("shiling-gate", wire.PatrolItem{Check: wire.PatrolTouch, Zh: "触摸框没有插", En: "The touch frame is unplugged"})
	village, county := o.comes("cun", "liuxi", accounts.Technician), o.comes("xian", "", accounts.Technician)
	for path, own := range map[string]string{
		"/screens": "柳溪大厅屏", "/screens?q=%E5%B1%8F": "柳溪大厅屏", "/screens/live": "柳溪大厅屏", "/screens?view=pictures": "柳溪大厅屏",
		"/warnings": "柳溪磁盘将满", "/warnings/live": "柳溪磁盘将满", "/warnings?q=%E7%A3%81%E7%9B%98": "柳溪磁盘将满", "/patrol": "柳溪大厅屏",
	} {
		county.get(path).wants(200, own, "石岭")
		village.get(path).wants(200, own)
		village.lacks("石岭", "shiling")
	}
	village.get("/warnings?state=closed").wants(200, "柳溪上周磁盘将满")
	village.get("/screens?site=shiling").wants(200, "柳溪大厅屏")
	village.lacks("石岭门口屏")
	for _, path := range []string{"/warnings/w-shiling", "/warnings/w-shiling/live"} {
		village.get(path).wants(404)
	}
}

// patrolled lets a screen tell what it found when it looked itself over; its clock
// is always right.
func (o *office) patrolled(id playlist.ScreenID, items ...wire.PatrolItem) {
	o.Helper()
	items = append(items, wire.PatrolItem{Check: wire.PatrolClock, OK: true, Zh: "时钟准", En: "The clock is right"})
	if err := o.c.Fleet.Patrol(o.Context(), id, wire.Patrol{At: time.Now(), Items: items}); err != nil {
		o.Fatal(err)
	}
}

// TestPatrolDay reads the page and the sheet of a day on which one screen found two
// things, one found none and one did not look.
func TestPatrolDay(t *testing.T) {
	o := watched(t)
	o.enrolled("qinghe-lobby", "qinghe", "县政务大厅屏", 3)
	o.patrolled("liuxi-hall", wire.PatrolItem{Check: wire.PatrolDisk, Zh: "磁盘只剩 1 GB", En: "1 GB is left", Detail: "/var"}, wire.PatrolItem{Check: wire.PatrolTouch, Zh: "触摸框没有插", En: "The touch frame is unplugged"})
	o.patrolled("shiling-gate")
	today := o.c.Fleet.Today()
	p := o.comes("jishu", "", accounts.Technician)
	p.get("/patrol").wants(200, "应有 3 块", "触摸框没有插", "磁盘只剩 1 GB", "/var", "没有巡检的", "县政务大厅屏", "没有问题的 1 块屏", `href="/patrol.xlsx?day=`+today.String())
	p.lacks("时钟准")
	if strings.Index(p.body, "触摸框没有插") > strings.Index(p.body, "磁盘只剩") {
		t.Error("what residents notice does not stand first")
	}
	p.get("/patrol?day="+today.AddDays(-1).String()).wants(200, "这一天还没有装好设备的屏幕。")
	p.get("/patrol?day="+today.AddDays(1).String()).wants(200, "这一天还没有到。")
	p.get("/patrol?day=gestern").wants(200, "日期要写成")
	o.comes("writer", "", accounts.Drafter).get("/patrol.xlsx").wants(403)

	sheets := func(p *person) (screens, found string) {
		t.Helper()
		p.get("/patrol.xlsx?day=" + today.String()).wants(200)
		book, err := excelize.OpenReader(strings.NewReader(p.body))
		if err != nil {
			t.Fatal(err)
		}
		read := func(name string) string {
			rows, err := book.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, r := range rows {
				lines = append(lines, strings.Join(r, "|"))
			}
			return strings.Join(lines, "\n")
		}
		return read("各屏"), read("发现")
	}
	screens, found := sheets(p)
	for _, want := range []string{"屏幕|站点|编号|结果|发现几处|时间", "柳溪大厅屏|柳溪村|liuxi-hall|有问题|2|", "石岭门口屏|石岭镇|shiling-gate|没有问题|0|", "县政务大厅屏|青禾县|qinghe-lobby|没有巡检"} {
		if !strings.Contains(screens, want) {
			t.Errorf("the sheet of screens has no %q:\n%s", want, screens)
		}
	}
	for _, want := range []string{"触摸|柳溪大厅屏|柳溪村|触摸框没有插", "磁盘|柳溪大厅屏|柳溪村|磁盘只剩 1 GB", "|/var"} {
		if !strings.Contains(found, want) {
			t.Errorf("the sheet of findings has no %q:\n%s", want, found)
		}
	}
	if strings.Contains(found, "时钟") {
		t.Errorf("what is well is among the findings:\n%s", found)
	}
	screens, found = sheets(o.comes("shi", "shiling", accounts.Technician))
	if strings.Contains(screens+found, "柳溪") || !strings.Contains(screens, "石岭门口屏") {
		t.Errorf("the sheet for another place has\n%s\n%s", screens, found)
	}
}

package console_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// step judges a step of the acceptance of the hall's screen.
func (p *person) step(step, verdict, note string) *person {
	return p.post("/screens/hall/acceptance", "do", "judge", "step", step, "verdict", verdict, "note", note)
}

// TestAcceptance walks a technician through the acceptance of a screen: what the
// screen reports stands beside every step, passing against it needs a word, a
// break loses nothing, and the record says who judged what.
func TestAcceptance(t *testing.T) {
	o := open(t, nil)
	hello := o.hall()
	tech := o.comes("jishu", "liuxi", accounts.Technician)
	o.comes("other", "shiling", accounts.Technician).get("/screens/hall/acceptance").wants(403)
	o.comes("writer", "", accounts.Drafter).get("/screens/hall/acceptance").wants(403)
	tech.get("/screens/hall").wants(200, "未验收", "/screens/hall/acceptance")
	tech.get("/screens/acceptances").wants(200, "大厅触摸屏", "未验收 1")

	tech.get("/screens/hall/acceptance").wants(200, "开始验收", "拔电源")
	tech.post("/screens/hall/acceptance", "do", "judge", "step", "touch", "verdict", "passed").wants(404)
	tech.post("/screens/hall/acceptance", "do", "start").wants(200, "第 1 步，共 10 步", "方向和四边")
	tech.post("/screens/hall/acceptance", "do", "start").wants(200, "第 1 步") // it goes on: no second one
	tech.post("/screens/hall/acceptance", "do", "ask", "step", "orientation").wants(409, "这块屏现在不在线")
	tech.step("orientation", "failed", " ").wants(422, "请写明哪里不对")
	tech.step("orientation", "skipped", "").wants(422, "请写明为什么跳过")
	tech.step("orientation", "passed", strings.Repeat("长", 201)).wants(422, "最多 200 个字", strings.Repeat("长", 201))
	tech.step("orientation", "perfect", "x").wants(400)
	tech.step("orientation", "passed", "").wants(422, "对不上")
	tech.step("orientation", "passed", "用眼睛看过").wants(200, "第 2 步", "触摸")

	// The screen comes: touches from before the step do not count, later ones do.
	ctx := t.Context()
	arrives := func(running int64, touched time.Time, page string) {
		t.Helper()
		_, err := o.c.Fleet.Hello(ctx, hello, "10.0.0.9:1")
		if err != nil {
			t.Fatal(err)
		}
		r := wire.Report{Time: time.Now(), Showing: wire.Showing{Page: page, Since: time.Now()}}
		r.Vitals.Running, r.Vitals.Uptime = running, running+9
		r.Vitals.Output = wire.Output{Touch: wire.Plugged, Touched: touched, Brightness: 80}
		r.Vitals.Line = wire.Line{RTT: 12, Pings: 30}
		if err := o.c.Fleet.Report(ctx, "hall", r); err != nil {
			t.Fatal(err)
		}
	}
	arrives(100, time.Now().Add(-time.Minute), "loop")
	tech.post("/screens/hall/acceptance", "do", "ask", "step", "touch").wants(200, "还没有收到触摸")
	tech.step("touch", "passed", "").wants(422, "对不上")
	arrives(101, time.Now(), "home")
	tech.get("/screens/hall/acceptance/live?step=touch").wants(200, "收到触摸")
	tech.step("touch", "passed", "").wants(200, "第 3 步")
	tech.step("brightness", "skipped", "室外屏").wants(200, "第 4 步")
	tech.step("sound", "failed", "喇叭没有声音").wants(200, "第 5 步")
	tech.step("picture", "passed", "看过").wants(200, "拔电源")

	// The plug: gone, back, and content a moment after the program's start.
	tech.post("/screens/hall/acceptance", "do", "ask", "step", "plug").wants(200, "请拔电源")
	o.c.Fleet.Gone("hall", time.Now(), "connection lost")
	tech.waits("/screens/hall/acceptance/live?step=plug", "还没有回来")
	arrives(0, time.Time{}, "fallback")
	tech.waits("/screens/hall/acceptance/live?step=plug", "自己连上")
	tech.waits("/screens/hall/acceptance/live?step=plug", "程序启动后 0 秒有内容")
	tech.step("plug", "passed", "").wants(200, "预警")
	tech.get("/screens/hall/acceptance/alert.png").wants(200)
	tech.step("alert", "passed", "").wants(200)
	tech.step("clock", "passed", "").wants(200)
	tech.post("/screens/hall/acceptance", "do", "finish").wants(409) // two are left
	tech.step("network", "passed", "").wants(200)
	tech.step("patrol", "skipped", "下午再查").wants(200, "都试过了", "1 步不通过")
	tech.post("/screens/hall/acceptance", "do", "finish").wants(200, "验收记录", "验收不通过", "喇叭没有声音", "收到触摸", "用眼睛看过")
	tech.get("/screens/acceptances?which=failed").wants(200, "大厅触摸屏", "看记录")
	tech.get("/screens/hall").wants(200, "验收不通过")

	// Mended, and accepted again: every step anew.
	tech.post("/screens/hall/acceptance", "do", "start").wants(200, "第 1 步")
	for _, step := range []string{"orientation", "touch", "brightness", "sound", "picture", "plug", "alert", "clock", "network", "patrol"} {
		tech.step(step, "passed", "好").wants(200)
	}
	tech.post("/screens/hall/acceptance", "do", "finish").wants(200, "通过验收")
	record := tech.path
	tech.get("/screens/hall").wants(200, "通过验收", record)
	o.comes("reader", "", accounts.Auditor).get(record).wants(200, "通过验收")
	all, err := o.c.Store.AcceptancesOf(ctx, "hall", 9)
	if err != nil || len(all) != 2 || !all[0].Passed || all[1].Passed || all[0].EndedBy != "jishu" || all[1].Steps[1].By != "jishu" || all[1].Steps[1].At.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	events, err := o.c.Store.Events(ctx, "hall", 0, 1)
	if err != nil || len(events) != 1 || events[0].Kind != store.EventAccepted || events[0].Detail != all[0].ID {
		t.Errorf("events: %+v, %v", events, err)
	}
	lines, err := o.c.Store.Records(ctx, "hall", 0, 3)
	if err != nil || len(lines) != 3 || lines[0].Action != "acceptance.passed" || lines[1].Action != "acceptance.step" {
		t.Errorf("audit: %+v, %v", lines, err)
	}
}

// waits asks until the page says what it should.
func (p *person) waits(path, text string) {
	p.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Minute); ; {
		if p.get(path); p.status == 200 && strings.Contains(p.body, text) {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("%s never says %q: %d %s", path, text, p.status, p.body)
		}
		<-tick.C
	}
}

// TestCommandValues: a value out of bounds is told beside its field, with what was
// typed, and what takes the picture away keeps its value through the second asking.
func TestCommandValues(t *testing.T) {
	o := open(t, nil)
	o.hall()
	p := o.comes("jishu", "liuxi", accounts.Technician)
	p.post("/screens/hall/command", "kind", "brightness", "value", "0").wants(422, "亮度应为 1 至 100", `value="0"`)
	p.post("/screens/hall/command", "kind", "brightness", "value", "亮一点").wants(422, "亮度应为 1 至 100", "亮一点")
	p.post("/screens/hall/command", "kind", "dark", "value", "").wants(422, "1 至 1440")
	p.post("/screens/hall/command", "kind", "dark", "value", "４５分钟").wants(200, "确定熄屏 45 分钟", `name="value" value="45"`)
	p.post("/screens/hall/command", "kind", "dark", "value", "45", "sure", "1").wants(409, "不在线")
	p.post("/screens/hall/command", "kind", "return").wants(404)
	p.get("/screens/hall/sure?kind=dark&value=9999").wants(404)
	p.get("/screens/hall/log").wants(200, "还没有取过这块屏的日志")
	p.get("/screens/hall/log.txt").wants(404)
	o.comes("other", "shiling", accounts.Technician).get("/screens/hall/log").wants(403)
}

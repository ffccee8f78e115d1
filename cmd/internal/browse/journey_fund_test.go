package browse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/kiosk"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// household is a number of a person as it would be found in running text; it is
// nobody's (GB 11643: an area, a day in 1949, a check character).
const household = "11010519491231002X"

// moneySheet is the table of a bureau as it comes: a title over merged cells, a
// heading of two rows, one line in another unit, a number that is missing, a sum
// that is wrong, and numbers of persons in a column and in a sentence.
var moneySheet = []string{
	"2026年第三季度公共文化服务专项资金使用情况表",
	"单位：万元",
	"序号|项目|资金|||经办人|用途与去向",
	"||来源|金额|单位|身份证号|",
	"1|农家书屋更新|中央|12|万元|" + household + "|图书补充",
	"2|公共文化服务体系建设|中央|150|万元|11010519900307889X|村级文化中心",
	"3|乡镇文化站补助|省级|6.4|万元|110105198605120036|设备，由张三（身份证号" + household + "）领取",
	"4|体育场馆免费开放|中央|31|万元|110105197711250047|开放补助",
	"5|送戏下乡补贴|省级|4|万亿|110105198203140058|22 个村每村 2 场",
	"7|农村文化建设奖励资金|中央|30|万元|110105199108160069|按考核结果奖补",
	"合计|||240|万元||",
}

// workbook writes an .xlsx with merged cells; numbers are numbers.
func workbook(t *testing.T, name string, merged [][2]string, lines ...string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for r, line := range lines {
		for c, text := range strings.Split(line, "|") {
			cell, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				t.Fatal(err)
			}
			if v, nerr := strconv.ParseFloat(text, 64); nerr == nil && len(text) < 15 {
				err = f.SetCellFloat("Sheet1", cell, v, -1, 64)
			} else {
				err = f.SetCellStr("Sheet1", cell, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, m := range merged {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// county puts the sites, departments and columns of the sample county into a
// controller, and its staff: a bureau, those who serve all bureaus, a technician.
func county(ctx context.Context, c *controller.Controller) error {
	all, err := intake.Load(configs.Sample(), schedule.DateOf(time.Now()))
	if err != nil {
		return err
	}
	all.Drafts, all.Alerts, all.Screens, all.Playlists, all.Rules = nil, nil, nil, nil, nil
	if _, err := c.Desk.Import(ctx, publish.Who{Actor: "test"}, all); err != nil {
		return err
	}
	for _, d := range []accounts.Details{
		{Login: "wangfang", Name: "王芳", Department: "wenlvju", Roles: []accounts.Role{accounts.Drafter}},
		{Login: "lina", Name: "李娜", Department: "wenlvju", Roles: []accounts.Role{accounts.FirstReviewer}},
		{Login: "zhaoqiang", Name: "赵强", Department: "wenlvju", Roles: []accounts.Role{accounts.SecondReviewer}},
		{Login: "sunli", Name: "孙丽", Roles: []accounts.Role{accounts.Secrecy}},
		{Login: "zhoutao", Name: "周涛", Roles: []accounts.Role{accounts.Releaser}},
		{Login: "zhenggang", Name: "郑刚", Roles: []accounts.Role{accounts.Technician}},
	} {
		d.Site = "qinghe"
		if _, err := c.Accounts.Create(ctx, accounts.Person{Login: "test"}, d, password); err != nil {
			return err
		}
	}
	return nil
}

// TestFundNotice: a clerk's table out of Excel, with what is wrong in it, goes
// through the hands of five people onto the screens, and off them again.
func TestFundNotice(t *testing.T) {
	t.Parallel()
	o := openWith(t, "zh-CN", "county", county)
	o.as("zhenggang")
	hall, gate := o.install("大厅触摸屏"), o.install("门厅触摸屏")
	hall.pair("qinghe-hall")
	gate.pair("qinghe")
	id := o.fund()
	o.hands(id)
	o.shown(id, hall, gate)
	o.down(id, hall, gate)
	o.recorded(id)
}

// fund writes the notice and mends it by clicking, and sends it.
func (o *office) fund() playlist.NoticeID {
	o.Helper()
	o.as("wangfang")
	o.must(o.Open(o.base + "/write/fund"))
	o.must(o.Settle())
	o.must(o.Fill("select[name=site]", "qinghe"))
	o.must(o.Fill("select[name=column]", "zijin-xiangmu"))
	o.must(o.Upload(`input[name="t0.file"]`, workbook(o.T, "文化资金三季度.xlsx", [][2]string{{"A1", "G1"}, {"A2", "G2"}, {"A3", "A4"}, {"B3", "B4"}, {"C3", "E3"}, {"G3", "G4"}}, moneySheet...)))
	o.must(o.Until(`document.querySelector("button[value^='map:0:']") && document.readyState === "complete"`))
	o.says("h1", "表格各列是什么")
	o.says("table.mapped", "110***********002X")
	o.says(".box.warn", "有 1 列是身份证号")
	o.sound("fund-map")
	o.must(o.Press("main button.primary"))
	o.must(o.Settle())
	o.says(".told", "已导入 6 行")
	o.sound("fund-found")
	for _, want := range []string{"第 3 行：含有完整的身份证号码", "第 5 行：单位“万亿”", "序号从 5 跳到 7", "233.4 万元，与总额 240.00 万元 不符"} {
		o.says(".box.todo", want)
	}
	o.must(o.Until(`document.querySelector(".box.todo").scrollIntoView({ block: "center" }) || true`))
	o.sound("fund-found")

	// It cannot be sent like that, and nothing that was typed is lost.
	o.must(o.Press("button[value=submit]"))
	o.says("[data-field=purpose]", "请填写资金用途")
	o.Complaints() // a 422
	o.must(o.Settle())
	o.mend("改为 110105********002X", "含有完整的身份证号码")
	o.mend("改为万元", "相差一亿倍")
	o.mend("重新编号", "序号从 5 跳到 7")
	o.mend("采用计算结果", "不符")
	o.must(o.Fill("input[name=purpose]", "三馆一站免费开放和农村文化活动，由李四（身份证号"+household+"）经办"))
	o.must(o.Until(`document.querySelector("[data-field=purpose] .fix")`))
	o.says("[data-field=purpose]", "身份证号码")
	o.must(o.Until(`document.querySelector("[data-field=purpose]").scrollIntoView({ block: "center" }) || true`))
	o.sound("fund-sentence")
	o.must(o.Click("[data-field=purpose] .fix"))
	o.must(o.Until(`document.querySelector("input[name=purpose]").value.includes("110105********002X")`))
	o.must(o.Fill("input[name=approver]", "县财政局"))
	o.must(o.Fill("select[name=paid]", "已拨付"))
	o.must(o.Fill("input[name=hotline]", "0000-6200024"))
	o.must(o.Settle())
	o.must(o.Until(`document.querySelector("#writing .verdict").innerText.includes("没有发现问题")`))
	o.must(o.Until(`window.scrollTo(0, 400) || true`))
	o.sound("fund-mended")
	o.must(o.Press("button[value=submit]"))
	o.says(".done", "已送审")
	o.says(".way", "等待：李娜")
	path, err := o.Path()
	o.must(err)
	id := playlist.NoticeID(path[strings.LastIndex(path, "/")+1:])
	o.sound("fund-sent")

	// No number of a person is left in what was sent, nor on the page.
	version, err := o.c.Store.NoticeVersion(o.Context(), id, 1)
	o.must(err)
	page, err := o.Text("body")
	o.must(err)
	for _, line := range moneySheet[4:10] {
		number := strings.Split(line, "|")[5]
		if strings.Contains(string(version.Body), number) || strings.Contains(page, number) {
			o.Errorf("the number %s is still there", number)
		}
	}
	return id
}

// mend clicks what mends a finding of a table, and waits until that is gone.
func (o *office) mend(label, finding string) {
	o.Helper()
	o.says(".box.todo", finding)
	o.must(o.Until(fmt.Sprintf(`(b => b && (b.click(), true))([...document.querySelectorAll(".box.todo button")].find(b => b.innerText === %q))`, label)))
	o.must(o.Until(fmt.Sprintf(`(p => p && p.dataset.checked && !p.querySelector(".box.todo").innerText.includes(%q))(document.querySelector("#writing"))`, finding)))
}

// approve lets the person at the browser open what waits in 待办 and sign it.
func (o *office) approve(login, step string, id playlist.NoticeID) {
	o.Helper()
	o.as(login)
	o.says("h1", "待办")
	o.must(o.Press(`section.todo a.act[href*="` + string(id) + `"]`))
	if at, err := o.Path(); err == nil && !strings.HasSuffix(at, "/review") {
		o.must(o.Press(".deeds a.primary"))
	}
	o.says("h1", step+"：")
	o.says("#verdict", "签名")
	o.must(o.Press("#verdict button.primary"))
	o.says(".done", "已签名")
}

// hands lets everybody whose turn it is look at the notice; the first reviewer
// sends it back once.
func (o *office) hands(id playlist.NoticeID) {
	o.Helper()
	page := o.base + "/notices/" + string(id)
	o.as("lina")
	o.says("main", "公共文化服务专项资金使用情况")
	o.sound("fund-first-todo")
	o.must(o.Open(page + "/review"))
	o.sound("fund-first")
	o.must(o.Press(".giveback button"))
	o.says(".box.bad", "原因")
	o.Complaints() // a 422
	o.must(o.Click(`.giveback input[value="金额或数字要核对"]`))
	o.must(o.Fill(".giveback textarea", "第 3 行去掉领取人，用途里也不要写经办人。"))
	o.must(o.Until(`document.querySelector(".giveback").scrollIntoView({ block: "center" }) || true`))
	o.sound("fund-return")
	o.must(o.Press(".giveback button"))
	o.says(".done", "已退回")

	// The clerk sees it first of all, with the reason, changes it and sends it again.
	o.as("wangfang")
	o.says("section.todo", "第 3 行去掉领取人")
	o.sound("fund-returned-todo")
	o.must(o.Press(`section.todo a.act[href*="` + string(id) + `"]`))
	o.must(o.Settle())
	o.says("h1", "修改资金公示")
	o.says(".cameback", "金额或数字要核对；第 3 行去掉领取人")
	o.sound("fund-revise")
	o.must(o.Fill(`tr[data-row="2"] td:nth-child(7) input`, "设备"))
	o.must(o.Fill("input[name=purpose]", "三馆一站免费开放和农村文化活动"))
	o.must(o.Settle())
	o.must(o.Press("button[value=submit]"))
	o.says(".done", "已送审")
	o.sound("fund-resent")

	o.approve("lina", "初审", id)
	o.approve("zhaoqiang", "复审", id)
	o.as("sunli")
	o.must(o.Open(page + "/review"))
	o.tick(7)
	o.must(o.Press("#verdict button.primary"))
	o.says(".way", "等待：周涛")
}

// until waits for what the controller will know in a moment.
func (o *office) until(what string, ok func() bool) {
	o.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(3 * time.Minute); !ok(); {
		select {
		case <-tick.C:
		case <-late:
			o.Fatalf("it never came true that %s", what)
		}
	}
}

// shown publishes the notice and sees it on real screens.
func (o *office) shown(id playlist.NoticeID, screens ...*watching) {
	o.Helper()
	o.as("zhoutao")
	o.must(o.Open(o.base + "/notices/" + string(id) + "/review"))
	o.says("#verdict", "发布到屏幕")
	began := time.Now()
	o.must(o.Press("#verdict button.primary"))
	for _, w := range screens {
		w.until("has the notice", func(s kiosk.Status, _ wire.Showing) bool { return has(s, id) })
		w.until("shows the notice", func(_ kiosk.Status, shows wire.Showing) bool { return shows.Notice == id })
		o.Logf("%s shows it %v after the click", w.cfg.Name, time.Since(began))
	}
	o.says(".done", "已发布")
	o.until("both say that they show it", func() bool {
		states, err := o.c.Fleet.List(o.Context())
		o.must(err)
		return !slices.ContainsFunc(states, func(s *fleet.State) bool { return s.Report == nil || s.Report.Showing.Notice != id })
	})
	o.must(o.Open(o.base + "/notices/" + string(id)))
	o.says("#screens table", "正在显示")
	o.sound("fund-published")
}

// down takes the notice down with one click. A screen that is switched off may
// still show it, and the page says so until it has come back.
func (o *office) down(id playlist.NoticeID, hall, gate *watching) {
	o.Helper()
	gate.off()
	page := o.base + "/notices/" + string(id)
	o.until("the screen counts as offline", func() bool {
		states, err := o.c.Fleet.List(o.Context())
		o.must(err)
		return slices.ContainsFunc(states, func(s *fleet.State) bool { return s.Name == gate.cfg.Name && !s.Online })
	})
	o.must(o.Open(page))
	o.says("#screens table", "离线")
	o.sound("fund-offline")
	began := time.Now()
	o.must(o.Click("button.danger"))
	took := hall.until("drops the notice", func(s kiosk.Status, shows wire.Showing) bool { return !has(s, id) && shows.Notice != id })
	o.Logf("%s dropped it %v after the click was taken, %v after it was begun", hall.cfg.Name, took, time.Since(began))
	o.must(o.Until(`document.querySelector("[data-live$='/still/live'] table")`))
	o.says(".done", "已下架")
	o.must(o.Until(`(t => !t.includes("大厅触摸屏") && t.includes("门厅触摸屏") && t.includes("离线"))(document.querySelector("[data-live$='/still/live']").innerText)`))
	o.says("[data-live$='/still/live']", "还有 1 块屏没有撤下")
	o.sound("fund-down")

	// Its cache has the notice; as soon as there is a line it goes.
	gate.on()
	gate.until("drops the notice", func(s kiosk.Status, shows wire.Showing) bool {
		return s.Library != nil && !has(s, id) && shows.Notice != id && s.Online
	})
	o.must(o.Until(`document.querySelector("[data-live$='/still/live']").innerText.includes("没有一块屏还在显示")`)) // by itself
	o.sound("fund-nowhere")

	// Who was in a hurry says why afterwards.
	o.must(o.Fill(".explain input[name=reason]", "第 3 行金额有误，更正后重发"))
	o.must(o.Press(".explain button"))
	o.says("main", "第 3 行金额有误，更正后重发")
}

// recorded finds the notice in the register with all who signed it, and in its
// certificate, once a screen has told that it showed it.
func (o *office) recorded(id playlist.NoticeID) {
	o.Helper()
	o.must(o.Open(o.base + "/register"))
	row := "tbody tr:first-child"
	for _, want := range []string{"公共文化服务专项资金使用情况", "专项与项目资金", "王芳", "李娜", "赵强", "孙丽", "周涛", "退回 1 次", "第 3 行金额有误"} {
		o.says(row, want)
	}
	signed, err := o.Ask(`[...document.querySelectorAll("` + row + ` td")].slice(3, 8).filter(c => !/^\S+\s+\d{4}-\d{2}-\d{2}/.test(c.innerText)).length + ""`)
	o.must(err)
	if signed != "0" {
		o.Errorf("%s of five signatures have no name or no day", signed)
	}
	o.sound("fund-register")

	o.until("the ledgers have come in", func() bool {
		proof, err := o.c.Fleet.ProofOf(o.Context(), id)
		o.must(err)
		return proof.Shown == 2
	})
	o.must(o.Open(o.base + "/notices/" + string(id)))
	o.sound("fund-certificate")
	got, err := o.Later(`(async () => {
		const r = await fetch(document.querySelector("#screens a[href*='certificate.pdf']").href);
		const b = new Uint8Array(await r.arrayBuffer());
		return JSON.stringify({ status: r.status, type: r.headers.get("Content-Type"), name: decodeURIComponent(r.headers.get("Content-Disposition")), data: btoa(Array.from(b, x => String.fromCharCode(x)).join("")) }); })()`)
	o.must(err)
	var pdf struct {
		Status     int
		Type, Name string
		Data       []byte
	}
	o.must(json.Unmarshal([]byte(got), &pdf))
	if pdf.Status != http.StatusOK || pdf.Type != "application/pdf" || !bytes.HasPrefix(pdf.Data, []byte("%PDF")) || !bytes.Contains(pdf.Data[max(0, len(pdf.Data)-64):], []byte("%%EOF")) {
		o.Errorf("the certificate: %d %s, %d bytes, begins %.8q", pdf.Status, pdf.Type, len(pdf.Data), pdf.Data)
	}
	if !strings.Contains(pdf.Name, "公共文化服务专项资金使用情况") {
		o.Errorf("the file of the certificate is called %s", pdf.Name)
	}
	var title []byte // as it stands in a PDF's own particulars
	for _, r := range utf16.Encode([]rune("公共文化服务专项资金使用情况")) {
		title = fmt.Appendf(title, "%04X", r)
	}
	if !bytes.Contains(pdf.Data, title) {
		o.Error("the certificate does not say of which notice it is")
	}
	if dir := os.Getenv("MINGBAI_SHOTS"); dir != "" {
		o.must(os.WriteFile(filepath.Join(dir, "fund-certificate.pdf"), pdf.Data, 0o644))
	}
}

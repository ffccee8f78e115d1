package browse_test

import (
	"context"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/kiosk"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// TestTechnician is what the technician of a county does who looks after screens an
// hour's drive away: she finds out why one is dark, puts a new machine in the place
// of a broken one, and takes a bad program back.
func TestTechnician(t *testing.T) {
	t.Parallel()
	maker := newMaker(t)
	o := openWith(t, "zh-CN", "single", func(ctx context.Context, c *controller.Controller) error {
		_, err := c.ImportSample(ctx)
		return err
	}, func(cfg *configs.Controller) {
		cfg.Updates.Keys = []string{release.PublicText(maker.key.Public().(ed25519.PublicKey))}
		cfg.Screens.Offline = time.Hour // simulated screens report when the test says so
		cfg.Screens.Report = 3 * time.Second
	})
	o.setUp()
	o.as("wangfang")
	var sims []*device
	for _, s := range [][2]string{{"liuxi", "柳溪村村口宣传屏"}, {"xiaohe", "小河村便民服务站"}, {"xiaohe", "小河村文化礼堂"}} {
		d := o.plug()
		o.confirm(<-d.code, playlist.SiteID(s[0]), s[1])
		sims = append(sims, d)
	}
	hall := o.dark()
	fresh := o.replaced(hall)
	o.accepted(fresh)
	o.rolledBack(maker, sims)
}

// well waits until the page of a screen that is open says that all is well.
func (o *office) well() {
	o.Helper()
	if err := o.Until(`document.querySelector("#state").innerText.includes("正常")`); err != nil {
		says, _ := o.Text("#state") // for the message only
		o.Fatalf("%v; it says %q", err, says)
	}
}

// cable is what the system of a machine says of its display.
func (w *watching) cable(status string) {
	w.Helper()
	dir := filepath.Join(w.cfg.Vitals.DRM, "card0-HDMI-A-1")
	w.must(os.MkdirAll(dir, 0o755))
	w.must(os.WriteFile(filepath.Join(dir, "status"), []byte(status+"\n"), 0o644))
}

// plugged gives a machine the folder of a graphics card with a display.
func (o *office) plugged(cfg *configs.Screen) { cfg.Vitals.DRM = filepath.Join(o.TempDir(), "drm") }

// confirm pairs a device without the page.
func (o *office) confirm(code string, site playlist.SiteID, name string) playlist.ScreenID {
	o.Helper()
	row, err := o.c.Fleet.Confirm(o.Context(), "wangfang", code, fleet.Enrolment{Site: site, Name: name})
	o.must(err)
	return row.ID
}

// dark: the touchscreen of a village hall shows nothing. The technician sees that
// from afar, learns why, has somebody plug the cable in again, and sees that it is
// over.
func (o *office) dark() *watching {
	o.Helper()
	board := o.hang("qinghe-led")
	board.until("shows a code", func(s kiosk.Status, _ wire.Showing) bool { return s.Code != "" })
	o.confirm(board.device.Status().Code, "qinghe", "政务中心一楼大屏")
	hall := o.install("liuxi-hall", o.plugged)
	hall.cable("connected")
	hall.pair("liuxi")
	o.well()
	path, err := o.Path()
	o.must(err)
	o.must(o.Open(o.base + "/screens"))
	o.must(o.Until(`document.querySelector("#top").innerText.match(/5\s*正常显示/)`))
	o.must(o.Open(o.base + "/warnings"))
	o.says("#live", "没有告警：所有屏幕都在正常工作")
	o.sound("dark-quiet")

	hall.cable("disconnected")
	// The page that is open says so by itself.
	o.must(o.Until(`document.querySelector("#live").innerText.includes("显示器没接上")`))
	o.must(o.Open(o.base + "/screens"))
	o.says(`nav.side a[href="/warnings"]`, "1")
	o.says("#top", "设备异常")
	o.must(o.Click(`a.chip[data-key=only]`))
	o.must(o.Until(`document.querySelector("#count").innerText.includes("列出 1 块，共 15 块")`))
	o.says("#rows", "liuxi-hall")
	o.says("#rows", "显示器没接上")
	o.says("#rows", "接口（HDMI-A-1）上认不出显示器")
	o.says("#rows", "把视频线两头拔下重新插紧")
	o.sound("dark-list")
	o.must(o.Press("#rows tr.troubled td a"))
	if at, err := o.Path(); err != nil || at != path {
		o.Errorf("the row leads to %s, not to %s: %v", at, path, err)
	}
	o.says("#state .sign.bad", "显示器没接上")
	o.says("#state .sign.bad", "请看显示器是否通电")
	o.must(o.Press("button[value=screenshot]"))
	o.must(o.Until(`document.querySelector("#asked .shot img")?.naturalWidth === 432`))
	o.sound("dark-screen")

	o.must(o.Press(`nav.side a[href="/warnings"]`))
	o.says("#live", "显示器没接上")
	o.sound("dark-warnings")
	o.must(o.Press("#live td a.button"))
	o.must(o.Fill("textarea[name=remark]", "已打电话给村里老周，他去看插头"))
	o.must(o.Press("#take button.primary"))
	o.says(".done", "已接手")
	o.says("#take", "王芳")
	o.says(`nav.side a[href="/warnings"]`, "告警")
	o.sound("dark-taken")

	hall.cable("connected")
	o.must(o.Until(`document.querySelector("main").innerText.includes("已解除")`))
	if left, err := o.Ask(`String([...document.querySelectorAll("#take form")].filter(f => f.checkVisibility()).length)`); err != nil || left != "0" {
		o.Errorf("a warning that is over can still be taken: %s %v", left, err)
	}
	o.sound("dark-over")
	o.must(o.Open(o.base + "/warnings?state=closed"))
	o.says("table", "王芳")
	o.says("table", "已打电话给村里老周")
	o.sound("dark-closed")
	o.must(o.Open(o.base + path))
	o.says("#state", "正常")
	o.must(o.Open(o.base + path + "/events"))
	o.says("main", "显示器没接上")
	o.sound("dark-events")
	return hall
}

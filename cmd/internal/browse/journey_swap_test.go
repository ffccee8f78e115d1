package browse_test

import (
	"slices"
	"strings"

	"mingbai/kiosk"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// notices are those that a screen has.
func (w *watching) notices() []string {
	var all []string
	if l := w.device.Status().Library; l != nil {
		for n := range l.All() {
			all = append(all, string(n.ID))
		}
	}
	slices.Sort(all)
	return all
}

// replaced: the machine behind a touchscreen is broken. A new one comes in its place
// and is the same screen: name, site, content. The old one, which somebody repaired
// and switched on again, is told to stop.
func (o *office) replaced(old *watching) *watching {
	o.Helper()
	id, had := old.device.Status().Library.Settings().Screen.ID, old.notices()
	if len(had) == 0 {
		o.Fatal("the screen that breaks shows nothing")
	}
	old.off()
	o.must(o.Open(o.base + "/screens/" + string(id)))
	o.must(o.Until(`document.querySelector("#state").innerText.includes("离线")`))
	o.sound("swap-offline")
	o.must(o.Press(`.deeds a[href$="/replace"]`))
	o.must(o.Wait("#live"))
	o.sound("swap-empty")
	fresh := o.install("new-box", o.plugged)
	fresh.cable("connected")
	fresh.until("shows a code", func(s kiosk.Status, _ wire.Showing) bool { return s.Code != "" })
	o.must(o.Until(`document.querySelector("#live").innerText.includes("new-box")`))
	o.must(o.Fill("input[name=code]", "000000"))
	o.must(o.Press("main form button.primary"))
	o.says(".finding.stop", "没有屏显示这个配对码")
	o.Complaints() // a refused form is a 422, which the browser notes
	o.sound("swap-wrong")
	o.must(o.Fill("input[name=code]", fresh.device.Status().Code))
	o.must(o.Press("main form button.primary"))
	o.says("main", "新设备的屏和原来的一样")
	o.says("main", "如果再连上来，会被告知停止")
	o.sound("swap-sure")
	o.must(o.Press("form.swap button.primary"))
	o.says("h1", "liuxi-hall")
	fresh.until("has the content of the old one", func(s kiosk.Status, _ wire.Showing) bool {
		return s.Enrolled && s.Library != nil && s.Library.Settings().Screen.ID == id && slices.Equal(fresh.notices(), had)
	})
	if got := fresh.device.Status().Library.Settings().Screen; got.Name != "liuxi-hall" || got.Site != playlist.SiteID("liuxi") {
		o.Errorf("the new machine is %q at %s", got.Name, got.Site)
	}
	o.well()
	o.sound("swap-done")

	old.on()
	old.until("is told to stop", func(kiosk.Status, wire.Showing) bool { return old.hasLogged("does not want this screen any more") })
	o.must(o.Open(o.base + "/screens/" + string(id)))
	o.must(o.Until(`document.querySelector("#live").innerText.includes("换下的旧设备又连上来，已让它停止")`))
	o.says("#state", "正常")
	o.must(o.Open(o.base + "/screens/" + string(id) + "/events"))
	o.sound("swap-events")
	if s := fresh.device.Status(); !s.Online || !strings.Contains(s.Library.Settings().Screen.Name, "liuxi-hall") {
		o.Error("the new machine was disturbed by the old one")
	}
	old.off()
	return fresh
}

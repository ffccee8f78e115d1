package browse_test

import (
	"fmt"
	"image"
	"strings"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist/wire"
)

// press touches the panel with a finger and lifts it again.
func (w *watching) press(at ...image.Point) {
	for _, p := range at {
		w.glass.Input(player.Event{Kind: player.Down, At: p}, player.Event{Kind: player.Up, At: p})
	}
}

// pressUntil touches the panel again and again, as people do, until the page says
// that it saw it.
func (w *watching) pressUntil(says string, at ...image.Point) {
	w.Helper()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	text := ""
	for range 360 {
		w.press(at...)
		var err error
		if text, err = w.Text("#seen"); err != nil {
			w.Fatal(err)
		}
		if strings.Contains(text, says) {
			return
		}
		<-tick.C
	}
	w.Fatalf("the page says %q after many touches; the device: %s", text, w.device.Status().Moment.Now)
}

// accepted: a new screen is tried step by step by somebody who stands before it, from
// its orientation to pulling its plug, and a record comes out.
func (o *office) accepted(w *watching) {
	o.Helper()
	id := w.device.Status().Library.Settings().Screen.ID
	at := "/screens/" + string(id)
	o.must(o.Open(o.base + at))
	o.says("main", "未验收")
	o.must(o.Press(`main a[href="` + at + `/acceptance"]`))
	o.says("main", "开始验收")
	o.sound("accept-start")
	o.must(o.Press("main button.primary"))
	of := 0

	// doing checks which step it is, and begins it.
	doing := func(title, seen string) {
		o.Helper()
		of++
		o.says("main .of", fmt.Sprintf("第 %d 步", of))
		o.says("main h2", title)
		if ask, err := o.Has("button[value=ask]"); err != nil {
			o.Error(err)
		} else if ask {
			o.must(o.Press("button[value=ask]"))
		}
		if seen != "" {
			o.must(o.Until(`document.querySelector("#seen").innerText.includes("` + seen + `")`))
		}
	}
	judge := func(verdict, note string) {
		o.Helper()
		if note != "" {
			o.must(o.Fill("textarea[name=note]", note))
		}
		o.must(o.Press("button[name=verdict][value=" + verdict + "]"))
	}
	doing("方向", "完成")
	o.sound("accept-orientation")
	judge("passed", "")
	doing("触摸", "还没有收到触摸")
	judge("passed", "") // nobody touched it
	o.says(".judge label", "对不上")
	o.Complaints() // a refused form is a 422, which the browser notes
	o.sound("accept-untouched")
	w.pressUntil("收到触摸，最近一次", image.Pt(20, 20), image.Pt(410, 20), image.Pt(410, 740), image.Pt(20, 740), image.Pt(216, 384))
	o.sound("accept-touched")
	o.barriers("a step of the acceptance")
	judge("passed", "")
	doing("亮度", "完成")
	w.until("is dimmed", func(s kiosk.Status, _ wire.Showing) bool { return s.Brightness == 30 })
	o.sound("accept-dimmed")
	o.must(o.Press("button[value=back]"))
	w.until("is bright again", func(s kiosk.Status, _ wire.Showing) bool { return s.Brightness != 30 })
	judge("passed", "")
	doing("声音", "")
	o.must(o.Until(`document.querySelector("#seen li")`))
	o.sound("accept-sound")
	judge("skipped", "")
	o.says("main", "请写明为什么跳过")
	o.Complaints()
	judge("skipped", "这台机器没有喇叭")
	doing("画面", "")
	o.must(o.Until(`document.querySelector("#seen img")?.naturalWidth > 0`))
	o.sound("accept-picture")
	judge("passed", "")

	doing("拔电源", "请拔电源")
	w.off()
	o.must(o.Until(`document.querySelector("#seen").innerText.includes("断开")`))
	o.sound("accept-unplugged")
	w.on()
	o.must(o.Until(`document.querySelector("#seen").innerText.includes("秒有内容")`))
	o.sound("accept-back")
	judge("passed", "")
	doing("预警", "")
	o.sound("accept-alert")
	judge("passed", "")
	doing("时钟", "相差")
	judge("passed", "")
	doing("网络", "往返")
	o.sound("accept-network")
	judge("passed", "")
	doing("自检", "：")
	o.must(o.Until(`document.querySelectorAll("#seen li").length > 3`))
	o.sound("accept-patrol")
	judge("passed", "都看过了")

	o.says("main", "都试过了")
	o.says("main", "跳过 1 步")
	o.sound("accept-all")
	o.must(o.Press("form:has(input[value=finish]) button"))
	o.says("main", "这台机器没有喇叭")
	o.sound("accept-record")
	o.barriers("the record of an acceptance")
	path, err := o.Path()
	o.must(err)
	if !strings.HasPrefix(path, at+"/acceptance/a-") {
		o.Errorf("the record is at %s", path)
	}
	o.must(o.Open(o.base + at))
	o.says("main", "通过验收")
	o.sound("accept-screen")
}

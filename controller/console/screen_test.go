package console_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// device says hello as a device with a key made of one byte.
func device(seed byte, kind playlist.ScreenKind, panel playlist.Panel) wire.Hello {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	return wire.Hello{Version: wire.Version, Key: key, Program: "kiosk 1", Kind: kind, Panel: panel, Host: fmt.Sprint("box-", seed)}
}

func (o *office) code(h wire.Hello) string {
	o.Helper()
	v, err := o.c.Fleet.Hello(o.Context(), h, "10.0.0.9:1")
	if err != nil || len(v.Pairing.Code) != 6 {
		o.Fatalf("no code: %+v, %v", v, err)
	}
	return v.Pairing.Code
}

var upright = playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}

func (o *office) hall() (old wire.Hello) {
	o.Helper()
	if _, err := o.c.Fleet.Add(o.Context(), "test", playlist.Screen{ID: "hall", Site: "liuxi", Kind: playlist.Touch, Name: "大厅触摸屏", Panel: upright}, ""); err != nil {
		o.Fatal(err)
	}
	old = device(1, playlist.Touch, upright)
	if _, err := o.c.Fleet.Confirm(o.Context(), "test", o.code(old), fleet.Enrolment{Screen: "hall"}); err != nil {
		o.Fatal(err)
	}
	old.Screen = "hall"
	return old
}

// TestReplaceDevice gives a screen a new device from its page: another kind is
// refused, another panel is pointed out before, and then the old device is turned
// away, the new one is the screen, and the record of display goes on in a new book.
func TestReplaceDevice(t *testing.T) {
	o := open(t, nil)
	old := o.hall()
	before, err := o.c.Store.Screen(t.Context(), "hall")
	if err != nil {
		t.Fatal(err)
	}
	tech := o.comes("jishu", "liuxi", accounts.Technician)
	o.comes("other", "shiling", accounts.Technician).get("/screens/hall/replace").wants(403)
	o.comes("writer", "", accounts.Drafter).get("/screens/hall/replace").wants(403)

	tech.get("/screens/hall/replace").wants(200, "六位数字")
	tech.post("/screens/hall/replace", "code", "12").wants(422, "请输入屏上显示的六位数字")
	tech.post("/screens/hall/replace", "code", "999999").wants(422, "没有屏显示这个配对码")
	board := device(2, playlist.LED, playlist.Panel{Width: 192, Height: 64})
	tech.post("/screens/hall/replace", "code", o.code(board)).wants(422, "不能互换")
	wide := playlist.Panel{Width: 1920, Height: 1080, WidthMM: 476, HeightMM: 268}
	fresh := device(3, playlist.Touch, wide)
	code := o.code(fresh)
	tech.post("/screens/hall/replace", "code", code[:3]+" "+code[3:]).wants(200, "1080×1920", "1920×1080", "横竖不一样", fleet.Fingerprint(old.Key), fleet.Fingerprint(fresh.Key), "会被告知停止")
	if now, err := o.c.Store.Screen(t.Context(), "hall"); err != nil || !bytes.Equal(now.Key, old.Key) {
		t.Fatal("looking has changed something", err)
	}
	tech.post("/screens/hall/replace", "code", code, "sure", "1", "panel", "new").wants(200, "新设备接替了这块屏")
	now, err := o.c.Store.Screen(t.Context(), "hall")
	if err != nil || !bytes.Equal(now.Key, fresh.Key) || now.Panel.Width != 1920 || now.Name != before.Name || now.Epoch != before.Epoch+1 || now.SettingsRevision <= before.SettingsRevision {
		t.Errorf("after: %+v, %v", now, err)
	}
	if _, err := o.c.Fleet.Hello(t.Context(), old, "x"); err == nil || !strings.Contains(err.Error(), hub.ErrRemoved.Error()) {
		t.Errorf("the old device: %v", err)
	}
	events, err := o.c.Store.Events(t.Context(), "hall", 0, 10)
	if err != nil || len(events) == 0 || events[0].Kind != store.EventReplaced || events[0].Detail != fleet.Fingerprint(fresh.Key) || events[0].Actor != "jishu" {
		t.Errorf("events: %+v, %v", events, err)
	}
	lines, err := o.c.Store.Records(t.Context(), "hall", 0, 1)
	if err != nil || len(lines) != 1 || lines[0].Action != "screen.replace" || lines[0].Before != fleet.Fingerprint(old.Key) || lines[0].After != fleet.Fingerprint(fresh.Key) {
		t.Errorf("audit: %+v, %v", lines, err)
	}
}

// TestRetireScreen takes a screen out of service: lists lose it, what it displayed
// keeps its name, and a device brings it back with a ledger that goes on.
func TestRetireScreen(t *testing.T) {
	o := open(t, nil)
	old := o.hall()
	boss := o.comes("boss", "", everything...)
	boss.post("/write/announcement", announcement...).wants(200, "已发布")
	notice := boss.id()
	at := time.Now().Add(-24 * time.Hour)
	if err := o.c.Store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddDisplay(t.Context(), store.DisplayDay{Notice: notice, Screen: "hall", Day: at.Format("2006-01-02"), Shown: time.Hour, Times: 9, First: at, Last: at, Version: 1})
	}); err != nil {
		t.Fatal(err)
	}
	before, err := o.c.Store.Screen(t.Context(), "hall")
	if err != nil {
		t.Fatal(err)
	}
	o.comes("other", "shiling", accounts.Technician).post("/screens/hall/retire", "reason", "x").wants(403)
	boss.post("/screens/hall/retire", "reason", "  ").wants(422, "请写明为什么停用")
	boss.post("/screens/hall/retire", "reason", "屏体损坏").wants(200, "已停用", "大厅触摸屏", "屏体损坏")
	if boss.get("/screens"); strings.Contains(boss.body, "大厅触摸屏") {
		t.Error("it is still in the list")
	}
	boss.get("/screens/hall").wants(200, "停用的屏幕", "大厅触摸屏")
	boss.get("/notices/"+string(notice)).wants(200, "大厅触摸屏", "已停用，自")
	if _, err := o.c.Fleet.Hello(t.Context(), old, "x"); err == nil {
		t.Error("its device is still let in")
	}

	fresh := device(9, playlist.Touch, upright)
	boss.get("/pairing?screen=hall").wants(200, "停用的：")
	boss.post("/pairing", "code", o.code(fresh), "screen", "hall").wants(200, "配对成功", "大厅触摸屏")
	now, err := o.c.Store.Screen(t.Context(), "hall")
	if err != nil || now.Epoch != before.Epoch+1 || now.SettingsRevision < before.SettingsRevision {
		t.Errorf("it came back as %+v, %v", now, err)
	}
	boss.get("/screens/retired").wants(200, "没有停用的屏幕")
}

// TestScreenEvents pages through three hundred events, each once.
func TestScreenEvents(t *testing.T) {
	o := open(t, nil)
	o.hall()
	p := o.comes("jishu", "liuxi", accounts.Technician)
	err := o.c.Store.Update(t.Context(), func(tx *store.Tx) error {
		for i := range 300 {
			e := store.Event{Screen: "hall", At: time.Now(), Kind: store.EventVersion, Detail: fmt.Sprintf("kiosk-%03d.", i)}
			if err := tx.AddEvent(t.Context(), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.get("/screens/hall").wants(200, "kiosk-299.", "发生过什么")
	seen, pages := map[string]bool{}, 0
	for at := "/screens/hall/events"; at != "" && pages < 20; pages++ {
		p.get(at).wants(200)
		for i := range 300 {
			if one := fmt.Sprintf("kiosk-%03d.", i); strings.Contains(p.body, one) {
				if seen[one] {
					t.Fatalf("%s is on two pages", one)
				}
				seen[one] = true
			}
		}
		_, rest, more := strings.Cut(p.body, `href="/screens/hall/events?before=`)
		if at = ""; more {
			id, _, _ := strings.Cut(rest, `"`)
			at = "/screens/hall/events?before=" + id
		}
	}
	if len(seen) != 300 || pages < 3 {
		t.Errorf("%d events on %d pages", len(seen), pages)
	}
}

// TestRestartIsAskedTwice shows that a command which takes the picture away is
// asked for once more, without a script.
func TestRestartIsAskedTwice(t *testing.T) {
	o := open(t, nil)
	o.hall()
	p := o.comes("jishu", "liuxi", accounts.Technician)
	p.post("/screens/hall/command", "kind", "restart").wants(200, "确定重启程序", "不在线")
	p.post("/screens/hall/command", "kind", "restart", "sure", "1").wants(http.StatusConflict, "不在线")
	p.get("/screens/hall/sure?kind=screenshot").wants(404)
}

// TestFiguresOfAnAbsentScreen: what a screen that is offline said last is not told as
// if it were so now.
func TestFiguresOfAnAbsentScreen(t *testing.T) {
	o := open(t, nil)
	hello := o.hall()
	p := o.comes("jishu", "liuxi", accounts.Technician)
	const before = "以前的数字"
	p.get("/screens/hall").wants(200)
	p.lacks(before) // it has said nothing yet
	if _, err := o.c.Fleet.Hello(t.Context(), hello, "10.0.0.9:1"); err != nil {
		t.Fatal(err)
	}
	r := wire.Report{Time: time.Now(), Showing: wire.Showing{Page: "loop", Since: time.Now()}}
	r.Vitals.Running, r.Vitals.Uptime, r.Vitals.CPU = 60, 90, 37
	if err := o.c.Fleet.Report(t.Context(), "hall", r); err != nil {
		t.Fatal(err)
	}
	p.get("/screens/hall").wants(200, "正在显示", "37")
	p.lacks(before, "离线前显示")
	o.c.Fleet.Gone("hall", time.Now(), "connection lost")
	p.get("/screens/hall").wants(200, "离线前显示", before, "37")
	p.lacks("正在显示")
	p.get("/screens/hall/live?part=charts").wants(200, before)
	p.get("/screens/hall/live?part=state").wants(200, "离线前显示")
}

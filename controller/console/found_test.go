package console_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/controller/backup"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestTakenBackFromThePage restores a real backup of before some screens were
// paired. They come with the controller's own signature; a technician sees those of
// the own village only, says where one without a site goes, and takes the rest back
// with one button.
func TestTakenBackFromThePage(t *testing.T) {
	o := open(t, nil)
	copied := filepath.Join(t.TempDir(), "copy")
	if _, err := backup.Make(t.Context(), backup.Request{Place: backup.Of(o.c.Config), Dir: copied, Store: o.c.Store}); err != nil {
		t.Fatal(err)
	}
	boss := o.comes("boss", "", everything...)
	boss.get("/pairing").wants(200)
	boss.lacks("恢复后找回")
	if err := o.c.Desk.PutSite(t.Context(), publish.Who{Actor: "test"}, playlist.Site{ID: "xinzhai", Parent: "qinghe", Kind: playlist.Village, Name: "新寨村"}); err != nil {
		t.Fatal(err)
	}
	type came struct {
		hello wire.Hello
		proof wire.Proof
	}
	var all []came
	for i, site := range []playlist.SiteID{"liuxi", "liuxi", "shiling", "xinzhai"} {
		h := device(byte(i+10), playlist.Touch, upright)
		row, err := o.c.Fleet.Confirm(t.Context(), "test", o.code(h), fleet.Enrolment{Site: site, Name: fmt.Sprintf("后装的 %d 号屏", i+1), Place: "一楼大厅"})
		if err != nil {
			t.Fatal(err)
		}
		h.Screen, h.Settings = row.ID, row.SettingsRevision
		env, err := o.c.Store.Settings(t.Context(), row.ID)
		if err != nil {
			t.Fatal(err)
		}
		set, err := wire.OpenSettings(env, o.c.Fleet.RootKey())
		if err != nil {
			t.Fatal(err)
		}
		c := came{hello: h}
		if err := json.Unmarshal(set.Enrolment, &c.proof.Enrolment); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}

	data := filepath.Join(t.TempDir(), "new")
	o = bare(t, func(cfg *configs.Controller) {
		cfg.Data = data
		if _, err := backup.Restore(t.Context(), backup.Order{Place: backup.Of(*cfg), Dir: copied}); err != nil {
			t.Fatal(err)
		}
	})
	for _, c := range all {
		if v, err := o.c.Fleet.Hello(t.Context(), c.hello, "10.0.0.9:1"); err != nil || !v.Pairing.Prove {
			t.Fatalf("%+v, %v", v, err)
		}
		if err := o.c.Fleet.Proof(t.Context(), c.hello, c.proof); err != nil {
			t.Fatal(err)
		}
	}
	print := func(c came) string { return fleet.Fingerprint(c.hello.Key) }

	tech := o.comes("jishu", "liuxi", accounts.Technician)
	tech.get("/screens").wants(200, "恢复后等着找回")
	tech.get("/pairing").wants(200, "恢复后找回", "后装的 1 号屏", "后装的 2 号屏", "新寨", "选站点", "全部找回（2 块屏）")
	tech.lacks("后装的 3 号屏")
	tech.post("/pairing/found", "device", print(all[2])).wants(200, "这次没有找回")
	tech.post("/pairing/found", "device", print(all[3]), "site", "shiling").wants(403)
	tech.post("/pairing/found", "device", print(all[3])).wants(200, "找回到哪个站点")
	tech.post("/pairing/found", "device", print(all[3]), "site", "liuxi").wants(200, "已找回", "后装的 4 号屏")
	o.comes("keeper", "", accounts.Administrator).get("/backups").wants(200, "恢复后等着找回", "由技术人员找回")
	tech.post("/pairing/found").wants(200, "能找回的都已找回")
	tech.lacks("后装的 1 号屏", "选站点")
	tech.post("/pairing/found").wants(200, "这次没有找回")
	boss = o.comes("boss", "", everything...)
	boss.get("/pairing").wants(200, "后装的 3 号屏", "全部找回（1 块屏）")
	for i, want := range []playlist.SiteID{"liuxi", "liuxi", "", "liuxi"} {
		row, err := o.c.Store.Screen(t.Context(), all[i].hello.Screen)
		if (err == nil) != (want != "") || row.Site != want {
			t.Errorf("screen %d: at %q, %v", i+1, row.Site, err)
		}
	}
}

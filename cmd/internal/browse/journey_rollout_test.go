package browse_test

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/rollout"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// maker is who builds programs: a key and the chain that begins with it.
type maker struct {
	key   ed25519.PrivateKey
	chain []wire.Envelope
}

func newMaker(t *testing.T) maker {
	t.Helper()
	m := maker{key: release.NewKey()}
	env, err := release.SignKeySet(release.KeySet{Version: 1, Threshold: 1, Keys: []release.Key{{Holder: "maker", Public: m.key.Public().(ed25519.PublicKey)}}}, m.key)
	if err != nil {
		t.Fatal(err)
	}
	m.chain = []wire.Envelope{env}
	return m
}

// pack makes the file of a touchscreen's program and returns where it lies.
func (m maker) pack(o *office, version string, sequence uint64, notes string) string {
	o.Helper()
	program := "program " + version
	env, err := release.SignPackage(release.Package{
		Name: release.Kiosk, Version: version, OS: "linux", Arch: "amd64", Keys: 1, Sequence: sequence,
		Blob:  playlist.Blob{Ref: assets.RefOf([]byte(program)), Size: int64(len(program))},
		Built: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Protocol: release.Protocol{Min: 1, Max: wire.Version},
		Notes: release.Notes{Zh: notes, En: notes},
	}, m.key)
	o.must(err)
	path := filepath.Join(o.TempDir(), "kiosk-"+version+".zip")
	f, err := os.Create(path)
	o.must(err)
	o.must(rollout.WriteFile(f, env, m.chain, strings.NewReader(program)))
	o.must(f.Close())
	return path
}

// runs lets a device report which program it runs and how far it is with another.
func (d *device) runs(version string, update wire.UpdateState) {
	d.say(wire.TypeReport, wire.Report{Time: time.Now(), Showing: wire.Showing{Page: "home", Since: time.Now()},
		Vitals: wire.Vitals{DiskFree: 1 << 40, DiskTotal: 1 << 40, Program: wire.Program{Version: version, Slot: "a", Update: update}}})
}

// rolledBack: a new program is brought to the screens step by step. The first screen
// cannot run it; the update stops by itself, the page says why, and the technician
// goes back to the program before.
func (o *office) rolledBack(m maker, sims []*device) {
	o.Helper()
	for _, d := range sims {
		d.runs("2.3.0", wire.UpdateState{})
	}
	o.must(o.Open(o.base + "/updates"))
	o.says("main", "还没有程序包")
	o.must(o.Upload("input[name=file]", picture(o.T, "not-a-package.zip")))
	o.must(o.Press("form.bring button.primary"))
	o.says("form.bring .finding.stop", "这不是完整的程序包文件")
	o.Complaints() // a refused file is a 422, which the browser notes
	o.sound("rollout-wrong-file")
	for i, v := range [][2]string{{"2.3.0", "第一次用的版本"}, {"2.4.0", "触摸更灵敏，开机更快"}} {
		o.must(o.Upload("input[name=file]", m.pack(o, v[0], uint64(i+1), v[1])))
		o.must(o.Press("form.bring button.primary"))
		o.says(".done", "签名正确")
	}
	o.says("table.packages", "触摸更灵敏，开机更快")
	o.sound("rollout-packages")
	row := `tr:has(input[value="kiosk-linux-amd64-1.2"])`
	o.must(o.Fill(row+" select[name=site]", "qinghe"))
	o.must(o.Press(row + " button"))
	o.says(".done", "先推给少数几块屏")
	o.says("#live", "第 1 步（1%）")
	o.sound("rollout-started")

	first := o.offered(sims, "2.4.0")
	sims[first].runs("2.3.0", wire.UpdateState{Version: "2.4.0", Step: wire.UpdateTrial})
	sims[first].runs("2.3.0", wire.UpdateState{Version: "2.4.0", Step: wire.UpdateFailed, Error: "crashed: it ended with code 2"})
	// The page that is open says so by itself.
	o.must(o.Until(`document.querySelector("#live").innerText.includes("已自动停下")`))
	o.says("#live", "异常退出")
	o.says("#live", "退回旧版")
	o.sound("rollout-stopped")
	o.must(o.Press("#live article h2 a"))
	o.says("#live table", "失败，已换回旧版")
	o.sound("rollout-rows")
	o.barriers("a rollout")
	o.must(o.Press("#live button[value=back]"))
	o.says(".done", "退回旧版")
	for i, d := range sims {
		for got := "none"; got != "2.3.0"; { // what was offered before is withdrawn first
			select {
			case got = <-d.offers:
			case <-time.After(3 * time.Minute):
				o.Fatalf("screen %d was not offered the former program, lately %q", i, got)
			}
		}
		d.runs("2.3.0", wire.UpdateState{Version: "2.3.0", Step: wire.UpdateDone})
	}
	o.must(o.Open(o.base + "/updates"))
	o.must(o.Until(`document.querySelector("#live").innerText.includes("完成 3")`))
	o.sound("rollout-back")
}

// offered waits until one of the devices is offered a version, and says which.
func (o *office) offered(sims []*device, version string) int {
	o.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(3 * time.Minute); ; {
		for i, d := range sims {
			select {
			case got := <-d.offers:
				if got == version {
					return i
				}
			default:
			}
		}
		select {
		case <-tick.C:
		case <-late:
			o.Fatalf("nobody was offered %s", version)
		}
	}
}

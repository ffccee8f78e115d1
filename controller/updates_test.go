package controller_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// vendor is who builds programs: a key and the chain that begins with it.
type vendor struct {
	key   ed25519.PrivateKey
	chain []wire.Envelope
}

func newVendor(t *testing.T) vendor {
	t.Helper()
	v := vendor{key: release.NewKey()}
	env, err := release.SignKeySet(release.KeySet{Version: 1, Threshold: 1, Keys: []release.Key{{Holder: "wang", Public: v.public()}}}, v.key)
	if err != nil {
		t.Fatal(err)
	}
	v.chain = []wire.Envelope{env}
	return v
}

func (v vendor) public() ed25519.PublicKey { return v.key.Public().(ed25519.PublicKey) }

// pack makes a package file of the touchscreen's program.
func (v vendor) pack(t *testing.T, version string, sequence uint64, program string) []byte {
	t.Helper()
	env, err := release.SignPackage(release.Package{
		Name: release.Kiosk, Version: version, OS: "linux", Arch: "amd64", Keys: 1, Sequence: sequence,
		Blob:  playlist.Blob{Ref: assets.RefOf([]byte(program)), Size: int64(len(program))},
		Built: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Protocol: release.Protocol{Min: 1, Max: wire.Version},
		Notes: release.Notes{Zh: "修好了触摸", En: "touch is mended"},
	}, v.key)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := rollout.WriteFile(&file, env, v.chain, strings.NewReader(program)); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// updatable are the settings of a controller that believes a vendor.
func updatable(dir string, v vendor) configs.Controller {
	cfg := settings(dir)
	cfg.Updates.Keys = []string{release.PublicText(v.public())}
	return cfg
}

// startTurning runs a controller whose rollouts take a turn every 20 ms.
func startTurning(t *testing.T, cfg configs.Controller) (*controller.Controller, func()) {
	t.Helper()
	c, err := controller.NewWith(cfg, quiet(t), controller.Options{TurnEvery: 20 * time.Millisecond, Unhurried: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-done; err != nil {
				t.Errorf("run: %v", err)
			}
			if err := c.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
	}
	t.Cleanup(stop)
	return c, stop
}

// runs reports that a device runs a version and how far it is with another.
func (d *device) runs(version string, update wire.UpdateState) {
	d.t.Helper()
	d.send(wire.TypeReport, wire.Report{Time: time.Now(), Showing: wire.Showing{Page: "home", Since: time.Now()},
		Vitals: wire.Vitals{DiskFree: 1 << 40, DiskTotal: 1 << 40, Program: wire.Program{Version: version, Slot: "a", Update: update}}})
}

// offered waits for the next offer and returns its version, empty for a withdrawal.
func (d *device) offered() string {
	d.t.Helper()
	var o wire.Offer
	d.expect(wire.TypeOffer, &o)
	if o.Package.Payload == nil {
		return ""
	}
	p, err := release.OpenPackage(o.Package)
	if err != nil {
		d.t.Fatal(err)
	}
	return p.Version
}

// update does with the offer what a device does: it fetches the program with its
// token, compares it and says done.
func (d *device) update(c *controller.Controller, program string) {
	d.t.Helper()
	d.runs("1", wire.UpdateState{Version: "2", Step: wire.UpdateFetching})
	r, err := http.NewRequest("GET", c.URL()+"/device/v1/blobs/"+assets.RefOf([]byte(program)).String(), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.welcome.BlobToken)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err != nil || string(got) != program {
		d.t.Fatalf("the program is %q, %v", got, err)
	}
	d.runs("2", wire.UpdateState{Version: "2", Step: wire.UpdateDone})
}

// yard is devices of one site that run version 1.
func yard(t *testing.T, c *controller.Controller, n int) []*device {
	t.Helper()
	a := newClient(t, c)
	var out []*device
	for i := range n {
		d := newDevice(t, c)
		d.enrol(a, fmt.Sprintf(`"site":"liuxi","name":"%d 号屏"`, i+1))
		d.runs("1", wire.UpdateState{})
		out = append(out, d)
	}
	eventually(t, func() bool {
		states, err := c.Fleet.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fit := 0
		for _, s := range states {
			if rollout.Misfit(s, "kiosk/linux/amd64") == "" {
				fit++
			}
		}
		return fit == n
	})
	return out
}

// reached is the device that a rollout of one chose, and the others.
func reached(t *testing.T, c *controller.Controller, id string, all []*device) (first *device, others []*device) {
	t.Helper()
	p, err := c.Depot.Progress(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rows) != 1 {
		t.Fatalf("%d screens were chosen first", len(p.Rows))
	}
	for _, d := range all {
		if d.screen == p.Rows[0].State.ID {
			first = d
			continue
		}
		others = append(others, d)
	}
	return first, others
}

func stands(t *testing.T, c *controller.Controller, id string, want store.RolloutState, stage store.Stage, done int) {
	t.Helper()
	eventually(t, func() bool {
		p, err := c.Depot.Progress(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return p.Rollout.State == want && p.Rollout.Stage == stage && p.Done == done
	})
}

// TestRollout brings a program to five devices over real sockets. The controller
// ends in the middle and goes on where it was.
func TestRollout(t *testing.T) {
	v := newVendor(t)
	cfg := updatable(t.TempDir(), v)
	c, stop := startTurning(t, cfg)
	if _, err := c.ImportSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := yard(t, c, 5)
	const program = "the second program"
	file := v.pack(t, "2", 2, program)
	pkg, err := c.Depot.Bring(t.Context(), "wang", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	ro, err := c.Depot.Start(t.Context(), "wang", pkg.ID, "liuxi")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Depot.Start(t.Context(), "wang", pkg.ID, "liuxi"); err == nil {
		t.Error("two rollouts of one program run at once")
	}
	first, _ := reached(t, c, ro.ID, all)
	if got := first.offered(); got != "2" {
		t.Fatalf("it was offered %q", got)
	}
	first.update(c, program)
	stands(t, c, ro.ID, store.RolloutRunning, store.StageFew, 1)

	stop()
	c, _ = startTurning(t, cfg)
	p, err := c.Depot.Progress(t.Context(), ro.ID)
	if err != nil || p.Rollout.State != store.RolloutRunning || p.Done != 1 || p.Until.IsZero() {
		t.Fatalf("after the controller came back the rollout is %+v, %v", p.Rollout, err)
	}
	for _, d := range all {
		d.url = "ws" + strings.TrimPrefix(c.URL(), "http") + "/device/v1/ws"
		d.connect()
		d.expect(wire.TypeWelcome, &d.welcome)
	}
	if got := first.offered(); got != "2" {
		t.Fatalf("after the controller came back it was offered %q", got)
	}
	eventually(t, func() bool {
		p, err = c.Depot.Progress(t.Context(), ro.ID)
		return err == nil && p.Fits == 5
	})
	if _, err := c.Depot.Do(t.Context(), "wang", ro.ID, rollout.Next); err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d != first {
			if got := d.offered(); got != "2" {
				t.Fatalf("%s was offered %q", d.screen, got)
			}
			d.update(c, program)
		}
	}
	stands(t, c, ro.ID, store.RolloutRunning, store.StageAll, 5)
	if events, err := c.Store.Events(t.Context(), all[1].screen, 0, 20); err != nil || !strings.Contains(fmt.Sprint(events), "done 2") {
		t.Errorf("the events of a screen are %v, %v", events, err)
	}
}

// TestRolloutStops lets the first of five devices fail: the others keep what they
// have, the reason names it, and going back needs the former package.
func TestRolloutStops(t *testing.T) {
	v := newVendor(t)
	c, _ := startTurning(t, updatable(t.TempDir(), v))
	if _, err := c.ImportSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := yard(t, c, 5)
	for i, version := range []string{"1", "2"} {
		file := v.pack(t, version, uint64(i+1), "program "+version)
		if _, err := c.Depot.Bring(t.Context(), "wang", bytes.NewReader(file), int64(len(file))); err != nil {
			t.Fatal(err)
		}
	}
	ro, err := c.Depot.Start(t.Context(), "wang", "kiosk-linux-amd64-1.2", "liuxi")
	if err != nil {
		t.Fatal(err)
	}
	first, others := reached(t, c, ro.ID, all)
	if got := first.offered(); got != "2" {
		t.Fatalf("it was offered %q", got)
	}
	first.runs("1", wire.UpdateState{Version: "2", Step: wire.UpdateFailed, Error: "crashed: it ended with code 2"})
	stands(t, c, ro.ID, store.RolloutStopped, store.StageFew, 0)
	p, err := c.Depot.Progress(t.Context(), ro.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Rollout.ReasonZh, p.Rows[0].State.Name) || !strings.Contains(p.Rollout.ReasonZh, "异常退出") || p.Rollout.ReasonBy != "" {
		t.Errorf("the reason is %q by %q", p.Rollout.ReasonZh, p.Rollout.ReasonBy)
	}
	back, err := c.Depot.Do(t.Context(), "wang", ro.ID, rollout.Back)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(others, first) {
		got := d.offered()
		for got == "" { // the withdrawal came first
			got = d.offered()
		}
		if got != "1" {
			t.Fatalf("%s was offered %q", d.screen, got)
		}
	}
	stands(t, c, back.ID, store.RolloutRunning, store.StageAll, 5)
	records, err := c.Store.Records(t.Context(), "", 0, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"package.bring", "rollout.start", "rollout.stopped", "rollout.back"} {
		if !strings.Contains(fmt.Sprint(records), want) {
			t.Errorf("the audit log has no line of %s", want)
		}
	}
}

// TestWrongPackages brings files that are not right: nothing of them stays.
func TestWrongPackages(t *testing.T) {
	v, thief := newVendor(t), newVendor(t)
	c := openController(t, updatable(t.TempDir(), v))
	good := v.pack(t, "2", 2, "the program")
	f, err := rollout.OpenFile(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var other bytes.Buffer
	if err := rollout.WriteFile(&other, f.Envelope, f.Chain, strings.NewReader("a different")); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"nothing": nil, "no archive": []byte("#!/bin/sh"), "cut off": good[:len(good)/2],
		"by a stranger": thief.pack(t, "2", 2, "the program"), "another program": other.Bytes(),
	} {
		if p, err := c.Depot.Bring(t.Context(), "wang", bytes.NewReader(file), int64(len(file))); err == nil {
			t.Errorf("%s was taken as %s", name, p.ID)
		}
	}
	if known, err := c.Store.Packages(t.Context()); err != nil || len(known) > 0 {
		t.Errorf("there are packages: %v, %v", known, err)
	}
	if c.Blobs.Has(assets.RefOf([]byte("the program"))) {
		t.Error("the program of a refused package was kept")
	}
	if _, err := c.Depot.Bring(t.Context(), "wang", bytes.NewReader(good), int64(len(good))); err != nil {
		t.Errorf("the right one: %v", err)
	}
	if _, err := c.Depot.Bring(t.Context(), "wang", bytes.NewReader(good), int64(len(good))); err == nil {
		t.Error("it was taken twice")
	}
}

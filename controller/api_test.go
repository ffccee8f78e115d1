package controller_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets/durable"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// client calls the API and holds every answer to its description.
type client struct {
	t     *testing.T
	url   string
	token string
	doc   map[string]any
	seen  map[string]bool // operationIds that were answered with success
}

type answer struct {
	status int
	body   []byte
	header http.Header
}

// TestAPI calls every route of the description on a running controller with a
// small county and one real connection of a device.
func TestAPI(t *testing.T) {
	v := newVendor(t)
	c, _ := start(t, updatable(t.TempDir(), v))
	load(t, c)
	a := newClient(t, c)

	var sites struct{ Items []playlist.Site }
	a.do("GET", "/api/v1/sites", "", &sites)
	root := sites.Items[0]
	a.do("PUT", "/api/v1/sites/"+string(root.ID), encode(t, root), nil)
	var programme struct {
		Playlists, Rules []map[string]any
		Revision         playlist.Revision
	}
	at := "/api/v1/sites/" + string(root.ID) + "/programme"
	a.do("GET", at, "", &programme)
	same := encode(t, map[string]any{"playlists": programme.Playlists, "rules": programme.Rules})
	a.do("POST", at+"/check", same, nil)
	a.do("PUT", at, same, &programme)
	if len(programme.Playlists) == 0 || len(programme.Rules) == 0 || programme.Revision < 2 {
		t.Errorf("the programme of %s: %+v", root.ID, programme)
	}
	a.refused("PUT", at, `{"playlists":[{"id":"p","name":"p","items":[{"notice":"nowhere"}]}],"rules":[]}`, 422, "invalid")
	a.refused("GET", "/api/v1/sites/nowhere/programme", "", 404, "not_found")
	var columns struct{ Items []playlist.Column }
	a.do("GET", "/api/v1/columns", "", &columns)
	leaf := columns.Items[len(columns.Items)-1].ID

	d := newDevice(t, c)
	d.enrol(a, fmt.Sprintf(`"site":%q,"name":"一楼大厅 9 号触摸屏"`, root.ID))
	channel := playlist.ChannelID{Site: root.ID}
	d.until(channel, func(playlist.Edition) bool { return true })
	stranger := newDevice(t, c)
	stranger.connect()
	stranger.expect(wire.TypePairing, nil)
	a.do("GET", "/api/v1/pairing", "", nil)
	a.refused("POST", "/api/v1/pairing", fmt.Sprintf(`{"code":"000000","site":%q,"name":"x"}`, root.ID), 404, "code")

	callUpdates(t, a, v, root.ID)

	// A notice from the button to the screen and away again.
	n := announcement(root.ID, leaf, "关于调整办事窗口时间的公告")
	a.do("POST", "/api/v1/notices/check", encode(t, n), nil)
	var pub struct {
		Notice   playlist.NoticeID
		Version  int
		Revision playlist.Revision
	}
	a.do("POST", "/api/v1/notices", `{"notice":`+encode(t, n)+`}`, &pub)
	entry := func(version int) func(playlist.Edition) bool {
		return func(e playlist.Edition) bool {
			return slices.ContainsFunc(e.Notices, func(x playlist.Entry) bool { return x.ID == pub.Notice && x.Version == version })
		}
	}
	d.until(channel, entry(1))
	first := pub
	n.Title += "（修订）"
	a.do("PUT", "/api/v1/notices/"+string(pub.Notice), `{"notice":`+encode(t, n)+`}`, &pub)
	if pub.Version != 2 || pub.Notice != first.Notice {
		t.Errorf("revised: %+v", pub)
	}
	d.until(channel, entry(2))
	a.do("GET", "/api/v1/notices/"+string(pub.Notice), "", nil)
	a.do("GET", "/api/v1/notices?limit=5&below=true&site="+string(root.ID), "", nil)

	a.do("POST", "/api/v1/notices", `{"draft":true,"notice":`+encode(t, announcement(root.ID, leaf, "只是草稿"))+`}`, &first)
	// A program sends a draft and takes it back; what is in review is released by a
	// person.
	sent := "/api/v1/notices/" + string(first.Notice)
	a.do("POST", sent+"/submit", `{"version":1,"note":"请审核"}`, nil)
	a.refused("POST", sent+"/submit", `{}`, 409, "turn")
	a.refused("PUT", sent, `{"draft":true,"notice":`+encode(t, announcement(root.ID, leaf, "改了"))+`}`, 409, "in_review")
	a.refused("POST", sent+"/release", `{"version":1}`, 403, "forbidden")
	a.do("POST", sent+"/withdraw", `{}`, nil)
	a.do("POST", sent+"/release", `{"version":1}`, nil)
	d.until(channel, func(e playlist.Edition) bool {
		return slices.ContainsFunc(e.Notices, func(x playlist.Entry) bool { return x.ID == first.Notice })
	})

	from := time.Now().Add(-time.Minute)
	d.send(wire.TypeLedger, wire.Ledger{Rows: []wire.Row{d.row(pub.Notice, 2, from, 40*time.Second)}})
	var taken wire.Taken
	d.expect(wire.TypeTaken, &taken)
	if taken.Seq != 1 {
		t.Errorf("taken %d, want 1", taken.Seq)
	}
	d.send(wire.TypeReport, wire.Report{Time: time.Now(), Showing: wire.Showing{Notice: pub.Notice, Page: "loop", Since: from}, Also: []wire.Showing{{Notice: first.Notice, Page: "zone", Since: from}}, Vitals: wire.Vitals{MemoryTotal: 4 << 30, MemoryUsed: 1 << 30}})
	screen := "/api/v1/screens/" + string(d.screen)
	wait(t, func() bool {
		var s struct {
			Condition string
			Report    *wire.Report
		}
		a.do("GET", screen, "", &s)
		return s.Condition == "fine" && s.Report != nil
	})
	var proof struct {
		Shown, Waiting, Adopted int
		Seconds                 int64
		Screens                 []struct{ Now bool }
	}
	a.do("GET", "/api/v1/notices/"+string(pub.Notice)+"/display", "", &proof)
	if proof.Shown != 1 || proof.Adopted != 1 || proof.Waiting != 0 || proof.Seconds != 40 || !proof.Screens[0].Now {
		t.Errorf("proof of display: %+v", proof)
	}
	a.do("GET", "/api/v1/notices/"+string(first.Notice)+"/display", "", &proof)
	if len(proof.Screens) != 1 || !proof.Screens[0].Now {
		t.Errorf("proof of display of what a zone shows: %+v", proof)
	}

	testScreenRoutes(t, a, c, d, screen, root)
	testOfficeRoutes(t, a, c, root, leaf)
	testVoiceRoutes(t, a, d, root, pub.Notice)
	testWarningRoutes(t, a, c, d.screen, root)
	testFoundRoutes(t, a, c, d.screen)
	testAlert(t, a, d, root)

	a.do("POST", "/api/v1/notices/"+string(pub.Notice)+"/takedown", `{"reason":"内容有误"}`, &pub)
	d.until(channel, func(e playlist.Edition) bool {
		return slices.ContainsFunc(e.Takedowns, func(x playlist.Takedown) bool { return x.Notice == pub.Notice && x.Version == 2 })
	})
	testRecall(t, a, d, channel)
	a.do("DELETE", screen, "", nil)

	for _, item := range a.doc["paths"].(map[string]any) {
		for _, op := range item.(map[string]any) {
			if id := op.(map[string]any)["operationId"].(string); !a.seen[id] {
				t.Errorf("operation %s is described, but was not called with success", id)
			}
		}
	}
}

// testRecall has a screen say that it has a newer edition than the controller, as
// after an older backup: it is listed, and the screen is asked for it.
func testRecall(t *testing.T, a *client, d *device, ch playlist.ChannelID) {
	there := d.have[ch] + 7
	d.conn.Close()
	d.have[ch] = there // it brings it along; of what it says later only what it was sent is believed
	d.connect()
	d.expect(wire.TypeWelcome, &d.welcome)
	wait(t, func() bool {
		var lost struct {
			Items []struct {
				Channel     playlist.ChannelID
				Here, There playlist.Revision
				Online      int
			}
		}
		a.do("GET", "/api/v1/recalls", "", &lost)
		return len(lost.Items) == 1 && lost.Items[0].Channel == ch && lost.Items[0].There == there && lost.Items[0].Here < there && lost.Items[0].Online == 1
	})
	var cmd struct{ ID string }
	a.do("POST", "/api/v1/channels/"+ch.String()+"/recall", "{}", &cmd)
	var asked wire.Command
	d.expect(wire.TypeCommand, &asked)
	if asked.ID != cmd.ID || asked.Kind != wire.CommandReturn {
		t.Errorf("the screen was asked %+v, the command is %s", asked, cmd.ID)
	}
}

// testFoundRoutes takes a device back that comes with the controller's own word for
// a screen of which nothing is known here, as after the restore of a backup.
func testFoundRoutes(t *testing.T, a *client, c *controller.Controller, like playlist.ScreenID) {
	row, err := c.Store.Screen(t.Context(), like)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := publish.OpenKeys(durable.OS, c.Config.Keys())
	if err != nil {
		t.Fatal(err)
	}
	rootKey, err := keys.Root()
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	e := wire.Enrolment{Screen: row.Screen, Language: "zh", Key: key, Enrolled: time.Now().Add(-time.Hour), Revision: 3}
	e.Screen.ID, e.Screen.Name = "s-found", "三楼后装的触摸屏"
	word, err := wire.SignEnrolment(e, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	var p wire.Proof
	if err := json.Unmarshal(word, &p.Enrolment); err != nil {
		t.Fatal(err)
	}
	h := wire.Hello{Version: wire.Version, Key: key, Screen: e.Screen.ID, Kind: e.Screen.Kind, Panel: e.Screen.Panel, Settings: 3, Program: "test 1", Host: "test"}
	if v, err := c.Fleet.Hello(t.Context(), h, "10.0.0.9:1"); err != nil || !v.Pairing.Prove {
		t.Fatalf("%+v, %v", v, err)
	}
	if err := c.Fleet.Proof(t.Context(), h, p); err != nil {
		t.Fatal(err)
	}
	var found struct{ Items []fleet.Found }
	a.do("GET", "/api/v1/pairing/found", "", &found)
	if len(found.Items) != 1 || found.Items[0].Screen.ID != e.Screen.ID {
		t.Fatalf("found %+v", found.Items)
	}
	var back fleet.State
	a.do("POST", "/api/v1/pairing/found", `{"device":"`+found.Items[0].Fingerprint+`"}`, &back)
	if back.ID != e.Screen.ID || back.Name != e.Screen.Name {
		t.Errorf("taken back: %+v", back.Screen)
	}
	a.do("DELETE", "/api/v1/screens/"+string(e.Screen.ID), "", nil)
}

func testScreenRoutes(t *testing.T, a *client, c *controller.Controller, d *device, screen string, root playlist.Site) {
	a.do("GET", "/api/v1/screens", "", nil)
	a.do("GET", "/api/v1/screens?condition=fine&site="+string(root.ID), "", nil)
	a.do("GET", screen+"/forecast", "", nil)
	a.do("GET", screen+"/timeline", "", nil)
	a.do("GET", screen+"/health", "", nil)
	a.do("GET", screen+"/ledger?epoch=1", "", nil)
	row, err := c.Store.Screen(context.Background(), d.screen)
	if err != nil {
		t.Fatal(err)
	}
	changed := row.Screen
	changed.Place = "东侧入口"
	a.do("PUT", screen, `{"screen":`+encode(t, changed)+`,"language":"zh"}`, nil)
	for d.set.Screen.Place != "东侧入口" {
		d.receive()
	}
	added := row.Screen
	added.ID, added.Name = "s-extra", "二楼备用触摸屏"
	a.do("POST", "/api/v1/screens", `{"screen":`+encode(t, added)+`}`, nil)
	a.refused("POST", "/api/v1/screens/s-extra/commands", `{"kind":"reload"}`, 409, "offline")

	var cmd struct {
		ID   string
		OK   bool
		Done time.Time
	}
	a.do("POST", screen+"/commands", `{"kind":"screenshot"}`, &cmd)
	var asked wire.Command
	d.expect(wire.TypeCommand, &asked)
	var shot bytes.Buffer
	if err := png.Encode(&shot, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	d.send(wire.TypeResult, wire.Result{ID: asked.ID, OK: true}, shot.Bytes())
	a.do("GET", "/api/v1/commands/"+cmd.ID+"?wait=10", "", &cmd)
	if !cmd.OK || cmd.Done.IsZero() {
		t.Errorf("command: %+v", cmd)
	}
	a.do("GET", screen+"/commands", "", nil)
	if r := a.try("GET", screen+"/screenshot", ""); r.status != 200 || !bytes.Equal(r.body, shot.Bytes()) {
		t.Errorf("screenshot: %d, %d bytes", r.status, len(r.body))
	}

	// Blobs are for the screen's device.
	for ref, data := range d.blobs {
		req, err := http.NewRequest("GET", a.url+"/device/v1/blobs/"+ref.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for token, want := range map[string]int{d.welcome.BlobToken: 200, d.welcome.BlobToken + "x": 401, "": 401} {
			req.Header.Set("Authorization", "Bearer "+token)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || res.StatusCode != want || want == 200 && !bytes.Equal(body, data) {
				t.Errorf("blob with token %q: %d, %v", token, res.StatusCode, err)
			}
		}
		break
	}
}

func testOfficeRoutes(t *testing.T, a *client, c *controller.Controller, root playlist.Site, leaf playlist.ColumnID) {
	channel := playlist.ChannelID{Site: root.ID}
	a.do("GET", "/api/v1/status", "", nil)
	a.do("GET", "/api/v1/channels", "", nil)
	a.do("GET", "/api/v1/channels/"+channel.String()+"/editions", "", nil)
	a.do("GET", "/api/v1/channels/"+channel.String()+"/editions/1", "", nil)
	a.do("GET", "/api/v1/ledger", "", nil)
	a.do("GET", "/api/v1/audit?limit=10", "", nil)
	a.do("POST", "/api/v1/accounts", `{"login":"zhang","name":"张某","roles":["drafter"],"password":"correct horse"}`, nil)
	a.do("GET", "/api/v1/accounts", "", nil)

	var picture playlist.Picture
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewRGBA(image.Rect(0, 0, 640, 480))); err != nil {
		t.Fatal(err)
	}
	a.do("POST", "/api/v1/pictures?caption=窗口", file.String(), &picture)
	if picture.Caption != "窗口" || len(picture.Renditions) == 0 {
		t.Fatalf("picture: %+v", picture)
	}
	if r := a.try("GET", "/api/v1/blobs/"+picture.Renditions[0].Ref.String(), ""); r.status != 200 || int64(len(r.body)) != picture.Renditions[0].Size {
		t.Errorf("blob: %d, %d bytes", r.status, len(r.body))
	}
	// A scanned page keeps what an illustration loses: it is read enlarged.
	page := image.NewGray(image.Rect(0, 0, 1654, 2339))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	var scan bytes.Buffer
	if err := png.Encode(&scan, page); err != nil {
		t.Fatal(err)
	}
	var paper playlist.Picture
	a.do("POST", "/api/v1/pictures?role=scan", scan.String(), &paper)
	if paper.Role != playlist.Scan || len(paper.Renditions) == 0 || paper.Renditions[0].Height != 2339 {
		t.Errorf("a scanned page: %+v", paper)
	}
	a.refused("POST", "/api/v1/pictures?role=poster", scan.String(), 400, "bad_request")
	a.refused("POST", "/api/v1/pictures", "GIF89a, but not really", 422, "picture_damaged")

	// Errors say what and where.
	a.refused("GET", "/api/v1/nowhere", "", 404, "not_found")
	a.refused("GET", "/api/v1/notices/none", "", 404, "not_found")
	a.refused("POST", "/api/v1/notices", `{"notice":{"unknown":1}}`, 400, "bad_json")
	a.refused("POST", "/api/v1/notices", `{"notice":{"site":"`+string(root.ID)+`","kind":"announcement","title":"","issuer":"","id":"","version":0,"issued":"2026-11-22"}}`, 422, "invalid")
	a.refused("POST", "/api/v1/notices", `{"notice":{"title":"`+strings.Repeat("长", 2<<20)+`"}}`, 413, "too_large")

	// A token that may only draft, and only at one village.
	var made struct {
		Token string
		Info  struct{ ID string }
	}
	a.do("GET", "/api/v1/tokens", "", nil)
	village := villageOf(t, c)
	a.do("POST", "/api/v1/tokens", fmt.Sprintf(`{"label":"village","roles":["drafter"],"site":%q}`, village), &made)
	weak := *a
	weak.token = made.Token
	weak.refused("POST", "/api/v1/notices", `{"notice":`+encode(t, announcement(village, leaf, "村里的公告"))+`}`, 403, "forbidden")
	weak.refused("POST", "/api/v1/notices", `{"draft":true,"notice":`+encode(t, announcement(root.ID, leaf, "县里的公告"))+`}`, 403, "forbidden")
	weak.do("POST", "/api/v1/notices", `{"draft":true,"notice":`+encode(t, announcement(village, leaf, "村里的草稿"))+`}`, nil)
	weak.refused("GET", "/api/v1/audit", "", 403, "forbidden")
	a.do("DELETE", "/api/v1/tokens/"+made.Info.ID, "", nil)
	weak.refused("GET", "/api/v1/sites", "", 401, "unauthorized")
	weak.token = ""
	weak.refused("GET", "/api/v1/sites", "", 401, "unauthorized")

	// The same request twice.
	n := announcement(root.ID, leaf, "只发布一次的公告")
	body := []byte(`{"notice":` + encode(t, n) + `}`)
	one, two := a.raw("POST", "/api/v1/notices", "req-1", body), a.raw("POST", "/api/v1/notices", "req-1", body)
	if one.status != 201 || !bytes.Equal(one.body, two.body) {
		t.Errorf("the same request twice: %s and %s", one.body, two.body)
	}
}

func villageOf(t *testing.T, c *controller.Controller) playlist.SiteID {
	t.Helper()
	sites, err := c.Store.Sites(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sites {
		if s.Kind == playlist.Village {
			return s.ID
		}
	}
	t.Fatal("the sample has no village")
	return ""
}

func testAlert(t *testing.T, a *client, d *device, root playlist.Site) {
	alerts := playlist.ChannelID{Site: root.ID, Alert: true}
	body := fmt.Sprintf(`{"site":%q,"title":"暴雨红色预警","minutes":30,"alert":{"type":"暴雨","colour":"red","area":"全县","action":"立即转移到高处","exercise":true}}`, root.ID)
	a.refused("POST", "/api/v1/alerts", strings.Replace(body, `"minutes":30`, `"minutes":1500`, 1), 422, "invalid")
	var raised struct{ Notice playlist.NoticeID }
	a.do("POST", "/api/v1/alerts", body, &raised)
	listed := func(version int) func(playlist.Edition) bool {
		return func(e playlist.Edition) bool {
			return slices.ContainsFunc(e.Notices, func(x playlist.Entry) bool { return x.ID == raised.Notice && x.Version == version })
		}
	}
	d.until(alerts, listed(1))
	a.do("GET", "/api/v1/alerts", "", nil)
	a.do("POST", "/api/v1/alerts/"+string(raised.Notice)+"/lift", "", nil)
	d.until(alerts, listed(2))
	e := d.newest[alerts].Notices[0]
	if left := time.Until(e.NotAfter); left <= 0 || left > publish.LiftedFor {
		t.Errorf("a lifted alert expires in %v", left)
	}
	n, err := playlist.DecodeNotice(d.blobs[e.Ref])
	if err != nil {
		t.Fatal(err)
	}
	if !n.Alert.Lifted || !n.Alert.Exercise {
		t.Errorf("lifted alert: %+v", n.Alert)
	}
}

// wait polls until ok, for what happens on other goroutines.
func wait(t *testing.T, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it did not come to be")
		}
	}
}

// callUpdates brings a program over the API and offers it.
func callUpdates(t *testing.T, a *client, v vendor, site playlist.SiteID) {
	file := v.pack(t, "2", 2, "the second program")
	a.refused("POST", "/api/v1/packages", "no package", 422, "package")
	a.refused("POST", "/api/v1/packages", string(newVendor(t).pack(t, "2", 2, "of somebody else")), 422, "package_wrong_key")
	var pkg struct{ ID, Version string }
	a.do("POST", "/api/v1/packages", string(file), &pkg)
	a.refused("POST", "/api/v1/packages", string(file), 409, "known")
	var packages struct{ Items []struct{ ID string } }
	if a.do("GET", "/api/v1/packages", "", &packages); len(packages.Items) != 1 || packages.Items[0].ID != pkg.ID || pkg.Version != "2" {
		t.Errorf("brought %+v, there are %+v", pkg, packages)
	}
	type rolled struct{ ID, State, Version string }
	var ro rolled
	start := fmt.Sprintf(`{"package":%q,"site":%q}`, pkg.ID, site)
	a.do("POST", "/api/v1/rollouts", start, &ro)
	a.refused("POST", "/api/v1/rollouts", start, 409, "busy")
	a.refused("POST", "/api/v1/rollouts", fmt.Sprintf(`{"package":"none","site":%q}`, site), 404, "not_found")
	at := "/api/v1/rollouts/" + ro.ID
	a.do("POST", at+"/pause", "", &ro)
	a.refused("POST", at+"/pause", "", 409, "state")
	a.refused("POST", at+"/explode", "", 400, "bad_request")
	a.refused("POST", "/api/v1/rollouts/none/stop", "", 404, "not_found")
	var detail struct {
		Rollout rolled
		Screens []struct{ Screen string }
	}
	if a.do("GET", at+"?limit=5", "", &detail); detail.Rollout != ro || ro.State != "paused" || ro.Version != "2" {
		t.Errorf("the rollout is %+v, before %+v", detail, ro)
	}
	var all struct{ Items []rolled }
	if a.do("GET", "/api/v1/rollouts", "", &all); len(all.Items) != 1 || all.Items[0] != ro {
		t.Errorf("the rollouts are %+v", all)
	}
	a.do("POST", at+"/stop", "", nil)
	a.refused("POST", at+"/back", "", 409, "former")
}

package controller_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/controller"
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

func newClient(t *testing.T, c *controller.Controller) *client {
	t.Helper()
	token, err := os.ReadFile(c.Config.TokenFile())
	if err != nil {
		t.Fatal(err)
	}
	a := &client{t: t, url: c.URL(), token: strings.TrimSpace(string(token)), seen: map[string]bool{}}
	r := a.raw("GET", "/api/v1/openapi.json", "", nil)
	if err := json.Unmarshal(r.body, &a.doc); err != nil {
		t.Fatal(err)
	}
	a.seen["description"] = true
	return a
}

func (a *client) raw(method, path, key string, body []byte) answer {
	req, err := http.NewRequest(method, a.url+path, bytes.NewReader(body))
	if err != nil {
		a.t.Error(err)
		return answer{}
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Error(err)
		return answer{}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Error(err)
	}
	return answer{res.StatusCode, data, res.Header}
}

// try calls and checks the answer against the description, whatever it is.
func (a *client) try(method, path, body string) answer {
	r := a.raw(method, path, "", []byte(body))
	a.conforms(method, path, r)
	return r
}

// do is try where only success will do.
func (a *client) do(method, path, body string, into any) {
	a.t.Helper()
	r := a.try(method, path, body)
	if r.status/100 != 2 {
		a.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	if into != nil {
		if err := json.Unmarshal(r.body, into); err != nil {
			a.t.Fatalf("%s %s: %v in %s", method, path, err, r.body)
		}
	}
}

// refused checks that a call fails with a status and a code.
func (a *client) refused(method, path, body string, status int, code string) {
	a.t.Helper()
	r := a.try(method, path, body)
	if r.status != status || !bytes.Contains(r.body, []byte(`"code":"`+code+`"`)) {
		a.t.Errorf("%s %s: %d %s, want %d %s", method, path, r.status, r.body, status, code)
	}
}

// conforms finds the operation and compares the answer with its schema.
func (a *client) conforms(method, path string, r answer) {
	a.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	op := a.operation(method, path)
	if op == nil {
		if r.status/100 == 2 {
			a.t.Errorf("%s %s is answered but not described", method, path)
		}
		return
	}
	responses := op["responses"].(map[string]any)
	res, ok := responses[fmt.Sprint(r.status)].(map[string]any)
	if !ok {
		if r.status/100 == 2 {
			a.t.Errorf("%s %s: status %d is not described", method, path, r.status)
		}
		res = a.doc["components"].(map[string]any)["responses"].(map[string]any)["Failure"].(map[string]any)
	} else {
		a.seen[op["operationId"].(string)] = true
	}
	content, _ := res["content"].(map[string]any)
	js, ok := content["application/json"].(map[string]any)
	if !ok || js["schema"] == nil {
		return
	}
	var v any
	if err := json.Unmarshal(r.body, &v); err != nil {
		a.t.Errorf("%s %s: %v", method, path, err)
		return
	}
	for _, p := range a.mismatch(js["schema"].(map[string]any), v, "$") {
		a.t.Errorf("%s %s: %s", method, path, p)
	}
}

func (a *client) operation(method, path string) map[string]any {
	parts := strings.Split(path, "/")
	best, bestFixed := map[string]any(nil), -1
	for pattern, item := range a.doc["paths"].(map[string]any) {
		want := strings.Split(pattern, "/")
		if len(want) != len(parts) {
			continue
		}
		fixed := 0
		for i := range want {
			if want[i] == parts[i] {
				fixed++
			} else if !strings.HasPrefix(want[i], "{") {
				fixed = -1
				break
			}
		}
		if op, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any); ok && fixed > bestFixed {
			best, bestFixed = op, fixed
		}
	}
	return best
}

// mismatch says where a value differs from a schema.
func (a *client) mismatch(s map[string]any, v any, at string) []string {
	if ref, ok := s["$ref"].(string); ok {
		name := ref[strings.LastIndex(ref, "/")+1:]
		return a.mismatch(a.doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any), v, at)
	}
	if all, ok := s["allOf"].([]any); ok {
		return a.mismatch(all[0].(map[string]any), v, at)
	}
	if anyOf, ok := s["anyOf"].([]any); ok {
		if v == nil {
			return nil
		}
		return a.mismatch(anyOf[0].(map[string]any), v, at)
	}
	want, _ := s["type"].(string)
	switch v := v.(type) {
	case map[string]any:
		if want != "object" && want != "" {
			return []string{at + " is an object, not " + want}
		}
		return a.objectMismatch(s, v, at)
	case []any:
		if want != "array" && want != "" {
			return []string{at + " is a list, not " + want}
		}
		var all []string
		for i, e := range v {
			if items, ok := s["items"].(map[string]any); ok {
				all = append(all, a.mismatch(items, e, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
		return all
	case string:
		if want != "string" && want != "" {
			return []string{at + " is text, not " + want}
		}
	case float64:
		if want != "number" && want != "integer" && want != "" {
			return []string{at + " is a number, not " + want}
		}
	case bool:
		if want != "boolean" && want != "" {
			return []string{at + " is true or false, not " + want}
		}
	case nil:
		if want != "" {
			return []string{at + " is null"}
		}
	}
	return nil
}

func (a *client) objectMismatch(s, v map[string]any, at string) []string {
	var all []string
	properties, _ := s["properties"].(map[string]any)
	extra, _ := s["additionalProperties"].(map[string]any)
	if properties == nil && extra == nil {
		return nil // anything
	}
	for name, e := range v {
		switch p, ok := properties[name].(map[string]any); {
		case ok:
			all = append(all, a.mismatch(p, e, at+"."+name)...)
		case extra != nil:
			all = append(all, a.mismatch(extra, e, at+"."+name)...)
		default:
			all = append(all, at+"."+name+" is not described")
		}
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			all = append(all, at+"."+name.(string)+" is missing")
		}
	}
	return all
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAPI calls every route of the description on a running controller with a
// small county and one real connection of a device.
func TestAPI(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
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
	a.do("POST", "/api/v1/notices/"+string(first.Notice)+"/release", `{"version":1}`, nil)
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
	testAlert(t, a, d, root)

	a.do("POST", "/api/v1/notices/"+string(pub.Notice)+"/takedown", `{"reason":"内容有误"}`, &pub)
	d.until(channel, func(e playlist.Edition) bool {
		return slices.ContainsFunc(e.Takedowns, func(x playlist.Takedown) bool { return x.Notice == pub.Notice && x.Version == 2 })
	})
	a.do("DELETE", screen, "", nil)

	for _, item := range a.doc["paths"].(map[string]any) {
		for _, op := range item.(map[string]any) {
			if id := op.(map[string]any)["operationId"].(string); !a.seen[id] {
				t.Errorf("operation %s is described, but was not called with success", id)
			}
		}
	}
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
	a.do("GET", "/api/v1/register?limit=10", "", nil)
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
	weak.refused("GET", "/api/v1/register", "", 403, "forbidden")
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
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
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

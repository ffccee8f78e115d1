package controller_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// fetch gets a blob as a screen does and returns the status, when it may ask again
// and how many bytes came.
func (d *device) fetch(c *controller.Controller, ref assets.Ref) (status int, again string, n int64) {
	req, err := http.NewRequest("GET", c.URL()+"/device/v1/blobs/"+ref.String(), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.welcome.BlobToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Error(err)
		return 0, "", 0
	}
	defer res.Body.Close()
	if n, err = io.Copy(io.Discard, res.Body); err != nil {
		d.t.Error(err)
	}
	return res.StatusCode, res.Header.Get("Retry-After"), n
}

// TestLineIsShared lets two screens of a village share a thin line: the one that
// asks for four files at once gets no more of it than the one that asks for one.
func TestLineIsShared(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	one, many := newDevice(t, c), newDevice(t, c)
	one.enrol(a, `"site":"liuxi","name":"一块"`)
	many.enrol(a, `"site":"liuxi","name":"四块"`)
	ref, err := c.Blobs.PutBytes(bytes.Repeat([]byte("picture "), 30_000/8))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Fleet.SetLine(t.Context(), "li", "qinghe", &store.Line{Rate: 400}); err != nil { // 50 KB/s, for every village of its own
		t.Fatal(err)
	}
	began := time.Now()
	var all sync.WaitGroup
	var mine time.Duration
	for i := range 5 {
		d := many
		if i == 0 {
			d = one
		}
		all.Go(func() {
			if status, _, n := d.fetch(c, ref); status != http.StatusOK || n != 30_000 {
				t.Errorf("%d with %d bytes", status, n)
			}
			if d == one {
				mine = time.Since(began)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	// Half a second's bytes go at once, the rest at the rate.
	if least := time.Duration(5*30_000-25_000) * time.Second / 50_000; took < least*9/10 {
		t.Errorf("150,000 bytes took %v over a line that needs %v", took, least)
	}
	if mine > took*7/10 {
		t.Errorf("one file took %v beside four that took %v", mine, took)
	}
	if err := c.Fleet.SetLine(t.Context(), "li", "qinghe", &store.Line{Rate: 3}); err == nil {
		t.Error("a line that carries nothing was set")
	}
}

// TestVolumeIsUsedUp uses the volume of a village's month up: large files wait and
// the text goes on; the office is told, the screen says nothing, and a technician
// lets everything through.
func TestVolumeIsUsedUp(t *testing.T) {
	cfg := settings(t.TempDir())
	c, stop := start(t, cfg)
	load(t, c)
	a := newClient(t, c)
	d, other := newDevice(t, c), newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"门口"`)
	other.enrol(a, `"site":"shiqiao","name":"别处"`)
	large, err := c.Blobs.PutBytes(bytes.Repeat([]byte("picture "), 50_000))
	if err != nil {
		t.Fatal(err)
	}
	small, err := c.Blobs.PutBytes([]byte("a notice"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := c.Fleet.SetLine(ctx, "li", "liuxi", &store.Line{Month: 1}); err != nil {
		t.Fatal(err)
	}
	use := func() fleet.LineUse {
		t.Helper()
		uses, err := c.Fleet.LineUses(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return uses[slices.IndexFunc(uses, func(u fleet.LineUse) bool { return u.Site == "liuxi" })]
	}
	for i := range 3 { // 400 KB each
		if status, _, n := d.fetch(c, large); status != http.StatusOK || n != 400_000 {
			t.Fatalf("fetch %d: %d with %d bytes", i, status, n)
		}
	}
	if status, again, _ := d.fetch(c, large); status != http.StatusServiceUnavailable || again != "600" {
		t.Errorf("over its volume it got %d, asked to wait %q", status, again)
	}
	if status, _, n := d.fetch(c, small); status != http.StatusOK || n != 8 {
		t.Errorf("text was answered with %d", status)
	}
	if status, _, _ := other.fetch(c, large); status != http.StatusOK {
		t.Errorf("a screen elsewhere got %d", status)
	}
	if u := use(); !u.Over || u.Waiting != 1 || u.Share() < 120 || len(u.Screens) != 1 || u.Screens[0].Files != 1_200_008 {
		t.Errorf("use %+v", u)
	}
	eventually(t, func() bool {
		return slices.ContainsFunc(c.Watch.Open(), func(w store.Warning) bool {
			return w.Kind == string(fleet.SignVolume) && w.Site == "liuxi" && len(w.Screens) == 1 && w.TitleZh == "本月流量用完" && w.NextEn != ""
		})
	})
	// The screen has adopted nothing yet, and its row says why.
	eventually(t, func() bool {
		s, err := c.Fleet.StateOf(ctx, d.screen)
		return err == nil && strings.Contains(s.Cause.Zh, "本月流量")
	})
	// What an alert names goes nevertheless.
	alert := playlist.ChannelID{Site: "wangchuan", Alert: true}
	e := playlist.Edition{Channel: alert, Revision: 9, Notices: []playlist.Entry{{ID: "n-alert", Ref: small, Blobs: []playlist.Blob{{Ref: large, Size: 400_000}}}}}
	body, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	say := func(revision playlist.Revision, body []byte) {
		t.Helper()
		if err := c.Store.Update(ctx, func(tx *store.Tx) error {
			return tx.PutReclaimed(ctx, store.Edition{Channel: alert, Revision: revision, Created: time.Now(), Envelope: wire.Envelope{Payload: body}})
		}); err != nil {
			t.Fatal(err)
		}
	}
	say(9, body)
	if status, _, n := d.fetch(c, large); status != http.StatusOK || n != 400_000 {
		t.Errorf("the picture of an alert was answered with %d, %d bytes", status, n)
	}
	e.Revision, e.Notices = 10, nil
	if body, err = e.Encode(); err != nil {
		t.Fatal(err)
	}
	say(10, body)
	if status, _, _ := d.fetch(c, large); status != http.StatusServiceUnavailable {
		t.Errorf("after the alert it was answered with %d", status)
	}
	if err := c.Fleet.PassLine(ctx, "li", "liuxi", true); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := d.fetch(c, large); status != http.StatusOK {
		t.Errorf("after it was let through it got %d", status)
	}
	if err := c.Fleet.PassLine(ctx, "li", "liuxi", false); err != nil {
		t.Fatal(err)
	}
	d.conn.Close() // or what went over it is counted within a quarter of a minute
	eventually(t, func() bool { s := use().Screens[0]; return s.Sent > 1000 && s.Received > 100 })
	before := use().Used
	stop()
	c, _ = start(t, cfg)
	if u := use(); u.Used < before || !u.Over {
		t.Errorf("after a restart %+v, before it %d were used", u, before)
	}
	log, err := c.Store.Records(ctx, "liuxi", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"line.put", "line.pass", "line.hold"} {
		if !slices.ContainsFunc(log, func(r store.Record) bool { return r.Action == action && r.Actor == "li" }) {
			t.Errorf("the log lacks %s: %+v", action, log)
		}
	}
}

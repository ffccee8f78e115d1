package controller_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// drain reads until the connection ends.
func (d *device) drain() {
	for {
		if _, err := d.next(); err != nil {
			d.conn.Close()
			return
		}
	}
}

// sign waits until a screen has a sign and returns it.
func sign(t *testing.T, c *controller.Controller, id playlist.ScreenID, kind fleet.Kind) fleet.Sign {
	t.Helper()
	var found fleet.Sign
	eventually(t, func() bool {
		s, err := c.Fleet.StateOf(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(s.Signs, func(s fleet.Sign) bool { return s.Kind == kind })
		if i >= 0 {
			found = s.Signs[i]
		}
		return i >= 0
	})
	for _, w := range []fleet.Words{found.Title, found.Cause, found.Next} {
		if w.Zh == "" || w.En == "" {
			t.Errorf("%s: a text is missing: %+v", kind, found)
		}
	}
	return found
}

// TestBadDevicesAreNamed lets screens misbehave in turn: each gets the sign of what
// it does, and the one that behaves gets none and is served all the while.
func TestBadDevicesAreNamed(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	enrolled := func(name string) *device {
		d := newDevice(t, c)
		d.enrol(a, `"site":"liuxi","name":"`+name+`"`)
		d.until(playlist.ChannelID{Site: "liuxi"}, func(playlist.Edition) bool { return true })
		return d
	}
	good := enrolled("好的")
	report := wire.Report{Time: time.Now()}

	t.Run("storming", func(t *testing.T) {
		d := enrolled("报告太多")
		for range 1000 { // the last ones wait, unless it takes more than a minute to say them
			d.send(wire.TypeReport, report)
		}
		sign(t, c, d.screen, fleet.SignStorming)
	})
	t.Run("garbage", func(t *testing.T) {
		d := enrolled("乱发")
		for range 3 {
			if err := d.conn.WriteMessage(websocket.BinaryMessage, []byte("?")); err != nil {
				t.Fatal(err)
			}
			d.drain()
			d.connect()
			if s := sign(t, c, d.screen, fleet.SignGarbage); s.Severity != fleet.Warn {
				t.Errorf("sign %+v", s)
			}
		}
		for {
			_, err := d.next()
			if err == nil {
				continue
			}
			if !websocket.IsCloseError(err, int(wire.CloseBadMessage)) {
				t.Errorf("after three times it was let in: %v", err)
			}
			break
		}
		eventually(t, func() bool {
			s, err := c.Fleet.StateOf(t.Context(), d.screen)
			return err == nil && s.Condition == fleet.Offline && strings.Contains(s.Cause.Zh, "读不懂")
		})
	})
	t.Run("flapping", func(t *testing.T) {
		d := enrolled("反复连")
		for range 40 { // three minutes' worth of them
			d.conn.Close()
			d.connect()
		}
		sign(t, c, d.screen, fleet.SignFlapping)
	})
	t.Run("false", func(t *testing.T) {
		d := enrolled("说大话")
		d.send(wire.TypeAdopted, wire.Adopted{Have: map[playlist.ChannelID]playlist.Revision{{Site: "liuxi"}: 900}})
		sign(t, c, d.screen, fleet.SignFalse)
		s, err := c.Fleet.StateOf(t.Context(), d.screen)
		if err != nil || s.Reported[playlist.ChannelID{Site: "liuxi"}] == 900 {
			t.Errorf("it was believed: %v, %v", s.Reported, err)
		}
	})
	t.Run("greedy", func(t *testing.T) {
		d := enrolled("反复下载")
		e := d.newest[playlist.ChannelID{Site: "liuxi"}]
		at := c.URL() + "/device/v1/blobs/" + e.Notices[0].Ref.String()
		ask := func(token string) *http.Response {
			req, err := http.NewRequest("GET", at, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if _, err := io.Copy(io.Discard, res.Body); err != nil {
				t.Fatal(err)
			}
			return res
		}
		n := 0
		for ; n < 20_000; n++ {
			res := ask(d.welcome.BlobToken)
			if res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") == "60" {
				break
			}
			if res.StatusCode != http.StatusOK {
				t.Fatalf("request %d: %s", n, res.Status)
			}
		}
		if n < 2000 || n == 20_000 {
			t.Errorf("it got the same file %d times", n)
		}
		sign(t, c, d.screen, fleet.SignGreedy)
		if res := ask(good.welcome.BlobToken); res.StatusCode != http.StatusOK {
			t.Errorf("the one beside it got %s", res.Status)
		}
	})
	good.send(wire.TypeReport, report)
	s, err := c.Fleet.StateOf(t.Context(), good.screen)
	if err != nil || !s.Online || slices.ContainsFunc(s.Signs, func(s fleet.Sign) bool { return s.Severity >= fleet.Warn }) {
		t.Errorf("the one that behaves is %s, %+v, %v", s.Condition, s.Signs, err)
	}
}

package link_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/assets/durable"
	"mingbai/controller/hub"
	"mingbai/kiosk/link"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

func TestFirstDay(t *testing.T) {
	o := newOffice(t, hub.Options{})
	o.known = false
	o.publish(t, liuxi, 3, 2000, []byte("a notice"))
	r := start(t, o.server.URL, nil)
	r.until(t, "the code is shown", func() bool { return r.pairing.Code == "123456" && !r.clock.IsZero() })
	if r.Connected() || r.Ledger([]wire.Row{{Seq: 1}}) || r.Voices([]wire.Voice{{}}) || r.Usage([]wire.Usage{{}}) {
		t.Error("a device without a name counts as connected")
	}
	r.Report(wire.Report{LedgerHead: 1})
	r.Report(wire.Report{LedgerHead: 25})
	r.with(func() { r.head = 25 })
	o.mu.Lock()
	o.known = true
	o.mu.Unlock()
	key := make([]byte, 32)
	copy(key, keyOf0())
	if err := o.Enrolled(t.Context(), key, wire.Enrolled{Screen: screen}); err != nil {
		t.Fatal(err)
	}
	r.until(t, "the edition is there", func() bool { return r.have[liuxi] == 3 })
	day := schedule.Date{Year: 2026, Month: 11, Day: 22}
	if !r.Voices([]wire.Voice{{ID: "one"}, {ID: "two"}}) || !r.Usage([]wire.Usage{{Day: day}, {Day: day.AddDays(1)}}) {
		t.Error("voices and usage were not queued")
	}
	r.until(t, "voices and usage are heard", func() bool {
		return slices.Equal(r.heard.Voices, []string{"one", "two"}) && slices.Equal(r.heard.Days, []schedule.Date{day, day.AddDays(1)})
	})
	r.with(func() {
		if r.name != screen || len(r.blobs) != 1 || string(r.blobs[0]) != "a notice" {
			t.Errorf("name %q, blobs %q", r.name, r.blobs)
		}
	})
	have := map[playlist.ChannelID]playlist.Revision{liuxi: 3}
	r.Adopted(wire.Adopted{Have: have})
	have[liuxi] = 99 // the link has its own
	r.Refused(wire.Refused{Channel: liuxi, Revision: 2, Reason: wire.ReasonOlder})
	o.until(t, "everything is said", func() bool {
		return o.adopted.Have[liuxi] == 3 && len(o.refused) == 1 && o.report.LedgerHead == 25 && len(o.rows) == 25
	})
	if err := o.Command(screen, wire.Command{ID: "c", Kind: wire.CommandScreenshot}); err != nil {
		t.Fatal(err)
	}
	r.until(t, "the command is there", func() bool { return r.command.ID == "c" })
	if err := o.Offer(screen, wire.Offer{Again: 7}); err != nil {
		t.Fatal(err)
	}
	r.until(t, "the offer is there", func() bool { return r.offer.Again == 7 && r.Protocol() == wire.Version })
	shot := noise(3<<20, 2)
	if !r.Result(wire.Result{ID: "c", OK: true}, shot) {
		t.Error("the result was not queued")
	}
	o.until(t, "the screenshot is there", func() bool { return bytes.Equal(o.shot, shot) })
}

// What waits is sent before a Reconnect, and the new hello says what is there.
func TestReconnect(t *testing.T) {
	o := newOffice(t, hub.Options{})
	o.publish(t, liuxi, 3, 10)
	r := start(t, o.server.URL, nil)
	r.until(t, "the edition is there", func() bool { return r.have[liuxi] == 3 })
	poll(t, "welcomed", r.Connected)
	r.Result(wire.Result{ID: "reload", OK: true})
	r.Reconnect()
	o.until(t, "the second hello", func() bool { // or a later one, where the machine is busy
		return o.hellos >= 2 && o.have[liuxi] == 3 && o.result.ID == "reload"
	})
	r.with(func() {
		if len(r.pushes) != 1 {
			t.Errorf("%d pushes came", len(r.pushes))
		}
	})
}

func TestRemovedStops(t *testing.T) {
	o := newOffice(t, hub.Options{})
	o.removed = true
	r := start(t, o.server.URL, nil)
	err := <-r.done
	if e, ok := errors.AsType[*link.Error](err); !ok || e.Kind != link.Stop {
		t.Errorf("Run returned %v", err)
	}
	r.done <- nil // for the cleanup
}

// TestFlapping cuts the line again and again, delivers in slices of one byte,
// and expects that all that was said arrives once and in order (R07).
func TestFlapping(t *testing.T) {
	o := newOffice(t, hub.Options{})
	p := newLine(t, strings.TrimPrefix(o.server.URL, "http://"))
	p.slice, p.limit = 1, 700
	blob := noise(300_000, 3)
	ref, err := o.blobs.PutBytes(blob)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, p.url(), nil)
	const last = 40
	r.with(func() { r.head = 500 })
	fetched := make(chan error, 1)
	go func() {
		fetched <- r.Fetch(t.Context(), []playlist.Blob{{Ref: ref, Size: int64(len(blob))}})
	}()
	for rev := playlist.Revision(1); rev <= last; rev++ {
		o.publish(t, liuxi, rev, 400)
		o.publish(t, liuxiNow, rev, 50)
		p.with(func() {
			p.limit = 700 + int(rev)*37
			if rev%2 == 0 {
				p.slice = 1000
				p.limit *= 10
			}
		})
		o.mu.Lock()
		hellos := o.hellos
		o.mu.Unlock()
		o.until(t, "it came back", func() bool { return o.hellos > hellos || r.Connected() })
		p.cut()
	}
	p.with(func() { p.slice, p.limit = 0, 0 })
	p.cut()
	r.until(t, "the newest editions are there", func() bool { return r.have[liuxi] == last && r.have[liuxiNow] == last })
	o.until(t, "the ledger is in", func() bool { return len(o.rows) == 500 })
	if err := <-fetched; err != nil {
		t.Errorf("fetch: %v", err)
	}
	if !r.store.Has(ref) {
		t.Error("the blob is not there")
	}
	r.with(func() {
		seen := map[playlist.ChannelID]playlist.Revision{}
		for _, push := range r.pushes {
			if push.Revision < seen[push.Channel] {
				t.Errorf("%s went back from %s to %s", push.Channel, seen[push.Channel], push.Revision)
			}
			seen[push.Channel] = push.Revision
		}
	})
}

// A line that is dead without a word is noticed, on both ends.
func TestHalfOpen(t *testing.T) {
	o := newOffice(t, hub.Options{PingEvery: 50 * time.Millisecond, PongWait: 200 * time.Millisecond})
	p := newLine(t, strings.TrimPrefix(o.server.URL, "http://"))
	r := start(t, p.url(), func(opt *link.Options, _ *screenRig) { opt.Silence = 300 * time.Millisecond })
	poll(t, "welcomed", r.Connected)
	p.with(func() { p.deaf = true })
	poll(t, "the device notices", func() bool { return !r.Connected() })
	poll(t, "the controller notices", func() bool { return !o.IsConnected(screen) })
	p.with(func() { p.deaf = false })
	p.cut()
	poll(t, "it is back", r.Connected)
	o.mu.Lock()
	hellos := o.hellos
	o.mu.Unlock()
	if hellos < 2 {
		t.Errorf("%d hellos", hellos)
	}
}

// A big edition on a thin line takes longer than any deadline and arrives. To a busy
// machine a line may seem silent that is not, whatever the deadline; then there is
// more patience, and the edition takes three times that again.
func TestThinLine(t *testing.T) {
	for patience := time.Second; ; patience *= 2 {
		var lost []error
		t.Run(patience.String(), func(t *testing.T) { lost = thinLine(t, patience) })
		switch {
		case len(lost) == 0:
			return
		case patience > 10*time.Second:
			t.Fatalf("the line was given up with a patience of %v: %v", patience, lost)
		}
		t.Logf("the line was given up with a patience of %v: %v", patience, lost)
	}
}

// thinLine returns why the line was given up before the edition was there.
func thinLine(t *testing.T, patience time.Duration) (lost []error) {
	const edition = 1 << 20
	o := newOffice(t, hub.Options{PingEvery: patience / 5, PongWait: patience, WriteTimeout: patience})
	p := newLine(t, strings.TrimPrefix(o.server.URL, "http://"))
	p.slice, p.pace = edition/256, 3*patience/256
	o.publish(t, liuxi, 1, edition)
	r := start(t, p.url(), func(opt *link.Options, _ *screenRig) { opt.Silence = patience })
	r.until(t, "the edition is there, or the line is given up", func() bool { return r.have[liuxi] == 1 || len(r.lost) > 0 })
	r.with(func() { lost = r.lost })
	return lost
}

// A push of one channel waits for no other, a newer one ends the older, and the
// same one is not handled twice.
func TestLanes(t *testing.T) {
	o := newOffice(t, hub.Options{})
	began := make(chan playlist.Revision, 10)
	alerts := make(chan playlist.Revision, 10)
	ended := make(chan playlist.Revision, 10)
	var running atomic.Int32
	r := start(t, o.server.URL, func(_ *link.Options, r *screenRig) {
		r.handle = func(ctx context.Context, p wire.Push, _ [][]byte) {
			if p.Channel.Alert {
				alerts <- p.Revision
				return
			}
			if running.Add(1) > 1 {
				t.Error("two pushes of one channel at once")
			}
			began <- p.Revision
			<-ctx.Done() // a download that takes for ever
			running.Add(-1)
			ended <- p.Revision
		}
	})
	poll(t, "welcomed", r.Connected)
	o.publish(t, liuxi, 1, 10)
	if rev := <-began; rev != 1 {
		t.Fatalf("revision %s began", rev)
	}
	o.publish(t, liuxiNow, 1, 10)
	if rev := <-alerts; rev != 1 {
		t.Errorf("alert %s", rev)
	}
	// The same push on a new connection goes on with the one under way.
	r.Reconnect()
	o.until(t, "the second hello", func() bool { return o.hellos == 2 })
	<-alerts // the new connection has caught up
	select {
	case rev := <-ended:
		t.Errorf("revision %s ended", rev)
	default:
	}
	o.publish(t, liuxi, 2, 10)
	if rev := <-ended; rev != 1 {
		t.Errorf("revision %s ended", rev)
	}
	if rev := <-began; rev != 2 {
		t.Errorf("revision %s began", rev)
	}
}

// The controller's wishes: when to come back.
func TestHints(t *testing.T) {
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		w.Header().Set("Retry-After", "7")
		http.Error(w, "busy", http.StatusServiceUnavailable)
	}))
	t.Cleanup(s.Close)
	lost := make(chan *link.Error, 1)
	note := func(to chan *link.Error) func(*link.Options, *screenRig) {
		return func(opt *link.Options, _ *screenRig) {
			opt.Handler.Lost = func(err error) {
				e, _ := errors.AsType[*link.Error](err)
				select {
				case to <- e:
				default: // the first is enough
				}
			}
		}
	}
	checkLeaks(t)
	r := start(t, s.URL, note(lost))
	if e := <-lost; e.Kind != link.Retry || e.Wait != 7*time.Second || !strings.Contains(e.Error(), "503") {
		t.Errorf("lost with %+v", e)
	}
	poll(t, "asked to come at once", func() bool { r.Reconnect(); return n.Load() >= 2 })

	url := rawHome(t, func(c *websocket.Conn) {
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(wire.CloseVersion), "too old"), time.Now().Add(time.Second))
		c.ReadMessage()
	})
	old := make(chan *link.Error, 1)
	checkLeaks(t)
	start(t, url, note(old))
	if e := <-old; e.Kind != link.Retry || e.Wait != wire.CloseVersion.Wait() {
		t.Errorf("lost with %+v", e)
	}

	// A controller that says nothing is left after the timeout.
	url = rawHome(t, func(c *websocket.Conn) { c.ReadMessage() })
	silent := make(chan *link.Error, 1)
	checkLeaks(t)
	start(t, url, func(opt *link.Options, r *screenRig) {
		note(silent)(opt, r)
		opt.Timeout = 100 * time.Millisecond
	})
	if e := <-silent; e.Kind != link.Retry {
		t.Errorf("lost with %+v", e)
	}
}

// Without a connection nothing waits and nothing grows.
func TestNothingBlocks(t *testing.T) {
	checkLeaks(t)
	r := start(t, "http://127.0.0.1:1", nil) // nobody listens there
	for i := range 1000 {
		r.Report(wire.Report{})
		r.Adopted(wire.Adopted{})
		r.Refused(wire.Refused{})
		if r.Ledger([]wire.Row{{Seq: 1}}) {
			t.Fatal("rows were queued without a connection")
		}
		if ok := r.Result(wire.Result{}); ok != (i < 8) {
			t.Fatalf("result %d queued: %v", i, ok)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := r.Fetch(ctx, []playlist.Blob{{Ref: refOf("x"), Size: 1}})
	if e, ok := errors.AsType[*link.Error](err); !ok || e.Kind != link.Retry || !errors.Is(err, context.Canceled) {
		t.Errorf("Fetch = %v", err)
	}
}

func TestPinnedAuthority(t *testing.T) {
	o := newOffice(t, hub.Options{})
	s := httptest.NewUnstartedServer(o.server.Config.Handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused certificate is what the test wants
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, "wss"+strings.TrimPrefix(s.URL, "https"), func(opt *link.Options, _ *screenRig) { opt.CA = ca })
	poll(t, "welcomed over TLS", r.Connected)
	ref, err := o.blobs.PutBytes([]byte("over TLS"))
	if err == nil {
		err = r.Fetch(t.Context(), []playlist.Blob{{Ref: ref, Size: 8}})
	}
	if err != nil {
		t.Errorf("fetch over TLS: %v", err)
	}

	stranger := start(t, s.URL, nil)
	stranger.until(t, "the certificate is refused", func() bool { return len(stranger.lost) > 0 })
	if stranger.Connected() {
		t.Error("a certificate that nobody vouches for was trusted")
	}
}

func TestOptions(t *testing.T) {
	store := newStore(t)
	hello := func() wire.Hello { return wire.Hello{} }
	for name, opt := range map[string]link.Options{
		"no key":      {URL: "http://a", Store: store, Hello: hello},
		"no scheme":   {URL: "a:80", Store: store, Hello: hello, Key: key0()},
		"no host":     {URL: "http://", Store: store, Hello: hello, Key: key0()},
		"no store":    {URL: "http://a", Hello: hello, Key: key0()},
		"no CA there": {URL: "http://a", Store: store, Hello: hello, Key: key0(), CA: filepath.Join(t.TempDir(), "none")},
	} {
		if _, err := link.New(opt); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestBackoff(t *testing.T) {
	b := link.Backoff{Min: time.Second, Max: 30 * time.Second, Seed: 7}
	other := b
	other.Seed = 8
	differ := 0
	for n := range 100 {
		d := b.Delay(n)
		top := 30 * time.Second
		if n < 5 {
			top = time.Second << n
		}
		if d < 0 || d > top {
			t.Errorf("delay %d is %s, at most %s", n, d, top)
		}
		if d != b.Delay(n) {
			t.Errorf("delay %d is not pure", n)
		}
		if d != other.Delay(n) {
			differ++
		}
	}
	if differ < 95 {
		t.Errorf("two devices differ in %d of 100 delays", differ)
	}
	// Full jitter: the mean of many devices is half of the top.
	var sum time.Duration
	for seed := range uint64(2000) {
		sum += link.Backoff{Min: time.Second, Max: 30 * time.Second, Seed: seed}.Delay(9)
	}
	if mean := sum / 2000; mean < 14*time.Second || mean > 16*time.Second {
		t.Errorf("the mean delay is %s", mean)
	}
	if d := (link.Backoff{}).Delay(3); d != 0 {
		t.Errorf("the zero back-off waits %s", d)
	}
}

func TestLoadKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "device.key")
	a, err := link.LoadKey(durable.OS, path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := link.LoadKey(durable.OS, path)
	if err != nil || !a.Equal(b) {
		t.Fatalf("the key was not found again: %v", err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key file: %v, %v", info.Mode(), err)
	}
	if names, err := os.ReadDir(filepath.Dir(path)); err != nil || len(names) != 1 {
		t.Errorf("the folder holds %v, %v", names, err)
	}
	for _, bad := range []string{"", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := link.LoadKey(durable.OS, path); err == nil {
			t.Errorf("%q was read as a key", bad)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != bad {
			t.Error("a damaged key file was replaced")
		}
	}
}

// The device's own pings tell how the line is, and the hub asks nothing of a
// device that asks by itself.
func TestLineIsMeasured(t *testing.T) {
	o := newOffice(t, hub.Options{PingEvery: 10 * time.Millisecond, PongWait: patience})
	p := newLine(t, strings.TrimPrefix(o.server.URL, "http://"))
	r := start(t, p.url(), func(opt *link.Options, _ *screenRig) {
		opt.PingEvery, opt.Silence = 20*time.Millisecond, patience
	})
	var l wire.Line
	// An answer that a busy machine read late counts as lost for a minute.
	poll(t, "pings are answered", func() bool { l = r.Line(); return l.Pings > 0 && l.Lost == 0 })
	if l.RTT <= 0 || l.RTT > float64(patience.Milliseconds()) || l.Dropped != 0 || l.Resent < 0 || l.Resent > 100 {
		t.Errorf("%+v", l)
	}
	p.cut()
	poll(t, "the broken connection is counted", func() bool { return r.Line().Dropped == 1 })
	poll(t, "it is back", r.Connected)
	r.Reconnect() // of its own accord
	o.until(t, "the third hello", func() bool { return o.hellos == 3 })
	if n := r.Line().Dropped; n != 1 {
		t.Errorf("%d connections broke, one was cut", n)
	}
}

// A line that swallows everything is dead on both sides, whoever asks. To a busy
// machine a line may seem so that is not; then there is more patience.
func TestSwallowedBytes(t *testing.T) {
	var o *office
	var p *line
	var r *screenRig
	for silence, alive := 500*time.Millisecond, false; !alive; silence *= 2 {
		o = newOffice(t, hub.Options{PongWait: silence})
		p = newLine(t, strings.TrimPrefix(o.server.URL, "http://"))
		r = start(t, p.url(), func(opt *link.Options, _ *screenRig) {
			opt.PingEvery, opt.Silence = silence/5, silence
		})
		poll(t, "welcomed", func() bool { return r.Connected() && o.IsConnected(screen) })
		began := time.Now()
		poll(t, "twice what a silent line would stand, or its end", func() bool {
			alive = r.Connected() && o.IsConnected(screen)
			return !alive || time.Since(began) > 2*silence
		})
		if !alive && silence > 10*time.Second {
			t.Fatalf("pings every %v did not keep the line alive", silence/5)
		}
	}
	p.with(func() { p.deaf = true })
	poll(t, "the device notices", func() bool { return !r.Connected() })
	poll(t, "the controller notices", func() bool { return !o.IsConnected(screen) })
}

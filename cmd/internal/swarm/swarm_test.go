package swarm_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/playlist"
)

// office is a controller with seeded screens.
type office struct {
	*controller.Controller
	token string
}

// open starts a controller with n seeded screens; the end of the test ends it.
func open(t *testing.T, n int, change ...func(*configs.Controller)) *office {
	t.Helper()
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Data, cfg.Listen, cfg.Speech.Enabled = t.TempDir(), "127.0.0.1:0", "off"
	for _, f := range change {
		f(&cfg)
	}
	cfg.Limits.PushInline = 1 // nothing rides along: blobs have to be fetched
	c, err := controller.New(cfg, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := swarm.Seed(t.Context(), c, "test", n); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	token, err := os.ReadFile(c.Config.TokenFile())
	if err != nil {
		t.Fatal(err)
	}
	return &office{c, strings.TrimSpace(string(token))}
}

// config is of all devices that were seeded.
func (o *office) config(t *testing.T, n int) swarm.Config {
	return swarm.Config{
		URL: o.URL(), Seed: "test", Count: n, Dir: t.TempDir(), From: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")},
		Report: time.Second, Ledger: time.Second, Blobs: true, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

// run lets a swarm live until the test or stop ends it, and sees that nothing is
// left of it.
func run(t *testing.T, cfg swarm.Config) (s *swarm.Swarm, stop func()) {
	t.Helper()
	s, err := swarm.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		until(t, "its goroutines have ended", func() bool {
			stacks := make([]byte, 1<<20)
			return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "swarm.(*")
		})
	}
	t.Cleanup(stop)
	return s, stop
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(3 * time.Minute)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it did not come about that %s", what)
		}
	}
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// publish publishes a notice at a site and waits until n devices show it.
func (o *office) publish(t *testing.T, s *swarm.Swarm, title string, n int) *swarm.Watched {
	t.Helper()
	ch := playlist.ChannelID{Site: swarm.County}
	head, err := o.Store.Channel(t.Context(), ch)
	if err != nil {
		t.Fatal(err)
	}
	w := s.Watch(ch, head.Revision+1)
	defer w.Stop()
	r, err := o.Desk.Publish(t.Context(), publish.Who{Actor: "test"}, swarm.Announcement(swarm.County, title, 300))
	if err != nil {
		t.Fatal(err)
	}
	if r.Revision != head.Revision+1 {
		t.Fatalf("revision %s, want %s", r.Revision, head.Revision+1)
	}
	if err := w.Wait(within(t, 3*time.Minute), n); err != nil {
		t.Fatalf("%v: %+v", err, s.Stats())
	}
	return w
}

// Light and real devices connect, adopt what is published, report, and keep a
// ledger whose chain the controller does not find broken.
func TestSwarm(t *testing.T) {
	const light, real = 50, 3
	o := open(t, light+real)
	cfg := o.config(t, light+real)
	cfg.Real = func(i int) bool { return i >= light }
	s, stop := run(t, cfg)
	if err := s.Connected(within(t, 3*time.Minute), light+real); err != nil {
		t.Fatal(err)
	}
	w := o.publish(t, s, "关于冬季取暖安全的提示", light+real)
	if len(w.Times()) != light+real {
		t.Errorf("%d times", len(w.Times()))
	}
	until(t, "rows were taken and reports came", func() bool {
		st := s.Stats()
		return st.Taken >= light && o.Fleet.Reports() >= light
	})
	for _, state := range must(o.Fleet.List(t.Context()))(t) {
		if state.Epoch != 1 {
			t.Errorf("%s is at epoch %d: its ledger broke", state.ID, state.Epoch)
		}
	}
	st := s.Stats()
	if st.Blobs == 0 || st.Received == 0 || st.Sent == 0 || st.Connect.N < light || st.Welcome.N < light || st.Publish.N != light+real {
		t.Errorf("figures %+v", st)
	}
	stop()
	if n := s.Stats().Connected; n != 0 {
		t.Errorf("%d are still connected", n)
	}
}

// A controller finds nothing to mend in the settings of screens that were seeded:
// signing those of ten thousand anew would be in everything that is measured.
func TestSeedSignsAsTheController(t *testing.T) {
	const n = 20
	o := open(t, n)
	for i := range n {
		id := swarm.Screen("test", i)
		before := must(o.Store.Settings(t.Context(), id))(t)
		if err := o.Fleet.Refresh(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		after := must(o.Store.Settings(t.Context(), id))(t)
		if !bytes.Equal(before.Payload, after.Payload) {
			t.Errorf("settings of %s were\n%s\nand should be\n%s", id, before.Payload, after.Payload)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// certificate writes a certificate for 127.0.0.1 and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	model := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der := must(x509.CreateCertificate(rand.Reader, model, model, private.Public(), private))(t)
	secret := must(x509.MarshalPKCS8PrivateKey(private))(t)
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// Over TLS only a controller of the authority is believed, by light devices as by
// real ones and by the API.
func TestTLS(t *testing.T) {
	const n = 6
	cert, key := certificate(t)
	o := open(t, n, func(cfg *configs.Controller) { cfg.TLS.Cert, cfg.TLS.Key = cert, key })
	cfg := o.config(t, n)
	cfg.CA, cfg.Plain = cert, true
	cfg.Real = func(i int) bool { return i == 0 }
	s, stop := run(t, cfg)
	if err := s.Connected(within(t, 3*time.Minute), n); err != nil {
		t.Fatal(err)
	}
	o.publish(t, s, "关于山路积雪的提示", n)
	stop()
	cfg.CA, _ = certificate(t)
	cfg.Real = nil
	s, _ = run(t, cfg)
	until(t, "another authority is not believed", func() bool {
		st := s.Stats()
		return st.Errors["certificate"] >= n && st.Connects == 0
	})
	api := must(swarm.NewAPI(o.URL(), cert, o.token))(t)
	defer api.Close()
	if err := api.Do(t.Context(), "GET", "/status", nil, nil); err != nil {
		t.Error(err)
	}
}

// Devices are enrolled as people do it, and are then the screens they were made.
func TestEnrol(t *testing.T) {
	const n = 12
	o := open(t, 1)
	cfg := o.config(t, n)
	cfg.Seed = "paired"
	api, err := swarm.NewAPI(o.URL(), "", o.token)
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	if cfg.Screens, err = swarm.Enrol(within(t, 3*time.Minute), cfg, api); err != nil {
		t.Fatal(err)
	}
	again, err := swarm.Enrol(within(t, 3*time.Minute), cfg, api)
	if err != nil || !slices.Equal(again, cfg.Screens) {
		t.Errorf("enrolled again as %v, %v; they were %v", again, err, cfg.Screens)
	}
	cfg.Screens[0] = "" // it asks for its name
	cfg.Real = func(i int) bool { return i == 1 }
	s, _ := run(t, cfg)
	if err := s.Connected(within(t, 3*time.Minute), n); err != nil {
		t.Fatal(err)
	}
	o.publish(t, s, "关于夜间道路封闭的通知", n)
	online := 0
	for _, state := range must(o.Fleet.List(t.Context()))(t) {
		if state.Online && slices.Contains(state.Tags, swarm.Tag) && slices.Contains(again, state.ID) {
			online++
		}
	}
	if online != n {
		t.Errorf("%d of %d are online under their names", online, n)
	}
	bad, err := swarm.NewAPI(o.URL(), "", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer bad.Close()
	cfg.Seed, cfg.Screens = "stranger", nil
	if names, err := swarm.Enrol(within(t, 3*time.Minute), cfg, bad); err == nil || len(names) == n && names[0] != "" {
		t.Errorf("enrolled without a token: %v, %v", names, err)
	}
}

// Those that misbehave do what they should, and the others do not notice.
func TestManners(t *testing.T) {
	const each = 2
	n := each*len(swarm.Manners) + 20
	o := open(t, n)
	cfg := o.config(t, n)
	manner := func(i int) swarm.Manner {
		if i < each*len(swarm.Manners) {
			return swarm.Manners[i%len(swarm.Manners)]
		}
		return swarm.Good
	}
	is := func(m swarm.Manner) func(int) bool { return func(i int) bool { return manner(i) == m } }
	cfg.Manner = manner
	s, _ := run(t, cfg)
	const good = 20 + each
	if err := s.Connected(within(t, 3*time.Minute), good); err != nil {
		t.Fatal(err)
	}
	ch := playlist.ChannelID{Site: swarm.County}
	head := must(o.Store.Channel(t.Context(), ch))(t)
	healthy, mute, stalled := s.Watch(ch, head.Revision+1), s.Watch(ch, head.Revision+1), s.Watch(ch, head.Revision+1)
	healthy.Only(is(swarm.Good))
	mute.Only(is(swarm.Mute))
	stalled.Only(is(swarm.Stalled))
	must(o.Desk.Publish(t.Context(), publish.Who{Actor: "test"}, swarm.Announcement(swarm.County, "关于错峰用水的提示", 3000)))(t)
	if err := healthy.Wait(within(t, 3*time.Minute), good); err != nil {
		t.Fatalf("%v: %+v", err, s.Stats())
	}
	until(t, "garbage was refused, blobs were asked for again and again, reports stormed, connections flapped", func() bool {
		st := s.Stats()
		return st.Garbage > 0 && st.Errors["closed: bad message"]+st.Errors["closed: message too big"] > 0 &&
			st.Blobs > int64(n*20) && st.Reports > 300 && st.Connects > int64(n)
	})
	if len(mute.Times()) > 0 || len(stalled.Times()) > 0 {
		t.Errorf("%d of the mute and %d of the stalled acknowledged", len(mute.Times()), len(stalled.Times()))
	}
	until(t, "the controller says what it thinks of the liars", func() bool {
		liars := 0
		for _, state := range must(o.Fleet.List(t.Context()))(t) {
			for i := range n {
				if manner(i) == swarm.Lying && state.ID == swarm.Screen("test", i) && state.Condition == fleet.Ailing {
					liars++
				}
			}
		}
		return liars == each
	})
	if cut := s.Storm(1); cut < good {
		t.Errorf("%d were cut", cut)
	}
	if err := s.Connected(within(t, 3*time.Minute), good); err != nil {
		t.Errorf("after a storm %v: %+v", err, s.Stats())
	}
}

func TestConfigIsChecked(t *testing.T) {
	for name, cfg := range map[string]swarm.Config{
		"no address":        {Count: 1},
		"another scheme":    {URL: "ftp://127.0.0.1", Count: 1},
		"no such manner":    {URL: "http://127.0.0.1", Count: 1, Manner: func(int) swarm.Manner { return "polite" }},
		"too few names":     {URL: "http://127.0.0.1", Count: 2, Screens: []playlist.ScreenID{"a"}},
		"no folder":         {URL: "http://127.0.0.1", Count: 1, Real: func(int) bool { return true }},
		"no such authority": {URL: "https://127.0.0.1", CA: "/nowhere/ca.pem", Count: 1},
	} {
		if _, err := swarm.New(cfg); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}

func TestPercentiles(t *testing.T) {
	var times []time.Duration
	for i := range 1000 {
		times = append(times, time.Duration(1000-i)*time.Millisecond)
	}
	p := swarm.Of(times)
	if p.N != 1000 || p.P50 != 501*time.Millisecond || p.P90 != 901*time.Millisecond || p.P99 != 991*time.Millisecond || p.Max != time.Second {
		t.Errorf("%+v", p)
	}
	if p := swarm.Of(nil); p != (swarm.Percentiles{}) {
		t.Errorf("of nothing %+v", p)
	}
}

// Editions travel as patches to light and real devices that can take them, and are
// adopted as if they had come whole.
func TestSwarmPatches(t *testing.T) {
	const light, real = 20, 2
	o := open(t, light+real)
	cfg := o.config(t, light+real)
	cfg.Patches, cfg.Real = true, func(i int) bool { return i >= light }
	s, _ := run(t, cfg)
	if err := s.Connected(within(t, 3*time.Minute), light+real); err != nil {
		t.Fatal(err)
	}
	for i := range 12 { // until the edition is large enough for a patch
		o.publish(t, s, fmt.Sprintf("关于第 %d 号事项的通知", i), light+real)
	}
	st := s.Stats()
	if st.Patched < 5*(light+real) {
		t.Errorf("%d editions came as patches", st.Patched)
	}
	for kind, n := range st.Errors {
		if strings.HasPrefix(kind, "refused") {
			t.Errorf("%d times %s", n, kind)
		}
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/store"
	"mingbai/playlist"
)

func parseLoad(args ...string) (loadOptions, error) {
	var o loadOptions
	f := flag.NewFlagSet("fleet", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	o.flags(f)
	return o, f.Parse(args)
}

func TestLoadFlags(t *testing.T) {
	o, err := parseLoad("-controller", "http://127.0.0.1:1", "-token", "x", "-stalled", "4%", "-flapping", "0.1", "-slow", "1 %", "-from", "127.0.0.1, ::1", "-site", "liuxi,shiqiao", "-for", "10m")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.check(); err != nil {
		t.Fatal(err)
	}
	if want := (shares{swarm.Stalled: .04, swarm.Flapping: .1, swarm.Slow: .01}); !maps.Equal(o.Shares, want) {
		t.Errorf("shares %v, want %v", o.Shares, want)
	}
	if o.Screens != 1000 || len(o.From) != 2 || len(o.Sites) != 2 || o.For != 10*time.Minute {
		t.Errorf("options %+v", o)
	}
	for _, bad := range [][]string{
		{"-stalled", "101%"}, {"-stalled", "-1%"}, {"-stalled", "a few"}, {"-stalled", "NaN"}, {"-from", "here"}, {"-site", "Liuxi!"}, {"-for", "long"},
	} {
		if _, err := parseLoad(bad...); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, bad := range [][]string{
		{}, {"-token", "x", "-for", "-1s"}, {"-token", "x", "-real", "2000"}, {"-token", "x", "-stalled", "60%", "-mute", "60%"},
	} {
		o, err := parseLoad(bad...)
		if err == nil {
			err = o.check()
		}
		if err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestSharesAreKept(t *testing.T) {
	s := shares{swarm.Stalled: .04, swarm.Flapping: .1, swarm.Mute: .01}
	got := map[swarm.Manner]int{}
	const n = 10_000
	for i := range n {
		got[s.manner(i)]++
	}
	for m, part := range s {
		if want := part * n; float64(got[m]) < want*.95 || float64(got[m]) > want*1.05 {
			t.Errorf("%d of %d are %s, want %.0f", got[m], n, m, want)
		}
	}
	if got[swarm.Good] < 8400 || got[swarm.Good] > 8600 {
		t.Errorf("%d are good", got[swarm.Good])
	}
}

func TestFiguresOfPrometheus(t *testing.T) {
	f, err := parseFigures(strings.NewReader("# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 1.5e+08\n# TYPE process_open_fds gauge\nprocess_open_fds 12\n# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 2.5\ngo_goroutines 77\nmingbai_connections 3\n"))
	if err != nil || f.RSS != 150_000_000 || f.Descriptors != 12 || f.CPU != 2500*time.Millisecond || f.Goroutines != 77 || f.Connections != 3 {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := parseFigures(strings.NewReader("<html>")); err == nil {
		t.Error("a page is taken for figures")
	}
}

// runningController is a controller with the sample county, figures and a token.
func runningController(t *testing.T) (c *controller.Controller, metrics string) {
	t.Helper()
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Data, cfg.Listen, cfg.Speech.Enabled = t.TempDir(), "127.0.0.1:0", "off"
	cfg.Metrics.TokenFile = filepath.Join(t.TempDir(), "metrics-token")
	if err := os.WriteFile(cfg.Metrics.TokenFile, []byte("0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := controller.New(cfg, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if _, err := c.ImportSample(t.Context()); err != nil {
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
	return c, cfg.Metrics.TokenFile
}

// A load of a controller that runs enrols, publishes, storms, says what the server
// carries, and leaves nothing behind. One with a screen that somebody enrolled is
// not loaded by mistake.
func TestLoad(t *testing.T) {
	c, metrics := runningController(t)
	before, err := c.Fleet.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := bindDevice(t.Context(), c, before[0].ID); err != nil {
		t.Fatal(err)
	}
	careless := []string{"-controller", c.URL(), "-token", c.Config.TokenFile(), "-screens", "2", "-for", "1s"}
	if err := run(t.Context(), careless, io.Discard, t.Output()); err == nil || !strings.Contains(err.Error(), "-yes") {
		t.Errorf("it is loaded: %v", err)
	}
	file := filepath.Join(t.TempDir(), "figures.json")
	var out bytes.Buffer
	args := []string{
		"-controller", c.URL(), "-token", c.Config.TokenFile(), "-metrics-token", metrics, "-screens", "20", "-real", "1", "-for", "4s",
		"-publish", "1s", "-report", "1s", "-rows", "1s", "-storm", "-mute", "10%", "-json", file, "-yes",
	}
	if err := run(t.Context(), args, &out, t.Output()); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r loadReport
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	// A busy machine may have the second notice before all have acknowledged the first.
	if r.Screens != 20 || len(r.Publishes) == 0 || r.Publishes[0].Acks.N == 0 || int(r.Publishes[0].Acks.N)+int(r.Publishes[0].Missing) != 18 || r.Storm == nil || r.Storm.Cut < 18 || r.Stats.Reports == 0 || r.Left != "" {
		t.Errorf("%s\n%s", data, out.String())
	}
	if r.Before == nil || r.Quiet == nil || r.Quiet.Descriptors < r.Before.Descriptors+18 || r.Quiet.Connections < 18 {
		t.Errorf("the server took %+v, then %+v", r.Before, r.Quiet)
	}
	if r.Verdict.En == "" || !strings.Contains(out.String(), r.Verdict.Zh) || !strings.Contains(out.String(), r.Verdict.En) {
		t.Errorf("the verdict %+v is not said:\n%s", r.Verdict, out.String())
	}
	states, err := c.Fleet.List(t.Context())
	if err != nil || len(states) < len(before) {
		t.Fatal(len(states), err)
	}
	for _, s := range states {
		if s.Online || s.Name == "模拟屏 00000" {
			t.Errorf("%s %s is left behind", s.ID, s.Name)
		}
	}
}

func bindDevice(ctx context.Context, c *controller.Controller, id playlist.ScreenID) error {
	err := c.Store.Update(ctx, func(tx *store.Tx) error { return tx.BindDevice(ctx, id, make([]byte, 32), time.Now()) })
	return errors.Join(err, c.Fleet.RefreshAll(ctx))
}

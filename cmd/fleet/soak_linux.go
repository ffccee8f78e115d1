package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"mingbai/assets/durable"
	"mingbai/cmd/internal/swarm"
)

// Of a soak that is not told otherwise.
const (
	soakScreens = 2000
	soakReal    = 3
	soakReport  = 10 * time.Second
	soakPublish = 10 * time.Second
)

// soakShares is the steady mixture of those that misbehave.
var soakShares = shares{
	swarm.Stalled: .02, swarm.Flapping: .05, swarm.Slow: .01, swarm.Lying: .01, swarm.Garbling: .005, swarm.Mute: .01, swarm.Greedy: .005, swarm.Storming: .001,
}

// soakReport is what a soak found, for -json.
type soakResult struct {
	Machine  Machine     `json:"machine"`
	Screens  int         `json:"screens"`
	Took     float64     `json:"took"` // seconds
	Done     done        `json:"done"`
	Lines    []soakLine  `json:"lines"`
	Stats    swarm.Stats `json:"stats"`
	Samples  []figures   `json:"samples"` // after the warm-up
	Failures []string    `json:"failures"`
}

// soakLine is one quantity of the controller's process.
type soakLine struct {
	What   string  `json:"what"`
	Unit   string  `json:"unit"`
	PerDay float64 `json:"per_day"`
	Low    float64 `json:"low"` // of the 95 % interval
	High   float64 `json:"high"`
	Grown  float64 `json:"grown"` // over the samples
	Level  float64 `json:"level"`
	Noise  float64 `json:"noise"`
	Limit  float64 `json:"limit_per_day"`
	Why    string  `json:"why"`
	Over   bool    `json:"over"`
}

// quantities are what must not grow. The limit of memory is R18 of the tests; the
// others are held to about nothing, one in a hundred a day.
var quantities = []struct {
	what, unit string
	of         func(figures) float64
	may        bound
}{
	{"memory (RSS)", "MiB", func(f figures) float64 { return float64(f.RSS) / (1 << 20) }, bound{perDay: 1, share: .05}},
	{"Go heap after a collection", "MiB", func(f figures) float64 { return float64(f.Heap) / (1 << 20) }, bound{perDay: 1, share: .05}},
	{"goroutines", "", func(f figures) float64 { return float64(f.Goroutines) }, bound{perDay: 10, share: .02}},
	{"descriptors", "", func(f figures) float64 { return float64(f.Descriptors) }, bound{perDay: 10, share: .02}},
}

// runSoak lets a controller of its own carry its screens for a long time.
func runSoak(ctx context.Context, o loadOptions, out, logs io.Writer) (err error) {
	if err := o.soakDefaults(); err != nil {
		return err
	}
	if err := raiseLimit(); err != nil {
		return fmt.Errorf("raise the limit of descriptors: %w", err)
	}
	dir, err := os.MkdirTemp("", "mingbai-soak-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	log := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	m := &Bench{Devices: o.Screens, Dir: dir, Log: log}
	defer func() { err = errors.Join(err, m.sweep()) }()
	fmt.Fprintf(out, "Filling a controller with %d screens ...\n", o.Screens)
	server, err := m.Server(ctx, ServerOptions{Swarm: true, Screens: o.Screens})
	if err != nil {
		return err
	}
	see, err := (&watcher{pid: server.Pid(), client: plainClient()}).with(server.URL, "", server.Metrics)
	if err != nil {
		return err
	}
	api, err := swarm.NewAPI(server.URL, "", server.Token)
	if err != nil {
		return err
	}
	defer api.Close()
	s, err := swarm.New(swarm.Config{
		URL: server.URL, Seed: server.Seed, Count: o.Screens, From: loopback(), Manner: o.Shares.manner, Real: func(i int) bool { return i < o.Real }, Dir: dir,
		Report: o.Report, Ledger: o.Rows, Blobs: o.Blobs, Plain: o.Plain, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ran := make(chan error, 1)
	go func() { ran <- s.Run(running) }() // ends with stop
	defer func() {
		stop()
		err = errors.Join(err, <-ran)
	}()
	k := &soaking{o: o, s: s, api: api, see: see, out: out}
	calling := time.Now()
	within, cancel := context.WithTimeout(ctx, connectWithin)
	err = s.Connected(within, o.goods())
	cancel()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d are connected after %.1f s; the soak lasts %s, the first %s of it to warm up.\n", s.Stats().Connected, time.Since(calling).Seconds(), o.For, k.warmUp())
	began := time.Now()
	err = k.live(ctx)
	if ctx.Err() != nil {
		fmt.Fprintln(out, "It was stopped; what was measured so far follows.")
		err = nil
	}
	if err != nil {
		return err
	}
	r := soakResult{Machine: thisMachine(), Screens: o.Screens, Took: time.Since(began).Seconds(), Done: k.done, Stats: s.Stats(), Samples: k.samples, Failures: k.failures()}
	r.Lines = soakLines(k.samples)
	return errors.Join(r.save(o.JSON), r.print(out))
}

// soakDefaults completes the options.
func (o *loadOptions) soakDefaults() error {
	for v, def := range map[*int]int{&o.Screens: soakScreens, &o.Real: soakReal} {
		if *v == 0 {
			*v = def
		}
	}
	o.Real = min(o.Real, o.Screens)
	for v, def := range map[*time.Duration]time.Duration{&o.For: 8 * time.Hour, &o.Report: soakReport, &o.Publish: soakPublish} {
		if *v == 0 {
			*v = def
		}
	}
	if o.Shares.sum() == 0 {
		o.Shares = soakShares
	}
	o.Token = "of its own controller"
	return o.check()
}

// soakLines fits a line to every quantity.
func soakLines(samples []figures) (lines []soakLine) {
	var times []time.Time
	for _, f := range samples {
		times = append(times, f.At)
	}
	for _, q := range quantities {
		values := make([]float64, 0, len(samples))
		for _, f := range samples {
			values = append(values, q.of(f))
		}
		s := slopeOf(times, values)
		limit, why := q.may.limit(s)
		lines = append(lines, soakLine{
			What: q.what, Unit: q.unit, PerDay: s.PerDay, Low: s.Low, High: s.High, Grown: s.grown(), Level: s.Level, Noise: s.Noise,
			Limit: limit, Why: why, Over: s.over(limit),
		})
	}
	return lines
}

// errGrows is the end of a soak in which something grew.
var errGrows = errors.New("the controller did not hold")

// print writes the figures; the error says what grew or failed.
func (r soakResult) print(w io.Writer) error {
	fmt.Fprintf(w, "\n%s\n%d screens for %s: %s\n\n", r.Machine, r.Screens, time.Duration(r.Took*float64(time.Second)).Round(time.Second), r.Done)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "what\tlevel\tgrew\tslope a day\t95 % between\tlimit a day\t")
	bad := 0
	for _, l := range r.Lines {
		verdict := "holds"
		if l.Over {
			verdict, bad = "GROWS", bad+1
		}
		fmt.Fprintf(t, "%s\t%s %s\t%+.2f\t%+.2f\t%+.2f and %+.2f\t%.2f\t%s\n", l.What, figure(l.Level), l.Unit, l.Grown, l.PerDay, l.Low, l.High, l.Limit, verdict)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(r.Lines) > 0 {
		fmt.Fprintf(w, "\n%d samples after the warm-up; a line through them that outliers do not bend (Theil and Sen). It grows when even the lower end of the interval is over the limit.\n", len(r.Samples))
		for _, l := range r.Lines {
			fmt.Fprintf(w, "%s: %s; noise %.2f %s.\n", l.What, l.Why, l.Noise, l.Unit)
		}
	}
	fmt.Fprintf(w, "publish to acknowledged p50 %s, p99 %s, longest %s; ping p99 %s; %d reports, %d of %d ledger rows taken\n",
		short(r.Stats.Publish.P50), short(r.Stats.Publish.P99), short(r.Stats.Publish.Max), short(r.Stats.Ping.P99), r.Stats.Reports, r.Stats.Taken, r.Stats.Rows)
	for _, f := range r.Failures {
		fmt.Fprintln(w, "failed:", f)
	}
	if len(r.Samples) < 10 {
		return fmt.Errorf("only %d samples: the soak was too short to say anything", len(r.Samples))
	}
	if bad > 0 || len(r.Failures) > 0 {
		return fmt.Errorf("%w: %d quantities grow, %d failures", errGrows, bad, len(r.Failures))
	}
	fmt.Fprintln(w, "Nothing grows, and everything arrived.")
	return nil
}

func (r soakResult) save(file string) error {
	if file == "" {
		return nil
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(durable.OS, file, append(b, '\n'))
}

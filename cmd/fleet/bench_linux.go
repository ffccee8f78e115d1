package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mingbai/assets/durable"
	"mingbai/cmd/internal/machine"
)

// Bench is one run of the benchmark.
type Bench struct {
	Devices  int
	Short    bool
	Dir      string // empty, for whatever a measure needs; removed at the end
	Profiles string // folder for profiles of the servers; empty: none
	Log      *slog.Logger

	mu       sync.Mutex // guards what follows
	children []*child
	cert     *certificate
	numbered int
	county   string // data folder of controllers, which they use one after the other
	lent     bool   // one of them does now
}

// Rounds is how many rounds are measured: n, and fewer in the short form.
func (m *Bench) Rounds(n int) int {
	if m.Short {
		return max(2, n/3)
	}
	return n
}

// Install brings system packages that a floor needs.
func (m *Bench) Install(ctx context.Context, packages ...machine.Need) error {
	return machine.Install(ctx, os.Stderr, packages...)
}

// folder makes a new folder below Dir.
func (m *Bench) folder(name string) (string, error) {
	m.mu.Lock()
	m.numbered++
	dir := filepath.Join(m.Dir, fmt.Sprintf("%s-%d", name, m.numbered))
	m.mu.Unlock()
	return dir, os.MkdirAll(dir, 0o700)
}

// data is the folder of a controller. The first fills it, and those of later
// measures go on with it: bringing ten thousand screens home for the first time, when
// their settings are signed, takes longer than what is measured.
func (m *Bench) data() (string, error) {
	m.mu.Lock()
	dir := m.county
	if dir != "" && !m.lent {
		m.lent = true
		m.mu.Unlock()
		return dir, nil
	}
	m.mu.Unlock()
	dir, err := m.folder("county")
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.county == "" {
		m.county, m.lent = dir, true
	}
	return dir, err
}

// spawn starts a child that is ended with the measure at the latest.
func (m *Bench) spawn(kind string, config any) (*child, error) {
	c, err := spawn(kind, config)
	if err == nil {
		m.mu.Lock()
		m.children = append(m.children, c)
		m.mu.Unlock()
	}
	return c, err
}

// sweep ends the children that a measure has left, the last first.
func (m *Bench) sweep() error {
	m.mu.Lock()
	all := m.children
	m.children = nil
	m.mu.Unlock()
	var errs []error
	for i := len(all) - 1; i >= 0; i-- {
		errs = append(errs, all[i].stop())
	}
	m.mu.Lock()
	m.lent = false
	m.mu.Unlock()
	return errors.Join(errs...)
}

// take takes one measure.
func (m *Bench) take(ctx context.Context, name string, f Measure) (rows []Row, err error) {
	began := time.Now()
	rows, err = f(ctx, m)
	err = errors.Join(err, m.sweep())
	m.Log.Info("A measure was taken.", "measure", name, "took", time.Since(began).Round(10*time.Millisecond).String())
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return rows, err
}

// Report is the whole of a run, for -json.
type Report struct {
	Machine  Machine  `json:"machine"`
	Screens  int      `json:"screens"`
	Short    bool     `json:"short,omitempty"`
	Took     float64  `json:"took"` // seconds
	Rows     []Row    `json:"rows"`
	Missed   []string `json:"missed"`
	Failures []string `json:"failures"`
}

func runBench(ctx context.Context, o benchOptions, out, logs io.Writer) error {
	if err := raiseLimit(); err != nil {
		return fmt.Errorf("raise the limit of descriptors: %w", err)
	}
	if o.Screens == 0 {
		o.Screens = 10_000
		if o.Short {
			o.Screens = 1000
		}
	}
	dir, err := os.MkdirTemp("", "mingbai-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	m := &Bench{
		Devices: o.Screens, Short: o.Short, Dir: dir, Profiles: o.Profiles,
		Log: slog.New(slog.NewTextHandler(logs, nil)),
	}
	r := Report{Machine: thisMachine(), Screens: o.Screens, Short: o.Short}
	began := time.Now()
	found := false
	var errs []error
	for _, x := range measures {
		if !named(x.name, o.Only) || o.Short && !x.short && o.Only == "" {
			continue
		}
		found = true
		rows, err := m.take(ctx, x.name, x.take)
		r.Rows = append(r.Rows, rows...)
		if err != nil {
			errs = append(errs, err)
			r.Failures = append(r.Failures, err.Error())
		}
		if ctx.Err() != nil {
			break
		}
	}
	if !found {
		return fmt.Errorf("no measure is called %q", o.Only)
	}
	r.Took, r.Missed = time.Since(began).Seconds(), missed(r.Rows)
	if err := r.print(out); err != nil {
		return err
	}
	if o.JSON != "" {
		b, err := json.MarshalIndent(r, "", "  ")
		if err == nil {
			err = durable.WriteFile(durable.OS, o.JSON, append(b, '\n'))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// named reports whether one of the names that -only has is in that of a measure.
func named(measure, only string) bool {
	for part := range strings.SplitSeq(only, ",") {
		if strings.Contains(measure, part) {
			return true
		}
	}
	return false
}

func (r Report) print(w io.Writer) error {
	fmt.Fprintf(w, "%s\n%d screens, %.0f s\n\n", r.Machine, r.Screens, r.Took)
	if err := table(w, r.Rows); err != nil {
		return err
	}
	held := 0
	for _, row := range r.Rows {
		if row.Target != 0 && row.Unknown == "" && row.Holds() {
			held++
		}
	}
	fmt.Fprintf(w, "\ntargets: %d hold, %d missed; measures that failed: %d\n", held, len(r.Missed), len(r.Failures))
	for _, name := range r.Missed {
		fmt.Fprintln(w, "missed:", name)
	}
	return nil
}

// runChild is the life of a child.
func runChild(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("a child is told its kind and its settings")
	}
	if err := raiseLimit(); err != nil {
		return err
	}
	lives := map[string]func(context.Context, []byte) error{
		"controller": controllerChild, "hub": hubChild, "floor": floorChild, "crowd": crowdChild, "files": filesChild,
	}
	live := lives[args[0]]
	if live == nil {
		return fmt.Errorf("there is no kind of child %q", args[0])
	}
	return live(ctx, []byte(args[1]))
}

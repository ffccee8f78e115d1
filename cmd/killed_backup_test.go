package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/backup"
)

// backupProgram makes or restores a backup as the controller's commands do, in a
// process that can be killed: make|restore CONFIG DIR. With full it does both on a
// disk of its own that has no room left from one step on, at each step in turn.
func backupProgram() error {
	orphaned()
	cfg, err := configs.LoadController(os.Args[2])
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, `{"msg":"began"}`)
	switch ctx := context.Background(); os.Args[1] {
	case "make":
		_, err = backup.Make(ctx, backup.Request{Place: backup.Of(cfg), Dir: os.Args[3]})
	case "restore":
		_, err = backup.Restore(ctx, backup.Order{Place: backup.Of(cfg), Dir: os.Args[3]})
	case "full":
		err = onFullDisk(ctx, cfg, os.Args[3])
	}
	return err
}

// copyingOffice is an office with something to lose, and a file with its settings.
func copyingOffice(t *testing.T) (o *hectic, config string, whole string) {
	o = openHectic(t)
	whole = filepath.Join(o.dir, "whole")
	if _, err := backup.Make(t.Context(), backup.Request{Place: backup.Of(o.c.Config), Dir: whole, Store: o.c.Store}); err != nil {
		t.Fatal(err)
	}
	return o, settingsFile(t, o, "office"), whole
}

func settingsFile(t *testing.T, o *hectic, data string) string {
	t.Helper()
	path := filepath.Join(o.dir, data+"-copy.toml")
	if err := os.WriteFile(path, fmt.Appendf(nil, "data = %q\n[speech]\nenabled = \"off\"\n", filepath.Join(o.dir, data)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// killedAt runs the program and kills it d after it has begun; ended is true when it
// was faster.
func killedAt(t *testing.T, o *hectic, name string, d time.Duration, args ...string) (ended bool) {
	t.Helper()
	p, err := start(name, o.dir, "mingbai-backup", args...)
	if err != nil {
		t.Fatal(err)
	}
	limit, tick := time.NewTimer(patience), time.NewTicker(time.Millisecond)
	defer limit.Stop()
	defer tick.Stop()
	for begun := false; !begun && p.running(); {
		_, begun = p.said(func(l logLine) bool { return l.Msg == "began" })
		select {
		case <-limit.C:
			t.Fatalf("%s does not begin\n%s", name, p.tail())
		case <-tick.C:
		}
	}
	select {
	case <-p.done:
		if p.err != nil {
			t.Fatalf("%s: %v\n%s", name, p.err, p.tail())
		}
		return true
	case <-time.After(d):
		p.kill()
		return false
	}
}

// TestKilledCopying kills the making of backups and their restores at random
// instants. A copy that was cut off has no manifest, is in no list and passes no
// check; a restore that was cut off is no controller, or nothing was begun. Done
// again both come to an end.
func TestKilledCopying(t *testing.T) {
	const rounds = 12
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	o, config, whole := copyingOffice(t)
	folder := filepath.Join(o.dir, "copies")
	began := time.Now()
	if !killedAt(t, o, "first", time.Hour, "make", config, filepath.Join(folder, "first")) {
		t.Fatal("it was killed")
	}
	took := time.Since(began)
	cut := 0
	for i := range rounds {
		dir := filepath.Join(folder, fmt.Sprint(i))
		began := time.Now()
		ended := killedAt(t, o, fmt.Sprint("make-", i), time.Duration(rng.Int64N(int64(took)))/2, "make", config, dir)
		if ended { // the machine is less busy than it was
			took = min(took, time.Since(began))
		}
		_, unfinished := backup.ReadManifest(dir)
		report, err := backup.Check(t.Context(), dir)
		sound := err == nil && report.Err() == nil
		if ended && !sound || (unfinished == nil) != sound {
			t.Errorf("backup %d, ended by itself: %v; manifest: %v; check: %v, %v", i, ended, unfinished, err, report.Err())
		}
		if !sound {
			cut++
			if _, err := backup.Restore(t.Context(), backup.Order{Place: backup.Place{Data: filepath.Join(o.dir, "no")}, Dir: dir}); err == nil {
				t.Errorf("what is left of backup %d is restored", i)
			}
		}
	}
	listed, err := backup.List(folder)
	if err != nil || len(listed) != rounds+1-cut {
		t.Errorf("%d backups are listed, %d were cut off: %v", len(listed), cut, err)
	}
	halves := 0
	config = settingsFile(t, o, "new")
	place, err := configs.LoadController(config)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rounds {
		if i%3 == 0 { // else over what is left of the one before
			if err := os.RemoveAll(place.Data); err != nil {
				t.Fatal(err)
			}
		}
		ended := killedAt(t, o, fmt.Sprint("restore-", i), time.Duration(rng.Int64N(int64(took)))/2, "restore", config, whole)
		half := backup.Unfinished(place.Data)
		_, here := os.Stat(place.DatabaseFile())
		switch {
		case half != nil:
			halves++
			if c, err := controller.New(place, slog.New(slog.DiscardHandler)); !errors.Is(err, backup.ErrUnfinished) {
				t.Errorf("half of restore %d opens as a controller: %v", i, err)
				if c != nil {
					c.Close()
				}
			}
		case here == nil: // it came to its end
			if err := opens(place); err != nil {
				t.Errorf("restore %d, ended by itself: %v: %v", i, ended, err)
			}
			if err := os.RemoveAll(place.Data); err != nil {
				t.Fatal(err)
			}
		case !errors.Is(here, fs.ErrNotExist):
			t.Error(here)
		default:
			if keys, err := os.ReadDir(place.Keys()); ended || err == nil && len(keys) > 0 {
				t.Errorf("restore %d left keys without a database, and no mark: %v", i, err)
			}
		}
	}
	t.Logf("%d of %d backups and %d of %d restores were cut off", cut, rounds, halves, rounds)
	if cut == 0 {
		t.Error("no backup was cut off")
	}
	if half := backup.Unfinished(place.Data); half != nil || errors.Is(statOf(place.DatabaseFile()), fs.ErrNotExist) {
		if !killedAt(t, o, "last", time.Hour, "restore", config, whole) {
			t.Fatal("it was killed")
		}
		if err := opens(place); err != nil {
			t.Error(err)
		}
	}
}

func statOf(path string) error { _, err := os.Stat(path); return err }

// opens says whether a data folder is a whole controller.
func opens(cfg configs.Controller) error {
	cfg.Listen = "127.0.0.1:0"
	c, err := controller.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	_, err = c.Store.CheckAudit(context.Background())
	return errors.Join(err, c.Close())
}

// TestCopyingOnAFullDisk lets the disk run full at every step of a backup and of a
// restore: both say so, and what is left is known as unfinished.
func TestCopyingOnAFullDisk(t *testing.T) {
	own := ownMounts()
	if own == nil {
		t.Log("this machine lets nobody mount a small disk")
		return
	}
	o, config, whole := copyingOffice(t)
	p, err := startWith("full", o.dir, own, "mingbai-backup", "full", config, whole)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(patience):
		p.kill()
	}
	if p.err != nil {
		t.Errorf("%v\n%s", p.err, p.tail())
	}
}

// onFullDisk is the part of that test which sees the small disk.
func onFullDisk(ctx context.Context, cfg configs.Controller, whole string) error {
	disk := filepath.Join(filepath.Dir(whole), "small")
	if err := smallDisk(disk); err != nil { // it ends with this process
		return err
	}
	// A disk whose size is that of nothing would have no bounds.
	if err := os.WriteFile(filepath.Join(disk, "ballast"), make([]byte, 64<<10), 0o600); err != nil {
		return err
	}
	full := func(step string) func(string) error {
		return func(s string) error {
			if s == step {
				return fillDisk(disk, true)
			}
			return nil
		}
	}
	for _, step := range []string{backup.StepDatabase, backup.StepBlobs, backup.StepSecrets, backup.StepManifest, ""} {
		dir := filepath.Join(disk, "copy"+step)
		_, err := backup.Make(ctx, backup.Request{Place: backup.Of(cfg), Dir: dir, Anew: true, Step: full(step)})
		if (step == "") != (err == nil) {
			return fmt.Errorf("backup on a disk that is full from %q on: %v", step, err)
		}
		if step != "" && !errors.Is(err, syscall.ENOSPC) && step != backup.StepDatabase { // SQLite says it in its own words
			return fmt.Errorf("backup on a disk that is full from %q on says: %v", step, err)
		}
		report, err := backup.Check(ctx, dir)
		if err != nil || (step == "") != (report.Err() == nil) {
			return fmt.Errorf("a backup that found the disk full at %q: %v, %v", step, err, report.Err())
		}
		if err := errors.Join(fillDisk(disk, false), os.RemoveAll(dir)); err != nil {
			return err
		}
	}
	cfg.Data = filepath.Join(disk, "new")
	place := backup.Of(cfg)
	for _, step := range []string{backup.StepBlobs, backup.StepSecrets, backup.StepDatabase, ""} {
		_, err := backup.Restore(ctx, backup.Order{Place: place, Dir: whole, Step: full(step)})
		if (step == "") != (err == nil) || (step == "") != (backup.Unfinished(place.Data) == nil) {
			return fmt.Errorf("restore on a disk that is full from %q on: %v, %v", step, err, backup.Unfinished(place.Data))
		}
		if step != "" && !errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("restore on a disk that is full from %q on says: %v", step, err)
		}
		if err := fillDisk(disk, false); err != nil {
			return err
		}
	}
	return opens(cfg)
}

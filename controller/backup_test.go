package controller_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/controller"
	"mingbai/controller/backup"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// TestBackupUnderLoad takes backups while an office publishes without a pause:
// each passes its check, holds what was acknowledged before it began, shares what
// it can with the one before, and opens as a controller.
func TestBackupUnderLoad(t *testing.T) {
	cfg := settings(t.TempDir())
	c := openController(t, cfg)
	load(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	acked, done := make(chan publish.Receipt), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			r, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("liuxi", "news", fmt.Sprintf("第 %d 条公告", i)))
			if err != nil {
				done <- err
				return
			}
			select {
			case acked <- r:
			case <-ctx.Done():
				done <- ctx.Err()
				return
			default: // nobody asks now
			}
		}
	}()
	folder := t.TempDir()
	var last string
	for i := range 3 {
		before := <-acked
		r := backup.Request{Place: backup.Of(cfg), Dir: filepath.Join(folder, fmt.Sprint(i)), Store: c.Store, Office: "乡"}
		if i == 2 {
			r.Store = nil // as the command does, from another process
		}
		m, err := backup.Make(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		report, err := backup.Check(t.Context(), r.Dir)
		if err != nil || report.Err() != nil || report.Audit == 0 || report.Editions == 0 {
			t.Fatalf("check: %v, %v, %+v", err, report.Err(), report)
		}
		held := playlist.Revision(0)
		for _, ch := range m.Channels {
			if ch.Channel == before.Channel {
				held = ch.Revision
			}
		}
		if held < before.Revision {
			t.Errorf("backup %d holds revision %d, %d was acknowledged before it began", i, held, before.Revision)
		}
		if i > 0 && m.Blobs.Linked == 0 || i == 0 && m.Blobs.Linked > 0 {
			t.Errorf("backup %d shares %d of %d blobs", i, m.Blobs.Linked, m.Blobs.Count)
		}
		last = r.Dir
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the office stopped publishing: %v", err)
	}
	other := settings(filepath.Join(t.TempDir(), "new"))
	if _, err := backup.Restore(t.Context(), backup.Order{Place: backup.Of(other), Dir: last}); err != nil {
		t.Fatal(err)
	}
	again := openController(t, other)
	if _, err := again.Store.CheckAudit(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := again.Desk.Publish(t.Context(), publish.Who{Actor: "li"}, announcement("liuxi", "news", "恢复之后的公告")); err != nil {
		t.Error(err)
	}
}

// TestUnsoundBackups damages backups in the ways that disks and people do: each is
// found in words, and not restored unless somebody insists.
func TestUnsoundBackups(t *testing.T) {
	cfg := settings(t.TempDir())
	c := openController(t, cfg)
	load(t, c)
	whole := filepath.Join(t.TempDir(), "whole")
	if _, err := backup.Make(t.Context(), backup.Request{Place: backup.Of(cfg), Dir: whole, Store: c.Store}); err != nil {
		t.Fatal(err)
	}
	first := func(dir, pattern string) string {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		return found[0]
	}
	flip := func(path string) error {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text[len(text)/2] ^= 1
		return os.WriteFile(path, text, 0o600)
	}
	for name, damage := range map[string]struct {
		do    func(dir string) error
		words string
	}{
		"no manifest":    {func(dir string) error { return os.Remove(filepath.Join(dir, "backup.json")) }, "没有备份清单"},
		"other manifest": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "backup.json"), []byte("{"), 0o600) }, "备份清单读不出来"},
		"database":       {func(dir string) error { return flip(filepath.Join(dir, "mingbai.db")) }, "mingbai.db"},
		"short database": {func(dir string) error { return os.Truncate(filepath.Join(dir, "mingbai.db"), 8192) }, "mingbai.db"},
		"blob":           {func(dir string) error { return flip(first(dir, "blobs/*/*")) }, "已损坏"},
		"blobs gone":     {func(dir string) error { return os.RemoveAll(filepath.Join(dir, "blobs")) }, "缺"},
		"key gone":       {func(dir string) error { return os.Remove(filepath.Join(dir, "keys", "root.key")) }, "root.key"},
		"another key":    {func(dir string) error { return flip(first(dir, "keys/channel-*.key")) }, "密钥"},
		"token":          {func(dir string) error { return os.WriteFile(filepath.Join(dir, "api-token"), []byte("x"), 0o600) }, "api-token"},
	} {
		dir := filepath.Join(t.TempDir(), "b")
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		if err := damage.do(dir); err != nil {
			t.Fatal(err)
		}
		report, err := backup.Check(t.Context(), dir)
		bad, is := errors.AsType[*backup.Unsound](report.Err())
		if err != nil || !is || !strings.Contains(strings.Join(bad.Words(true), "\n"), damage.words) {
			t.Errorf("%s: %v, %v", name, err, report.Err())
		}
		place := backup.Of(settings(filepath.Join(t.TempDir(), "new")))
		if _, err := backup.Restore(t.Context(), backup.Order{Place: place, Dir: dir}); err == nil {
			t.Errorf("%s: it was restored", name)
		}
		if _, err := os.Stat(place.Data); err == nil {
			t.Errorf("%s: the refused restore left something", name)
		}
		if _, err := backup.Restore(t.Context(), backup.Order{Place: place, Dir: dir, Force: true}); err != nil {
			t.Errorf("%s, forced: %v", name, err)
		}
	}
}

// TestBackupCutOff ends a backup and a restore before each of their steps: nothing
// that is left looks finished, and doing it again succeeds.
func TestBackupCutOff(t *testing.T) {
	cfg := settings(t.TempDir())
	c := openController(t, cfg)
	load(t, c)
	folder := t.TempDir()
	cut := errors.New("the power went")
	at := func(step string) func(string) error {
		return func(s string) error {
			if s == step {
				return cut
			}
			return nil
		}
	}
	for _, step := range []string{backup.StepDatabase, backup.StepBlobs, backup.StepSecrets, backup.StepManifest} {
		dir := filepath.Join(folder, step)
		if _, err := backup.Make(t.Context(), backup.Request{Place: backup.Of(cfg), Dir: dir, Store: c.Store, Step: at(step)}); !errors.Is(err, cut) {
			t.Fatalf("%s: %v", step, err)
		}
		if report, err := backup.Check(t.Context(), dir); err != nil || report.Err() == nil {
			t.Errorf("cut before %s it passes: %v", step, err)
		}
	}
	if all, err := backup.List(folder); err != nil || len(all) != 0 {
		t.Errorf("unfinished ones are listed: %+v, %v", all, err)
	}
	whole := filepath.Join(folder, "whole")
	if _, err := backup.Make(t.Context(), backup.Request{Place: backup.Of(cfg), Dir: whole, Store: c.Store}); err != nil {
		t.Fatal(err)
	}
	other := settings(filepath.Join(t.TempDir(), "new"))
	for _, step := range []string{backup.StepBlobs, backup.StepSecrets, backup.StepDatabase} {
		if _, err := backup.Restore(t.Context(), backup.Order{Place: backup.Of(other), Dir: whole, Step: at(step)}); !errors.Is(err, cut) {
			t.Fatalf("%s: %v", step, err)
		}
		if half, err := controller.New(other, quiet(t)); !errors.Is(err, backup.ErrUnfinished) {
			t.Errorf("cut before %s a controller opens: %v", step, err)
			if half != nil {
				half.Close()
			}
		}
	}
	if _, err := backup.Restore(t.Context(), backup.Order{Place: backup.Of(other), Dir: whole}); err != nil {
		t.Fatal(err)
	}
	openController(t, other)
}

// TestKeeper lives through a month of nights: one backup each, the newest of
// seven days and four weeks stay, a failure is said and tried again, and what the
// check finds is a warning.
func TestKeeper(t *testing.T) {
	cfg := settings(t.TempDir())
	c := openController(t, cfg)
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	var fail error
	folder := filepath.Join(t.TempDir(), "backups")
	k, err := backup.New(t.Context(), backup.Config{
		Store: c.Store, Place: backup.Of(cfg), Folder: folder, At: 150, Daily: 7, Weekly: 4, Zone: time.UTC, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return now }, Step: func(string) error { return fail },
	})
	if err != nil {
		t.Fatal(err)
	}
	k.Turn(t.Context())
	if n := len(k.State().Backups); n != 0 {
		t.Errorf("%d backups as soon as it starts", n)
	}
	now = now.Add(11 * time.Minute)
	k.Turn(t.Context())
	if n := len(k.State().Backups); n != 1 {
		t.Fatalf("%d backups after ten minutes", n)
	}
	for range 30 {
		now = k.State().Next.Add(-time.Second)
		k.Turn(t.Context()) // a second too early
		before := k.State().Backups[0].Name
		now = now.Add(2 * time.Second)
		k.Turn(t.Context())
		k.Turn(t.Context()) // once is enough
		if s := k.State(); s.Backups[0].Name == before || !s.Backups[0].Passed() || len(k.Signs(now)) > 0 {
			t.Fatalf("%s: %+v, %v", now, s.Backups[0], k.Signs(now))
		}
	}
	if n := len(k.State().Backups); n < 9 || n > 10 { // the weeks' newest are among the days' for one or two
		t.Errorf("%d backups are kept", n)
	}

	fail = errors.New("the disk is gone")
	now = k.State().Next.Add(time.Second)
	k.Turn(t.Context())
	s := k.State()
	if s.Failed.IsZero() || len(k.Signs(now)) != 1 || !strings.Contains(s.Why.Zh, "the disk is gone") {
		t.Errorf("a failure: %+v", s)
	}
	fail = nil
	now = now.Add(59 * time.Minute)
	k.Turn(t.Context())
	if k.State().Failed.IsZero() {
		t.Error("it was tried again within the hour")
	}
	now = now.Add(2 * time.Minute)
	k.Turn(t.Context())
	if s := k.State(); !s.Failed.IsZero() || len(k.Signs(now)) > 0 {
		t.Errorf("an hour later: %+v", s)
	}
	found, err := filepath.Glob(filepath.Join(folder, k.State().Backups[0].Name, "api-token"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if err := os.WriteFile(found[0], []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := k.AskCheck(t.Context(), "li", k.State().Backups[0].Name); err != nil {
		t.Fatal(err)
	}
	if err := k.Ask(t.Context(), "li"); !errors.Is(err, backup.ErrBusy) {
		t.Errorf("asked twice: %v", err)
	}
	k.Turn(t.Context())
	if s := k.State(); s.Backups[0].Sound() || len(k.Signs(now)) != 1 {
		t.Errorf("a damaged backup: %+v", s.Backups[0])
	}
	if err := k.AskCheck(t.Context(), "li", "../.."); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("a name outside: %v", err)
	}
	rows, err := c.Store.FindRecords(t.Context(), store.AuditFilter{Kind: "backup", Limit: 1000})
	if err != nil || rows[0].Action != "backup.check" || rows[0].Actor != "li" {
		t.Errorf("the audit log: %+v, %v", rows[:min(len(rows), 1)], err)
	}
}

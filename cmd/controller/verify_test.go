package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/configs"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestVerifyWalksLedgers has rows of display, packed, backed up and restored; then the
// packed ones are changed on the disk, and the auditor is told of which screen and rows.
func TestVerifyWalksLedgers(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	say := func(data string, args ...string) (string, error) {
		t.Helper()
		file := filepath.Join(dir, data+".toml")
		if err := os.WriteFile(file, []byte("data = \""+data+"\"\nlisten = \"127.0.0.1:0\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		if len(args) == 0 {
			stop() // it begins, and ends at once
		}
		err := run(ctx, append([]string{"-config", file}, args...), &out, &out)
		return out.String(), err
	}
	if out, err := say("data"); err != nil {
		t.Fatal(out, err)
	}
	cfg, err := configs.LoadController(filepath.Join(dir, "data.toml"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, cfg.DatabaseFile())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	err = s.Update(ctx, func(tx *store.Tx) error {
		var chain assets.Ref
		for i := range uint64(12) {
			row := wire.Row{Seq: i + 1, Notice: "gg-1", Version: 1, Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1, From: at.Add(time.Duration(i) * time.Minute), Until: at.Add(time.Duration(i+1) * time.Minute), Page: "loop"}
			row.Chain = wire.Link(chain, row)
			chain = row.Chain
			if err := tx.PutLedgerRow(ctx, store.LedgerRow{Screen: "s-1", Epoch: 1, Row: row}); err != nil {
				return err
			}
		}
		n, _, _, err := tx.PackLedger(ctx, "s-1", store.LedgerMark{}, at.AddDate(0, 0, 3), at.AddDate(0, 0, 5), time.UTC)
		if n != 12 {
			t.Errorf("%d rows were packed", n)
		}
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err := say("data", "backup", filepath.Join(dir, "b")); err != nil {
		t.Fatal(out, err)
	}
	if out, err := say("other", "restore", filepath.Join(dir, "b")); err != nil {
		t.Fatal(out, err)
	}
	for _, args := range [][]string{{"data", "verify"}, {"data", "verify", filepath.Join(dir, "b")}, {"other", "verify"}} {
		if out, err := say(args[0], args[1:]...); err != nil || !strings.Contains(out, "display: 12 rows of 1 screens") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	db, err := sql.Open("sqlite", cfg.DatabaseFile())
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(ctx, `UPDATE ledger_packs SET until_last = until_last + 1`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	out, err := say("data", "verify")
	if err == nil || !strings.Contains(out, "- ledger of s-1, epoch 1, rows 1 to 12: packed rows of display are damaged") {
		t.Errorf("changed: %v\n%s", err, out)
	}
}

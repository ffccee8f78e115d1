package controller_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/backup"
	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// shot is a small picture of one colour.
func shot(t *testing.T, grey uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	for i := range m.Pix {
		m.Pix[i] = color.Gray{Y: grey}.Y
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestScreenshotsBySchedule lets two screens be photographed over three days: one a
// step, once a turn, not as a deed of anybody, with old pictures removed and no
// content touched.
func TestScreenshotsBySchedule(t *testing.T) {
	cfg := settings(t.TempDir())
	cfg.Screens.ScreenshotAt = time.Now().In(shanghai(t)).Add(12 * time.Hour).Format("15:04") // no turn begins by the clock of the machine
	c, stop := start(t, cfg)
	load(t, c)
	a := newClient(t, c)
	ctx := t.Context()
	devices := map[string]*device{}
	for range 2 {
		d := newDevice(t, c)
		d.enrol(a, `"site":"liuxi","name":"门口"`)
		devices[string(d.screen)] = d
	}
	begin := time.Now()
	p := c.Fleet.Photographer(begin)
	// step returns the screen that was asked, or nothing, and lets it answer.
	step := func(after time.Duration, picture []byte) string {
		t.Helper()
		if err := p.Step(ctx, begin.Add(after)); err != nil {
			t.Fatal(err)
		}
		found := ""
		for id, d := range devices {
			last, err := c.Store.Commands(ctx, d.screen, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(last) == 0 || !last[0].Done.IsZero() {
				continue
			}
			if found != "" || last[0].Actor != store.Scheduler {
				t.Fatalf("asked by %s: %s and %s", last[0].Actor, found, id)
			}
			found = id
			var asked wire.Command
			d.expect(wire.TypeCommand, &asked)
			d.send(wire.TypeResult, wire.Result{ID: asked.ID, OK: true}, picture)
			eventually(t, func() bool {
				done, err := c.Store.Command(ctx, asked.ID)
				return err == nil && !done.Done.IsZero()
			})
		}
		return found
	}
	content, err := c.Blobs.PutBytes(shot(t, 9)) // a picture of a notice that a device sends as its own
	if err != nil {
		t.Fatal(err)
	}
	if id := step(time.Second, nil); id != "" {
		t.Errorf("%s was asked before screens had time to come back", id)
	}
	first, second := step(time.Minute, shot(t, 9)), step(time.Minute+time.Second, shot(t, 10))
	if first == "" || second == "" || first == second {
		t.Errorf("asked %q, then %q", first, second)
	}
	for i := range 5 {
		if id := step(2*time.Minute+time.Duration(i)*time.Minute, nil); id != "" {
			t.Errorf("%s was asked again in the same turn", id)
		}
	}
	for day := range 3 {
		at := time.Duration(25+24*day) * time.Hour
		if one, other := step(at, shot(t, uint8(20+2*day))), step(at+time.Second, shot(t, uint8(21+2*day))); one == other || one == "" || other == "" {
			t.Errorf("day %d: %q, then %q", day, one, other)
		}
	}
	if err := c.Fleet.SweepShots(ctx); err != nil {
		t.Fatal(err)
	}
	kept := 0
	err = filepath.WalkDir(cfg.Shots(), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			kept++
		}
		return err
	})
	if err != nil || kept != 4 {
		t.Errorf("%d pictures are kept, %v; two of each screen are", kept, err)
	}
	for id, d := range devices {
		rows, err := c.Store.Commands(ctx, d.screen, 20)
		if err != nil || len(rows) > 3 {
			t.Errorf("%s: %d rows of screenshots by schedule stay, %v", id, len(rows), err)
		}
		if last, err := c.Fleet.LatestShot(ctx, d.screen); err != nil || last.Shot != rows[0].Shot {
			t.Errorf("%s: the newest picture is %v, %v", id, last.Shot, err)
		}
	}
	if _, err := c.Blobs.Read(content, 1<<20); err != nil || c.Blobs.Has(assets.RefOf(shot(t, 10))) {
		t.Errorf("content and screenshots are mixed up: %v", err)
	}
	for _, d := range devices {
		records, err := c.Store.Records(ctx, string(d.screen), 0, 100)
		if err != nil || len(records) == 0 {
			t.Fatalf("the log of changes has nothing of %s: %v", d.screen, err)
		}
		for _, r := range records {
			if r.Action == "screen.screenshot" {
				t.Errorf("what happens by schedule is on record as a deed of %s", r.Actor)
			}
		}
	}

	// A backup has no pictures, and nobody misses them.
	stop()
	dir, other := filepath.Join(t.TempDir(), "copy"), settings(filepath.Join(t.TempDir(), "new"))
	if _, err := backup.Make(ctx, backup.Request{Place: backup.Of(cfg), Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "shots")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the backup has screenshots: %v", err)
	}
	if _, err := backup.Restore(ctx, backup.Order{Place: backup.Of(other), Dir: dir}); err != nil {
		t.Fatal(err)
	}
	again := openController(t, other)
	for id, d := range devices {
		if _, err := again.Fleet.LatestShot(ctx, d.screen); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: after a restore the newest picture is %v", id, err)
		}
	}
}

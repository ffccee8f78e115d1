package controller_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mingbai/controller/backup"
	"mingbai/controller/publish"
	"mingbai/playlist"
)

// TestReclaim restores yesterday's backup and takes back what a screen kept: only
// what the channel's key signed, only with all its blobs, keeping what somebody
// wrote meanwhile under the same number; what was taken down stays down.
func TestReclaim(t *testing.T) {
	ctx := t.Context()
	who := publish.Who{Actor: "li"}
	cfg := settings(filepath.Join(t.TempDir(), "old"))
	c := openController(t, cfg)
	load(t, c)
	keep, err := c.Desk.Publish(ctx, who, announcement("liuxi", "news", "停水公告"))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := c.Desk.Publish(ctx, who, announcement("liuxi", "news", "发放大米"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "b")
	if _, err := backup.Make(ctx, backup.Request{Place: backup.Of(cfg), Dir: dir, Store: c.Store}); err != nil {
		t.Fatal(err)
	}
	later := announcement("liuxi", "news", "值班安排")
	newer, err := c.Desk.Publish(ctx, who, later)
	if err != nil {
		t.Fatal(err)
	}
	last, err := c.Desk.TakeDown(ctx, who, gone.Notice, "有误")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := c.Store.Edition(ctx, last.Channel, last.Revision)
	if err != nil {
		t.Fatal(err)
	}

	other := settings(filepath.Join(t.TempDir(), "new"))
	if _, err := backup.Restore(ctx, backup.Order{Place: backup.Of(other), Dir: dir}); err != nil {
		t.Fatal(err)
	}
	r := openController(t, other)
	forged := kept.Envelope
	forged.Payload = append(slices.Clone(forged.Payload), ' ')
	if _, err := r.Desk.Reclaim(ctx, who, last.Channel, forged); err == nil {
		t.Error("a changed edition was believed")
	}
	if _, err := r.Desk.Reclaim(ctx, who, playlist.ChannelID{Site: "shiqiao"}, kept.Envelope); err == nil {
		t.Error("an edition was taken for another channel")
	}
	missing, err := r.Desk.Reclaim(ctx, who, last.Channel, kept.Envelope)
	if err != nil || len(missing) == 0 {
		t.Fatalf("missing: %v, %v", missing, err)
	}
	if row, err := r.Store.Channel(ctx, last.Channel); err != nil || row.Revision >= last.Revision {
		t.Errorf("it was taken without its blobs: %+v, %v", row, err)
	}
	for _, b := range missing {
		f, _, err := c.Blobs.File(b.Ref)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Blobs.Add(b.Ref, b.Size, f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if missing, err := r.Desk.Reclaim(ctx, who, last.Channel, kept.Envelope); err != nil || len(missing) > 0 {
		t.Fatalf("reclaim: %v, %v", missing, err)
	}
	for id, live := range map[playlist.NoticeID]int{keep.Notice: 1, newer.Notice: 1, gone.Notice: 0} {
		if row, err := r.Store.Notice(ctx, id); err != nil || row.Live != live {
			t.Errorf("%s: %+v, %v", id, row, err)
		}
	}
	row, err := r.Store.Channel(ctx, last.Channel)
	if err != nil || row.Revision <= last.Revision {
		t.Errorf("the next edition does not follow the screens': %+v, %v", row, err)
	}
	if missing, err := r.Desk.Reclaim(ctx, who, last.Channel, kept.Envelope); err != nil || len(missing) > 0 {
		t.Errorf("a second screen with the same: %v, %v", missing, err)
	}
	if again, err := r.Store.Channel(ctx, last.Channel); err != nil || again.Revision != row.Revision {
		t.Errorf("the second changed something: %+v, %v", again, err)
	}
	if _, err := r.Store.CheckAudit(ctx); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(other.Data, "restoring")); err == nil {
		t.Error("the restore is not finished")
	}
}

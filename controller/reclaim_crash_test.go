package controller_test

import (
	"errors"
	"testing"

	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestReclaimCrash takes back what a screen kept while somebody writes on the same
// notice, and pulls the plug after every durable step. The screen's version is in
// force under its number, the draft is kept as the next one, once, and to take the
// same back again changes nothing (R20, R02).
func TestReclaimCrash(t *testing.T) {
	ctx := t.Context()
	who := publish.Who{Actor: "li"}
	channel := playlist.ChannelID{Site: "liuxi"}
	base := t.TempDir()
	first := openOffice(t, base, nil)
	if _, err := first.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
		t.Fatal(err)
	}
	first.close(t)
	backup := snapshot(t, base)

	after := openOffice(t, base, nil)
	defer after.close(t)
	revised := announcement("liuxi", "news", "关于防火的通知（修订）")
	revised.ID, revised.Version = "village-1", 1
	last, err := after.desk.Publish(ctx, who, revised)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := after.store.Edition(ctx, channel, last.Revision)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := after.store.NoticeVersion(ctx, "village-1", 2)
	if err != nil {
		t.Fatal(err)
	}

	restored := openOffice(t, backup, nil)
	draft := announcement("liuxi", "news", "恢复以后写的")
	draft.ID, draft.Version = "village-1", 1
	if n, _, err := restored.desk.Draft(ctx, who, draft); err != nil || n.Version != 2 {
		t.Fatalf("the draft is version %d, %v", n.Version, err)
	}
	if missing := restored.takes(t, after, channel, kept.Envelope); missing == 0 {
		t.Fatal("nothing is missing after the restore")
	}
	restored.close(t)

	whole := func(t *testing.T, o *office) playlist.Revision {
		t.Helper()
		row, err := o.store.Notice(ctx, "village-1")
		if err != nil || row.Live != 2 || row.Version != 3 || row.Title != draft.Title || row.Status != store.Draft {
			t.Errorf("the notice is %+v, %v", row, err)
		}
		if v, err := o.store.NoticeVersion(ctx, "village-1", 2); err != nil || v.Ref != shown.Ref {
			t.Errorf("what is in force is not what screens show: %+v, %v", v, err)
		}
		v, err := o.store.NoticeVersion(ctx, "village-1", 3)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := v.Decode(); err != nil || n.Title != draft.Title || n.Version != 3 {
			t.Errorf("the draft is %+v, %v", n, err)
		}
		if versions, err := o.store.NoticeVersions(ctx, "village-1"); err != nil || len(versions) != 3 {
			t.Errorf("there are %d versions, %v", len(versions), err)
		}
		c, err := o.store.Channel(ctx, channel)
		if err != nil || c.Revision <= last.Revision {
			t.Errorf("the next edition does not follow the screens': %+v, %v", c, err)
		}
		if _, err := o.store.CheckAudit(ctx); err != nil {
			t.Error(err)
		}
		return c.Revision
	}
	for _, step := range []string{"change committed", "blobs stored", "edition stored", "announced"} {
		t.Run(step, func(t *testing.T) {
			dir, left := snapshot(t, backup), ""
			o := openOffice(t, dir, func(at string) error {
				if at == step && left == "" {
					left = snapshot(t, dir)
					return errors.New("the plug is pulled")
				}
				return nil
			})
			defer o.close(t)
			if missing, err := o.desk.Reclaim(ctx, who, channel, kept.Envelope); err == nil || len(missing) > 0 {
				t.Fatalf("the desk did not come by the step: %v, %v", missing, err)
			}
			again := openOffice(t, left, nil)
			defer again.close(t)
			if err := again.desk.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			was := whole(t, again)
			if missing, err := again.desk.Reclaim(ctx, who, channel, kept.Envelope); err != nil || len(missing) > 0 {
				t.Errorf("again: %v, %v", missing, err)
			}
			if now := whole(t, again); now != was {
				t.Errorf("to take it back again made revision %d of %d", now, was)
			}
			again.check(t)
		})
	}
}

// takes brings the blobs that an office lacks for an edition from another one and
// returns how many they were.
func (o *office) takes(t *testing.T, from *office, ch playlist.ChannelID, env wire.Envelope) int {
	t.Helper()
	missing, err := o.desk.Reclaim(t.Context(), publish.Who{Actor: "li"}, ch, env)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range missing {
		data, err := from.blobs.Read(b.Ref, b.Size)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.blobs.PutBytes(data); err != nil {
			t.Fatal(err)
		}
	}
	return len(missing)
}

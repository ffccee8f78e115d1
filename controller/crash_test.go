package controller_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/publish"
	"mingbai/controller/speaker"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/wire"
)

// office is a desk on a folder, without the rest of a controller.
type office struct {
	store *store.Store
	blobs *assets.Store
	keys  *publish.Keys
	desk  *publish.Desk

	mu        sync.Mutex // guards announced
	announced map[playlist.ChannelID]playlist.Revision
}

func openOffice(t *testing.T, dir string, checkpoint func(string) error) *office {
	t.Helper()
	return openSpeakingOffice(t, dir, checkpoint, nil)
}

func openSpeakingOffice(t *testing.T, dir string, checkpoint func(string) error, voice *speaker.Speaker) *office {
	t.Helper()
	o := &office{announced: map[playlist.ChannelID]playlist.Revision{}}
	var err error
	if o.blobs, err = assets.Open(durable.OS, filepath.Join(dir, "blobs")); err != nil {
		t.Fatal(err)
	}
	o.store = storetest.Open(t, filepath.Join(dir, "mingbai.db"))
	if o.keys, err = publish.OpenKeys(durable.OS, filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	o.desk = publish.New(publish.Config{
		Store: o.store, Blobs: o.blobs, Keys: o.keys, Zone: time.UTC, Policy: review.Single, Log: quiet(t), Checkpoint: checkpoint,
		Speaker: voice, SpeakAtOnce: 2, SpeechEvery: time.Hour,
		Announce: func(made publish.Made) {
			ch, rev := made.Channel, made.Revision
			o.mu.Lock()
			defer o.mu.Unlock()
			if rev < o.announced[ch] {
				t.Errorf("%s: revision %d was announced after %d", ch, rev, o.announced[ch])
			}
			o.announced[ch] = rev
		},
	})
	return o
}

func (o *office) close(t *testing.T) {
	t.Helper()
	o.desk.Close()
	if err := o.store.Close(); err != nil {
		t.Error(err)
	}
}

// check states the whole invariant of what is published: every channel's newest
// edition is signed by its key, follows the one before, was announced, names
// only blobs that are here and whole, and holds exactly what is in force.
func (o *office) check(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	channels, err := o.store.Channels(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range channels {
		if c.Wanted != c.Compiled {
			t.Errorf("%s: %d changes were wanted, %d are in an edition", c.ID, c.Wanted, c.Compiled)
		}
		live, err := o.store.LiveNotices(ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if c.Revision == 0 {
			if len(live) > 0 {
				t.Errorf("%s: %d notices are in force without an edition", c.ID, len(live))
			}
			continue
		}
		if o.announced[c.ID] != c.Revision {
			t.Errorf("%s: revision %d is the newest, %d was announced", c.ID, c.Revision, o.announced[c.ID])
		}
		var prev *playlist.Edition
		for rev := playlist.Revision(1); rev <= c.Revision; rev++ {
			row, err := o.store.Edition(ctx, c.ID, rev)
			if err != nil {
				t.Fatal(err)
			}
			e, err := wire.OpenEdition(row.Envelope, playlist.ChannelGrant{Channel: c.ID, Keys: [][]byte{c.Key}})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(e.Check(), e.Follows(prev)); err != nil {
				t.Errorf("%s revision %d: %v", c.ID, rev, err)
			}
			prev = &e
		}
		for _, n := range prev.Notices {
			if data, err := o.blobs.Read(n.Ref, n.Size); err != nil || int64(len(data)) != n.Size {
				t.Errorf("%s: notice %s: %v", c.ID, n.ID, err)
			}
		}
		if len(prev.Notices) != len(live) {
			t.Errorf("%s: the edition has %d notices, %d are in force", c.ID, len(prev.Notices), len(live))
		}
		for _, v := range live {
			if !slices.ContainsFunc(prev.Notices, func(e playlist.Entry) bool { return e.ID == v.Notice && e.Version == v.Version && e.Ref == v.Ref }) {
				t.Errorf("%s: notice %s version %d is in force and not in the edition", c.ID, v.Notice, v.Version)
			}
			if v.Edition == 0 {
				t.Errorf("notice %s version %d does not know its edition", v.Notice, v.Version)
			}
		}
	}
}

// snapshot copies a data folder as a power cut would leave it: whatever is in
// the files now, with nobody closing anything. The database comes first, because
// other channels go on while it copies.
func snapshot(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"mingbai.db", "mingbai.db-wal"} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // closed in order: there is no log
		}
		if err != nil {
			t.Error(err)
			return to
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o600); err != nil {
			t.Error(err)
			return to
		}
	}
	for _, name := range []string{"blobs", "keys"} {
		if err := copyTree(filepath.Join(to, name), filepath.Join(from, name)); err != nil {
			t.Error(err)
		}
	}
	return to
}

// copyTree copies a folder in which others write: a file that is gone before it
// is read was temporary, and a power cut would not have kept it either.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o600)
	})
}

// TestCrashBetweenSteps kills the desk after every durable step of every kind of
// change and starts another one on what is left. What was acknowledged is there;
// a request sent again is carried out once (R02).
func TestCrashBetweenSteps(t *testing.T) {
	ctx := context.Background()
	who := publish.Who{Actor: "li", Request: "r-1"}
	alert := publish.AlertRequest{
		Site: "wangchuan", Title: "暴雨橙色预警", Until: time.Now().Add(time.Hour),
		Alert: playlist.Alert{Type: "暴雨", Colour: playlist.Orange, Area: "望川镇", Action: "远离河道"},
	}
	changes := map[string]struct {
		do      func(*publish.Desk) (publish.Receipt, error)
		channel playlist.ChannelID
		version int // in force afterwards
	}{
		"publish": {func(d *publish.Desk) (publish.Receipt, error) {
			return d.Publish(ctx, who, announcement("liuxi", "news", "关于村道维修的公告"))
		}, playlist.ChannelID{Site: "liuxi"}, 1},
		"revise": {func(d *publish.Desk) (publish.Receipt, error) {
			n := announcement("liuxi", "news", "关于村道维修的公告（修订）")
			n.ID, n.Version = "village-1", 1
			return d.Publish(ctx, who, n)
		}, playlist.ChannelID{Site: "liuxi"}, 2},
		"take down": {func(d *publish.Desk) (publish.Receipt, error) {
			return d.TakeDown(ctx, who, "village-1", "有误")
		}, playlist.ChannelID{Site: "liuxi"}, 0},
		"alert": {func(d *publish.Desk) (publish.Receipt, error) { return d.RaiseAlert(ctx, who, alert) },
			playlist.ChannelID{Site: "wangchuan", Alert: true}, 1},
	}
	base := t.TempDir()
	first := openOffice(t, base, nil)
	if _, err := first.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
		t.Fatal(err)
	}
	first.close(t)
	for name, change := range changes {
		for _, step := range []string{"change committed", "blobs stored", "edition stored", "announced"} {
			t.Run(name+"/"+step, func(t *testing.T) {
				dir, left := snapshot(t, base), ""
				o := openOffice(t, dir, func(at string) error {
					if at == step && left == "" {
						left = snapshot(t, dir)
						return errors.New("the plug is pulled")
					}
					return nil
				})
				defer o.close(t)
				if _, err := change.do(o.desk); err == nil {
					t.Fatal("the desk did not come by the step")
				}

				again := openOffice(t, left, nil)
				defer again.close(t)
				if err := again.desk.Recover(ctx); err != nil {
					t.Fatal(err)
				}
				again.check(t)
				before, err := again.store.Channel(ctx, change.channel)
				if err != nil {
					t.Fatal(err)
				}
				r, err := change.do(again.desk) // the person tries again
				if err != nil {
					t.Fatal(err)
				}
				again.check(t)
				row, err := again.store.Notice(ctx, r.Notice)
				if err != nil {
					t.Fatal(err)
				}
				after, err := again.store.Channel(ctx, change.channel)
				if err != nil {
					t.Fatal(err)
				}
				if row.Live != change.version || r.Channel != change.channel || after.Revision != before.Revision || r.Revision != after.Revision {
					t.Errorf("after a second try: live %d, receipt %+v, revision %d then %d", row.Live, r, before.Revision, after.Revision)
				}
			})
		}
	}
}

// TestCrashWithImport kills the desk in an import.
func TestCrashWithImport(t *testing.T) {
	ctx := context.Background()
	for _, step := range []string{"county committed", "blobs stored", "edition stored", "announced"} {
		t.Run(step, func(t *testing.T) {
			dir, left := t.TempDir(), ""
			var once sync.Once
			o := openOffice(t, dir, func(at string) error {
				if at == step {
					once.Do(func() { left = snapshot(t, dir) })
					return errors.New("the plug is pulled")
				}
				return nil
			})
			defer o.close(t)
			if _, err := o.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err == nil {
				t.Fatal("the desk did not come by the step")
			}
			again := openOffice(t, left, nil)
			defer again.close(t)
			if err := again.desk.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			again.check(t)
			sum, err := again.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty())
			if err != nil || sum.Notices != 0 || sum.Unchanged != 4 {
				t.Errorf("import again: %+v, %v", sum, err)
			}
			again.check(t)
		})
	}
}

// TestPublishTogether has many people publish on one channel at once: everyone
// is in an edition when they are answered, and they share editions.
func TestPublishTogether(t *testing.T) {
	ctx := context.Background()
	o := openOffice(t, t.TempDir(), nil)
	defer o.close(t)
	if _, err := o.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
		t.Fatal(err)
	}
	const people = 24
	var group sync.WaitGroup
	for i := range people {
		group.Go(func() {
			r, err := o.desk.Publish(ctx, publish.Who{Actor: fmt.Sprint("p", i)}, announcement("liuxi", "news", fmt.Sprintf("第 %d 号公告", i)))
			if err != nil {
				t.Error(err)
				return
			}
			row, err := o.store.Edition(ctx, r.Channel, r.Revision)
			if err != nil {
				t.Error(err)
				return
			}
			e, err := playlist.DecodeEdition(row.Envelope.Payload)
			if err != nil || !slices.ContainsFunc(e.Notices, func(x playlist.Entry) bool { return x.ID == r.Notice }) {
				t.Errorf("notice %s is not in edition %d: %v", r.Notice, r.Revision, err)
			}
		})
	}
	group.Wait()
	o.check(t)
}

package controller_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/controller"
	"mingbai/controller/backup"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/controller/tidy"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// later is a tidy of a controller that works at a time of its own.
type later struct {
	*tidy.Tidy
	now time.Time
}

func openLater(t *testing.T, c *controller.Controller, now time.Time) *later {
	t.Helper()
	l := &later{now: now}
	var err error
	l.Tidy, err = tidy.New(t.Context(), tidy.Config{
		Store: c.Store, Blobs: c.Blobs, Backups: c.Backups, Fleet: c.Fleet, Data: c.Config.Data, Shots: c.Config.Shots(), Backup: c.Config.Backups(),
		Voices: 1000 * 24 * time.Hour, Ledger: 1830 * 24 * time.Hour, Packages: c.Depot.Forget, Log: quiet(t), Now: func() time.Time { return l.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.End)
	return l
}

// day works a day: both looks at the blobs, between which do is called.
func (l *later) day(t *testing.T, do func()) {
	t.Helper()
	l.now = l.now.Add(25 * time.Hour)
	l.Turn(t.Context())
	if do != nil {
		do()
	}
	l.now = l.now.Add(2 * time.Hour)
	l.Turn(t.Context())
}

// drawn is a picture that differs from those of other numbers.
func drawn(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		img.Set(i%40, i/40, color.RGBA{byte(n), byte(n >> 8), byte(i % 40), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func upload(t testing.TB, c *controller.Controller, n int) (playlist.Picture, error) {
	p, err := c.Desk.Picture(t.Context(), bytes.NewReader(drawn(t, n)), 1<<20, playlist.Illustration, "图")
	if err != nil {
		return p, err
	}
	return p, c.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.AddPicture(t.Context(), "li", p, time.Now()) })
}

// whole states that all is here that anybody may ask for: what screens are sent, what
// every version in force names, and a backup that passes its check.
func whole(t *testing.T, c *controller.Controller) {
	t.Helper()
	channels, err := c.Store.Channels(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range channels {
		rows, err := c.Store.LiveNotices(t.Context(), ch.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range rows {
			n, err := v.Decode()
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range append(n.Blobs(), playlist.Blob{Ref: v.Ref, Size: int64(len(v.Body))}) {
				if _, err := c.Blobs.Read(b.Ref, b.Size); err != nil {
					t.Errorf("%s version %d: %v", v.Notice, v.Version, err)
				}
			}
		}
	}
	dir := filepath.Join(t.TempDir(), "backup")
	if _, err := backup.Make(t.Context(), backup.Request{Place: backup.Of(c.Config), Dir: dir, Store: c.Store}); err != nil {
		t.Fatal(err)
	}
	if report, err := backup.Check(t.Context(), dir); err != nil || report.Err() != nil {
		t.Errorf("check of the backup: %v, %v", err, report.Err())
	}
}

// TestTidy lets years go by: old editions are dropped but for what they were, blobs
// that nothing names are removed, and all that somebody may ask for stays.
func TestTidy(t *testing.T) {
	ctx := t.Context()
	c := openController(t, settings(t.TempDir()))
	load(t, c)
	channel := playlist.ChannelID{Site: "liuxi"}
	shown, err := upload(t, c, 1)
	if err != nil {
		t.Fatal(err)
	}
	forgotten, err := upload(t, c, 2)
	if err != nil {
		t.Fatal(err)
	}
	typing, err := upload(t, c, 3)
	if err != nil {
		t.Fatal(err)
	}
	typed := typing.Renditions[0].Ref
	n := announcement("liuxi", "news", "一则公告")
	n.Pictures = []playlist.Picture{shown}
	first := map[playlist.Revision]store.Edition{}
	for range 40 {
		r, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, n)
		if err != nil {
			t.Fatal(err)
		}
		n.ID, n.Version = r.Notice, r.Version
		if first[r.Revision], err = c.Store.Edition(ctx, channel, r.Revision); err != nil {
			t.Fatal(err)
		}
	}
	newest, err := c.Store.Channel(ctx, channel)
	if err != nil {
		t.Fatal(err)
	}
	old, had := newest.Revision-36, newest.Revision-35
	if err := c.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.PutScreen(ctx, playlist.Screen{ID: "s-1", Site: "liuxi", Kind: playlist.Touch, Name: "大厅"}, "zh")
	}); err != nil {
		t.Fatal(err)
	}
	c.Store.RecordAdopted("s-1", wire.Adopted{Have: map[playlist.ChannelID]playlist.Revision{channel: had}}, time.Now())
	whole(t, c) // a backup writes down what screens said

	l := openLater(t, c, time.Now().Add(500*24*time.Hour))
	if err := c.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.PutAutosave(ctx, store.Autosave{Person: "li", Form: "new:x", Kind: "x", At: l.now, Body: []byte("picture=" + typed.String())})
	}); err != nil {
		t.Fatal(err)
	}
	l.day(t, nil)

	if _, err := c.Store.Edition(ctx, channel, old); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an old edition: %v", err)
	}
	past, err := c.Store.PastEdition(ctx, channel, old)
	if e := first[old]; err != nil || past.Bytes != int64(len(e.Envelope.Payload)) || len(past.Signatures) != 1 || past.Signatures[0].Key != e.Envelope.Signatures[0].Key {
		t.Errorf("what stays of an old edition: %+v, %v", past, err)
	}
	for _, rev := range []playlist.Revision{newest.Revision, newest.Revision - 31, had} {
		if _, err := c.Store.Edition(ctx, channel, rev); err != nil {
			t.Errorf("edition %s: %v", rev, err)
		}
	}
	heads, err := c.Store.Editions(ctx, channel, 1000)
	if err != nil || len(heads) != int(newest.Revision) {
		t.Errorf("%d editions are listed of %s, %v", len(heads), newest.Revision, err)
	}
	if c.Blobs.Has(forgotten.Renditions[0].Ref) {
		t.Error("a picture that nobody used is still here")
	}
	if !c.Blobs.Has(typed) {
		t.Error("a picture of a form that somebody writes is gone")
	}
	whole(t, c)
	if found, err := publish.Verify(ctx, c.Store.Reader, nil); err != nil || found.Notices == 0 {
		t.Errorf("verify: %+v, %v", found, err)
	}
	s := l.State()
	if len(s.Uses) < 6 || s.Measured.IsZero() {
		t.Errorf("state: %+v", s)
	}
	if again, err := upload(t, c, 2); err != nil || !c.Blobs.Has(again.Renditions[0].Ref) {
		t.Errorf("uploading again what was removed: %v", err)
	}
	n.Title = "多年以后"
	if _, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, n); err != nil {
		t.Errorf("publish afterwards: %v", err)
	}
}

// TestTidyWhilePublishing sweeps again and again while eight people upload the same
// few pictures and publish them, so that what is removed is often what somebody takes
// up: whatever was acknowledged is whole.
func TestTidyWhilePublishing(t *testing.T) {
	c := openController(t, settings(t.TempDir()))
	load(t, c)
	const people, turns = 8, 6
	var deeds [people]atomic.Int64 // finished
	stirred := make(chan struct{}, people*turns*4)
	var work sync.WaitGroup
	for i := range people {
		work.Go(func() {
			defer func() { deeds[i].Store(1 << 40); stirred <- struct{}{} }()
			for turn := range turns {
				for {
					_, err := upload(t, c, 100+(i+turn)%3) // never used
					if err != nil {
						t.Error(err)
						return
					}
					n := announcement("liuxi", "news", fmt.Sprintf("公告 %d-%d", i, turn))
					p, err := upload(t, c, (i+turn)%4)
					if err == nil {
						n.Pictures = []playlist.Picture{p}
						_, err = c.Desk.Publish(t.Context(), publish.Who{Actor: "li"}, n)
					}
					if invalid := new(publish.Invalid); errors.As(err, &invalid) && strings.Contains(fmt.Sprint(invalid.Problems), "missing") {
						continue // it was removed before, and the person is told
					}
					if err != nil {
						t.Error(err)
						return
					}
					break
				}
				deeds[i].Add(1)
				stirred <- struct{}{}
			}
		})
	}
	l := openLater(t, c, time.Now().Add(500*24*time.Hour))
	working := func() bool {
		for i := range deeds {
			if deeds[i].Load() < 1<<40 {
				return true
			}
		}
		return false
	}
	for working() {
		l.day(t, func() { // nobody takes longer for one deed than from one look to the next
			var before [people]int64
			for i := range deeds {
				before[i] = deeds[i].Load()
			}
			for i := range deeds {
				for before[i] < 1<<40 && deeds[i].Load() <= before[i] {
					<-stirred
				}
			}
		})
	}
	work.Wait()
	l.day(t, nil)
	whole(t, c)
	swept, err := c.Store.FindRecords(t.Context(), store.AuditFilter{Kind: "blob", Limit: 10})
	if err != nil || len(swept) == 0 {
		t.Errorf("nothing was ever removed: %v", err)
	}
}

// TestTidyVoices forgets what residents wrote when its time is over, on the record.
func TestTidyVoices(t *testing.T) {
	ctx := t.Context()
	c := openController(t, settings(t.TempDir()))
	load(t, c)
	now := time.Now()
	put := func(id string, state store.VoiceState, handled time.Time) {
		t.Helper()
		v := store.Voice{Screen: "s", Site: "liuxi", Received: handled, State: state, Note: "已回复王某", Handled: handled}
		v.ID, v.Kind, v.Text, v.Contact, v.At = id, wire.Opinion, "我叫王某，住在三组", "13800000000", handled
		if state == store.VoiceNew {
			v.Handled = time.Time{}
		}
		if err := c.Store.Update(ctx, func(tx *store.Tx) error { _, err := tx.PutVoice(ctx, v); return err }); err != nil {
			t.Fatal(err)
		}
	}
	put("v-old", store.VoiceAnswered, now.Add(-1001*24*time.Hour))
	put("v-young", store.VoiceClosed, now.Add(-999*24*time.Hour))
	put("v-waits", store.VoiceNew, now.Add(-2000*24*time.Hour))
	l := openLater(t, c, now)
	l.now = now.Add(20 * time.Minute)
	l.Turn(ctx)
	for id, want := range map[string]bool{"v-old": true, "v-young": false, "v-waits": false} {
		v, err := c.Store.Voice(ctx, id)
		if gone := v.Text == "" && v.Contact == "" && v.Note == "" && !v.Forgotten.IsZero(); err != nil || gone != want {
			t.Errorf("%s: %+v, %v", id, v, err)
		}
	}
	rows, err := c.Store.FindRecords(ctx, store.AuditFilter{Kind: "voice", Limit: 10})
	if err != nil || len(rows) != 1 || rows[0].Action != "voice.forget" || rows[0].Site != "liuxi" || !strings.HasPrefix(rows[0].Detail, "1 ") {
		t.Errorf("on record: %+v, %v", rows, err)
	}
	if _, err := c.Store.CheckAudit(ctx); err != nil {
		t.Error(err)
	}
}

// TestTidyDisk says in time that the disk becomes full, and what takes the room.
func TestTidyDisk(t *testing.T) {
	c := openController(t, settings(t.TempDir()))
	free := int64(200 << 30)
	job, err := tidy.New(t.Context(), tidy.Config{
		Store: c.Store, Blobs: c.Blobs, Backups: c.Backups, Data: c.Config.Data, Log: quiet(t),
		Disk: func(string) (int64, int64, error) { return free, 500 << 30, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		free int64
		want fleet.Severity // 0: none
	}{{200 << 30, 0}, {19 << 30, fleet.Warn}, {22 << 30, fleet.Warn}, {1 << 30, fleet.Urgent}, {25 << 30, 0}} {
		free = step.free
		job.Turn(context.Background())
		signs := job.Signs(time.Now())
		if step.want == 0 && len(signs) > 0 || step.want > 0 && (len(signs) != 1 || signs[0].Severity != step.want || signs[0].Next.Zh == "") {
			t.Errorf("with %d GB free: %+v", step.free>>30, signs)
		}
	}
}

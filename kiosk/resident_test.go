package kiosk

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller/store"
	"mingbai/kiosk/mailbox"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// offline makes a device in a folder that has no controller to talk to, as one
// whose line is cut, and is never closed, as one whose plug is pulled.
func offline(t *testing.T, dir string) *Device {
	t.Helper()
	cfg := configs.DefaultScreen(playlist.LED)
	cfg.Data = dir
	d, err := New(cfg, playlist.LED, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// onDisk reports whether any file of a folder holds the text.
func onDisk(t *testing.T, dir, text string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, []byte(text))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // the program renames files
		t.Fatal(err)
	}
	return found
}

// TestSaidOffline says something while the line is cut, pulls the plug, and
// brings the line back: what was accepted arrives exactly once and leaves the
// screen (DOMAIN I9, I10).
func TestSaidOffline(t *testing.T) {
	c, dir := office(t), t.TempDir()
	r := switchOn(t, c, dir, nil)
	r.until("it has everything", r.has)
	r.stop()
	<-r.done

	const text = "村口的路灯坏了半个月"
	d := offline(t, dir)
	number, err := d.Say(wire.Voice{Kind: wire.Opinion, Text: text, Contact: "13800000000"})
	if err != nil || len(number) != 4 {
		t.Fatalf("said %q, %v", number, err)
	}
	if _, err := d.Say(wire.Voice{Kind: wire.Rating, Notice: "tingshui", Version: 1, Score: 3}); err != nil {
		t.Fatal(err)
	}
	d.Count(wire.CountSession, 2)
	d.EmptySearch("tchl")
	if err := d.mail.Flush(); err != nil {
		t.Fatal(err)
	}
	if len(d.mail.Waiting(10)) != 2 || onDisk(t, dir, text) || onDisk(t, dir, "13800000000") {
		t.Fatal("what was accepted is not on the disk, or anybody can read it there")
	}
	// A second one that was never sent by a program which then died.
	d = offline(t, dir)
	d.Count(wire.CountSession, 1) // lost with the plug: not on the disk yet

	for range 2 { // the second time everything is acknowledged already
		id := r.id
		r = switchOn(t, c, dir, nil)
		r.id = id
		r.until("everything is said", func() bool {
			n, err := c.Store.CountVoices(t.Context(), store.VoiceFilter{})
			if err != nil {
				t.Fatal(err)
			}
			sums, err := c.Store.Usage(t.Context(), store.UsageFilter{From: d.today().AddDays(-1), To: d.today().AddDays(1)})
			if err != nil {
				t.Fatal(err)
			}
			return n == 2 && sums.Totals[wire.CountSession] == 2
		})
		r.until("it has left the screen", func() bool {
			return len(r.mail.Waiting(10)) == 0 && !onDisk(t, filepath.Join(dir, "mailbox"), "sealed")
		})
		r.stop()
		<-r.done
	}
	voices, err := c.Store.Voices(t.Context(), store.VoiceFilter{Urgent: true})
	if err != nil {
		t.Fatal(err)
	}
	v := voices[0]
	if len(voices) != 2 || v.Text != text || v.Contact != "13800000000" || v.Screen != r.id || v.Site != "liuxi" || v.State != store.VoiceNew || v.Number() != number {
		t.Errorf("stored %+v", voices)
	}
	if voices[1].Score != 3 || voices[1].Notice != "tingshui" || voices[1].State != store.VoiceClosed {
		t.Errorf("the rating is %+v", voices[1])
	}
	u, err := c.Store.Usage(t.Context(), store.UsageFilter{From: d.today().AddDays(-1), To: d.today().AddDays(1)})
	if err != nil || len(u.Empty) != 1 || u.Empty[0].Typed != "tchl" {
		t.Errorf("searches without a result: %+v, %v", u.Empty, err)
	}
}

// TestSaidOnline says something while the controller listens: it is there at
// once, not with the next report.
func TestSaidOnline(t *testing.T) {
	c := office(t)
	r := switchOn(t, c, t.TempDir(), nil)
	r.until("it is welcome", func() bool { return r.Status().Online })
	for i := range 8 {
		_, err := r.Say(wire.Voice{Kind: wire.Objection, Notice: "tingshui", Version: 1, Text: "停水时间不对"})
		if i >= 6 != errors.Is(err, mailbox.ErrTooMany) || i < 6 && err != nil {
			t.Fatalf("objection %d: %v", i, err)
		}
	}
	r.until("it is stored", func() bool {
		n, err := c.Store.CountVoices(t.Context(), store.VoiceFilter{Kinds: []wire.VoiceKind{wire.Objection}, State: store.VoiceNew})
		return err == nil && n == 6
	})
	r.until("nothing waits on the screen", func() bool { return len(r.mail.Waiting(10)) == 0 })
}

// TestMonthsAlone brings a screen back that was alone for weeks: everything goes
// out at once, batch after batch, and not one batch in five minutes.
func TestMonthsAlone(t *testing.T) {
	c, dir := office(t), t.TempDir()
	r := switchOn(t, c, dir, nil)
	r.until("it has everything", r.has)
	r.stop()
	<-r.done
	id := r.id

	const voices, days = 3*wire.MaxVoices + 7, 3*usageDays + 2
	d := offline(t, dir)
	now := d.moment().Now
	for i := range voices {
		at := now.Add(time.Duration(i-voices) * time.Minute)
		if _, err := d.mail.Put(wire.Voice{Kind: wire.Rating, At: at, Score: 2}, at); err != nil {
			t.Fatal(err)
		}
	}
	for i := range days {
		d.mail.Count(wire.CountSession, uint64(i+1), d.today().AddDays(i-days))
	}
	if err := d.mail.Flush(); err != nil {
		t.Fatal(err)
	}
	r = switchOn(t, c, dir, nil)
	r.id = id
	r.until("everything has arrived", func() bool {
		n, err := c.Store.CountVoices(t.Context(), store.VoiceFilter{})
		if err != nil {
			t.Fatal(err)
		}
		u, err := c.Store.Usage(t.Context(), store.UsageFilter{From: d.today().AddDays(-days), To: d.today()})
		if err != nil {
			t.Fatal(err)
		}
		return n == voices && len(u.Days) == days && u.Totals[wire.CountSession] == days*(days+1)/2
	})
	r.until("nothing waits", func() bool { return len(r.mail.Waiting(10)) == 0 && len(r.mail.Usage(10)) == 0 })
}

package fleet_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// proofOf is what the device of a screen can show: the enrolment from its settings.
func (y *yard) proofOf(id playlist.ScreenID) wire.Proof {
	y.t.Helper()
	set, err := y.Settings(y.t.Context(), id)
	if err != nil {
		y.t.Fatal(err)
	}
	doc, err := wire.OpenSettings(set.Push.Envelope, y.RootKey())
	if err != nil {
		y.t.Fatal(err)
	}
	var p wire.Proof
	if err := json.Unmarshal(doc.Enrolment, &p.Enrolment); err != nil {
		y.t.Fatal(err)
	}
	return p
}

// snapshot is a backup of the database.
func (y *yard) snapshot() string {
	y.t.Helper()
	path := filepath.Join(y.t.TempDir(), "copy.db")
	if err := y.store.Backup(y.t.Context(), path); err != nil {
		y.t.Fatal(err)
	}
	return path
}

// restored is another controller with the same root key on a backup.
func (y *yard) restored(path string) *yard {
	y.t.Helper()
	ctx := context.Background()
	z := &yard{t: y.t, now: y.clock(), path: path, root: y.root}
	var err error
	if z.store, err = store.Open(ctx, path); err != nil {
		y.t.Fatal(err)
	}
	blobs, err := assets.Open(durable.OS, y.t.TempDir())
	if err != nil {
		y.t.Fatal(err)
	}
	z.Fleet, err = fleet.New(ctx, fleet.Config{
		Store: z.store, Blobs: blobs, Root: y.root, Zone: time.UTC, Language: "zh", Now: z.clock,
		Log: slog.New(slog.NewTextHandler(io.MultiWriter(y.t.Output(), &z.log), nil)),
	})
	if err != nil {
		y.t.Fatal(err)
	}
	z.hub = hub.New(z.Fleet, hub.Options{})
	z.Attach(z.hub)
	y.t.Cleanup(func() {
		if err := errors.Join(z.hub.Close(ctx), closed(z.Fleet), z.store.Close()); err != nil {
			y.t.Error(err)
		}
	})
	return z
}

// comes says hello as a stranger who says that he is a screen, and shows a proof.
func (y *yard) comes(h wire.Hello, p wire.Proof) {
	y.t.Helper()
	v, err := y.Hello(y.t.Context(), h, "10.0.0.7:3")
	if err != nil || v.Screen != "" || !v.Pairing.Prove {
		y.t.Fatalf("a forgotten screen is not asked who it is: %+v, %v", v, err)
	}
	if err := y.Proof(y.t.Context(), h, p); err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) found() []fleet.Found {
	y.t.Helper()
	all, err := y.Found(y.t.Context())
	if err != nil {
		y.t.Fatal(err)
	}
	return all
}

// TestReadmit takes a screen back of which a restored database knows nothing: under
// its name, with its settings going on from where it is, and on record.
func TestReadmit(t *testing.T) {
	y := newYard(t)
	backup := y.snapshot()
	h, s := y.enrol("liuxi")
	p := y.proofOf(s.ID)
	h.Settings = s.SettingsRevision + 3
	y = y.restored(backup)
	y.comes(h, p)
	if w := y.Waiting(); len(w) != 0 {
		t.Errorf("it waits for a code, too: %+v", w)
	}
	all := y.found()
	if len(all) != 1 || !all[0].Ready() || all[0].Screen.Name != "村口 LED 屏" || !all[0].Enrolled.Equal(s.Enrolled) {
		t.Fatalf("found: %+v", all)
	}
	if _, err := y.store.Screen(t.Context(), s.ID); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("it came back by itself: %v", err)
	}
	y.set(y.now.Add(11 * time.Minute)) // its code expires, and it asks for another
	if v, err := y.Hello(t.Context(), h, "10.0.0.7:3"); err != nil || v.Screen != "" {
		t.Fatalf("%+v, %v", v, err)
	}
	if again := y.found(); len(again) != 1 || !again[0].Since.Equal(all[0].Since) {
		t.Errorf("when its code has expired: %+v", again)
	}
	row, err := y.Readmit(t.Context(), "jishu", all[0].Fingerprint, "")
	if err != nil || row.ID != s.ID || row.Site != "liuxi" || row.Name != "村口 LED 屏" || row.SettingsRevision <= h.Settings {
		t.Fatalf("taken back: %+v, %v", row, err)
	}
	if v, err := y.Hello(t.Context(), h, "10.0.0.7:4"); err != nil || v.Screen != s.ID {
		t.Errorf("it is not known afterwards: %+v, %v", v, err)
	}
	if _, err := y.Readmit(t.Context(), "jishu", all[0].Fingerprint, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("taken back twice: %v", err)
	}
	lines, err := y.store.FindRecords(t.Context(), store.AuditFilter{Subject: string(s.ID), Limit: 5})
	if err != nil || lines[0].Action != "screen.readmit" || lines[0].Actor != "jishu" || !strings.Contains(lines[0].After, "村口 LED 屏") {
		t.Errorf("the audit log: %+v, %v", lines[0], err)
	}
	if again := y.proofOf(s.ID); slices.Equal(again.Enrolment.Payload, p.Enrolment.Payload) {
		t.Error("its new settings carry the old enrolment")
	}
}

// TestReadmitNobodyElse shows proofs that must not hold, and devices that a person
// has removed: none of them is offered to be taken back.
func TestReadmitNobodyElse(t *testing.T) {
	y := newYard(t)
	backup := y.snapshot()
	h, s := y.enrol("liuxi")
	p := y.proofOf(s.ID)
	y = y.restored(backup)
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	thief := hello(t)
	thief.Screen = s.ID
	misnamed := h
	misnamed.Screen = "s-other"
	bent := wire.Proof{Enrolment: p.Enrolment}
	bent.Enrolment.Payload = append(slices.Clone(p.Enrolment.Payload), ' ')
	settings := wire.Proof{Enrolment: wire.Sign(wire.SettingsType, p.Enrolment.Payload, other)}
	for name, c := range map[string]struct {
		hello wire.Hello
		proof wire.Proof
	}{
		"a device with another's enrolment": {thief, p},
		"an enrolment of another screen":    {misnamed, p},
		"nothing":                           {h, wire.Proof{}},
		"bytes that were changed":           {h, bent},
		"another controller's signature":    {h, wire.Proof{Enrolment: wire.Sign(wire.EnrolmentType, p.Enrolment.Payload, other)}},
		"another kind of document":          {h, settings},
		"too much":                          {h, wire.Proof{Enrolment: wire.Envelope{Type: wire.EnrolmentType, Payload: make([]byte, wire.MaxEnrolment+1)}}},
	} {
		y.comes(c.hello, c.proof)
		if all := y.found(); len(all) != 0 {
			t.Errorf("%s is found: %+v", name, all)
		}
	}
	// A stranger who says that he is nobody is asked for nothing.
	if v, err := y.Hello(t.Context(), hello(t), "b"); err != nil || v.Pairing.Prove {
		t.Errorf("a new device is asked to prove who it is: %+v, %v", v, err)
	}

	// Retired in what was restored: it is told to stop and never gets so far.
	h, s = y.enrol("shiqiao")
	p = y.proofOf(s.ID)
	if err := y.Retire(t.Context(), "li", s.ID, "拆除"); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Hello(t.Context(), h, "c"); !errors.Is(err, hub.ErrRemoved) {
		t.Errorf("a retired device: %v", err)
	}
	if err := y.Proof(t.Context(), h, p); err != nil || len(y.found()) != 0 {
		t.Errorf("a retired device proves itself back: %v, %+v", err, y.found())
	}
}

// TestReadmitInPlace: what stands in a screen's place decides whether a device can
// have it.
func TestReadmitInPlace(t *testing.T) {
	y := newYard(t)
	older, s := y.enrol("liuxi")
	backup := y.snapshot()
	y.set(y.now.Add(time.Hour))
	v, err := y.Hello(t.Context(), hello(t), "10.0.0.8:1")
	if err != nil {
		t.Fatal(err)
	}
	later, err := y.Lookup(v.Pairing.Code)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.Confirm(t.Context(), "li", v.Pairing.Code, fleet.Enrolment{Screen: s.ID}); err != nil {
		t.Fatal(err)
	}
	row, err := y.store.Screen(t.Context(), s.ID)
	if err != nil {
		t.Fatal(err)
	}
	fresh := older
	fresh.Key = row.Key
	p := y.proofOf(s.ID)

	y = y.restored(backup) // of when the older device showed this screen
	// What its settings say changes meanwhile, so that they are signed anew.
	for _, hotline := range []string{"0000-1", "0000-2", "0000-3"} {
		y.update(func(tx *store.Tx) error {
			return tx.PutSite(t.Context(), playlist.Site{ID: "liuxi", Parent: "qinghe", Kind: playlist.Village, Name: "柳溪村", Hotline: hotline})
		})
		if err := y.Refresh(t.Context(), s.ID); err != nil {
			t.Fatal(err)
		}
	}
	y.comes(fresh, p)
	if all := y.found(); len(all) != 1 || !all[0].Ready() || all[0].Replaces != fleet.Fingerprint(older.Key) || all[0].Fingerprint != later.Fingerprint {
		t.Fatalf("a device that took over after the backup: %+v", all)
	}
	if v, err := y.Hello(t.Context(), older, "a"); err != nil || v.Screen != s.ID {
		t.Fatalf("%+v, %v", v, err)
	}
	if all := y.found(); len(all) != 1 || all[0].Ready() {
		t.Errorf("while the other is connected: %+v", all)
	}
	if _, err := y.Readmit(t.Context(), "li", later.Fingerprint, ""); err == nil {
		t.Error("it takes the place of a connected device")
	}
	y.Gone(s.ID, y.clock().Add(time.Second), "unplugged")
	if _, err := y.Readmit(t.Context(), "li", later.Fingerprint, ""); err != nil {
		t.Error(err)
	}
	if _, err := y.Hello(t.Context(), older, "a"); !errors.Is(err, hub.ErrRemoved) {
		t.Errorf("the device before: %v", err)
	}
}

// TestReadmitElsewhere: the site of a screen was made after the backup, so a person
// says where it stands; nothing else of it is asked again.
func TestReadmitElsewhere(t *testing.T) {
	y := newYard(t)
	backup := y.snapshot()
	y.update(func(tx *store.Tx) error {
		return tx.PutSite(t.Context(), playlist.Site{ID: "xinzhai", Parent: "qinghe", Kind: playlist.Village, Name: "新寨村"})
	})
	h, s := y.enrol("xinzhai")
	p := y.proofOf(s.ID)
	y = y.restored(backup)
	y.comes(h, p)
	all := y.found()
	if len(all) != 1 || !all[0].SiteGone || all[0].Ready() {
		t.Fatalf("without its site: %+v", all)
	}
	if _, err := y.Readmit(t.Context(), "li", all[0].Fingerprint, ""); err == nil {
		t.Error("it is taken back to a site that is not there")
	}
	if row, err := y.Readmit(t.Context(), "li", all[0].Fingerprint, "shiqiao"); err != nil || row.Site != "shiqiao" || row.Name != s.Name {
		t.Errorf("onto another site: %+v, %v", row, err)
	}
}

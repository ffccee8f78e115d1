package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Fingerprint names a device by its key: the first 16 digits of its sha256, as
// people compare them. It is empty without a key.
func Fingerprint(key []byte) string {
	if len(key) == 0 {
		return ""
	}
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// Retire takes a screen out of service: it leaves all lists and its device is told
// to stop, now or when it comes back. What it displayed stays on record under its
// name, and Confirm brings it back with a device.
func (f *Fleet) Retire(ctx context.Context, actor string, id playlist.ScreenID, reason string) error {
	now := f.cfg.Now()
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		row, err := t.Screen(ctx, id)
		if err != nil {
			return err
		}
		gone := store.Retired{Screen: row.Screen, At: now, Actor: actor, Reason: reason, Device: Fingerprint(row.Key)}
		if err := t.RetireScreen(ctx, gone); err != nil {
			return err
		}
		if err := t.AddEvent(ctx, store.Event{Screen: id, At: now, Kind: store.EventRetired, Detail: reason, Actor: actor}); err != nil {
			return err
		}
		line := store.Record{At: now, Actor: actor, Action: "screen.remove", Subject: string(id), Site: row.Site, Detail: row.Name}
		if reason != "" {
			line.Detail += ": " + reason
		}
		if line.Before, err = screenText(row.Screen, row.Language); err != nil {
			return err
		}
		return t.Audit(ctx, line)
	})
	if err != nil {
		return fmt.Errorf("retire screen %s: %w", id, err)
	}
	f.mu.Lock()
	delete(f.live, id)
	f.mu.Unlock()
	if f.hub != nil {
		f.hub.Kick(id, wire.CloseRemoved, "this screen was taken out of service")
	}
	return nil
}

// had returns a screen that gets a device: as it is, or back from retirement.
func (f *Fleet) had(ctx context.Context, t *store.Tx, id playlist.ScreenID) (store.Screen, error) {
	have, err := t.Screen(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return t.ReturnScreen(ctx, id)
	}
	return have, err
}

// otherKind says why a device cannot take the place of a screen.
func otherKind(device, screen playlist.ScreenKind) error {
	if device == screen {
		return nil
	}
	p := playlist.Problem{Field: "code", Severity: playlist.Wrong, Message: "这台机器是触摸屏，要换的是 LED 屏", MessageEn: "this machine is a touchscreen, the screen is an LED board"}
	if device == playlist.LED {
		p.Message, p.MessageEn = "这台机器是 LED 屏，要换的是触摸屏", "this machine is an LED board, the screen is a touchscreen"
	}
	return &Invalid{[]playlist.Problem{p}}
}

// record notes in the events and in the audit log which device a screen got, and
// from which it took over.
func (f *Fleet) record(ctx context.Context, t *store.Tx, actor string, screen playlist.Screen, old []byte, w *waiting) error {
	now := f.cfg.Now()
	e := store.Event{Screen: screen.ID, At: now, Kind: store.EventEnrolled, Detail: Fingerprint(w.key[:]), Actor: actor}
	line := store.Record{At: now, Actor: actor, Action: "screen.enrol", Subject: string(screen.ID), Site: screen.Site, Detail: screen.Name + " " + e.Detail}
	if old != nil {
		e.Kind, line.Action = store.EventReplaced, "screen.replace"
		line.Before, line.After = Fingerprint(old), e.Detail
	}
	if err := t.AddEvent(ctx, e); err != nil {
		return err
	}
	return t.Audit(ctx, line)
}

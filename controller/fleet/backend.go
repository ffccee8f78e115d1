package fleet

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Hello is part of hub.Backend.
func (f *Fleet) Hello(ctx context.Context, hello wire.Hello, remote string) (hub.Verdict, error) {
	if len(hello.Key) != 32 {
		return hub.Verdict{}, fmt.Errorf("a device key has 32 bytes, this one has %d", len(hello.Key))
	}
	row, err := f.cfg.Store.ScreenByKey(ctx, hello.Key)
	if errors.Is(err, store.ErrNotFound) {
		return f.stranger(ctx, hello, remote)
	}
	if err != nil {
		return hub.Verdict{}, err
	}
	if hello.Screen == "" {
		// It was enrolled while it was away and does not know the root key yet.
		// Enrolled reaches it as soon as this call has put it into the lobby.
		key := [32]byte(hello.Key)
		f.later(func(ctx context.Context) { f.welcome(ctx, key, row.ID) })
		return hub.Verdict{Pairing: wire.Pairing{Code: noCode, Expires: f.cfg.Now().Add(time.Minute)}}, nil
	}
	if row.Program != hello.Program || row.Host != hello.Host {
		err := f.update(ctx, func(t *store.Tx) error { return t.SetProgram(ctx, row.ID, hello.Program, hello.Host) })
		if err != nil {
			return hub.Verdict{}, err
		}
	}
	if hello.Settings > row.SettingsRevision {
		// The database was restored from an older backup. Settings are ours to
		// sign, so they go on from where the device is.
		f.cfg.Log.Warn("a screen has newer settings than the database; they are signed forward", "screen", string(row.ID))
		if row, err = f.settle(ctx, row.ID, hello.Settings+1); err != nil {
			return hub.Verdict{}, err
		}
	}
	if row.SettingsRevision == 0 {
		if row, err = f.settle(ctx, row.ID, 0); err != nil {
			return hub.Verdict{}, err
		}
	}
	channels, err := f.channels(ctx, row.Site)
	if err != nil {
		return hub.Verdict{}, err
	}
	latest, err := f.cfg.Store.Revisions(ctx, channels)
	if err != nil {
		return hub.Verdict{}, err
	}
	f.arrived(row, hello, remote)
	return hub.Verdict{
		Screen: row.ID, Channels: channels,
		Welcome: wire.Welcome{
			BlobToken: f.blobToken(row.ID, row.Key), Report: int(f.cfg.Report / time.Second),
			Settings: row.SettingsRevision, Latest: latest, Ledger: row.LedgerSeq,
		},
	}, nil
}

func (f *Fleet) stranger(ctx context.Context, hello wire.Hello, remote string) (hub.Verdict, error) {
	removed, err := f.cfg.Store.IsRemoved(ctx, hello.Key)
	if err != nil {
		return hub.Verdict{}, err
	}
	if removed {
		return hub.Verdict{}, hub.ErrRemoved
	}
	pairing, err := f.lobby(hello, remote)
	return hub.Verdict{Pairing: pairing}, err
}

// arrived notes a connection and what the device said in its hello, which is
// the truth about what it has.
func (f *Fleet) arrived(row store.Screen, hello wire.Hello, remote string) {
	now := f.cfg.Now()
	adopted := &wire.Adopted{Settings: hello.Settings, Have: hello.Have}
	f.mu.Lock()
	l := f.liveOf(row.ID)
	l.key, l.online, l.since, l.remote, l.why = [32]byte(hello.Key), true, now, remote, ""
	l.adopted, l.at = adopted, now
	f.mu.Unlock()
	f.cfg.Store.RecordAdopted(row.ID, *adopted, now)
}

// Settings is part of hub.Backend.
func (f *Fleet) Settings(ctx context.Context, screen playlist.ScreenID) (hub.Settings, error) {
	row, err := f.cfg.Store.Screen(ctx, screen)
	if err == nil && row.SettingsRevision == 0 {
		_, err = f.settle(ctx, screen, 0)
	}
	if err != nil {
		return hub.Settings{}, err
	}
	var env wire.Envelope
	err = f.cfg.Store.View(ctx, func(r store.Reader) error { // the revision must be the envelope's own
		var err error
		if row, err = r.Screen(ctx, screen); err != nil {
			return err
		}
		env, err = r.Settings(ctx, screen)
		return err
	})
	if err != nil {
		return hub.Settings{}, err
	}
	channels, err := f.channels(ctx, row.Site)
	if err != nil {
		return hub.Settings{}, err
	}
	return hub.Settings{
		Push:     &wire.Push{Revision: row.SettingsRevision, Envelope: env, Time: f.cfg.Now().UTC()},
		Channels: channels,
	}, nil
}

// Latest is part of hub.Backend.
func (f *Fleet) Latest(ctx context.Context, ch playlist.ChannelID, since playlist.Revision) (hub.Content, error) {
	state, err := f.cfg.Store.Channel(ctx, ch)
	if errors.Is(err, store.ErrNotFound) {
		return hub.Content{Push: wire.Push{Channel: ch}}, nil
	}
	if err != nil || state.Revision == 0 {
		return hub.Content{Push: wire.Push{Channel: ch}}, err
	}
	e, err := f.cfg.Store.Edition(ctx, ch, state.Revision)
	if err != nil {
		return hub.Content{}, err
	}
	content := hub.Content{Push: wire.Push{Channel: ch, Revision: e.Revision, Envelope: e.Envelope, Time: f.cfg.Now().UTC()}}
	fresh := e.Fresh
	if since+1 != e.Revision {
		if fresh, err = f.freshSince(ctx, e, since); err != nil {
			return hub.Content{}, err
		}
	}
	left := f.cfg.PushInline
	for _, b := range fresh { // the smallest first
		if b.Size > left {
			break
		}
		data, err := f.cfg.Blobs.Read(b.Ref, b.Size)
		if err != nil {
			// The device pulls what did not ride along, and is refused there
			// if it is really lost.
			f.cfg.Log.Error("a blob of an edition cannot be read", "channel", ch.String(), "blob", b.Ref.Short(), "error", err)
			continue
		}
		left -= b.Size
		content.Push.Attached = append(content.Push.Attached, b)
		content.Blobs = append(content.Blobs, data)
	}
	return content, nil
}

// freshSince returns the blobs of an edition that came in after a revision.
func (f *Fleet) freshSince(ctx context.Context, e store.Edition, since playlist.Revision) ([]playlist.Blob, error) {
	edition, err := playlist.DecodeEdition(e.Envelope.Payload)
	if err != nil {
		return nil, fmt.Errorf("read edition %s of %s: %w", e.Revision, e.Channel, err)
	}
	added, err := f.cfg.Store.FreshSince(ctx, e.Channel, since)
	if err != nil {
		return nil, err
	}
	isNew := make(map[assets.Ref]bool, len(added))
	for _, b := range added {
		isNew[b.Ref] = true
	}
	var fresh []playlist.Blob
	add := func(b playlist.Blob) {
		if isNew[b.Ref] {
			isNew[b.Ref] = false
			fresh = append(fresh, b)
		}
	}
	for _, n := range edition.Notices {
		add(playlist.Blob{Ref: n.Ref, Size: n.Size})
		for _, b := range n.Blobs {
			add(b)
		}
	}
	sortBySize(fresh)
	return fresh, nil
}

// Adopted is part of hub.Backend.
func (f *Fleet) Adopted(_ context.Context, screen playlist.ScreenID, a wire.Adopted) error {
	now := f.cfg.Now()
	f.mu.Lock()
	l := f.liveOf(screen)
	l.adopted, l.at, l.refused = &a, now, nil
	f.mu.Unlock()
	f.cfg.Store.RecordAdopted(screen, a, now)
	return nil
}

// Refused is part of hub.Backend.
func (f *Fleet) Refused(_ context.Context, screen playlist.ScreenID, r wire.Refused) error {
	f.mu.Lock()
	f.liveOf(screen).refused = &r
	f.mu.Unlock()
	f.cfg.Store.RecordRefused(screen, r)
	f.cfg.Log.Warn("a screen refused an envelope", "screen", string(screen), "channel", r.Channel.String(),
		"revision", uint64(r.Revision), "reason", string(r.Reason), "detail", r.Detail)
	return nil
}

// Report is part of hub.Backend. It does not touch the disk.
func (f *Fleet) Report(_ context.Context, screen playlist.ScreenID, r wire.Report) error {
	h := store.Health{Screen: screen, At: f.cfg.Now(), Online: true, Report: r}
	f.mu.Lock()
	f.liveOf(screen).health = &h
	f.mu.Unlock()
	f.cfg.Store.RecordHealth(h)
	return nil
}

// Gone is part of hub.Backend.
func (f *Fleet) Gone(screen playlist.ScreenID, at time.Time, why string) {
	f.mu.Lock()
	l := f.live[screen]
	var last *store.Health
	if l != nil {
		l.online, l.since, l.why = false, at, why
		last = l.health
	}
	f.mu.Unlock()
	if last != nil {
		h := *last
		h.Online = false
		f.cfg.Store.RecordHealth(h)
	}
}

// blobToken lets a device fetch blobs for as long as it is the screen's device.
func (f *Fleet) blobToken(id playlist.ScreenID, key []byte) string {
	mac := hmac.New(sha256.New, f.secret)
	fmt.Fprintf(mac, "%s\n%s", id, key)
	return string(id) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

// BlobAllowed reports whether a token was given to the present device of a
// screen.
func (f *Fleet) BlobAllowed(token string) bool {
	name, _, ok := strings.Cut(token, ".")
	id, err := playlist.ParseScreenID(name)
	if !ok || err != nil {
		return false
	}
	f.mu.Lock()
	l := f.live[id]
	var key [32]byte
	if l != nil {
		key = l.key
	}
	f.mu.Unlock()
	if l == nil || bytes.Equal(key[:], make([]byte, 32)) {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(f.blobToken(id, key[:]))) == 1
}

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
	"net"
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
	f.impostor(hello, row.ID, remote)
	if hello.Screen == "" {
		// It was enrolled while it was away and does not know the root key yet.
		// Enrolled reaches it as soon as this call has put it into the lobby.
		key := [32]byte(hello.Key)
		f.later(func(ctx context.Context) { f.welcome(ctx, key, row.ID) })
		return hub.Verdict{Pairing: wire.Pairing{Code: noCode, Expires: f.cfg.Now().Add(time.Minute)}}, nil
	}
	if row.Program != hello.Program || row.System != hello.System || row.Host != hello.Host {
		err := f.cfg.Store.Update(ctx, func(t *store.Tx) error { return t.SetProgram(ctx, row.ID, hello.Program, hello.System, hello.Host) })
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
		Screen: row.ID, Channels: channels, Offer: f.offerTo(row.ID),
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
		f.former(hello, remote)
		return hub.Verdict{}, hub.ErrRemoved
	}
	f.impostor(hello, "", remote)
	pairing, err := f.lobby(hello, remote)
	return hub.Verdict{Pairing: pairing}, err
}

// arrived notes a connection and what the device said in its hello, which is
// the truth about what it has.
func (f *Fleet) arrived(row store.Screen, hello wire.Hello, remote string) {
	f.located(row.ID, row.Site)
	now := f.cfg.Now()
	adopted := &wire.Adopted{Settings: hello.Settings, Have: hello.Have}
	f.mu.Lock()
	l := f.liveOf(row.ID)
	l.arrived(hostOf(remote), hello.Host, hello.Run, l.online, now)
	l.key, l.online, l.since, l.remote, l.why = [32]byte(hello.Key), true, now, remote, ""
	l.adopted, l.at, l.stranger = adopted, now, stranger{}
	f.mu.Unlock()
	f.cfg.Store.RecordAdopted(row.ID, *adopted, now)
	f.cfg.Store.RecordEvent(store.Event{Screen: row.ID, At: now, Kind: store.EventOnline, Detail: remote})
	f.stir()
}

// Settings is part of hub.Backend.
func (f *Fleet) Settings(ctx context.Context, screen playlist.ScreenID) (hub.Settings, error) {
	now, err := f.cfg.Store.Signed(ctx, screen)
	if err == nil && now.Revision == 0 {
		if _, err = f.settle(ctx, screen, 0); err == nil {
			now, err = f.cfg.Store.Signed(ctx, screen)
		}
	}
	if err != nil {
		return hub.Settings{}, err
	}
	channels, err := f.channels(ctx, now.Site)
	if err != nil {
		return hub.Settings{}, err
	}
	return hub.Settings{
		Push:     &wire.Push{Revision: now.Revision, Envelope: now.Envelope, Time: f.cfg.Now().UTC()},
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
	return f.content(ctx, e, since)
}

// Fresh is Latest for an edition that was just made, without asking the store
// for it.
func (f *Fleet) Fresh(ctx context.Context, e store.Edition) (hub.Content, error) {
	return f.content(ctx, e, e.Revision-1)
}

// content is an edition with the small blobs that are new since a revision.
func (f *Fleet) content(ctx context.Context, e store.Edition, since playlist.Revision) (hub.Content, error) {
	content := hub.Content{
		Push: wire.Push{Channel: e.Channel, Revision: e.Revision, Envelope: e.Envelope},
		Base: func(ctx context.Context, rev playlist.Revision) ([]byte, error) {
			base, err := f.cfg.Store.Edition(ctx, e.Channel, rev)
			return base.Envelope.Payload, err
		},
	}
	fresh := e.Fresh
	if since+1 != e.Revision {
		var err error
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
			f.cfg.Log.Error("a blob of an edition cannot be read", "channel", e.Channel.String(), "blob", b.Ref.Short(), "error", err)
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
	l := f.live[screen]
	if l == nil {
		f.mu.Unlock()
		return nil // it was removed, and its device does not know yet
	}
	f.spreading(l, &a, now)
	l.adopted, l.at, l.refused = &a, now, nil
	f.mu.Unlock()
	f.cfg.Store.RecordAdopted(screen, a, now)
	return nil
}

// Refused is part of hub.Backend.
func (f *Fleet) Refused(_ context.Context, screen playlist.ScreenID, r wire.Refused) error {
	now := f.cfg.Now()
	f.mu.Lock()
	l := f.live[screen]
	if l == nil {
		f.mu.Unlock()
		return nil // it was removed
	}
	if l.refused == nil {
		l.refusedAt = now
	}
	l.refused = &r
	f.mu.Unlock()
	f.cfg.Store.RecordRefused(screen, r)
	f.cfg.Store.RecordEvent(store.Event{Screen: screen, At: now, Kind: store.EventRefused, Detail: string(r.Reason)})
	f.stir()
	f.cfg.Log.Warn("a screen refused an envelope", "screen", string(screen), "channel", r.Channel.String(),
		"revision", uint64(r.Revision), "reason", string(r.Reason), "detail", r.Detail)
	return nil
}

// Report is part of hub.Backend. It does not touch the disk.
func (f *Fleet) Report(_ context.Context, screen playlist.ScreenID, r wire.Report) error {
	h := &store.Health{Screen: screen, At: f.cfg.Now(), Online: true, Report: r}
	f.reports.Add(1)
	f.mu.Lock()
	l := f.live[screen]
	if l == nil {
		f.mu.Unlock()
		return nil // it was removed
	}
	if l.health != nil && h.At.Sub(l.health.At) < f.cfg.Offline/2 && f.shedder.sheds(ShedReports, &f.shedder.reports) {
		f.mu.Unlock()
		return nil
	}
	before := l.open()
	events := l.remember(l.health, h, jumpSlack+2*f.cfg.Report)
	l.health = h
	changed := before != l.open()
	f.mu.Unlock()
	f.cfg.Store.RecordHealth(h)
	if !f.shedder.sheds(ShedPictures, &f.shedder.samples) {
		f.samples.add(screen, h.At, &h.Report.Vitals)
	}
	for _, e := range events {
		f.cfg.Store.RecordEvent(e)
	}
	if changed {
		f.stir()
	}
	return nil
}

// Reports is how many reports came since the start.
func (f *Fleet) Reports() uint64 { return f.reports.Load() }

// Gone is part of hub.Backend.
func (f *Fleet) Gone(screen playlist.ScreenID, at time.Time, why string) {
	f.mu.Lock()
	l := f.live[screen]
	var last *store.Health
	if l != nil && l.online && at.Before(l.since) {
		f.mu.Unlock()
		return // it is back already
	}
	if l != nil {
		l.online, l.since, l.why = false, at, why
		last = l.health
	}
	f.mu.Unlock()
	if l == nil {
		return // it was removed
	}
	if last != nil {
		h := *last
		h.Online = false
		f.cfg.Store.RecordHealth(&h)
	}
	f.cfg.Store.RecordEvent(store.Event{Screen: screen, At: at, Kind: store.EventOffline, Detail: why})
	f.stir()
}

// impostor notes that a device says it is a screen whose key it does not have.
// is is the screen of its key, if any. A person tries again and again, so that
// not every attempt is an event.
func (f *Fleet) impostor(hello wire.Hello, is playlist.ScreenID, remote string) {
	if hello.Screen == "" || hello.Screen == is {
		return
	}
	now := f.cfg.Now()
	f.mu.Lock()
	l := f.live[hello.Screen]
	if l == nil || l.key == [32]byte{} {
		f.mu.Unlock()
		return
	}
	s := &l.stranger
	if now.Sub(s.last) > strangerFor {
		s.first = now
	}
	s.last, s.remote = now, hostOf(remote)
	fresh := now.Sub(s.noted) > strangerEvery
	if fresh {
		s.noted = now
	}
	f.mu.Unlock()
	if fresh {
		f.cfg.Store.RecordEvent(store.Event{Screen: hello.Screen, At: now, Kind: store.EventStranger, Detail: remote})
		f.cfg.Log.Warn("a device uses the name of a screen without its key", "screen", string(hello.Screen), "remote", remote)
	}
	f.stir()
}

// former notes that a device came back whose screen has another one by now, or is
// out of service. It is known and told to stop: no sign of something wrong. Its
// screen may have been removed while it was answered as that.
func (f *Fleet) former(hello wire.Hello, remote string) {
	now := f.cfg.Now()
	f.mu.Lock()
	l := f.live[hello.Screen]
	if l != nil && l.key == [32]byte(hello.Key) {
		delete(f.live, hello.Screen)
		l = nil
	}
	fresh := l != nil && now.Sub(l.former) > strangerEvery
	if fresh {
		l.former = now
	}
	f.mu.Unlock()
	if fresh {
		f.cfg.Store.RecordEvent(store.Event{Screen: hello.Screen, At: now, Kind: store.EventFormer, Detail: remote})
		f.cfg.Log.Info("A device that was replaced came back and was told to stop.", "screen", string(hello.Screen), "remote", remote)
	}
}

// hostOf is an address without its port.
func hostOf(remote string) string {
	if host, _, err := net.SplitHostPort(remote); err == nil {
		return host
	}
	return remote
}

// stir says that a screen's state may have changed.
func (f *Fleet) stir() {
	select {
	case f.stirred <- struct{}{}:
	default:
	}
}

// Stirred holds a token after a screen came or went or a sign of it opened or
// closed, for one reader.
func (f *Fleet) Stirred() <-chan struct{} { return f.stirred }

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

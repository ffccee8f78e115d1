package kiosk

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"mingbai/assets"
	"mingbai/kiosk/mailbox"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

// Say stores what a person said at this screen, durably when it returns nil, and
// sends it when there is a controller. It returns the number that the person may
// write down. The error is mailbox.ErrTooMany when this screen has said too much
// lately; any other says that nothing was stored.
func (d *Device) Say(v wire.Voice) (number string, err error) {
	now := d.moment().Now
	number, err = d.mail.Put(d.sealed(v, now), now)
	if err != nil {
		if !errors.Is(err, mailbox.ErrTooMany) {
			d.log.Error("A voice could not be stored.", "kind", v.Kind, "error", err)
		}
		return "", err
	}
	d.log.Info("A voice was stored.", "kind", v.Kind, "notice", v.Notice)
	d.kick()
	return number, nil
}

// sealed closes a voice to all but the office, if the office has said how. What
// cannot be sealed is kept open rather than lost; Put says what is wrong with it.
func (d *Device) sealed(v wire.Voice, now time.Time) wire.Voice {
	g := d.cache.Current()
	if g == nil || g.Library == nil || len(g.Library.Settings().VoiceKey) == 0 {
		return v
	}
	if v.ID == "" {
		v.ID = rand.Text()
	}
	if v.At.IsZero() {
		v.At = now
	}
	closed, err := v.Seal(g.Library.Settings().VoiceKey)
	if err != nil {
		if _, refused := errors.AsType[*wire.Refusal](err); !refused {
			d.log.Error("A voice could not be sealed.", "error", err)
		}
		return v
	}
	return closed
}

// Count adds to a count of today.
func (d *Device) Count(key string, n uint64) { d.mail.Count(key, n, d.today()) }

// EmptySearch notes keys that found nothing: letters as typed, strokes written
// 一丨丿丶乛. Anything else is not kept.
func (d *Device) EmptySearch(keys string) { d.mail.Empty(keys, d.today()) }

// today is the civil day at this screen's site.
func (d *Device) today() schedule.Date {
	m := d.moment()
	if g := d.cache.Current(); g != nil && g.Library != nil {
		return schedule.DateOf(m.Now.In(g.Library.Zone()))
	}
	return schedule.DateOf(m.Now.Local())
}

// recording finds the recording of a notice, if the office made one.
func (d *Device) recording(id playlist.NoticeID, version int) (playlist.Blob, bool) {
	g := d.cache.Current()
	if g == nil {
		return playlist.Blob{}, false
	}
	return g.Library.Speech(id, version)
}

// HasSpeech reports whether a notice can be read aloud.
func (d *Device) HasSpeech(id playlist.NoticeID, version int) bool {
	b, ok := d.recording(id, version)
	return ok && d.cache.Blobs().Has(b.Ref)
}

// Speech returns a notice read aloud; assets.ErrNotFound, wrapped or not, while
// it is not here.
func (d *Device) Speech(id playlist.NoticeID, version int) (*speech.Recording, error) {
	b, ok := d.recording(id, version)
	if !ok {
		return nil, assets.ErrNotFound
	}
	data, err := d.cache.Read(b.Ref, b.Size)
	if err != nil {
		return nil, err
	}
	return speech.Decode(data)
}

// extrasShare is the part of the cache's limit that recordings may take.
const extrasShare = 4

// fetchExtras brings a few of the recordings that are not here, while nothing
// that the screen needs is on its way. It returns when they are here, when the
// line fails, or after a minute: what is more important may have come.
func (d *Device) fetchExtras(ctx context.Context) {
	if !d.link.Connected() || !d.current() {
		return
	}
	missing := d.cache.Extras(d.cfg.CacheLimit / extrasShare)
	if len(missing) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := d.link.Fetch(ctx, missing[:min(len(missing), extrasAtOnce)]); err != nil && ctx.Err() == nil {
		d.log.Warn("Recordings could not be fetched; they are asked for again later.", "error", err)
		return
	}
	d.screen.Wake() // a page may offer to read aloud now
}

// extrasAtOnce is how many recordings are fetched before it is looked again
// whether something else is due.
const extrasAtOnce = 8

// keepExtras fetches recordings as long as the device runs.
func (d *Device) keepExtras(ctx context.Context) {
	tick := time.NewTicker(houseEvery)
	defer tick.Stop()
	for {
		d.fetchExtras(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Wake asks the presenter for a Step soon.
func (d *Device) Wake() { d.screen.Wake() }

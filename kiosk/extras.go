package kiosk

import (
	"context"
	"math/rand/v2"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/speech"
)

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

// extrasAtOnce is how many recordings are fetched before it is looked again
// whether something else is due.
const extrasAtOnce = 8

// extrasSpread is how long a screen may wait before it asks for a new recording,
// at random: ten thousand of them must not ask an office in the same second for
// half a megabyte each.
const extrasSpread = time.Minute

// extrasAfter is how long recordings wait that could not be fetched.
const extrasAfter = 5 * time.Minute

// keepExtras fetches recordings as long as the device runs, while nothing that
// the screen needs is on its way.
func (d *Device) keepExtras(ctx context.Context) {
	tick := time.NewTicker(houseEvery)
	defer tick.Stop()
	var due time.Time // zero while nothing is missing
	for {
		var missing []playlist.Blob
		if d.link.Connected() && d.current() {
			missing = d.cache.Extras(d.cfg.CacheLimit / extrasShare)
		}
		now := time.Now()
		switch {
		case len(missing) == 0:
			due = time.Time{}
		case due.IsZero():
			due = now.Add(rand.N(d.spread))
		}
		if len(missing) > 0 && !now.Before(due) && !d.fetchExtras(ctx, missing[:min(len(missing), extrasAtOnce)]) {
			due = now.Add(extrasAfter + rand.N(d.spread))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// fetchExtras brings recordings. It returns when they are here, when the line
// fails, or after a minute: what is more important may have come. It is false
// when the office or the disk would not.
func (d *Device) fetchExtras(ctx context.Context, missing []playlist.Blob) bool {
	limit, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := d.link.Fetch(limit, missing); err != nil {
		if limit.Err() == nil {
			d.log.Warn("Recordings could not be fetched; they are asked for again later.", "error", err)
			return false
		}
		return true // a thin line goes on where it was
	}
	d.screen.Wake() // a page may offer to read aloud now
	return true
}

package kiosk

import (
	"time"

	"mingbai/playlist/wire"
)

const (
	countsEvery = 5 * time.Minute // counts to disk, and on their way
	usageDays   = 8               // on their way at once
	// voicePatience is how long an answer to voices is waited for on one
	// connection: who does not answer does not want them now.
	voicePatience = time.Hour
)

// mailing is what is on its way to the controller, by the clock without leaps.
type mailing struct {
	voicesUntil time.Duration // a batch of voices is on its way until it is heard or this
	days        int           // of usage on their way
	more        bool          // there may be further days
	countsNext  time.Duration // when counts are sent again
}

// post sends what residents said, and counts, when none are on their way. Only
// keepHouse calls it.
func (d *Device) post() {
	if !d.link.Connected() {
		return
	}
	now := d.mono()
	d.mu.Lock()
	mail := d.mailing
	d.mu.Unlock()
	if now >= mail.voicesUntil {
		if voices := d.mail.Waiting(wire.MaxVoices); len(voices) > 0 {
			// Noted before they are sent: the answer may come at once.
			d.set(func(m *mailing) { m.voicesUntil = now + voicePatience })
			if !d.link.Voices(voices) {
				d.set(func(m *mailing) { m.voicesUntil = 0 })
			}
		}
	}
	if mail.days > 0 || now < mail.countsNext {
		return
	}
	days := d.mail.Usage(usageDays) // they are on disk now
	d.set(func(m *mailing) { m.days, m.more, m.countsNext = len(days), len(days) == usageDays, now+countsEvery })
	if len(days) > 0 && !d.link.Usage(days) {
		d.set(func(m *mailing) { m.days = 0 })
	}
}

func (d *Device) set(change func(*mailing)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.mailing)
}

// heardBy takes away what the controller has.
func (d *Device) heardBy(h wire.Heard) {
	if err := d.mail.Heard(h); err != nil {
		d.log.Error("Delivered voices could not be taken off the disk; it will be tried again.", "error", err)
	}
	d.set(func(m *mailing) {
		if len(h.Voices) > 0 {
			m.voicesUntil = 0
		}
		if n := len(h.Days); n > 0 && m.days > 0 {
			if m.days = max(0, m.days-n); m.days == 0 && m.more {
				m.countsNext = 0
			}
		}
	})
	d.kick()
}

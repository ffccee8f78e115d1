package kiosk

import (
	"crypto/rand"
	"errors"
	"time"

	"mingbai/kiosk/mailbox"
	"mingbai/playlist/schedule"
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

// Wake asks the presenter for a Step soon.
func (d *Device) Wake() { d.screen.Wake() }

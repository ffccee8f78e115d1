package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// Bounds of what one screen may say, so that a device in wrong hands cannot fill
// the database. Those in good faith stay far below: a touchscreen keeps at most
// 2,000 voices and takes 200 a day, and sends its counts every five minutes.
const (
	voicesADay   = 2500
	usageAnHour  = 900            // messages: a year of days that wait, and today's
	usageOldest  = 500            // days
	usageNewest  = 2              // days ahead of the controller's clock
	voiceFuture  = 24 * time.Hour // a device's clock may be ahead by so much
	postInterval = 24 * time.Hour // of voicesADay
	usageEvery   = time.Hour      // of usageAnHour
)

// postage is how much a screen has said lately.
type postage struct {
	usage  int // messages since from
	from   time.Time
	warned time.Time // that it says too much
	lost   time.Time // a voice that cannot be opened was put on record
}

// stamp counts a message of usage and reports whether it is within the bound.
func (p *postage) stamp(now time.Time) bool {
	if since := now.Sub(p.from); since >= usageEvery || since < 0 {
		p.usage, p.from = 0, now
	}
	p.usage++
	return p.usage <= usageAnHour
}

// post returns the postage of a screen, making it. The caller holds mu.
func (f *Fleet) post(screen playlist.ScreenID) *postage {
	p := f.posts[screen]
	if p == nil {
		p = &postage{}
		f.posts[screen] = p
	}
	return p
}

// Voices is part of hub.Backend. It stores what is new, once; what has no sense
// is acknowledged and dropped, because it would be sent again for ever, and what
// is too much is left on the device until tomorrow. Nothing that a person wrote
// is logged.
func (f *Fleet) Voices(ctx context.Context, screen playlist.ScreenID, voices []wire.Voice) (heard []string, err error) {
	now := f.cfg.Now()
	good := make([]wire.Voice, 0, len(voices))
	var lost []string // sealed for somebody else
	for _, v := range voices {
		clean, err := f.opened(v)
		if err == nil {
			good = append(good, clean)
			continue
		}
		f.cfg.Log.Warn("a voice cannot be read and is dropped", "screen", string(screen), "cause", err)
		if len(v.ID) <= 64 {
			heard = append(heard, v.ID)
		}
		if r, ok := errors.AsType[*wire.Refusal](err); ok && r.Reason == wire.ReasonWrongKey {
			lost = append(lost, v.ID)
		}
	}
	if len(good)+len(lost) == 0 {
		return heard, nil
	}
	// That somebody said something is on record even if nobody can read it, but no
	// device fills the register.
	tell := len(lost) > 0 && f.seldom(screen, now, func(p *postage) *time.Time { return &p.lost })
	var kept []string
	fresh := 0
	err = f.writer.do(ctx, "take voices of "+string(screen), func(ctx context.Context, t *store.Tx) error {
		kept, fresh = nil, 0
		row, err := t.Screen(ctx, screen)
		if err != nil {
			return err
		}
		before, err := t.VoicesReceived(ctx, screen, now.Add(-postInterval))
		if err != nil {
			return err
		}
		for _, v := range good {
			if before+fresh >= voicesADay {
				break
			}
			isNew, err := t.PutVoice(ctx, received(v, row, now))
			if err != nil {
				return err
			}
			if isNew {
				fresh++
			}
			kept = append(kept, v.ID)
		}
		if !tell {
			return nil
		}
		return t.Audit(ctx, store.Record{
			At: now, Actor: "system", Action: "voice.unreadable", Subject: string(screen), Site: row.Site, Detail: fmt.Sprint(len(lost)),
		})
	})
	if err != nil {
		return nil, err
	}
	if len(kept) < len(good) {
		f.flooded(screen, "voices", now)
	}
	if fresh > 0 {
		f.cfg.Log.Info("residents have said something", "screen", string(screen), "voices", fresh)
	}
	return append(heard, kept...), nil
}

// opened is a voice as a person reads it. The error is a *wire.Refusal.
func (f *Fleet) opened(v wire.Voice) (wire.Voice, error) {
	if f.cfg.Voices == nil && len(v.Sealed) > 0 {
		return wire.Voice{}, &wire.Refusal{Reason: wire.ReasonWrongKey, Detail: "this controller opens no sealed voices"}
	}
	v, err := v.Clean() // before the key is used on it
	if err != nil {
		return v, err
	}
	return v.Unseal(f.cfg.Voices)
}

// received is a voice as it is stored. A rating in which nothing is written asks
// for no answer.
func received(v wire.Voice, row store.Screen, now time.Time) store.Voice {
	if v.At.Sub(now) > voiceFuture {
		v.At = now.UTC()
	}
	state := store.VoiceNew
	if v.Kind == wire.Rating && v.Text == "" && len(v.Topics) == 0 {
		state = store.VoiceClosed
	}
	return store.Voice{Voice: v, Screen: row.ID, Site: row.Site, Received: now, State: state}
}

// errUsage ends the session of a device that never stops counting.
var errUsage = errors.New("this screen sends its counts too often")

// Usage is part of hub.Backend. Days that cannot be are acknowledged and
// dropped.
func (f *Fleet) Usage(ctx context.Context, screen playlist.ScreenID, u wire.Usage) error {
	now := f.cfg.Now()
	f.mu.Lock()
	ok := f.post(screen).stamp(now)
	f.mu.Unlock()
	if !ok {
		f.flooded(screen, "usage", now)
		return errUsage
	}
	today := f.Today()
	clean, err := u.Clean()
	if err != nil || clean.Day.Before(today.AddDays(-usageOldest)) || clean.Day.After(today.AddDays(usageNewest)) {
		f.cfg.Log.Warn("the counts of a day that cannot be are dropped", "screen", string(screen), "day", u.Day.String())
		return nil
	}
	return f.writer.do(ctx, "take usage of "+string(screen), func(ctx context.Context, t *store.Tx) error {
		row, err := t.Screen(ctx, screen)
		if err != nil {
			return err
		}
		return t.PutUsage(ctx, screen, row.Site, clean)
	})
}

// flooded says once an hour that a screen says too much.
func (f *Fleet) flooded(screen playlist.ScreenID, what string, now time.Time) {
	if f.seldom(screen, now, func(p *postage) *time.Time { return &p.warned }) {
		f.cfg.Log.Warn("a screen says more than a screen can; the rest waits on it", "screen", string(screen), "what", what)
	}
}

// seldom reports whether the last time that is noted of a screen was an hour
// ago, and then notes this one.
func (f *Fleet) seldom(screen playlist.ScreenID, now time.Time, of func(*postage) *time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := of(f.post(screen))
	if now.Sub(*last) < usageEvery {
		return false
	}
	*last = now
	return true
}

// KeepContacts is how long after it was dealt with a voice says how to reach the
// person.
const KeepContacts = 180 * 24 * time.Hour

// MaxNote is how long a note on a voice may be, in characters.
const MaxNote = 1000

// ErrNote: what is said of a voice needs a note, of a length that fits.
var ErrNote = errors.New("say in up to 1,000 characters what was done")

// Settle notes what was done about a voice, and by whom, in the register. To say
// that something was done needs words, and so does to leave an objection alone;
// the error is ErrNote. If the voice is not in the state from any more it is
// store.ErrConflict. Opening it again keeps the note. The note may hold what an
// office would not tell everybody, so the register has only that there is one.
func (f *Fleet) Settle(ctx context.Context, actor string, id string, from, to store.VoiceState, note string) error {
	return f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		v, err := t.Voice(ctx, id)
		if err != nil {
			return err
		}
		if to == store.VoiceNew {
			note = v.Note
		} else if err := checkNote(v.Kind, to, note); err != nil {
			return err
		}
		now := f.cfg.Now()
		if err := t.SettleVoice(ctx, id, from, to, note, actor, now); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{
			At: now, Actor: actor, Action: "voice." + string(to), Subject: id, Site: v.Site, Detail: fmt.Sprintf("%s %s", v.Kind, v.Number()),
			// Not the note: it may name a resident, and the log keeps it for ever.
			Before: fmt.Sprintf(`{"state":%q}`, v.State), After: fmt.Sprintf(`{"state":%q}`, to),
		})
	})
}

func checkNote(kind wire.VoiceKind, to store.VoiceState, note string) error {
	if n := utf8.RuneCountInString(note); n > MaxNote || n == 0 && (to == store.VoiceAnswered || kind == wire.Objection) {
		return ErrNote
	}
	return nil
}

// ObjectionDays is how many working days an office has to answer an objection,
// counted from the day after it arrived. Rules name three to five; a product that
// reminds early is right under all of them.
const ObjectionDays = 3

// Deadlines returns a function that tells the last day on which a voice should
// be answered; the zero date for what asks for no answer.
func (f *Fleet) Deadlines(ctx context.Context) (func(store.Voice) schedule.Date, error) {
	days, err := f.cfg.Store.Days(ctx)
	if err != nil {
		return nil, err
	}
	calendar := schedule.NewCalendar(days)
	return func(v store.Voice) schedule.Date {
		if v.Kind != wire.Objection || v.State != store.VoiceNew {
			return schedule.Date{}
		}
		return calendar.AddWorkingDays(schedule.DateOf(v.Received.In(f.cfg.Zone)), ObjectionDays)
	}, nil
}

// Today is the civil day at the office.
func (f *Fleet) Today() schedule.Date { return schedule.DateOf(f.cfg.Now().In(f.cfg.Zone)) }

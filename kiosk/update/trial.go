package update

import (
	"context"
	"time"

	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// onTrial reports whether this program has still to show that it is well.
func (u *Updater) onTrial() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state.Trial != nil && u.state.Trial.Slot == u.opt.Slot
}

// prove watches this program until it has been well for the time of the trial and
// commits it, or gives it up. Whether it crashes or freezes, the launcher sees.
func (u *Updater) prove(ctx context.Context) error {
	tick := time.NewTicker(u.opt.Look)
	defer tick.Stop()
	started := time.Now()
	u.mu.Lock()
	t := *u.state.Trial
	h := u.state.Slots[t.Slot]
	u.mu.Unlock()
	u.opt.Log.Info("This program is on trial.", "version", h.Version, "slot", string(t.Slot), "boot", t.Boots)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := time.Now()
		run := now.Sub(started)
		if run < u.opt.Trial {
			continue
		}
		reason, detail := t.wants(u.opt.Health(), now)
		if reason == "" {
			if err := u.commit(); err != nil {
				u.opt.Log.Error("That this program is well could not be saved.", "error", err)
				continue // the disk may come to itself; until then the trial goes on
			}
			u.opt.Log.Info("This program is well and stays.", "version", h.Version, "slot", string(t.Slot))
			return nil
		}
		if run >= patience*u.opt.Trial {
			u.fail(h, reason, detail)
			return ErrTakeover
		}
	}
}

// wants says what is missing until a program is as well as the one before it was;
// nothing when the reason is empty. A line that was down before need not be up now:
// months offline are normal.
func (t trial) wants(h Health, now time.Time) (release.Reason, string) {
	switch {
	case now.Sub(h.Beat) > beatWithin:
		return release.Frozen, "the picture has not moved for " + now.Sub(h.Beat).Truncate(time.Second).String()
	case h.Black:
		return release.Dark, "the display is black although it should not be"
	case t.Content && !h.Content:
		return release.Dark, "there is no content on the display, as there was before"
	case t.Online && !h.Online:
		return release.Unreachable, "the controller has not welcomed it, as it had the program before"
	}
	return "", ""
}

func (u *Updater) commit() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	s.committed(u.opt.Now())
	if err := u.keep(s); err != nil {
		return err
	}
	u.tell(s.Last)
	return nil
}

// unreachable reports whether the last program was given up for not reaching the
// controller.
func (u *Updater) unreachable() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	reason, _ := release.ReasonOf(u.state.Last.Error)
	return u.state.Last.Step == wire.UpdateFailed && reason == release.Unreachable
}

// exonerated reports whether it is decided that the line, not the new program, was
// to blame: the old one does not reach the controller either. Then the offer is as
// good as new when it comes again.
func (u *Updater) exonerated(run time.Duration) (decided bool) {
	if u.opt.Health().Online {
		return true
	}
	if run < patience*u.opt.Trial {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	if len(s.Failed) == 0 {
		return true
	}
	s.Failed = s.Failed[:len(s.Failed)-1]
	s.Last = wire.UpdateState{}
	if err := u.keep(s); err != nil {
		u.opt.Log.Error("That a program may be tried again could not be saved.", "error", err)
		return false
	}
	u.tell(s.Last)
	u.opt.Log.Info("The controller cannot be reached with this program either; the new one may be tried again.")
	return true
}

package rollout

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Act is what a person does with a rollout.
type Act string

// The acts.
const (
	Pause  Act = "pause"  // no further screens; what has not begun waits
	Resume Act = "resume" // goes on, also after it stopped: what stopped it is excused
	Next   Act = "next"   // opens the next stage now
	Stop   Act = "stop"   // ends it where it is
	Back   Act = "back"   // offers the former package again
)

// Allowed are the acts that a rollout stands for now.
func Allowed(ro store.Rollout) []Act {
	switch ro.State {
	case store.RolloutRunning:
		acts := []Act{Pause, Stop}
		if ro.Stage != store.StageAll {
			acts = append([]Act{Next}, acts...)
		}
		if !ro.Back {
			acts = append(acts, Back)
		}
		return acts
	case store.RolloutPaused:
		return []Act{Resume, Stop, Back}
	case store.RolloutStopped:
		return []Act{Back, Resume}
	case store.RolloutDone:
		return []Act{Back}
	}
	return nil
}

// Start begins a rollout of a package for the screens of a site and below. The
// first screens are chosen in the turn that follows at once. ErrBusy while another
// one of the program runs or is paused; one that stopped or is done is replaced.
func (d *Depot) Start(ctx context.Context, actor, pkg string, site playlist.SiteID) (store.Rollout, error) {
	p, err := d.cfg.Store.Package(ctx, pkg)
	if err != nil {
		return store.Rollout{}, err
	}
	ro, err := d.begin(ctx, actor, "rollout.start", d.fresh(actor, p, site))
	if err != nil {
		return store.Rollout{}, err
	}
	return ro, d.Turn(ctx)
}

func (d *Depot) fresh(actor string, p store.Package, site playlist.SiteID) store.Rollout {
	now := d.cfg.Now()
	return store.Rollout{
		ID: "r-" + strings.ToLower(rand.Text()[:12]), Program: p.Program, Package: p.ID, Version: p.Version, Site: site,
		State: store.RolloutRunning, Stage: store.StageFew, Started: now, Since: now, Changed: now, Actor: actor,
	}
}

// begin puts a rollout in the place of those before it.
func (d *Depot) begin(ctx context.Context, actor, action string, ro store.Rollout) (store.Rollout, error) {
	d.work.Lock()
	defer d.work.Unlock()
	tree, err := d.cfg.Store.Tree(ctx)
	if err != nil {
		return ro, err
	}
	if _, err := tree.Site(ro.Site); err != nil {
		return ro, err
	}
	under := tree.Subtree(ro.Site)
	var replaced []*standing
	for _, s := range d.all() {
		if s.ro.Program != ro.Program {
			continue
		}
		switch s.ro.State {
		case store.RolloutRunning, store.RolloutPaused:
			if !ro.Back {
				return ro, fmt.Errorf("rollout %s: %w", s.ro.ID, ErrBusy)
			}
		case store.RolloutDone:
			if !slices.Contains(under, s.ro.Site) {
				continue // the standing offer of another part of the county
			}
		}
		over := *s
		over.ro.State, over.ro.Changed = store.RolloutReplaced, ro.Started
		replaced = append(replaced, &over)
	}
	fresh, err := d.load(ctx, ro)
	if err != nil {
		return ro, err
	}
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		for _, s := range replaced {
			if err := t.PutRollout(ctx, s.ro); err != nil {
				return err
			}
		}
		if err := t.PutRollout(ctx, ro); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: ro.Started, Actor: actor, Action: action, Subject: ro.ID, Site: ro.Site, Detail: ro.Package, After: stand(ro)})
	})
	if err != nil {
		return ro, fmt.Errorf("start rollout %s: %w", ro.ID, err)
	}
	var waiting []playlist.ScreenID
	for _, s := range replaced {
		d.put(s)
		for id, m := range s.members {
			if !Begun(m) {
				waiting = append(waiting, id)
			}
		}
	}
	d.put(fresh)
	d.tell(waiting) // withdrawn, until the new one reaches them
	return ro, nil
}

// Do does what a person asks of a rollout. ErrState when it does not stand for
// that; ErrFormer when there is nothing to go back to.
func (d *Depot) Do(ctx context.Context, actor, id string, act Act) (store.Rollout, error) {
	s, err := d.find(id)
	if err != nil {
		return store.Rollout{}, err
	}
	if act == Back {
		return d.goBack(ctx, actor, s)
	}
	ro, err := d.change(ctx, actor, id, act)
	if err != nil {
		return ro, err
	}
	if err := d.Turn(ctx); err != nil {
		return ro, err
	}
	if s, err := d.find(id); err == nil {
		ro = s.ro
	}
	return ro, nil
}

func (d *Depot) change(ctx context.Context, actor, id string, act Act) (store.Rollout, error) {
	d.work.Lock()
	defer d.work.Unlock()
	s, err := d.find(id)
	if err != nil {
		return store.Rollout{}, err
	}
	if !slices.Contains(Allowed(s.ro), act) {
		return s.ro, fmt.Errorf("%s rollout %s, which is %s: %w", act, id, s.ro.State, ErrState)
	}
	view, err := d.look(ctx)
	if err != nil {
		return s.ro, err
	}
	now := d.cfg.Now()
	t := Turn{Rollout: s.ro}
	switch act {
	case Next:
		t = d.cfg.Rules.Open(s.ro, s.members, view.screens(s.ro), now)
	case Pause:
		t.Rollout.State, t.Rollout.Changed, t.Rollout.ReasonBy = store.RolloutPaused, now, actor
	case Stop:
		t.Rollout.State, t.Rollout.Changed, t.Rollout.ReasonBy = store.RolloutStopped, now, actor
		t.Rollout.ReasonZh, t.Rollout.ReasonEn, t.Rollout.Culprits = "", "", nil
	case Resume:
		t.Rollout.State, t.Rollout.Changed, t.Rollout.ReasonBy = store.RolloutRunning, now, ""
		t.Rollout.Excused = append(slices.Clone(s.ro.Excused), s.ro.Culprits...)
		t.Rollout.ReasonZh, t.Rollout.ReasonEn, t.Rollout.Culprits = "", "", nil
	}
	err = d.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutRollout(ctx, t.Rollout); err != nil {
			return err
		}
		if err := tx.PutMembers(ctx, id, t.Changed); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Record{At: now, Actor: actor, Action: "rollout." + string(act), Subject: id, Site: s.ro.Site, Before: stand(s.ro), After: stand(t.Rollout)})
	})
	if err != nil {
		return s.ro, fmt.Errorf("%s rollout %s: %w", act, id, err)
	}
	next := &standing{ro: t.Rollout, members: Members{}, offer: s.offer}
	var waiting []playlist.ScreenID
	for screen, m := range s.members {
		next.members[screen] = m
		if !Begun(m) {
			waiting = append(waiting, screen)
		}
	}
	for _, m := range t.Changed {
		next.members[m.Screen] = m
		waiting = append(waiting, m.Screen)
	}
	d.put(next)
	d.tell(waiting)
	return t.Rollout, nil
}

// goBack replaces a rollout by one of the package that most of its screens ran
// before, for all of them at once. Whether a device goes back is for the device: it
// takes no package with a lower number than one that was well on it (DOMAIN SEC-08),
// and then says so.
func (d *Depot) goBack(ctx context.Context, actor string, s *standing) (store.Rollout, error) {
	if !slices.Contains(Allowed(s.ro), Back) {
		return s.ro, fmt.Errorf("go back from rollout %s, which is %s: %w", s.ro.ID, s.ro.State, ErrState)
	}
	former, err := d.former(ctx, s)
	if err != nil {
		return s.ro, err
	}
	ro := d.fresh(actor, former, s.ro.Site)
	ro.Back, ro.Stage = true, store.StageAll
	if ro, err = d.begin(ctx, actor, "rollout.back", ro); err != nil {
		return ro, err
	}
	return ro, d.Turn(ctx)
}

// Former returns the package that going back from a rollout would offer, or
// ErrFormer.
func (d *Depot) Former(ctx context.Context, id string) (store.Package, error) {
	s, err := d.find(id)
	if err != nil {
		return store.Package{}, err
	}
	return d.former(ctx, s)
}

func (d *Depot) former(ctx context.Context, s *standing) (store.Package, error) {
	known, err := d.cfg.Store.Packages(ctx)
	if err != nil {
		return store.Package{}, err
	}
	ran := map[string]int{}
	for _, m := range s.members {
		ran[m.Before]++
	}
	var best store.Package
	for _, p := range known { // the newest first
		if p.Program == s.ro.Program && p.Version != s.ro.Version && ran[p.Version] > ran[best.Version] {
			best = p
		}
	}
	if best.ID == "" {
		return best, fmt.Errorf("go back from %s: %w", s.ro.Version, ErrFormer)
	}
	return best, nil
}

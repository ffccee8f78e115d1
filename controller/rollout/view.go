package rollout

import (
	"context"
	"fmt"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/release"
)

// view is all screens at one instant, with what they are warned of.
type view struct {
	states []*fleet.State
	tree   *store.Tree
	warned map[playlist.ScreenID][]Warned
}

func (d *Depot) look(ctx context.Context) (*view, error) {
	v := &view{warned: map[playlist.ScreenID][]Warned{}}
	var err error
	if v.states, err = d.cfg.Fleet.List(ctx); err != nil {
		return nil, fmt.Errorf("look at the screens: %w", err)
	}
	if v.tree, err = d.cfg.Store.Tree(ctx); err != nil {
		return nil, fmt.Errorf("look at the screens: %w", err)
	}
	open, err := d.cfg.Store.OpenWarnings(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the screens: %w", err)
	}
	for _, w := range open {
		if !counts(w) {
			continue
		}
		one := Warned{Since: w.Opened, TitleZh: w.TitleZh, TitleEn: w.TitleEn}
		if strings.HasPrefix(w.Scope, "site:") {
			one.Along = w.Screens
		}
		for _, id := range w.Screens {
			v.warned[id] = append(v.warned[id], one)
		}
	}
	return v, nil
}

// counts reports whether a warning may speak against a program. That an update
// failed the device says itself, and that a program is old is why it is replaced.
func counts(w store.Warning) bool {
	kind := fleet.Kind(w.Kind)
	return fleet.Severity(w.Severity) >= fleet.Warn && kind != fleet.SignUpdate && kind != fleet.SignVersion
}

// screens are those that have a device, as a rollout sees them.
func (v *view) screens(ro store.Rollout) []Screen {
	under := map[playlist.SiteID]bool{}
	for _, id := range v.tree.Subtree(ro.Site) {
		under[id] = true
	}
	out := make([]Screen, 0, len(v.states))
	for i := range v.states {
		s := v.states[i]
		if !s.Paired() {
			continue
		}
		one := Screen{ID: s.ID, Name: s.Name, Site: s.Site, Online: s.Online, Runs: Runs(s), Warned: v.warned[s.ID],
			Fits: under[s.Site] && Misfit(s, ro.Program) == ""}
		if s.Report != nil {
			one.Update = s.Report.Vitals.Program.Update
		}
		out = append(out, one)
	}
	return out
}

// Runs is the version of the program that a screen's device runs, empty when it
// has not said.
func Runs(s *fleet.State) string {
	if s.Report != nil && s.Report.Vitals.Program.Version != "" {
		return s.Report.Vitals.Program.Version
	}
	_, version, _ := strings.Cut(s.Program, " ")
	return version
}

// Reason is why a package is not for a screen.
type Reason string

// The reasons.
const (
	OtherProgram  Reason = "program"  // it runs another kind of program
	NoDevice      Reason = "device"   // it waits for its device
	UnknownSystem Reason = "unknown"  // its program is too old to say what machine it has
	OtherSystem   Reason = "system"   // another operating system or processor
	NoSlots       Reason = "no_slots" // its program was not started by the launcher, or has not reported yet
)

// Misfit says why a package of a program, as store.Package.Program names it, is
// not for a screen; empty when it is.
func Misfit(s *fleet.State, program string) Reason {
	name, system, _ := strings.Cut(program, "/")
	switch {
	case string(release.Of(s.Kind)) != name:
		return OtherProgram
	case !s.Paired():
		return NoDevice
	case s.System == "":
		return UnknownSystem
	case s.System != system:
		return OtherSystem
	case s.Report == nil || s.Report.Vitals.Program.Slot == "":
		return NoSlots
	}
	return ""
}

package rollout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// Progress is how far a rollout is.
type Progress struct {
	Rollout store.Rollout `json:"rollout"`
	Package store.Package `json:"package"`
	Fits    int           `json:"fits"`   // screens that it is for
	Target  int           `json:"target"` // of them in this stage
	Reached int           `json:"reached"`
	Done    int           `json:"done"`
	Broken  int           `json:"broken"`  // failed or refused
	Working int           `json:"working"` // fetching, ready or on trial
	Away    int           `json:"away"`    // reached, not done and not connected
	// Until is when the stage has been watched for long enough; zero while too few
	// of its screens say done.
	Until time.Time `json:"until,omitzero"`
	// Misfits counts screens below the site that run the program but cannot be
	// offered it.
	Misfits map[Reason]int `json:"misfits,omitempty"`
	Rows    []Row          `json:"rows"` // what failed first
	Acts    []Act          `json:"acts"` // that are possible now
}

// Row is a screen of a rollout.
type Row struct {
	State  *fleet.State `json:"-"`
	Member store.Member `json:"member"`
	// Warned says, in both languages, what its newest warning since the offer is.
	WarnedZh string `json:"warned_zh,omitempty"`
	WarnedEn string `json:"warned_en,omitempty"`
}

// Bad reports whether the screen speaks against the package.
func (r Row) Bad() bool { return Broken(r.Member) || r.WarnedZh != "" }

// List returns the progress of all rollouts that stand, the newest first.
func (d *Depot) List(ctx context.Context) ([]Progress, error) {
	all := d.all()
	if len(all) == 0 {
		return []Progress{}, nil
	}
	v, err := d.look(ctx)
	if err != nil {
		return nil, err
	}
	var out []Progress
	for _, s := range all {
		p, err := d.progress(ctx, s, v)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Stopped counts the rollouts that stopped by themselves and wait for a person.
func (d *Depot) Stopped() int {
	n := 0
	for _, s := range d.all() {
		if s.ro.State == store.RolloutStopped && s.ro.ReasonBy == "" {
			n++
		}
	}
	return n
}

// Progress returns how far one rollout is that stands, or store.ErrNotFound.
func (d *Depot) Progress(ctx context.Context, id string) (Progress, error) {
	s, err := d.find(id)
	if err != nil {
		return Progress{}, err
	}
	v, err := d.look(ctx)
	if err != nil {
		return Progress{}, err
	}
	return d.progress(ctx, s, v)
}

func (d *Depot) progress(ctx context.Context, s *standing, v *view) (Progress, error) {
	p := Progress{Rollout: s.ro, Misfits: map[Reason]int{}, Acts: Allowed(s.ro)}
	var err error
	if p.Package, err = d.cfg.Store.Package(ctx, s.ro.Package); err != nil {
		return p, err
	}
	under := map[string]bool{}
	for _, id := range v.tree.Subtree(s.ro.Site) {
		under[string(id)] = true
	}
	for _, state := range v.states {
		member, in := s.members[state.ID]
		if !in {
			p.pass(state, under[string(state.Site)])
			continue
		}
		row := Row{State: state, Member: member}
		for _, w := range v.warned[state.ID] {
			if !w.Since.Before(member.Offered) {
				row.WarnedZh, row.WarnedEn = w.TitleZh, w.TitleEn
			}
		}
		p.add(row)
	}
	p.Target = Target(s.ro.Stage, p.Fits)
	if !s.ro.Enough.IsZero() && s.ro.State == store.RolloutRunning {
		p.Until = s.ro.Enough.Add(d.cfg.Rules.soak(s.ro.Stage))
	}
	slices.SortStableFunc(p.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), b.Member.At.Compare(a.Member.At))
	})
	return p, nil
}

// pass counts a screen that was not reached.
func (p *Progress) pass(s *fleet.State, under bool) {
	if !under {
		return
	}
	switch why := Misfit(s, p.Rollout.Program); why {
	case "":
		p.Fits++
	case OtherProgram, OtherSystem, NoDevice: // for another package, or for none yet
	default:
		p.Misfits[why]++
	}
}

// add counts a screen that was reached.
func (p *Progress) add(r Row) {
	p.Fits++
	p.Reached++
	switch {
	case r.Member.Step == wire.UpdateDone:
		p.Done++
	case Broken(r.Member):
		p.Broken++
	case !r.State.Online:
		p.Away++
	case r.Member.Step != "":
		p.Working++
	}
	p.Rows = append(p.Rows, r)
}

// rank is the order of a list: what went wrong, what is under way, what waits,
// what is done.
func rank(r Row) int {
	switch {
	case r.Bad():
		return 0
	case r.Member.Step == wire.UpdateDone:
		return 4
	case r.Member.Step == wire.UpdateTrial:
		return 1
	case r.Member.Step != "":
		return 2
	}
	return 3
}

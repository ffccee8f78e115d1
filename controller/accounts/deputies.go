package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// longestDeputy is how many days ahead somebody may be stood in for.
const longestDeputy = 366

// The rules of standing in (C18). All are ErrInvalid too.
var (
	// ErrSelf: somebody would stand in for himself.
	ErrSelf = fmt.Errorf("nobody stands in for himself: %w", ErrInvalid)
	// ErrDays: the days are in the past, in the wrong order or too many.
	ErrDays = fmt.Errorf("the last day must not be before the first, nor before today, nor more than a year ahead: %w", ErrInvalid)
	// ErrNotTheirs: the person does not have that role, or it is none of publishing.
	ErrNotTheirs = fmt.Errorf("only publishing roles of the person can be stood in for: %w", ErrInvalid)
	// ErrOverlap: somebody else stands in for the same role on some of the days.
	ErrOverlap = fmt.Errorf("somebody stands in for this role on some of these days already: %w", ErrInvalid)
	// ErrChain: the deputy is away himself, or the person stands in for others.
	ErrChain = fmt.Errorf("a deputy cannot be stood in for: %w", ErrInvalid)
	// ErrAway: the deputy's account is disabled.
	ErrAway = fmt.Errorf("the deputy cannot sign in: %w", ErrInvalid)
	// ErrNotAllowed: neither the person himself nor his administrator asks.
	ErrNotAllowed = errors.New("only the person or an administrator may arrange this")
)

// Principal is a person for whom another one stands in today, with what the
// deputy may do in his place.
type Principal struct {
	Login, Name string
	Site        playlist.SiteID
	Department  store.DepartmentID
	Roles       []Role
	Until       schedule.Date // the last day
}

// Has reports whether the deputy has one of the roles in the principal's place.
func (p Principal) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// today is the day in the office.
func (a *Accounts) today() schedule.Date { return schedule.DateOf(a.cfg.Now().In(a.cfg.Zone)) }

// ActsFor returns for whom a person stands in on a day. A role that the rules
// keep from the deputy, that the principal lost, or of a principal who was
// disabled is not among them.
func (a *Accounts) ActsFor(ctx context.Context, p Person, day schedule.Date) ([]Principal, error) {
	rows, err := a.store.StandsIn(ctx, p.Login, day)
	if err != nil {
		return nil, err
	}
	var out []Principal
	for _, row := range rows {
		acc, err := a.store.AccountByLogin(ctx, row.Person)
		if errors.Is(err, store.ErrNotFound) || err == nil && acc.Disabled {
			continue
		}
		if err != nil {
			return nil, err
		}
		of := personOf(acc)
		q := Principal{Login: acc.Login, Name: acc.Name, Site: acc.Site, Department: acc.Department, Until: row.To}
		for _, r := range rolesOf(row.Roles) {
			if of.Has(r) && slices.Contains(Publishing, r) && Lawful(append(slices.Clone(p.Roles), r), p.Contractor) == nil {
				q.Roles = append(q.Roles, r)
			}
		}
		if len(q.Roles) > 0 {
			out = append(out, q)
		}
	}
	return out, nil
}

// May reports whether the person has one of the roles, himself or today for
// somebody else.
func (p Person) May(roles ...Role) bool {
	return p.Has(roles...) || slices.ContainsFunc(p.For, func(q Principal) bool { return q.Has(roles...) })
}

// MayAt reports whether the person may act with one of the roles at a site,
// given its path up to the root: himself, or today for somebody else. No roles
// means only that the site is reached.
func (p Person) MayAt(path []playlist.SiteID, roles ...Role) bool {
	if (len(roles) == 0 || p.Has(roles...)) && p.Reaches(path) {
		return true
	}
	return slices.ContainsFunc(p.For, func(q Principal) bool { return (len(roles) == 0 || q.Has(roles...)) && q.reaches(path) })
}

func (p Principal) reaches(path []playlist.SiteID) bool {
	return p.Site == "" || slices.Contains(path, p.Site)
}

// As says in whose place a person acts with a role on a notice at a site, given
// the site's path: in his own, which is the zero Principal, before anybody
// else's. ok is false if he may not at all.
func (p Person) As(role Role, n store.Notice, path []playlist.SiteID) (who Principal, ok bool) {
	if p.Has(role) && p.Reaches(path) && (p.Department == "" || p.Department == n.Department) {
		return Principal{}, true
	}
	for _, q := range p.For {
		if q.Has(role) && q.reaches(path) && (q.Department == "" || q.Department == n.Department) {
			return q, true
		}
	}
	return Principal{}, false
}

// Viewer is what the person sees of notices: all of the own department and site,
// and of those in whose place he acts today; of all others what was published.
func (p Person) Viewer(tree *store.Tree) *store.Viewer {
	scope := func(site playlist.SiteID, d store.DepartmentID) store.Scope {
		s := store.Scope{Department: d}
		if site != "" {
			s.Sites = append([]playlist.SiteID{}, tree.Subtree(site)...)
		}
		return s
	}
	v := &store.Viewer{Scopes: []store.Scope{scope(p.Site, p.Department)}}
	for _, q := range p.For {
		v.Scopes = append(v.Scopes, scope(q.Site, q.Department))
	}
	return v
}

// Deputise arranges that somebody stands in for another one. by is the person
// himself or an administrator; whether the administrator reaches the person's
// site is the caller's to check. The error is one of the rules of standing in or
// of Lawful.
func (a *Accounts) Deputise(ctx context.Context, by Person, d store.Deputy) (store.Deputy, error) {
	if by.Login != d.Person && !by.Has(Administrator) {
		return d, ErrNotAllowed
	}
	d.Deputy, d.Reason = strings.ToLower(strings.TrimSpace(d.Deputy)), strings.TrimSpace(d.Reason)
	today := a.today()
	switch {
	case d.Deputy == d.Person:
		return d, ErrSelf
	case !d.From.Valid() || !d.To.Valid() || d.To.Compare(d.From) < 0 || d.To.Compare(today) < 0 || d.To.DaysSince(today) > longestDeputy:
		return d, ErrDays
	}
	d.ID, d.Actor, d.Created = newID("d-"), by.Login, a.cfg.Now()
	err := a.store.Update(ctx, func(t *store.Tx) error {
		if err := deputyFits(ctx, t, &d); err != nil {
			return err
		}
		if err := deputyFree(ctx, t, d, today); err != nil {
			return err
		}
		if err := t.PutDeputy(ctx, d); err != nil {
			return err
		}
		return a.recordDeputy(ctx, t, by, "deputy.name", store.Deputy{}, d)
	})
	return d, err
}

// deputyFits checks both people and the roles.
func deputyFits(ctx context.Context, t *store.Tx, d *store.Deputy) error {
	person, err := t.AccountByLogin(ctx, d.Person)
	if err != nil {
		return err
	}
	deputy, err := t.AccountByLogin(ctx, d.Deputy)
	if err != nil {
		return err
	}
	if deputy.Disabled {
		return ErrAway
	}
	roles := rolesOf(d.Roles)
	if len(roles) == 0 {
		return ErrNotTheirs
	}
	for _, r := range roles {
		if !personOf(person).Has(r) || !slices.Contains(Publishing, r) {
			return fmt.Errorf("%s: %w", r, ErrNotTheirs)
		}
	}
	d.Roles = roleNames(roles)
	return Lawful(append(rolesOf(deputy.Roles), roles...), deputy.Contractor)
}

// deputyFree refuses days on which somebody stands in already, and chains.
func deputyFree(ctx context.Context, t *store.Tx, d store.Deputy, today schedule.Date) error {
	for _, login := range []string{d.Person, d.Deputy} {
		rows, err := t.DeputiesOf(ctx, login, today)
		if err != nil {
			return err
		}
		for _, o := range rows {
			if !o.Ended.IsZero() || o.To.Compare(d.From) < 0 || d.To.Compare(o.From) < 0 {
				continue
			}
			switch {
			case o.Person == d.Deputy || o.Deputy == d.Person:
				return ErrChain
			case o.Person == d.Person && slices.ContainsFunc(o.Roles, func(r string) bool { return slices.Contains(d.Roles, r) }):
				return ErrOverlap
			}
		}
	}
	return nil
}

// EndDeputy ends an arrangement before its last day: by either side or an
// administrator.
func (a *Accounts) EndDeputy(ctx context.Context, by Person, id string) error {
	return a.store.Update(ctx, func(t *store.Tx) error {
		d, err := t.Deputy(ctx, id)
		if err != nil {
			return err
		}
		if by.Login != d.Person && by.Login != d.Deputy && !by.Has(Administrator) {
			return ErrNotAllowed
		}
		if !d.Ended.IsZero() {
			return nil
		}
		before := d
		d.Ended = a.cfg.Now()
		if err := t.PutDeputy(ctx, d); err != nil {
			return err
		}
		return a.recordDeputy(ctx, t, by, "deputy.end", before, d)
	})
}

func (a *Accounts) recordDeputy(ctx context.Context, t *store.Tx, by Person, action string, before, after store.Deputy) (err error) {
	r := store.Record{At: a.cfg.Now(), Actor: by.Login, Action: action, Subject: after.Person, Detail: after.Deputy}
	if before.ID != "" {
		if r.Before, err = shown(before); err != nil {
			return err
		}
	}
	if r.After, err = shown(after); err != nil {
		return err
	}
	return t.Audit(ctx, r)
}

// Deputies lists the arrangements of a login, or of everybody when it is empty,
// that end today or later, or ended within the days before.
func (a *Accounts) Deputies(ctx context.Context, login string, days int) ([]store.Deputy, error) {
	return a.store.DeputiesOf(ctx, login, a.today().AddDays(-days))
}

package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mingbai/controller/store"
)

// Idle is after how long without a sign-in an account is taken for forgotten
// (C11), in days.
const Idle = 90

// ErrReceiver: who takes over could not see what is handed over.
var ErrReceiver = fmt.Errorf("who takes over must act for the same department and site, or for more: %w", ErrInvalid)

// HandOver gives what a person drafted to another one and keeps the person from
// signing in: drafts, what came back, what is on its way and what is half typed
// go over, arrangements of standing in end, and with roles the publishing roles
// go over too. What was signed stays signed by who signed it (C21, C22). It
// returns how many notices went over.
func (a *Accounts) HandOver(ctx context.Context, by Person, id, login string, roles bool) (int64, error) {
	var n int64
	err := a.store.Update(ctx, func(t *store.Tx) error {
		from, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		to, err := t.AccountByLogin(ctx, strings.ToLower(strings.TrimSpace(login)))
		if err != nil {
			return err
		}
		if err := mayReceive(ctx, t, from, to); err != nil {
			return err
		}
		if n, err = t.HandOver(ctx, from.Login, to.Login); err != nil {
			return err
		}
		if err := a.endAll(ctx, t, by, from.Login); err != nil {
			return err
		}
		if roles {
			if err := a.passRoles(ctx, t, by, from, to); err != nil {
				return err
			}
		}
		before := from
		from.Disabled = true
		if err := keepsAdministrator(ctx, t, from); err != nil {
			return err
		}
		if err := t.DropSessions(ctx, from.ID); err != nil {
			return err
		}
		if err := a.save(ctx, t, before, from, by.Login, "account.change"); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: a.cfg.Now(), Actor: by.Login, Action: "account.hand_over", Subject: from.Login, Site: from.Site, Detail: fmt.Sprintf("→ %s %d", to.Login, n)})
	})
	return n, err
}

func mayReceive(ctx context.Context, t *store.Tx, from, to store.Account) error {
	switch {
	case from.ID == to.ID:
		return ErrSelf
	case to.Disabled:
		return ErrAway
	case to.Department != "" && to.Department != from.Department:
		return ErrReceiver
	case to.Site == "":
		return nil
	case from.Site == "":
		return ErrReceiver
	}
	tree, err := t.Tree(ctx)
	if err == nil && !slices.Contains(tree.PathIDs(from.Site), to.Site) {
		return ErrReceiver
	}
	return err
}

// endAll ends the arrangements in which a login stands on either side.
func (a *Accounts) endAll(ctx context.Context, t *store.Tx, by Person, login string) error {
	rows, err := t.DeputiesOf(ctx, login, a.today())
	if err != nil {
		return err
	}
	for _, d := range rows {
		if !d.Ended.IsZero() {
			continue
		}
		before := d
		d.Ended = a.cfg.Now()
		if err := t.PutDeputy(ctx, d); err != nil {
			return err
		}
		if err := a.recordDeputy(ctx, t, by, "deputy.end", before, d); err != nil {
			return err
		}
	}
	return nil
}

// passRoles adds the publishing roles of one person to another one's.
func (a *Accounts) passRoles(ctx context.Context, t *store.Tx, by Person, from, to store.Account) error {
	roles := rolesOf(to.Roles)
	for _, r := range personOf(from).Roles {
		if slices.Contains(Publishing, r) {
			roles = append(roles, r)
		}
	}
	if err := Lawful(roles, to.Contractor); err != nil {
		return err
	}
	before := to
	to.Roles = roleNames(roles)
	return a.save(ctx, t, before, to, by.Login, "account.change")
}

// SaveDepartment adds or changes a department. A new one gets an ID.
func (a *Accounts) SaveDepartment(ctx context.Context, by Person, d store.Department) (store.Department, error) {
	d.Name, d.NameEn, d.Phone, d.Lead = strings.TrimSpace(d.Name), strings.TrimSpace(d.NameEn), strings.TrimSpace(d.Phone), strings.TrimSpace(d.Lead)
	if d.Name == "" {
		return d, fmt.Errorf("a department has a name: %w", ErrInvalid)
	}
	err := a.store.Update(ctx, func(t *store.Tx) error {
		r := store.Record{At: a.cfg.Now(), Actor: by.Login, Action: "department.create", Site: d.Site, Detail: d.Name}
		if d.ID == "" {
			d.ID = store.DepartmentID(newID("d-"))
		} else {
			was, err := t.Department(ctx, d.ID)
			if err != nil {
				return err
			}
			d.Site, r.Site, r.Action = was.Site, was.Site, "department.change" // its drafts and people are there
			if r.Before, err = shown(was); err != nil {
				return err
			}
		}
		if err := t.PutDepartment(ctx, d); err != nil {
			return err
		}
		var err error
		if r.After, err = shown(d); err != nil {
			return err
		}
		r.Subject = string(d.ID)
		return t.Audit(ctx, r)
	})
	return d, err
}

package accounts

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Details is what an administrator says of a person.
type Details struct {
	Login      string // of a new account only; it never changes
	Name       string
	Site       playlist.SiteID // acts here and below; empty is everywhere
	Department store.DepartmentID
	Roles      []Role
	Contractor bool
	Phone      string
	Disabled   bool
	MustChange bool // of a new account: the password is for the first sign-in only
}

// DetailsOf returns what is known of an account, to be changed in part.
func DetailsOf(a store.Account) Details {
	return Details{
		Login: a.Login, Name: a.Name, Site: a.Site, Department: a.Department, Roles: rolesOf(a.Roles),
		Contractor: a.Contractor, Phone: a.Phone, Disabled: a.Disabled, MustChange: a.MustChange,
	}
}

// Create makes an account. The error is one of the rules that Lawful names,
// ErrInvalid, ErrPassword, or store.ErrConflict for a login in use.
func (a *Accounts) Create(ctx context.Context, by Person, d Details, password string) (Person, error) {
	acc, err := a.build(ctx, d, password)
	if err != nil {
		return Person{}, err
	}
	err = a.store.Update(ctx, func(t *store.Tx) error {
		return a.save(ctx, t, store.Account{}, acc, by.Login, "account.create")
	})
	if err != nil {
		return Person{}, err
	}
	return personOf(acc), nil
}

// Change sets everything but login and password. Disabling ends the sessions of
// the account.
func (a *Accounts) Change(ctx context.Context, by Person, id string, d Details) error {
	return a.store.Update(ctx, func(t *store.Tx) error { return a.change(ctx, t, by, id, d) })
}

func (a *Accounts) change(ctx context.Context, t *store.Tx, by Person, id string, d Details) error {
	if err := Lawful(d.Roles, d.Contractor); err != nil {
		return err
	}
	if strings.TrimSpace(d.Name) == "" {
		return fmt.Errorf("a name: %w", ErrInvalid)
	}
	before, err := t.Account(ctx, id)
	if err != nil {
		return err
	}
	acc := before
	d.into(&acc)
	if err := placed(ctx, t, acc); err != nil {
		return err
	}
	if err := keepsAdministrator(ctx, t, acc); err != nil {
		return err
	}
	if acc.Disabled {
		if err := t.DropSessions(ctx, id); err != nil {
			return err
		}
	}
	return a.save(ctx, t, before, acc, by.Login, "account.change")
}

func (d Details) into(acc *store.Account) {
	acc.Name, acc.Site, acc.Department = strings.TrimSpace(d.Name), d.Site, d.Department
	acc.Roles, acc.Contractor = roleNames(d.Roles), d.Contractor
	acc.Phone, acc.Disabled = strings.TrimSpace(d.Phone), d.Disabled
}

// SetPassword sets a new password, ends all sessions of the account and unlocks
// it. A password that somebody else set is good for one sign-in: then the person
// chooses another.
func (a *Accounts) SetPassword(ctx context.Context, by Person, id, password string) error {
	acc, err := a.store.Account(ctx, id)
	if err != nil {
		return err
	}
	hash, err := a.newPassword(ctx, acc, password)
	if err != nil {
		return err
	}
	return a.store.Update(ctx, func(t *store.Tx) error {
		before, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		acc := before
		acc.Password, acc.Failures, acc.Locked, acc.MustChange = hash, 0, time.Time{}, by.ID != id
		if err := t.DropSessions(ctx, id); err != nil {
			return err
		}
		return a.save(ctx, t, before, acc, by.Login, "account.password")
	})
}

// OwnPassword lets a person change the own password, who must know the present
// one: ErrSignIn if it is wrong, ErrSame if the new one is no other. All
// sessions end; a new one begins with its token.
func (a *Accounts) OwnPassword(ctx context.Context, p Person, present, password string) (token string, err error) {
	if err := a.Verify(ctx, p, present); err != nil {
		return "", err
	}
	if present == password {
		return "", ErrSame
	}
	was, err := a.store.Session(ctx, p.hash())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	if err := a.SetPassword(ctx, p, p.ID, password); err != nil {
		return "", err
	}
	err = a.store.Update(ctx, func(t *store.Tx) error {
		acc, err := t.Account(ctx, p.ID)
		if err != nil {
			return err
		}
		token, _, err = a.begin(ctx, t, acc, was.Factor, a.cfg.Now())
		return err
	})
	return token, err
}

// ErrSame: the new password is the present one.
var ErrSame = fmt.Errorf("the new password is the present one: %w", ErrInvalid)

// FirstPassword returns a password to be written down for somebody's first
// sign-in: 60 bits in groups that are read out easily.
func FirstPassword() string {
	text := strings.ToLower(rand.Text()[:12])
	return text[:4] + "-" + text[4:8] + "-" + text[8:]
}

// List returns all accounts by login.
func (a *Accounts) List(ctx context.Context) ([]store.Account, error) { return a.store.Accounts(ctx) }

func (a *Accounts) build(ctx context.Context, d Details, password string) (store.Account, error) {
	acc, err := a.open(d)
	if err == nil {
		acc.Password, err = a.newPassword(ctx, acc, password)
	}
	return acc, err
}

// open returns a new account without a password.
func (a *Accounts) open(d Details) (store.Account, error) {
	login, err := LoginOf(d.Login)
	if err != nil {
		return store.Account{}, err
	}
	if strings.TrimSpace(d.Name) == "" {
		d.Name = login
	}
	if err := Lawful(d.Roles, d.Contractor); err != nil {
		return store.Account{}, err
	}
	acc := store.Account{ID: newID("a-"), Login: login, Created: a.cfg.Now(), MustChange: d.MustChange}
	d.into(&acc)
	return acc, nil
}

// LoginOf returns a login as it is kept, or ErrInvalid.
func LoginOf(text string) (string, error) {
	login := strings.ToLower(strings.TrimSpace(text))
	if len(login) < 2 || len(login) > 40 || strings.ContainsAny(login, " :\t\n\r<>\"'") {
		return "", fmt.Errorf("login %q: %w: 2 to 40 characters without spaces and colons", login, ErrInvalid)
	}
	return login, nil
}

// save writes an account and the line of the audit log. A password is in neither
// side of it, only that there is another.
func (a *Accounts) save(ctx context.Context, t *store.Tx, before, after store.Account, by, action string) error {
	if before.ID == "" {
		if err := placed(ctx, t, after); err != nil {
			return err
		}
	}
	if err := t.PutAccount(ctx, after); err != nil {
		return err
	}
	detail := strings.Join(after.Roles, ",")
	if after.Disabled {
		detail += " disabled"
	}
	r := store.Record{At: a.cfg.Now(), Actor: by, Action: action, Subject: after.Login, Site: after.Site, Detail: detail}
	if action == "account.password" {
		r.Detail = ""
		return t.Audit(ctx, r)
	}
	var err error
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

// shown is what the audit log keeps of a row: JSON, without what is secret or
// counts sign-ins.
func shown(row any) (string, error) {
	if acc, ok := row.(store.Account); ok {
		acc.Locked, acc.Seen = time.Time{}, time.Time{}
		row = acc
	}
	b, err := json.Marshal(row)
	if err != nil {
		return "", fmt.Errorf("write down %T: %w", row, err)
	}
	return string(b), nil
}

// placed refuses a department that is not there, or of another site.
func placed(ctx context.Context, t *store.Tx, acc store.Account) error {
	if acc.Department == "" {
		return nil
	}
	d, err := t.Department(ctx, acc.Department)
	if err != nil {
		return fmt.Errorf("department of %s: %w", acc.Login, err)
	}
	if acc.Site != "" && d.Site != acc.Site {
		return fmt.Errorf("department %s is at site %s: %w", d.ID, d.Site, ErrDepartment)
	}
	return nil
}

// ErrDepartment: a person's department belongs to the person's site.
var ErrDepartment = fmt.Errorf("the department belongs to another site: %w", ErrInvalid)

// keepsAdministrator refuses a change after which nobody could undo it.
func keepsAdministrator(ctx context.Context, t *store.Tx, changed store.Account) error {
	if !changed.Disabled && changed.Site == "" && personOf(changed).Has(Administrator) {
		return nil
	}
	before, err := t.Account(ctx, changed.ID)
	if err != nil || before.Disabled || before.Site != "" || !personOf(before).Has(Administrator) {
		return err
	}
	n, err := t.CountPeople(ctx, store.PeopleFilter{Role: string(Administrator), Everywhere: true, Working: true})
	if err == nil && n < 2 {
		return fmt.Errorf("%s: %w", changed.Login, ErrLastAdministrator)
	}
	return err
}

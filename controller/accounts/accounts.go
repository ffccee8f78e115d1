// Package accounts knows the people who work with the controller and the
// programs that call its API: passwords, sessions, tokens and roles.
//
// It promises that no account exists that nobody made (the first person signs up
// with a token that only the operator's console shows), that passwords are kept
// as argon2id and tokens as hashes only, that guessing is slowed down and then
// locked out, and that every change is in the register. What a role may do is
// decided where it is done: in packages api and console.
package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Role is what a person may do. One person may have several.
type Role string

// The roles.
const (
	Drafter       Role = "drafter"       // 起草: writes drafts
	Reviewer      Role = "reviewer"      // 审核
	Secrecy       Role = "secrecy"       // 保密审查
	Releaser      Role = "releaser"      // 发布: publishes, takes down, raises alerts
	Technician    Role = "technician"    // 运维: screens
	Auditor       Role = "auditor"       // 督查: reads everything, also the register
	Administrator Role = "administrator" // 管理: accounts and tokens
)

// Roles lists all roles.
var Roles = []Role{Drafter, Reviewer, Secrecy, Releaser, Technician, Auditor, Administrator}

// The kinds of errors, for errors.Is.
var (
	// ErrSignIn: login or password is wrong; which of them is not said.
	ErrSignIn = errors.New("login or password is wrong")
	// ErrLocked: too many wrong passwords; wait.
	ErrLocked = errors.New("too many wrong passwords; this account is locked for a while")
	// ErrNoSession: the session or token is unknown, expired or revoked.
	ErrNoSession = errors.New("not signed in")
	// ErrPassword: the new password is too weak.
	ErrPassword = errors.New("a password has at least 10 characters and is not the login")
	// ErrInvalid: a login, a name or a role is not acceptable.
	ErrInvalid = errors.New("not acceptable")
)

// Person is who acts: someone signed in, or a program with a token.
type Person struct {
	ID    string          `json:"id"`
	Login string          `json:"login"` // "token:label" for a program
	Name  string          `json:"name"`
	Site  playlist.SiteID `json:"site,omitempty"` // acts here and below; empty is everywhere
	Roles []Role          `json:"roles"`
}

// Has reports whether the person has one of the roles.
func (p Person) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// Reaches reports whether the person acts at a site, given the site's path from
// itself up to the root.
func (p Person) Reaches(path []playlist.SiteID) bool {
	return p.Site == "" || slices.Contains(path, p.Site)
}

// Config is how Accounts behaves. Zero values take the defaults.
type Config struct {
	Idle     time.Duration    // a session ends so long after its last use (12 h)
	Absolute time.Duration    // and so long after signing in (7 days)
	Now      func() time.Time // time.Now
}

// Lockout after wrong passwords in a row: each further one doubles the time.
const (
	freeFailures = 5
	firstLock    = time.Minute
	longestLock  = time.Hour
)

// Accounts is the people of one controller.
type Accounts struct {
	store *store.Store
	cfg   Config
	slots chan struct{} // bounds how many passwords are hashed at once
	decoy string        // a hash to compare with when the login is unknown

	mu    sync.Mutex // guards setup
	setup [sha256.Size]byte
}

// New returns the people in a store.
func New(s *store.Store, cfg Config) (*Accounts, error) {
	if cfg.Idle == 0 {
		cfg.Idle = 12 * time.Hour
	}
	if cfg.Absolute == 0 {
		cfg.Absolute = 7 * 24 * time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &Accounts{store: s, cfg: cfg, slots: make(chan struct{}, 2)}
	var err error
	if a.decoy, err = hashPassword(rand.Text()); err != nil {
		return nil, err
	}
	return a, nil
}

// SetupToken returns a token with which the first administrator signs up, and
// true, while there is no account. It is good until it is used, another one is
// made or the program ends.
func (a *Accounts) SetupToken(ctx context.Context) (string, bool, error) {
	n, err := a.store.CountAccounts(ctx)
	if err != nil || n > 0 {
		return "", false, err
	}
	token := rand.Text()
	a.mu.Lock()
	a.setup = sha256.Sum256([]byte(token))
	a.mu.Unlock()
	return token, true, nil
}

// NeedsSetup reports whether nobody has signed up yet.
func (a *Accounts) NeedsSetup(ctx context.Context) (bool, error) {
	n, err := a.store.CountAccounts(ctx)
	return n == 0, err
}

// SignUp makes the first account with every role. It works once, with the token
// of SetupToken.
func (a *Accounts) SignUp(ctx context.Context, token, login, name, password string) (Person, error) {
	sum := sha256.Sum256([]byte(token))
	a.mu.Lock()
	good := a.setup != [sha256.Size]byte{} && subtle.ConstantTimeCompare(sum[:], a.setup[:]) == 1
	a.mu.Unlock()
	if !good {
		return Person{}, ErrNoSession
	}
	acc, err := a.build(ctx, login, name, "", Roles, password)
	if err != nil {
		return Person{}, err
	}
	err = a.store.Update(ctx, func(t *store.Tx) error {
		n, err := t.CountAccounts(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("sign up: %w", store.ErrConflict)
		}
		return a.save(ctx, t, acc, acc.Login, "account.first")
	})
	if err != nil {
		return Person{}, err
	}
	a.mu.Lock()
	a.setup = [sha256.Size]byte{}
	a.mu.Unlock()
	return personOf(acc), nil
}

// Create makes an account.
func (a *Accounts) Create(ctx context.Context, by Person, login, name string, site playlist.SiteID, roles []Role, password string) (Person, error) {
	acc, err := a.build(ctx, login, name, site, roles, password)
	if err != nil {
		return Person{}, err
	}
	err = a.store.Update(ctx, func(t *store.Tx) error { return a.save(ctx, t, acc, by.Login, "account.create") })
	if err != nil {
		return Person{}, err
	}
	return personOf(acc), nil
}

// Change sets name, site, roles and whether the account may sign in. Disabling
// ends its sessions.
func (a *Accounts) Change(ctx context.Context, by Person, id, name string, site playlist.SiteID, roles []Role, disabled bool) error {
	if err := checkRoles(roles); err != nil {
		return err
	}
	return a.store.Update(ctx, func(t *store.Tx) error {
		acc, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		acc.Name, acc.Site, acc.Roles, acc.Disabled = name, site, roleNames(roles), disabled
		if err := keepsAdministrator(ctx, t, acc); err != nil {
			return err
		}
		if disabled {
			if err := t.DropSessions(ctx, id); err != nil {
				return err
			}
		}
		return a.save(ctx, t, acc, by.Login, "account.change")
	})
}

// SetPassword sets a new password, ends all sessions of the account and unlocks
// it.
func (a *Accounts) SetPassword(ctx context.Context, by Person, id, password string) error {
	acc, err := a.store.Account(ctx, id)
	if err != nil {
		return err
	}
	hash, err := a.newPassword(ctx, acc.Login, password)
	if err != nil {
		return err
	}
	return a.store.Update(ctx, func(t *store.Tx) error {
		acc, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		acc.Password, acc.Failures, acc.Locked = hash, 0, time.Time{}
		if err := t.DropSessions(ctx, id); err != nil {
			return err
		}
		return a.save(ctx, t, acc, by.Login, "account.password")
	})
}

// List returns all accounts by login.
func (a *Accounts) List(ctx context.Context) ([]store.Account, error) { return a.store.Accounts(ctx) }

func (a *Accounts) build(ctx context.Context, login, name string, site playlist.SiteID, roles []Role, password string) (store.Account, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if len(login) < 2 || len(login) > 40 || strings.ContainsAny(login, " :\t\n\r<>\"'") {
		return store.Account{}, fmt.Errorf("login %q: %w: 2 to 40 characters without spaces and colons", login, ErrInvalid)
	}
	if strings.TrimSpace(name) == "" {
		name = login
	}
	if err := checkRoles(roles); err != nil {
		return store.Account{}, err
	}
	hash, err := a.newPassword(ctx, login, password)
	if err != nil {
		return store.Account{}, err
	}
	return store.Account{
		ID: newID("a-"), Login: login, Name: strings.TrimSpace(name), Site: site,
		Roles: roleNames(roles), Password: hash, Created: a.cfg.Now(),
	}, nil
}

func (a *Accounts) save(ctx context.Context, t *store.Tx, acc store.Account, by, action string) error {
	if err := t.PutAccount(ctx, acc); err != nil {
		return err
	}
	detail := strings.Join(acc.Roles, ",")
	if acc.Disabled {
		detail += " disabled"
	}
	return t.Register(ctx, store.Record{At: a.cfg.Now(), Actor: by, Action: action, Subject: acc.Login, Site: acc.Site, Detail: detail})
}

// keepsAdministrator refuses a change after which nobody could undo it.
func keepsAdministrator(ctx context.Context, t *store.Tx, changed store.Account) error {
	all, err := t.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, acc := range all {
		if acc.ID == changed.ID {
			acc = changed
		}
		if !acc.Disabled && acc.Site == "" && slices.Contains(acc.Roles, string(Administrator)) {
			return nil
		}
	}
	return fmt.Errorf("%s is the last administrator of all sites: %w", changed.Login, ErrInvalid)
}

func checkRoles(roles []Role) error {
	for _, r := range roles {
		if !slices.Contains(Roles, r) {
			return fmt.Errorf("role %q: %w", r, ErrInvalid)
		}
	}
	return nil
}

func roleNames(roles []Role) []string {
	var names []string
	for _, r := range Roles { // in the fixed order, each once
		if slices.Contains(roles, r) {
			names = append(names, string(r))
		}
	}
	return names
}

func rolesOf(names []string) []Role {
	var roles []Role
	for _, n := range names {
		roles = append(roles, Role(n))
	}
	return roles
}

func personOf(a store.Account) Person {
	return Person{ID: a.ID, Login: a.Login, Name: a.Name, Site: a.Site, Roles: rolesOf(a.Roles)}
}

// newID returns a random name of 60 bits.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:12]) }

// newToken returns a random token of 256 bits for URLs, headers and cookies.
func newToken(prefix string) string {
	var b [32]byte
	rand.Read(b[:])
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

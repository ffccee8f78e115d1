// Package accounts knows the people who work with the controller and the
// programs that call its API: passwords, sessions, tokens and roles.
//
// It promises that no account exists that nobody made (the first person signs up
// with a token that only the operator's console shows), that passwords are kept
// as argon2id and tokens as hashes only, that a session of who has a second factor
// opens nothing before the second step, that guessing is slowed down and then
// locked out, that nobody holds roles that must be apart, and that every change
// is in the audit log with what was before and after. What a role may do is
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
	"strings"
	"sync"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

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

	Department store.DepartmentID `json:"department,omitempty"` // empty: of all departments of the site
	Contractor bool               `json:"contractor,omitempty"` // drafts and nothing else
	Origin     string             `json:"-"`                    // address that the request came from
	MustChange bool               `json:"-"`                    // somebody else knows the password
	For        []Principal        `json:"-"`                    // in whose place the person acts today

	Half      bool      `json:"-"` // the password was right, the second step is to come
	Session   string    `json:"-"` // names the session among the person's own
	EnrolBy   time.Time `json:"-"` // until then a second factor is to be set up; zero: none is missing
	MustEnrol bool      `json:"-"` // that time is over
	ResetBy   string    `json:"-"` // login of who took the second factors away
	ResetAt   time.Time `json:"-"` // and when
}

// Config is how Accounts behaves. Zero values take the defaults.
type Config struct {
	Idle     time.Duration    // a session ends so long after its last use (30 min)
	Absolute time.Duration    // and so long after signing in (12 h)
	Seal     []byte           // seals the secrets of second factors; without it there are none
	Second   []Role           // who has one of them needs a second factor
	Grace    time.Duration    // so long after the first sign-in that asked for it
	Now      func() time.Time // time.Now
	Zone     *time.Location   // in which the days of deputies begin (time.Local)
	Cost     Cost             // of a password that is set from now on
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
	seal  *seal         // nil without a key

	mu       sync.Mutex // guards setup, answered, rolls and what they point to
	setup    [sha256.Size]byte
	answered map[string]time.Time // challenges of passkeys that were answered, until they end by themselves
	rolls    map[string]*Roll     // lists of people under way, and done a while ago

	life context.Context // of the lists that are under way
	stop context.CancelFunc
	work sync.WaitGroup
}

// New returns the people in a store.
func New(s *store.Store, cfg Config) (*Accounts, error) {
	if cfg.Idle == 0 {
		cfg.Idle = 30 * time.Minute
	}
	if cfg.Absolute == 0 {
		cfg.Absolute = 12 * time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.Local
	}
	a := &Accounts{store: s, cfg: cfg, slots: make(chan struct{}, hashesAtOnce()), answered: map[string]time.Time{}, rolls: map[string]*Roll{}}
	a.life, a.stop = context.WithCancel(context.Background())
	var err error
	if a.seal, err = newSeal(cfg.Seal); err != nil {
		return nil, err
	}
	if a.decoy, err = cfg.Cost.hash(rand.Text()); err != nil {
		return nil, err
	}
	return a, nil
}

// Close ends lists of people that are under way, of which nothing is written then,
// and waits for them.
func (a *Accounts) Close() {
	a.mu.Lock()
	a.stop() // under the lock: no list begins after it
	a.mu.Unlock()
	a.work.Wait()
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

// SignUp makes the first account: an administrator who also tends screens and
// makes the accounts of those who publish. It works once, with the token of
// SetupToken.
func (a *Accounts) SignUp(ctx context.Context, token, login, name, password string) (Person, error) {
	sum := sha256.Sum256([]byte(token))
	a.mu.Lock()
	good := a.setup != [sha256.Size]byte{} && subtle.ConstantTimeCompare(sum[:], a.setup[:]) == 1
	a.mu.Unlock()
	if !good {
		return Person{}, ErrNoSession
	}
	acc, err := a.build(ctx, Details{Login: login, Name: name, Roles: []Role{Administrator, Technician}}, password)
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
		return a.save(ctx, t, store.Account{}, acc, acc.Login, "account.first")
	})
	if err != nil {
		return Person{}, err
	}
	a.mu.Lock()
	a.setup = [sha256.Size]byte{}
	a.mu.Unlock()
	return personOf(acc), nil
}

// newID returns a random name of 60 bits.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:12]) }

// newToken returns a random token of 256 bits for URLs, headers and cookies.
func newToken(prefix string) string {
	var b [32]byte
	rand.Read(b[:])
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

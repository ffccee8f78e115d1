package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// touchEvery is how often the last use of a session or a token is written.
const touchEvery = time.Minute

// SignIn checks a password and begins a session. The token goes into a cookie;
// the store keeps its hash. Of who has a second factor the session is a half one:
// Person.Half is true, and the token is good for nothing but Step. The error is
// ErrSignIn or ErrLocked when the person cannot come in.
func (a *Accounts) SignIn(ctx context.Context, login, password string) (token string, p Person, err error) {
	now := a.cfg.Now()
	acc, err := a.store.AccountByLogin(ctx, strings.ToLower(strings.TrimSpace(login)))
	unknown := errors.Is(err, store.ErrNotFound)
	if err != nil && !unknown {
		return "", Person{}, err
	}
	if now.Before(acc.Locked) {
		return "", Person{}, &LockedError{acc.Locked}
	}
	hash := acc.Password
	if unknown || acc.Disabled {
		hash = a.decoy // takes as long, so that time does not tell who exists
	}
	if len(password) > 1000 {
		return "", Person{}, ErrSignIn
	}
	if err := a.guess(ctx, acc.ID, unknown || acc.Disabled, hash, password, now); err != nil {
		return "", Person{}, err
	}
	err = a.store.Update(ctx, func(t *store.Tx) error {
		n, err := t.CountFactors(ctx, acc.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			token, p, err = a.begin(ctx, t, acc, "", now)
			return err
		}
		// Nothing but the second step: wrong guesses are not forgotten, the
		// account was not seen, and the token opens no page.
		token, p = newToken(""), personOf(acc)
		p.Half = true
		s := store.Session{Hash: digest(token), Account: acc.ID, Created: now, Used: now, Expires: now.Add(halfFor), Half: true, Browser: browser(ctx)}
		if err := t.AddSession(ctx, s); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: now, Actor: acc.Login, Action: "session.half", Subject: acc.Login, Site: acc.Site})
	})
	if err != nil {
		return "", Person{}, err
	}
	return token, p, nil
}

// Verify checks that who is signed in knows the own password, before something
// that a passer-by at an open page must not do. The error is ErrSignIn or
// ErrLocked, and wrong ones are counted.
func (a *Accounts) Verify(ctx context.Context, p Person, password string) error {
	acc, err := a.store.Account(ctx, p.ID)
	if err != nil {
		return err
	}
	if len(password) > 1000 {
		return ErrSignIn
	}
	return a.guess(ctx, acc.ID, false, acc.Password, password, a.cfg.Now())
}

// guess compares a password and counts it if it is wrong. The lock is looked at
// again once it is this guess's turn, and the turn ends when the guess is counted:
// a thousand guesses that are sent together are worth no more than one by one.
func (a *Accounts) guess(ctx context.Context, id string, decoy bool, hash, password string, now time.Time) error {
	if err := a.acquire(ctx); err != nil {
		return err
	}
	defer a.release()
	if !decoy {
		acc, err := a.store.Account(ctx, id)
		if err != nil {
			return err
		}
		if now.Before(acc.Locked) {
			return &LockedError{acc.Locked}
		}
	}
	good, err := checkPassword(hash, password)
	switch {
	case err != nil:
		return err
	case decoy:
		return ErrSignIn
	case !good:
		return a.fail(ctx, id, now)
	}
	return nil
}

// fail counts a wrong password.
func (a *Accounts) fail(ctx context.Context, id string, now time.Time) error {
	err := a.store.Update(ctx, func(t *store.Tx) error {
		acc, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		return a.failed(ctx, t, acc, now, "")
	})
	if err != nil {
		return err
	}
	return ErrSignIn
}

// failed counts a wrong password or code and locks the account after several.
// Every one is on record (L24: the result of every sign-in); the lock bounds how
// many.
func (a *Accounts) failed(ctx context.Context, t *store.Tx, acc store.Account, now time.Time, what string) error {
	failures, locked := acc.Failures+1, time.Time{}
	if err := t.Audit(ctx, store.Record{At: now, Actor: acc.Login, Action: "session.refused", Subject: acc.Login, Site: acc.Site, Detail: what}); err != nil {
		return err
	}
	if over := failures - freeFailures; over >= 0 {
		lock := longestLock
		if over < 6 {
			lock = min(firstLock<<over, longestLock)
		}
		locked = now.Add(lock)
		if err := t.Audit(ctx, store.Record{At: now, Actor: acc.Login, Action: "session.locked", Subject: acc.Login, Site: acc.Site, Detail: lock.String()}); err != nil {
			return err
		}
	}
	return t.SetFailures(ctx, acc.ID, failures, locked)
}

// Session returns who a session's token belongs to, or ErrNoSession. It is a use
// of the session: the idle time begins anew.
func (a *Accounts) Session(ctx context.Context, token string) (Person, error) {
	return a.session(ctx, token, true)
}

// Glance is Session for what a page asks by itself while nobody touches it: the
// idle time goes on.
func (a *Accounts) Glance(ctx context.Context, token string) (Person, error) {
	return a.session(ctx, token, false)
}

// Idle is how long after its last use a session ends.
func (a *Accounts) Idle() time.Duration { return a.cfg.Idle }

// good reports whether a session is neither over nor idle for too long.
func (a *Accounts) good(s store.Session, now time.Time) bool {
	return now.Before(s.Expires) && now.Sub(s.Used) < a.cfg.Idle
}

func (a *Accounts) session(ctx context.Context, token string, use bool) (Person, error) {
	if token == "" {
		return Person{}, ErrNoSession
	}
	now := a.cfg.Now()
	s, err := a.store.Session(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) || err == nil && (s.Half || !a.good(s, now)) {
		return Person{}, ErrNoSession
	}
	if err != nil {
		return Person{}, err
	}
	acc, err := a.store.Account(ctx, s.Account)
	if err != nil {
		return Person{}, err
	}
	if acc.Disabled {
		return Person{}, ErrNoSession
	}
	if use && now.Sub(s.Used) >= touchEvery {
		if err := a.store.Update(ctx, func(t *store.Tx) error { return t.TouchSession(ctx, s.Hash, now) }); err != nil {
			return Person{}, err
		}
	}
	p := personOf(acc)
	p.Session = hex.EncodeToString(s.Hash)
	if p.For, err = a.ActsFor(ctx, p, a.today()); err != nil {
		return Person{}, err
	}
	p.ResetBy, p.ResetAt = acc.ResetBy, acc.ResetAt
	if s.Factor == "" && !acc.FactorDue.IsZero() && a.asks(p) {
		n, err := a.store.CountFactors(ctx, acc.ID)
		if err != nil {
			return Person{}, err
		}
		if n == 0 {
			p.EnrolBy, p.MustEnrol = acc.FactorDue, !now.Before(acc.FactorDue)
		}
	}
	return p, nil
}

// SignOut ends a session.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	return a.store.Update(ctx, func(t *store.Tx) error {
		s, err := t.Session(ctx, digest(token))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		acc, err := t.Account(ctx, s.Account)
		if err != nil {
			return err
		}
		if err := t.DropSession(ctx, s.Hash); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: a.cfg.Now(), Actor: acc.Login, Action: "session.end", Subject: acc.Login, Site: acc.Site})
	})
}

// NewToken makes an API token. It is returned this once; only its hash is kept.
// A zero expires means that it does not expire. A program is held to the same
// rules as a person: see Lawful.
func (a *Accounts) NewToken(ctx context.Context, by Person, label string, site playlist.SiteID, roles []Role, expires time.Time) (string, store.APIToken, error) {
	if err := Lawful(roles, false); err != nil {
		return "", store.APIToken{}, err
	}
	token := newToken("mb_")
	row, err := a.addToken(ctx, by.Login, token, label, site, roles, expires)
	return token, row, err
}

// AdoptToken makes a token that the operator chose, as a file names it, usable.
// If it is known already nothing changes. The operator, who has the machine, may
// give it every role.
func (a *Accounts) AdoptToken(ctx context.Context, token, label string, roles []Role) error {
	if len(token) < 24 {
		return errors.New("an API token has at least 24 characters")
	}
	_, err := a.store.APITokenByHash(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		_, err = a.addToken(ctx, "system", token, label, "", roles, time.Time{})
	}
	return err
}

// RandomToken returns a token fit for AdoptToken.
func RandomToken() string { return newToken("mb_") }

func (a *Accounts) addToken(ctx context.Context, by, token, label string, site playlist.SiteID, roles []Role, expires time.Time) (store.APIToken, error) {
	row := store.APIToken{
		ID: newID("t-"), Hash: digest(token), Label: strings.TrimSpace(label), Roles: roleNames(roles), Site: site,
		Actor: by, Created: a.cfg.Now(), Expires: expires,
	}
	err := a.store.Update(ctx, func(t *store.Tx) error {
		if err := t.AddAPIToken(ctx, row); err != nil {
			return err
		}
		after, err := shown(row)
		if err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: row.Created, Actor: by, Action: "token.create", Subject: row.ID, Site: site, Detail: row.Label + " " + strings.Join(row.Roles, ","), After: after})
	})
	return row, err
}

// Token returns the program that a bearer token belongs to, or ErrNoSession.
func (a *Accounts) Token(ctx context.Context, token string) (Person, error) {
	if token == "" {
		return Person{}, ErrNoSession
	}
	row, err := a.store.APITokenByHash(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return Person{}, ErrNoSession
	}
	if err != nil {
		return Person{}, err
	}
	now := a.cfg.Now()
	if !row.Revoked.IsZero() || !row.Expires.IsZero() && !now.Before(row.Expires) {
		return Person{}, ErrNoSession
	}
	if now.Sub(row.Used) >= touchEvery {
		if err := a.store.Update(ctx, func(t *store.Tx) error { return t.TouchAPIToken(ctx, row.ID, now) }); err != nil {
			return Person{}, err
		}
	}
	return Person{ID: row.ID, Login: "token:" + row.Label, Name: row.Label, Site: row.Site, Roles: rolesOf(row.Roles)}, nil
}

// Tokens lists the API tokens, the newest first.
func (a *Accounts) Tokens(ctx context.Context) ([]store.APIToken, error) {
	return a.store.APITokens(ctx)
}

// RevokeToken ends a token.
func (a *Accounts) RevokeToken(ctx context.Context, by Person, id string) error {
	tokens, err := a.store.APITokens(ctx)
	if err != nil {
		return err
	}
	for _, row := range tokens {
		if row.ID != id {
			continue
		}
		now := a.cfg.Now()
		return a.store.Update(ctx, func(t *store.Tx) error {
			if err := t.RevokeAPIToken(ctx, id, now); err != nil {
				return err
			}
			return t.Audit(ctx, store.Record{At: now, Actor: by.Login, Action: "token.revoke", Subject: id, Site: row.Site, Detail: row.Label})
		})
	}
	return store.ErrNotFound
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

package accounts

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// touchEvery is how often the last use of a session or a token is written.
const touchEvery = time.Minute

// SignIn checks a password and begins a session. The token goes into a cookie;
// the store keeps its hash. The error is ErrSignIn or ErrLocked when the person
// cannot come in.
func (a *Accounts) SignIn(ctx context.Context, login, password string) (token string, p Person, err error) {
	now := a.cfg.Now()
	acc, err := a.store.AccountByLogin(ctx, strings.ToLower(strings.TrimSpace(login)))
	unknown := errors.Is(err, store.ErrNotFound)
	if err != nil && !unknown {
		return "", Person{}, err
	}
	if now.Before(acc.Locked) {
		return "", Person{}, ErrLocked
	}
	hash := acc.Password
	if unknown || acc.Disabled {
		hash = a.decoy // takes as long, so that time does not tell who exists
	}
	if err := a.acquire(ctx); err != nil {
		return "", Person{}, err
	}
	good, err := checkPassword(hash, password)
	a.release()
	switch {
	case len(password) > 1000:
		return "", Person{}, ErrSignIn
	case err != nil:
		return "", Person{}, err
	case unknown || acc.Disabled:
		return "", Person{}, ErrSignIn
	case !good:
		return "", Person{}, a.fail(ctx, acc.ID, now)
	}
	token = newToken("")
	err = a.store.Update(ctx, func(t *store.Tx) error {
		if acc.Failures > 0 {
			if err := t.SetFailures(ctx, acc.ID, 0, time.Time{}); err != nil {
				return err
			}
		}
		if err := t.ForgetSessions(ctx, now); err != nil {
			return err
		}
		if err := t.AddSession(ctx, store.Session{Hash: digest(token), Account: acc.ID, Created: now, Used: now, Expires: now.Add(a.cfg.Absolute)}); err != nil {
			return err
		}
		return t.Register(ctx, store.Record{At: now, Actor: acc.Login, Action: "session.begin", Subject: acc.Login, Site: acc.Site})
	})
	if err != nil {
		return "", Person{}, err
	}
	return token, personOf(acc), nil
}

// fail counts a wrong password and locks the account after several.
func (a *Accounts) fail(ctx context.Context, id string, now time.Time) error {
	err := a.store.Update(ctx, func(t *store.Tx) error {
		acc, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		failures, locked := acc.Failures+1, time.Time{}
		if over := failures - freeFailures; over >= 0 {
			lock := longestLock
			if over < 6 {
				lock = min(firstLock<<over, longestLock)
			}
			locked = now.Add(lock)
			if err := t.Register(ctx, store.Record{At: now, Actor: acc.Login, Action: "session.locked", Subject: acc.Login, Site: acc.Site, Detail: lock.String()}); err != nil {
				return err
			}
		}
		return t.SetFailures(ctx, id, failures, locked)
	})
	if err != nil {
		return err
	}
	return ErrSignIn
}

// Session returns who a session's token belongs to, or ErrNoSession.
func (a *Accounts) Session(ctx context.Context, token string) (Person, error) {
	if token == "" {
		return Person{}, ErrNoSession
	}
	now := a.cfg.Now()
	s, err := a.store.Session(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return Person{}, ErrNoSession
	}
	if err != nil {
		return Person{}, err
	}
	if !now.Before(s.Expires) || now.Sub(s.Used) >= a.cfg.Idle {
		return Person{}, ErrNoSession
	}
	acc, err := a.store.Account(ctx, s.Account)
	if err != nil {
		return Person{}, err
	}
	if acc.Disabled {
		return Person{}, ErrNoSession
	}
	if now.Sub(s.Used) >= touchEvery {
		if err := a.store.Update(ctx, func(t *store.Tx) error { return t.TouchSession(ctx, s.Hash, now) }); err != nil {
			return Person{}, err
		}
	}
	return personOf(acc), nil
}

// SignOut ends a session.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	return a.store.Update(ctx, func(t *store.Tx) error { return t.DropSession(ctx, digest(token)) })
}

// NewToken makes an API token. It is returned this once; only its hash is kept.
// A zero expires means that it does not expire.
func (a *Accounts) NewToken(ctx context.Context, by Person, label string, site playlist.SiteID, roles []Role, expires time.Time) (string, store.APIToken, error) {
	token := newToken("mb_")
	row, err := a.addToken(ctx, by.Login, token, label, site, roles, expires)
	return token, row, err
}

// AdoptToken makes a token that the operator chose, as a file names it, usable.
// If it is known already nothing changes.
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
	if err := checkRoles(roles); err != nil {
		return store.APIToken{}, err
	}
	row := store.APIToken{
		ID: newID("t-"), Hash: digest(token), Label: strings.TrimSpace(label), Roles: roleNames(roles), Site: site,
		Actor: by, Created: a.cfg.Now(), Expires: expires,
	}
	err := a.store.Update(ctx, func(t *store.Tx) error {
		if err := t.AddAPIToken(ctx, row); err != nil {
			return err
		}
		return t.Register(ctx, store.Record{At: row.Created, Actor: by, Action: "token.create", Subject: row.ID, Site: site, Detail: row.Label + " " + strings.Join(row.Roles, ",")})
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
			return t.Register(ctx, store.Record{At: now, Actor: by.Login, Action: "token.revoke", Subject: id, Site: row.Site, Detail: row.Label})
		})
	}
	return store.ErrNotFound
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

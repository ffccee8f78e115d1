package accounts

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"mingbai/controller/store"
)

// halfFor is how long somebody has for the second step.
const halfFor = 10 * time.Minute

// Recovery is how a session began that began with a recovery code.
const Recovery = "recovery"

// half finds a session that waits for its second step.
func (a *Accounts) half(ctx context.Context, r store.Reader, token string) (store.Session, store.Account, error) {
	if token == "" {
		return store.Session{}, store.Account{}, ErrNoSession
	}
	s, err := r.Session(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) || err == nil && (!s.Half || !a.cfg.Now().Before(s.Expires)) {
		return s, store.Account{}, ErrNoSession
	}
	if err != nil {
		return s, store.Account{}, err
	}
	acc, err := r.Account(ctx, s.Account)
	if err == nil && acc.Disabled {
		err = ErrNoSession
	}
	return s, acc, err
}

// Half returns whose password was right and whose second step is still to come,
// with what it can be taken with; ErrNoSession for every other token. It opens
// nothing else.
func (a *Accounts) Half(ctx context.Context, token string) (Person, Second, error) {
	_, acc, err := a.half(ctx, a.store.Reader, token)
	if err != nil {
		return Person{}, Second{}, err
	}
	s, err := a.SecondOf(ctx, acc)
	return personOf(acc), s, err
}

// Step takes the second step with a code of the authenticator or with a recovery
// code, and begins a session with a token of its own. ErrCode is counted as a
// wrong password is; after several the account is locked (ErrLocked).
func (a *Accounts) Step(ctx context.Context, token, typed string) (whole string, p Person, err error) {
	now := a.cfg.Now()
	wrong := false
	err = a.store.Update(ctx, func(t *store.Tx) error {
		s, acc, err := a.half(ctx, t.Reader, token)
		if err != nil {
			return err
		}
		if now.Before(acc.Locked) {
			return &LockedError{acc.Locked}
		}
		with, err := a.tried(ctx, t, acc, plainCode(typed), now)
		if errors.Is(err, ErrCode) {
			wrong = true
			return a.failed(ctx, t, acc, now, "code")
		}
		if err != nil {
			return err
		}
		whole, p, err = a.whole(ctx, t, s, acc, with, now)
		return err
	})
	if err == nil && wrong {
		err = ErrCode
	}
	return whole, p, err
}

// tried uses a code up and returns what it is a code of.
func (a *Accounts) tried(ctx context.Context, t *store.Tx, acc store.Account, plain string, now time.Time) (string, error) {
	if a.seal == nil || plain == "" {
		return "", ErrCode
	}
	if !isCode(plain) {
		err := t.UseRecovery(ctx, acc.ID, a.seal.hash(acc.ID, plain), now)
		if errors.Is(err, store.ErrNotFound) {
			err = ErrCode
		}
		return Recovery, err
	}
	all, err := t.Factors(ctx, acc.ID)
	if err != nil {
		return "", err
	}
	for _, f := range all {
		if f.Kind != store.Codes || f.Confirmed.IsZero() {
			continue
		}
		secret, err := a.seal.open(f.ID, f.Body)
		if err != nil {
			return "", err
		}
		step, ok, err := matchCode(secret, plain, now, f.Step)
		if err != nil {
			return "", err
		}
		if ok {
			f.Step, f.Used = step, now
			return string(store.Codes), t.PutFactor(ctx, f)
		}
	}
	return "", ErrCode
}

// whole puts a whole session in the place of a half one.
func (a *Accounts) whole(ctx context.Context, t *store.Tx, half store.Session, acc store.Account, with string, now time.Time) (string, Person, error) {
	if err := t.DropSession(ctx, half.Hash); err != nil {
		return "", Person{}, err
	}
	return a.begin(ctx, t, acc, with, now)
}

// begin begins a session and says so. Wrong guesses before it are forgotten.
func (a *Accounts) begin(ctx context.Context, t *store.Tx, acc store.Account, with string, now time.Time) (string, Person, error) {
	token := newToken("")
	p := personOf(acc)
	p.Session = hex.EncodeToString(digest(token))
	if err := t.SawAccount(ctx, acc.ID, now); err != nil {
		return "", p, err
	}
	if err := t.ForgetSessions(ctx, now); err != nil {
		return "", p, err
	}
	if err := t.AddSession(ctx, store.Session{Hash: digest(token), Account: acc.ID, Created: now, Used: now, Expires: now.Add(a.cfg.Absolute), Browser: browser(ctx), Factor: with}); err != nil {
		return "", p, err
	}
	if acc.FactorDue.IsZero() && a.asks(p) {
		if n, err := t.CountFactors(ctx, acc.ID); err != nil {
			return "", p, err
		} else if n == 0 {
			if err := t.SetFactorDue(ctx, acc.ID, now.Add(a.cfg.Grace)); err != nil {
				return "", p, err
			}
		}
	}
	return token, p, t.Audit(ctx, store.Record{At: now, Actor: acc.Login, Action: "session.begin", Subject: acc.Login, Site: acc.Site, Detail: with})
}

// browserKey finds how a browser names itself in a context.
type browserKey struct{}

// WithBrowser returns a context that carries how a browser names itself, for the
// list of sessions.
func WithBrowser(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, browserKey{}, name)
}

func browser(ctx context.Context) string {
	name, _ := ctx.Value(browserKey{}).(string)
	return name[:min(len(name), 300)]
}

// Sessions returns the sessions of a person that are still good, the last used
// first.
func (a *Accounts) Sessions(ctx context.Context, account string) ([]store.Session, error) {
	all, err := a.store.Sessions(ctx, account)
	if err != nil {
		return nil, err
	}
	now := a.cfg.Now()
	out := all[:0]
	for _, s := range all {
		if a.good(s, now) {
			out = append(out, s)
		}
	}
	return out, nil
}

// EndOthers ends all sessions of the person but the present one.
func (a *Accounts) EndOthers(ctx context.Context, p Person) error {
	return a.store.Update(ctx, func(t *store.Tx) error {
		if _, err := t.DropOtherSessions(ctx, p.ID, p.hash()); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: a.cfg.Now(), Actor: p.Login, Action: "session.others", Subject: p.Login, Site: p.Site})
	})
}

// EndSessions signs somebody out everywhere. Whether the administrator reaches the
// account is the caller's to check.
func (a *Accounts) EndSessions(ctx context.Context, by Person, id string) error {
	return a.store.Update(ctx, func(t *store.Tx) error {
		acc, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		if err := t.DropSessions(ctx, id); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: a.cfg.Now(), Actor: by.Login, Action: "session.all", Subject: acc.Login, Site: acc.Site})
	})
}

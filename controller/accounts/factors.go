package accounts

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/controller/store"
)

// The errors of second factors, for errors.Is.
var (
	// ErrCode: a code or a passkey is not the right one, or was used before.
	ErrCode = errors.New("the code is not right or was used before")
	// ErrRequired: the role needs a second factor, and this is the last.
	ErrRequired = errors.New("the role needs a second factor; this is the last one")
	// ErrStale: what was to be confirmed was begun too long ago.
	ErrStale = errors.New("that was begun too long ago; begin again")
)

// pendingFor is how long a factor waits to be confirmed.
const pendingFor = time.Hour

// LockedError is ErrLocked with until when it lasts.
type LockedError struct{ Until time.Time }

func (e *LockedError) Error() string {
	return fmt.Sprintf("%v, until %s", ErrLocked, e.Until.Format(time.RFC3339))
}

// Is makes it ErrLocked.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// Second is what somebody has as second factors.
type Second struct {
	Factors  []store.Factor // confirmed
	Recovery int            // recovery codes that are left
	Required bool           // the roles need one
}

// Has reports whether there is a factor of a kind.
func (s Second) Has(kind store.FactorKind) bool {
	return slices.ContainsFunc(s.Factors, func(f store.Factor) bool { return f.Kind == kind })
}

// SecondOf returns the second factors of an account.
func (a *Accounts) SecondOf(ctx context.Context, acc store.Account) (s Second, err error) {
	all, err := a.store.Factors(ctx, acc.ID)
	if err != nil {
		return s, err
	}
	for _, f := range all {
		if !f.Confirmed.IsZero() {
			s.Factors = append(s.Factors, f)
		}
	}
	s.Required = a.asks(personOf(acc))
	s.Recovery, err = a.store.CountRecovery(ctx, acc.ID)
	return s, err
}

// asks reports whether the roles that somebody acts in need a second factor.
func (a *Accounts) asks(p Person) bool { return p.May(a.cfg.Second...) }

// Enrolment is what an authenticator program is told: in a picture, or typed.
type Enrolment struct {
	Address string // otpauth://
	Secret  string // base32
}

// BeginCodes begins to set an authenticator up for the person, who types the
// password once more. It counts when ConfirmCodes was told a code of it.
func (a *Accounts) BeginCodes(ctx context.Context, p Person, password string) error {
	if err := a.Verify(ctx, p, password); err != nil {
		return err
	}
	secret, err := newSecret()
	if err != nil {
		return err
	}
	f := store.Factor{ID: newID("f-"), Account: p.ID, Kind: store.Codes, Created: a.cfg.Now()}
	if f.Body, err = a.seal.close(f.ID, secret); err != nil {
		return err
	}
	return a.store.Update(ctx, func(t *store.Tx) error {
		all, err := t.Factors(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.Confirmed.IsZero() {
				if err := t.DropFactor(ctx, p.ID, o.ID); err != nil {
					return err
				}
			}
		}
		return t.PutFactor(ctx, f)
	})
}

// pending finds the factor that waits to be confirmed, with its secret; ErrStale
// if there is none.
func (a *Accounts) pending(ctx context.Context, r store.Reader, p Person) (store.Factor, string, error) {
	all, err := r.Factors(ctx, p.ID)
	if err != nil {
		return store.Factor{}, "", err
	}
	for _, f := range all {
		if f.Kind == store.Codes && f.Confirmed.IsZero() && a.cfg.Now().Sub(f.Created) < pendingFor {
			secret, err := a.seal.open(f.ID, f.Body)
			return f, secret, err
		}
	}
	return store.Factor{}, "", ErrStale
}

// PendingCodes returns what BeginCodes began, or ErrStale. office names it in the
// authenticator.
func (a *Accounts) PendingCodes(ctx context.Context, p Person, office string) (Enrolment, error) {
	_, secret, err := a.pending(ctx, a.store.Reader, p)
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Address: codeAddress(office, p.Login, secret), Secret: secret}, nil
}

// ConfirmCodes makes an authenticator count, and takes the place of a former one.
// With the first factor it returns recovery codes, which nobody can read again.
// Other sessions of the person, begun with less, end.
func (a *Accounts) ConfirmCodes(ctx context.Context, p Person, typed string) (recovery []string, err error) {
	now := a.cfg.Now()
	err = a.store.Update(ctx, func(t *store.Tx) error {
		f, secret, err := a.pending(ctx, t.Reader, p)
		if err != nil {
			return err
		}
		step, ok, err := matchCode(secret, plainCode(typed), now, 0)
		if err != nil {
			return err
		}
		if !ok {
			return ErrCode
		}
		all, err := t.Factors(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.Kind == store.Codes && o.ID != f.ID {
				if err := t.DropFactor(ctx, p.ID, o.ID); err != nil {
					return err
				}
			}
		}
		f.Confirmed, f.Used, f.Step = now, now, step
		recovery, err = a.add(ctx, t, p, f)
		return err
	})
	return recovery, err
}

// add makes a factor count, and gives recovery codes with the first.
func (a *Accounts) add(ctx context.Context, t *store.Tx, p Person, f store.Factor) (recovery []string, err error) {
	before, err := t.CountFactors(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if err := t.PutFactor(ctx, f); err != nil {
		return nil, err
	}
	if err := t.SetReset(ctx, p.ID, time.Time{}, ""); err != nil {
		return nil, err
	}
	if left, err := t.CountRecovery(ctx, p.ID); err != nil {
		return nil, err
	} else if left == 0 {
		if recovery, err = a.putRecovery(ctx, t, p.ID); err != nil {
			return nil, err
		}
	}
	if before == 0 {
		if _, err := t.DropOtherSessions(ctx, p.ID, p.hash()); err != nil {
			return nil, err
		}
	}
	return recovery, t.Audit(ctx, store.Record{At: a.cfg.Now(), Actor: p.Login, Action: "factor.add", Subject: p.Login, Site: p.Site, Detail: strings.TrimSpace(string(f.Kind) + " " + f.Name)})
}

func (a *Accounts) putRecovery(ctx context.Context, t *store.Tx, account string) ([]string, error) {
	if a.seal == nil {
		return nil, errNoSeal
	}
	codes := newRecovery()
	var hashes [][]byte
	for _, c := range codes {
		hashes = append(hashes, a.seal.hash(account, plainCode(c)))
	}
	return codes, t.PutRecovery(ctx, account, hashes)
}

// NewRecovery puts new recovery codes in the place of all former ones, for who
// types the password once more.
func (a *Accounts) NewRecovery(ctx context.Context, p Person, password string) (codes []string, err error) {
	if err := a.Verify(ctx, p, password); err != nil {
		return nil, err
	}
	err = a.store.Update(ctx, func(t *store.Tx) error {
		if n, err := t.CountFactors(ctx, p.ID); err != nil || n == 0 {
			return errors.Join(err, store.ErrNotFound)
		}
		if codes, err = a.putRecovery(ctx, t, p.ID); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: a.cfg.Now(), Actor: p.Login, Action: "factor.recovery", Subject: p.Login, Site: p.Site})
	})
	return codes, err
}

// RemoveFactor takes one of the person's own factors away, who types the password
// once more. The last one of who needs one is ErrRequired.
func (a *Accounts) RemoveFactor(ctx context.Context, p Person, id, password string) error {
	if err := a.Verify(ctx, p, password); err != nil {
		return err
	}
	return a.store.Update(ctx, func(t *store.Tx) error {
		all, err := t.Factors(ctx, p.ID)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(f store.Factor) bool { return f.Confirmed.IsZero() })
		at := slices.IndexFunc(all, func(f store.Factor) bool { return f.ID == id })
		if at < 0 {
			return store.ErrNotFound
		}
		if len(all) == 1 {
			if a.asks(p) {
				return ErrRequired
			}
			if err := t.PutRecovery(ctx, p.ID, nil); err != nil {
				return err
			}
		}
		if err := t.DropFactor(ctx, p.ID, id); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: a.cfg.Now(), Actor: p.Login, Action: "factor.remove", Subject: p.Login, Site: p.Site, Detail: strings.TrimSpace(string(all[at].Kind) + " " + all[at].Name)})
	})
}

// ResetFactors takes all second factors of somebody else away who lost them; an
// administrator cannot do it for himself. All his sessions end, and he is told
// who did it. Whether the administrator reaches the account is the caller's to
// check.
func (a *Accounts) ResetFactors(ctx context.Context, by Person, id string) error {
	if by.ID == id {
		return ErrSelf
	}
	if !by.Has(Administrator) {
		return ErrNotAllowed
	}
	return a.store.Update(ctx, func(t *store.Tx) error {
		acc, err := t.Account(ctx, id)
		if err != nil {
			return err
		}
		_, err = a.reset(ctx, t, by.Login, acc)
		return err
	})
}

// reset takes all second factors of an account away and ends its sessions. It
// returns how many factors there were.
func (a *Accounts) reset(ctx context.Context, t *store.Tx, by string, acc store.Account) (int, error) {
	now := a.cfg.Now()
	n, err := t.CountFactors(ctx, acc.ID)
	if err != nil {
		return 0, err
	}
	for _, do := range []func() error{
		func() error { return t.DropFactors(ctx, acc.ID) },
		func() error { return t.DropSessions(ctx, acc.ID) },
		func() error { return t.SetReset(ctx, acc.ID, now, by) },
		func() error { return t.SetFactorDue(ctx, acc.ID, now) },
	} {
		if err := do(); err != nil {
			return 0, err
		}
	}
	return n, t.Audit(ctx, store.Record{At: now, Actor: by, Action: "factor.reset", Subject: acc.Login, Site: acc.Site, Detail: fmt.Sprint(n)})
}

// Rescue is ResetFactors for who has the machine: a lone administrator who lost
// the phone and the recovery codes has nobody to ask. It unlocks the account too.
// The password stays as it is. It returns the account and how many factors it had;
// store.ErrNotFound if there is none.
func (a *Accounts) Rescue(ctx context.Context, login string) (acc store.Account, factors int, err error) {
	err = a.store.Update(ctx, func(t *store.Tx) error {
		if acc, err = t.AccountByLogin(ctx, strings.ToLower(strings.TrimSpace(login))); err != nil {
			return err
		}
		if factors, err = a.reset(ctx, t, "system", acc); err != nil {
			return err
		}
		return t.SetFailures(ctx, acc.ID, 0, time.Time{})
	})
	return acc, factors, err
}

// hash is the hash of the token of the person's session.
func (p Person) hash() []byte {
	b, err := hex.DecodeString(p.Session)
	if err != nil {
		return nil
	}
	return b
}

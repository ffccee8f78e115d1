package store

import (
	"context"
	"time"
)

// FactorKind is what a second factor is.
type FactorKind string

// The kinds of second factors.
const (
	Codes   FactorKind = "totp"    // codes of six digits that change every 30 seconds
	Passkey FactorKind = "passkey" // a key in a phone, a computer or a security key
)

// Factor is something that somebody has, and proves to have when signing in.
type Factor struct {
	ID         string
	Account    string
	Kind       FactorKind
	Name       string // what its owner calls it
	Created    time.Time
	Confirmed  time.Time // zero: it was never shown to work and counts for nothing
	Used       time.Time // zero: never
	Step       int64     // of codes: the last time step that was taken
	Credential []byte    // of passkeys
	Body       []byte    // for package accounts to read
}

const factorColumns = `id, account, kind, name, created, confirmed, used, step, credential, body`

func scanFactor(s scanner) (Factor, error) {
	var f Factor
	var created, confirmed, used int64
	err := s.Scan(&f.ID, &f.Account, &f.Kind, &f.Name, &created, &confirmed, &used, &f.Step, &f.Credential, &f.Body)
	f.Created, f.Confirmed, f.Used = fromMillis(created), fromMillis(confirmed), fromMillis(used)
	return f, err
}

// Factors returns the factors of an account, those that are not confirmed too,
// the oldest first.
func (r Reader) Factors(ctx context.Context, account string) ([]Factor, error) {
	return collect(ctx, r.q, "second factors", scanFactor, `SELECT `+factorColumns+` FROM factors WHERE account = $1 ORDER BY created, id`, account)
}

// CountFactors counts the factors of an account that are confirmed.
func (r Reader) CountFactors(ctx context.Context, account string) (int, error) {
	n, err := one(ctx, r.q, "number of second factors", scanInt, `SELECT COUNT(*) FROM factors WHERE account = $1 AND confirmed > 0`, account)
	return int(n), err
}

// FactorByCredential returns the passkey with an ID of its authenticator.
func (r Reader) FactorByCredential(ctx context.Context, credential []byte) (Factor, error) {
	return one(ctx, r.q, "passkey", scanFactor, `SELECT `+factorColumns+` FROM factors WHERE credential = $1`, credential)
}

// PutFactor adds a factor or changes what is known of its use. A passkey that
// another account has is ErrConflict.
func (t *Tx) PutFactor(ctx context.Context, f Factor) error {
	var credential any
	if len(f.Credential) > 0 {
		credential = f.Credential
	}
	_, err := exec(ctx, t.q, "save second factor",
		`INSERT INTO factors (`+factorColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		 ON CONFLICT (id) DO UPDATE SET name = excluded.name, confirmed = excluded.confirmed, used = excluded.used, step = excluded.step, body = excluded.body`,
		f.ID, f.Account, string(f.Kind), f.Name, millis(f.Created), millis(f.Confirmed), millis(f.Used), f.Step, credential, f.Body)
	return err
}

// DropFactor takes one factor of an account away.
func (t *Tx) DropFactor(ctx context.Context, account, id string) error {
	return change(ctx, t.q, "take second factor away", `DELETE FROM factors WHERE account = $1 AND id = $2`, account, id)
}

// DropFactors takes all factors and recovery codes of an account away.
func (t *Tx) DropFactors(ctx context.Context, account string) error {
	if _, err := exec(ctx, t.q, "take second factors away", `DELETE FROM factors WHERE account = $1`, account); err != nil {
		return err
	}
	return t.PutRecovery(ctx, account, nil)
}

// PutRecovery puts the hashes of new recovery codes in the place of all former
// ones.
func (t *Tx) PutRecovery(ctx context.Context, account string, hashes [][]byte) error {
	if _, err := exec(ctx, t.q, "drop recovery codes", `DELETE FROM recovery_codes WHERE account = $1`, account); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := exec(ctx, t.q, "save recovery code", `INSERT INTO recovery_codes (account, hash, used) VALUES ($1, $2, 0)`, account, h); err != nil {
			return err
		}
	}
	return nil
}

// UseRecovery uses a recovery code up. One that is not there or was used is
// ErrNotFound.
func (t *Tx) UseRecovery(ctx context.Context, account string, hash []byte, at time.Time) error {
	return change(ctx, t.q, "use recovery code", `UPDATE recovery_codes SET used = $3 WHERE account = $1 AND hash = $2 AND used = 0`, account, hash, millis(at))
}

// CountRecovery counts the recovery codes of an account that are left.
func (r Reader) CountRecovery(ctx context.Context, account string) (int, error) {
	n, err := one(ctx, r.q, "number of recovery codes", scanInt, `SELECT COUNT(*) FROM recovery_codes WHERE account = $1 AND used = 0`, account)
	return int(n), err
}

// SetFactorDue notes from when on an account needs a second factor.
func (t *Tx) SetFactorDue(ctx context.Context, account string, due time.Time) error {
	return change(ctx, t.q, "note when a second factor is due", `UPDATE accounts SET factor_due = $2 WHERE id = $1`, account, millis(due))
}

// SetReset notes that an administrator took the factors of an account away; the
// zero time and nobody forgets it.
func (t *Tx) SetReset(ctx context.Context, account string, at time.Time, by string) error {
	return change(ctx, t.q, "note that second factors were reset", `UPDATE accounts SET reset_at = $2, reset_by = $3 WHERE id = $1`, account, millis(at), by)
}

// Sessions returns the sessions of an account, the last used first; those that
// wait for a second step are not among them.
func (r Reader) Sessions(ctx context.Context, account string) ([]Session, error) {
	return collect(ctx, r.q, "sessions", scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE account = $1 AND half = 0 ORDER BY used DESC, created DESC`, account)
}

// DropOtherSessions ends all sessions of an account but one.
func (t *Tx) DropOtherSessions(ctx context.Context, account string, but []byte) (int64, error) {
	return exec(ctx, t.q, "end sessions", `DELETE FROM sessions WHERE account = $1 AND hash <> $2`, account, but)
}

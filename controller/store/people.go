package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mingbai/playlist"
)

// Account is a person who may sign in.
type Account struct {
	ID       string          `json:"id"`
	Login    string          `json:"login"`
	Name     string          `json:"name"`
	Site     playlist.SiteID `json:"site,omitempty"` // acts here and below; empty is everywhere
	Roles    []string        `json:"roles"`
	Password string          `json:"-"` // argon2id, PHC form
	Disabled bool            `json:"disabled,omitempty"`
	Failures int             `json:"-"`               // wrong passwords in a row
	Locked   time.Time       `json:"locked,omitzero"` // until
	Created  time.Time       `json:"created"`

	Department DepartmentID `json:"department,omitempty"` // empty: of all departments of the site
	Contractor bool         `json:"contractor,omitempty"` // drafts and nothing else
	Phone      string       `json:"phone,omitempty"`
	MustChange bool         `json:"must_change,omitempty"` // somebody else knows the password
	Seen       time.Time    `json:"seen,omitzero"`         // last sign-in

	FactorDue time.Time `json:"-"` // from then on it needs a second factor; zero: not asked yet
	ResetAt   time.Time `json:"-"` // when an administrator took its factors away
	ResetBy   string    `json:"-"` // login
}

const accountColumns = `id, login, name, site, roles, password, disabled, failures, locked, created, department, contractor, phone, must_change, seen, factor_due, reset_at, reset_by`

func scanAccount(s scanner) (Account, error) {
	var a Account
	var roles string
	var disabled, locked, created, contractor, must, seen, due, reset int64
	err := s.Scan(&a.ID, &a.Login, &a.Name, &a.Site, &roles, &a.Password, &disabled, &a.Failures, &locked, &created, &a.Department, &contractor, &a.Phone, &must, &seen, &due, &reset, &a.ResetBy)
	a.FactorDue, a.ResetAt = fromMillis(due), fromMillis(reset)
	a.Contractor, a.MustChange, a.Seen = contractor != 0, must != 0, fromMillis(seen)
	a.Roles, a.Disabled, a.Locked, a.Created = splitRoles(roles), disabled != 0, fromMillis(locked), fromMillis(created)
	return a, err
}

func splitRoles(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// Accounts returns all accounts by login.
func (r Reader) Accounts(ctx context.Context) ([]Account, error) {
	return collect(ctx, r.q, "accounts", scanAccount, `SELECT `+accountColumns+` FROM accounts ORDER BY login`)
}

// Account returns one account by its ID.
func (r Reader) Account(ctx context.Context, id string) (Account, error) {
	return one(ctx, r.q, "account", scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE id = $1`, id)
}

// AccountByLogin returns one account by its login.
func (r Reader) AccountByLogin(ctx context.Context, login string) (Account, error) {
	return one(ctx, r.q, "account", scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE login = $1`, login)
}

// PeopleFilter narrows a list of accounts. Empty fields do not narrow.
type PeopleFilter struct {
	Text       string            // in name, login or phone
	Sites      []playlist.SiteID // of the account
	Department DepartmentID
	Role       string
	Everywhere bool      // only who acts at all sites
	Working    bool      // only who is not disabled
	Disabled   bool      // only who is
	Idle       time.Time // only who is not disabled and did not sign in since
	Locked     time.Time // only who is locked out at this instant
	Offset     int
	Limit      int // 1 to 1000; 0 is 100
}

func (f PeopleFilter) where() (string, []any) {
	var c conditions
	in(&c, "site", f.Sites)
	if f.Text != "" {
		c.add(`(name LIKE ? ESCAPE '\' OR login LIKE ? ESCAPE '\' OR phone LIKE ? ESCAPE '\')`, likely(f.Text))
	}
	if f.Department != "" {
		c.add("department = ?", string(f.Department))
	}
	if f.Role != "" {
		c.add("',' || roles || ',' LIKE ? ESCAPE '\\'", likely(","+f.Role+","))
	}
	if f.Everywhere {
		c.add("site = ?", "")
	}
	if f.Working || !f.Idle.IsZero() {
		c.add("disabled = ?", 0)
	}
	if f.Disabled {
		c.add("disabled = ?", 1)
	}
	if !f.Idle.IsZero() {
		c.add("seen < ? AND created < ?", millis(f.Idle))
	}
	if !f.Locked.IsZero() {
		c.add("locked > ?", millis(f.Locked))
	}
	return c.where(), c.args
}

// People lists accounts by login.
func (r Reader) People(ctx context.Context, f PeopleFilter) ([]Account, error) {
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	args = append(args, limit, max(f.Offset, 0))
	return collect(ctx, r.q, "accounts", scanAccount, fmt.Sprintf(
		`SELECT `+accountColumns+` FROM accounts%s ORDER BY login LIMIT $%d OFFSET $%d`, where, len(args)-1, len(args)), args...)
}

// CountPeople counts what People would list without Offset and Limit.
func (r Reader) CountPeople(ctx context.Context, f PeopleFilter) (int, error) {
	where, args := f.where()
	n, err := one(ctx, r.q, "number of accounts", scanInt, `SELECT COUNT(*) FROM accounts`+where, args...)
	return int(n), err
}

// CountAccounts counts the accounts.
func (r Reader) CountAccounts(ctx context.Context) (int64, error) {
	return one(ctx, r.q, "number of accounts", scanInt, `SELECT COUNT(*) FROM accounts`)
}

// PutAccount adds or changes an account. A login in use is ErrConflict.
func (t *Tx) PutAccount(ctx context.Context, a Account) error {
	_, err := exec(ctx, t.q, "save account",
		`INSERT INTO accounts (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		 ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, site = excluded.site, roles = excluded.roles,
		   password = excluded.password, disabled = excluded.disabled, failures = excluded.failures, locked = excluded.locked,
		   department = excluded.department, contractor = excluded.contractor, phone = excluded.phone, must_change = excluded.must_change`,
		a.ID, a.Login, a.Name, string(a.Site), strings.Join(a.Roles, ","), a.Password, bit(a.Disabled), a.Failures, millis(a.Locked), millis(a.Created),
		string(a.Department), bit(a.Contractor), a.Phone, bit(a.MustChange), millis(a.Seen),
		millis(a.FactorDue), millis(a.ResetAt), a.ResetBy)
	return err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// SawAccount notes a sign-in: wrong passwords before it are forgotten.
func (t *Tx) SawAccount(ctx context.Context, account string, at time.Time) error {
	return change(ctx, t.q, "note sign-in", `UPDATE accounts SET failures = 0, locked = 0, seen = $2 WHERE id = $1`, account, millis(at))
}

// SetFailures notes wrong passwords in a row, and until when the account is locked.
func (t *Tx) SetFailures(ctx context.Context, account string, failures int, locked time.Time) error {
	return change(ctx, t.q, "note failed sign-in", `UPDATE accounts SET failures = $2, locked = $3 WHERE id = $1`, account, failures, millis(locked))
}

// Session is a browser that is signed in. Hash is the sha256 of its token.
type Session struct {
	Hash    []byte
	Account string
	Created time.Time
	Used    time.Time
	Expires time.Time // absolute
	Half    bool      // the password was right; the second factor is missing
	Origin  string    // address that it began from
	Browser string    // as it named itself
	Factor  string    // what it began with: of package accounts
}

const sessionColumns = `hash, account, created, used, expires, half, origin, browser, factor`

func scanSession(s scanner) (Session, error) {
	var v Session
	var created, used, expires, half int64
	err := s.Scan(&v.Hash, &v.Account, &created, &used, &expires, &half, &v.Origin, &v.Browser, &v.Factor)
	v.Created, v.Used, v.Expires, v.Half = fromMillis(created), fromMillis(used), fromMillis(expires), half != 0
	return v, err
}

// Session returns the session with the given hash of its token.
func (r Reader) Session(ctx context.Context, hash []byte) (Session, error) {
	return one(ctx, r.q, "session", scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE hash = $1`, hash)
}

// AddSession adds a session. One without an Origin gets that of the context.
func (t *Tx) AddSession(ctx context.Context, v Session) error {
	if address, ok := ctx.Value(originKey{}).(string); ok && v.Origin == "" {
		v.Origin = address
	}
	_, err := exec(ctx, t.q, "save session",
		`INSERT INTO sessions (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		v.Hash, v.Account, millis(v.Created), millis(v.Used), millis(v.Expires), bit(v.Half), v.Origin, v.Browser, v.Factor)
	return err
}

// TouchSession notes the last use of a session that still exists.
func (t *Tx) TouchSession(ctx context.Context, hash []byte, used time.Time) error {
	_, err := exec(ctx, t.q, "note use of session", `UPDATE sessions SET used = $2 WHERE hash = $1`, hash, millis(used))
	return err
}

// DropSession ends one session.
func (t *Tx) DropSession(ctx context.Context, hash []byte) error {
	_, err := exec(ctx, t.q, "end session", `DELETE FROM sessions WHERE hash = $1`, hash)
	return err
}

// DropSessions ends all sessions of an account.
func (t *Tx) DropSessions(ctx context.Context, account string) error {
	_, err := exec(ctx, t.q, "end sessions", `DELETE FROM sessions WHERE account = $1`, account)
	return err
}

// ForgetSessions drops sessions that had expired at an instant.
func (t *Tx) ForgetSessions(ctx context.Context, now time.Time) error {
	_, err := exec(ctx, t.q, "forget sessions", `DELETE FROM sessions WHERE expires < $1`, millis(now))
	return err
}

// APIToken lets a program use the API. The token itself is not kept.
type APIToken struct {
	ID      string          `json:"id"`
	Hash    []byte          `json:"-"` // sha256 of the token
	Label   string          `json:"label"`
	Roles   []string        `json:"roles"`
	Site    playlist.SiteID `json:"site,omitempty"`
	Actor   string          `json:"actor"` // who made it
	Created time.Time       `json:"created"`
	Used    time.Time       `json:"used,omitzero"`
	Expires time.Time       `json:"expires,omitzero"` // zero: never
	Revoked time.Time       `json:"revoked,omitzero"`
}

const tokenColumns = `id, hash, label, roles, site, actor, created, used, expires, revoked`

func scanToken(s scanner) (APIToken, error) {
	var v APIToken
	var roles string
	var created, used, expires, revoked int64
	err := s.Scan(&v.ID, &v.Hash, &v.Label, &roles, &v.Site, &v.Actor, &created, &used, &expires, &revoked)
	v.Roles, v.Created, v.Used, v.Expires, v.Revoked = splitRoles(roles), fromMillis(created), fromMillis(used), fromMillis(expires), fromMillis(revoked)
	return v, err
}

// APITokens returns all tokens, the newest first.
func (r Reader) APITokens(ctx context.Context) ([]APIToken, error) {
	return collect(ctx, r.q, "API tokens", scanToken, `SELECT `+tokenColumns+` FROM api_tokens ORDER BY created DESC, id`)
}

// APITokenByHash returns the token with the given hash.
func (r Reader) APITokenByHash(ctx context.Context, hash []byte) (APIToken, error) {
	return one(ctx, r.q, "API token", scanToken, `SELECT `+tokenColumns+` FROM api_tokens WHERE hash = $1`, hash)
}

// AddAPIToken adds a token.
func (t *Tx) AddAPIToken(ctx context.Context, v APIToken) error {
	_, err := exec(ctx, t.q, "save API token",
		`INSERT INTO api_tokens (`+tokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		v.ID, v.Hash, v.Label, strings.Join(v.Roles, ","), string(v.Site), v.Actor, millis(v.Created), millis(v.Used), millis(v.Expires), millis(v.Revoked))
	return err
}

// TouchAPIToken notes the last use of a token.
func (t *Tx) TouchAPIToken(ctx context.Context, id string, used time.Time) error {
	return change(ctx, t.q, "note use of API token", `UPDATE api_tokens SET used = $2 WHERE id = $1`, id, millis(used))
}

// RevokeAPIToken ends a token for good.
func (t *Tx) RevokeAPIToken(ctx context.Context, id string, at time.Time) error {
	return change(ctx, t.q, "revoke API token", `UPDATE api_tokens SET revoked = $2 WHERE id = $1 AND revoked = 0`, id, millis(at))
}

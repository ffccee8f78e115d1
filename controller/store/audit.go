package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mingbai/playlist"
)

// Record is one line of the audit log: who did what to what, when, from where,
// and what it was before and after.
type Record struct {
	ID      int64           `json:"id"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`            // login of an account, "token:label", or "system"
	Origin  string          `json:"origin,omitempty"` // address that the request came from
	Action  string          `json:"action"`           // for example notice.publish
	Subject string          `json:"subject"`          // id of a notice, a screen, an account
	Site    playlist.SiteID `json:"site,omitempty"`
	Detail  string          `json:"detail,omitempty"`
	Before  string          `json:"before,omitempty"` // JSON or text of what was changed, never a secret
	After   string          `json:"after,omitempty"`
	Hash    []byte          `json:"hash"` // sha256 over the line before and this one, set by the store
}

const recordColumns = `id, at, actor, origin, action, subject, site, detail, before, after, hash`

func scanRecord(s scanner) (Record, error) {
	var r Record
	var at int64
	err := s.Scan(&r.ID, &at, &r.Actor, &r.Origin, &r.Action, &r.Subject, &r.Site, &r.Detail, &r.Before, &r.After, &r.Hash)
	r.At = fromMillis(at)
	return r, err
}

// chained returns the hash of a line after the one with the hash prev: sha256 of
// prev and of every field with its length in eight bytes before it.
func (r Record) chained(prev []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	var n [8]byte
	for _, f := range []string{strconv.FormatInt(millis(r.At), 10), r.Actor, r.Origin, r.Action, r.Subject, string(r.Site), r.Detail, r.Before, r.After} {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return h.Sum(nil)
}

// originKey finds the address of a request in its context.
type originKey struct{}

// WithOrigin returns a context that carries the address from which a request
// came, so that every line of the audit log about it has it, whoever writes it.
func WithOrigin(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, originKey{}, address)
}

// Audit appends a line. Lines can be neither changed nor removed. A line without
// an Origin gets that of the context.
func (t *Tx) Audit(ctx context.Context, r Record) error {
	if address, ok := ctx.Value(originKey{}).(string); ok && r.Origin == "" {
		r.Origin = address
	}
	prev, err := one(ctx, t.q, "the end of the audit log", scanBytes, `SELECT hash FROM audit ORDER BY id DESC LIMIT 1`)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	_, err = exec(ctx, t.q, "write the audit log",
		`INSERT INTO audit (at, actor, origin, action, subject, site, detail, before, after, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		millis(r.At), r.Actor, r.Origin, r.Action, r.Subject, string(r.Site), r.Detail, r.Before, r.After, r.chained(prev))
	return err
}

func scanBytes(s scanner) (b []byte, err error) { err = s.Scan(&b); return b, err }

// Records returns the newest lines first: those about subject unless it is
// empty, before the line before unless that is 0, at most limit.
func (r Reader) Records(ctx context.Context, subject string, before int64, limit int) ([]Record, error) {
	return collect(ctx, r.q, "the audit log", scanRecord, `SELECT `+recordColumns+` FROM audit
	    WHERE ($1 = '' OR subject = $1) AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3`, subject, before, limit)
}

// AuditFilter narrows the audit log. Empty fields do not narrow.
type AuditFilter struct {
	Actor   string // login
	Subject string
	Kind    string            // of action, for example notice
	Sites   []playlist.SiteID // that it was about
	From    time.Time         // at or after
	Until   time.Time         // before
	Before  int64             // lines before this one
	Limit   int               // 1 to 1000; 0 is 100
}

// FindRecords returns lines of the audit log, the newest first.
func (r Reader) FindRecords(ctx context.Context, f AuditFilter) ([]Record, error) {
	var c conditions
	in(&c, "site", f.Sites)
	if f.Actor != "" {
		c.add("actor = ?", f.Actor)
	}
	if f.Subject != "" {
		c.add("subject = ?", f.Subject)
	}
	if f.Kind != "" {
		c.add(`action LIKE ? ESCAPE '\'`, strings.TrimPrefix(likely(f.Kind+"."), "%"))
	}
	if !f.From.IsZero() {
		c.add("at >= ?", millis(f.From))
	}
	if !f.Until.IsZero() {
		c.add("at < ?", millis(f.Until))
	}
	if f.Before > 0 {
		c.add("id < ?", f.Before)
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 100
	}
	c.args = append(c.args, f.Limit)
	return collect(ctx, r.q, "the audit log", scanRecord, fmt.Sprintf(`SELECT `+recordColumns+` FROM audit%s ORDER BY id DESC LIMIT $%d`, c.where(), len(c.args)), c.args...)
}

// Twin is an account that was used from the address of who made it, soon after.
type Twin struct {
	Maker, Login string
	Made, Used   time.Time
	Origin       string
}

// Twins lists accounts that somebody signed in to from the address from which they
// were made, within a day: one person may be using two. Only those of sites are
// looked at, all of them when there are none; the newest 20, the newest first.
func (r Reader) Twins(ctx context.Context, sites []playlist.SiteID) ([]Twin, error) {
	var c conditions
	in(&c, "made.site", sites)
	c.conds = append(c.conds, "made.action = 'account.create'", "made.origin <> ''", "used.action = 'session.begin'")
	return collect(ctx, r.q, "accounts used where they were made", func(s scanner) (t Twin, err error) {
		var made, used int64
		err = s.Scan(&t.Maker, &t.Login, &t.Origin, &made, &used)
		t.Made, t.Used = fromMillis(made), fromMillis(used)
		return t, err
	}, `SELECT made.actor, made.subject, made.origin, made.at, MIN(used.at) FROM audit made
	    JOIN audit used ON used.subject = made.subject AND used.origin = made.origin AND used.at >= made.at AND used.at < made.at + 86400000`+
		c.where()+` GROUP BY made.id, made.actor, made.subject, made.origin, made.at ORDER BY made.id DESC LIMIT 20`, c.args...)
}

// CheckAudit walks the whole log and returns the number of its lines. A line that
// was changed, or one that is missing, breaks the chain: the error names the
// first line after which it does not hold, and is ErrBroken.
func (r Reader) CheckAudit(ctx context.Context) (int64, error) {
	var prev []byte
	var last, n int64
	for {
		rows, err := collect(ctx, r.q, "the audit log", scanRecord, `SELECT `+recordColumns+` FROM audit WHERE id > $1 ORDER BY id LIMIT 1000`, last)
		if err != nil || len(rows) == 0 {
			return n, err
		}
		for _, row := range rows {
			if !bytes.Equal(row.Hash, row.chained(prev)) {
				return n, &BrokenChain{row.ID}
			}
			prev, last = row.Hash, row.ID
			n++
		}
	}
}

// AuditHead names a line of the audit log and what its chain came to there: noted
// outside, it shows later that nothing up to this line was changed or cut off, not
// even by somebody who writes the whole chain anew.
type AuditHead struct {
	Line int64
	Hash []byte // of the line; a beginning of it where it was written down
}

// The fewest bytes of a hash that show anything, and those that are written down.
const (
	leastHead = 8
	headShown = 16
)

// String is the head as people note it: the number of the line, then the hash in
// groups of eight digits.
func (h AuditHead) String() string {
	out := strconv.FormatInt(h.Line, 10)
	for text := hex.EncodeToString(h.Hash[:min(len(h.Hash), headShown)]); text != ""; text = text[min(8, len(text)):] {
		out += " " + text[:min(8, len(text))]
	}
	return out
}

// ErrHead: what was written down is no head.
var ErrHead = errors.New("it is not the number of a line and at least 16 digits of its value")

// ParseHead reads what String wrote, with more or fewer spaces, commas, hyphens and
// capitals, at least 16 digits of the hash. The error is ErrHead.
func ParseHead(text string) (AuditHead, error) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;:-，：　", r) })
	if len(words) < 2 {
		return AuditHead{}, ErrHead
	}
	line, err := strconv.ParseInt(words[0], 10, 64)
	if err != nil || line < 1 {
		return AuditHead{}, ErrHead
	}
	hash, err := hex.DecodeString(strings.Join(words[1:], ""))
	if err != nil || len(hash) < leastHead || len(hash) > sha256.Size {
		return AuditHead{}, ErrHead
	}
	return AuditHead{line, hash}, nil
}

// AuditHead returns the end of the audit log; it is zero while there is no line.
func (r Reader) AuditHead(ctx context.Context) (AuditHead, error) {
	h, err := one(ctx, r.q, "the end of the audit log", scanHead, `SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1`)
	if errors.Is(err, ErrNotFound) {
		return AuditHead{}, nil
	}
	return h, err
}

func scanHead(s scanner) (h AuditHead, err error) {
	err = s.Scan(&h.Line, &h.Hash)
	return h, err
}

// CheckHead returns nil if the log still has the line that was noted as it was
// then, and ErrBroken if it has not. That the lines before it follow from each
// other is for CheckAudit.
func (r Reader) CheckHead(ctx context.Context, noted AuditHead) error {
	h, err := one(ctx, r.q, "a line of the audit log", scanHead, `SELECT id, hash FROM audit WHERE id = $1`, noted.Line)
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("line %d of the audit log is gone: %w", noted.Line, ErrBroken)
	}
	if err == nil && (len(noted.Hash) < leastHead || !bytes.HasPrefix(h.Hash, noted.Hash)) {
		err = fmt.Errorf("line %d of the audit log is not what was noted: %w", noted.Line, ErrBroken)
	}
	return err
}

// ErrBroken: the chain of the audit log does not hold.
var ErrBroken = errors.New("it was changed or lines before it are missing")

// BrokenChain is the ErrBroken of CheckAudit with the first line that does not
// follow from those before it.
type BrokenChain struct{ Line int64 }

func (e *BrokenChain) Error() string {
	return fmt.Sprintf("line %d of the audit log: %v", e.Line, ErrBroken)
}

func (e *BrokenChain) Unwrap() error { return ErrBroken }

// takeRegister copies the lines of the register that programs before this schema
// wrote into the audit log.
func takeRegister(ctx context.Context, t *Tx) error {
	n, err := one(ctx, t.q, "the audit log", scanInt, `SELECT COUNT(*) FROM audit`)
	if err != nil || n > 0 {
		return err
	}
	rows, err := collect(ctx, t.q, "the register", func(s scanner) (Record, error) {
		var rec Record
		var at int64
		err := s.Scan(&at, &rec.Actor, &rec.Action, &rec.Subject, &rec.Site, &rec.Detail)
		rec.At = fromMillis(at)
		return rec, err
	}, `SELECT at, actor, action, subject, site, detail FROM register ORDER BY id`)
	if err != nil {
		return err
	}
	for _, rec := range rows {
		if err := t.Audit(ctx, rec); err != nil {
			return err
		}
	}
	return nil
}

// Answer returns what was answered to a request before. ErrNotFound means that
// it is new.
func (r Reader) Answer(ctx context.Context, request string) ([]byte, error) {
	return one(ctx, r.q, "answer to request", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return b, err },
		`SELECT answer FROM requests WHERE id = $1`, request)
}

// PutAnswer notes what is answered to a request, in the transaction that does
// what it asks for. If it was answered before the error is ErrConflict.
func (t *Tx) PutAnswer(ctx context.Context, request string, at time.Time, answer []byte) error {
	_, err := exec(ctx, t.q, "note the answer to a request",
		`INSERT INTO requests (id, at, answer) VALUES ($1, $2, $3)`, request, millis(at), answer)
	return err
}

// ForgetAnswers drops answers given before an instant.
func (t *Tx) ForgetAnswers(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget answers", `DELETE FROM requests WHERE at < $1`, millis(before))
	return err
}

// Secret returns a random value that the controller made for itself, making it
// with fill if it is missing.
func (s *Store) Secret(ctx context.Context, name string, fill func() []byte) ([]byte, error) {
	var value []byte
	err := s.Update(ctx, func(t *Tx) error {
		if _, err := exec(ctx, t.q, "make secret "+name,
			`INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, fill()); err != nil {
			return err
		}
		var err error
		value, err = one(ctx, t.q, "secret "+name, func(r scanner) (b []byte, err error) { err = r.Scan(&b); return b, err },
			`SELECT value FROM secrets WHERE name = $1`, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	return value, nil
}

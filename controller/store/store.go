// Package store keeps every row of the controller: what is published, which
// screens there are and what they say, who may do what, who approved what, and
// the audit log of all that was done.
//
// It promises that an Update which returned nil survives power loss, that an
// Update which returned an error changed nothing, that rows of a ledger are
// counted once however often they are sent, and that the audit log only grows
// and is chained by hash: a line that was changed or taken out is found, as is a
// row of a ledger. What the rows mean and who may change them is left to packages
// publish, fleet and accounts; blobs lie in package assets, keys in files.
//
// The database is SQLite in one file. SQL is written in the part of the language
// that PostgreSQL shares (numbered parameters, ON CONFLICT, no SQLite
// functions), so that it can come behind the same Store; it is not there yet.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// The kinds of errors, for errors.Is.
var (
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrConflict: someone else changed it first, or it exists already.
	ErrConflict = errors.New("changed meanwhile or exists already")
	// ErrNewer: the database was written by a newer program.
	ErrNewer = errors.New("the database was written by a newer version of this program")
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the database. Reads run side by side; writes go through Update, one
// at a time, the urgent first.
type Store struct {
	Reader
	path  string
	lane  lane
	write *sql.DB // one connection: the single writer
	read  *sql.DB
	beat  *beats
	kept  *kept
}

// Reader has every question that the database answers. A Store answers from the
// newest committed state, a Tx from within its transaction.
type Reader struct{ q querier }

// Tx is one transaction.
type Tx struct {
	Reader
	lane  *lane  // that it holds; nil while the schema is brought up to date
	gives bool   // way to what is urgent
	notes *notes // nil in a migration
}

// querier is *sql.DB or *sql.Tx.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the database file, makes it if it is missing, and brings its schema
// up to date. Close must be called at the end; a program that dies without it
// loses no acknowledged row.
func Open(ctx context.Context, path string) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	// Before the driver makes it, so that others than the owner cannot read it.
	f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	write, err := sql.Open("sqlite", dsn(abs, "immediate", writeCache))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), write.Close())
	}
	read, err := sql.Open("sqlite", dsn(abs, "deferred", readCache)+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	s := &Store{Reader: Reader{read}, path: abs, write: write, read: read, kept: newKept()}
	s.beat = startBeats(s)
	return s, nil
}

// What connections keep of the file, in KB. The driver takes twice that for it, for
// each connection that has read so much, and the system keeps the file in memory too.
const (
	writeCache = 4 << 10
	readCache  = 1 << 10
)

// dsn is the address of a connection to a file. FULL syncs the log at every
// commit: what was acknowledged is on disk. What is removed is overwritten where that
// costs no more writing: the words of residents do not stay in the gaps.
func dsn(path, lock string, cache int) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: "_txlock=" + lock +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-" + strconv.Itoa(cache) + ")&_pragma=secure_delete(fast)"}).String()
}

// Close writes what is pending and closes the file.
func (s *Store) Close() error {
	err := s.beat.stop()
	return errors.Join(err, s.read.Close(), s.write.Close())
}

// Update runs do in one transaction. If do returns an error, or committing
// fails, nothing was changed. do must not use the Store itself. Transactions of a
// context of Urgently go before all others that wait.
func (s *Store) Update(ctx context.Context, do func(*Tx) error) error {
	return s.update(ctx, false, do)
}

func (s *Store) update(ctx context.Context, gives bool, do func(*Tx) error) error {
	if err := s.lane.enter(ctx); err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer s.lane.leave()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	n := &notes{seq: s.kept.seq.Add(1)}
	if err := do(&Tx{Reader: Reader{writing{tx, n, map[string]*sql.Stmt{}}}, lane: &s.lane, gives: gives, notes: n}); err != nil {
		if back := tx.Rollback(); back != nil && !errors.Is(back, sql.ErrTxDone) {
			return errors.Join(err, fmt.Errorf("roll back: %w", back))
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		s.kept.unsure() // it may have been written all the same
		return fmt.Errorf("commit: %w", err)
	}
	s.kept.took(n)
	return nil
}

// View runs do on one unchanging state of the database, while others write.
func (s *Store) View(ctx context.Context, do func(Reader) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	err = do(Reader{tx})
	if end := tx.Rollback(); end != nil && err == nil && !errors.Is(end, sql.ErrTxDone) {
		return fmt.Errorf("end reading: %w", end)
	}
	return err
}

// Backup writes a whole and consistent copy of the database to a file that does
// not exist yet, while the program runs.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.beat.flush(ctx, false); err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	return copyInto(ctx, s.path, path)
}

// Size returns the length of the database file and its log in bytes.
func (s *Store) Size(ctx context.Context) (int64, error) {
	var pages, size int64
	if err := s.read.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
		return 0, fmt.Errorf("measure database: %w", err)
	}
	if err := s.read.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&size); err != nil {
		return 0, fmt.Errorf("measure database: %w", err)
	}
	return pages * size, nil
}

type migration struct {
	number int
	name   string
}

// auditSchema is the first schema with an audit log.
const auditSchema = 5

// migrate brings the schema to the newest version in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := listMigrations()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin migration: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)`); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	var have int
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM schema_version`).Scan(&have); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	newest := steps[len(steps)-1].number
	if have > newest {
		return fmt.Errorf("%w: its schema is %d, this program knows up to %d; start the newer program, or restore a backup made with this one", ErrNewer, have, newest)
	}
	for _, step := range steps {
		if step.number <= have {
			continue
		}
		text, err := migrations.ReadFile("migrations/" + step.name)
		if err != nil {
			return fmt.Errorf("read migration %s: %w", step.name, err)
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("migration %s: %w", step.name, err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, step.number); err != nil {
			return fmt.Errorf("record migration %s: %w", step.name, err)
		}
	}
	if have < auditSchema {
		if err := takeRegister(ctx, &Tx{Reader: Reader{tx}}); err != nil {
			return fmt.Errorf("take over the register: %w", err)
		}
	}
	if have < blobSchema {
		if err := takeBlobs(ctx, &Tx{Reader: Reader{tx}}); err != nil {
			return fmt.Errorf("note whose blobs are: %w", err)
		}
	}
	if have < keepSchema {
		if _, err := tx.ExecContext(ctx, `UPDATE blob_uses SET at = $1 WHERE at = 0`, millis(time.Now())); err != nil {
			return fmt.Errorf("note since when blobs have a use: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit migration: %w", err)
	}
	return nil
}

func listMigrations() ([]migration, error) {
	files, err := fs.ReadDir(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var steps []migration
	for _, f := range files {
		head, _, _ := strings.Cut(f.Name(), "_")
		n, err := strconv.Atoi(head)
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number: %w", f.Name(), err)
		}
		steps = append(steps, migration{n, f.Name()})
	}
	sort.Slice(steps, func(i, j int) bool { return steps[i].number < steps[j].number })
	return steps, nil
}

// millis is how times are stored.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

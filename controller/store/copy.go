package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// CopyFile writes a whole and consistent copy of the database file at from to a
// file that does not exist yet. Another process may have it open and write to it.
// The schema stays as it is: a program that is newer than the database can copy it
// before it takes it over.
func CopyFile(ctx context.Context, from, to string) error {
	abs, err := filepath.Abs(from)
	if err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	if _, err := os.Stat(abs); err != nil {
		return fmt.Errorf("back up database: %w", err) // the driver would make an empty one
	}
	return copyInto(ctx, abs, to)
}

// copyInto copies on a connection of its own: it only reads, so nobody who writes
// waits for it.
func copyInto(ctx context.Context, from, to string) error {
	own, err := sql.Open("sqlite", dsn(from, "deferred", readCache))
	if err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	_, err = own.ExecContext(ctx, `VACUUM INTO $1`, to)
	if err := errors.Join(err, own.Close()); err != nil {
		return fmt.Errorf("back up database to %s: %w", to, err)
	}
	return nil
}

// Inspect reads a copy of a database that nobody has open. Nothing is written
// beside it, and its schema stays as it is: what do asks must be in the schema
// that the copy has.
func Inspect(ctx context.Context, path string, do func(Reader) error) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("look into database %s: %w", path, err)
	}
	if _, err := os.Stat(abs); err != nil {
		return fmt.Errorf("look into database: %w", err)
	}
	address := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(abs)}).EscapedPath(), RawQuery: "mode=ro&immutable=1&_pragma=query_only(1)"}).String()
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return fmt.Errorf("look into database %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return errors.Join(do(Reader{db}), db.Close())
}

// Integrity walks all pages and indexes of the file (PRAGMA integrity_check) and
// returns what is wrong, at most a hundred lines; none when it is sound.
func (r Reader) Integrity(ctx context.Context) ([]string, error) {
	lines, err := collect(ctx, r.q, "whether the database is sound", func(s scanner) (line string, err error) { err = s.Scan(&line); return line, err }, `PRAGMA integrity_check`)
	if len(lines) == 1 && strings.EqualFold(lines[0], "ok") {
		lines = nil
	}
	return lines, err
}

// Schema returns the number of the newest step that the database has taken.
func (r Reader) Schema(ctx context.Context) (int, error) {
	n, err := one(ctx, r.q, "schema version", scanInt, `SELECT COALESCE(MAX(version), 0) FROM schema_version`)
	return int(n), err
}

// Chained reports whether databases of a schema have the audit log.
func Chained(schema int) bool { return schema >= auditSchema }

// NewestSchema is the schema that this program brings a database to.
func NewestSchema() (int, error) {
	steps, err := listMigrations()
	if err != nil {
		return 0, err
	}
	return steps[len(steps)-1].number, nil
}

package store

import (
	"context"
	"errors"
	"time"
)

// Held is what takes room on the controller's disk.
type Held string

// What is measured.
const (
	HeldDatabase Held = "database" // the file of the database, with what is free in it
	HeldFree     Held = "free"     // pages of the database that wait to be used again
	HeldBlobs    Held = "blobs"    // pictures, notices, recordings, programs
	HeldSpeech   Held = "speech"   // of the blobs: recordings of notices read aloud
	HeldEditions Held = "editions" // of the database: editions that are here whole
	HeldPacks    Held = "packs"    // of the database: rows of display that are packed
	HeldShots    Held = "shots"    // screenshots
	HeldBackups  Held = "backups"  // the folder of backups, files that several share once
)

// Size is how large one thing was at one time.
type Size struct {
	At    time.Time
	What  Held
	Bytes int64
	Count int64
}

// PutSize notes a size.
func (t *Tx) PutSize(ctx context.Context, z Size) error {
	_, err := exec(ctx, t.q, "note a size", `INSERT INTO sizes (at, what, bytes, count) VALUES ($1, $2, $3, $4)
		ON CONFLICT (at, what) DO UPDATE SET bytes = excluded.bytes, count = excluded.count`, millis(z.At), string(z.What), z.Bytes, z.Count)
	return err
}

// Sizes lists what was measured since an instant, in the order of time.
func (r Reader) Sizes(ctx context.Context, since time.Time) ([]Size, error) {
	return collect(ctx, r.q, "sizes", func(s scanner) (z Size, err error) {
		var at int64
		err = s.Scan(&at, &z.What, &z.Bytes, &z.Count)
		z.At = fromMillis(at)
		return z, err
	}, `SELECT at, what, bytes, count FROM sizes WHERE at >= $1 ORDER BY at, what`, millis(since))
}

// ForgetSizes drops what was measured before an instant.
func (t *Tx) ForgetSizes(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget sizes", `DELETE FROM sizes WHERE at < $1`, millis(before))
	return err
}

// Unused returns how many bytes of the database file are pages that nothing is in:
// they are used before the file grows.
func (s *Store) Unused(ctx context.Context) (int64, error) {
	pages, err := one(ctx, s.q, "free pages of the database", scanInt, `PRAGMA freelist_count`)
	if err != nil {
		return 0, err
	}
	size, err := one(ctx, s.q, "page size of the database", scanInt, `PRAGMA page_size`)
	return pages * size, err
}

// EditionBytes is how much the editions take that are here whole, and how many there
// are.
func (r Reader) EditionBytes(ctx context.Context) (bytes, count int64, err error) {
	z, err := one(ctx, r.q, "size of editions", func(s scanner) (z [2]int64, err error) { err = s.Scan(&z[0], &z[1]); return z, err },
		`SELECT COALESCE(SUM(LENGTH(envelope)), 0), COUNT(*) FROM editions`)
	return z[0], z[1], err
}

// SpeechBytes is how much the recordings of notices take, each blob once, and how
// many there are.
func (r Reader) SpeechBytes(ctx context.Context) (bytes, count int64, err error) {
	z, err := one(ctx, r.q, "size of recordings", func(s scanner) (z [2]int64, err error) { err = s.Scan(&z[0], &z[1]); return z, err },
		`SELECT COALESCE(SUM(size), 0), COUNT(*) FROM (SELECT DISTINCT ref, size FROM speech)`)
	return z[0], z[1], err
}

// ForgetOld drops rows that age takes the use from, and that bring no others with
// them: patrols, commands without a picture, files being imported, forms that nobody
// went on with, how sheets were read, what residents searched and did not find, and
// the traffic of lines.
func (t *Tx) ForgetOld(ctx context.Context, now time.Time) error {
	const day = 24 * time.Hour
	year, decade := now.Add(-400*day), now.Add(-3650*day)
	text := func(at time.Time, layout string) string { return at.UTC().Format(layout) }
	errs := []error{t.ForgetPatrols(ctx, text(year, "2006-01-02"))}
	for _, f := range []struct {
		query string
		arg   any
	}{
		{`DELETE FROM commands WHERE created < $1 AND ref = ''`, millis(year)},
		{`DELETE FROM uploads WHERE at < $1`, millis(now.Add(-KeepUploads))},
		{`DELETE FROM autosaves WHERE at < $1`, millis(year)},
		{`DELETE FROM mappings WHERE used < $1`, millis(now.Add(-1100 * day))},
		{`UPDATE usage SET empty = '' WHERE empty <> '' AND day < $1`, text(year, "2006-01-02")},
		{`DELETE FROM usage WHERE day < $1`, text(decade, "2006-01-02")},
		{`DELETE FROM traffic WHERE month < $1`, text(decade, "2006-01")},
		{`DELETE FROM line_passes WHERE month < $1`, text(decade, "2006-01")},
	} {
		_, err := exec(ctx, t.q, "forget what is old", f.query, f.arg)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// ForgetOldSpeech forgets recordings, made before an instant, of versions that are
// not in force, so that their blobs are wanted no more. They can be made again.
func (t *Tx) ForgetOldSpeech(ctx context.Context, before time.Time) (int64, error) {
	return exec(ctx, t.q, "forget recordings of former versions",
		`DELETE FROM speech WHERE made < $1 AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.id = speech.notice AND n.live = speech.version)`, millis(before))
}

// Package tidy keeps a controller from growing without end: a server in an office
// runs for ten years, and nobody comes to empty it.
//
// It promises that nothing is dropped which a screen, a person or the law may still
// ask for; that what people publish never waits for it, as it works in small steps;
// that a blob which somebody has just named is not lost, whatever happens at the
// same time; that a crash at any point leaves nothing that a later day does not mend;
// and that removing what residents wrote is on record.
//
// What grows, and what bounds it. For ever, because it is evidence (DOMAIN L17, F11),
// in the database:
//
//	notices, notice_versions, approvals, remarks, evidence, signers, takedowns, audit,
//	register, acceptances, display (the sums by notice, screen and day), past_editions
//	(revision, time, hash and signatures of an edition, about 300 bytes each)
//
// For ever, because people set it up and it does not grow by itself:
//
//	sites, columns, days, playlists, rules, departments, channels, screens,
//	removed_devices, retired_screens, accounts, api_tokens, deputies, factors,
//	recovery_codes, policies, words, secrets, lines, rollouts, rollout_screens
//
// Bounded by what they are of:
//
//	health (a row for each screen), autosaves (30 of a person, 400 days), uploads (5 of
//	a person, two days), commands (400 days; two pictures and five logs of a screen),
//	blob_uses (rows of blobs and of versions), packages (eight of a program, and those
//	that screens run or that a rollout may need)
//
// Bounded by age:
//
//	editions        see surplus
//	ledger          Config.Ledger, five years (L17) unless the office sets another;
//	                the sums stay, and so does the newest end of every chain. Rows that
//	                ended before yesterday move to ledger_packs, some 3 bytes each and
//	                not 400, and give back the same bytes (store.Tx.PackLedger)
//	voices          words Config.Voices after they were dealt with, three years unless
//	                the office sets another; contacts 180 days; the rest ten years
//	speech          of former versions, 400 days
//	usage, traffic, line_passes   ten years; what was searched in vain 400 days
//	samples, sample_days          two days, sixty days
//	screen_events, warnings, deliveries, patrols   400 days
//	sessions, requests            until they end
//	mappings                      1,100 days after their last use
//	sizes                         800 days
//
// Folders of the data folder: blobs (what nothing names for thirty days is removed,
// see sweep), shots (two of a screen), backups (as [backup] says), keys (one for a
// channel and one for a person). The program's log goes to standard error and is kept
// by who started it.
//
// The file of the database never becomes smaller: pages that become free are used
// again before it grows, so it stays as large as it ever had to be. SQLite can give
// pages back (auto_vacuum), at the price of moving pages about at every removal and of
// rewriting an existing file once; for a file whose size is bounded that buys
// nothing. Backups hold the used pages only.
package tidy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/controller/backup"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
)

// The times of the job.
const (
	turnEvery = time.Minute
	settleIn  = 10 * time.Minute // a controller that was just started is left alone
	jobHour   = 4                // when the daily job is due, after the backup
	rest      = 20 * time.Millisecond
	again     = time.Hour // after the job failed
)

// Config is what the job works with. Store, Blobs, Backups and Data must be given.
type Config struct {
	Store   *store.Store
	Blobs   *assets.Store
	Backups *backup.Keeper
	Fleet   *fleet.Fleet // nil: no screen can have more than the controller
	// Packages lets old packages of programs go; nil keeps them all.
	Packages func(context.Context) error
	Data     string // the data folder
	Shots    string // folders that are measured
	Backup   string
	Voices   time.Duration // how long words of residents stay after they were dealt with
	Ledger   time.Duration // how long rows of display stay
	// Grace is how long a blob stays that nothing names (30 days), and Quiet how long
	// is waited between the two looks at what is named (an hour).
	Grace, Quiet time.Duration
	Zone         *time.Location
	Now          func() time.Time
	Log          *slog.Logger
	// Disk returns what the disk of a folder still takes and what it has, in bytes;
	// backup.Disk when nil.
	Disk func(dir string) (free, total int64, err error)
}

// Tidy is the job. Turn and Run serve one goroutine, the rest any.
type Tidy struct {
	cfg   Config
	began time.Time
	last  time.Time // of the job
	retry time.Time // not before
	sweep *sweep    // between its two looks; nil when none is under way
	packs *packing  // nil when none is under way

	mu    sync.Mutex // guards what follows
	disk  disk
	sizes []store.Size
}

// New opens the job; it does nothing before Run or Turn.
func New(ctx context.Context, cfg Config) (*Tidy, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Grace == 0 {
		cfg.Grace = 30 * 24 * time.Hour
	}
	if cfg.Quiet == 0 {
		cfg.Quiet = time.Hour
	}
	if cfg.Disk == nil {
		cfg.Disk = backup.Disk
	}
	t := &Tidy{cfg: cfg, began: cfg.Now()}
	if err := t.recall(ctx); err != nil {
		return nil, fmt.Errorf("read how large everything was: %w", err)
	}
	return t, nil
}

// Run works until ctx ends.
func (t *Tidy) Run(ctx context.Context) {
	defer t.End()
	tick := time.NewTicker(turnEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t.Turn(ctx)
		}
	}
}

// End gives up a sweep that is under way.
func (t *Tidy) End() {
	if t.sweep != nil {
		t.sweep.of.End()
		t.sweep = nil
	}
}

// Turn does what is due: the look at the disk, the daily job, the end of a sweep, and a
// part of the packing that the job began.
// What fails is logged and tried again.
func (t *Tidy) Turn(ctx context.Context) {
	now := t.cfg.Now()
	t.look(now)
	if t.sweep != nil && now.Sub(t.sweep.at) >= t.cfg.Quiet {
		if err := t.finishSweep(ctx, now); err != nil && ctx.Err() == nil {
			t.cfg.Log.Error("Blobs that nothing names could not be removed; it is tried again.", "error", err)
		}
	}
	if t.due(now) {
		t.retry = now.Add(again)
		if err := t.job(ctx, now); err != nil {
			if ctx.Err() == nil {
				t.cfg.Log.Error("Letting go of what is old failed; it is tried again.", "error", err)
			}
		} else {
			t.last = now
		}
	}
	t.pack(ctx, now)
}

// due reports whether the daily job is due: each day at jobHour, and soon after the
// start of a machine that was off then.
func (t *Tidy) due(now time.Time) bool {
	if now.Before(t.retry) {
		return false
	}
	y, m, d := now.In(t.cfg.Zone).Date()
	at := time.Date(y, m, d, jobHour, 0, 0, 0, t.cfg.Zone)
	if at.After(now) {
		at = time.Date(y, m, d-1, jobHour, 0, 0, 0, t.cfg.Zone)
	}
	return t.last.Before(at) && (at.After(t.began) || now.Sub(t.began) >= settleIn)
}

// job drops rows, measures, and begins a sweep of the blobs.
func (t *Tidy) job(ctx context.Context, now time.Time) error {
	t.beginPacking(now)
	err := errors.Join(t.editions(ctx, now), t.ledger(ctx, now), t.voices(ctx, now), t.rows(ctx, now))
	if t.cfg.Packages != nil {
		err = errors.Join(err, t.cfg.Packages(ctx))
	}
	err = errors.Join(err, t.beginSweep(ctx, now))
	return errors.Join(err, t.measure(ctx, now))
}

// breathe lets others write between two steps.
func breathe(ctx context.Context) error {
	wait := time.NewTimer(rest)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return nil
	}
}

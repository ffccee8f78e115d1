// Package publish is the desk: notices are drafted, reviewed, released, revised
// and taken down here, alerts are raised and lifted, and what a channel publishes
// is compiled into signed editions.
//
// It promises that a publication which returned without error is durable and
// will be in an edition even if the program dies the next instant; that every
// blob is on disk before the edition that names it, and the edition before
// anyone is told of it; that revisions and take-downs never go back; that a
// request sent twice counts once; that nothing but an import comes into force
// without the signed approvals that the policy of its site wants, checked again
// at that moment; and that every change is in the audit log with the person who
// made it. Whether the approvals are enough, and whether a person may sign next,
// is decided by package review; which role, site and department may do what, by
// the callers. Sending to screens is left to package hub.
package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/controller/speaker"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
)

// The kinds of errors, for errors.Is. Problems with a document are *Invalid.
var (
	// ErrSecondPerson: the policy of the site wants others to look at it first; it
	// must be submitted. The draft is saved.
	ErrSecondPerson = errors.New("others must review it first")
	// ErrInReview: it was sent for review and does not change meanwhile; its
	// author may withdraw it.
	ErrInReview = errors.New("the notice is in review")
	// ErrForged: an approval in the database is not what its person signed, or one
	// is missing.
	ErrForged = errors.New("the approvals are not what was signed")
	// ErrNotLive: there is nothing in force to take down, lift or revise.
	ErrNotLive = errors.New("the notice is not in force")
	// ErrClosed: the desk is closed.
	ErrClosed = errors.New("the desk is closed")
)

// Invalid is returned for a document with errors in it, or with findings that
// nobody gave a reason for. What was sent is kept
// as a draft where that is possible.
type Invalid struct{ Problems []playlist.Problem }

func (e *Invalid) Error() string {
	for _, p := range e.Problems {
		if p.Severity != playlist.Warning {
			return fmt.Sprintf("%s: %s", p.Field, p.MessageEn)
		}
	}
	return "the document has problems"
}

// Config is what a desk works with. Store, Blobs, Keys and Zone must be given.
type Config struct {
	Store *store.Store
	Blobs *assets.Store
	Keys  *Keys
	Zone  *time.Location
	// Policy is what a release needs where no site on the path has a policy of its
	// own; review.Town when it is zero.
	Policy review.Policy
	// Signer signs approvals; Keys when it is nil.
	Signer Signer
	Now    func() time.Time
	Log    *slog.Logger
	// Glyphs has the rare characters of this machine's fonts; nil checks nothing
	// and sends none.
	Glyphs *Glyphs
	// Speaker reads notices aloud; nil when this machine has no voice.
	Speaker *speaker.Speaker
	// SpeakAtOnce is how many notices are recorded side by side; 1 when it is 0.
	SpeakAtOnce int
	// SpeechEvery is the least time between two editions of a channel for the sake
	// of recordings; half a minute when it is 0.
	SpeechEvery time.Duration
	// Announce is told of every edition once it is durable, and of the newest
	// edition of every channel after a start, then without its bytes.
	Announce func(Made)
	// Overload says which LED boards would need more than three minutes to go
	// round with these playlists and rules of a site (DOMAIN V08); nil does not
	// look.
	Overload func(context.Context, playlist.SiteID, []playlist.Playlist, []schedule.Rule) ([]playlist.Problem, error)
	// Lengthened warns of boards that need longer since a notice of a site was
	// published; nil does not look.
	Lengthened func(context.Context, playlist.SiteID, playlist.NoticeID) ([]playlist.Problem, error)
	// AtOnce is how many changes are taken at once before ErrBusy; 64 when it is 0.
	AtOnce int
	// TreeChanged is called after sites or screens were imported.
	TreeChanged func(context.Context) error
	// Checkpoint is called between durable steps with the step's name; an error
	// abandons the work there, as a crash would. Tests use it.
	Checkpoint func(step string) error
}

// Made is an edition that is durable.
type Made struct {
	Channel  playlist.ChannelID
	Revision playlist.Revision
	// Urgent says that it takes a notice down that the revision before did not.
	Urgent bool
	// Edition is what was stored; nil when it was made before a restart.
	Edition *store.Edition
}

// Desk publishes. Its methods may be called from several goroutines.
type Desk struct {
	cfg  Config
	ctx  context.Context // of compiling: ends with Close, not with a request
	quit context.CancelFunc
	work sync.WaitGroup

	unspoken chan struct{} // holds one token when there may be something to record
	pictures chan struct{} // bounds how many pictures are decoded at once

	watch watch // what notices are compared with by package guard

	mu       sync.Mutex // guards what follows
	lines    map[playlist.ChannelID]*line
	scan     *Scan // the last one; its Found only grows
	busy     int   // changes under way
	programs int   // of them, by programs
	closed   bool
}

// New returns a desk. Call Recover before using it and Close at the end.
func New(cfg Config) *Desk {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Announce == nil {
		cfg.Announce = func(Made) {}
	}
	if cfg.TreeChanged == nil {
		cfg.TreeChanged = func(context.Context) error { return nil }
	}
	if cfg.Checkpoint == nil {
		cfg.Checkpoint = func(string) error { return nil }
	}
	if len(cfg.Policy.Steps) == 0 {
		cfg.Policy = review.Town
	}
	if cfg.Signer == nil {
		cfg.Signer = cfg.Keys
	}
	if cfg.AtOnce < 1 {
		cfg.AtOnce = mostAtOnce
	}
	if cfg.SpeakAtOnce < 1 {
		cfg.SpeakAtOnce = 1
	}
	if cfg.SpeechEvery == 0 {
		cfg.SpeechEvery = 30 * time.Second
	}
	ctx, quit := context.WithCancel(context.Background()) // ends with Close
	return &Desk{cfg: cfg, ctx: ctx, quit: quit, pictures: make(chan struct{}, 2), unspoken: make(chan struct{}, 1), lines: map[playlist.ChannelID]*line{}}
}

// Close waits for the editions under way.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.work.Wait()
	d.quit()
}

// Recover brings every channel to where a crash may have kept it from: changes
// that no edition holds are compiled, and the newest editions are announced
// again.
func (d *Desk) Recover(ctx context.Context) error {
	if err := d.CatchUp(ctx); err != nil {
		return fmt.Errorf("recover the desk: %w", err)
	}
	channels, err := d.cfg.Store.Channels(ctx)
	if err != nil {
		return fmt.Errorf("recover the desk: %w", err)
	}
	for _, c := range channels {
		if c.Revision > 0 {
			d.cfg.Announce(Made{Channel: c.ID, Revision: c.Revision})
		}
	}
	return nil
}

// CatchUp makes the editions that were asked for and failed, on a full disk for
// example, or that a crash kept from being made.
func (d *Desk) CatchUp(ctx context.Context) error {
	channels, err := d.cfg.Store.Channels(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range channels {
		if c.Wanted > c.Compiled {
			d.cfg.Log.Info("an edition is made that was asked for earlier", "channel", c.ID.String())
			_, err := d.settle(ctx, c.ID, c.Wanted)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// env gathers what documents are compared with.
func (d *Desk) env(ctx context.Context, r store.Reader) (surroundings, error) {
	return d.envFor(ctx, r, "")
}

// envFor is env for a kind of notice. Alerts are compared with nothing that is up:
// they do not wait until it is read.
func (d *Desk) envFor(ctx context.Context, r store.Reader, kind playlist.Kind) (surroundings, error) {
	env := surroundings{ValidateEnv: playlist.ValidateEnv{Missing: d.Missing, Now: d.cfg.Now(), Zone: d.cfg.Zone}}
	var err error
	if env.Columns, err = r.Columns(ctx); err != nil {
		return env, err
	}
	if env.Sites, err = r.Sites(ctx); err != nil {
		return env, err
	}
	days, err := r.Days(ctx)
	if err != nil {
		return env, err
	}
	env.Calendar = schedule.NewCalendar(days)
	env.watch, err = d.watch.at(ctx, r, kind != playlist.KindAlert)
	return env, err
}

// ensureChannels makes the two channels of a site that are not there yet.
func (d *Desk) ensureChannels(ctx context.Context, t *store.Tx, site playlist.SiteID) error {
	for _, c := range []playlist.ChannelID{{Site: site}, {Site: site, Alert: true}} {
		key, err := d.cfg.Keys.Channel(c)
		if err != nil {
			return err
		}
		if err := t.AddChannel(ctx, c, pub(key.Seed())); err != nil {
			return err
		}
	}
	return nil
}

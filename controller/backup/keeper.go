package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
)

// The times of a keeper.
const (
	turnEvery = 30 * time.Second
	// settleIn is how long a controller that was just started is left alone before
	// a backup that was missed is made.
	settleIn = 10 * time.Minute
	// again is the pause after a backup failed.
	again = time.Hour
	// tooOld is how old the newest backup may be until somebody is warned.
	tooOld = 48 * time.Hour
)

// The errors of a keeper, for errors.Is.
var (
	// ErrBusy: a backup is made or checked already.
	ErrBusy = errors.New("a backup is being made or checked")
	// ErrNotFound: there is no backup of that name.
	ErrNotFound = errors.New("there is no such backup")
)

// System is the actor of what nobody asked for.
const System = "system"

// Config is what a keeper works with. Store, Place and Folder must be given.
type Config struct {
	Store  *store.Store
	Place  Place
	Folder string // backups lie in it, a folder each
	// At is the minute of the day, in Zone, of the daily backup; negative for
	// none.
	At     int
	Daily  int // days of which the newest backup is kept
	Weekly int // weeks of which it is
	Zone   *time.Location
	Office string
	Now    func() time.Time
	Log    *slog.Logger
	Step   func(name string) error // see Request
}

// Keeper makes backups every day and when it is asked to, checks and prunes them.
type Keeper struct {
	cfg   Config
	began time.Time
	since time.Time // when there was first something to back up
	wake  chan struct{}

	working sync.Mutex // one job at a time

	mu    sync.Mutex // guards what follows
	asked *job       // that Run has not taken up yet
	doing job        // zero when none
	from  time.Time  // since when doing
	list  []Backup
	fail  failure
	retry time.Time // not before
}

// job is one thing to do.
type job struct {
	kind  Doing
	name  string // of the backup that is checked
	actor string
}

// Doing is what a keeper is at.
type Doing string

// What a keeper can be at.
const (
	Making   Doing = "make"
	Checking Doing = "check"
)

// failure is why the last backup was not made; zero when it was.
type failure struct {
	at  time.Time
	why fleet.Words
}

// State is how backups stand.
type State struct {
	Folder  string
	Beside  bool      // the folder is inside the data folder: the same disk, most likely
	Next    time.Time // of the daily backup; zero when it is off
	Doing   Doing     // empty: nothing
	Name    string    // of the backup that is checked
	Since   time.Time // of Doing
	Backups []Backup  // the newest first
	Failed  time.Time // when the last attempt failed; zero when it did not
	Why     fleet.Words
	Free    int64 // bytes on the disk of the folder; negative when not known
	Daily   int
	Weekly  int
}

// New opens a keeper. Nothing is made before Run or Turn.
func New(ctx context.Context, cfg Config) (*Keeper, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	k := &Keeper{cfg: cfg, began: cfg.Now(), wake: make(chan struct{}, 1)}
	k.since = k.began
	if err := k.recall(ctx); err != nil {
		return nil, fmt.Errorf("open the backups: %w", err)
	}
	k.reload()
	return k, nil
}

// recall reads from the audit log how the last attempt ended.
func (k *Keeper) recall(ctx context.Context) error {
	rows, err := k.cfg.Store.FindRecords(ctx, store.AuditFilter{Kind: "backup", Limit: 50})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Action == "backup.made" {
			return nil
		}
		if r.Action == "backup.fail" {
			zh, en, _ := strings.Cut(r.Detail, " / ")
			k.fail = failure{r.At, fleet.Words{Zh: zh, En: en}}
			return nil
		}
	}
	return nil
}

// reload reads the folder again.
func (k *Keeper) reload() {
	all, err := List(k.cfg.Folder)
	if err != nil {
		k.cfg.Log.Error("The folder of backups could not be read.", "folder", k.cfg.Folder, "error", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = all
}

// Run makes backups until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	tick := time.NewTicker(turnEvery)
	defer tick.Stop()
	for {
		k.Turn(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-k.wake:
		}
	}
}

// Turn does what was asked for, or makes the backup that is due. What fails is
// logged and kept in State.
func (k *Keeper) Turn(ctx context.Context) {
	k.mu.Lock()
	todo := k.asked
	if todo == nil && k.due(k.cfg.Now()) {
		todo = &job{kind: Making, actor: System}
	}
	k.asked = nil
	if todo == nil {
		k.mu.Unlock()
		return
	}
	k.doing, k.from = *todo, k.cfg.Now()
	k.mu.Unlock()
	k.working.Lock()
	if todo.kind == Checking {
		k.check(ctx, todo.actor, todo.name)
	} else {
		k.make(ctx, todo.actor)
	}
	k.working.Unlock()
	k.reload()
	k.mu.Lock()
	k.doing = job{}
	k.mu.Unlock()
}

// Quietly does something while no backup is made or checked, and none begins, not by
// the command either, in a process of its own. It reports false, and does nothing,
// when one is under way.
func (k *Keeper) Quietly(do func() error) (bool, error) {
	if !k.working.TryLock() {
		return false, nil
	}
	defer k.working.Unlock()
	alone, err := lockBlobs(k.cfg.Place, true)
	if errors.Is(err, errBusy) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keep backups away from the blobs: %w", err)
	}
	defer alone.Close()
	return true, do()
}

// Ask has a backup made soon, in the name of a person. ErrBusy when something is
// being done already.
func (k *Keeper) Ask(ctx context.Context, actor string) error {
	return k.ask(ctx, job{kind: Making, actor: actor}, "backup.ask")
}

// AskCheck has a backup checked soon.
func (k *Keeper) AskCheck(ctx context.Context, actor, name string) error {
	if !validName(name) {
		return ErrNotFound
	}
	if _, err := os.Stat(filepath.Join(k.cfg.Folder, name, manifestName)); err != nil {
		return ErrNotFound
	}
	return k.ask(ctx, job{kind: Checking, name: name, actor: actor}, "backup.check")
}

func (k *Keeper) ask(ctx context.Context, j job, action string) error {
	k.mu.Lock()
	busy := k.asked != nil || k.doing.kind != ""
	if !busy {
		k.asked = &j
	}
	k.mu.Unlock()
	if busy {
		return ErrBusy
	}
	if err := k.audit(ctx, j.actor, action, cmp.Or(j.name, "backup"), ""); err != nil {
		k.mu.Lock()
		if k.asked == &j {
			k.asked = nil
		}
		k.mu.Unlock()
		return err
	}
	select {
	case k.wake <- struct{}{}:
	default: // it is awake
	}
	return nil
}

func (k *Keeper) audit(ctx context.Context, actor, action, subject, detail string) error {
	return k.cfg.Store.Update(ctx, func(t *store.Tx) error {
		return t.Audit(ctx, store.Record{At: k.cfg.Now(), Actor: actor, Action: action, Subject: subject, Detail: detail})
	})
}

// instant is the newest of the daily instants that is not after now, plus days.
func (k *Keeper) instant(now time.Time, days int) time.Time {
	local := now.In(k.cfg.Zone)
	y, m, d := local.Date()
	at := time.Date(y, m, d, 0, k.cfg.At, 0, 0, k.cfg.Zone)
	if at.After(now) {
		days--
	}
	return time.Date(y, m, d+days, 0, k.cfg.At, 0, 0, k.cfg.Zone)
}

// due reports whether the daily backup is due. The caller holds mu.
func (k *Keeper) due(now time.Time) bool {
	if k.cfg.At < 0 || now.Before(k.retry) {
		return false
	}
	last := k.instant(now, 0)
	if len(k.list) > 0 && !k.list[0].Made.Before(last.Truncate(time.Millisecond)) {
		return false
	}
	return last.After(k.began) || now.Sub(k.began) >= settleIn
}

// make makes, checks and prunes.
func (k *Keeper) make(ctx context.Context, actor string) {
	began := k.cfg.Now()
	name, m, err := k.makeOne(ctx, actor, began)
	if ctx.Err() != nil {
		return // the controller ends; what was begun is swept up at the next backup
	}
	if err != nil {
		why := reason(err)
		k.cfg.Log.Error("A backup failed.", "folder", k.cfg.Folder, "error", err)
		k.mu.Lock()
		k.fail, k.retry = failure{k.cfg.Now(), why}, k.cfg.Now().Add(again)
		k.mu.Unlock()
		if err := errors.Join(sweep(k.cfg.Folder), k.audit(ctx, actor, "backup.fail", name, why.Zh+" / "+why.En)); err != nil {
			k.cfg.Log.Error("The end of a backup could not be noted.", "error", err)
		}
		return
	}
	k.cfg.Log.Info("A backup was made.", "name", name, "bytes", m.Bytes(), "new", m.Blobs.New+m.Database.Size, "seconds", m.Took)
	k.mu.Lock()
	k.fail, k.retry = failure{}, time.Time{}
	k.mu.Unlock()
	if err := k.audit(ctx, actor, "backup.made", name, fmt.Sprintf("%d blobs, %d bytes", m.Blobs.Count, m.Bytes())); err != nil {
		k.cfg.Log.Error("The end of a backup could not be noted.", "error", err)
	}
	k.check(ctx, System, name)
	k.prune(ctx)
}

func (k *Keeper) makeOne(ctx context.Context, actor string, began time.Time) (string, Manifest, error) {
	name := nameOf(began)
	if err := os.MkdirAll(k.cfg.Folder, 0o700); err != nil {
		return name, Manifest{}, err
	}
	if err := sweep(k.cfg.Folder); err != nil {
		return name, Manifest{}, err
	}
	r := Request{
		Place: k.cfg.Place, Dir: filepath.Join(k.cfg.Folder, name), Store: k.cfg.Store, Office: k.cfg.Office, Actor: actor, Now: k.cfg.Now, Step: k.cfg.Step,
		Anew: k.newWeek(began),
	}
	m, err := Make(ctx, r)
	if _, full := errors.AsType[*NoRoom](err); full && r.Anew {
		r.Anew = false
		m, err = Make(ctx, r)
	}
	return name, m, err
}

// newWeek reports whether no backup was made in the week of now. The first of a
// week shares nothing with those before: a bad sector is not in all of them.
func (k *Keeper) newWeek(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.list) == 0 {
		return true
	}
	y, w := now.In(k.cfg.Zone).ISOWeek()
	y2, w2 := k.list[0].Made.In(k.cfg.Zone).ISOWeek()
	return y != y2 || w != w2
}

// check checks one backup and keeps what was found.
func (k *Keeper) check(ctx context.Context, _, name string) {
	dir := filepath.Join(k.cfg.Folder, name)
	report, err := Check(ctx, dir)
	if err != nil {
		if ctx.Err() == nil {
			k.cfg.Log.Error("A backup could not be checked.", "name", name, "error", err)
		}
		return
	}
	if len(report.Problems) > 0 {
		k.cfg.Log.Error("A backup did not pass its check.", "name", name, "error", report.Err())
	}
	if err := writeChecked(dir, k.cfg.Now(), report.Problems); err != nil {
		k.cfg.Log.Error("What the check of a backup found could not be kept.", "name", name, "error", err)
	}
}

// prune removes what is not kept any more.
func (k *Keeper) prune(ctx context.Context) {
	all, err := List(k.cfg.Folder)
	if err == nil {
		for _, name := range surplus(all, k.cfg.Now(), k.cfg.Zone, k.cfg.Daily, k.cfg.Weekly) {
			if err = errors.Join(err, remove(k.cfg.Folder, name)); err == nil {
				err = k.audit(ctx, System, "backup.prune", name, "")
			}
		}
	}
	if err != nil {
		k.cfg.Log.Error("Old backups could not be removed.", "error", err)
	}
}

// State says how backups stand.
func (k *Keeper) State() State {
	now := k.cfg.Now()
	free, err := freeBytes(k.cfg.Folder)
	if err != nil {
		if free, err = freeBytes(k.cfg.Place.Data); err != nil {
			free = -1
		}
	}
	rel, err := filepath.Rel(k.cfg.Place.Data, k.cfg.Folder)
	k.mu.Lock()
	defer k.mu.Unlock()
	s := State{
		Folder: k.cfg.Folder, Beside: err == nil && filepath.IsLocal(rel), Doing: k.doing.kind, Name: k.doing.name, Since: k.from, Backups: k.list,
		Failed: k.fail.at, Why: k.fail.why, Free: free, Daily: k.cfg.Daily, Weekly: k.cfg.Weekly,
	}
	if k.asked != nil && s.Doing == "" {
		s.Doing, s.Name, s.Since = k.asked.kind, k.asked.name, now
	}
	if k.cfg.At >= 0 {
		s.Next = k.instant(now, 1)
	}
	return s
}

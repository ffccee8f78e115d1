package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"mingbai/playlist"
)

// Ten thousand screens are asked for at every page, and reading them takes a tenth
// of a second. What is asked for most (the screens, the sites, the newest revisions)
// is therefore kept in memory, and every transaction notes what it writes: who asks
// after an Update has returned gets what it wrote. Only this program writes the
// tables that are kept; another one has no lock on the folder of the database.

// Roster returns all screens by site and name, as Screens does. The list and what it
// points at are shared and must not be changed; a screen that changes is another
// pointer, so that what was made of it need be made anew only then.
func (s *Store) Roster(ctx context.Context) ([]*Screen, error) { return s.kept.roster(ctx, s.Reader) }

// Screens is Roster as values. What they refer to is shared too.
func (s *Store) Screens(ctx context.Context) ([]Screen, error) {
	rows, err := s.Roster(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Screen, len(rows))
	for i, row := range rows {
		all[i] = *row
	}
	return all, nil
}

// ScreenByKey returns the screen that a device key is bound to, or ErrNotFound. What
// it points at is shared and must not be changed. Ten thousand devices that come back
// at once ask nothing of the database.
func (s *Store) ScreenByKey(ctx context.Context, key []byte) (Screen, error) {
	screen, whole := s.kept.of(key)
	if !whole {
		if _, err := s.Roster(ctx); err != nil {
			return Screen{}, err
		}
		screen, _ = s.kept.of(key)
	}
	if screen == nil { // nobody's, or being written
		return s.Reader.ScreenByKey(ctx, key)
	}
	return *screen, nil
}

// Revisions returns the newest revision of each of the given channels that has an
// edition.
func (s *Store) Revisions(ctx context.Context, ids []playlist.ChannelID) (map[playlist.ChannelID]playlist.Revision, error) {
	latest, err := s.Latest(ctx)
	if err != nil {
		return nil, err
	}
	of := make(map[playlist.ChannelID]playlist.Revision, len(ids))
	for _, id := range ids {
		if rev, ok := latest[id]; ok {
			of[id] = rev
		}
	}
	return of, nil
}

// Tree returns the sites as a tree, which is shared and must not be changed. While
// no site changes it is the same pointer.
func (s *Store) Tree(ctx context.Context) (*Tree, error) {
	return keep(ctx, s.kept, &s.kept.tree, Reader.Tree, s.Reader)
}

// Latest returns the newest revision of every channel that has an edition, as a
// shared map that must not be changed.
func (s *Store) Latest(ctx context.Context) (map[playlist.ChannelID]playlist.Revision, error) {
	return keep(ctx, s.kept, &s.kept.latest, func(r Reader, ctx context.Context) (map[playlist.ChannelID]playlist.Revision, error) {
		channels, err := r.Channels(ctx)
		latest := make(map[playlist.ChannelID]playlist.Revision, len(channels))
		for _, c := range channels {
			if c.Revision > 0 {
				latest[c.ID] = c.Revision
			}
		}
		return latest, err
	}, s.Reader)
}

// kept is what is held in memory of the database.
type kept struct {
	seq     atomic.Uint64 // counts transactions, each as it begins
	filling sync.Mutex    // held while screens are read

	mu     sync.Mutex // guards what follows
	tree   fact[*Tree]
	latest fact[map[playlist.ChannelID]playlist.Revision]

	whole  bool // rows has all screens, except for those that are stale
	all    bool // every screen is to be read anew
	rows   map[playlist.ScreenID]keptRow
	byKey  map[string]playlist.ScreenID // of devices; one that was replaced may be in it
	stale  map[playlist.ScreenID]bool   // to be read anew
	asking map[playlist.ScreenID]bool   // are being read; what is written to them meanwhile makes them stale
	list   []*Screen                    // nil when it is to be made anew
	lent   bool                         // somebody has list: it is copied before it changes
}

func newKept() *kept { return &kept{stale: map[playlist.ScreenID]bool{}} }

// unsure forgets everything.
func (k *kept) unsure() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tree.forget()
	k.latest.forget()
	k.all = true
}

// keptRow is a screen with its place on the list and the number of the transaction
// that may have written it last.
type keptRow struct {
	*Screen
	at  int
	seq uint64
}

// put takes a screen as it is now. The caller holds mu.
func (k *kept) put(s *Screen, seq uint64) {
	was, known := k.rows[s.ID]
	switch {
	case k.list == nil:
	case !known || was.Site != s.Site:
		k.list = nil
	default:
		if k.lent {
			k.list, k.lent = slices.Clone(k.list), false
		}
		k.list[was.at] = s
	}
	k.rows[s.ID] = keptRow{s, was.at, seq}
	if s.Key != nil {
		k.byKey[string(s.Key)] = s.ID
	}
}

// of returns the screen of a device key as it is, nil if it is not known for sure.
// whole is false when the screens are to be read first.
func (k *kept) of(key []byte) (s *Screen, whole bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.whole || k.all {
		return nil, false
	}
	id, known := k.byKey[string(key)]
	row := k.rows[id]
	switch {
	case !known:
		return nil, true
	case k.stale[id] || k.asking[id]:
		return nil, false // with all others that were written
	case row.Screen == nil || !bytes.Equal(row.Key, key):
		return nil, true
	}
	return row.Screen, true
}

// fact is something that is read as a whole. Of counts what changed it.
type fact[T any] struct {
	value T
	known bool
	of    uint64
}

// keep returns a fact, reading it where it is not known any more.
func keep[T any](ctx context.Context, k *kept, f *fact[T], read func(Reader, context.Context) (T, error), r Reader) (T, error) {
	k.mu.Lock()
	value, known, of := f.value, f.known, f.of
	k.mu.Unlock()
	if known {
		return value, nil
	}
	value, err := read(r, ctx)
	if err != nil {
		return value, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if f.of == of { // or it changed while it was read
		f.value, f.known = value, true
	}
	return value, nil
}

func (f *fact[T]) forget() {
	var zero T
	f.value, f.known, f.of = zero, false, f.of+1
}

// readTogether is up to how many screens are read one by one by their names;
// of more, all are read.
const readTogether = 500

func (k *kept) roster(ctx context.Context, r Reader) ([]*Screen, error) {
	k.filling.Lock()
	defer k.filling.Unlock()
	k.mu.Lock()
	whole := !k.whole || k.all || len(k.stale) > readTogether
	asked := k.stale
	lacks := whole || len(asked) > 0 // when nothing does, asked remains what others write to
	if lacks {
		k.stale, k.all = map[playlist.ScreenID]bool{}, false
		k.asking = asked
	}
	if whole {
		k.whole, k.asking = false, nil
	}
	k.mu.Unlock()
	if lacks {
		if err := k.fill(ctx, r, whole, asked); err != nil {
			return nil, err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list == nil {
		list := make([]*Screen, 0, len(k.rows))
		for _, row := range k.rows {
			list = append(list, row.Screen)
		}
		slices.SortFunc(list, func(a, b *Screen) int { return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.ID, b.ID)) })
		for i, screen := range list {
			k.rows[screen.ID] = keptRow{screen, i, k.rows[screen.ID].seq}
		}
		k.list = list
	}
	k.lent = true
	return k.list, nil
}

// fill reads screens, all or those that were asked for.
func (k *kept) fill(ctx context.Context, r Reader, whole bool, asked map[playlist.ScreenID]bool) error {
	var c conditions
	if !whole {
		in(&c, "id", slices.Collect(maps.Keys(asked)))
	}
	rows, err := collect(ctx, r.q, "screens", scanScreen, `SELECT `+screenColumns+` FROM screens`+c.where(), c.args...)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asking = nil
	if err != nil {
		k.all = true
		return err
	}
	if whole {
		k.rows, k.list = make(map[playlist.ScreenID]keptRow, len(rows)), nil
		k.byKey = make(map[string]playlist.ScreenID, len(rows))
	}
	seq := k.seq.Load() // those that began before may be in what was read, and may be taken later
	for i := range rows {
		delete(asked, rows[i].ID)
		k.put(&rows[i], seq)
	}
	for id := range asked { // they are gone
		delete(k.rows, id)
		k.list = nil
	}
	k.whole = true
	return nil
}

// took applies what a transaction wrote, after it was committed.
func (k *kept) took(n *notes) {
	if len(n.screens) == 0 && !n.all && !n.sites && !n.channels {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if n.sites {
		k.tree.forget()
	}
	if n.channels {
		k.latest.forget()
	}
	k.all = k.all || n.all
	for _, w := range n.screens {
		row, known := k.rows[w.id]
		if !k.whole || !known || w.patch == nil || k.stale[w.id] || k.asking[w.id] || n.seq <= row.seq {
			k.stale[w.id] = true
			continue
		}
		next := *row.Screen
		w.patch(&next)
		k.put(&next, n.seq)
	}
}

// notes is what one transaction wrote of what is kept.
type notes struct {
	seq      uint64 // of the transaction; they are written one at a time
	screens  []noted
	all      bool // some screens, nobody knows which
	sites    bool
	channels bool
}

// noted is a screen that was written. patch does the same to one in memory; nil
// when it must be read.
type noted struct {
	id    playlist.ScreenID
	patch func(*Screen)
}

// writing is the querier of a transaction. It sees every statement, so that none is
// forgotten. One that comes again is prepared, which takes longer than carrying it
// out does.
type writing struct {
	*sql.Tx
	notes *notes
	again map[string]*sql.Stmt // by its text; nil after the first time
}

func (w writing) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	w.notes.note(query, args)
	stmt, again := w.again[query]
	if !again {
		w.again[query] = nil
		return w.Tx.ExecContext(ctx, query, args...)
	}
	if stmt == nil {
		var err error
		if stmt, err = w.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
		w.again[query] = stmt // until the transaction ends
	}
	return stmt.ExecContext(ctx, args...)
}

func (w writing) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	w.notes.note(query, args) // UPDATE … RETURNING
	return w.Tx.QueryRowContext(ctx, query, args...)
}

func (w writing) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	w.notes.note(query, args)
	return w.Tx.QueryContext(ctx, query, args...)
}

// note sees what a statement writes. Of screens it knows the one whose name is the
// first argument; a statement of another form may have written all of them.
func (n *notes) note(query string, args []any) {
	switch written(query) {
	case "sites":
		n.sites = true
	case "channels":
		n.channels = true
	case "screens":
		if strings.HasPrefix(query, "INSERT INTO screens (id, ") || strings.Contains(query, "WHERE id = $1") {
			if id, ok := args[0].(string); ok {
				n.screens = append(n.screens, noted{id: playlist.ScreenID(id)})
				return
			}
		}
		n.all = true
	}
}

// written returns the table that a statement writes, or nothing.
func written(query string) string {
	query = strings.TrimLeft(query, " \t\n")
	for _, verb := range [...]string{"UPDATE ", "INSERT INTO ", "DELETE FROM "} {
		if rest, ok := strings.CutPrefix(query, verb); ok {
			table, _, _ := strings.Cut(rest, " ")
			return table
		}
	}
	return ""
}

// patched says how the statement before changed a screen, so that the screen need
// not be read again for it.
func (t *Tx) patched(id playlist.ScreenID, patch func(*Screen)) error {
	n := t.notes
	if n == nil {
		return nil // a migration: nothing is kept yet
	}
	last := len(n.screens) - 1
	if last < 0 || n.screens[last].id != id || n.screens[last].patch != nil {
		return fmt.Errorf("screen %s was not written by the last statement", id)
	}
	n.screens[last].patch = patch
	return nil
}

package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"mingbai/controller/store"
)

// Entry is one line of a list of people: a new account, or what becomes of one.
type Entry struct {
	ID       string // of an account that changes; empty for a new one
	Details  Details
	Password string // of a new account
	Row      int    // of the table that it stands in, for an EntryError
}

// EntryError says at which entry of a list nothing was done.
type EntryError struct {
	Row int // of the entry
	Err error
}

func (e *EntryError) Error() string { return fmt.Sprintf("row %d: %v", e.Row, e.Err) }

func (e *EntryError) Unwrap() error { return e.Err }

// Enter makes and changes all accounts of a list, or none: it returns the new ones
// in the order of their entries. Passwords are hashed first, a few at a time and
// with one slot left to those who sign in meanwhile; only then, in one
// transaction, is anything written. done is told how many entries are ready, from
// several goroutines; it may be nil. The error is an *EntryError of what Create and
// Change return, or that of the context.
func (a *Accounts) Enter(ctx context.Context, by Person, entries []Entry, done func(ready int)) ([]Person, error) {
	rows := make([]store.Account, len(entries))
	for i, e := range entries {
		if e.ID != "" {
			continue
		}
		var err error
		if rows[i], err = a.open(e.Details); err == nil {
			err = a.judge(ctx, rows[i], e.Password)
		}
		if err != nil {
			return nil, &EntryError{e.Row, err}
		}
	}
	if err := a.hashAll(ctx, entries, rows, done); err != nil {
		return nil, err
	}
	var made []Person
	err := a.store.Update(ctx, func(t *store.Tx) error {
		made = nil // a transaction may be tried again
		for i, e := range entries {
			var err error
			if e.ID != "" {
				err = a.change(ctx, t, by, e.ID, e.Details)
			} else if err = a.save(ctx, t, store.Account{}, rows[i], by.Login, "account.create"); err == nil {
				made = append(made, personOf(rows[i]))
			}
			if err != nil {
				return &EntryError{e.Row, err}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// hashAll hashes the passwords of new accounts, with as many workers as there are
// slots but one.
func (a *Accounts) hashAll(ctx context.Context, entries []Entry, rows []store.Account, done func(ready int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		work  sync.WaitGroup
		mu    sync.Mutex // guards ready
		ready int
	)
	tell := func() {
		mu.Lock()
		defer mu.Unlock()
		if ready++; done != nil {
			done(ready)
		}
	}
	next := make(chan int)
	for range max(1, cap(a.slots)-1) {
		work.Go(func() {
			for i := range next {
				hash, err := a.hashed(ctx, entries[i].Password)
				if err != nil {
					cancel(err)
					continue // and take the rest, of which each fails at once
				}
				rows[i].Password = hash
				tell()
			}
		})
	}
	for i, e := range entries {
		if e.ID != "" {
			tell()
			continue
		}
		next <- i
	}
	close(next)
	work.Wait()
	return context.Cause(ctx)
}

// keepRoll is how long the passwords of a list that is done can be looked at.
const keepRoll = 15 * time.Minute

// mostRolls is how many lists are known at once.
const mostRolls = 16

// Roll is a list of people that is being entered, or was a while ago. It is kept in
// memory only, with the first passwords, and gone when the program ends.
type Roll struct {
	By    string // login of who brought it
	Total int    // entries
	Ready int    // entries whose passwords are hashed
	Ended bool
	Until time.Time // once Ended: it is known until then
	Made  []Opened  // once Ended without an error
	Err   error     // why nothing was written
	done  chan struct{}
}

// Opened is a new account with the password of its first sign-in.
type Opened struct {
	Person   Person
	Password string
}

// Done is closed when the list has ended.
func (r Roll) Done() <-chan struct{} { return r.done }

// Begin enters a list in the background, named by whoever brings it. A name that is
// known is left as it is: sending it twice enters nothing twice. The error is
// ErrBusy when there are too many lists or the program ends.
func (a *Accounts) Begin(by Person, name string, entries []Entry) (Roll, error) {
	now := a.cfg.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, r := range a.rolls {
		if r.Ended && !now.Before(r.Until) {
			delete(a.rolls, key)
		}
	}
	if r := a.rolls[name]; r != nil {
		return *r, nil
	}
	if len(a.rolls) >= mostRolls || a.life.Err() != nil {
		return Roll{}, ErrBusy
	}
	r := &Roll{By: by.Login, Total: len(entries), done: make(chan struct{})}
	a.rolls[name] = r
	entries = slices.Clone(entries)
	a.work.Go(func() {
		defer close(r.done)
		made, err := a.Enter(store.WithOrigin(a.life, by.Origin), by, entries, func(ready int) {
			a.mu.Lock()
			defer a.mu.Unlock()
			r.Ready = max(r.Ready, ready)
		})
		a.mu.Lock()
		defer a.mu.Unlock()
		r.Ended, r.Err, r.Until = true, err, a.cfg.Now().Add(keepRoll)
		for _, e := range entries {
			if e.ID == "" && err == nil {
				r.Made = append(r.Made, Opened{made[len(r.Made)], e.Password})
			}
		}
	})
	return *r, nil
}

// RollOf returns a list that somebody brought; ok is false for a name that is not
// known, or not any more.
func (a *Accounts) RollOf(by Person, name string) (r Roll, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	known := a.rolls[name]
	if known == nil || known.By != by.Login || known.Ended && !a.cfg.Now().Before(known.Until) {
		return Roll{}, false
	}
	return *known, true
}

// Forget lets go of a list that has ended, with its passwords.
func (a *Accounts) Forget(by Person, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r := a.rolls[name]; r != nil && r.Ended && r.By == by.Login {
		delete(a.rolls, name)
	}
}

// ErrBusy: too many lists are being entered at once.
var ErrBusy = errors.New("too many lists of people are being entered")

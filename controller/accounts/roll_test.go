package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// list is a list of n new people.
func list(n int) []accounts.Entry {
	var all []accounts.Entry
	for i := range n {
		all = append(all, accounts.Entry{
			Row: i + 2, Password: accounts.FirstPassword(),
			Details: accounts.Details{Login: fmt.Sprintf("clerk%03d", i), Name: "某某", Roles: []accounts.Role{accounts.Drafter}, MustChange: true},
		})
	}
	return all
}

func TestAListIsEnteredWholeOrNotAtAll(t *testing.T) {
	ctx := t.Context()
	a, s, _ := people(t)
	li := first(t, a)
	count := func() (people int, lines int) {
		t.Helper()
		all, err := a.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := s.FindRecords(ctx, store.AuditFilter{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return len(all), len(rows)
	}
	people, lines := count()
	refused := func(name string, entries []accounts.Entry, row int, want error) {
		t.Helper()
		_, err := a.Enter(ctx, li, entries, nil)
		at, ok := errors.AsType[*accounts.EntryError](err)
		if !ok || at.Row != row || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v at row %d", name, err, want, row)
		}
		if p, l := count(); p != people || l != lines {
			t.Errorf("%s: %d people and %d lines of the log, there were %d and %d", name, p, l, people, lines)
		}
	}
	all := list(40)
	all[31].Password = "1234567890"
	refused("a password that is guessed", all, 33, accounts.ErrCommon)
	all = list(40)
	all[39].Details.Login = "li"
	refused("a login that is in use", all, 41, store.ErrConflict)
	all = list(40)
	all[39].Details.Login = "clerk007"
	refused("a login twice", all, 41, store.ErrConflict)
	all = append(list(40), accounts.Entry{Row: 99, ID: li.ID, Details: accounts.Details{Name: "李某", Roles: []accounts.Role{accounts.Drafter}}})
	refused("the last administrator", all, 99, accounts.ErrLastAdministrator)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := a.Enter(gone, li, list(40), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the program was told to end: %v", err)
	}
	if p, l := count(); p != people || l != lines {
		t.Errorf("a list that was stopped left %d people and %d lines", p, l)
	}

	ready := make(chan int, 100)
	all = append(list(40), accounts.Entry{Row: 50, ID: li.ID, Details: accounts.Details{Name: "李明", Roles: []accounts.Role{accounts.Administrator}}})
	made, err := a.Enter(ctx, li, all, func(n int) { ready <- n })
	if err != nil || len(made) != 40 || made[39].Login != "clerk039" {
		t.Fatalf("%d were made: %v", len(made), err)
	}
	if p, l := count(); p != people+40 || l != lines+41 {
		t.Errorf("%d people and %d lines", p, l)
	}
	close(ready)
	var seen []int
	for n := range ready {
		seen = append(seen, n)
	}
	slices.Sort(seen)
	if len(seen) != 41 || seen[0] != 1 || seen[40] != 41 {
		t.Errorf("progress was %v", seen)
	}
	if token, _, err := a.SignIn(ctx, "clerk020", all[20].Password); err != nil || token == "" {
		t.Errorf("the first password: %v", err)
	}
}

// TestAListLeavesRoomToSignIn shows that who signs in while a list is entered waits
// for no more than a hash or two, and that the list can be looked for afterwards.
func TestAListLeavesRoomToSignIn(t *testing.T) {
	ctx := t.Context()
	a, _, now := people(t)
	li := first(t, a)
	all := list(60)
	roll, err := a.Begin(li, "one", all)
	if err != nil {
		t.Fatal(err)
	}
	again, err := a.Begin(li, "one", list(60))
	if err != nil || again.Done() != roll.Done() {
		t.Errorf("sent twice it is another list: %v", err)
	}
	if err := a.Verify(ctx, li, password); err != nil {
		t.Errorf("meanwhile: %v", err)
	}
	<-roll.Done()
	got, ok := a.RollOf(li, "one")
	if !ok || !got.Ended || got.Err != nil || got.Ready != 60 || len(got.Made) != 60 || got.Made[7].Password != all[7].Password || got.Made[7].Person.Login != "clerk007" {
		t.Fatalf("the list is %v, %+v", ok, got)
	}
	if _, ok := a.RollOf(accounts.Person{Login: "other"}, "one"); ok {
		t.Error("somebody else sees the passwords")
	}
	a.Forget(accounts.Person{Login: "other"}, "one")
	*now = now.Add(14 * time.Minute)
	if _, ok := a.RollOf(li, "one"); !ok {
		t.Error("the passwords are gone before anybody could print them")
	}
	*now = now.Add(2 * time.Minute)
	if _, ok := a.RollOf(li, "one"); ok {
		t.Error("the passwords can be seen for ever")
	}
	a.Close()
	if _, err := a.Begin(li, "two", list(1)); !errors.Is(err, accounts.ErrBusy) {
		t.Errorf("after the end: %v", err)
	}
}

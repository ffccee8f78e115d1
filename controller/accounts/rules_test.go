package accounts_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// TestWhoMayBeWhat goes through every set of roles: nobody comes through who
// administers and publishes, audits and does anything that is audited, or comes
// from outside and does more than draft.
func TestWhoMayBeWhat(t *testing.T) {
	lawful := 0
	for set := range 1 << len(accounts.Roles) {
		var roles []accounts.Role
		for i, r := range accounts.Roles {
			if set&(1<<i) != 0 {
				roles = append(roles, r)
			}
		}
		has := func(r ...accounts.Role) bool {
			return slices.ContainsFunc(r, func(r accounts.Role) bool { return slices.Contains(roles, r) })
		}
		p := has(accounts.FirstReviewer, accounts.SecondReviewer, accounts.Secrecy, accounts.Releaser)
		var want error
		switch {
		case has(accounts.Auditor) && (p || has(accounts.Drafter, accounts.Administrator)):
			want = accounts.ErrAudits
		case has(accounts.Administrator) && p:
			want = accounts.ErrAdministers
		default:
			lawful++
		}
		if err := accounts.Lawful(roles, false); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%v: %v, want %v", roles, err, want)
		}
		outside := accounts.Lawful(roles, true)
		if only := len(roles) == 0 || len(roles) == 1 && roles[0] == accounts.Drafter; only != (outside == nil) {
			t.Errorf("a contractor as %v: %v", roles, outside)
		}
	}
	if lawful == 0 {
		t.Error("nobody may be anything")
	}
	if err := accounts.Lawful([]accounts.Role{"king"}, false); !errors.Is(err, accounts.ErrInvalid) {
		t.Errorf("a king: %v", err)
	}
}

// TestRowsFromBeforeTheRules shows that an account written past the rules does
// not get what they forbid.
func TestRowsFromBeforeTheRules(t *testing.T) {
	ctx := t.Context()
	a, s, _ := people(t)
	li := first(t, a)
	err := s.Update(ctx, func(tx *store.Tx) error {
		acc, err := tx.Account(ctx, li.ID)
		if err != nil {
			return err
		}
		acc.Roles = nil
		for _, r := range accounts.Roles {
			acc.Roles = append(acc.Roles, string(r))
		}
		return tx.PutAccount(ctx, acc)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, p, err := a.SignIn(ctx, "li", password)
	if err != nil || !p.Has(accounts.Administrator) || p.Has(accounts.Publishing...) || p.Has(accounts.Auditor) {
		t.Errorf("in spite of the rules: %+v, %v", p, err)
	}
}

func TestChangesAreOnRecord(t *testing.T) {
	a, s, _ := people(t)
	ctx := store.WithOrigin(t.Context(), "10.1.2.3")
	li := first(t, a)
	wang, err := a.Create(ctx, li, accounts.Details{Login: "wang", Name: "王某", Roles: []accounts.Role{accounts.Drafter}}, password)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Change(ctx, li, wang.ID, accounts.Details{Name: "王某", Roles: []accounts.Role{accounts.Releaser}, Contractor: true}); !errors.Is(err, accounts.ErrContractor) {
		t.Errorf("a contractor who publishes: %v", err)
	}
	if err := a.Change(ctx, li, wang.ID, accounts.Details{Name: "王小某", Roles: []accounts.Role{accounts.Releaser}, Phone: "0000-1"}); err != nil {
		t.Fatal(err)
	}
	if err := a.SetPassword(ctx, li, wang.ID, "another 2026 password"); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Records(ctx, "wang", 0, 10)
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d lines, %v", len(rows), err)
	}
	var before, after store.Account
	if err := errors.Join(json.Unmarshal([]byte(rows[1].Before), &before), json.Unmarshal([]byte(rows[1].After), &after)); err != nil {
		t.Fatal(err)
	}
	if rows[1].Actor != "li" || rows[1].Origin != "10.1.2.3" || before.Name != "王某" || after.Name != "王小某" || after.Phone != "0000-1" || after.Roles[0] != "releaser" {
		t.Errorf("the change is recorded as %+v", rows[1])
	}
	for _, r := range rows {
		if strings.Contains(r.Before+r.After+r.Detail, "argon2") || strings.Contains(r.Before+r.After+r.Detail, "another 2026") {
			t.Errorf("a password is in the audit log: %+v", r)
		}
	}
}

func TestFirstPasswordIsForOneSignIn(t *testing.T) {
	ctx := t.Context()
	a, s, now := people(t)
	li := first(t, a)
	initial := accounts.FirstPassword()
	wang, err := a.Create(ctx, li, accounts.Details{Login: "wang", Roles: []accounts.Role{accounts.Drafter}, MustChange: true}, initial)
	if err != nil || !wang.MustChange {
		t.Fatalf("%+v, %v", wang, err)
	}
	*now = now.Add(time.Hour)
	_, p, err := a.SignIn(ctx, "wang", initial)
	if err != nil || !p.MustChange {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := a.OwnPassword(ctx, p, initial, initial); !errors.Is(err, accounts.ErrSame) {
		t.Errorf("the same again: %v", err)
	}
	if _, err := a.OwnPassword(ctx, p, "wrong wrong wrong", password); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("without the present one: %v", err)
	}
	token, err := a.OwnPassword(ctx, p, initial, password)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = a.Session(ctx, token); err != nil || p.MustChange {
		t.Errorf("after the change: %+v, %v", p, err)
	}
	if acc, err := s.AccountByLogin(ctx, "wang"); err != nil || !acc.Seen.Equal(*now) {
		t.Errorf("last seen %v, %v", acc.Seen, err)
	}
	if err := a.SetPassword(ctx, li, wang.ID, password+"2"); err != nil {
		t.Fatal(err)
	}
	if _, p, err = a.SignIn(ctx, "wang", password+"2"); err != nil || !p.MustChange {
		t.Errorf("after somebody else set it: %+v, %v", p, err)
	}
}

func TestOrigin(t *testing.T) {
	for _, c := range []struct {
		remote, forwarded string
		proxy             bool
		want              string
	}{
		{"10.0.0.7:5123", "", false, "10.0.0.7"},
		{"10.0.0.7:5123", "1.2.3.4", false, "10.0.0.7"},
		{"10.0.0.7:5123", "6.6.6.6, 1.2.3.4", true, "1.2.3.4"},
		{"10.0.0.7:5123", "nonsense", true, "10.0.0.7"},
		{"10.0.0.7:5123", "", true, "10.0.0.7"},
		{"[fe80::1]:80", "", false, "fe80::1"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := accounts.Origin(r, c.proxy); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

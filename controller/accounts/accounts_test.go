package accounts_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
)

const password = "柳溪村的老井 1962"

// people opens accounts on a new database, with a clock that the test moves.
func people(t *testing.T) (*accounts.Accounts, *store.Store, *time.Time) {
	t.Helper()
	s := storetest.Open(t, filepath.Join(t.TempDir(), "x.db"))
	t.Cleanup(func() { s.Close() })
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	a, err := accounts.New(s, accounts.Config{
		Now: func() time.Time { return now }, Zone: time.UTC, Idle: 12 * time.Hour, Absolute: 7 * 24 * time.Hour,
		Seal: []byte("a key that lies beside the database"), Second: []accounts.Role{accounts.Administrator}, Grace: 14 * 24 * time.Hour, Cost: accounts.Cheap,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, s, &now
}

// first signs the first person up.
func first(t *testing.T, a *accounts.Accounts) accounts.Person {
	t.Helper()
	token, needed, err := a.SetupToken(t.Context())
	if err != nil || !needed {
		t.Fatalf("setup token: %v, %v", needed, err)
	}
	p, err := a.SignUp(t.Context(), token, "Li", "李某", password)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSignUpWorksOnce(t *testing.T) {
	ctx := t.Context()
	a, _, _ := people(t)
	if _, err := a.SignUp(ctx, "", "li", "李某", password); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("without a token: %v", err)
	}
	old, _, err := a.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := a.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.SignUp(ctx, old, "li", "李某", password); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("with a former token: %v", err)
	}
	if _, err := a.SignUp(ctx, token, "li", "李某", "short"); !errors.Is(err, accounts.ErrPassword) {
		t.Errorf("with a short password: %v", err)
	}
	p, err := a.SignUp(ctx, token, " LI ", "李某", password)
	if err != nil || p.Login != "li" || !p.Has(accounts.Administrator) {
		t.Fatalf("sign up: %+v, %v", p, err)
	}
	if _, err := a.SignUp(ctx, token, "wang", "王某", password); err == nil {
		t.Error("the token worked twice")
	}
	if _, needed, err := a.SetupToken(ctx); needed || err != nil {
		t.Errorf("a token after the first account: %v, %v", needed, err)
	}
}

func TestSessionsEnd(t *testing.T) {
	ctx := t.Context()
	a, _, now := people(t)
	li := first(t, a)
	in := func() string {
		t.Helper()
		token, _, err := a.SignIn(ctx, "li", password)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	holds := func(token string, want bool) {
		t.Helper()
		_, err := a.Session(ctx, token)
		if want != (err == nil) || err != nil && !errors.Is(err, accounts.ErrNoSession) {
			t.Errorf("session at %v: %v, want %v", *now, err, want)
		}
	}
	token := in()
	holds(token, true)
	holds(token+"x", false)
	*now = now.Add(11 * time.Hour)
	holds(token, true) // used: the idle time begins anew
	*now = now.Add(11 * time.Hour)
	holds(token, true)
	*now = now.Add(13 * time.Hour)
	holds(token, false)

	token = in()
	for range 7*24/11 + 1 { // never idle, and still it ends
		*now = now.Add(11 * time.Hour)
		_, _ = a.Session(ctx, token)
	}
	holds(token, false)

	token = in()
	if err := a.SignOut(ctx, token); err != nil {
		t.Fatal(err)
	}
	holds(token, false)

	token = in()
	if err := a.SetPassword(ctx, li, li.ID, "another 2026 password"); err != nil {
		t.Fatal(err)
	}
	holds(token, false)
}

func TestLockout(t *testing.T) {
	ctx := t.Context()
	a, _, now := people(t)
	first(t, a)
	for range 5 {
		if _, _, err := a.SignIn(ctx, "li", "wrong password"); !errors.Is(err, accounts.ErrSignIn) {
			t.Fatalf("a wrong password: %v", err)
		}
	}
	if _, _, err := a.SignIn(ctx, "li", password); !errors.Is(err, accounts.ErrLocked) {
		t.Errorf("the right password after five wrong ones: %v", err)
	}
	*now = now.Add(time.Minute + time.Second)
	if _, _, err := a.SignIn(ctx, "li", "wrong password"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("after the lock: %v", err)
	}
	*now = now.Add(time.Minute + time.Second) // the second lock is longer
	if _, _, err := a.SignIn(ctx, "li", password); !errors.Is(err, accounts.ErrLocked) {
		t.Errorf("in the second lock: %v", err)
	}
	*now = now.Add(time.Minute)
	if _, _, err := a.SignIn(ctx, "li", password); err != nil {
		t.Errorf("after the second lock: %v", err)
	}
	if _, _, err := a.SignIn(ctx, "nobody", password); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("an unknown login: %v", err)
	}
}

func TestTokens(t *testing.T) {
	ctx := t.Context()
	a, s, now := people(t)
	li := first(t, a)
	token, row, err := a.NewToken(ctx, li, "村网站", "liuxi", []accounts.Role{accounts.Drafter}, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.Token(ctx, token)
	if err != nil || p.Login != "token:村网站" || !p.Has(accounts.Drafter) || p.Has(accounts.Releaser) {
		t.Errorf("token: %+v, %v", p, err)
	}
	if !p.Reaches([]playlist.SiteID{"liuxi", "wangchuan", "qinghe"}) || p.Reaches([]playlist.SiteID{"wangchuan", "qinghe"}) {
		t.Error("a token of a village reaches the village and nothing above")
	}
	*now = now.Add(2 * time.Hour)
	if _, err := a.Token(ctx, token); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("an expired token: %v", err)
	}
	token, row, err = a.NewToken(ctx, li, "另一个", "", []accounts.Role{accounts.Auditor}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.RevokeToken(ctx, li, row.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Token(ctx, token); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("a revoked token: %v", err)
	}
	if _, _, err := a.NewToken(ctx, li, "x", "", []accounts.Role{"king"}, time.Time{}); !errors.Is(err, accounts.ErrInvalid) {
		t.Errorf("an unknown role: %v", err)
	}
	records, err := s.Records(ctx, "", 0, 100)
	if err != nil || len(records) < 4 {
		t.Errorf("the register has %d lines, %v", len(records), err)
	}
}

func TestDisabledAccount(t *testing.T) {
	ctx := t.Context()
	a, _, _ := people(t)
	li := first(t, a)
	wang, err := a.Create(ctx, li, accounts.Details{Login: "wang", Name: "王某", Site: "liuxi", Roles: []accounts.Role{accounts.Drafter}}, password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Create(ctx, li, accounts.Details{Login: "wang", Name: "另一人"}, password); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a login in use: %v", err)
	}
	token, _, err := a.SignIn(ctx, "wang", password)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Change(ctx, li, wang.ID, accounts.Details{Name: "王某", Site: "liuxi", Roles: wang.Roles, Disabled: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Session(ctx, token); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("the session of a disabled account: %v", err)
	}
	if _, _, err := a.SignIn(ctx, "wang", password); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("signing in to a disabled account: %v", err)
	}
	if err := a.Change(ctx, li, li.ID, accounts.Details{Name: "李某", Roles: []accounts.Role{accounts.Drafter}}); !errors.Is(err, accounts.ErrLastAdministrator) {
		t.Errorf("the last administrator gives the role away: %v", err)
	}
}

// TestCostOfPasswords looks at what is stored when nothing is said of the cost, as
// no program does: OWASP's figures for argon2id.
func TestCostOfPasswords(t *testing.T) {
	s := storetest.Open(t, filepath.Join(t.TempDir(), "x.db"))
	t.Cleanup(func() { s.Close() })
	a, err := accounts.New(s, accounts.Config{})
	if err != nil {
		t.Fatal(err)
	}
	first(t, a)
	acc, err := s.AccountByLogin(t.Context(), "li")
	if err != nil || !strings.HasPrefix(acc.Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("a password is kept as %.40q, %v", acc.Password, err)
	}
	if _, _, err := a.SignIn(t.Context(), "li", password); err != nil {
		t.Error(err)
	}
}

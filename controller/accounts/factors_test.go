package accounts_test

import (
	"bytes"
	"encoding/base32"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// TestCodesOfTheRFC holds codes to the test vectors of RFC 6238, appendix B, of
// which six digits are the last six.
func TestCodesOfTheRFC(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		got, err := accounts.CodeAt(secret, time.Unix(at, 0))
		if err != nil || got != want[2:] {
			t.Errorf("at %d: %s, want %s, %v", at, got, want[2:], err)
		}
	}
}

// enrol sets an authenticator up and returns its secret and recovery codes.
func enrol(t *testing.T, a *accounts.Accounts, p accounts.Person, now time.Time) (secret string, recovery []string) {
	t.Helper()
	ctx := t.Context()
	if err := a.BeginCodes(ctx, p, password); err != nil {
		t.Fatal(err)
	}
	e, err := a.PendingCodes(ctx, p, "青禾县")
	if err != nil {
		t.Fatal(err)
	}
	if recovery, err = a.ConfirmCodes(ctx, p, code(t, e.Secret, now)); err != nil {
		t.Fatal(err)
	}
	return e.Secret, recovery
}

func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := accounts.CodeAt(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// in signs in and expects a half session, or a whole one.
func in(t *testing.T, a *accounts.Accounts, login string, half bool) string {
	t.Helper()
	token, p, err := a.SignIn(t.Context(), login, password)
	if err != nil || p.Half != half {
		t.Fatalf("sign in as %s: half %v, %v", login, p.Half, err)
	}
	return token
}

func TestSecondStep(t *testing.T) {
	ctx := t.Context()
	a, s, now := people(t)
	first(t, a)
	li, err := a.Session(ctx, in(t, a, "li", false))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := in(t, a, "li", false)
	if err := a.BeginCodes(ctx, li, "wrong password"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("set up without the password: %v", err)
	}
	if err := a.BeginCodes(ctx, li, password); err != nil {
		t.Fatal(err)
	}
	in(t, a, "li", false) // what is not confirmed counts for nothing
	if _, err := a.ConfirmCodes(ctx, li, "000000"); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a wrong code confirms: %v", err)
	}
	secret, recovery := enrol(t, a, li, *now)
	if len(recovery) != 10 {
		t.Errorf("%d recovery codes", len(recovery))
	}
	if _, err := a.Session(ctx, elsewhere); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("a session begun with less goes on: %v", err)
	}
	half := in(t, a, "li", true)
	if _, err := a.Session(ctx, half); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("a half session is a session: %v", err)
	}
	if _, err := a.Glance(ctx, half); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("a half session is a session at a glance: %v", err)
	}
	// The code that confirmed it was used, and so were those before.
	for _, old := range []time.Duration{0, -30 * time.Second} {
		if _, _, err := a.Step(ctx, half, code(t, secret, now.Add(old))); !errors.Is(err, accounts.ErrCode) {
			t.Errorf("the code of %v is good again: %v", old, err)
		}
	}
	*now = now.Add(time.Minute)
	for _, off := range []time.Duration{-time.Minute, time.Minute} {
		if _, _, err := a.Step(ctx, half, code(t, secret, now.Add(off))); !errors.Is(err, accounts.ErrCode) {
			t.Errorf("a clock off by %v: %v", off, err)
		}
	}
	ahead := code(t, secret, now.Add(30*time.Second))
	token, p, err := a.Step(ctx, half, " "+ahead[:3]+" "+ahead[3:])
	if err != nil || p.Login != "li" || token == half {
		t.Fatalf("the second step: %+v, %v", p, err)
	}
	if _, err := a.Session(ctx, token); err != nil {
		t.Errorf("the whole session: %v", err)
	}
	if _, _, err := a.Step(ctx, half, recovery[0]); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("the half session is good twice: %v", err)
	}
	if _, _, err := a.Step(ctx, token, recovery[0]); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("a whole session takes a second step: %v", err)
	}
	half = in(t, a, "li", true)
	if _, _, err := a.Step(ctx, half, ahead); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a replay: %v", err)
	}
	if _, _, err := a.Step(ctx, half, recovery[3]); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if _, _, err := a.Step(ctx, in(t, a, "li", true), recovery[3]); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a recovery code twice: %v", err)
	}
	acc, err := s.AccountByLogin(ctx, "li")
	if err != nil {
		t.Fatal(err)
	}
	if two, err := a.SecondOf(ctx, acc); err != nil || two.Recovery != 9 || len(two.Factors) != 1 {
		t.Errorf("%+v, %v", two, err)
	}
	half = in(t, a, "li", true)
	*now = now.Add(10 * time.Minute)
	if _, _, err := a.Step(ctx, half, recovery[4]); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("a half session of ten minutes ago: %v", err)
	}
}

// TestCodesAreNotGuessed sends codes side by side and one by one, with the
// password known: five are free, then the account is locked, and the right
// password in between forgives nothing.
func TestCodesAreNotGuessed(t *testing.T) {
	ctx := t.Context()
	a, s, now := people(t)
	first(t, a)
	li, err := a.Session(ctx, in(t, a, "li", false))
	if err != nil {
		t.Fatal(err)
	}
	secret, recovery := enrol(t, a, li, *now)
	var wg sync.WaitGroup
	var mu sync.Mutex
	tried := map[string]int{}
	half := in(t, a, "li", true)
	for i := range 20 {
		wg.Go(func() {
			_, _, err := a.Step(ctx, half, fmt.Sprintf("%06d", i))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, accounts.ErrLocked):
				tried["locked"]++
			case errors.Is(err, accounts.ErrCode):
				tried["wrong"]++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if tried["wrong"] != 5 || tried["locked"] != 15 {
		t.Errorf("guesses: %v", tried)
	}
	*now = now.Add(50 * time.Second) // of one minute
	locked := new(accounts.LockedError)
	if _, _, err := a.SignIn(ctx, "li", password); !errors.As(err, &locked) || !locked.Until.After(*now) {
		t.Errorf("the password while locked: %v", err)
	}
	*now = now.Add(11 * time.Second)
	half = in(t, a, "li", true)
	if _, _, err := a.Step(ctx, half, "000000"); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("after the lock: %v", err)
	}
	if _, _, err := a.Step(ctx, half, code(t, secret, *now)); !errors.Is(err, accounts.ErrLocked) {
		t.Errorf("the right code in the second lock: %v", err)
	}
	*now = now.Add(2*time.Minute + time.Second)
	if _, _, err := a.Step(ctx, half, recovery[0]); err != nil {
		t.Errorf("after the second lock: %v", err)
	}
	rows, err := s.FindRecords(ctx, store.AuditFilter{Kind: "session", Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, r := range rows {
		if r.Action == "session.refused" && r.Detail == "code" {
			refused++
		}
	}
	if refused != tried["wrong"]+1 {
		t.Errorf("%d refused codes are on record, of %d", refused, tried["wrong"]+1)
	}
}

// TestPolicyOfSecondFactors follows an administrator from the first sign-in past
// the time of grace, and a reset by another one.
func TestPolicyOfSecondFactors(t *testing.T) {
	ctx := t.Context()
	a, _, now := people(t)
	li := first(t, a)
	zhou, err := a.Create(ctx, li, accounts.Details{Login: "zhou", Name: "周某", Roles: []accounts.Role{accounts.Administrator}}, password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Create(ctx, li, accounts.Details{Login: "wang", Name: "王某", Roles: []accounts.Role{accounts.Drafter}}, password); err != nil {
		t.Fatal(err)
	}
	who := func(login string, half bool) accounts.Person {
		t.Helper()
		p, err := a.Session(ctx, in(t, a, login, half))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := who("wang", false); !p.EnrolBy.IsZero() || p.MustEnrol {
		t.Errorf("a drafter is asked for a second factor: %+v", p)
	}
	p := who("li", false)
	if due := now.Add(14 * 24 * time.Hour); !p.EnrolBy.Equal(due) || p.MustEnrol {
		t.Errorf("an administrator is asked until %v: %v", p.EnrolBy, p.MustEnrol)
	}
	*now = now.Add(14 * 24 * time.Hour)
	if p = who("li", false); !p.MustEnrol {
		t.Error("the time of grace is over, and nothing happens")
	}
	_, recovery := enrol(t, a, p, *now)
	two, err := a.SecondOf(ctx, store.Account{ID: p.ID, Roles: []string{"administrator"}})
	if err != nil || len(two.Factors) != 1 {
		t.Fatal(two, err)
	}
	if err := a.RemoveFactor(ctx, p, two.Factors[0].ID, password); !errors.Is(err, accounts.ErrRequired) {
		t.Errorf("the last factor of who needs one is removed: %v", err)
	}
	token, p, err := a.Step(ctx, in(t, a, "li", true), recovery[0])
	if err != nil {
		t.Fatal(err)
	}
	if p, err = a.Session(ctx, token); err != nil || p.MustEnrol {
		t.Fatalf("with a second factor: %+v, %v", p, err)
	}
	if err := a.ResetFactors(ctx, p, p.ID); !errors.Is(err, accounts.ErrSelf) {
		t.Errorf("somebody resets the own factors: %v", err)
	}
	if err := a.ResetFactors(ctx, who("wang", false), p.ID); !errors.Is(err, accounts.ErrNotAllowed) {
		t.Errorf("a drafter resets an administrator's: %v", err)
	}
	if err := a.ResetFactors(ctx, zhou, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Session(ctx, token); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("a session survives the reset: %v", err)
	}
	if p = who("li", false); !p.MustEnrol || p.ResetBy != "zhou" || p.ResetAt.IsZero() {
		t.Errorf("after the reset: %+v", p)
	}
	enrol(t, a, p, *now)
}

// TestSecretsAreSealed looks for the secrets in the file of the database: they are
// not there, and without the key they do not open.
func TestSecretsAreSealed(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	s, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	with := func(key string) *accounts.Accounts {
		t.Helper()
		a, err := accounts.New(s, accounts.Config{Seal: []byte(key)})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := with("the right key")
	first(t, a)
	li, err := a.Session(ctx, in(t, a, "li", false))
	if err != nil {
		t.Fatal(err)
	}
	secret, recovery := enrol(t, a, li, time.Now())
	thief := with("another key")
	if _, _, err := thief.Step(ctx, in(t, thief, "li", true), recovery[0]); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a recovery code without the key: %v", err)
	}
	if _, _, err := thief.Step(ctx, in(t, thief, "li", true), code(t, secret, time.Now().Add(30*time.Second))); err == nil {
		t.Error("codes work without the key")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	raw, err := base32.StdEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, plain := range [][]byte{[]byte(secret), raw, []byte(recovery[0])} {
			if bytes.Contains(data, plain) {
				t.Errorf("%s holds %q", filepath.Base(f), plain)
			}
		}
	}
}

package controller_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// TestLoneAdministrator loses the phone and the recovery codes, is locked for
// guessing, and is rescued at the machine while the controller runs. Only the
// password opens the account then, and everybody can read who did it.
func TestLoneAdministrator(t *testing.T) {
	ctx := t.Context()
	cfg := settings(t.TempDir())
	if _, err := controller.ResetFactors(ctx, cfg, "boss"); err == nil {
		t.Error("without a database")
	}
	c, _ := start(t, cfg)
	const password = "correct horse battery"
	if _, err := c.Accounts.Create(ctx, accounts.Person{Login: "test"}, accounts.Details{Login: "boss", Name: "李明", Roles: []accounts.Role{accounts.Administrator}}, password); err != nil {
		t.Fatal(err)
	}
	token, _, err := c.Accounts.SignIn(ctx, "boss", password)
	if err != nil {
		t.Fatal(err)
	}
	boss, err := c.Accounts.Session(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Accounts.BeginCodes(ctx, boss, password); err != nil {
		t.Fatal(err)
	}
	pending, err := c.Accounts.PendingCodes(ctx, boss, "青禾县")
	if err != nil {
		t.Fatal(err)
	}
	code, err := accounts.CodeAt(pending.Secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	recovery, err := c.Accounts.ConfirmCodes(ctx, boss, code)
	if err != nil {
		t.Fatal(err)
	}
	half, p, err := c.Accounts.SignIn(ctx, "boss", password)
	if err != nil || !p.Half {
		t.Fatal(p, err)
	}
	for range 6 {
		_, _, err = c.Accounts.Step(ctx, half, "000000")
	}
	if !errors.Is(err, accounts.ErrLocked) {
		t.Fatalf("after six guesses: %v", err)
	}

	if _, err := controller.ResetFactors(ctx, cfg, "bos"); err == nil || !strings.Contains(err.Error(), `"bos"`) {
		t.Errorf("another login: %v", err)
	}
	said, err := controller.ResetFactors(ctx, cfg, " Boss ")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"账号 boss（李明）", "1 个二次验证", "密码没有变", "audit log"} {
		if !strings.Contains(said, part) {
			t.Errorf("it does not say %q: %s", part, said)
		}
	}
	if _, err := c.Accounts.Session(ctx, token); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("the old session: %v", err)
	}
	if _, _, err := c.Accounts.Step(ctx, half, recovery[0]); !errors.Is(err, accounts.ErrNoSession) {
		t.Errorf("the half session: %v", err)
	}
	if _, _, err := c.Accounts.SignIn(ctx, "boss", "wrong wrong wrong"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("another password: %v", err)
	}
	token, p, err = c.Accounts.SignIn(ctx, "boss", password)
	if err != nil || p.Half {
		t.Fatal(p, err)
	}
	if boss, err = c.Accounts.Session(ctx, token); err != nil || boss.ResetBy != "system" {
		t.Errorf("it was reset by %q, %v", boss.ResetBy, err)
	}
	rows, err := c.Store.FindRecords(ctx, store.AuditFilter{Kind: "factor"})
	if err != nil || len(rows) != 2 || rows[0].Action != "factor.reset" || rows[0].Actor != "system" || rows[0].Origin != "localhost" || rows[0].Subject != "boss" {
		t.Errorf("the lines: %+v, %v", rows, err)
	}
	if _, err := c.Store.CheckAudit(ctx); err != nil {
		t.Error(err)
	}
}

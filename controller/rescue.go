package controller

import (
	"context"
	"errors"
	"fmt"
	"os"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// onTheMachine is from where something was done at the machine itself.
const onTheMachine = "localhost"

// ResetFactors takes the second factors of a login away, ends its sessions and
// unlocks it, while a controller may run. It is for who has lost them and has no
// administrator beside himself; that it was done is in the audit log, and on the
// page of that person. It returns what was done, in Chinese and English.
func ResetFactors(ctx context.Context, cfg configs.Controller, login string) (said string, err error) {
	if _, err := os.Stat(cfg.DatabaseFile()); err != nil {
		return "", fmt.Errorf("reset factors: there is no database: %w", err)
	}
	s, err := store.Open(ctx, cfg.DatabaseFile())
	if err != nil {
		return "", fmt.Errorf("reset factors: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	people, err := accounts.New(s, accounts.Config{})
	if err != nil {
		return "", fmt.Errorf("reset factors: %w", err)
	}
	acc, n, err := people.Rescue(store.WithOrigin(ctx, onTheMachine), login)
	if errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("reset factors: there is no account %q", login)
	}
	if err != nil {
		return "", fmt.Errorf("reset factors: %w", err)
	}
	said = fmt.Sprintf("账号 %s（%s）：已删除 %d 个二次验证和全部恢复码，结束全部登录，解除锁定。密码没有变；请用密码登录，再到“我的账号”设置新的二次验证。\n", acc.Login, acc.Name, n) +
		fmt.Sprintf("Account %s: %d second factors and all recovery codes are gone, all sessions ended, it is not locked. The password is the same: sign in with it and set up a new second factor.\n", acc.Login, n)
	if acc.Disabled {
		said += "注意：这个账号已停用，仍不能登录。\nNote: this account is disabled and still cannot sign in.\n"
	}
	return said + "审计日志里记了一条。\nThe audit log has a line about it.\n", nil
}

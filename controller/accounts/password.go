package accounts

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"mingbai/controller/store"
)

// The cost of a password: the second choice of RFC 9106 in spirit, at OWASP's
// figures for machines with little memory.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonKey     = 32
)

// Cost is what it takes to hash a password. The zero Cost is the one above; the
// settings of a program have no way to another.
type Cost struct {
	Passes uint32
	Memory uint32 // KiB
}

// Cheap is the least that the hash allows: for tests, whose people sign in by the
// hundred and have nothing to lose.
var Cheap = Cost{Passes: 1, Memory: 8 * argonThreads}

// newPassword hashes the password of an account, once it is a good one.
func (a *Accounts) newPassword(ctx context.Context, acc store.Account, password string) (string, error) {
	if err := a.judge(ctx, acc, password); err != nil {
		return "", err
	}
	return a.hashed(ctx, password)
}

// judge returns ErrPassword for a password that is too short, or the *Weak of one
// that is guessed soon.
func (a *Accounts) judge(ctx context.Context, acc store.Account, password string) error {
	if utf8.RuneCountInString(password) < 10 || len(password) > 1000 || strings.EqualFold(password, acc.Login) {
		return ErrPassword
	}
	if err := common(acc.Login, acc.Name, password); err != nil {
		return err
	}
	words, err := surroundings(ctx, a.store.Reader, acc)
	if err != nil {
		return err
	}
	if err := a.acquire(ctx); err != nil { // signs for letters take long to rate
		return err
	}
	defer a.release()
	return rate(password, words)
}

// hashed waits for a slot and hashes a password.
func (a *Accounts) hashed(ctx context.Context, password string) (string, error) {
	if err := a.acquire(ctx); err != nil {
		return "", err
	}
	defer a.release()
	return a.cfg.Cost.hash(password)
}

// acquire waits for a slot: each hash takes 19 MiB, and a storm of sign-ins must
// not take all memory.
func (a *Accounts) acquire(ctx context.Context) error {
	select {
	case a.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
}

func (a *Accounts) release() { <-a.slots }

func (c Cost) hash(password string) (string, error) {
	passes, memory := cmp.Or(c.Passes, argonTime), cmp.Or(c.Memory, argonMemory)
	var salt [16]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt[:], passes, memory, argonThreads, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, argonThreads,
		b64.EncodeToString(salt[:]), b64.EncodeToString(key)), nil
}

// checkPassword compares a password with what hash returned, with the
// cost written there.
func checkPassword(hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || len(password) > 1000 {
		return false, fmt.Errorf("a stored password is not argon2id")
	}
	var version, memory, passes uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("a stored password has argon2 version %q", parts[2])
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil || memory > 1<<20 || passes == 0 || threads == 0 {
		return false, fmt.Errorf("a stored password has the cost %q", parts[3])
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("read the salt of a stored password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false, fmt.Errorf("read a stored password: %w", err)
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// hashesAtOnce is how many passwords are hashed at the same time: one slot is
// always left by a list of people for those who sign in.
func hashesAtOnce() int { return min(max(2, runtime.GOMAXPROCS(0)-1), 4) }

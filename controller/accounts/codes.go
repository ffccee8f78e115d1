package accounts

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// Codes as authenticator programs make them: RFC 6238 with SHA-1, six digits, 30
// seconds. Others than these few programs support.
const (
	codeStep   = 30 // seconds
	codeSkew   = 1  // steps that a phone's clock may be off either way
	secretSize = 20 // bytes, the size of the hash (RFC 4226, section 4, R6)
)

// recoveryCodes is how many recovery codes somebody gets.
const recoveryCodes = 10

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

func newSecret() (string, error) {
	var b [secretSize]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base32Plain.EncodeToString(b[:]), nil
}

// stepOf is the time step of an instant.
func stepOf(at time.Time) int64 { return at.Unix() / codeStep }

// CodeAt returns the code of a secret in base32 at an instant.
func CodeAt(secret string, at time.Time) (string, error) { return codeOf(secret, stepOf(at)) }

func codeOf(secret string, step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return code, nil
}

// matchCode returns the time step whose code was typed, which must be later than
// the last that was taken: a code is good once (RFC 6238, section 5.2).
func matchCode(secret, typed string, now time.Time, last int64) (int64, bool, error) {
	found := int64(0)
	for step := stepOf(now) - codeSkew; step <= stepOf(now)+codeSkew; step++ {
		code, err := codeOf(secret, step)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 && step > last {
			found = step
		}
	}
	return found, found > 0, nil
}

// codeAddress is what the picture for the authenticator says (Key Uri Format of
// Google Authenticator).
func codeAddress(office, login, secret string) string {
	label := url.PathEscape(office + ":" + login)
	return "otpauth://totp/" + label + "?secret=" + secret + "&issuer=" + url.QueryEscape(office)
}

// plainCode is a code as it was meant: without spaces and hyphens, with digits of
// full width as an input method for Chinese types them.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, typed)
}

func isCode(plain string) bool {
	return len(plain) == 6 && strings.Trim(plain, "0123456789") == ""
}

// newRecovery makes recovery codes of 60 bits each, in groups that are read and
// typed easily.
func newRecovery() (codes []string) {
	for range recoveryCodes {
		codes = append(codes, FirstPassword())
	}
	return codes
}

package accounts

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// errNoSeal: Config has no Seal, so nothing can be kept that a copied database
// must not tell.
var errNoSeal = errors.New("there is no key to seal second factors with")

// seal keeps what whoever copies the database must not read: the secrets that
// codes are made from. Its key lies in a file beside the database, not in it.
type seal struct {
	box      cipher.AEAD
	recovery []byte // key of the hashes of recovery codes
	asked    []byte // key of the challenges for passkeys
}

func newSeal(key []byte) (*seal, error) {
	if len(key) == 0 {
		return nil, nil
	}
	derived := func(purpose string) ([]byte, error) {
		return hkdf.Key(sha256.New, key, nil, "mingbai "+purpose, 32)
	}
	secrets, err := derived("secrets of codes")
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	s := &seal{}
	if s.recovery, err = derived("recovery codes"); err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	if s.asked, err = derived("challenges"); err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(secrets)
	if err != nil {
		return nil, fmt.Errorf("make a seal: %w", err)
	}
	if s.box, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("make a seal: %w", err)
	}
	return s, nil
}

// close seals a secret for one row: moved to another it does not open.
func (s *seal) close(row, secret string) ([]byte, error) {
	if s == nil {
		return nil, errNoSeal
	}
	nonce := make([]byte, s.box.NonceSize(), s.box.NonceSize()+len(secret)+s.box.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	return s.box.Seal(nonce, nonce, []byte(secret), []byte(row)), nil
}

func (s *seal) open(row string, sealed []byte) (string, error) {
	if s == nil {
		return "", errNoSeal
	}
	n := s.box.NonceSize()
	if len(sealed) < n {
		return "", errors.New("open a sealed secret: it is cut short")
	}
	secret, err := s.box.Open(nil, sealed[:n], sealed[n:], []byte(row))
	if err != nil {
		return "", fmt.Errorf("open a sealed secret: it was sealed with another key, or for another row: %w", err)
	}
	return string(secret), nil
}

// hash is what is kept of a recovery code. It is keyed, so that the codes cannot
// be searched for in a copied database.
func (s *seal) hash(account, code string) []byte {
	mac := hmac.New(sha256.New, s.recovery)
	mac.Write([]byte(account + "\x00" + code))
	return mac.Sum(nil)
}

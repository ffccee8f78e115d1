package release

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"mingbai/playlist/wire"
)

// keyBlock is the PEM type of a private key (RFC 8410 in PKCS #8).
const keyBlock = "PRIVATE KEY"

// NewKey makes a private key.
func NewKey() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return key
}

// PrivateText writes a private key as PEM, which other programs read too. Whoever
// has it signs programs: it belongs on a stick in a safe, not on a controller.
func PrivateText(key ed25519.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write a release key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: der}), nil
}

// ParsePrivate reads what PrivateText wrote.
func ParsePrivate(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != keyBlock {
		return nil, errors.New("this is not a release key: it has no PEM block of a private key")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read a release key: %w", err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("this is not a release key: it is not of ed25519")
	}
	return private, nil
}

// PublicText writes a public key as settings and command lines have it: base64.
func PublicText(public ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(public) }

// ParsePublic reads what PublicText wrote.
func ParsePublic(text string) (ed25519.PublicKey, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%.60q is not a public key: %d bytes as base64 are", text, ed25519.PublicKeySize)
	}
	return b, nil
}

// SignKeySet puts a set into an envelope with a signature by each key. The first
// set is signed by its own threshold, every later one by its own and by that of the
// set before. People who do not meet sign one after another with CoSign; Walk says
// when it is enough.
func SignKeySet(s KeySet, keys ...ed25519.PrivateKey) (wire.Envelope, error) {
	if s.Version == 0 {
		return wire.Envelope{}, refuse(Damaged, "key sets are counted from 1")
	}
	return sign(KeysType, s, keys, func(env wire.Envelope) error {
		_, err := OpenKeySet(env)
		return err
	})
}

// SignPackage puts a manifest into an envelope with a signature by each key.
func SignPackage(p Package, keys ...ed25519.PrivateKey) (wire.Envelope, error) {
	return sign(PackageType, p, keys, func(env wire.Envelope) error {
		_, err := OpenPackage(env)
		return err
	})
}

func sign(typ string, v any, keys []ed25519.PrivateKey, check func(wire.Envelope) error) (wire.Envelope, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return wire.Envelope{}, fmt.Errorf("sign a %s: %w", typ, err)
	}
	env := wire.Sign(typ, b, keys...)
	if err := check(env); err != nil {
		return wire.Envelope{}, err
	}
	return env, nil
}

// CoSign adds a signature to what others have signed. A key that has signed already
// signs once.
func CoSign(env wire.Envelope, key ed25519.PrivateKey) (wire.Envelope, error) {
	if env.Type != KeysType && env.Type != PackageType {
		return wire.Envelope{}, refuse(Damaged, "a release key signs key sets and packages, not a %.60q", env.Type)
	}
	mine := wire.Sign(env.Type, env.Payload, key).Signatures[0]
	rest := slices.DeleteFunc(slices.Clone(env.Signatures), func(s wire.Signature) bool { return s.Key == mine.Key })
	if len(rest) >= wire.MaxSignatures {
		return wire.Envelope{}, refuse(Oversized, "there are %d signatures already", len(rest))
	}
	env.Signatures = append(rest, mine)
	return env, nil
}

// Newest judges a whole chain that begins with version 1, as who keeps one does
// before adding to it, and returns its newest set. The first set vouches for
// itself: whether it is the right one is for who pins it. The error is a *Refusal.
func Newest(chain []wire.Envelope) (KeySet, error) {
	if len(chain) == 0 {
		return KeySet{}, refuse(Unpinned, "there is no release key set yet")
	}
	first, err := OpenKeySet(chain[0])
	if err != nil {
		return KeySet{}, err
	}
	if first.Version != 1 {
		return KeySet{}, refuse(Chain, "the chain begins with key set %d", first.Version)
	}
	if err := judge(chain[0], KeysType, first); err != nil {
		return KeySet{}, err
	}
	return Walk(first, chain)
}

// Signed says whether enough keys of a set have signed a package, whatever machine
// it is for. The error is a *Refusal.
func Signed(pack wire.Envelope, by KeySet) error { return judge(pack, PackageType, by) }

// Describe reads from a program for which operating system and processor it was
// built (GOOS, GOARCH).
func Describe(program io.ReaderAt) (system, arch string, err error) {
	info, err := buildinfo.Read(program)
	if err != nil {
		return "", "", fmt.Errorf("the file does not say what it was built for: %w", err)
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "GOOS":
			system = s.Value
		case "GOARCH":
			arch = s.Value
		}
	}
	if system == "" || arch == "" {
		return "", "", errors.New("the file does not say what it was built for")
	}
	return system, arch, nil
}

package publish

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Keys is the folder of private keys: one that signs settings, which every
// screen pins when it is enrolled, one for each channel, one that opens what
// residents wrote, and one for each person who signs approvals. A file holds the
// 32-byte seed in hexadecimal and can be read by its owner only.
type Keys struct {
	fsys durable.FS
	dir  string

	mu   sync.Mutex // guards held, and that each key is made once
	held map[string]ed25519.PrivateKey
}

// OpenKeys opens the folder and makes it if it is missing. The key of the root
// is made at once.
func OpenKeys(fsys durable.FS, dir string) (*Keys, error) {
	if err := durable.MkdirAll(fsys, filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("open folder of keys: %w", err)
	}
	if err := fsys.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("open folder of keys: %w", err)
	}
	if err := fsys.SyncDir(filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("open folder of keys: %w", err)
	}
	if err := durable.RemoveTemp(fsys, dir); err != nil {
		return nil, fmt.Errorf("open folder of keys: %w", err)
	}
	k := &Keys{fsys: fsys, dir: dir, held: map[string]ed25519.PrivateKey{}}
	if _, err := k.Root(); err != nil {
		return nil, err
	}
	return k, nil
}

// Root returns the key that signs settings.
func (k *Keys) Root() (ed25519.PrivateKey, error) { return k.key("root") }

// Channel returns the key that signs editions of a channel, making it on first
// use.
func (k *Keys) Channel(c playlist.ChannelID) (ed25519.PrivateKey, error) {
	return k.key(channelKey(c))
}

// channelKey is the name of the key of a channel.
func channelKey(c playlist.ChannelID) string {
	name := "channel-" + string(c.Site)
	if c.Alert {
		name += ".alert"
	}
	return name
}

// Voices returns the key that opens what residents wrote, making it on first use.
func (k *Keys) Voices() (*ecdh.PrivateKey, error) {
	seed, err := k.key("voices")
	if err != nil {
		return nil, err
	}
	key, err := ecdh.X25519().NewPrivateKey(seed.Seed())
	if err != nil {
		return nil, fmt.Errorf("read key voices: %w", err)
	}
	return key, nil
}

// Factors returns the key that seals the secrets of second factors, making it on
// first use: whoever copies the database alone cannot read them.
func (k *Keys) Factors() ([]byte, error) {
	key, err := k.key("factors")
	if err != nil {
		return nil, err
	}
	return key.Seed(), nil
}

// Sign signs in the name of a person with the key that is kept for him here,
// making it on first use. It is Signer.
func (k *Keys) Sign(_ context.Context, person, typ string, payload []byte) (wire.Envelope, error) {
	key, err := k.person(person)
	if err != nil {
		return wire.Envelope{}, err
	}
	return wire.Sign(typ, payload, key), nil
}

// Public returns the public key of a person, making the pair on first use. It is
// Signer.
func (k *Keys) Public(_ context.Context, person string) (ed25519.PublicKey, error) {
	key, err := k.person(person)
	if err != nil {
		return nil, err
	}
	return pub(key.Seed()), nil
}

// plainLogin is a login that can be part of a file's name anywhere.
var plainLogin = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

func (k *Keys) person(login string) (ed25519.PrivateKey, error) {
	if login == "" {
		return nil, errors.New("nobody has no key")
	}
	if !plainLogin.MatchString(login) {
		login = "." + hex.EncodeToString([]byte(login))
	}
	return k.key("person-" + login)
}

func (k *Keys) key(name string) (ed25519.PrivateKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.held[name]; ok {
		return key, nil
	}
	key, err := readKey(k.fsys, k.dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return k.make(name, filepath.Join(k.dir, name+".key"))
	}
	if err != nil {
		return nil, err
	}
	k.held[name] = key
	return key, nil
}

// readKey reads a key from its file.
func readKey(fsys durable.FS, dir, name string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, name+".key")
	text, err := durable.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("read key %s: %w", name, err)
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("key file %s does not hold a key; restore it from a backup, screens trust no other", path)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// make writes a new key.
func (k *Keys) make(name, path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key %s: %w", name, err)
	}
	if err := WriteSecret(k.fsys, path, []byte(hex.EncodeToString(key.Seed())+"\n")); err != nil {
		return nil, fmt.Errorf("make key %s: %w", name, err)
	}
	k.held[name] = key
	return key, nil
}

// WriteSecret writes a file that only its owner can read, durably. It has its
// narrow permissions before a byte is in it, and its name only when it is whole.
func WriteSecret(fsys durable.FS, path string, data []byte) error {
	temp := path + ".new"
	if err := fsys.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := fsys.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return durable.Rename(fsys, temp, path)
}

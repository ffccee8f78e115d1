package publish

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"mingbai/assets/durable"
	"mingbai/playlist"
)

// Keys is the folder of private keys: one that signs settings, which every
// screen pins when it is enrolled, one for each channel, and one that opens what
// residents wrote. A file holds the
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
	name := "channel-" + string(c.Site)
	if c.Alert {
		name += ".alert"
	}
	return k.key(name)
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

func (k *Keys) key(name string) (ed25519.PrivateKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.held[name]; ok {
		return key, nil
	}
	path := filepath.Join(k.dir, name+".key")
	text, err := durable.ReadFile(k.fsys, path)
	if errors.Is(err, fs.ErrNotExist) {
		return k.make(name, path)
	}
	if err != nil {
		return nil, fmt.Errorf("read key %s: %w", name, err)
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("key file %s does not hold a key; restore it from a backup, screens trust no other", path)
	}
	key := ed25519.NewKeyFromSeed(seed)
	k.held[name] = key
	return key, nil
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

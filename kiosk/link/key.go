package link

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mingbai/assets/durable"
)

// keyPerm: the device key is its identity, for its owner only.
const keyPerm fs.FileMode = 0o600

// LoadKey reads the device key from path, or makes one there that only the
// owner can read. A file that cannot be read as a key is an error and is left
// alone: a new key would be another device.
func LoadKey(fsys durable.FS, path string) (ed25519.PrivateKey, error) {
	b, err := durable.ReadFile(fsys, path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(fsys, path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the device key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("read the device key: %s is not a PEM file", path)
	}
	v, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the device key: %w", err)
	}
	key, ok := v.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read the device key: %s holds a key of another kind", path)
	}
	return key, nil
}

func makeKey(fsys durable.FS, path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("make the device key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make the device key: %w", err)
	}
	b := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := durable.MkdirAll(fsys, filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("make the device key: %w", err)
	}
	if err := writeSecret(fsys, path, b); err != nil {
		return nil, fmt.Errorf("make the device key: %w", err)
	}
	return key, nil
}

// writeSecret makes a file durable that was never readable by others.
func writeSecret(fsys durable.FS, path string, b []byte) error {
	tmp := path + ".tmp-" + rand.Text()
	f, err := fsys.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, keyPerm)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = durable.Rename(fsys, tmp, path)
	}
	if err != nil {
		fsys.Remove(tmp) // the first error is the one to tell
	}
	return err
}

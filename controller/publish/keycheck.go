package publish

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"mingbai/assets/durable"
	"mingbai/controller/store"
)

// CheckKeys reads a copy of the folder of keys and makes none: the key that signs
// settings must be there, every file must hold a key, and every channel must have
// the one that its screens know. The error names all that is wrong.
func CheckKeys(fsys durable.FS, dir string, channels []store.Channel) error {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read folder of keys: %w", err)
	}
	var wrong []error
	held := map[string]ed25519.PublicKey{}
	for _, e := range entries {
		name, is := strings.CutSuffix(e.Name(), ".key")
		if !is {
			continue
		}
		key, err := readKey(fsys, dir, name)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		held[name] = pub(key.Seed())
	}
	if held["root"] == nil {
		wrong = append(wrong, errors.New("the key that signs settings (root) is not there; screens trust no other"))
	}
	for _, c := range channels {
		if key := held[channelKey(c.ID)]; key == nil || !key.Equal(ed25519.PublicKey(c.Key)) {
			wrong = append(wrong, fmt.Errorf("the key of channel %s is not there, or is another than its screens know (%s)", c.ID, hex.EncodeToString(c.Key[:min(4, len(c.Key))])))
		}
	}
	return errors.Join(wrong...)
}

// RootOf reads the public key of the root from a folder of keys and makes none.
func RootOf(fsys durable.FS, dir string) ([]byte, error) {
	key, err := readKey(fsys, dir, "root")
	if err != nil {
		return nil, err
	}
	return pub(key.Seed()), nil
}

package controller

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/controller/store"
)

// Names inside a backup. They are those of a data folder with the default
// settings.
const (
	backupDatabase = "mingbai.db"
	backupKeys     = "keys"
	backupBlobs    = "blobs"
	backupToken    = "api-token"
)

// Backup copies everything that must survive into a new folder, while a
// controller may run: first the database, then what it refers to, so that
// nothing in the copy is missing. The folder holds private keys.
func Backup(ctx context.Context, cfg configs.Controller, dir string) error {
	if _, err := os.Stat(cfg.DatabaseFile()); err != nil {
		return fmt.Errorf("back up: there is no database: %w", err)
	}
	if err := makeEmpty(dir); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	s, err := store.Open(ctx, cfg.DatabaseFile())
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	err = errors.Join(s.Backup(ctx, filepath.Join(dir, backupDatabase)), s.Close())
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return copyParts(ctx, map[string]string{
		cfg.Blobs(): filepath.Join(dir, backupBlobs), cfg.Keys(): filepath.Join(dir, backupKeys), cfg.TokenFile(): filepath.Join(dir, backupToken),
	})
}

// Restore puts a backup into the data folder of the settings, which must not
// hold a database yet. Screens that have seen newer editions do not go back:
// their state says so, and publishing again catches up.
func Restore(ctx context.Context, cfg configs.Controller, dir string) error {
	if _, err := os.Stat(cfg.DatabaseFile()); err == nil {
		return fmt.Errorf("restore: there is a database at %s already; move the data folder away first", cfg.DatabaseFile())
	}
	from := filepath.Join(dir, backupDatabase)
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("restore: this folder holds no backup: %w", err)
	}
	if err := durable.MkdirAll(durable.OS, cfg.Data); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	err := copyParts(ctx, map[string]string{
		filepath.Join(dir, backupBlobs): cfg.Blobs(), filepath.Join(dir, backupKeys): cfg.Keys(), filepath.Join(dir, backupToken): cfg.TokenFile(),
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	// The database last: a restore that was cut off is seen to be unfinished.
	if err := copyFile(from, cfg.DatabaseFile(), 0o640); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// makeEmpty makes a folder for its owner only, and refuses one with something
// in it.
func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("folder %s is not empty", dir)
	}
	return err
}

// copyParts copies files and folders; a source that is not there is passed over.
func copyParts(ctx context.Context, parts map[string]string) error {
	for from, to := range parts {
		err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // a temporary file that was finished meanwhile
			}
			if err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			rest, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			target := filepath.Join(to, rest)
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if entry.IsDir() {
				return os.MkdirAll(target, info.Mode().Perm()|0o700)
			}
			if err := copyFile(path, target, info.Mode().Perm()); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("copy %s: %w", from, err)
		}
	}
	return nil
}

// copyFile copies one file, synced, under its name only when it is whole.
func copyFile(from, to string, perm fs.FileMode) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	temp := fmt.Sprintf("%s.%d.new", to, time.Now().UnixNano())
	out, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return durable.Rename(durable.OS, temp, to)
}

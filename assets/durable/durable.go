// Package durable writes files that survive power loss.
//
// It is the only place in the product that knows the order write → sync file →
// rename → sync folder. What it promises: when WriteFile, Rename, MkdirAll,
// Log.Append or Log.Rewrite returns nil, the result is still there after the
// plug is pulled at any later moment; when one of them fails or the plug is
// pulled in the middle, the old content or the new content is there, never a
// mixture. What it leaves to others: what the files mean, who may write them
// at the same time (one process owns a folder), and repairing a disk that
// loses what it said it had kept.
//
// All access goes through FS, which has two implementations: OS, and
// crashfs.FS, which fails on command and forgets what was not synced.
package durable

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FS is what the product needs from a file system. Names are paths of the
// host (filepath); errors wrap fs.ErrNotExist and fs.ErrExist as package os
// does. Nothing here is durable by itself: content needs File.Sync, and
// created, renamed and removed names need SyncDir of their folder.
type FS interface {
	// Open opens a file for reading.
	Open(name string) (File, error)
	// OpenFile takes the flags of package os. Those used here are O_RDONLY,
	// O_WRONLY, O_RDWR, O_CREATE, O_EXCL, O_TRUNC and O_APPEND.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// Rename replaces newname atomically.
	Rename(oldname, newname string) error
	// Remove removes a file or an empty folder.
	Remove(name string) error
	// Mkdir makes one folder; it is an error if it exists.
	Mkdir(name string, perm fs.FileMode) error
	// ReadDir lists a folder, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	Stat(name string) (fs.FileInfo, error)
	// SyncDir makes the names in a folder durable: what was created, renamed
	// and removed in it.
	SyncDir(name string) error
	// SyncAll makes all files and names durable that are in the file system of
	// the folder. It is errors.ErrUnsupported where the host cannot.
	SyncAll(name string) error
}

// File is an open file. *os.File is one.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Seeker
	io.Closer
	Truncate(size int64) error
	// Sync makes the content durable; the name needs FS.SyncDir.
	Sync() error
	Stat() (fs.FileInfo, error)
}

// Permissions of what this package makes: the service's own user, and its
// group for backups.
const (
	filePerm fs.FileMode = 0o640
	dirPerm  fs.FileMode = 0o750
)

// OS is the operating system's file system. Its files are *os.File, so
// net/http can hand them to sendfile.
var OS FS = osFS{}

type osFS struct{}

func (osFS) Open(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err // a nil *os.File in a File would not be nil
	}
	return f, nil
}

func (osFS) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osFS) Rename(oldname, newname string) error       { return os.Rename(oldname, newname) }
func (osFS) Remove(name string) error                   { return os.Remove(name) }
func (osFS) Mkdir(name string, perm fs.FileMode) error  { return os.Mkdir(name, perm) }
func (osFS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (osFS) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (osFS) SyncDir(name string) error                  { return syncDir(name) }
func (osFS) SyncAll(name string) error                  { return syncAll(name) }

// tempMark is in the name of every file that is not finished yet.
const tempMark = ".tmp-"

// tempName is a fresh name beside path, so that the rename stays in one folder.
func tempName(path string) string {
	var b [6]byte
	rand.Read(b[:]) // never fails
	return path + tempMark + hex.EncodeToString(b[:])
}

// ReadFile reads a whole file.
func ReadFile(fsys FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// WriteFile makes data the content of the file at path, atomically and
// durably. The folder must exist. On error the file has its old content, or,
// when only the last sync of the folder failed, perhaps the new one.
func WriteFile(fsys FS, path string, data []byte) error {
	return replace(fsys, path, func(f File) error {
		_, err := f.Write(data)
		return err
	})
}

// replace writes a temporary file beside path with write and puts it in place.
func replace(fsys FS, path string, write func(File) error) error {
	tmp := tempName(path)
	f, err := fsys.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_EXCL, filePerm)
	if err != nil {
		return fmt.Errorf("create temporary file for %s: %w", filepath.Base(path), err)
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = fsys.Rename(tmp, path)
	}
	if err != nil {
		// What is left of it, RemoveTemp finds at the next start.
		fsys.Remove(tmp)
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := fsys.SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("sync folder of %s: %w", filepath.Base(path), err)
	}
	return nil
}

// Rename moves a file, replacing what has the new name, and syncs both
// folders: the new name first, so that the file never has no name.
func Rename(fsys FS, oldname, newname string) error {
	if err := fsys.Rename(oldname, newname); err != nil {
		return err
	}
	if err := fsys.SyncDir(filepath.Dir(newname)); err != nil {
		return fmt.Errorf("sync folder of %s: %w", filepath.Base(newname), err)
	}
	if filepath.Dir(oldname) != filepath.Dir(newname) {
		if err := fsys.SyncDir(filepath.Dir(oldname)); err != nil {
			return fmt.Errorf("sync folder of %s: %w", filepath.Base(oldname), err)
		}
	}
	return nil
}

// Remove removes a file and syncs its folder. A file that is not there is no
// error: the wish is fulfilled.
func Remove(fsys FS, name string) error {
	if err := fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := fsys.SyncDir(filepath.Dir(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sync folder of %s: %w", filepath.Base(name), err)
	}
	return nil
}

// MkdirAll makes a folder and those above it that are missing, and syncs the
// parent of each. A folder that exists gets its parent synced once, because an
// earlier process may have been killed between making and syncing it.
func MkdirAll(fsys FS, path string) error {
	path = filepath.Clean(path)
	parent := filepath.Dir(path)
	info, err := fsys.Stat(path)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("make folder %s: a file has this name", path)
	case err == nil && parent == path:
		return nil // a root
	case err == nil:
		// A parent that we may not open is not one that we made.
		if err := fsys.SyncDir(parent); err != nil && !errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("sync folder above %s: %w", path, err)
		}
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("make folder %s: %w", path, err)
	case parent == path:
		return fmt.Errorf("make folder %s: %w", path, err)
	}
	if err := MkdirAll(fsys, parent); err != nil {
		return err
	}
	if err := fsys.Mkdir(path, dirPerm); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make folder %s: %w", path, err)
	}
	if err := fsys.SyncDir(parent); err != nil {
		return fmt.Errorf("sync folder above %s: %w", path, err)
	}
	return nil
}

// RemoveTemp removes the unfinished files that a crash left in a folder. Call
// it at the start, before anything writes there.
func RemoveTemp(fsys FS, dir string) error {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list folder for unfinished files: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() || !strings.Contains(e.Name(), tempMark) {
			continue
		}
		if err := fsys.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove unfinished file: %w", err)
		}
	}
	return nil
}

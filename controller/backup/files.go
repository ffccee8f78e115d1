package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"mingbai/assets"
	"mingbai/assets/durable"
)

// eachBlob calls do with every blob below a folder, in order. Unfinished files are
// passed over, as are those that vanish.
func eachBlob(ctx context.Context, dir string, do func(ref assets.Ref, path string, size int64) error) error {
	shards, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, shard := range shards {
		if !shard.IsDir() || len(shard.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, shard.Name()))
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			ref, err := assets.ParseRef("sha256-" + shard.Name() + f.Name())
			if err != nil || !f.Type().IsRegular() {
				continue
			}
			info, err := f.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			if err := do(ref, filepath.Join(dir, shard.Name(), f.Name()), info.Size()); err != nil {
				return err
			}
		}
	}
	return nil
}

// blobs shares or copies every blob. One that does not hash to its name is left
// out and noted; the check says whether it is missed.
func (r *Request) blobs(ctx context.Context, before string, m *Manifest) error {
	to := filepath.Join(r.Dir, blobsName)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	return eachBlob(ctx, r.Place.Blobs, func(ref assets.Ref, from string, size int64) error {
		target := filepath.Join(to, blobPath(ref))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if before != "" {
			old := filepath.Join(before, blobsName, blobPath(ref))
			if info, err := os.Stat(old); err == nil && info.Size() == size && os.Link(old, target) == nil {
				m.Blobs.Count, m.Blobs.Linked, m.Blobs.Bytes = m.Blobs.Count+1, m.Blobs.Linked+1, m.Blobs.Bytes+size
				return nil
			}
		}
		n, sum, err := copySummed(from, target, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was taken away meanwhile
		}
		if err != nil {
			return err
		}
		if sum != ref.String()[len("sha256-"):] {
			m.Damaged = append(m.Damaged, ref.String())
			return os.Remove(target)
		}
		m.Blobs.Count, m.Blobs.Bytes, m.Blobs.New = m.Blobs.Count+1, m.Blobs.Bytes+n, m.Blobs.New+n
		return nil
	})
}

// copySummed copies one file and returns its size and sha256. It is not synced:
// settle makes a whole backup durable.
func copySummed(from, to string, perm fs.FileMode) (n int64, sum string, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, "", err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	n, err = io.Copy(io.MultiWriter(out, h), in)
	return n, hex.EncodeToString(h.Sum(nil)), errors.Join(err, out.Close())
}

// copyFile copies one file, synced, under its name only when it is whole. What
// lies under the name is replaced.
func copyFile(from, to string, perm fs.FileMode) error {
	temp := to + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, _, err := copySummed(from, temp, perm); err != nil {
		return err
	}
	if err := syncFile(temp); err != nil {
		return err
	}
	return durable.Rename(durable.OS, temp, to)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// settle makes everything below a folder durable.
func settle(dir string) error {
	err := durable.OS.SyncAll(dir)
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return durable.OS.SyncDir(path)
		}
		return syncFile(path)
	})
}

// digest measures a file of a backup.
func digest(dir, name string) (File, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return File{Name: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// margin is what must stay free on the disk of a backup, in bytes: a controller
// may live on the same.
const margin = 128 << 20

// NoRoom: the disk is too full for a backup.
type NoRoom struct{ Need, Free int64 } // bytes

func (e *NoRoom) Error() string {
	return fmt.Sprintf("the disk has %d MiB free, the backup needs %d MiB", e.Free>>20, e.Need>>20+1)
}

// room checks that the disk takes the backup.
func (r *Request) room(before string) error {
	free, err := freeBytes(r.Dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	need := int64(margin)
	for _, path := range []string{r.Place.Database, r.Place.Database + "-wal"} {
		if info, err := os.Stat(path); err == nil {
			need += info.Size()
		}
	}
	err = eachBlob(context.Background(), r.Place.Blobs, func(ref assets.Ref, _ string, size int64) error {
		if before != "" {
			if _, err := os.Stat(filepath.Join(before, blobsName, blobPath(ref))); err == nil {
				return nil
			}
		}
		need += size
		return nil
	})
	if err != nil {
		return err
	}
	if free < need {
		return &NoRoom{need, free}
	}
	return nil
}

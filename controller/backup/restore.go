package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mingbai/assets"
	"mingbai/assets/durable"
)

// restoringName marks a data folder whose restore is not finished.
const restoringName = "restoring"

// ErrUnfinished: a restore into the data folder was cut off.
var ErrUnfinished = errors.New("a restore into this data folder was not finished; run it again, it starts over")

// Unfinished returns ErrUnfinished for a data folder into which a restore was cut
// off. A controller does not open one: it would begin anew with the old keys.
func Unfinished(data string) error {
	_, err := os.Stat(filepath.Join(data, restoringName))
	if err == nil {
		return ErrUnfinished
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Order asks for a restore.
type Order struct {
	Place Place
	Dir   string // of the backup
	Force bool   // take also what did not pass its check, as far as it goes
	Step  func(name string) error
}

// Restore puts a backup into a data folder that holds no database yet. One that
// does not pass its check is refused with *Unsound, unless forced. Screens that
// have seen newer editions do not go back: the page of backups names them, and
// takes from them what the backup does not know.
func Restore(ctx context.Context, o Order) (Report, error) {
	report, err := o.restore(ctx)
	if err != nil {
		return report, fmt.Errorf("restore: %w", err)
	}
	return report, nil
}

func (o *Order) restore(ctx context.Context) (Report, error) {
	marker := filepath.Join(o.Place.Data, restoringName)
	again := Unfinished(o.Place.Data) != nil
	if _, err := os.Stat(o.Place.Database); err == nil && !again {
		return Report{}, fmt.Errorf("there is a database at %s already; move the data folder away first", o.Place.Database)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, databaseName)); err != nil {
		return Report{}, fmt.Errorf("this folder holds no backup: %w", err)
	}
	report, err := check(ctx, o.Dir)
	if err != nil {
		return report, err
	}
	if err := report.Err(); err != nil && !o.Force {
		return report, err
	}
	if err := durable.MkdirAll(durable.OS, o.Place.Data); err != nil {
		return report, err
	}
	if err := durable.WriteFile(durable.OS, marker, []byte("a restore from "+filepath.Base(o.Dir)+" is under way\n")); err != nil {
		return report, err
	}
	if err := o.clear(); err != nil {
		return report, err
	}
	for _, s := range []struct {
		name string
		do   func() error
	}{
		{StepBlobs, func() error { return o.blobs(ctx) }},
		{StepSecrets, func() error { return o.secrets(ctx) }},
		{StepDatabase, func() error {
			return copyFile(filepath.Join(o.Dir, databaseName), o.Place.Database, 0o600)
		}},
	} {
		if o.Step != nil {
			if err := o.Step(s.name); err != nil {
				return report, err
			}
		}
		if err := s.do(); err != nil {
			return report, err
		}
	}
	if err := settle(o.Place.Data); err != nil {
		return report, err
	}
	return report, durable.Remove(durable.OS, marker)
}

// clear takes away the database of a restore that was cut off, with what SQLite
// keeps beside it.
func (o *Order) clear() error {
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(o.Place.Database + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// blobs copies those that hash to their names.
func (o *Order) blobs(ctx context.Context) error {
	return eachBlob(ctx, filepath.Join(o.Dir, blobsName), func(ref assets.Ref, from string, _ int64) error {
		to := filepath.Join(o.Place.Blobs, blobPath(ref))
		if err := durable.MkdirAll(durable.OS, filepath.Dir(to)); err != nil {
			return err
		}
		temp := to + ".new"
		if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		_, sum, err := copySummed(from, temp, 0o640)
		if err != nil {
			return err
		}
		if sum != ref.String()[len("sha256-"):] {
			return os.Remove(temp) // only with force
		}
		return os.Rename(temp, to)
	})
}

func (o *Order) secrets(ctx context.Context) error {
	if err := durable.MkdirAll(durable.OS, filepath.Dir(o.Place.Keys)); err != nil {
		return err
	}
	if err := os.MkdirAll(o.Place.Keys, 0o700); err != nil {
		return err
	}
	keys, err := os.ReadDir(filepath.Join(o.Dir, keysName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, k := range keys {
		if err := ctx.Err(); err != nil {
			return err
		}
		if k.IsDir() || !strings.HasSuffix(k.Name(), ".key") {
			continue
		}
		if err := copyFile(filepath.Join(o.Dir, keysName, k.Name()), filepath.Join(o.Place.Keys, k.Name()), 0o600); err != nil {
			return err
		}
	}
	if err := durable.MkdirAll(durable.OS, filepath.Dir(o.Place.Token)); err != nil {
		return err
	}
	err = copyFile(filepath.Join(o.Dir, tokenName), o.Place.Token, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

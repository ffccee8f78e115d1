// Package backup copies what a controller must not lose, says whether a copy can
// be trusted, and puts it back onto an empty machine.
//
// It promises that a copy is of one instant although people publish meanwhile,
// and holds nobody up; that an unfinished copy is known as one, as its manifest
// comes last; that a copy which does not pass its check is not restored unless
// somebody insists; that a restore which was cut off is not taken for a
// controller; and that old copies are removed only while newer sound ones are
// there. What screens have beyond a restored copy (DOMAIN R20) is taken back by
// packages fleet and publish.
package backup

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// Names inside a backup. They are those of a data folder with the default
// settings.
const (
	databaseName = "mingbai.db"
	keysName     = "keys"
	blobsName    = "blobs"
	tokenName    = "api-token"
	manifestName = "backup.json"
	checkedName  = "checked.json"
)

// format is that of the manifest.
const format = 1

// Place is where a controller keeps what must survive.
type Place struct {
	Data     string // the folder with everything
	Database string
	Blobs    string
	Keys     string
	Token    string
}

// Of returns the place of the settings.
func Of(cfg configs.Controller) Place {
	return Place{Data: cfg.Data, Database: cfg.DatabaseFile(), Blobs: cfg.Blobs(), Keys: cfg.Keys(), Token: cfg.TokenFile()}
}

// Manifest says what a backup holds. It is written when everything else is on
// disk: a folder without it is no backup.
type Manifest struct {
	Format   int         `json:"format"`
	Version  string      `json:"version"` // of the program that made it
	Schema   int         `json:"schema"`  // of the database
	Office   string      `json:"office"`
	Made     time.Time   `json:"made"`  // when copying began: everything acknowledged before is in it
	Took     float64     `json:"took"`  // seconds
	Actor    string      `json:"actor"` // login, "system" for the nightly one, empty for the command
	Database File        `json:"database"`
	Secrets  []File      `json:"secrets"` // keys and the token of the API
	Blobs    BlobCount   `json:"blobs"`
	Damaged  []string    `json:"damaged,omitempty"` // blobs that could not be copied as they should be
	Audit    AuditHead   `json:"audit"`
	Channels []ChannelAt `json:"channels"`
}

// File is one file of a backup.
type File struct {
	Name   string `json:"name"` // with slashes, from the backup's folder
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// BlobCount counts blobs.
type BlobCount struct {
	Count  int   `json:"count"`
	Bytes  int64 `json:"bytes"`
	Linked int   `json:"linked"` // shared with the backup before, so they take no room
	New    int64 `json:"new"`    // bytes that were copied
}

// AuditHead is the end of the audit log: whoever has written it down elsewhere
// knows later that nothing before it was changed.
type AuditHead struct {
	Line int64  `json:"line"`
	Hash string `json:"hash"` // hexadecimal
}

// ChannelAt is how far a channel was.
type ChannelAt struct {
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
}

// Request asks for a backup.
type Request struct {
	Place  Place
	Dir    string // a new or empty folder
	Store  *store.Store
	Office string
	Actor  string
	Now    func() time.Time // time.Now when nil
	Anew   bool             // copy every blob, share none with the backup before
	// Step is called before each step and ends the work by an error; for tests.
	Step func(name string) error
}

// The steps of a backup and of a restore, for Request.Step.
const (
	StepDatabase = "database"
	StepBlobs    = "blobs"
	StepSecrets  = "secrets"
	StepManifest = "manifest"
)

// Make copies a controller's data into Dir, while the controller may run: first
// the database, then what it refers to, so that nothing in the copy is missing.
// Without a Store the database file may be of another process and of an older
// schema. Blobs that the newest sound backup beside Dir has are shared with it
// where the file system can. The folder holds private keys. A *NoRoom says that
// the disk is too full, before anything is copied.
func Make(ctx context.Context, r Request) (Manifest, error) {
	m, err := r.make(ctx)
	if err != nil {
		return m, fmt.Errorf("back up: %w", err)
	}
	return m, nil
}

func (r *Request) make(ctx context.Context) (Manifest, error) {
	if r.Now == nil {
		r.Now = time.Now
	}
	began := r.Now()
	m := Manifest{Format: format, Version: configs.Version, Office: r.Office, Made: began.UTC().Truncate(time.Millisecond), Actor: r.Actor}
	if _, err := os.Stat(r.Place.Database); err != nil {
		return m, fmt.Errorf("there is no database: %w", err)
	}
	if err := makeEmpty(r.Dir); err != nil {
		return m, err
	}
	before := ""
	if !r.Anew {
		before = newestSound(filepath.Dir(r.Dir), r.Dir)
	}
	if err := r.room(before); err != nil {
		return m, err
	}
	held, err := r.Place.hold(ctx)
	if err != nil {
		return m, err
	}
	defer held.Close()
	steps := []struct {
		name string
		do   func() error
	}{
		{StepDatabase, func() (err error) { m.Database, err = r.database(ctx); return err }},
		{StepBlobs, func() error { return r.blobs(ctx, before, &m) }},
		{StepSecrets, func() (err error) { m.Secrets, err = r.secrets(ctx); return err }},
		{StepManifest, func() error { return r.finish(ctx, began, &m) }},
	}
	for _, s := range steps {
		if r.Step != nil {
			if err := r.Step(s.name); err != nil {
				return m, err
			}
		}
		if err := s.do(); err != nil {
			return m, err
		}
	}
	return m, nil
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

func (r *Request) database(ctx context.Context) (File, error) {
	to := filepath.Join(r.Dir, databaseName)
	var err error
	if r.Store != nil {
		err = r.Store.Backup(ctx, to)
	} else {
		err = store.CopyFile(ctx, r.Place.Database, to)
	}
	if err != nil {
		return File{}, err
	}
	if err := os.Chmod(to, 0o600); err != nil {
		return File{}, err
	}
	return digest(r.Dir, databaseName)
}

// secrets copies keys and the token. They come after the database: a key is made
// before the row that needs it.
func (r *Request) secrets(ctx context.Context) ([]File, error) {
	keys, err := os.ReadDir(r.Place.Keys)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(r.Dir, keysName), 0o700); err != nil {
		return nil, err
	}
	out := []File{}
	take := func(from, name string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := copyFile(from, filepath.Join(r.Dir, filepath.FromSlash(name)), 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a temporary file that was finished meanwhile, or no token
		}
		if err != nil {
			return err
		}
		f, err := digest(r.Dir, name)
		out = append(out, f)
		return err
	}
	for _, k := range keys {
		if k.IsDir() || filepath.Ext(k.Name()) != ".key" {
			continue
		}
		if err := take(filepath.Join(r.Place.Keys, k.Name()), keysName+"/"+k.Name()); err != nil {
			return nil, err
		}
	}
	return out, take(r.Place.Token, tokenName)
}

// finish reads from the copy what it is of, makes everything durable and writes
// the manifest.
func (r *Request) finish(ctx context.Context, began time.Time, m *Manifest) error {
	if err := store.Inspect(ctx, filepath.Join(r.Dir, databaseName), func(read store.Reader) error { return m.read(ctx, read) }); err != nil {
		return err
	}
	if err := settle(r.Dir); err != nil {
		return err
	}
	m.Took = r.Now().Sub(began).Seconds()
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := durable.WriteFile(durable.OS, filepath.Join(r.Dir, manifestName), append(text, '\n')); err != nil {
		return err
	}
	return durable.OS.SyncDir(filepath.Dir(r.Dir))
}

// read notes what a database holds.
func (m *Manifest) read(ctx context.Context, read store.Reader) error {
	var err error
	if m.Schema, err = read.Schema(ctx); err != nil {
		return err
	}
	channels, err := read.Channels(ctx)
	if err != nil {
		return err
	}
	m.Channels = []ChannelAt{}
	for _, c := range channels {
		m.Channels = append(m.Channels, ChannelAt{c.ID, c.Revision})
	}
	if !store.Chained(m.Schema) {
		return nil
	}
	last, err := read.FindRecords(ctx, store.AuditFilter{Limit: 1})
	if err == nil && len(last) == 1 {
		m.Audit = AuditHead{last[0].ID, hex.EncodeToString(last[0].Hash)}
	}
	return err
}

// ReadManifest reads the manifest of a backup. fs.ErrNotExist: the folder holds no
// finished backup.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("the manifest %s cannot be read: %w", manifestName, err)
	}
	if m.Format != format {
		return m, fmt.Errorf("the manifest %s is of format %d, this program reads %d", manifestName, m.Format, format)
	}
	return m, nil
}

// Bytes is the size of everything in the backup.
func (m *Manifest) Bytes() int64 { return m.Database.Size + m.Blobs.Bytes }

// blobPath is where a blob lies below a folder of blobs, see assets.Store.
func blobPath(ref assets.Ref) string {
	h := ref.String()[len("sha256-"):]
	return filepath.Join(h[:2], h[2:])
}

// Database is the file of the database in a backup's folder.
func Database(dir string) string { return filepath.Join(dir, databaseName) }

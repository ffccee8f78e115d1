package backup

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Report is what a check found.
type Report struct {
	Manifest Manifest
	Audit    int64         // lines of the audit log that were walked
	Editions int           // whose blobs were looked for
	Problems []fleet.Words // none: it can be restored
}

// Err is nil when the backup passed, else *Unsound.
func (r *Report) Err() error {
	if len(r.Problems) == 0 {
		return nil
	}
	return &Unsound{r.Problems}
}

// Unsound: a backup did not pass its check.
type Unsound struct{ Problems []fleet.Words }

func (e *Unsound) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, p.En)
	}
	return "the backup did not pass its check: " + strings.Join(lines, "; ")
}

// Words are all problems, a line each, in Chinese or in English.
func (e *Unsound) Words(chinese bool) []string {
	var lines []string
	for _, p := range e.Problems {
		if chinese {
			lines = append(lines, p.Zh)
			continue
		}
		lines = append(lines, p.En)
	}
	return lines
}

// mostNamed bounds how many blobs or lines a report names.
const mostNamed = 5

func (r *Report) wrong(zh, en string, args ...any) {
	r.Problems = append(r.Problems, fleet.Words{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)})
}

// Check reads everything in a backup and compares it with its manifest and with
// itself: the database is sound and the one that was copied, the audit log's chain
// holds up to where the manifest says, every blob hashes to its name, all that the
// newest editions need is there, these are signed by the keys of their channels,
// and the keys can be read. It writes nothing. An error means that the check could
// not be made.
func Check(ctx context.Context, dir string) (Report, error) {
	r, err := check(ctx, dir)
	if err != nil {
		return r, fmt.Errorf("check backup %s: %w", dir, err)
	}
	return r, nil
}

func check(ctx context.Context, dir string) (Report, error) {
	var r Report
	if _, err := os.Stat(dir); err != nil {
		return r, err
	}
	m, err := ReadManifest(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.wrong("没有备份清单（%s）：这次备份没有做完，或者这里不是备份", "there is no manifest (%s): the backup was not finished, or this is no backup", manifestName)
		return r, nil
	case err != nil:
		r.wrong("备份清单读不出来：%v", "the manifest cannot be read: %v", err)
		return r, nil
	}
	r.Manifest = m
	r.files(dir)
	have, err := r.blobs(ctx, dir)
	if err != nil {
		return r, err
	}
	return r, r.database(ctx, dir, have)
}

// files compares the database's file and the secrets with the manifest.
func (r *Report) files(dir string) {
	for _, want := range append([]File{r.Manifest.Database}, r.Manifest.Secrets...) {
		if !filepath.IsLocal(filepath.FromSlash(want.Name)) {
			r.wrong("清单里的文件名不对：%q", "the manifest names a file outside: %q", want.Name)
			continue
		}
		got, err := digest(dir, want.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			r.wrong("缺文件 %s", "%s is missing", want.Name)
		case err != nil:
			r.wrong("文件 %s 读不出来：%v", "%s cannot be read: %v", want.Name, err)
		case got != want:
			r.wrong("文件 %s 和备份时不一样（现在 %d 字节，应为 %d 字节）", "%s is not as it was backed up (%d bytes, %d expected)", want.Name, got.Size, want.Size)
		}
	}
}

// blobs hashes every blob and returns those that are good.
func (r *Report) blobs(ctx context.Context, dir string) (map[assets.Ref]int64, error) {
	have := map[assets.Ref]int64{}
	var bad []string
	var bytes int64
	err := eachBlob(ctx, filepath.Join(dir, blobsName), func(ref assets.Ref, path string, size int64) error {
		got, err := digest(filepath.Dir(path), filepath.Base(path))
		if err != nil || got.SHA256 != ref.String()[len("sha256-"):] {
			bad = append(bad, ref.Short())
			return nil
		}
		have[ref], bytes = size, bytes+size
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(bad) > 0 {
		r.wrong("%d 个文件块已损坏：%s", "%d blobs are damaged: %s", len(bad), named(bad))
	}
	if want := r.Manifest.Blobs; len(bad) == 0 && (len(have) != want.Count || bytes != want.Bytes) {
		r.wrong("文件块应有 %d 个、%d 字节，实有 %d 个、%d 字节", "there should be %d blobs of %d bytes, there are %d of %d", want.Count, want.Bytes, len(have), bytes)
	}
	return have, nil
}

// named lists a few names.
func named(all []string) string {
	slices.Sort(all)
	if len(all) > mostNamed {
		return strings.Join(all[:mostNamed], ", ") + " …"
	}
	return strings.Join(all, ", ")
}

// database looks into the copy of the database.
func (r *Report) database(ctx context.Context, dir string, have map[assets.Ref]int64) error {
	err := store.Inspect(ctx, filepath.Join(dir, databaseName), func(read store.Reader) error { return r.rows(ctx, dir, read, have) })
	if err != nil && ctx.Err() == nil {
		r.wrong("数据库读不出来：%v", "the database cannot be read: %v", err)
		return nil
	}
	return err
}

func (r *Report) rows(ctx context.Context, dir string, read store.Reader, have map[assets.Ref]int64) error {
	lines, err := read.Integrity(ctx)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		r.wrong("数据库已损坏：%s", "the database is damaged: %s", named(lines))
		return nil
	}
	var now Manifest
	if err := now.read(ctx, read); err != nil {
		return err
	}
	newest, err := store.NewestSchema()
	if err != nil {
		return err
	}
	if now.Schema > newest {
		r.wrong("备份来自更新的程序（数据库 %d，本程序到 %d）：请用新程序恢复", "the backup is of a newer program (schema %d, this one knows %d): restore it with that", now.Schema, newest)
	}
	if now.Schema != r.Manifest.Schema || now.Audit != r.Manifest.Audit || !slices.Equal(now.Channels, r.Manifest.Channels) {
		r.wrong("数据库和清单说的不是同一时刻", "the database is not of the instant that the manifest names")
	}
	if store.Chained(now.Schema) {
		switch r.Audit, err = read.CheckAudit(ctx); {
		case errors.Is(err, store.ErrBroken):
			r.wrong("审计日志的链断了：%v", "the chain of the audit log is broken: %v", err)
		case err != nil:
			return err
		}
	}
	channels, err := read.Channels(ctx)
	if err != nil {
		return err
	}
	if err := publish.CheckKeys(durable.OS, filepath.Join(dir, keysName), channels); err != nil {
		r.wrong("签名密钥不全：%v", "keys are not as they should be: %v", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return r.editions(ctx, read, channels, have)
}

// editions opens the newest edition of every channel as a screen does, and looks
// for what it needs.
func (r *Report) editions(ctx context.Context, read store.Reader, channels []store.Channel, have map[assets.Ref]int64) error {
	for _, c := range channels {
		if c.Revision == 0 {
			continue
		}
		row, err := read.Edition(ctx, c.ID, c.Revision)
		if errors.Is(err, store.ErrNotFound) {
			r.wrong("%s 的第 %s 版不在数据库里", "edition %[2]s of %[1]s is not in the database", c.ID, c.Revision)
			continue
		}
		if err != nil {
			return err
		}
		e, err := wire.OpenEdition(row.Envelope, playlist.ChannelGrant{Channel: c.ID, Keys: [][]byte{c.Key}})
		if err != nil {
			r.wrong("%s 的第 %s 版验不过签名：%v", "edition %[2]s of %[1]s is not signed as it should be: %[3]v", c.ID, c.Revision, err)
			continue
		}
		r.Editions++
		var missing []string
		look := func(b playlist.Blob) bool {
			if size, ok := have[b.Ref]; (!ok || size != b.Size) && !slices.Contains(missing, b.Ref.Short()) {
				missing = append(missing, b.Ref.Short())
			}
			return true
		}
		e.Needs(look)
		e.Extras(look)
		if len(missing) > 0 {
			r.wrong("%s 的第 %s 版缺 %d 个文件块：%s", "edition %[2]s of %[1]s misses %[3]d blobs: %[4]s", c.ID, c.Revision, len(missing), named(missing))
		}
	}
	return nil
}

// AuditHash is the head of the audit log, short enough to write down.
func (m *Manifest) AuditHash() string {
	if b, err := hex.DecodeString(m.Audit.Hash); err == nil && len(b) >= 8 {
		return m.Audit.Hash[:16]
	}
	return ""
}

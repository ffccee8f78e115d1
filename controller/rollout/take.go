package rollout

import (
	"context"
	"errors"
	"fmt"
	"io"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist/release"
)

// ProgramOf names a program as packages and rollouts do: name, system, processor.
func ProgramOf(m release.Package) string { return string(m.Name) + "/" + m.OS + "/" + m.Arch }

// Bring takes a package file in: its signatures first, then its program, which
// lies in the blob store before the package is listed. What is not right leaves
// nothing behind. The error is ErrFile, ErrUnpinned, ErrKnown or a
// *release.Refusal.
func (d *Depot) Bring(ctx context.Context, actor string, r io.ReaderAt, size int64) (store.Package, error) {
	f, err := OpenFile(r, size)
	if err != nil {
		return store.Package{}, err
	}
	pinned, err := d.pinned(ctx)
	if err != nil {
		return store.Package{}, err
	}
	m, _, err := f.Judge(pinned)
	if err != nil {
		return store.Package{}, err
	}
	p := store.Package{
		ID: fmt.Sprintf("%s-%s-%s-%s", m.Name, m.OS, m.Arch, m.Order()), Program: ProgramOf(m), Version: m.Version,
		KeySet: m.Keys, Sequence: m.Sequence, Ref: m.Blob.Ref, Size: m.Blob.Size, NotesZh: m.Notes.Zh, NotesEn: m.Notes.En,
		Built: m.Built, Uploaded: d.cfg.Now(), Actor: actor, Envelope: f.Envelope, Chain: f.Chain,
	}
	known, err := d.cfg.Store.Packages(ctx)
	if err != nil {
		return store.Package{}, err
	}
	for _, k := range known {
		if k.ID == p.ID || k.Program == p.Program && k.Version == p.Version {
			return store.Package{}, fmt.Errorf("package %s: %w", p.ID, ErrKnown)
		}
	}
	program, err := f.Program()
	if err != nil {
		return store.Package{}, err
	}
	defer program.Close()
	if err := d.cfg.Blobs.Add(m.Blob.Ref, m.Blob.Size, program); errors.Is(err, assets.ErrMismatch) {
		return store.Package{}, fmt.Errorf("%w: its program is not the one that was signed", ErrFile)
	} else if err != nil {
		return store.Package{}, fmt.Errorf("store the program of package %s: %w", p.ID, err)
	}
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		if err := t.AddPackage(ctx, p); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: p.Uploaded, Actor: actor, Action: "package.bring", Subject: p.ID, Detail: p.Version, After: p.Ref.String()})
	})
	return p, err
}

// pinned is the newest key set that the pinned one and the packages here lead to:
// who was trusted once and is no longer signs nothing for this controller.
func (d *Depot) pinned(ctx context.Context) (release.KeySet, error) {
	now := d.cfg.Pinned
	if now.IsZero() {
		return now, ErrUnpinned
	}
	known, err := d.cfg.Store.Packages(ctx)
	if err != nil {
		return now, err
	}
	for _, k := range known {
		// A package that the present pin does not lead to was brought under
		// another one.
		if next, err := release.Walk(now, k.Chain); err == nil && next.Version > now.Version {
			now = next
		}
	}
	return now, nil
}

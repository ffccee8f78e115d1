package rollout

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mingbai/controller/store"
)

// keepNewest is how many packages of a program stay besides those that somebody may
// still need: of 30 MB each, a quarter of a gigabyte.
const keepNewest = 8

// Forget drops old packages, so that their programs can be swept up. Of every program
// those stay that were brought last, the newest by its number, those that a screen
// runs, and those that a standing rollout offers or goes back to. What was dropped can
// be brought again.
func (d *Depot) Forget(ctx context.Context) error {
	d.work.Lock() // so that no rollout of one begins meanwhile
	defer d.work.Unlock()
	known, err := d.cfg.Store.Packages(ctx)
	if err != nil {
		return fmt.Errorf("forget packages: %w", err)
	}
	states, err := d.cfg.Fleet.List(ctx)
	if err != nil {
		return fmt.Errorf("forget packages: %w", err)
	}
	used, versions := map[string]bool{}, map[string]bool{}
	for i := range states {
		versions[Runs(states[i])] = true // of whatever program: some stay too long
	}
	for _, s := range d.all() {
		used[s.ro.Package] = true
		for _, m := range s.members {
			versions[m.Before] = true
		}
	}
	for _, p := range surplus(known) {
		if used[p.ID] || versions[p.Version] {
			continue
		}
		err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
			if err := t.DropPackage(ctx, p.ID); err != nil {
				return err
			}
			return t.Audit(ctx, store.Record{At: d.cfg.Now(), Actor: "system", Action: "package.drop", Subject: p.ID, Detail: p.Version, Before: p.Ref.String()})
		})
		if err != nil {
			return fmt.Errorf("forget package %s: %w", p.ID, err)
		}
	}
	return nil
}

// surplus are the packages that are neither the newest of their program, which leads
// to the keys that are in force, nor among those brought last.
func surplus(known []store.Package) (out []store.Package) {
	byProgram := map[string][]store.Package{}
	for _, p := range known {
		byProgram[p.Program] = append(byProgram[p.Program], p)
	}
	for _, list := range byProgram {
		list = list[1:] // the first is the newest by number
		slices.SortStableFunc(list, func(a, b store.Package) int {
			return cmp.Or(b.Uploaded.Compare(a.Uploaded), cmp.Compare(a.ID, b.ID))
		})
		out = append(out, list[min(len(list), keepNewest-1):]...)
	}
	slices.SortFunc(out, func(a, b store.Package) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

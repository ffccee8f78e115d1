package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// TestTakingAndClosingAtOnce lets the watch close warnings, from what it has in
// memory, while people take them: neither undoes the other.
func TestTakingAndClosingAtOnce(t *testing.T) {
	ctx := context.Background()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	const n = 40
	watched := make([]store.Warning, n) // as the watch remembers them
	update(t, s, func(tx *store.Tx) error {
		for i := range watched {
			watched[i] = store.Warning{ID: fmt.Sprint("w-", i), Scope: "hall", Site: "liuxi", Screens: []playlist.ScreenID{"hall"}, Kind: "disk", Severity: 2, Opened: at, Shown: at, TitleZh: "磁盘将满"}
			if err := tx.PutWarning(ctx, watched[i]); err != nil {
				return err
			}
		}
		return nil
	})
	var both sync.WaitGroup
	both.Go(func() {
		for _, w := range watched {
			w.Closed, w.Severity = at.Add(time.Hour), 3
			if err := s.Update(ctx, func(tx *store.Tx) error { return tx.PutWarning(ctx, w) }); err != nil {
				t.Error(err)
			}
		}
	})
	both.Go(func() {
		for i := range n {
			id := fmt.Sprint("w-", n-1-i)
			if err := s.Update(ctx, func(tx *store.Tx) error { return tx.TakeWarning(ctx, id, "li", "下午去", at.Add(time.Minute)) }); err != nil {
				t.Error(err)
			}
		}
	})
	both.Wait()
	for _, w := range watched {
		got, err := s.Warning(ctx, w.ID)
		if err != nil || got.Closed != at.Add(time.Hour) || got.Severity != 3 || got.Actor != "li" || got.Remark != "下午去" || got.Acknowledged != at.Add(time.Minute) {
			t.Errorf("%s: %+v, %v", w.ID, got, err)
		}
	}
	if open, err := s.OpenWarnings(ctx); err != nil || len(open) > 0 {
		t.Errorf("%d are open, %v", len(open), err)
	}
	update(t, s, func(tx *store.Tx) error { return tx.TakeWarning(ctx, "w-0", "wang", "", at.Add(2*time.Minute)) })
	if got, err := s.Warning(ctx, "w-0"); err != nil || got.Actor != "wang" || got.Remark != "" {
		t.Errorf("a remark cannot be taken back: %+v, %v", got, err)
	}
	if err := s.Update(ctx, func(tx *store.Tx) error { return tx.TakeWarning(ctx, "w-none", "li", "", at) }); err == nil {
		t.Error("a warning that there is not was taken")
	}
}

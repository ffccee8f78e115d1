package controller_test

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/controller/backup"
)

// TestBlobsWaitForBackups: whoever removes blobs leaves them alone while a backup is
// made, also by the command, which has no keeper; and such a backup waits for the end
// of a removal that has begun.
func TestBlobsWaitForBackups(t *testing.T) {
	cfg := settings(t.TempDir())
	c := openController(t, cfg)
	load(t, c)
	request := func(name string, step func(string) error) backup.Request {
		return backup.Request{Place: backup.Of(cfg), Dir: filepath.Join(t.TempDir(), name), Step: step} // no Store, as the command
	}
	steps := 0
	_, err := backup.Make(t.Context(), request("one", func(string) error {
		steps++
		quiet, err := c.Backups.Quietly(func() error {
			t.Error("blobs are removed while a backup copies them")
			return nil
		})
		if quiet || err != nil {
			t.Errorf("quiet in the middle of a backup: %v, %v", quiet, err)
		}
		return nil
	}))
	if err != nil || steps == 0 {
		t.Fatalf("after %d steps: %v", steps, err)
	}

	var work sync.WaitGroup
	var over atomic.Bool
	began := make(chan struct{})
	begin := sync.OnceFunc(func() { close(began) })
	quiet, err := c.Backups.Quietly(func() error {
		work.Go(func() {
			r := request("two", func(string) error {
				if !over.Load() {
					t.Error("a backup copies while blobs are removed")
				}
				return nil
			})
			r.Now = func() time.Time { begin(); return time.Now() } // asked first of all
			if _, err := backup.Make(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
		<-began
		over.Store(true)
		return nil
	})
	if !quiet || err != nil {
		t.Errorf("not quiet without a backup: %v, %v", quiet, err)
	}
	work.Wait()
	if !over.Load() {
		t.Error("nothing was done in quiet")
	}
	if quiet, err := c.Backups.Quietly(func() error { return nil }); !quiet || err != nil {
		t.Errorf("not quiet after the backup: %v, %v", quiet, err)
	}
}

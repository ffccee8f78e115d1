package store_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mingbai/controller/store"
)

// TestUrgentGoesFirst lets transactions wait for one another and looks at the
// order in which they run.
func TestUrgentGoesFirst(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "mingbai.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	entered, pressed := make(chan struct{}), make(chan struct{})
	order := make(chan string, 8)
	done := make(chan error, 8)
	go func() {
		done <- s.Update(t.Context(), func(tx *store.Tx) error {
			close(entered)
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for !tx.Pressed() {
				<-tick.C
			}
			close(pressed)
			order <- "first"
			return nil
		})
	}()
	<-entered
	canceled, cancel := context.WithCancel(t.Context())
	run := func(ctx context.Context, name string) {
		go func() {
			done <- s.Update(ctx, func(*store.Tx) error { order <- name; return nil })
		}()
	}
	for range 3 {
		run(t.Context(), "ordinary")
	}
	run(canceled, "ordinary")
	cancel() // who does not wait any more is in nobody's way
	run(store.Urgently(t.Context()), "urgent")
	<-pressed
	failed := 0
	for range 6 {
		if err := <-done; err != nil {
			failed++
		}
	}
	close(order)
	got := slices.Collect(func(yield func(string) bool) {
		for name := range order {
			if !yield(name) {
				return
			}
		}
	})
	if failed > 1 || len(got) < 5 || got[0] != "first" || got[1] != "urgent" {
		t.Errorf("ran in the order %v, %d failed", got, failed)
	}
}

// TestLongGivesWay begins an import anew for something urgent, and in the end
// lets it come to its end however much is urgent.
func TestLongGivesWay(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "mingbai.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var order []string // one transaction at a time adds to it
	tries := 0
	urgent := make(chan error, 100)
	err = s.UpdateLong(t.Context(), func(tx *store.Tx) error {
		tries++
		if err := tx.PutAnswer(t.Context(), "import", time.Now(), []byte("{}")); err != nil {
			return err // a second try would find what the first left
		}
		go func() {
			urgent <- s.Update(store.Urgently(t.Context()), func(*store.Tx) error { order = append(order, "urgent"); return nil })
		}()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for !tx.Pressed() {
			<-tick.C
		}
		if err := tx.GiveWay(); err != nil {
			return err
		}
		order = append(order, "import")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range tries {
		if err := <-urgent; err != nil {
			t.Fatal(err)
		}
	}
	if tries < 2 || tries > 32 {
		t.Errorf("the import was tried %d times", tries)
	}
	if i := slices.Index(order, "import"); i != tries-1 || order[0] != "urgent" {
		t.Errorf("ran in the order %v", order)
	}
	ordinary := s.Update(t.Context(), func(tx *store.Tx) error { return tx.GiveWay() })
	if ordinary != nil {
		t.Errorf("nothing waits: %v", ordinary)
	}
}

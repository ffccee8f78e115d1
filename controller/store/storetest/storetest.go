// Package storetest gives tests new databases cheaply: the steps that lead to the
// newest schema are taken once in a process, and every test gets a copy of the
// empty database that comes out. The steps themselves are tested by package store.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"mingbai/controller/store"
)

// empty is the file of a database without a row.
var empty = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "mingbai-store-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if gone := os.RemoveAll(dir); err == nil {
			err = gone
		}
	}()
	path := filepath.Join(dir, "empty.db")
	s, err := store.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // all that is in its log comes into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// Put writes an empty database to a path at which there is none, for a store or a
// controller to open. It leaves alone what is there already.
func Put(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	data, err := empty()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o750)
	}
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(fmt.Errorf("an empty database: %w", err))
	}
}

// Open opens a database at a path, a copy of the empty one if there is none. The
// caller closes it.
func Open(t testing.TB, path string) *store.Store {
	t.Helper()
	Put(t, path)
	s, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

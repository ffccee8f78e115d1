//go:build linux

package main

import (
	"context"

	"mingbai/configs"
)

// Measure takes some rows of the table. Its servers and devices are processes of
// their own, and gone when it returns. An error says that something could not be
// measured or did not work; a target that is missed is none.
type Measure func(ctx context.Context, m *Bench) ([]Row, error)

// measures is the table's order.
var measures = []struct {
	name  string // for -only
	take  Measure
	short bool // in the short form too
}{
	{"memory-hub", func(ctx context.Context, m *Bench) ([]Row, error) { return hubMemory(ctx, m, false) }, true},
	{"memory-hub-tls", func(ctx context.Context, m *Bench) ([]Row, error) { return hubMemory(ctx, m, true) }, false},
	{"memory-controller", func(ctx context.Context, m *Bench) ([]Row, error) { return controllerMemory(ctx, m, false) }, false},
	{"memory-controller-tls", func(ctx context.Context, m *Bench) ([]Row, error) { return controllerMemory(ctx, m, true) }, false},
	{"broadcast", func(ctx context.Context, m *Bench) ([]Row, error) { return broadcast(ctx, m, false) }, true},
	{"broadcast-tls", func(ctx context.Context, m *Bench) ([]Row, error) { return broadcast(ctx, m, true) }, false},
	{"stalled", stalled, true},
	{"reports", reports, true},
	{"storm", comeBack, true},
	{"publish", publishing, true},
	{"console", consolePages, true},
	{"blobs", blobs, true},
	{"pictures", pictures, true},
	{"device-search", searching, true},
	{"device-painter", painting, true},
	{"device-ebiten", func(ctx context.Context, m *Bench) ([]Row, error) {
		return onScreen(ctx, m, configs.BackendEbiten, false)
	}, false},
	{"device-shm", func(ctx context.Context, m *Bench) ([]Row, error) { return onScreen(ctx, m, configs.BackendShm, false) }, false},
	{"device-full", func(ctx context.Context, m *Bench) ([]Row, error) {
		return onScreen(ctx, m, configs.BackendEbiten, true)
	}, false},
}

package fleet

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

var pngMagic = []byte("\x89PNG\r\n\x1a\n")

// Command asks something of a connected screen and returns at once; the result
// comes later: see Await. ErrOffline when it is not connected.
func (f *Fleet) Command(ctx context.Context, actor string, id playlist.ScreenID, kind wire.CommandKind) (store.Command, error) {
	row, err := f.cfg.Store.Screen(ctx, id)
	if err != nil {
		return store.Command{}, err
	}
	if f.hub == nil || !f.hub.IsConnected(id) {
		return store.Command{}, ErrOffline
	}
	c := store.Command{ID: "c-" + strings.ToLower(rand.Text()[:16]), Screen: id, Kind: kind, Actor: actor, Created: f.cfg.Now()}
	err = f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		if err := t.AddCommand(ctx, c); err != nil {
			return err
		}
		return t.Register(ctx, store.Record{At: c.Created, Actor: actor, Action: "screen." + string(kind), Subject: string(id), Site: row.Site})
	})
	if err != nil {
		return store.Command{}, fmt.Errorf("command screen %s: %w", id, err)
	}
	f.mu.Lock()
	f.results[c.ID] = make(chan struct{})
	f.mu.Unlock()
	if err := f.hub.Command(id, wire.Command{ID: c.ID, Kind: kind}); err != nil {
		f.finish(c.ID)
		if errors.Is(err, hub.ErrNotConnected) {
			err = ErrOffline
		}
		return store.Command{}, fmt.Errorf("command screen %s: %w", id, err)
	}
	return c, nil
}

// Await waits for the result of a command, or until ctx ends, and returns what
// is known then: Done is zero while there is no result.
func (f *Fleet) Await(ctx context.Context, id string) (store.Command, error) {
	f.mu.Lock()
	done := f.results[id]
	f.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	return f.cfg.Store.Command(context.WithoutCancel(ctx), id)
}

// finish lets go those who wait for a command.
func (f *Fleet) finish(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if done := f.results[id]; done != nil {
		close(done)
		delete(f.results, id)
	}
}

// Result is part of hub.Backend.
func (f *Fleet) Result(ctx context.Context, screen playlist.ScreenID, r wire.Result, attached [][]byte) error {
	var shot assets.Ref
	if len(attached) > 0 && r.OK {
		if !bytes.HasPrefix(attached[0], pngMagic) {
			r.OK, r.Error = false, "what the screen sent is not a PNG picture"
		} else {
			var err error
			if shot, err = f.cfg.Blobs.PutBytes(attached[0]); err != nil {
				return fmt.Errorf("store a screenshot: %w", err)
			}
		}
	}
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error { return t.FinishCommand(ctx, screen, r, shot, f.cfg.Now()) })
	if err != nil {
		return err
	}
	f.finish(r.ID)
	return nil
}

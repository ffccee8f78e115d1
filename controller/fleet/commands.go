package fleet

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

var pngMagic = []byte("\x89PNG\r\n\x1a\n")

// maxLog is how many bytes of a log are kept: the newest.
const maxLog = 256 << 10

// A BadCommand is a command that no screen could carry out, in the words for the
// person who gave it.
type BadCommand struct {
	Field string // kind or value
	Words
}

// Error implements error, in English.
func (b *BadCommand) Error() string { return b.En }

// figure is what the value of a kind of command may be; the zero value is none.
type figure struct {
	least, most int
	words       Words
}

var figures = map[wire.CommandKind]figure{
	wire.CommandReload: {}, wire.CommandScreenshot: {}, wire.CommandRestart: {}, wire.CommandIdentify: {}, wire.CommandReboot: {},
	wire.CommandLit: {}, wire.CommandLog: {}, wire.CommandPatrol: {}, wire.CommandTone: {},
	wire.CommandDark:       {1, 24 * 60, Words{"熄屏时长应为 1 至 1440 分钟", "a screen is darkened for 1 to 1440 minutes"}},
	wire.CommandBrightness: {1, 100, Words{"亮度应为 1 至 100（%）；要全黑请用熄屏", "the brightness is 1 to 100 per cent; to have it black, darken it"}},
	wire.CommandVolume:     {0, 100, Words{"音量应为 0 至 100（%）", "the volume is 0 to 100 per cent"}},
}

// CheckCommand returns a *BadCommand when a kind of command does not exist or its
// value makes no sense.
func CheckCommand(kind wire.CommandKind, value int) error {
	f, ok := figures[kind]
	switch {
	case !ok:
		return &BadCommand{"kind", Words{"没有这个命令", "there is no such command"}}
	case f == figure{} && value != 0:
		return &BadCommand{"value", Words{"这个命令不带数值", "this command has no value"}}
	case value < f.least || value > f.most:
		return &BadCommand{"value", f.words}
	}
	return nil
}

// CommandBounds returns the least and the most that the value of a kind of command
// may be, in minutes or per cent as the kind says. ok is false for kinds without a
// value.
func CommandBounds(kind wire.CommandKind) (least, most int, ok bool) {
	f := figures[kind]
	return f.least, f.most, f != figure{}
}

// Command asks something of a connected screen and returns at once; the result
// comes later: see Await. value is in minutes or per cent as the kind says, and 0
// for kinds without one. The error is a *BadCommand for what cannot be asked,
// ErrOffline when the screen is not connected.
func (f *Fleet) Command(ctx context.Context, actor string, id playlist.ScreenID, kind wire.CommandKind, value int) (store.Command, error) {
	if err := CheckCommand(kind, value); err != nil {
		return store.Command{}, err
	}
	return f.command(ctx, actor, id, kind, value)
}

// command is Command for kinds that people do not ask for by name, too.
func (f *Fleet) command(ctx context.Context, actor string, id playlist.ScreenID, kind wire.CommandKind, value int) (store.Command, error) {
	row, err := f.cfg.Store.Screen(ctx, id)
	if err != nil {
		return store.Command{}, err
	}
	if f.hub == nil || !f.hub.IsConnected(id) {
		return store.Command{}, ErrOffline
	}
	c := store.Command{ID: "c-" + strings.ToLower(rand.Text()[:16]), Screen: id, Kind: kind, Value: value, Actor: actor, Created: f.cfg.Now()}
	detail := ""
	if figures[kind] != (figure{}) {
		detail = strconv.Itoa(value)
	}
	err = f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		if err := t.AddCommand(ctx, c); err != nil {
			return err
		}
		if err := t.AddEvent(ctx, store.Event{Screen: id, At: c.Created, Kind: store.EventCommand, Detail: c.ID, Actor: actor}); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: c.Created, Actor: actor, Action: "screen." + string(kind), Subject: string(id), Site: row.Site, Detail: detail})
	})
	if err != nil {
		return store.Command{}, fmt.Errorf("command screen %s: %w", id, err)
	}
	if err := f.hub.Command(id, wire.Command{ID: c.ID, Kind: kind, Value: value}); err != nil {
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
	// Before it is looked whether the result is there: else it could come between.
	done, leave := f.awaits(id)
	defer leave()
	last := context.WithoutCancel(ctx)
	c, err := f.cfg.Store.Command(last, id)
	if err != nil || !c.Done.IsZero() {
		return c, err
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
	return f.cfg.Store.Command(last, id)
}

// awaited is a command that someone waits for.
type awaited struct {
	done chan struct{} // closed with the result
	by   int           // so many wait
}

// awaits notes that somebody waits for a command, until leave.
func (f *Fleet) awaits(id string) (done <-chan struct{}, leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.results[id]
	if a == nil {
		a = &awaited{done: make(chan struct{})}
		f.results[id] = a
	}
	a.by++
	return a.done, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if a.by--; a.by == 0 && f.results[id] == a {
			delete(f.results, id)
		}
	}
}

// finish lets go those who wait for a command.
func (f *Fleet) finish(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.results[id]; a != nil {
		close(a.done)
		delete(f.results, id)
	}
}

// Result is part of hub.Backend. What is attached is what was asked for: a PNG or
// the lines of a log.
func (f *Fleet) Result(ctx context.Context, screen playlist.ScreenID, r wire.Result, attached [][]byte) error {
	var shot assets.Ref
	text := ""
	f.shooting.RLock() // until the picture has its row
	defer f.shooting.RUnlock()
	if len(attached) > 0 && r.OK {
		asked, err := f.cfg.Store.Command(ctx, r.ID)
		switch {
		case errors.Is(err, store.ErrNotFound), err == nil && asked.Screen != screen:
			return nil // nobody asked
		case err != nil:
			return err
		case asked.Kind == wire.CommandLog:
			text = cleanLog(attached[0])
		case asked.Kind != wire.CommandScreenshot: // it sends what nobody wants
		case !bytes.HasPrefix(attached[0], pngMagic):
			r.OK, r.Error = false, "what the screen sent is not a PNG picture"
		case f.cfg.Shots == nil:
			r.OK, r.Error = false, "screenshots are not kept here"
		default:
			if shot, err = f.cfg.Shots.PutBytes(attached[0]); err != nil {
				return fmt.Errorf("store a screenshot: %w", err)
			}
		}
	}
	r.Error = clean(r.Error, 500)
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error { return t.FinishCommand(ctx, screen, r, shot, text, f.cfg.Now()) })
	if err != nil {
		return err
	}
	f.finish(r.ID)
	return nil
}

// cleanLog is a log as pages can show it: whole lines, the newest, without
// control characters.
func cleanLog(data []byte) string {
	text := strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(data), ""))
	if over := len(text) - maxLog; over > 0 {
		text = text[over:]
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			text = text[i+1:]
		}
		text = strings.ToValidUTF8(text, "")
	}
	return text
}

// clean makes one line of at most limit characters of what a device says.
func clean(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return text
}

package fleet

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Bounds against guessing and crowding.
const (
	maxWaiting      = 2000 // devices in the lobby
	missesPerMinute = 10   // wrong codes, of all people together
)

// noCode is what a device shows for the moment in which it learns its name. No
// waiting device gets it.
const noCode = "000000"

// waiting is a device in the lobby.
type waiting struct {
	key     [32]byte
	code    string
	hello   wire.Hello
	remote  string
	since   time.Time
	expires time.Time
	proof   *wire.Enrolment // that it is a screen of which nothing is known here; nil for most
}

// Waiting is a device that shows a code.
type Waiting struct {
	Code        string              `json:"code"`
	Kind        playlist.ScreenKind `json:"kind"`
	Panel       playlist.Panel      `json:"panel"`
	Program     string              `json:"program"`
	Host        string              `json:"host"`
	Remote      string              `json:"remote"`
	Fingerprint string              `json:"fingerprint"` // first 16 digits of the sha256 of its key
	Since       time.Time           `json:"since"`
	Expires     time.Time           `json:"expires"`
}

// Enrolment is what a person says of a device whose code they read.
type Enrolment struct {
	Screen   playlist.ScreenID `json:"screen,omitempty"` // an existing screen that gets this device; empty makes a new one
	Site     playlist.SiteID   `json:"site"`
	Name     string            `json:"name"`
	Place    string            `json:"place,omitempty"`
	Outdoor  bool              `json:"outdoor,omitempty"`
	Tags     []string          `json:"tags,omitempty"`
	Panel    *playlist.Panel   `json:"panel,omitempty"` // what the device reports when nil
	Language string            `json:"language,omitempty"`
}

// lobby gives a device its code, the same one until it expires.
func (f *Fleet) lobby(hello wire.Hello, remote string) (wire.Pairing, error) {
	now := f.cfg.Now()
	key := [32]byte(hello.Key)
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.byKey[key]
	for code, w := range f.waiting {
		if !now.Before(w.expires) {
			delete(f.waiting, code)
			delete(f.byKey, w.key)
		}
	}
	w := f.byKey[key]
	if w == nil {
		if len(f.waiting) >= maxWaiting {
			return wire.Pairing{}, ErrTooMany
		}
		code, err := f.newCode()
		if err != nil {
			return wire.Pairing{}, err
		}
		w = &waiting{key: key, code: code, since: now, expires: now.Add(f.cfg.Pairing)}
		if before != nil && before.proof != nil { // it goes on waiting
			w.since, w.proof = before.since, before.proof
		}
		f.waiting[code], f.byKey[key] = w, w
	}
	w.hello, w.remote = hello, remote
	return wire.Pairing{Code: w.code, Expires: w.expires, Prove: hello.Screen != ""}, nil
}

// newCode returns six digits that no waiting device shows. The caller holds mu.
func (f *Fleet) newCode() (string, error) {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return "", fmt.Errorf("make a pairing code: %w", err)
		}
		code := fmt.Sprintf("%06d", n)
		if code != noCode && f.waiting[code] == nil {
			return code, nil
		}
	}
}

// Waiting lists the devices that show a code now, those that came first first.
// The code itself is left out: whoever confirms must have read it on the screen.
// Those that Found lists are left out.
func (f *Fleet) Waiting() []Waiting {
	now := f.cfg.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []Waiting{}
	for _, w := range f.waiting {
		if now.Before(w.expires) && w.proof == nil {
			list = append(list, w.public())
		}
	}
	slices.SortFunc(list, func(a, b Waiting) int {
		if c := a.Since.Compare(b.Since); c != 0 {
			return c
		}
		return strings.Compare(a.Fingerprint, b.Fingerprint)
	})
	return list
}

func (w *waiting) public() Waiting {
	return Waiting{
		Kind: w.hello.Kind, Panel: w.hello.Panel, Program: w.hello.Program, Host: w.hello.Host, Remote: w.remote,
		Fingerprint: Fingerprint(w.key[:]), Since: w.since, Expires: w.expires,
	}
}

// Lookup returns the device that shows a code, for the page on which a person
// confirms it. A wrong code counts against the limit.
func (f *Fleet) Lookup(code string) (Waiting, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w, err := f.find(code)
	if err != nil {
		return Waiting{}, err
	}
	p := w.public()
	p.Code = w.code
	return p, nil
}

// find returns the device with a code. The caller holds mu.
func (f *Fleet) find(code string) (*waiting, error) {
	now := f.cfg.Now()
	f.misses = slices.DeleteFunc(f.misses, func(t time.Time) bool { return now.Sub(t) > time.Minute })
	if len(f.misses) >= missesPerMinute {
		return nil, ErrTooMany
	}
	w := f.waiting[strings.TrimSpace(code)]
	if w == nil || !now.Before(w.expires) {
		f.misses = append(f.misses, now)
		return nil, ErrCode
	}
	return w, nil
}

// Confirm binds the device that shows a code to a screen, new or existing, and
// tells it who it is. A code is good once. Problems with what was said of the
// screen are *Invalid.
func (f *Fleet) Confirm(ctx context.Context, actor, code string, e Enrolment) (store.Screen, error) {
	f.mu.Lock()
	w, err := f.find(code)
	if err != nil {
		f.mu.Unlock()
		return store.Screen{}, err
	}
	delete(f.waiting, w.code) // at once: two people cannot confirm it together
	f.mu.Unlock()
	screen, err := f.bind(ctx, actor, w, e)
	f.mu.Lock()
	if err != nil {
		f.waiting[w.code] = w // nothing happened; the person corrects and tries again
		f.mu.Unlock()
		return store.Screen{}, err
	}
	delete(f.byKey, w.key)
	l := f.liveOf(screen.ID)
	*l = live{key: w.key, since: f.cfg.Now()}
	f.mu.Unlock()
	ctx = context.WithoutCancel(ctx)                                     // it is bound: it must hear of it
	f.hub.Kick(screen.ID, wire.CloseRemoved, "another device took over") // nobody, for a new screen

	if err := f.Refresh(ctx, screen.ID); err != nil {
		return store.Screen{}, fmt.Errorf("enrol screen %s: %w", screen.ID, err)
	}
	f.welcome(ctx, w.key, screen.ID)
	return f.cfg.Store.Screen(ctx, screen.ID)
}

// bind stores the screen and its device.
func (f *Fleet) bind(ctx context.Context, actor string, w *waiting, e Enrolment) (playlist.Screen, error) {
	var screen playlist.Screen
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		screen = playlist.Screen{Site: e.Site, Kind: w.hello.Kind, Name: e.Name, Place: e.Place, Outdoor: e.Outdoor, Tags: e.Tags, Panel: w.hello.Panel}
		language := e.Language
		var old []byte
		if e.Screen != "" {
			have, err := f.had(ctx, t, e.Screen)
			if err != nil {
				return err
			}
			if err := otherKind(w.hello.Kind, have.Kind); err != nil {
				return err
			}
			old, screen = have.Key, have.Screen // the device takes the place; what is known of it stays
			if language == "" {
				language = have.Language
			}
		} else {
			screen.ID = playlist.ScreenID("s-" + strings.ToLower(rand.Text()[:8]))
			if language == "" {
				language = f.cfg.Language
			}
		}
		if e.Panel != nil {
			screen.Panel = *e.Panel
		}
		if err := f.validate(ctx, t.Reader, screen); err != nil {
			return err
		}
		if err := t.PutScreen(ctx, screen, language); err != nil {
			return err
		}
		if err := t.BindDevice(ctx, screen.ID, w.key[:], f.cfg.Now()); err != nil {
			return err
		}
		if err := t.SetProgram(ctx, screen.ID, w.hello.Program, w.hello.System, w.hello.Host); err != nil {
			return err
		}
		return f.record(ctx, t, actor, screen, old, w)
	})
	if err != nil {
		return screen, fmt.Errorf("enrol a screen: %w", err)
	}
	return screen, nil
}

// welcome tells a connected device who it is. One that is not connected is told
// when it comes back.
func (f *Fleet) welcome(ctx context.Context, key [32]byte, id playlist.ScreenID) {
	err := f.hub.Enrolled(ctx, key[:], wire.Enrolled{Screen: id, Root: f.RootKey()})
	if err != nil {
		f.cfg.Log.Info("an enrolled screen is told its name when it comes back", "screen", string(id), "cause", err)
	}
}

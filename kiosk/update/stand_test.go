package update

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

var signer = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

var pin = release.Pin([][]byte{signer.Public().(ed25519.PublicKey)}, 0)

// here is the machine of the tests.
var here = release.Here(release.Kiosk)

// offered makes the offer of a program.
func offered(t testing.TB, program []byte, version string, sequence uint64, change ...func(*release.Package)) wire.Offer {
	t.Helper()
	p := release.Package{
		Name: here.Name, Version: version, OS: here.OS, Arch: here.Arch, Keys: 1, Sequence: sequence,
		Blob:     playlist.Blob{Ref: assets.RefOf(program), Size: int64(len(program))},
		Built:    time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Protocol: release.Protocol{Min: 1, Max: 3},
	}
	for _, c := range change {
		c(&p)
	}
	env, err := release.SignPackage(p, signer)
	if err != nil {
		t.Fatal(err)
	}
	return wire.Offer{Package: env}
}

// stand is a device around an Updater.
type stand struct {
	opt Options

	mu      sync.Mutex // guards what follows
	blobs   map[assets.Ref][]byte
	fetched int
	quiet   bool
	health  Health
	free    uint64
	changed chan struct{} // capacity 1
}

var errNone = errors.New("the controller has no such blob")

func newStand(fsys durable.FS, slot Slot, programs ...[]byte) *stand {
	s := &stand{blobs: map[assets.Ref][]byte{}, quiet: true, free: 1 << 40, changed: make(chan struct{}, 1)}
	for _, p := range programs {
		s.blobs[assets.RefOf(p)] = p
	}
	s.health = Health{Content: true, Online: true}
	s.opt = Options{
		FS: fsys, Dir: "/data/slots", Slot: slot, Launched: true, Version: "old", Machine: here, Pin: pin,
		Trial: time.Minute, Protocol: func() int { return 1 },
		Fetch: func(ctx context.Context, store *assets.Store, b playlist.Blob) error {
			s.mu.Lock()
			s.fetched++
			data, ok := s.blobs[b.Ref]
			s.mu.Unlock()
			if !ok {
				return errNone
			}
			return store.Add(b.Ref, b.Size, bytes.NewReader(data))
		},
		Permanent: func(err error) bool { return errors.Is(err, errNone) },
		Room:      func() (uint64, bool) { s.mu.Lock(); defer s.mu.Unlock(); return s.free, true },
		Quiet:     func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.quiet },
		Health: func() Health {
			s.mu.Lock()
			defer s.mu.Unlock()
			h := s.health
			if h.Beat.IsZero() {
				h.Beat = time.Now()
			}
			return h
		},
		Now: time.Now,
		Changed: func() {
			select {
			case s.changed <- struct{}{}:
			default:
			}
		},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	return s
}

func (s *stand) set(change func(*stand)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// open starts an Updater over what is on the disk.
func (s *stand) open(t testing.TB) *Updater {
	t.Helper()
	u, err := New(s.opt)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// launcher starts a launcher over the same disk; it only chooses.
func (s *stand) launcher() *Launcher {
	return NewLauncher(Plan{FS: s.opt.FS, Dir: s.opt.Dir, Version: "old", Log: s.opt.Log})
}

// sound fails unless what would be started is the installed program, or whole.
func sound(fsys durable.FS, dir string, c choice) error {
	if c.slot == BuiltIn {
		return nil
	}
	return whole(fsys, dir, c.slot, c.held.Blob)
}

func disk(t testing.TB) *crashfs.FS {
	t.Helper()
	fsys := crashfs.New()
	if err := durable.MkdirAll(fsys, "/data/slots"); err != nil {
		t.Fatal(err)
	}
	return fsys
}

func stateOf(t testing.TB, s *stand) state {
	t.Helper()
	st, err := load(s.opt.FS, s.opt.Dir, s.opt.Log)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func hasReason(u wire.UpdateState, step wire.UpdateStep, want release.Reason) bool {
	reason, detail := release.ReasonOf(u.Error)
	return u.Step == step && reason == want && (want == "" || detail != "")
}

func contains(failed []assets.Ref, o wire.Offer) bool { return slices.Contains(failed, offerRef(o)) }

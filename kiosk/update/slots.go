// Package update lets a device program replace itself, and lets it come back when
// the new one is not well.
//
// A device keeps three programs: the one that was installed by hand, which is
// called built-in and never changed from afar, and two slots, a and b. The
// installed program runs as the launcher: it chooses one of the three, starts it as
// a child and starts it again when it ends. The child fetches what it is offered
// into the slot that is not in use and asks for a trial; the launcher then starts
// that slot. The new program commits itself once it has been well for a while, and
// otherwise the old one runs again:
//
//	            offer verified, fetched, hashed, synced      quiet moment
//	running ─────────────────────────────────────────▶ ready ─────────────▶ trial
//	   ▲                                                                     │ │
//	   │   crashed twice, frozen, not started (launcher says so);            │ │
//	   │   dark, unreachable (the program itself says so)                    │ │
//	   ├─────────────────────────────────────────────────────────────────────┘ │
//	   └─────────────────────────────── well for [update] trial ───────────────┘
//
// It promises that whenever the power or a process goes, the next start finds a
// program that was installed by hand or whose every byte has the hash that enough
// release keys have signed; that nothing is stored of an offer that package release
// refuses; and that a program which failed is not tried again until somebody offers
// it anew. All that has to survive is in one file, replaced atomically. Only one
// process writes it at a time: the child while it runs, the launcher while it does
// not.
//
// It leaves to others: which program is offered when, and what counts as quiet and
// as well (Options asks). A program that was not started by the launcher refuses
// every offer and says so.
package update

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
)

// Slot is a place for a program.
type Slot string

// The slots. BuiltIn is what was installed by hand.
const (
	BuiltIn Slot = ""
	A       Slot = "a"
	B       Slot = "b"
)

func (s Slot) valid() bool { return s == BuiltIn || s == A || s == B }

// Files below Options.Dir.
const (
	stateFile = "state.json"
	fetchDir  = "fetch"
)

// programFile is where a slot's program lies. The running program is never
// replaced or renamed, which Windows would not allow.
func programFile(dir string, s Slot) string {
	name := "program"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dir, string(s), name)
}

// programPerm lets the service's user and those who look after the machine run it.
const programPerm = 0o755

// errOther is the error of bytes that are not those that were signed.
var errOther = errors.New("the program in the slot is not the one that was signed")

// whole reads the program of a slot and reports whether it is the blob.
func whole(fsys durable.FS, dir string, s Slot, want playlist.Blob) error {
	f, err := fsys.Open(programFile(dir, s))
	if err != nil {
		return fmt.Errorf("open the program in slot %s: %w", s, err)
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return fmt.Errorf("read the program in slot %s: %w", s, err)
	}
	if n != want.Size || refOf(sum) != want.Ref {
		return errOther
	}
	return nil
}

func refOf(sum hash.Hash) assets.Ref {
	r, err := assets.ParseRef(fmt.Sprintf("sha256-%x", sum.Sum(nil)))
	if err != nil {
		panic(err) // it is made of a whole hash
	}
	return r
}

// install writes a program into a slot and returns when every byte of it is on the
// disk, has been hashed on its way and can be executed. The slot must not be in use.
func install(fsys durable.FS, dir string, s Slot, from io.Reader, want playlist.Blob) error {
	path := programFile(dir, s)
	if err := durable.MkdirAll(fsys, filepath.Dir(path)); err != nil {
		return err
	}
	// A half-written one of an earlier attempt is of no use to anybody.
	fresh := path + ".new"
	f, err := fsys.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, programPerm)
	if err != nil {
		return fmt.Errorf("write slot %s: %w", s, err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(from, want.Size+1))
	if err == nil && (n != want.Size || refOf(sum) != want.Ref) {
		err = errOther
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write slot %s: %w", s, err)
	}
	if err := durable.Rename(fsys, fresh, path); err != nil {
		return fmt.Errorf("write slot %s: %w", s, err)
	}
	return nil
}

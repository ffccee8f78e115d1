// Package release says which program a device may run: the manifest of a
// program package, the keys that may sign one, and the one pure function that
// judges both.
//
// Three things are signed, each over opaque bytes with its own type (DSSE, see
// package wire):
//
//	key set N  ──signed by thresholds of N and N+1──▶  key set N+1  ──▶ ...
//	                                                        │ threshold
//	                                                        ▼
//	                                                     package
//
// A device pins one key set, when it is built or in its settings. An offer
// brings the chain of key sets from the first to the newest, and the device
// walks it from the one that it pins, one version at a time (DOMAIN 3.2, TUF
// 5.3): a device that was off for a year and three rotations still updates, and
// whoever holds old keys only, or new keys only, leads it nowhere.
//
// No device judges an expiry date. A date would have to be compared with a
// clock, and the clock of a device that was without power for a year is the one
// thing about it that is surely wrong; a device that refused an expired set
// would stay on its old program for ever, which is worse than what expiry
// guards against here. What expiry would give, two rules give without a clock:
// key sets and packages only go up, so a device that has once seen a newer one
// takes no older one; and keys that should be trusted no longer are taken out by
// the next set. KeySet.Expires is for people: the console reminds them.
//
// It leaves to others: what is fetched and where it is kept (kiosk/update), who
// is offered what and when (controller/rollout), and where private keys lie.
package release

import (
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Payload types.
const (
	KeysType    = "mingbai/release-keys/v1"
	PackageType = "mingbai/release-package/v1"
)

// Limits.
const (
	MaxPayload   = 64 << 10 // bytes of a key set or of a manifest (DOMAIN 3.2)
	MaxHops      = 1024     // key sets in a chain (DOMAIN 3.2)
	MaxKeys      = 16       // in one set
	MaxThreshold = wire.MaxSignatures / 2
	MaxProgram   = 1 << 30 // bytes of a program
	maxVersion   = 64      // bytes
	maxNotes     = 4000    // bytes in one language
)

// Name is a program that is updated.
type Name string

// The programs.
const (
	Kiosk    Name = "kiosk"
	LEDBoard Name = "ledboard"
)

// Of returns the name of the program that a kind of screen runs.
func Of(kind playlist.ScreenKind) Name {
	if kind == playlist.LED {
		return LEDBoard
	}
	return Kiosk
}

// Package is the manifest of one program for one kind of machine.
type Package struct {
	Name    Name   `json:"name"`
	Version string `json:"version"` // as the program says it of itself: letters, digits and . + - ~ _
	OS      string `json:"os"`      // GOOS
	Arch    string `json:"arch"`    // GOARCH

	// Keys is the version of the key set under which the package was signed, and
	// Sequence rises with every package that is made under it. Packages are in the
	// order of both, Keys first (see Order).
	Keys     uint64 `json:"keys"`
	Sequence uint64 `json:"sequence"`

	Blob     playlist.Blob `json:"blob"` // the program
	Built    time.Time     `json:"built"`
	Protocol Protocol      `json:"protocol"`
	Notes    Notes         `json:"notes,omitzero"`
}

// Protocol is the range of versions of the device protocol that a program speaks.
type Protocol struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Notes say what is new, for technicians.
type Notes struct {
	Zh string `json:"zh,omitempty"`
	En string `json:"en,omitempty"`
}

// Order is the place of a package among all of its name. A device never goes to a
// lower one, except back to what it ran before. Signing under a new key set begins
// above everything that was signed under older ones: should somebody sign a package
// with the highest number there is, the next key set leads out of it (SEC-11, TUF
// 5.3.11).
type Order struct {
	Keys     uint64 `json:"keys"`
	Sequence uint64 `json:"sequence"`
}

// Order returns the package's place.
func (p Package) Order() Order { return Order{p.Keys, p.Sequence} }

// Less reports whether o comes before other.
func (o Order) Less(other Order) bool {
	return o.Keys < other.Keys || o.Keys == other.Keys && o.Sequence < other.Sequence
}

func (o Order) String() string { return fmt.Sprintf("%d.%d", o.Keys, o.Sequence) }

// Machine is what a package must fit.
type Machine struct {
	Name     Name
	OS       string // GOOS
	Arch     string // GOARCH
	Order    Order  // of the newest package that was ever well here; zero for what came with the machine
	Protocol int    // that the controller speaks; 0 is not known, and then not judged
}

// Here returns the machine that this program runs on, on which nothing was well yet.
func Here(name Name) Machine {
	return Machine{Name: name, OS: runtime.GOOS, Arch: runtime.GOARCH}
}

// Check says what is wrong with a manifest whoever signed it. The error is a
// *Refusal.
func (p Package) Check() error {
	switch {
	case p.Name != Kiosk && p.Name != LEDBoard:
		return refuse(Damaged, "a package is of %s or %s, not of %.40q", Kiosk, LEDBoard, string(p.Name))
	case !plain(p.Version, maxVersion):
		return refuse(Damaged, "a version has 1 to %d letters, digits and . + - ~ _; this is %.80q", maxVersion, p.Version)
	case !plain(p.OS, 16) || !plain(p.Arch, 16):
		return refuse(Damaged, "%.20q on %.20q is not an operating system on a processor", p.OS, p.Arch)
	case p.Keys == 0 || p.Sequence == 0:
		return refuse(Damaged, "key sets and packages are counted from 1")
	case p.Blob.Ref.IsZero() || p.Blob.Size < 1 || p.Blob.Size > MaxProgram:
		return refuse(Damaged, "a program has an address and 1 to %d bytes, this one %d", MaxProgram, p.Blob.Size)
	case p.Built.IsZero():
		return refuse(Damaged, "the package does not say when it was built")
	case p.Protocol.Min < 1 || p.Protocol.Max < p.Protocol.Min:
		return refuse(Damaged, "the protocol goes from %d to %d", p.Protocol.Min, p.Protocol.Max)
	case len(p.Notes.Zh) > maxNotes || len(p.Notes.En) > maxNotes:
		return refuse(Oversized, "notes have at most %d bytes", maxNotes)
	}
	return nil
}

// plain reports whether s is short and of characters that mean nothing to a shell,
// to a path or to a page.
func plain(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '.' && c != '+' && c != '-' && c != '~' && c != '_' {
			return false
		}
	}
	return s[0] != '.' && s[0] != '-'
}

// Fits says whether a machine may go to the package. The error is a *Refusal. The
// package that the machine runs already fits.
func (p Package) Fits(m Machine) error {
	switch {
	case p.Name != m.Name:
		return refuse(Program, "the package is of %s, this machine runs %s", p.Name, m.Name)
	case p.OS != m.OS || p.Arch != m.Arch:
		return refuse(System, "the package is for %s on %s, this machine has %s on %s", p.OS, p.Arch, m.OS, m.Arch)
	case p.Order().Less(m.Order):
		return refuse(Downgrade, "package %s has number %s, and this machine has run %s already", p.Version, p.Order(), m.Order)
	case m.Protocol != 0 && (m.Protocol < p.Protocol.Min || m.Protocol > p.Protocol.Max):
		return refuse(Speech, "the program speaks protocol %d to %d, the controller speaks %d", p.Protocol.Min, p.Protocol.Max, m.Protocol)
	}
	return nil
}

// Verify decides whether a machine that pins a key set may go to a package. It is
// pure, and what it returns is all that a device may store of an offer. keys is the
// newest set of the chain, which the device pins from now on. The error is a
// *Refusal.
func Verify(pinned KeySet, chain []wire.Envelope, pack wire.Envelope, m Machine) (p Package, keys KeySet, err error) {
	keys, err = Walk(pinned, chain)
	if err != nil {
		return Package{}, KeySet{}, err
	}
	if err := judge(pack, PackageType, keys); err != nil {
		return Package{}, KeySet{}, err
	}
	p, err = OpenPackage(pack)
	if err != nil {
		return Package{}, KeySet{}, err
	}
	if p.Keys > keys.Version {
		return Package{}, KeySet{}, refuse(Chain, "the package was signed under key set %d, the chain ends at %d", p.Keys, keys.Version)
	}
	if err := p.Fits(m); err != nil {
		return Package{}, KeySet{}, err
	}
	return p, keys, nil
}

// OpenPackage decodes a manifest without asking who signed it: for pages and lists,
// and for those that have judged it. The error is a *Refusal.
func OpenPackage(env wire.Envelope) (Package, error) {
	var p Package
	if err := open(env, PackageType, &p); err != nil {
		return Package{}, err
	}
	if err := p.Check(); err != nil {
		return Package{}, err
	}
	return p, nil
}

// open decodes a payload of the type into v.
func open(env wire.Envelope, typ string, v any) error {
	if env.Type != typ {
		return refuse(Damaged, "the payload is a %.60q, not a %q", env.Type, typ)
	}
	if len(env.Payload) > MaxPayload {
		return refuse(Oversized, "the payload has %d bytes, at most %d are allowed", len(env.Payload), MaxPayload)
	}
	if err := json.Unmarshal(env.Payload, v); err != nil {
		return refuse(Damaged, "the payload cannot be read: %v", err)
	}
	return nil
}

// Package link is the one connection home.
package link

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Options say where home is and who calls. Zero durations take the defaults.
type Options struct {
	// URL of the controller: http://, https://, ws:// or wss:// with host and
	// port; the paths of the protocol are added.
	URL string
	// CA is a PEM file with the only authorities that are trusted for wss; empty
	// trusts the system's.
	CA    string
	Key   ed25519.PrivateKey
	Store *assets.Store // where fetched blobs go

	// Hello is asked on every connect for what the device is and has. Version,
	// Key and Signature are filled by the link.
	Hello   func() wire.Hello
	Handler Handler

	Timeout time.Duration // dial and handshake (20 s)
	Silence time.Duration // longest silence of the controller before the line counts as dead (75 s)
	Backoff Backoff       // 1 s to 30 s
	Log     *slog.Logger
}

// Handler is what the device does with what comes. Nil functions are passed
// over. Except Push they are called one after the other in the order of the
// messages and must return soon; they may call every method of Link.
type Handler struct {
	// Challenge gives the controller's clock, once for each connection, before
	// anything else.
	Challenge func(controller time.Time)
	Pairing   func(wire.Pairing)
	// Enrolled must have made the name and the root key durable when it returns
	// nil; an error ends the connection and it comes again.
	Enrolled func(wire.Enrolled) error
	Welcome  func(wire.Welcome)
	// Push takes settings (Channel is zero) or an edition. Settings are handled
	// in order with the others. Editions are handled on a goroutine for each
	// channel, so that a download of one delays no other; ctx ends when the
	// link does or a newer push of the same channel has come. blobs are verified
	// and belong to the callee.
	Push    func(ctx context.Context, p wire.Push, blobs [][]byte)
	Taken   func(seq uint64)
	Command func(wire.Command)
	// Lost says that the connection ended or could not be made.
	Lost func(error)
}

// Link is the connection home. Its methods may be called from any goroutine,
// never wait for the network and work whether connected or not, except Fetch.
type Link struct{}

// New checks the options. The error is a configuration mistake.
func New(opt Options) (*Link, error) { return nil, nil }

// Run connects and connects again until ctx ends (it returns nil) or the
// controller says that this screen was removed (a *Error of kind Stop).
func (l *Link) Run(ctx context.Context) error { return nil }

// Report sends the health of the screen; the latest wins, and it is sent as soon
// as there is a connection.
func (l *Link) Report(r wire.Report) {}

// Adopted sends what is on screen now; the latest wins.
func (l *Link) Adopted(a wire.Adopted) {}

// Refused sends that an envelope changed nothing.
func (l *Link) Refused(r wire.Refused) {}

// Ledger sends rows and reports whether they were queued on a connection that
// knows this screen. Rows that were not acknowledged by Taken when the
// connection is lost have to be sent again after the next Welcome.
func (l *Link) Ledger(rows []wire.Row) bool { return false }

// Result answers a command, with attached bytes; false when it was not queued.
func (l *Link) Result(r wire.Result, attached ...[]byte) bool { return false }

// Connected reports whether the controller has welcomed this screen on the
// connection that is open now.
func (l *Link) Connected() bool { return false }

// Reconnect ends the connection, if there is one, and dials again at once: the
// new hello asks for all that Options.Hello does not have.
func (l *Link) Reconnect() {}

// Fetch brings blobs into the store, those that are missing, at most four at a
// time, from where the last attempt stopped. It tries again after failures of
// the line until ctx ends. The error is a *Error.
func (l *Link) Fetch(ctx context.Context, blobs []playlist.Blob) error { return nil }

// LoadKey reads the device key from path or makes one there, readable by the
// owner only.
func LoadKey(fsys durable.FS, path string) (ed25519.PrivateKey, error) { return nil, nil }

// Kind says what to do about an error.
type Kind string

// The kinds.
const (
	Retry  Kind = "retry"  // the line or the controller failed; trying again helps
	Refuse Kind = "refuse" // what was asked for is not to be had; something else must change first
	Stop   Kind = "stop"   // this device must not come back by itself
)

// Error is a failure of the link with what was being done.
type Error struct {
	Kind  Kind
	Doing string
	Err   error
}

func (e *Error) Error() string { return e.Doing + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Backoff is exponential with full jitter.
type Backoff struct {
	Min, Max time.Duration
	Seed     uint64
}

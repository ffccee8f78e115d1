package hub

import (
	"context"
	"errors"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// ErrRemoved is what Backend.Hello returns (wrapped or not) for a device whose
// screen a person removed: it is told to stop.
var ErrRemoved = errors.New("the screen was removed")

// Backend is what the hub asks and tells. controller/fleet is the one of a
// controller; the test's is the other. Its methods are called from many
// goroutines, one at a time for each session except as noted; ctx ends with the
// session. A session waits for the answer, no other session does.
type Backend interface {
	// Hello says who a device is. Its key is proven already. It is asked again
	// for a device in the lobby after Hub.Enrolled and when its code has
	// expired. An error closes the connection: the device comes back, or stops
	// if it is ErrRemoved.
	Hello(ctx context.Context, hello wire.Hello, remote string) (Verdict, error)
	// Proof takes what a device in the lobby shows for being a screen, when its
	// pairing asked for it. hello is what it said, and its key is proven. An error
	// is logged and ends the session.
	Proof(ctx context.Context, hello wire.Hello, p wire.Proof) error
	// Settings returns the latest settings of a screen as a push and the
	// channels that it shows. Push may be nil when there are none yet.
	Settings(ctx context.Context, screen playlist.ScreenID) (Settings, error)
	// Latest returns the newest edition of a channel as a push, with the small
	// blobs that are new since a revision that the device has (0 for none). The
	// hub keeps the answer for all devices with the same since. Revision 0 says
	// that the channel has no edition yet.
	Latest(ctx context.Context, ch playlist.ChannelID, since playlist.Revision) (Content, error)

	// What a known screen says. An error is logged and ends the session, so that
	// the device comes back and says it again. Adopted and Report, which nearly all
	// messages are, wait for nobody: they note what is said in memory.
	Adopted(ctx context.Context, screen playlist.ScreenID, a wire.Adopted) error
	Refused(ctx context.Context, screen playlist.ScreenID, r wire.Refused) error
	Report(ctx context.Context, screen playlist.ScreenID, r wire.Report) error
	// Ledger stores rows and returns the highest sequence number up to which
	// all rows are durable; the hub acknowledges it.
	Ledger(ctx context.Context, screen playlist.ScreenID, rows []wire.Row) (taken uint64, err error)
	// Voices stores what residents said and returns the IDs of those that the
	// device may forget: they are durable, or nobody will ever want them. The hub
	// acknowledges them.
	Voices(ctx context.Context, screen playlist.ScreenID, voices []wire.Voice) (heard []string, err error)
	// Usage stores the counts of a day; the hub acknowledges the day when it
	// returns nil.
	Usage(ctx context.Context, screen playlist.ScreenID, u wire.Usage) error
	// Patrol stores what a screen found when it looked itself over. The same one
	// may come again.
	Patrol(ctx context.Context, screen playlist.ScreenID, p wire.Patrol) error
	// Result takes the answer to a command, with the attached bytes (verified
	// against r.Attached).
	Result(ctx context.Context, screen playlist.ScreenID, r wire.Result, attached [][]byte) error

	// Gone says that a known screen is no longer connected. It is not called for
	// a connection that was replaced by a newer one of the same device.
	Gone(screen playlist.ScreenID, at time.Time, why string)
}

// Verdict is the answer to a Hello.
type Verdict struct {
	// Screen names a known screen; empty sends the device to the lobby with
	// Pairing.
	Screen  playlist.ScreenID
	Pairing wire.Pairing

	// Welcome for a known screen. The hub fills Screen and Time.
	Welcome wire.Welcome
	// Channels that the screen shows, its own and the alert ones.
	Channels []playlist.ChannelID
	// Offer is the program that a known screen should run; nil says nothing about
	// it.
	Offer *wire.Offer
}

// Content is a push with the bytes of its attached blobs.
type Content struct {
	Push  wire.Push
	Blobs [][]byte
	// Urgent says that the edition takes a notice down that the revision before
	// did not: it overtakes what waits of other channels.
	Urgent bool
	// Base returns the payload of an earlier edition of the channel, so that devices
	// which have it and can take a patch are sent one; nil: all are sent the whole. An
	// error says that it is not to be had, and costs nothing but the whole.
	Base func(ctx context.Context, rev playlist.Revision) ([]byte, error)
}

// Settings is what a screen's settings say to the hub.
type Settings struct {
	Push     *wire.Push
	Channels []playlist.ChannelID
}

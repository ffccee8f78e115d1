// Package hub keeps the live sessions of devices over websockets and serves
// blobs by Ref.
package hub

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Errors of Hub, for errors.Is.
var (
	// ErrNotConnected: no session of that screen or device is open.
	ErrNotConnected = errors.New("the screen is not connected")
	// ErrQueueFull: the screen has not taken its earlier commands yet.
	ErrQueueFull = errors.New("too many commands are waiting for the screen")
	// ErrClosed: the hub is closed.
	ErrClosed = errors.New("the hub is closed")
)

// Options are the limits of a Hub. Zero values take the defaults.
type Options struct {
	Handshakes   int           // at once; more are refused with 503 (256)
	HelloTimeout time.Duration // from upgrade to hello (10 s)
	WriteTimeout time.Duration // one message to one device, then it is cut (10 s)
	PingEvery    time.Duration // (54 s)
	PongWait     time.Duration // longest silence of a device (60 s)
	SendBuffer   int           // bytes of kernel send buffer (256 KB)
	MaxScreens   int           // sessions, lobby included (20,000)
	Log          *slog.Logger  // slog.Default()
}

// Hub is the live sessions of one controller.
type Hub struct{}

// New returns a running hub; Close ends it.
func New(b Backend, opt Options) *Hub { panic("unfinished") }

// ServeHTTP is the websocket endpoint, for GET /device/v1/ws.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

// Prepared is a push encoded once for any number of devices.
type Prepared struct{}

// Prepare encodes a push with its blobs.
func Prepare(push wire.Push, blobs ...[]byte) (*Prepared, error) { return nil, nil }

// Announce gives a new edition to every session that shows its channel and
// returns how many. It never waits for a device.
func (h *Hub) Announce(p *Prepared) int { return 0 }

// SendSettings asks the backend for the screen's settings and sends them;
// channels that are new to the screen follow. ErrNotConnected when it is not here.
func (h *Hub) SendSettings(ctx context.Context, screen playlist.ScreenID) error { return nil }

// Enrolled tells a device in the lobby who it is and welcomes it: the backend's
// Hello is asked again and must know the device now.
func (h *Hub) Enrolled(ctx context.Context, key []byte, e wire.Enrolled) error { return nil }

// Command sends a command. ErrNotConnected or ErrQueueFull.
func (h *Hub) Command(screen playlist.ScreenID, c wire.Command) error { return nil }

// Kick closes the session of a screen with a close code and a reason, and
// reports whether there was one.
func (h *Hub) Kick(screen playlist.ScreenID, code wire.CloseCode, reason string) bool { return false }

// Live is a connected screen.
type Live struct {
	Screen playlist.ScreenID
	Remote string
	Since  time.Time
	Acked  map[playlist.ChannelID]playlist.Revision
}

// Connected yields the screens that are connected, in no order. Devices in the
// lobby are not among them.
func (h *Hub) Connected() iter.Seq[Live] { return nil }

// IsConnected reports whether a session of the screen is open.
func (h *Hub) IsConnected(screen playlist.ScreenID) bool { return false }

// Close tells all devices to come back later, waits for the sessions to end and
// cuts those left when ctx ends.
func (h *Hub) Close(ctx context.Context) error { return nil }

// BlobHandler serves GET /device/v1/blobs/{ref}, whole or in ranges, to who
// has a bearer token that allowed accepts.
func BlobHandler(store *assets.Store, allowed func(token string) bool) http.Handler { return nil }

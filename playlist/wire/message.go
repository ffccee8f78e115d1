package wire

import (
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// Version is the protocol version that this program speaks.
//
// History:
//
//	1  2026-11-22  first version
//	   2026-11-22  voices, usage and heard; who does not know them drops them
//	   2026-11-22  outputs_lost in vitals; likewise
//	   2026-11-22  also in reports; rows of several zones overlap
const Version = 1

// Type names a message.
type Type string

// From the controller.
const (
	TypeChallenge Type = "challenge" // first message on every connection
	TypePairing   Type = "pairing"   // show this code
	TypeEnrolled  Type = "enrolled"  // a person confirmed the code
	TypeWelcome   Type = "welcome"   // the screen is known
	TypePush      Type = "push"      // an edition or settings, with small blobs
	TypeTaken     Type = "taken"     // ledger rows are stored
	TypeHeard     Type = "heard"     // what residents said, and usage, is stored
	TypeCommand   Type = "command"
)

// From the device.
const (
	TypeHello   Type = "hello"
	TypeAdopted Type = "adopted" // a generation is on screen
	TypeRefused Type = "refused" // an envelope was refused, with the reason
	TypeReport  Type = "report"  // health and what is on screen
	TypeLedger  Type = "ledger"  // rows of the record of display
	TypeResult  Type = "result"  // of a command
	TypeVoices  Type = "voices"  // what residents said
	TypeUsage   Type = "usage"   // counts without identity
)

// Challenge opens every connection. The device signs Nonce to prove its key.
type Challenge struct {
	Version int       `json:"version"`
	Nonce   []byte    `json:"nonce"` // 32 bytes
	Time    time.Time `json:"time"`  // the controller's clock
}

// Hello answers a Challenge.
type Hello struct {
	Version   int                                      `json:"version"`
	Key       []byte                                   `json:"key"`       // the device's ed25519 public key, 32 bytes
	Signature []byte                                   `json:"signature"` // over PAE(HelloType, nonce)
	Screen    playlist.ScreenID                        `json:"screen,omitempty"`
	Program   string                                   `json:"program"` // name and version
	Kind      playlist.ScreenKind                      `json:"kind"`
	Panel     playlist.Panel                           `json:"panel"`
	Host      string                                   `json:"host,omitempty"`
	Settings  playlist.Revision                        `json:"settings,omitempty"`
	Have      map[playlist.ChannelID]playlist.Revision `json:"have,omitempty"` // the generation on screen
}

// Pairing asks an unknown device to show a code until a person confirms it.
type Pairing struct {
	Code    string    `json:"code"` // six digits
	Expires time.Time `json:"expires"`
}

// Enrolled hands a device its name and the root key that it pins.
type Enrolled struct {
	Screen playlist.ScreenID `json:"screen"`
	Root   []byte            `json:"root"` // ed25519 public key that signs settings
}

// Welcome accepts a known screen. Pushes of all that is newer follow.
type Welcome struct {
	Screen    playlist.ScreenID                        `json:"screen"`
	Time      time.Time                                `json:"time"`
	BlobToken string                                   `json:"blob_token"` // bearer token for GET /device/v1/blobs/{ref}
	Report    int                                      `json:"report"`     // seconds between health reports
	Settings  playlist.Revision                        `json:"settings"`
	Latest    map[playlist.ChannelID]playlist.Revision `json:"latest"`
	Ledger    uint64                                   `json:"ledger"` // highest ledger sequence number already stored
}

// Push carries one signed envelope. Attached lists the blobs whose bytes follow
// the message, in order.
type Push struct {
	Channel  playlist.ChannelID `json:"channel,omitzero"` // zero for settings
	Revision playlist.Revision  `json:"revision"`
	Envelope Envelope           `json:"envelope"`
	Attached []playlist.Blob    `json:"attached,omitempty"`
	Time     time.Time          `json:"time,omitzero"`
}

// Adopted says that a generation was switched to.
type Adopted struct {
	Settings playlist.Revision                        `json:"settings"`
	Have     map[playlist.ChannelID]playlist.Revision `json:"have"`
}

// Refused says why an envelope changed nothing.
type Refused struct {
	Channel  playlist.ChannelID `json:"channel,omitzero"`
	Revision playlist.Revision  `json:"revision"`
	Reason   Reason             `json:"reason"`
	Detail   string             `json:"detail"`
}

// Reason is a kind of refusal.
type Reason string

// The reasons.
const (
	ReasonUnsigned  Reason = "unsigned"
	ReasonWrongKey  Reason = "wrong_key"
	ReasonChannel   Reason = "other_channel"
	ReasonOlder     Reason = "older_revision"
	ReasonDamaged   Reason = "damaged"
	ReasonOversized Reason = "oversized"
	ReasonStorage   Reason = "storage" // disk full or failing; will be tried again
)

// Dark is the page of a board in its dark hours: it is dark on purpose, and
// nothing counts as shown.
const Dark = "dark"

// Showing is what is on the display.
type Showing struct {
	Notice   playlist.NoticeID  `json:"notice,omitempty"` // empty on home, lists and the fallback card
	Version  int                `json:"version,omitempty"`
	Channel  playlist.ChannelID `json:"channel,omitzero"`
	Revision playlist.Revision  `json:"revision,omitempty"`
	Page     string             `json:"page"` // loop, home, column, notice, alert, zone, fallback, pairing, identify, or Dark
	Since    time.Time          `json:"since"`
	Why      string             `json:"why,omitempty"` // the rule that chose it, in plain words
}

// Report is the health of a screen, sent every Welcome.Report seconds and at
// once when Showing changes.
type Report struct {
	Time       time.Time `json:"time"` // device clock
	Showing    Showing   `json:"showing"`
	Also       []Showing `json:"also,omitempty"` // other notices that are visible at the same time, in zones of a board
	Vitals     Vitals    `json:"vitals"`
	LedgerHead uint64    `json:"ledger_head"` // highest sequence number on the device
}

// Vitals is the state of the machine and of the program.
type Vitals struct {
	CPU          float64   `json:"cpu"`         // per cent of all cores, since the last report
	MemoryUsed   uint64    `json:"memory_used"` // bytes, machine
	MemoryTotal  uint64    `json:"memory_total"`
	RSS          uint64    `json:"rss"`       // bytes, this program
	DiskFree     uint64    `json:"disk_free"` // bytes, where the cache lies
	DiskTotal    uint64    `json:"disk_total"`
	Temperature  float64   `json:"temperature,omitempty"` // °C, hottest sensor; 0 unknown
	Uptime       int64     `json:"uptime"`                // seconds, machine
	Running      int64     `json:"running"`               // seconds, program
	NetRx        uint64    `json:"net_rx"`                // bytes since boot
	NetTx        uint64    `json:"net_tx"`
	ClockOffset  float64   `json:"clock_offset"` // seconds, device clock minus controller clock
	ClockSuspect bool      `json:"clock_suspect,omitempty"`
	FrameP50     float64   `json:"frame_p50"` // milliseconds, frames painted since the last report
	FrameP99     float64   `json:"frame_p99"`
	Frames       uint64    `json:"frames"`                 // painted since start
	Heartbeat    time.Time `json:"heartbeat"`              // last turn of the render loop
	ContentAsOf  time.Time `json:"content_as_of,omitzero"` // 信息截至: newest word from the controller
	OutputsLost  string    `json:"outputs_lost,omitempty"` // addresses of pixel controllers that cannot be sent to, with commas
}

// Row is one entry of the ledger: a notice was visible from From until Until.
// Rows are in the order of their ends. Those of one notice on different pages may
// overlap: who adds them up counts no instant twice.
type Row struct {
	Seq      uint64             `json:"seq"` // from 1, no gaps
	Notice   playlist.NoticeID  `json:"notice"`
	Version  int                `json:"version"`
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"`
	From     time.Time          `json:"from"`
	Until    time.Time          `json:"until"`
	Page     string             `json:"page"`  // loop, notice, alert or zone
	Chain    assets.Ref         `json:"chain"` // sha256 over the previous Chain and this row without Chain
}

// Ledger is a batch of rows in order.
type Ledger struct {
	Rows []Row `json:"rows"`
}

// Taken acknowledges rows up to and including Seq.
type Taken struct {
	Seq uint64 `json:"seq"`
}

// CommandKind is what a technician can ask of a screen.
type CommandKind string

// The commands.
const (
	CommandReload     CommandKind = "reload"     // ask for everything again and rebuild the generation
	CommandScreenshot CommandKind = "screenshot" // the pixels on the display, as PNG
	CommandRestart    CommandKind = "restart"    // end the program; its supervisor starts it again
	CommandIdentify   CommandKind = "identify"   // show the screen's name in large type for 10 s
)

// Command asks for something once. ID makes it idempotent.
type Command struct {
	ID   string      `json:"id"`
	Kind CommandKind `json:"kind"`
}

// Result answers a Command. The PNG of a screenshot follows as attached bytes.
type Result struct {
	ID       string          `json:"id"`
	OK       bool            `json:"ok"`
	Error    string          `json:"error,omitempty"`
	Attached []playlist.Blob `json:"attached,omitempty"`
}

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
//	   2026-11-22  line, picture, output, program, storage in vitals; patrol; offer;
//	               values of commands and texts of results; likewise
//	   2026-11-22  system in hello; an offer without a package; likewise
//	   2026-11-22  patches in hello, patch in push, the reason no_base: a device that
//	               says patches may get an edition as its difference to one that it
//	               has; the signatures are those over the whole payload and are
//	               judged over what was rebuilt. Others get the whole as before
//	   2026-11-22  prove in pairing, proof; enrolment in settings; who does not know
//	               them drops them
//	   2026-11-22  pulls in hello, at in patch, a patch from nothing: a device that
//	               says pulls may be told where what is large lies, fetches it in
//	               pieces and gets what is urgent between them; no_base when it is
//	               not to be had. Others get it with the push as before
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
	TypeOffer     Type = "offer" // the program that the device should run
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
	TypePatrol  Type = "patrol"  // what the screen found when it looked itself over
	TypeProof   Type = "proof"   // the signed word that the device is a screen, in answer to a pairing that asks
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
	Program   string                                   `json:"program"`          // name and version
	System    string                                   `json:"system,omitempty"` // what the program was built for: GOOS/GOARCH
	Kind      playlist.ScreenKind                      `json:"kind"`
	Panel     playlist.Panel                           `json:"panel"`
	Host      string                                   `json:"host,omitempty"`
	Run       string                                   `json:"run,omitempty"` // drawn when the program started: one that comes back after another is of a second machine
	Settings  playlist.Revision                        `json:"settings,omitempty"`
	Have      map[playlist.ChannelID]playlist.Revision `json:"have,omitempty"`    // the generation on screen
	Patches   bool                                     `json:"patches,omitempty"` // the device can take a Push with a Patch
	Pulls     bool                                     `json:"pulls,omitempty"`   // and one from nothing, and fetch the Data of one
}

// Pairing asks an unknown device to show a code until a person confirms it.
type Pairing struct {
	Code    string    `json:"code"` // six digits
	Expires time.Time `json:"expires"`
	Prove   bool      `json:"prove,omitempty"` // the device says that it is a screen: it should send its Proof
}

// Proof is what a device that was enrolled says to a controller that does not know
// it: the Enrolment from its settings, as it was signed.
type Proof struct {
	Enrolment Envelope `json:"enrolment"`
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
// the message, in order. With a Patch the envelope's payload is empty and is what
// the patch makes of the edition that it names; a device that cannot make it says
// Refused with ReasonNoBase, and gets the whole.
type Push struct {
	Channel  playlist.ChannelID `json:"channel,omitzero"` // zero for settings
	Revision playlist.Revision  `json:"revision"`
	Envelope Envelope           `json:"envelope"`
	Patch    *Patch             `json:"patch,omitempty"` // only to who said Hello.Patches
	Attached []playlist.Blob    `json:"attached,omitempty"`
	Time     time.Time          `json:"time,omitzero"` // the controller's clock, of what is made for one device
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
	ReasonNoBase    Reason = "no_base" // what a patch begins with is not there; nothing is wrong with the edition
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

	Line    Line    `json:"line,omitzero"`
	Picture Picture `json:"picture,omitzero"`
	Output  Output  `json:"output,omitzero"`
	Program Program `json:"program,omitzero"`
	Storage Storage `json:"storage,omitzero"`
}

// Line is how the connection to the controller was in the last ten minutes.
type Line struct {
	RTT     float64 `json:"rtt"`               // milliseconds, median of the answers to pings
	Pings   int     `json:"pings"`             // sent and due for an answer
	Lost    float64 `json:"lost"`              // per cent of Pings that had no answer within two seconds
	Resent  float64 `json:"resent,omitempty"`  // per cent of segments that TCP sent again; 0 where the system does not tell
	Dropped int     `json:"dropped,omitempty"` // connections that broke in the last hour
}

// Picture is what the device read back from its own display, as far as it can.
type Picture struct {
	At      time.Time `json:"at"`                // of reading
	Luma    float64   `json:"luma"`              // mean, 0 to 255
	Black   bool      `json:"black,omitempty"`   // nothing is lit although the frame says something should be
	Differs float64   `json:"differs,omitempty"` // per cent of pixels that are not what the frame says
	Changed time.Time `json:"changed,omitzero"`  // when the pixels were last others than before
	Error   string    `json:"error,omitempty"`   // why they cannot be read
}

// Plug says whether something is there.
type Plug string

// The states of a plug; empty is not known.
const (
	Plugged   Plug = "plugged"
	Unplugged Plug = "unplugged"
)

// Output is what the machine's outputs and inputs are set to.
type Output struct {
	Display    Plug      `json:"display,omitempty"`
	Connector  string    `json:"connector,omitempty"` // HDMI-A-1
	Touch      Plug      `json:"touch,omitempty"`     // the touch panel of a touchscreen
	Touched    time.Time `json:"touched,omitzero"`    // the last touch
	Brightness int       `json:"brightness"`          // per cent; -1 unknown
	Volume     int       `json:"volume"`              // per cent; -1 without sound
	DarkUntil  time.Time `json:"dark_until,omitzero"` // a technician darkened it

	Power      Power  `json:"power,omitempty"`       // of the monitor, as the machine says
	Glow       Glow   `json:"glow,omitempty"`        // why the monitor is not as it should be
	GlowDetail string `json:"glow_detail,omitempty"` // an error, as the program got it
	Light      Light  `json:"light,omitempty"`       // what makes the brightness
}

// Light says what makes a display as bright as it should be.
type Light string

// The lights; empty is what a program says that is older than they are.
const (
	LightPainted Light = "painted" // the picture is dimmed: there is no lamp to set
	LightLamp    Light = "lamp"    // the machine's own lamp is
	LightDenied  Light = "denied"  // there is one, the program may not set it; the picture is dimmed
	LightFails   Light = "fails"   // there is one, it cannot be set; the picture is dimmed
)

// Power says whether a monitor is really lit.
type Power string

// The powers; empty is not known: nothing tells.
const (
	PowerOn  Power = "on"
	PowerOff Power = "off" // it sleeps
)

// Glow is why a monitor is not as it should be: lit in dark hours, where a black
// picture is all that can be had, or off while it should be lit. Empty: it is, or
// the device has not tried.
type Glow string

// The reasons.
const (
	GlowUnable   Glow = "unable"   // the machine has no means: no DPMS
	GlowUnwanted Glow = "unwanted" // the device's configuration forbids it
	GlowFailed   Glow = "failed"   // an error, see the detail
	GlowDisobeys Glow = "disobeys" // it was told to go off and stayed lit
	GlowDead     Glow = "dead"     // it was told to light up and stayed off
)

// Ending is how a program's run ended.
type Ending string

// The endings; empty is not known, as for the first run.
const (
	EndedAsked   Ending = "asked"   // a technician asked for it
	EndedStopped Ending = "stopped" // the machine or its operator stopped it
	EndedCrashed Ending = "crashed" // it ended by itself or was killed
	EndedPower   Ending = "power"   // the machine went down with it
)

// SlotBuiltIn is the Slot of a program that was installed by hand and runs under its
// launcher, so that it can be updated.
const SlotBuiltIn = "built-in"

// Program is the program of a device as a thing that is started and updated.
type Program struct {
	Version string      `json:"version"`
	Slot    string      `json:"slot,omitempty"` // a or b, or SlotBuiltIn; empty when no launcher runs it
	Starts  int         `json:"starts"`         // of the last 24 hours, this one included
	Crashes int         `json:"crashes"`        // of the last 24 hours
	Before  Ending      `json:"before,omitempty"`
	Update  UpdateState `json:"update,omitzero"`
}

// UpdateStep is how far a device is with the program that it was offered.
type UpdateStep string

// The steps in their order; empty: nothing was offered.
const (
	UpdateFetching UpdateStep = "fetching"
	UpdateReady    UpdateStep = "ready"   // in the other slot, waiting for a quiet moment
	UpdateTrial    UpdateStep = "trial"   // it runs and has not shown yet that it is well
	UpdateDone     UpdateStep = "done"    // it is well and stays
	UpdateFailed   UpdateStep = "failed"  // it was not well: the old program runs again
	UpdateRefused  UpdateStep = "refused" // signature, scope or machine do not fit
)

// UpdateState is a device's account of an offer.
type UpdateState struct {
	Version string     `json:"version,omitempty"` // that was offered
	Step    UpdateStep `json:"step,omitempty"`
	At      time.Time  `json:"at,omitzero"`
	Error   string     `json:"error,omitempty"`
}

// Storage is the state of the cache and of the disk below it.
type Storage struct {
	Blobs   int    `json:"blobs"`
	Bytes   int64  `json:"bytes"`
	Missing int    `json:"missing,omitempty"` // blobs that the generation on screen needs and that are not whole
	Damaged int    `json:"damaged,omitempty"` // blobs found damaged since the program started, mended ones included
	Trouble string `json:"trouble,omitempty"` // the last write that failed; empty once one has succeeded
}

// Patrol is what a screen found when it looked itself over, once a day and when
// a technician asks (DOMAIN G13).
type Patrol struct {
	At    time.Time    `json:"at"` // device clock
	Items []PatrolItem `json:"items"`
}

// PatrolCheck names one thing that is looked at.
type PatrolCheck string

// The checks.
const (
	PatrolContent    PatrolCheck = "content" // every blob of the generation has its hash
	PatrolLedger     PatrolCheck = "ledger"  // the chain of the record of display is whole
	PatrolClock      PatrolCheck = "clock"
	PatrolDisk       PatrolCheck = "disk"    // room, and a file written and read back
	PatrolDisplay    PatrolCheck = "display" // plugged, and the pixels are what the frame says
	PatrolBrightness PatrolCheck = "brightness"
	PatrolTouch      PatrolCheck = "touch"
	PatrolSound      PatrolCheck = "sound"
	PatrolHeat       PatrolCheck = "heat"
)

// PatrolItem is the finding of one check. What a machine has not got is left out.
type PatrolItem struct {
	Check  PatrolCheck `json:"check"`
	OK     bool        `json:"ok"`
	Zh     string      `json:"zh"` // what was found, in one sentence
	En     string      `json:"en"`
	Detail string      `json:"detail,omitempty"` // for technicians: names of blobs, figures
}

// Offer is the program that a device should run. Package is an envelope of a
// release package, Keys the chain of envelopes that leads from the release keys
// which the device pins to those that signed it; see package playlist/release.
// A device that runs it already, or whose machine it does not fit, says so in
// UpdateState. An Offer without a package withdraws the one before: a device that
// has not put it to the test forgets it, and its UpdateState with it.
type Offer struct {
	Package Envelope   `json:"package"`
	Keys    []Envelope `json:"keys,omitempty"`
	Again   uint64     `json:"again,omitempty"` // another number makes it another offer: a device tries again what failed
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
	CommandReboot     CommandKind = "reboot"     // start the machine anew
	CommandDark       CommandKind = "dark"       // dark until the minutes of Value are over (1 to 1440), alerts excepted
	CommandLit        CommandKind = "lit"        // the end of CommandDark
	CommandBrightness CommandKind = "brightness" // per cent in Value, until the program ends or the settings change
	CommandVolume     CommandKind = "volume"     // per cent in Value, likewise
	CommandLog        CommandKind = "log"        // the newest lines of the program's log, attached as text
	CommandPatrol     CommandKind = "patrol"     // look yourself over now; a Patrol follows
	CommandReturn     CommandKind = "return"     // give back the editions that the controller has lost
	CommandTone       CommandKind = "tone"       // play a sound that can be heard, for the acceptance of a screen
)

// Command asks for something once. ID makes it idempotent.
type Command struct {
	ID    string      `json:"id"`
	Kind  CommandKind `json:"kind"`
	Value int         `json:"value,omitempty"` // minutes or per cent, as the kind says
}

// Result answers a Command. The PNG of a screenshot and the lines of a log (UTF-8)
// follow as attached bytes.
type Result struct {
	ID       string          `json:"id"`
	OK       bool            `json:"ok"`
	Error    string          `json:"error,omitempty"`
	Attached []playlist.Blob `json:"attached,omitempty"`
}

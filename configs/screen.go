package configs

import (
	"path/filepath"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/release"
)

// Screen is what a device program is told, a touchscreen's and an LED board's
// alike. Start from DefaultScreen or LoadScreen.
type Screen struct {
	// Controller is the address of the controller, http or https, without a
	// slash at the end. Default: http://127.0.0.1:8420.
	Controller string `toml:"controller"`
	// CA is a file with the certificates that the controller's own must lead to,
	// PEM. Default: empty, the certificates of the system.
	CA string `toml:"ca"`
	// Data is the folder of cache, ledger and device key. Default:
	// DefaultData("kiosk") or DefaultData("ledboard").
	Data string `toml:"data"`
	// Name is what the screen calls itself while it asks to be enrolled, for
	// example 一楼大厅 1 号. Default: empty, the machine's name.
	Name string `toml:"name"`
	// Zone is the time zone until the controller has sent its settings. Default:
	// Asia/Shanghai.
	Zone string `toml:"zone"`
	// Idle is the least time without a touch after which a touchscreen asks 还在
	// 使用吗; long pages give more (DOMAIN U07). LED boards ignore it. Default:
	// 60s.
	Idle time.Duration `toml:"idle"`
	// OfflineBanner is after how many days without word from the controller the
	// page says so in plain words. Default: 3.
	OfflineBanner int `toml:"offline_banner_days"`
	// CacheLimit is the most bytes that content may take on disk. Default:
	// 4294967296 (4 GiB).
	CacheLimit int64 `toml:"cache_limit"`
	// LedgerLimit is the most bytes of rows that are kept unacknowledged.
	// Default: 268435456 (256 MiB), years of showing.
	LedgerLimit int64 `toml:"ledger_limit"`
	// Report is how often health is measured and reported until the controller
	// says otherwise. Default: 30s.
	Report time.Duration `toml:"report"`

	Panel   playlist.Panel `toml:"panel"`
	Window  Window         `toml:"window"`
	Output  Output         `toml:"output"`
	Pair    Pair           `toml:"pair"`
	Voice   Voice          `toml:"voice"`
	Printer Printer        `toml:"printer"`
	Vitals  Vitals         `toml:"vitals"`
	Update  Update         `toml:"update"`
	Machine Machine        `toml:"machine"`
	Log     Log            `toml:"log"`
}

// Vitals is where a device looks how its machine is.
type Vitals struct {
	// DRM is the folder in which the system says which displays are plugged in.
	// Default: /sys/class/drm.
	DRM string `toml:"drm"`
	// Input is the file in which the system lists keyboards, mice and touch
	// panels. Default: /proc/bus/input/devices.
	Input string `toml:"input"`
	// Backlight is the folder in which the system has the light behind a built-in
	// panel, which a touchscreen dims if it may write there. Empty leaves it alone.
	// Default: /sys/class/backlight.
	Backlight string `toml:"backlight"`
}

// Update is which programs a device may be changed to from afar. It needs the
// launcher (the program's launch mode); without it every offer is refused.
type Update struct {
	// Keys are the public release keys that the device trusts before it has heard
	// anything, base64 as the controller's command prints them. Default: empty,
	// those that the release build stamped into the program; where there are none
	// either, every offer is refused.
	Keys []string `toml:"keys"`
	// Threshold is how many different keys must have signed. Default: 0, more than
	// half.
	Threshold int `toml:"threshold"`
	// Trial is how long a new program must be well before it stays. Default: 90s.
	Trial time.Duration `toml:"trial"`
}

// Machine is what a technician may do to the machine from afar.
type Machine struct {
	// Reboot is the command line that starts the machine anew, for example
	// ["systemctl", "reboot"], or ["shutdown", "/r", "/t", "0"] on Windows. The
	// program's account must be allowed to do it. Default: empty, the machine is
	// not started anew from afar.
	Reboot []string `toml:"reboot"`
}

// Voice is how a touchscreen reads aloud. LED boards ignore it.
type Voice struct {
	// Command is the player's command line, which gets a WAV file on its standard
	// input; {rate} stands for the samples a second. Default: empty, the first of
	// paplay, aplay and ffplay that is there and has somewhere to play to.
	Command string `toml:"command"`
	// Volume is in per cent of how notices were recorded, 0 to 100. Default: 100.
	Volume int `toml:"volume"`
}

// Printer is where a touchscreen prints. LED boards ignore it.
type Printer struct {
	// Name is the printer's name in CUPS; default takes CUPS' own default.
	// Default: empty, there is none.
	Name string `toml:"name"`
	// SessionSheets is how many sheets one person gets. Default: 4.
	SessionSheets int `toml:"session_sheets"`
	// DaySheets is how many sheets are printed on one day. Default: 100.
	DaySheets int `toml:"day_sheets"`
}

// Window says how the picture gets onto the machine's display.
type Window struct {
	// Fullscreen takes the whole monitor. Default: true for a touchscreen, false
	// for an LED board.
	Fullscreen bool `toml:"fullscreen"`
	// Monitor is the name of the output, for example HDMI-1, so that a screen
	// finds its monitor again whatever else was plugged in. Default: empty, the
	// primary one.
	Monitor string `toml:"monitor"`
	// X and Y place a window that is not fullscreen, in pixels from the upper
	// left corner of its monitor. LED sending cards copy a fixed part of the
	// desktop. Default: 0.
	X int `toml:"x"`
	Y int `toml:"y"`
	// Borderless drops the frame of a window that is not fullscreen. Default:
	// true.
	Borderless bool `toml:"borderless"`
	// Scale is how many display pixels one dot or pixel of the panel takes.
	// Default: 1.
	Scale int `toml:"scale"`
	// Dots draws round dots instead of squares, so that a monitor looks like the
	// board; it needs Scale 3 or more. Default: false.
	Dots bool `toml:"dots"`
	// Rotate is by how many degrees the picture is turned clockwise on the output,
	// for a panel that hangs turned while the machine's own output does not: 0, 90,
	// 180 or 270. Touches are turned back. Panel gives the upright size. Default: 0.
	Rotate int `toml:"rotate"`
	// Backend is how pixels get to the display: BackendEbiten through OpenGL,
	// BackendShm by the processor through memory shared with the X server, or
	// BackendAuto, which takes the latter where OpenGL would be computed by the
	// processor anyway. BackendNone opens no window at all: the board is driven by
	// Output alone; where there is no display either, the program must be one that
	// was built with the tag noebiten. Default: auto.
	Backend Backend `toml:"backend"`
	// HideCursor hides the mouse pointer. Default: true.
	HideCursor bool `toml:"hide_cursor"`
	// Standby switches a touchscreen's monitor off in dark hours, by DPMS, where it
	// has the whole monitor. Without it the picture is black and the monitor lit,
	// for televisions that do not light up by themselves again. LED boards ignore
	// it. Default: true.
	Standby bool `toml:"standby"`
}

// Backend is a way to the display.
type Backend string

// The backends.
const (
	BackendAuto   Backend = "auto"
	BackendEbiten Backend = "ebiten"
	BackendShm    Backend = "shm"
	BackendNone   Backend = "none"
)

// DefaultScreen returns the settings of a screen of that kind with every
// default: a 43-inch portrait touchscreen or a 192×64 board of 10 mm dots.
func DefaultScreen(kind playlist.ScreenKind) Screen {
	s := Screen{
		Controller:    "http://127.0.0.1:8420",
		Data:          DefaultData("kiosk"),
		Zone:          "Asia/Shanghai",
		Idle:          time.Minute,
		OfflineBanner: 3,
		CacheLimit:    4 << 30,
		LedgerLimit:   256 << 20,
		Report:        30 * time.Second,
		Panel:         playlist.Panel{Width: 1080, Height: 1920, WidthMM: 529, HeightMM: 941},
		Window:        Window{Fullscreen: true, Borderless: true, Scale: 1, Backend: BackendAuto, HideCursor: true, Standby: true},
		Output: Output{
			Universe: 1, Channel: 1, Colours: "rgb", Start: TopLeft, Run: Rows, Wiring: Straight,
			Brightness: 1, Balance: [3]float64{1, 1, 1}, Gamma: [3]float64{1, 1, 1}, Power: 1,
			FPS: 30, Priority: 100,
		},
		Voice:   Voice{Volume: 100},
		Printer: Printer{SessionSheets: 4, DaySheets: 100},
		Vitals:  Vitals{DRM: "/sys/class/drm", Input: "/proc/bus/input/devices", Backlight: "/sys/class/backlight"},
		Update:  Update{Keys: []string{}, Trial: 90 * time.Second},
		Log:     Log{Level: "info", Format: "text"},
	}
	if kind == playlist.LED {
		s.Data = DefaultData("ledboard")
		s.Panel = playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640, Colours: playlist.FullColour}
		s.Window.Fullscreen = false
	}
	return s
}

// LoadScreen reads a screen's file over the defaults of its kind, by the rules
// of LoadController.
func LoadScreen(path string, kind playlist.ScreenKind) (Screen, error) {
	s := DefaultScreen(kind)
	dir, err := load(path, &s)
	if err != nil {
		return Screen{}, err
	}
	s.Data = against(dir, s.Data)
	s.CA = against(dir, s.CA)
	s.Pair.KeyFile = against(dir, s.Pair.KeyFile)
	return s, nil
}

// Cache returns the folder of editions and blobs.
func (s Screen) Cache() string { return filepath.Join(s.Data, "cache") }

// Ledger returns the folder of the ledger.
func (s Screen) Ledger() string { return filepath.Join(s.Data, "ledger") }

// Mailbox returns the folder of what residents said and what was counted.
func (s Screen) Mailbox() string { return filepath.Join(s.Data, "mailbox") }

// Spool returns the folder of the printer: the count of the day, and pages on
// their way.
func (s Screen) Spool() string { return filepath.Join(s.Data, "printer") }

// Starts returns the file with the record of when the program was started.
func (s Screen) Starts() string { return filepath.Join(s.Data, "starts.json") }

// KeyFile returns the file of the device's own signing key.
func (s Screen) KeyFile() string { return filepath.Join(s.Data, "device.key") }

// Slots returns the folder of the programs that the device was changed to.
func (s Screen) Slots() string { return filepath.Join(s.Data, "slots") }

// ReleasePin returns the release keys that the device trusts; none is no error.
func (s Screen) ReleasePin() (release.KeySet, error) {
	texts, threshold := s.Update.Keys, s.Update.Threshold
	if len(texts) == 0 && releaseKeys != "" {
		texts = strings.Split(releaseKeys, ",")
	}
	var keys [][]byte
	for _, text := range texts {
		k, err := release.ParsePublic(text)
		if err != nil {
			return release.KeySet{}, err
		}
		keys = append(keys, k)
	}
	pin := release.Pin(keys, threshold)
	if pin.IsZero() {
		return pin, nil
	}
	return pin, pin.Check()
}

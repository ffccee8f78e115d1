package configs

import (
	"path/filepath"
	"time"
)

// Controller is what a controller is told. The zero value is not useful; start
// from DefaultController or LoadController.
type Controller struct {
	// Office is the name of the office that runs this controller; it stands on
	// console pages and in reports. Default: 政务公开办公室.
	Office string `toml:"office"`
	// Listen is the address of console, API and screens, host:port. Port 0 takes
	// any free port. Default: 127.0.0.1:8420.
	Listen string `toml:"listen"`
	// PublicURL is where people and screens reach the controller, without a
	// slash at the end, for example https://gongkai.example.gov.cn. Default:
	// empty, the address that it listens on.
	PublicURL string `toml:"public_url"`
	// Data is the folder with everything that must survive. Default:
	// DefaultData("controller").
	Data string `toml:"data"`
	// Zone is the IANA time zone in which days begin. Default: Asia/Shanghai.
	Zone string `toml:"zone"`
	// Root is the ID of the site at the root of the tree. Default: empty, the one
	// site in the database that has no parent.
	Root string `toml:"root"`
	// Language is the console's first language and that of new screens, zh or
	// en. Default: zh.
	Language string `toml:"language"`

	TLS       TLS       `toml:"tls"`
	Database  Database  `toml:"database"`
	Sessions  Sessions  `toml:"sessions"`
	Screens   Screens   `toml:"screens"`
	Limits    Limits    `toml:"limits"`
	API       API       `toml:"api"`
	Approvals Approvals `toml:"approvals"`
	Fonts     Fonts     `toml:"fonts"`
	Speech    Speech    `toml:"speech"`
	Log       Log       `toml:"log"`
}

// TLS names the certificate that the controller serves with. Both empty means
// plain HTTP, which is meant for a loopback address or behind a proxy.
type TLS struct {
	// Cert is the file with the certificate chain, PEM. Default: empty.
	Cert string `toml:"cert"`
	// Key is the file with the private key, PEM, readable by its owner only.
	// Default: empty.
	Key string `toml:"key"`
}

// Database says where the rows lie.
type Database struct {
	// Path is the SQLite file, relative to Data. Default: mingbai.db.
	Path string `toml:"path"`
	// PostgresDSNFile names a file with the address of a PostgreSQL database.
	// Reserved: this version refuses it. Default: empty.
	PostgresDSNFile string `toml:"postgres_dsn_file"`
}

// Sessions bounds how long staff stay signed in.
type Sessions struct {
	// Lifetime ends a session after its last use. Default: 12h.
	Lifetime time.Duration `toml:"lifetime"`
}

// Screens is how the controller deals with its screens.
type Screens struct {
	// Pairing is how long a pairing code is good for. Default: 10m.
	Pairing time.Duration `toml:"pairing"`
	// Report is how often a screen reports its health. Default: 30s.
	Report time.Duration `toml:"report"`
	// Offline is how long a screen may be silent before it counts as offline.
	// Default: 90s.
	Offline time.Duration `toml:"offline"`
}

// Limits bounds sizes, in bytes.
type Limits struct {
	// PushInline is the most bytes of new small blobs that ride along in one
	// push; the rest is pulled. Default: 262144 (256 KiB).
	PushInline int64 `toml:"push_inline"`
	// Upload is the largest picture that may be uploaded. Default: 33554432 (32
	// MiB).
	Upload int64 `toml:"upload"`
}

// API protects the HTTP JSON API.
type API struct {
	// TokenFile holds the bearer token of the API, readable by its owner only;
	// relative to Data. It is written with a new random token when it is
	// missing. Default: api-token.
	TokenFile string `toml:"token_file"`
}

// Approvals is the policy of release.
type Approvals struct {
	// TwoPerson makes a notice need two different people before it is shown.
	// Default: false, one publisher of the channel releases.
	TwoPerson bool `toml:"two_person"`
}

// Speech is how notices are read aloud for touchscreens. They are recorded in the
// background after they were published.
type Speech struct {
	// Enabled is auto (when the command's program is on this machine), on or off.
	// Default: auto.
	Enabled string `toml:"enabled"`
	// Command is the voice: a program with its arguments that gets a line of text
	// in UTF-8 on its standard input and writes a WAV file of 16-bit samples to
	// its standard output. {rate} stands for Rate. Default: espeak-ng in
	// Mandarin. Its voice cmn spells out what cmn-latn-pinyin reads.
	Command []string `toml:"command"`
	// Rate is how fast the voice speaks, in the command's own measure; espeak-ng
	// counts words a minute. Default: 165, slow enough for old people.
	Rate int `toml:"rate"`
	// Workers is how many notices are recorded side by side. Default: 2.
	Workers int `toml:"workers"`
	// Timeout is the longest that one line may take to record. Default: 20s.
	Timeout time.Duration `toml:"timeout"`
}

// Fonts says where characters come from that the programs do not bring along.
type Fonts struct {
	// Rare are font files with the characters of rare names, TrueType or
	// OpenType; the first that has a character gives it. What an edition needs of
	// them travels with it. Default: empty, the fonts of Debian's package
	// fonts-hanazono when it is installed.
	Rare []string `toml:"rare"`
}

// Log says what is logged to standard error.
type Log struct {
	// Level is debug, info, warn or error. Default: info.
	Level string `toml:"level"`
	// Format is text or json. Default: text.
	Format string `toml:"format"`
}

// DefaultController returns a controller's settings with every default.
func DefaultController() Controller {
	return Controller{
		Office:   "政务公开办公室",
		Listen:   "127.0.0.1:8420",
		Data:     DefaultData("controller"),
		Zone:     "Asia/Shanghai",
		Language: "zh",
		Database: Database{Path: "mingbai.db"},
		Sessions: Sessions{Lifetime: 12 * time.Hour},
		Screens:  Screens{Pairing: 10 * time.Minute, Report: 30 * time.Second, Offline: 90 * time.Second},
		Limits:   Limits{PushInline: 256 << 10, Upload: 32 << 20},
		API:      API{TokenFile: "api-token"},
		Fonts:    Fonts{Rare: []string{}},
		Speech: Speech{
			Enabled: "auto", Rate: 165, Workers: 2, Timeout: 20 * time.Second,
			Command: []string{"espeak-ng", "-v", "cmn-latn-pinyin", "-b", "1", "-s", "{rate}", "--stdout"},
		},
		Log: Log{Level: "info", Format: "text"},
	}
}

// LoadController reads a controller's file over the defaults. Relative paths in
// it count from its folder. An unknown key, a wrong type or a file that cannot
// be read is an error that names file and line; whether values are sane is left
// to Check.
func LoadController(path string) (Controller, error) {
	c := DefaultController()
	dir, err := load(path, &c)
	if err != nil {
		return Controller{}, err
	}
	c.Data = against(dir, c.Data)
	c.TLS.Cert = against(dir, c.TLS.Cert)
	c.TLS.Key = against(dir, c.TLS.Key)
	for i, path := range c.Fonts.Rare {
		c.Fonts.Rare[i] = against(dir, path)
	}
	c.Database.PostgresDSNFile = against(dir, c.Database.PostgresDSNFile)
	return c, nil
}

// DatabaseFile returns the path of the SQLite file.
func (c Controller) DatabaseFile() string { return against(c.Data, c.Database.Path) }

// TokenFile returns the path of the file with the API's token.
func (c Controller) TokenFile() string { return against(c.Data, c.API.TokenFile) }

// Blobs returns the folder of the blob store.
func (c Controller) Blobs() string { return filepath.Join(c.Data, "blobs") }

// Keys returns the folder of the signing keys.
func (c Controller) Keys() string { return filepath.Join(c.Data, "keys") }

// Location returns the time zone. Check refuses a zone that does not exist; for
// one this returns an error.
func (c Controller) Location() (*time.Location, error) { return time.LoadLocation(c.Zone) }

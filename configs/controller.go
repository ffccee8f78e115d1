package configs

import (
	"path/filepath"
	"time"

	"mingbai/playlist/review"
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
	// TrustProxy takes the address of a request for the audit log from what a
	// proxy before the controller says (X-Forwarded-For). Only for a controller
	// that nobody reaches past the proxy. Default: false.
	TrustProxy bool `toml:"trust_proxy"`
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
	SignIn    SignIn    `toml:"signin"`
	Screens   Screens   `toml:"screens"`
	Limits    Limits    `toml:"limits"`
	API       API       `toml:"api"`
	Approvals Approvals `toml:"approvals"`
	Fonts     Fonts     `toml:"fonts"`
	Speech    Speech    `toml:"speech"`
	Updates   Updates   `toml:"updates"`
	Watch     Watch     `toml:"watch"`
	Mail      Mail      `toml:"mail"`
	Metrics   Metrics   `toml:"metrics"`
	Backup    Backup    `toml:"backup"`
	Keep      Keep      `toml:"keep"`
	Log       Log       `toml:"log"`
}

// Watch is who is told when something is wrong with a screen.
type Watch struct {
	// Severity is the least of warnings that anybody is told of: note, warn or
	// urgent. Default: warn.
	Severity string `toml:"severity"`
	// QuietFrom until QuietUntil, hours of the day like 22:00, mails about what is
	// not urgent wait. Both empty: never. Default: empty.
	QuietFrom  string `toml:"quiet_from"`
	QuietUntil string `toml:"quiet_until"`
	// Recipients are who is told. Default: nobody.
	Recipients []Recipient `toml:"recipients"`
}

// Recipient is who is told of the warnings of a site and all below it.
type Recipient struct {
	// Site is its ID; empty for all sites.
	Site string `toml:"site"`
	// Mail are addresses that get mails.
	Mail []string `toml:"mail"`
	// Webhook is an address that gets every message as JSON by POST.
	Webhook string `toml:"webhook"`
	// SecretFile holds the secret that signs what is sent to Webhook, readable by
	// its owner only.
	SecretFile string `toml:"secret_file"`
}

// Mail is the server that mails are handed to.
type Mail struct {
	// Host is its name. Default: empty, no mails.
	Host string `toml:"host"`
	// Port is 587 for starttls, 465 for tls. Default: 587.
	Port int `toml:"port"`
	// TLS is starttls, tls or none. Default: starttls.
	TLS string `toml:"tls"`
	// CA is a file with the certificates that the server's must come from, PEM.
	// Default: empty, those of the machine.
	CA string `toml:"ca"`
	// User signs in. Default: empty, nobody does.
	User string `toml:"user"`
	// PasswordFile holds the password of User, readable by its owner only.
	PasswordFile string `toml:"password_file"`
	// From is the address that mails come from.
	From string `toml:"from"`
}

// Metrics protects the figures for Prometheus under /metrics.
type Metrics struct {
	// TokenFile holds the bearer token, readable by its owner only. Default:
	// empty, there is no /metrics.
	TokenFile string `toml:"token_file"`
}

// Backup is how the controller backs itself up (GB/T 22239, 8.1.4.9).
type Backup struct {
	// Folder gets a folder for each backup. They hold private keys. Better on
	// another disk. Default: empty, backups in Data.
	Folder string `toml:"folder"`
	// At is when one is made every day, an hour of the day. Empty: never, somebody
	// else does it by the command. Default: 02:30.
	At string `toml:"at"`
	// Daily is of how many days the newest backup is kept. Default: 7.
	Daily int `toml:"daily"`
	// Weekly is of how many weeks the newest backup is kept. Default: 4.
	Weekly int `toml:"weekly"`
}

// Keep is how long the controller keeps what is not for ever.
type Keep struct {
	// Voices is how many days the words of residents stay after they were dealt
	// with; their contacts go after 180 in any case. Personal data stay no longer
	// than their purpose needs (个人信息保护法 19). Default: 1095.
	Voices int `toml:"voices"`
	// Ledger is how many days the single rows of display stay; the sums of each day
	// stay for ever. Lists of beneficiaries must be accounted for over five years
	// (DOMAIN L17). Rows older than yesterday are packed, without loss. Default: 1830.
	Ledger int `toml:"ledger"`
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

// Sessions bounds how long staff stay signed in (GB/T 22239, 8.1.4.1).
type Sessions struct {
	// Idle ends a session after its last use: a page opened, something sent or
	// typed. Pages that refresh themselves are no use. Default: 30m.
	Idle time.Duration `toml:"idle"`
	// Lifetime ends a session after signing in, however much it is used. Default:
	// 12h.
	Lifetime time.Duration `toml:"lifetime"`
}

// SignIn says who needs more than a password.
type SignIn struct {
	// SecondFactor lists the roles that need a second factor: an authenticator or
	// a passkey. Others may set one up. Default: administrator.
	SecondFactor []string `toml:"second_factor"`
	// Grace is how long somebody has to set one up, from the first sign-in that
	// asks for it; then nothing else opens. Zero: at once. Default: 336h.
	Grace time.Duration `toml:"grace"`
}

// Screens is how the controller deals with its screens.
type Screens struct {
	// Pairing is how long a pairing code is good for. Default: 10m.
	Pairing time.Duration `toml:"pairing"`
	// Report is how often a screen reports its health. Default: 30s.
	Report time.Duration `toml:"report"`
	// Offline is how long a screen may report nothing before it counts as offline
	// although its connection is there; a line that is cut is known within 25
	// seconds in any case.
	// Default: 90s.
	Offline time.Duration `toml:"offline"`
	// ScreenshotEvery is how often every screen that is online is photographed, one
	// a second at the most; zero never. Default: 24h.
	ScreenshotEvery time.Duration `toml:"screenshot_every"`
	// ScreenshotAt is when the day's first turn begins, an hour of the day.
	// Default: 10:00, when offices are open and boards are lit.
	ScreenshotAt string `toml:"screenshot_at"`
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

// Approvals is how notices are reviewed before they are shown.
type Approvals struct {
	// Policy is what a release needs where the console has set nothing else for a
	// site: town (two people), county (four stages) or single (nobody reviews, for
	// trying the program out). Default: town.
	Policy string `toml:"policy"`
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

// Updates is how new programs reach screens.
type Updates struct {
	// Keys are the public keys, base64, of the people whose packages this
	// controller believes. Default: empty, no package is taken.
	Keys []string `toml:"keys"`
	// Threshold is how many of them must have signed. Default: 0, more than half.
	Threshold int `toml:"threshold"`
	// SoakFew is how long the first screens (1 in 100) are watched after they took
	// a new program, before one in ten gets it; the last stage is watched as
	// long. Default: 1h.
	SoakFew time.Duration `toml:"soak_few"`
	// SoakSome is how long those are watched before all get it. Default: 4h.
	SoakSome time.Duration `toml:"soak_some"`
	// Upload is the largest package file, in bytes. Default: 268435456 (256 MiB).
	Upload int64 `toml:"upload"`
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
		Office:    "政务公开办公室",
		Listen:    "127.0.0.1:8420",
		Data:      DefaultData("controller"),
		Zone:      "Asia/Shanghai",
		Language:  "zh",
		Database:  Database{Path: "mingbai.db"},
		Sessions:  Sessions{Idle: 30 * time.Minute, Lifetime: 12 * time.Hour},
		SignIn:    SignIn{SecondFactor: []string{"administrator"}, Grace: 14 * 24 * time.Hour},
		Screens:   Screens{Pairing: 10 * time.Minute, Report: 30 * time.Second, Offline: 90 * time.Second, ScreenshotEvery: 24 * time.Hour, ScreenshotAt: "10:00"},
		Limits:    Limits{PushInline: 256 << 10, Upload: 32 << 20},
		API:       API{TokenFile: "api-token"},
		Approvals: Approvals{Policy: review.Town.ID},
		Fonts:     Fonts{Rare: []string{}},
		Speech: Speech{
			Enabled: "auto", Rate: 165, Workers: 2, Timeout: 20 * time.Second,
			Command: []string{"espeak-ng", "-v", "cmn-latn-pinyin", "-b", "1", "-s", "{rate}", "--stdout"},
		},
		Updates: Updates{Keys: []string{}, SoakFew: time.Hour, SoakSome: 4 * time.Hour, Upload: 256 << 20},
		Watch:   Watch{Severity: "warn", Recipients: []Recipient{}},
		Mail:    Mail{Port: 587, TLS: "starttls"},
		Backup:  Backup{At: "02:30", Daily: 7, Weekly: 4},
		Keep:    Keep{Voices: 1095, Ledger: 1830},
		Log:     Log{Level: "info", Format: "text"},
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
	for i, r := range c.Watch.Recipients {
		c.Watch.Recipients[i].SecretFile = against(dir, r.SecretFile)
	}
	c.Mail.CA, c.Mail.PasswordFile = against(dir, c.Mail.CA), against(dir, c.Mail.PasswordFile)
	c.Metrics.TokenFile = against(dir, c.Metrics.TokenFile)
	c.Backup.Folder = against(dir, c.Backup.Folder)
	c.Database.PostgresDSNFile = against(dir, c.Database.PostgresDSNFile)
	return c, nil
}

// DatabaseFile returns the path of the SQLite file.
func (c Controller) DatabaseFile() string { return against(c.Data, c.Database.Path) }

// TokenFile returns the path of the file with the API's token.
func (c Controller) TokenFile() string { return against(c.Data, c.API.TokenFile) }

// Blobs returns the folder of the blob store.
func (c Controller) Blobs() string { return filepath.Join(c.Data, "blobs") }

// Shots returns the folder of the screenshots. They are not content: what a device
// sends stays apart from it, and backups leave it out.
func (c Controller) Shots() string { return filepath.Join(c.Data, "shots") }

// Keys returns the folder of the signing keys.
func (c Controller) Keys() string { return filepath.Join(c.Data, "keys") }

// Backups returns the folder of the backups.
func (c Controller) Backups() string {
	if c.Backup.Folder != "" {
		return c.Backup.Folder
	}
	return filepath.Join(c.Data, "backups")
}

// Location returns the time zone. Check refuses a zone that does not exist; for
// one this returns an error.
func (c Controller) Location() (*time.Location, error) { return time.LoadLocation(c.Zone) }

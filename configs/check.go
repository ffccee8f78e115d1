package configs

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"image"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // Windows machines bring no time zones

	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/review"
)

// Problem is one setting that is not sane.
type Problem struct {
	Key     string // as in the file, for example tls.cert
	Text    string // what is wrong and what would be right, one sentence
	Warning bool   // the program may start all the same
}

func (p Problem) String() string {
	kind := "error"
	if p.Warning {
		kind = "warning"
	}
	return fmt.Sprintf("%s: %s: %s", kind, p.Key, p.Text)
}

// Fatal reports whether any problem is more than a warning.
func Fatal(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

type checker []Problem

func (c *checker) wrong(key, format string, args ...any) {
	*c = append(*c, Problem{Key: key, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) warn(key, format string, args ...any) {
	*c = append(*c, Problem{Key: key, Text: fmt.Sprintf(format, args...), Warning: true})
}

// Check says what is not sane in a controller's settings, in the order of the
// file. It reads the machine (do files exist, who may read them) and changes
// nothing. No problem is nil.
func (c Controller) Check() []Problem {
	var p checker
	if strings.TrimSpace(c.Office) == "" {
		p.wrong("office", "the office needs a name, it stands on every page of the console")
	}
	host := p.address("listen", c.Listen)
	p.webAddress("public_url", c.PublicURL, true)
	p.folder("data", c.Data)
	p.zone(c.Zone)
	if c.Root != "" {
		if _, err := playlist.ParseSiteID(c.Root); err != nil {
			p.wrong("root", "%v", err)
		}
	}
	if c.Language != "zh" && c.Language != "en" {
		p.wrong("language", "%q is not a language of the console; zh and en are", c.Language)
	}
	p.tls(c.TLS)
	if c.TLS.Cert == "" && host != "" && !loopback(host) && !strings.HasPrefix(c.PublicURL, "https://") {
		p.warn("tls.cert", "the controller listens beyond this machine without a certificate; passwords will cross the network in the clear unless a proxy serves https")
	}
	p.database(c)
	p.span("sessions.idle", c.Sessions.Idle, time.Minute, 24*time.Hour)
	p.span("sessions.lifetime", c.Sessions.Lifetime, time.Minute, 30*24*time.Hour)
	for _, name := range c.SignIn.SecondFactor {
		if !slices.Contains(roles, name) {
			p.wrong("signin.second_factor", "there is no role %q; there are %s", name, strings.Join(roles, ", "))
		}
	}
	p.span("signin.grace", c.SignIn.Grace, 0, 90*24*time.Hour)
	p.span("screens.pairing", c.Screens.Pairing, 30*time.Second, 24*time.Hour)
	p.span("screens.report", c.Screens.Report, time.Second, time.Hour)
	if c.Screens.ScreenshotEvery != 0 {
		p.span("screens.screenshot_every", c.Screens.ScreenshotEvery, 15*time.Minute, 24*time.Hour)
	}
	p.clock("screens.screenshot_at", c.Screens.ScreenshotAt)
	p.span("screens.offline", c.Screens.Offline, 2*time.Second, 24*time.Hour)
	if c.Screens.Offline < 2*c.Screens.Report && c.Screens.Report <= time.Hour {
		p.warn("screens.offline", "%v is less than two reports of %v apart; sound screens will seem offline now and then", c.Screens.Offline, c.Screens.Report)
	}
	p.bytes("limits.push_inline", c.Limits.PushInline, 0, 4<<20)
	p.bytes("limits.upload", c.Limits.Upload, 64<<10, 1<<30)
	if c.API.TokenFile == "" {
		p.wrong("api.token_file", "a path is needed; the API is never open without a token")
	} else {
		p.secret("api.token_file", c.TokenFile(), true)
	}
	if _, ok := review.Preset(c.Approvals.Policy); !ok {
		p.wrong("approvals.policy", "%q is not a policy of review; town, county and single are", c.Approvals.Policy)
	}
	p.speech(c.Speech)
	p.updates(c.Updates)
	p.watch(c.Watch, c.Mail)
	p.backup(c.Backup)
	p.days("keep.voices", c.Keep.Voices, 180, 3650)
	p.days("keep.ledger", c.Keep.Ledger, 400, 36500)
	if c.Metrics.TokenFile != "" {
		p.secret("metrics.token_file", c.Metrics.TokenFile, false)
	}
	p.log(c.Log)
	return p
}

func (c *checker) days(key string, n, least, most int) {
	if n < least || n > most {
		c.wrong(key, "%d days; %d to %d are allowed", n, least, most)
	}
}

func (c *checker) updates(u Updates) {
	for i, text := range u.Keys {
		if _, err := release.ParsePublic(text); err != nil {
			c.wrong(fmt.Sprintf("updates.keys[%d]", i), "%v", err)
		}
	}
	if u.Threshold < 0 || u.Threshold > len(u.Keys) {
		c.wrong("updates.threshold", "%d of %d keys; 0 stands for more than half", u.Threshold, len(u.Keys))
	}
	c.span("updates.soak_few", u.SoakFew, time.Second, 30*24*time.Hour)
	c.span("updates.soak_some", u.SoakSome, time.Second, 30*24*time.Hour)
	c.bytes("updates.upload", u.Upload, 1<<20, 1<<30)
}

// Check says what is not sane in a screen's settings, by the rules of
// Controller.Check.
func (s Screen) Check(kind playlist.ScreenKind) []Problem {
	var p checker
	p.webAddress("controller", s.Controller, false)
	if s.CA != "" {
		p.readable("ca", s.CA)
	}
	p.folder("data", s.Data)
	p.zone(s.Zone)
	p.span("idle", s.Idle, 10*time.Second, time.Hour)
	if s.OfflineBanner < 0 || s.OfflineBanner > 365 {
		p.wrong("offline_banner_days", "%d days; 0 to 365 are allowed, 0 shows it at once", s.OfflineBanner)
	}
	p.bytes("cache_limit", s.CacheLimit, 16<<20, 1<<42)
	p.bytes("ledger_limit", s.LedgerLimit, 1<<20, 1<<40)
	p.span("report", s.Report, time.Second, time.Hour)
	p.panel(s.Panel, kind)
	p.window(s.Window)
	if kind == playlist.LED {
		p.pair(s.Pair)
		p.output(s.Output, image.Pt(s.Panel.Width, s.Panel.Height))
		if s.Window.Backend == BackendNone && s.Output.Protocol == NoOutput {
			p.wrong("window.backend", "without a window nobody sees anything; set output.protocol, or auto here")
		}
	} else {
		if s.Output.Protocol != NoOutput {
			p.wrong("output.protocol", "only LED boards are driven over the network")
		}
		if s.Window.Backend == BackendNone {
			p.wrong("window.backend", "a touchscreen needs a window")
		}
	}
	if s.Voice.Volume < 0 || s.Voice.Volume > 100 {
		p.wrong("voice.volume", "%d is outside 0 to 100", s.Voice.Volume)
	}
	if words := strings.Fields(s.Voice.Command); len(words) > 0 {
		if _, err := exec.LookPath(words[0]); err != nil {
			p.warn("voice.command", "%s is not on this machine; nothing will be read aloud", words[0])
		}
	}
	if cmd := s.Machine.Reboot; len(cmd) > 0 {
		if _, err := exec.LookPath(cmd[0]); err != nil {
			p.warn("machine.reboot", "%s is not on this machine; it will not be started anew from afar", cmd[0])
		}
	}
	if s.Printer.SessionSheets < 1 || s.Printer.SessionSheets > 50 {
		p.wrong("printer.session_sheets", "%d is outside 1 to 50", s.Printer.SessionSheets)
	}
	if s.Printer.DaySheets < s.Printer.SessionSheets || s.Printer.DaySheets > 5000 {
		p.wrong("printer.day_sheets", "%d is outside %d (one session) to 5000", s.Printer.DaySheets, s.Printer.SessionSheets)
	}
	if _, err := exec.LookPath("lp"); err != nil && s.Printer.Name != "" {
		p.warn("printer.name", "this machine has no lp; install CUPS, or nothing will be printed")
	}
	if _, err := s.ReleasePin(); err != nil {
		p.wrong("update.keys", "%v", err)
	}
	if s.Update.Threshold < 0 {
		p.wrong("update.threshold", "%d signatures; 0 is more than half of the keys", s.Update.Threshold)
	}
	p.span("update.trial", s.Update.Trial, 10*time.Second, time.Hour)
	p.log(s.Log)
	return p
}

func (c *checker) address(key, addr string) (host string) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		c.wrong(key, "%q is not host:port, for example 127.0.0.1:8420", addr)
		return ""
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		c.wrong(key, "port %q is not a number from 0 to 65535", port)
	}
	if host == "" {
		return "0.0.0.0"
	}
	return host
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *checker) webAddress(key, address string, mayBeEmpty bool) {
	if address == "" {
		if !mayBeEmpty {
			c.wrong(key, "an address is needed, for example https://gongkai.example.gov.cn")
		}
		return
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		c.wrong(key, "%q is not an address that begins with http:// or https://", address)
	case u.User != nil:
		c.wrong(key, "the address must not carry a name or a password")
	case strings.HasSuffix(address, "/") || u.RawQuery != "" || u.Fragment != "":
		c.wrong(key, "%q must end without a slash, question mark or fragment", address)
	}
}

func (c *checker) folder(key, dir string) {
	if dir == "" {
		c.wrong(key, "a folder is needed")
		return
	}
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		c.wrong(key, "%s is a file, a folder is needed", dir)
	case err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0:
		c.wrong(key, "everybody may write to %s; take that right away with chmod o-w", dir)
	case err != nil && !os.IsNotExist(err):
		c.wrong(key, "%s cannot be looked at: %v", dir, err)
	case os.IsNotExist(err):
		// It is made at the first start, if what is above it can be written to.
		up := dir
		for {
			parent := filepath.Dir(up)
			if parent == up {
				break
			}
			up = parent
			if info, err := os.Stat(up); err == nil {
				if !info.IsDir() {
					c.wrong(key, "%s cannot be made, since %s is a file", dir, up)
				}
				break
			}
		}
	}
}

func (c *checker) zone(name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "" {
		c.wrong("zone", "%q is not a time zone, for example Asia/Shanghai", name)
	}
}

func (c *checker) tls(t TLS) {
	switch {
	case t.Cert == "" && t.Key == "":
	case t.Cert == "":
		c.wrong("tls.cert", "a key is named but no certificate; name both or neither")
	case t.Key == "":
		c.wrong("tls.key", "a certificate is named but no key; name both or neither")
	default:
		if _, ok := c.readable("tls.cert", t.Cert); ok {
			c.dear(t.Cert)
		}
		c.secret("tls.key", t.Key, false)
	}
}

// dear warns of a certificate that makes it dear when all screens come back at once.
func (c *checker) dear(path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return // readable says so
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return // loading it says so
	}
	if cert, err := x509.ParseCertificate(block.Bytes); err == nil && cert.PublicKeyAlgorithm == x509.RSA {
		c.warn("tls.cert", "the certificate has an RSA key, which costs several times the work of ECDSA (P-256) for every screen that connects; with thousands of screens have one made with ECDSA")
	}
}

func (c *checker) database(s Controller) {
	if s.Database.PostgresDSNFile != "" {
		c.wrong("database.postgres_dsn_file", "PostgreSQL is not supported yet; leave this empty to use the SQLite file")
	}
	if s.Database.Path == "" {
		c.wrong("database.path", "a path is needed, for example mingbai.db")
		return
	}
	if info, err := os.Stat(s.DatabaseFile()); err == nil && info.IsDir() {
		c.wrong("database.path", "%s is a folder, a file is needed", s.DatabaseFile())
	}
}

func (c *checker) readable(key, path string) (fs.FileInfo, bool) {
	f, err := os.Open(path)
	if err != nil {
		c.wrong(key, "the file cannot be read: %v", err)
		return nil, false
	}
	info, err := f.Stat()
	f.Close() // opened for reading only
	if err != nil || !info.Mode().IsRegular() {
		c.wrong(key, "%s is not a file", path)
		return nil, false
	}
	return info, true
}

// secret wants a file that nobody but its owner may read. Windows has no such
// bits; there the folder's rights decide.
func (c *checker) secret(key, path string, mayBeMissing bool) {
	if mayBeMissing {
		if _, err := os.Stat(path); os.IsNotExist(err) {
			return
		}
	}
	info, ok := c.readable(key, path)
	if ok && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		c.wrong(key, "others may read %s (mode %04o); take that right away with chmod 600", path, info.Mode().Perm())
	}
}

func (c *checker) span(key string, d, least, most time.Duration) {
	if d < least || d > most {
		c.wrong(key, "%v is outside %v to %v", d, least, most)
	}
}

func (c *checker) bytes(key string, n, least, most int64) {
	if n < least || n > most {
		c.wrong(key, "%d bytes is outside %d to %d", n, least, most)
	}
}

func (c *checker) speech(s Speech) {
	switch s.Enabled {
	case "auto", "on":
		if len(s.Command) == 0 || s.Command[0] == "" {
			c.wrong("speech.command", "a program is needed, for example espeak-ng")
		} else if _, err := exec.LookPath(s.Command[0]); err != nil && s.Enabled == "on" {
			c.warn("speech.command", "%s is not on this machine; notices will not be read aloud", s.Command[0])
		}
	case "off":
	default:
		c.wrong("speech.enabled", "%q is none of auto, on and off", s.Enabled)
	}
	if s.Rate < 50 || s.Rate > 500 {
		c.wrong("speech.rate", "%d is outside 50 to 500", s.Rate)
	}
	if s.Workers < 1 || s.Workers > 16 {
		c.wrong("speech.workers", "%d is outside 1 to 16", s.Workers)
	}
	c.span("speech.timeout", s.Timeout, time.Second, 5*time.Minute)
}

func (c *checker) panel(p playlist.Panel, kind playlist.ScreenKind) {
	least := 320
	if kind == playlist.LED {
		least = 16
	}
	if p.Width < least || p.Width > 16384 || p.Height < min(least, 240) || p.Height > 16384 {
		c.wrong("panel", "%d×%d is not the size of a panel that this program can fill", p.Width, p.Height)
	}
	if p.WidthMM <= 0 || p.HeightMM <= 0 {
		if kind == playlist.Touch {
			c.wrong("panel.width_mm", "the lit area in millimetres is needed; letters and keys are sized from it")
		}
	} else if across, down := float64(p.WidthMM)/float64(p.Width), float64(p.HeightMM)/float64(p.Height); across/down > 1.1 || down/across > 1.1 {
		c.warn("panel.width_mm", "the pixels would be %.2f by %.2f mm; are width and height the wrong way round?", across, down)
	}
	if !slices.Contains([]playlist.LEDColours{"", playlist.SingleColour, playlist.DualColour, playlist.FullColour}, p.Colours) {
		c.wrong("panel.colours", "%q is none of single, dual and full", p.Colours)
	}
}

func (c *checker) window(w Window) {
	if w.Scale < 1 || w.Scale > 32 {
		c.wrong("window.scale", "%d is outside 1 to 32", w.Scale)
	}
	if w.Dots && w.Scale < 3 {
		c.wrong("window.dots", "round dots need window.scale 3 or more")
	}
	if !slices.Contains([]int{0, 90, 180, 270}, w.Rotate) {
		c.wrong("window.rotate", "%d is none of 0, 90, 180 and 270", w.Rotate)
	}
	if !slices.Contains([]Backend{BackendAuto, BackendEbiten, BackendShm, BackendNone}, w.Backend) {
		c.wrong("window.backend", "%q is none of auto, ebiten, shm and none", w.Backend)
	}
	if w.Fullscreen && (w.X != 0 || w.Y != 0) {
		c.warn("window.x", "a full screen has no place of its own; window.x and window.y do nothing")
	}
}

func (c *checker) log(l Log) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, l.Level) {
		c.wrong("log.level", "%q is none of debug, info, warn and error", l.Level)
	}
	if l.Format != "text" && l.Format != "json" {
		c.wrong("log.format", "%q is neither text nor json", l.Format)
	}
}

// roles are the roles of package accounts by name.
var roles = []string{"drafter", "first_reviewer", "second_reviewer", "secrecy", "releaser", "technician", "auditor", "administrator"}

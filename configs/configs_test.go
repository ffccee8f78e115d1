package configs

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"mingbai/playlist"
)

// The examples promise every key with its default: they must load to exactly
// the defaults and mention every key of the struct.
func TestExamples(t *testing.T) {
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file string
		kind playlist.ScreenKind
	}{{"controller.example.toml", ""}, {"kiosk.example.toml", playlist.Touch}, {"ledboard.example.toml", playlist.LED}} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join(dir, c.file)
			var got, want any
			var err error
			if c.kind == "" {
				got, err = LoadController(path)
				want = DefaultController()
			} else {
				got, err = LoadScreen(path, c.kind)
				want = DefaultScreen(c.kind)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("loads as\n%+v\nthe defaults are\n%+v", got, want)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			mentions(t, string(text), "", reflect.TypeOf(want))
		})
	}
}

func mentions(t *testing.T, text, table string, typ reflect.Type) {
	section := text
	if table != "" {
		_, after, ok := strings.Cut(text, "["+table+"]\n")
		if !ok {
			t.Errorf("table [%s] is missing", table)
			return
		}
		section, _, _ = strings.Cut(after, "\n[")
	}
	for f := range typ.Fields() {
		key := f.Tag.Get("toml")
		if f.Type.Kind() == reflect.Struct {
			mentions(t, text, key, f.Type)
			continue
		}
		if !regexp.MustCompile(`(?m)^#?` + regexp.QuoteMeta(key) + ` = `).MatchString(section) {
			t.Errorf("key %q of table [%s] is missing", key, table)
		}
	}
}

func write(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadRefuses(t *testing.T) {
	path := write(t, t.TempDir(), "c.toml", "office = \"x\"\n\n[log]\nlevle = \"info\"\n[nonsense]\na = 1\n", 0o600)
	_, err := LoadController(path)
	if err == nil {
		t.Fatal("unknown keys were accepted")
	}
	want := path + ":4: unknown key \"log.levle\"\n" + path + ":5: unknown key \"nonsense\""
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	path = write(t, t.TempDir(), "s.toml", "idle = \"a while\"\n", 0o600)
	if _, err := LoadScreen(path, playlist.Touch); err == nil || !strings.HasPrefix(err.Error(), path+":1: ") {
		t.Errorf("a bad duration gives %v", err)
	}
	if _, err := LoadController(filepath.Join(t.TempDir(), "none.toml")); err == nil {
		t.Error("a missing file was accepted")
	}
}

func TestRelativePaths(t *testing.T) {
	dir := t.TempDir()
	c, err := LoadController(write(t, dir, "c.toml", "data = \"d\"\n[tls]\ncert = \"c.pem\"\nkey = \"/abs/k.pem\"\n", 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != filepath.Join(dir, "d") || c.TLS.Cert != filepath.Join(dir, "c.pem") || c.TLS.Key != "/abs/k.pem" {
		t.Errorf("paths are %q %q %q", c.Data, c.TLS.Cert, c.TLS.Key)
	}
	if c.DatabaseFile() != filepath.Join(dir, "d", "mingbai.db") || c.TokenFile() != filepath.Join(dir, "d", "api-token") {
		t.Errorf("files are %q %q", c.DatabaseFile(), c.TokenFile())
	}
}

func TestControllerCheck(t *testing.T) {
	dir := t.TempDir()
	good := DefaultController()
	good.Data = filepath.Join(dir, "data")
	if got := good.Check(); got != nil {
		t.Fatalf("the defaults have problems: %v", got)
	}
	open := write(t, dir, "open.pem", "k", 0o600)
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, key string
		change    func(*Controller)
		unixOnly  bool
	}{
		{"office", "office", func(c *Controller) { c.Office = " " }, false},
		{"listen", "listen", func(c *Controller) { c.Listen = "8420" }, false},
		{"port", "listen", func(c *Controller) { c.Listen = "127.0.0.1:99999" }, false},
		{"open to the network", "tls.cert", func(c *Controller) { c.Listen = ":8420" }, false},
		{"url", "public_url", func(c *Controller) { c.PublicURL = "gongkai.example" }, false},
		{"url slash", "public_url", func(c *Controller) { c.PublicURL = "https://gongkai.example/" }, false},
		{"data is a file", "data", func(c *Controller) { c.Data = open }, false},
		{"data below a file", "data", func(c *Controller) { c.Data = filepath.Join(open, "x") }, false},
		{"zone", "zone", func(c *Controller) { c.Zone = "Asia/Qinghe" }, false},
		{"root", "root", func(c *Controller) { c.Root = "青禾" }, false},
		{"language", "language", func(c *Controller) { c.Language = "fr" }, false},
		{"cert alone", "tls.key", func(c *Controller) { c.TLS.Cert = open }, false},
		{"open key", "tls.key", func(c *Controller) { c.TLS = TLS{open, open} }, true},
		{"missing cert", "tls.cert", func(c *Controller) { c.TLS = TLS{filepath.Join(dir, "no"), open} }, false},
		{"postgres", "database.postgres_dsn_file", func(c *Controller) { c.Database.PostgresDSNFile = open }, false},
		{"no database", "database.path", func(c *Controller) { c.Database.Path = "" }, false},
		{"lifetime", "sessions.lifetime", func(c *Controller) { c.Sessions.Lifetime = time.Second }, false},
		{"pairing", "screens.pairing", func(c *Controller) { c.Screens.Pairing = 0 }, false},
		{"offline", "screens.offline", func(c *Controller) { c.Screens.Offline = 40 * time.Second }, false},
		{"inline", "limits.push_inline", func(c *Controller) { c.Limits.PushInline = -1 }, false},
		{"upload", "limits.upload", func(c *Controller) { c.Limits.Upload = 1 }, false},
		{"token", "api.token_file", func(c *Controller) { c.API.TokenFile = "" }, false},
		{"open token", "api.token_file", func(c *Controller) { c.API.TokenFile = open }, true},
		{"speech", "speech.enabled", func(c *Controller) { c.Speech.Enabled = "yes" }, false},
		{"no voice", "speech.command", func(c *Controller) { c.Speech.Command = nil }, false},
		{"missing voice", "speech.command", func(c *Controller) { c.Speech.Enabled, c.Speech.Command = "on", []string{"no-such-voice"} }, false},
		{"rate", "speech.rate", func(c *Controller) { c.Speech.Rate = 0 }, false},
		{"workers", "speech.workers", func(c *Controller) { c.Speech.Workers = 0 }, false},
		{"speech timeout", "speech.timeout", func(c *Controller) { c.Speech.Timeout = 0 }, false},
		{"log level", "log.level", func(c *Controller) { c.Log.Level = "loud" }, false},
		{"log format", "log.format", func(c *Controller) { c.Log.Format = "xml" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.unixOnly && runtime.GOOS == "windows" {
				return // no mode bits there
			}
			v := good
			c.change(&v)
			for _, p := range v.Check() {
				if p.Key == c.key && p.Text != "" {
					return
				}
			}
			t.Errorf("%s was not found: %v", c.key, v.Check())
		})
	}
}

func TestScreenCheck(t *testing.T) {
	dir := t.TempDir()
	for _, kind := range []playlist.ScreenKind{playlist.Touch, playlist.LED} {
		good := DefaultScreen(kind)
		good.Data = dir
		if got := good.Check(kind); got != nil {
			t.Fatalf("the defaults of %s have problems: %v", kind, got)
		}
		for _, c := range []struct {
			key    string
			change func(*Screen)
		}{
			{"controller", func(s *Screen) { s.Controller = "" }},
			{"controller", func(s *Screen) { s.Controller = "http://me:secret@host" }},
			{"ca", func(s *Screen) { s.CA = filepath.Join(dir, "none.pem") }},
			{"idle", func(s *Screen) { s.Idle = 0 }},
			{"offline_banner_days", func(s *Screen) { s.OfflineBanner = -1 }},
			{"cache_limit", func(s *Screen) { s.CacheLimit = 1 }},
			{"ledger_limit", func(s *Screen) { s.LedgerLimit = 1 }},
			{"report", func(s *Screen) { s.Report = 0 }},
			{"panel", func(s *Screen) { s.Panel.Width = 0 }},
			{"panel.width_mm", func(s *Screen) { s.Panel.WidthMM, s.Panel.HeightMM = 3*s.Panel.HeightMM, s.Panel.WidthMM }},
			{"panel.colours", func(s *Screen) { s.Panel.Colours = "pink" }},
			{"voice.command", func(s *Screen) { s.Voice.Command = "no-such-player -" }},
			{"voice.volume", func(s *Screen) { s.Voice.Volume = 101 }},
			{"printer.session_sheets", func(s *Screen) { s.Printer.SessionSheets = 0 }},
			{"printer.day_sheets", func(s *Screen) { s.Printer.DaySheets = 1 }},
			{"window.scale", func(s *Screen) { s.Window.Scale = 0 }},
			{"window.dots", func(s *Screen) { s.Window.Dots = true }},
			{"window.rotate", func(s *Screen) { s.Window.Rotate = 45 }},
			{"window.backend", func(s *Screen) { s.Window.Backend = "opengl" }},
		} {
			v := good
			c.change(&v)
			found := false
			for _, p := range v.Check(kind) {
				found = found || p.Key == c.key
			}
			if !found {
				t.Errorf("%s: %s was not found: %v", kind, c.key, v.Check(kind))
			}
		}
	}
}

func TestVersion(t *testing.T) {
	if Version == "" {
		t.Error("the program has no version")
	}
}

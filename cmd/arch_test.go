// Package cmd holds the programs. At its root are the tests that need all of
// them: the import table, the stories in testdata/stories with real processes,
// and the processes that are killed during a sync.
package cmd

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
)

// own says which packages of this module a package may import. A package is
// judged by the longest key that is its path or a folder above it. "x/..." means
// x and everything below.
var own = map[string][]string{
	"assets":                 {"assets/durable"},
	"assets/durable":         {},
	"assets/durable/crashfs": {"assets/durable"},
	"assets/rendition":       {},
	"assets/fonts":           {"assets/fonts/..."},
	"playlist":               {"assets", "playlist/schedule", "playlist/guard/pii"},
	"playlist/guard":         {"playlist", "playlist/schedule", "playlist/guard/pii"},
	"playlist/guard/pii":     {}, // knows texts only, so that playlist can use it
	"playlist/schedule":      {},
	"playlist/sun":           {},
	"playlist/light":         {"playlist", "playlist/schedule", "playlist/sun"},
	"playlist/lunar":         {"playlist/schedule", "playlist/sun"},
	"playlist/wire":          {"assets", "playlist", "playlist/schedule"},
	"playlist/release":       {"assets", "playlist", "playlist/wire"}, // judges programs as wire judges editions; knows no machine but by name
	"playlist/hanzi":         {},
	"playlist/search":        {"playlist", "playlist/schedule", "playlist/hanzi"},
	"playlist/review":        {"assets", "playlist"},
	"playlist/duty":          {"playlist", "playlist/schedule"}, // knows columns and the calendar, nothing of who publishes
	"playlist/speech":        {"assets", "playlist", "playlist/schedule"},
	"playlist/scene":         {"assets", "assets/fonts/...", "playlist", "playlist/schedule", "playlist/scene/...", "playlist/search", "playlist/lunar"},
	"configs":                {"assets", "assets/rendition", "playlist", "playlist/release", "playlist/review", "playlist/schedule", "configs/..."},

	"controller":           {"assets/...", "playlist/...", "configs/...", "controller/..."},
	"controller/fundsheet": {"playlist", "controller/sheet"},
	"controller/store":     {"assets/...", "playlist", "playlist/guard", "playlist/review", "playlist/schedule", "playlist/wire"},
	"controller/accounts":  {"controller/store", "assets/durable", "playlist", "playlist/review", "playlist/schedule", "playlist/hanzi"},
	"controller/publish":   {"assets/...", "playlist", "playlist/review", "playlist/guard/...", "playlist/schedule", "playlist/wire", "playlist/scene/dotfont", "playlist/scene/typeset", "playlist/scene/typeset/rare", "playlist/speech", "configs/...", "controller/speaker", "controller/store", "controller/bus"},
	"controller/speaker":   {"playlist/speech", "playlist/hanzi"},
	"controller/listing":   {"playlist", "configs/plain", "controller/sheet"},
	"controller/sheet":     {"configs/plain"},                                                                                                                                                                    // knows cells and headings, nothing of what they are for
	"controller/fleet":     {"assets/...", "playlist", "playlist/light", "playlist/release", "playlist/schedule", "playlist/wire", "playlist/scene/led", "controller/store", "controller/bus", "controller/hub"}, // release for the words of why a device did not take a program
	"controller/watch":     {"playlist", "controller/store", "controller/fleet"},                                                                                                                                 // what is wrong is the fleet's word; the watch says when to call somebody
	// A copy is judged as a screen judges what it gets: by signatures and blobs.
	"controller/backup": {"assets", "assets/durable", "configs", "playlist", "playlist/wire", "controller/store", "controller/publish", "controller/fleet"},
	"controller/hub":    {"assets", "assets/durable", "playlist", "playlist/schedule", "playlist/wire"},
	// What is let go of waits for backups and for what screens have beyond the
	// controller, and a full disk is a sign of the fleet's like others.
	"controller/tidy": {"assets", "playlist", "controller/store", "controller/backup", "controller/fleet"},
	"controller/bus":  {"playlist"},
	"controller/api":  {"assets/...", "playlist", "playlist/review", "playlist/guard", "playlist/schedule", "playlist/wire", "configs", "controller/store", "controller/accounts", "controller/publish", "controller/fleet", "controller/hub", "controller/rollout", "controller/watch", "playlist/release"},
	// What goes to which screens next is judged from what fleet knows of them.
	"controller/rollout": {"assets", "playlist", "playlist/release", "playlist/wire", "controller/fleet", "controller/hub", "controller/store"},
	// The certificate is set in the faces of the house, cut down to the characters
	// used as those that editions bring along are, and knows nothing of the office.
	"controller/certificate":     {"assets/fonts", "controller/certificate/pdf"},
	"controller/certificate/pdf": {"playlist/scene/typeset/outline", "playlist/scene/typeset/rare"},

	"controller/richtext": {"playlist"},
	"controller/console":  {"assets/...", "playlist/...", "configs", "configs/plain", "controller/sheet", "controller/listing", "controller/fundsheet", "controller/richtext", "controller/certificate", "controller/store", "controller/accounts", "controller/publish", "controller/fleet", "controller/hub", "controller/rollout", "controller/watch", "controller/backup", "controller/tidy"},

	"kiosk":        {"assets", "assets/durable", "playlist/...", "configs", "kiosk/cache", "kiosk/ledger", "kiosk/link", "kiosk/mailbox", "kiosk/player", "kiosk/update", "kiosk/vitals/..."},
	"kiosk/link":   {"assets", "assets/durable", "playlist", "playlist/wire"},
	"kiosk/cache":  {"assets", "assets/durable", "playlist", "playlist/schedule", "playlist/wire"},
	"kiosk/player": {"playlist", "playlist/schedule", "playlist/scene"},
	"kiosk/ledger": {"assets", "assets/durable", "playlist", "playlist/wire"},
	// What is really on the display is judged against the frame, painted once more.
	"kiosk/vitals":    {"playlist/wire", "playlist/scene", "assets/durable"},
	"kiosk/update":    {"assets", "assets/durable", "playlist", "playlist/release", "playlist/wire"}, // asks for quiet and health through functions: it judges no picture itself
	"kiosk/mailbox":   {"assets/durable", "playlist", "playlist/schedule", "playlist/wire"},
	"kiosk/voice":     {"configs", "playlist/speech"},
	"kiosk/printer":   {"assets/durable", "configs"},
	"kiosk/backlight": {}, // knows a folder of the kernel, nothing of screens
	"kiosk/display":   {"playlist/scene", "kiosk/player", "kiosk/display/..."},
	"kiosk/headless":  {"playlist/scene", "kiosk/player"},
	"kiosk/touch":     {"assets", "playlist/...", "kiosk", "kiosk/player", "kiosk/ledger", "kiosk/cache", "kiosk/mailbox", "kiosk/voice", "kiosk/printer"},
	"kiosk/led":       {"assets", "playlist/...", "configs", "kiosk", "kiosk/player", "kiosk/ledger", "kiosk/cache", "kiosk/led/pair"},
	"kiosk/led/pair":  {}, // knows times and addresses, nothing of what is shown

	// Network output takes frames and settings and knows nothing of the board's
	// program: it stands behind whatever is presented.
	"kiosk/led/pixel": {"configs", "playlist/scene"},

	"cmd": {"..."},
}

// foreign says where a module of others may enter.
var foreign = map[string][]string{
	"github.com/hajimehoshi/ebiten/v2":     {"kiosk/display", "cmd/internal/oneframe"}, // the floor of a first frame
	"github.com/gorilla/websocket":         {"controller/hub", "kiosk/link"},
	"github.com/nfnt/resize":               {"assets/rendition"},
	"github.com/BurntSushi/toml":           {"configs"},
	"github.com/shirou/gopsutil/v3":        {"kiosk/vitals"},
	"modernc.org/sqlite":                   {"controller/store"},
	"database/sql":                         {"controller/store"},
	"github.com/hajimehoshi/bitmapfont/v3": {"assets/fonts", "playlist/scene/dotfont"},
	"github.com/go-text/typesetting":       {"playlist/scene", "assets/fonts"},
	"golang.org/x/crypto/argon2":           {"controller/accounts"},
	"github.com/trustelem/zxcvbn":          {"controller/accounts"},
	"github.com/mozillazg/go-pinyin":       {"playlist/hanzi"},
	"github.com/teambition/rrule-go":       {"playlist/schedule"},
	"github.com/golang-module/carbon/v2":   {"playlist/lunar"},
	"rsc.io/qr":                            {"playlist/scene/page", "controller/certificate", "controller/console"},
	"github.com/pquerna/otp":               {"controller/accounts", "cmd/demo"}, // the demonstration has the phone too
	"github.com/go-webauthn/webauthn":      {"controller/accounts"},
	"github.com/xuri/excelize/v2":          {"controller/sheet"},
	"golang.org/x/net/html":                {"controller/sheet", "controller/richtext", "cmd/demo"},
	"github.com/wneessen/go-mail":          {"controller/watch"},
	"github.com/prometheus/client_golang":  {"controller"},
	"github.com/prometheus/common":         {"controller", "cmd/fleet"}, // a load reads the figures that the controller writes
	"github.com/prometheus/client_model":   {"controller", "cmd/fleet"},
	"github.com/chromedp":                  {"cmd/demo", "cmd/internal"},
	// Editions as differences (zstd --patch-from): the best kept one without C, which
	// bounds what its decoder takes.
	"github.com/klauspost/compress/zstd": {"playlist/wire"},
	"github.com/Shopify/toxiproxy/v2":    {}, // for tests alone
	"github.com/rs/zerolog":              {}, // to keep toxiproxy quiet
	"github.com/vishvananda/netlink":     {}, // cables of the stories
	"github.com/vishvananda/netns":       {},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestImportTable(t *testing.T) {
	out, err := goTool(nil, "list", "-json=ImportPath,Imports", "mingbai/...")
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for dec := json.NewDecoder(strings.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		name := strings.TrimPrefix(p.ImportPath, "mingbai/")
		for _, imported := range p.Imports {
			checkImport(t, name, imported)
		}
	}
	if packages < 20 {
		t.Errorf("go list found only %d packages", packages)
	}
}

func checkImport(t *testing.T, name, imported string) {
	t.Helper()
	if dep, ok := strings.CutPrefix(imported, "mingbai/"); ok {
		key := ruleFor(name)
		if key == "" {
			t.Errorf("%s: no row in the import table; add one and argue it in the commit", name)
			return
		}
		if dep == key || strings.HasPrefix(dep, key+"/") && strings.HasPrefix(name, key) && allowedWithin(key, dep) {
			return
		}
		if !slices.ContainsFunc(own[key], func(pattern string) bool { return matches(pattern, dep) }) {
			t.Errorf("%s imports %s, which the import table does not allow", name, dep)
		}
		return
	}
	for module, where := range foreign {
		if !matches(module+"/...", imported) {
			continue
		}
		if !slices.ContainsFunc(where, func(w string) bool { return matches(w+"/...", name) }) {
			t.Errorf("%s imports %s, which may enter only in %s", name, imported, strings.Join(where, ", "))
		}
	}
}

// ruleFor returns the row that judges a package.
func ruleFor(name string) string {
	best := ""
	for key := range own {
		if matches(key+"/...", name) && len(key) > len(best) {
			best = key
		}
	}
	return best
}

// allowedWithin lets a package use the folders below its own row that have no
// row of their own.
func allowedWithin(key, dep string) bool { return ruleFor(dep) == key }

func matches(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == base || strings.HasPrefix(name, base+"/")
	}
	return pattern == name
}

// TestControllerAndKioskNeverMeet holds the one rule that everything else rests
// on, through all indirections.
func TestControllerAndKioskNeverMeet(t *testing.T) {
	for from, never := range map[string]string{
		"mingbai/controller/...": "mingbai/kiosk",
		"mingbai/kiosk/...":      "mingbai/controller",
		"mingbai/playlist/...":   "mingbai/configs",
	} {
		out, err := goTool(nil, "list", "-deps", from)
		if err != nil {
			t.Fatal(err)
		}
		for dep := range strings.Lines(out) {
			if matches(never+"/...", strings.TrimSpace(dep)) {
				t.Errorf("%s depends on %s", from, strings.TrimSpace(dep))
			}
		}
	}
}

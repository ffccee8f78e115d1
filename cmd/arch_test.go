// Package cmd holds the programs. At its root are the tests that need all of
// them: the import table, the stories in testdata/stories with real processes,
// and the processes that are killed during a sync.
package cmd

import (
	"encoding/json"
	"io"
	"os/exec"
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
	"playlist":               {"assets", "playlist/schedule"},
	"playlist/schedule":      {},
	"playlist/sun":           {},
	"playlist/light":         {"playlist", "playlist/schedule", "playlist/sun"},
	"playlist/lunar":         {"playlist/schedule", "playlist/sun"},
	"playlist/wire":          {"assets", "playlist", "playlist/schedule"},
	"playlist/hanzi":         {},
	"playlist/search":        {"playlist", "playlist/schedule", "playlist/hanzi"},
	"playlist/speech":        {"assets", "playlist", "playlist/schedule"},
	"playlist/scene":         {"assets", "assets/fonts/...", "playlist", "playlist/schedule", "playlist/scene/...", "playlist/search", "playlist/lunar"},
	"configs":                {"assets", "assets/rendition", "playlist", "playlist/schedule", "configs/..."},

	"controller":          {"assets/...", "playlist/...", "configs/...", "controller/..."},
	"controller/store":    {"assets/...", "playlist", "playlist/schedule", "playlist/wire"},
	"controller/accounts": {"controller/store", "assets/durable", "playlist"},
	"controller/publish":  {"assets/...", "playlist", "playlist/schedule", "playlist/wire", "playlist/scene/dotfont", "playlist/scene/typeset", "playlist/scene/typeset/rare", "playlist/speech", "configs/...", "controller/speaker", "controller/store", "controller/bus"},
	"controller/speaker":  {"playlist/speech", "playlist/hanzi"},
	"controller/fleet":    {"assets/...", "playlist", "playlist/light", "playlist/schedule", "playlist/wire", "playlist/scene/led", "controller/store", "controller/bus", "controller/hub"},
	"controller/hub":      {"assets", "assets/durable", "playlist", "playlist/schedule", "playlist/wire"},
	"controller/bus":      {"playlist"},
	"controller/api":      {"assets/...", "playlist", "playlist/schedule", "playlist/wire", "configs", "controller/store", "controller/accounts", "controller/publish", "controller/fleet", "controller/hub"},
	"controller/console":  {"assets/...", "playlist/...", "configs", "controller/store", "controller/accounts", "controller/publish", "controller/fleet", "controller/hub"},

	"kiosk":          {"assets", "assets/durable", "playlist/...", "configs", "kiosk/cache", "kiosk/ledger", "kiosk/link", "kiosk/mailbox", "kiosk/player", "kiosk/vitals"},
	"kiosk/link":     {"assets", "assets/durable", "playlist", "playlist/wire"},
	"kiosk/cache":    {"assets", "assets/durable", "playlist", "playlist/schedule", "playlist/wire"},
	"kiosk/player":   {"playlist", "playlist/schedule", "playlist/scene"},
	"kiosk/ledger":   {"assets", "assets/durable", "playlist", "playlist/wire"},
	"kiosk/vitals":   {"playlist/wire"},
	"kiosk/mailbox":  {"assets/durable", "playlist", "playlist/schedule", "playlist/wire"},
	"kiosk/voice":    {"configs", "playlist/speech"},
	"kiosk/printer":  {"assets/durable", "configs"},
	"kiosk/display":  {"playlist/scene", "kiosk/player", "kiosk/display/..."},
	"kiosk/headless": {"playlist/scene", "kiosk/player"},
	"kiosk/touch":    {"assets", "playlist/...", "kiosk", "kiosk/player", "kiosk/ledger", "kiosk/cache", "kiosk/mailbox", "kiosk/voice", "kiosk/printer"},
	"kiosk/led":      {"assets", "playlist/...", "configs", "kiosk", "kiosk/player", "kiosk/ledger", "kiosk/cache", "kiosk/led/pair"},
	"kiosk/led/pair": {}, // knows times and addresses, nothing of what is shown

	// Network output takes frames and settings and knows nothing of the board's
	// program: it stands behind whatever is presented.
	"kiosk/led/pixel": {"configs", "playlist/scene"},

	"cmd": {"..."},
}

// foreign says where a module of others may enter.
var foreign = map[string][]string{
	"github.com/hajimehoshi/ebiten/v2":     {"kiosk/display"},
	"github.com/gorilla/websocket":         {"controller/hub", "kiosk/link"},
	"github.com/nfnt/resize":               {"assets/rendition"},
	"github.com/BurntSushi/toml":           {"configs"},
	"github.com/shirou/gopsutil/v3":        {"kiosk/vitals"},
	"modernc.org/sqlite":                   {"controller/store"},
	"database/sql":                         {"controller/store"},
	"github.com/hajimehoshi/bitmapfont/v3": {"assets/fonts", "playlist/scene/dotfont"},
	"github.com/go-text/typesetting":       {"playlist/scene", "assets/fonts"},
	"golang.org/x/crypto/argon2":           {"controller/accounts"},
	"github.com/mozillazg/go-pinyin":       {"playlist/hanzi"},
	"github.com/teambition/rrule-go":       {"playlist/schedule"},
	"github.com/golang-module/carbon/v2":   {"playlist/lunar"},
	"rsc.io/qr":                            {"playlist/scene/page"},
	"github.com/chromedp":                  {"cmd/demo", "cmd/internal"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestImportTable(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "mingbai/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
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
		out, err := exec.Command("go", "list", "-deps", from).Output()
		if err != nil {
			t.Fatalf("go list -deps %s: %v", from, err)
		}
		for dep := range strings.Lines(string(out)) {
			if matches(never+"/...", strings.TrimSpace(dep)) {
				t.Errorf("%s depends on %s", from, strings.TrimSpace(dep))
			}
		}
	}
}

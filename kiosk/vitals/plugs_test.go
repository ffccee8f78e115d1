package vitals

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai/playlist/wire"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDisplay(t *testing.T) {
	dir := t.TempDir()
	is := func(name string, plug wire.Plug, connector string) {
		t.Helper()
		if p, c := Display(dir, name); p != plug || c != connector {
			t.Errorf("Display(%q) = %q, %q, want %q, %q", name, p, c, plug, connector)
		}
	}
	is("", "", "")
	put(t, filepath.Join(dir, "version"), "drm 1.1.0")
	put(t, filepath.Join(dir, "card0", "dev"), "226:0")
	put(t, filepath.Join(dir, "card0-Writeback-1", "status"), "connected\n")
	put(t, filepath.Join(dir, "card0-DVI-I-1", "status"), "unknown\n")
	is("", "", "")
	put(t, filepath.Join(dir, "card0-DP-1", "status"), "disconnected\n")
	put(t, filepath.Join(dir, "card0-HDMI-A-1", "status"), "connected\n")
	put(t, filepath.Join(dir, "card1-HDMI-A-2", "status"), "disconnected\n")
	is("", wire.Plugged, "HDMI-A-1")
	is("HDMI-1", wire.Plugged, "HDMI-A-1")
	is("HDMI2", wire.Unplugged, "HDMI-A-2")
	is("DP-1", wire.Unplugged, "DP-1")
	is("VGA-1", wire.Plugged, "HDMI-A-1") // no such connector: any will do
	put(t, filepath.Join(dir, "card0-HDMI-A-1", "status"), "disconnected\n")
	is("", wire.Unplugged, "DP-1")
	is("HDMI-1", wire.Unplugged, "HDMI-A-1")
}

var noonToday = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Devices as the kernel lists them, shortened.
const (
	keyboard = "I: Bus=0003\nN: Name=\"Keyboard\"\nH: Handlers=sysrq kbd event0\nB: PROP=0\nB: EV=120013\nB: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n\n"
	mouse    = "I: Bus=0003\nN: Name=\"Mouse\"\nH: Handlers=mouse0 event1\nB: PROP=0\nB: EV=17\nB: KEY=1f0000 0 0 0 0\nB: REL=903\n\n"
	touchpad = "I: Bus=0018\nN: Name=\"Touchpad\"\nB: PROP=5\nB: EV=b\nB: KEY=e520 10000 0 0 0 0\nB: ABS=2e0800000000003\n\n"
	tablet   = "I: Bus=0003\nN: Name=\"Pen\"\nB: PROP=0\nB: EV=1b\nB: KEY=c03 0 0 0 0 0\nB: ABS=1000003\n\n"
	panel    = "I: Bus=0003\nN: Name=\"Multi-Touch\"\nB: PROP=2\nB: EV=1b\nB: KEY=400 0 0 0 0 0\nB: ABS=2608000 3\n\n"
	modern   = "I: Bus=0003\nN: Name=\"ILITEK\"\nB: PROP=2\nB: EV=b\nB: KEY=400 0 0 0 0 0\nB: ABS=260800000000003\n\n"
	resistor = "I: Bus=0003\nN: Name=\"eGalax\"\nB: PROP=0\nB: EV=b\nB: KEY=400 0 0 0 0 0\nB: ABS=3\n"
)

func TestTouchPanel(t *testing.T) {
	file := filepath.Join(t.TempDir(), "devices")
	if _, known := TouchPanel(file); known {
		t.Error("a file that is not there tells something")
	}
	for _, tt := range []struct {
		name, list string
		there      bool
	}{
		{"nothing", "", false},
		{"an office machine", keyboard + mouse + touchpad + tablet, false},
		{"a panel", keyboard + panel + mouse, true},
		{"a newer panel", modern, true},
		{"an old panel, last in the list", keyboard + mouse + resistor, true},
		{"rubbish", "B: PROP=zz\nB: ABS\n\n\x00", false},
	} {
		put(t, file, tt.list)
		if there, known := TouchPanel(file); there != tt.there || !known {
			t.Errorf("%s: there %v, known %v", tt.name, there, known)
		}
	}
}

func FuzzTouchPanel(f *testing.F) {
	f.Add(keyboard + panel)
	f.Fuzz(func(t *testing.T, list string) {
		file := filepath.Join(t.TempDir(), "devices")
		put(t, file, list)
		if _, known := TouchPanel(file); !known {
			t.Error("a file that is there was not read")
		}
	})
}

// A folder of sensors as Linux has it, some of which talk nonsense.
func TestTemperature(t *testing.T) {
	sys := t.TempDir()
	t.Setenv("HOST_SYS", sys)
	at := func(n, label, temp string) {
		put(t, filepath.Join(sys, "class/hwmon/hwmon"+n, "name"), "coretemp\n")
		put(t, filepath.Join(sys, "class/hwmon/hwmon"+n, "temp1_label"), label+"\n")
		put(t, filepath.Join(sys, "class/hwmon/hwmon"+n, "temp1_input"), temp+"\n")
	}
	c := New(t.TempDir(), noonToday)
	if v := c.Glance(t.Context()); v.Temperature != 0 || v.DiskTotal == 0 {
		t.Errorf("without sensors: %.1f °C, disk %d", v.Temperature, v.DiskTotal)
	}
	at("0", "Core 0", "61000")
	at("1", "Core 1", "86500")
	at("2", "Broken", "255000")
	at("3", "Words", "hot")
	if v := c.Glance(t.Context()); v.Temperature != 86.5 {
		t.Errorf("%.1f °C, want 86.5", v.Temperature)
	}
	if v := c.Collect(t.Context(), noonToday); v.Temperature != 86.5 {
		t.Errorf("%.1f °C, want 86.5", v.Temperature)
	}
}

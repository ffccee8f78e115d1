package backlight

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// light writes a folder as the kernel has it.
func light(t *testing.T, dir, name string, files map[string]string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(path, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func panel(kind, most, now string) map[string]string {
	return map[string]string{"type": kind + "\n", "max_brightness": most + "\n", "brightness": now + "\n"}
}

func TestLight(t *testing.T) {
	dir := t.TempDir()
	path := light(t, dir, "intel_backlight", panel("raw", "937", "937"))
	l, err := Find(dir)
	if err != nil || l == nil {
		t.Fatal(l, err)
	}
	if p, err := l.Read(); err != nil || p != 100 {
		t.Errorf("full light is %d%% (%v)", p, err)
	}
	for percent, want := range map[int]string{0: "0", 1: "9", 50: "469", 100: "937", 130: "937", -5: "0"} {
		if err := l.Set(percent); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(path, "brightness"))
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("%d%% is %q (%v), want %s", percent, got, err, want)
		}
		if p, err := l.Read(); err != nil || p != min(max(percent, 0), 100) {
			t.Errorf("%d%% is read back as %d%% (%v)", percent, p, err)
		}
	}
	if err := os.Remove(filepath.Join(path, "brightness")); err != nil {
		t.Fatal(err)
	}
	if err := l.Set(50); err == nil {
		t.Error("a light that is gone was set")
	}
	if _, err := l.Read(); err == nil {
		t.Error("a light that is gone was read")
	}
}

// A light of few steps is never dark but when it should be.
func TestFewSteps(t *testing.T) {
	dir := t.TempDir()
	light(t, dir, "panel", panel("raw", "7", "7"))
	l, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	for percent := 1; percent <= 100; percent++ {
		if err := l.Set(percent); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Read(); err != nil || got == 0 {
			t.Fatalf("at %d%% the light is off (%v)", percent, err)
		}
	}
}

func TestWhichLight(t *testing.T) {
	for name, c := range map[string]struct {
		lights map[string]map[string]string
		want   string
		fails  bool
	}{
		"none":             {want: ""},
		"the firmware's":   {lights: map[string]map[string]string{"acpi_video0": panel("firmware", "15", "3"), "intel_backlight": panel("raw", "900", "3"), "x": panel("platform", "15", "3")}, want: "acpi_video0"},
		"the platform's":   {lights: map[string]map[string]string{"a": panel("raw", "15", "3"), "b": panel("platform", "15", "3")}, want: "b"},
		"the first":        {lights: map[string]map[string]string{"a": panel("raw", "15", "3"), "b": panel("raw", "15", "3")}, want: "a"},
		"a new kind":       {lights: map[string]map[string]string{"a": panel("quantum", "15", "3")}, want: "a"},
		"one with nothing": {lights: map[string]map[string]string{"a": panel("raw", "0", "0")}, want: ""},
		"an odd one":       {lights: map[string]map[string]string{"a": panel("raw", "much", "0")}, fails: true},
		"one that is odd":  {lights: map[string]map[string]string{"a": panel("raw", "much", "0"), "b": panel("raw", "9", "0")}, want: "b"},
	} {
		dir := filepath.Join(t.TempDir(), "backlight")
		for n, files := range c.lights {
			light(t, dir, n, files)
		}
		l, err := Find(dir)
		got := ""
		if l != nil {
			got = filepath.Base(l.dir)
		}
		if got != c.want || (err != nil) != c.fails {
			t.Errorf("%s: %q (%v), want %q", name, got, err, c.want)
		}
	}
}

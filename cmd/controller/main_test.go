package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlags runs the program as a person at a keyboard would.
func TestFlags(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.toml")
	bad := filepath.Join(dir, "bad.toml")
	text := "data = \"data\"\nlisten = \"127.0.0.1:0\"\n"
	for path, text := range map[string]string{good: text, bad: text + "lisen = \"x\"\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		args []string
		out  string // in what is printed
		err  string // in the error, empty for success
	}{
		{[]string{"-version"}, "controller ", ""},
		{[]string{"-config", good, "-check"}, "the settings are fine", ""},
		{[]string{"-config", bad, "-check"}, "", "bad.toml:3"},
		{[]string{"-config", filepath.Join(dir, "none.toml")}, "", "none.toml"},
		{[]string{"-config", good, "start"}, "", "there is no \"start\""},
		{[]string{"-config", good, "backup"}, "", "needs a folder"},
		{[]string{"-config", good, "backup", filepath.Join(dir, "b0")}, "", "there is no database"},
		{[]string{"-config", good}, "", ""}, // told to stop at once
		{[]string{"-config", good, "backup", filepath.Join(dir, "b1")}, "", ""},
		{[]string{"-config", good, "restore", filepath.Join(dir, "b1")}, "", "there is a database"},
	} {
		var out, logs bytes.Buffer
		ctx := t.Context()
		if len(c.args) == 2 {
			ctx = stopped
		}
		err := run(ctx, c.args, &out, &logs)
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%v: %v, want %q", c.args, err, c.err)
		}
		if !strings.Contains(out.String(), c.out) {
			t.Errorf("%v printed %q", c.args, out.String())
		}
	}
}

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
	empty := filepath.Join(dir, "empty.toml")
	text := "data = \"data\"\nlisten = \"127.0.0.1:0\"\n"
	for path, text := range map[string]string{good: text, empty: strings.Replace(text, "\"data\"", "\"other\"", 1), bad: text + "lisen = \"x\"\n"} {
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
		{[]string{"-config", good, "backup"}, "", "needs a new folder"},
		{[]string{"-config", good, "backup", filepath.Join(dir, "b0")}, "", "there is no database"},
		{[]string{"-config", good, "reset-factors"}, "", "needs a login"},
		{[]string{"-config", good, "reset-factors", "li"}, "", "there is no database"},
		{[]string{"-config", good}, "", ""}, // told to stop at once
		{[]string{"-config", good, "backup", filepath.Join(dir, "b1")}, "", ""},
		{[]string{"-config", good, "reset-factors", "nobody"}, "", "there is no account \"nobody\""},
		{[]string{"-config", good, "restore", filepath.Join(dir, "b1")}, "", "there is a database"},
		{[]string{"-config", good, "verify"}, "sound: everything that screens are sent was approved", ""},
		{[]string{"-config", good, "verify", filepath.Join(dir, "b1")}, "0 notices in the newest editions", ""},
		{[]string{"-config", good, "verify", dir}, "没有备份清单", "did not pass"},
		{[]string{"-config", good, "verify", "-root", "AAAA"}, "", "is not a public key"},
		{[]string{"-config", good, "verify", "-head", "tomorrow"}, "", "not the number of a line"},
		{[]string{"-config", good, "verify", "-head", "7 0011 2233 4455 6677"}, "line 7 of the audit log is gone", "1 things are not as they were signed"},
		{[]string{"-config", good, "backup", "check", filepath.Join(dir, "b1")}, "sound: ", ""},
		{[]string{"-config", good, "backup", "check", dir}, "没有备份清单", "did not pass"},
		{[]string{"-config", empty, "restore", filepath.Join(dir, "b1")}, "Restored.", ""},
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

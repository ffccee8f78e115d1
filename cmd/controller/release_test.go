package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestRelease makes keys, packs this very program, lets two people sign one after
// the other and rotates one of them out, as a vendor does at a keyboard.
func TestRelease(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"junk.zip", "script"} {
		if err := os.WriteFile(at(name), []byte("#!/bin/sh\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	small := []string{"-program", at("script"), "-system", "linux/amd64"}
	pack := func(args ...string) []string {
		return append([]string{"release", "pack", "-keys", at("keys/release-keys.json"), "-version", "2.1", "-sequence", "7", "-out", at("p.zip")}, args...)
	}
	for _, c := range []struct {
		args []string
		out  string // in what is printed
		err  string // in the error, empty for success
	}{
		{[]string{"release-keys"}, "", "release-keys new"},
		{[]string{"release-keys", "new", at("keys")}, "", "name the people"},
		{[]string{"release-keys", "new", at("keys"), "-threshold", "2", "../wang", "li"}, "", "name of a file"},
		{[]string{"release-keys", "new", at("keys"), "-threshold", "2", "wang", "li"}, "threshold = 2", ""},
		{[]string{"release-keys", "new", at("keys"), "zhao"}, "", "use rotate"},
		{pack("-program", os.Args[0]), "", "pack needs"},
		{pack("-program", os.Args[0], "-key", at("script")), "", "not a release key"},
		{pack("-program", at("script"), "-key", at("keys/wang.key")), "", "say it with -system"},
		{pack("-program", at("script"), "-key", at("keys/wang.key"), "-system", "linux/amd64", "-name", "bash"), "", "a package is of"},
		{pack("-program", os.Args[0], "-key", at("keys/wang.key"), "-notes-zh", "修好了"), "on " + runtime.GOARCH, ""},
		{pack(append(small, "-key", at("keys/wang.key"))...), "1 of the 2 signatures", ""},
		{[]string{"release", "check", at("p.zip")}, "it is not complete", ""},
		{[]string{"release", "sign", "-key", at("keys/wang.key"), at("p.zip")}, "1 of the 2", ""},
		{[]string{"release", "sign", "-key", at("keys/li.key"), at("p.zip")}, "can be uploaded", ""},
		{[]string{"release", "check", at("junk.zip")}, "", "no package file"},
		{[]string{"release", "unpack"}, "", "release pack"},
		{[]string{"release-keys", "rotate", at("keys"), "-out", "sun"}, "", "does not sign now"},
		{[]string{"release-keys", "rotate", at("keys"), "-out", "wang", "-in", "zhao"}, "key set 2", ""},
		{pack(append(small, "-key", at("keys/wang.key"), "-key", at("keys/li.key"))...), "1 of the 2", ""},
		{pack(append(small, "-key", at("keys/zhao.key"), "-key", at("keys/li.key"))...), "number 2.7", ""},
	} {
		var out, logs bytes.Buffer
		err := run(t.Context(), c.args, &out, &logs)
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%v: %v, want %q", c.args, err, c.err)
		}
		if !strings.Contains(out.String(), c.out) {
			t.Errorf("%v printed %q, want %q", c.args, out.String(), c.out)
		}
	}
	info, err := os.Stat(at("keys/wang.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a private key has the mode %v, %v", info.Mode(), err)
	}
	// A package whose program was exchanged is found.
	data, err := os.ReadFile(at("p.zip"))
	if err != nil {
		t.Fatal(err)
	}
	data[bytes.Index(data, []byte("program"))+20] ^= 1
	if err := os.WriteFile(at("q.zip"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"release", "check", at("q.zip")}, &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
		t.Error("a program that was changed passed")
	}
}

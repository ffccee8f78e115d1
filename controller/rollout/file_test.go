package rollout_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/rollout"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

var signer = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// packed makes a good package file, and gives the key set that it was signed under.
func packed(t testing.TB, program string) ([]byte, release.KeySet) {
	t.Helper()
	set := release.KeySet{Version: 1, Threshold: 1, Keys: []release.Key{{Holder: "wang", Public: signer.Public().(ed25519.PublicKey)}}}
	keys, err := release.SignKeySet(set, signer)
	if err != nil {
		t.Fatal(err)
	}
	env, err := release.SignPackage(release.Package{
		Name: release.Kiosk, Version: "2", OS: "linux", Arch: "amd64", Keys: 1, Sequence: 2,
		Blob:     playlist.Blob{Ref: assets.RefOf([]byte(program)), Size: int64(len(program))},
		Built:    time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Protocol: release.Protocol{Min: 1, Max: wire.Version},
	}, signer)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := rollout.WriteFile(&file, env, []wire.Envelope{keys}, strings.NewReader(program)); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), set
}

// archive makes a zip file of entries that are given as name and content in turn.
func archive(t testing.TB, entries ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for i := 0; i < len(entries); i += 2 {
		f, err := w.Create(entries[i])
		if err == nil {
			_, err = io.WriteString(f, entries[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// judge does with a file what Bring does before anything is stored.
func judge(data []byte, pinned release.KeySet) (release.Package, error) {
	f, err := rollout.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return release.Package{}, err
	}
	m, _, err := f.Judge(pinned)
	if err != nil {
		return m, err
	}
	return m, f.CheckProgram(m)
}

// A file that is not what it should be is refused, whatever it unpacks to, and takes
// no more memory than a manifest and a chain may have.
func TestHostileFiles(t *testing.T) {
	good, set := packed(t, "the program")
	if m, err := judge(good, set); err != nil || m.Version != "2" {
		t.Fatalf("a good file: %+v, %v", m, err)
	}
	huge := strings.Repeat(" ", 16<<20)
	for name, data := range map[string][]byte{
		"nothing":                      nil,
		"no archive":                   []byte("a program"),
		"empty archive":                archive(t),
		"cut short":                    good[:len(good)-10],
		"other names":                  archive(t, "Package.json", "{}", "keys.json", "[]", "program", "x"),
		"names in a folder":            archive(t, "../package.json", "{}", "/keys.json", "[]", "./program", "x"),
		"no program":                   archive(t, "package.json", `{"payload":"e30="}`, "keys.json", "[]"),
		"a manifest of 16 MiB":         archive(t, "package.json", `{"payload":"`+huge+`"}`, "keys.json", "[]", "program", "x"),
		"a chain of 16 MiB":            archive(t, "package.json", `{"payload":"e30="}`, "keys.json", "["+huge+"]", "program", "x"),
		"a manifest that is none":      archive(t, "package.json", "[1,2]", "keys.json", "[]", "program", "x"),
		"keys that are none":           archive(t, "package.json", `{"payload":"e30="}`, "keys.json", `{"a":1}`, "program", "x"),
		"a chain nested without limit": archive(t, "package.json", `{"payload":"e30="}`, "keys.json", strings.Repeat("[", 1<<20), "program", "x"),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := judge(data, set)
			runtime.ReadMemStats(&after)
			_, refused := errors.AsType[*release.Refusal](err)
			if !errors.Is(err, rollout.ErrFile) && !refused {
				t.Errorf("it is answered with %v", err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 96<<20 {
				t.Errorf("it took %d MiB", took>>20)
			}
		})
	}
}

// A program that unpacks to more than was signed is read no further than that.
func TestProgramThatSwells(t *testing.T) {
	good, set := packed(t, "the program")
	f, err := rollout.OpenFile(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	swollen := io.MultiReader(strings.NewReader("the program"), io.LimitReader(zeros{}, 32<<20))
	if err := rollout.WriteFile(&file, f.Envelope, f.Chain, swollen); err != nil {
		t.Fatal(err)
	}
	if file.Len() > 1<<20 {
		t.Fatalf("the bomb has %d bytes", file.Len())
	}
	if _, err := judge(file.Bytes(), set); !errors.Is(err, rollout.ErrFile) {
		t.Errorf("it is answered with %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Whatever the bytes are, opening them ends well or says that they are no package
// file; what is judged good has the bytes that were signed.
func FuzzFile(f *testing.F) {
	good, set := packed(f, "the program")
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add(archive(f, "package.json", `{"payload":"e30=","signatures":[]}`, "keys.json", "[]", "program", "x"))
	f.Add(archive(f, "program", "x", "program", "y", "package.json", "{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := judge(data, set)
		if err == nil {
			if fmt.Sprint(m.Blob.Ref) != assets.RefOf([]byte("the program")).String() {
				t.Errorf("nobody signed %+v", m)
			}
			return
		}
		if _, refused := errors.AsType[*release.Refusal](err); !refused && !errors.Is(err, rollout.ErrFile) {
			t.Errorf("it is answered with %v", err)
		}
	})
}

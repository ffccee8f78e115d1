package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/controller/publish"
	"mingbai/controller/rollout"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// The files of a folder of release keys: the chain of key sets, which everyone may
// have, and a private key for each person, which belongs to that person alone.
const (
	chainFile  = "release-keys.json"
	privateEnd = ".key"
)

// words collects a flag that may be given several times.
type words []string

func (w *words) String() string     { return strings.Join(*w, " ") }
func (w *words) Set(s string) error { *w = append(*w, s); return nil }

// releaseKeys makes and rotates the keys that sign packages. It works without a
// controller, on the machine of who makes the programs.
func releaseKeys(args []string, out, logs io.Writer) error {
	const usage = "release-keys new DIR [-threshold N] PERSON...\nrelease-keys rotate DIR [-threshold N] [-in PERSON]... [-out PERSON]... [-key FILE]"
	if len(args) < 2 || args[0] != "new" && args[0] != "rotate" {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet("release-keys "+args[0], flag.ContinueOnError)
	flags.SetOutput(logs)
	threshold := flags.Int("threshold", 0, "how many people must sign; 0: more than half, or as before")
	var in, gone, files words
	if args[0] == "rotate" {
		flags.Var(&in, "in", "a `person` who signs from now on")
		flags.Var(&gone, "out", "a `person` who signs no longer")
		flags.Var(&files, "key", "a private key that is not in the folder, a `FILE`")
	}
	if err := flags.Parse(args[2:]); err != nil {
		return err
	}
	dir := keyFolder(args[1])
	if args[0] == "new" {
		return dir.begin(out, *threshold, flags.Args())
	}
	return dir.rotate(out, *threshold, in, gone, files)
}

// keyFolder is a folder of release keys.
type keyFolder string

func (d keyFolder) chain() string             { return filepath.Join(string(d), chainFile) }
func (d keyFolder) private(who string) string { return filepath.Join(string(d), who+privateEnd) }

// begin makes the first key set.
func (d keyFolder) begin(out io.Writer, threshold int, people []string) error {
	if len(people) == 0 {
		return errors.New("name the people who will sign, for example: release-keys new keys wang li zhao")
	}
	if _, err := os.Stat(d.chain()); err == nil {
		return fmt.Errorf("%s is there already; use rotate", d.chain())
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	set := release.KeySet{Version: 1, Threshold: threshold}
	if threshold == 0 {
		set.Threshold = len(people)/2 + 1
	}
	keys, err := d.enter(&set, people)
	if err != nil {
		return err
	}
	env, err := release.SignKeySet(set, keys...)
	if err != nil {
		return err
	}
	return d.finish(out, nil, env, set)
}

// enter makes a key for each person and adds it to the set.
func (d keyFolder) enter(set *release.KeySet, people []string) (keys []ed25519.PrivateKey, err error) {
	for _, who := range people {
		if who == "" || strings.ContainsAny(who, `/\.`) {
			return nil, fmt.Errorf("%q cannot be the name of a file", who)
		}
		if _, err := os.Stat(d.private(who)); err == nil {
			return nil, fmt.Errorf("%s has a key here already", who)
		}
		key := release.NewKey()
		text, err := release.PrivateText(key)
		if err != nil {
			return nil, err
		}
		if err := publish.WriteSecret(durable.OS, d.private(who), text); err != nil {
			return nil, fmt.Errorf("write the key of %s: %w", who, err)
		}
		set.Keys = append(set.Keys, release.Key{Holder: who, Public: key.Public().(ed25519.PublicKey)})
		keys = append(keys, key)
	}
	return keys, nil
}

// rotate makes the next key set.
func (d keyFolder) rotate(out io.Writer, threshold int, in, gone, files []string) error {
	chain, last, err := readChain(d.chain())
	if err != nil {
		return err
	}
	keys, err := d.held(files)
	if err != nil {
		return err
	}
	next := release.KeySet{Version: last.Version + 1, Threshold: last.Threshold}
	if threshold > 0 {
		next.Threshold = threshold
	}
	for _, k := range last.Keys {
		if !slices.Contains(gone, k.Holder) {
			next.Keys = append(next.Keys, k)
		}
	}
	if len(next.Keys)+len(gone) != len(last.Keys) {
		return errors.New("somebody who should go does not sign now")
	}
	fresh, err := d.enter(&next, in)
	if err != nil {
		return err
	}
	env, err := release.SignKeySet(next, append(keys, fresh...)...)
	if err != nil {
		return err
	}
	return d.finish(out, chain, env, next)
}

// held reads all private keys of the folder and those of other files.
func (d keyFolder) held(files []string) (keys []ed25519.PrivateKey, err error) {
	here, err := filepath.Glob(filepath.Join(string(d), "*"+privateEnd))
	if err != nil {
		return nil, err
	}
	return readKeys(append(here, files...))
}

// finish judges the longer chain as everybody does, writes it, and says what
// settings have to hold.
func (d keyFolder) finish(out io.Writer, chain []wire.Envelope, env wire.Envelope, set release.KeySet) error {
	chain = append(slices.Clone(chain), env)
	if _, err := release.Newest(chain); err != nil {
		return fmt.Errorf("not enough people of the old and of the new set have signed; bring their keys with -key: %w", err)
	}
	data, err := json.MarshalIndent(chain, "", " ")
	if err != nil {
		return err
	}
	if err := durable.WriteFile(durable.OS, d.chain(), append(data, '\n')); err != nil {
		return err
	}
	fmt.Fprintf(out, "key set %d is in %s; %d of %d people must sign\n", set.Version, d.chain(), set.Threshold, len(set.Keys))
	if set.Version == 1 {
		fmt.Fprintf(out, "the settings of the controller get\n\n[updates]\nkeys = [\n")
		for _, k := range set.Keys {
			fmt.Fprintf(out, "  %q, # %s\n", release.PublicText(k.Public), k.Holder)
		}
		fmt.Fprintf(out, "]\nthreshold = %d\n\nand those of every screen the same under [update].\n", set.Threshold)
	}
	fmt.Fprintf(out, "give each person the own %s file on a stick and delete it here.\n", privateEnd)
	return nil
}

func readChain(path string) ([]wire.Envelope, release.KeySet, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, release.KeySet{}, err
	}
	var chain []wire.Envelope
	if err := json.Unmarshal(data, &chain); err != nil {
		return nil, release.KeySet{}, fmt.Errorf("%s is no chain of release keys: %w", path, err)
	}
	set, err := release.Newest(chain)
	return chain, set, err
}

func readKeys(files []string) (keys []ed25519.PrivateKey, err error) {
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		key, err := release.ParsePrivate(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// releases makes, signs and checks package files.
func releases(args []string, out, logs io.Writer) error {
	const usage = "release pack -keys FILE -key FILE... -program FILE -name kiosk|ledboard -version V -sequence N -out FILE\nrelease sign -key FILE... FILE\nrelease check FILE"
	if len(args) == 0 {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet("release "+args[0], flag.ContinueOnError)
	flags.SetOutput(logs)
	var files words
	switch args[0] {
	case "pack":
		var p packing
		flags.StringVar(&p.chain, "keys", "", "the chain of key sets, the `FILE` that release-keys made")
		flags.Var(&files, "key", "a private key that signs, a `FILE`; once for each person")
		flags.StringVar(&p.program, "program", "", "the program, a `FILE`")
		flags.StringVar(&p.name, "name", string(release.Kiosk), "kiosk or ledboard")
		flags.StringVar(&p.version, "version", "", "as the program says it of itself")
		flags.Uint64Var(&p.sequence, "sequence", 0, "a number above that of every package before")
		flags.StringVar(&p.system, "system", "", "what it is for, linux/amd64; empty: what the program says")
		flags.StringVar(&p.notesZh, "notes-zh", "", "what is new, in Chinese")
		flags.StringVar(&p.notesEn, "notes-en", "", "what is new, in English")
		flags.StringVar(&p.out, "out", "", "the package `FILE`, a zip")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return p.pack(out, files)
	case "sign":
		flags.Var(&files, "key", "a private key that signs, a `FILE`; once for each person")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		if flags.NArg() != 1 || len(files) == 0 {
			return errors.New(usage)
		}
		return coSign(out, flags.Arg(0), files)
	case "check":
		if len(args) != 2 {
			return errors.New(usage)
		}
		return checkPackage(out, args[1])
	}
	return errors.New(usage)
}

// packing is what a package is made of.
type packing struct {
	chain, program, name, version, system, notesZh, notesEn, out string
	sequence                                                     uint64
}

func (p packing) pack(out io.Writer, files []string) error {
	if p.chain == "" || p.program == "" || p.version == "" || p.sequence == 0 || p.out == "" || len(files) == 0 {
		return errors.New("pack needs -keys, -key, -program, -version, -sequence and -out")
	}
	chain, set, err := readChain(p.chain)
	if err != nil {
		return err
	}
	keys, err := readKeys(files)
	if err != nil {
		return err
	}
	program, err := os.ReadFile(p.program)
	if err != nil {
		return err
	}
	goos, arch, _ := strings.Cut(p.system, "/")
	if p.system == "" {
		if goos, arch, err = release.Describe(bytes.NewReader(program)); err != nil {
			return fmt.Errorf("%w; say it with -system", err)
		}
	}
	m := release.Package{
		Name: release.Name(p.name), Version: p.version, OS: goos, Arch: arch, Keys: set.Version, Sequence: p.sequence,
		Blob: playlist.Blob{Ref: assets.RefOf(program), Size: int64(len(program))}, Built: time.Now().UTC().Truncate(time.Second),
		Protocol: release.Protocol{Min: 1, Max: wire.Version}, Notes: release.Notes{Zh: p.notesZh, En: p.notesEn},
	}
	env, err := release.SignPackage(m, keys...)
	if err != nil {
		return err
	}
	if err := writePackage(p.out, env, chain, bytes.NewReader(program)); err != nil {
		return err
	}
	return checkPackage(out, p.out)
}

func writePackage(path string, env wire.Envelope, chain []wire.Envelope, program io.Reader) error {
	var file bytes.Buffer
	if err := rollout.WriteFile(&file, env, chain, program); err != nil {
		return err
	}
	return durable.WriteFile(durable.OS, path, file.Bytes())
}

// coSign adds signatures to a package file: people who do not meet sign one after
// the other.
func coSign(out io.Writer, path string, files []string) error {
	keys, err := readKeys(files)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, err := rollout.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, k := range keys {
		if f.Envelope, err = release.CoSign(f.Envelope, k); err != nil {
			return err
		}
	}
	program, err := f.Program()
	if err != nil {
		return err
	}
	defer program.Close()
	if err := writePackage(path, f.Envelope, f.Chain, program); err != nil {
		return err
	}
	return checkPackage(out, path)
}

// checkPackage says what a package file is and whether enough people signed it.
func checkPackage(out io.Writer, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, err := rollout.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	m, err := f.Manifest()
	if err != nil {
		return err
	}
	if err := f.CheckProgram(m); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s %s for %s on %s, number %s, %d bytes, built %s\n", m.Name, m.Version, m.OS, m.Arch, m.Order(), m.Blob.Size, m.Built.Format(time.RFC3339))
	set, err := release.Newest(f.Chain)
	if err != nil {
		return err
	}
	signed := 0
	for _, s := range f.Envelope.Signatures {
		for _, k := range set.Keys {
			if wire.KeyID(k.Public) == s.Key {
				fmt.Fprintf(out, "signed by %s\n", k.Holder)
				signed++
			}
		}
	}
	fmt.Fprintf(out, "key set %d: %d of the %d signatures that are needed\n", set.Version, signed, set.Threshold)
	if err := release.Signed(f.Envelope, set); err != nil {
		if signed < set.Threshold {
			fmt.Fprintln(out, "it is not complete; the others sign it with: controller release sign -key FILE "+path)
			return nil
		}
		return err
	}
	fmt.Fprintln(out, "the package can be uploaded")
	return nil
}

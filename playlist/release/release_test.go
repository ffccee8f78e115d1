package release_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// person returns the same private key for the same number.
func person(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func people(ns ...byte) []ed25519.PrivateKey {
	var keys []ed25519.PrivateKey
	for _, n := range ns {
		keys = append(keys, person(n))
	}
	return keys
}

// set is a key set of these people.
func set(version uint64, threshold int, ns ...byte) release.KeySet {
	s := release.KeySet{Version: version, Threshold: threshold}
	for _, n := range ns {
		s.Keys = append(s.Keys, release.Key{Holder: string('a' + rune(n)), Public: person(n).Public().(ed25519.PublicKey)})
	}
	return s
}

func seal(t testing.TB, s release.KeySet, by ...byte) wire.Envelope {
	t.Helper()
	env, err := release.SignKeySet(s, people(by...)...)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// forge signs whatever it is told, as somebody with a stolen key does.
func forge(t testing.TB, typ string, v any, by ...byte) wire.Envelope {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return wire.Sign(typ, b, people(by...)...)
}

func pack(keys, sequence uint64) release.Package {
	return release.Package{
		Name: release.Kiosk, Version: "1.4.2", OS: "linux", Arch: "amd64", Keys: keys, Sequence: sequence,
		Blob:     playlist.Blob{Ref: assets.RefOf([]byte("program")), Size: 7},
		Built:    time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Protocol: release.Protocol{Min: 1, Max: 1},
		Notes:    release.Notes{Zh: "修复若干问题", En: "mends a few things"},
	}
}

func wrap(t testing.TB, p release.Package, by ...byte) wire.Envelope {
	t.Helper()
	env, err := release.SignPackage(p, people(by...)...)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

var machine = release.Machine{Name: release.Kiosk, OS: "linux", Arch: "amd64", Protocol: 1}

// wants fails unless err is a refusal for the reason; an empty reason wants none.
func wants(t *testing.T, err error, reason release.Reason) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	r, ok := errors.AsType[*release.Refusal](err)
	if !ok || r.Reason != reason || r.Detail == "" {
		t.Errorf("the error is %v, want a refusal as %s", err, reason)
	}
}

// The attacks of DOMAIN 3.8 as they apply to a package.
func TestPackageAttacks(t *testing.T) {
	one := set(1, 2, 1, 2, 3)
	chain := []wire.Envelope{seal(t, one, 1, 2)}
	good := wrap(t, pack(1, 7), 1, 2)
	twice := good
	twice.Signatures = []wire.Signature{good.Signatures[0], good.Signatures[0]}
	renamed := good
	renamed.Signatures = []wire.Signature{good.Signatures[0], {Key: good.Signatures[1].Key, Sig: good.Signatures[0].Sig}}
	changed := good
	changed.Payload = bytes.Replace(good.Payload, []byte("amd64"), []byte("arm64"), 1)
	loose := wrap(t, pack(1, 7), 1, 2)
	for i := range loose.Signatures {
		loose.Signatures[i].Sig = malleable(loose.Signatures[i].Sig)
	}
	replayed := forge(t, release.KeysType, pack(1, 7), 1, 2)
	retyped := replayed
	retyped.Type = release.PackageType
	board, arm, wild := pack(1, 7), pack(1, 7), pack(1, 7)
	board.Name, arm.Arch, wild.Version = release.LEDBoard, "arm64", "../../bin/sh"
	later := pack(1, 7)
	later.Protocol = release.Protocol{Min: 2, Max: 3}
	for name, c := range map[string]struct {
		env  wire.Envelope
		want release.Reason
	}{
		"two of three":                        {good, ""},
		"SEC-01 unsigned":                     {forge(t, release.PackageType, pack(1, 7)), release.Unsigned},
		"SEC-02 one signature":                {wrap(t, pack(1, 7), 1), release.Unsigned},
		"SEC-04 one signature twice":          {twice, release.Unsigned},
		"SEC-04 one key under another's name": {renamed, release.Damaged},
		"SEC-05 replayed as another type":     {replayed, release.Damaged},
		"SEC-05 with the type changed":        {retyped, release.Damaged},
		"SEC-14 endless":                      {wire.Sign(release.PackageType, bytes.Repeat([]byte{' '}, release.MaxPayload+1), people(1, 2)...), release.Oversized},
		"SEC-16 S not canonical":              {loose, release.Damaged},
		"SEC-17 changed":                      {changed, release.Damaged},
		"SEC-18 a path as version":            {forge(t, release.PackageType, wild, 1, 2), release.Damaged},
		"strangers":                           {wrap(t, pack(1, 7), 8, 9), release.WrongKey},
		"one and a stranger":                  {wrap(t, pack(1, 7), 1, 9), release.Unsigned},
		"of another program":                  {wrap(t, board, 1, 2), release.Program},
		"for another processor":               {wrap(t, arm, 1, 2), release.System},
		"a later protocol":                    {wrap(t, later, 1, 2), release.Speech},
		"under keys that nobody made":         {wrap(t, pack(2, 7), 1, 2), release.Chain},
		"no manifest":                         {wire.Sign(release.PackageType, []byte("[]"), people(1, 2)...), release.Damaged},
	} {
		t.Run(name, func(t *testing.T) {
			got, keys, err := release.Verify(one, chain, c.env, machine)
			wants(t, err, c.want)
			if c.want == "" && (got.Version != "1.4.2" || got.Sequence != 7 || !keys.Equal(one)) {
				t.Errorf("the package is %+v under %+v", got, keys)
			}
			if c.want != "" && (got.Version != "" || !keys.IsZero()) {
				t.Errorf("a refused offer gave %+v", got)
			}
		})
	}
}

// malleable adds the order of the group to S, which a lax verifier accepts too.
func malleable(sig []byte) []byte {
	order := []byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
	out, carry := bytes.Clone(sig), 0
	for i := range 32 {
		sum := int(sig[32+i]) + int(order[i]) + carry
		out[32+i], carry = byte(sum), sum>>8
	}
	return out
}

func TestKeySetsThatAreNone(t *testing.T) {
	twice, same, short, long, many := set(1, 2, 1, 2), set(1, 2, 1, 2), set(1, 1, 1), set(1, 1, 1), set(1, 1)
	twice.Keys[1].Public = twice.Keys[0].Public
	same.Keys[1].Holder = same.Keys[0].Holder
	short.Keys[0].Public = short.Keys[0].Public[:31]
	long.Keys[0].Public = append(bytes.Clone(long.Keys[0].Public), 0)
	for n := range byte(release.MaxKeys + 1) {
		many.Keys = append(many.Keys, set(1, 1, n).Keys...)
	}
	nameless := set(1, 1, 1)
	nameless.Keys[0].Holder = ""
	for name, c := range map[string]struct {
		set  release.KeySet
		want release.Reason
	}{
		"SEC-03 one person with two keys": {same, release.Damaged},
		"SEC-04 one key twice":            {twice, release.Damaged},
		"SEC-14 too many keys":            {many, release.Oversized},
		"SEC-15 short key":                {short, release.Damaged},
		"SEC-15 long key":                 {long, release.Damaged},
		"nobody's key":                    {nameless, release.Damaged},
		"no threshold":                    {set(1, 0, 1), release.Damaged},
		"more than all":                   {set(1, 3, 1, 2), release.Damaged},
		"no key":                          {set(1, 1), release.Damaged},
		"no version":                      {set(0, 1, 1), release.Damaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := release.Walk(release.Pin([][]byte{person(1).Public().(ed25519.PublicKey)}, 1),
				[]wire.Envelope{forge(t, release.KeysType, c.set, 1, 2)})
			wants(t, err, c.want)
		})
	}
}

// years is a chain of that many sets: each takes one person out of three and one in.
func years(t testing.TB, n int) (sets []release.KeySet, chain []wire.Envelope) {
	t.Helper()
	for i := range byte(n) {
		s := set(uint64(i)+1, 2, i, i+1, i+2)
		sets = append(sets, s)
		if i == 0 {
			chain = append(chain, seal(t, s, 0, 1))
			continue
		}
		chain = append(chain, seal(t, s, i-1+1, i-1+2)) // both are in the old set and in the new one
	}
	return sets, chain
}

// A device that was off for a year finds five rotations of the keys, a package far
// ahead and set dates in the past; it updates. Every set on the way may be its pin.
func TestAYearOff(t *testing.T) {
	sets, chain := years(t, 6)
	for i := range sets {
		sets[i].Expires = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	env := wrap(t, pack(6, 412), 5, 7)
	for i, pinned := range sets {
		_, keys, err := release.Verify(pinned, chain, env, machine)
		wants(t, err, "")
		if !keys.Equal(sets[5]) {
			t.Errorf("from set %d it trusts %+v", i+1, keys)
		}
		unnamed := release.Pin(nil, 2)
		for _, k := range pinned.Keys {
			unnamed.Keys = append(unnamed.Keys, release.Key{Public: k.Public})
		}
		_, keys, err = release.Verify(unnamed, chain, env, machine)
		wants(t, err, "")
		if !keys.Equal(sets[5]) {
			t.Errorf("from the keys of set %d alone it trusts %+v", i+1, keys)
		}
	}
	if s, err := release.Newest(chain); err != nil || !s.Equal(sets[5]) {
		t.Errorf("the newest set is %+v, %v", s, err)
	}
}

func TestChainAttacks(t *testing.T) {
	sets, chain := years(t, 4)
	cut := func(i int, by ...wire.Envelope) []wire.Envelope {
		return append(append([]wire.Envelope{}, chain[:i]...), by...)
	}
	thief := set(2, 2, 20, 21, 22)
	far := set(math.MaxInt64, 2, 1, 2, 3)
	second := sets[1]
	env := wrap(t, pack(4, 1), 3, 4)
	for name, c := range map[string]struct {
		pinned release.KeySet
		chain  []wire.Envelope
		want   release.Reason
	}{
		"whole":                       {sets[0], chain, ""},
		"from the middle":             {sets[2], chain, ""},
		"only what is new":            {sets[2], chain[3:], ""},
		"ahead of the chain":          {sets[3], chain[:2], ""},
		"nothing is pinned":           {release.KeySet{}, chain, release.Unpinned},
		"SEC-07 the chain cut short":  {sets[0], chain[:3], release.Chain},
		"SEC-11 fast forward":         {sets[0], cut(1, seal(t, far, 1, 2)), release.Chain},
		"SEC-12 N+2":                  {sets[0], []wire.Envelope{chain[0], chain[2], chain[3]}, release.Chain},
		"SEC-12 N+2 alone":            {sets[0], chain[2:], release.Chain},
		"SEC-13 by the new keys only": {sets[0], cut(1, seal(t, thief, 20, 21)), release.WrongKey},
		"SEC-13 by the old keys only": {sets[0], cut(1, forge(t, release.KeysType, thief, 0, 1)), release.WrongKey},
		"SEC-13 one old, all new":     {sets[0], cut(1, seal(t, thief, 0, 20, 21)), release.Unsigned},
		"SEC-05 a package as a set":   {sets[0], cut(1, wrap(t, pack(1, 1), 0, 1)), release.Damaged},
		"backwards":                   {sets[0], []wire.Envelope{chain[1], chain[0]}, release.Chain},
		"no chain":                    {sets[0], nil, release.WrongKey},
		"a stranger's pin":            {release.Pin([][]byte{person(30).Public().(ed25519.PublicKey)}, 0), chain, release.WrongKey},
		"SEC-14 too many hops":        {sets[0], make([]wire.Envelope, release.MaxHops+1), release.Oversized},
		"SEC-14 a large set":          {sets[0], cut(1, wire.Sign(release.KeysType, make([]byte, release.MaxPayload+1), person(1))), release.Oversized},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := release.Verify(c.pinned, c.chain, env, machine)
			wants(t, err, c.want)
		})
	}
	// A fork by people who were trusted once ends where the device has gone on.
	fork := second
	fork.Threshold = 1
	_, _, err := release.Verify(sets[2], []wire.Envelope{chain[0], seal(t, fork, 0, 1), seal(t, set(3, 1, 0), 0, 1, 2)}, wrap(t, pack(3, 99), 0), machine)
	wants(t, err, release.WrongKey)
}

// The longest chain that is allowed is walked: a thousand sets that the device knows
// cost it no signature.
func TestThousandHops(t *testing.T) {
	const known = release.MaxHops - 20
	var chain []wire.Envelope
	for i := range uint64(release.MaxHops) {
		s := set(i+1, 1, 1)
		if s.Version <= known {
			chain = append(chain, forge(t, release.KeysType, s))
			continue
		}
		chain = append(chain, seal(t, s, 1))
	}
	s, err := release.Walk(set(known, 1, 1), chain)
	wants(t, err, "")
	if s.Version != release.MaxHops {
		t.Errorf("it ends at set %d", s.Version)
	}
	_, err = release.Walk(set(known-1, 1, 1), chain)
	wants(t, err, release.Unsigned)
}

// Nobody goes back, and whoever signed the highest number there is has not locked
// the devices out: the next key set begins above it (SEC-08, SEC-11).
func TestDowngrade(t *testing.T) {
	sets, chain := years(t, 2)
	at := func(keys, sequence uint64) release.Machine {
		m := machine
		m.Order = release.Order{Keys: keys, Sequence: sequence}
		return m
	}
	for _, c := range []struct {
		now  release.Machine
		pack release.Package
		want release.Reason
	}{
		{at(0, 0), pack(1, 1), ""},
		{at(1, 7), pack(1, 8), ""},
		{at(1, 7), pack(1, 800), ""},
		{at(1, 7), pack(1, 7), ""}, // what runs already
		{at(1, 7), pack(1, 6), release.Downgrade},
		{at(1, math.MaxUint64), pack(1, 8), release.Downgrade},
		{at(1, math.MaxUint64), pack(2, 1), ""},
		{at(2, 1), pack(1, math.MaxUint64), release.Downgrade},
	} {
		_, _, err := release.Verify(sets[0], chain, wrap(t, c.pack, 1, 2), c.now)
		wants(t, err, c.want)
	}
}

// People sign one after another, and it is enough when it is enough.
func TestCoSign(t *testing.T) {
	one, two := set(1, 2, 1, 2, 3), set(2, 2, 3, 4, 5)
	first := seal(t, one, 1, 3)
	env := seal(t, two, 3)
	for _, c := range []struct {
		who  byte
		want release.Reason
	}{{3, release.Unsigned}, {4, release.Unsigned}, {2, ""}} {
		var err error
		if env, err = release.CoSign(env, person(c.who)); err != nil {
			t.Fatal(err)
		}
		_, err = release.Newest([]wire.Envelope{first, env})
		wants(t, err, c.want)
	}
	if len(env.Signatures) != 3 {
		t.Errorf("%d signatures of three people", len(env.Signatures))
	}
	if _, err := release.CoSign(wire.Sign(wire.EditionType, []byte("{}"), person(1)), person(2)); err == nil {
		t.Error("a release key signed an edition")
	}
}

func TestKeyTexts(t *testing.T) {
	key := release.NewKey()
	text, err := release.PrivateText(key)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := release.ParsePrivate(text); err != nil || !again.Equal(key) {
		t.Errorf("the key came back as %x, %v", again, err)
	}
	public := key.Public().(ed25519.PublicKey)
	if again, err := release.ParsePublic(" " + release.PublicText(public) + "\n"); err != nil || !again.Equal(public) {
		t.Errorf("the public key came back as %x, %v", again, err)
	}
	for _, bad := range []string{"", "AAAA", strings.Repeat("A", 44), "!"} {
		if k, err := release.ParsePublic(bad); err == nil {
			t.Errorf("%q was read as %x", bad, k)
		}
		if _, err := release.ParsePrivate([]byte(bad)); err == nil {
			t.Errorf("%q was read as a private key", bad)
		}
	}
}

func TestDescribe(t *testing.T) {
	f, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	system, arch, err := release.Describe(f)
	if err != nil || system != runtime.GOOS || arch != runtime.GOARCH {
		t.Errorf("this program is for %s on %s, %v", system, arch, err)
	}
	if _, _, err := release.Describe(strings.NewReader("#!/bin/sh\n")); err == nil {
		t.Error("a script says what it was built for")
	}
}

// Every reason has words in both languages, and a refusal carries its reason.
func TestReasonsHaveWords(t *testing.T) {
	for _, r := range []release.Reason{
		release.Unpinned, release.Unsigned, release.WrongKey, release.Damaged, release.Oversized, release.Chain,
		release.Downgrade, release.Program, release.System, release.Speech, release.Unslotted, release.Storage, release.Missing,
		release.NotStarted, release.Crashed, release.Frozen, release.Dark, release.Unreachable,
	} {
		if zh, en := r.Words(); zh == "" || en == "" {
			t.Errorf("%s has no words", r)
		}
		err := &release.Refusal{Reason: r, Detail: "a: b"}
		if got, detail := release.ReasonOf(err.Error()); got != r || detail != "a: b" {
			t.Errorf("%q was read as %q, %q", err, got, detail)
		}
	}
	if r, text := release.ReasonOf("odd: text"); r != "" || text != "odd: text" {
		t.Errorf("an unknown reason was read as %q, %q", r, text)
	}
}

package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestPatchMakesTheWhole rebuilds payloads of many sizes and differences to the byte,
// and what was signed is believed afterwards.
func TestPatchMakesTheWhole(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	grant := playlist.ChannelGrant{Channel: playlist.ChannelID{Site: "liuxi"}, Keys: [][]byte{key.Public().(ed25519.PublicKey)}}
	big := village(t, 1, 20_000)
	for _, c := range []struct {
		name        string
		base, whole []byte
		most        int // bytes of the patch
	}{
		{"one more", village(t, 41, 3000), village(t, 42, 3001), 300},
		{"one less", village(t, 41, 3000), village(t, 42, 2999), 300},
		{"the first ones", village(t, 1, 1), village(t, 2, 2), 300},
		{"all the same", village(t, 2, 500), village(t, 2, 500), 100},
		{"from nothing much", village(t, 1, 0), village(t, 2, 300), 40_000},
		{"a large channel", big, village(t, 2, 20_001), 2000},
		{"the front to the back", big, append(bytes.Clone(big[len(big)/3:]), big[:len(big)/3]...), 2000},
		{"one byte", []byte("a"), []byte("b"), 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := wire.MakePatch(c.base, c.whole)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Data) > c.most {
				t.Errorf("the patch has %d bytes, at most %d were expected", len(p.Data), c.most)
			}
			got, err := p.Apply(c.base)
			if err != nil || !bytes.Equal(got, c.whole) {
				t.Fatalf("rebuilt %d bytes of %d: %v", len(got), len(c.whole), err)
			}
		})
	}
	env := wire.Sign(wire.EditionType, village(t, 42, 3001), key)
	p, err := wire.MakePatch(village(t, 41, 3000), env.Payload)
	if err != nil {
		t.Fatal(err)
	}
	if env.Payload, err = p.Apply(village(t, 41, 3000)); err != nil {
		t.Fatal(err)
	}
	if e, err := wire.OpenEdition(env, grant); err != nil || e.Revision != 42 || len(e.Notices) != 3001 {
		t.Fatalf("what was rebuilt is revision %s with %d notices: %v", e.Revision, len(e.Notices), err)
	}
}

// TestPatchOfAnotherBase says that the whole has to come, whatever else the base is:
// it never hands out other bytes than those that the patch was made of.
func TestPatchOfAnotherBase(t *testing.T) {
	base, whole := village(t, 41, 300), village(t, 42, 301)
	p, err := wire.MakePatch(base, whole)
	if err != nil {
		t.Fatal(err)
	}
	bent := bytes.Clone(base)
	bent[len(bent)/2] ^= 1
	for name, other := range map[string][]byte{
		"none": nil, "an older": village(t, 40, 299), "a bit": bent, "shorter": base[:len(base)-1], "too much": make([]byte, wire.MaxPayload+1),
	} {
		got, err := p.Apply(other)
		if r, ok := errors.AsType[*wire.Refusal](err); !ok || r.Reason != wire.ReasonNoBase {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// TestPatchOfAnEnemy gives a device frames that want memory and time; it spends
// neither.
func TestPatchOfAnEnemy(t *testing.T) {
	base := village(t, 41, 100)
	frame := func(b []byte, opt ...zstd.EOption) []byte {
		enc, err := zstd.NewWriter(nil, opt...)
		if err != nil {
			t.Fatal(err)
		}
		defer enc.Close()
		return enc.EncodeAll(b, nil)
	}
	bomb := frame(make([]byte, 1<<28))
	many := bytes.Repeat(frame(nil, zstd.WithZeroFrames(true)), 300_000)
	for name, p := range map[string]wire.Patch{
		"a bomb":                {Size: 1000, Data: bomb},
		"the largest bomb":      {Size: wire.MaxPayload, Data: bomb},
		"a payload too large":   {Size: wire.MaxPayload + 1, Data: bomb},
		"no size":               {Data: frame(base)},
		"less than none":        {Size: -1, Data: frame(base)},
		"less than it says":     {Size: int64(len(base)) + 1, Data: frame(base)},
		"more than it says":     {Size: int64(len(base)) - 1, Data: frame(base)},
		"nothing":               {Size: 10},
		"no frame":              {Size: 10, Data: []byte("there is no such frame")},
		"empty ones":            {Size: 10, Data: many[:min(len(many), 3<<20)]},
		"the window of a giant": {Size: 10, Data: []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0x00, 0x00}},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		got, err := p.Apply(base)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if _, ok := errors.AsType[*wire.Refusal](err); !ok {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 24<<20 {
			t.Errorf("%s: took %d MB of memory", name, n>>20)
		}
		if took > time.Minute { // minutes on any machine; a busy one may need seconds for what takes none
			t.Errorf("%s: took %s", name, took)
		}
	}
}

func TestPatchOfTooMuch(t *testing.T) {
	for _, c := range [][2][]byte{{nil, []byte("a")}, {[]byte("a"), nil}, {make([]byte, wire.MaxPayload+1), []byte("a")}, {[]byte("a"), make([]byte, wire.MaxPayload+1)}} {
		if p, err := wire.MakePatch(c[0], c[1]); err == nil {
			t.Errorf("of %d to %d bytes: %d bytes", len(c[0]), len(c[1]), len(p.Data))
		}
	}
}

// FuzzPatch gives a device frames of anybody: it takes no more bytes than the patch
// says, and a patch that was made honestly is exact.
func FuzzPatch(f *testing.F) {
	base, whole := village(f, 41, 5), village(f, 42, 6)
	p, err := wire.MakePatch(base, whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(base, p.Data, p.Size)
	f.Add(base[1:], p.Data, p.Size)
	f.Add(base, p.Data[:len(p.Data)-1], p.Size)
	random := make([]byte, 300)
	for i := range random {
		random[i] = byte(rand.Uint32())
	}
	f.Add(random, random, int64(300))
	f.Fuzz(func(t *testing.T, base, data []byte, size int64) {
		p := &wire.Patch{From: 1, Size: size, Data: data}
		got, err := p.Apply(base)
		if err == nil && int64(len(got)) != size || err != nil && got != nil {
			t.Fatalf("%d bytes for a size of %d: %v", len(got), size, err)
		}
		if _, ok := errors.AsType[*wire.Refusal](err); err != nil && !ok {
			t.Fatalf("not a refusal: %v", err)
		}
		q, err := wire.MakePatch(base, data)
		if err != nil {
			return // one of them is empty
		}
		if got, err := q.Apply(base); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%x out of %x: %v", got, data, err)
		}
	})
}

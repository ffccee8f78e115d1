package wire

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

func keyOf(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func pubOf(n byte) []byte { return keyOf(n).Public().(ed25519.PublicKey) }

func reasonOf(t *testing.T, err error) Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	r, ok := errors.AsType[*Refusal](err)
	if !ok {
		t.Fatalf("error %v is not a Refusal", err)
	}
	if r.Detail == "" {
		t.Errorf("refusal as %s has no detail", r.Reason)
	}
	return r.Reason
}

// The example of the DSSE specification, protocol.md.
func TestPAE(t *testing.T) {
	got := string(PAE("http://example.com/HelloWorld", []byte("hello world")))
	if want := "DSSEv1 29 http://example.com/HelloWorld 11 hello world"; got != want {
		t.Errorf("PAE = %q, want %q", got, want)
	}
	if bytes.Equal(PAE("a b", []byte("c")), PAE("a", []byte("b c"))) {
		t.Error("type and payload can be shifted into one another")
	}
}

// TestJudge holds the attacks SEC-01 to SEC-05 and SEC-14 to SEC-16 of the
// domain notes, as far as one envelope goes.
func TestJudge(t *testing.T) {
	payload := []byte(`{"channel":"liuxi","revision":7}`)
	grant := Policy{Type: EditionType, Keys: [][]byte{pubOf(1), pubOf(2)}, Threshold: 1}
	both := grant
	both.Threshold = 2
	sign := func(keys ...ed25519.PrivateKey) Envelope { return Sign(EditionType, payload, keys...) }
	twice := func(env Envelope) Envelope {
		env.Signatures = append(env.Signatures, env.Signatures[0])
		return env
	}
	change := func(env Envelope, f func(*Envelope)) Envelope {
		env.Payload = slices.Clone(env.Payload)
		env.Signatures = slices.Clone(env.Signatures)
		f(&env)
		return env
	}
	for _, tt := range []struct {
		name string
		env  Envelope
		want Policy
		exp  Reason
	}{
		{"one granted key", sign(keyOf(1)), grant, ""},
		{"the other granted key", sign(keyOf(2)), grant, ""},
		{"a stranger's signature beside a granted one", sign(keyOf(9), keyOf(2)), grant, ""},
		{"two of two", sign(keyOf(2), keyOf(1)), both, ""},
		{"unsigned", sign(), grant, ReasonUnsigned},
		{"one of two", sign(keyOf(1)), both, ReasonUnsigned},
		{"one key twice", twice(sign(keyOf(1))), both, ReasonUnsigned},
		{"one key under two names", change(twice(sign(keyOf(1))), func(e *Envelope) { e.Signatures[1].Key = KeyID(pubOf(2)) }), both, ReasonDamaged},
		{"one key granted twice", sign(keyOf(1)), Policy{EditionType, [][]byte{pubOf(1), pubOf(1)}, 2}, ReasonUnsigned},
		{"a stranger's key", sign(keyOf(9)), grant, ReasonWrongKey},
		{"a stranger under a granted name", change(sign(keyOf(9)), func(e *Envelope) { e.Signatures[0].Key = KeyID(pubOf(1)) }), grant, ReasonDamaged},
		{"no name", change(sign(keyOf(1)), func(e *Envelope) { e.Signatures[0].Key = "" }), grant, ReasonWrongKey},
		{"nobody granted", sign(keyOf(1)), Policy{Type: EditionType}, ReasonWrongKey},
		{"type replayed", Sign(SettingsType, payload, keyOf(1)), grant, ReasonDamaged},
		{"type renamed", change(Sign(SettingsType, payload, keyOf(1)), func(e *Envelope) { e.Type = EditionType }), grant, ReasonDamaged},
		{"payload changed", change(sign(keyOf(1)), func(e *Envelope) { e.Payload[12]++ }), grant, ReasonDamaged},
		{"short granted key", sign(keyOf(1)), Policy{Type: EditionType, Keys: [][]byte{pubOf(1)[:31]}}, ReasonWrongKey},
		{"long granted key", sign(keyOf(1)), Policy{Type: EditionType, Keys: [][]byte{append(slices.Clone(pubOf(1)), 0)}}, ReasonWrongKey},
		{"short signature", change(sign(keyOf(1)), func(e *Envelope) { e.Signatures[0].Sig = e.Signatures[0].Sig[:63] }), grant, ReasonDamaged},
		{"long signature", change(sign(keyOf(1)), func(e *Envelope) { e.Signatures[0].Sig = append(slices.Clone(e.Signatures[0].Sig), 0) }), grant, ReasonDamaged},
		{"S not canonical", change(sign(keyOf(1)), func(e *Envelope) { e.Signatures[0].Sig = addOrder(e.Signatures[0].Sig) }), grant, ReasonDamaged},
		{"a flood of signatures", change(sign(keyOf(1)), func(e *Envelope) { e.Signatures = make([]Signature, 1_000_000) }), grant, ReasonOversized},
		{"a flood of keys", sign(keyOf(1)), Policy{Type: EditionType, Keys: make([][]byte, 1_000_000)}, ReasonOversized},
		{"an endless payload", change(sign(keyOf(1)), func(e *Envelope) { e.Payload = make([]byte, MaxPayload+1) }), grant, ReasonOversized},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := reasonOf(t, Judge(tt.env, tt.want)); got != tt.exp {
				t.Errorf("refused as %q, want %q", got, tt.exp)
			}
		})
	}
}

// addOrder adds the order of the group to S: the same number modulo the order,
// in another encoding.
func addOrder(sig []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	le := func(b []byte) []byte { b = slices.Clone(b); slices.Reverse(b); return b }
	s := new(big.Int).SetBytes(le(sig[32:]))
	sum := s.Add(s, order).FillBytes(make([]byte, 32))
	return append(slices.Clone(sig[:32]), le(sum)...)
}

func TestOpenEdition(t *testing.T) {
	liuxi, err := playlist.ParseChannelID("liuxi")
	if err != nil {
		t.Fatal(err)
	}
	edition := playlist.Edition{
		Channel: liuxi, Revision: 7, Created: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC),
		Notices: []playlist.Entry{{ID: "n-1", Version: 1, Ref: assets.RefOf([]byte("x")), Size: 1}},
	}
	grant := playlist.ChannelGrant{Channel: liuxi, Keys: [][]byte{pubOf(1)}}
	signed := func(change func(*playlist.Edition)) Envelope {
		e := edition
		if change != nil {
			change(&e)
		}
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		return Sign(EditionType, b, keyOf(1))
	}
	for _, tt := range []struct {
		name  string
		env   Envelope
		grant playlist.ChannelGrant
		exp   Reason
	}{
		{"good", signed(nil), grant, ""},
		{"a field of a later version", Sign(EditionType, []byte(`{"channel":"liuxi","revision":8,"created":"2026-11-22T03:00:00Z","notices":[],"later":{"x":[1]}}`), keyOf(1)), grant, ""},
		{"other village's channel", signed(func(e *playlist.Edition) { e.Channel.Site = "shiqiao" }), grant, ReasonChannel},
		{"alert channel of the same site", signed(func(e *playlist.Edition) { e.Channel.Alert = true }), grant, ReasonChannel},
		{"no grant", signed(nil), playlist.ChannelGrant{Keys: grant.Keys}, ReasonChannel},
		{"no revision", signed(func(e *playlist.Edition) { e.Revision = 0 }), grant, ReasonDamaged},
		{"cut short but signed", Sign(EditionType, []byte(`{"channel":"liuxi","revision":`), keyOf(1)), grant, ReasonDamaged},
		{"two values", Sign(EditionType, []byte(`{"channel":"liuxi","revision":1}{}`), keyOf(1)), grant, ReasonDamaged},
		{"revision below zero", Sign(EditionType, []byte(`{"channel":"liuxi","revision":-1}`), keyOf(1)), grant, ReasonDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := OpenEdition(tt.env, tt.grant)
			if r := reasonOf(t, err); r != tt.exp {
				t.Fatalf("refused as %q (%v), want %q", r, err, tt.exp)
			}
			if err != nil && got.Revision != 0 {
				t.Error("a refused edition was returned")
			}
			if err == nil && got.Channel != liuxi {
				t.Errorf("opened channel %s", got.Channel)
			}
		})
	}
}

func TestOpenSettings(t *testing.T) {
	good := Sign(SettingsType, []byte(`{"revision":3,"screen":{"id":"s-1","site":"liuxi","kind":"touch","name":"x","panel":{"width":1,"height":1}},"path":[],"channels":[],"zone":"Asia/Shanghai"}`), keyOf(5))
	s, err := OpenSettings(good, pubOf(5))
	if err != nil || s.Revision != 3 || s.Screen.ID != "s-1" {
		t.Fatalf("OpenSettings = %+v, %v", s, err)
	}
	for _, tt := range []struct {
		name string
		env  Envelope
		root []byte
		exp  Reason
	}{
		{"other root", good, pubOf(6), ReasonWrongKey},
		{"no root", good, nil, ReasonWrongKey},
		{"an edition", Sign(EditionType, good.Payload, keyOf(5)), pubOf(5), ReasonDamaged},
		{"no revision", Sign(SettingsType, []byte(`{}`), keyOf(5)), pubOf(5), ReasonDamaged},
		{"not JSON", Sign(SettingsType, nil, keyOf(5)), pubOf(5), ReasonDamaged},
	} {
		if _, err := OpenSettings(tt.env, tt.root); reasonOf(t, err) != tt.exp {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.exp)
		}
	}
}

func TestHello(t *testing.T) {
	nonce := bytes.Repeat([]byte{3}, 32)
	good := Hello{Key: pubOf(1), Signature: SignHello(nonce, keyOf(1))}
	if err := CheckHello(nonce, good); err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]Hello{
		"other nonce":      {Key: pubOf(1), Signature: SignHello(nonce[1:], keyOf(1))},
		"other key":        {Key: pubOf(2), Signature: good.Signature},
		"no key":           {Signature: good.Signature},
		"no signature":     {Key: pubOf(1)},
		"signed as a list": {Key: pubOf(1), Signature: Sign(EditionType, nonce, keyOf(1)).Signatures[0].Sig},
	} {
		if reasonOf(t, CheckHello(nonce, h)) == "" {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzOpenEdition(f *testing.F) {
	grant := playlist.ChannelGrant{Channel: playlist.ChannelID{Site: "liuxi"}, Keys: [][]byte{pubOf(1)}}
	for _, p := range []string{`{"channel":"liuxi","revision":7,"notices":[]}`, `{"channel":"liuxi!","revision":7}`, `[`, ``} {
		b, err := json.Marshal(Sign(EditionType, []byte(p), keyOf(1)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var env Envelope
		if json.Unmarshal(b, &env) != nil {
			return
		}
		e, err := OpenEdition(env, grant)
		if err != nil {
			reasonOf(t, err)
			return
		}
		// Whatever is opened was signed by the one key, for this channel.
		if e.Channel != grant.Channel || e.Revision == 0 {
			t.Errorf("opened %s revision %s", e.Channel, e.Revision)
		}
		if !slices.ContainsFunc(env.Signatures, func(s Signature) bool { return ed25519.Verify(pubOf(1), PAE(EditionType, env.Payload), s.Sig) }) {
			t.Error("opened without a good signature")
		}
		// Any payload may be signed for the same content, so it must be judged the same.
		if again, err := OpenEdition(Sign(EditionType, env.Payload, keyOf(1)), grant); err != nil || again.Revision != e.Revision {
			t.Errorf("signed again: %v", err)
		}
	})
}

// BenchmarkOpenEdition prints the ratio of opening an edition of 1,000 notices
// to the floor: verifying its one signature and parsing its bytes.
func BenchmarkOpenEdition(b *testing.B) {
	e := playlist.Edition{Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1}
	for i := range 1000 {
		e.Notices = append(e.Notices, playlist.Entry{
			ID: playlist.NoticeID(fmt.Sprintf("n-%04d", i)), Version: 1, Ref: assets.RefOf([]byte{byte(i), byte(i >> 8)}), Size: 2000,
		})
	}
	payload, err := json.Marshal(e)
	if err != nil {
		b.Fatal(err)
	}
	env := Sign(EditionType, payload, keyOf(1))
	grant := playlist.ChannelGrant{Channel: e.Channel, Keys: [][]byte{pubOf(1), pubOf(2), pubOf(3)}}
	pae := PAE(EditionType, payload)
	var floor, ours time.Duration
	for b.Loop() {
		t0 := time.Now()
		var v playlist.Edition
		if !ed25519.Verify(pubOf(1), pae, env.Signatures[0].Sig) || json.Unmarshal(payload, &v) != nil {
			b.Fatal("floor failed")
		}
		t1 := time.Now()
		if _, err := OpenEdition(env, grant); err != nil {
			b.Fatal(err)
		}
		floor, ours = floor+t1.Sub(t0), ours+time.Since(t1)
	}
	b.ReportMetric(float64(ours)/float64(floor), "ratio")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "µs/open")
}

package accounts_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

var here = accounts.Party{ID: "gongkai.example", Origin: "https://gongkai.example", Name: "青禾县"}

// device is an authenticator that does what it is told, also what a real one
// would not.
type device struct {
	*testing.T
	key      *ecdsa.PrivateKey
	id       []byte
	user     []byte
	counter  uint32
	party    string // whose key it says it uses
	origin   string // where the browser says it is
	verified bool   // it says that it knows who holds it
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{T: t, key: key, id: []byte(rand.Text()), party: here.ID, origin: here.Origin, verified: true}
}

var b64 = base64.RawURLEncoding

// asked reads the challenge and the user out of what a page asks.
func (d *device) asked(options string) (challenge string, user []byte) {
	d.Helper()
	var o struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
			User      struct {
				ID string `json:"id"`
			} `json:"user"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal([]byte(options), &o); err != nil || o.PublicKey.Challenge == "" {
		d.Fatalf("what is asked is %s: %v", options, err)
	}
	user, err := b64.DecodeString(o.PublicKey.User.ID)
	if err != nil {
		d.Fatal(err)
	}
	return o.PublicKey.Challenge, user
}

func (d *device) client(typ, challenge string) []byte {
	d.Helper()
	data, err := json.Marshal(map[string]any{"type": typ, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	if err != nil {
		d.Fatal(err)
	}
	return data
}

// data is the authenticator data (WebAuthn level 3, 6.1).
func (d *device) data(more byte) []byte {
	party := sha256.Sum256([]byte(d.party))
	flags := 0x01 | more
	if d.verified {
		flags |= 0x04
	}
	d.counter++
	return binary.BigEndian.AppendUint32(append(party[:], flags), d.counter)
}

// makes answers to a page that asks for a new key.
func (d *device) makes(options string) string {
	d.Helper()
	challenge, user := d.asked(options)
	d.user = user
	raw, err := d.key.PublicKey.Bytes()
	if err != nil {
		d.Fatal(err)
	}
	x, y := raw[1:33], raw[33:]
	// A COSE key in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
	cose := slices.Concat([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, x, []byte{0x22, 0x58, 0x20}, y)
	data := slices.Concat(d.data(0x40), make([]byte, 16), []byte{0, byte(len(d.id))}, d.id, cose)
	// {"fmt": "none", "attStmt": {}, "authData": data}
	object := slices.Concat([]byte{0xa3, 0x63}, []byte("fmt"), []byte{0x64}, []byte("none"), []byte{0x67}, []byte("attStmt"), []byte{0xa0, 0x68}, []byte("authData"), []byte{0x58, byte(len(data))}, data)
	return d.told(map[string]any{"clientDataJSON": b64.EncodeToString(d.client("webauthn.create", challenge)), "attestationObject": b64.EncodeToString(object)})
}

// signs answers to a page that asks for a key.
func (d *device) signs(options string) string {
	d.Helper()
	challenge, _ := d.asked(options)
	client, data := d.client("webauthn.get", challenge), d.data(0)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(slices.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		d.Fatal(err)
	}
	return d.told(map[string]any{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(d.user),
	})
}

func (d *device) told(response map[string]any) string {
	d.Helper()
	data, err := json.Marshal(map[string]any{"id": b64.EncodeToString(d.id), "rawId": b64.EncodeToString(d.id), "type": "public-key", "response": response})
	if err != nil {
		d.Fatal(err)
	}
	return string(data)
}

// TestPasskeys makes a passkey, signs in with it alone and as the second step, and
// tries what must not work.
func TestPasskeys(t *testing.T) {
	ctx := t.Context()
	a, s, now := people(t)
	first(t, a)
	li, err := a.Session(ctx, in(t, a, "li", false))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.BeginPasskey(ctx, li, here, "wrong password"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("without the password: %v", err)
	}
	begin := func() string {
		t.Helper()
		options, err := a.BeginPasskey(ctx, li, here, password)
		if err != nil {
			t.Fatal(err)
		}
		return options
	}
	d := newDevice(t)
	for what, spoil := range map[string]func(*device){
		"another origin": func(d *device) { d.origin = "https://evil.example" },
		"another party":  func(d *device) { d.party = "evil.example" },
		"nobody there":   func(d *device) { d.verified = false },
	} {
		bad := *d
		spoil(&bad)
		if _, err := a.AddPasskey(ctx, li, here, "x", bad.makes(begin())); !errors.Is(err, accounts.ErrCode) {
			t.Errorf("a new key with %s: %v", what, err)
		}
	}
	enter, err := a.AskPasskey(here)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.AddPasskey(ctx, li, here, "x", d.makes(enter)); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a challenge of the sign-in makes a key: %v", err)
	}
	recovery, err := a.AddPasskey(ctx, li, here, "办公室电脑", d.makes(begin()))
	if err != nil || len(recovery) != 10 {
		t.Fatalf("a passkey: %d recovery codes, %v", len(recovery), err)
	}
	ask := func() string {
		t.Helper()
		options, err := a.AskPasskey(here)
		if err != nil {
			t.Fatal(err)
		}
		return options
	}
	answer := d.signs(ask())
	token, p, err := a.EnterPasskey(ctx, here, answer)
	if err != nil || p.Login != "li" {
		t.Fatalf("sign in with a passkey: %+v, %v", p, err)
	}
	if _, err := a.Session(ctx, token); err != nil {
		t.Errorf("its session: %v", err)
	}
	if _, _, err := a.EnterPasskey(ctx, here, answer); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a replay: %v", err)
	}
	for what, spoil := range map[string]func(*device){
		"another origin":     func(d *device) { d.origin = "https://gongkai.example.evil.example" },
		"http":               func(d *device) { d.origin = "http://gongkai.example" },
		"another port":       func(d *device) { d.origin = "https://gongkai.example:8443" },
		"another party":      func(d *device) { d.party = "evil.example" },
		"nobody there":       func(d *device) { d.verified = false },
		"another key":        func(d *device) { d.key = newDevice(t).key },
		"another person":     func(d *device) { d.user = []byte("a-somebody") },
		"an unknown key":     func(d *device) { d.id = []byte("unknown") },
		"an earlier counter": func(d *device) { d.counter = 1 },
	} {
		bad := *d
		spoil(&bad)
		if _, _, err := a.EnterPasskey(ctx, here, bad.signs(ask())); !errors.Is(err, accounts.ErrCode) {
			t.Errorf("with %s: %v", what, err)
		}
	}
	there := accounts.Party{ID: "other.example", Origin: "https://other.example", Name: "x"}
	moved := *d
	moved.party, moved.origin = there.ID, there.Origin
	if _, _, err := a.EnterPasskey(ctx, there, moved.signs(ask())); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a key of another party: %v", err)
	}
	old := ask()
	*now = now.Add(11 * time.Minute)
	if _, _, err := a.EnterPasskey(ctx, here, d.signs(old)); !errors.Is(err, accounts.ErrStale) {
		t.Errorf("a page of eleven minutes ago: %v", err)
	}
	for _, junk := range []string{"", "{}", "null", `{"id":"x"}`, answer[:len(answer)/2]} {
		if _, _, err := a.EnterPasskey(ctx, here, junk); !errors.Is(err, accounts.ErrCode) {
			t.Errorf("%.20q: %v", junk, err)
		}
		if _, err := a.AddPasskey(ctx, li, here, "x", junk); !errors.Is(err, accounts.ErrCode) {
			t.Errorf("a new key of %.20q: %v", junk, err)
		}
	}

	half, other := in(t, a, "li", true), in(t, a, "li", true)
	step, err := a.AskStep(ctx, half, here)
	if err != nil {
		t.Fatal(err)
	}
	answer = d.signs(step)
	if _, _, err := a.StepPasskey(ctx, other, here, answer); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("the second step of another session: %v", err)
	}
	if _, _, err := a.EnterPasskey(ctx, here, answer); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("the second step as the only one: %v", err)
	}
	if token, _, err = a.StepPasskey(ctx, half, here, answer); err != nil || token == half {
		t.Errorf("the second step: %v", err)
	}
	if p, err = a.Session(ctx, token); err != nil {
		t.Fatal(err)
	}
	acc, err := s.AccountByLogin(ctx, "li")
	if err != nil {
		t.Fatal(err)
	}
	two, err := a.SecondOf(ctx, acc)
	if err != nil || len(two.Factors) != 1 || two.Factors[0].Name != "办公室电脑" || !two.Factors[0].Used.Equal(*now) || !two.Has(store.Passkey) {
		t.Errorf("%+v, %v", two, err)
	}
	// Another beside it, so that this one may go.
	if _, err := a.AddPasskey(ctx, p, here, "钥匙", newDevice(t).makes(func() string { li = p; return begin() }())); err != nil {
		t.Fatal(err)
	}
	if err := a.RemoveFactor(ctx, p, two.Factors[0].ID, "wrong password"); !errors.Is(err, accounts.ErrSignIn) {
		t.Errorf("removed without the password: %v", err)
	}
	if err := a.RemoveFactor(ctx, p, two.Factors[0].ID, password); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.EnterPasskey(ctx, here, d.signs(ask())); !errors.Is(err, accounts.ErrCode) {
		t.Errorf("a removed passkey: %v", err)
	}
	rows, err := s.FindRecords(ctx, store.AuditFilter{Kind: "factor"})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.Actor+" "+r.Action+" "+r.Detail)
	}
	if got := strings.Join(lines, "; "); got != "li factor.remove passkey 办公室电脑; li factor.add passkey 钥匙; li factor.add passkey 办公室电脑" {
		t.Errorf("the lines of passkeys are %q", got)
	}
	if rows, err = s.FindRecords(ctx, store.AuditFilter{Kind: "session"}); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(rows, func(r store.Record) bool { return r.Action == "session.begin" && r.Detail == "passkey" }) {
		t.Error("no line says that somebody came in with a passkey")
	}
}

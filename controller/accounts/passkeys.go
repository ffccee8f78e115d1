package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"mingbai/controller/store"
)

// Party is the console as passkeys know it (the relying party of WebAuthn): a key
// that was made for one works with no other.
type Party struct {
	ID     string // the host without a port, as in gongkai.example.gov.cn
	Origin string // scheme, host and port
	Name   string // of the office
}

// challengeFor is how long a page with a challenge is good.
const challengeFor = 10 * time.Minute

// mostPasskeys is how many passkeys one person has at most.
const mostPasskeys = 10

// What a challenge is for; one for a purpose is none for another.
const (
	toAdd   = "add"
	toEnter = "enter"
	toStep  = "step"
)

// kept is what is stored of a passkey. None of it is secret.
type keptKey struct {
	Party      string              `json:"party"` // Party.ID that it was made for
	Credential webauthn.Credential `json:"credential"`
}

// holder is an account with its passkeys, for package webauthn.
type holder struct {
	acc  store.Account
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.acc.ID) }
func (h holder) WebAuthnName() string                       { return h.acc.Login }
func (h holder) WebAuthnDisplayName() string                { return h.acc.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (p Party) server() (*webauthn.WebAuthn, error) {
	w, err := webauthn.New(&webauthn.Config{
		RPID: p.ID, RPDisplayName: p.Name, RPOrigins: []string{p.Origin},
		RPTopOriginVerificationMode: protocol.TopOriginImplicitVerificationMode,
		AttestationPreference:       protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare passkeys of %s: %w", p.ID, err)
	}
	return w, nil
}

// challenge makes what a passkey is asked to sign: 16 random bytes, until when it
// is good, and a MAC over both, the purpose and whom it is for. So nothing is kept
// for pages that nobody answers.
func (a *Accounts) challenge(purpose, whom string) ([]byte, error) {
	if a.seal == nil {
		return nil, errNoSeal
	}
	c := make([]byte, 24, 24+sha256.Size)
	if _, err := rand.Read(c[:16]); err != nil {
		return nil, fmt.Errorf("make a challenge: %w", err)
	}
	binary.BigEndian.PutUint64(c[16:], uint64(a.cfg.Now().Add(challengeFor).Unix()))
	return append(c, a.signed(c, purpose, whom)...), nil
}

func (a *Accounts) signed(c []byte, purpose, whom string) []byte {
	mac := hmac.New(sha256.New, a.seal.asked)
	mac.Write(c)
	mac.Write([]byte(purpose + "\x00" + whom))
	return mac.Sum(nil)
}

// challenged checks the challenge that an answer names and uses it up.
func (a *Accounts) challenged(text, purpose, whom string) error {
	c, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(c) != 24+sha256.Size || a.seal == nil || !hmac.Equal(c[24:], a.signed(c[:24], purpose, whom)) {
		return ErrCode
	}
	now, until := a.cfg.Now(), time.Unix(int64(binary.BigEndian.Uint64(c[16:24])), 0)
	if !now.Before(until) {
		return ErrStale
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for old, end := range a.answered {
		if !now.Before(end) {
			delete(a.answered, old)
		}
	}
	if _, used := a.answered[text]; used {
		return ErrCode
	}
	a.answered[text] = until
	return nil
}

// keysOf returns the passkeys of an account at a party.
func (a *Accounts) keysOf(ctx context.Context, r store.Reader, account, party string) (keys []webauthn.Credential, err error) {
	all, err := r.Factors(ctx, account)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.Kind != store.Passkey {
			continue
		}
		k, err := keyOf(f)
		if err != nil {
			return nil, err
		}
		if k.Party == party {
			keys = append(keys, k.Credential)
		}
	}
	return keys, nil
}

func keyOf(f store.Factor) (k keptKey, err error) {
	if err = json.Unmarshal(f.Body, &k); err != nil {
		err = fmt.Errorf("read passkey %s: %w", f.ID, err)
	}
	return k, err
}

// BeginPasskey asks for a new passkey of the person, who types the password once
// more. It returns what the page's script gives the browser, as JSON.
func (a *Accounts) BeginPasskey(ctx context.Context, p Person, party Party, password string) (string, error) {
	if err := a.Verify(ctx, p, password); err != nil {
		return "", err
	}
	acc, err := a.store.Account(ctx, p.ID)
	if err != nil {
		return "", err
	}
	h := holder{acc: acc}
	if h.keys, err = a.keysOf(ctx, a.store.Reader, p.ID, party.ID); err != nil {
		return "", err
	}
	if len(h.keys) >= mostPasskeys {
		return "", fmt.Errorf("more than %d passkeys: %w", mostPasskeys, store.ErrConflict)
	}
	w, err := party.server()
	if err != nil {
		return "", err
	}
	challenge, err := a.challenge(toAdd, p.Session)
	if err != nil {
		return "", err
	}
	creation, _, err := w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()),
		func(o *protocol.PublicKeyCredentialCreationOptions) { o.Challenge = challenge })
	if err != nil {
		return "", fmt.Errorf("ask for a passkey: %w", err)
	}
	return asJSON(creation)
}

func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write options of a passkey: %w", err)
	}
	return string(b), nil
}

// AddPasskey takes the answer to BeginPasskey. With the first factor it returns
// recovery codes, as ConfirmCodes does. An answer that is not right is ErrCode.
func (a *Accounts) AddPasskey(ctx context.Context, p Person, party Party, name, answer string) (recovery []string, err error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, fmt.Errorf("read a new passkey: %w: %w", ErrCode, err)
	}
	asked := parsed.Response.CollectedClientData.Challenge
	if err := a.challenged(asked, toAdd, p.Session); err != nil {
		return nil, err
	}
	acc, err := a.store.Account(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	w, err := party.server()
	if err != nil {
		return nil, err
	}
	key, err := w.CreateCredential(holder{acc: acc}, webauthn.SessionData{
		Challenge: asked, RelyingPartyID: party.ID, UserID: []byte(acc.ID), UserVerification: protocol.VerificationRequired,
		CredParams: webauthn.CredentialParametersDefault(),
	}, parsed)
	if err != nil {
		return nil, fmt.Errorf("check a new passkey: %w: %w", ErrCode, err)
	}
	key.Attestation = webauthn.CredentialAttestation{} // nobody asks which make it is
	now := a.cfg.Now()
	name = strings.TrimSpace(name)
	for utf8.RuneCountInString(name) > 40 {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	f := store.Factor{ID: newID("f-"), Account: p.ID, Kind: store.Passkey, Name: name, Created: now, Confirmed: now, Credential: key.ID}
	if f.Body, err = json.Marshal(keptKey{party.ID, *key}); err != nil {
		return nil, fmt.Errorf("write passkey: %w", err)
	}
	err = a.store.Update(ctx, func(t *store.Tx) error {
		recovery, err = a.add(ctx, t, p, f)
		return err
	})
	return recovery, err
}

// AskPasskey returns what the sign-in page asks any passkey for, as JSON.
func (a *Accounts) AskPasskey(party Party) (string, error) { return a.ask(party, toEnter, "", nil) }

// AskStep returns what the page of the second step asks the passkeys of its
// person for; nothing if there are none for this party.
func (a *Accounts) AskStep(ctx context.Context, token string, party Party) (string, error) {
	_, acc, err := a.half(ctx, a.store.Reader, token)
	if err != nil {
		return "", err
	}
	keys, err := a.keysOf(ctx, a.store.Reader, acc.ID, party.ID)
	if err != nil || len(keys) == 0 {
		return "", err
	}
	return a.ask(party, toStep, string(digest(token)), keys)
}

func (a *Accounts) ask(party Party, purpose, whom string, keys []webauthn.Credential) (string, error) {
	w, err := party.server()
	if err != nil {
		return "", err
	}
	challenge, err := a.challenge(purpose, whom)
	if err != nil {
		return "", err
	}
	options := []webauthn.LoginOption{webauthn.WithChallenge(challenge), webauthn.WithUserVerification(protocol.VerificationRequired)}
	if len(keys) > 0 {
		options = append(options, webauthn.WithAllowedCredentials(webauthn.Credentials(keys).CredentialDescriptors()))
	}
	asked, _, err := w.BeginDiscoverableLogin(options...)
	if err != nil {
		return "", fmt.Errorf("ask for a passkey: %w", err)
	}
	return asJSON(asked)
}

// EnterPasskey signs in with a passkey alone: it is something that the person has,
// opened with something that the person is or knows. The error is ErrCode, or
// ErrLocked while the account is.
func (a *Accounts) EnterPasskey(ctx context.Context, party Party, answer string) (string, Person, error) {
	return a.entered(ctx, party, toEnter, "", answer)
}

// StepPasskey takes the second step with a passkey; see Step.
func (a *Accounts) StepPasskey(ctx context.Context, token string, party Party, answer string) (string, Person, error) {
	if _, _, err := a.half(ctx, a.store.Reader, token); err != nil {
		return "", Person{}, err
	}
	return a.entered(ctx, party, toStep, token, answer)
}

func (a *Accounts) entered(ctx context.Context, party Party, purpose, token, answer string) (whole string, p Person, err error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return "", p, fmt.Errorf("read the answer of a passkey: %w: %w", ErrCode, err)
	}
	whom := ""
	if token != "" {
		whom = string(digest(token))
	}
	asked := parsed.Response.CollectedClientData.Challenge
	if err := a.challenged(asked, purpose, whom); err != nil {
		return "", p, err
	}
	w, err := party.server()
	if err != nil {
		return "", p, err
	}
	now, refused := a.cfg.Now(), error(nil)
	err = a.store.Update(ctx, func(t *store.Tx) error {
		f, err := t.FactorByCredential(ctx, parsed.RawID)
		if errors.Is(err, store.ErrNotFound) {
			return ErrCode
		}
		if err != nil {
			return err
		}
		acc, err := t.Account(ctx, f.Account)
		if err != nil {
			return err
		}
		var half store.Session
		if token != "" {
			var of store.Account
			if half, of, err = a.half(ctx, t.Reader, token); err != nil {
				return err
			}
			if of.ID != acc.ID {
				return ErrCode
			}
		}
		switch {
		case acc.Disabled:
			return ErrCode
		case now.Before(acc.Locked):
			return &LockedError{acc.Locked}
		}
		if refused = a.proves(w, party, f, acc, asked, parsed); refused != nil {
			return t.Audit(ctx, store.Record{At: now, Actor: acc.Login, Action: "session.refused", Subject: acc.Login, Site: acc.Site, Detail: string(store.Passkey) + " " + f.Name})
		}
		k, err := keyOf(f)
		if err != nil {
			return err
		}
		k.Credential.Authenticator.SignCount, f.Used = parsed.Response.AuthenticatorData.Counter, now
		if f.Body, err = json.Marshal(k); err != nil {
			return fmt.Errorf("write passkey: %w", err)
		}
		if err := t.PutFactor(ctx, f); err != nil {
			return err
		}
		if token != "" {
			if err := t.DropSession(ctx, half.Hash); err != nil {
				return err
			}
		}
		whole, p, err = a.begin(ctx, t, acc, string(store.Passkey), now)
		return err
	})
	if err == nil {
		err = refused
	}
	return whole, p, err
}

// proves checks the answer of a passkey: origin, party, signature, that the person
// was verified, and that its counter went on, without which it may be a copy
// (WebAuthn level 3, 6.1.1).
func (a *Accounts) proves(w *webauthn.WebAuthn, party Party, f store.Factor, acc store.Account, asked string, parsed *protocol.ParsedCredentialAssertionData) error {
	k, err := keyOf(f)
	if err != nil {
		return err
	}
	if k.Party != party.ID {
		return fmt.Errorf("a passkey of %s at %s: %w", k.Party, party.ID, ErrCode)
	}
	h := holder{acc: acc, keys: []webauthn.Credential{k.Credential}}
	session := webauthn.SessionData{Challenge: asked, RelyingPartyID: party.ID, UserID: []byte(acc.ID), UserVerification: protocol.VerificationRequired}
	used, err := w.ValidateLogin(h, session, parsed)
	if err != nil {
		return fmt.Errorf("check the answer of a passkey: %w: %w", ErrCode, err)
	}
	if used.Authenticator.CloneWarning {
		return fmt.Errorf("the counter of a passkey went back: %w", ErrCode)
	}
	return nil
}

package wire

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/json"
	"fmt"
)

// VoiceType binds a sealed voice to what it is.
const VoiceType = "mingbai/voice/v1"

// Bounds of Voice.Sealed. What is sealed is filled up to a multiple of sealStep,
// so that its length does not tell a complaint from a greeting.
const (
	sealStep  = 512
	maxSealed = 4096
)

// secret is the part of a voice that nobody but the office reads.
type secret struct {
	Text    string `json:"text,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// Seal returns the voice, cleaned, with Text and Contact in Sealed, which only
// the holder of the private half of an X25519 key (32 bytes) can open: HPKE (RFC
// 9180) with HKDF-SHA256 and ChaCha20-Poly1305, bound to the voice's ID. A screen
// that is carried away tells nobody what was said at it, and neither does a line
// that is listened to. A voice without words stays as it is.
func (v Voice) Seal(key []byte) (Voice, error) {
	v, err := v.Clean()
	if err != nil || v.Text == "" && v.Contact == "" {
		return v, err
	}
	public, err := ecdh.X25519().NewPublicKey(key)
	if err != nil {
		return Voice{}, fmt.Errorf("seal a voice: %w", err)
	}
	to, err := hpke.NewDHKEMPublicKey(public)
	if err != nil {
		return Voice{}, fmt.Errorf("seal a voice: %w", err)
	}
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(secret{v.Text, v.Contact}); err != nil {
		return Voice{}, fmt.Errorf("seal a voice: %w", err)
	}
	for plain.Len()%sealStep != 0 {
		plain.WriteByte(' ')
	}
	v.Sealed, err = hpke.Seal(to, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), v.sealInfo(), plain.Bytes())
	if err != nil {
		return Voice{}, fmt.Errorf("seal a voice: %w", err)
	}
	v.Text, v.Contact = "", ""
	return v, nil
}

func (v Voice) sealInfo() []byte { return PAE(VoiceType, []byte(v.ID)) }

// Unseal opens what Seal closed, and cleans it again. A voice that is not sealed
// is returned cleaned. The error is a *Refusal; with the right key it says that
// somebody changed the voice.
func (v Voice) Unseal(key *ecdh.PrivateKey) (Voice, error) {
	if len(v.Sealed) == 0 {
		return v.Clean()
	}
	private, err := hpke.NewDHKEMPrivateKey(key)
	if err != nil {
		return Voice{}, refuse(ReasonWrongKey, "voice %s cannot be opened with this kind of key", v.ID)
	}
	plain, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), v.sealInfo(), v.Sealed)
	if err != nil {
		return Voice{}, refuse(ReasonWrongKey, "voice %s is sealed with another key, or was changed", v.ID)
	}
	var s secret
	if err := json.Unmarshal(plain, &s); err != nil {
		return Voice{}, refuse(ReasonDamaged, "voice %s holds what cannot be read", v.ID)
	}
	v.Text, v.Contact, v.Sealed = s.Text, s.Contact, nil
	return v.Clean()
}

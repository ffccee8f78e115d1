package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Limits of an envelope and of what may judge it.
const (
	MaxPayload    = 6<<20 - 16<<10 // bytes; as base64 it fits the text of a message
	MaxSignatures = 16
	MaxKeys       = 64
)

// PAE is the pre-authentication encoding of DSSE: what is really signed. It
// binds the payload to its type, and no two pairs of type and payload encode to
// the same bytes.
func PAE(typ string, payload []byte) []byte {
	b := make([]byte, 0, len(typ)+len(payload)+48)
	b = append(b, "DSSEv1 "...)
	b = strconv.AppendInt(b, int64(len(typ)), 10)
	b = append(b, ' ')
	b = append(b, typ...)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(len(payload)), 10)
	b = append(b, ' ')
	return append(b, payload...)
}

// KeyID is the hint under which a signature by pub is listed: the hex of the
// first 8 bytes of the sha256 of the key.
func KeyID(pub ed25519.PublicKey) string {
	sum := sha256.Sum256(pub)
	return hex.EncodeToString(sum[:8])
}

// Sign puts payload into an envelope with one signature by each key, in the
// order of keys. ed25519 is deterministic, so the same input gives the same
// envelope.
func Sign(typ string, payload []byte, keys ...ed25519.PrivateKey) Envelope {
	env := Envelope{Type: typ, Payload: payload}
	pae := PAE(typ, payload)
	for _, k := range keys {
		pub := k.Public().(ed25519.PublicKey)
		env.Signatures = append(env.Signatures, Signature{Key: KeyID(pub), Sig: ed25519.Sign(k, pae)})
	}
	return env
}

// SignHello returns the proof that the holder of key answered the challenge.
func SignHello(nonce []byte, key ed25519.PrivateKey) []byte {
	return ed25519.Sign(key, PAE(HelloType, nonce))
}

// CheckHello verifies that the device which sent h holds the key it names. The
// error is a *Refusal.
func CheckHello(nonce []byte, h Hello) error {
	if len(h.Key) != ed25519.PublicKeySize {
		return refuse(ReasonDamaged, "a device key has %d bytes, this one has %d", ed25519.PublicKeySize, len(h.Key))
	}
	if len(h.Signature) != ed25519.SignatureSize {
		return refuse(ReasonUnsigned, "a signature has %d bytes, this one has %d", ed25519.SignatureSize, len(h.Signature))
	}
	if !ed25519.Verify(h.Key, PAE(HelloType, nonce), h.Signature) {
		return refuse(ReasonWrongKey, "the answer to the challenge is not signed by the device key")
	}
	return nil
}

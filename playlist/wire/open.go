package wire

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"

	"mingbai/playlist"
)

// Policy is what an envelope must satisfy to be believed.
type Policy struct {
	Type      string   // the payload type that is expected
	Keys      [][]byte // ed25519 public keys that may sign, 32 bytes each
	Threshold int      // how many different keys must have signed, at least 1
}

// Judge is the one place that decides whether an envelope is believed: enough
// different public keys of the policy have signed exactly this payload as
// exactly this type. It is pure. The error is a *Refusal.
//
// Keys are counted by their bytes, never by the key ID that the envelope
// claims, so one key listed twice counts once. Signatures by keys that the
// policy does not name are passed over: an envelope may carry more signatures
// than one reader knows. crypto/ed25519 refuses an S that is not canonical.
func Judge(env Envelope, want Policy) error {
	switch {
	case len(env.Payload) > MaxPayload:
		return refuse(ReasonOversized, "the payload has %d bytes, at most %d are allowed", len(env.Payload), MaxPayload)
	case len(env.Signatures) > MaxSignatures:
		return refuse(ReasonOversized, "there are %d signatures, at most %d are allowed", len(env.Signatures), MaxSignatures)
	case len(want.Keys) > MaxKeys:
		return refuse(ReasonOversized, "the policy names %d keys, at most %d are allowed", len(want.Keys), MaxKeys)
	case env.Type != want.Type:
		return refuse(ReasonDamaged, "the payload is a %.60q, not a %q", env.Type, want.Type)
	case len(env.Signatures) == 0:
		return refuse(ReasonUnsigned, "the envelope carries no signature")
	}
	granted := map[string][]ed25519.PublicKey{} // by key ID; a hint may fit several
	for _, k := range want.Keys {
		if len(k) == ed25519.PublicKeySize { // a key of another length can sign nothing
			id := KeyID(k)
			granted[id] = append(granted[id], k)
		}
	}
	pae := PAE(env.Type, env.Payload)
	signed := map[string]bool{} // by the public key's bytes
	known, bad := false, false
	for _, s := range env.Signatures {
		for _, k := range granted[s.Key] {
			known = true
			if signed[string(k)] {
				continue
			}
			if len(s.Sig) == ed25519.SignatureSize && ed25519.Verify(k, pae, s.Sig) {
				signed[string(k)] = true
			} else {
				bad = true
			}
		}
	}
	need := max(want.Threshold, 1)
	switch {
	case len(signed) >= need:
		return nil
	case !known:
		return refuse(ReasonWrongKey, "none of the %d signatures is by a key that may sign this", len(env.Signatures))
	case bad:
		return refuse(ReasonDamaged, "a signature does not fit the payload")
	default:
		return refuse(ReasonUnsigned, "%d different keys have signed, %d are needed", len(signed), need)
	}
}

// OpenEdition verifies env against the grant of a channel and decodes the
// edition. The error is a *Refusal, and then the edition is zero. Whether the
// revision is new is for the reader to judge, who knows what it has.
func OpenEdition(env Envelope, grant playlist.ChannelGrant) (playlist.Edition, error) {
	var e playlist.Edition
	if err := Judge(env, Policy{Type: EditionType, Keys: grant.Keys, Threshold: 1}); err != nil {
		return playlist.Edition{}, err
	}
	if err := decode(env.Payload, &e); err != nil {
		return playlist.Edition{}, refuse(ReasonDamaged, "the edition cannot be read: %v", err)
	}
	switch {
	case grant.Channel.IsZero() || e.Channel != grant.Channel:
		return playlist.Edition{}, refuse(ReasonChannel, "the edition is of channel %s, not %s", e.Channel, grant.Channel)
	case e.Revision == 0:
		return playlist.Edition{}, refuse(ReasonDamaged, "the edition has no revision")
	}
	return e, nil
}

// OpenSettings verifies env against the root key that the device pinned, and
// decodes the settings. The error is a *Refusal, and then the settings are zero.
func OpenSettings(env Envelope, root ed25519.PublicKey) (playlist.Settings, error) {
	var s playlist.Settings
	if err := Judge(env, Policy{Type: SettingsType, Keys: [][]byte{root}, Threshold: 1}); err != nil {
		return playlist.Settings{}, err
	}
	if err := decode(env.Payload, &s); err != nil {
		return playlist.Settings{}, refuse(ReasonDamaged, "the settings cannot be read: %v", err)
	}
	if s.Revision == 0 {
		return playlist.Settings{}, refuse(ReasonDamaged, "the settings have no revision")
	}
	return s, nil
}

// decode reads one JSON value and nothing after it. Fields that this program
// does not know are left alone: a later version may have written them.
func decode(b []byte, v any) error {
	return json.Unmarshal(bytes.TrimSpace(b), v)
}

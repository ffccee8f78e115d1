package wire

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"time"

	"mingbai/playlist"
)

// Enrolment is a controller's signed word that a device is a screen. It travels in
// the screen's settings and rests on the device, so that a controller whose data
// was restored from before the enrolment can recognise the device by its own
// signature (DOMAIN R20). It proves that a person once confirmed the device, not
// that nobody has removed it since; so it admits nobody without a person.
type Enrolment struct {
	Screen   playlist.Screen   `json:"screen"`
	Site     string            `json:"site,omitempty"` // the name of Screen.Site, which may be newer than a backup, too
	Language string            `json:"language,omitempty"`
	Key      []byte            `json:"key"`      // the device's ed25519 public key, 32 bytes
	Enrolled time.Time         `json:"enrolled"` // when a person confirmed the device
	Revision playlist.Revision `json:"revision"` // of the settings in which it stands
}

// MaxEnrolment bounds a signed enrolment, in bytes of its payload. A screen with
// every field at its longest has a few thousand.
const MaxEnrolment = 16 << 10

// SignEnrolment returns the envelope of an enrolment as JSON, as settings carry it.
func SignEnrolment(e Enrolment, root ed25519.PrivateKey) ([]byte, error) {
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode the enrolment of %s: %w", e.Screen.ID, err)
	}
	return json.Marshal(Sign(EnrolmentType, payload, root))
}

// OpenEnrolment verifies env against the root key and decodes the enrolment. The
// error is a *Refusal, and then the enrolment is zero. Whether the device holds the
// key is for the handshake to show.
func OpenEnrolment(env Envelope, root ed25519.PublicKey) (Enrolment, error) {
	if len(env.Payload) > MaxEnrolment {
		return Enrolment{}, refuse(ReasonOversized, "the enrolment has %d bytes, at most %d are allowed", len(env.Payload), MaxEnrolment)
	}
	if err := Judge(env, Policy{Type: EnrolmentType, Keys: [][]byte{root}, Threshold: 1}); err != nil {
		return Enrolment{}, err
	}
	var e Enrolment
	if err := decode(env.Payload, &e); err != nil {
		return Enrolment{}, refuse(ReasonDamaged, "the enrolment cannot be read: %v", err)
	}
	if _, err := playlist.ParseScreenID(string(e.Screen.ID)); err != nil || len(e.Key) != ed25519.PublicKeySize || e.Revision == 0 {
		return Enrolment{}, refuse(ReasonDamaged, "the enrolment names no screen, no device or no revision")
	}
	return e, nil
}

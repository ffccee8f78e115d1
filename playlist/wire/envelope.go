package wire

// Payload types. One string for each kind of signed object, so that a signature
// over one can never be replayed as another.
const (
	EditionType  = "mingbai/edition/v1"
	SettingsType = "mingbai/settings/v1"
	HelloType    = "mingbai/hello/v1"
	ApprovalType = "mingbai/approval/v1" // a person's signature over a notice's bytes, in a capacity
	// EnrolmentType is a controller's word on which device a screen is.
	EnrolmentType = "mingbai/enrolment/v1"
	SignerType    = "mingbai/signer/v1" // whose key it is with which approvals are signed
)

// Envelope is a DSSE envelope: opaque payload bytes, what they are, and a list
// of signatures over PAE(Type, Payload).
type Envelope struct {
	Type       string      `json:"payloadType"`
	Payload    []byte      `json:"payload"`
	Signatures []Signature `json:"signatures"`
}

// Signature is one ed25519 signature. Key is the hex of the first 8 bytes of the
// sha256 of the public key: a hint that finds the key, never a proof.
type Signature struct {
	Key string `json:"keyid"`
	Sig []byte `json:"sig"` // 64 bytes
}

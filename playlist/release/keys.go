package release

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"time"

	"mingbai/playlist/wire"
)

// KeySet is who may sign packages: Threshold different people of Keys.
type KeySet struct {
	Version   uint64 `json:"version"` // from 1, no gaps; 0 in a pin that does not know it
	Threshold int    `json:"threshold"`
	Keys      []Key  `json:"keys"`

	// Expires is when people should have made the next set. No device judges it;
	// the package comment says why.
	Expires time.Time `json:"expires,omitzero"`
}

// Key is the public key of one person.
type Key struct {
	Holder string `json:"holder,omitempty"` // who has the private key; different for each key of a set
	Public []byte `json:"public"`           // ed25519, 32 bytes
}

// Pin returns the set that a device pins which was told keys only. Without a
// threshold more than half of them must have signed.
func Pin(keys [][]byte, threshold int) KeySet {
	s := KeySet{Threshold: threshold}
	for _, k := range keys {
		s.Keys = append(s.Keys, Key{Public: k})
	}
	if s.Threshold == 0 && len(keys) > 0 {
		s.Threshold = len(keys)/2 + 1
	}
	return s
}

// IsZero reports whether nothing is pinned.
func (s KeySet) IsZero() bool { return len(s.Keys) == 0 }

// Equal reports whether both sets trust the same keys in the same way.
func (s KeySet) Equal(o KeySet) bool {
	if s.Version != o.Version || s.Threshold != o.Threshold || len(s.Keys) != len(o.Keys) {
		return false
	}
	return !slices.ContainsFunc(s.Keys, func(k Key) bool { return !o.has(k.Public) })
}

func (s KeySet) has(public []byte) bool {
	return slices.ContainsFunc(s.Keys, func(k Key) bool { return bytes.Equal(k.Public, public) })
}

// Check says what is wrong with a set. One person may not stand in it with two
// keys (SEC-03), nor one key twice (SEC-04): a threshold of keys is a threshold of
// people. The error is a *Refusal.
func (s KeySet) Check() error {
	switch {
	case len(s.Keys) == 0:
		return refuse(Damaged, "key set %d has no key", s.Version)
	case len(s.Keys) > MaxKeys:
		return refuse(Oversized, "key set %d has %d keys, at most %d are allowed", s.Version, len(s.Keys), MaxKeys)
	case s.Threshold < 1 || s.Threshold > len(s.Keys) || s.Threshold > MaxThreshold:
		return refuse(Damaged, "key set %d has %d keys and wants %d signatures", s.Version, len(s.Keys), s.Threshold)
	}
	for i, k := range s.Keys {
		if len(k.Public) != ed25519.PublicKeySize {
			return refuse(Damaged, "a key has %d bytes, key %d of set %d has %d", ed25519.PublicKeySize, i+1, s.Version, len(k.Public))
		}
		if len(k.Holder) > 100 {
			return refuse(Oversized, "the name of a key's holder has at most 100 bytes")
		}
		for _, o := range s.Keys[:i] {
			if bytes.Equal(o.Public, k.Public) {
				return refuse(Damaged, "one key stands twice in set %d", s.Version)
			}
			if k.Holder != "" && o.Holder == k.Holder {
				return refuse(Damaged, "%s holds two keys of set %d", k.Holder, s.Version)
			}
		}
	}
	return nil
}

// OpenKeySet decodes a set without asking who signed it. The error is a *Refusal.
func OpenKeySet(env wire.Envelope) (KeySet, error) {
	var s KeySet
	if err := open(env, KeysType, &s); err != nil {
		return KeySet{}, err
	}
	if s.Version == 0 {
		return KeySet{}, refuse(Damaged, "key sets are counted from 1")
	}
	for _, k := range s.Keys {
		if k.Holder == "" {
			return KeySet{}, refuse(Damaged, "a key of set %d has no holder", s.Version)
		}
	}
	if err := s.Check(); err != nil {
		return KeySet{}, err
	}
	return s, nil
}

// judge asks the one judge of envelopes whether enough keys of a set have signed.
func judge(env wire.Envelope, typ string, by KeySet) error {
	if len(env.Payload) > MaxPayload {
		return refuse(Oversized, "the payload has %d bytes, at most %d are allowed", len(env.Payload), MaxPayload)
	}
	want := wire.Policy{Type: typ, Threshold: by.Threshold}
	for _, k := range by.Keys {
		want.Keys = append(want.Keys, k.Public)
	}
	err := wire.Judge(env, want)
	if r, ok := errors.AsType[*wire.Refusal](err); ok {
		reason := map[wire.Reason]Reason{
			wire.ReasonUnsigned: Unsigned, wire.ReasonWrongKey: WrongKey, wire.ReasonOversized: Oversized,
		}[r.Reason]
		if reason == "" {
			reason = Damaged
		}
		return &Refusal{Reason: reason, Detail: r.Detail}
	}
	return err
}

// Walk leads from a pinned set to the newest one of a chain. The chain lists key
// sets in the order of their versions without a gap. A pin with a version skips
// what is not newer; it may be ahead of the chain, which then leads nowhere and is
// no fault. A pin without one begins at the first set that a threshold of its keys
// has signed; when there is no chain at all, it is itself the newest, of version 1.
// The error is a *Refusal.
func Walk(pinned KeySet, chain []wire.Envelope) (KeySet, error) {
	if pinned.IsZero() {
		return KeySet{}, refuse(Unpinned, "no release key is pinned")
	}
	if err := pinned.Check(); err != nil {
		return KeySet{}, err
	}
	if len(chain) > MaxHops {
		return KeySet{}, refuse(Oversized, "the chain has %d key sets, at most %d are allowed", len(chain), MaxHops)
	}
	if pinned.Version == 0 && len(chain) == 0 {
		pinned.Version = 1
	}
	now, last := pinned, uint64(0)
	var missed error // why the chain could not be entered
	for _, env := range chain {
		next, err := OpenKeySet(env)
		if err != nil {
			return KeySet{}, err
		}
		if last != 0 && next.Version != last+1 {
			return KeySet{}, refuse(Chain, "key set %d is followed by %d", last, next.Version)
		}
		last = next.Version
		switch {
		case now.Version == 0: // not entered yet
			if err := judge(env, KeysType, now); err != nil {
				missed = err
				continue
			}
		case next.Version <= now.Version:
			continue
		case next.Version != now.Version+1:
			return KeySet{}, refuse(Chain, "this machine trusts key set %d and is offered %d next", now.Version, next.Version)
		default:
			if err := judge(env, KeysType, now); err != nil {
				return KeySet{}, err
			}
		}
		if err := judge(env, KeysType, next); err != nil {
			return KeySet{}, err
		}
		now = next
	}
	if now.Version == 0 {
		return KeySet{}, missed
	}
	return now, nil
}

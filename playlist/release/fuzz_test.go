package release_test

import (
	"encoding/json"
	"errors"
	"testing"

	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// FuzzWalk gives a device chains and packages whose payloads the fuzzer wrote and
// the right people signed: nothing may be believed that Check would not let pass,
// and a refusal is always a *Refusal.
func FuzzWalk(f *testing.F) {
	one, two := set(1, 1, 1, 2), set(2, 1, 2, 3)
	for _, s := range []any{one, two, pack(1, 1), "x", nil} {
		b, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		p, err := json.Marshal(pack(2, 9))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, p)
	}
	f.Add([]byte(`{"version":2,"threshold":1,"keys":[{"public":"AA=="}]}`), []byte(`{"sequence":-1}`))
	f.Fuzz(func(t *testing.T, keys, manifest []byte) {
		chain := []wire.Envelope{wire.Sign(release.KeysType, keys, people(1, 2, 3)...)}
		env := wire.Sign(release.PackageType, manifest, people(1, 2, 3)...)
		p, newest, err := release.Verify(one, chain, env, machine)
		if err != nil {
			if _, ok := errors.AsType[*release.Refusal](err); !ok {
				t.Fatalf("%v is not a refusal", err)
			}
			return
		}
		if err := errors.Join(p.Check(), newest.Check(), p.Fits(machine)); err != nil {
			t.Fatalf("believed although %v", err)
		}
		if newest.Version > 2 || p.Keys > newest.Version {
			t.Fatalf("package %s under set %d from one hop", p.Order(), newest.Version)
		}
	})
}

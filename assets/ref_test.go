package assets

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRef(t *testing.T) {
	r := RefOf([]byte("abc"))
	const want = "sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if r.String() != want || r.Short() != want[7:19] {
		t.Errorf("RefOf(abc) = %s, short %s", r, r.Short())
	}
	if got, err := ParseRef(want); err != nil || got != r {
		t.Errorf("ParseRef: %v, %v", got, err)
	}
	if !(Ref{}).IsZero() || r.IsZero() || (Ref{}).String() != "" || (Ref{}).Short() != "none" {
		t.Error("the zero Ref")
	}
	if r.Compare(r) != 0 || r.Compare(Ref{}) != 1 || (Ref{}).Compare(r) != -1 {
		t.Error("Compare")
	}
	for _, bad := range []string{
		"", want[7:], want + "0", want[:70], strings.ToUpper(want), "sha256-" + strings.ToUpper(want[7:]),
		"sha512-" + want[7:], " " + want, want + "\n", "sha256-" + strings.Repeat("0", 64), "sha256-" + strings.Repeat("/", 64),
	} {
		if got, err := ParseRef(bad); err == nil || !got.IsZero() {
			t.Errorf("ParseRef(%q) = %v, %v", bad, got, err)
		}
	}
}

func TestRefJSON(t *testing.T) {
	type doc struct {
		A, B Ref
		C    Ref `json:",omitzero"`
		M    map[Ref]int
	}
	d := doc{A: RefOf([]byte("a")), M: map[Ref]int{RefOf([]byte("m")): 1}}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), `"C"`) || !strings.Contains(string(text), `"B":""`) {
		t.Errorf("zero refs: %s", text)
	}
	var got doc
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.A != d.A || !got.B.IsZero() || got.M[RefOf([]byte("m"))] != 1 {
		t.Errorf("read back %+v", got)
	}
	if err := json.Unmarshal([]byte(`{"A":"../etc"}`), &got); err == nil {
		t.Error("a bad ref was read")
	}
}

func FuzzParseRef(f *testing.F) {
	f.Add(RefOf(nil).String())
	f.Add("sha256-xyz")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRef(s)
		if err != nil {
			if !r.IsZero() {
				t.Errorf("ParseRef(%q) returned a ref beside an error", s)
			}
			return
		}
		if r.String() != s || r.IsZero() {
			t.Errorf("ParseRef(%q).String() = %q", s, r)
		}
	})
}

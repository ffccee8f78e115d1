package configs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"slices"
	"testing"
)

// A certificate with an RSA key is good, but not for thousands of screens.
func TestDearCertificate(t *testing.T) {
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		key  crypto.Signer
		dear bool
	}{{"rsa", old, true}, {"ecdsa", curve, false}} {
		dir := t.TempDir()
		as := &x509.Certificate{SerialNumber: big.NewInt(1)}
		der, err := x509.CreateCertificate(rand.Reader, as, as, c.key.Public(), c.key)
		if err != nil {
			t.Fatal(err)
		}
		v := DefaultController()
		v.Data = filepath.Join(dir, "data")
		v.TLS.Cert = write(t, dir, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o644)
		v.TLS.Key = write(t, dir, "key.pem", "k", 0o600)
		got := v.Check()
		if dear := slices.ContainsFunc(got, func(p Problem) bool { return p.Key == "tls.cert" && p.Warning }); dear != c.dear || Fatal(got) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

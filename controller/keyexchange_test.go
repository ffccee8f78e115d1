package controller

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"
)

// Browsers get the hybrid exchange, screens the one that costs a third less.
func TestKeyExchange(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	server := keyExchange(&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"http/1.1"}})
	for _, c := range []struct {
		who    string
		offers []string
		want   tls.CurveID
	}{
		{"a browser", []string{"h2", "http/1.1"}, tls.X25519MLKEM768},
		{"a screen", []string{"http/1.1"}, tls.X25519},
		{"an older screen", nil, tls.X25519},
	} {
		near, far := net.Pipe()
		done := make(chan error, 1)
		go func() { done <- tls.Server(far, server).Handshake() }()
		conn := tls.Client(near, &tls.Config{InsecureSkipVerify: true, NextProtos: c.offers, SessionTicketsDisabled: true})
		go func() {
			if err := conn.Handshake(); err == nil {
				conn.Read(make([]byte, 1)) //nolint:errcheck // tickets; it ends with the pipe
			}
		}()
		if err := <-done; err != nil {
			t.Fatalf("%s: %v", c.who, err)
		}
		if err := conn.Handshake(); err != nil {
			t.Fatalf("%s: %v", c.who, err)
		}
		if got := conn.ConnectionState().CurveID; got != c.want {
			t.Errorf("%s agreed by %v, want %v", c.who, got, c.want)
		}
		near.Close()
		far.Close()
	}
}

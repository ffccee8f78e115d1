package controller

import (
	"crypto/tls"
	"slices"
)

// keyExchange has screens agree on keys by X25519 and everybody else as crypto/tls
// prefers, which is the hybrid with ML-KEM-768 for all who know it. The hybrid keeps
// what is recorded today from a quantum computer of later years. What people type
// into the pages deserves that: passwords, drafts, names. What goes to screens is
// published anyway, and what residents write on them is sealed before it is sent. It
// costs the controller 0.2 ms of 0.6 ms a handshake, which ten thousand screens that
// come back at once all wait for. Who offers HTTP/2, as browsers do and screens do
// not, is no screen.
func keyExchange(cfg *tls.Config) *tls.Config {
	screens := cfg.Clone()
	// Small records first let a browser show the head of a page sooner. A screen waits
	// for the whole message.
	screens.DynamicRecordSizingDisabled = true
	screens.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384}
	cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if slices.Contains(hello.SupportedProtos, "h2") {
			return nil, nil // the one that asks
		}
		return screens, nil
	}
	return cfg
}

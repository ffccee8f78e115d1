package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// ServerOptions say what Bench.Server starts.
type ServerOptions struct {
	TLS     bool
	Bare    bool // the hub alone, with a backend in memory; else a whole controller
	Screens int  // enrolled; Bench.Devices when 0
	Swarm   bool // the county and the screens are those of cmd/internal/swarm
	Listen  string
	Dir     string // of a controller that was there before; the run's own when empty
	// Of a bare hub: how many of its screens, the last ones, also show a channel of
	// their own, and its patience with those that do not read.
	Stalled      int
	WriteTimeout time.Duration
}

// Server is a server in a process of its own. The measure that started it need not
// stop it.
type Server struct {
	*child
	URL     string
	CA      string // PEM of the certificate, with TLS
	Token   string // of the API
	Metrics string // token of /metrics
	Dir     string
	Seed    string // of the devices' keys

	before Proc // when nobody was connected
}

// benchSeed is the name from which the devices' keys are made.
const benchSeed = "bench"

// Server starts a controller with its county and its enrolled screens, or a bare
// hub, and returns when it listens.
func (m *Bench) Server(ctx context.Context, o ServerOptions) (*Server, error) {
	cfg := serverConfig{Dir: o.Dir, Listen: o.Listen, Seed: benchSeed, Screens: o.Screens, Swarm: o.Swarm, Stalled: o.Stalled, WriteTimeout: o.WriteTimeout}
	if cfg.Screens == 0 {
		cfg.Screens = m.Devices
	}
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	kind := "controller"
	if o.Bare {
		kind = "hub"
	}
	var err error
	if cfg.Dir == "" && !o.Bare {
		if cfg.Dir, err = m.data(); err != nil {
			return nil, err
		}
	}
	s := &Server{Dir: cfg.Dir, Seed: benchSeed}
	if o.TLS {
		c, err := m.certificate()
		if err != nil {
			return nil, err
		}
		cfg.Cert, cfg.Key, s.CA = c.cert, c.key, c.pem
	}
	if s.child, err = m.spawn(kind, cfg); err != nil {
		return nil, err
	}
	var r ready
	if err := s.call(ctx, "ready", nil, &r); err != nil {
		return nil, err
	}
	s.URL, s.Token, s.Metrics = r.URL, r.Token, r.Metrics
	if !o.Bare {
		if err := m.quiet(ctx, s); err != nil {
			return nil, err
		}
	}
	if err := s.call(ctx, "tidy", nil, nil); err != nil {
		return nil, err
	}
	s.before, err = m.Proc(s.Pid())
	return s, err
}

// Addr is host and port of the server.
func (s *Server) Addr() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return s.URL // it is our own
	}
	return u.Host
}

// certificate is one for 127.0.0.1, in files.
type certificate struct{ cert, key, pem string }

// certificate makes the run's certificate once: ECDSA on P-256, which costs a server
// a third of what RSA does.
func (m *Bench) certificate() (*certificate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cert != nil {
		return m.cert, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mingbai bench"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mingbai bench"}}, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	c := &certificate{cert: filepath.Join(m.Dir, "bench.crt"), key: filepath.Join(m.Dir, "bench.key")}
	c.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	if err := os.WriteFile(c.cert, []byte(c.pem), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(c.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
		return nil, err
	}
	m.cert = c
	return c, nil
}

// floor is a floor in a process of its own.
type floor struct {
	*child
	addr, ca string
}

// sendBuffer is what the hub gives each connection (hub.Options.SendBuffer).
const sendBuffer = 256 << 10

func (m *Bench) floor(ctx context.Context, tls bool) (*floor, error) {
	cfg := floorConfig{SendBuffer: sendBuffer}
	f := &floor{}
	if tls {
		c, err := m.certificate()
		if err != nil {
			return nil, err
		}
		cfg.Cert, cfg.Key, f.ca = c.cert, c.key, c.pem
	}
	var err error
	if f.child, err = m.spawn("floor", cfg); err != nil {
		return nil, err
	}
	port := 0
	err = f.call(ctx, "port", nil, &port)
	f.addr = fmt.Sprintf("127.0.0.1:%d", port)
	return f, err
}

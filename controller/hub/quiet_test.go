package hub

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"mingbai/playlist"
)

// What goes to a device over TLS comes as it was sent, however it falls into records:
// less than one, one to the byte, several, chunks, and with records of every version.
func TestPushesInRecords(t *testing.T) {
	cert, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]*tls.Config{
		"whole records":           {DynamicRecordSizingDisabled: true},
		"records that grow":       {},
		"TLS 1.2, GCM":            {DynamicRecordSizingDisabled: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}},
		"TLS 1.2, ChaCha20":       {DynamicRecordSizingDisabled: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}},
		"TLS 1.2, grow, ChaCha20": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.Certificates = []tls.Certificate{cert}
			inner, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			p := open(t, newCounty(), Options{})
			srv := &http.Server{Handler: p, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
			served := make(chan error, 1)
			go func() { served <- srv.Serve(Secure(inner, cfg, SecureOptions{})) }()
			t.Cleanup(func() {
				srv.Close()
				<-served
			})
			p.county.know(1, liuxi)
			conn, err := shake(inner.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			d := &device{t: t, key: keyOf(1)}
			d.overTLS(conn, inner.Addr().String())
			d.conn.NetConn().SetReadDeadline(time.Time{})
			record := framePayload(t, 16<<10)
			for i, size := range []int{1, record - 1, record, record + 1, 20_000, framePayload(t, 32<<10), framePayload(t, 48<<10), 64_000, 200_000} {
				want := push(liuxi, playlist.Revision(i+1), size)
				p.Announce(prepare(t, want))
				if got := d.expectPush(liuxi, playlist.Revision(i+1)); !bytes.Equal(got.Envelope.Payload, want.Envelope.Payload) {
					t.Fatalf("a push with a payload of %d bytes came changed", size)
				}
			}
		})
	}
}

// framePayload is how long a payload is whose frame has n bytes, or nearly so many.
func framePayload(t *testing.T, n int) int {
	t.Helper()
	size := n * 3 / 4 // it goes as base64
	for len(prepare(t, push(liuxi, 1, size)).frames.plain) > n {
		size--
	}
	return size
}

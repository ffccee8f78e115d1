package hub

import (
	"bytes"
	"crypto/tls"
	"io"
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

// The records of a chunk leave with the last of them, whatever TLS has to say in
// between, in their order.
func TestRecordsLeaveTogether(t *testing.T) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	far, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	near, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	q := &Quiet{TCPConn: near}
	q.line = &pacedConn{Conn: near, hub: open(t, newCounty(), Options{}).Hub, below: q}
	far.SetReadDeadline(time.Now().Add(3 * time.Minute))
	first, word, last := noise(16<<10+sealing, 1), noise(24+sealing, 2), noise(4<<10+sealing, 3)
	for _, records := range [][][]byte{{first, last}, {first, first}, {first, word, last}, {word}, {last}} {
		var want []byte
		n := 0
		for _, r := range records {
			if len(r) > len(word) {
				n += len(r) - sealing
			}
			want = append(want, r...)
		}
		q.gather(n)
		for i, r := range records {
			if k, err := q.Write(r); k != len(r) || err != nil {
				t.Fatal(k, err)
			}
			if i == 0 && len(records) > 1 && (q.held == nil || !bytes.Equal(*q.held, r)) {
				t.Error("the first of several records was not held")
			}
		}
		if err := q.flush(); err != nil || q.held != nil {
			t.Fatal("something is still held", err)
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(far, got); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d records came changed: %v", len(records), err)
		}
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

package hub

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist/wire"
)

// secured is a place behind Secure on a real listener.
func secured(t *testing.T, opt SecureOptions) (*place, string, *secure) {
	t.Helper()
	cert, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	opt.Log = slog.New(slog.DiscardHandler)
	l := Secure(inner, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}}, opt)
	p := open(t, newCounty(), Options{})
	srv := &http.Server{Handler: p, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	t.Cleanup(func() {
		srv.Close()
		<-served
	})
	return p, inner.Addr().String(), l.(*secure)
}

func shake(addr string) (*tls.Conn, error) {
	return tls.DialWithDialer(&net.Dialer{Timeout: 3 * time.Minute}, "tcp", addr, &tls.Config{InsecureSkipVerify: true})
}

// dumb connects and says nothing.
func dumb(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// sentAway connects and waits until the far end has closed, for three minutes at most.
func sentAway(t *testing.T, addr string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return // it was closed before this end knew that it was open
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(3 * time.Minute))
	_, err = c.Read(make([]byte, 1))
	if ne, ok := err.(net.Error); err == nil || ok && ne.Timeout() {
		t.Fatalf("the connection was not closed: %v", err)
	}
}

// Whoever connects while as many handshakes as are allowed are under way is sent
// away at once, and comes in as soon as one of them has ended (R16).
func TestHandshakesAreGated(t *testing.T) {
	checkLeaks(t)
	_, addr, _ := secured(t, SecureOptions{Handshakes: 4, Share: 4, Waiting: -1, Timeout: time.Hour})
	var in []net.Conn
	for range 4 {
		in = append(in, dumb(t, addr))
	}
	sentAway(t, addr) // accepted after the four
	if c, err := shake(addr); err == nil {
		c.Close()
		t.Error("a fifth handshake was done beside the four")
	}
	in[0].Close()
	poll(t, "a place is free again", func() bool {
		c, err := shake(addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	for _, c := range in {
		c.Close()
	}
}

// Who comes while the handshakes are taken waits for a place, not for long, and one
// address takes a part of the waiting places only.
func TestHandshakesWait(t *testing.T) {
	checkLeaks(t)
	_, addr, _ := secured(t, SecureOptions{Handshakes: 1, Share: 1, Waiting: 2, Patience: time.Hour, Timeout: time.Hour})
	first := dumb(t, addr)
	shaken := make(chan error, 1)
	go func() {
		c, err := shake(addr)
		if err == nil {
			c.Close()
		}
		shaken <- err
	}()
	select {
	case err := <-shaken:
		t.Fatalf("it did not wait for the handshake under way: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	if err := <-shaken; err != nil {
		t.Errorf("who waited was not heard: %v", err)
	}

	_, addr, l := secured(t, SecureOptions{Handshakes: 1, Share: 1, Waiting: 2, Patience: 50 * time.Millisecond, Timeout: time.Hour})
	first = dumb(t, addr)
	late := dumb(t, addr)
	if err := late.SetReadDeadline(time.Now().Add(3 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	poll(t, "the second one waits", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.gate.full() && len(l.waiting) == 1 })
	<-time.After(60 * time.Millisecond)
	first.Close()
	if _, err := late.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("who waited for too long was heard: %v", err)
	}
}

// One address that opens connections and says nothing keeps nobody else out.
func TestHandshakesOfOneAddress(t *testing.T) {
	_, addr, _ := secured(t, SecureOptions{Handshakes: 4, Share: 2, Waiting: -1, Timeout: time.Hour})
	for range 2 {
		dumb(t, addr)
	}
	sentAway(t, addr)
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	c, err := tls.DialWithDialer(d, "tcp", addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatalf("another address was kept out: %v", err)
	}
	c.Close()
}

// A handshake that does not come to an end is ended, and its place is free.
func TestHandshakeTakesTooLong(t *testing.T) {
	_, addr, _ := secured(t, SecureOptions{Handshakes: 1, Share: 1, Timeout: time.Second})
	sentAway(t, addr)
	poll(t, "the place is free", func() bool {
		c, err := shake(addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// Over TLS two messages may come in one record, a message may come in many, and
// pings stand between them: each is handled, though the session waits below TLS.
func TestMessagesInRecords(t *testing.T) {
	p, addr, _ := secured(t, SecureOptions{})
	id := p.county.know(1, liuxi)
	conn, err := shake(addr)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{t: t, key: keyOf(1)}
	d.overTLS(conn, addr)
	raw := d.conn.NetConn()
	raw.SetReadDeadline(time.Time{})
	want := 0.0
	var batch []byte
	for i := range 40 {
		want++
		batch = append(batch, reportFrame(t, want, 300*i)...)
		batch = append(batch, 0x89, 0x84, 1, 2, 3, 4, 'a'^1, 'b'^2, 'c'^3, 'd'^4)
	}
	go io.Copy(io.Discard, raw)
	if _, err := raw.Write(batch); err != nil { // in records of 16 KB
		t.Fatal(err)
	}
	p.county.until(t, "the last of a batch is heard", func() bool { return p.county.reports[id].Vitals.CPU == want })
	for _, b := range reportFrame(t, want+1, 100) {
		if _, err := raw.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	p.county.until(t, "a message of many records is heard", func() bool { return p.county.reports[id].Vitals.CPU == want+1 })
}

// overTLS says hello on a connection that is there.
func (d *device) overTLS(conn net.Conn, addr string) {
	d.t.Helper()
	dialer := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return conn, nil }}
	ws, _, err := dialer.Dial("ws://"+addr+"/", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.conn = ws
	d.t.Cleanup(func() { ws.Close() })
	d.hello = wire.Hello{Version: 1, Key: d.key.Public().(ed25519.PublicKey)}
	d.answer()
	d.expect(wire.TypeWelcome, &wire.Welcome{})
}

// reportFrame is a report as a client's frame, about as long as size.
func reportFrame(t *testing.T, cpu float64, size int) []byte {
	t.Helper()
	r := wire.Report{Vitals: wire.Vitals{CPU: cpu, OutputsLost: strings.Repeat("x", size)}}
	b, err := wire.Encode(wire.TypeReport, r)
	if err != nil {
		t.Fatal(err)
	}
	return frame(b)
}

// A device that only pings is answered, and stays connected without costing a
// message.
func TestPingsBetweenMessages(t *testing.T) {
	c := newCounty()
	c.know(1, liuxi)
	p := open(t, c, Options{})
	d := p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	heard := make(chan string, 10)
	d.conn.SetPongHandler(func(said string) error { heard <- said; return nil })
	go d.conn.ReadMessage() // ends with the connection
	for _, said := range []string{"", "1", strings.Repeat("x", 125)} {
		if err := d.conn.WriteControl(websocket.PingMessage, []byte(said), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := <-heard; got != said {
			t.Errorf("a ping of %q was answered with %q", said, got)
		}
		// A pong that nobody asked for is passed over.
		if err := d.conn.WriteControl(websocket.PongMessage, []byte(said), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	d.say(wire.TypeReport, wire.Report{Vitals: wire.Vitals{CPU: 7}})
	c.until(t, "the report is heard", func() bool { return c.reports["s-1"].Vitals.CPU == 7 })
}

// selfSigned is the certificate of a server of tests.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hub"}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

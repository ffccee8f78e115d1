package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

// setDialers prepares both ways home: the websocket and the blobs.
func (l *Link) setDialers() error {
	var pinned *tls.Config
	if l.opt.CA != "" {
		pem, err := os.ReadFile(l.opt.CA)
		if err != nil {
			return fmt.Errorf("read the controller's authority: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return fmt.Errorf("read the controller's authority: %s holds no certificate", l.opt.CA)
		}
		pinned = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	l.dialer = websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		NetDialContext:   l.lineDialer(l.opt.Silence),
		TLSClientConfig:  pinned,
		HandshakeTimeout: l.opt.Timeout,
		ReadBufferSize:   4096, WriteBufferSize: 4096,
		EnableCompression: true,
	}
	l.client.Transport = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           l.lineDialer(l.opt.Timeout),
		TLSClientConfig:       pinned,
		TLSHandshakeTimeout:   l.opt.Timeout,
		ResponseHeaderTimeout: l.opt.Timeout,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   parallel,
		DisableCompression:    true, // ranges are of the blob's own bytes
	}
	return nil
}

// lineDialer returns a dial function whose connections fail after a silence.
func (l *Link) lineDialer(silence time.Duration) func(context.Context, string, string) (net.Conn, error) {
	d := net.Dialer{Timeout: l.opt.Timeout}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := patiently(ctx, func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, network, addr) })
		if err != nil {
			return nil, err
		}
		return &lineConn{Conn: c, silence: silence}, nil
	}
}

// lineConn fails when nothing moves for a while, and never while something
// does: a big edition on a thin line takes minutes and is not a dead line.
type lineConn struct {
	net.Conn
	silence time.Duration
}

// innermost returns the connection of the system below TLS and deadlines.
func innermost(c net.Conn) net.Conn {
	for {
		switch outer := c.(type) {
		case *tls.Conn:
			c = outer.NetConn()
		case *lineConn:
			c = outer.Conn
		default:
			return c
		}
	}
}

const chunk = 16 << 10 // bytes that must be taken in one silence

func (c *lineConn) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *lineConn) Write(p []byte) (int, error) {
	n := 0
	for {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(c.silence)); err != nil {
			return n, err
		}
		k, err := c.Conn.Write(p[n:min(n+chunk, len(p))])
		n += k
		if err != nil || n == len(p) {
			return n, err
		}
	}
}

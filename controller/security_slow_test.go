package controller_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/controller"
)

// impatient runs a controller that waits only so long for clients.
func impatient(t *testing.T, patience time.Duration) *controller.Controller {
	t.Helper()
	c, err := controller.NewWith(settings(t.TempDir()), quiet(t), controller.Options{Patience: patience, Unhurried: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// drip sends head and then one byte every 50 ms until the other side ends the
// connection, or the context ends, and returns what was answered.
func drip(ctx context.Context, t *testing.T, addr, head string) string {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, head); err != nil {
		t.Error(err)
		return ""
	}
	ended := make(chan string, 1)
	go func() { // ends with the connection
		conn.SetReadDeadline(time.Now().Add(3 * time.Minute))
		data, err := io.ReadAll(conn)
		if n, ok := err.(net.Error); ok && n.Timeout() {
			t.Errorf("after three minutes it is still there: %.60q", head)
		}
		ended <- string(data)
	}()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case answer := <-ended:
			return answer
		case <-ctx.Done():
			return ""
		case <-tick.C:
			if _, err := conn.Write([]byte("x")); err != nil {
				return <-ended
			}
		}
	}
}

// dripping has sixty clients send their lines or their bodies byte by byte, until
// they are ended or the context is; wait waits for that.
func dripping(ctx context.Context, t *testing.T, c *controller.Controller, a *client) (wait func()) {
	post := func(path, more string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: 1000000\r\n\r\nlogin=", path, c.Addr(), more)
	}
	var wg sync.WaitGroup
	for what, head := range map[string]string{
		"lines":            "GET /signin HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"a form":           post("/signin", "Content-Type: application/x-www-form-urlencoded\r\n"),
		"a form of nobody": post("/write/announcement", "Content-Type: application/x-www-form-urlencoded\r\n"),
		"files":            post("/write/announcement", "Content-Type: multipart/form-data; boundary=b\r\n"),
		"JSON":             post("/api/v1/notices", "Authorization: Bearer "+a.token+"\r\n"),
		"a picture":        post("/api/v1/pictures", "Content-Type: image/png\r\nAuthorization: Bearer "+a.token+"\r\n"),
		"chunks":           fmt.Sprintf("POST /signin HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", c.Addr()),
		"to nobody":        post("/nowhere", ""),
	} {
		for range 7 {
			wg.Go(func() {
				if answer := drip(ctx, t, c.Addr(), head); strings.Contains(answer, " 200 OK") {
					t.Errorf("%s: %.80q", what, answer)
				}
			})
		}
	}
	return wg.Wait
}

// TestSlowClientsAreEnded: who sends byte by byte is ended.
func TestSlowClientsAreEnded(t *testing.T) {
	c := impatient(t, 500*time.Millisecond)
	load(t, c)
	dripping(t.Context(), t, c, newClient(t, c))()
}

// TestSlowClientsHoldNobodyUp: beside those that send byte by byte, and are never
// ended, others are answered.
func TestSlowClientsHoldNobodyUp(t *testing.T) {
	c := impatient(t, time.Hour)
	load(t, c)
	a := newClient(t, c)
	ctx, stop := context.WithCancel(t.Context())
	wait := dripping(ctx, t, c, a)
	for range 20 {
		if r := a.raw("GET", "/signin", "", nil); r.status != http.StatusOK {
			t.Errorf("beside them: status %d", r.status)
		}
	}
	stop()
	wait()
}

// TestWhoTakesNothing asks for a typeface of several megabytes and takes nothing of
// it: the connection is ended.
func TestWhoTakesNothing(t *testing.T) {
	const patience = 500 * time.Millisecond
	c, err := controller.NewWith(settings(t.TempDir()), quiet(t), controller.Options{Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	closed := make(chan string, 10)
	server := httptest.NewUnstartedServer(c.Handler())
	server.Config.ConnState = func(conn net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			closed <- conn.RemoteAddr().String()
		}
	}
	server.Start()
	defer server.Close()
	a := &client{t: t, url: server.URL}
	page := a.raw("GET", "/signin", "", nil)
	style := regexp.MustCompile(`/static/[0-9a-f]+/[a-z]+\.css`).FindString(string(page.body))
	font := regexp.MustCompile(`/static/[0-9a-f]+/sans\.otf`).FindString(string(a.raw("GET", style, "", nil).body))
	if font == "" {
		t.Fatalf("the style %s names no typeface", style)
	}
	if all := a.raw("GET", font, "", nil); all.status != http.StatusOK || len(all.body) < 6<<20 {
		t.Fatalf("status %d, %d bytes", all.status, len(all.body))
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", font)
	for limit := time.After(3 * time.Minute); ; {
		select {
		case who := <-closed:
			if who != conn.LocalAddr().String() {
				continue // one that was used before and had nothing to do
			}
			if took := time.Since(began); took < patience {
				t.Errorf("it was ended after %v", took)
			}
		case <-limit:
			t.Error("after three minutes the controller still tries")
		}
		return
	}
}

// steady gives some bytes at every tick.
type steady struct {
	data io.Reader
	tick *time.Ticker
}

func (s *steady) Read(p []byte) (int, error) {
	<-s.tick.C
	return s.data.Read(p[:min(len(p), 8<<10)])
}

// TestThinLines sends a notice that takes twice as long as the controller would wait
// for nothing: what comes all the time is let through.
func TestThinLines(t *testing.T) {
	const patience = 2 * time.Second
	c := impatient(t, patience)
	load(t, c)
	a := newClient(t, c)
	body := append([]byte(`{"draft":true,"notice":`+encode(t, announcement("liuxi", "news", "细线上来的公告"))+`}`), bytes.Repeat([]byte(" "), 360<<10)...)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	req, err := http.NewRequestWithContext(t.Context(), "POST", a.url+"/api/v1/notices", &steady{bytes.NewReader(body), tick})
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Errorf("status %d after %v, %s, %v", res.StatusCode, time.Since(began), answer, err)
	}
	if time.Since(began) < 2*patience {
		t.Errorf("it took only %v", time.Since(began))
	}
}

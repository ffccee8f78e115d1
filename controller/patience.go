package controller

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// How long clients may keep the controller waiting. Who sends or takes less is
// ended: a connection that nothing moves on is no line, however thin. A picture of
// 32 MiB over a village's line of 64 kbit/s is let through.
const (
	patience  = 30 * time.Second // to begin, and between any two pieces
	leastRate = 4 << 10          // bytes a second that a body has to come with
	piece     = 32 << 10         // bytes of an answer that have to be taken within patience
	headerIn  = 10 * time.Second // for the lines before a body, and a handshake of TLS
	remainder = 5 * time.Second  // for what is left of a body that nobody read
)

// patient ends requests whose bodies do not come and answers that nobody takes.
// Only the time that is waited for the client counts, so that a long upload, and an
// answer that takes long to make, are no reason. A websocket has the hub's own
// deadlines, and a blob one by its size (hub.BlobHandler).
func patient(next http.Handler, wait time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == deviceSocket {
			next.ServeHTTP(w, r)
			return
		}
		line := http.NewResponseController(w)
		out := &answering{w, line, wait}
		body := &arriving{ReadCloser: r.Body, line: line, head: w.Header(), left: wait, done: r.Body == nil || r.Body == http.NoBody}
		if !body.done {
			r.Body = body
			body.within(wait)
		}
		out.within(wait)
		next.ServeHTTP(out, r)
		rest := min(wait, remainder)
		out.within(rest + wait) // what is still in buffers
		if !body.done {
			body.within(rest)
		}
	})
}

// arriving is a body whose sender has left time to send more. Every byte gives
// some.
type arriving struct {
	io.ReadCloser
	line *http.ResponseController
	head http.Header // of the answer
	left time.Duration
	done bool // it has ended: the deadline must not end what comes of it
}

func (a *arriving) within(d time.Duration) { ended(a.line.SetReadDeadline(time.Now().Add(d))) }

func (a *arriving) Read(p []byte) (int, error) {
	began := time.Now()
	if !a.done {
		a.within(a.left)
	}
	n, err := a.ReadCloser.Read(p)
	a.left += time.Duration(n)*time.Second/leastRate - time.Since(began)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		a.head.Set("Connection", "close") // or net/http waits for the rest before it answers
	case errors.Is(err, io.EOF) && !a.done:
		a.done = true
		ended(a.line.SetReadDeadline(time.Time{}))
	}
	return n, err
}

// answering is an answer of which every piece has to be taken in time.
type answering struct {
	http.ResponseWriter
	line *http.ResponseController
	wait time.Duration
}

func (a *answering) within(d time.Duration) { ended(a.line.SetWriteDeadline(time.Now().Add(d))) }

func (a *answering) Write(p []byte) (n int, err error) {
	for {
		a.within(a.wait)
		k, err := a.ResponseWriter.Write(p[n:min(n+piece, len(p))])
		if n += k; err != nil || n >= len(p) {
			return n, err
		}
	}
}

// Unwrap lets http.ResponseController see what is below.
func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// ended takes the error of setting a deadline: the connection has ended, which the
// next read or write says, or there is none, as in tests without a network.
func ended(error) {}

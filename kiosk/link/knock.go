package link

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"
)

// A line that was dead is back at some instant that nobody tells, and a device that
// waits out its back-off would be half a minute late. So while it waits it knocks:
// it makes a TCP connection and closes it again, which costs the controller's system
// three packets and the controller nothing, for nothing is said on it. Only who
// heard nothing at all does so: whom the controller itself sent away, or who came
// while it restarts, has to wait as long as it was told, for there are ten thousand.
const (
	knockEvery = 2 * time.Second // about; each by its own dice
	knockTime  = 3 * time.Second // until a line counts as dead still
	// spread is how long after the knock was heard the devices come in. Behind a line
	// that carried the whole county and is back there are all of them, which is
	// two or three thousand a second, as many as a controller greets (LOAD.md); the
	// others it sends away, and those keep to their back-off.
	spread = 3 * time.Second
	// again is how long the next dial has before another is made beside it: the
	// system repeats a lost first packet after 1, 3, 7 and 15 s.
	again = 4 * time.Second
)

// silent reports whether an attempt failed without a word from anybody at the
// address: the line may be dead, or back at any instant.
func silent(err error) bool {
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	for _, no := range []error{
		os.ErrDeadlineExceeded, syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN, syscall.EADDRNOTAVAIL,
		syscall.Errno(10050), syscall.Errno(10051), syscall.Errno(10065), // the same on Windows: WSAENETDOWN, WSAENETUNREACH, WSAEHOSTUNREACH
	} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// knocker returns what tries whether there is somebody at the address; nil where a
// proxy is between, which answers for itself.
func knocker(home url.URL) func(context.Context) error {
	if p, err := http.ProxyFromEnvironment(&http.Request{URL: &home}); err != nil || p != nil {
		return nil
	}
	port := home.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[home.Scheme]
	}
	at := net.JoinHostPort(home.Hostname(), port)
	return func(ctx context.Context) error {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", at)
		if err != nil {
			return err
		}
		return c.Close()
	}
}

// knock knocks until somebody answers, and waits a while that differs from device
// to device. It reports whether ctx goes on. A refusal is an answer: the line is
// whole, and what is at its end has to be left in peace.
func (l *Link) knock(ctx context.Context, dice *rand.Rand) bool {
	for {
		if !rest(ctx, knockEvery/2+between(dice, knockEvery)) {
			return false
		}
		try, cancel := context.WithTimeout(ctx, knockTime)
		err := l.knocks(try)
		cancel()
		switch {
		case ctx.Err() != nil:
			return false
		case err == nil:
			return rest(ctx, between(dice, spread))
		case !silent(err):
			<-ctx.Done() // its back-off has to be over
			return false
		}
	}
}

func between(dice *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(dice.Int64N(int64(most) + 1))
}

// rest reports whether ctx has not ended after d.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// patiently dials, and once more every now and then while nothing is heard: the
// first that ends is taken, the others are given up.
func patiently(ctx context.Context, dial func(context.Context) (net.Conn, error)) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type end struct {
		conn net.Conn
		err  error
	}
	ends := make(chan end)
	begin := func() {
		c, err := dial(ctx)
		select {
		case ends <- end{c, err}:
		case <-ctx.Done():
			if c != nil {
				c.Close()
			}
		}
	}
	go begin()
	next := time.NewTicker(again)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			go begin()
		case e := <-ends:
			return e.conn, e.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

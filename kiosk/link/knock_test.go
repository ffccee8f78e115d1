package link

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// fallenLine is a line that is dead until an instant.
type fallenLine struct {
	heals time.Time
	then  error // what a knock meets afterwards
	heard atomic.Int64
}

func (f *fallenLine) knock(ctx context.Context) error {
	f.heard.Add(1)
	if time.Until(f.heals) <= 0 {
		return f.then
	}
	<-ctx.Done()
	return ctx.Err()
}

// TestPauseEndsWithTheDeadLine has two thousand devices wait behind a line that heals
// after ten seconds of a long back-off: all come within seconds of that, and not all
// at once.
func TestPauseEndsWithTheDeadLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const devices = 2000
		f := &fallenLine{heals: time.Now().Add(10 * time.Second)}
		came := make([]time.Duration, devices)
		var wg sync.WaitGroup
		for i := range came {
			l := &Link{knocks: f.knock}
			wg.Go(func() {
				if !l.pause(t.Context(), 5*time.Minute, true, rand.New(rand.NewPCG(uint64(i), 1))) {
					t.Error("the pause was ended by the context")
				}
				came[i] = time.Since(f.heals)
			})
		}
		wg.Wait()
		slices.Sort(came)
		if came[0] < 0 || came[devices-1] > knockTime+2*knockEvery+spread {
			t.Errorf("they come from %v to %v after the line is whole", came[0], came[devices-1])
		}
		if median := came[devices/2]; median > 6*time.Second {
			t.Errorf("half of them are back after %v", median)
		}
		for i := range devices - devices/20 {
			if within := came[i+devices/20] - came[i]; within < 100*time.Millisecond {
				t.Errorf("a twentieth comes within %v", within)
				break
			}
		}
		if n := f.heard.Load(); n > devices*(10/3+3) {
			t.Errorf("they knocked %d times", n)
		}
	})
}

// TestPauseIsKept holds that a back-off is waited out to its end where the line was
// not dead, where somebody refuses at the other end of it, and where it stays dead.
func TestPauseIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		dead  bool
		heals time.Duration
		then  error
		least int64
	}{
		"not dead":   {dead: false},
		"refused":    {dead: true, heals: 4 * time.Second, then: &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, least: 1},
		"stays dead": {dead: true, heals: time.Hour, least: 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				f := &fallenLine{heals: began.Add(c.heals), then: c.then}
				l := &Link{knocks: f.knock}
				if !l.pause(t.Context(), 30*time.Second, c.dead, rand.New(rand.NewPCG(1, 1))) || time.Since(began) != 30*time.Second {
					t.Errorf("it took %v", time.Since(began))
				}
				if n := f.heard.Load(); n < c.least || c.least == 0 && n > 0 {
					t.Errorf("it knocked %d times", n)
				}
			})
		})
	}
}

// TestPauseEndsWithTheProgram leaves nobody knocking.
func TestPauseEndsWithTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		l := &Link{again: make(chan struct{}, 1), knocks: (&fallenLine{heals: time.Now().Add(time.Hour)}).knock}
		if l.pause(ctx, time.Minute, true, rand.New(rand.NewPCG(1, 1))) {
			t.Error("the pause outlives the program")
		}
		l.again <- struct{}{}
		began := time.Now()
		if !l.pause(t.Context(), time.Minute, true, rand.New(rand.NewPCG(1, 1))) || time.Since(began) > 0 {
			t.Error("a wish to dial at once is not heard")
		}
	})
}

func TestSilent(t *testing.T) {
	dial := func(err error) error {
		return failed("dial the controller", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)})
	}
	for _, err := range []error{
		dial(syscall.ENETUNREACH), dial(syscall.EHOSTUNREACH), dial(syscall.ETIMEDOUT),
		failed("listen", fmt.Errorf("read: %w", os.ErrDeadlineExceeded)),
		failed("dial", &net.DNSError{Err: "no such host", Name: "home", IsNotFound: true}),
		failed("dial", context.DeadlineExceeded),
	} {
		if !silent(err) {
			t.Errorf("%v: an answer", err)
		}
	}
	for _, err := range []error{dial(syscall.ECONNREFUSED), dial(syscall.ECONNRESET), failed("listen", net.ErrClosed), failed("dial", errors.New("the controller answered 503"))} {
		if silent(err) {
			t.Errorf("%v: silence", err)
		}
	}
}

// TestKnocker knocks at a door that is there and at one that is not.
func TestKnocker(t *testing.T) {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	knock := knocker(url.URL{Scheme: "http", Host: door.Addr().String()})
	if err := knock(t.Context()); err != nil {
		t.Errorf("nobody answers: %v", err)
	}
	door.Close()
	if err := knock(t.Context()); err == nil || silent(err) {
		t.Errorf("a closed door is %v", err)
	}
}

// TestDialsAgainBeside loses the first packets of a dial: the next one is made before
// the system would repeat the first, and those that are given up are closed.
func TestDialsAgainBeside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var under, dials atomic.Int64
		client, server := net.Pipe()
		defer server.Close()
		c, err := patiently(t.Context(), func(ctx context.Context) (net.Conn, error) {
			under.Add(1)
			defer under.Add(-1)
			if dials.Add(1) == 3 {
				return client, nil
			}
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if err != nil || c != client || time.Since(began) != 2*again {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		synctest.Wait()
		if n := under.Load(); n != 0 {
			t.Errorf("%d dials go on", n)
		}
		client.Close()
	})
}

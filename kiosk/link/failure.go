package link

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist/wire"
)

// Kind says what to do about an error.
type Kind string

// The kinds.
const (
	Retry  Kind = "retry"  // the line, the controller or the disk failed; trying again can help
	Refuse Kind = "refuse" // what was asked for is not to be had; something else must change first
	Stop   Kind = "stop"   // this device must not come back by itself
)

// Error is a failure of the link.
type Error struct {
	Kind  Kind
	Doing string        // what was being done, for example "dial the controller"
	Wait  time.Duration // least time before the next attempt, as the controller wishes
	Err   error

	open bool // the connection was welcomed and went down by itself
}

func (e *Error) Error() string { return e.Doing + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func failed(doing string, err error) *Error { return &Error{Kind: Retry, Doing: doing, Err: err} }

// readFailed turns the end of a connection into what to do next.
func readFailed(err error) *Error {
	e := failed("listen to the controller", err)
	if c, ok := errors.AsType[*websocket.CloseError](err); ok {
		code := wire.CloseCode(c.Code)
		e.Err = fmt.Errorf("the controller closed the connection as %s: %s", code, c.Text)
		e.Wait = code.Wait()
		if code.Stop() {
			e.Kind = Stop
		}
		e.open = c.Code == websocket.CloseAbnormalClosure || code == wire.CloseSilent
		return e
	}
	e.open = true
	return e
}

// maxHint bounds how long a controller can make a device wait.
const maxHint = 10 * time.Minute

// dialFailed looks at the answer of a controller that did not upgrade.
func dialFailed(err error, resp *http.Response) *Error {
	e := failed("dial the controller", err)
	if resp != nil && errors.Is(err, websocket.ErrBadHandshake) {
		e.Err = fmt.Errorf("the controller answered %s", resp.Status)
		e.Wait = retryAfter(resp)
	}
	return e
}

func retryAfter(resp *http.Response) time.Duration {
	s, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || s < 0 {
		return 0
	}
	return min(time.Duration(min(s, 3600))*time.Second, maxHint)
}

// Backoff is exponential with full jitter: before attempt n (from 0) a time
// between nothing and Min·2ⁿ, at most Max, is waited.
type Backoff struct {
	Min, Max time.Duration
	Seed     uint64
}

// Delay returns the time to wait before attempt n. It is pure: devices with
// different seeds spread, one device can be reasoned about.
func (b Backoff) Delay(n int) time.Duration {
	top := b.Max
	if n < 32 && b.Min<<max(n, 0) < b.Max {
		top = b.Min << max(n, 0)
	}
	if top <= 0 {
		return 0
	}
	return time.Duration(rand.New(rand.NewPCG(b.Seed, uint64(n))).Int64N(int64(top) + 1))
}

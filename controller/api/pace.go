package api

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"mingbai/controller/publish"
)

// How fast one token may change things. It is far above what people and honest
// imports do, and far below what the desk carries, so that one script leaves room
// for the others.
const (
	perSecond = 50
	atOnce    = 200
)

// always are the routes that are never refused for being too many, and wait for no
// import and no batch of rows.
var always = []string{"raiseAlert", "liftAlert", "takeDownNotice"}

// paces bounds the changes of each token's owner. There are as many as accounts
// that ever used the API, so none is forgotten.
type paces struct {
	mu sync.Mutex // guards of
	of map[string]*rate.Limiter
}

// tooFast is the error of a change that came too soon.
type tooFast struct{ wait time.Duration }

func (e *tooFast) Error() string { return "this token changes too much in too short a time" }

// take counts a change, or says how long to wait before it.
func (p *paces) take(login string, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.of[login]
	if l == nil {
		if p.of == nil {
			p.of = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(perSecond, atOnce)
		p.of[login] = l
	}
	r := l.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return &tooFast{wait}
	}
	return nil
}

// paced reports whether a route counts.
func (rt route) paced() bool {
	return rt.Method != http.MethodGet && !slices.Contains(always, rt.Name)
}

// retryAfter says in whole seconds when to try again what was refused because
// there is too much; empty for other errors.
func retryAfter(err error) string {
	if fast, ok := errors.AsType[*tooFast](err); ok {
		return strconv.Itoa(max(1, int(math.Ceil(fast.wait.Seconds()))))
	}
	if errors.Is(err, publish.ErrBusy) {
		return "1"
	}
	return ""
}

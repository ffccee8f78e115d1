package link

import (
	"bytes"
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/playlist/wire"
)

// thinly fetches a blob of n bytes over a line of a rate in bytes a second, and
// returns the largest piece after the first, and how many there were.
func thinly(t *testing.T, g *gauge, n int64, rate float64) (most int64, pieces int) {
	t.Helper()
	for n > 0 {
		k, err := g.take(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if pieces > 0 {
			most = max(most, k)
		}
		took := time.Duration(float64(k) / rate * float64(time.Second))
		<-time.After(took)
		g.give(k, k, took)
		n -= k
		pieces++
	}
	return most, pieces
}

// TestGauge asks for a second of a thin line at a time, and for few pieces of a fast
// one; after a while it begins anew.
func TestGauge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gauge
		if most, pieces := thinly(t, &g, 150_000, 8000); most > 10_000 || pieces > 20 {
			t.Errorf("thin: %d pieces of up to %d bytes", pieces, most)
		}
		<-time.After(2 * gaugeKept)
		if _, pieces := thinly(t, &g, 100<<20, 100e6); pieces > 13 {
			t.Errorf("fast: %d pieces", pieces)
		}
		<-time.After(2 * gaugeKept)
		if k, err := g.take(t.Context(), 1<<30); err != nil || k != firstPiece {
			t.Errorf("after a while: %d bytes, %v", k, err)
		}
	})
}

// TestGaugeLetsTheUrgentFirst holds that what an alert needs is asked for before what
// waits already, that who gives up is passed over, and that nobody is forgotten.
func TestGaugeLetsTheUrgentFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gauge
		k, err := g.take(t.Context(), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		came := make(chan string, 10)
		begin := func(name string, ctx context.Context) {
			go func() {
				k, err := g.take(ctx, 1<<20)
				if err != nil {
					came <- "gave up " + name
					return
				}
				came <- name
				<-time.After(time.Second)
				g.give(k, k, slowPiece)
			}()
			synctest.Wait()
		}
		begin("a", t.Context())
		leaves, cancel := context.WithCancel(t.Context())
		begin("b", leaves)
		begin("c", t.Context())
		begin("alert", context.WithValue(t.Context(), urgency{}, true))
		cancel()
		if got := <-came; got != "gave up b" {
			t.Fatal(got)
		}
		g.give(k, k, slowPiece)
		for _, want := range []string{"alert", "a", "c"} {
			if got := <-came; got != want {
				t.Fatalf("%s is served, want %s", got, want)
			}
		}
		<-time.After(2 * time.Second)
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.under != 0 || len(g.waiting[0])+len(g.waiting[1]) > 0 {
			t.Errorf("something is left: %+v", g.under)
		}
	})
}

// slowly gives so many bytes every tenth of a second.
type slowly struct{ n int }

func (s slowly) Read(p []byte) (int, error) {
	<-time.After(100 * time.Millisecond)
	return min(s.n, len(p)), nil
}

// TestLargePieceIsGivenUp when the line becomes thin while it comes, and not where it
// is nearly there.
func TestLargePieceIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			left int64
			err  error
		}{{1 << 20, errSlow}, {16 << 10, nil}} {
			began := time.Now()
			h := &hauling{Reader: io.LimitReader(slowly{800}, c.left), pulse: &pulse{}, left: c.left, began: began}
			var out bytes.Buffer
			if _, err := io.Copy(&out, h); err != c.err || int64(out.Len()) != h.came || time.Since(began) > 2500*time.Millisecond {
				t.Errorf("%d bytes: %d came within %v, %v", c.left, out.Len(), time.Since(began), err)
			}
		}
	})
}

// TestLaneComesBack has an edition pushed again after another came in between: the
// first was given up for that, and is handed on anew.
func TestLaneComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lanes
		var got []bool
		l.start(t.Context(), func(ctx context.Context, _ wire.Push, _ [][]byte) {
			if len(got) == 0 {
				<-ctx.Done()
			}
			got = append(got, ctx.Err() == nil)
		}, nil)
		push := func(rev int) wire.Push {
			p := wire.Push{Revision: 5, Envelope: wire.Envelope{Payload: []byte{byte(rev)}}}
			p.Channel.Site = "liuxi"
			return p
		}
		l.put(push(5), nil)
		l.put(push(6), nil)
		l.put(push(5), nil)
		l.wait()
		if len(got) != 2 || !got[1] {
			t.Errorf("pushes were handed on as %v", got)
		}
	})
}

package hub

import (
	"fmt"
	"testing"
	"time"

	"mingbai/playlist/wire"
)

// TestWaiting: what a device says in one piece, in many and together with its end is
// heard, and silence is noticed, on the lookout and where every session waits by
// itself.
func TestWaiting(t *testing.T) {
	for _, alone := range []bool{false, true} {
		t.Run(fmt.Sprintf("alone=%v", alone), func(t *testing.T) {
			t.Parallel()
			c := newCounty()
			p := open(t, c, Options{PongWait: time.Hour, PingEvery: time.Hour, noLookout: alone})
			id := c.know(1, liuxi)
			d := p.call(t, 1, nil)
			d.expect(wire.TypeWelcome, &wire.Welcome{})
			raw := d.conn.NetConn()
			heard := func(cpu float64) {
				t.Helper()
				c.until(t, "a report is heard", func() bool { return c.reports[id].Vitals.CPU == cpu })
			}
			var batch []byte
			for k := range 3 * turnsAtOnce { // of more bytes than are read at once
				batch = append(batch, reportFrame(t, float64(k+1), 40*k)...)
			}
			raw.Write(batch)
			heard(3 * turnsAtOnce)
			slow := reportFrame(t, 1000, 9000)
			for len(slow) > 0 { // the reader waits in its midst
				n := min(len(slow), 700)
				raw.Write(slow[:n])
				slow = slow[n:]
			}
			heard(1000)
			if err := p.Command(id, wire.Command{ID: "c-1"}); err != nil {
				t.Fatal(err)
			}
			d.expect(wire.TypeCommand, &wire.Command{})

			other := c.know(2, liuxi)
			e := p.call(t, 2, nil)
			e.expect(wire.TypeWelcome, &wire.Welcome{})
			last := append(reportFrame(t, 7, 10), 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8) // and a close
			e.conn.NetConn().Write(last)
			e.conn.NetConn().Close()
			c.until(t, "the last word is heard, and the end", func() bool { return c.reports[other].Vitals.CPU == 7 && c.gone[other] != "" })
		})
	}
}

// TestSilenceIsNoticed: a device that was heard and says nothing more is gone.
func TestSilenceIsNoticed(t *testing.T) {
	for _, alone := range []bool{false, true} {
		t.Run(fmt.Sprintf("alone=%v", alone), func(t *testing.T) {
			t.Parallel()
			c := newCounty()
			p := open(t, c, Options{PongWait: time.Second, PingEvery: time.Hour, noLookout: alone})
			id := c.know(1, liuxi)
			d := p.call(t, 1, nil)
			d.expect(wire.TypeWelcome, &wire.Welcome{})
			d.conn.NetConn().Write(reportFrame(t, 7, 10))
			c.until(t, "the silent screen is gone", func() bool { return c.gone[id] == "nothing came in time" })
		})
	}
}

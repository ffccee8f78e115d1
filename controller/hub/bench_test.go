package hub

import (
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// frame is a masked client frame; the mask is zero, which is a mask too.
func frame(payload []byte) []byte {
	b := []byte{0x82, 0x80 | 126}
	b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	b = append(b, 0, 0, 0, 0)
	return append(b, payload...)
}

// rawDevices connects n devices, numbered on from from, and leaves their plain sockets: what a device
// costs on its own side is the same for the hub and for the floor.
func rawDevices(b *testing.B, p *place, c *county, from, n int, channels ...playlist.ChannelID) []net.Conn {
	var conns []net.Conn
	for i := from; i < from+n; i++ {
		c.know(i, channels...)
		d := &device{t: b, key: keyOf(i)}
		d.hello = wire.Hello{Version: 1, Key: d.key.Public().(ed25519.PublicKey)}
		conn, _, err := (&websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512}).Dial(p.url(), nil)
		if err != nil {
			b.Fatal(err)
		}
		d.conn = conn
		d.answer()
		d.expect(wire.TypeWelcome, &wire.Welcome{})
		raw := d.conn.NetConn()
		raw.SetReadDeadline(time.Time{})
		conns = append(conns, raw)
	}
	poll(b, "all are in their places", func() bool {
		k := 0
		for range p.Connected() {
			k++
		}
		return k == from+n
	})
	return conns
}

// answerAll reads size bytes and writes ack on every connection, for ever.
func answerAll(conns []net.Conn, size int, ack []byte, wg *sync.WaitGroup) {
	for _, c := range conns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			buf := make([]byte, size)
			for {
				if _, err := io.ReadFull(c, buf); err != nil {
					return
				}
				if _, err := c.Write(ack); err != nil {
					return
				}
			}
		}()
	}
}

// floor is a server that writes the same bytes to the same number of plain
// sockets and reads as many back.
type floor struct {
	conns []net.Conn // the server's ends
	far   []net.Conn
	acks  tally
}

func newFloor(b *testing.B, n, ack int) *floor {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	f := &floor{}
	f.acks.reached = make(chan struct{}, 1)
	for range n {
		far, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		near, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		f.conns, f.far = append(f.conns, near), append(f.far, far)
		b.Cleanup(func() { near.Close(); far.Close() })
		go func() {
			buf := make([]byte, ack)
			for {
				if _, err := io.ReadFull(near, buf); err != nil {
					return
				}
				f.acks.add()
			}
		}()
	}
	return f
}

func (f *floor) send(b []byte) {
	for _, c := range f.conns {
		c.Write(b) // a failure shows as a missing ack
	}
}

// tally counts and wakes its waiter at a mark.
type tally struct {
	n, mark atomic.Int64
	reached chan struct{}
}

func (y *tally) add() {
	if y.n.Add(1) == y.mark.Load() {
		y.reached <- struct{}{}
	}
}

// next sets the mark n further on; it is called while nothing is counted.
func (y *tally) next(n int64) { y.mark.Add(n) }

// BenchmarkPush announces 20 KB to 1,000 connected devices until all have
// acknowledged, and prints the ratio to a plain loop of writes of the same bytes
// on as many plain sockets, measured in turn.
func BenchmarkPush(b *testing.B) {
	const n = 1000
	c := newCounty()
	c.counting = true
	p := open(b, c, Options{MaxScreens: 2 * n})
	ackBody, err := wire.Encode(wire.TypeAdopted, wire.Adopted{Have: map[playlist.ChannelID]playlist.Revision{liuxi: 1}})
	if err != nil {
		b.Fatal(err)
	}
	ack := frame(ackBody)
	pushOf := func(rev playlist.Revision) (*Prepared, int) {
		// Revisions of equal width keep all frames equally long.
		pr := prepare(b, push(liuxi, 100_000+rev, 15_000))
		return pr, pr.size + 4 // and the frame's header
	}
	first, size := pushOf(0)
	var wg sync.WaitGroup
	conns := rawDevices(b, p, c, 0, n, liuxi)
	answerAll(conns, size, ack, &wg)
	fl := newFloor(b, n, len(ack))
	answerAll(fl.far, size, ack, &wg)
	payload := noise(size, 1)

	c.acks.next(n)
	fl.acks.next(n)
	p.Announce(first)
	<-c.acks.reached
	fl.send(payload)
	<-fl.acks.reached
	var ours, theirs time.Duration
	rev := playlist.Revision(0)
	for b.Loop() {
		rev++
		pr, _ := pushOf(rev)
		c.acks.next(n)
		fl.acks.next(n)
		t0 := time.Now()
		p.Announce(pr)
		<-c.acks.reached
		t1 := time.Now()
		fl.send(payload)
		<-fl.acks.reached
		ours, theirs = ours+t1.Sub(t0), theirs+time.Since(t1)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "ratio")
	b.ReportMetric(float64(ours.Microseconds())/float64(rev)/1000, "ms/push")
	b.ReportMetric(float64(size), "bytes")
	for i := range conns {
		conns[i].Close()
		fl.far[i].Close()
	}
	wg.Wait()
}

// BenchmarkPushBesideStalled prints how much longer a push to 1,000 devices takes
// until all of them have acknowledged when 40 more do not read at all.
func BenchmarkPushBesideStalled(b *testing.B) {
	const n, stalled = 1000, 40
	c := newCounty()
	c.counting = true
	p := open(b, c, Options{WriteTimeout: time.Hour, PongWait: time.Hour})
	ack, err := wire.Encode(wire.TypeAdopted, wire.Adopted{})
	if err != nil {
		b.Fatal(err)
	}
	rev := playlist.Revision(100_000)
	size := prepare(b, push(liuxi, rev, 15_000)).size + 4
	var wg sync.WaitGroup
	conns := rawDevices(b, p, c, 0, n, liuxi)
	answerAll(conns, size, frame(ack), &wg)
	round := func() time.Duration {
		rev++
		pr := prepare(b, push(liuxi, rev, 15_000))
		c.acks.next(n)
		t0 := time.Now()
		p.Announce(pr)
		<-c.acks.reached
		return time.Since(t0)
	}
	const warm = 30
	var alone, beside time.Duration
	for range warm {
		round()
	}
	for range warm {
		alone += round()
	}
	idle := rawDevices(b, p, c, n, stalled, liuxi, shiqiao)
	p.Announce(prepare(b, push(shiqiao, 1, 6_000_000))) // 8 MB, more than the buffers take
	k := 0
	for b.Loop() {
		beside += round()
		k++
	}
	b.ReportMetric(float64(beside)/float64(k)/(float64(alone)/warm), "ratio")
	for _, conn := range append(conns, idle...) {
		conn.Close()
	}
	wg.Wait()
}

// BenchmarkIdleDevice prints the bytes of heap and of stacks that a connected,
// idle device costs the controller, and its ratio to the target of 10 KB. The
// device's own socket is in the same process and counts in.
func BenchmarkIdleDevice(b *testing.B) {
	const n, target = 1000, 10 << 10
	measure := func() (heap, stack float64) {
		runtime.GC()
		runtime.GC() // empties the pools
		runtime.GC() // and shrinks the stacks that the handshake has grown
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc), float64(m.StackInuse)
	}
	for b.Loop() {
		c := newCounty()
		p := open(b, c, Options{})
		heap0, stack0 := measure()
		conns := rawDevices(b, p, c, 0, n, liuxi)
		heap1, stack1 := measure()
		b.ReportMetric((heap1-heap0)/n, "heap-B/device")
		b.ReportMetric((stack1-stack0)/n, "stack-B/device")
		b.ReportMetric((heap1-heap0+stack1-stack0)/n/target, "ratio")
		for _, conn := range conns {
			conn.Close()
		}
		poll(b, "all are gone", p.empty)
	}
}

func (p *place) empty() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return len(p.sessions) == 0
}

package hub

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The benchmarks of this file measure the hub in a process of its own, so that
// memory and CPU are those of the server alone. MINGBAI_DEVICES is how many
// devices they connect (1,000).

const childVariable = "MINGBAI_HUB_CHILD" // plain, tls, floor or floor-tls

func TestMain(m *testing.M) {
	if kind := os.Getenv(childVariable); kind != "" {
		serveChild(kind)
		return
	}
	os.Exit(m.Run())
}

func manyDevices(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("MINGBAI_DEVICES"))
	if err != nil || n < 1 {
		return 1000
	}
	return n
}

// everyone is the backend of a benchmark: every key is a screen.
type everyone struct {
	*county
	hellos tally
}

func (e *everyone) Hello(_ context.Context, h wire.Hello, _ string) (Verdict, error) {
	e.hellos.add()
	sum := sha256.Sum256(h.Key)
	channels := []playlist.ChannelID{liuxi, liuxiNow}
	if h.Host == stalledHost {
		channels = append(channels, shiqiao)
	}
	return Verdict{
		Screen: playlist.ScreenID("s-" + hex.EncodeToString(sum[:8])), Channels: channels,
		Welcome: wire.Welcome{BlobToken: "token", Report: 30, Latest: map[playlist.ChannelID]playlist.Revision{}},
	}, nil
}

// stalledHost is the host of devices that will not read: they show a channel of
// their own besides.
const stalledHost = "stalled"

func (e *everyone) Gone(playlist.ScreenID, time.Time, string) {}

func usedCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serveChild is the process that is measured. It takes orders on its standard
// input, a line each, and answers each with a line.
func serveChild(kind string) {
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	l, err := net.Listen("tcp", "0.0.0.0:0")
	fail(err)
	addr := "127.0.0.1:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	if strings.HasSuffix(kind, "tls") {
		cert, err := selfSigned()
		fail(err)
		l = Secure(l, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}}, SecureOptions{})
	}
	c := &everyone{county: newCounty()}
	c.counting, c.hellos.reached = true, make(chan struct{}, 1)
	acks := &c.acks
	var send func(size int, rev playlist.Revision, ch playlist.ChannelID)
	if strings.HasPrefix(kind, "floor") {
		f := &childFloor{acks: acks}
		go f.serve(l)
		send = func(size int, _ playlist.Revision, _ playlist.ChannelID) { f.send(noise(size, 1)) }
	} else {
		h := New(c, Options{Log: slog.New(slog.DiscardHandler), WriteTimeout: time.Hour, PongWait: time.Hour})
		srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
		go srv.Serve(l)
		send = func(size int, rev playlist.Revision, ch playlist.ChannelID) {
			p, err := Prepare(push(ch, rev, size))
			fail(err)
			h.Announce(p)
		}
	}
	fmt.Println(addr)
	rev := playlist.Revision(100_000)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var size, n int
		var began time.Time
		cpu := usedCPU()
		switch word, rest, _ := strings.Cut(in.Text(), " "); word {
		case "announce":
			_, err := fmt.Sscan(rest, &size, &n)
			fail(err)
			acks.next(int64(n))
			rev++
			began = time.Now()
			cpu = usedCPU()
			send(size, rev, liuxi)
			<-acks.reached
		case "stall": // what nobody has to answer
			_, err := fmt.Sscan(rest, &size)
			fail(err)
			rev++
			send(size, rev, shiqiao)
		case "cpu":
			cpu = 0
		case "profile":
			f, err := os.Create(os.Getenv("MINGBAI_HUB_PROFILE") + "." + kind)
			fail(err)
			pprof.StartCPUProfile(f)
		case "profiled":
			pprof.StopCPUProfile()
		}
		fmt.Println(time.Since(began).Nanoseconds(), (usedCPU() - cpu).Nanoseconds())
	}
}

// childFloor writes the same bytes to plain sockets, one after the other, and
// reads as many acknowledgements.
type childFloor struct {
	mu    sync.Mutex
	conns []net.Conn
	acks  *tally
}

const ackBytes = 120

func (f *childFloor) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			buf := make([]byte, ackBytes)
			if _, err := io.ReadFull(c, buf); err != nil { // who says nothing is not one of ours
				return
			}
			f.mu.Lock()
			f.conns = append(f.conns, c)
			f.mu.Unlock()
			c.Write(buf[:1])
			for {
				if _, err := io.ReadFull(c, buf); err != nil {
					return
				}
				f.acks.add()
			}
		}()
	}
}

func (f *childFloor) send(b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		c.Write(b) // a failure shows as a missing acknowledgement
	}
}

// child is a process under measurement, seen from outside.
type child struct {
	b    *testing.B
	cmd  *exec.Cmd
	in   io.Writer
	out  *bufio.Scanner
	addr string
	tls  bool
}

func startChild(b *testing.B, kind string) *child {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childVariable+"="+kind)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	c := &child{b: b, cmd: cmd, in: in, out: bufio.NewScanner(out), tls: strings.HasSuffix(kind, "tls")}
	b.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	c.addr = c.line()
	return c
}

func (c *child) line() string {
	c.b.Helper()
	if !c.out.Scan() || strings.HasPrefix(c.out.Text(), "error") {
		c.b.Fatalf("the child ended: %s %v", c.out.Text(), c.out.Err())
	}
	return c.out.Text()
}

// order returns wall and CPU time that the child took.
func (c *child) order(format string, args ...any) (wall, cpu time.Duration) {
	c.b.Helper()
	fmt.Fprintf(c.in, format+"\n", args...)
	var w, u int64
	if _, err := fmt.Sscan(c.line(), &w, &u); err != nil {
		c.b.Fatal(err)
	}
	return time.Duration(w), time.Duration(u)
}

func (c *child) cpu() time.Duration { _, cpu := c.order("cpu"); return cpu }

// rss is the memory of the child in bytes, and its greatest so far.
func (c *child) rss() (now, peak float64) {
	c.b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		c.b.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			now = kb * 1024
		}
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kb); err == nil {
			peak = kb * 1024
		}
	}
	return now, peak
}

func (c *child) dial() (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", c.addr, 30*time.Second)
	if err != nil || !c.tls {
		return conn, err
	}
	t := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	if err := t.Handshake(); err != nil {
		conn.Close()
		return nil, err
	}
	return t, nil
}

// shakeHands makes a connection a device, whose key is one of as many.
func (c *child) shakeHands(conn net.Conn, key ed25519.PrivateKey, host string) error {
	d := websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, NetDial: func(string, string) (net.Conn, error) { return conn, nil }}
	ws, resp, err := d.Dial("ws://"+c.addr+"/", nil)
	if err != nil {
		if resp != nil {
			return fmt.Errorf("%w: %s", err, resp.Status)
		}
		return err
	}
	_, b, err := ws.ReadMessage()
	if err != nil {
		return err
	}
	m, err := wire.Decode(b)
	var ch wire.Challenge
	if err == nil {
		err = m.Into(&ch)
	}
	if err != nil {
		return err
	}
	hello, err := wire.Encode(wire.TypeHello, wire.Hello{
		Version: 1, Key: key.Public().(ed25519.PublicKey), Signature: wire.SignHello(ch.Nonce, key), Screen: "s-1", Program: "mingbai-kiosk 1.0", System: "linux/arm64",
		Host: host, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 1, shiqiao: 1, liuxiNow: 1},
	})
	if err == nil {
		err = ws.WriteMessage(websocket.BinaryMessage, hello)
	}
	if err != nil {
		return err
	}
	if _, _, err = ws.ReadMessage(); err != nil { // the welcome
		return err
	}
	return conn.SetDeadline(time.Time{})
}

// rawHost is for connections to a floor, which only announce themselves.
const rawHost = ""

// devices connects n devices, 64 at a time, beginning with number from.
func (c *child) devices(from, n int, host string) []net.Conn {
	c.b.Helper()
	conns := make([]net.Conn, n)
	errs := make(chan error, n)
	turn := make(chan struct{}, 64)
	for i := range n {
		turn <- struct{}{}
		go func() {
			defer func() { <-turn }()
			conn, err := c.dial()
			if err == nil && host == rawHost {
				if _, err = conn.Write(make([]byte, ackBytes)); err == nil {
					_, err = io.ReadFull(conn, make([]byte, 1))
				}
			} else if err == nil {
				err = c.shakeHands(conn, keyOf(from+i), host)
			}
			conns[i] = conn
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			c.b.Fatal(err)
		}
	}
	c.b.Cleanup(func() {
		for _, conn := range conns {
			conn.Close()
		}
	})
	return conns
}

// devicesOf answers what comes on the connections, and notes when it was there.
type devicesOf struct {
	mu   sync.Mutex
	came []time.Time
	size []int // of the frames to come, in order
}

// answer takes frames of these sizes on every connection and acknowledges each.
func (c *child) answer(conns []net.Conn, ack []byte, sizes ...int) *devicesOf {
	d := &devicesOf{size: sizes}
	for _, conn := range conns {
		go func() {
			buf := make([]byte, 4096)
			for _, size := range sizes {
				for size > 0 {
					n, err := conn.Read(buf[:min(size, len(buf))])
					if err != nil {
						return
					}
					size -= n
				}
				d.mu.Lock()
				d.came = append(d.came, time.Now())
				d.mu.Unlock()
				if _, err := conn.Write(ack); err != nil {
					return
				}
			}
		}()
	}
	return d
}

// p99 is of all arrivals since began, which are forgotten.
func (d *devicesOf) p99(began time.Time) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.SortFunc(d.came, time.Time.Compare)
	at := d.came[len(d.came)*99/100].Sub(began)
	d.came = d.came[:0]
	return at
}

// frameOf is the size of the frame that an announcement of a payload makes.
func frameOf(b *testing.B, payload int) int {
	p := prepare(b, push(liuxi, 100_001, payload))
	switch {
	case p.size < 1<<16:
		return p.size + 4
	default:
		return p.size + 10
	}
}

func ackFrame(b *testing.B) []byte {
	body, err := wire.Encode(wire.TypeAdopted, wire.Adopted{Settings: 1, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 100_001, shiqiao: 1}})
	if err != nil {
		b.Fatal(err)
	}
	for len(body) < ackBytes-8 {
		body = append(body[:len(body)-2], " }\n"...)
	}
	return frame(body)
}

// BenchmarkIdleMemory prints what a device costs the server's process: connected
// and idle, after a broadcast of 100 KB to all, and for new devices in the place
// of the first.
func BenchmarkIdleMemory(b *testing.B) {
	for _, kind := range []string{"plain", "tls"} {
		b.Run(kind, func(b *testing.B) {
			n := manyDevices(b)
			for b.Loop() {
				c := startChild(b, kind)
				zero, _ := c.rss()
				conns := c.devices(0, n, "screen")
				settle()
				idle, peak := c.rss()
				ack := ackFrame(b)
				c.answer(conns, ack, frameOf(b, 75_000))
				c.order("announce %d %d", 75_000, n)
				soon, _ := c.rss()
				settle()
				later, high := c.rss()
				b.ReportMetric((idle-zero)/float64(n), "idle-B/device")
				b.ReportMetric((peak-zero)/float64(n), "peak-B/device")
				b.ReportMetric((soon-zero)/float64(n), "soon-B/device")
				b.ReportMetric((later-zero)/float64(n), "after100K-B/device")
				b.ReportMetric((high-zero)/float64(n), "high-B/device")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// settle waits until a process that has nothing to do has tidied up.
func settle() { <-time.After(5 * time.Second) }

// BenchmarkBroadcast announces 20 KB until all devices have acknowledged, and
// prints wall and CPU time as ratios to a plain loop of writes, and how much later
// the devices have it while 4 % of the others do not read.
func BenchmarkBroadcast(b *testing.B) {
	const rounds, warm = 8, 2
	for _, kind := range []string{"plain", "tls"} {
		b.Run(kind, func(b *testing.B) {
			n := manyDevices(b)
			for b.Loop() {
				ours, floor := startChild(b, kind), startChild(b, strings.Replace("floor-"+kind, "-plain", "", 1))
				conns, far := ours.devices(0, n, "screen"), floor.devices(0, n, rawHost)
				size := frameOf(b, 15_000)
				var sizes []int
				for range warm + 2*rounds {
					sizes = append(sizes, size)
				}
				ack := ackFrame(b)
				got, theirs := ours.answer(conns, ack, sizes...), floor.answer(far, make([]byte, ackBytes), sizes...)
				var wall, cpu, wall0, cpu0, p99, late time.Duration
				round := func() (w, u, w0, u0, p time.Duration) {
					t := time.Now()
					w, u = ours.order("announce %d %d", 15_000, n)
					p = got.p99(t)
					t = time.Now()
					w0, u0 = floor.order("announce %d %d", size, n)
					theirs.p99(t)
					return
				}
				for range warm {
					round()
				}
				ours.order("profile")
				for range rounds {
					w, u, w0, u0, p := round()
					wall, cpu, wall0, cpu0, p99 = wall+w, cpu+u, wall0+w0, cpu0+u0, p99+p
				}
				ours.order("profiled")
				// 4 % of the devices take nothing of what the others never hear of.
				ours.devices(n, n/25, stalledHost)
				ours.order("stall %d", 6_000_000)
				for range rounds {
					_, _, _, _, p := round()
					late += p
				}
				b.ReportMetric(float64(wall)/float64(wall0), "wall-ratio")
				b.ReportMetric(float64(cpu)/float64(cpu0), "cpu-ratio")
				b.ReportMetric(float64(cpu.Microseconds())/float64(rounds*n), "µs-cpu/device")
				b.ReportMetric(float64(wall.Milliseconds())/rounds, "ms-wall")
				b.ReportMetric(float64(p99.Milliseconds())/rounds, "ms-p99")
				b.ReportMetric(float64(late)/float64(p99), "stalled-p99-ratio")
			}
		})
	}
}

// BenchmarkStorm connects all devices at once, plainly and over TLS, and prints
// the server's CPU time for each.
func BenchmarkStorm(b *testing.B) {
	for _, kind := range []string{"plain", "tls"} {
		b.Run(kind, func(b *testing.B) {
			n := manyDevices(b)
			for b.Loop() {
				c := startChild(b, kind)
				before := c.cpu()
				began := time.Now()
				c.devices(0, n, "screen")
				b.ReportMetric(float64((c.cpu()-before).Microseconds())/float64(n), "µs-cpu/device")
				b.ReportMetric(time.Since(began).Seconds(), "s-wall")
			}
		})
	}
}

package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// round is one announcement, as a server measured it.
type round struct {
	Wall  time.Duration   `json:"wall"` // to the last acknowledgement
	CPU   time.Duration   `json:"cpu"`  // of the server, all its threads
	Times []time.Duration `json:"times,omitempty"`
}

// shot is what a floor is told to send.
type shot struct {
	Payload []byte  `json:"payload"` // to each
	Answer  int     `json:"answer"`  // bytes that each sends back
	Seconds float64 `json:"seconds"` // patience
}

// floorConfig says what a floor is.
type floorConfig struct {
	Cert string `json:"cert,omitempty"` // files; with them it speaks TLS
	Key  string `json:"key,omitempty"`
	// SendBuffer is that of the server which it is the floor of, in bytes.
	SendBuffer int `json:"send_buffer"`
}

// epollFloor is the least that a server can do: sockets, epoll, and half the cores'
// threads. The other half is the devices'.
type epollFloor struct {
	listener int
	port     int
	eps      []int
	conns    [][]int // by thread

	read atomic.Int64 // bytes of this round
}

func openEpollFloor(cfg floorConfig) (*epollFloor, error) {
	f := &epollFloor{}
	var err error
	if f.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return nil, err
	}
	err = errors.Join(
		unix.SetsockoptInt(f.listener, unix.SOL_SOCKET, unix.SO_SNDBUF, cfg.SendBuffer), // those who are taken inherit it
		unix.Bind(f.listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
		unix.Listen(f.listener, 4096),
	)
	if err != nil {
		return nil, err
	}
	at, err := unix.Getsockname(f.listener)
	if err != nil {
		return nil, err
	}
	f.port = at.(*unix.SockaddrInet4).Port
	for range max(1, runtime.NumCPU()/2) {
		ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
		if err != nil {
			return nil, err
		}
		f.eps = append(f.eps, ep)
	}
	f.conns = make([][]int, len(f.eps))
	return f, nil
}

// take accepts n connections.
func (f *epollFloor) take(_ context.Context, n int) (any, error) {
	for k := 0; k < n; k++ {
		fd, _, err := unix.Accept4(f.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if errors.Is(err, unix.EINTR) {
			k--
			continue
		}
		if err != nil {
			return nil, err
		}
		t := k % len(f.eps)
		f.conns[t] = append(f.conns[t], fd)
		if err := unix.SetsockoptInt(fd, unix.SOL_TCP, unix.TCP_NODELAY, 1); err != nil { // as Go's net does
			return nil, err
		}
		if err := unix.EpollCtl(f.eps[t], unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// send writes to all and reads what all answer. Each thread writes to its own
// connections first and reads after.
func (f *epollFloor) send(_ context.Context, s shot) (any, error) {
	n := 0
	for _, c := range f.conns {
		n += len(c)
	}
	return f.measure(s, int64(n*s.Answer))
}

// listen only reads so many bytes in all, from whoever sends.
func (f *epollFloor) listen(_ context.Context, s shot) (any, error) {
	return f.measure(shot{Seconds: s.Seconds}, int64(s.Answer))
}

func (f *epollFloor) measure(s shot, want int64) (any, error) {
	f.read.Store(0)
	errs := make([]error, len(f.eps))
	end := time.Now().Add(time.Duration(s.Seconds * float64(time.Second)))
	cpu, began := spent(), time.Now()
	var work sync.WaitGroup
	for t := range f.eps {
		work.Go(func() { errs[t] = f.turn(t, s.Payload, want, end) })
	}
	work.Wait()
	r := round{Wall: time.Since(began), CPU: spent() - cpu}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if got := f.read.Load(); got != want {
		return nil, fmt.Errorf("the floor read %d bytes of %d", got, want)
	}
	return r, nil
}

// turn is the work of one thread for one round.
func (f *epollFloor) turn(t int, payload []byte, want int64, end time.Time) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	owed := map[int][]byte{} // what could not be written at once
	if len(payload) > 0 {
		for _, fd := range f.conns[t] {
			rest, err := write(fd, payload)
			if err == nil && len(rest) > 0 {
				owed[fd] = rest
				err = f.watch(t, fd, unix.EPOLLIN|unix.EPOLLOUT)
			}
			if err != nil {
				return err
			}
		}
	}
	events, buf := make([]unix.EpollEvent, 512), make([]byte, 64<<10)
	for f.read.Load() < want || len(owed) > 0 {
		if time.Now().After(end) {
			return fmt.Errorf("the floor read %d bytes of %d in time", f.read.Load(), want)
		}
		n, err := unix.EpollWait(f.eps[t], events, 2) // another thread may read the last byte
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			if err := f.serve(t, e, owed, buf); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *epollFloor) serve(t int, e unix.EpollEvent, owed map[int][]byte, buf []byte) error {
	fd := int(e.Fd)
	if e.Events&unix.EPOLLOUT != 0 {
		rest, err := write(fd, owed[fd])
		if err == nil && len(rest) == 0 {
			err = f.watch(t, fd, unix.EPOLLIN)
		}
		if err != nil {
			return err
		}
		if owed[fd] = rest; len(rest) == 0 {
			delete(owed, fd)
		}
	}
	if e.Events&unix.EPOLLIN != 0 {
		k, err := unix.Read(fd, buf)
		if err != nil && !errors.Is(err, unix.EAGAIN) {
			return err
		}
		f.read.Add(int64(max(k, 0)))
	}
	if e.Events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		return errors.New("a device hung up on the floor")
	}
	return nil
}

func (f *epollFloor) watch(t, fd int, events uint32) error {
	return unix.EpollCtl(f.eps[t], unix.EPOLL_CTL_MOD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

// write writes as much as goes at once and returns the rest.
func write(fd int, b []byte) ([]byte, error) {
	k, err := unix.Write(fd, b)
	if errors.Is(err, unix.EAGAIN) {
		err = nil
	}
	return b[max(k, 0):], err
}

func (f *epollFloor) close() {
	for _, fd := range slices.Concat(append(f.conns, f.eps, []int{f.listener})...) {
		unix.Close(fd)
	}
}

// tlsFloor is the least that a Go server over TLS can do: crypto/tls, a goroutine
// that reads each connection, and as many writers as there are cores.
type tlsFloor struct {
	l      net.Listener
	port   int
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	conns  []net.Conn

	read    atomic.Int64
	want    atomic.Int64
	reached chan struct{}
}

func openTLSFloor(cfg floorConfig) (*tlsFloor, error) {
	cert, err := tls.LoadX509KeyPair(cfg.Cert, cfg.Key)
	if err != nil {
		return nil, err
	}
	plain, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	f := &tlsFloor{port: plain.Addr().(*net.TCPAddr).Port, reached: make(chan struct{}, 1)}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.l = tls.NewListener(&buffered{plain, cfg.SendBuffer}, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	return f, nil
}

// buffered gives every connection a send buffer.
type buffered struct {
	*net.TCPListener
	size int
}

func (b *buffered) Accept() (net.Conn, error) {
	c, err := b.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return c, c.SetWriteBuffer(b.size)
}

// take accepts connections with their handshakes, each on its own goroutine, until n
// are there, and measures it. It may be called once, before they come.
func (f *tlsFloor) take(ctx context.Context, n int) (any, error) {
	shaken := make(chan net.Conn)
	cpu, began := spent(), time.Now()
	f.work.Go(func() {
		for {
			c, err := f.l.Accept()
			if err != nil {
				return // it is closed
			}
			f.work.Go(func() {
				if c.(*tls.Conn).HandshakeContext(f.ctx) != nil {
					c.Close() // the device comes again
					return
				}
				select {
				case shaken <- c:
					f.readAll(c)
				case <-f.ctx.Done():
					c.Close()
				}
			})
		}
	})
	for len(f.conns) < n {
		select {
		case c := <-shaken:
			f.conns = append(f.conns, c)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return round{Wall: time.Since(began), CPU: spent() - cpu}, nil
}

// readAll counts what comes, until the connection ends.
func (f *tlsFloor) readAll(c net.Conn) {
	buf := make([]byte, 2048)
	for {
		n, err := c.Read(buf)
		if f.read.Add(int64(n)) == f.want.Load() && n > 0 {
			f.reached <- struct{}{}
		}
		if err != nil {
			return
		}
	}
}

func (f *tlsFloor) send(_ context.Context, s shot) (any, error) {
	f.read.Store(0)
	f.want.Store(int64(len(f.conns) * s.Answer))
	writers := runtime.GOMAXPROCS(0)
	errs := make([]error, writers)
	cpu, began := spent(), time.Now()
	var sent sync.WaitGroup
	for w := range writers {
		sent.Go(func() {
			for k := w; k < len(f.conns); k += writers {
				if _, err := f.conns[k].Write(s.Payload); err != nil {
					errs[w] = err
					return
				}
			}
		})
	}
	sent.Wait()
	late := time.NewTimer(time.Duration(s.Seconds * float64(time.Second)))
	defer late.Stop()
	select {
	case <-f.reached:
	case <-late.C:
		return nil, fmt.Errorf("the floor read %d bytes of %d in time", f.read.Load(), f.want.Load())
	}
	return round{Wall: time.Since(began), CPU: spent() - cpu}, errors.Join(errs...)
}

func (f *tlsFloor) close() {
	f.l.Close() // nobody calls any more
	f.cancel()
	for _, c := range f.conns {
		c.Close() // its reader ends
	}
	f.work.Wait()
}

// floorChild is the process of a floor.
func floorChild(ctx context.Context, config []byte) error {
	var cfg floorConfig
	if err := json.Unmarshal(config, &cfg); err != nil {
		return err
	}
	if cfg.Cert != "" {
		f, err := openTLSFloor(cfg)
		if err != nil {
			return err
		}
		defer f.close()
		return obey(ctx, os.Stdin, os.Stdout, withCommon(verbs{
			"port": told(func(context.Context, struct{}) (any, error) { return f.port, nil }), "take": told(f.take), "send": told(f.send),
		}))
	}
	f, err := openEpollFloor(cfg)
	if err != nil {
		return err
	}
	defer f.close()
	return obey(ctx, os.Stdin, os.Stdout, withCommon(verbs{
		"port": told(func(context.Context, struct{}) (any, error) { return f.port, nil }), "take": told(f.take), "send": told(f.send), "listen": told(f.listen),
	}))
}

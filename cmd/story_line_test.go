package cmd

import (
	"io"
	"net"
	"sync"
	"time"
)

// line is the wire between one screen and the office: a TCP proxy that can be
// cut, mended, slowed down and made to flip bits.
type line struct {
	listener net.Listener
	work     sync.WaitGroup

	mu     sync.Mutex // guards all below
	target string
	down   bool
	rate   int // bytes a second towards the screen; 0 is as fast as it goes
	damage int // every so many bytes towards the screen one is flipped; 0 is none
	passed int
	conns  map[net.Conn]bool
	mute   bool          // nothing comes through, and nobody is told: a cable that was pulled far away
	stalls time.Duration // it is mute for so long again and again, and in order for as long; 0 is never
	turned chan struct{} // closed when any of it is changed
}

func newLine() (*line, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &line{listener: l, conns: map[net.Conn]bool{}, turned: make(chan struct{})}
	p.work.Go(p.serve)
	return p, nil
}

func (l *line) url() string { return "http://" + l.listener.Addr().String() }

// to says where the line leads.
func (l *line) to(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target = address
}

// set changes what the line does. Connections that are open end when it is cut.
func (l *line) set(change func(*line)) {
	l.mu.Lock()
	change(l)
	close(l.turned)
	l.turned = make(chan struct{})
	var ended []net.Conn
	if l.down {
		for c := range l.conns {
			ended = append(ended, c)
		}
	}
	l.mu.Unlock()
	for _, c := range ended {
		c.Close()
	}
}

func (l *line) close() {
	l.listener.Close()
	l.set(func(l *line) { l.down = true })
	l.work.Wait()
}

func (l *line) serve() {
	for {
		c, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.work.Go(func() { l.carry(c) })
	}
}

// carry copies both ways until either side ends.
func (l *line) carry(screen net.Conn) {
	defer screen.Close()
	l.mu.Lock()
	target, down := l.target, l.down
	l.mu.Unlock()
	if down || target == "" {
		return
	}
	office, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer office.Close()
	if !l.hold(screen, office) {
		return
	}
	defer l.release(screen, office)
	done := make(chan struct{})
	go func() { // ends with either connection
		defer close(done)
		_, _ = io.Copy(office, heldUp{screen, l})
		office.Close()
		screen.Close()
	}()
	l.downward(screen, office)
	office.Close()
	screen.Close()
	<-done
}

// hold keeps the connections so that a cut ends them.
func (l *line) hold(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		l.conns[c] = true
	}
	return !l.down
}

func (l *line) release(conns ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		delete(l.conns, c)
	}
}

// heldUp is what is read from a connection while the line is mute.
type heldUp struct {
	net.Conn
	line *line
}

func (h heldUp) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	h.line.holdUp()
	return n, err
}

// holdUp waits while the line is mute. What is sent meanwhile comes late, as TCP
// has it.
func (l *line) holdUp() {
	for {
		l.mu.Lock()
		mute, turned, wait := l.mute, l.turned, time.Duration(0)
		if l.stalls > 0 {
			if in := time.Duration(time.Now().UnixNano()) % (2 * l.stalls); in < l.stalls {
				mute, wait = true, l.stalls-in
			}
		}
		mute = mute && !l.down
		l.mu.Unlock()
		if !mute {
			return
		}
		var late <-chan time.Time
		if wait > 0 {
			late = time.After(wait)
		}
		select {
		case <-turned:
		case <-late:
		}
	}
}

// downward copies towards the screen, slowly or with faults as it is set.
func (l *line) downward(screen, office net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		l.mu.Lock()
		size := len(buf)
		if l.rate > 0 {
			size = max(l.rate/20, 1)
		}
		l.mu.Unlock()
		n, err := office.Read(buf[:min(size, len(buf))])
		l.holdUp()
		if n > 0 {
			wait := l.spoil(buf[:n])
			if wait > 0 {
				<-time.After(wait)
			}
			if _, err := screen.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// spoil flips bits and returns how long the bytes take.
func (l *line) spoil(b []byte) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.damage > 0 {
		for i := range b {
			if l.passed++; l.passed%l.damage == 0 {
				b[i] ^= 0x20
			}
		}
	}
	if l.rate == 0 {
		return 0
	}
	return time.Duration(len(b)) * time.Second / time.Duration(l.rate)
}

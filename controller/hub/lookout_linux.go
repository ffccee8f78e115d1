package hub

import (
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lookout waits for the devices of all sessions at once: a goroutine that waits for
// each takes twice the memory of all the rest of a session, and more time to be woken
// than it takes to handle what it was woken for.
//
// It is told of a connection once when something comes and not again until more comes
// (EPOLLET, epoll(7)), so that nothing has to be set up again after reading. net's
// poller knows the connections too and knows the lookout as one more descriptor.
type lookout struct {
	hub  *Hub
	ep   int
	file *os.File // of ep, to wait for it
	raw  syscall.RawConn
	done chan struct{} // closed when nobody waits any more

	mu   sync.Mutex // guards what follows
	at   []*session // by place
	free []int32    // places
}

// newLookout returns nil where the system has none to give.
func newLookout(h *Hub) *lookout {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil
	}
	unix.SetNonblock(ep, true) // so that the file can be waited for; it is asked below
	l := &lookout{hub: h, ep: ep, file: os.NewFile(uintptr(ep), "epoll"), done: make(chan struct{})}
	if l.raw, err = l.file.SyscallConn(); err == nil {
		err = l.file.SetReadDeadline(time.Time{}) // it fails where it cannot
	}
	if err != nil {
		l.file.Close()
		return nil
	}
	go l.run() // ends with close
	return l
}

// atOnce is how many events are taken at once.
const atOnce = 128

func (l *lookout) run() {
	events := make([]unix.EpollEvent, atOnce)
	defer close(l.done)
	seen := make([]*session, 0, atOnce)
	l.raw.Read(func(fd uintptr) bool { // until it is closed
		for {
			n, err := unix.EpollWait(int(fd), events, 0)
			if err == unix.EINTR {
				continue
			}
			if n <= 0 {
				return false
			}
			seen = l.take(events[:n], seen[:0])
			if len(seen) > 0 {
				l.hub.ears.add(seen...)
			}
			clear(seen)
		}
	})
}

// take adds the sessions that are to be read.
func (l *lookout) take(events []unix.EpollEvent, to []*session) []*session {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		s := l.at[e.Fd]
		if s == nil {
			continue // it has ended
		}
		if e.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
			s.line.over.Store(true)
		}
		if s.heed() {
			to = append(to, s)
		}
	}
	return to
}

// watch takes over the reading of a session whose device was admitted. It is false
// where it cannot: the session waits by itself.
func (l *lookout) watch(s *session) bool {
	if l == nil || s.line.raw == nil || s.line.came == nil {
		return false
	}
	l.mu.Lock()
	if n := len(l.free); n > 0 {
		s.place, l.free = l.free[n-1], l.free[:n-1]
		l.at[s.place] = s
	} else {
		s.place, l.at = int32(len(l.at)), append(l.at, s)
	}
	l.mu.Unlock()
	s.line.watched.Store(true)
	s.line.shutting.RLock()
	// The event's descriptor is ours to say: it is the place.
	err := unix.EpollCtl(l.ep, unix.EPOLL_CTL_ADD, s.line.fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET&(1<<32-1), Fd: s.place})
	s.line.shutting.RUnlock()
	if err != nil {
		s.line.watched.Store(false)
		l.forget(s)
		return false
	}
	s.line.tcp.SetReadDeadline(time.Time{}) // the hub looks at it
	l.hub.ears.add(s)                       // what has come already
	return true
}

// forget takes a session off. Who is on the way to be read is read.
func (l *lookout) forget(s *session) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if int(s.place) < len(l.at) && l.at[s.place] == s {
		l.at[s.place] = nil
		l.free = append(l.free, s.place)
	}
}

func (l *lookout) close() {
	if l != nil {
		l.file.Close()
		<-l.done
	}
}

// Package sdnotify tells the service manager that a program is ready, alive or
// stopping, by the protocol of systemd's sd_notify. Where no service manager
// listens, which is the usual case in tests and on Windows, it does nothing.
//
// It only speaks; when a program counts as alive is for the program to decide.
package sdnotify

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// States that a service manager understands.
const (
	Ready    = "READY=1"
	Watchdog = "WATCHDOG=1"
	Stopping = "STOPPING=1"
)

// Notifier sends states to one socket. The zero Notifier sends nothing.
type Notifier struct{ socket string }

// New takes the socket's address from $NOTIFY_SOCKET: a path, or a name in the
// abstract namespace that begins with "@".
func New() Notifier { return Notifier{socket: os.Getenv("NOTIFY_SOCKET")} }

// Send tells the service manager the state. Without one it does nothing.
func (n Notifier) Send(state string) error {
	if n.socket == "" {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("telling the service manager %s: %w", state, err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(state)); err != nil {
		return fmt.Errorf("telling the service manager %s: %w", state, err)
	}
	return nil
}

// Interval returns within which time the service manager wants to hear
// Watchdog, from $WATCHDOG_USEC; 0 if it does not. A program should speak at
// least twice as often.
func Interval() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	us, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || us <= 0 || us > int64(24*time.Hour/time.Microsecond) {
		return 0
	}
	return time.Duration(us) * time.Microsecond
}

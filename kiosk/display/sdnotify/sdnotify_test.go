package sdnotify

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestSend(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	n := New()
	for _, state := range []string{Ready, Watchdog, Stopping} {
		if err := n.Send(state); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 64)
		got, err := l.Read(buf)
		if err != nil || string(buf[:got]) != state {
			t.Errorf("the service manager heard %q (%v), want %q", buf[:got], err, state)
		}
	}
	l.Close()
	if err := n.Send(Watchdog); err == nil {
		t.Error("a service manager that is gone was told without an error")
	}
}

func TestWithoutServiceManager(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	if err := New().Send(Ready); err != nil {
		t.Error(err)
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"10000000", "", 10 * time.Second},
		{"10000000", strconv.Itoa(os.Getpid()), 10 * time.Second},
		{"10000000", "1", 0},
		{"", "", 0}, {"-5", "", 0}, {"soon", "", 0}, {"9223372036854775807", "", 0},
	} {
		t.Setenv("WATCHDOG_USEC", c.usec)
		t.Setenv("WATCHDOG_PID", c.pid)
		if got := Interval(); got != c.want {
			t.Errorf("WATCHDOG_USEC=%q WATCHDOG_PID=%q: %v, want %v", c.usec, c.pid, got, c.want)
		}
	}
}

package screen

import (
	"net"
	"os"
	"sync"
)

// watchdog returns a function that tells systemd, about once a second while the
// picture moves, that the program is well: sd_notify(3). Without systemd it does
// nothing.
func watchdog() func() {
	address := os.Getenv("NOTIFY_SOCKET")
	if address == "" {
		return func() {}
	}
	if address[0] == '@' {
		address = "\x00" + address[1:] // an abstract socket
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		return func() {} // systemd will say that it heard nothing
	}
	var ready sync.Once
	return func() {
		ready.Do(func() { _, _ = conn.Write([]byte("READY=1")) })
		// A lost word is one of thirty before systemd acts.
		_, _ = conn.Write([]byte("WATCHDOG=1"))
	}
}

package hub

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// acknowledged is how many bytes the other side has acknowledged on a connection
// (tcp(7), TCP_INFO); false where the system does not tell.
func acknowledged(raw syscall.RawConn) (n uint64, ok bool) {
	err := raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			n, ok = info.Bytes_acked, true
		}
	})
	return n, ok && err == nil
}

// keepUnsent bounds what waits in the system without being on its way (tcp(7),
// TCP_NOTSENT_LOWAT).
func keepUnsent(raw syscall.RawConn, bytes int) {
	if raw == nil {
		return // closed already
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, bytes) // a hint
	})
}

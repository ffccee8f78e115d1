package link

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// countSegments asks the system what TCP has sent on a connection, and sent again
// (tcp(7), TCP_INFO). False when it does not tell.
func countSegments(c net.Conn) (s segments, ok bool) {
	sc, is := c.(syscall.Conn)
	if !is {
		return s, false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return s, false
	}
	err = raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return
		}
		s, ok = segments{uint64(info.Data_segs_out), uint64(info.Total_retrans)}, true
	})
	return s, ok && err == nil
}

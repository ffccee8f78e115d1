//go:build unix

package hub

import (
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// readable reports whether a read would not wait: there are bytes, or the end.
func readable(fd uintptr) bool {
	p := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(p[:], 0)
	return n != 0 || err != nil
}

// try writes as much of p as the connection takes without waiting.
func (c *pacedConn) try(p []byte) (n int, err error) {
	c.shutting.RLock()
	defer c.shutting.RUnlock()
	for {
		switch n, err = unix.Write(c.fd, p); err {
		case nil:
			return n, nil
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, nil
		default:
			return 0, c.failure("write", err)
		}
	}
}

// pull reads what the connection has without waiting; errHeld when that is nothing.
func (c *pacedConn) pull(p []byte) (n int, err error) {
	c.shutting.RLock()
	defer c.shutting.RUnlock()
	for {
		switch n, err = unix.Read(c.fd, p); {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return 0, errHeld
		case err != nil:
			return 0, c.failure("read", err)
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// failure is an error of the system as package net has it. The caller holds shutting.
func (c *pacedConn) failure(of string, err error) error {
	if c.fd < 0 {
		return net.ErrClosed
	}
	return os.NewSyscallError(of, err)
}

// descriptor is that of a connection.
func descriptor(raw syscall.RawConn) int {
	of := -1
	raw.Control(func(fd uintptr) { of = int(fd) }) // else it is closed already
	return of
}

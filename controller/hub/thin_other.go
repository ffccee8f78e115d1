//go:build !linux

package hub

import "syscall"

// acknowledged is for Linux alone; elsewhere a write has its deadline.
func acknowledged(syscall.RawConn) (uint64, bool) { return 0, false }

func keepUnsent(syscall.RawConn, int) {}

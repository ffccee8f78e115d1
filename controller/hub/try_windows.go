package hub

import "syscall"

// readable is asked before Windows is told to wake the session as soon as there
// is something: it does so at once for what is there already.
func readable(uintptr) bool { return false }

// try writes nothing: Windows takes what is written and says later whether it had
// to wait.
func (c *pacedConn) try([]byte) (int, error) { return 0, nil }

// pull reads nothing: there is no lookout.
func (c *pacedConn) pull([]byte) (int, error) { return 0, errHeld }

// descriptor is not used on Windows.
func descriptor(syscall.RawConn) int { return -1 }

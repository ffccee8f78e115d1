package update

import (
	"os/exec"
	"syscall"
)

// tie lets a child end with its launcher, at once: two programs must never write to
// one disk. The kernel takes the thread that started the child for its parent, so
// Run keeps to one.
func tie(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

package voice

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a player into a process group of its own, so that what it starts
// ends with it, and ends it when this program dies.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill ends a player and what it started. One that is gone already is no error.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

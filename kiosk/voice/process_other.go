//go:build !linux

package voice

import (
	"os/exec"
	"syscall"
)

func ownGroup() *syscall.SysProcAttr { return nil }

// kill ends a player. One that is gone already is no error.
func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

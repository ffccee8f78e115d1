package cmd

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// roomOfDisk is the size of a small disk in bytes. It takes memory only for what
// is written on it.
const roomOfDisk = 480 << 20

// ownMounts starts a program that may mount what only it sees; nil where the
// system does not let anybody.
var ownMounts = sync.OnceValue(func() func(*exec.Cmd) {
	for _, attr := range []func() *syscall.SysProcAttr{
		func() *syscall.SysProcAttr { return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS} },
		func() *syscall.SysProcAttr {
			return &syscall.SysProcAttr{
				Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
				UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
			}
		},
	} {
		self, err := os.Executable()
		if err != nil {
			return nil
		}
		try := exec.Command(self)
		try.Args[0], try.SysProcAttr = "mingbai-mount", attr()
		if try.Run() == nil {
			return func(c *exec.Cmd) { c.SysProcAttr = attr() }
		}
	}
	return nil
})

// mountProgram tries whether it may mount.
func mountProgram() error {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return err
	}
	defer os.Remove(dir)
	if err := smallDisk(dir); err != nil {
		return err
	}
	return syscall.Unmount(dir, 0)
}

// smallDisk puts a small empty disk under a folder, for this process alone.
func smallDisk(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts to itself: %w", err)
	}
	if err := syscall.Mount("small", dir, "tmpfs", 0, fmt.Sprint("size=", roomOfDisk)); err != nil {
		return fmt.Errorf("mount a small disk: %w", err)
	}
	return nil
}

// roomFor gives a socket so many bytes for what nobody has read yet, where the system
// lets this process: a machine that lets it wait for long loses none.
func roomFor(c *net.UDPConn, size int) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var denied error
	if err := raw.Control(func(fd uintptr) {
		denied = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, size)
	}); err != nil {
		return err
	}
	if denied != nil {
		return c.SetReadBuffer(size)
	}
	return nil
}

// fillDisk leaves a small disk no room, or all it had.
func fillDisk(dir string, full bool) error {
	size := uint64(roomOfDisk)
	if full {
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			return err
		}
		size = (st.Blocks - st.Bfree) * uint64(st.Bsize)
	}
	return syscall.Mount("small", dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprint("size=", size))
}

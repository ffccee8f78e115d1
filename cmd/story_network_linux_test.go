package cmd

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// apart says to this binary that it is in a network of its own, and names the
// machine's.
const apart = "MINGBAI_MACHINE_NETWORK"

// inOwnNetwork runs the tests again in a network in which there is nothing but
// the loopback, and returns their exit code. Cables that are laid, pulled and thinned
// are news to everything else on a machine: a browser that loads a page at that
// moment gives it up (ERR_NETWORK_CHANGED). It returns false to who is there already,
// and where the system does not let anybody; what needs a cable says so then.
func inOwnNetwork() (code int, ran bool) {
	if os.Getenv(apart) != "" {
		if err := raiseLoopback(); err != nil {
			fmt.Fprintln(os.Stderr, "switch the loopback on in the tests' own network:", err)
			return 1, true
		}
		return 0, false
	}
	self, err := os.Executable()
	if err != nil {
		return 0, false
	}
	runtime.LockOSThread() // the tests end with the thread that started them
	defer runtime.UnlockOSThread()
	again := exec.Command(self)
	again.Args = os.Args
	again.Env = append(os.Environ(), fmt.Sprintf("%s=/proc/%d/ns/net", apart, os.Getpid()))
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if err := again.Start(); err != nil {
		return 0, false
	}
	if err := again.Wait(); err != nil {
		return max(1, again.ProcessState.ExitCode()), true // a signal is -1
	}
	return 0, true
}

func raiseLoopback() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(lo)
}

// outside runs a program in the machine's network: go may have modules to fetch.
func outside(run func() error) error {
	path := os.Getenv(apart)
	if path == "" {
		return run()
	}
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		home, err := netns.GetFromPath(path)
		if err == nil {
			err = errors.Join(netns.Set(home), home.Close())
		}
		if err == nil {
			err = run()
		}
		failed <- err
	}()
	return <-failed
}

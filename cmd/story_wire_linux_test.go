package cmd

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// cable is a cable between the office's machine and that of a screen, which has a
// network of its own: a pair of virtual interfaces, each in its namespace.
type cable struct {
	name   string
	office net.IP // addresses
	screen net.IP

	here, there   netlink.Link
	ours, theirs  *netlink.Handle
	counted       uint64 // bytes that had gone to the screen when counting began
	stop, stopped chan struct{}
}

var cables atomic.Int64

// newCable finds names and addresses that no other test on this machine has. They
// are of the range for tests of networks (RFC 2544).
func newCable() *cable {
	n := int64(os.Getpid())*64 + cables.Add(1)
	at := n % (1 << 15) * 4
	address := func(host int64) net.IP { return net.IPv4(198, byte(18+at>>16), byte(at>>8), byte(at+host)) }
	return &cable{name: fmt.Sprintf("mb%x", n), office: address(1), screen: address(2)}
}

// prepare gives a program a network of its own, in which there is nothing yet.
func (w *cable) prepare(c *exec.Cmd) {
	if w != nil {
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	}
}

// plug lays the cable to the program. It is gone with the program.
func (w *cable) plug(pid int) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("lay a cable to a screen (this needs Linux and its network namespaces: run the tests as root): %w", err)
		}
	}()
	if w.ours, err = netlink.NewHandle(); err != nil {
		return err
	}
	ns, err := netns.GetFromPid(pid)
	if err != nil {
		return err
	}
	defer ns.Close()
	if w.theirs, err = netlink.NewHandleAt(ns); err != nil {
		return err
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name = w.name
	pair := netlink.NewVeth(attrs)
	pair.PeerName, pair.PeerNamespace = "eth0", netlink.NsFd(ns)
	if err := w.ours.LinkAdd(pair); err != nil {
		return err
	}
	if w.here, err = raise(w.ours, w.name, w.office); err != nil {
		return err
	}
	w.there, err = raise(w.theirs, "eth0", w.screen)
	return err
}

// raise switches an interface on under an address.
func raise(h *netlink.Handle, name string, ip net.IP) (netlink.Link, error) {
	l, err := h.LinkByName(name)
	if err != nil {
		return nil, err
	}
	addr := &netlink.Addr{IPNet: &net.IPNet{IP: ip, Mask: net.CIDRMask(30, 32)}}
	if err := h.AddrAdd(l, addr); err != nil {
		return nil, err
	}
	return l, h.LinkSetUp(l)
}

func (w *cable) unplug() {
	if w == nil || w.theirs == nil {
		return
	}
	w.calm()
	if w.here != nil {
		_ = w.ours.LinkDel(w.here) // gone with the screen's program, as a rule
	}
	w.ours.Close()
	w.theirs.Close()
}

// The ways in which a wire can be.
const (
	wireWhole    = "whole"
	wireDead     = "dead"     // nothing comes through, and nobody is told
	wireDeaf     = "deaf"     // the screen hears nothing
	wireDumb     = "dumb"     // the office hears nothing
	wireFlapping = "flapping" // the plug is pulled and put back once a second
	wireThin     = "thin"     // 64 kbit/s, with four seconds of patience in the modem
)

// become makes the wire so.
func (w *cable) become(how string) error {
	w.calm()
	down, up := how, how
	switch how {
	case wireDeaf:
		down, up = wireDead, wireWhole
	case wireDumb:
		down, up = wireWhole, wireDead
	case wireFlapping:
		down, up = wireWhole, wireWhole
		w.stop, w.stopped = make(chan struct{}), make(chan struct{})
		go w.flap()
	case wireWhole, wireDead, wireThin:
	default:
		return fmt.Errorf("a wire is not %q", how)
	}
	if err := shape(w.ours, w.here, down); err != nil {
		return err
	}
	return shape(w.theirs, w.there, up)
}

// shape says what becomes of packets on their way out of an interface.
func shape(h *netlink.Handle, l netlink.Link, how string) error {
	attrs := netlink.QdiscAttrs{LinkIndex: l.Attrs().Index, Handle: netlink.MakeHandle(1, 0), Parent: netlink.HANDLE_ROOT}
	tbf := &netlink.Tbf{QdiscAttrs: attrs, Rate: 64_000 / 8, Limit: 32 << 10}
	switch how {
	case wireWhole:
		list, err := h.QdiscList(l)
		if err != nil {
			return err
		}
		for _, q := range list {
			if q.Type() == "tbf" {
				return h.QdiscDel(q)
			}
		}
		return nil
	case wireDead:
		tbf.Limit = 1 // no packet fits
	}
	tbf.Buffer = netlink.Xmittime(tbf.Rate, 2*1514)
	return h.QdiscReplace(tbf)
}

// flap pulls the plug and puts it back until stop is closed.
func (w *cable) flap() {
	defer close(w.stopped)
	tick := time.NewTicker(time.Second / 2)
	defer tick.Stop()
	for up := true; ; {
		select {
		case <-w.stop:
			_ = w.ours.LinkSetUp(w.here) // a wire that stays down is seen
			return
		case <-tick.C:
		}
		if up = !up; up {
			_ = w.ours.LinkSetUp(w.here)
		} else {
			_ = w.ours.LinkSetDown(w.here)
		}
	}
}

// calm ends the flapping.
func (w *cable) calm() {
	if w.stop != nil {
		close(w.stop)
		<-w.stopped
		w.stop = nil
	}
}

// sent is how many bytes the interface has carried to the screen.
func (w *cable) sent() (uint64, error) {
	l, err := w.ours.LinkByName(w.name)
	if err != nil {
		return 0, err
	}
	return l.Attrs().Statistics.TxBytes, nil
}

// address is that of the office's machine, as the screen sees it.
func (w *cable) address() string { return w.office.String() }

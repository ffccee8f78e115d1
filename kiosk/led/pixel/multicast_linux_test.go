package pixel_test

import (
	"image"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"

	"mingbai/configs"
)

// join listens to one group on the loopback, and to nothing else: package net would
// bind to every address, and take what is for the other groups.
func join(t *testing.T, group netip.AddrPort) *net.UDPConn {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), group.String())
	defer f.Close()
	to := group.Addr().As4()
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: to, Port: int(group.Port())}); err != nil {
		t.Fatal(err)
	}
	err = syscall.SetsockoptIPMreq(fd, syscall.IPPROTO_IP, syscall.IP_ADD_MEMBERSHIP,
		&syscall.IPMreq{Multiaddr: to, Interface: [4]byte{127, 0, 0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.FilePacketConn(f)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*net.UDPConn)
}

// Every universe goes to a group of its own, 239.255 and its number (E1.31 9.3.1),
// through the card that the file names.
func TestMulticastIsReadByTshark(t *testing.T) {
	t.Parallel()
	cfg := settings(t, image.Pt(64, 16), func(o *configs.Output) {
		o.Protocol, o.Address, o.Local = configs.E131, configs.Multicast, "127.0.0.1"
		o.Universe, o.Wiring, o.Start, o.FPS = 254, configs.Serpentine, configs.BottomRight, 60
	})
	var w wire
	for universe := 254; universe < 254+7; universe++ {
		to := netip.AddrPortFrom(netip.AddrFrom4([4]byte{239, 255, byte(universe >> 8), byte(universe)}), 5568)
		w.take(join(t, to), to)
	}
	f := noise(image.Pt(64, 16), 77)
	if report := play(t, cfg, f); report.Dropped > 0 {
		t.Errorf("%+v", report)
	}
	got := dissect(t, w.close())
	checkDots(t, "multicast", cfg, got, painted(f))
	for _, u := range got {
		if g := u.to.Addr().As4(); int(g[2])<<8|int(g[3]) != u.universe {
			t.Fatalf("universe %d came to the group %v", u.universe, u.to)
		}
	}
}

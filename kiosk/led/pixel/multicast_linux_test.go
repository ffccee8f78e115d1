package pixel_test

import (
	"bytes"
	"image"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

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

// What a source sends to groups it says, by the table of E1.31 clause 8 written out
// by hand.
//
// It runs alone: other tests announce theirs to the same group.
func TestUniversesAreDiscovered(t *testing.T) {
	cfg := settings(t, image.Pt(64, 32), func(o *configs.Output) {
		o.Protocol, o.Address, o.Local, o.Universe = configs.E131, configs.Multicast, "127.0.0.1", 0x1234
		o.Parts = []configs.OutputPart{{Height: 16}, {Y: 16, Height: 16, Universe: 0x1100}, {Y: 16, Address: "127.0.0.1:9"}}
	})
	var w wire
	to := netip.MustParseAddrPort("239.255.250.214:5568") // the group of universe 64214
	w.take(join(t, to), to)
	began := time.Now()
	play(t, cfg, noise(image.Pt(64, 32), 5))
	got, took := w.close(), time.Since(began)
	if len(got) < 1 || len(got) > 1+int(took/(10*time.Second)) {
		t.Fatalf("%d packets came within %v, want one in ten seconds", len(got), took)
	}
	// Two parts of 7 universes each go to groups; the third one's do not count.
	name := append([]byte("明白 东门"), make([]byte, 64-len("明白 东门"))...)
	want := slices.Concat(
		[]byte("\x00\x10\x00\x00ASC-E1.17\x00\x00\x00\x70\x84\x00\x00\x00\x08"), source.CID[:],
		[]byte("\x70\x6e\x00\x00\x00\x02"), name, []byte("\x00\x00\x00\x00"),
		[]byte("\x70\x24\x00\x00\x00\x01\x00\x00"),
		[]byte("\x11\x00\x11\x01\x11\x02\x11\x03\x11\x04\x11\x05\x11\x06"),
		[]byte("\x12\x34\x12\x35\x12\x36\x12\x37\x12\x38\x12\x39\x12\x3a"))
	if !bytes.Equal(got[0].data, want) {
		t.Errorf("the universes are announced as\n%x, want\n%x", got[0].data, want)
	}
}

// Art-Net may go to everybody on a network.
func TestArtNetIsBroadcast(t *testing.T) {
	t.Parallel()
	c, err := net.ListenUDP("udp4", nil)
	if err != nil {
		t.Fatal(err)
	}
	to := netip.AddrPortFrom(netip.MustParseAddr("127.255.255.255"), c.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	var w wire
	w.take(c, to)
	cfg := settings(t, image.Pt(64, 16), func(o *configs.Output) {
		o.Protocol, o.Address, o.SyncAddress = configs.ArtNet, to.String(), to.String()
	})
	if report := play(t, cfg, noise(image.Pt(64, 16), 6)); len(report.Failing) > 0 {
		t.Errorf("%+v", report)
	}
	// Three times the seven universes and a synchronisation.
	if got := w.close(); len(got) < 3*8 {
		t.Errorf("%d packets came to the broadcast address, want 24", len(got))
	}
}

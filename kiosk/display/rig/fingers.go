package rig

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Xorg starts a real X server without a graphics card for the test: the dummy
// video driver with a screen of the given size, and a touchscreen whose fingers
// are returned. Unlike Xvfb it takes touches.
func Xorg(t testing.TB, size image.Point) (display string, fingers *Fingers) {
	t.Helper()
	dir := t.TempDir()
	socket := filepath.Join(dir, "touch")
	config := filepath.Join(dir, "xorg.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, serverConfig, socket, modeline(size), size.X, size.Y, size.X, size.Y), 0o600); err != nil {
		t.Fatal(err)
	}
	// Not /usr/bin/Xorg: that is a script which wants a console.
	display = start(t, "/usr/lib/xorg/Xorg", "-displayfd", "3", "-config", config, "-logfile", filepath.Join(dir, "log"),
		"-noreset", "-nolisten", "tcp", "-novtswitch", "-sharevts", "-ac")
	fingers, err := touchscreen(t.Context(), socket, size)
	if err != nil {
		t.Fatal(err)
	}
	// The server spins when its touchscreen hangs up, so it goes first.
	t.Cleanup(func() { _ = fingers.conn.Close() })
	return display, fingers
}

const serverConfig = `
Section "ServerFlags"
	Option "AutoAddDevices" "false"
	Option "AllowEmptyInput" "true"
	Option "DontVTSwitch" "true"
EndSection
Section "InputDevice"
	Identifier "fingers"
	Driver "inputtest"
	Option "SocketPath" "%s"
	Option "DeviceType" "Touch"
	Option "TouchCount" "10"
EndSection
Section "Device"
	Identifier "card"
	Driver "dummy"
	VideoRam 65536
EndSection
Section "Monitor"
	Identifier "panel"
	HorizSync 1-1000
	VertRefresh 1-1000
	%s
EndSection
Section "Screen"
	Identifier "screen"
	Device "card"
	Monitor "panel"
	DefaultDepth 24
	SubSection "Display"
		Depth 24
		Modes "%dx%d"
		Virtual %d %d
	EndSubSection
EndSection
Section "ServerLayout"
	Identifier "layout"
	Screen "screen"
	InputDevice "fingers"
EndSection
`

// modeline describes a mode of that size at about 60 Hz. The margins are wide:
// the driver takes narrow ones for a trick that its monitor does not know.
func modeline(size image.Point) string {
	w, h := size.X, size.Y
	clock := float64((w+400)*(h+40)) * 60 / 1e6
	return fmt.Sprintf(`ModeLine "%dx%d" %.2f %d %d %d %d %d %d %d %d`, w, h, clock, w, w+80, w+200, w+400, h, h+3, h+10, h+40)
}

// Fingers touch the screen of a server started with Xorg. They speak the
// protocol of Xorg's inputtest driver (inputtest(4)).
type Fingers struct {
	conn net.Conn
	size image.Point
}

// Messages of the driver's protocol.
const (
	sayVersion  = 0
	waitForSync = 1
	touch       = 6

	valuators = 64
	reach     = 65535 // the axes go from 0 to this
)

// Phase is what a finger does.
type Phase uint32

// The phases of a touch, as the X server numbers them.
const (
	Begin  Phase = 18
	Update Phase = 19
	End    Phase = 20
)

func touchscreen(ctx context.Context, socket string, size image.Point) (*Fingers, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	for err != nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("finding the touchscreen: %w", err)
		}
		conn, err = d.DialContext(ctx, "unix", socket)
	}
	f := &Fingers{conn: conn, size: size}
	hello := binary.LittleEndian.AppendUint32(nil, 12)
	hello = binary.LittleEndian.AppendUint32(hello, sayVersion)
	if err := f.exchange(append(hello, 1, 0, 1, 0), 12); err != nil {
		return nil, fmt.Errorf("greeting the touchscreen: %w", err)
	}
	return f, nil
}

// exchange sends a message and waits for an answer of n bytes.
func (f *Fingers) exchange(b []byte, n int) error {
	if err := f.conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	if _, err := f.conn.Write(b); err != nil {
		return err
	}
	_, err := io.ReadFull(f.conn, make([]byte, n))
	return err
}

// Touch lets a finger begin, move or end at a place of the screen, and returns
// when the server has taken it in.
func (f *Fingers) Touch(finger int, p Phase, x, y float64) error {
	const size = 16 + 16 + 2*8*valuators
	b := make([]byte, size)
	binary.LittleEndian.PutUint32(b, size)
	binary.LittleEndian.PutUint32(b[4:], touch)
	binary.LittleEndian.PutUint32(b[8:], uint32(finger))
	binary.LittleEndian.PutUint32(b[12:], uint32(p))
	b[20] = 3 // the mask: axes 0 and 1
	axis := func(v float64, pixels int) uint64 {
		return math.Float64bits(v * reach / float64(pixels-1))
	}
	binary.LittleEndian.PutUint64(b[32:], axis(x, f.size.X))
	binary.LittleEndian.PutUint64(b[40:], axis(y, f.size.Y))
	if _, err := f.conn.Write(b); err != nil {
		return fmt.Errorf("touching: %w", err)
	}
	sync := binary.LittleEndian.AppendUint32(nil, 8)
	if err := f.exchange(binary.LittleEndian.AppendUint32(sync, waitForSync), 8); err != nil {
		return fmt.Errorf("touching: %w", err)
	}
	return nil
}

package screen

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
)

// childVariable names the configuration of a board's program that this binary runs
// instead of its tests: a window needs a process of its own.
const childVariable = "MINGBAI_BOARD_CHILD"

func TestMain(m *testing.M) {
	if file := os.Getenv(nightVariable); file != "" {
		os.Exit(runNight(file))
	}
	file := os.Getenv(childVariable)
	if file == "" {
		os.Exit(m.Run())
	}
	os.Args = []string{"board", "-config", file}
	os.Exit(Main("board", playlist.LED, func(d *kiosk.Device, _ *slog.Logger) player.Program {
		p := d.Config().Panel
		return &picture{frame: noise(image.Pt(p.Width, p.Height))}
	}))
}

// picture is a program that shows one frame.
type picture struct{ frame *scene.Frame }

func (p *picture) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	return p.frame, now.Add(time.Second)
}

func (p *picture) Presented(*scene.Frame, time.Time) {}

// noise is a frame of dots that have nothing to do with each other: a window that
// is off by one, scaled or blended shows at once.
func noise(size image.Point) *scene.Frame {
	r := rand.New(rand.NewPCG(4, 5))
	b := &scene.Bitmap{W: size.X, H: size.Y, Pix: make([]uint8, 4*size.X*size.Y)}
	for i := range b.Pix {
		b.Pix[i] = uint8(r.IntN(256))
		if i%4 == 3 {
			b.Pix[i] = 255
		}
	}
	return &scene.Frame{Size: size, Ground: color.RGBA{A: 255}, Ops: []scene.Op{
		{Kind: scene.OpImage, Dst: image.Rectangle{Max: size}, Image: b},
	}}
}

func painted(f *scene.Frame) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(m, f)
	return m
}

// board starts the program of a board with these settings; it ends with the test.
func board(t *testing.T, display, settings string) (said *bytes.Buffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ledboard.toml")
	text := fmt.Sprintf("controller = \"http://127.0.0.1:9\"\ndata = %q\n", filepath.Join(t.TempDir(), "data")) + settings
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+file, "DISPLAY="+display)
	said = new(bytes.Buffer)
	cmd.Stderr, cmd.Stdout = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		gone := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer gone.Stop()
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("the program ended with %v and said\n%s", err, said)
		}
	})
	return said
}

// await polls until ok, or fails with what it said last.
func await(t *testing.T, ok func() (bool, string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		done, why := ok()
		if done {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(why)
		}
	}
}

// A sending card copies a part of the desktop: at the configured place of the
// configured monitor the pixels are the board's dots, one for one, and around them
// is nothing of ours.
func TestWindowIsWhereTheSendingCardReads(t *testing.T) {
	size, monitor := image.Pt(192, 64), image.Pt(1024, 768)
	display, _ := rig.Xorg(t, image.Pt(2*monitor.X, monitor.Y))
	left, right, err := rig.Beside(t.Context(), display, monitor)
	if err != nil {
		t.Fatal(err)
	}
	eye := rig.NewEye(t, display)
	want := painted(noise(size))
	for _, backend := range []string{"shm", "ebiten"} {
		for _, c := range []struct {
			monitor string
			at      image.Point // in the settings
			corner  image.Point // on the desktop
		}{
			{"", image.Pt(0, 0), image.Pt(0, 0)},
			{left, image.Pt(37, 53), image.Pt(37, 53)},
			{right, image.Pt(0, 0), image.Pt(1024, 0)},
			{right, image.Pt(37, 53), image.Pt(1061, 53)},
			{right, image.Pt(832, 704), image.Pt(1856, 704)},
		} {
			t.Run(fmt.Sprintf("%s on %q at %v", backend, c.monitor, c.at), func(t *testing.T) {
				board(t, display, fmt.Sprintf("[panel]\nwidth = %d\nheight = %d\n[window]\nbackend = %q\nmonitor = %q\nx = %d\ny = %d\n",
					size.X, size.Y, backend, c.monitor, c.at.X, c.at.Y))
				await(t, func() (bool, string) {
					around := image.Rectangle{Max: size}.Add(c.corner).Inset(-9).Intersect(image.Rectangle{Max: eye.Size()})
					got, err := eye.See(around)
					if err != nil {
						return false, err.Error()
					}
					return compare(got, want, c.corner)
				})
			})
		}
	}
}

// compare looks for want at corner of got, and for black around it.
func compare(got, want *image.RGBA, corner image.Point) (bool, string) {
	wrong, first := 0, ""
	for y := got.Rect.Min.Y; y < got.Rect.Max.Y; y++ {
		for x := got.Rect.Min.X; x < got.Rect.Max.X; x++ {
			is, must := got.RGBAAt(x, y), color.RGBA{A: 255}
			if p := image.Pt(x, y).Sub(corner); p.In(want.Rect) {
				must = want.RGBAAt(p.X, p.Y)
			}
			if is != must {
				if wrong == 0 {
					first = fmt.Sprintf("pixel %d,%d is %v, want %v", x, y, is, must)
				}
				wrong++
			}
		}
	}
	return wrong == 0, fmt.Sprintf("%s, and %d in all", first, wrong)
}

// The network output carries what is presented, beside a window and without one.
func TestOutputOfTheProgram(t *testing.T) {
	size := image.Pt(64, 16)
	want := painted(noise(size))
	for _, backend := range []string{"none", "shm"} {
		t.Run(backend, func(t *testing.T) {
			display := rig.Xvfb(t, image.Pt(200, 100))
			c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			board(t, display, fmt.Sprintf("[panel]\nwidth = 64\nheight = 16\n[window]\nbackend = %q\n[output]\nprotocol = \"ddp\"\naddress = %q\n",
				backend, c.LocalAddr()))
			if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Fatal(err)
			}
			memory := whole(t, c, 3*64*16)
			for i := range size.X * size.Y {
				if dot := want.Pix[4*i : 4*i+3]; !bytes.Equal(memory[3*i:3*i+3], dot) {
					t.Fatalf("dot %d is %v, want %v", i, memory[3*i:3*i+3], dot)
				}
			}
			seen := want
			if backend == "none" {
				seen = image.NewRGBA(image.Rectangle{}) // the desktop stays black
			}
			eye := rig.NewEye(t, display)
			await(t, func() (bool, string) {
				got, err := eye.See(image.Rect(0, 0, 100, 50))
				if err != nil {
					return false, err.Error()
				}
				return compare(got, seen, image.Point{})
			})
		})
	}
}

// whole reads DDP until a picture of that many bytes is complete.
func whole(t *testing.T, c *net.UDPConn, size int) []byte {
	t.Helper()
	memory, b := make([]byte, size), make([]byte, 2000)
	for {
		n, err := c.Read(b)
		if err != nil {
			t.Fatalf("no whole picture came: %v", err)
		}
		copy(memory[binary.BigEndian.Uint32(b[4:]):], b[10:n])
		if b[0]&1 == 1 {
			return memory
		}
	}
}

// The program for machines without a display has no C in it, needs no X server and
// sends what the board shows.
func TestWithoutADisplay(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "ledboard")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "netgo,osusergo,noebiten", "-o", program, "mingbai/cmd/ledboard")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	file := filepath.Join(dir, "ledboard.toml")
	text := fmt.Sprintf("controller = \"http://127.0.0.1:9\"\ndata = %q\n[panel]\nwidth = 64\nheight = 16\nwidth_mm = 640\nheight_mm = 160\n[window]\nbackend = \"none\"\n[output]\nprotocol = \"ddp\"\naddress = %q\n",
		filepath.Join(dir, "data"), c.LocalAddr())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-config", file)
	cmd.Env = []string{"HOME=" + dir} // no DISPLAY
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	// A board without content shows the plate of its site or its pairing code:
	// some dots are lit, most are not.
	lit := 0
	for _, v := range whole(t, c, 3*64*16) {
		if v > 0 {
			lit++
		}
	}
	if lit == 0 || lit > 3*64*16*9/10 {
		t.Errorf("%d of %d channels are lit", lit, 3*64*16)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	gone := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer gone.Stop()
	if err := cmd.Wait(); err != nil || t.Failed() {
		t.Errorf("the program ended with %v and said\n%s", err, said.String())
	}
}

// Without a window and without an output the program says what is missing.
func TestNothingToShowOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledboard.toml")
	if err := os.WriteFile(file, []byte("[window]\nbackend = \"none\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+file)
	out, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != exitUsage || !strings.Contains(string(out), "set output.protocol") {
		t.Errorf("the program ended with %v and said %s", err, out)
	}
}

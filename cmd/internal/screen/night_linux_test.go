package screen

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"mingbai/kiosk"
	"mingbai/kiosk/display/rig"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
)

// nightVariable names the configuration of a touchscreen's program that this binary
// runs instead of its tests, and nightHours is whether it is night there.
const (
	nightVariable = "MINGBAI_NIGHT_CHILD"
	nightHours    = "MINGBAI_NIGHT_HOURS"
)

// runNight is the touchscreen's program: dark by night until somebody touches it.
func runNight(file string) int {
	os.Args = []string{"kiosk", "-config", file}
	return Main("kiosk", playlist.Touch, func(d *kiosk.Device, _ *slog.Logger) player.Program {
		return &night{device: d, size: image.Pt(d.Config().Panel.Width, d.Config().Panel.Height), lit: os.Getenv(nightHours) == ""}
	})
}

type night struct {
	device *kiosk.Device
	size   image.Point
	lit    bool
}

func (p *night) Step(now time.Time, input []player.Event) (*scene.Frame, time.Time) {
	p.lit = p.lit || len(input) > 0
	f, percent := &scene.Frame{Size: p.size, Ground: color.RGBA{A: 255}}, 0
	if p.lit {
		f.Ground, percent = color.RGBA{R: 250, A: 255}, 100
	}
	p.device.Lit(percent)
	return f, now.Add(time.Second)
}

func (p *night) Presented(*scene.Frame, time.Time) {}

// The program of a touchscreen switches the monitor of its X server off at night. A
// finger lights it; so does the next start by day after the program was killed in the
// dark, and the end of the program.
func TestTheMonitorSleepsAtNight(t *testing.T) {
	size := image.Pt(640, 480)
	display, fingers := rig.Xorg(t, size)
	monitor := rig.NewSleeper(t, display)
	eye := rig.NewEye(t, display)
	file := filepath.Join(t.TempDir(), "kiosk.toml")
	text := fmt.Sprintf("controller = \"http://127.0.0.1:9\"\ndata = %q\n[panel]\nwidth = 640\nheight = 480\n[window]\nbackend = \"shm\"\n", filepath.Join(t.TempDir(), "data"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func(hours string) (end func(os.Signal)) {
		cmd, said := exec.Command(os.Args[0]), new(bytes.Buffer)
		cmd.Env = append(os.Environ(), nightVariable+"="+file, nightHours+"="+hours, "DISPLAY="+monitor.Display)
		cmd.Stderr, cmd.Stdout = said, said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		gone := false
		end = func(how os.Signal) {
			if !gone {
				gone = true
				_ = cmd.Process.Signal(how)
				_ = cmd.Wait() // as it was told
				if t.Failed() {
					t.Logf("the program said\n%s", said)
				}
			}
		}
		t.Cleanup(func() { end(os.Kill) })
		return end
	}
	red := func() (bool, string) {
		m, err := eye.See(image.Rect(10, 10, 12, 12))
		return err == nil && m.RGBAAt(10, 10).R > 200 && monitor.Lit(), fmt.Sprintf("the screen is %v (%v), the monitor lit: %v", m, err, monitor.Lit())
	}
	dark := func() (bool, string) { return !monitor.Lit(), "the monitor is lit at night" }

	end := start("night")
	await(t, dark)
	if err := fingers.Touch(1, rig.Begin, 300, 200); err != nil {
		t.Fatal(err)
	}
	if err := fingers.Touch(1, rig.End, 300, 200); err != nil {
		t.Fatal(err)
	}
	await(t, red)
	end(os.Kill)

	end = start("night")
	await(t, dark)
	end(os.Kill)
	if monitor.Lit() {
		t.Fatal("a killed program lit the monitor")
	}
	end = start("")
	await(t, red)
	end(os.Interrupt)

	end = start("night")
	await(t, dark)
	end(os.Interrupt)
	if !monitor.Lit() {
		t.Error("the program has ended and left the monitor off")
	}
}

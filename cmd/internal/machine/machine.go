// Package machine prepares the computer that a developer command runs on: the
// system packages that building and showing the product needs, a virtual screen
// where there is none, and the programs themselves.
//
// It says what it installs and why before it does so, installs only what is
// missing, and leaves everything else to the commands.
package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// Need is a Debian package with the reason to have it.
type Need struct {
	Package, Why string
	// Probe is a file that the package brings; when it exists nothing is asked of
	// the package system.
	Probe string
}

// Build is what compiling the screens' programs needs, one line for each reason.
var Build = []Need{
	{"gcc", "compiles the parts of the window library that are C", "/usr/bin/gcc"},
	{"libc6-dev", "headers of the C library", "/usr/include/stdlib.h"},
	{"libx11-dev", "windows on X11", "/usr/include/X11/Xlib.h"},
	{"libxrandr-dev", "monitors and their modes", "/usr/include/X11/extensions/Xrandr.h"},
	{"libxcursor-dev", "hiding the pointer", "/usr/include/X11/Xcursor/Xcursor.h"},
	{"libxinerama-dev", "several monitors", "/usr/include/X11/extensions/Xinerama.h"},
	{"libxi-dev", "touch", "/usr/include/X11/extensions/XInput2.h"},
	{"libxxf86vm-dev", "video modes", "/usr/include/X11/extensions/xf86vmode.h"},
	{"libgl-dev", "OpenGL", "/usr/include/GL/gl.h"},
}

// Show is what running the screens without a monitor needs.
var Show = []Need{
	{"xvfb", "a virtual screen where there is no monitor; brings software OpenGL", "/usr/bin/Xvfb"},
}

// Speak is what reading notices aloud needs; without it they are only shown.
var Speak = []Need{
	{"espeak-ng", "the Mandarin voice that notices are recorded with", "/usr/bin/espeak-ng"},
	{"alsa-utils", "aplay, with which a touchscreen plays the recordings", "/usr/bin/aplay"},
}

// Touch is what tests need to touch a screen with real fingers.
var Touch = []Need{
	{"xserver-xorg-core", "an X server that takes touches, with a driver that makes them", "/usr/lib/xorg/Xorg"},
	{"xserver-xorg-video-dummy", "a screen for it without a graphics card", "/usr/lib/xorg/modules/drivers/dummy_drv.so"},
}

// Dissect is what reading the packets for pixel controllers needs.
var Dissect = []Need{
	{"tshark", "Wireshark's own reading of the packets that LED boards are sent", "/usr/bin/tshark"},
}

// Browse is what driving the console in a real browser needs.
var Browse = []Need{
	{"chromium", "a real browser for the console's pages", "/usr/bin/chromium"},
}

// Install installs what is missing of the needs, saying what and why on w. It is
// an error when something is missing and cannot be installed: no Debian, not
// root and no sudo, or no network.
func Install(ctx context.Context, w io.Writer, needs ...Need) error {
	var missing []Need
	for _, n := range needs {
		if _, err := os.Stat(n.Probe); err != nil {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if runtime.GOOS != "linux" {
		return nil // other systems build without any of these
	}
	fmt.Fprintln(w, "This machine lacks some system packages. They will be installed now:")
	names := make([]string, len(missing))
	for i, n := range missing {
		names[i] = n.Package
		fmt.Fprintf(w, "  %-16s %s\n", n.Package, n.Why)
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("this system has no apt-get; install what corresponds to: %s", strings.Join(names, " "))
	}
	if err := apt(ctx, w, append([]string{"install", "-y", "-q", "--no-install-recommends"}, names...)...); err == nil {
		return nil
	}
	// A fresh machine has no package lists, or old ones.
	if err := apt(ctx, w, "update", "-q"); err != nil {
		return fmt.Errorf("refresh the package lists: %w", err)
	}
	if err := apt(ctx, w, append([]string{"install", "-y", "-q", "--no-install-recommends"}, names...)...); err != nil {
		return fmt.Errorf("install %s: %w", strings.Join(names, " "), err)
	}
	return nil
}

func apt(ctx context.Context, w io.Writer, args ...string) error {
	args = append([]string{"apt-get"}, args...)
	if os.Geteuid() != 0 {
		if _, err := exec.LookPath("sudo"); err != nil {
			return errors.New("run this as root, or install sudo")
		}
		args = append([]string{"sudo"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := cmd.CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		fmt.Fprintln(w, strings.Join(lines[max(0, len(lines)-5):], "\n"))
		return fmt.Errorf("%s: %w", strings.Join(args[:2], " "), err)
	}
	return nil
}

// Compile builds the named commands of this module (for example "kiosk") into
// dir and returns their paths. It is quick when nothing changed.
func Compile(ctx context.Context, w io.Writer, dir string, names ...string) (map[string]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("compile: %w", err)
	}
	args := []string{"build", "-trimpath", "-o", dir + string(filepath.Separator)}
	paths := make(map[string]string, len(names))
	for _, name := range names {
		args = append(args, "mingbai/cmd/"+name)
		paths[name] = filepath.Join(dir, path.Base(name))
		if runtime.GOOS == "windows" {
			paths[name] += ".exe"
		}
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("compile %s: %w", strings.Join(names, ", "), err)
	}
	return paths, nil
}

package voice

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// find returns the player of this machine, nil when there is no sound; raw says
// that it wants samples without a head.
func find() (command []string, raw bool) {
	server, card := hasServer(), hasCard("/proc/asound/pcm")
	if runtime.GOOS != "linux" {
		server, card = true, false
	}
	for _, c := range []struct {
		usable  bool
		raw     bool
		command []string
	}{
		{server, true, []string{"paplay", "--raw", "--format=s16le", "--channels=1", "--rate={rate}"}},
		{card, false, []string{"aplay", "-q", "-"}},
		{server || card, false, []string{"ffplay", "-nodisp", "-autoexit", "-loglevel", "error", "-i", "pipe:0"}},
	} {
		if !c.usable {
			continue
		}
		if _, err := exec.LookPath(c.command[0]); err == nil {
			return c.command, c.raw
		}
	}
	return nil, false
}

// hasCard reports whether the kernel knows an output for sound.
func hasCard(pcm string) bool {
	text, err := os.ReadFile(pcm)
	return err == nil && strings.Contains(string(text), "playback")
}

// hasServer reports whether PulseAudio, or PipeWire in its place, is there.
func hasServer() bool {
	if os.Getenv("PULSE_SERVER") != "" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "pulse", "native"))
	return err == nil
}

package voice

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai/playlist/speech"
)

// TestMain lets the test binary be a player: "player MODE FILE".
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "player" {
		os.Exit(fake(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// fake notes its process and what it got, and plays as long as mode says.
func fake(mode, file string) int {
	if mode == "host" {
		exe, err := os.Executable()
		if err != nil || New(exe+" player long "+file, slog.Default()).Speak(recording(time.Minute)) != nil {
			return 1
		}
		<-time.After(time.Minute)
	}
	if mode == "broken" {
		os.Stderr.WriteString("no such device\n" + strings.Repeat("and so on\n", 10_000))
		return 1
	}
	if err := os.WriteFile(file+".pid", []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return 1
	}
	data, err := io.ReadAll(os.Stdin)
	if err != nil || os.WriteFile(file, data, 0o600) != nil {
		return 1
	}
	if mode == "long" {
		<-time.After(time.Minute)
	}
	return 0
}

func player(t *testing.T, mode string) (p *Player, file string, log *bytes.Buffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file, log = filepath.Join(t.TempDir(), "heard"), &bytes.Buffer{}
	p = New(exe+" player "+mode+" "+file, slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(p.Close)
	return p, file, log
}

func recording(d time.Duration) *speech.Recording {
	pcm := make([]int16, int(d.Seconds()*16000))
	for i := range pcm {
		pcm[i] = int16(i%200 - 100)
	}
	return &speech.Recording{Rate: 16000, PCM: pcm, Marks: []speech.Mark{{Text: "一", From: 0, To: d / 2}, {Text: "二", From: d / 2, To: d}}}
}

func eventually(t *testing.T, what string, until func() bool) {
	t.Helper()
	tick, limit := time.NewTicker(5*time.Millisecond), time.After(3*time.Minute)
	defer tick.Stop()
	for !until() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s did not come to pass", what)
		}
	}
}

func silent(p *Player) func() bool {
	return func() bool { _, speaking := p.Spoken(); return !speaking }
}

// process returns the number of the player's process once it runs.
func process(t *testing.T, file string) int {
	t.Helper()
	var pid int
	eventually(t, "a process", func() bool {
		text, err := os.ReadFile(file + ".pid")
		if err != nil {
			return false
		}
		pid, err = strconv.Atoi(string(text))
		return err == nil
	})
	return pid
}

// gone reports whether a process is neither running nor a zombie.
func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestSpeak(t *testing.T) {
	p, file, _ := player(t, "quick")
	if !p.Ready() {
		t.Fatal("a player that is there is not found")
	}
	r := recording(time.Second)
	if err := p.Speak(r); err != nil {
		t.Fatal(err)
	}
	if _, speaking := p.Spoken(); !speaking {
		t.Error("nothing is spoken")
	}
	eventually(t, "the end", silent(p))
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, r.WAV()) {
		t.Errorf("the player got %d bytes, %v", len(got), err)
	}
	if pid := process(t, file); !gone(pid) {
		t.Errorf("process %d is still there", pid)
	}
}

func TestVolume(t *testing.T) {
	p, file, _ := player(t, "quick")
	p.SetVolume(50)
	if err := p.Speak(recording(time.Second)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end", silent(p))
	got, err := os.ReadFile(file)
	if err != nil || len(got) != 44+32000 || int16(uint16(got[44])|uint16(got[45])<<8) != -50 {
		t.Errorf("the player got %d bytes, %v", len(got), err)
	}
}

// Stop ends the process at once and leaves no zombie; another recording takes the
// place of the one before, when that has let the sound card go.
func TestStop(t *testing.T) {
	p, file, log := player(t, "long")
	if err := p.Speak(recording(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	first := process(t, file)
	eventually(t, "the first line", func() bool { mark, speaking := p.Spoken(); return speaking && mark == 0 })
	if err := os.Remove(file + ".pid"); err != nil {
		t.Fatal(err)
	}
	if err := p.Speak(recording(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	second := process(t, file)
	if !gone(first) {
		t.Error("two players run at once")
	}
	p.Stop()
	if _, speaking := p.Spoken(); speaking {
		t.Error("it speaks after Stop")
	}
	eventually(t, "the end of the process", func() bool { return gone(second) })
	if !p.Ready() || log.Len() > 0 {
		t.Errorf("a player that was stopped counts as broken: %s", log)
	}
	for range 20 { // hammered on
		if err := p.Speak(recording(time.Second)); err != nil {
			t.Fatal(err)
		}
		p.Stop()
	}
	p.Close()
	if p.Ready() || p.Speak(recording(time.Second)) == nil {
		t.Error("it speaks after Close")
	}
}

// The line is found by the time that has passed.
func TestSpoken(t *testing.T) {
	p, file, _ := player(t, "long")
	if err := p.Speak(recording(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	process(t, file)
	began := time.Now()
	eventually(t, "the second line", func() bool { mark, _ := p.Spoken(); return mark == 1 })
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("the second line was marked after %v, it is spoken after 1 s", took)
	}
}

// TestNoOrphan kills the program itself: its player falls silent with it.
func TestNoOrphan(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "heard")
	host := exec.Command(exe, "player", "host", file)
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	pid := process(t, file)
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait() // it was killed
	eventually(t, "the end of the player", func() bool {
		// Whoever inherits it may be slow to look after the dead.
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
}

// A player that hangs is ended a while after the recording.
func TestOvertime(t *testing.T) {
	p, file, log := player(t, "long")
	if err := p.Speak(recording(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	pid := process(t, file)
	eventually(t, "the end", silent(p))
	if !gone(pid) || log.Len() == 0 {
		t.Errorf("process %d went on, or nobody was told: %s", pid, log)
	}
}

// A player that fails is mentioned once, and left in peace for a while.
func TestBroken(t *testing.T) {
	p, _, log := player(t, "broken")
	if err := p.Speak(recording(time.Second)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end", silent(p))
	if p.Ready() || p.Speak(recording(time.Second)) == nil {
		t.Error("a player that failed is used again at once")
	}
	p.Close()
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), "no such device") || log.Len() > 2000 {
		t.Errorf("the log says %s", log)
	}
}

// A machine without sound is not ready, and nothing else happens.
func TestNoSound(t *testing.T) {
	for name, p := range map[string]*Player{
		"configured": New("no-such-player-on-this-machine -", slog.New(slog.DiscardHandler)),
		"found":      {log: slog.New(slog.DiscardHandler), find: func() ([]string, bool) { return nil, false }},
	} {
		if p.Ready() || p.Speak(recording(time.Second)) == nil {
			t.Errorf("%s: it speaks", name)
		}
		p.Stop()
		p.Close()
	}
	missing := filepath.Join(t.TempDir(), "pcm")
	if hasCard(missing) {
		t.Error("a card was found where there is none")
	}
	if err := os.WriteFile(missing, []byte("00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !hasCard(missing) {
		t.Error("a card was not found")
	}
}

// TestAplay plays with the real aplay, to nowhere.
func TestAplay(t *testing.T) {
	if _, err := exec.LookPath("aplay"); err != nil {
		t.Fatalf("the delivered player can be tested only where it is installed (apt install alsa-utils): %v", err)
	}
	var log bytes.Buffer
	p := New("aplay -q -D null -", slog.New(slog.NewTextHandler(&log, nil)))
	defer p.Close()
	if err := p.Speak(recording(time.Second)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end", silent(p))
	if !p.Ready() || log.Len() > 0 {
		t.Errorf("aplay failed: %s", &log)
	}
}

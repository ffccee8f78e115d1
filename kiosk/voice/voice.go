// Package voice plays recordings through the machine's own player (aplay,
// paplay, ffplay or what is configured), as a supervised subprocess.
//
// It promises that a machine without sound loses nothing but the sound, that no
// call waits for a process, that Stop is silent at once, and that on Linux no
// process outlives the program, however that ends. It leaves to others what is
// said.
//
// On Windows it finds ffplay only; without it, and without a configured command,
// there is no sound.
package voice

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"mingbai/playlist/speech"
)

// latency is what lies between a sample and the ear: a player fills its buffer
// before it begins.
const latency = 250 * time.Millisecond

const (
	lookEvery = 10 * time.Second // for a player or a sound card that was plugged in
	restFor   = time.Minute      // after a player failed
	overtime  = 5 * time.Second  // that a player may take longer than the recording
)

// errSilent is what Speak returns on a machine without sound.
var errSilent = errors.New("this machine has no sound")

// Player speaks one recording at a time. It may be used by several goroutines.
type Player struct {
	log  *slog.Logger
	own  []string // the configured command
	find func() (command []string, raw bool)

	mu      sync.Mutex // guards all below
	volume  int        // per cent
	looked  time.Time
	command []string
	raw     bool // samples without a WAV head
	rest    time.Time
	failing bool
	closed  bool
	now     *playing
	work    sync.WaitGroup
}

// playing is one recording on its way.
type playing struct {
	r       *speech.Recording
	before  *playing      // whose process has to be gone first: a sound card has one user
	done    chan struct{} // closed when the process is gone
	stopped bool
	cmd     *exec.Cmd // nil until it runs
	began   time.Time // zero until it runs
}

// New makes a player. command is the player's command line, which gets a WAV
// file on its standard input ("{rate}" in it stands for the samples a second);
// empty finds one on the machine.
func New(command string, log *slog.Logger) *Player {
	return &Player{log: log, own: strings.Fields(command), find: find, volume: 100}
}

// SetVolume sets how loud the next recording is, in per cent of how it was
// recorded: 0 to 100.
func (p *Player) SetVolume(percent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.volume = min(max(percent, 0), 100)
}

// Ready reports whether there is something to play with. It is cheap enough to
// be asked for every frame.
func (p *Player) Ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready(time.Now())
}

func (p *Player) ready(now time.Time) bool {
	if p.closed || now.Before(p.rest) {
		return false
	}
	if p.looked.IsZero() || now.Sub(p.looked) >= lookEvery {
		p.looked = now
		p.command, p.raw = nil, false
		if len(p.own) == 0 {
			p.command, p.raw = p.find()
		} else if _, err := exec.LookPath(p.own[0]); err == nil {
			p.command = p.own
		}
	}
	return len(p.command) > 0
}

// Speak begins r from its beginning, in place of what is spoken now. It returns
// before anything is heard.
func (p *Player) Speak(r *speech.Recording) error {
	if r == nil || r.Rate <= 0 || len(r.PCM) == 0 {
		return errors.New("speak: the recording is empty")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready(time.Now()) {
		return fmt.Errorf("speak: %w", errSilent)
	}
	before := p.now
	p.stop()
	next := &playing{r: r, before: before, done: make(chan struct{})}
	p.now = next
	command, raw, volume := p.command, p.raw, p.volume
	p.work.Go(func() { p.play(next, command, raw, volume) })
	return nil
}

// play runs the process of one recording from beginning to end.
func (p *Player) play(it *playing, command []string, raw bool, volume int) {
	defer close(it.done)
	if it.before != nil {
		<-it.before.done
		it.before = nil
	}
	args := make([]string, 0, len(command))
	for _, a := range command {
		args = append(args, strings.ReplaceAll(a, "{rate}", strconv.Itoa(it.r.Rate)))
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.SysProcAttr = ownGroup()
	var said complaint
	cmd.Stdin, cmd.Stderr = bytes.NewReader(sound(it.r, raw, volume)), &said
	cmd.WaitDelay = time.Second

	p.mu.Lock()
	if it.stopped {
		p.mu.Unlock()
		return
	}
	err := cmd.Start()
	if err == nil {
		it.cmd, it.began = cmd, time.Now()
	}
	p.mu.Unlock()
	if err == nil {
		limit := time.AfterFunc(it.r.Duration()+overtime, func() { kill(cmd) })
		err = cmd.Wait()
		limit.Stop()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == it {
		p.now = nil
	}
	switch {
	case it.stopped:
	case err == nil:
		if p.failing {
			p.log.Info("The player of recordings works again.", "command", command[0])
		}
		p.failing = false
	default:
		if !p.failing {
			p.log.Error("Recordings cannot be played; it is tried again in a while.", "command", command[0], "error", err, "said", said.kept.String())
		}
		p.failing, p.rest = true, time.Now().Add(restFor)
	}
}

// sound is what the player gets: a WAV file, or bare samples.
func sound(r *speech.Recording, raw bool, volume int) []byte {
	if volume < 100 {
		quiet := &speech.Recording{Rate: r.Rate, PCM: make([]int16, len(r.PCM))}
		for i, v := range r.PCM {
			quiet.PCM[i] = int16(int(v) * volume / 100)
		}
		r = quiet
	}
	wav := r.WAV()
	if raw {
		return wav[44:]
	}
	return wav
}

// Stop ends what is spoken.
func (p *Player) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
	p.now = nil
}

func (p *Player) stop() {
	if p.now == nil || p.now.stopped {
		return
	}
	p.now.stopped = true
	if p.now.cmd != nil {
		kill(p.now.cmd)
	}
}

// Close stops and waits until no process is left. The player is silent from then
// on.
func (p *Player) Close() {
	p.mu.Lock()
	p.closed = true
	p.stop()
	p.now = nil
	p.mu.Unlock()
	p.work.Wait()
}

// Spoken returns which mark is spoken now, -1 before the first; false when
// nothing is spoken. The line after which a pause stands stays until the next.
func (p *Player) Spoken() (mark int, speaking bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil {
		return 0, false
	}
	if p.now.began.IsZero() {
		return -1, true
	}
	mark, ok := p.now.r.At(time.Since(p.now.began) - latency)
	if !ok {
		mark = -1
	}
	return mark, true
}

// complaint keeps the beginning of what a player complains about. The buffer is
// not embedded: its ReadFrom would go past Write.
type complaint struct{ kept bytes.Buffer }

func (c *complaint) Write(b []byte) (int, error) {
	if room := 500 - c.kept.Len(); room > 0 {
		c.kept.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

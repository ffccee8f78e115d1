// Package speaker records a script with a voice of the machine: one process of a
// configured program for every line, espeak-ng's Mandarin by default.
//
// It promises that a recording comes out whole or not at all, that a program
// that hangs or talks without end is ended, and that the work stays in the
// background of the machine. It leaves to others what is said (playlist/speech)
// and when (package publish).
package speaker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/playlist/speech"
)

// Version counts the changes of how scripts are written and recorded that are
// worth recording everything again.
const Version = 2

// Rate is the rate of recordings, in samples a second.
const Rate = 16000

// Pauses in a recording.
const (
	beforeFirst = 200 * time.Millisecond
	afterTitle  = 700 * time.Millisecond
	afterLine   = 350 * time.Millisecond
)

// maxLineBytes bounds what the voice may send for one line: five minutes at 48
// kHz, far more than any line takes.
const maxLineBytes = 32 << 20

// Config of a speaker.
type Config struct {
	// Command is the program with its arguments. It gets a line of text in UTF-8
	// on its standard input and writes a WAV file of 16-bit samples to its
	// standard output. "{rate}" in an argument stands for Rate.
	Command []string
	Rate    int           // of speaking, in words a minute as espeak counts them
	Timeout time.Duration // for one line
}

// Speaker records. It may be used by several goroutines.
type Speaker struct {
	cfg     Config
	program string
	args    []string
	respell bool // the voice reads characters alone, and pinyin
}

// New finds the program; an error says that there is none.
func New(cfg Config) (*Speaker, error) {
	if len(cfg.Command) == 0 {
		return nil, errors.New("no voice is configured")
	}
	program, err := exec.LookPath(cfg.Command[0])
	if err != nil {
		return nil, fmt.Errorf("find the voice: %w", err)
	}
	s := &Speaker{cfg: cfg, program: program, respell: readsPinyin(cfg.Command)}
	for _, a := range cfg.Command[1:] {
		s.args = append(s.args, strings.ReplaceAll(a, "{rate}", strconv.Itoa(cfg.Rate)))
	}
	// Screens are answered first.
	if nice, err := exec.LookPath("nice"); err == nil {
		s.args = append([]string{"-n", "10", s.program}, s.args...)
		s.program = nice
	}
	return s, nil
}

// Voice identifies how this speaker sounds: recordings of another voice are made
// anew.
func (s *Speaker) Voice() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %q", Version, s.cfg.Rate, s.cfg.Command))
	return hex.EncodeToString(sum[:8])
}

// Key identifies the recording of a script: the same key sounds the same.
func (s *Speaker) Key(script []speech.Line) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n", s.Voice())
	for _, l := range script {
		fmt.Fprintf(sum, "%q %q\n", l.Text, l.Say)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// Record speaks a script, a line after the other.
func (s *Speaker) Record(ctx context.Context, script []speech.Line) (*speech.Recording, error) {
	r := &speech.Recording{Rate: Rate, PCM: silence(beforeFirst)}
	for i, line := range script {
		pcm, err := s.line(ctx, line.Say)
		if err != nil {
			return nil, fmt.Errorf("speak line %d: %w", i+1, err)
		}
		if (len(r.PCM)+len(pcm))/Rate >= int(speech.MaxDuration/time.Second)-1 {
			break // what the voice did not get to is left to the eye
		}
		from := r.Duration()
		r.PCM = append(r.PCM, pcm...)
		r.Marks = append(r.Marks, speech.Mark{Text: line.Text, From: from.Truncate(time.Millisecond), To: r.Duration().Truncate(time.Millisecond)})
		pause := afterLine
		if i == 0 {
			pause = afterTitle
		}
		r.PCM = append(r.PCM, silence(pause)...)
	}
	if len(r.Marks) == 0 {
		return nil, errors.New("there is nothing to say")
	}
	return r, nil
}

func silence(d time.Duration) []int16 { return make([]int16, int(d*Rate/time.Second)) }

// line speaks one line and returns it at Rate without the silence around it.
func (s *Speaker) line(ctx context.Context, text string) ([]int16, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	if s.respell {
		text = respell(text)
	}
	cmd := exec.CommandContext(ctx, s.program, s.args...)
	cmd.Stdin = strings.NewReader(text + "\n")
	var out, complaint bounded
	out.limit, complaint.limit = maxLineBytes, 1<<10
	cmd.Stdout, cmd.Stderr = &out, &complaint
	cmd.WaitDelay = 2 * time.Second // a child that kept the pipe open does not hold us
	if err := cmd.Run(); err != nil {
		if out.full {
			err = fmt.Errorf("the voice sent too much: %w", err)
		} else if ctx.Err() != nil {
			err = fmt.Errorf("it took longer than %v: %w", s.cfg.Timeout, ctx.Err())
		}
		if what := strings.TrimSpace(complaint.kept.String()); what != "" {
			err = fmt.Errorf("%w (%s)", err, what)
		}
		return nil, err
	}
	rate, pcm, err := readWAV(out.kept.Bytes())
	if err != nil {
		return nil, fmt.Errorf("what the voice sent: %w", err)
	}
	pcm = trim(resample(pcm, rate, Rate))
	if len(pcm) == 0 {
		return nil, errors.New("the voice said nothing")
	}
	return pcm, nil
}

// bounded keeps so many bytes and refuses more, which ends the program. The
// buffer is not embedded: its ReadFrom would go past Write.
type bounded struct {
	kept  bytes.Buffer
	limit int
	full  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.full = b.kept.Len()+len(p) > b.limit; b.full {
		return 0, errors.New("the voice sent too much")
	}
	return b.kept.Write(p)
}

// loud is what is not silence.
const loud = 200

// trim takes the silence off both ends, but for a breath.
func trim(pcm []int16) []int16 {
	isLoud := func(v int16) bool { return v > loud || v < -loud }
	first := slices.IndexFunc(pcm, isLoud)
	if first < 0 {
		return nil
	}
	last := len(pcm)
	for !isLoud(pcm[last-1]) {
		last--
	}
	breath := Rate / 50
	return pcm[max(0, first-breath):min(len(pcm), last+2*breath)]
}

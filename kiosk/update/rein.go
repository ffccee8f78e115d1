package update

import (
	"bufio"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"mingbai/playlist/wire"
)

// The launcher and its child speak over what every system gives a process: the
// child's standard input is a pipe that the launcher holds open for as long as the
// child is wanted, and on its standard output the child writes a line while its
// picture moves. So it is the same on Windows, where there are no signals.
const (
	slotVariable = "MINGBAI_SLOT" // in the environment of a child: the name of its slot
	builtInName  = wire.SlotBuiltIn
	beatLine     = "mingbai: alive"
	beatEvery    = time.Second
)

// Rein is how a program hangs on its launcher. A nil Rein is that of a program
// which was started by somebody else.
type Rein struct {
	slot Slot
	out  io.Writer
	gone chan struct{}

	mu   sync.Mutex // guards beat, and lines on out
	beat time.Time
}

// Take returns the rein of this process, nil when no launcher has started it. It
// takes standard input, which a program that shows pages has no other use for, and
// removes its mark from the environment, so that the programs which this one starts
// do not take themselves for it.
func Take() *Rein {
	name, ok := os.LookupEnv(slotVariable)
	if !ok {
		return nil
	}
	os.Unsetenv(slotVariable) // of a name that is sound
	return hold(name, os.Stdin, os.Stdout)
}

func hold(name string, in io.Reader, out io.Writer) *Rein {
	r := &Rein{slot: Slot(name), out: out, gone: make(chan struct{})}
	if name == builtInName {
		r.slot = BuiltIn
	}
	if !r.slot.valid() {
		return nil
	}
	go func() { // it ends with the pipe, at the latest with the process
		defer close(r.gone)
		io.Copy(io.Discard, in) // whatever ends it, nobody holds the other end
	}()
	return r
}

// Slot returns where this program runs from, and whether a launcher started it.
func (r *Rein) Slot() (Slot, bool) {
	if r == nil {
		return BuiltIn, false
	}
	return r.slot, true
}

// Beat says that the picture moves. It may be called as often as one likes.
func (r *Rein) Beat() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now(); now.Sub(r.beat) >= beatEvery {
		r.beat = now
		io.WriteString(r.out, beatLine+"\n") // a launcher that is gone is noticed by Gone
	}
}

// Gone is closed when the launcher wants this program to end, or is no more; never
// without a launcher.
func (r *Rein) Gone() <-chan struct{} {
	if r == nil {
		return nil
	}
	return r.gone
}

// listen reads what a child writes: beats are counted, the rest is passed on.
func listen(from io.Reader, beat func(), rest io.Writer) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if strings.TrimRight(line, "\r\n") == beatLine {
			beat()
		} else if line != "" {
			io.WriteString(rest, line) // as much as can be told
		}
		if err != nil {
			return
		}
	}
}

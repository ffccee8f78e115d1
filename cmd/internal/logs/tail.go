package logs

import (
	"bytes"
	"sync"
)

// Bounds of a Tail.
const (
	tailLines = 500
	tailBytes = 200 << 10
)

// Tail is a writer that keeps the newest lines of a log in memory, so that a
// technician far away can read them. Each Write is one line, as slog's handlers
// write. It may be used by several goroutines.
type Tail struct {
	mu    sync.Mutex // guards all below
	lines [][]byte   // oldest first
	bytes int
}

// Write keeps a line. It never fails.
func (t *Tail) Write(line []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, bytes.Clone(line))
	t.bytes += len(line)
	for len(t.lines) > tailLines || t.bytes > tailBytes && len(t.lines) > 1 {
		t.bytes -= len(t.lines[0])
		t.lines[0] = nil
		t.lines = t.lines[1:]
	}
	return len(line), nil
}

// Lines returns what is kept, oldest first, in UTF-8.
func (t *Tail) Lines() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.ToValidUTF8(bytes.Join(t.lines, nil), []byte("?"))
}

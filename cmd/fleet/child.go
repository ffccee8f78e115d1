//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// The program runs itself for whatever must not share a process with the
// measuring: servers, floors and devices. A child is told what to do by lines of
// JSON on its standard input and answers each with one on its standard output; it
// ends when its input does, so that none is left behind.

// stopWithin is how long a child may take to end in order.
const stopWithin = 20 * time.Second

type order struct {
	Do   string          `json:"do"`
	Args json.RawMessage `json:"args,omitempty"`
}

type answer struct {
	Error  string          `json:"error,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// verbs are what a child does when it is told to.
type verbs map[string]func(ctx context.Context, args json.RawMessage) (any, error)

// told turns a function of typed arguments into one of verbs.
func told[A any](f func(context.Context, A) (any, error)) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, raw json.RawMessage) (any, error) {
		var a A
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &a); err != nil {
				return nil, fmt.Errorf("arguments: %w", err)
			}
		}
		return f(ctx, a)
	}
}

// obey carries out orders until the input ends.
func obey(ctx context.Context, in io.Reader, out io.Writer, does verbs) error {
	enc := json.NewEncoder(out)
	dec := json.NewDecoder(bufio.NewReaderSize(in, 64<<10))
	for {
		var o order
		if err := dec.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read an order: %w", err)
		}
		var a answer
		f := does[o.Do]
		if f == nil {
			a.Error = fmt.Sprintf("no order %q is known", o.Do)
		} else if v, err := f(ctx, o.Args); err != nil {
			a.Error = err.Error()
		} else if a.Result, err = json.Marshal(v); err != nil {
			a.Error = err.Error()
		}
		if err := enc.Encode(a); err != nil {
			return fmt.Errorf("answer an order: %w", err)
		}
	}
}

// child is a process that this one has started.
type child struct {
	kind string
	cmd  *exec.Cmd
	pipe io.WriteCloser
	said *tail

	mu  sync.Mutex // one order at a time
	out *json.Decoder

	done chan struct{} // closed when it has ended
	err  error         // how, once done is closed
}

// spawn starts a child of a kind; config is its first argument after the kind.
func spawn(kind string, config any) (*child, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{kind: kind, said: &tail{}, done: make(chan struct{})}
	c.cmd = exec.Command(self, childWord, kind, string(text)) // its end is that of its input, not of a context
	c.cmd.Stderr = c.said
	if c.pipe, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	c.out = json.NewDecoder(bufio.NewReaderSize(out, 64<<10))
	return c, nil
}

// Pid is the child's process.
func (c *child) Pid() int { return c.cmd.Process.Pid }

// call gives an order and waits for the answer. A child that does not answer
// before ctx ends is killed: its line is out of step.
func (c *child) call(ctx context.Context, do string, args, result any) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { c.cmd.Process.Kill() }) // it has ended already, or does
	defer stop()
	fail := func(err error) error {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("%s: %s: %w%s", c.kind, do, err, c.said.last())
	}
	if err := json.NewEncoder(c.pipe).Encode(order{do, raw}); err != nil {
		return fail(err)
	}
	var a answer
	if err := c.out.Decode(&a); err != nil {
		return fail(err)
	}
	if a.Error != "" {
		return fmt.Errorf("%s: %s: %s", c.kind, do, a.Error)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(a.Result, result)
}

// stop ends the child in order, or kills it. It may be called again.
func (c *child) stop() error {
	if err := c.pipe.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	late := time.AfterFunc(stopWithin, func() { c.cmd.Process.Kill() })
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.done:
		return c.err
	default:
	}
	io.Copy(io.Discard, io.MultiReader(c.out.Buffered())) // nobody reads it any more
	c.err = c.cmd.Wait()
	if !late.Stop() {
		c.err = errors.Join(fmt.Errorf("it did not end within %s", stopWithin), c.err)
	}
	if c.err != nil {
		c.err = fmt.Errorf("stop %s: %w%s", c.kind, c.err, c.said.last())
	}
	close(c.done)
	return c.err
}

// kill ends the child as a power cut would.
func (c *child) kill() {
	c.cmd.Process.Kill() // it has ended already, or does
	c.stop()             // says that it was killed
}

// tail keeps the end of what a child says on its standard error.
type tail struct {
	mu sync.Mutex // guards b
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if over := len(t.b) - 8<<10; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
	}
	return len(p), nil
}

// last is what was said last, as the end of an error's text.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := strings.TrimSpace(string(t.b)); s != "" {
		return "; it said last:\n" + s
	}
	return ""
}

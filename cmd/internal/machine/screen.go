package machine

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Screen is a virtual X screen.
type Screen struct {
	Display string // for the DISPLAY variable, for example :93

	dir  string // of the framebuffer file
	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once
}

// StartScreen starts Xvfb with one screen of the given size in pixels on a free
// display and waits until it takes connections.
func StartScreen(ctx context.Context, width, height int) (*Screen, error) {
	dir, err := os.MkdirTemp("", "mingbai-screen-")
	if err != nil {
		return nil, fmt.Errorf("start virtual screen: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start virtual screen: %w", err)
	}
	defer r.Close()
	cmd := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-fbdir", dir,
		"-screen", "0", fmt.Sprintf("%dx%dx24", width, height))
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start virtual screen: %w", err)
	}
	s := &Screen{dir: dir, cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		_ = cmd.Wait() // it ends because Close or ctx killed it; its status says nothing more
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("start virtual screen: Xvfb ended before it was ready: %w", err)
	}
	s.Display = ":" + strings.TrimSpace(line)
	return s, nil
}

// Close ends the screen and waits for it.
func (s *Screen) Close() {
	s.once.Do(func() { _ = s.cmd.Process.Kill() })
	<-s.done
	os.RemoveAll(s.dir) // a temporary folder; what is left goes with the machine's
}

// File is where the server keeps the pixels, as an X window dump (X11/XWDFile.h). It
// changes as they do.
func (s *Screen) File() string { return filepath.Join(s.dir, "Xvfb_screen0") }

// Capture returns the pixels that are on the screen now, read from outside the
// programs that drew them.
func (s *Screen) Capture() (*image.RGBA, error) {
	data, err := os.ReadFile(s.File())
	if err != nil {
		return nil, fmt.Errorf("capture virtual screen: %w", err)
	}
	img, err := decodeXWD(data)
	if err != nil {
		return nil, fmt.Errorf("capture virtual screen: %w", err)
	}
	return img, nil
}

// decodeXWD reads an X window dump of 32 bits a pixel (X11/XWDFile.h).
func decodeXWD(data []byte) (*image.RGBA, error) {
	const fields = 25
	if len(data) < 4*fields {
		return nil, errors.New("the dump has no header")
	}
	var h [fields]uint32
	for i := range h {
		h[i] = binary.BigEndian.Uint32(data[4*i:])
	}
	headerSize, version := h[0], h[1]
	width, height := int(h[4]), int(h[5])
	byteOrder, bitsPerPixel, stride, colours := h[7], h[11], int(h[12]), h[19]
	if version != 7 || bitsPerPixel != 32 || width <= 0 || height <= 0 || width > 1<<14 || height > 1<<14 || stride < 4*width {
		return nil, fmt.Errorf("the dump is of version %d with %d bits a pixel and %d×%d pixels", version, bitsPerPixel, width, height)
	}
	offset := int64(headerSize) + int64(colours)*12
	if offset+int64(stride)*int64(height) > int64(len(data)) {
		return nil, errors.New("the dump ends early")
	}
	pixels := data[offset:]
	var order binary.ByteOrder = binary.LittleEndian
	if byteOrder == 1 {
		order = binary.BigEndian
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		row, out := pixels[y*stride:], img.Pix[y*img.Stride:]
		for x := range width {
			v := order.Uint32(row[4*x:])
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = byte(v>>16), byte(v>>8), byte(v), 255
		}
	}
	return img, nil
}

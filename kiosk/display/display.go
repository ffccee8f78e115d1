package display

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/player"
)

// Options says which window to open and how frames are laid into it.
type Options struct {
	Title         string
	Width, Height int // size of a frame in pixels; also of a window that is not fullscreen

	Fullscreen bool
	Monitor    string // name of the output, as in "HDMI-1"; empty is the primary one
	Borderless bool
	X, Y       int // position on the monitor, for a window that is not fullscreen

	// Scale is how many pixels of the window a pixel of the frame is wide. With
	// 1 or more the frame starts at the window's upper left corner, as sending
	// cards of LED boards want it. With 0 the frame is shown 1:1 where the
	// window has its size, and else fitted into it and centred.
	Scale int
	// Turn is how far the panel hangs turned: the picture is turned clockwise on
	// the output by so many degrees, and input back. Width and Height are the
	// upright frame's.
	Turn mount.Turn
	// Dots draws each pixel of the frame as a round lamp of Scale pixels.
	Dots bool

	HideCursor bool
	FPSCap     int // most frames a second while something moves; 0 is 60

	Log      *slog.Logger // nil is slog.Default
	Watchdog func()       // called about once a second while the render loop turns; may be nil
}

// ErrClosed is what Run returns when a person closed the window.
var ErrClosed = errors.New("the window was closed")

// ErrScreenshot is what Screenshot returns when Run is not running.
var ErrScreenshot = errors.New("there is no window to take a picture of")

// Display is a window that presents one program. It implements player.Presenter.
type Display struct {
	opts Options
	log  *slog.Logger

	woken   atomic.Bool   // content has changed: Step soon
	scanout atomic.Bool   // the window's pixels may be gone: paint again
	wake    chan struct{} // cuts a pause of the render loop short; capacity 1
	started atomic.Bool
	polled  bool // never start the touch reader, for tests

	input inputQueue
	done  chan struct{} // closed when Run has returned

	mu    sync.Mutex // guards shots
	shots []chan *image.RGBA
}

// New checks the options. The window opens in Run.
func New(o Options) (*Display, error) {
	switch {
	case o.Width <= 0 || o.Height <= 0:
		return nil, fmt.Errorf("a display of %d×%d pixels cannot be opened", o.Width, o.Height)
	case o.Scale < 0:
		return nil, fmt.Errorf("a display cannot be scaled by %d", o.Scale)
	case o.Dots && o.Scale < 3:
		return nil, fmt.Errorf("dots need a scale of 3 or more, not %d", o.Scale)
	case o.FPSCap < 0:
		return nil, fmt.Errorf("a display cannot show %d frames a second", o.FPSCap)
	}
	if err := o.Turn.Valid(); err != nil {
		return nil, err
	}
	if o.FPSCap == 0 {
		o.FPSCap = 60
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Display{
		opts: o,
		log:  o.Log,
		wake: make(chan struct{}, 1),
		done: make(chan struct{}),
	}, nil
}

// Wake asks for a Step soon. Any goroutine may call it, before Run as well.
func (d *Display) Wake() {
	d.woken.Store(true)
	d.nudge()
}

// nudge makes the render loop turn.
func (d *Display) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
	if d.started.Load() {
		scheduleTurn()
	}
}

// Screenshot returns the window's pixels as they were handed to the display,
// cut to the area that the frame covers. At 1:1 these are the frame's own
// pixels; with Scale above 1 a frame pixel is Scale×Scale of them.
func (d *Display) Screenshot(ctx context.Context) (*image.RGBA, error) {
	shot := make(chan *image.RGBA, 1)
	d.mu.Lock()
	d.shots = append(d.shots, shot)
	d.mu.Unlock()
	d.scanout.Store(true)
	d.nudge()
	select {
	case m := <-shot:
		return m, nil
	case <-d.done:
		return nil, ErrScreenshot
	case <-ctx.Done():
		return nil, fmt.Errorf("taking a picture of the screen: %w", ctx.Err())
	}
}

func (d *Display) takeShots() []chan *image.RGBA {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.shots
	d.shots = nil
	return s
}

// Run opens the window and presents p until ctx ends, which is not an error.
// It must be called on the main goroutine, and once in a process.
func (d *Display) Run(ctx context.Context, p player.Program) error {
	defer close(d.done)
	name := fmt.Sprintf("mingbai-%d", os.Getpid())
	l := newLoop(ctx, d, p)
	d.openWindow()
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetRunnableOnUnfocused(true)
	ebiten.SetTPS(ebiten.SyncWithFPS)
	ebiten.SetVsyncEnabled(true)
	if d.opts.HideCursor {
		ebiten.SetCursorMode(ebiten.CursorModeHidden)
	}

	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	helpers.Go(func() {
		<-ctx.Done()
		d.nudge()
	})
	if !d.polled {
		helpers.Go(func() { d.watchServer(ctx, name) })
	}
	err := ebiten.RunGameWithOptions(l, &ebiten.RunGameOptions{
		X11ClassName:    "mingbai",
		X11InstanceName: name,
		// One thread: the swap is over when the next Update starts, and
		// nothing spins between the threads.
		SingleThread: true,
	})
	d.started.Store(false)
	l.timer.Stop()
	stop()
	helpers.Wait()
	switch {
	case l.ended:
		return nil
	case err != nil:
		return fmt.Errorf("presenting on the display: %w", err)
	}
	return ErrClosed
}

// openWindow says what the window shall be; ebiten opens it when it runs.
func (d *Display) openWindow() {
	o := d.opts
	ebiten.SetWindowTitle(o.Title)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeDisabled)
	if m := findMonitor(o.Monitor); m != nil {
		ebiten.SetMonitor(m)
	} else if o.Monitor != "" {
		d.log.Warn("The monitor is not connected; using another one.", "monitor", o.Monitor)
	}
	size := o.Turn.Size(image.Pt(o.Width, o.Height)).Mul(max(o.Scale, 1))
	s := deviceScale()
	ebiten.SetWindowSize(int(float64(size.X)/s+0.5), int(float64(size.Y)/s+0.5))
	if o.Borderless || o.Fullscreen {
		ebiten.SetWindowDecorated(false)
	}
	if o.Fullscreen {
		ebiten.SetFullscreen(true)
		// Nobody closes a kiosk by a key combination.
		ebiten.SetWindowClosingHandled(true)
	} else if o.Borderless || o.X != 0 || o.Y != 0 {
		ebiten.SetWindowPosition(int(float64(o.X)/s+0.5), int(float64(o.Y)/s+0.5))
	}
}

// deviceScale is how many pixels ebiten's device-independent pixel has. There
// is no monitor at all while the only one is unplugged.
func deviceScale() float64 {
	if m := ebiten.Monitor(); m != nil {
		return m.DeviceScaleFactor()
	}
	return 1
}

const (
	beatEvery = time.Second // the longest pause of the render loop
	ringAgain = 100 * time.Millisecond
)

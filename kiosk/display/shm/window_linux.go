package shm

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"os"

	"mingbai/kiosk/display/x11"
	"mingbai/kiosk/display/xinput"
)

// Requests of the core protocol.
const (
	createWindow    = 1
	mapWindow       = 8
	configureWindow = 12
	changeProperty  = 18
	createPixmap    = 53
	createGC        = 55
	fillRectangle   = 70
	createCursor    = 93
	setScreenSaver  = 107
	getScreenSaver  = 108
)

// window is our window on the server.
type window struct {
	c     *x11.Conn
	opts  Options
	id    uint32
	gc    uint32
	shm   x11.Extension
	input xinput.Input
	touch bool // the server has the input extension

	size      image.Point   // at first
	present   x11.Extension // Major is 0 when the server has none
	outputs   x11.Extension // RandR; Major is 0 when the server has none
	protocols uint32        // atoms
	closing   uint32
}

// open connects and makes the window, without showing it yet.
func open(ctx context.Context, o Options) (*window, error) {
	name := o.Display
	if name == "" {
		name = os.Getenv("DISPLAY")
	}
	c, err := x11.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	w := &window{c: c, opts: o}
	if err := w.make(); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("opening the window: %w", err)
	}
	return w, nil
}

func (w *window) make() (err error) {
	if err := w.c.Limit(); err != nil {
		return err
	}
	if !w.c.Screen.Plain32() {
		return fmt.Errorf("the screen has pixels of depth %d that cannot be painted", w.c.Screen.Depth)
	}
	if w.shm, err = shmExtension(w.c); err != nil {
		return err
	}
	if w.input, err = xinput.Find(w.c); err == nil {
		w.touch = true
	}
	if w.outputs, err = randr(w.c); err != nil {
		w.outputs = x11.Extension{} // the screen as a whole is the only monitor
	}
	place := w.place()
	if err := w.create(place); err != nil {
		return err
	}
	if err := w.describe(place); err != nil {
		return err
	}
	if err := w.findPresent(); err != nil {
		w.present = x11.Extension{} // the clock paces alone
	}
	if err := w.c.Sync(); err != nil {
		return err
	}
	w.size = place.Size()
	return w.c.Unlimit()
}

// create makes the window. It has no background: the server leaves what was
// there before until our pixels come, and shows no colour in between.
func (w *window) create(place image.Rectangle) error {
	const (
		backPixmap, noBackground = 1 << 0, 0
		bitGravity, northWest    = 1 << 4, 1
		eventMask                = 1 << 11
		cursor                   = 1 << 14

		inputOutput  = 1
		exposure     = 1 << 15
		structure    = 1 << 17
		buttons      = 1<<2 | 1<<3 | 1<<8 // press, release, moved while the first is down
		noExposures  = 1 << 16
		copyFromRoot = 0
	)
	w.id, w.gc = w.c.NewID(), w.c.NewID()
	events := uint32(exposure | structure)
	if !w.touch {
		events |= buttons
	}
	mask, values := uint32(backPixmap|bitGravity|eventMask), []uint32{noBackground, northWest, events}
	if w.opts.HideCursor {
		id, err := w.blankCursor()
		if err != nil {
			return err
		}
		mask, values = mask|cursor, append(values, id)
	}
	b := x11.Words(w.id, w.c.Screen.Root)
	b = append(b, x11.Halves(place.Min.X, place.Min.Y, place.Dx(), place.Dy(), 0, inputOutput)...)
	b = append(b, x11.Words(append([]uint32{copyFromRoot, mask}, values...)...)...)
	if err := w.c.Send(createWindow, copyFromRoot, b); err != nil {
		return err
	}
	if err := w.c.Send(createGC, 0, x11.Words(w.gc, w.id, noExposures, 0)); err != nil {
		return err
	}
	if !w.touch {
		return nil
	}
	return w.input.Select(w.c, w.id)
}

// blankCursor makes a pointer of one pixel that is not drawn.
func (w *window) blankCursor() (uint32, error) {
	const function, clear = 1 << 0, 0
	pixmap, gc, id := w.c.NewID(), w.c.NewID(), w.c.NewID()
	if err := w.c.Send(createPixmap, 1, append(x11.Words(pixmap, w.c.Screen.Root), x11.Halves(1, 1)...)); err != nil {
		return 0, err
	}
	if err := w.c.Send(createGC, 0, x11.Words(gc, pixmap, function, clear)); err != nil {
		return 0, err
	}
	if err := w.c.Send(fillRectangle, 0, append(x11.Words(pixmap, gc), x11.Halves(0, 0, 1, 1)...)); err != nil {
		return 0, err
	}
	return id, w.c.Send(createCursor, 0, append(x11.Words(id, pixmap, pixmap), x11.Halves(0, 0, 0, 0, 0, 0, 0, 0)...))
}

// property is one thing that a window says of itself.
type property struct {
	name, kind uint32 // atoms
	format     byte   // bits of one value
	value      []byte
}

// describe tells window managers what the window is and where it belongs.
func (w *window) describe(place image.Rectangle) error {
	const (
		atomAtom, atomString, atomName        = 4, 31, 39
		atomNormalHints, atomSizeHints, class = 40, 41, 67
	)
	atom := func(name string) (id uint32) {
		var err error
		if id, err = w.c.Atom(name); err != nil {
			return 0 // a server that does not answer says so at the next request
		}
		return id
	}
	w.protocols, w.closing = atom("WM_PROTOCOLS"), atom("WM_DELETE_WINDOW")
	const userPlace, userSize, least, most = 1, 2, 16, 32
	hints := make([]uint32, 18)
	hints[0] = userPlace | userSize | least | most
	size := []uint32{uint32(place.Dx()), uint32(place.Dy())}
	copy(hints[5:], size)
	copy(hints[7:], size)
	if w.opts.Fullscreen {
		hints[0] = userPlace | userSize // the manager decides
	}
	properties := []property{
		{atomName, atomString, 8, []byte(w.opts.Title)},
		{atom("_NET_WM_NAME"), atom("UTF8_STRING"), 8, []byte(w.opts.Title)},
		{class, atomString, 8, fmt.Appendf(nil, "mingbai-%d\x00mingbai\x00", os.Getpid())},
		{atomNormalHints, atomSizeHints, 32, x11.Words(hints...)},
		{w.protocols, atomAtom, 32, x11.Words(w.closing)},
	}
	if w.opts.Borderless || w.opts.Fullscreen {
		motif := atom("_MOTIF_WM_HINTS")
		const decorations = 2
		properties = append(properties, property{motif, motif, 32, x11.Words(decorations, 0, 0, 0, 0)})
	}
	if w.opts.Fullscreen {
		properties = append(properties, property{atom("_NET_WM_STATE"), atomAtom, 32, x11.Words(atom("_NET_WM_STATE_FULLSCREEN"))})
	}
	for _, p := range properties {
		b := x11.Words(w.id, p.name, p.kind)
		b = append(b, p.format, 0, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.value)*8/int(p.format)))
		if err := w.c.Send(changeProperty, 0, append(b, p.value...)); err != nil {
			return err
		}
	}
	return nil
}

// show makes the window visible.
func (w *window) show() error { return w.c.Send(mapWindow, 0, x11.Words(w.id)) }

// move puts the window at p on the screen.
func (w *window) move(p image.Rectangle) error {
	const x, y, width, height = 1, 2, 4, 8
	b := append(x11.Words(w.id), x11.Halves(x|y|width|height, 0)...)
	return w.c.Send(configureWindow, 0, append(b,
		x11.Words(uint32(int32(p.Min.X)), uint32(int32(p.Min.Y)), uint32(p.Dx()), uint32(p.Dy()))...))
}

// place asks where the window belongs on the screen now.
func (w *window) place() image.Rectangle {
	at := image.Rect(0, 0, w.c.Screen.Width, w.c.Screen.Height)
	found := w.opts.Monitor == ""
	if w.outputs.Major != 0 {
		all, err := monitors(w.c, w.outputs)
		if err == nil && len(all) > 0 {
			at, found = choose(all, w.opts.Monitor)
		}
	}
	if !found {
		w.opts.Log.Warn("The monitor is not connected; using another one.", "monitor", w.opts.Monitor)
	}
	if w.opts.Fullscreen {
		return at
	}
	size := w.opts.Turn.Size(image.Pt(w.opts.Width, w.opts.Height)).Mul(max(w.opts.Scale, 1))
	return image.Rectangle{Max: size}.Add(at.Min).Add(image.Pt(w.opts.X, w.opts.Y))
}

// put sends a rectangle of the memory to the window, of whose reading to the end
// the server will tell.
func (w *window) put(m *memory, r image.Rectangle) error {
	const zPixmap, tell = 2, 1
	b := x11.Words(w.id, w.gc)
	b = append(b, x11.Halves(m.size.X, m.size.Y, r.Min.X, r.Min.Y, r.Dx(), r.Dy(), r.Min.X, r.Min.Y)...)
	b = append(b, byte(w.c.Screen.Depth), zPixmap, tell, 0)
	return w.c.Send(w.shm.Major, shmPutImage, append(b, x11.Words(m.segment, 0)...))
}

// saver keeps the screen saver away and returns what brings it back.
func (w *window) saver() (restore func(), err error) {
	r, err := w.c.Ask(getScreenSaver, 0, nil)
	if err != nil {
		return nil, err
	}
	set := func(timeout, interval int, blank, expose byte) error {
		return w.c.Send(setScreenSaver, 0, append(x11.Halves(timeout, interval), blank, expose, 0, 0))
	}
	const no = 0
	if err := set(0, half(r[10:]), no, r[13]); err != nil {
		return nil, err
	}
	return func() {
		_ = set(half(r[8:]), half(r[10:]), r[12], r[13]) // a server that is gone has no saver
	}, nil
}

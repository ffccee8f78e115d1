package shm

import (
	"encoding/binary"
	"image"

	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/display/x11"
	"mingbai/playlist/scene"
)

// stage lays frames into the memory that the server shows. A frame that lies
// upright and 1:1 is painted there directly; others are painted upright beside
// it and brought over turned or enlarged.
type stage struct {
	opts   Options
	c      *x11.Conn
	shm    x11.Extension
	memory *memory // of the window's size; nil at first

	mount  mount.Mount
	canvas scene.Target // what frames are painted into
	direct bool         // canvas is the memory itself
	own    []uint8      // the pixels of a canvas that is not
	cover  []uint32     // of a lamp, when pixels are lamps
	frame  *scene.Frame // painted

	unsent image.Rectangle // of the window
}

// resize makes memory for a window of the given size. Nothing of it is painted
// afterwards, and what the frame will not cover is black.
func (s *stage) resize(window image.Point) error {
	if s.memory != nil && s.memory.size == window {
		return nil
	}
	s.release()
	var err error
	s.memory, err = share(s.c, s.shm, window)
	return err
}

func (s *stage) release() {
	if s.memory != nil {
		s.memory.release(s.c, s.shm)
	}
	s.memory, s.frame, s.canvas, s.unsent = nil, nil, scene.Target{}, image.Rectangle{}
}

// lay prepares the canvas for frames of a size.
func (s *stage) lay(size image.Point) {
	m := mount.Mount{Frame: size, Window: s.memory.size, Turn: s.opts.Turn, Scale: s.opts.Scale}
	if s.frame != nil && s.mount == m {
		return
	}
	clear(s.memory.pix)
	s.mount, s.frame = m, nil
	factor, at := m.Layout()
	stride := s.memory.size.X * 4
	s.direct = factor == 1 && m.Turn == 0
	if s.opts.Dots {
		s.cover = lampCover(s.opts.Scale)
	}
	if s.direct {
		s.own = nil
		s.canvas = scene.Target{Pix: s.memory.pix[at.Y*stride+at.X*4:], Stride: stride, Size: m.Area().Size(), BGR: true}
	} else {
		s.own = make([]uint8, size.X*size.Y*4)
		s.canvas = scene.Target{Pix: s.own, Stride: size.X * 4, Size: size, BGR: true}
	}
	s.all()
}

// paint brings the memory to f and notes what has to be sent.
func (s *stage) paint(f *scene.Frame) {
	s.lay(f.Size)
	c := scene.Diff(s.frame, f)
	s.canvas.Apply(c, f)
	s.frame = f
	factor, at := s.mount.Layout()
	if s.direct {
		for _, r := range c.Areas() {
			s.note(r.Add(at))
		}
		return
	}
	if !c.Moved.Empty() && !s.move(c.Moved, c.By, factor, at) {
		s.bring(c.Moved, factor, at)
	}
	for _, r := range c.Damage {
		s.bring(r, factor, at)
	}
}

// move moves in the window what has moved on the canvas, and reports whether it
// could: not where it has been cut off or was smoothed.
func (s *stage) move(moved image.Rectangle, by image.Point, factor float64, at image.Point) bool {
	k := int(factor)
	if float64(k) != factor || s.opts.Scale == 0 && k != 1 {
		return false
	}
	to := scaled(s.mount.Turn.Rect(moved, s.mount.Frame), k).Add(at)
	by = s.mount.Turn.Vector(by).Mul(k)
	if !to.Union(to.Sub(by)).In(image.Rectangle{Max: s.memory.size}) {
		return false
	}
	window := scene.Target{Pix: s.memory.pix, Stride: s.memory.size.X * 4, Size: s.memory.size}
	window.Move(to, by)
	s.note(to)
	return true
}

// bring brings an area of the canvas over into the window.
func (s *stage) bring(r image.Rectangle, factor float64, at image.Point) {
	switch {
	case factor == 1:
		s.turn(r, at)
	case s.opts.Scale > 0:
		s.squares(r, at)
	default:
		s.fit(r, factor, at)
	}
}

// note says that an area of the window must be sent. One rectangle around all
// areas is sent: the server draws one at a time, and nobody shall see a frame
// of which one half is new.
func (s *stage) note(r image.Rectangle) {
	s.unsent = s.unsent.Union(r.Intersect(image.Rectangle{Max: s.memory.size}))
}

// all notes the whole window: it was uncovered.
func (s *stage) all() {
	if s.memory != nil {
		s.unsent = image.Rectangle{Max: s.memory.size}
	}
}

// turn brings an area of the canvas over, turned. It goes through the window by
// squares, so that both sides stay in the processor's cache.
func (s *stage) turn(r image.Rectangle, at image.Point) {
	const side = 32
	size := s.mount.Frame
	to := s.mount.Turn.Rect(r, size).Add(at).Intersect(image.Rectangle{Max: s.memory.size})
	stride := s.memory.size.X * 4
	// One step to the right in the window is one step of dx, dy in the frame.
	back := (360 - s.mount.Turn) % 360
	step := back.Vector(image.Pt(1, 0))
	walk := step.Y*s.canvas.Stride + step.X*4
	for y0 := to.Min.Y; y0 < to.Max.Y; y0 += side {
		for x0 := to.Min.X; x0 < to.Max.X; x0 += side {
			x1 := min(x0+side, to.Max.X)
			for y := y0; y < min(y0+side, to.Max.Y); y++ {
				p := image.Pt(x0, y).Sub(at)
				from := back.Rect(image.Rectangle{p, p.Add(image.Pt(1, 1))}, s.mount.Turn.Size(size)).Min
				src := from.Y*s.canvas.Stride + from.X*4
				row := s.memory.pix[y*stride+x0*4 : y*stride+x1*4]
				for ; len(row) >= 4; row = row[4:] {
					binary.LittleEndian.PutUint32(row, binary.LittleEndian.Uint32(s.own[src:]))
					src += walk
				}
			}
		}
	}
	s.note(to)
}

// fit brings an area of the canvas over at another size, smoothly.
func (s *stage) fit(r image.Rectangle, factor float64, at image.Point) {
	turned := s.mount.Turn.Rect(r.Inset(-1), s.mount.Frame)
	to := image.Rect(int(float64(turned.Min.X)*factor)-1, int(float64(turned.Min.Y)*factor)-1,
		int(float64(turned.Max.X)*factor)+2, int(float64(turned.Max.Y)*factor)+2).Add(at).Intersect(s.mount.Area())
	stride := s.memory.size.X * 4
	for y := to.Min.Y; y < to.Max.Y; y++ {
		row := s.memory.pix[y*stride+to.Min.X*4:]
		for x := to.Min.X; x < to.Max.X; x++ {
			fx, fy := s.mount.Turn.Upright((float64(x-at.X)+0.5)/factor, (float64(y-at.Y)+0.5)/factor, s.mount.Frame)
			binary.LittleEndian.PutUint32(row[(x-to.Min.X)*4:], s.smooth(fx, fy))
		}
	}
	s.note(to)
}

func (s *stage) pixel(x, y int) uint32 {
	x, y = max(0, min(x, s.canvas.Size.X-1)), max(0, min(y, s.canvas.Size.Y-1))
	return binary.LittleEndian.Uint32(s.own[y*s.canvas.Stride+x*4:])
}

// smooth mixes the four pixels around a place.
func (s *stage) smooth(x, y float64) uint32 {
	x, y = max(x-0.5, 0), max(y-0.5, 0)
	x0, y0 := int(x), int(y)
	wx, wy := uint32((x-float64(x0))*256), uint32((y-float64(y0))*256)
	a, b, c, d := s.pixel(x0, y0), s.pixel(x0+1, y0), s.pixel(x0, y0+1), s.pixel(x0+1, y0+1)
	var out uint32
	for shift := 0; shift < 32; shift += 8 {
		top := (a>>shift&255)*(256-wx) + (b>>shift&255)*wx
		low := (c>>shift&255)*(256-wx) + (d>>shift&255)*wx
		out |= ((top*(256-wy) + low*wy + 1<<15) >> 16) << shift
	}
	return out
}

// picture returns what the window shows of the frame, upright.
func (s *stage) picture() *image.RGBA {
	if s.memory == nil || s.frame == nil {
		return image.NewRGBA(image.Rectangle{})
	}
	area := s.mount.Area()
	m := image.NewRGBA(image.Rectangle{Max: area.Size()})
	stride := s.memory.size.X * 4
	for y := range area.Dy() {
		row := s.memory.pix[(area.Min.Y+y)*stride+area.Min.X*4:]
		out := m.Pix[y*m.Stride:]
		for x := 0; x < area.Dx()*4; x += 4 {
			out[x], out[x+1], out[x+2], out[x+3] = row[x+2], row[x+1], row[x], 255
		}
	}
	return s.mount.Turn.Raise(m)
}

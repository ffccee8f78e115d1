package cmd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

// lamps is the pixel controller of a board: it puts the dots together that come
// over the network by the Distributed Display Protocol, and keeps every picture.
// It is written from the protocol's description, not from what sends.
type lamps struct {
	size image.Point
	port int // at the address of this process; 0 before it was plugged in

	work sync.WaitGroup
	conn *net.UDPConn // nil while it is unplugged

	mu       sync.Mutex // guards all below
	memory   []byte
	pictures []lit
	wrong    error
}

// lit is a picture from when it stood until the next.
type lit struct {
	at  time.Time
	pix []byte // three bytes a dot
}

func newLamps(size image.Point) (*lamps, error) {
	l := &lamps{size: size, memory: make([]byte, size.X*size.Y*3)}
	return l, l.plug()
}

// plug gives it power, at the address where it was.
func (l *lamps) plug() error {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: lampsAt(), Port: l.port})
	if err != nil {
		return err
	}
	if err := roomFor(conn, 64<<20); err != nil {
		return errors.Join(err, conn.Close())
	}
	l.conn, l.port = conn, conn.LocalAddr().(*net.UDPAddr).Port
	l.work.Go(func() { l.listen(conn) })
	return nil
}

func (l *lamps) unplug() {
	if l == nil || l.conn == nil {
		return
	}
	l.conn.Close()
	l.work.Wait()
	l.conn = nil
}

func (l *lamps) address() string { return fmt.Sprintf("%v:%d", lampsAt(), l.port) }

// lampsAt is an address that no other process has: while a controller is unplugged
// nobody takes its port.
func lampsAt() net.IP {
	id := os.Getpid()
	return net.IPv4(127, byte(64+id>>16&63), byte(id>>8), byte(id))
}

// listen ends when the socket is closed.
func (l *lamps) listen(conn *net.UDPConn) {
	buf := make([]byte, 2048)
	for {
		n, err := conn.Read(buf)
		at := time.Now()
		if err != nil {
			return
		}
		l.mu.Lock()
		l.take(buf[:n], at)
		l.mu.Unlock()
	}
}

// take reads one packet: flags, sequence, type, destination, offset, length, dots.
func (l *lamps) take(b []byte, at time.Time) {
	if len(b) < 10 || b[0]>>6 != 1 || b[3] != 1 {
		l.wrong = fmt.Errorf("this is no packet of dots: % x", b[:min(len(b), 12)])
		return
	}
	offset, length := int(binary.BigEndian.Uint32(b[4:])), int(binary.BigEndian.Uint16(b[8:]))
	if length != len(b)-10 || offset+length > len(l.memory) {
		l.wrong = fmt.Errorf("a packet of %d bytes at %d, %d came", length, offset, len(b)-10)
		return
	}
	copy(l.memory[offset:], b[10:])
	if b[0]&1 == 0 {
		return // the picture is not whole yet
	}
	if n := len(l.pictures); n == 0 || !slices.Equal(l.pictures[n-1].pix, l.memory) {
		l.pictures = append(l.pictures, lit{at, slices.Clone(l.memory)})
	}
}

// since returns the pictures that stood at an instant or came after it.
func (l *lamps) since(t time.Time) ([]lit, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := len(l.pictures)
	for from > 0 && !l.pictures[from-1].at.Before(t) {
		from--
	}
	return slices.Clone(l.pictures[max(from-1, 0):]), l.wrong
}

// tones are the colours in which boards of all colours say what it is: the levels
// of warnings, that one is over, and all else.
var tones = map[string]color.RGBA{
	"red": {255, 48, 32, 255}, "orange": {255, 128, 0, 255}, "yellow": {255, 220, 0, 255}, "blue": {72, 148, 255, 255},
	"green": {40, 210, 90, 255}, "plain": {255, 190, 60, 255},
}

// dots counts those of a colour in a part of the picture.
func (p lit) dots(size image.Point, area image.Rectangle, c color.RGBA) int {
	n := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if i := 3 * (y*size.X + x); p.pix[i] == c.R && p.pix[i+1] == c.G && p.pix[i+2] == c.B {
				n++
			}
		}
	}
	return n
}

// like reports whether an image shows the same dots.
func (p lit) like(size image.Point, img image.Image) bool {
	if img.Bounds().Size() != size {
		return false
	}
	for i := range size.X * size.Y {
		c := color.RGBAModel.Convert(img.At(img.Bounds().Min.X+i%size.X, img.Bounds().Min.Y+i/size.X)).(color.RGBA)
		if p.pix[3*i] != c.R || p.pix[3*i+1] != c.G || p.pix[3*i+2] != c.B {
			return false
		}
	}
	return true
}

// few is how many dots of a colour a picture may have by chance.
const few = 20

// lampsWord says what the dots do.
//
//	lamps NAME COLOUR [at X Y WIDTH HEIGHT] [within DURATION]
//	                    dots of that tone come on, in that part of the board
//	lamps NAME without COLOUR
//	lamps NAME black    none is lit
//	lamps NAME move     the picture changes many times a second
//	lamps NAME agree    they are what the office gets as a screenshot
//	lamps NAME unplug   the pixel controller loses its power
//	lamps NAME plug     and has it again
func lampsWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 9, "lamps NAME COLOUR|black|move|agree|unplug|plug")
	s := w.screen(ts, args[0])
	l := s.lamps
	if l == nil {
		ts.Fatalf("%s has no lamps", s.name)
	}
	switch what := args[1]; what {
	case "unplug":
		l.unplug()
	case "plug":
		ts.Check(l.plug())
	case "agree":
		w.agree(ts, s)
	case "black":
		w.watch(ts, s, "is black", func(list []lit) bool {
			return !slices.ContainsFunc(list[len(list)-1].pix, func(b byte) bool { return b != 0 })
		})
	case "without":
		w.watch(ts, s, "is without "+args[2], func(list []lit) bool {
			return list[len(list)-1].dots(l.size, image.Rectangle{Max: l.size}, tones[args[2]]) == 0
		})
	case "move":
		from := time.Now()
		w.watch(ts, s, "moves", func([]lit) bool {
			now := time.Now()
			second := time.Duration(float64(time.Second) * w.pace.slower(now.Add(-2*time.Second), now))
			list, _ := l.since(now.Add(-second))
			return len(list) >= 10 && now.Sub(from) >= second
		})
	default:
		w.tone(ts, s, what, args[2:])
	}
}

// watch waits until the pictures since the last thing that was done are good.
func (w *world) watch(ts *testscript.TestScript, s *screen, what string, good func([]lit) bool) {
	w.until(ts, s.name+" "+what, func() (bool, string) {
		if !s.process.running() {
			w.fail(ts, "%s does not run", s.name)
		}
		list, err := s.lamps.since(w.began)
		if err != nil {
			w.fail(ts, "%s: %v", s.name, err)
		}
		return len(list) > 0 && good(list), fmt.Sprintf("%d pictures came", len(list))
	})
}

// tone waits for a colour.
func (w *world) tone(ts *testscript.TestScript, s *screen, name string, rest []string) {
	c, ok := tones[name]
	if !ok {
		ts.Fatalf("lamps have no tone %s", name)
	}
	area := image.Rectangle{Max: s.lamps.size}
	if len(rest) >= 5 && rest[0] == "at" {
		var x, y, wide, high int
		_, err := fmt.Sscan(strings.Join(rest[1:5], " "), &x, &y, &wide, &high)
		ts.Check(err)
		area, rest = image.Rect(x, y, x+wide, y+high), rest[5:]
	}
	var first time.Time
	w.watch(ts, s, "is "+name, func(list []lit) bool {
		for _, p := range list {
			if !p.at.Before(w.began) && p.dots(s.lamps.size, area, c) > few {
				first = p.at
				return true
			}
		}
		return false
	})
	asked, ms := first.Sub(w.began), time.Millisecond
	ts.Logf("%s is %s %v after it was asked for, %v after the office's answer, %v after it was on the board's disk", s.name, name,
		asked.Round(ms), first.Sub(w.answered).Round(ms), first.Sub(w.adopted(s, first)).Round(ms))
	if len(rest) == 2 && rest[0] == "within" {
		limit, err := time.ParseDuration(rest[1])
		ts.Check(err)
		if most := w.allows(limit, w.began, first); asked > most {
			w.fail(ts, "%s was %s after %v, wanted %v, which is %v here", s.name, name, asked, limit, most)
		}
	}
}

// adopted returns when a board last said before an instant that it has new content.
func (w *world) adopted(s *screen, before time.Time) time.Time {
	l, _ := s.process.said(func(l logLine) bool { return l.Msg == "New content is on screen." && l.Time.Before(before) })
	return l.Time
}

// agree holds a screenshot against the pictures that stood while it was taken.
func (w *world) agree(ts *testscript.TestScript, s *screen) {
	w.until(ts, "the screenshot of "+s.name+" is what its lamps show", func() (bool, string) {
		from := time.Now()
		commandWord(ts, false, []string{s.name, "screenshot"})
		img, err := w.screenshot(s)
		ts.Check(err)
		list, err := s.lamps.since(from)
		ts.Check(err)
		lit := false
		for _, p := range list {
			lit = lit || slices.ContainsFunc(p.pix, func(b byte) bool { return b != 0 })
			if lit && p.like(s.lamps.size, img) {
				return true, ""
			}
		}
		return false, fmt.Sprintf("none of %d pictures is", len(list))
	})
}

// exercisePages NAME NOTICE: every page that the board shows of the exercise since
// it was raised says that it is one, and all of its pages come.
func exercisePages(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "exercise-pages NAME NOTICE")
	s := w.screen(ts, args[0])
	var active struct {
		Items []struct {
			Body *playlist.Notice `json:"body"`
		} `json:"items"`
	}
	w.must(ts, "GET", "/alerts", nil, &active)
	var body *playlist.Notice
	for _, a := range active.Items {
		if string(a.Body.ID) == args[1] {
			body = a.Body
		}
	}
	if body == nil || body.Alert == nil || !body.Alert.Exercise {
		ts.Fatalf("there is no exercise %s", args[1])
	}
	asked := w.asked(s)
	marked := drawn(body, asked)
	earnest, alert := *body, *body.Alert
	alert.Exercise = false
	earnest.Alert = &alert
	unmarked := drawn(&earnest, asked)

	w.watch(ts, s, "shows all pages of "+args[1], func(list []lit) bool {
		came := make([]bool, len(marked))
		began := false
		for _, p := range list {
			like := func(img image.Image) bool { return p.like(s.lamps.size, img) }
			i := slices.IndexFunc(marked, like)
			switch {
			case i >= 0:
				came[i], began = true, true
			case slices.ContainsFunc(unmarked, like):
				w.fail(ts, "%s showed a page of %s without 演练", s.name, args[1])
			case began:
				w.fail(ts, "%s showed something else than pages of %s", s.name, args[1])
			}
		}
		return !slices.Contains(came, false)
	})
	ts.Logf("%s: %d pages, each marked", s.name, len(marked))
}

// drawn returns the pages of a notice as a board draws them.
func drawn(n *playlist.Notice, asked playlist.Screen) (out []image.Image) {
	settings := playlist.Settings{Screen: asked, Zone: "Asia/Shanghai"}
	for _, p := range led.Paginate(n, asked.Panel, led.OptionsFor(settings, false)) {
		img := image.NewRGBA(image.Rect(0, 0, asked.Panel.Width, asked.Panel.Height))
		scene.Paint(img, led.Frame(p, asked.Panel, 0, schedule.Moment{}, time.UTC))
		out = append(out, img)
	}
	return out
}

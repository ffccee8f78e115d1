package pixel

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/playlist"
	"mingbai/playlist/scene"
)

// begin is the first instant of these tests; turns come at times of their own.
var begin = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func defaults(protocol configs.Protocol, address string) configs.Output {
	o := configs.DefaultScreen(playlist.LED).Output
	o.Protocol, o.Address = protocol, address
	return o
}

// board is a frame in one colour with a white dot.
func board(size image.Point, ground color.RGBA, dot image.Point) *scene.Frame {
	return &scene.Frame{Size: size, Ground: ground, Ops: []scene.Op{
		{Kind: scene.OpFill, Dst: image.Rectangle{Min: dot, Max: dot.Add(image.Pt(1, 1))}, Color: color.RGBA{255, 255, 255, 255}},
	}}
}

// desk is an output whose packets are caught.
type desk struct {
	*Output
	t    *testing.T
	conn *net.UDPConn
	log  bytes.Buffer
}

func newDesk(t *testing.T, size image.Point, protocol configs.Protocol, change func(*configs.Output)) *desk {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	d := &desk{t: t, conn: conn}
	cfg := defaults(protocol, conn.LocalAddr().String())
	change(&cfg)
	d.Output, err = New(cfg, size, Source{}, slog.New(slog.NewTextHandler(&d.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, l := range d.links {
			l.close()
		}
	})
	return d
}

// at lets the output turn so long after the beginning and returns what arrived.
func (d *desk) at(after time.Duration) (got [][]byte) {
	d.t.Helper()
	before := d.Report().Packets
	d.turn(context.Background(), begin.Add(after))
	b := make([]byte, 2000)
	for range d.Report().Packets - before {
		if err := d.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			d.t.Fatal(err)
		}
		n, err := d.conn.Read(b)
		if err != nil {
			d.t.Fatalf("a packet was sent that did not arrive: %v", err)
		}
		got = append(got, bytes.Clone(b[:n]))
	}
	return got
}

// universes returns those of E1.31 packets.
func universes(packets [][]byte) (out []int) {
	for _, b := range packets {
		out = append(out, int(b[113])<<8|int(b[114]))
	}
	return out
}

func TestOnlyWhatChangedIsSent(t *testing.T) {
	size := image.Pt(170, 4) // a universe for every line
	d := newDesk(t, size, configs.E131, func(*configs.Output) {})
	if got := d.at(0); got != nil {
		t.Fatalf("%d packets were sent before there was a frame", len(got))
	}
	black := color.RGBA{A: 255}
	all := []int{1, 2, 3, 4}
	d.Show(board(size, black, image.Pt(7, 2)))
	const tick = 25 * time.Millisecond
	for i := range 3 { // E1.31 6.6.2: three packets before suppression
		if got := universes(d.at(time.Duration(i) * tick)); !slices.Equal(got, all) {
			t.Errorf("turn %d sent the universes %v, want all", i, got)
		}
	}
	if got := d.at(3 * tick); got != nil {
		t.Errorf("what has not changed was sent a fourth time: %v", universes(got))
	}
	// A new frame with the same picture is nothing new.
	d.Show(board(size, black, image.Pt(7, 2)))
	if got := d.at(4 * tick); got != nil {
		t.Errorf("the same picture was sent again: %v", universes(got))
	}
	d.Show(board(size, black, image.Pt(7, 1)))
	for i := range 3 {
		if got := universes(d.at(time.Duration(5+i) * tick)); !slices.Equal(got, []int{2, 3}) {
			t.Errorf("a dot moved from line 2 to 1 and the universes %v were sent, want 2 and 3", got)
		}
	}
	// Within a second everything comes again: lines 0 and 3 first, they are older.
	if got := universes(d.at(2*tick + keepAlive)); !slices.Equal(got, []int{1, 4}) {
		t.Errorf("900 ms after they were sent last the universes %v were kept alive, want 1 and 4", got)
	}
	if got := universes(d.at(7*tick + keepAlive)); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("900 ms after they were sent last the universes %v were kept alive, want 2 and 3", got)
	}
}

// Numbers leave nothing out, and a stream says three times that it ends.
func TestNumbersAndTheEndOfStreams(t *testing.T) {
	size := image.Pt(170, 2)
	for _, c := range []struct {
		protocol configs.Protocol
		at       int // where the number is
		follows  func(n byte) byte
	}{
		{configs.E131, e131Sequence, func(n byte) byte { return n + 1 }},
		{configs.ArtNet, artSequence, func(n byte) byte { return n%255 + 1 }},
	} {
		d := newDesk(t, size, c.protocol, func(*configs.Output) {})
		var last [2]byte
		for i := range 600 {
			d.Show(board(size, color.RGBA{R: uint8(i), G: uint8(i >> 8), A: 255}, image.Pt(0, 0)))
			for k, b := range d.at(time.Duration(i) * 25 * time.Millisecond) {
				if i > 0 && b[c.at] != c.follows(last[k]) {
					t.Fatalf("%s: after number %d came %d", c.protocol, last[k], b[c.at])
				}
				last[k] = b[c.at]
			}
		}
		before := d.Report().Packets
		d.terminate(context.Background(), begin.Add(time.Minute))
		ends := d.Report().Packets - before
		if c.protocol == configs.ArtNet {
			if ends != 0 {
				t.Errorf("Art-Net knows no end of a stream, yet %d packets were sent", ends)
			}
			continue
		}
		if ends != 3*2 {
			t.Fatalf("two streams were ended with %d packets, want 3 each (E1.31 6.2.6)", ends)
		}
		b := make([]byte, 2000)
		for range ends {
			if err := d.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if _, err := d.conn.Read(b); err != nil {
				t.Fatal(err)
			}
			if b[e131Options]&optionTerminated == 0 {
				t.Error("a packet at the end does not say that it is the end")
			}
		}
	}
}

// A frame's first packets are sent whatever they carry: a controller may show
// anything until it is told.
func TestABlackBoardIsSentToo(t *testing.T) {
	d := newDesk(t, image.Pt(16, 16), configs.ArtNet, func(*configs.Output) {})
	d.Show(&scene.Frame{Size: image.Pt(16, 16), Ground: color.RGBA{A: 255}})
	if got := d.at(0); len(got) != 2 {
		t.Errorf("%d packets were sent for 256 black dots, want 2", len(got))
	}
}

// clock runs the pace of an output against frames that come at some instants, and
// returns which of them were sent. Between them the output's own timer rings.
func (d *desk) clock(frames []time.Duration) (sent []int) {
	newest, rings := -1, time.Duration(-1)
	try := func(at time.Duration) {
		if wait := d.pace(begin.Add(at)); wait > 0 {
			rings = at + wait
			return
		}
		rings = -1
		sent = append(sent, newest)
	}
	for i, at := range frames {
		for rings >= 0 && rings < at {
			try(rings)
		}
		newest = i
		try(at)
	}
	return sent
}

// A board makes 60 frames a second and a display shows them a little unevenly. Of
// ten thousand every one, every second or every third is sent, and never another.
func TestMarqueesDoNotJudder(t *testing.T) {
	dice := rand.New(rand.NewPCG(11, 3))
	for _, fps := range []int{60, 30, 20} {
		d := newDesk(t, image.Pt(16, 16), configs.DDP, func(o *configs.Output) { o.FPS = fps })
		var frames []time.Duration
		for i := range 10000 {
			// Clocks of displays are not ours: this one is fast by 1 in 5000.
			at := time.Duration(i) * (time.Second/60 - 3333)
			frames = append(frames, at+time.Duration(dice.IntN(3000))*time.Microsecond)
		}
		sent := d.clock(frames)
		for i := 1; i < len(sent); i++ {
			if step := sent[i] - sent[i-1]; step != 60/fps {
				t.Fatalf("%d a second: after frame %d the frame %d was sent", fps, sent[i-1], sent[i])
			}
		}
		if want := 10000 * fps / 60; len(sent) < want-1 {
			t.Errorf("%d a second: %d frames were sent of %d", fps, len(sent), want)
		}
	}
}

func TestNoMorePicturesThanConfigured(t *testing.T) {
	d := newDesk(t, image.Pt(16, 16), configs.DDP, func(o *configs.Output) { o.FPS = 20 })
	var frames []time.Duration
	for i := range 2000 { // ten seconds of a program that does not know when to stop
		frames = append(frames, time.Duration(i)*5*time.Millisecond)
	}
	if n := len(d.clock(frames)); n < 190 || n > 210 {
		t.Errorf("%d pictures were sent in ten seconds, want 20 a second", n)
	}
	// After a pause a picture goes at once, and only one.
	now := begin.Add(time.Hour)
	if d.pace(now) != 0 || d.pace(now) == 0 {
		t.Error("after a pause one picture goes at once and the next one waits")
	}
}

func TestTables(t *testing.T) {
	o := defaults(configs.DDP, "127.0.0.1")
	if one := tablesOf(o); one[0][200] != 200 || one[1][1] != 1 || one[2][255] != 255 {
		t.Error("without settings the picture's own bytes are sent")
	}
	o.Gamma, o.Balance, o.Brightness = [3]float64{1, 2.2, 3}, [3]float64{1, 0.5, 1}, 0.4
	got := tablesOf(o)
	for v := range 256 {
		x := float64(v) / 255
		for c, want := range []float64{0.4 * x, 0.2 * math.Pow(x, 2.2), 0.4 * math.Pow(x, 3)} {
			if d := math.Abs(float64(got[c][v]) - 255*want); d > 0.5+1e-9 {
				t.Errorf("channel %d: %d becomes %d, %.2f away from the formula", c, v, got[c][v], d)
			}
		}
		if v > 0 && got[1][v] < got[1][v-1] {
			t.Errorf("%d is darker than %d", v, v-1)
		}
	}
}

func TestPowerIsLimited(t *testing.T) {
	size := image.Pt(20, 10)
	d := newDesk(t, size, configs.DDP, func(o *configs.Output) { o.Power = 0.25 })
	sum := func(packets [][]byte) (n int) {
		for _, b := range packets {
			n += total(b[10:])
		}
		return n
	}
	// Half of full white is twice what the supply bears.
	d.Show(&scene.Frame{Size: size, Ground: color.RGBA{128, 128, 128, 255}})
	got := sum(d.at(0))
	if most := int(0.25 * 255 * 600); got > most || got < most*9/10 {
		t.Errorf("the channels add up to %d, at most %d are allowed and nearly all wanted", got, most)
	}
	// A dark picture is not touched, and comes back as it is.
	d.Show(&scene.Frame{Size: size, Ground: color.RGBA{30, 20, 10, 255}})
	if got := d.at(time.Second); sum(got) != 200*60 {
		t.Errorf("a dark picture adds up to %d, want %d", sum(got), 200*60)
	}
}

// A controller that is not there costs the others nothing, is said once, and is
// sent to again when it comes back.
func TestAMissingControllerHoldsUpNobody(t *testing.T) {
	gone, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	missing := gone.LocalAddr().String()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	size := image.Pt(32, 16)
	d := newDesk(t, size, configs.DDP, func(o *configs.Output) {
		o.Parts = []configs.OutputPart{{Address: missing, Width: 16}, {X: 16}}
	})
	var reached, begun int
	deadline := time.Now().Add(10 * time.Second)
	for i := 0; len(d.Report().Failing) == 0; i++ {
		d.Show(board(size, color.RGBA{R: uint8(i), A: 255}, image.Pt(i%32, 3)))
		begun++
		d.turn(context.Background(), begin.Add(time.Duration(i)*25*time.Millisecond))
		if time.Now().After(deadline) {
			t.Fatal("nobody noticed that there is no controller")
		}
	}
	b := make([]byte, 2000)
	for range begun {
		if err := d.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.conn.Read(b); err != nil {
			t.Fatalf("the other controller got %d of %d pictures: %v", reached, begun, err)
		}
		reached++
	}
	if got := d.Report().Failing; len(got) != 1 || got[0] != missing {
		t.Errorf("reported as failing: %v, want %s", got, missing)
	}
	for i := range 40 {
		d.Show(board(size, color.RGBA{G: uint8(i), A: 255}, image.Pt(1, 3)))
		d.turn(context.Background(), begin.Add(time.Duration(begun+i)*25*time.Millisecond))
	}
	if n := strings.Count(d.log.String(), "cannot be sent to"); n != 1 {
		t.Errorf("it was said %d times, want once:\n%s", n, d.log.String())
	}

	// It comes back.
	addr := netip.MustParseAddrPort(missing)
	back, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	for i := range 500 {
		d.Show(board(size, color.RGBA{B: uint8(i), A: 255}, image.Pt(1, 3)))
		d.turn(context.Background(), begin.Add(time.Hour+time.Duration(i)*25*time.Millisecond))
	}
	if err := back.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := back.Read(b); err != nil {
		t.Errorf("a controller that came back gets nothing: %v", err)
	}
	if got := d.Report().Failing; got != nil || !strings.Contains(d.log.String(), "can be sent to again") {
		t.Errorf("a controller that came back counts as failing: %v\n%s", got, d.log.String())
	}
}

// No network at all is an error that passes.
func TestWithoutANetwork(t *testing.T) {
	d := newDesk(t, image.Pt(16, 16), configs.DDP, func(o *configs.Output) {
		o.Local = "192.0.2.77" // not an address of this machine
	})
	d.Show(board(image.Pt(16, 16), color.RGBA{A: 255}, image.Pt(0, 0)))
	d.turn(context.Background(), begin)
	if r := d.Report(); r.Packets != 0 || r.Dropped != 1 || len(r.Failing) != 1 {
		t.Errorf("%+v, want one packet dropped and one controller failing", r)
	}
}

func TestNoSteadyAllocation(t *testing.T) {
	for _, protocol := range []configs.Protocol{configs.DDP, configs.E131, configs.ArtNet} {
		size := image.Pt(96, 32)
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		o, err := New(defaults(protocol, conn.LocalAddr().String()), size, Source{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err != nil {
			t.Fatal(err)
		}
		frames := [2]*scene.Frame{
			board(size, color.RGBA{R: 9, A: 255}, image.Pt(3, 3)),
			board(size, color.RGBA{G: 9, A: 255}, image.Pt(3, 3)),
		}
		i := 0
		turn := func() {
			i++
			o.Show(frames[i%2])
			o.turn(context.Background(), begin.Add(time.Duration(i)*25*time.Millisecond))
		}
		turn()
		turn()
		// What is left is the list of damaged rectangles, which is scene's.
		if n := testing.AllocsPerRun(50, turn); n > 1 {
			t.Errorf("%s: a picture takes %v allocations, want none of our own", protocol, n)
		}
		for _, l := range o.links {
			l.close()
		}
	}
}

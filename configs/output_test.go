package configs

import (
	"image"
	"math"
	"net/netip"
	"strings"
	"testing"

	"mingbai/playlist"
)

// driven is a sane board of 192×64 dots with network output.
func driven(t *testing.T) Screen {
	s := DefaultScreen(playlist.LED)
	s.Data = t.TempDir()
	s.Output.Protocol, s.Output.Address = E131, "192.168.1.50"
	return s
}

func TestOutputCheck(t *testing.T) {
	if got := driven(t).Check(playlist.LED); got != nil {
		t.Fatalf("a board with one controller has problems: %v", got)
	}
	for _, c := range []struct {
		key, says string // of the first problem
		change    func(*Screen)
	}{
		{"output.protocol", "none of ddp, e131 and artnet", func(s *Screen) { s.Output.Protocol = "dmx" }},
		{"output.protocol", "no protocol", func(s *Screen) { s.Output.Protocol = "" }},
		{"output.address", "not an IP address", func(s *Screen) { s.Output.Address = "" }},
		{"output.address", "192.168.1.50 or multicast", func(s *Screen) { s.Output.Address = "wled.local" }},
		{"output.address", "cannot be sent to", func(s *Screen) { s.Output.Address = "192.168.1.50:0" }},
		{"output.address", "not an IP address", func(s *Screen) { s.Output.Protocol, s.Output.Address = DDP, Multicast }},
		{"output.address", "IPv4", func(s *Screen) { s.Output.Protocol, s.Output.Address = ArtNet, "fe80::1" }},
		{"output.local", "not an IP address", func(s *Screen) { s.Output.Local = "eth0" }},
		{"output.universe", "1 to 63999", func(s *Screen) { s.Output.Universe = 0 }},
		{"output.universe", "0 to 32767", func(s *Screen) { s.Output.Protocol, s.Output.Universe = ArtNet, 32768 }},
		{"output", "beyond the last one", func(s *Screen) { s.Output.Universe = 63999 }},
		{"output.channel", "1 to 512", func(s *Screen) { s.Output.Channel = 513 }},
		{"output.channel", "not one dot", func(s *Screen) { s.Output.Channel = 511 }},
		{"output.dots_per_universe", "1 to 512", func(s *Screen) { s.Output.DotsPerUniverse = -1 }},
		{"output.dots_per_universe", "do not fit", func(s *Screen) { s.Output.DotsPerUniverse = 171 }},
		{"output.colours", "not an order", func(s *Screen) { s.Output.Colours = "rgg" }},
		{"output.colours", "not an order", func(s *Screen) { s.Output.Colours = "rw" }},
		{"output.start", "none of top-left", func(s *Screen) { s.Output.Start = "left" }},
		{"output.run", "neither rows nor columns", func(s *Screen) { s.Output.Run = "" }},
		{"output.wiring", "neither straight nor serpentine", func(s *Screen) { s.Output.Wiring = "zigzag" }},
		{"output.brightness", "0 to 1", func(s *Screen) { s.Output.Brightness = math.NaN() }},
		{"output.balance", "0 to 1", func(s *Screen) { s.Output.Balance[2] = 1.1 }},
		{"output.gamma", "1 to 4", func(s *Screen) { s.Output.Gamma[0] = 0 }},
		{"output.power", "above 0", func(s *Screen) { s.Output.Power = 0 }},
		{"output.fps", "1 to 60", func(s *Screen) { s.Output.FPS = 0 }},
		{"output.fps", "DMX512", func(s *Screen) { s.Output.FPS = 60 }},
		{"output.fps", "judders", func(s *Screen) { s.Output.FPS = 40 }},
		{"output.priority", "0 to 200", func(s *Screen) { s.Output.Priority = 201 }},
		{"output.sync_universe", "1 to 63999", func(s *Screen) { s.Output.SyncUniverse = 64000 }},
		{"output.sync_universe", "only e131", func(s *Screen) { s.Output.Protocol, s.Output.SyncUniverse = DDP, 7 }},
		{"output.sync_universe", "carries dots", func(s *Screen) { s.Output.SyncUniverse = 3 }},
		{"output.sync_address", "only artnet", func(s *Screen) { s.Output.SyncAddress = "192.168.1.255" }},
		{"output.sync_address", "not an IP", func(s *Screen) { s.Output.Protocol, s.Output.SyncAddress = ArtNet, "all" }},
		{"output.part[1]", "do not lie on the board", func(s *Screen) { s.Output.Parts = []OutputPart{{X: 100, Width: 100}} }},
		{"output.part[1].address", "not an IP", func(s *Screen) { s.Output.Address, s.Output.Parts = "", []OutputPart{{}} }},
		{"output.part[2].start", "none of", func(s *Screen) { s.Output.Parts = []OutputPart{{Width: 96}, {X: 96, Start: "top"}} }},
		{"output.part[2]", "counted from 1", func(s *Screen) { s.Output.Parts = []OutputPart{{Width: 96}, {X: 96, Universe: -1}} }},
		{"output.part[2]", "writes what output.part[1] writes", func(s *Screen) {
			s.Output.Parts = []OutputPart{{Width: 96}, {X: 96, Universe: 37}}
		}},
		{"output.part", "6144 of the board's 12288 dots", func(s *Screen) { s.Output.Parts = []OutputPart{{Width: 96}} }},
		{"window.backend", "nobody sees", func(s *Screen) { s.Output, s.Window.Backend = DefaultScreen(playlist.LED).Output, BackendNone }},
	} {
		s := driven(t)
		c.change(&s)
		got := s.Check(playlist.LED)
		if len(got) == 0 || got[0].Key != c.key || !strings.Contains(got[0].Text, c.says) {
			t.Errorf("want %s: ... %s ..., got %v", c.key, c.says, got)
		}
	}
	touch := DefaultScreen(playlist.Touch)
	touch.Data = t.TempDir()
	touch.Output.Protocol, touch.Window.Backend = DDP, BackendNone
	if got := touch.Check(playlist.Touch); len(got) != 2 || !Fatal(got) {
		t.Errorf("a touchscreen without a window and with network output gives %v", got)
	}
}

func TestPartsFollowEachOther(t *testing.T) {
	board := image.Pt(192, 64)
	s := driven(t)
	s.Output.Universe, s.Output.Wiring = 10, Serpentine
	s.Output.Parts = []OutputPart{
		{Width: 96, Height: 32},                                        // 3072 dots: 18 universes of 170 and one of 12
		{X: 96, Height: 32, Colours: "rgbw", Wiring: Straight},         // 24 of 128
		{Y: 32, Address: "192.168.1.51:7000", Start: BottomRight},      // another controller begins where the file says
		{Y: 32, Address: "192.168.1.50", Universe: 100, Channel: 7},    // said
		{Y: 32, Address: "192.168.1.50", Colours: "w", Run: Columns},   // and on from there
		{X: 1, Y: 32, Address: "192.168.1.51:7000", Width: 1},          // and on there
		{X: 5, Y: 40, Address: "192.168.1.50", Width: 10, Height: 512}, // beyond the board: Check says so
	}
	if got := s.Check(playlist.LED); len(got) != 1 || got[0].Key != "output.part[7]" {
		t.Fatalf("only the last part is wrong: %v", got)
	}
	s.Output.Parts = s.Output.Parts[:6]
	if got := s.Check(playlist.LED); got != nil {
		t.Fatalf("these parts are right: %v", got)
	}
	one, two := netip.MustParseAddrPort("192.168.1.50:5568"), netip.MustParseAddrPort("192.168.1.51:7000")
	want := []PlacedPart{
		{"output.part[1]", image.Rect(0, 0, 96, 32), one, "rgb", TopLeft, Rows, Serpentine, 10, 1, 170},
		{"output.part[2]", image.Rect(96, 0, 192, 32), one, "rgbw", TopLeft, Rows, Straight, 29, 1, 128},
		{"output.part[3]", image.Rect(0, 32, 192, 64), two, "rgb", BottomRight, Rows, Serpentine, 10, 1, 170},
		{"output.part[4]", image.Rect(0, 32, 192, 64), one, "rgb", TopLeft, Rows, Serpentine, 100, 7, 170},
		{"output.part[5]", image.Rect(0, 32, 192, 64), one, "w", TopLeft, Columns, Serpentine, 137, 1, 512},
		{"output.part[6]", image.Rect(1, 32, 2, 64), two, "rgb", TopLeft, Rows, Serpentine, 47, 1, 170},
	}
	got := s.Output.Placed(board)
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("part %d is placed as\n%+v, want\n%+v", i+1, got[i], want[i])
		}
	}
	// From channel 7 on a universe has room for 168 dots; 6144 dots take 37.
	if n, first := want[3].Universes(), want[3].FirstDots(); n != 37 || first != 168 {
		t.Errorf("6144 dots from channel 7 on take %d universes, %d dots in the first; want 37 and 168", n, first)
	}

	s.Output.Protocol, s.Output.Universe, s.Output.Channel = DDP, 1, 31
	s.Output.Parts = []OutputPart{{Width: 96}, {X: 96, Colours: "rgbw"}, {Address: "192.168.1.51"}}
	for i, p := range s.Output.Placed(board) {
		if want := []int{31, 31 + 96*64*3, 31}[i]; p.Channel != want || p.Universe != 0 || p.PerUniverse != 0 {
			t.Errorf("part %d begins at byte %d of universe %d, want byte %d and none", i+1, p.Channel, p.Universe, want)
		}
	}
}

// What the example shows in comments is sane when the comments are removed.
func TestOutputExample(t *testing.T) {
	s := DefaultScreen(playlist.LED)
	text := `
[panel]
width = 192
height = 64
[output]
protocol = "ddp"
[[output.part]]
address = "192.168.1.51"
x = 0
y = 0
width = 96
height = 64
[[output.part]]
address = "192.168.1.52"
x = 96
start = "bottom-left"
run = "columns"
wiring = "serpentine"
`
	s, err := LoadScreen(write(t, t.TempDir(), "ledboard.toml", text, 0o600), playlist.LED)
	if err != nil {
		t.Fatal(err)
	}
	s.Data = t.TempDir()
	if got := s.Check(playlist.LED); got != nil {
		t.Errorf("the example has problems: %v", got)
	}
	if len(s.Output.Parts) != 2 || s.Output.Parts[1].Wiring != Serpentine {
		t.Errorf("the parts are %+v", s.Output.Parts)
	}
}

package pixel

import (
	"image"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"

	"mingbai/configs"
	"mingbai/playlist"
)

// random returns settings as somebody might try them.
func random(r *rand.Rand, board image.Point) configs.Screen {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	s := configs.DefaultScreen(playlist.LED)
	s.Data = "." // exists
	s.Panel = playlist.Panel{Width: board.X, Height: board.Y, WidthMM: board.X, HeightMM: board.Y}
	o := &s.Output
	o.Protocol = configs.Protocol(pick("ddp", "e131", "artnet"))
	o.Address = pick("127.0.0.1", "127.0.0.2", "multicast", "127.0.0.1:7000")
	o.Universe, o.Channel = r.IntN(300), r.IntN(520)
	o.DotsPerUniverse = r.IntN(3) * r.IntN(200)
	o.Colours = pick("rgb", "grb", "rgbw", "wbgr", "w", "r", "gr")
	o.Power = 1 - float64(r.IntN(2))*0.3
	some := func(n int) int { return max(0, r.IntN(n+3)-3) }
	for range r.IntN(4) {
		o.Parts = append(o.Parts, configs.OutputPart{
			X: some(board.X), Y: some(board.Y), Width: some(board.X / 2), Height: some(board.Y / 2),
			Address: pick("", "", "127.0.0.3"), Colours: pick("", "", "bgr", "w"),
			Start:  configs.Corner(pick("", "top-left", "top-right", "bottom-left", "bottom-right")),
			Run:    configs.Run(pick("", "rows", "columns")),
			Wiring: configs.Wiring(pick("", "straight", "serpentine")), Universe: some(20), Channel: some(30),
		})
	}
	return s
}

// checkPackets states what holds for all sane settings: the packets of a part carry
// its dots in the order of the wiring, each once and whole; none is too large; and
// no two write the same channel of the same universe.
func checkPackets(t *testing.T, o *Output) {
	t.Helper()
	type place struct {
		way      *link
		universe int
	}
	channels := map[place][]bool{}
	for _, p := range o.parts {
		n := 0
		at := p.Channel - 1 // in the memory of a DDP controller
		for i, k := range p.packets {
			dots := 0
			for _, run := range k.runs {
				for j := range run.dots {
					if got, want := run.from+j*run.step, o.picture.PixOffset(Dot(p.PlacedPart, n).X, Dot(p.PlacedPart, n).Y); got != want {
						t.Fatalf("%+v: dot %d is read at byte %d, want %d", p.PlacedPart, n, got, want)
					}
					if !Dot(p.PlacedPart, n).In(k.area) {
						t.Fatalf("%+v: dot %d lies outside of its packet's area %v", p.PlacedPart, n, k.area)
					}
					n++
					dots++
				}
			}
			if len(k.payload) != dots*len(p.Colours) || dots == 0 {
				t.Fatalf("%+v: packet %d has %d channels for %d dots", p.PlacedPart, i, len(k.payload), dots)
			}
			where, from, most, head := place{p.link, k.universe}, 0, 512, 0
			switch o.cfg.Protocol {
			case configs.DDP:
				from, most = at, ddpMost
				at += len(k.payload)
				head = ddpHeader
			case configs.E131:
				head = e131Header
			case configs.ArtNet:
				head = artHeader
			}
			if i == 0 && o.cfg.Protocol.Universes() {
				from = p.Channel - 1
			}
			if len(k.buf)-head > most {
				t.Fatalf("%+v: packet %d carries %d channels", p.PlacedPart, i, len(k.buf)-head)
			}
			used := channels[where]
			if need := from + len(k.payload); len(used) < need {
				used = append(used, make([]bool, need-len(used))...)
			}
			for c := from; c < from+len(k.payload); c++ {
				if used[c] {
					t.Fatalf("%+v: channel %d of universe %d is written twice", p.PlacedPart, c+1, k.universe)
				}
				used[c] = true
			}
			channels[where] = used
		}
		if n != p.Dots() {
			t.Fatalf("%+v: %d dots are sent of %d", p.PlacedPart, n, p.Dots())
		}
	}
}

// tryRandom reports whether the settings of that seed are sane, after checking the
// packets that come of them.
func tryRandom(t *testing.T, seed uint64) bool {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	board := image.Pt(16+r.IntN(120), 8+r.IntN(60))
	s := random(r, board)
	if configs.Fatal(s.Check(playlist.LED)) {
		return false
	}
	o, err := New(s.Output, board, Source{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatalf("sane settings are refused: %v\n%+v", err, s.Output)
	}
	checkPackets(t, o)
	return true
}

func TestPacketsOfRandomSettings(t *testing.T) {
	sane := 0
	for seed := range uint64(2000) {
		if tryRandom(t, seed) {
			sane++
		}
	}
	if sane < 100 {
		t.Errorf("only %d of 2000 settings were sane", sane)
	}
}

func FuzzPackets(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { tryRandom(t, seed) })
}

package pixel_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"net/netip"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mingbai/configs"
	"mingbai/playlist"
)

// Wireshark's dissectors are the independent witnesses of E1.31 and Art-Net: they
// were written by others from the same specifications.

// universePacket is one universe as tshark reads it.
type universePacket struct {
	to       netip.AddrPort
	universe int
	data     []byte
	fields   map[string]string // the others by name, as tshark shows them
}

// What tshark is asked for. The channels of Art-Net come as bytes, those of E1.31 as
// the table of hexadecimal numbers that it prints.
var asked = []string{
	"ip.dst", "udp.dstport", "_ws.malformed",
	"acn.cid", "acn.dmx.source_name", "acn.dmx.priority", "acn.dmx.reserved", "acn.dmx.seq_number", "acn.dmx.option_s",
	"acn.dmx.universe", "acn.dmx.start_code2", "acn.dmx.count", "acn.dmx.data",
	"artnet.header.id", "artnet.header.opcode", "artnet.header.protver", "artnet.output.sequence", "artnet.output.universe",
	"artnet.output.length", "dmx_chan.data_filter",
}

// dissect lets tshark read the datagrams.
func dissect(t *testing.T, all []datagram) (out []universePacket) {
	t.Helper()
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Fatal("tshark is needed to read the packets (Debian: apt install tshark):", err)
	}
	args := []string{"-r", save(t, all), "--enable-heuristic", "acn", "-o", "acn.dmx_enable:TRUE",
		"-o", "acn.dmx_display_zeros:TRUE",
		"-T", "fields", "-E", "separator=/t", "-E", "aggregator=;"}
	for _, f := range asked {
		args = append(args, "-e", f)
	}
	cmd := exec.CommandContext(t.Context(), tshark, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, said.String())
	}
	for line := range strings.Lines(string(text)) {
		out = append(out, read(t, strings.Split(strings.TrimSuffix(line, "\n"), "\t")))
	}
	if len(out) != len(all) {
		t.Fatalf("tshark read %d of %d packets", len(out), len(all))
	}
	return out
}

// read picks a universe out of a dissection.
func read(t *testing.T, values []string) universePacket {
	t.Helper()
	u := universePacket{universe: -1, fields: map[string]string{}}
	for i, name := range asked {
		u.fields[name] = values[i]
	}
	addr, err := netip.ParseAddr(u.fields["ip.dst"])
	if err != nil {
		t.Fatal(err)
	}
	number := func(name string) int {
		n, err := strconv.Atoi(u.fields[name])
		if err != nil {
			t.Fatalf("tshark shows %s as %q", name, u.fields[name])
		}
		return n
	}
	u.to = netip.AddrPortFrom(addr, uint16(number("udp.dstport")))
	switch {
	case u.fields["_ws.malformed"] != "":
		t.Fatalf("tshark calls a packet malformed: %v", u.fields)
	case u.fields["acn.dmx.universe"] != "":
		u.universe, u.data = number("acn.dmx.universe"), table(t, u.fields["acn.dmx.data"])
	case u.fields["artnet.output.universe"] != "":
		u.universe = number("artnet.output.universe")
		if u.data, err = hex.DecodeString(u.fields["dmx_chan.data_filter"]); err != nil {
			t.Fatal(err)
		}
	}
	return u
}

// table reads the channels out of lines like "020-040:  A C8 |  3  4". The first
// line is the heading.
func table(t *testing.T, lines string) (out []byte) {
	for i, line := range strings.Split(lines, ";") {
		if i == 0 {
			continue
		}
		_, cells, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("tshark shows channels as %q", lines)
		}
		for _, cell := range strings.Fields(strings.ReplaceAll(cells, "|", " ")) {
			v, err := strconv.ParseUint(cell, 16, 8)
			if err != nil {
				t.Fatalf("tshark shows channels as %q: %v", line, err)
			}
			out = append(out, byte(v))
		}
	}
	return out
}

// checkDots fails unless what the universes carried last is the picture, bit by
// bit.
func checkDots(t *testing.T, name string, cfg configs.Output, got []universePacket, want *image.RGBA) {
	t.Helper()
	type key struct {
		to       netip.AddrPort
		universe int
	}
	last := map[key][]byte{}
	for _, u := range got {
		if u.universe >= 0 {
			last[key{u.to, u.universe}] = u.data
		}
	}
	for _, p := range cfg.Placed(want.Rect.Size()) {
		// Place the dots by the words of the file, one after the other: a dot
		// that does not fit whole begins the next universe.
		universe, channel, inUniverse := p.Universe, p.Channel, 0
		most := cfg.DotsPerUniverse
		if most == 0 {
			most = 512 / len(p.Colours)
		}
		for i := range p.Dots() {
			if inUniverse == most || channel-1+len(p.Colours) > 512 {
				universe, channel, inUniverse = universe+1, 1, 0
			}
			to := p.To
			if !to.IsValid() {
				to = netip.AddrPortFrom(netip.AddrFrom4([4]byte{239, 255, byte(universe >> 8), byte(universe)}), 5568)
			}
			data := last[key{to, universe}]
			if data == nil {
				t.Fatalf("%s: universe %d never came to %v", name, universe, to)
			}
			at := walk(p, i)
			lamp := lamps(want.RGBAAt(at.X, at.Y), p.Colours)
			if end := channel - 1 + len(lamp); end > len(data) || !bytes.Equal(data[channel-1:end], lamp) {
				t.Fatalf("%s: dot %v should be %v in universe %d from channel %d on; the %d channels there are\n%v",
					name, at, lamp, universe, channel, len(data), data)
			}
			channel += len(lamp)
			inUniverse++
		}
	}
}

// walk finds the i-th dot by going along the wiring dot by dot.
func walk(p configs.PlacedPart, i int) image.Point {
	w, h := p.Area.Dx(), p.Area.Dy()
	along, across := i%w, i/w
	if p.Run == configs.Columns {
		along, across = i%h, i/h
	}
	length := w
	if p.Run == configs.Columns {
		length = h
	}
	if p.Wiring == configs.Serpentine && across&1 == 1 {
		along = length - 1 - along
	}
	x, y := along, across
	if p.Run == configs.Columns {
		x, y = across, along
	}
	if strings.HasSuffix(string(p.Start), "right") {
		x = w - 1 - x
	}
	if strings.HasPrefix(string(p.Start), "bottom") {
		y = h - 1 - y
	}
	return p.Area.Min.Add(image.Pt(x, y))
}

// layouts are the boards of the proof: every way of wiring, sizes from 64×16 of
// one colour to 384×128 in full colour, one controller and several.
func layouts(protocol configs.Protocol) map[string]func(*configs.Output) (board image.Point) {
	out := map[string]func(*configs.Output) image.Point{}
	for _, corner := range corners {
		for _, way := range ways {
			for _, wiring := range wirings {
				out[fmt.Sprintf("64×16 %s %s %s", corner, way, wiring)] = func(o *configs.Output) image.Point {
					o.Start, o.Run, o.Wiring = corner, way, wiring
					return image.Pt(64, 16)
				}
			}
		}
	}
	out["64×16 of one colour"] = func(o *configs.Output) image.Point {
		o.Colours = "w"
		return image.Pt(64, 16)
	}
	out["97×33 grb, 100 dots each"] = func(o *configs.Output) image.Point {
		o.Colours, o.Wiring, o.Universe = "grb", configs.Serpentine, 255
		if protocol.Universes() {
			o.DotsPerUniverse = 100
		}
		return image.Pt(97, 33)
	}
	out["128×32 rgbw from channel 11"] = func(o *configs.Output) image.Point {
		o.Colours, o.Channel = "rgbw", 11
		return image.Pt(128, 32)
	}
	out["192×64 of two colours"] = func(o *configs.Output) image.Point {
		o.Colours, o.Start = "gr", configs.BottomRight
		return image.Pt(192, 64)
	}
	out["384×128 bgr"] = func(o *configs.Output) image.Point {
		o.Colours, o.Wiring, o.Run, o.Start = "bgr", configs.Serpentine, configs.Columns, configs.BottomLeft
		return image.Pt(384, 128)
	}
	out["384×128 in four parts"] = func(o *configs.Output) image.Point {
		o.Wiring = configs.Serpentine
		o.Parts = []configs.OutputPart{
			{Width: 192, Height: 64},
			{X: 192, Height: 64, Start: configs.TopRight},
			{Y: 64, Width: 200, Address: "other", Start: configs.BottomLeft, Run: configs.Columns},
			{X: 200, Y: 64, Address: "other", Colours: "grb", Wiring: configs.Straight},
		}
		return image.Pt(384, 128)
	}
	return out
}

// proof is one board of the proof, sent and caught.
type proof struct {
	name string
	cfg  configs.Output
	want *image.RGBA
}

// sendAll sends every layout to controllers of its own on the loopback.
func sendAll(t *testing.T, protocol configs.Protocol, change func(*configs.Output)) ([]proof, []datagram) {
	t.Helper()
	var proofs []proof
	var wires []*wire
	made := layouts(protocol)
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range made {
			if !yield(name) {
				return
			}
		}
	})
	for i, name := range names {
		w := new(wire)
		wires = append(wires, w)
		first := w.listen(t, fmt.Sprintf("127.7.%d.1:%d", i, protocol.Port()))
		second := w.listen(t, fmt.Sprintf("127.7.%d.2:%d", i, protocol.Port()))
		var board image.Point
		fill := func(o *configs.Output) {
			o.Protocol, o.Address, o.FPS = protocol, first.Addr().String(), 60
			if board = made[name](o); board.X*board.Y > 10000 {
				o.FPS = 20 // leaves time to read what comes
			}
			for k := range o.Parts {
				if o.Parts[k].Address != "" {
					o.Parts[k].Address = second.Addr().String()
				}
			}
			change(o)
		}
		o := configs.DefaultScreen(playlist.LED).Output
		fill(&o)
		cfg := settings(t, board, fill)
		a := noise(board, uint64(i))
		b := with(a, image.Rect(9, 3, 21, 11), color.RGBA{250, 128, 1, 255})
		report := play(t, cfg, a, b)
		if report.Dropped > 0 || len(report.Failing) > 0 {
			t.Errorf("%s: %+v", name, report)
		}
		proofs = append(proofs, proof{name, cfg, painted(b)})
	}
	var all []datagram
	for _, w := range wires {
		all = append(all, w.close()...)
	}
	return proofs, all
}

// mayBeLost is how many packets of a universe may be missing in a row: a machine
// that is busy with other tests may not read as fast as they come. That numbers
// leave nothing out is held where nothing can be lost.
const mayBeLost = 5

func TestE131IsReadByTshark(t *testing.T) {
	t.Parallel()
	proofs, all := sendAll(t, configs.E131, func(o *configs.Output) { o.Priority, o.SyncUniverse = 120, 7962 })
	got := dissect(t, all)
	for _, p := range proofs {
		checkDots(t, p.name, p.cfg, got, p.want)
	}
	type stream struct {
		to       netip.AddrPort
		universe int
	}
	next, ended, syncs := map[stream]int{}, map[stream]int{}, 0
	for _, u := range got {
		if u.universe < 0 {
			syncs++
			continue
		}
		for name, want := range map[string]string{
			"acn.cid": "6d696e67-ba00-8100-9200-000000000007", "acn.dmx.source_name": "明白 东门",
			"acn.dmx.priority": "120", "acn.dmx.start_code2": "0", "acn.dmx.reserved": "7962",
			"acn.dmx.count": strconv.Itoa(len(u.data) + 1),
		} {
			if u.fields[name] != want {
				t.Fatalf("universe %d: tshark shows %s as %q, want %q", u.universe, name, u.fields[name], want)
			}
		}
		s := stream{u.to, u.universe}
		sequence, _ := strconv.Atoi(u.fields["acn.dmx.seq_number"])
		if uint8(sequence-next[s]) > mayBeLost {
			t.Fatalf("universe %d at %v: sequence %d comes where %d is due", u.universe, u.to, sequence, next[s])
		}
		next[s] = sequence + 1
		if u.fields["acn.dmx.option_s"] == "1" {
			ended[s]++
		} else if ended[s] > 0 {
			t.Fatalf("universe %d goes on after its end", u.universe)
		}
	}
	for s := range next {
		if ended[s] < 1 || ended[s] > 3 {
			t.Errorf("%v ended with %d terminated packets, want 3 (E1.31 6.2.6)", s, ended[s])
		}
	}
	if syncs < len(proofs)*3 {
		t.Errorf("%d synchronisation packets came for %d boards", syncs, len(proofs))
	}
}

func TestArtNetIsReadByTshark(t *testing.T) {
	t.Parallel()
	proofs, all := sendAll(t, configs.ArtNet, func(o *configs.Output) { o.SyncAddress = o.Address })
	got := dissect(t, all)
	for _, p := range proofs {
		checkDots(t, p.name, p.cfg, got, p.want)
	}
	next, syncs := map[netip.AddrPort]map[int]int{}, 0
	for _, u := range got {
		opcode, want := u.fields["artnet.header.opcode"], "0x5000"
		if u.universe < 0 {
			want = "0x5200"
			syncs++
		}
		if u.fields["artnet.header.protver"] != "14" || u.fields["artnet.header.id"] != "Art-Net" || opcode != want {
			t.Fatalf("tshark does not take this for Art-Net: %v", u.fields)
		}
		if u.universe < 0 {
			continue
		}
		if len(u.data)%2 != 0 || len(u.data) < 2 || len(u.data) > 512 {
			t.Fatalf("universe %d has %d channels; Art-Net wants an even number from 2 to 512", u.universe, len(u.data))
		}
		if next[u.to] == nil {
			next[u.to] = map[int]int{}
		}
		if next[u.to][u.universe] == 0 {
			next[u.to][u.universe] = 1
		}
		sequence, _ := strconv.Atoi(u.fields["artnet.output.sequence"])
		// 1 to 255: 0 would say that there is no order.
		if due := next[u.to][u.universe]; sequence == 0 || (sequence-due+255)%255 > mayBeLost {
			t.Fatalf("universe %d at %v: sequence %d comes where %d is due", u.universe, u.to, sequence, due)
		}
		next[u.to][u.universe] = sequence%255 + 1
	}
	if syncs < len(proofs)*3 {
		t.Errorf("%d ArtSync came for %d boards", syncs, len(proofs))
	}
}

package configs

import (
	"fmt"
	"image"
	"net/netip"
	"slices"
)

// mostDots bounds a board's share that is sent over the network: four times
// 1920×1080.
const mostDots = 4 * 1920 * 1080

func partKey(i int) string { return fmt.Sprintf("output.part[%d]", i+1) }

// output checks the settings of network output for a board of that size.
func (c *checker) output(o Output, board image.Point) {
	if o.Protocol == NoOutput {
		if o.Address != "" || len(o.Parts) > 0 {
			c.wrong("output.protocol", "an address is given but no protocol; ddp, e131 and artnet are spoken")
		}
		return
	}
	if !slices.Contains([]Protocol{DDP, E131, ArtNet}, o.Protocol) {
		c.wrong("output.protocol", "%q is none of ddp, e131 and artnet", o.Protocol)
		return
	}
	before := len(*c)
	c.outputLamps(o)
	c.outputPackets(o)
	c.outputWiring("output", o.Colours, o.Start, o.Run, o.Wiring, false)
	if o.Address != "" || len(o.Parts) == 0 {
		c.outputAddress("output.address", o, o.Address)
	}
	for i, part := range o.Parts {
		key := partKey(i)
		c.outputWiring(key, part.Colours, part.Start, part.Run, part.Wiring, true)
		if part.Address != "" || o.Address == "" {
			c.outputAddress(key+".address", o, part.Address)
		}
		if part.X < 0 || part.Y < 0 || part.Width < 0 || part.Height < 0 ||
			part.X >= board.X || part.Y >= board.Y || part.X+part.Width > board.X || part.Y+part.Height > board.Y {
			c.wrong(key, "%d×%d dots at %d,%d do not lie on the board of %d×%d", part.Width, part.Height, part.X, part.Y, board.X, board.Y)
		}
		if part.Universe < 0 || part.Channel < 0 {
			c.wrong(key, "universe and channel are counted from 1; 0 goes on after the part before")
		}
	}
	if !Fatal((*c)[before:]) {
		c.outputPlaces(o, board)
	}
}

func (c *checker) outputLamps(o Output) {
	if !(o.Brightness >= 0 && o.Brightness <= 1) { // no NaN either
		c.wrong("output.brightness", "%v is outside 0 to 1", o.Brightness)
	}
	for i := range 3 {
		if !(o.Balance[i] >= 0 && o.Balance[i] <= 1) {
			c.wrong("output.balance", "%v is outside 0 to 1", o.Balance[i])
		}
		if !(o.Gamma[i] >= 1 && o.Gamma[i] <= 4) {
			c.wrong("output.gamma", "%v is outside 1 to 4", o.Gamma[i])
		}
	}
	if !(o.Power > 0 && o.Power <= 1) {
		c.wrong("output.power", "%v is not above 0 and at most 1", o.Power)
	}
}

func (c *checker) outputPackets(o Output) {
	if o.FPS < 1 || o.FPS > 60 {
		c.wrong("output.fps", "%d is outside 1 to 60", o.FPS)
	} else if o.FPS > 44 && o.Protocol.Universes() {
		c.warn("output.fps", "%d pictures a second are more than the 44 of DMX512 that every controller must take", o.FPS)
	}
	if o.FPS > 0 && o.FPS <= 60 && 60%o.FPS != 0 {
		c.warn("output.fps", "a board makes 60 pictures a second; of %d a second some come sooner than others and a marquee judders; 60, 30 and 20 are even", o.FPS)
	}
	if o.Priority < 0 || o.Priority > 200 {
		c.wrong("output.priority", "%d is outside 0 to 200", o.Priority)
	}
	if o.SyncUniverse < 0 || o.SyncUniverse > 63999 {
		c.wrong("output.sync_universe", "%d is outside 1 to 63999; 0 sends none", o.SyncUniverse)
	} else if o.SyncUniverse != 0 && o.Protocol != E131 {
		c.wrong("output.sync_universe", "only e131 has it; artnet takes output.sync_address, ddp needs none")
	}
	if o.SyncAddress != "" {
		if o.Protocol != ArtNet {
			c.wrong("output.sync_address", "only artnet has it; e131 takes output.sync_universe, ddp needs none")
		} else {
			c.outputAddress("output.sync_address", o, o.SyncAddress)
		}
	}
	if o.Local != "" {
		if _, err := netip.ParseAddr(o.Local); err != nil {
			c.wrong("output.local", "%q is not an IP address of this machine", o.Local)
		}
	}
	least, most := 1, 63999
	if o.Protocol == ArtNet {
		least, most = 0, 32767
	}
	if o.Protocol.Universes() && (o.Universe < least || o.Universe > most) {
		c.wrong("output.universe", "%d is outside %d to %d", o.Universe, least, most)
	}
	if o.Channel < 1 || o.Protocol.Universes() && o.Channel > universeSize {
		c.wrong("output.channel", "%d is outside 1 to %d", o.Channel, universeSize)
	}
	if o.DotsPerUniverse < 0 || o.DotsPerUniverse > universeSize {
		c.wrong("output.dots_per_universe", "%d is outside 1 to %d; 0 takes as many as fit", o.DotsPerUniverse, universeSize)
	}
}

// outputWiring checks how dots follow each other. What a part leaves empty it
// takes from the output.
func (c *checker) outputWiring(key, colours string, start Corner, run Run, wiring Wiring, part bool) {
	if !orderOf(colours) && !(part && colours == "") {
		c.wrong(key+".colours", "%q is not an order of colours, for example rgb, grb, rgbw or w", colours)
	}
	if !slices.Contains([]Corner{TopLeft, TopRight, BottomLeft, BottomRight}, start) && !(part && start == "") {
		c.wrong(key+".start", "%q is none of top-left, top-right, bottom-left and bottom-right", start)
	}
	if run != Rows && run != Columns && !(part && run == "") {
		c.wrong(key+".run", "%q is neither rows nor columns", run)
	}
	if wiring != Straight && wiring != Serpentine && !(part && wiring == "") {
		c.wrong(key+".wiring", "%q is neither straight nor serpentine", wiring)
	}
}

func (c *checker) outputAddress(key string, o Output, address string) {
	hint := "for example 192.168.1.50"
	if o.Protocol == E131 {
		hint += " or " + Multicast
	}
	to, err := o.target(address)
	switch {
	case err != nil:
		c.wrong(key, "%q is not an IP address, %s", address, hint)
	case to.IsValid() && (to.Port() == 0 || to.Addr().IsUnspecified()):
		c.wrong(key, "%q cannot be sent to, %s", address, hint)
	case to.IsValid() && to.Addr().Is6() && o.Protocol == ArtNet:
		c.wrong(key, "Art-Net knows IPv4 addresses only")
	}
}

// outputPlaces checks what parts are together.
func (c *checker) outputPlaces(o Output, board image.Point) {
	most := 63999
	if o.Protocol == ArtNet {
		most = 32767
	}
	parts := o.Placed(board)
	dots := 0
	for i, p := range parts {
		dots += p.Dots()
		if o.Protocol.Universes() {
			switch {
			case p.Channel > universeSize || p.FirstDots() < 1:
				c.wrong(p.Key+".channel", "not one dot of %d channels fits into the first universe from channel %d on", len(p.Colours), p.Channel)
			case p.PerUniverse*len(p.Colours) > universeSize:
				c.wrong("output.dots_per_universe", "%d dots of %d channels do not fit into a universe of %d", p.PerUniverse, len(p.Colours), universeSize)
			case p.Universe+p.Universes()-1 > most:
				c.wrong(p.Key, "%d dots take %d universes, beyond the last one, %d", p.Dots(), p.Universes(), most)
			case o.SyncUniverse != 0 && o.SyncUniverse >= p.Universe && o.SyncUniverse < p.Universe+p.Universes():
				c.warn("output.sync_universe", "universe %d carries dots too; a free one is better", o.SyncUniverse)
			}
		}
		for _, q := range parts[:i] {
			if p.To == q.To && p.meets(q) {
				c.wrong(p.Key, "it writes what %s writes at the same address; give it another universe, channel or address, or leave them out", q.Key)
			}
		}
	}
	if dots > mostDots {
		c.wrong("output", "%d dots are more than the %d that can be sent", dots, mostDots)
		return
	}
	if n := uncovered(parts, board); n > 0 {
		c.warn("output.part", "%d of the board's %d dots belong to no part and are not sent", n, board.X*board.Y)
	}
}

// meets reports whether two parts at one address write the same channels.
func (p PlacedPart) meets(q PlacedPart) bool {
	if p.PerUniverse > 0 {
		return p.Universe < q.Universe+q.Universes() && q.Universe < p.Universe+p.Universes()
	}
	end := func(p PlacedPart) int { return p.Channel + p.Dots()*len(p.Colours) }
	return p.Channel < end(q) && q.Channel < end(p)
}

// uncovered counts the board's dots that are in no part.
func uncovered(parts []PlacedPart, board image.Point) int {
	have := make([]bool, board.X*board.Y)
	n := len(have)
	for _, p := range parts {
		r := p.Area.Intersect(image.Rectangle{Max: board})
		for y := r.Min.Y; y < r.Max.Y; y++ {
			row := have[y*board.X+r.Min.X:][:r.Dx()]
			for i := range row {
				if !row[i] {
					row[i] = true
					n--
				}
			}
		}
	}
	return n
}

package playlist

import (
	"fmt"
	"math"
	"strconv"
)

// How large a character is against the distance of its reader: its height is at
// least the distance divided by these (DOMAIN V01).
const (
	ReadWell   = 250 // what boards are set in
	ReadHardly = 360 // below this staff are warned
	ReadNot    = 500 // below this it is refused
)

// maxReader bounds the metres to the farthest reader; no board is meant for more.
const maxReader = 1000

// fewest is how many full characters a line of a board holds at least: with
// fewer a word does not stay together.
const fewest = 4

var dotSizes = []int{12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256}

// DotSizes returns the heights in dots that boards set characters in, ascending.
func DotSizes() []int { return append([]int(nil), dotSizes...) }

// Pitch returns the millimetres from one dot to the next, the mean of both ways;
// 0 where the size of the panel is not known.
func (p Panel) Pitch() float64 {
	if p.Width <= 0 || p.Height <= 0 || p.WidthMM <= 0 || p.HeightMM <= 0 {
		return 0
	}
	return (float64(p.WidthMM)/float64(p.Width) + float64(p.HeightMM)/float64(p.Height)) / 2
}

// DotsFor returns how many dots high a character must be for the farthest reader
// of the screen to see it under the given divisor, ReadWell, ReadHardly or
// ReadNot; 0 where pitch or distance are not known.
func (s Screen) DotsFor(divisor float64) int {
	pitch := s.Panel.Pitch()
	if pitch == 0 || s.ReaderM <= 0 {
		return 0
	}
	return int(math.Ceil(float64(s.ReaderM)*1000/divisor/pitch - 1e-9))
}

// Farthest returns from how many metres characters of so many dots read well on
// the screen (ReadWell); 0 where the pitch is not known.
func (s Screen) Farthest(dots int) float64 { return s.reach(dots, ReadWell) }

func (s Screen) reach(dots int, divisor float64) float64 {
	return float64(dots) * s.Panel.Pitch() * divisor / 1000
}

// LargestDots returns the largest of DotSizes of which a line of four characters
// fits where the screen shows notices: in its notice zone, or on the whole board.
func (s Screen) LargestDots() int {
	w, h := s.Panel.Width, s.Panel.Height
	for _, z := range s.Zones {
		if z.Kind == NoticeZone {
			w, h = z.Width, z.Height
		}
	}
	best := dotSizes[0]
	for _, size := range dotSizes {
		if size <= h && size*fewest <= w {
			best = size
		}
	}
	return best
}

// readable is the smallest size in dots in which every character can be told from
// every other (DOMAIN V02).
const readable = 16

// legible checks that the farthest reader can read the largest characters that
// fit on a board (DOMAIN V01, V02).
func (c *checker) legible(s Screen) {
	const field = "reader_m"
	if s.Kind == LED && s.Panel.Width > 0 && s.LargestDots() < readable {
		c.warn("panel.width", "small", fmt.Sprintf("放通知的地方放不下一行四个 %d 点的字，笔画多的字会看不清", readable),
			fmt.Sprintf("where notices go, a line of four characters of %d dots does not fit; characters of many strokes will not be told apart", readable))
	}
	switch {
	case s.ReaderM < 0 || s.ReaderM > maxReader:
		c.wrong(field, "range", fmt.Sprintf("最远的读者应在 1 至 %d 米之间，不知道请留空", maxReader), fmt.Sprintf("the farthest reader is 1 to %d metres away; leave it empty if unknown", maxReader))
		return
	case s.Kind != LED || s.ReaderM == 0:
		return
	case s.Panel.Pitch() == 0:
		c.warn(field, "pitch", "请同时填写屏幕发光区的毫米尺寸，才能算出字要多大", "without the size in millimetres nobody knows how large the characters must be")
		return
	}
	dots, pitch := s.LargestDots(), s.Panel.Pitch()
	if dots >= s.DotsFor(ReadHardly) {
		return
	}
	high, well := float64(dots)*pitch, s.Farthest(dots)
	zh := fmt.Sprintf("这块屏点距 %s 毫米，最大能放 %d 点的字，字高 %.0f 毫米，最远 %s 米能看清；填写的最远读者在 %d 米",
		figure(pitch), dots, high, figure(well), s.ReaderM)
	en := fmt.Sprintf("dots are %s mm apart, so the largest characters that fit have %d dots and are %.0f mm high: they read well from %s m, and the farthest reader is %d m away",
		figure(pitch), dots, high, figure(well), s.ReaderM)
	if dots < s.DotsFor(ReadNot) {
		c.wrong(field, "unreadable", zh+"，那里认不出字。请换更大的屏，或按实际改正距离", en+", where nothing can be made out. A larger board is needed, or another distance")
		return
	}
	c.warn(field, "far", zh+"，那里看着吃力", en+", where it is hard to read")
}

// figure writes a number with at most one decimal.
func figure(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

package playlist

import "math"

// How large a character is against the distance of its reader: its height is at
// least the distance divided by these (DOMAIN V01).
const (
	ReadWell   = 250 // what boards are set in
	ReadHardly = 360 // below this staff are warned
	ReadNot    = 500 // below this it is refused
)

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

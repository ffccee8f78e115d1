// Package sun says where the sun stands: its longitude along the ecliptic, by
// which the solar terms go, and its height over a place, by which boards are
// dimmed. Everything is computed; nothing is looked up or asked of a network.
//
// It promises the longitude within two arc seconds and the height within a
// hundredth of a degree for the years 1900 to 2100, which is a minute of a solar
// term and seconds of a sunrise. The formulas are those of J. Meeus,
// Astronomical Algorithms, 2nd edition, chapters 12, 13, 22 and 25, with the
// planetary theory VSOP87 cut off where its terms fall below 0.15 arc seconds.
package sun

import (
	"math"
	"time"
)

// Horizon is the height in degrees of the middle of the sun when its upper edge
// is on the horizon: half its width and the usual refraction (Meeus, chapter 15).
const Horizon = -0.8333

// Civil is the height in degrees at which civil twilight begins and ends.
const Civil = -6.0

const rad = math.Pi / 180

// j2000 is the instant from which the formulas count.
var j2000 = time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC)

// centuries returns Julian centuries of universal time since j2000.
func centuries(t time.Time) float64 {
	return (float64(t.Unix()-j2000.Unix()) + float64(t.Nanosecond())/1e9) / 86400 / 36525
}

// ahead is by how many seconds the even time of the formulas is ahead of
// universal time every ten years from 1900: observed up to 2020 (the Astronomical
// Almanac), a guess after that, which may be wrong by half a minute in 2100.
var ahead = []float64{-3, 10, 21, 24, 24, 29, 33, 40, 51, 57, 64, 66, 69, 71, 74, 78, 83, 89, 95, 102, 110}

func deltaT(c float64) float64 {
	at := min(max(100*c+100, 0)/10, float64(len(ahead)-1))
	i := min(int(at), len(ahead)-2)
	return ahead[i] + (ahead[i+1]-ahead[i])*(at-float64(i))
}

// Ahead returns by how much the even time in which the skies are computed is
// ahead of universal time (ΔT).
func Ahead(t time.Time) time.Duration {
	return time.Duration(deltaT(centuries(t)) * float64(time.Second))
}

// term is one of a series: a·cos(b + c·τ).
type term struct{ a, b, c float64 }

func sum(terms []term, tau float64) float64 {
	s := 0.0
	for _, t := range terms {
		s += t.a * math.Cos(t.b+t.c*tau)
	}
	return s
}

// place is the sun as it appears from the middle of the earth, in degrees.
func place(c float64) (longitude, obliquity float64) {
	t := c + deltaT(c)/86400/36525
	tau := t / 10
	l := (sum(l0, tau) + tau*(sum(l1, tau)+tau*(sum(l2, tau)+tau*sum(l3, tau)))) / 1e8
	l = l/rad + 180
	// To the axes of FK5, for the light's way, and for the nodding of the axis.
	node := (125.04452 - 1934.136261*t) * rad
	sunMean, moonMean := (280.4665+36000.7698*t)*rad, (218.3165+481267.8813*t)*rad
	nodding := -17.20*math.Sin(node) - 1.32*math.Sin(2*sunMean) - 0.23*math.Sin(2*moonMean) + 0.21*math.Sin(2*node)
	anomaly := (357.52911 + 35999.05029*t) * rad
	far := 1.00014 - 0.01671*math.Cos(anomaly) - 0.00014*math.Cos(2*anomaly)
	l += (-0.09033 + nodding - 20.4898/far) / 3600
	tilt := 23.4392911 - 46.8150/3600*t
	tilt += (9.20*math.Cos(node) + 0.57*math.Cos(2*sunMean) + 0.10*math.Cos(2*moonMean) - 0.09*math.Cos(2*node)) / 3600
	return wrap(l), tilt
}

func wrap(deg float64) float64 {
	if deg = math.Mod(deg, 360); deg < 0 {
		deg += 360
	}
	return deg
}

// Longitude returns the apparent longitude of the sun in degrees, 0 to 360: 0 at
// the spring equinox, 270 at the winter solstice.
func Longitude(t time.Time) float64 {
	l, _ := place(centuries(t))
	return l
}

// Height returns how many degrees the middle of the sun stands over the horizon
// of a place, below it when negative, without refraction. Latitude is in degrees
// north, longitude in degrees east.
func Height(latitude, longitude float64, t time.Time) float64 {
	c := centuries(t)
	l, tilt := place(c)
	sinL := math.Sin(l * rad)
	right := math.Atan2(math.Cos(tilt*rad)*sinL, math.Cos(l*rad)) / rad
	sinD := math.Sin(tilt*rad) * sinL
	// Sidereal time at Greenwich (Meeus 12.4); the days are exact, so that the
	// large factor loses nothing.
	days := c * 36525
	sidereal := 280.46061837 + 360.98564736629*days + 0.000387933*c*c
	hour := (sidereal + longitude - right) * rad
	cosD := math.Sqrt(1 - sinD*sinD)
	return math.Asin(math.Sin(latitude*rad)*sinD+math.Cos(latitude*rad)*cosD*math.Cos(hour)) / rad
}

// Crossing returns when the sun first comes to a height over a place between
// from and to, rising or setting, to the second; false when it does not.
func Crossing(latitude, longitude, height float64, rising bool, from, to time.Time) (time.Time, bool) {
	up := func(t time.Time) bool { return (Height(latitude, longitude, t) >= height) == rising }
	const step = 10 * time.Minute
	was := up(from)
	for lo := from; lo.Before(to); lo = lo.Add(step) {
		hi := lo.Add(step)
		if hi.After(to) {
			hi = to
		}
		is := up(hi)
		if is && !was {
			for hi.Sub(lo) > time.Second/2 {
				if mid := lo.Add(hi.Sub(lo) / 2); up(mid) {
					hi = mid
				} else {
					lo = mid
				}
			}
			return hi.Truncate(time.Second), true
		}
		was = is
	}
	return time.Time{}, false
}

// At returns when the sun's longitude comes to deg for the first time from t on,
// within a year, to the second.
func At(deg float64, t time.Time) time.Time {
	// The sun goes 0.95 to 1.02 degrees a day; Newton's steps end at once.
	days := wrap(deg-Longitude(t)) * 365.2422 / 360
	at := t.Add(time.Duration(days * 24 * float64(time.Hour)))
	for range 8 {
		off := wrap(deg-Longitude(at)+180) - 180
		at = at.Add(time.Duration(off * 365.2422 / 360 * 24 * float64(time.Hour)))
		if math.Abs(off) < 1e-6 {
			break
		}
	}
	if at.Before(t) && days > 180 {
		return At(deg, t.AddDate(0, 0, 2))
	}
	return at.Truncate(time.Second)
}

package sun_test

import (
	"math"
	"testing"
	"time"

	"mingbai/playlist/sun"
)

// places with their time of the 120th meridian.
var places = map[string][2]float64{
	"Beijing": {39.9042, 116.4074}, "Urumqi": {43.8256, 87.6168}, "Sanya": {18.2528, 109.5119},
	"Mohe": {52.9722, 122.5386}, "Lhasa": {29.6525, 91.1721}, "Quito": {-0.1807, -78.4678}, "Tromsoe": {69.6492, 18.9553},
	"Greenwich": {51.4779, 0},
}

var beijing = time.FixedZone("UTC+8", 8*60*60)

// noaa returns sunrise and sunset of a day in minutes after midnight UTC by the
// equations of the solar calculator of NOAA's Global Monitoring Laboratory: mean
// elements, the equation of centre and the equation of time, another way than the
// package's.
func noaa(latitude, longitude float64, day time.Time) (rise, set float64) {
	const rad = math.Pi / 180
	sin, cos := func(d float64) float64 { return math.Sin(d * rad) }, func(d float64) float64 { return math.Cos(d * rad) }
	at := func(minutes float64) (eqtime, decl float64) {
		t := (float64(day.Unix())/86400 + minutes/1440 + 2440587.5 - 2451545) / 36525
		l := 280.46646 + t*(36000.76983+0.0003032*t)
		m := 357.52911 + t*(35999.05029-0.0001537*t)
		e := 0.016708634 - t*(0.000042037+0.0000001267*t)
		centre := sin(m)*(1.914602-t*(0.004817+0.000014*t)) + sin(2*m)*(0.019993-0.000101*t) + sin(3*m)*0.000289
		node := 125.04 - 1934.136*t
		seen := l + centre - 0.00569 - 0.00478*sin(node)
		tilt := 23 + (26+(21.448-t*(46.815+t*(0.00059-0.001813*t)))/60)/60 + 0.00256*cos(node)
		y := math.Pow(math.Tan(tilt/2*rad), 2)
		eq := y*sin(2*l) - 2*e*sin(m) + 4*e*y*sin(m)*cos(2*l) - 0.5*y*y*sin(4*l) - 1.25*e*e*sin(2*m)
		return 4 * eq / rad, math.Asin(sin(tilt)*sin(seen)) / rad
	}
	solve := func(sign float64) float64 {
		m := 720 - 4*longitude
		for range 5 {
			eq, decl := at(m)
			ha := math.Acos(cos(90.833)/(cos(latitude)*cos(decl))-math.Tan(latitude*rad)*math.Tan(decl*rad)) / rad
			m = 720 - 4*(longitude+sign*ha) - eq
		}
		return m
	}
	return solve(1), solve(-1)
}

// TestAgainstNOAA compares sunrise and sunset through a year with the other
// algorithm, in the north, the south and the west of the country.
func TestAgainstNOAA(t *testing.T) {
	worst := 0.0
	for _, name := range []string{"Beijing", "Urumqi", "Sanya", "Mohe", "Lhasa", "Quito"} {
		p := places[name]
		for d := 0; d < 365; d += 5 {
			day := time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC)
			rise, set := noaa(p[0], p[1], day)
			for _, c := range []struct {
				rising bool
				want   float64
			}{{true, rise}, {false, set}} {
				want := day.Add(time.Duration(c.want * float64(time.Minute)))
				got, ok := sun.Crossing(p[0], p[1], sun.Horizon, c.rising, want.Add(-3*time.Hour), want.Add(3*time.Hour))
				if !ok {
					t.Fatalf("%s on %v: the sun does not cross the horizon", name, day.Format(time.DateOnly))
				}
				off := math.Abs(got.Sub(want).Minutes())
				worst = max(worst, off)
				if off > 0.5 {
					t.Errorf("%s on %v: %v, NOAA's equations say %v", name, day.Format(time.DateOnly), got, want)
				}
			}
		}
	}
	t.Logf("at most %.2f minutes apart", worst)
}

// Sunrise and sunset as almanacs print them, in Beijing's time.
func TestPublished(t *testing.T) {
	for _, c := range []struct {
		place, date, rise, set string
	}{
		{"Beijing", "2026-06-21", "04:46", "19:46"},
		{"Beijing", "2026-12-22", "07:33", "16:53"},
		{"Beijing", "2026-03-20", "06:18", "18:26"},
		{"Beijing", "2026-10-01", "06:10", "17:58"},
	} {
		p := places[c.place]
		day, err := time.ParseInLocation(time.DateOnly, c.date, beijing)
		if err != nil {
			t.Fatal(err)
		}
		for rising, text := range map[bool]string{true: c.rise, false: c.set} {
			want, err := time.ParseInLocation("2006-01-02 15:04", c.date+" "+text, beijing)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := sun.Crossing(p[0], p[1], sun.Horizon, rising, day, day.AddDate(0, 0, 1))
			if off := got.Sub(want); !ok || off < -2*time.Minute || off > 2*time.Minute {
				t.Errorf("%s on %s: %v, want %s", c.place, c.date, got.In(beijing), text)
			}
		}
	}
}

// Equinoxes and solstices to the minute, as the almanacs have them.
func TestSeasons(t *testing.T) {
	for _, c := range []struct {
		deg  float64
		want string
	}{
		{0, "2024-03-20T03:06:00Z"}, {90, "2024-06-20T20:51:00Z"}, {180, "2024-09-22T12:44:00Z"}, {270, "2024-12-21T09:21:00Z"},
		{0, "2025-03-20T09:01:00Z"}, {90, "2025-06-21T02:42:00Z"}, {180, "2025-09-22T18:19:00Z"}, {270, "2025-12-21T15:03:00Z"},
		{0, "2026-03-20T14:46:00Z"}, {90, "2026-06-21T08:24:00Z"}, {180, "2026-09-23T00:05:00Z"}, {270, "2026-12-21T20:50:00Z"},
		{0, "2000-03-20T07:35:00Z"}, {270, "2000-12-21T13:37:00Z"},
	} {
		want, err := time.Parse(time.RFC3339, c.want)
		if err != nil {
			t.Fatal(err)
		}
		got := sun.At(c.deg, want.AddDate(0, -1, 0))
		if off := got.Sub(want).Abs(); off > time.Minute {
			t.Errorf("the sun is at %v degrees at %v, want %v", c.deg, got.UTC(), c.want)
		}
		if l := sun.Longitude(got); math.Abs(math.Mod(l-c.deg+540, 360)-180) > 1e-4 {
			t.Errorf("at %v the longitude is %v", got, l)
		}
	}
}

// Meeus, example 25.b: 1992 October 13 at 0 h even time.
func TestLongitude(t *testing.T) {
	at := time.Date(1992, 10, 13, 0, 0, 0, 0, time.UTC)
	at = at.Add(-sun.Ahead(at))
	if got, want := sun.Longitude(at), 199.0+54.0/60+21.818/3600; math.Abs(got-want) > 1.0/3600 {
		t.Errorf("the sun is at %.5f, want %.5f", got, want)
	}
}

// Where the sun does not set in June and does not rise in December, and where
// day and night are alike all year.
func TestPolarAndEquator(t *testing.T) {
	p := places["Tromsoe"]
	for _, c := range []struct {
		month time.Month
		up    bool
	}{{time.June, true}, {time.December, false}} {
		from := time.Date(2026, c.month, 21, 0, 0, 0, 0, time.UTC)
		for _, rising := range []bool{true, false} {
			if at, ok := sun.Crossing(p[0], p[1], sun.Horizon, rising, from, from.AddDate(0, 0, 1)); ok {
				t.Errorf("in %v the sun crosses the horizon at %v", c.month, at)
			}
		}
		for h := range 24 {
			if got := sun.Height(p[0], p[1], from.Add(time.Duration(h)*time.Hour)) > sun.Horizon; got != c.up {
				t.Errorf("in %v at %d o'clock the sun is up: %v", c.month, h, got)
			}
		}
	}
	p = places["Quito"]
	for d := 0; d < 365; d += 9 {
		from := time.Date(2026, 1, 1+d, 7, 0, 0, 0, time.UTC)
		rise, ok1 := sun.Crossing(p[0], p[1], sun.Horizon, true, from, from.AddDate(0, 0, 1))
		set, ok2 := sun.Crossing(p[0], p[1], sun.Horizon, false, rise, rise.AddDate(0, 0, 1))
		if day := set.Sub(rise); !ok1 || !ok2 || (day-12*time.Hour-7*time.Minute).Abs() > 2*time.Minute {
			t.Errorf("the day of %v lasts %v", from.Format(time.DateOnly), day)
		}
	}
}

package lunar

import (
	"math"
	"time"

	"mingbai/playlist/sun"
)

// planets are the small pulls of the planets on the moon: degrees, degrees a
// lunation, days.
var planets = [][3]float64{
	{299.77, 0.107408, 0.000325}, {251.88, 0.016321, 0.000165}, {251.83, 26.651886, 0.000164}, {349.42, 36.412478, 0.000126},
	{84.66, 18.206239, 0.000110}, {141.74, 53.303771, 0.000062}, {207.14, 2.453732, 0.000060}, {154.84, 7.306860, 0.000056},
	{34.52, 27.261239, 0.000047}, {207.19, 0.121824, 0.000042}, {291.34, 1.844379, 0.000040}, {161.72, 24.198154, 0.000037},
	{239.56, 25.513099, 0.000035}, {331.55, 3.592518, 0.000023},
}

// newMoon returns the k-th new moon after that of January 2000 by J. Meeus,
// Astronomical Algorithms, chapter 49: within twenty seconds.
func newMoon(k float64) time.Time {
	const rad = math.Pi / 180
	sin := math.Sin
	t := k / 1236.85
	e := 1 - 0.002516*t - 0.0000074*t*t
	m := (2.5534 + 29.10535670*k - 0.0000014*t*t) * rad    // the sun's mean anomaly
	p := (201.5643 + 385.81693528*k + 0.0107582*t*t) * rad // the moon's
	f := (160.7108 + 390.67050284*k - 0.0016118*t*t) * rad // its argument of latitude
	node := (124.7746 - 1.56375588*k + 0.0020672*t*t) * rad
	day := 2451550.09766 + 29.530588861*k + t*t*(0.00015437-t*(0.000000150-t*0.00000000073))
	day += -0.40720*sin(p) + 0.17241*e*sin(m) + 0.01608*sin(2*p) + 0.01039*sin(2*f) + 0.00739*e*sin(p-m) -
		0.00514*e*sin(p+m) + 0.00208*e*e*sin(2*m) - 0.00111*sin(p-2*f) - 0.00057*sin(p+2*f) + 0.00056*e*sin(2*p+m) -
		0.00042*sin(3*p) + 0.00042*e*sin(m+2*f) + 0.00038*e*sin(m-2*f) - 0.00024*e*sin(2*p-m) - 0.00017*sin(node) -
		0.00007*sin(p+2*m) + 0.00004*sin(2*p-2*f) + 0.00004*sin(3*m) + 0.00003*sin(p+m-2*f) + 0.00003*sin(2*p+2*f) -
		0.00003*sin(p+m+2*f) + 0.00003*sin(p-m+2*f) - 0.00002*sin(p-m-2*f) - 0.00002*sin(3*p+m) + 0.00002*sin(4*p)
	for _, a := range planets {
		day += a[2] * sin((a[0]+a[1]*k)*rad)
	}
	const unixEpoch = 2440587.5 // as a Julian day
	even := time.Unix(0, 0).Add(time.Duration((day - unixEpoch) * 86400 * 1e9))
	return even.Add(-sun.Ahead(even)).UTC()
}

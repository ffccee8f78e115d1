// Package light says how bright an LED board is at an instant: by a timetable or
// by the sun of its site, with a cap by night and hours without light (DOMAIN
// V07). It draws nothing.
//
// It promises that light never changes in a jump: At moves over minutes, and a
// Ramp takes at least five seconds for what is left, such as the first hour of
// darkness or a board that is switched on. Everything is computed from the
// instant, the site's place and its time zone.
package light

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/sun"
)

// Level is how bright a board is.
type Level struct {
	Percent float64 // of full brightness, 0 to 100; 0 exactly when Dark
	Dark    bool    // the hours without light
	Night   bool    // between sunset and sunrise
}

const (
	// turning is how long a point of a timetable takes from its time on.
	turning = 10 * time.Minute
	// dusk is how many degrees of the sun's way the light needs: those of civil
	// twilight. By day's end the sun goes them in 20 to 35 minutes in China.
	dusk = sun.Horizon - sun.Civil
	// Where the place is not known the night is taken to last from six to six.
	nightFrom, nightTo = 18 * 60.0, 6 * 60.0
)

// At returns the light of an ordinary board at now. A nil Light is full
// brightness always.
//
// By timetable the light holds from point to point and turns to the next over
// the ten minutes from its time on, less where the one after it comes sooner.
// By the sun it goes with the sun's height from Day at sunset to Night at the
// end of civil twilight, and back in the morning. The cap comes down over the
// same degrees before sunset, so that it holds from sunset on.
func At(l *playlist.Light, place playlist.Place, zone *time.Location, now time.Time) Level {
	level := shining(l, place, zone, now)
	if l != nil && l.Dark != nil && within(*l.Dark, clockOf(zone, now)) {
		level.Dark, level.Percent = true, 0
	}
	return level
}

// ForAlert returns the light of a board on which an alert of that colour stands:
// red and orange end the hours without light, the night cap holds for all.
func ForAlert(l *playlist.Light, place playlist.Place, zone *time.Location, now time.Time, colour playlist.AlertColour) Level {
	if colour == playlist.Red || colour == playlist.Orange {
		return shining(l, place, zone, now)
	}
	return At(l, place, zone, now)
}

// shining is the light but for the dark hours.
func shining(l *playlist.Light, place playlist.Place, zone *time.Location, now time.Time) Level {
	if l == nil {
		return Level{Percent: 100}
	}
	up := height(place, zone, now)
	level := Level{Percent: percent(l.Day), Night: up < sun.Horizon}
	switch {
	case len(l.Table) > 0:
		level.Percent = timetable(l.Table, zone, now)
	case l.Sun:
		level.Percent = between(percent(l.Night), percent(l.Day), (up-sun.Civil)/dusk)
	}
	if l.Cap > 0 {
		level.Percent = min(level.Percent, between(percent(l.Cap), 100, (up-sun.Horizon)/dusk))
	}
	return level
}

// percent keeps a figure of a settings document within reason; what is not set
// is full light.
func percent(p int) float64 {
	if p <= 0 {
		return 100
	}
	return float64(min(p, 100))
}

// between returns what lies part of the way from a to b; part is cut to 0 and 1.
func between(a, b, part float64) float64 {
	return a + (b-a)*min(max(part, 0), 1)
}

// height is that of the sun over the site. Where the site's place is not known
// it is noon by day and midnight by night, with half an hour of turning.
func height(place playlist.Place, zone *time.Location, now time.Time) float64 {
	if place != (playlist.Place{}) {
		return sun.Height(place.Latitude, place.Longitude, now)
	}
	const half = 15 // minutes that the sun takes for the degrees of dusk
	minutes := clockOf(zone, now).Minutes()
	up := min(minutes-nightTo, nightFrom-minutes)
	return sun.Horizon + up*dusk/half
}

// timetable is what the points say. The day before has had the same points.
func timetable(points []playlist.LightPoint, zone *time.Location, now time.Time) float64 {
	minute := clockOf(zone, now)
	n := len(points)
	at := n - 1 // yesterday's last
	since := minute + 1440 - timeOfDay(points[n-1].At)
	for i, p := range points {
		if gone := minute - timeOfDay(p.At); gone >= 0 {
			at, since = i, gone
		}
	}
	if n == 1 {
		return percent(points[0].Percent)
	}
	next := timeOfDay(points[(at+1)%n].At) - timeOfDay(points[at].At)
	if next <= 0 {
		next += 1440
	}
	takes := min(timeOfDay(turning/time.Minute), next)
	former := points[(at+n-1)%n]
	return between(percent(former.Percent), percent(points[at].Percent), float64(since/takes))
}

// timeOfDay is minutes after midnight with their fractions.
type timeOfDay float64

// Minutes returns the minutes as a number.
func (t timeOfDay) Minutes() float64 { return float64(t) }

func clockOf(zone *time.Location, now time.Time) timeOfDay {
	if zone != nil {
		now = now.In(zone)
	}
	h, m, s := now.Clock()
	return timeOfDay(float64(h*60+m) + (float64(s)+float64(now.Nanosecond())/1e9)/60)
}

// within says whether a time of day lies in a span, which may go past midnight.
func within(s schedule.Span, t timeOfDay) bool {
	from, to := timeOfDay(s.From), timeOfDay(s.To)
	if to > from {
		return t >= from && t < to
	}
	return t >= from || t < to
}

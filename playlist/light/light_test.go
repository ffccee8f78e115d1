package light_test

import (
	"math"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/light"
	"mingbai/playlist/schedule"
	"mingbai/playlist/sun"
)

var (
	zone   = time.FixedZone("UTC+8", 8*60*60)
	county = playlist.Place{Latitude: 30.184, Longitude: 117.909}
)

func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-22 "+clock, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func TestNoLight(t *testing.T) {
	if got := light.At(nil, county, zone, at("03:00:00")); got != (light.Level{Percent: 100}) {
		t.Errorf("without settings the board is at %+v", got)
	}
}

func TestTimetable(t *testing.T) {
	l := &playlist.Light{Day: 100, Night: 30, Sun: true, Table: []playlist.LightPoint{{At: 7 * 60, Percent: 80}, {At: 18 * 60, Percent: 40}, {At: 18*60 + 4, Percent: 20}}}
	for clock, want := range map[string]float64{
		"06:59:59": 20, "07:00:00": 20, "07:05:00": 50, "07:10:00": 80, "12:00:00": 80, "18:00:00": 80,
		"18:02:00": 60, "18:04:00": 40, "18:09:00": 30, "18:14:00": 20, "23:59:59": 20, "00:00:00": 20,
	} {
		if got := light.At(l, county, zone, at(clock)).Percent; math.Abs(got-want) > 0.01 {
			t.Errorf("at %s the board is at %.2f %%, want %v", clock, got, want)
		}
	}
	one := &playlist.Light{Table: []playlist.LightPoint{{At: 12 * 60, Percent: 60}}}
	if got := light.At(one, county, zone, at("12:01:00")).Percent; got != 60 {
		t.Errorf("a table of one point gives %v", got)
	}
}

func TestSun(t *testing.T) {
	l := &playlist.Light{Day: 90, Night: 20, Sun: true}
	set, ok := sun.Crossing(county.Latitude, county.Longitude, sun.Horizon, false, at("12:00:00"), at("23:00:00"))
	civil, ok2 := sun.Crossing(county.Latitude, county.Longitude, sun.Civil, false, set, at("23:00:00"))
	if !ok || !ok2 || civil.Sub(set) < 20*time.Minute {
		t.Fatal("the sun does not set")
	}
	for _, c := range []struct {
		at    time.Time
		want  float64
		night bool
	}{
		{at("12:00:00"), 90, false}, {set.Add(-time.Minute), 90, false}, {set.Add(5 * time.Second), 90, true},
		{civil, 20, true}, {at("23:00:00"), 20, true}, {at("03:00:00"), 20, true}, {at("09:00:00"), 90, false},
	} {
		got := light.At(l, county, zone, c.at)
		if math.Abs(got.Percent-c.want) > 0.5 || got.Night != c.night {
			t.Errorf("at %v the board is at %+v, want %v, night %v", c.at, got, c.want, c.night)
		}
	}
	if got := light.At(l, county, zone, set.Add(civil.Sub(set)/2)).Percent; got < 50 || got > 60 {
		t.Errorf("half way through twilight the board is at %v", got)
	}
	// In the far west evening comes two hours later by the same clock.
	west := playlist.Place{Latitude: 43.8, Longitude: 87.6}
	if light.At(l, county, zone, at("18:20:00")).Percent > 25 || light.At(l, west, zone, at("18:20:00")).Percent < 80 {
		t.Error("the site's place does not count")
	}
	// Without a place, from six to six.
	if day, night := light.At(l, playlist.Place{}, zone, at("12:00:00")), light.At(l, playlist.Place{}, zone, at("19:00:00")); day.Percent != 90 || night.Percent != 20 || day.Night || !night.Night {
		t.Errorf("without a place the board is at %+v and %+v", day, night)
	}
}

// The cap holds from sunset to sunrise for every day of a year, whatever the
// timetable says and for alerts too.
func TestCap(t *testing.T) {
	l := &playlist.Light{Day: 100, Night: 100, Table: []playlist.LightPoint{{At: 0, Percent: 100}}, Cap: 35}
	nights, days := 0, 0
	for m := 0; m < 365*24*60; m += 37 {
		now := at("00:00:00").Add(time.Duration(m) * time.Minute)
		dark := sun.Height(county.Latitude, county.Longitude, now) < sun.Horizon
		for _, got := range []light.Level{light.At(l, county, zone, now), light.ForAlert(l, county, zone, now, playlist.Red)} {
			if got.Night != dark || dark && got.Percent > 35 {
				t.Fatalf("at %v the board is at %+v", now, got)
			}
			if got.Percent == 35 {
				nights++
			} else if got.Percent == 100 {
				days++
			}
		}
	}
	if nights < 7_000 || days < 7_000 {
		t.Errorf("only %d samples by night and %d by day", nights, days)
	}
}

func TestDarkHours(t *testing.T) {
	l := &playlist.Light{Day: 90, Night: 25, Sun: true, Cap: 30, Dark: &schedule.Span{From: 22 * 60, To: 6 * 60}}
	for clock, dark := range map[string]bool{"21:59:59": false, "22:00:00": true, "23:59:59": true, "00:00:00": true, "05:59:59": true, "06:00:00": false, "12:00:00": false} {
		got := light.At(l, county, zone, at(clock))
		if got.Dark != dark || (got.Percent == 0) != dark {
			t.Errorf("at %s the board is at %+v", clock, got)
		}
	}
	for colour, lit := range map[playlist.AlertColour]bool{playlist.Red: true, playlist.Orange: true, playlist.Yellow: false, playlist.Blue: false} {
		got := light.ForAlert(l, county, zone, at("02:00:00"), colour)
		if (got.Percent > 0) != lit || got.Dark == lit || got.Percent > 30 {
			t.Errorf("a %s alert at two in the morning is shown at %+v", colour, got)
		}
	}
	// Noon break, and a span that is not past midnight.
	l.Dark = &schedule.Span{From: 12 * 60, To: 14 * 60}
	if !light.At(l, county, zone, at("13:00:00")).Dark || light.At(l, county, zone, at("23:00:00")).Dark {
		t.Error("a span of one day is not kept")
	}
}

// TestSlow runs a board through a day with every frame that it draws: light never
// changes faster than from dark to full in ten seconds, and no change, however
// small, takes less than five seconds.
func TestSlow(t *testing.T) {
	l := &playlist.Light{Day: 100, Night: 25, Sun: true, Cap: 30, Dark: &schedule.Span{From: 22 * 60, To: 6 * 60}}
	var r light.Ramp
	now := at("05:30:00")
	shown, most := 0.0, 0.0
	before := now
	for now.Before(at("23:59:00")) {
		got, again := r.Toward(light.At(l, county, zone, now).Percent, now)
		if rate := math.Abs(got-shown) / max(now.Sub(before).Seconds(), 0.001); got != shown {
			most = max(most, rate)
		}
		shown, before = got, now
		if again == 0 {
			again = time.Second
			if h := now.Hour(); h > 8 && h < 16 || h > 18 && h < 21 {
				again = time.Minute // nothing turns then
			}
		}
		now = now.Add(again)
	}
	if most == 0 || most > 10.01 {
		t.Errorf("the light changes by %.1f %% a second", most)
	}
	if shown != 0 {
		t.Errorf("at night the board is at %v %%", shown)
	}
}

func TestRamp(t *testing.T) {
	now := at("12:00:00")
	var r light.Ramp
	if got, again := r.Toward(100, now); got != 0 || again == 0 {
		t.Errorf("a board that is switched on begins at %v %%", got)
	}
	for _, c := range []struct {
		after time.Duration
		want  float64
	}{{5 * time.Second, 50}, {10 * time.Second, 100}} {
		if got, _ := r.Toward(100, now.Add(c.after)); math.Abs(got-c.want) > 0.01 {
			t.Errorf("after %v it is at %v %%, want %v", c.after, got, c.want)
		}
	}
	// A small change takes five seconds.
	now = now.Add(time.Minute)
	r.Toward(100, now)
	r.Toward(96, now)
	if got, again := r.Toward(96, now.Add(2500*time.Millisecond)); math.Abs(got-98) > 0.01 || again == 0 {
		t.Errorf("half way to 96 %% it is at %v", got)
	}
	if got, again := r.Toward(96, now.Add(5*time.Second)); got != 96 || again != 0 {
		t.Errorf("after five seconds it is at %v, again after %v", got, again)
	}
	// Turning back in the middle begins where it stands.
	now = now.Add(time.Minute)
	r.Toward(0, now)
	half, _ := r.Toward(0, now.Add(4*time.Second))
	back, _ := r.Toward(90, now.Add(4*time.Second+40*time.Millisecond))
	if math.Abs(back-half) > 1 {
		t.Errorf("it jumps from %v to %v", half, back)
	}
	// A machine that slept does not jump either.
	r = light.Ramp{}
	r.Toward(100, now)
	r.Toward(100, now.Add(20*time.Second))
	if got, _ := r.Toward(10, now.Add(time.Hour)); got < 80 {
		t.Errorf("after a long sleep it is at %v", got)
	}
	// A clock that goes back does no harm.
	before, _ := r.Toward(10, now.Add(time.Hour+time.Second))
	if got, _ := r.Toward(10, now.Add(-time.Hour)); math.Abs(got-before) > 1 {
		t.Errorf("after the clock went back it is at %v", got)
	}
}

// A warning comes up at once and goes slowly; at less light than before it goes
// down slowly, too.
func TestRampForAlert(t *testing.T) {
	now := at("23:00:00")
	var r light.Ramp
	r.Toward(0, now)
	if got, _ := r.Alert(30, now); got != 30 {
		t.Errorf("an alert comes up at %v %%", got)
	}
	got, again := r.Toward(0, now.Add(10*time.Second))
	if got < 24 || again == 0 {
		t.Errorf("when it is lifted the light falls to %v at once", got)
	}
	r = light.Ramp{}
	r.Toward(80, now)
	r.Toward(80, now.Add(time.Minute))
	if got, _ := r.Alert(30, now.Add(time.Minute+40*time.Millisecond)); got < 79 {
		t.Errorf("a dimmer alert falls to %v at once", got)
	}
}

package player

import (
	"testing"
	"time"

	"mingbai/playlist/schedule"
)

var (
	truth = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	built = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
)

const dayLong = 24 * time.Hour

// check holds what every moment promises.
func check(t *testing.T, m schedule.Moment) schedule.Moment {
	t.Helper()
	if m.Now.Before(m.Lo) {
		t.Errorf("now %s is before the lower bound %s", m.Now, m.Lo)
	}
	if !m.Hi.IsZero() && m.Hi.Before(m.Lo) {
		t.Errorf("the upper bound %s is before the lower %s", m.Hi, m.Lo)
	}
	return m
}

func want(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func TestGoodClock(t *testing.T) {
	k := NewTimekeeper(truth.Add(-dayLong), built)
	m := check(t, k.Now(truth, time.Hour))
	want(t, "lower", m.Lo, truth.Add(-dayLong))
	want(t, "upper", m.Hi, truth)
	want(t, "now", m.Now, truth)
	m = check(t, k.Now(truth.Add(time.Minute), time.Hour+time.Minute))
	want(t, "lower, a minute later", m.Lo, truth.Add(-dayLong+time.Minute))
	if k.Suspect() {
		t.Error("a good clock is suspect")
	}
	k.Signed(truth.Add(-time.Hour), time.Hour+time.Minute)
	want(t, "floor after a signed time", k.Floor(time.Hour+2*time.Minute), truth.Add(-59*time.Minute))
	k.Signed(built, time.Hour+2*time.Minute)
	want(t, "floor after an old signed time", k.Floor(time.Hour+2*time.Minute), truth.Add(-59*time.Minute))
	if _, heard := k.Offset(); heard {
		t.Error("an offset without a controller")
	}
}

func TestClockIn1970(t *testing.T) {
	k := NewTimekeeper(truth.Add(-dayLong), built)
	m := check(t, k.Now(time.Unix(60, 0), 0))
	want(t, "now", m.Now, truth.Add(-dayLong))
	if !m.Hi.IsZero() || !k.Suspect() {
		t.Errorf("moment %+v, suspect %v", m, k.Suspect())
	}
	m = check(t, k.Now(time.Unix(3660, 0), time.Hour))
	want(t, "now, an hour later", m.Now, truth.Add(-dayLong+time.Hour))
	// The controller sets it right, but does not move the lower bound alone.
	k.Controller(truth, time.Unix(3660, 0), time.Hour)
	m = check(t, k.Now(time.Unix(3670, 0), time.Hour+10*time.Second))
	want(t, "now, by the controller", m.Now, truth.Add(10*time.Second))
	want(t, "upper, by the controller", m.Hi, truth.Add(10*time.Second))
	want(t, "lower", m.Lo, truth.Add(-dayLong+time.Hour+10*time.Second))
	if off, heard := k.Offset(); !heard || off > -56*365*dayLong || !k.Suspect() {
		t.Errorf("offset %s, %v", off, heard)
	}
	// Set right by hand: no flicker.
	m = check(t, k.Now(truth.Add(20*time.Second), time.Hour+20*time.Second))
	want(t, "now, set right", m.Now, truth.Add(20*time.Second))
}

func TestClockAYearAhead(t *testing.T) {
	ahead := truth.AddDate(1, 0, 0)
	k := NewTimekeeper(truth.Add(-time.Hour), built)
	m := check(t, k.Now(ahead, 0))
	want(t, "lower", m.Lo, truth.Add(-time.Hour))
	want(t, "upper", m.Hi, ahead)
	k.Controller(truth, ahead, time.Minute)
	m = check(t, k.Now(ahead.Add(time.Minute), 2*time.Minute))
	want(t, "now", m.Now, truth.Add(time.Minute))
	want(t, "upper", m.Hi, truth.Add(time.Minute))
	if off, _ := k.Offset(); off != ahead.Sub(truth) || !k.Suspect() {
		t.Errorf("offset %s, suspect %v", off, k.Suspect())
	}
	want(t, "floor", k.Floor(2*time.Minute), truth.Add(-58*time.Minute))
	// NTP corrects it.
	m = check(t, k.Now(truth.Add(2*time.Minute), 3*time.Minute))
	want(t, "now, corrected", m.Now, truth.Add(2*time.Minute))
	k.Controller(truth.Add(2*time.Minute), truth.Add(2*time.Minute), 3*time.Minute)
	k.Now(truth.Add(3*time.Minute), 4*time.Minute)
	if k.Suspect() {
		t.Error("suspect though it agrees with the controller")
	}
	want(t, "floor, where both agree", k.Floor(4*time.Minute), truth.Add(3*time.Minute))
}

func TestClockAfter2038(t *testing.T) {
	k := NewTimekeeper(truth, built)
	m := check(t, k.Now(time.Date(2039, 1, 1, 0, 0, 0, 0, time.UTC), 0))
	if !m.Hi.IsZero() || !m.Now.Equal(truth) || !k.Suspect() {
		t.Errorf("moment %+v", m)
	}
}

func TestClockLeapsWhileRunning(t *testing.T) {
	k := NewTimekeeper(truth.Add(-dayLong), built)
	check(t, k.Now(truth, 0))
	m := check(t, k.Now(truth.AddDate(0, 2, 0), time.Second))
	want(t, "now", m.Now, truth.Add(time.Second))
	want(t, "upper", m.Hi, truth.AddDate(0, 2, 0)) // a long sleep is possible: what expired is hidden
	if !k.Suspect() {
		t.Error("a leap is not suspect")
	}
	m = check(t, k.Now(truth.Add(2*time.Second), 2*time.Second))
	want(t, "now, back again", m.Now, truth.Add(2*time.Second))
	if k.Suspect() {
		t.Error("still suspect")
	}
	// Small steps of NTP are taken as they are, and backwards too.
	for i, step := range []time.Duration{time.Second, -2 * time.Second, time.Hour, -time.Hour} {
		at := truth.Add(time.Duration(3+i)*time.Second + step)
		m = check(t, k.Now(at, time.Duration(3+i)*time.Second))
		want(t, "now, stepped", m.Now, at)
	}
	// Back below the lower bound is not.
	m = check(t, k.Now(truth.Add(-3*dayLong), 8*time.Second))
	if !m.Hi.IsZero() || m.Now.Before(truth.Add(-2*time.Hour)) {
		t.Errorf("moment %+v", m)
	}
}

func TestClockLeapsAfterTheController(t *testing.T) {
	k := NewTimekeeper(truth.Add(-dayLong), built)
	k.Controller(truth, truth.Add(time.Second), 0)
	m := check(t, k.Now(truth.Add(dayLong/2), time.Hour)) // half a day asleep
	want(t, "now after sleep", m.Now, truth.Add(dayLong/2-time.Second))
	m = check(t, k.Now(truth.AddDate(0, 1, 0), 2*time.Hour)) // a month asleep, or a mistake
	want(t, "now after a leap", m.Now, truth.Add(2*time.Hour))
	want(t, "upper after a leap", m.Hi, truth.AddDate(0, 1, 0))
	if !k.Suspect() {
		t.Error("a leap is not suspect")
	}
}

func TestOffFor60Days(t *testing.T) {
	k := NewTimekeeper(truth.AddDate(0, 0, -60), built.AddDate(-1, 0, 0))
	m := check(t, k.Now(truth, 0))
	want(t, "now", m.Now, truth)
	want(t, "upper", m.Hi, truth)
	if k.Suspect() {
		t.Error("suspect after 60 days")
	}
}

func TestLyingController(t *testing.T) {
	k := NewTimekeeper(truth, built)
	k.Controller(truth.AddDate(10, 0, 0), truth, 0)
	if got := k.Floor(0); !got.Equal(truth) {
		t.Errorf("the floor went to %s", got)
	}
	m := check(t, k.Now(truth.Add(time.Second), time.Second))
	want(t, "now, ten years ahead by the controller", m.Now, truth.Add(time.Second))
	// Behind the floor it is not believed at all.
	k.Controller(truth.AddDate(-10, 0, 0), truth, 0)
	m = check(t, k.Now(truth.Add(time.Minute), time.Minute))
	want(t, "now", m.Now, truth.Add(time.Minute))
}

func TestNoFloorAtAll(t *testing.T) {
	k := NewTimekeeper(time.Time{}, time.Time{})
	m := check(t, k.Now(truth, 0))
	want(t, "now", m.Now, truth)
	want(t, "upper", m.Hi, truth)
}

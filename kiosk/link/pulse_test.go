package link

import (
	"math"
	"testing"
	"time"
)

// at is an instant so many seconds into the test.
func at(s float64) time.Time {
	return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).Add(time.Duration(s * float64(time.Second)))
}

func TestPulseCountsWhatIsLost(t *testing.T) {
	var p pulse
	// Ten pings: seven are answered, one of them too late, two are not at all,
	// and one has time left.
	took := map[int]float64{0: 0.010, 1: 0.030, 2: 0.020, 4: 0.040, 5: 0.050, 6: 3, 7: 0.060}
	for i := range 10 {
		said := p.send(at(float64(i) * 10))
		if s, ok := took[i]; ok {
			p.answered(string(said), at(float64(i)*10+s))
			p.answered(string(said), at(float64(i)*10+s+1)) // once is enough
		}
	}
	p.answered("strange", at(91))
	l := p.line(at(91))
	if l.Pings != 9 || math.Abs(l.Lost-100./3) > 0.01 || l.RTT != 40 {
		t.Errorf("%+v, want 9 pings, a third lost, median 40 ms", l)
	}
	if l = p.line(at(93)); l.Pings != 10 || math.Abs(l.Lost-40) > 0.01 {
		t.Errorf("%+v, want the tenth lost as well", l)
	}
	if l = p.line(at(691)); l.Pings != 0 || l.Lost != 0 || l.RTT != 0 {
		t.Errorf("ten minutes later: %+v", l)
	}
}

// A line that is full with what the device itself fetches is not a bad one.
func TestPulseForgivesAFullLine(t *testing.T) {
	var p pulse
	late := p.send(at(0))
	p.arriving(at(1))
	p.answered(string(late), at(5))
	soon := p.send(at(10))
	p.arriving(at(10.5))
	p.answered(string(soon), at(11))
	p.send(at(20))
	if l := p.line(at(30)); l.Pings != 2 || l.Lost != 50 {
		t.Errorf("%+v, want the answer in time and the one that was lost with an empty line", l)
	}
	p.send(at(40))
	p.unsent()
	if l := p.line(at(50)); l.Pings != 2 {
		t.Errorf("%+v: a ping that could not be written was never sent", l)
	}
}

// A machine that had no time to read the answers is not a bad line either.
func TestPulseForgivesABusyMachine(t *testing.T) {
	var p pulse
	late := p.send(at(0))
	p.answered(string(late), at(4)) // read before the ticker ran again
	p.starved(at(4.1), 3*time.Second)
	p.send(at(10)) // never answered, while the machine had only just no time
	p.starved(at(11), bulk-time.Millisecond)
	lost := p.send(at(20))
	p.answered(string(lost), at(24))
	p.starved(at(40), time.Second) // long after
	if l := p.line(at(50)); l.Pings != 2 || l.Lost != 100 {
		t.Errorf("%+v, want the two pings that the line lost", l)
	}
}

func TestPulseCountsSegmentsAndDrops(t *testing.T) {
	var p pulse
	p.opened()
	p.counted(at(0), segments{100, 5})
	p.counted(at(10), segments{200, 35})
	p.opened() // the next connection counts from nothing
	p.counted(at(20), segments{100, 5})
	p.dropped(at(15))
	p.dropped(at(3000))
	if l := p.line(at(30)); math.Abs(l.Resent-100*40./300) > 0.01 || l.Dropped != 2 {
		t.Errorf("%+v, want 13.3 %% sent again and 2 drops", l)
	}
	if l := p.line(at(605)); math.Abs(l.Resent-100*35./200) > 0.01 {
		t.Errorf("%+v, want what is older than ten minutes forgotten", l)
	}
	if l := p.line(at(3616)); l.Dropped != 1 || l.Resent != 0 {
		t.Errorf("%+v, want one drop of the last hour", l)
	}
}

// A bad line is asked more often until enough is known, and a good one is left in
// peace again.
func TestPulseIsUneasy(t *testing.T) {
	var p pulse
	is := func(when float64, want bool) {
		t.Helper()
		if p.uneasy(at(when)) != want {
			t.Errorf("after %.0f s: uneasy is %v", when, !want)
		}
	}
	p.send(at(0))
	is(1, false)
	is(3, true)
	for i := range uneasyPings {
		is(3+float64(i), true)
		p.answered(string(p.send(at(3+float64(i)))), at(3.1+float64(i)))
	}
	is(30, false)
	p.counted(at(40), segments{50, 10})
	is(41, true)
	is(101, false)
}

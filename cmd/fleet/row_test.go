package main

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRowHolds(t *testing.T) {
	for _, c := range []struct {
		row   Row
		holds bool
		ratio float64
	}{
		{Row{Ours: 11, Floor: 10, Target: 1.15, Of: ofRatio}, true, 1.1},
		{Row{Ours: 12, Floor: 10, Target: 1.15, Of: ofRatio}, false, 1.2},
		{Row{Ours: 11.5, Floor: 10, Target: 1.15, Of: ofRatio}, true, 1.15},
		{Row{Ours: 1, Target: 1.15, Of: ofRatio}, false, math.NaN()}, // no floor: nothing is shown
		{Row{Ours: 9, Floor: 1, Target: 10, Of: ofValue}, true, 9},
		{Row{Ours: 11, Floor: 100, Target: 10, Of: ofValue}, false, 0.11},
		{Row{Ours: math.NaN(), Target: 10, Of: ofValue}, false, math.NaN()},
		{Row{Ours: 1e9}, true, math.NaN()},
	} {
		if c.row.Holds() != c.holds {
			t.Errorf("%+v holds: %v", c.row, c.row.Holds())
		}
		if got := c.row.Ratio(); math.Abs(got-c.ratio) > 1e-9 || math.IsNaN(got) != math.IsNaN(c.ratio) {
			t.Errorf("%+v: ratio %v", c.row, got)
		}
	}
}

func TestFigures(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0.00", 0.0123456: "0.0123", 0.99: "0.99", 1: "1.00", 1.155: "1.16", 9.994: "9.99", 9.996: "10.0", 99.94: "99.9", 99.96: "100", 1234.5: "1234", math.Inf(1): "-",
	} {
		if got := figure(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	rows := []Row{
		{Name: "sending", Unit: "ms", Ours: 12, Floor: 10, FloorIs: "plain sockets", Target: 1.15, Of: ofRatio, Note: "Five rounds."},
		{Name: "memory", Unit: "KB", Ours: 8.125, Target: 10, Of: ofValue},
		{Name: "told", Unit: "s", Ours: 2},
	}
	var out strings.Builder
	if err := table(&out, rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		" #  what     ours     floor    ratio  target          ",
		" 1  sending  12.0 ms  10.0 ms  1.20   ≤ 1.15 × floor  MISSED",
		" 2  memory   8.12 KB  -        -      ≤ 10.0 KB       holds",
		" 3  told     2.00 s   -        -      -               ",
		"",
		" 1  floor: plain sockets. Five rounds.",
	} {
		if lines[i] != want {
			t.Errorf("line %d is\n%q, want\n%q", i, lines[i], want)
		}
	}
	if got := missed(rows); !slices.Equal(got, []string{"sending"}) {
		t.Errorf("missed: %q", got)
	}
	b, err := json.Marshal(rows)
	if err != nil || !strings.Contains(string(b), `"ratio":1.2,"holds":false`) || strings.Count(string(b), "holds") != 2 || strings.Count(string(b), `"ratio":`) != 1 {
		t.Errorf("as JSON: %s, %v", b, err)
	}
}

func TestMedianAndPercentile(t *testing.T) {
	for want, v := range map[float64][]float64{0: nil, 3: {9, 3, 1}, 2.5: {4, 1, 2, 3}} {
		if got := median(v); got != want {
			t.Errorf("median of %v is %v", v, got)
		}
	}
	var all []time.Duration
	for i := range 100 {
		all = append(all, time.Duration(100-i))
	}
	for p, want := range map[float64]time.Duration{0: 1, 1: 1, 50: 50, 99: 99, 99.5: 100, 100: 100} {
		if got := percentile(all, p); got != want {
			t.Errorf("percentile %v is %v", p, got)
		}
	}
	if percentile(nil, 50) != 0 || all[0] != 100 {
		t.Error("percentile of nothing, or the values were moved")
	}
}

package controller

import (
	"strings"
	"testing"
	"time"

	"mingbai/controller/fleet"
)

// TestLoad looks at a controller that is overloaded for a while: a moment is no
// reason, what is left out goes in order, and all comes back after a calm time.
func TestLoad(t *testing.T) {
	var now strain
	level := fleet.Shedding(-1)
	l := &load{measure: func(time.Time) strain { return now }, shed: func(s fleet.Shedding) { level = s }}
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	look := func(n int) {
		for range n {
			l.look(at)
			at = at.Add(time.Second)
		}
	}
	look(loadOver)
	if level != fleet.ShedNothing || l.Signs(at) != nil {
		t.Fatalf("level %d of a controller with nothing to do", level)
	}
	now = strain{late: 8 * time.Hour} // it slept
	look(1)
	now = strain{}
	look(loadOver)
	if level != fleet.ShedNothing {
		t.Errorf("level %d after one late second", level)
	}
	now = strain{late: 500 * time.Millisecond}
	look(loadOver)
	if level != fleet.ShedPictures || l.Signs(at) != nil {
		t.Errorf("level %d, signs %v after five late seconds", level, l.Signs(at))
	}
	look(10)
	signs := l.Signs(at)
	if len(signs) != 1 || signs[0].Severity != fleet.Warn || !strings.HasPrefix(signs[0].Title.Zh, "总台过载：处理器") || signs[0].Next.En == "" {
		t.Errorf("signs %+v", signs)
	}
	now = strain{memory: 95, behind: 6 * time.Second, waiting: 600, turned: 50}
	look(loadOver)
	signs = l.Signs(at)
	if level != fleet.ShedReports || len(signs) != 1 || signs[0].Severity != fleet.Urgent || !strings.HasPrefix(signs[0].Title.En, "the controller is overloaded: 95% of its memory") {
		t.Errorf("level %d, signs %+v", level, signs)
	}
	for _, part := range []string{"内存", "数据库", "排队", "请回"} {
		if !strings.Contains(signs[0].Cause.Zh, part) {
			t.Errorf("%q lacks %q", signs[0].Cause.Zh, part)
		}
	}
	now = strain{memory: 40}
	look(int(calmAfter/time.Second) - 2)
	if level != fleet.ShedReports {
		t.Errorf("level %d before it was calm for long enough", level)
	}
	look(loadOver + 3)
	if level != fleet.ShedNothing || l.Signs(at) != nil {
		t.Errorf("level %d, signs %v after a calm time", level, l.Signs(at))
	}
}

// TestMemoryIsMeasured holds the process to a limit that it is over.
func TestMemoryIsMeasured(t *testing.T) {
	if used := memoryUsed(1 << 20); used < 100 {
		t.Errorf("a test uses %.0f %% of a megabyte", used)
	}
	if used := memoryUsed(0); used != 0 {
		t.Errorf("%.0f %% without a limit", used)
	}
}

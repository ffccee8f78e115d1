package vitals

import (
	"testing"
	"time"
)

func TestCollectReadsThisMachine(t *testing.T) {
	now := time.Now()
	c := New(t.TempDir(), now.Add(-90*time.Second))
	for i := 1; i <= 100; i++ {
		c.Frame(time.Duration(i) * time.Millisecond)
	}
	c.Beat(now)
	v := c.Collect(t.Context(), now)
	if v.MemoryTotal == 0 || v.MemoryUsed == 0 || v.MemoryUsed > v.MemoryTotal {
		t.Errorf("memory used %d of %d", v.MemoryUsed, v.MemoryTotal)
	}
	if v.RSS == 0 {
		t.Error("no RSS of this program")
	}
	if v.DiskTotal == 0 || v.DiskFree > v.DiskTotal {
		t.Errorf("disk free %d of %d", v.DiskFree, v.DiskTotal)
	}
	if v.Uptime <= 0 || v.Running != 90 {
		t.Errorf("uptime %d s, running %d s, want > 0 and 90", v.Uptime, v.Running)
	}
	if v.CPU < 0 || v.CPU > 100 {
		t.Errorf("CPU %.1f %%", v.CPU)
	}
	if v.Frames != 100 || v.FrameP50 != 51 || v.FrameP99 != 100 {
		t.Errorf("frames %d, p50 %.0f, p99 %.0f, want 100, 51, 100", v.Frames, v.FrameP50, v.FrameP99)
	}
	if !v.Heartbeat.Equal(now) {
		t.Errorf("heartbeat %v, want %v", v.Heartbeat, now)
	}
	if again := c.Collect(t.Context(), now); again.FrameP50 != 0 || again.Frames != 100 {
		t.Errorf("second reading: p50 %.0f and %d frames, want 0 since the last and 100 in all", again.FrameP50, again.Frames)
	}
}

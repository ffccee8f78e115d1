// Package vitals measures the health of a device: the machine it runs on and
// the heartbeat of its own rendering.
//
// It promises never to fail as a whole: what a machine does not tell (many have
// no temperature sensor) is left zero. Judging the figures and sending them is
// left to others.
package vitals

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/disk"
	"github.com/shirou/gopsutil/v3/host"
	"github.com/shirou/gopsutil/v3/mem"
	"github.com/shirou/gopsutil/v3/net"
	"github.com/shirou/gopsutil/v3/process"

	"mingbai/playlist/wire"
)

// keepFrames is how many frame times percentiles are made of: a minute at 60
// frames a second.
const keepFrames = 3600

// Collector gathers vitals. Its methods are safe for any number of goroutines.
type Collector struct {
	dir     string
	started time.Time
	self    *process.Process // nil when the system does not tell

	mu     sync.Mutex // guards all below
	frames []float64  // milliseconds, since the last Collect
	total  uint64
	beat   time.Time
}

// New returns a collector that measures the disk on which dir lies.
func New(dir string, now time.Time) *Collector {
	self, err := process.NewProcess(int32(os.Getpid()))
	if err != nil {
		self = nil
	}
	c := &Collector{dir: dir, started: now, self: self}
	// The first reading of the CPU counts since boot; the second since this one.
	_, _ = cpu.Percent(0, false)
	return c
}

// Frame records that a frame was painted in d.
func (c *Collector) Frame(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	if len(c.frames) < keepFrames {
		c.frames = append(c.frames, float64(d)/float64(time.Millisecond))
	}
}

// Beat records a turn of the render loop.
func (c *Collector) Beat(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.beat = at
}

// Beaten returns when the render loop turned last; zero before it did.
func (c *Collector) Beaten() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.beat
}

// Glance reads what can hurt at once and costs little to read: the disk and the
// temperature.
func (c *Collector) Glance(ctx context.Context) (v wire.Vitals) {
	if d, err := disk.UsageWithContext(ctx, c.dir); err == nil {
		v.DiskFree, v.DiskTotal = d.Free, d.Total
	}
	v.Temperature = heat(ctx)
	return v
}

// heat is the highest temperature that a sensor of the machine tells, in degrees
// Celsius; 0 without one.
func heat(ctx context.Context) (highest float64) {
	list, _ := host.SensorsTemperaturesWithContext(ctx) // the error says which sensors were silent
	for _, t := range list {
		if t.Temperature > highest && t.Temperature < 150 { // some boards report nonsense
			highest = t.Temperature
		}
	}
	return highest
}

// Booted is when the machine was started, in seconds of Unix time; 0 when it does
// not tell.
func Booted(ctx context.Context) uint64 {
	at, err := host.BootTimeWithContext(ctx)
	if err != nil {
		return 0
	}
	return at
}

// Collect reads everything now. Clock and content are filled in by the caller.
func (c *Collector) Collect(ctx context.Context, now time.Time) wire.Vitals {
	v := wire.Vitals{Running: int64(now.Sub(c.started) / time.Second)}
	if p, err := cpu.PercentWithContext(ctx, 0, false); err == nil && len(p) == 1 {
		v.CPU = p[0]
	}
	if m, err := mem.VirtualMemoryWithContext(ctx); err == nil {
		v.MemoryUsed, v.MemoryTotal = m.Used, m.Total
	}
	if c.self != nil {
		if m, err := c.self.MemoryInfoWithContext(ctx); err == nil {
			v.RSS = m.RSS
		}
	}
	if d, err := disk.UsageWithContext(ctx, c.dir); err == nil {
		v.DiskFree, v.DiskTotal = d.Free, d.Total
	}
	v.Temperature = heat(ctx)
	if up, err := host.UptimeWithContext(ctx); err == nil {
		v.Uptime = int64(up)
	}
	if n, err := net.IOCountersWithContext(ctx, false); err == nil && len(n) == 1 {
		v.NetRx, v.NetTx = n[0].BytesRecv, n[0].BytesSent
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	v.Frames, v.Heartbeat = c.total, c.beat
	if n := len(c.frames); n > 0 {
		slices.Sort(c.frames)
		v.FrameP50, v.FrameP99 = c.frames[n/2], c.frames[min(n-1, n*99/100)]
		c.frames = c.frames[:0]
	}
	return v
}

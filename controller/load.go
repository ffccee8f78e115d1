package controller

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	figures "runtime/metrics"
	"slices"
	"strconv"
	"sync"
	"time"

	"mingbai/controller/fleet"
)

// When the controller is over its means. Each is the median of loadOver looks, one a
// second, so that a moment is not taken for a state: neither is a machine that was
// put to sleep or copied for ten seconds.
const (
	loadEvery = time.Second
	loadOver  = 5
	calmAfter = 30 * time.Second // without any cause, until nothing is left out any more
	tellAfter = 10 * time.Second // a storm after a restart is over by then

	lateSome, lateMuch     = 250 * time.Millisecond, time.Second // a second comes later than it should
	memorySome, memoryMuch = 85.0, 93.0                          // per cent of what the process may have
	waitSome, waitMuch     = 512, 4096                           // writes that a device waits for
	behindSome, behindMuch = 5 * time.Second, 15 * time.Second   // that reports are on their way to disk
	turnedSome             = 10                                  // connections turned away a second
)

// strain is how hard the controller works, at one look or as the median of some.
type strain struct {
	late    time.Duration // by how much a second was longer than one
	memory  float64       // per cent of what the process may have, 0 when it may have all
	waiting int           // writes that devices wait for
	behind  time.Duration // since when a write of reports is under way
	turned  float64       // connections turned away in a second
}

// median is the median of looks, each figure by itself.
func median(all []strain) strain {
	return strain{
		late:    middle(all, func(s strain) time.Duration { return s.late }),
		memory:  middle(all, func(s strain) float64 { return s.memory }),
		waiting: middle(all, func(s strain) int { return s.waiting }),
		behind:  middle(all, func(s strain) time.Duration { return s.behind }),
		turned:  middle(all, func(s strain) float64 { return s.turned }),
	}
}

func middle[T cmp.Ordered](all []strain, of func(strain) T) T {
	figures := make([]T, 0, len(all))
	for _, s := range all {
		figures = append(figures, of(s))
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// judge says what has to be left out, and why, the worst first.
func (s strain) judge() (fleet.Shedding, []fleet.Words) {
	type cause struct {
		worst fleet.Shedding
		words fleet.Words
	}
	var causes []cause
	add := func(some, much bool, zh, en string) {
		switch {
		case much:
			causes = append(causes, cause{fleet.ShedReports, fleet.Words{Zh: zh, En: en}})
		case some:
			causes = append(causes, cause{fleet.ShedPictures, fleet.Words{Zh: zh, En: en}})
		}
	}
	add(s.memory >= memorySome, s.memory >= memoryMuch, fmt.Sprintf("内存用了 %.0f%%", s.memory), fmt.Sprintf("%.0f%% of its memory is used", s.memory))
	add(s.behind >= behindSome, s.behind >= behindMuch, fmt.Sprintf("数据库写不过来（%d 秒）", int(s.behind.Seconds())), fmt.Sprintf("the database is %d s behind", int(s.behind.Seconds())))
	add(s.waiting >= waitSome, s.waiting >= waitMuch, fmt.Sprintf("%d 次写入在排队", s.waiting), fmt.Sprintf("%d writes are waiting", s.waiting))
	add(s.late >= lateSome, s.late >= lateMuch, fmt.Sprintf("处理器忙不过来（慢 %.1f 秒）", s.late.Seconds()), fmt.Sprintf("the processor is overloaded (%.1f s late)", s.late.Seconds()))
	add(s.turned >= turnedSome, false, fmt.Sprintf("每秒有 %.0f 个连接被请回", s.turned), fmt.Sprintf("%.0f connections a second are turned away", s.turned))
	slices.SortStableFunc(causes, func(a, b cause) int { return int(b.worst) - int(a.worst) })
	level, words := fleet.ShedNothing, []fleet.Words(nil)
	for _, c := range causes {
		level = max(level, c.worst)
		words = append(words, c.words)
	}
	return level, words
}

// load watches whether the controller is over its means, and says so.
type load struct {
	measure func(now time.Time) strain
	shed    func(fleet.Shedding)

	mu     sync.Mutex // guards what follows
	last   []strain
	level  fleet.Shedding
	since  time.Time // of level being more than nothing
	caused time.Time // when there was a cause last
	causes []fleet.Words
}

// look takes one look.
func (l *load) look(now time.Time) {
	s := l.measure(now)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, s)
	if l.last = l.last[max(0, len(l.last)-loadOver):]; len(l.last) < loadOver {
		return
	}
	level, causes := median(l.last).judge()
	switch {
	case level > fleet.ShedNothing:
		if l.level == fleet.ShedNothing {
			l.since = now
		}
		l.caused, l.causes = now, causes
		l.level = max(l.level, level)
	case now.Sub(l.caused) >= calmAfter:
		l.level = fleet.ShedNothing
	}
	l.shed(l.level)
}

// Signs says what is left out and why, for the watch.
func (l *load) Signs(now time.Time) []fleet.Sign {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.level == fleet.ShedNothing || now.Sub(l.since) < tellAfter {
		return nil
	}
	s := fleet.Sign{Kind: fleet.SignOverload, Severity: fleet.Warn, Since: l.since}
	zh, en := "", ""
	for i, c := range l.causes {
		if i > 0 {
			zh, en = zh+"、", en+", "
		}
		zh, en = zh+c.Zh, en+c.En
	}
	s.Title = fleet.Words{Zh: "总台过载：" + l.causes[0].Zh, En: "the controller is overloaded: " + l.causes[0].En}
	s.Cause = fleet.Words{Zh: zh + "；先停了定时截屏和曲线，预警、撤下、发布和显示记录照常", En: en + "; daily screenshots and curves are left out, while alerts, take-downs, publishing and the record of display go on"}
	s.Next = fleet.Words{Zh: "请看这台服务器上还有什么在占处理器、内存和磁盘；常出现请换大一点的机器", En: "see what else uses processor, memory and disk of this server; if it comes back it needs a larger one"}
	if l.level >= fleet.ShedReports {
		s.Severity = fleet.Urgent
		s.Cause = fleet.Words{Zh: zh + "；停了定时截屏和曲线，健康报告也只留一部分，预警、撤下、发布和显示记录照常", En: en + "; daily screenshots and curves are left out and so are some health reports, while alerts, take-downs, publishing and the record of display go on"}
	}
	return []fleet.Sign{s}
}

// run looks until ctx ends.
func (l *load) run(ctx context.Context) {
	tick := time.NewTicker(loadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			l.look(now)
		}
	}
}

// newLoad watches a controller.
func (c *Controller) newLoad() *load {
	var lastLook time.Time
	var turned uint64
	var limit, asked = uint64(0), time.Time{}
	return &load{shed: c.Fleet.Shed, measure: func(time.Time) strain {
		now := time.Now() // not when the look was due
		if now.Sub(asked) > time.Minute {
			limit, asked = memoryLimit(), now
		}
		away := c.Hub.Strain().TurnedAway
		s := strain{memory: memoryUsed(limit), waiting: c.Fleet.Writes(), behind: c.Store.Behind(now), turned: float64(away - turned)}
		if !lastLook.IsZero() {
			s.late = max(0, now.Sub(lastLook)-loadEvery)
		}
		lastLook, turned = now, away
		return s
	}}
}

// memoryLimit is how many bytes the process may have: as GOMEMLIMIT says, or the
// machine's manager (cgroup v2, memory.max); 0 for no limit.
func memoryLimit() uint64 {
	limit := uint64(math.MaxInt64)
	if n := debug.SetMemoryLimit(-1); n > 0 {
		limit = uint64(n)
	}
	if b, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil { // other systems have none
		if n, err := strconv.ParseUint(string(bytes.TrimSpace(b)), 10, 63); err == nil {
			limit = min(limit, n)
		}
	}
	if limit == math.MaxInt64 {
		return 0
	}
	return limit
}

// memoryUsed is how much of a limit the program has from the system, in per cent.
func memoryUsed(limit uint64) float64 {
	if limit == 0 {
		return 0
	}
	all := []figures.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	figures.Read(all)
	return 100 * float64(all[0].Value.Uint64()-all[1].Value.Uint64()-all[2].Value.Uint64()) / float64(limit)
}

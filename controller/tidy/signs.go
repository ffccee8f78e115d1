package tidy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
)

// level is how low the disk is.
type level int

const (
	enough level = iota
	low          // somebody should make room this week
	lowest       // publishing will fail soon
)

// Below these the disk is low, in bytes: a tenth of it, but not less than 2 GiB nor
// more than 20. It is well again a fifth above.
const (
	lowLeast, lowMost       = 2 << 30, 20 << 30
	lowestLeast, lowestMost = 512 << 20, 2 << 30
)

// judge says how low a disk is that was at before.
func judge(free, total int64, before level) level {
	if total <= 0 {
		return enough
	}
	bound := func(part, least, most int64, was bool) int64 {
		b := min(max(total/part, least), most)
		if was {
			b += b / 5
		}
		return b
	}
	switch {
	case free < bound(50, lowestLeast, lowestMost, before == lowest):
		return lowest
	case free < bound(10, lowLeast, lowMost, before >= low):
		return low
	}
	return enough
}

// look reads what the disk still takes.
func (t *Tidy) look(now time.Time) {
	free, total, err := t.cfg.Disk(t.cfg.Data)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.disk = disk{}
		return
	}
	d := disk{at: now, free: free, total: total, low: judge(free, total, t.disk.low), since: t.disk.since}
	if t.disk.low == enough {
		d.since = now
	}
	t.disk = d
}

// Signs says that the disk of the controller becomes full and what takes the room,
// for the watch. It reads nothing from disk.
func (t *Tidy) Signs(time.Time) []fleet.Sign {
	s := t.State()
	t.mu.Lock()
	d := t.disk
	t.mu.Unlock()
	if d.low == enough {
		return nil
	}
	sign := fleet.Sign{
		Kind: fleet.SignRoom, Severity: fleet.Warn, Since: d.since,
		Title: fleet.Words{Zh: "总台磁盘将满", En: "the controller's disk is nearly full"},
		Cause: fleet.Words{
			Zh: fmt.Sprintf("还剩 %s，共 %s", amount(d.free), amount(d.total)),
			En: fmt.Sprintf("%s of %s are left", amount(d.free), amount(d.total)),
		},
		Next: fleet.Words{
			Zh: "请把备份放到另一块磁盘，或清理这台机器上别的文件；“备份”页有各项大小",
			En: "put the backups on another disk or remove other files from this machine; the page Backups has the sizes",
		},
	}
	if d.low == lowest {
		sign.Severity = fleet.Urgent
		sign.Title = fleet.Words{Zh: "总台磁盘马上要满", En: "the controller's disk is about to be full"}
		sign.Next = fleet.Words{
			Zh: "请马上清理：磁盘写满以后不能发布，屏幕照常显示已有内容",
			En: "make room at once: nothing can be published on a full disk, while screens go on with what they have",
		}
	}
	if zh, en := largest(s.Uses); zh != "" {
		sign.Cause.Zh += "；占得最多的：" + zh
		sign.Cause.En += "; most is taken by " + en
	}
	return []fleet.Sign{sign}
}

// words are what the things that take room are called; what is part of another is
// not here.
var words = map[store.Held]fleet.Words{
	store.HeldDatabase: {Zh: "数据库", En: "the database"},
	store.HeldBlobs:    {Zh: "内容文件", En: "content"},
	store.HeldShots:    {Zh: "截屏", En: "screenshots"},
	store.HeldBackups:  {Zh: "备份", En: "backups"},
}

// largest names the two things that take most.
func largest(uses []Use) (zh, en string) {
	uses = slices.DeleteFunc(slices.Clone(uses), func(u Use) bool { return words[u.What].Zh == "" || u.Bytes == 0 })
	slices.SortStableFunc(uses, func(a, b Use) int { return cmp.Compare(b.Bytes, a.Bytes) })
	var chinese, english []string
	for _, u := range uses[:min(2, len(uses))] {
		chinese = append(chinese, words[u.What].Zh+" "+amount(u.Bytes))
		english = append(english, words[u.What].En+" ("+amount(u.Bytes)+")")
	}
	return strings.Join(chinese, "、"), strings.Join(english, " and ")
}

// amount writes bytes as people say them.
func amount(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%d MB", n>>20)
}

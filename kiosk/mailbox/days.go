package mailbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"mingbai/assets/durable"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// Bounds of what is counted.
const (
	maxDays   = 400 // that wait for the controller
	keepDays  = 2   // delivered days that are kept: today goes on, and a clock may step back over midnight
	daySuffix = ".day"
)

// dayBook is the counts of a mailbox.
type dayBook struct {
	fs  durable.FS
	dir string
	log *slog.Logger

	disk sync.Mutex // held while files are written; taken before mu

	mu   sync.Mutex // guards what follows; not held while the disk works
	days []*day     // by date
}

// day is the counts of one day. grown numbers its changes: what was written,
// handed out and acknowledged is known by it.
type day struct {
	usage                      wire.Usage
	grown, saved, handed, done uint64
}

// dayFile is a day on disk.
type dayFile struct {
	wire.Usage
	Done bool `json:"done,omitempty"` // the controller has it as it is
}

func (b *dayBook) path(d schedule.Date) string { return filepath.Join(b.dir, d.String()+daySuffix) }

// open reads the days on disk, and adds to them what was counted before.
func (b *dayBook) open() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	early := b.days
	b.days = nil
	entries, err := b.fs.ReadDir(b.dir)
	if err != nil {
		b.days = early
		return err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), daySuffix)
		if !ok {
			continue
		}
		date, err := schedule.ParseDate(name)
		if err != nil {
			continue // not ours
		}
		d := &day{grown: 1, saved: 1}
		var f dayFile
		data, err := durable.ReadFile(b.fs, filepath.Join(b.dir, e.Name()))
		if err == nil {
			err = json.Unmarshal(data, &f)
		}
		if err == nil {
			d.usage, err = f.Usage.Clean()
		}
		if err == nil && d.usage.Day != date {
			err = errors.New("it is of another day")
		}
		if err != nil {
			b.log.Error("The counts of a day cannot be read; they begin anew.", "day", name, "error", err)
			d.usage, f.Done = wire.Usage{Day: date, Counts: map[string]uint64{}}, true // so that the file goes away in time
		}
		if f.Done {
			d.done = d.grown
		}
		b.days = append(b.days, d)
	}
	slices.SortFunc(b.days, func(a, c *day) int { return a.usage.Day.Compare(c.usage.Day) })
	for _, e := range early {
		i, ok := b.find(e.usage.Day)
		if !ok {
			b.days = slices.Insert(b.days, i, e)
			continue
		}
		d := b.days[i]
		for key, n := range e.usage.Counts {
			d.usage.Counts[key] += n
		}
		d.usage.Empty = append(d.usage.Empty, e.usage.Empty...)
		d.grown++
	}
	return nil
}

// find returns the place of a day in the list.
func (b *dayBook) find(date schedule.Date) (int, bool) {
	return slices.BinarySearchFunc(b.days, date, func(d *day, date schedule.Date) int { return d.usage.Day.Compare(date) })
}

// grow changes a day, making it; change reports whether it did anything.
func (b *dayBook) grow(date schedule.Date, change func(*wire.Usage) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i, ok := b.find(date)
	d := &day{usage: wire.Usage{Day: date, Counts: map[string]uint64{}}}
	if ok {
		d = b.days[i]
	}
	if !change(&d.usage) {
		return
	}
	d.grown++
	if !ok {
		b.days = slices.Insert(b.days, i, d)
	}
}

// Count adds n to a count of the day. It costs no disk: Flush writes. Beyond
// wire.MaxCounts keys a day a new one is passed over.
func (m *Mailbox) Count(key string, n uint64, date schedule.Date) {
	if n == 0 || n > wire.MaxCount || !date.Valid() || !wire.GoodCount(key) {
		return
	}
	m.days.grow(date, func(u *wire.Usage) bool {
		have, known := u.Counts[key]
		if !known && len(u.Counts) >= wire.MaxCounts || have+n > wire.MaxCount {
			return false
		}
		u.Counts[key] = have + n
		return true
	})
}

// Empty notes a search that found nothing, once a day each.
func (m *Mailbox) Empty(keys string, date schedule.Date) {
	keys = strings.ToLower(strings.TrimSpace(keys))
	if !date.Valid() || !wire.GoodEmpty(keys) || utf8.RuneCountInString(keys) < 2 {
		return
	}
	m.days.grow(date, func(u *wire.Usage) bool {
		if len(u.Empty) >= wire.MaxEmpty || slices.Contains(u.Empty, keys) {
			return false
		}
		u.Empty = append(u.Empty, keys)
		return true
	})
}

// Usage returns the days that are not acknowledged as they are now, oldest
// first. They are on disk when it returns: what was sent never shrinks again.
func (m *Mailbox) Usage(limit int) []wire.Usage {
	m.mu.Lock()
	open := m.file != nil
	m.mu.Unlock()
	if !open {
		return nil
	}
	b := &m.days
	b.disk.Lock()
	defer b.disk.Unlock()
	if err := b.flush(); err != nil {
		m.log.Error("Counts cannot be written; they wait in memory.", "error", err)
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []wire.Usage
	for _, d := range b.days {
		// What has grown since the flush waits for the next time.
		if d.done == d.grown || d.saved != d.grown || len(out) >= limit {
			continue
		}
		d.handed = d.grown
		out = append(out, clone(d.usage))
	}
	return out
}

func clone(u wire.Usage) wire.Usage {
	u.Counts, u.Empty = maps.Clone(u.Counts), slices.Clone(u.Empty)
	return u
}

// flush writes the days that have changed and removes those nobody needs. The
// caller holds disk.
func (b *dayBook) flush() error {
	if err := b.prune(); err != nil {
		return err
	}
	b.mu.Lock()
	todo := slices.Clone(b.days)
	b.mu.Unlock()
	for _, d := range todo {
		if err := b.save(d); err != nil {
			return err
		}
	}
	return nil
}

// save writes a day if it has changed. The caller holds disk.
func (b *dayBook) save(d *day) error {
	b.mu.Lock()
	grown, fresh := d.grown, d.saved != d.grown
	date := d.usage.Day
	var data []byte
	var err error
	if fresh {
		data, err = json.Marshal(dayFile{d.usage, d.done == d.grown})
	}
	b.mu.Unlock()
	if fresh && err == nil {
		err = durable.WriteFile(b.fs, b.path(date), data)
	}
	if err != nil {
		return fmt.Errorf("write the counts of %s: %w", date, err)
	}
	b.mu.Lock()
	d.saved = grown
	b.mu.Unlock()
	return nil
}

// heard notes what the controller has of the days.
func (b *dayBook) heard(dates []schedule.Date) error {
	b.disk.Lock()
	defer b.disk.Unlock()
	for _, date := range dates {
		b.mu.Lock()
		i, ok := b.find(date)
		var d *day
		if ok && b.days[i].handed == b.days[i].grown {
			d = b.days[i]
			d.done, d.saved = d.grown, 0 // to be written
		}
		b.mu.Unlock()
		if d == nil {
			continue
		}
		if err := b.save(d); err != nil {
			return err // it is written with the next flush, or sent again, which does no harm
		}
	}
	return b.prune()
}

// prune removes delivered days but the newest, and the oldest above the bound.
// The caller holds disk.
func (b *dayBook) prune() error {
	for {
		b.mu.Lock()
		gone := -1
		for i, d := range b.days {
			if d.done == d.grown && i < len(b.days)-keepDays {
				gone = i
				break
			}
		}
		if gone < 0 && len(b.days) > maxDays {
			gone = 0
		}
		var d *day
		if gone >= 0 {
			d = b.days[gone]
		}
		b.mu.Unlock()
		if d == nil {
			return nil
		}
		if err := durable.Remove(b.fs, b.path(d.usage.Day)); err != nil {
			return fmt.Errorf("remove the counts of %s: %w", d.usage.Day, err)
		}
		b.mu.Lock()
		b.days = slices.DeleteFunc(b.days, func(o *day) bool { return o == d })
		b.mu.Unlock()
	}
}

package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/search"
	"mingbai/playlist/search/corpus"
)

// What a screen of a large county keeps.
const (
	guides  = 1000
	notices = 12_000 // beside the guides
)

// cpuClock reads the CPU time of this process, to the nanosecond.
func cpuClock() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err) // only for wrong arguments
	}
	return time.Duration(t.Nano())
}

// searching types what people look for, key by key, and looks for each prefix.
func searching(ctx context.Context, m *Bench) ([]Row, error) {
	now := specimen.Now()
	w := corpus.New(1, "qinghe", specimen.Columns(), now.Now)
	lib, err := specimen.Library(specimen.Settings("liuxi", specimen.Portrait), w.Notices(guides, notices)...)
	if err != nil {
		return nil, err
	}
	began := cpuClock()
	x, err := search.BuildContext(ctx, lib)
	if err != nil {
		return nil, err
	}
	build := cpuClock() - began

	var texts []string
	for n := range lib.All() {
		texts = append(texts, n.Title+"\n"+n.PlainText())
	}
	scan := func(key string) (found int) {
		for _, t := range texts {
			if strings.Contains(t, key) {
				found++
			}
		}
		return found
	}
	var typed []search.Query
	for _, q := range corpus.Typed {
		keys := []rune(q.Keys)
		for n := range keys {
			typed = append(typed, search.Query{Mode: q.Mode, Keys: string(keys[:n+1])})
		}
	}
	each := make([][]float64, len(typed))
	var floors []float64
	hits := 0
	for range m.Rounds(7) {
		for i, q := range typed {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			began := cpuClock()
			hits += x.Find(q, now).Total
			each[i] = append(each[i], ms(cpuClock()-began))
		}
		for range 5 {
			began := cpuClock()
			hits += scan("养老保险")
			floors = append(floors, ms(cpuClock()-began))
		}
	}
	if hits == 0 {
		return nil, fmt.Errorf("nothing was found in %d notices with %d keys", len(texts), len(typed))
	}
	medians, slowest := slowestOf(each)
	floorIs := "looking for one word in the same titles and texts, from the first to the last"
	note := fmt.Sprintf("CPU time of %d keys over %d notices; the median of %d rounds of each key.", len(typed), len(texts), m.Rounds(7))
	return []Row{
		{Name: "device: search, the slowest key", Unit: "ms", Ours: medians[slowest], Floor: median(floors), FloorIs: floorIs, Target: 10, Of: ofValue,
			Note: fmt.Sprintf("%s The slowest is %s %q.", note, typed[slowest].Mode, typed[slowest].Keys)},
		{Name: "device: search, the usual key", Unit: "ms", Ours: median(medians), Floor: median(floors), FloorIs: floorIs, Target: 10, Of: ofValue, Note: note},
		{Name: "device: making the search index", Unit: "ms", Ours: ms(build), Note: "Once for each new content, beside the display's own work."},
	}, nil
}

package search_test

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/search"
	"mingbai/playlist/search/corpus"
)

var large = sync.OnceValues(func() (*playlist.Library, *search.Index) {
	lib := county(&testing.B{}, 1, 1000, 12000)
	return lib, search.Build(lib)
})

// scan reads all titles once: the least that any search without an index does.
func scan(lib *playlist.Library) int {
	found := 0
	for _, n := range lib.List(playlist.Query{}, specimen.Now()) {
		if strings.Contains(n.Title, "养老") {
			found++
		}
	}
	return found
}

func BenchmarkKey(b *testing.B) {
	lib, x := large()
	now := specimen.Now()
	var took []time.Duration
	worst, at := time.Duration(0), ""
	for b.Loop() {
		for _, q := range corpus.Typed {
			runes := []rune(q.Keys)
			for n := 1; n <= len(runes); n++ {
				start := time.Now()
				x.Find(search.Query{Mode: q.Mode, Keys: string(runes[:n])}, now)
				d := time.Since(start)
				if took = append(took, d); d > worst {
					worst, at = d, string(runes[:n])
				}
			}
		}
	}
	start := time.Now()
	for range 20 {
		scan(lib)
	}
	floor := time.Since(start) / 20
	slices.Sort(took)
	p := func(of float64) time.Duration { return took[int(of*float64(len(took)-1))] }
	b.ReportMetric(float64(p(0.5))/float64(floor), "ratio-p50")
	b.ReportMetric(float64(p(0.99))/float64(floor), "ratio-p99")
	b.ReportMetric(float64(p(0.5))/1e6, "ms-p50")
	b.ReportMetric(float64(p(0.99))/1e6, "ms-p99")
	b.ReportMetric(float64(floor)/1e6, "ms-floor")
	b.Logf("slowest %s with %v", at, worst)
}

// The floor is reading all texts once.
func BenchmarkBuild(b *testing.B) {
	lib, x := large()
	n := 0
	var took time.Duration
	for b.Loop() {
		start := time.Now()
		search.Build(lib)
		took += time.Since(start)
		n++
	}
	start := time.Now()
	runes := 0
	for _, of := range lib.List(playlist.Query{}, specimen.Now()) {
		for range of.PlainText() {
			runes++
		}
	}
	b.ReportMetric(float64(took)/float64(n)/float64(time.Since(start)), "ratio")
	b.ReportMetric(float64(runes)/1e6, "Mrunes")
	b.ReportMetric(float64(x.Bytes())/1e6, "MB")
}

// What an index says of its memory is about what it leaves on the heap.
func TestMemory(t *testing.T) {
	lib := county(t, 2, 50, 700)
	search.Build(lib) // the tables of package hanzi
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := search.Build(lib)
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int(after.HeapAlloc) - int(before.HeapAlloc)
	if said := x.Bytes(); grown > 2*said || grown > 5<<20 {
		t.Errorf("the index of 750 notices takes %d bytes and says %d", grown, said)
	}
	runtime.KeepAlive(x)
}

// One more notice in a large library; the floor is building it all.
func BenchmarkRebuild(b *testing.B) {
	lib, x := large()
	w := writer(9)
	all := slices.Collect(lib.All())
	all = append(all, w.Notice(900000, playlist.KindAnnouncement))
	more, err := specimen.Library(specimen.Settings("liuxi", specimen.Portrait), slices.DeleteFunc(all, func(n *playlist.Notice) bool {
		return !strings.HasPrefix(string(n.ID), "n-") // the specimens are there anyway
	})...)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := search.Rebuild(b.Context(), x, more); err != nil {
			b.Fatal(err)
		}
	}
	each := b.Elapsed() / time.Duration(b.N)
	start := time.Now()
	search.Build(more)
	b.ReportMetric(float64(each)/float64(time.Since(start)), "ratio")
}

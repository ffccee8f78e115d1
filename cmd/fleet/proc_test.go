package main

import (
	"testing"
	"time"
)

const (
	statLine = "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 1000 0 3 0 250 50 0 0 20 0 9 0 100 1000000 200 18446744073709551615 1 1 0 0\n"
	status   = "Name:\tfleet\nVmPeak:\t  999 kB\nVmRSS:\t   2048 kB\nRssAnon:\t   1024 kB\nRssFile:\t 1024 kB\nThreads:\t9\n"
)

func TestParseStat(t *testing.T) {
	cpu, threads, err := parseStat([]byte(statLine))
	if err != nil || cpu != 3*time.Second || threads != 9 {
		t.Errorf("%v, %d threads, %v", cpu, threads, err)
	}
	for _, bad := range []string{"", "1 (a S 1", "1 (a) S 1 2", "1 (a) S 1 4711 4711 0 -1 4194560 1000 0 3 0 x 50 0 0 20 0 9 0 100"} {
		if _, _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestParseStatus(t *testing.T) {
	rss, anon, err := parseStatus([]byte(status))
	if err != nil || rss != 2<<20 || anon != 1<<20 {
		t.Errorf("%d, %d, %v", rss, anon, err)
	}
	for _, bad := range []string{"", "Name:\tx\nState:\tZ (zombie)\n", "VmRSS:\t2048\nRssAnon:\t1 kB\n", "VmRSS:\t-1 kB\nRssAnon:\t1 kB\n"} {
		if _, _, err := parseStatus([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func FuzzProc(f *testing.F) {
	f.Add([]byte(statLine))
	f.Add([]byte(status))
	f.Fuzz(func(t *testing.T, b []byte) {
		if cpu, threads, err := parseStat(b); err == nil && (cpu < 0 || threads < 0) {
			t.Errorf("%v, %d threads", cpu, threads)
		}
		if rss, anon, err := parseStatus(b); err == nil && (rss < 0 || anon < 0) {
			t.Errorf("%d, %d", rss, anon)
		}
	})
}

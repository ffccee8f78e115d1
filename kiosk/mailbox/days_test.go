package mailbox

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

func TestCountsNeverTwice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	m := mustOpen(t, durable.OS, dir)
	m.Count(wire.CountSession, 2, today)
	m.Count(wire.CountNotice+"n-1", 1, today)
	u := m.Usage(10)
	if len(u) != 1 || u[0].Day != today || u[0].Counts[wire.CountSession] != 2 || u[0].Counts["notice:n-1"] != 1 {
		t.Fatalf("usage %+v", u)
	}
	m.Count(wire.CountSession, 1, today) // while it is on its way
	if err := m.Heard(wire.Heard{Days: []schedule.Date{today}}); err != nil {
		t.Fatal(err)
	}
	if u = m.Usage(10); len(u) != 1 || u[0].Counts[wire.CountSession] != 3 {
		t.Fatalf("what has grown meanwhile: %+v", u)
	}
	if err := m.Heard(wire.Heard{Days: []schedule.Date{today}}); err != nil {
		t.Fatal(err)
	}
	if u = m.Usage(10); len(u) != 0 {
		t.Errorf("acknowledged and handed out again: %+v", u)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	// After a restart the day goes on from where it was.
	m = mustOpen(t, durable.OS, dir)
	if u = m.Usage(10); len(u) != 0 {
		t.Errorf("after a restart: %+v", u)
	}
	m.Count(wire.CountSession, 1, today)
	if u = m.Usage(10); len(u) != 1 || u[0].Counts[wire.CountSession] != 4 {
		t.Errorf("the day goes on: %+v", u)
	}
}

func TestOldDaysLeaveTheDisk(t *testing.T) {
	fsys := crashfs.New()
	m := mustOpen(t, fsys, "/mail")
	files := func() int {
		entries, err := fsys.ReadDir("/mail")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), daySuffix) {
				n++
			}
		}
		return n
	}
	for i := range 10 {
		m.Count(wire.CountSession, 1, today.AddDays(i))
	}
	u := m.Usage(4)
	if len(u) != 4 || u[0].Day != today || files() != 10 {
		t.Fatalf("%d days, %d files", len(u), files())
	}
	for _, u := range m.Usage(100) {
		if err := m.Heard(wire.Heard{Days: []schedule.Date{u.Day}}); err != nil {
			t.Fatal(err)
		}
	}
	if n := files(); n != keepDays {
		t.Errorf("%d delivered days are on disk", n)
	}
	for i := range maxDays + 20 {
		m.Count(wire.CountSession, 1, today.AddDays(20+i))
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	if n := files(); n != maxDays {
		t.Errorf("%d days are on disk, want %d", n, maxDays)
	}
	if u := m.Usage(1); u[0].Day != today.AddDays(40) {
		t.Errorf("the oldest that is left is %s", u[0].Day)
	}
}

func TestBounds(t *testing.T) {
	m := mustOpen(t, crashfs.New(), "/mail")
	for i := range wire.MaxCounts + 10 {
		m.Count(fmt.Sprintf("%sn-%d", wire.CountNotice, i), 1, today)
	}
	m.Count(wire.CountNotice+"n-1", 1, today)
	m.Count("Notice of 张三", 1, today)
	m.Count(wire.CountSession, 0, today)
	m.Count(wire.CountPage, 1, today)
	m.Count(wire.CountSession, 1, schedule.Date{})
	for i := range 60 {
		m.Empty("ylbx"+strings.Repeat("a", i%50)+string(rune('b'+i/50)), today)
	}
	m.Empty("13800000000", today)
	m.Empty("张三", today)
	m.Empty("y", today)
	m.Empty("一丨丿", today)
	u := m.Usage(10)
	if len(u) != 1 || len(u[0].Counts) != wire.MaxCounts || u[0].Counts["notice:n-1"] != 2 {
		t.Fatalf("%d days, %d keys", len(u), len(u[0].Counts))
	}
	for _, typed := range u[0].Empty {
		if strings.ContainsAny(typed, "0123456789张") {
			t.Errorf("%q is told", typed)
		}
	}
	m.Empty(" YLBX ", today.AddDays(1))
	m.Empty("ylbx", today.AddDays(1))
	m.Empty("一丨丿丶乛", today.AddDays(1))
	if u = m.Usage(10); len(u) != 2 || strings.Join(u[1].Empty, " ") != "ylbx 一丨丿丶乛" {
		t.Errorf("searches without a result: %+v", u[1].Empty)
	}
}

package mailbox

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

var (
	noon  = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	today = schedule.Date{Year: 2026, Month: 11, Day: 22}
	quiet = slog.New(slog.DiscardHandler)
)

func opinion(text string) wire.Voice {
	return wire.Voice{ID: rand.Text(), Kind: wire.Opinion, At: noon, Text: text, Contact: "13800000000"}
}

func mustOpen(t *testing.T, fsys durable.FS, dir string) *Mailbox {
	t.Helper()
	m, err := Open(fsys, dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func ids(voices []wire.Voice) (out []string) {
	for _, v := range voices {
		out = append(out, v.ID)
	}
	return out
}

func TestVoices(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	m := mustOpen(t, durable.OS, dir)
	number, err := m.Put(wire.Voice{Kind: wire.Opinion, Text: " 路灯坏了 \r\n请修\x00 "}, noon)
	if err != nil || len(number) != 4 {
		t.Fatalf("number %q, %v", number, err)
	}
	w := m.Waiting(10)
	if len(w) != 1 || w[0].Text != "路灯坏了 \n请修" || len(w[0].ID) != 26 || !w[0].At.Equal(noon) || w[0].Number() != number {
		t.Fatalf("waiting %+v", w)
	}
	second := opinion("第二条")
	for range 2 { // the form was sent twice
		if _, err := m.Put(second, noon); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{w[0].ID, second.ID}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	m = mustOpen(t, durable.OS, dir)
	if got := ids(m.Waiting(10)); !slices.Equal(got, want) {
		t.Fatalf("after a restart %v waits, want %v", got, want)
	}
	if got := ids(m.Waiting(1)); !slices.Equal(got, want[:1]) {
		t.Errorf("the oldest is %v", got)
	}
	if err := m.Heard(wire.Heard{Voices: []string{want[0], "a stranger"}}); err != nil {
		t.Fatal(err)
	}
	data, err := durable.ReadFile(durable.OS, filepath.Join(dir, voicesFile))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("路灯")) || !bytes.Contains(data, []byte("第二条")) {
		t.Error("the file does not hold what waits and only that")
	}
	m = mustOpen(t, durable.OS, dir)
	if got := ids(m.Waiting(10)); !slices.Equal(got, want[1:]) {
		t.Errorf("after delivery %v waits", got)
	}
}

func TestRefusesNonsense(t *testing.T) {
	m := mustOpen(t, crashfs.New(), "/mail")
	for name, v := range map[string]wire.Voice{
		"an opinion without a word":  {Kind: wire.Opinion, Text: " \n "},
		"a rating without a score":   {Kind: wire.Rating},
		"an objection to nothing":    {Kind: wire.Objection, Text: "x"},
		"too long":                   {Kind: wire.Opinion, Text: strings.Repeat("长", wire.MaxVoiceText+1)},
		"a contact like a letter":    {Kind: wire.Opinion, Text: "x", Contact: strings.Repeat("1", wire.MaxVoiceContact+1)},
		"an ID that is a path":       {ID: "../../etc", Kind: wire.Opinion, Text: "x"},
		"a notice that is no notice": {Kind: wire.Objection, Text: "x", Notice: "../x"},
	} {
		_, err := m.Put(v, noon)
		if _, ok := errors.AsType[*wire.Refusal](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && v.Text != "" && len(v.Text) > 1 && strings.Contains(err.Error(), v.Text) {
			t.Errorf("%s: the error tells what was written", name)
		}
	}
	if got := m.Waiting(10); len(got) != 0 {
		t.Errorf("%d are stored", len(got))
	}
}

func TestRate(t *testing.T) {
	m := mustOpen(t, crashfs.New(), "/mail")
	put := func(kind wire.VoiceKind, at time.Time) error {
		v := wire.Voice{Kind: kind, Text: "x", Score: 3}
		_, err := m.Put(v, at)
		return err
	}
	for i := range maxWritten {
		if err := put(wire.Opinion, noon.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(wire.Opinion, noon.Add(time.Minute)); !errors.Is(err, ErrTooMany) {
		t.Errorf("one more in the same minute: %v", err)
	}
	if err := put(wire.Rating, noon.Add(time.Minute)); err != nil {
		t.Errorf("a rating waits for opinions: %v", err)
	}
	if err := put(wire.Opinion, noon.Add(window)); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
	// The limit outlives a restart, and a clock that was ahead does not lock it.
	m = mustOpen(t, m.fs, "/mail")
	if err := put(wire.Opinion, noon.Add(-24*time.Hour)); err != nil {
		t.Errorf("with the clock set back: %v", err)
	}
	day := noon.Add(48 * time.Hour)
	taken := 0
	for i := range 1000 {
		err := put(wire.Rating, day.Add(time.Duration(i)*time.Minute))
		if err == nil {
			taken++
		} else if !errors.Is(err, ErrTooMany) {
			t.Fatal(err)
		}
	}
	if taken != maxDay {
		t.Errorf("%d ratings in 17 hours, want %d", taken, maxDay)
	}
}

func TestFullBoxTakesWhatIsWritten(t *testing.T) {
	m := mustOpen(t, crashfs.New(), "/mail")
	at := noon
	fill := func(v wire.Voice) (n int) {
		for n < 3*maxWaiting {
			at = at.Add(10 * time.Minute)
			if _, err := m.Put(v, at); err != nil {
				if !errors.Is(err, ErrTooMany) {
					t.Fatal(err)
				}
				return n
			}
			n++
		}
		return n
	}
	if n := fill(wire.Voice{Kind: wire.Rating, Score: 1}); n != maxRatings {
		t.Errorf("%d ratings, want %d", n, maxRatings)
	}
	if n := fill(wire.Voice{Kind: wire.Opinion, Text: "x"}); n != maxWaiting-maxRatings {
		t.Errorf("%d opinions beside them", n)
	}
}

func TestDamageIsNotFatal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	m := mustOpen(t, durable.OS, dir)
	var want []string
	for i := range 3 {
		v := opinion(fmt.Sprintf("意见%d", i))
		if _, err := m.Put(v, noon); err != nil {
			t.Fatal(err)
		}
		want = append(want, v.ID)
	}
	m.Count(wire.CountSession, 4, today)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, voicesFile)
	data, err := durable.ReadFile(durable.OS, path)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(data, []byte("意见1"))
	data[i] ^= 0xff
	if err := durable.WriteFile(durable.OS, path, data); err != nil {
		t.Fatal(err)
	}
	if err := durable.WriteFile(durable.OS, filepath.Join(dir, today.String()+daySuffix), []byte(`{"day":`)); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	m, err = Open(durable.OS, dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(m.Waiting(10)); !slices.Equal(got, []string{want[0], want[2]}) {
		t.Errorf("%v is left of %v", got, want)
	}
	if !strings.Contains(log.String(), "damaged") || !strings.Contains(log.String(), "counts of a day") || strings.Contains(log.String(), "意见") {
		t.Errorf("the log says %s", log.String())
	}
	entries, err := durable.OS.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != voicesFile && !strings.HasSuffix(e.Name(), daySuffix) {
			t.Errorf("%s keeps what people said", e.Name())
		}
	}
	m.Count(wire.CountSession, 1, today)
	if u := m.Usage(10); len(u) != 1 || u[0].Counts[wire.CountSession] != 1 {
		t.Errorf("usage %+v", u)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCrash fails every call to the disk in every way, and cuts the power after
// each: a voice whose Put returned nil is there until it was heard, and what was
// heard does not come back (DOMAIN I9).
func TestCrash(t *testing.T) {
	base := crashfs.New()
	if err := base.Mkdir("/data", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := base.SyncDir("/"); err != nil {
		t.Fatal(err)
	}
	a, b, c := opinion("第一条"), opinion("第二条"), wire.Voice{ID: rand.Text(), Kind: wire.Rating, At: noon, Score: 1}
	type outcome struct {
		accepted map[string]bool
		told     map[string]bool // the box was told that the controller has it
		gone     map[string]bool // and said that it is off the disk
		counted  uint64          // at most
		flushed  uint64          // at least
	}
	op := func(fsys *crashfs.FS) outcome {
		o := outcome{accepted: map[string]bool{}, told: map[string]bool{}, gone: map[string]bool{}}
		m, err := Open(fsys, "/data/mail", quiet)
		if err != nil {
			return o
		}
		put := func(v wire.Voice) {
			if _, err := m.Put(v, noon); err == nil {
				o.accepted[v.ID] = true
			}
		}
		count := func() {
			m.Count(wire.CountSession, 1, today)
			o.counted++
			if m.Flush() == nil {
				o.flushed = o.counted
			}
		}
		hear := func(v wire.Voice) {
			if !slices.Contains(ids(m.Waiting(10)), v.ID) {
				return
			}
			o.told[v.ID] = true
			if m.Heard(wire.Heard{Voices: []string{v.ID}}) == nil {
				o.gone[v.ID] = true
			}
		}
		put(a)
		count()
		put(b)
		hear(a)
		count()
		put(c)
		hear(b)
		if m.Close() == nil {
			o.flushed = o.counted
		}
		return o
	}
	check := func(_ crashfs.Trial, fsys *crashfs.FS, o outcome) error {
		m, err := Open(fsys, "/data/mail", quiet)
		if err != nil {
			return err
		}
		defer m.Close()
		got := ids(m.Waiting(10))
		for id := range o.accepted {
			if !o.told[id] && !slices.Contains(got, id) {
				return fmt.Errorf("voice %s was accepted and is lost; %v waits", id, got)
			}
		}
		for id := range o.gone {
			if slices.Contains(got, id) {
				return fmt.Errorf("voice %s was delivered and is back", id)
			}
		}
		seen := map[string]bool{}
		for _, v := range m.Waiting(10) {
			if seen[v.ID] {
				return fmt.Errorf("voice %s is there twice", v.ID)
			}
			seen[v.ID] = true
			if _, err := v.Clean(); err != nil {
				return fmt.Errorf("half a voice: %w", err)
			}
		}
		var n uint64
		for _, u := range m.Usage(10) {
			n += u.Counts[wire.CountSession]
		}
		if n > o.counted {
			return fmt.Errorf("%d sessions of %d", n, o.counted)
		}
		if n < o.flushed {
			return fmt.Errorf("%d sessions, %d were on disk", n, o.flushed)
		}
		// The box goes on.
		if _, err := m.Put(opinion("以后"), noon.Add(time.Hour)); err != nil {
			return fmt.Errorf("the box is stuck: %w", err)
		}
		return nil
	}
	if err := crashfs.Exhaust(base, crashfs.Faults, 6, op, check); err != nil {
		t.Fatal(err)
	}
}

// TestFullDisk shows that a refused voice leaves nothing half-written behind.
func TestFullDisk(t *testing.T) {
	fsys := crashfs.New()
	m := mustOpen(t, fsys, "/mail")
	if _, err := m.Put(opinion("以前"), noon); err != nil {
		t.Fatal(err)
	}
	fsys.FailAt(1, crashfs.ENOSPC)
	lost := opinion("放不下")
	if _, err := m.Put(lost, noon); err == nil || errors.Is(err, ErrTooMany) {
		t.Fatalf("a full disk: %v", err)
	}
	if len(m.Waiting(10)) != 1 {
		t.Error("a voice that was refused waits to be sent")
	}
	if _, err := m.Put(lost, noon); err != nil {
		t.Errorf("with room again: %v", err)
	}
	m = mustOpen(t, fsys, "/mail")
	if got := m.Waiting(10); len(got) != 2 || got[1].Text != "放不下" {
		t.Errorf("on disk %+v", got)
	}
}

// TestOpensLater starts a screen on a disk that has no room even for an empty
// file: the screen goes on, counts, and takes voices as soon as there is room.
func TestOpensLater(t *testing.T) {
	fsys := crashfs.New()
	fsys.FailAt(1, crashfs.ENOSPC)
	m, err := Open(fsys, "/mail", quiet)
	if err == nil || m == nil {
		t.Fatalf("a full disk: %v, %v", m, err)
	}
	m.Count(wire.CountSession, 2, today)
	if w, u := m.Waiting(10), m.Usage(10); len(w)+len(u) != 0 {
		t.Errorf("%v and %v are sent", w, u)
	}
	fsys.FailAt(1, crashfs.ENOSPC)
	if _, err := m.Put(opinion("放不下"), noon); err == nil || m.Heard(wire.Heard{Voices: []string{"x"}}) != nil {
		t.Errorf("on a full disk: %v", err)
	}
	if _, err := m.Put(opinion("放得下"), noon); err != nil {
		t.Fatal(err)
	}
	if u := m.Usage(10); len(u) != 1 || u[0].Counts[wire.CountSession] != 2 {
		t.Errorf("usage %+v", u)
	}
	m.Count(wire.CountSession, 1, today)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	// What is counted while the folder cannot be read is added to what is there.
	fsys.FailAt(1, crashfs.EIO)
	if m, err = Open(fsys, "/mail", quiet); err == nil {
		t.Fatal("a failing disk was opened")
	}
	m.Count(wire.CountSession, 4, today)
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	if u := m.Usage(10); len(u) != 1 || u[0].Counts[wire.CountSession] != 7 || len(m.Waiting(10)) != 1 {
		t.Errorf("usage %+v", u)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

package fleet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// board is a screen that is up to date and whose vitals are well.
func (y *yard) board() (wire.Hello, playlist.ScreenID) {
	y.t.Helper()
	y.update(func(tx *store.Tx) error {
		return tx.PutSite(y.t.Context(), playlist.Site{ID: "liuxi", Parent: "qinghe", Kind: playlist.Village, Name: "柳溪村", Duty: "村值班室", Hotline: "0000-6213377"})
	})
	h, s := y.enrol("liuxi")
	if err := y.Adopted(y.t.Context(), s.ID, wire.Adopted{Settings: 1}); err != nil {
		y.t.Fatal(err)
	}
	return h, s.ID
}

// healthy is the vitals of a machine that has run for a day.
func (y *yard) healthy() wire.Vitals {
	up := 24*time.Hour + y.now.Sub(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	return wire.Vitals{
		CPU: 7, MemoryUsed: 1 << 30, MemoryTotal: 4 << 30, DiskFree: 20 << 30, DiskTotal: 60 << 30, Temperature: 51,
		Uptime: int64(up / time.Second), Running: int64(up / time.Second), Heartbeat: y.now, ContentAsOf: y.now,
		Line:    wire.Line{RTT: 30, Pings: 60},
		Picture: wire.Picture{At: y.now, Luma: 90, Changed: y.now},
		Output:  wire.Output{Display: wire.Plugged, Connector: "HDMI-A-1", Brightness: 80, Volume: -1},
		Program: wire.Program{Version: "1.4.2", Starts: 1, Before: wire.EndedStopped},
	}
}

// says reports vitals after half a minute and returns the signs.
func (y *yard) says(id playlist.ScreenID, change func(*wire.Vitals)) []fleet.Sign {
	y.t.Helper()
	y.set(y.now.Add(30 * time.Second))
	v := y.healthy()
	if change != nil {
		change(&v)
	}
	if err := y.Report(y.t.Context(), id, wire.Report{Time: y.now, Vitals: v, Showing: wire.Showing{Page: "loop", Since: y.now}}); err != nil {
		y.t.Fatal(err)
	}
	return y.signs(id)
}

func (y *yard) signs(id playlist.ScreenID) []fleet.Sign {
	y.t.Helper()
	st, err := y.StateOf(y.t.Context(), id)
	if err != nil {
		y.t.Fatal(err)
	}
	for _, s := range st.Signs {
		if s.Title.Zh == "" || s.Title.En == "" || s.Cause.Zh == "" || s.Cause.En == "" || s.Next.Zh == "" || s.Next.En == "" || s.Severity == 0 || s.Since.IsZero() || s.Since.After(y.now) {
			y.t.Errorf("a sign without words, severity or time: %+v", s)
		}
		for _, text := range []string{s.Title.En, s.Cause.En, s.Next.En} {
			if strings.ContainsAny(text, "，。；") {
				y.t.Errorf("English with Chinese marks: %s", text)
			}
		}
	}
	return st.Signs
}

func has(signs []fleet.Sign, kind fleet.Kind) (fleet.Sign, bool) {
	i := slices.IndexFunc(signs, func(s fleet.Sign) bool { return s.Kind == kind })
	if i < 0 {
		return fleet.Sign{}, false
	}
	return signs[i], true
}

// TestSigns breaks one thing after the other: nothing before, the sign with its
// words after so many reports, still there between the limits, gone when mended.
func TestSigns(t *testing.T) {
	type vitals = func(*wire.Vitals)
	const mb = 1 << 20
	y := newYard(t)
	_, id := y.board()
	for kind, c := range map[fleet.Kind]struct {
		bad, between vitals
		reports      int // until the sign is there
		severity     fleet.Severity
		words        []string // in title, cause and next
	}{
		fleet.SignUnplugged: {func(v *wire.Vitals) { v.Output.Display = wire.Unplugged }, nil, 1, fleet.Urgent, []string{"HDMI-A-1", "村值班室 0000-6213377"}},
		fleet.SignUnlit:     {func(v *wire.Vitals) { v.Output.Power, v.Output.Glow = wire.PowerOff, wire.GlowDead }, nil, 1, fleet.Urgent, []string{"显示器没有亮", "window.standby"}},
		fleet.SignFrozen:    {func(v *wire.Vitals) { v.Heartbeat = v.Heartbeat.Add(-11 * time.Second) }, nil, 1, fleet.Urgent, []string{"画面不动", "重启程序"}},
		fleet.SignBlack:     {func(v *wire.Vitals) { v.Picture.Black, v.Picture.Luma, v.Picture.Differs = true, 0, 100 }, nil, 1, fleet.Urgent, []string{"黑屏", "亮度 0/255"}},
		fleet.SignPicture:   {func(v *wire.Vitals) { v.Picture.Differs = 40 }, func(v *wire.Vitals) { v.Picture.Differs = 3 }, 2, fleet.Urgent, []string{"40%", "截屏"}},
		fleet.SignOutputs:   {func(v *wire.Vitals) { v.OutputsLost = "192.168.1.51:4048" }, nil, 1, fleet.Urgent, []string{"192.168.1.51:4048"}},
		fleet.SignStale:     {func(v *wire.Vitals) { v.ContentAsOf = v.ContentAsOf.Add(-50 * time.Hour) }, nil, 1, fleet.Warn, []string{"2 天"}},
		fleet.SignCache:     {func(v *wire.Vitals) { v.Storage.Missing = 3 }, nil, 1, fleet.Warn, []string{"3 个文件"}},
		fleet.SignDisk:      {func(v *wire.Vitals) { v.DiskFree = 280 * mb }, func(v *wire.Vitals) { v.DiskFree, v.DiskTotal = 350*mb, 2000*mb }, 1, fleet.Warn, []string{"280 MB"}},
		fleet.SignClock:     {func(v *wire.Vitals) { v.ClockOffset = -90 }, func(v *wire.Vitals) { v.ClockOffset = -45 }, 1, fleet.Warn, []string{"时钟慢 90 秒", "校时"}},
		fleet.SignHeat:      {func(v *wire.Vitals) { v.Temperature = 86 }, func(v *wire.Vitals) { v.Temperature = 82 }, 1, fleet.Warn, []string{"86 ℃", "风扇"}},
		fleet.SignCPU:       {func(v *wire.Vitals) { v.CPU = 99 }, func(v *wire.Vitals) { v.CPU = 90 }, 11, fleet.Warn, []string{"99%"}},
		fleet.SignMemory:    {func(v *wire.Vitals) { v.MemoryUsed = 4000 * mb }, func(v *wire.Vitals) { v.MemoryUsed = 3800 * mb }, 11, fleet.Warn, []string{"98%"}},
		fleet.SignRestarts:  {func(v *wire.Vitals) { v.Program.Crashes = 3 }, nil, 1, fleet.Warn, []string{"3 次", "日志"}},
		fleet.SignLine:      {func(v *wire.Vitals) { v.Line.Lost = 30 }, func(v *wire.Vitals) { v.Line.Lost = 4 }, 1, fleet.Warn, []string{"丢包 30%", "路由器"}},
		fleet.SignTouch:     {func(v *wire.Vitals) { v.Output.Touch = wire.Unplugged }, nil, 1, fleet.Warn, []string{"USB"}},
		fleet.SignUpdate:    {func(v *wire.Vitals) { v.Program.Update = wire.UpdateState{Version: "1.5.0", Step: wire.UpdateFailed} }, nil, 1, fleet.Warn, []string{"1.5.0", "退回"}},
	} {
		t.Run(string(kind), func(t *testing.T) {
			if got := y.says(id, nil); len(got) > 0 {
				t.Fatalf("a healthy screen has signs: %+v", got)
			}
			if c.between != nil {
				if got := y.says(id, c.between); len(got) > 0 {
					t.Errorf("signs between the limits: %+v", got)
				}
				y.says(id, nil)
			}
			var got []fleet.Sign
			for i := range c.reports {
				if got = y.says(id, c.bad); i < c.reports-1 && len(got) > 0 {
					t.Errorf("a sign after %d reports: %+v", i+1, got)
				}
			}
			s, ok := has(got, kind)
			if !ok || len(got) != 1 {
				t.Fatalf("%+v", got)
			}
			text := s.Title.Zh + "；" + s.Cause.Zh + "；" + s.Next.Zh
			for _, w := range c.words {
				if !strings.Contains(text, w) {
					t.Errorf("%q lacks %q", text, w)
				}
			}
			if s.Severity != c.severity {
				t.Errorf("severity %d, want %d", s.Severity, c.severity)
			}
			t.Log(text, "|", s.Title.En, "|", s.Cause.En, "|", s.Next.En)
			if c.between != nil {
				if _, ok := has(y.says(id, c.between), kind); !ok {
					t.Error("it closes between the limits")
				}
			}
			if got := y.says(id, nil); len(got) > 0 {
				t.Errorf("it stays when mended: %+v", got)
			}
		})
	}
}

// TestOfflineSaysWhy ends connections in several ways after different last
// words.
func TestOfflineSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		last        func(*wire.Vitals)
		why         string
		cause, next string
	}{
		"poor line":    {func(v *wire.Vitals) { v.Line.Lost = 30 }, "nothing came in time", "此前网络丢包 30%", "路由器"},
		"switched off": {nil, "the connection was lost: websocket: close 1000 (normal): the device stops", "关机", "插座"},
		"killed":       {nil, "the connection was lost: EOF", "突然断开", "通电"},
		"too hot":      {func(v *wire.Vitals) { v.Temperature = 84 }, "nothing came in time", "84 ℃", "通风"},
		"no sign":      {nil, "nothing came in time", "断网或断电", "网线"},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			_, id := y.board()
			y.says(id, c.last)
			y.Gone(id, y.now.Add(time.Second), c.why)
			y.set(y.now.Add(3 * time.Hour))
			got := y.signs(id)
			if len(got) != 1 || got[0].Kind != fleet.SignOffline {
				t.Fatalf("%+v", got)
			}
			s := got[0]
			t.Log(s.Title.Zh, "|", s.Cause.Zh, "|", s.Next.Zh)
			if s.Title.Zh != "离线 2 小时" || !strings.Contains(s.Cause.Zh, "最后一次心跳") || !strings.Contains(s.Cause.Zh, c.cause) || !strings.Contains(s.Next.Zh, c.next) || !strings.Contains(s.Next.Zh, "0000-6213377") {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestLateFarewell: the end of a connection that is told after the next one began
// is no end.
func TestLateFarewell(t *testing.T) {
	y := newYard(t)
	h, id := y.board()
	h.Screen, h.Settings = id, 1
	ended := y.now
	y.set(y.now.Add(2 * time.Second))
	mustHello(t, y, h)
	y.says(id, nil)
	y.Gone(id, ended, "nothing came in time")
	if st, err := y.StateOf(t.Context(), id); err != nil || !st.Online {
		t.Errorf("a late farewell makes it offline: %+v, %v", st.Signs, err)
	}
	y.Gone(id, y.now, "nothing came in time")
	if st, err := y.StateOf(t.Context(), id); err != nil || st.Online || !st.Silent || st.Left {
		t.Errorf("%+v, %v", st, err)
	}
}

// TestStrangers: somebody uses a screen's name without its key; the event is
// written once, and the sign goes when the right device comes back.
func TestStrangers(t *testing.T) {
	y := newYard(t)
	h, id := y.board()
	y.says(id, nil)
	bad := hello(t)
	bad.Screen = id
	for range 5 {
		if _, err := y.Hello(t.Context(), bad, "10.0.0.66:5"); err != nil {
			t.Fatal(err)
		}
		y.set(y.now.Add(time.Second))
	}
	s, ok := has(y.signs(id), fleet.SignWrongKey)
	if !ok || s.Severity != fleet.Warn || !strings.Contains(s.Cause.Zh, "10.0.0.66") {
		t.Fatalf("%+v", y.signs(id))
	}
	if err := y.store.FlushHealth(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := y.store.Events(t.Context(), id, 0, 100)
	n := 0
	for _, e := range events {
		if e.Kind == store.EventStranger {
			n++
		}
	}
	if err != nil || n != 1 {
		t.Errorf("%d events of strangers, %v, want 1: %+v", n, err, events)
	}
	y.Gone(id, y.now, "the connection was lost: EOF")
	y.set(y.now.Add(time.Second))
	y.Hello(t.Context(), bad, "10.0.0.66:5")
	got := y.signs(id)
	if s, ok := has(got, fleet.SignWrongKey); !ok || s.Severity != fleet.Urgent || got[0].Kind != fleet.SignOffline || !strings.Contains(got[0].Cause.Zh, "密钥不同") {
		t.Errorf("while the screen is offline: %+v", got)
	}
	h.Screen, h.Settings = id, 1
	mustHello(t, y, h)
	if got := y.says(id, nil); len(got) > 0 {
		t.Errorf("the right device is back: %+v", got)
	}
	bad.Screen = "s-none"
	if _, err := y.Hello(t.Context(), bad, "10.0.0.66:5"); err != nil {
		t.Error(err)
	}
}

// TestClones: one key on two machines (DOMAIN 3.6), told by running times that
// no single machine can have, and not by a program that restarts or by a report
// that comes late.
func TestClones(t *testing.T) {
	y := newYard(t)
	_, id := y.board()
	for i := range 30 { // restarts and reports that are late by half a minute
		got := y.says(id, func(v *wire.Vitals) { v.Running = int64(i%4) * 30 })
		if len(got) > 0 {
			t.Fatalf("a restarting program: %+v", got)
		}
		y.set(y.now.Add(time.Duration(i%2) * 30 * time.Second))
	}
	y.says(id, nil)
	var got []fleet.Sign
	for i := range 4 {
		got = y.says(id, func(v *wire.Vitals) {
			if i%2 == 0 {
				v.Uptime, v.Running = v.Uptime-5000, v.Running-5000
			}
		})
	}
	if s, ok := has(got, fleet.SignWrongKey); !ok || s.Severity != fleet.Urgent || !strings.Contains(s.Title.Zh, "两台设备") {
		t.Fatalf("%+v", got)
	}
	y.set(y.now.Add(time.Hour))
	y.says(id, nil)
	if got := y.says(id, nil); len(got) > 0 {
		t.Errorf("an hour later: %+v", got)
	}
}

// TestClonesByRuns: two machines with one key behind one address, with one name and
// no reports, are told by runs of the program that come back; neither restarts nor
// lines that break make two of one.
func TestClonesByRuns(t *testing.T) {
	y := newYard(t)
	h, id := y.board()
	h.Screen = id
	comes := func(run string) {
		t.Helper()
		y.set(y.now.Add(20 * time.Second))
		h.Run = run
		mustHello(t, y, h)
	}
	for i := range 20 {
		comes(fmt.Sprint("run-", i))
		comes(fmt.Sprint("run-", i))
		if s, is := has(y.signs(id), fleet.SignWrongKey); is {
			t.Fatalf("a program that restarts and a line that breaks: %+v", s)
		}
	}
	comes("")
	for _, run := range []string{"run-one", "run-two", "run-one"} {
		comes(run)
	}
	if s, is := has(y.signs(id), fleet.SignWrongKey); is {
		t.Fatalf("once is a chance: %+v", s)
	}
	comes("run-two")
	if s, is := has(y.signs(id), fleet.SignWrongKey); !is || s.Severity != fleet.Urgent || !strings.Contains(s.Title.Zh, "两台设备") {
		t.Fatalf("%+v", y.signs(id))
	}
	y.set(y.now.Add(time.Hour))
	comes("run-one")
	if s, is := has(y.signs(id), fleet.SignWrongKey); is {
		t.Errorf("an hour after one was switched off: %+v", s)
	}
}

// TestSleepOfTheController: an office machine that is put to sleep has not seen the
// hours go by when it wakes; that its screens went on meanwhile does not make two
// machines of each.
func TestSleepOfTheController(t *testing.T) {
	y := newYard(t)
	_, id := y.board()
	y.says(id, nil)
	for night := 1; night <= 3; night++ {
		y.set(y.now.Add(time.Minute)) // by its own clock
		slept := time.Duration(night) * 8 * time.Hour
		v := y.healthy()
		v.Running += int64(slept / time.Second)
		v.Uptime += int64(slept / time.Second)
		v.ClockOffset = 20
		v.Heartbeat = y.now.Add(slept + 20*time.Second)
		r := wire.Report{Time: v.Heartbeat, Vitals: v, Showing: wire.Showing{Page: "loop", Since: y.now}}
		if err := y.Report(t.Context(), id, r); err != nil {
			t.Fatal(err)
		}
		if got := y.signs(id); len(got) > 0 {
			t.Fatalf("after %d nights: %+v", night, got)
		}
	}
}

// TestEvents: what happens to a screen is on its record, also over a start of
// the controller.
func TestEvents(t *testing.T) {
	y := newYard(t)
	h, id := y.board()
	y.says(id, nil)
	y.says(id, func(v *wire.Vitals) { v.Running, v.Program.Before, v.Program.Version = 5, wire.EndedCrashed, "1.5.0" })
	y.Gone(id, y.now, "nothing came in time")
	h.Screen = id
	mustHello(t, y, h)
	if err := y.Refused(t.Context(), id, wire.Refused{Reason: wire.ReasonDamaged}); err != nil {
		t.Fatal(err)
	}
	if err := y.store.FlushHealth(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := y.store.Events(t.Context(), id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range slices.Backward(events) {
		got = append(got, string(e.Kind)+" "+e.Detail)
	}
	want := []string{"started crashed", "version 1.5.0", "offline nothing came in time", "online x", "refused damaged"}
	if len(got) < len(want) || !slices.Equal(got[len(got)-len(want):], want) {
		t.Errorf("%q, want %q at the end", got, want)
	}
}

package kiosk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// speaker is a machine's sound that remembers.
type speaker struct {
	mu     sync.Mutex
	volume int
	tones  int
}

func (s *speaker) Ready() bool { return true }

func (s *speaker) SetVolume(percent int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.volume = percent
}

func (s *speaker) Tone() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tones++
	return nil
}

func (s *speaker) loud() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.volume
}

// fails sends a command that the screen cannot carry out and returns what it said.
func (r *running) fails(kind wire.CommandKind, value int) string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	cmd, err := r.office.Fleet.Command(ctx, "test", r.id, kind, value)
	if err == nil {
		cmd, err = r.office.Fleet.Await(ctx, cmd.ID)
	}
	if err != nil || cmd.Done.IsZero() || cmd.OK {
		r.t.Fatalf("%s went as %+v, %v", kind, cmd, err)
	}
	return cmd.Error
}

// TestTechnicianActs sends every command that changes the machine over a real
// socket and looks at what became of it.
func TestTechnicianActs(t *testing.T) {
	c, dir := office(t), t.TempDir()
	witness, sound := filepath.Join(dir, "rebooted"), &speaker{}
	r := switchOnWith(t, playlist.Touch, c, filepath.Join(dir, "data"), nil, func(s *configs.Screen) {
		s.Machine.Reboot = []string{"touch", witness}
		s.Voice.Volume = 70
	}, func(d *Device) {
		d.Sounds(sound)
		d.Logs(func() []byte { return []byte("first line\n\x1b[31msecond\u202e line\n") })
	})
	r.until("it has everything", r.has)
	if sound.loud() != 70 {
		t.Errorf("it speaks at %d%%, its machine is set to 70%%", sound.loud())
	}

	cmd := r.command(wire.CommandLog)
	full, err := c.Store.Command(t.Context(), cmd.ID)
	if err != nil || full.Text != "first line\n[31msecond line\n" {
		t.Errorf("the log came as %q (%v)", full.Text, err)
	}
	if last, err := c.Store.LatestLog(t.Context(), r.id); err != nil || last.ID != cmd.ID {
		t.Errorf("the newest log is %+v (%v)", last, err)
	}

	r.command(wire.CommandVolume, 35)
	r.command(wire.CommandTone)
	if sound.loud() != 35 || sound.tones != 1 {
		t.Errorf("volume %d, %d tones", sound.loud(), sound.tones)
	}
	r.command(wire.CommandBrightness, 60)
	r.command(wire.CommandDark, 30)
	if s := r.Status(); s.Brightness != 60 || s.Dark.Sub(s.Moment.Now) < 29*time.Minute {
		t.Errorf("status %+v", s)
	}
	r.until("the controller knows", func() bool {
		p := r.state().Report
		return p != nil && p.Vitals.Output.Volume == 35 && time.Until(p.Vitals.Output.DarkUntil) > 29*time.Minute
	})
	r.command(wire.CommandLit)
	if s := r.Status(); !s.Dark.IsZero() {
		t.Errorf("it is dark until %v", s.Dark)
	}

	reboot := r.command(wire.CommandReboot)
	if _, err := os.Stat(witness); err != nil {
		t.Errorf("the machine's command was not run: %v", err)
	}
	events, err := c.Store.Events(t.Context(), r.id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, e := range events {
		if e.Kind == store.EventCommand && e.Actor == "test" {
			asked[e.Detail] = true
		}
	}
	if len(asked) != 7 || !asked[reboot.ID] || !asked[cmd.ID] {
		t.Errorf("%d commands are events: %v", len(asked), asked)
	}
	list, err := c.Store.Commands(t.Context(), r.id, 100)
	if err != nil || len(list) != 7 {
		t.Fatalf("%d commands (%v)", len(list), err)
	}
	for _, l := range list {
		if l.Text != "" || l.Kind == wire.CommandDark && l.Value != 30 {
			t.Errorf("the list has %+v", l)
		}
	}

	// Settings that change put an end to what was wished, and have their own volume.
	row, err := c.Store.Screen(t.Context(), r.id)
	if err != nil {
		t.Fatal(err)
	}
	loud := 20
	row.Screen.Volume = &loud
	row.Screen.Light = &playlist.Light{Day: 80, Night: 80, Dark: &schedule.Span{From: 22 * 60, To: 6 * 60}}
	if _, err := c.Fleet.Change(t.Context(), "test", row.Screen, ""); err != nil {
		t.Fatal(err)
	}
	r.until("the settings count", func() bool { return sound.loud() == 20 && r.Status().Brightness == 0 })
}

// TestRefusedCommands: what makes no sense is refused by the controller in both
// languages, what a machine has not got by the machine.
func TestRefusedCommands(t *testing.T) {
	c := office(t)
	r := switchOn(t, c, t.TempDir(), nil)
	for _, bad := range []struct {
		kind  wire.CommandKind
		value int
		field string
	}{
		{"explode", 0, "kind"}, {wire.CommandDark, 0, "value"}, {wire.CommandDark, 1441, "value"}, {wire.CommandBrightness, 0, "value"},
		{wire.CommandVolume, 101, "value"}, {wire.CommandVolume, -1, "value"}, {wire.CommandReload, 5, "value"},
	} {
		_, err := c.Fleet.Command(t.Context(), "test", r.id, bad.kind, bad.value)
		b, ok := errors.AsType[*fleet.BadCommand](err)
		if !ok || b.Field != bad.field || b.Zh == "" || b.En == "" {
			t.Errorf("%s %d is %v", bad.kind, bad.value, err)
		}
	}
	for kind, want := range map[wire.CommandKind]string{
		wire.CommandReboot: "machine.reboot", wire.CommandTone: "sound", wire.CommandVolume: "sound", wire.CommandLog: "log",
	} {
		if said := r.fails(kind, 0); !strings.Contains(said, want) {
			t.Errorf("%s was refused with %q", kind, said)
		}
	}
}

// TestRebootIsAnsweredLater: the machine went down before its answer was heard,
// and answers when it is up again.
func TestRebootIsAnsweredLater(t *testing.T) {
	c, dir := office(t), t.TempDir()
	r := switchOn(t, c, dir, nil)
	r.until("it has everything", r.has)
	err := c.Store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddCommand(t.Context(), store.Command{ID: "c-power", Screen: r.id, Kind: wire.CommandReboot, Actor: "test", Created: time.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.stop()
	<-r.done
	if err := os.WriteFile(filepath.Join(dir, rebootFile), []byte(`"c-power"`), 0o600); err != nil {
		t.Fatal(err)
	}
	again := switchOn(t, c, dir, nil)
	again.until("the command is answered", func() bool {
		cmd, err := c.Store.Command(t.Context(), "c-power")
		return err == nil && cmd.OK
	})
	if _, err := os.Stat(filepath.Join(dir, rebootFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the note is still there (%v)", err)
	}
}

// TestPatrol looks a screen over that is well, then one whose content rotted: it
// is found, said by name, and mended.
func TestPatrol(t *testing.T) {
	c, dir := office(t), t.TempDir()
	r := switchOnWith(t, playlist.Touch, c, dir, nil, func(*configs.Screen) {}, func(d *Device) { d.Sounds(&speaker{}) })
	r.until("it has everything", r.has)
	first := r.patrolled(time.Time{})
	found := map[wire.PatrolCheck]wire.PatrolItem{}
	for _, item := range first.Found.Items {
		found[item.Check] = item
		if item.Zh == "" || item.En == "" {
			t.Errorf("%s is said as %+v", item.Check, item)
		}
	}
	for _, check := range []wire.PatrolCheck{wire.PatrolContent, wire.PatrolLedger, wire.PatrolClock, wire.PatrolDisk, wire.PatrolDisplay, wire.PatrolBrightness, wire.PatrolSound} {
		if !found[check].OK {
			t.Errorf("%s is %+v", check, found[check])
		}
	}
	if first.Day != c.Fleet.Today().String() {
		t.Errorf("it counts for %s", first.Day)
	}

	// One byte of a notice turns on disk.
	rotten := fileOfNotice(t, c, r.Device)
	data, err := os.ReadFile(rotten)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(rotten, data, 0o600); err != nil {
		t.Fatal(err)
	}
	second := r.patrolled(first.Found.At)
	item := second.Found.Items[0]
	if item.Check != wire.PatrolContent || item.OK || second.Bad != 1 || item.Detail == "" || !strings.Contains(item.En, "1 of") {
		t.Errorf("the rot is told as %+v, %d bad", item, second.Bad)
	}
	r.until("it is mended", func() bool {
		v, err := r.cache.Verify(t.Context(), 1<<30)
		return err == nil && len(v.Damaged) == 0
	})
	third := r.patrolled(second.Found.At)
	if third.Bad != 0 {
		t.Errorf("after mending it finds %+v", third.Found.Items)
	}
	events, err := c.Store.Events(t.Context(), r.id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	for _, e := range events {
		if e.Kind == store.EventPatrolled {
			bad = append(bad, e.Detail)
		}
	}
	if fmt.Sprint(bad) != "[0 1 0]" {
		t.Errorf("the events say %v", bad)
	}

	// A new connection brings it again, and it changes nothing.
	r.link.Reconnect()
	r.until("it is back", func() bool { return r.Status().Online })
	rows, err := c.Store.Patrols(t.Context(), third.Day)
	if err != nil || len(rows) != 1 || !rows[0].Found.At.Equal(third.Found.At) {
		t.Errorf("the day has %+v (%v)", rows, err)
	}
}

// patrolled asks for a patrol and returns it when it is stored.
func (r *running) patrolled(before time.Time) store.Patrol {
	r.t.Helper()
	r.command(wire.CommandPatrol)
	var p store.Patrol
	r.until("the patrol is stored", func() bool {
		var err error
		p, err = r.office.Store.LastPatrol(r.t.Context(), r.id)
		return err == nil && p.Found.At.After(before)
	})
	return p
}

// fileOfNotice returns the file in which a screen keeps a notice of the office.
func fileOfNotice(t *testing.T, c *controller.Controller, d *Device) string {
	t.Helper()
	_, have := d.cache.Have()
	for ch, rev := range have {
		row, err := c.Store.Edition(t.Context(), ch, rev)
		if err != nil {
			t.Fatal(err)
		}
		edition, err := playlist.DecodeEdition(row.Envelope.Payload)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range edition.Notices {
			name := n.Ref.String()
			name = name[strings.IndexAny(name, ":-")+1:]
			return filepath.Join(d.cfg.Cache(), "blobs", name[:2], name[2:])
		}
	}
	t.Fatal("the office has published nothing")
	return ""
}

func TestPatrolTime(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	at := 3*time.Hour + 20*time.Minute
	day := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	last := schedule.DateOf(day("2026-11-21 12:00"))
	for _, c := range []struct {
		now  string
		last schedule.Date
		due  bool
	}{
		{"2026-11-22 00:10", last, false},
		{"2026-11-22 03:19", last, false},
		{"2026-11-22 03:20", last, true},
		{"2026-11-22 14:00", last, true},                                                  // it was off in the night
		{"2026-11-21 23:59", last, false},                                                 // done
		{"2026-11-22 14:00", schedule.Date{}, true},                                       // never
		{"2026-11-22 14:00", schedule.DateOf(day("2062-01-01 00:00")), true},              // by a clock that was wrong
		{"2026-11-22 03:30", schedule.DateOf(day("2026-11-22 03:20").In(zone)), false},    // done today
		{"2026-11-23 03:30", schedule.DateOf(day("2026-11-22 23:59").In(time.UTC)), true}, // the next
	} {
		if got := patrolDue(day(c.now), at, c.last); got != c.due {
			t.Errorf("at %s after %s it is due: %v", c.now, c.last, got)
		}
	}
	seen := map[time.Duration]bool{}
	for i := range 200 {
		key := make([]byte, 32)
		key[0], key[1] = byte(i), byte(i>>8)
		got := patrolTime(key)
		if got < 3*time.Hour || got >= 5*time.Hour {
			t.Fatalf("a patrol at %v", got)
		}
		seen[got.Truncate(10*time.Minute)] = true
	}
	if len(seen) != 12 {
		t.Errorf("200 screens come in %d of 12 parts of the two hours", len(seen))
	}
}

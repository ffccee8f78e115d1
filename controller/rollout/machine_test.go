package rollout_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

var (
	rules = rollout.Rules{Few: time.Hour, Some: 4 * time.Hour, All: time.Hour}
	noon  = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// county is screens at sites in turn, a rollout, and what the machine made of it.
type county struct {
	t       testing.TB
	now     time.Time
	ro      store.Rollout
	members rollout.Members
	screens []rollout.Screen
	last    rollout.Turn
	told    map[playlist.ScreenID]bool // what each was told last: to run it, or not
}

func newCounty(t testing.TB, screens, sites int) *county {
	c := &county{t: t, now: noon, members: rollout.Members{}, told: map[playlist.ScreenID]bool{}}
	c.ro = store.Rollout{ID: "r-1", Version: "2", State: store.RolloutRunning, Stage: store.StageFew, Started: noon, Since: noon}
	for i := range screens {
		c.screens = append(c.screens, rollout.Screen{
			ID: playlist.ScreenID(fmt.Sprintf("screen-%05d", i)), Name: fmt.Sprintf("屏 %d", i), Site: playlist.SiteID(fmt.Sprintf("site-%d", i%sites)),
			Fits: true, Online: true, Runs: "1",
		})
	}
	return c
}

// turn takes a turn after a while and checks what must hold after each.
func (c *county) turn(after time.Duration) rollout.Turn {
	c.t.Helper()
	c.now = c.now.Add(after)
	return c.took(rules.Take(c.ro, c.members, c.screens, c.now))
}

func (c *county) took(t rollout.Turn) rollout.Turn {
	c.t.Helper()
	before, size := c.ro, len(c.members)
	c.last, c.ro = t, t.Rollout
	for _, m := range t.Changed {
		c.members[m.Screen] = m
	}
	for _, id := range t.Offer {
		c.told[id] = true
	}
	for _, id := range t.Withdraw {
		c.told[id] = false
	}
	c.check(before, size)
	return t
}

// check states the whole invariant of a rollout.
func (c *county) check(before store.Rollout, size int) {
	c.t.Helper()
	fits, have := 0, 0
	known := map[playlist.ScreenID]rollout.Screen{}
	for _, s := range c.screens {
		known[s.ID] = s
		_, in := c.members[s.ID]
		if in {
			have++
		}
		if in || s.Fits {
			fits++
		}
	}
	if most := max(rollout.Target(c.ro.Stage, fits), size); have > most {
		c.t.Fatalf("%d of %d screens are reached in the stage of %d per cent", have, fits, c.ro.Stage)
	}
	if c.ro.Stage < before.Stage {
		c.t.Fatalf("the stage went back from %d to %d", before.Stage, c.ro.Stage)
	}
	if len(c.last.Offer) > 0 && c.ro.State != store.RolloutRunning && c.ro.State != store.RolloutDone {
		c.t.Fatalf("a rollout that is %s offers", c.ro.State)
	}
	for _, id := range c.last.Offer {
		if s := known[id]; !s.Fits {
			c.t.Fatalf("%s was offered what does not fit it", id)
		}
		if c.members[id].Stage != c.ro.Stage {
			c.t.Fatalf("%s was chosen in stage %d, noted as %d", id, c.ro.Stage, c.members[id].Stage)
		}
	}
	for _, id := range c.last.Withdraw {
		if rollout.Begun(c.members[id]) {
			c.t.Fatalf("what %s has begun was withdrawn", id)
		}
	}
	if c.ro.State == store.RolloutStopped && before.State != store.RolloutStopped {
		if c.ro.ReasonZh == "" || c.ro.ReasonEn == "" || len(c.ro.Culprits) == 0 {
			c.t.Fatal("it stopped without a reason")
		}
		for id, m := range c.members {
			if _, here := known[id]; here && !rollout.Begun(m) && c.told[id] {
				c.t.Fatalf("%s may still begin although the rollout stopped", id)
			}
		}
	}
	again := rules.Take(c.ro, c.members, c.screens, c.now)
	if again.Moved || len(again.Changed) > 0 || len(again.Offer) > 0 {
		c.t.Fatalf("the same turn twice changes more: %+v", again)
	}
}

// say lets members whose step is from say another.
func (c *county) say(n int, from, to wire.UpdateStep) {
	for i := range c.screens {
		s := &c.screens[i]
		m, in := c.members[s.ID]
		if n == 0 || !in || m.Step != from {
			continue
		}
		n--
		s.Update = wire.UpdateState{Version: "2", Step: to}
		if to == wire.UpdateDone {
			s.Runs = "2"
		}
		if to == wire.UpdateFailed {
			s.Update.Error = "crashed: it ended with code 2"
		}
	}
}

// warn opens warnings for members, or for others.
func (c *county) warn(n int, members bool) {
	for i := range c.screens {
		s := &c.screens[i]
		if _, in := c.members[s.ID]; n > 0 && in == members && len(s.Warned) == 0 {
			n--
			s.Warned = []rollout.Warned{{Since: c.now.Add(time.Second), TitleZh: "黑屏", TitleEn: "black"}}
		}
	}
}

func TestStages(t *testing.T) {
	c := newCounty(t, 1000, 50)
	c.turn(0)
	if len(c.members) != 10 {
		t.Fatalf("%d screens in the first stage of 1000", len(c.members))
	}
	c.turn(24 * time.Hour)
	if c.ro.Stage != store.StageFew {
		t.Fatal("it went on although no screen said done")
	}
	c.say(7, "", wire.UpdateDone)
	c.turn(time.Minute)
	if !c.ro.Enough.IsZero() {
		t.Fatal("seven of ten were enough")
	}
	c.say(1, "", wire.UpdateDone)
	c.turn(time.Minute)
	c.turn(59 * time.Minute)
	if c.ro.Stage != store.StageFew {
		t.Fatal("it did not watch for an hour")
	}
	c.turn(time.Minute)
	if c.ro.Stage != store.StageSome || len(c.members) != 100 || len(c.last.Offer) != 90 {
		t.Fatalf("after an hour it is at %d with %d screens", c.ro.Stage, len(c.members))
	}
	c.say(-1, "", wire.UpdateDone)
	c.turn(time.Minute)
	c.turn(4 * time.Hour)
	if c.ro.Stage != store.StageAll || len(c.members) != 1000 {
		t.Fatalf("after four hours it is at %d with %d screens", c.ro.Stage, len(c.members))
	}
	c.say(-1, "", wire.UpdateDone)
	c.turn(time.Minute)
	c.turn(time.Hour)
	if c.ro.State != store.RolloutDone {
		t.Fatalf("it is %s", c.ro.State)
	}
	// One that comes later is asked too.
	c.screens = append(c.screens, rollout.Screen{ID: "late", Site: "site-1", Fits: true, Runs: "1"})
	if got := c.turn(time.Hour).Offer; !slices.Equal(got, []playlist.ScreenID{"late"}) {
		t.Errorf("a screen that came later was not offered it: %v", got)
	}
}

// The first stages take one screen of a site before a second of any, only those
// that are connected, and others in another rollout.
func TestChoice(t *testing.T) {
	c := newCounty(t, 400, 40) // ten at each site
	for i := range c.screens {
		c.screens[i].Online = i%2 == 0
	}
	c.turn(0)
	c.say(-1, "", wire.UpdateDone)
	c.turn(time.Minute)
	c.turn(time.Hour)
	sites := map[playlist.SiteID]int{}
	for i := range c.screens {
		s := &c.screens[i]
		if _, in := c.members[s.ID]; in {
			sites[s.Site]++
			if !s.Online {
				t.Errorf("%s was chosen although it is away", s.ID)
			}
		}
	}
	// The connected ones are at every second site; 40 of 400 are two of each.
	for site, n := range sites {
		if n != 2 {
			t.Errorf("%d screens of %s in the stage of 10 per cent", n, site)
		}
	}
	other := newCounty(t, 400, 40)
	other.ro.ID = "r-2"
	other.turn(0)
	same := 0
	for id := range other.members {
		if c.members[id].Stage == store.StageFew {
			same++
		}
	}
	if same == len(other.members) {
		t.Error("every rollout begins with the same screens")
	}
}

func TestSmallCounties(t *testing.T) {
	for n, want := range map[int][]int{1: {1, 1}, 2: {1, 2}, 5: {1, 5}, 11: {1, 2, 11}, 100: {1, 10, 100}, 101: {2, 11, 101}} {
		c := newCounty(t, n, 3)
		var got []int
		for range 3 {
			c.turn(time.Minute)
			got = append(got, len(c.members))
			if c.ro.Stage == store.StageAll {
				break
			}
			c.say(-1, "", wire.UpdateDone)
			c.turn(time.Minute)
			c.now = c.now.Add(5 * time.Hour)
		}
		if !slices.Equal(got, want) {
			t.Errorf("of %d screens the stages reach %v, want %v", n, got, want)
		}
	}
}

// The rule by which it stops.
func TestStops(t *testing.T) {
	for _, c := range []struct {
		name                             string
		screens, done                    int // in the county; of the rollout's that say done
		failed, refused, warned, outside int // and so on; outside is warned screens that it has not reached
		stage                            store.Stage
		want                             bool
	}{
		{"nothing happened", 1000, 10, 0, 0, 0, 0, store.StageFew, false},
		{"one of ten failed", 1000, 9, 1, 0, 0, 0, store.StageFew, true},
		{"one of ten refused", 1000, 9, 0, 1, 0, 0, store.StageFew, true},
		{"one of ten has a new warning", 1000, 10, 0, 0, 1, 0, store.StageFew, true},
		{"one of one failed", 5, 0, 1, 0, 0, 0, store.StageFew, true},
		{"one of ten is warned, and a tenth of the others", 1000, 10, 0, 0, 1, 99, store.StageFew, false},
		{"one of ten is warned, and nearly a tenth of the others", 1000, 10, 0, 0, 1, 98, store.StageFew, true},
		{"one of ten failed while a third of the others are ill", 1000, 9, 1, 0, 0, 330, store.StageFew, true},
		{"five of a hundred", 1000, 95, 5, 0, 0, 0, store.StageSome, false},
		{"six of a hundred", 1000, 94, 6, 0, 0, 0, store.StageSome, true},
		{"three failed, one refused, two warned", 1000, 96, 3, 1, 2, 0, store.StageSome, true},
		{"ten of a hundred and five in a hundred of the others", 1000, 90, 10, 0, 0, 45, store.StageSome, false},
		{"eleven of a hundred and five in a hundred of the others", 1000, 89, 11, 0, 0, 45, store.StageSome, true},
		{"the first of a hundred failed", 1000, 0, 1, 0, 0, 0, store.StageSome, false},
		{"the first two of a hundred failed", 1000, 0, 2, 0, 0, 0, store.StageSome, true},
		{"two of thirty that came to an end", 1000, 28, 2, 0, 0, 0, store.StageSome, true},
		{"two of forty that came to an end", 1000, 38, 2, 0, 0, 0, store.StageSome, false},
		{"one of eleven", 110, 10, 1, 0, 0, 0, store.StageSome, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newCounty(t, c.screens, 20)
			k.ro.Stage = c.stage
			k.turn(0)
			k.say(c.done, "", wire.UpdateDone)
			k.hear()
			k.say(c.failed, "", wire.UpdateFailed)
			k.hear()
			k.say(c.refused, "", wire.UpdateRefused)
			k.warn(c.warned, true)
			k.warn(c.outside, false)
			k.turn(time.Minute)
			if got := k.ro.State == store.RolloutStopped; got != c.want {
				t.Errorf("stopped: %v, want %v; %s", got, c.want, k.ro.ReasonEn)
			}
			if c.want && c.failed+c.refused+c.warned != len(k.ro.Culprits) {
				t.Errorf("it stopped because of %v", k.ro.Culprits)
			}
		})
	}
}

// A full disk says nothing about the package: its screen tries again by itself, does
// not stop the rollout, and is withdrawn like one that has not begun.
func TestFullDisk(t *testing.T) {
	k := newCounty(t, 5, 5)
	k.turn(0)
	first := k.last.Offer[0]
	say := func(step wire.UpdateStep, text string) {
		for i := range k.screens {
			if s := &k.screens[i]; s.ID == first {
				s.Update = wire.UpdateState{Version: k.ro.Version, Step: step, Error: text}
			}
		}
	}
	say(wire.UpdateFailed, "storage: the program needs 90 MiB, 3 are free")
	if k.turn(time.Hour); k.ro.State != store.RolloutRunning || !rollout.Waits(k.members[first]) {
		t.Fatalf("it is %s: %s", k.ro.State, k.ro.ReasonEn)
	}
	k.now = k.now.Add(time.Minute)
	k.took(rules.Open(k.ro, k.members, k.screens, k.now)) // by hand
	k.say(1, "", wire.UpdateFailed)
	k.turn(time.Minute)
	if k.ro.State != store.RolloutStopped || slices.Contains(k.ro.Culprits, first) || !slices.Contains(k.last.Withdraw, first) {
		t.Errorf("it is %s because of %v, withdrawn from %v", k.ro.State, k.ro.Culprits, k.last.Withdraw)
	}
	say(wire.UpdateDone, "")
	k.turn(time.Minute)
}

// hear notes what the screens say without judging.
func (c *county) hear() {
	for _, s := range c.screens {
		if m, in := c.members[s.ID]; in && s.Update.Step != m.Step {
			m.Step, m.Error, m.At = s.Update.Step, s.Update.Error, c.now
			c.members[s.ID] = m
		}
	}
}

// What counts as a new warning.
func TestWarningsThatDoNotCount(t *testing.T) {
	for name, w := range map[string]rollout.Warned{
		"older than the offer":                   {Since: noon.Add(-time.Second)},
		"a line that is down for others as well": {Since: noon.Add(time.Second), Along: []playlist.ScreenID{"screen-00000", "screen-00003"}},
	} {
		c := newCounty(t, 5, 2)
		c.turn(0)
		for i := range c.screens {
			if _, in := c.members[c.screens[i].ID]; in {
				c.screens[i].Warned = []rollout.Warned{w}
			}
		}
		if c.turn(time.Minute); c.ro.State != store.RolloutRunning {
			t.Errorf("%s: it stopped: %s", name, c.ro.ReasonEn)
		}
	}
}

func TestReason(t *testing.T) {
	c := newCounty(t, 1000, 20)
	c.turn(0)
	c.say(1, "", wire.UpdateFailed)
	c.turn(time.Minute)
	for _, want := range []string{"10 块", "1 块更新失败", "屏 ", "异常退出", "撤回"} {
		if !strings.Contains(c.ro.ReasonZh, want) {
			t.Errorf("the reason %q does not say %q", c.ro.ReasonZh, want)
		}
	}
	for _, want := range []string{"of 10 screens", "1 failed", "ended by itself", "withdrawn"} {
		if !strings.Contains(c.ro.ReasonEn, want) {
			t.Errorf("the reason %q does not say %q", c.ro.ReasonEn, want)
		}
	}
	if len(c.last.Withdraw) != 9 {
		t.Errorf("it was withdrawn from %d screens, want nine", len(c.last.Withdraw))
	}
	// Who lets it go on excuses what stopped it.
	c.ro.State, c.ro.Excused, c.ro.Culprits = store.RolloutRunning, c.ro.Culprits, nil
	if c.turn(time.Minute); c.ro.State != store.RolloutRunning {
		t.Errorf("it stopped again for what was excused: %s", c.ro.ReasonEn)
	}
}

// A screen that got another device, with the old program, begins again.
func TestAnotherDevice(t *testing.T) {
	c := newCounty(t, 1, 1)
	c.turn(0)
	c.say(1, "", wire.UpdateDone)
	c.turn(time.Minute)
	c.screens[0].Runs, c.screens[0].Update = "1", wire.UpdateState{}
	c.turn(time.Minute)
	if m := c.members["screen-00000"]; m.Step != "" {
		t.Errorf("the new device counts as %s", m.Step)
	}
	// What was heard of one that is away stands.
	c.say(1, "", wire.UpdateDone)
	c.turn(time.Minute)
	c.screens[0].Online, c.screens[0].Runs, c.screens[0].Update = false, "", wire.UpdateState{}
	c.turn(time.Minute)
	if m := c.members["screen-00000"]; m.Step != wire.UpdateDone {
		t.Errorf("a screen that is away counts as %q", m.Step)
	}
}

// Whatever screens do, the invariant holds after every turn, and a controller that
// forgets everything but what was stored takes the same turns.
func TestAnyCourse(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newCounty(t, 1+r.IntN(300), 1+r.IntN(30))
		steps := []wire.UpdateStep{wire.UpdateFetching, wire.UpdateReady, wire.UpdateTrial, wire.UpdateDone, wire.UpdateDone, wire.UpdateDone}
		if r.IntN(2) == 0 {
			steps = append(steps, wire.UpdateFailed)
		}
		for range 60 {
			for i := range c.screens {
				s := &c.screens[i]
				switch r.IntN(20) {
				case 0:
					s.Online = !s.Online
				case 1:
					s.Fits = !s.Fits && r.IntN(4) > 0
				case 2:
					if r.IntN(60) == 0 {
						s.Warned = []rollout.Warned{{Since: c.now}}
					}
				}
				if c.told[s.ID] && s.Online && r.IntN(3) == 0 {
					s.Update = wire.UpdateState{Version: "2", Step: steps[r.IntN(len(steps))]}
					s.Runs = "1"
					if s.Update.Step == wire.UpdateDone {
						s.Runs = "2"
					}
				}
			}
			if r.IntN(30) == 0 {
				c.screens = slices.Delete(c.screens, 0, 1)
			}
			if len(c.screens) == 0 {
				break
			}
			if r.IntN(25) == 0 && slices.Contains(rollout.Allowed(c.ro), rollout.Next) {
				c.took(rules.Open(c.ro, c.members, c.screens, c.now))
			}
			ro, members := c.ro, maps.Clone(c.members)
			after := time.Duration(r.IntN(int(2 * time.Hour)))
			turn := c.turn(after)
			again := rules.Take(ro, members, c.screens, c.now)
			if fmt.Sprint(again) != fmt.Sprint(turn) {
				t.Fatalf("seed %d: the same screens gave another turn:\n%v\n%v", seed, again, turn)
			}
		}
	}
}

// BenchmarkTurn takes the heaviest turn there is, the one that opens the stage of
// 1,000 among 10,000 screens, as a ratio to hashing their ids alone.
func BenchmarkTurn(b *testing.B) {
	c := newCounty(b, 10_000, 250)
	c.turn(0)
	c.say(-1, "", wire.UpdateDone)
	c.turn(time.Minute)
	c.now = c.now.Add(time.Hour)
	var work, floor time.Duration
	var sum [sha256.Size]byte
	for b.Loop() {
		start := time.Now()
		t := rules.Take(c.ro, c.members, c.screens, c.now)
		work += time.Since(start)
		if len(t.Offer) != 900 {
			b.Fatalf("%d screens were chosen", len(t.Offer))
		}
		start = time.Now()
		for i := range c.screens {
			sum = sha256.Sum256([]byte(c.screens[i].ID))
		}
		floor += time.Since(start)
	}
	if sum == [sha256.Size]byte{} {
		b.Fatal("nothing was hashed")
	}
	b.ReportMetric(float64(work)/float64(floor), "ratio")
}
